//! What is taken for a plugin, and what is refused with which words.

use larum_sandbox::{LoadError, World};

use larum_test_guests::{Guest, MATCHER, RECEIVER, TEMPLATE};

use crate::{patient, sandbox};

#[test]
fn all_worlds_are_loaded() {
    let sandbox = sandbox(patient(), None);
    let cases = [
        (MATCHER, World::Matcher),
        (TEMPLATE, World::Template),
        (RECEIVER, World::Receiver),
    ];
    for (guest, world) in cases {
        let component = sandbox.load("mine", &guest.build()).unwrap();
        assert_eq!(component.world(), world);
        assert_eq!(component.name(), "mine");
        assert_eq!(component.info().name, "test");
        assert_eq!(component.info().version, "1.0.0");
        assert_eq!(component.info().settings_schema, "{}");
        assert_eq!(component.digest().len(), 64);
        assert!(
            component
                .imports()
                .contains(&"larum:plugin/log@0.1.0".to_owned())
        );
    }
}

#[test]
fn what_is_in_use_is_not_loaded_again() {
    let sandbox = sandbox(patient(), None);
    let bytes = MATCHER.build();
    let first = sandbox.load("mine", &bytes).unwrap();
    let second = sandbox.load("mine", &bytes).unwrap();
    assert_eq!(sandbox.stats().components_compiled, 1);
    let _other = sandbox.load("other", &bytes).unwrap();
    assert_eq!(sandbox.stats().components_compiled, 2);
    drop((first, second));
    let _again = sandbox.load("mine", &bytes).unwrap();
    assert_eq!(sandbox.stats().components_compiled, 3);
}

#[track_caller]
fn check_refused(bytes: &[u8], expected: &str) {
    let message = sandbox(patient(), None)
        .load("mine", bytes)
        .unwrap_err()
        .to_string();
    assert!(message.contains(expected), "{message}");
}

#[track_caller]
fn check_text_refused(component: &str, expected: &str) {
    check_refused(&wat::parse_str(component).unwrap(), expected);
}

#[test]
fn what_is_no_component_is_refused() {
    check_refused(b"", "not WebAssembly");
    check_refused(b"name: slack", "not WebAssembly");
    check_refused(
        &vec![0; (32 << 20) + 1],
        "33554433 bytes long, and 33554432 are allowed",
    );
    check_text_refused("(module)", "a core WebAssembly module, not a component");
    check_text_refused("(module)", "wasm-tools component new");
    check_refused(b"\0asm\x0d\0\x01\0\xff\xff", "malformed");
    let component = MATCHER.build();
    check_refused(&component[..component.len() / 2], "malformed");
}

#[test]
fn imports_are_refused_by_name() {
    let wasi = r#"(component
        (import "wasi:io/poll@0.2.6" (instance))
        (import "larum:plugin/log@0.1.0" (instance))
        (import "wasi:clocks/wall-clock@0.2.6" (instance)))"#;
    check_text_refused(
        wasi,
        "imports wasi:io/poll@0.2.6, wasi:clocks/wall-clock@0.2.6; a plugin gets nothing but",
    );
    check_text_refused(wasi, "wasm32-unknown-unknown");
    check_text_refused(
        r#"(component (import "env" (func)))"#,
        "imports env; a plugin",
    );
    check_text_refused(
        r#"(component (import "larum:plugin/log@0.2.0" (instance)))"#,
        "imports larum:plugin/log@0.2.0; a plugin",
    );
    // Imports of what is nested inside are the component's own affair.
    check_text_refused(
        r#"(component (component (import "wasi:io/poll@0.2.6" (instance))))"#,
        "does not export larum:plugin/meta@0.1.0",
    );
}

#[test]
fn a_log_of_another_type_is_refused() {
    check_text_refused(
        r#"(component
            (import "larum:plugin/log@0.1.0" (instance (export "delete-files" (func))))
            (instance $nothing)
            (export "larum:plugin/meta@0.1.0" (instance $nothing))
            (export "larum:plugin/matcher@0.1.0" (instance $nothing)))"#,
        "does not fit larum:plugin@0.1.0",
    );
}

