//! Finds the programs that tests compare larum with; where one is missing, says so loudly, by name.
//!
//! A test that needs a peer begins with
//! `let Some(amtool) = larum_test_peers::find(Peer::Amtool, "name of the test") else { return };`.
//! With `LARUM_TESTS_SKIP_NOTHING` set, as in continuous integration, a missing peer is a failure.

use std::{
    env,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

/// A program of the Prometheus family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peer {
    /// The router that larum's behaviour is measured against.
    Alertmanager,
    /// Its command-line tool.
    Amtool,
    /// The server that makes alerts.
    Prometheus,
    /// Its command-line tool.
    Promtool,
    /// An exporter to scrape.
    NodeExporter,
}

impl Peer {
    /// The program's upstream name and the oldest version whose behaviour the tests expect.
    const fn requirement(self) -> (&'static str, (u32, u32)) {
        match self {
            Self::Alertmanager => ("alertmanager", (0, 33)),
            Self::Amtool => ("amtool", (0, 33)),
            Self::Prometheus => ("prometheus", (3, 0)),
            Self::Promtool => ("promtool", (3, 0)),
            Self::NodeExporter => ("node_exporter", (1, 5)),
        }
    }
}

/// Where the program is, if it is on PATH and new enough; otherwise writes which test is skipped
/// for want of what, past the capture of test output.
///
/// # Panics
/// When the program is missing and `LARUM_TESTS_SKIP_NOTHING` is set.
pub fn find(peer: Peer, test: &str) -> Option<PathBuf> {
    let (name, oldest) = peer.requirement();
    let problem = match on_path(name) {
        None => format!("{name} is not on PATH"),
        Some(program) => match version(&program) {
            Some(found) if found >= oldest => return Some(program),
            Some((major, minor)) => format!("{name} on PATH is {major}.{minor}"),
            None => format!("{name} on PATH does not tell its version"),
        },
    };
    let (major, minor) = oldest;
    skip(
        test,
        &format!("{problem}; it needs {name} {major}.{minor} or newer"),
    );
    None
}

/// Writes which test is skipped, and for want of what, past the capture of test output.
///
/// # Panics
/// When `LARUM_TESTS_SKIP_NOTHING` is set.
pub fn skip(test: &str, problem: &str) {
    let line = format!("SKIPPED {test}: {problem}");
    assert!(env::var_os("LARUM_TESTS_SKIP_NOTHING").is_none(), "{line}");
    // Not `eprintln!`: the test harness would swallow it.
    writeln!(std::io::stderr(), "{line}").ok();
}

/// The first file of this name in a folder of PATH.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

/// Major and minor version, from a line such as `amtool, version 0.33.1+ds (branch: …)`.
fn version(program: &Path) -> Option<(u32, u32)> {
    let output = Command::new(program).arg("--version").output().ok()?;
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    let mut parts = text
        .split("version ")
        .nth(1)?
        .split(|c: char| !c.is_ascii_digit());
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}
