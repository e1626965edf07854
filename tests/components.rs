//! The bundled components, as they are built and committed.

use larum_sandbox::{Limits, Options, Sandbox, World};

use crate::support::repository;

/// Interfaces without a function: a component names them because its own interfaces use their
/// types, and there is nothing in them to call.
const TYPES_ONLY: [&str; 2] = ["larum:plugin/types@0.1.0", "larum:plugin/wire@0.1.0"];

#[test]
fn bundled_components_import_the_log_and_nothing_else() {
    let options = Options {
        cache_dir: None,
        workers: 1,
        limits: Limits::default(),
        external_url: "http://alerts.example".to_owned(),
    };
    let sandbox = Sandbox::start(options).unwrap();
    for (name, world) in [
        ("cel", World::Matcher),
        ("go-template", World::Template),
        ("slack", World::Receiver),
        ("webhook", World::Receiver),
    ] {
        let file = repository()
            .join("plugins/dist")
            .join(format!("{name}.wasm"));
        let bytes =
            std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let component = sandbox.load(name, &bytes).unwrap();
        let callable = component
            .imports()
            .iter()
            .filter(|import| !TYPES_ONLY.contains(&import.as_str()));
        assert_eq!(
            callable.collect::<Vec<_>>(),
            ["larum:plugin/log@0.1.0"],
            "{name}"
        );
        assert_eq!(component.world(), world, "{name}");
        assert_eq!(component.info().name, name);
    }
}

#[test]
fn interfaces_that_are_imported_for_their_types_hold_no_function() {
    let wit = std::fs::read_to_string(repository().join("wit/larum-plugin.wit")).unwrap();
    for name in ["types", "wire"] {
        let interface = wit.split(&format!("interface {name} {{")).nth(1).unwrap();
        let interface = interface.split("\n}\n").next().unwrap();
        let code: Vec<_> = interface
            .lines()
            .filter(|line| !line.trim_start().starts_with("///"))
            .collect();
        assert!(
            !code.iter().any(|line| line.contains("func")),
            "{name} has a function"
        );
    }
}
