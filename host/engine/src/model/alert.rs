//! An alert as the engine keeps it.

use crate::model::{Fingerprint, Labels, Timestamp};

/// An alert, validated and fingerprinted once at ingest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// What identifies it. Not empty, no empty values.
    pub labels: Labels,
    /// What explains it.
    pub annotations: Labels,
    /// When it began to fire.
    pub starts_at: Timestamp,
    /// When it is over unless it is sent again; never before `starts_at`.
    pub ends_at: Timestamp,
    /// When it was last sent.
    pub updated_at: Timestamp,
    /// Where it came from; may be empty.
    pub generator_url: Box<str>,
    /// Whether `ends_at` was set by `resolve_timeout` and not by the sender
    /// (Alertmanager `alert/alert.go`, `Timeout`).
    pub timeout: bool,
}

/// Whether an alert, or a notification as a whole, is firing or over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AlertStatus {
    /// Not over yet.
    Firing,
    /// Over.
    Resolved,
}

impl AlertStatus {
    /// As Alertmanager writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Firing => "firing",
            Self::Resolved => "resolved",
        }
    }
}

impl Alert {
    /// The identity of the alert: that of its labels.
    pub fn fingerprint(&self) -> Fingerprint {
        self.labels.fingerprint()
    }

    /// Whether it is over at `now`: `ends_at` itself counts as over
    /// (prometheus/common `model/alert.go`, `ResolvedAt`).
    pub fn status_at(&self, now: Timestamp) -> AlertStatus {
        if self.ends_at <= now {
            AlertStatus::Resolved
        } else {
            AlertStatus::Firing
        }
    }
}
