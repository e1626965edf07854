//! Whether an integration needs to be told of a group again, and why.

use std::time::Duration;

use crate::{
    delivery_log::DeliveryEntry,
    effect::NotificationReason,
    model::{Fingerprint, Timestamp},
};

/// What decides whether a notification is due.
#[derive(Clone, Copy, Debug)]
pub struct DedupQuestion<'a> {
    /// What the integration knows of the group, if it ever was told.
    pub known: Option<&'a DeliveryEntry>,
    /// The alerts that fire, sorted.
    pub firing: &'a [Fingerprint],
    /// The alerts that are over, sorted.
    pub resolved: &'a [Fingerprint],
    /// Whether the integration is told of alerts that are over.
    pub send_resolved: bool,
    /// When the group's timer rang, which may be a little before the flush.
    pub tick: Timestamp,
    /// How long an unchanged group stays quiet.
    pub repeat_interval: Duration,
}

/// Why the integration must be told, if it must (Alertmanager `notify/dedup_stage.go`,
/// `needsUpdate`, v0.34).
///
/// The last rule compares the time of the last *delivery*, which comes a moment after its tick,
/// with the tick: so with a `repeat_interval` that is a multiple of `group_interval`, the repeat
/// comes one `group_interval` late. People know Alertmanager so, and larum keeps it.
pub fn notification_reason(question: DedupQuestion<'_>) -> Option<NotificationReason> {
    let DedupQuestion {
        known,
        firing,
        resolved,
        ..
    } = question;
    let Some(known) = known else {
        return (!firing.is_empty()).then_some(NotificationReason::FirstNotification);
    };
    if !is_subset(firing, &known.firing) {
        return Some(match known.firing.is_empty() {
            true => NotificationReason::FirstNotification,
            false => NotificationReason::NewAlertsAdded,
        });
    }
    if firing.is_empty() {
        // Whatever `send_resolved` says: the log must learn that nothing fires any more.
        return (!known.firing.is_empty()).then_some(NotificationReason::AllAlertsResolved);
    }
    if question.send_resolved && !is_subset(resolved, &known.resolved) {
        return Some(NotificationReason::SomeAlertsResolved);
    }
    (known.delivered_at < question.tick - question.repeat_interval)
        .then_some(NotificationReason::RepeatIntervalElapsed)
}

/// Whether each of `part` is in `whole`; both are sorted.
fn is_subset(part: &[Fingerprint], whole: &[Fingerprint]) -> bool {
    let mut whole = whole.iter();
    part.iter()
        .all(|wanted| whole.by_ref().find(|known| *known >= wanted) == Some(wanted))
}

#[cfg(test)]
mod tests;
