//! The sandbox from outside: components go in, and nothing bad comes out.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the right answer")]

mod cache;
mod load;
mod log;
mod matcher;
mod misbehaviour;
mod receiver;
mod template;

use std::{path::Path, sync::Arc, time::Duration};

use larum_engine::{
    IntegrationIndex, Notification, NotificationReason, ReceiverIndex,
    model::{
        Alert, AlertStatus, GroupId, IntegrationKey, Labels, NotificationId, TenantId, Timestamp,
    },
};
use larum_sandbox::{CallError, Limits, Matcher, Options, Sandbox};

/// Limits of calls that are not to fail however busy the machine is; a test that wants a deadline
/// to pass sets it.
fn patient() -> Limits {
    let mut limits = Limits::default();
    let calls = [
        &mut limits.matcher,
        &mut limits.template,
        &mut limits.receiver,
        &mut limits.create,
        &mut limits.describe,
    ];
    for call in calls {
        call.deadline = Duration::from_secs(30);
    }
    limits.queue.wait = Duration::from_secs(60);
    limits
}

fn sandbox(limits: Limits, cache_dir: Option<&Path>) -> Arc<Sandbox> {
    let cache_dir = cache_dir.map(Path::to_owned);
    let external_url = "http://larum.example".to_owned();
    Sandbox::start(Options {
        cache_dir,
        workers: 2,
        limits,
        external_url,
    })
    .unwrap()
}

/// The verdicts of a question that nothing goes wrong with.
async fn verdicts(matcher: &Matcher, alerts: &[Alert]) -> Vec<bool> {
    let alerts: Vec<&Alert> = alerts.iter().collect();
    let judged = matcher.verdicts(&alerts, Timestamp::EPOCH).await;
    assert!(judged.error.is_none(), "{judged:?}");
    judged.verdicts.into_iter().map(Option::unwrap).collect()
}

/// Why a question for one alert has no answer.
async fn failure(matcher: &Matcher, alert: &Alert) -> CallError {
    let judged = matcher.verdicts(&[alert], Timestamp::EPOCH).await;
    assert_eq!(judged.verdicts, [None]);
    judged.error.unwrap()
}

fn tenant(name: &str) -> TenantId {
    TenantId::new(name)
}

fn labels(pairs: &[(&str, &str)]) -> Labels {
    Labels::from_pairs(pairs.iter().copied()).unwrap()
}

fn alert(pairs: &[(&str, &str)]) -> Alert {
    Alert {
        labels: labels(pairs),
        annotations: labels(&[("summary", "it is so")]),
        starts_at: Timestamp::from_unix_ms(1_000),
        ends_at: Timestamp::from_unix_ms(9_000),
        updated_at: Timestamp::from_unix_ms(1_000),
        generator_url: "http://prometheus.example/graph".into(),
        timeout: false,
    }
}

/// A notification of so many alerts.
fn notification(alerts: usize) -> Arc<Notification> {
    let alert = |number: usize| Arc::new(alert(&[("instance", &number.to_string())]));
    Arc::new(Notification {
        id: NotificationId("0123456789abcdef0123456789abcdef".into()),
        tenant: TenantId::default(),
        group: GroupId(1),
        group_key: "{}:{job=\"a\"}".into(),
        receiver_name: "team".into(),
        receiver: ReceiverIndex(0),
        integration: IntegrationIndex(0),
        integration_key: IntegrationKey("team/test/0".into()),
        flush_number: 1,
        reason: NotificationReason::FirstNotification,
        status: AlertStatus::Firing,
        group_labels: labels(&[("job", "a")]),
        common_labels: labels(&[("job", "a")]),
        common_annotations: labels(&[]),
        alerts: (0..alerts)
            .map(|number| (alert(number), AlertStatus::Firing))
            .collect(),
        flushed_at: Timestamp::from_unix_ms(5_000),
        deadline: Timestamp::from_unix_ms(60_000),
        previous: Some("id-0".into()),
    })
}
