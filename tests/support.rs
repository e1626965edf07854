//! What whole-process tests share: processes, recorders of HTTP requests, waiting.

pub(crate) mod http;
pub(crate) mod process;
pub(crate) mod recorder;

use std::{path::PathBuf, time::Duration};

/// Longer than anything takes on a slow machine; reached only by a test that fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The root of the repository.
pub(crate) fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
        .unwrap()
}
