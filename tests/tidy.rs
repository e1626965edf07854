//! House rules as tests: what ARCHITECTURE.md promises and no compiler checks.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use crate::support::repository;

#[test]
fn layers_hold_in_the_dependency_graph() {
    for (package, forbidden) in [
        (
            "larum-engine",
            &[
                "tokio",
                "serde",
                "serde_json",
                "wasmtime",
                "axum",
                "reqwest",
            ][..],
        ),
        (
            "larum-config",
            &[
                "tokio",
                "wasmtime",
                "axum",
                "reqwest",
                "larum-sandbox",
                "larum",
            ],
        ),
        (
            "larum-sandbox",
            &["axum", "reqwest", "saphyr-parser", "larum-config", "larum"],
        ),
        ("larum-go-template", &["tokio", "wasmtime", "larum-engine"]),
        ("larum-plugin-slack", &["tokio", "wasmtime", "larum-engine"]),
        (
            "larum-plugin-webhook",
            &["tokio", "wasmtime", "larum-engine"],
        ),
        ("larum-plugin-cel", &["tokio", "wasmtime", "larum-engine"]),
        (
            "larum-plugin-go-template",
            &["tokio", "wasmtime", "larum-engine"],
        ),
    ] {
        let reached = reachable(package);
        for name in forbidden {
            assert!(
                !reached.contains(*name),
                "{package} reaches {name} in the dependency graph"
            );
        }
    }
    assert_eq!(
        dependents("wasmtime"),
        ["larum-sandbox"],
        "only the sandbox names wasmtime"
    );
}

#[test]
fn every_source_file_says_which_room_it_is() {
    for file in sources() {
        let text = fs::read_to_string(&file).unwrap();
        assert!(
            text.starts_with("//! "),
            "{} does not open with a //! line",
            file.display()
        );
    }
}

#[test]
fn unsafe_code_stands_where_the_architecture_says() {
    let mut found = BTreeSet::new();
    for file in sources() {
        let text = fs::read_to_string(&file).unwrap();
        let names = concat!("unsafe", "_code");
        let names = |line: &str| line.split([' ', '(', ',']).any(|word| word == names);
        if text.lines().any(names) {
            found.insert(relative(&file));
        }
    }
    let expected = [
        // Loads a compiled component whose MAC has been verified.
        "host/sandbox/src/component.rs",
        // The guest's side of the component boundary: what wit-bindgen generates, and the exports.
        "plugins/sdk/src/bindings.rs",
        "plugins/sdk/src/lib.rs",
    ];
    assert_eq!(found, expected.map(str::to_owned).into());
}

#[test]
fn no_global_mutable_state() {
    for file in sources() {
        let text = fs::read_to_string(&file).unwrap();
        for (number, line) in text.lines().enumerate() {
            let declares = line
                .trim_start()
                .trim_start_matches("pub ")
                .starts_with("static ");
            let mutable = ["Mutex<", "RwLock<", "Atomic", "RefCell<", "static mut "];
            assert!(
                !(declares && mutable.iter().any(|kind| line.contains(kind))),
                "{}:{}: a static that changes",
                relative(&file),
                number + 1
            );
        }
    }
}

#[test]
fn nothing_names_the_machine_it_was_built_on() {
    let home = concat!("/ro", "ot/");
    let mut files = sources();
    files.extend(files_below(&repository().join("plugins/dist"), "wasm"));
    for file in files {
        let bytes = fs::read(&file).unwrap();
        for path in [home, concat!("/ho", "me/"), concat!("/wo", "rk/")] {
            let found = bytes
                .windows(path.len())
                .any(|window| window == path.as_bytes());
            assert!(!found, "{} holds the path {path}", relative(&file));
        }
    }
}

/// Everything that a package needs when it is built alone, without what only its tests need.
fn reachable(package: &str) -> BTreeSet<String> {
    let output = cargo(&[
        "tree",
        "--package",
        package,
        "--edges=normal",
        "--prefix=none",
    ]);
    let names = output.lines().filter_map(|line| line.split(' ').next());
    names.skip(1).map(str::to_owned).collect()
}

/// The packages of this workspace that name a dependency.
fn dependents(dependency: &str) -> Vec<String> {
    let metadata = cargo(&["metadata", "--format-version=1", "--no-deps"]);
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let packages = metadata["packages"].as_array().unwrap().iter();
    let named = packages.filter(|package| {
        let mut dependencies = package["dependencies"].as_array().unwrap().iter();
        dependencies.any(|named| named["name"] == dependency)
    });
    named
        .map(|package| package["name"].as_str().unwrap().to_owned())
        .collect()
}

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .args(["--locked", "--offline"])
        .current_dir(repository())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// Every Rust source file of the project.
fn sources() -> Vec<PathBuf> {
    ["host", "plugins", "tests", "xtask"]
        .iter()
        .flat_map(|folder| files_below(&repository().join(folder), "rs"))
        .collect()
}

fn files_below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path, extension));
        } else if path.extension().is_some_and(|found| found == extension) {
            files.push(path);
        }
    }
    files
}

fn relative(file: &Path) -> String {
    file.strip_prefix(repository())
        .unwrap()
        .display()
        .to_string()
}
