//! Attempts at notifications, and how they end.

use std::sync::Arc;

use super::Engine;
use crate::{
    change::Change,
    delivery_log::DeliveryEntry,
    effect::{Attempt, Effect, Report},
    input::{Failure, FailureClass, Outcome, OutcomeResult},
    model::{GroupId, NotificationId},
    retry,
    state::Phase,
    timers::TimerKey,
};

impl Engine {
    /// Begins the next attempt.
    pub(super) fn attempt(&mut self, id: &NotificationId, effects: &mut Vec<Effect>) {
        let Some(flight) = self.state.in_flight.get_mut(id) else {
            return;
        };
        flight.attempts += 1;
        flight.phase = Phase::Attempted;
        effects.push(Effect::Deliver(Attempt {
            notification: Arc::clone(&flight.notification),
            attempt: flight.attempts,
        }));
    }

    /// Learns how an attempt ended. Outcomes of notifications that have ended, or of attempts that
    /// are not under way, change nothing.
    pub(super) fn conclude(&mut self, outcome: Outcome, effects: &mut Vec<Effect>) {
        let Some(flight) = self.state.in_flight.get(&outcome.notification) else {
            return;
        };
        if flight.attempts != outcome.attempt || flight.phase != Phase::Attempted {
            return;
        }
        match outcome.result {
            OutcomeResult::Delivered { external_id } => {
                self.delivered(&outcome.notification, external_id, effects);
            }
            OutcomeResult::Failed(failure) => self.failed(&outcome.notification, failure, effects),
        }
    }

    fn delivered(
        &mut self,
        id: &NotificationId,
        external_id: Option<Arc<str>>,
        effects: &mut Vec<Effect>,
    ) {
        let Some(flight) = self.state.in_flight.get(id) else {
            return;
        };
        let notification = Arc::clone(&flight.notification);
        let entry = DeliveryEntry {
            firing: Arc::clone(&flight.firing),
            resolved: Arc::clone(&flight.resolved),
            delivered_at: self.now,
            expires_at: self.now + flight.keep,
            // A receiver that says nothing of a name keeps the one it gave before.
            external_id: external_id.or_else(|| notification.previous.clone()),
        };
        let logged = Change::DeliveryLogged {
            group_key: Arc::clone(&notification.group_key),
            integration: notification.integration_key.clone(),
            entry,
            notification: Some(id.clone()),
        };
        self.commit(logged, effects);
        self.schedule_sweep();
        self.timers
            .cancel(notification.deadline, TimerKey::Deadline(id.clone()));
        self.end_flush(notification.group, effects);
    }

    fn failed(&mut self, id: &NotificationId, failure: Failure, effects: &mut Vec<Effect>) {
        let Some(flight) = self.state.in_flight.get_mut(id) else {
            return;
        };
        flight.failure = Some(failure.message);
        let FailureClass::Retryable { after } = failure.class else {
            return self.give_up(id, effects);
        };
        let at = self.now + retry::delay(id, flight.attempts, after);
        // Where that is after the deadline, the notification still holds its place until then: else
        // the group's next flush could try again before the receiver wants.
        flight.phase = Phase::Waiting(at);
        self.timers.schedule(at, TimerKey::Attempt(id.clone()));
    }

    /// Ends a notification that failed for good, or whose deadline has come.
    pub(super) fn give_up(&mut self, id: &NotificationId, effects: &mut Vec<Effect>) {
        let Some(flight) = self.state.in_flight.get(id) else {
            return;
        };
        let message = flight.failure.clone();
        let message = message.unwrap_or_else(|| Arc::from("no answer before the deadline"));
        let notification = Arc::clone(&flight.notification);
        let attempts = flight.attempts;
        let group = notification.group;
        self.abandon(id, effects);
        effects.push(Effect::Report(Report::GaveUp {
            notification,
            attempts,
            message,
        }));
        self.fail_flush(group, effects);
    }

    fn fail_flush(&mut self, group: GroupId, effects: &mut Vec<Effect>) {
        if let Some(group) = self.state.groups.get_mut(&group) {
            group.flight.failed = true;
        }
        self.end_flush(group, effects);
    }

    /// Forgets a planned notification and its timers.
    pub(super) fn abandon(&mut self, id: &NotificationId, effects: &mut Vec<Effect>) {
        let Some(flight) = self.state.in_flight.get(id) else {
            return;
        };
        self.timers
            .cancel(flight.notification.deadline, TimerKey::Deadline(id.clone()));
        if let Phase::Waiting(at) = flight.phase {
            self.timers.cancel(at, TimerKey::Attempt(id.clone()));
        }
        self.commit(
            Change::NotificationGivenUp {
                notification: id.clone(),
            },
            effects,
        );
    }
}
