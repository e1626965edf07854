//! What will have to be done, and when.

use std::collections::BTreeSet;

use crate::model::{GroupId, NotificationId, Timestamp};

/// What a timer is for. The order is that of timers that ring at the same moment: a notification
/// whose time is over ends before its group is flushed again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TimerKey {
    /// A notification's time is over.
    Deadline(NotificationId),
    /// A notification is to be attempted again.
    Attempt(NotificationId),
    /// A group is to be flushed.
    Flush(GroupId),
    /// What is no longer needed is to be forgotten.
    Sweep,
}

/// All timers of a tenant, by time.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    pending: BTreeSet<(Timestamp, TimerKey)>,
}

impl Timers {
    pub(crate) fn schedule(&mut self, at: Timestamp, key: TimerKey) {
        self.pending.insert((at, key));
    }

    pub(crate) fn cancel(&mut self, at: Timestamp, key: TimerKey) {
        self.pending.remove(&(at, key));
    }

    pub(crate) fn clear(&mut self) {
        self.pending.clear();
    }

    /// When the next timer rings.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.pending.first().map(|(at, _)| *at)
    }

    /// Takes the first timer that rings at `now` or before.
    pub(crate) fn pop_due(&mut self, now: Timestamp) -> Option<(Timestamp, TimerKey)> {
        match self.next() {
            Some(at) if at <= now => self.pending.pop_first(),
            _ => None,
        }
    }
}
