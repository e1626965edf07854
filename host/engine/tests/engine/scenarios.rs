//! Each file in `tests/scenarios` comes true.

use std::{fs, path::Path};

use larum_engine::testing::run_scenario;

#[test]
fn all_scenarios_come_true() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    assert!(files.len() > 10, "the scenarios are gone");
    let failures: Vec<_> = files
        .iter()
        .filter_map(|file| {
            let error = run_scenario(&fs::read_to_string(file).unwrap()).err()?;
            Some(format!(
                "{}: {error}",
                file.file_name().unwrap().to_string_lossy()
            ))
        })
        .collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn scenarios_can_fail() {
    let check = |timeline: &str, line: usize, message: &str| {
        let plan = "plan\n  receiver r\n  route to r wait 30s\n";
        let error = run_scenario(&format!("{plan}{timeline}")).unwrap_err();
        assert_eq!(error.line, line, "{error}");
        assert!(error.message.contains(message), "{error}");
    };
    check(
        "0s fire a\n1m quiet",
        5,
        "unexpected, at 30s: notified r first-notification a",
    );
    check(
        "0s fire a\n30s quiet",
        5,
        "unexpected, at 30s: notified r first-notification a",
    );
    check(
        "0s fire a\n29s notified r first-notification a",
        5,
        "it did not happen",
    );
    check(
        "0s fire a\n30s notified r first-notification b",
        5,
        "first-notification a",
    );
    check("0s fire a\n0s groups 2", 5, "there are 1");
    check("0s resolve a", 4, "did not fire");
    check("0s shout a", 4, "no verb");
    check("5s fire a\n1s fire b", 5, "time goes back");
    check("5x fire a", 4, "no duration");
}
