//! A group's timer rings.

use std::{sync::Arc, time::Duration};

use xxhash_rust::xxh64::Xxh64;

use super::Engine;
use crate::{
    change::Change,
    dedup::{DedupQuestion, notification_reason},
    delivery_log::DeliveryEntry,
    effect::{Effect, Notification, NotificationReason, Report},
    groups::{Flight, Snapshot},
    model::{AlertStatus, Fingerprint, GroupId, Labels, NotificationId, Timestamp},
    plan::{Integration, IntegrationIndex, ReceiverIndex},
    timers::TimerKey,
};

/// A flush may take this long even when `group_interval` is shorter
/// (Alertmanager `notify/notify.go`, `MinTimeout`).
const FLUSH_TIME_MIN: Duration = Duration::from_secs(10);

/// A timer that is served within this time of its ringing keeps its beat, so that the delays of
/// many beats do not add up. Later than that, the next beat counts from now.
const LATENESS_MAX: Duration = Duration::from_millis(100);

/// A flush under way: what all its notifications have in common.
struct Flush {
    group: GroupId,
    key: Arc<str>,
    labels: Labels,
    receiver: ReceiverIndex,
    number: u64,
    tick: Timestamp,
    group_interval: Duration,
    repeat_interval: Duration,
    snapshot: Snapshot,
}

impl Engine {
    /// Begins a flush of the group, whose timer rang at `tick`, unless the last one is not over.
    pub(super) fn flush(&mut self, id: GroupId, tick: Timestamp, effects: &mut Vec<Effect>) {
        let Some(group) = self.state.groups.get(&id) else {
            return;
        };
        if group.in_flight > 0 {
            return;
        }
        let route = self.route(group.route);
        let flush = Flush {
            group: id,
            key: Arc::clone(&group.key),
            labels: group.labels.clone(),
            receiver: route.receiver,
            number: group.flush_number + 1,
            tick,
            group_interval: route.group_interval.max(Duration::from_millis(1)),
            repeat_interval: route.repeat_interval,
            snapshot: Snapshot::new(&self.members(group), self.now),
        };
        // The next tick counts from the beginning of this flush, however long it takes.
        let flush_at = self.next_tick(tick, flush.group_interval);
        let flushed = Change::GroupFlushed {
            group: id,
            flush_number: flush.number,
            flush_at,
        };
        self.commit(flushed, effects);
        self.timers.schedule(flush_at, TimerKey::Flush(id));
        if let Some(group) = self.state.groups.get_mut(&id) {
            group.flight = Flight {
                failed: false,
                resolved: flush.snapshot.over(),
            };
        }
        let plan = Arc::clone(&self.plan);
        let receiver = &plan.receivers[flush.receiver.0 as usize];
        for (index, integration) in (0..).map(IntegrationIndex).zip(&receiver.integrations) {
            self.consider(&flush, index, integration, effects);
        }
        self.end_flush(id, effects);
    }

    fn next_tick(&self, tick: Timestamp, interval: Duration) -> Timestamp {
        let on_beat = self.now.saturating_since(tick) < LATENESS_MAX.min(interval);
        if on_beat {
            tick + interval
        } else {
            self.now + interval
        }
    }

    /// Decides whether one integration is told.
    fn consider(
        &mut self,
        flush: &Flush,
        index: IntegrationIndex,
        integration: &Integration,
        effects: &mut Vec<Effect>,
    ) {
        let known = self.state.log.get(&flush.key, &integration.key);
        let reason = notification_reason(DedupQuestion {
            known,
            firing: &flush.snapshot.firing,
            resolved: &flush.snapshot.resolved,
            send_resolved: integration.send_resolved,
            tick: flush.tick,
            repeat_interval: flush.repeat_interval,
        });
        let previous = known.and_then(|entry| entry.external_id.clone());
        let Some(reason) = reason else {
            let (group, integration) = (flush.group, integration.key.clone());
            effects.push(Effect::Report(Report::Unchanged { group, integration }));
            return;
        };
        let previous = previous.filter(|_| reason != NotificationReason::FirstNotification);
        let alerts = flush.snapshot.told(integration.send_resolved);
        if alerts.is_empty() {
            // Nothing to tell, but nothing fires any more: the log must know.
            let entry = DeliveryEntry {
                firing: Arc::clone(&flush.snapshot.firing),
                resolved: Arc::clone(&flush.snapshot.resolved),
                delivered_at: self.now,
                expires_at: self.now + flush.repeat_interval.saturating_mul(2),
                external_id: previous,
            };
            let logged = Change::DeliveryLogged {
                group_key: Arc::clone(&flush.key),
                integration: integration.key.clone(),
                entry,
                notification: None,
            };
            self.commit(logged, effects);
            self.schedule_sweep();
            return;
        }
        let common = |of: fn(&crate::model::Alert) -> &Labels| {
            Labels::common(alerts.iter().map(|(alert, _)| of(alert)))
        };
        let fires = alerts
            .iter()
            .any(|(_, status)| *status == AlertStatus::Firing);
        let notification = Arc::new(Notification {
            id: self.notification_id(flush, integration),
            tenant: self.tenant.clone(),
            group: flush.group,
            group_key: Arc::clone(&flush.key),
            receiver_name: Arc::clone(&self.plan.receivers[flush.receiver.0 as usize].name),
            receiver: flush.receiver,
            integration: index,
            integration_key: integration.key.clone(),
            flush_number: flush.number,
            reason,
            status: if fires {
                AlertStatus::Firing
            } else {
                AlertStatus::Resolved
            },
            group_labels: flush.labels.clone(),
            common_labels: common(|alert| &alert.labels),
            common_annotations: common(|alert| &alert.annotations),
            alerts,
            flushed_at: self.now,
            deadline: self.now + flush.group_interval.max(FLUSH_TIME_MIN),
            previous,
        });
        self.plan_notification(flush, notification, effects);
    }

