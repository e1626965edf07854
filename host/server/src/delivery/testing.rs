//! Notifications for tests.

use std::{sync::Arc, time::Duration};

use larum_engine::{
    IntegrationIndex, Notification, NotificationReason, ReceiverIndex,
    model::{
        Alert, AlertStatus, GroupId, IntegrationKey, Labels, NotificationId, TenantId, Timestamp,
    },
};

/// A set of labels.
pub(super) fn labels(pairs: &[(&str, &str)]) -> Labels {
    Labels::from_pairs(pairs.iter().copied()).unwrap()
}

/// So many firing alerts for the integration `ops/slack/0`, with this summary, to be delivered
/// within half a minute of `now`.
pub(super) fn notification(count: usize, summary: &str, now: Timestamp) -> Notification {
    let alert = |index: usize| Alert {
        labels: labels(&[
            ("alertname", "InstanceDown"),
            ("instance", &format!("n{index}")),
        ]),
        annotations: labels(&[("summary", summary), ("runbook", "not told")]),
        starts_at: Timestamp::from_unix_ms(1_700_000_000_000),
        ends_at: Timestamp::MAX,
        updated_at: Timestamp::EPOCH,
        generator_url: "".into(),
        timeout: false,
    };
    Notification {
        id: NotificationId("0123456789abcdef0123456789abcdef".into()),
        tenant: TenantId::default(),
        group: GroupId(1),
        group_key: "{}:{alertname=\"InstanceDown\"}".into(),
        receiver_name: "ops".into(),
        receiver: ReceiverIndex(0),
        integration: IntegrationIndex(0),
        integration_key: IntegrationKey("ops/slack/0".into()),
        flush_number: 1,
        reason: NotificationReason::FirstNotification,
        status: AlertStatus::Firing,
        group_labels: labels(&[("alertname", "InstanceDown"), ("job", "node")]),
        common_labels: labels(&[("alertname", "InstanceDown"), ("severity", "critical")]),
        common_annotations: Labels::default(),
        alerts: (0..count)
            .map(|i| (Arc::new(alert(i)), AlertStatus::Firing))
            .collect(),
        flushed_at: now,
        deadline: now + Duration::from_secs(30),
        previous: None,
    }
}
