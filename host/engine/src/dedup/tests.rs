//! The table of reasons.

use std::{sync::Arc, time::Duration};

use super::{DedupQuestion, is_subset, notification_reason};
use crate::{
    delivery_log::DeliveryEntry,
    effect::NotificationReason::{self, *},
    model::{Fingerprint, Timestamp},
};

const TICK: Timestamp = Timestamp::from_unix_ms(1_000_000);
const REPEAT: Duration = Duration::from_millis(1000);

fn set(alerts: &[u64]) -> Arc<[Fingerprint]> {
    alerts.iter().copied().map(Fingerprint).collect()
}

fn known(firing: &[u64], resolved: &[u64], delivered_before_ms: i64) -> Option<DeliveryEntry> {
    Some(DeliveryEntry {
        firing: set(firing),
        resolved: set(resolved),
        delivered_at: Timestamp::from_unix_ms(TICK.unix_ms() - delivered_before_ms),
        expires_at: Timestamp::MAX,
        external_id: None,
    })
}

fn reason(
    known: Option<&DeliveryEntry>,
    firing: &[u64],
    resolved: &[u64],
    send_resolved: bool,
) -> Option<NotificationReason> {
    notification_reason(DedupQuestion {
        known,
        firing: &set(firing),
        resolved: &set(resolved),
        send_resolved,
        tick: TICK,
        repeat_interval: REPEAT,
    })
}

#[test]
fn reasons_whatever_send_resolved_says() {
    let check = |known: Option<DeliveryEntry>, firing: &[u64], resolved: &[u64], expected| {
        for send_resolved in [true, false] {
            let found = reason(known.as_ref(), firing, resolved, send_resolved);
            assert_eq!(
                found, expected,
                "{known:?} {firing:?} {resolved:?} {send_resolved}"
            );
        }
    };
    // Nothing is known.
    check(None, &[], &[], None);
    check(None, &[], &[1], None);
    check(None, &[1], &[], Some(FirstNotification));
    check(None, &[1], &[2], Some(FirstNotification));
    // Something fires that did not.
    check(
        known(&[1, 2, 3], &[], 0),
        &[0, 4, 5],
        &[],
        Some(NewAlertsAdded),
    );
    check(known(&[1], &[], 0), &[1, 2], &[], Some(NewAlertsAdded));
    check(known(&[1], &[2], 0), &[1, 2], &[], Some(NewAlertsAdded));
    check(known(&[], &[], 0), &[1], &[], Some(FirstNotification));
    check(known(&[], &[1], 0), &[1], &[], Some(FirstNotification));
    // Nothing fires.
    check(known(&[1], &[], 0), &[], &[1], Some(AllAlertsResolved));
    check(known(&[1], &[2], 0), &[], &[1, 2], Some(AllAlertsResolved));
    check(known(&[], &[1], 0), &[], &[1, 2], None);
    check(known(&[], &[1], 5000), &[], &[1], None);
    // Nothing changed.
    check(known(&[1, 2], &[], 0), &[1, 2], &[], None);
    check(known(&[1, 2], &[], 999), &[1, 2], &[], None);
    check(known(&[1, 2], &[], 1000), &[1, 2], &[], None);
    check(
        known(&[1, 2], &[], 1001),
        &[1, 2],
        &[],
        Some(RepeatIntervalElapsed),
    );
    check(
        known(&[1, 2], &[], 1001),
        &[1],
        &[],
        Some(RepeatIntervalElapsed),
    );
    check(
        known(&[1], &[2], 1001),
        &[1],
        &[],
        Some(RepeatIntervalElapsed),
    );
}

#[test]
fn reasons_that_depend_on_send_resolved() {
    let check = |known: Option<DeliveryEntry>, resolved: &[u64], with, without| {
        assert_eq!(reason(known.as_ref(), &[1], resolved, true), with);
        assert_eq!(reason(known.as_ref(), &[1], resolved, false), without);
    };
    check(known(&[1, 2], &[], 0), &[2], Some(SomeAlertsResolved), None);
    check(
        known(&[1, 2], &[3], 0),
        &[2, 3],
        Some(SomeAlertsResolved),
        None,
    );
    check(known(&[1], &[2, 3], 0), &[2], None, None);
    let repeat = Some(RepeatIntervalElapsed);
    check(
        known(&[1, 2], &[], 1001),
        &[2],
        Some(SomeAlertsResolved),
        repeat,
    );
}

#[test]
fn subsets() {
    let check = |part: &[u64], whole: &[u64], expected: bool| {
        assert_eq!(
            is_subset(&set(part), &set(whole)),
            expected,
            "{part:?} {whole:?}"
        );
    };
    check(&[], &[], true);
    check(&[], &[1], true);
    check(&[1], &[], false);
    check(&[1, 3], &[1, 2, 3], true);
    check(&[1, 4], &[1, 2, 3], false);
    check(&[0], &[1, 2, 3], false);
    check(&[2, 3], &[1, 2, 3], true);
    check(&[1, 2, 3], &[1, 3], false);
}
