//! Documents against what Alertmanager 0.33 sends for the same alerts, recorded from it.

use larum_plugin_sdk::types::{Alert, AlertStatus, Notification};

use super::{timestamp, write};

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn firing() -> Alert {
    Alert {
        fingerprint: "296a0b2ede845ca7".to_owned(),
        status: AlertStatus::Firing,
        labels: pairs(&[
            ("alertname", "A<b>"),
            ("instance", "i2"),
            ("severity", "page"),
        ]),
        annotations: Vec::new(),
        starts_at: 1_795_168_800_000,
        ends_at: None,
        generator_url: String::new(),
    }
}

fn resolved() -> Alert {
    Alert {
        fingerprint: "11d8bcadd6587ba0".to_owned(),
        status: AlertStatus::Resolved,
        labels: pairs(&[
            ("alertname", "A<b>"),
            ("instance", "i1"),
            ("severity", "page"),
        ]),
        annotations: pairs(&[("summary", "s & <t>")]),
        starts_at: 1_795_168_800_120,
        ends_at: Some(1_795_223_216_500),
        generator_url: "http://p/g?x=1&y".to_owned(),
    }
}

/// A notification of one resolved alert and one that fires.
pub(crate) fn notification() -> Notification {
    Notification {
        id: "n1".to_owned(),
        tenant: "default".to_owned(),
        receiver: "all".to_owned(),
        status: AlertStatus::Firing,
        reason: "some alerts resolved".to_owned(),
        group_key: r#"{}:{alertname="A<b>"}"#.to_owned(),
        group_labels: pairs(&[("alertname", "A<b>")]),
        common_labels: pairs(&[("alertname", "A<b>"), ("severity", "page")]),
        common_annotations: Vec::new(),
        route_labels: Vec::new(),
        alerts: vec![resolved(), firing()],
        truncated_alerts: 0,
        now: 1_795_223_218_000,
        external_url: "http://am.example:9093/x".to_owned(),
        extra: Vec::new(),
    }
}

const HEAD: &str = r#"{"receiver":"all","status":"#;
const RESOLVED: &str = r#"{"status":"resolved","labels":{"alertname":"A\u003cb\u003e","instance":"i1","severity":"page"},"annotations":{"summary":"s \u0026 \u003ct\u003e"},"startsAt":"2026-11-20T10:00:00.12Z","endsAt":"2026-11-21T01:06:56.5Z","generatorURL":"http://p/g?x=1\u0026y","fingerprint":"11d8bcadd6587ba0"}"#;
const FIRING: &str = r#"{"status":"firing","labels":{"alertname":"A\u003cb\u003e","instance":"i2","severity":"page"},"annotations":{},"startsAt":"2026-11-20T10:00:00Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"","fingerprint":"296a0b2ede845ca7"}"#;
const MIDDLE: &str = r#"],"notification_reason":"some alerts resolved","groupLabels":{"alertname":"A\u003cb\u003e"},"#;
const TAIL: &str = r#""externalURL":"http://am.example:9093/x","version":"4","groupKey":"{}:{alertname=\"A\u003cb\u003e\"}","truncatedAlerts":"#;

#[test]
fn a_document_of_two_alerts() {
    let common = r#""commonLabels":{"alertname":"A\u003cb\u003e","severity":"page"},"commonAnnotations":{},"#;
    let want = format!(r#"{HEAD}"firing","alerts":[{RESOLVED},{FIRING}{MIDDLE}{common}{TAIL}0}}"#);
    for alerts_max in [0, 2, 3] {
        assert_eq!(write(notification(), alerts_max), want);
    }
}

#[test]
fn a_document_of_the_first_alert_only() {
    let common = r#""commonLabels":{"alertname":"A\u003cb\u003e","instance":"i1","severity":"page"},"commonAnnotations":{"summary":"s \u0026 \u003ct\u003e"},"#;
    let want = format!(r#"{HEAD}"resolved","alerts":[{RESOLVED}{MIDDLE}{common}{TAIL}1}}"#);
    assert_eq!(write(notification(), 1), want);
    let mut cut_before = notification();
    cut_before.truncated_alerts = 5;
    assert_eq!(
        write(cut_before, 1),
        want.replace(r#"Alerts":1"#, r#"Alerts":6"#)
    );
}

#[test]
fn the_host_left_alerts_out() {
    let mut notification = notification();
    notification.truncated_alerts = 5;
    assert!(write(notification, 0).ends_with(r#""truncatedAlerts":5}"#));
}

#[test]
fn a_receiver_is_named_as_a_pattern() {
    let check = |name: &str, want: &str| {
        let mut notification = notification();
        notification.receiver = name.to_owned();
        let got = write(notification, 0);
        assert!(
            got.starts_with(&format!(r#"{{"receiver":"{want}","#)),
            "{got}"
        );
    };
    check("a.b+c", r"a\\.b\\+c");
    check("team-x_1/y", "team-x_1/y");
    check("a(b)[c]{d}|^$*?", r"a\\(b\\)\\[c\\]\\{d\\}\\|\\^\\$\\*\\?");
}

#[test]
fn labels_of_the_route_stand_there_if_there_are_any() {
    let mut notification = notification();
    notification.route_labels = pairs(&[("team", "web")]);
    let want = r#""commonAnnotations":{},"routeLabels":{"team":"web"},"externalURL":"#;
    assert!(write(notification, 0).contains(want));
}

#[test]
fn times() {
    let check = |milliseconds: u64, want: &str| assert_eq!(timestamp(milliseconds), want);
    check(0, "1970-01-01T00:00:00Z");
    check(1, "1970-01-01T00:00:00.001Z");
    check(951_782_399_990, "2000-02-28T23:59:59.99Z");
    check(951_782_400_000, "2000-02-29T00:00:00Z");
    check(1_709_251_199_999, "2024-02-29T23:59:59.999Z");
    check(1_735_689_599_100, "2024-12-31T23:59:59.1Z");
    check(4_107_542_400_000, "2100-03-01T00:00:00Z");
    check(253_402_300_799_000, "9999-12-31T23:59:59Z");
}
