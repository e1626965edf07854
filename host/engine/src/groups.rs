//! Alerts that are told of together.

use std::sync::Arc;

use foldhash::fast::FixedState;
use hashbrown::HashSet;

use crate::{
    model::{Alert, AlertStatus, Fingerprint, Labels, Timestamp},
    plan::{GroupBy, Route, RouteIndex},
};

/// A group. The fields that replay does not know are marked; [`crate::Input::Plan`] fills them.
pub(crate) struct Group {
    /// Alertmanager's group key.
    pub(crate) key: Arc<str>,
    pub(crate) labels: Labels,
    /// How often it was flushed.
    pub(crate) flush_number: u64,
    /// When its timer rings. In the past: it rang while a flush was under way, and the next flush
    /// begins when that ends. Ticks that are missed meanwhile are one tick.
    pub(crate) flush_at: Timestamp,
    pub(crate) members: HashSet<Fingerprint, FixedState>,
    /// How many notifications of the last flush are neither delivered nor given up.
    pub(crate) in_flight: u32,
    /// Not replayed: the route in the plan in force.
    pub(crate) route: RouteIndex,
    /// Not replayed: the flush under way.
    pub(crate) flight: Flight,
}

/// What is known of a flush until its last notification ends.
#[derive(Default)]
pub(crate) struct Flight {
    /// Whether a notification of it was given up.
    pub(crate) failed: bool,
    /// The alerts that were over, and when they had been sent last.
    pub(crate) resolved: Vec<(Fingerprint, Timestamp)>,
}

impl Group {
    pub(crate) fn new(key: Arc<str>, labels: Labels, flush_at: Timestamp) -> Self {
        Self {
            key,
            labels,
            flush_number: 0,
            flush_at,
            members: HashSet::with_hasher(FixedState::default()),
            in_flight: 0,
            route: RouteIndex(0),
            flight: Flight::default(),
        }
    }
}

/// The identity of the group labels that an alert has on a route.
pub(crate) fn group_fingerprint(route: &Route, labels: &Labels) -> Fingerprint {
    match &route.group_by {
        GroupBy::All => labels.fingerprint(),
        GroupBy::Labels(names) => labels.restricted_fingerprint(names),
    }
}

/// The group labels that an alert has on a route. Labels that the alert lacks are left out.
pub(crate) fn group_labels(route: &Route, labels: &Labels) -> Labels {
    match &route.group_by {
        GroupBy::All => labels.clone(),
        GroupBy::Labels(names) => labels.restricted(names),
    }
}

/// The key by which receivers and the delivery log know a group, such as
/// `{}/{severity="x"}:{alertname="y"}` (Alertmanager `dispatch/dispatch.go`, `GroupKey`, v0.34).
pub(crate) fn group_key(route: &Route, labels: &Labels) -> Arc<str> {
    Arc::from(format!("{}:{labels}", route.key))
}

/// When a group is flushed first. A group made by an alert that has fired for longer than
/// `group_wait` waits no more: after a restart or reload that would delay what is known already
/// (Alertmanager `dispatch/dispatch.go`, `groupAlert`, v0.34).
pub(crate) fn first_flush(route: &Route, alert: &Alert, now: Timestamp) -> Timestamp {
    if alert.starts_at + route.group_wait < now {
        now
    } else {
        now + route.group_wait
    }
}

/// The alerts in the order of notifications: by `job`, by `instance`, then as lists of label sets
/// are sorted; who lacks a label comes last (Alertmanager `alert/alert.go`, `AlertSlice`, v0.34).
pub(crate) fn sorted_alerts(alerts: &[Arc<Alert>]) -> Vec<Arc<Alert>> {
    // Both labels are looked up once for each alert, not once for each comparison.
    let mut keyed: Vec<_> = alerts
        .iter()
        .map(|alert| {
            let (job, instance) = (alert.labels.get("job"), alert.labels.get("instance"));
            ((job.is_none(), job, instance.is_none(), instance), alert)
        })
        .collect();
    keyed.sort_unstable_by(|(key, alert), (other_key, other)| {
        key.cmp(other_key)
            .then_with(|| alert.labels.list_order(&other.labels))
    });
    keyed
        .into_iter()
        .map(|(_, alert)| Arc::clone(alert))
        .collect()
}

/// A group's alerts at one moment, in the order of notifications. What fires in a snapshot fires
/// in all that is made of it, however long that takes.
pub(crate) struct Snapshot {
    pub(crate) alerts: Vec<(Arc<Alert>, AlertStatus)>,
    /// Sorted.
    pub(crate) firing: Arc<[Fingerprint]>,
    /// Sorted.
    pub(crate) resolved: Arc<[Fingerprint]>,
}

impl Snapshot {
    pub(crate) fn new(alerts: &[Arc<Alert>], now: Timestamp) -> Self {
        let alerts: Vec<_> = sorted_alerts(alerts)
            .into_iter()
            .map(|alert| {
                let status = alert.status_at(now);
                (alert, status)
            })
            .collect();
        let with = |wanted: AlertStatus| {
            let mut found: Vec<_> = alerts
                .iter()
                .filter(|(_, status)| *status == wanted)
                .map(|(alert, _)| alert.fingerprint())
                .collect();
            found.sort_unstable();
            Arc::from(found)
        };
        Self {
            firing: with(AlertStatus::Firing),
            resolved: with(AlertStatus::Resolved),
            alerts,
        }
    }

    /// The alerts that an integration is told of.
    pub(crate) fn told(&self, send_resolved: bool) -> Vec<(Arc<Alert>, AlertStatus)> {
        let wanted = |status: AlertStatus| send_resolved || status == AlertStatus::Firing;
        self.alerts
            .iter()
            .filter(|(_, status)| wanted(*status))
            .cloned()
            .collect()
    }

    /// The alerts that are over, and when they were sent last.
    pub(crate) fn over(&self) -> Vec<(Fingerprint, Timestamp)> {
        self.alerts
            .iter()
            .filter(|(_, status)| *status == AlertStatus::Resolved)
            .map(|(alert, _)| (alert.fingerprint(), alert.updated_at))
            .collect()
    }
}

#[cfg(test)]
mod tests;
