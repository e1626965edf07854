//! The program as people and tools call it.

use std::{
    fs,
    process::{Command, Output},
};

use tempfile::TempDir;

use crate::server::CONFIG;

fn larum(directory: &TempDir, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_larum"))
        .args(arguments)
        .current_dir(directory.path())
        .env("NO_COLOR", "1")
        .output()
        .unwrap()
}

#[track_caller]
fn check(directory: &TempDir, arguments: &[&str], code: i32, stdout: &str, stderr: &[&str]) {
    let output = larum(directory, arguments);
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {errors}");
    let result = String::from_utf8(output.stdout).unwrap();
    assert!(result.starts_with(stdout), "{arguments:?}: {result}");
    for needle in stderr {
        assert!(
            errors.contains(needle),
            "{arguments:?}: {needle} in {errors}"
        );
    }
}

#[test]
fn arguments_are_answered() {
    let directory = TempDir::new().unwrap();
    let version = format!("larum, version {}", env!("CARGO_PKG_VERSION"));
    check(&directory, &["--version"], 0, &version, &[]);
    check(&directory, &["-h"], 0, "larum, an alert router", &[]);
    check(&directory, &["--config.fil=x"], 2, "", &["--config.file"]);
    check(&directory, &["nonsense"], 2, "", &["nonsense"]);
    check(
        &directory,
        &["--enable-feature=bogus"],
        1,
        "",
        &["bogus", "classic-mode"],
    );
}

#[test]
fn a_server_without_a_usable_configuration_says_why() {
    let directory = TempDir::new().unwrap();
    let listen = "--web.listen-address=127.0.0.1:0";
    let path = directory.path().join("alertmanager.yml");
    check(
        &directory,
        &[listen],
        1,
        "",
        &[path.to_str().unwrap(), "larum demo"],
    );

    fs::write(&path, format!("{CONFIG}scrape_configs: []\n")).unwrap();
    check(
        &directory,
        &[listen],
        1,
        "",
        &["scrape_configs", "alertmanager.yml:", "not usable"],
    );

    fs::write(&path, CONFIG).unwrap();
    fs::write(
        directory.path().join("web.yml"),
        "basic_auth_users: {a: b}\n",
    )
    .unwrap();
    let web = "--web.config.file=web.yml";
    check(
        &directory,
        &[listen, web],
        1,
        "",
        &["web.yml asks for TLS or authentication"],
    );
}

#[test]
fn check_config_says_what_a_file_comes_to() {
    let directory = TempDir::new().unwrap();
    let slack =
        "- name: chat\n  slack_configs: [{api_url: 'http://127.0.0.1:9/x', channel: '#c'}]\n";
    fs::write(
        directory.path().join("good.yml"),
        format!("{CONFIG}{slack}"),
    )
    .unwrap();
    let receipt = "OK: 4 receivers (1 slack), 3 routes, 0 templates";
    check(&directory, &["check-config", "good.yml"], 0, receipt, &[]);

    let secret = "http://127.0.0.1:9/very-secret";
    let bad = format!(
        "global: {{slack_api_url: '{secret}', resolve_timeot: 5m}}\n{}",
        CONFIG.replace("receiver: web", "receiver: nobody")
    );
    fs::write(directory.path().join("bad.yml"), bad).unwrap();
    let needles = ["resolve_timeot", "nobody", "bad.yml:"];
    check(&directory, &["check-config", "bad.yml"], 1, "", &needles);
    let output = larum(&directory, &["check-config", "bad.yml"]);
    let shown = [output.stdout, output.stderr].concat();
    assert!(!String::from_utf8(shown).unwrap().contains("very-secret"));

    let broken = slack
        .replace("- name: chat\n", "")
        .replace("channel: '#c'", "channel: '#c', title: '{{ .Nope }'");
    let broken = CONFIG.replace("- name: ops\n", &format!("- name: ops\n{broken}"));
    fs::write(directory.path().join("template.yml"), broken).unwrap();
    check(
        &directory,
        &["check-config", "template.yml"],
        1,
        "",
        &["template.yml:"],
    );

    let both = ["check-config", "good.yml", "bad.yml"];
    check(
        &directory,
        &both,
        1,
        "good.yml: OK: ",
        &["1 files are not usable"],
    );
    check(
        &directory,
        &["check-config", "missing.yml"],
        1,
        "",
        &["missing.yml"],
    );
}

/// What a user starts from must be usable as it is.
#[test]
fn shipped_configuration_is_good() {
    let directory = TempDir::new().unwrap();
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/alertmanager.yml");
    check(
        &directory,
        &["check-config", shipped],
        0,
        "OK: 1 receiver (none sends), 1 route",
        &[],
    );
}
