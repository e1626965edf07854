//! The serving process: what it says of itself, and how it ends.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
};

use tempfile::TempDir;

use crate::server::CONFIG;

#[test]
fn listens_where_it_says_and_ends_when_told() {
    let directory = TempDir::new().unwrap();
    fs::write(directory.path().join("alertmanager.yml"), CONFIG).unwrap();
    let mut process = Command::new(env!("CARGO_BIN_EXE_larum"))
        .args([
            "--web.listen-address",
            "127.0.0.1:0",
            "--cluster.settle-timeout",
            "0s",
        ])
        .current_dir(directory.path())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(process.stderr.take().unwrap())
        .lines()
        .map(Result::unwrap);
    let mut seen = Vec::new();
    let listening = lines
        .by_ref()
        .find(|line| {
            seen.push(line.clone());
            line.contains("Listening on")
        })
        .unwrap_or_else(|| panic!("{seen:#?}"));
    let (_, port) = listening
        .split_once("msg=\"Listening on\" address=127.0.0.1:")
        .unwrap();
    assert_ne!(port.parse::<u16>().unwrap(), 0);
    assert!(listening.starts_with("time=20") && listening.contains(" level=INFO source=app.rs:"));
    let seen = seen.join("\n");
    let file = directory.path().join("alertmanager.yml");
    assert!(seen.contains(file.to_str().unwrap()), "{seen}");
    assert!(seen.contains("receivers=3 routes=3"), "{seen}");
    assert!(seen.contains("flags=--cluster.settle-timeout"), "{seen}");

    let killed = Command::new("kill")
        .args(["-TERM", &process.id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    let rest: Vec<_> = lines.collect();
    assert_eq!(process.wait().unwrap().code(), Some(0), "{rest:#?}");
}
