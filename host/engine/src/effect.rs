//! All that a decision can ask for.

use std::sync::Arc;

use crate::{
    change::Change,
    model::{
        Alert, AlertStatus, GroupId, IntegrationKey, Labels, NotificationId, TenantId, Timestamp,
    },
    plan::{IntegrationIndex, ReceiverIndex},
};

/// Something the shell must do. Effects are carried out in order, and none before the
/// [`Effect::Persist`]s that stand before it are durable.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Remember this fact.
    Persist(Change),
    /// Make one attempt to hand this over, and report an [`crate::Outcome`].
    Deliver(Attempt),
    /// Tell the operators.
    Report(Report),
}

/// One attempt at a notification.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// What to hand over: the same for every attempt.
    pub notification: Arc<Notification>,
    /// From 1.
    pub attempt: u32,
}

/// One group at one moment, for one integration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// The idempotency key.
    pub id: NotificationId,
    /// Whose it is.
    pub tenant: TenantId,
    /// The group.
    pub group: GroupId,
    /// Alertmanager's group key.
    pub group_key: Arc<str>,
    /// The receiver's name.
    pub receiver_name: Arc<str>,
    /// Where the receiver stands in the plan that is in force when the attempt is made: a new
    /// plan renumbers what is under way.
    pub receiver: ReceiverIndex,
    /// Where the integration stands in the receiver.
    pub integration: IntegrationIndex,
    /// The integration's name in the delivery log.
    pub integration_key: IntegrationKey,
    /// Counts the group's flushes, from 1.
    pub flush_number: u64,
    /// Why it is sent.
    pub reason: NotificationReason,
    /// Firing if any alert fires.
    pub status: AlertStatus,
    /// What made the group.
    pub group_labels: Labels,
    /// Labels that all alerts have in common.
    pub common_labels: Labels,
    /// Annotations that all alerts have in common.
    pub common_annotations: Labels,
    /// The alerts and their state at the flush, sorted by `job`, `instance`, then all labels
    /// (Alertmanager `alert/alert.go`, `AlertSlice`).
    pub alerts: Vec<(Arc<Alert>, AlertStatus)>,
    /// When the group was flushed.
    pub flushed_at: Timestamp,
    /// `flushed_at` and the longer of `group_interval` and 10 s. No attempt begins later, and none
    /// may last longer.
    pub deadline: Timestamp,
    /// The external id of the last receipt from this integration for this group; none for a first
    /// notification.
    pub previous: Option<Arc<str>>,
}

/// Why a notification is sent (Alertmanager `notify/dedup_stage.go`, `NotifyReason`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NotificationReason {
    /// Nothing of this group has been sent, or nothing fired when it last was.
    FirstNotification,
    /// An alert fires that did not.
    NewAlertsAdded,
    /// Some are over, some fire.
    SomeAlertsResolved,
    /// All are over.
    AllAlertsResolved,
    /// Nothing changed for `repeat_interval`.
    RepeatIntervalElapsed,
}

impl NotificationReason {
    /// As templates and the webhook's JSON show it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FirstNotification => "first notification",
            Self::NewAlertsAdded => "new alerts added",
            Self::SomeAlertsResolved => "some alerts resolved",
            Self::AllAlertsResolved => "all alerts resolved",
            Self::RepeatIntervalElapsed => "repeat interval elapsed",
        }
    }
}

/// Something the operators may want to hear of.
#[derive(Clone, Debug)]
pub enum Report {
    /// A notification was given up for this flush: its deadline passed or the failure was final.
    GaveUp {
        /// Which.
        notification: Arc<Notification>,
        /// How often it was tried.
        attempts: u32,
        /// The last failure.
        message: Arc<str>,
    },
    /// A group was flushed and an integration needs no telling.
    Unchanged {
        /// The group.
        group: GroupId,
        /// The integration.
        integration: IntegrationKey,
    },
}
