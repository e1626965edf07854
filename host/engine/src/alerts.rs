//! The alerts of a tenant, and what becomes of an alert that is sent again.

use std::sync::Arc;

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use crate::{
    change::GroupIds,
    model::{Alert, AlertStatus, Fingerprint, Timestamp},
};

/// All alerts by fingerprint. Alerts whose fingerprints collide are one alert, as in Alertmanager.
#[derive(Default)]
pub(crate) struct Alerts {
    entries: HashMap<Fingerprint, Entry, FixedState>,
}

/// An alert and its places.
pub(crate) struct Entry {
    pub(crate) alert: Arc<Alert>,
    pub(crate) groups: GroupIds,
    /// Whether it is in every group that its routes lead to, so that it need not be routed when
    /// it is sent again. Not durable: a restored alert is routed once more.
    pub(crate) grouped: bool,
}

impl Alerts {
    pub(crate) fn get(&self, fingerprint: Fingerprint) -> Option<&Entry> {
        self.entries.get(&fingerprint)
    }

    pub(crate) fn get_mut(&mut self, fingerprint: Fingerprint) -> Option<&mut Entry> {
        self.entries.get_mut(&fingerprint)
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// In no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Fingerprint, &Entry)> {
        self.entries
            .iter()
            .map(|(fingerprint, entry)| (*fingerprint, entry))
    }

    /// Stores the alert and gives back the groups that it was in.
    pub(crate) fn store(&mut self, alert: Arc<Alert>, groups: GroupIds) -> GroupIds {
        match self.entries.entry(alert.fingerprint()) {
            hashbrown::hash_map::Entry::Occupied(mut occupied) => {
                let entry = occupied.get_mut();
                entry.alert = alert;
                std::mem::replace(&mut entry.groups, groups)
            }
            hashbrown::hash_map::Entry::Vacant(vacant) => {
                vacant.insert(Entry {
                    alert,
                    groups,
                    grouped: false,
                });
                GroupIds::default()
            }
        }
    }

    pub(crate) fn remove(&mut self, fingerprint: Fingerprint) {
        self.entries.remove(&fingerprint);
    }

    /// Moves the deadline of an alert that says nothing new.
    pub(crate) fn prolong(&mut self, fingerprint: Fingerprint, again: &Alert) {
        if let Some(entry) = self.entries.get_mut(&fingerprint) {
            // Copies the alert only while a notification or a view shares it.
            let alert = Arc::make_mut(&mut entry.alert);
            alert.ends_at = again.ends_at;
            alert.updated_at = again.updated_at;
        }
    }
}

/// What is kept of an alert that is known as `old` and now arrives as `new`: when their intervals
/// overlap, parts of both, else the new one alone (Alertmanager `provider/mem/mem.go`, `Put`, and
/// `alert/alert.go`, `Merge`, v0.34). That the new one lies over the old one from end to end is no
/// overlap by that rule.
pub fn merge(old: &Alert, mut new: Alert, now: Timestamp) -> Alert {
    let inside = |at: Timestamp| at > old.starts_at && at < old.ends_at;
    if !inside(new.ends_at) && !inside(new.starts_at) {
        return new;
    }
    // The one that was sent last decides what is not decided below.
    let late;
    let older = if new.updated_at < old.updated_at {
        late = std::mem::replace(&mut new, old.clone());
        &late
    } else {
        old
    };
    let mut result = new;
    result.starts_at = older.starts_at.min(result.starts_at);
    let older_counts = match result.status_at(now) {
        AlertStatus::Resolved => older.status_at(now) == AlertStatus::Resolved,
        AlertStatus::Firing => !older.timeout,
    };
    if older_counts {
        result.ends_at = older.ends_at.max(result.ends_at);
    }
    result
}

/// Whether `new` fires like `old` and only moves the deadline.
pub(crate) fn only_prolongs(old: &Alert, new: &Alert, now: Timestamp) -> bool {
    let fires = |alert: &Alert| alert.status_at(now) == AlertStatus::Firing;
    fires(old)
        && fires(new)
        && old.starts_at == new.starts_at
        && old.timeout == new.timeout
        && old.annotations == new.annotations
        && old.generator_url == new.generator_url
}

#[cfg(test)]
mod tests;
