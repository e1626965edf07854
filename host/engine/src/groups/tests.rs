//! Tables of group keys and of the order of alerts.

use std::{sync::Arc, time::Duration};

use super::{Snapshot, first_flush, group_fingerprint, group_key, group_labels};
use crate::{
    model::{Alert, AlertStatus, Labels, Timestamp},
    plan::{GroupBy, ReceiverIndex, Route},
};

fn route(group_by: GroupBy) -> Route {
    Route {
        key: Arc::from(r#"{}/{severity="x"}"#),
        receiver: ReceiverIndex(0),
        group_by,
        matchers: Vec::new(),
        plugin_matchers: Vec::new(),
        continues: false,
        group_wait: Duration::from_secs(30),
        group_interval: Duration::from_secs(300),
        repeat_interval: Duration::from_secs(3600),
        children: Vec::new(),
    }
}

fn alert(labels: &[(&str, &str)], starts_at: i64, ends_at: i64) -> Alert {
    Alert {
        labels: Labels::from_pairs(labels.iter().copied()).unwrap(),
        annotations: Labels::default(),
        starts_at: Timestamp::from_unix_ms(starts_at),
        ends_at: Timestamp::from_unix_ms(ends_at),
        updated_at: Timestamp::from_unix_ms(starts_at),
        generator_url: Box::default(),
        timeout: false,
    }
}

#[test]
fn group_keys_are_those_of_alertmanager() {
    let labels = Labels::from_pairs([
        ("alertname", "CPU \"high\" 90%\n"),
        ("foo bar", "1"),
        ("größe", "ä\u{a0}🙂"),
        ("instance", "a:9100"),
    ])
    .unwrap();
    let check = |group_by: GroupBy, expected: &str| {
        let route = route(group_by);
        let group = group_labels(&route, &labels);
        assert_eq!(&*group_key(&route, &group), expected);
        assert_eq!(group_fingerprint(&route, &labels), group.fingerprint());
    };
    let by = |names: &[&str]| GroupBy::Labels(names.iter().map(|name| Arc::from(*name)).collect());
    check(by(&[]), r#"{}/{severity="x"}:{}"#);
    check(
        by(&["instance"]),
        r#"{}/{severity="x"}:{instance="a:9100"}"#,
    );
    check(
        by(&["alertname", "none"]),
        r#"{}/{severity="x"}:{alertname="CPU \"high\" 90%\n"}"#,
    );
    check(by(&["none"]), r#"{}/{severity="x"}:{}"#);
    check(
        GroupBy::All,
        "{}/{severity=\"x\"}:{alertname=\"CPU \\\"high\\\" 90%\\n\", foo bar=\"1\", \
         größe=\"ä\\u00a0🙂\", instance=\"a:9100\"}",
    );
}

#[test]
fn old_alerts_do_not_wait() {
    let now = Timestamp::from_unix_ms(1_000_000);
    let check = |starts_at: i64, expected: i64| {
        let alert = alert(&[("a", "b")], starts_at, i64::MAX);
        let at = first_flush(&route(GroupBy::All), &alert, now);
        assert_eq!(at.unix_ms(), expected);
    };
    check(1_000_000, 1_030_000);
    check(2_000_000, 1_030_000);
    check(970_000, 1_030_000);
    check(969_999, 1_000_000);
}

#[test]
fn alerts_are_sorted_for_people() {
    let sorted: [&[(&str, &str)]; 8] = [
        &[("instance", "z"), ("job", "a")],
        &[("job", "a")],
        &[("instance", "a"), ("job", "b"), ("x", "1")],
        &[("instance", "b"), ("job", "b")],
        &[("instance", "a")],
        &[("b", "1")],
        &[("a", "1")],
        &[("a", "2"), ("b", "1")],
    ];
    let alerts: Vec<_> = sorted
        .iter()
        .rev()
        .map(|labels| Arc::new(alert(labels, 0, i64::MAX)))
        .collect();
    let snapshot = Snapshot::new(&alerts, Timestamp::EPOCH);
    let found: Vec<Vec<_>> = snapshot
        .alerts
        .iter()
        .map(|(alert, _)| alert.labels.iter().collect())
        .collect();
    assert_eq!(found, sorted.map(<[_]>::to_vec));
}

#[test]
fn a_snapshot_knows_what_fires() {
    let alerts = [
        alert(&[("a", "1")], 0, 10),
        alert(&[("a", "2")], 0, 11),
        alert(&[("a", "3")], 0, 9),
    ];
    let fingerprints: Vec<_> = alerts.iter().map(Alert::fingerprint).collect();
    let snapshot = Snapshot::new(&alerts.map(Arc::new), Timestamp::from_unix_ms(10));
    assert_eq!(*snapshot.firing, fingerprints[1..2]);
    let mut over = vec![fingerprints[0], fingerprints[2]];
    over.sort_unstable();
    assert_eq!(*snapshot.resolved, over);
    assert_eq!(snapshot.told(true).len(), 3);
    let told = snapshot.told(false);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].1, AlertStatus::Firing);
}
