//! A tenant's state: the sum of its changes.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use crate::{
    alerts::Alerts,
    change::{Change, GroupIds},
    delivery_log::DeliveryLog,
    effect::Notification,
    groups::Group,
    model::{Fingerprint, GroupId, NotificationId, Timestamp},
};

#[derive(Default)]
pub(crate) struct State {
    pub(crate) alerts: Alerts,
    pub(crate) groups: HashMap<GroupId, Group, FixedState>,
    pub(crate) log: DeliveryLog,
    pub(crate) in_flight: BTreeMap<NotificationId, InFlight>,
    /// The highest group number that was given out.
    pub(crate) last_group: GroupId,
    /// The latest moment at which something was flushed or delivered.
    pub(crate) latest: Timestamp,
}

/// A notification that is neither delivered nor given up.
pub(crate) struct InFlight {
    pub(crate) notification: Arc<Notification>,
    pub(crate) firing: Arc<[Fingerprint]>,
    pub(crate) resolved: Arc<[Fingerprint]>,
    pub(crate) keep: Duration,
    /// Not replayed: attempts that were begun. Zero after a restart, and the first attempt of the
    /// new process is number 1 again.
    pub(crate) attempts: u32,
    /// Not replayed: what it waits for.
    pub(crate) phase: Phase,
    /// Not replayed: the last failure.
    pub(crate) failure: Option<Arc<str>>,
}

/// What a notification waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// For its first attempt.
    Planned,
    /// For the outcome of an attempt.
    Attempted,
    /// For the time of its next attempt, or for its deadline if that is sooner.
    Waiting(Timestamp),
}

impl State {
    /// Applies a fact: the one way in which state changes, live and in replay. Facts about things
    /// that are not there change nothing.
    pub(crate) fn apply(&mut self, change: &Change) {
        match change {
            Change::AlertStored { alert, groups } => {
                let before = self.alerts.store(Arc::clone(alert), groups.clone());
                self.move_member(alert.fingerprint(), &before, groups);
            }
            Change::AlertRegrouped { alert, groups } => {
                if let Some(entry) = self.alerts.get_mut(*alert) {
                    let before = std::mem::replace(&mut entry.groups, groups.clone());
                    self.move_member(*alert, &before, groups);
                }
            }
            Change::AlertForgotten { alert } => self.alerts.remove(*alert),
            Change::GroupCreated {
                group,
                key,
                labels,
                flush_at,
            } => {
                let created = Group::new(Arc::clone(key), labels.clone(), *flush_at);
                self.groups.insert(*group, created);
                self.last_group = self.last_group.max(*group);
            }
            Change::GroupRescheduled { group, flush_at } => {
                if let Some(group) = self.groups.get_mut(group) {
                    group.flush_at = *flush_at;
                }
            }
            Change::GroupFlushed {
                group,
                flush_number,
                flush_at,
            } => {
                if let Some(group) = self.groups.get_mut(group) {
                    group.flush_number = *flush_number;
                    group.flush_at = *flush_at;
                }
            }
            Change::AlertsDropped { group, alerts } => self.drop_members(*group, alerts),
            Change::GroupRemoved { group } => {
                self.groups.remove(group);
            }
            _ => self.apply_delivery(change),
        }
    }

    fn apply_delivery(&mut self, change: &Change) {
        match change {
            Change::NotificationPlanned {
                notification,
                firing,
                resolved,
                keep,
            } => {
                if let Some(group) = self.groups.get_mut(&notification.group) {
                    group.in_flight += 1;
                }
                let planned = InFlight {
                    notification: Arc::clone(notification),
                    firing: Arc::clone(firing),
                    resolved: Arc::clone(resolved),
                    keep: *keep,
                    attempts: 0,
                    phase: Phase::Planned,
                    failure: None,
                };
                self.in_flight.insert(notification.id.clone(), planned);
                self.latest = self.latest.max(notification.flushed_at);
            }
            Change::NotificationMoved { notification } => {
                if let Some(flight) = self.in_flight.get_mut(&notification.id) {
                    flight.notification = Arc::clone(notification);
                }
            }
            Change::DeliveryLogged {
                group_key,
                integration,
                entry,
                notification,
            } => {
                self.log.insert(group_key, integration, entry.clone());
                self.latest = self.latest.max(entry.delivered_at);
                if let Some(notification) = notification {
                    self.end_notification(notification);
                }
            }
            Change::NotificationGivenUp { notification } => self.end_notification(notification),
            Change::DeliveryForgotten {
                group_key,
                integration,
            } => {
                self.log.remove(group_key, integration);
            }
            _ => {}
        }
    }

    fn move_member(&mut self, alert: Fingerprint, before: &GroupIds, after: &GroupIds) {
        if before == after {
            return;
        }
        for group in before
            .as_slice()
            .iter()
            .filter(|group| !after.contains(**group))
        {
            if let Some(group) = self.groups.get_mut(group) {
                group.members.remove(&alert);
            }
        }
        for group in after.as_slice() {
            if let Some(group) = self.groups.get_mut(group) {
                group.members.insert(alert);
            }
        }
    }

    fn drop_members(&mut self, id: GroupId, alerts: &[Fingerprint]) {
        let Some(group) = self.groups.get_mut(&id) else {
            return;
        };
        for alert in alerts {
            group.members.remove(alert);
            if let Some(entry) = self.alerts.get_mut(*alert) {
                entry.groups.remove(id);
                entry.grouped = false;
            }
        }
    }

    fn end_notification(&mut self, id: &NotificationId) {
        if let Some(ended) = self.in_flight.remove(id)
            && let Some(group) = self.groups.get_mut(&ended.notification.group)
        {
            group.in_flight = group.in_flight.saturating_sub(1);
        }
    }
}
