//! What a plugin costs: the bundled components under the limits of production.
//!
//! `cargo xtask bench` runs this; each line is a row of its table.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a bench prints what it measured, reads the clock, and fails by panicking"
)]

use std::{
    fs,
    hint::black_box,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use larum_engine::{
    IntegrationIndex, Notification, NotificationReason, ReceiverIndex,
    model::{
        Alert, AlertStatus, GroupId, IntegrationKey, Labels, NotificationId, TenantId, Timestamp,
    },
};
use larum_sandbox::{Component, Options, Sandbox, Step};

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let sandbox = Sandbox::start(Options::default()).unwrap();
        matchers(&load(&sandbox, "cel")).await;
        slack(&load(&sandbox, "go-template"), &load(&sandbox, "slack")).await;
    });
}

fn load(sandbox: &Arc<Sandbox>, name: &str) -> Component {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins/dist");
    sandbox
        .load(name, &fs::read(dist.join(format!("{name}.wasm"))).unwrap())
        .unwrap()
}

async fn matchers(cel: &Component) {
    let settings = r#"{"expression":"labels.severity == \"critical\" && labels.pod != \"\""}"#;
    let matcher = cel.matcher(&TenantId::default(), settings).await.unwrap();
    let now = Timestamp::from_unix_ms(1_800_000_000_000);
    let mut number = 0;
    let mut fresh = |count: usize| -> Vec<Alert> {
        number += count;
        (number - count..number).map(alert).collect()
    };

    let known = fresh(256);
    let known: Vec<&Alert> = known.iter().collect();
    assert!(matcher.verdicts(&known, now).await.error.is_none());
    let time = median(2_000, async || {
        let begun = Instant::now();
        black_box(matcher.verdicts(black_box(&known), now).await);
        begun.elapsed()
    });
    row(
        "matcher verdict (cel), known, batch of 256",
        time.await,
        256,
    );

    for (name, rows, rounds) in [
        ("matcher verdict (cel), new, batch of 256", 256, 200),
        ("matcher verdict (cel), new, single", 1, 2_000),
    ] {
        let time = median(rounds, async || {
            let alerts = fresh(rows);
            let alerts: Vec<&Alert> = alerts.iter().collect();
            let begun = Instant::now();
            let judged = black_box(matcher.verdicts(&alerts, now).await);
            let time = begun.elapsed();
            assert!(judged.error.is_none());
            time
        });
        row(name, time.await, rows);
    }
}

/// A tutorial's message: the default templates for all of Slack's texts, and the request.
async fn slack(go_template: &Component, slack: &Component) {
    let tenant = TenantId::default();
    let texts = [
        "title",
        "titlelink",
        "text",
        "fallback",
        "color",
        "username",
        "footer",
    ];
    let texts = texts.map(|name| format!("{{{{ template \"slack.default.{name}\" . }}}}"));
    let template = go_template
        .template(&tenant, Arc::from([]), texts.to_vec())
        .await
        .unwrap();
    let settings = r##"{"api_url":"/api_url","channel":"#ops","title":"t","text":"x"}"##;
    let receiver = slack.receiver(&tenant, settings).await.unwrap();
    for alerts in [1, 10] {
        let notification = Arc::new(notification(alerts));
        let time = median(2_000, async || {
            let begun = Instant::now();
            let texts = template.render(&notification).await.unwrap();
            let [title, link, text, fallback, color, username, footer] = texts
                .into_iter()
                .map(Result::unwrap)
                .collect::<Vec<_>>()
                .try_into()
                .unwrap();
            let settings = serde_json::json!({
                "api_url": "/api_url", "channel": "#ops", "title": title, "title_link": link,
                "text": text, "fallback": fallback, "color": color, "username": username,
                "footer": footer,
            });
            let mut delivery = receiver
                .start(&notification, settings.to_string())
                .await
                .unwrap();
            assert!(matches!(
                delivery.next(None).await.unwrap(),
                Step::Request(_)
            ));
            begun.elapsed()
        });
        row(
            &format!("Slack message, {alerts} alerts, rendered and built"),
            time.await,
            1,
        );
    }
}

async fn median(rounds: usize, mut round: impl AsyncFnMut() -> Duration) -> Duration {
    let mut times = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        times.push(round().await);
    }
    times.sort();
    times[times.len() / 2]
}

fn row(name: &str, time: Duration, per: usize) {
    let nanoseconds = time.as_nanos() as f64 / per as f64;
    let figure = if nanoseconds < 10_000.0 {
        format!("{nanoseconds:.0} ns")
    } else {
        format!("{:.1} µs", nanoseconds / 1e3)
    };
    println!("{name:<52} {figure:>22}");
}

fn alert(number: usize) -> Alert {
    let (pod, instance) = (
        format!("checkout-{number}"),
        format!("10.0.0.{}:9100", number % 250),
    );
    let labels = [
        ("alertname", "KubePodCrashLooping"),
        ("severity", "critical"),
        ("namespace", "shop"),
        ("pod", &pod),
        ("container", "app"),
        ("instance", &instance),
        ("job", "kube-state-metrics"),
        ("cluster", "eu-1"),
        ("group", "g1"),
    ];
    let annotations = [
        ("summary", "Pod is crash looping."),
        (
            "description",
            "The pod is in waiting state (reason: CrashLoopBackOff).",
        ),
    ];
    Alert {
        labels: Labels::from_pairs(labels).unwrap(),
        annotations: Labels::from_pairs(annotations).unwrap(),
        starts_at: Timestamp::from_unix_ms(1_799_999_000_000),
        ends_at: Timestamp::from_unix_ms(1_800_000_300_000),
        updated_at: Timestamp::from_unix_ms(1_800_000_000_000),
        generator_url: "http://prometheus.example:9090/graph?g0.expr=up".into(),
        timeout: true,
    }
}

fn notification(alerts: usize) -> Notification {
    let alerts: Vec<_> = (0..alerts)
        .map(|n| (Arc::new(alert(n)), AlertStatus::Firing))
        .collect();
    let common = |of: fn(&Alert) -> &Labels| {
        let first = of(&alerts[0].0);
        let same = |(name, value): &(&str, &str)| {
            alerts
                .iter()
                .all(|(alert, _)| of(alert).get(name) == Some(value))
        };
        Labels::from_pairs(first.iter().filter(same)).unwrap()
    };
    Notification {
        id: NotificationId(Arc::from("0123456789abcdef0123456789abcdef")),
        tenant: TenantId::default(),
        group: GroupId(1),
        group_key: Arc::from(r#"{}:{alertname="KubePodCrashLooping"}"#),
        receiver_name: Arc::from("ops"),
        receiver: ReceiverIndex(0),
        integration: IntegrationIndex(0),
        integration_key: IntegrationKey(Arc::from("ops/slack/0")),
        flush_number: 1,
        reason: NotificationReason::FirstNotification,
        status: AlertStatus::Firing,
        group_labels: Labels::from_pairs([("alertname", "KubePodCrashLooping")]).unwrap(),
        common_labels: common(|alert| &alert.labels),
        common_annotations: common(|alert| &alert.annotations),
        alerts,
        flushed_at: Timestamp::from_unix_ms(1_800_000_000_000),
        deadline: Timestamp::from_unix_ms(1_800_000_300_000),
        previous: None,
    }
}
