//! What the process says of itself: log lines and metrics.

mod log;
mod metrics;
mod process;

pub(crate) use log::{Format, Level, install};
pub(crate) use metrics::{HttpLabels, Metrics, OPENMETRICS, PROMETHEUS_TEXT, add};

/// The version of larum.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What larum calls itself where clients expect Alertmanager's version and choose their behaviour
/// by it (karma, amtool): the Alertmanager whose API it speaks, then its own version as build
/// metadata, which comparisons of versions ignore.
pub(crate) const COMPATIBLE_VERSION: &str = concat!("0.33.1+larum.", env!("CARGO_PKG_VERSION"));

/// The commit, where the build was told.
pub(crate) const REVISION: &str = match option_env!("LARUM_REVISION") {
    Some(revision) => revision,
    None => "unknown",
};

/// What larum is written in, where Alertmanager names its Go.
pub(crate) const LANGUAGE: &str = concat!("rust", env!("CARGO_PKG_RUST_VERSION"));
