//! The table of merges: what is kept of an alert that is sent twice.

use super::merge;
use crate::model::{Alert, Labels, Timestamp};

const NOW_S: i64 = 1000;

/// Seconds relative to the present.
fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_ms((NOW_S + seconds) * 1000)
}

/// Start, end, time of sending, and whether the end was set by timeout.
type Sent = (i64, i64, i64, bool);

/// An alert that was sent at `updated`, `timeout` saying who set its end.
fn alert((starts, ends, updated, timeout): Sent) -> Alert {
    Alert {
        labels: Labels::from_pairs([("alertname", "x")]).unwrap(),
        annotations: Labels::from_pairs([("sent", &*updated.to_string())]).unwrap(),
        starts_at: at(starts),
        ends_at: at(ends),
        updated_at: at(updated),
        generator_url: format!("http://{updated}").into(),
        timeout,
    }
}

#[test]
fn overlapping_alerts_merge() {
    let check = |old: Sent, new: Sent, starts: i64, ends: i64| {
        let (old, new) = (alert(old), alert(new));
        let newer = if new.updated_at < old.updated_at {
            &old
        } else {
            &new
        };
        let (starts_at, ends_at) = (at(starts), at(ends));
        let expected = Alert {
            starts_at,
            ends_at,
            ..newer.clone()
        };
        assert_eq!(merge(&old, new.clone(), at(0)), expected, "{old:?} {new:?}");
    };
    // Both ends were set by timeout: the newer one counts.
    check((-120, 120, -60, true), (-60, 180, 0, true), -120, 180);
    check((-120, 180, -60, true), (-60, 120, 0, true), -120, 120);
    // Both ends were set by the sender: the later one counts.
    check((-120, 120, -60, false), (-60, 180, 0, false), -120, 180);
    check((-120, 240, -60, false), (-60, 180, 0, false), -120, 240);
    // One of each.
    check((-120, 180, -60, false), (-60, 120, 0, true), -120, 180);
    check((-120, 180, -60, true), (-60, 120, 0, false), -120, 120);
    // The newer one is over.
    check((-180, 180, -60, false), (-180, -10, 0, false), -180, -10);
    check((-180, 180, -60, true), (-90, 0, 0, false), -180, 0);
    // Both are over: the later end counts, whoever set it.
    check((-180, -60, -60, false), (-180, -99, 0, false), -180, -60);
    check((-180, -60, -60, true), (-180, -99, 0, false), -180, -60);
    check((-180, -99, -60, false), (-150, -60, 0, false), -180, -60);
    // They arrive in the wrong order.
    check((-60, 180, 0, true), (-120, 120, -60, true), -120, 180);
    check((-60, 180, 0, true), (-120, 120, -60, false), -120, 180);
}

#[test]
fn other_alerts_are_replaced() {
    let check = |old: Sent, new: Sent| {
        assert_eq!(merge(&alert(old), alert(new), at(0)), alert(new));
    };
    // It is over and fires again.
    check((-120, -60, -60, false), (-30, 300, 0, true));
    check((-120, -60, -60, false), (-60, 300, 0, true));
    // The same start and a later end: what Prometheus sends each minute.
    check((-120, 120, -60, false), (-120, 180, 0, false));
    check((-120, 120, -60, true), (-120, 120, 0, true));
    // From before the start to after the end.
    check((-60, 60, -60, false), (-120, 120, 0, false));
}
