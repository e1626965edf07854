//! A new configuration comes into force.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use super::Engine;
use crate::{
    change::{Change, GroupIds},
    effect::{Effect, Notification},
    input::Verdicts,
    model::{Alert, Fingerprint, GroupId, NotificationId},
    plan::{IntegrationIndex, Plan},
    routing::Router,
    state::Phase,
    timers::TimerKey,
};

/// The groups of the plan before, by key. Routes with the same key give groups with the same key.
pub(super) type OldGroups = BTreeMap<Arc<str>, VecDeque<GroupId>>;

impl Engine {
    /// Puts all alerts into the groups of a new plan.
    ///
    /// As in Alertmanager, all timers start anew and groups of old alerts are flushed at once,
    /// which the delivery log keeps quiet where nothing changed. Unlike in Alertmanager, a group
    /// whose key is the same goes on being the same group, and what is under way for it counts.
    pub(super) fn change_plan(
        &mut self,
        plan: Arc<Plan>,
        verdicts: Vec<(Fingerprint, Verdicts)>,
        effects: &mut Vec<Effect>,
    ) {
        self.router = Router::new(Arc::clone(&plan));
        self.plan = plan;
        self.verdicts = verdicts
            .into_iter()
            .filter(|(_, verdicts)| !verdicts.is_empty())
            .collect();
        self.by_labels.clear();
        self.timers.clear();
        self.retired.clear();
        self.sweep_scheduled = false;

        let mut old = self.old_groups();
        for (fingerprint, alert) in self.alerts_by_age() {
            self.regroup(fingerprint, &alert, &mut old, effects);
        }
        for group in old.into_values().flatten() {
            self.commit(Change::GroupRemoved { group }, effects);
        }
        self.resume_notifications(effects);
        if !self.state.log.is_empty() {
            self.schedule_sweep();
        }
    }

    fn old_groups(&self) -> OldGroups {
        let mut ids: Vec<_> = self.state.groups.keys().copied().collect();
        ids.sort_unstable();
        let mut old = OldGroups::new();
        for id in ids {
            if let Some(group) = self.state.groups.get(&id) {
                old.entry(Arc::clone(&group.key)).or_default().push_back(id);
            }
        }
        old
    }

    /// The oldest alert comes first and so decides when its group is flushed first.
    fn alerts_by_age(&self) -> Vec<(Fingerprint, Arc<Alert>)> {
        let mut alerts: Vec<_> = self
            .state
            .alerts
            .iter()
            .map(|(fingerprint, entry)| (fingerprint, Arc::clone(&entry.alert)))
            .collect();
        alerts.sort_unstable_by_key(|(fingerprint, alert)| (alert.starts_at, *fingerprint));
        alerts
    }

    fn regroup(
        &mut self,
        fingerprint: Fingerprint,
        alert: &Alert,
        old: &mut OldGroups,
        effects: &mut Vec<Effect>,
    ) {
        let mut groups = GroupIds::default();
        for route in self.routes_of(fingerprint, alert) {
            groups.insert(self.group_for(route, alert, old, effects));
        }
        let Some(entry) = self.state.alerts.get_mut(fingerprint) else {
            return;
        };
        entry.grouped = true;
        if entry.groups != groups {
            self.commit(
                Change::AlertRegrouped {
                    alert: fingerprint,
                    groups,
                },
                effects,
            );
        }
    }

    /// Notifications whose group and integration exist in the new plan go on; the others are over.
    fn resume_notifications(&mut self, effects: &mut Vec<Effect>) {
        let ids: Vec<_> = self.state.in_flight.keys().cloned().collect();
        for id in ids {
            match self.moved(&id) {
                Some(notification) => self.resume(&id, notification, effects),
                None => self.abandon(&id, effects),
            }
        }
    }

    fn resume(
        &mut self,
        id: &NotificationId,
        notification: Arc<Notification>,
        effects: &mut Vec<Effect>,
    ) {
        let Some(flight) = self.state.in_flight.get(id) else {
            return;
        };
        let phase = flight.phase;
        self.timers
            .schedule(notification.deadline, TimerKey::Deadline(id.clone()));
        if notification != flight.notification {
            self.commit(Change::NotificationMoved { notification }, effects);
        }
        match phase {
            // Planned by a process that is no more: it may have been sent or not.
            Phase::Planned => self.attempt(id, effects),
            Phase::Waiting(at) => self.timers.schedule(at, TimerKey::Attempt(id.clone())),
            Phase::Attempted => {}
        }
    }

    /// The notification with its place in the new plan, if it has one.
    fn moved(&self, id: &NotificationId) -> Option<Arc<Notification>> {
        let notification = &self.state.in_flight.get(id)?.notification;
        let group = self.state.groups.get(&notification.group)?;
        let receiver = self.route(group.route).receiver;
        let integrations = &self.plan.receivers[receiver.0 as usize].integrations;
        let place = (0..)
            .map(IntegrationIndex)
            .zip(integrations)
            .find(|(_, integration)| integration.key == notification.integration_key);
        let (integration, _) = place?;
        if (receiver, integration) == (notification.receiver, notification.integration) {
            return Some(Arc::clone(notification));
        }
        let moved = Notification {
            receiver,
            integration,
            ..Notification::clone(notification)
        };
        Some(Arc::new(moved))
    }
}
