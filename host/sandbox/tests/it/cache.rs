//! Compiled components are kept, and nothing is taken for one that this host did not write.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use larum_sandbox::{LoadError, Stats};

use larum_test_guests::MATCHER;

use crate::{patient, sandbox};

/// Loads the component in a sandbox of its own, and says what that took.
fn load(directory: &Path, bytes: &[u8]) -> Stats {
    let sandbox = sandbox(patient(), Some(directory));
    sandbox.load("mine", bytes).unwrap();
    sandbox.stats()
}

#[track_caller]
fn check(stats: &Stats, compiled: u64, from_cache: u64, rejected: u64) {
    let found = (
        stats.components_compiled,
        stats.components_from_cache,
        stats.cache_rejected,
    );
    assert_eq!(found, (compiled, from_cache, rejected));
}

fn compiled_file(directory: &Path) -> PathBuf {
    let mut files = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    files
        .find(|path| path.extension().is_some_and(|it| it == "cwasm"))
        .unwrap()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn the_second_start_compiles_nothing() {
    let parent = tempfile::tempdir().unwrap();
    let directory = parent.path().join("compiled");
    let bytes = MATCHER.build();
    check(&load(&directory, &bytes), 1, 0, 0);
    check(&load(&directory, &bytes), 0, 1, 0);
    assert_eq!(mode(&directory), 0o700);
    assert_eq!(mode(&compiled_file(&directory)), 0o600);
    assert_eq!(mode(&directory.join("key")), 0o600);
    assert_eq!(
        fs::read_dir(&directory).unwrap().count(),
        2,
        "something was left behind"
    );
}

#[test]
fn tampered_files_are_ignored_and_replaced() {
    let directory = tempfile::tempdir().unwrap();
    let bytes = MATCHER.build();
    check(&load(directory.path(), &bytes), 1, 0, 0);
    let file = compiled_file(directory.path());
    let genuine = fs::read(&file).unwrap();
    let tamper: [fn(&mut Vec<u8>); 6] = [
        |content| *content.last_mut().unwrap() ^= 1,
        |content| content[0] ^= 1,
        |content| content[40] ^= 1,
        |content| content.truncate(content.len() / 2),
        |content| content.truncate(5),
        |content| content.push(0),
    ];
    for tamper in tamper {
        let mut content = genuine.clone();
        tamper(&mut content);
        fs::write(&file, content).unwrap();
        check(&load(directory.path(), &bytes), 1, 0, 1);
        check(&load(directory.path(), &bytes), 0, 1, 0);
    }
}

#[test]
fn files_of_another_host_are_ignored() {
    let (ours, theirs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let bytes = MATCHER.build();
    load(ours.path(), &bytes);
    load(theirs.path(), &bytes);
    fs::copy(compiled_file(theirs.path()), compiled_file(ours.path())).unwrap();
    check(&load(ours.path(), &bytes), 1, 0, 1);
}

#[test]
fn one_component_is_not_taken_for_another() {
    let directory = tempfile::tempdir().unwrap();
    let first = MATCHER.build();
    load(directory.path(), &first);
    let file = compiled_file(directory.path());
    let content = fs::read(&file).unwrap();
    fs::remove_file(&file).unwrap();
    let second = larum_test_guests::Guest {
        version: "2.0.0",
        ..MATCHER
    }
    .build();
    load(directory.path(), &second);
    fs::write(compiled_file(directory.path()), content).unwrap();
    check(&load(directory.path(), &second), 1, 0, 1);
}

#[test]
fn a_directory_that_others_can_write_is_not_used() {
    let directory = tempfile::tempdir().unwrap();
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let bytes = MATCHER.build();
    check(&load(directory.path(), &bytes), 1, 0, 0);
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[test]
fn a_key_that_others_can_read_is_not_used() {
    let directory = tempfile::tempdir().unwrap();
    let bytes = MATCHER.build();
    load(directory.path(), &bytes);
    let key = directory.path().join("key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    check(&load(directory.path(), &bytes), 1, 0, 0);
}

#[test]
fn compiled_components_are_not_loaded_as_components() {
    let directory = tempfile::tempdir().unwrap();
    load(directory.path(), &MATCHER.build());
    let content = fs::read(compiled_file(directory.path())).unwrap();
    // The file begins with its code, and the machine code follows.
    let error = sandbox(patient(), None)
        .load("mine", &content[32..])
        .unwrap_err();
    assert!(matches!(error, LoadError::Precompiled), "{error}");
}