#[test]
fn missing_exports_are_named() {
    check_text_refused(
        "(component)",
        "does not export larum:plugin/meta@0.1.0; it exports nothing",
    );
    check_text_refused(
        r#"(component (instance $i) (export "larum:plugin/meta@0.1.0" (instance $i)))"#,
        "does not export larum:plugin/matcher, larum:plugin/template or larum:plugin/receiver@0.1.0; \
         it exports larum:plugin/meta@0.1.0",
    );
    check_text_refused(
        r#"(component (instance $i) (export "larum:plugin/matcher@0.1.0" (instance $i)))"#,
        "does not export larum:plugin/meta@0.1.0; it exports larum:plugin/matcher@0.1.0",
    );
    check_text_refused(
        r#"(component (instance $i)
            (export "larum:plugin/meta@0.1.0" (instance $i))
            (export "larum:plugin/matcher@0.1.0" (instance $i))
            (export "larum:plugin/receiver@0.1.0" (instance $i)))"#,
        "is a matcher and a receiver: a plugin is one of them",
    );
    check_text_refused(
        r#"(component (instance $i)
            (export "larum:plugin/meta@0.1.0" (instance $i))
            (export "larum:plugin/matcher@0.1.0" (instance $i)))"#,
        "does not fit larum:plugin@0.1.0",
    );
}

#[test]
fn features_that_no_plugin_needs_are_refused() {
    for field in [
        "(memory i64 1)",
        "(func (return_call 0))",
        "(memory 1 1 shared)",
    ] {
        let component = format!(
            r#"(component (core module {field}) (instance $i)
                (export "larum:plugin/meta@0.1.0" (instance $i))
                (export "larum:plugin/matcher@0.1.0" (instance $i)))"#
        );
        check_text_refused(&component, "malformed");
    }
}

#[test]
fn what_describe_says_is_checked() {
    let check = |guest: &Guest<'_>, expected| check_refused(&guest.build(), expected);
    check(
        &Guest {
            name: "",
            ..MATCHER
        },
        "describe gives an empty name",
    );
    check(
        &Guest {
            name: "a\nb",
            ..MATCHER
        },
        "a name with control characters",
    );
    check(
        &Guest {
            version: "",
            ..MATCHER
        },
        "an empty version",
    );
    check(
        &Guest {
            schema: "[]",
            ..MATCHER
        },
        "a settings-schema that is not a JSON object",
    );
    check(
        &Guest {
            schema: "{",
            ..MATCHER
        },
        "a settings-schema that is not JSON",
    );
    let long = " ".repeat((64 << 10) + 1);
    check(
        &Guest {
            schema: &long,
            pages: 20,
            ..MATCHER
        },
        "65546 bytes, and 65536 are allowed",
    );
    let longer = " ".repeat(200 << 10);
    check(
        &Guest {
            schema: &longer,
            pages: 20,
            ..MATCHER
        },
        "handed the host more than 128 KiB",
    );
}

#[test]
fn describe_is_under_limits() {
    let check = |guest: &Guest<'_>, expected| {
        let mut limits = patient();
        limits.describe.deadline = std::time::Duration::from_millis(200);
        let result = sandbox(limits, None).load("mine", &guest.build());
        let Err(LoadError::Describe(error)) = result else {
            panic!("{result:?}")
        };
        assert!(error.message.contains(expected), "{error}");
    };
    check(
        &Guest {
            on_describe: "(loop $l (br $l))",
            ..MATCHER
        },
        "took longer than 200 ms",
    );
    check(
        &Guest {
            on_start: "(loop $l (br $l))",
            ..MATCHER
        },
        "took longer than 200 ms",
    );
    check(
        &Guest {
            on_describe: "unreachable",
            ..MATCHER
        },
        "unreachable",
    );
}

#[test]
fn too_much_memory_at_the_start_is_refused() {
    let bytes = Guest {
        pages: 65_536,
        ..MATCHER
    }
    .build();
    assert!(sandbox(patient(), None).load("mine", &bytes).is_err());
}

#[test]
fn flipped_bits_are_survived() {
    let sandbox = sandbox(patient(), None);
    let component = MATCHER.build();
    for position in (8..component.len()).step_by(component.len() / 60) {
        let mut flipped = component.clone();
        flipped[position] ^= 1 << (position % 8);
        // Some flips are harmless. None may end the process.
        let _ = sandbox.load("mine", &flipped);
    }
    assert!(sandbox.load("mine", &component).is_ok());
}
