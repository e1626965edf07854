//! The facts of which a tenant's state is the sum.

use std::{sync::Arc, time::Duration};

use crate::{
    delivery_log::DeliveryEntry,
    effect::Notification,
    model::{Alert, Fingerprint, GroupId, IntegrationKey, Labels, NotificationId, Timestamp},
};

/// A fact about a tenant's state. A journal of these, in order, restores an engine; what replays
/// them looks nothing up, so no configuration, matcher or plugin matters to it.
///
/// One thing moves without a change: an alert that is sent again and says nothing new gets a later
/// `ends_at` and `updated_at` in memory only, for that happens to each alert each minute. A
/// restored engine therefore holds the deadlines of the last change. A journal that outlives the
/// process needs one more fact, `Recovered { now, grace }`, which moves the end of each alert that
/// was firing when the process ended to at least `now + grace`, so that nothing is reported as over
/// before its sender had the time to send it again.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// An alert is new, or says something new.
    AlertStored {
        /// All of it.
        alert: Arc<Alert>,
        /// All groups that it is in now.
        groups: GroupIds,
    },
    /// A new configuration puts an alert into other groups.
    AlertRegrouped {
        /// The alert.
        alert: Fingerprint,
        /// All groups that it is in now.
        groups: GroupIds,
    },
    /// An alert that is over and in no group is not kept any longer.
    AlertForgotten {
        /// The alert.
        alert: Fingerprint,
    },
    /// A group came to be.
    GroupCreated {
        /// Its number.
        group: GroupId,
        /// Alertmanager's group key.
        key: Arc<str>,
        /// What made it.
        labels: Labels,
        /// When it will be flushed first.
        flush_at: Timestamp,
    },
    /// A new configuration keeps a group and starts its timer anew.
    GroupRescheduled {
        /// The group.
        group: GroupId,
        /// When it will be flushed next.
        flush_at: Timestamp,
    },
    /// A group was flushed.
    GroupFlushed {
        /// The group.
        group: GroupId,
        /// Counts the group's flushes, from 1.
        flush_number: u64,
        /// When it will be flushed next.
        flush_at: Timestamp,
    },
    /// Alerts that are over, and of which everyone has been told, left their group.
    AlertsDropped {
        /// The group.
        group: GroupId,
        /// The alerts.
        alerts: Vec<Fingerprint>,
    },
    /// A group is no more: its last alert left it, or a new configuration has no place for it.
    GroupRemoved {
        /// The group.
        group: GroupId,
    },
    /// A notification will be attempted until it is delivered or given up.
    NotificationPlanned {
        /// The notification.
        notification: Arc<Notification>,
        /// All alerts that fired at the flush, sorted.
        firing: Arc<[Fingerprint]>,
        /// All alerts that were over at the flush, sorted, told or not.
        resolved: Arc<[Fingerprint]>,
        /// How long the delivery log will keep the delivery.
        keep: Duration,
    },
    /// A new configuration has the integration of a planned notification at another place.
    NotificationMoved {
        /// The notification, with its new indices.
        notification: Arc<Notification>,
    },
    /// An integration knows the state of a group.
    DeliveryLogged {
        /// The group's key.
        group_key: Arc<str>,
        /// The integration.
        integration: IntegrationKey,
        /// What it knows.
        entry: DeliveryEntry,
        /// What told it. None when there was nothing to tell: all is over, and the integration
        /// wants to hear of firing alerts only.
        notification: Option<NotificationId>,
    },
    /// A planned notification will not be attempted again, nor was it delivered.
    NotificationGivenUp {
        /// The notification.
        notification: NotificationId,
    },
    /// An entry of the delivery log has expired.
    DeliveryForgotten {
        /// The group's key.
        group_key: Arc<str>,
        /// The integration.
        integration: IntegrationKey,
    },
}

/// The groups that an alert is in: one for nearly every alert, so that one costs no allocation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupIds(Repr);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Repr {
    #[default]
    None,
    One(GroupId),
    Many(Box<[GroupId]>),
}

impl GroupIds {
    /// In ascending order.
    pub fn as_slice(&self) -> &[GroupId] {
        match &self.0 {
            Repr::None => &[],
            Repr::One(id) => std::slice::from_ref(id),
            Repr::Many(ids) => ids,
        }
    }

    /// Whether the alert is in no group.
    pub fn is_empty(&self) -> bool {
        self.as_slice().is_empty()
    }

    /// Whether the alert is in this group.
    pub fn contains(&self, group: GroupId) -> bool {
        self.as_slice().contains(&group)
    }

    pub(crate) fn insert(&mut self, group: GroupId) {
        if !self.contains(group) {
            *self = self.as_slice().iter().copied().chain([group]).collect();
        }
    }

    pub(crate) fn remove(&mut self, group: GroupId) {
        *self = self
            .as_slice()
            .iter()
            .copied()
            .filter(|id| *id != group)
            .collect();
    }
}

impl FromIterator<GroupId> for GroupIds {
    fn from_iter<T: IntoIterator<Item = GroupId>>(ids: T) -> Self {
        let mut ids = ids.into_iter();
        let repr = match (ids.next(), ids.next()) {
            (None, _) => Repr::None,
            (Some(one), None) => Repr::One(one),
            (Some(first), Some(second)) => {
                let mut all: Vec<_> = [first, second].into_iter().chain(ids).collect();
                all.sort_unstable();
                all.dedup();
                match *all {
                    [one] => Repr::One(one),
                    _ => Repr::Many(all.into_boxed_slice()),
                }
            }
        };
        Self(repr)
    }
}
