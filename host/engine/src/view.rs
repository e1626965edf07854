//! What people may see of a tenant's state.

use std::sync::Arc;

use crate::{
    groups::sorted_alerts,
    model::{Alert, GroupId, Labels, Timestamp},
};

/// An alert with the receivers its routes lead to.
#[derive(Clone, Debug)]
pub struct AlertView {
    /// The alert.
    pub alert: Arc<Alert>,
    /// Names of the receivers, in the order of the routes, none twice.
    pub receivers: Vec<Arc<str>>,
}

/// A group with its alerts.
#[derive(Clone, Debug)]
pub struct GroupView {
    /// Its number.
    pub id: GroupId,
    /// Alertmanager's group key.
    pub key: Arc<str>,
    /// What made the group.
    pub labels: Labels,
    /// Who is told.
    pub receiver: Arc<str>,
    /// The alerts, in no order.
    pub alerts: Vec<Arc<Alert>>,
    /// When it will be flushed next; in the past while a flush is under way that took longer than
    /// `group_interval`.
    pub flush_at: Timestamp,
}

impl GroupView {
    /// Sorts the alerts as they are sorted in notifications.
    pub fn sort_alerts(&mut self) {
        if self.alerts.len() > 1 {
            self.alerts = sorted_alerts(&self.alerts);
        }
    }
}
