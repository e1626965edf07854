//! The configuration of the demonstration, as files that people can look at and change.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

const CONFIGURATION: &str = include_str!("alertmanager.yml");
const TEMPLATES: &str = include_str!("messages.tmpl");

/// The files, in a directory that is removed when they are dropped.
pub(super) struct Files {
    directory: TempDir,
}

impl Files {
    /// Writes them: messages go to this webhook, and everything is `speed` times as fast.
    pub(super) fn write(webhook_url: &str, speed: f64) -> io::Result<Self> {
        let directory = tempfile::Builder::new().prefix("larum-demo-").tempdir()?;
        let files = Self { directory };
        fs::write(files.templates(), TEMPLATES)?;
        fs::write(files.configuration(), configuration(webhook_url, speed))?;
        Ok(files)
    }

    /// The router's configuration.
    pub(super) fn configuration(&self) -> PathBuf {
        self.directory.path().join("alertmanager.yml")
    }

    /// The templates that it loads.
    pub(super) fn templates(&self) -> PathBuf {
        self.directory.path().join("messages.tmpl")
    }

    /// Where they are.
    pub(super) fn directory(&self) -> &Path {
        self.directory.path()
    }
}

fn configuration(webhook_url: &str, speed: f64) -> String {
    CONFIGURATION
        .replace("SLACK_WEBHOOK_URL", webhook_url)
        .replace("GROUP_WAIT", &milliseconds(1_000.0 / speed))
        .replace("GROUP_INTERVAL", &milliseconds(2_000.0 / speed))
}

/// A duration as the configuration has it; at least a millisecond.
fn milliseconds(milliseconds: f64) -> String {
    format!("{:.0}ms", milliseconds.max(1.0))
}
