//! What is no longer needed is forgotten.

use std::time::Duration;

use super::Engine;
use crate::{change::Change, effect::Effect, model::Fingerprint, timers::TimerKey};

/// How often is swept, when there is something to sweep (Alertmanager `cmd/alertmanager/main.go`,
/// maintenance of the notification log). An entry of the delivery log lives on until the sweep
/// after its end.
const SWEEP_INTERVAL: Duration = Duration::from_mins(15);

/// How long an alert that is over is kept after its last group let it go: longer than Prometheus
/// goes on sending it (15 minutes), so that it stays the same alert (Alertmanager's
/// `--alerts.gc-interval`).
const RESOLVED_KEPT: Duration = Duration::from_mins(30);

impl Engine {
    /// Notes that a group let an alert go.
    pub(super) fn retire(&mut self, alert: Fingerprint) {
        let Some(entry) = self.state.alerts.get(alert) else {
            return;
        };
        if entry.groups.is_empty() {
            self.retired.push_back((self.now + RESOLVED_KEPT, alert));
            self.schedule_sweep();
        }
    }

    pub(super) fn schedule_sweep(&mut self) {
        if !self.sweep_scheduled {
            self.sweep_scheduled = true;
            self.timers
                .schedule(self.now + SWEEP_INTERVAL, TimerKey::Sweep);
        }
    }

    pub(super) fn sweep(&mut self, effects: &mut Vec<Effect>) {
        while let Some((at, alert)) = self.retired.front().copied()
            && at <= self.now
        {
            self.retired.pop_front();
            let Some(entry) = self.state.alerts.get(alert) else {
                continue;
            };
            // It may have fired again since; then it comes up once more.
            let over = entry.alert.ends_at + RESOLVED_KEPT <= self.now;
            if over && entry.groups.is_empty() {
                self.commit(Change::AlertForgotten { alert }, effects);
                self.verdicts.remove(&alert);
            }
        }
        while let Some((group_key, integration)) = self.state.log.first_expired(self.now) {
            self.commit(
                Change::DeliveryForgotten {
                    group_key,
                    integration,
                },
                effects,
            );
        }
        self.sweep_scheduled = false;
        if !self.retired.is_empty() || !self.state.log.is_empty() {
            self.schedule_sweep();
        }
    }
}
