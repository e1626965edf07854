//! All that can happen to a tenant.

use std::{sync::Arc, time::Duration};

use crate::{
    model::{Alert, Fingerprint, NotificationId},
    plan::{Plan, PluginMatcherIndex},
};

/// Something that happened. Closed: the engine's loop is a `match` over it.
#[derive(Clone, Debug)]
pub enum Input {
    /// Alerts that passed ingest, with what the plugin matchers say of them.
    Alerts(Vec<AlertInput>),
    /// A new configuration, with the verdicts of *its* plugin matchers on every alert that the
    /// engine holds. An alert without verdicts matches no plugin matcher until it is sent again.
    Plan {
        /// The configuration from now on.
        plan: Arc<Plan>,
        /// Verdicts by alert.
        verdicts: Vec<(Fingerprint, Verdicts)>,
    },
    /// How an attempt at a notification ended.
    Outcome(Outcome),
    /// `next_wakeup` has come. Harmless when it has not.
    Wake,
}

/// An alert with the verdicts of the plan's plugin matchers.
#[derive(Clone, Debug)]
pub struct AlertInput {
    /// The alert.
    pub alert: Alert,
    /// What the plugin matchers say of it.
    pub verdicts: Verdicts,
}

/// Which plugin matchers match an alert: one bit for each [`PluginMatcherIndex`]. Up to 64 of
/// them cost no allocation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Verdicts {
    first: u64,
    rest: Box<[u64]>,
}

impl Verdicts {
    /// Notes that this matcher matches.
    pub fn set(&mut self, matcher: PluginMatcherIndex) {
        let (word, bit) = (matcher.0 as usize / 64, matcher.0 % 64);
        if word == 0 {
            self.first |= 1 << bit;
        } else {
            if self.rest.len() < word {
                let mut rest = std::mem::take(&mut self.rest).into_vec();
                rest.resize(word, 0);
                self.rest = rest.into_boxed_slice();
            }
            self.rest[word - 1] |= 1 << bit;
        }
    }

    /// Whether no matcher matches.
    pub fn is_empty(&self) -> bool {
        self.first == 0 && self.rest.iter().all(|word| *word == 0)
    }

    /// Whether this matcher matches.
    pub fn matched(&self, matcher: PluginMatcherIndex) -> bool {
        let (word, bit) = (matcher.0 as usize / 64, matcher.0 % 64);
        let bits = match word {
            0 => self.first,
            _ => self.rest.get(word - 1).copied().unwrap_or(0),
        };
        bits & (1 << bit) != 0
    }
}

/// How an attempt ended.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Which notification.
    pub notification: NotificationId,
    /// Which attempt, from 1.
    pub attempt: u32,
    /// How.
    pub result: OutcomeResult,
}

/// Success or failure of an attempt.
#[derive(Clone, Debug)]
pub enum OutcomeResult {
    /// The receiver took it.
    Delivered {
        /// Handed back with the group's next notification.
        external_id: Option<Arc<str>>,
    },
    /// It did not.
    Failed(Failure),
}

/// A failed attempt.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What follows from it.
    pub class: FailureClass,
    /// For people. Holds no secret.
    pub message: Arc<str>,
}

/// What follows from a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureClass {
    /// Try again within the flush's deadline, no sooner than `after`.
    Retryable {
        /// What the receiver asked for.
        after: Option<Duration>,
    },
    /// No use to try this flush again; the next flush will.
    Permanent,
    /// As `Permanent`, and the owner's settings are at fault.
    Unauthorized,
}