    fn plan_notification(
        &mut self,
        flush: &Flush,
        notification: Arc<Notification>,
        effects: &mut Vec<Effect>,
    ) {
        let id = notification.id.clone();
        self.timers
            .schedule(notification.deadline, TimerKey::Deadline(id.clone()));
        let planned = Change::NotificationPlanned {
            notification,
            firing: Arc::clone(&flush.snapshot.firing),
            resolved: Arc::clone(&flush.snapshot.resolved),
            keep: flush.repeat_interval.saturating_mul(2),
        };
        self.commit(planned, effects);
        self.attempt(&id, effects);
    }

    /// The group's number and the time make the name differ from those of a process that knew
    /// nothing of this one.
    fn notification_id(&self, flush: &Flush, integration: &Integration) -> NotificationId {
        let half = |seed: u64| {
            let mut hash = Xxh64::new(seed);
            for text in [self.tenant.as_str(), &flush.key, &integration.key.0] {
                hash.update(text.as_bytes());
                hash.update(&[0xff]);
            }
            hash.update(&flush.group.0.to_le_bytes());
            hash.update(&flush.number.to_le_bytes());
            hash.update(&self.now.unix_ms().to_le_bytes());
            hash.digest()
        };
        NotificationId(Arc::from(format!("{:016x}{:016x}", half(0), half(1))))
    }

    /// Ends the group's flush if all its notifications have ended. When all went well, alerts that
    /// are over leave the group, unless they were sent again meanwhile; else they stay and the
    /// next flush tries again.
    pub(super) fn end_flush(&mut self, id: GroupId, effects: &mut Vec<Effect>) {
        let Some(group) = self.state.groups.get_mut(&id) else {
            return;
        };
        if group.in_flight > 0 {
            return;
        }
        let flush_at = group.flush_at;
        let flight = std::mem::take(&mut group.flight);
        if !flight.failed {
            self.drop_alerts(id, &flight.resolved, effects);
        }
        if self.state.groups.contains_key(&id) {
            // If it rang during the flush, it rings again now.
            self.timers.schedule(flush_at, TimerKey::Flush(id));
        }
    }

    fn drop_alerts(
        &mut self,
        id: GroupId,
        over: &[(Fingerprint, Timestamp)],
        effects: &mut Vec<Effect>,
    ) {
        let unchanged = |(fingerprint, updated_at): &(Fingerprint, Timestamp)| {
            let alert = &self.state.alerts.get(*fingerprint)?.alert;
            // It may fire again since the same millisecond.
            let over = alert.status_at(self.now) == AlertStatus::Resolved;
            (over && alert.updated_at == *updated_at).then_some(*fingerprint)
        };
        let alerts: Vec<_> = over.iter().filter_map(unchanged).collect();
        if !alerts.is_empty() {
            let dropped = alerts.clone();
            self.commit(Change::AlertsDropped { group: id, alerts }, effects);
            dropped.into_iter().for_each(|alert| self.retire(alert));
        }
        if self
            .state
            .groups
            .get(&id)
            .is_some_and(|group| group.members.is_empty())
        {
            self.remove_group(id, effects);
        }
    }

    fn remove_group(&mut self, id: GroupId, effects: &mut Vec<Effect>) {
        let Some(group) = self.state.groups.get(&id) else {
            return;
        };
        self.timers.cancel(group.flush_at, TimerKey::Flush(id));
        self.by_labels
            .remove(&(group.route, group.labels.fingerprint()));
        self.commit(Change::GroupRemoved { group: id }, effects);
    }
}
