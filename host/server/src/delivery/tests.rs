//! The delivery path with the bundled components against servers on loopback.

use std::{
    net::Ipv4Addr,
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::{Router, http::StatusCode, response::Redirect, routing::post};
use larum_config::{Diagnostics, Source};
use larum_engine::{Attempt, FailureClass, Notification, OutcomeResult, model::TenantId};
use larum_sandbox::{Options, Sandbox};
use prometheus_client::registry::Registry;
use tokio::{net::TcpListener, sync::mpsc};

use super::{Delivery, IntegrationStatus, testing::notification};
use crate::{
    clock::Clock,
    demo::{Behaviour, Recorded, SlackStandIn},
    plugins::{Generation, Plugins},
};

/// A delivery path, a configuration, and a stand-in for Slack.
struct Bench {
    clock: Clock,
    registry: Registry,
    delivery: Arc<Delivery>,
    generation: Arc<Generation>,
    slack: SlackStandIn,
    messages: mpsc::Receiver<Recorded>,
}

/// The bundled components, compiled once for all tests.
fn plugins() -> &'static Plugins {
    static PLUGINS: OnceLock<Plugins> = OnceLock::new();
    PLUGINS.get_or_init(|| {
        let cache_dir = Some(std::env::temp_dir().join("larum-tests-components"));
        let sandbox = Sandbox::start(Options {
            cache_dir,
            ..Options::default()
        })
        .unwrap();
        Plugins::new(sandbox).unwrap()
    })
}

async fn activate(text: String) -> Result<Arc<Generation>, Diagnostics> {
    let source = Source {
        path: "alertmanager.yml".into(),
        text,
    };
    plugins()
        .activate(&TenantId::default(), larum_config::parse(source)?)
        .await
}

/// A configuration with one Slack integration that has these keys. `SLACK` becomes the URL of the
/// stand-in's webhook.
fn configuration(keys: &str) -> String {
    let keys: String = keys.lines().map(|line| format!("\n    {line}")).collect();
    format!(
        "route:\n  receiver: ops\nreceivers:\n- name: ops\n  slack_configs:\n  - channel: '#ops'{keys}\n"
    )
}

impl Bench {
    async fn new(keys: &str) -> Self {
        let (slack, messages) = SlackStandIn::start().await.unwrap();
        let text = configuration(keys).replace("SLACK", &slack.webhook_url());
        let generation = activate(text).await.unwrap();
        let (clock, mut registry) = (Clock::system(), Registry::default());
        let delivery = Delivery::new(clock.clone(), &mut registry);
        delivery.adopt(&TenantId::default(), &generation);
        Self {
            clock,
            registry,
            delivery,
            generation,
            slack,
            messages,
        }
    }

    fn notification(&self) -> Notification {
        notification(2, "it is down", self.clock.now())
    }

    async fn deliver(&self, notification: Notification) -> OutcomeResult {
        let (report, mut outcomes) = mpsc::channel(2);
        let attempt = Attempt {
            notification: Arc::new(notification),
            attempt: 1,
        };
        self.delivery
            .dispatch(attempt, Arc::clone(&self.generation), report);
        let outcome = outcomes.recv().await.unwrap();
        assert!(
            outcomes.recv().await.is_none(),
            "one attempt has one outcome"
        );
        outcome.result
    }

    /// Delivers and expects success: what Slack got.
    async fn delivered(&mut self) -> Recorded {
        match self.deliver(self.notification()).await {
            OutcomeResult::Delivered { .. } => self.messages.recv().await.unwrap(),
            OutcomeResult::Failed(failure) => panic!("{failure:?}"),
        }
    }

    /// Delivers and expects a failure: its class and message, and what the status says.
    async fn failed(&self) -> (FailureClass, String, IntegrationStatus) {
        match self.deliver(self.notification()).await {
            OutcomeResult::Delivered { .. } => panic!("it was delivered"),
            OutcomeResult::Failed(failure) => {
                (failure.class, failure.message.to_string(), self.status())
            }
        }
    }

    fn status(&self) -> IntegrationStatus {
        let statuses = self
            .delivery
            .statuses(&TenantId::default(), &self.generation);
        assert_eq!(statuses.len(), 1);
        statuses.into_iter().next().unwrap()
    }

    #[track_caller]
    fn check_metric(&self, line: &str) {
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry).unwrap();
        assert!(
            text.lines().any(|other| other == line),
            "{line} is not in\n{text}"
        );
    }
}

const RETRYABLE: FailureClass = FailureClass::Retryable { after: None };

#[tokio::test]
async fn a_message_arrives_with_its_words_and_headers() {
    let mut bench = Bench::new(
        "api_url: 'SLACK'\ntitle: '{{ .CommonLabels.alertname }}'\ntext: '{{ len .Alerts }} down'",
    )
    .await;
    let message = bench.delivered().await;
    let json = message.json();
    assert_eq!(json["channel"], "#ops");
    assert_eq!(json["attachments"][0]["title"], "InstanceDown");
    assert_eq!(json["attachments"][0]["text"], "2 down");
    assert_eq!(
        message.header("user-agent"),
        Some(concat!("larum/", env!("CARGO_PKG_VERSION")))
    );
    assert_eq!(
        message.header("idempotency-key"),
        Some("0123456789abcdef0123456789abcdef")
    );
    assert_eq!(message.header("content-type"), Some("application/json"));
    let status = bench.status();
    assert_eq!((status.last_error, status.last_advice), (None, None));
    assert!(status.last_attempt.is_some());
    bench.check_metric("alertmanager_notifications_total{integration=\"slack\"} 1");
    bench.check_metric("alertmanager_notification_requests_total{integration=\"slack\"} 1");
    bench.check_metric("alertmanager_notification_requests_failed_total{integration=\"slack\"} 0");
}

#[tokio::test]
async fn a_rate_limit_says_when_to_come_back() {
    let bench = Bench::new("api_url: 'SLACK'").await;
    bench.slack.behave(Behaviour::RateLimited { seconds: 7 });
    let (class, _, _) = bench.failed().await;
    assert_eq!(
        class,
        FailureClass::Retryable {
            after: Some(Duration::from_secs(7))
        }
    );
    bench.delivery.gave_up(&bench.notification());
    bench.check_metric(
        "alertmanager_notifications_failed_total{integration=\"slack\",reason=\"rateLimited\"} 1",
    );
}

#[tokio::test]
async fn a_refused_token_is_told_with_advice_and_without_the_token() {
    let bench = Bench::new("api_url: 'SLACK'").await;
    bench.slack.behave(Behaviour::Refuse {
        status: 403,
        text: "invalid_token".into(),
    });
    let (class, message, status) = bench.failed().await;
    assert_eq!(class, FailureClass::Unauthorized);
    let (error, advice) = (status.last_error.unwrap(), status.last_advice.unwrap());
    assert!(
        error.contains("403") && error.contains("invalid_token"),
        "{error}"
    );
    assert!(!advice.is_empty());
    for text in [&message, &error, &advice] {
        assert!(
            !text.contains("/services/") && !text.contains("stand-in-of"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn what_a_server_echoes_of_a_secret_is_masked() {
    let bench = Bench::new("api_url: 'SLACK'").await;
    let text = format!("no such hook: {}", bench.slack.webhook_url());
    bench.slack.behave(Behaviour::Refuse { status: 400, text });
    let (_, message, _) = bench.failed().await;
    assert!(
        message.contains("<secret>") && !message.contains("/services/"),
        "{message}"
    );
}

/// The class and the message for a webhook at this URL.
async fn check_url(url: &str, class: FailureClass, part: &str) {
    let bench = Bench::new(&format!("api_url: '{url}'")).await;
    let (actual, message, _) = bench.failed().await;
    assert_eq!(actual, class, "{message}");
    assert!(message.contains(part), "{message}");
    assert!(!message.contains("a-secret-path"), "{message}");
}

#[tokio::test]
async fn what_cannot_be_reached_is_told_without_the_url() {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    check_url(
        &format!("http://127.0.0.1:{port}/a-secret-path"),
        RETRYABLE,
        "refused",
    )
    .await;
    check_url("http://no-such-host.invalid/a-secret-path", RETRYABLE, "").await;
}

#[tokio::test]
async fn metadata_addresses_are_not_dialled() {
    let bench = Bench::new("api_url: 'http://169.254.169.254/a-secret-path'").await;
    let (_, message, _) = bench.failed().await;
    assert!(
        message.contains("169.254.169.254 must not be dialled"),
        "{message}"
    );
}

#[tokio::test]
async fn a_template_that_fails_becomes_plain_words() {
    let mut bench = Bench::new(
        "api_url: 'SLACK'\ntitle: '{{ template \"nowhere\" . }}'\ntext: '{{ index .Alerts 99 }}'",
    )
    .await;
    let json = bench.delivered().await.json();
    let attachment = &json["attachments"][0];
    assert_eq!(
        attachment["title"],
        "[FIRING:2] InstanceDown (job=node, severity=critical) — template failed"
    );
    let text = attachment["text"].as_str().unwrap();
    assert!(
        text.starts_with("The template failed, so this is a plain list"),
        "{text}"
    );
    assert!(
        text.contains("instance=n0") && text.contains("summary: it is down"),
        "{text}"
    );
    bench.check_metric(
        "larum_notification_fallbacks_total{tenant=\"default\",plugin=\"go-template\",\
         reason=\"render_error\"} 1",
    );
}

/// A server that leads every POST to `target`, and its URL.
async fn redirecting_to(target: String) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("http://{}/a-secret-path", listener.local_addr().unwrap());
    let handler = move || async move { Redirect::temporary(&target) };
    tokio::spawn(async move {
        axum::serve(listener, Router::new().route("/{*any}", post(handler)))
            .await
            .unwrap();
    });
    url
}

#[tokio::test]
async fn redirects_are_followed_unless_they_are_not_wanted() {
    let (slack, mut messages) = SlackStandIn::start().await.unwrap();
    let url = redirecting_to(slack.webhook_url()).await;
    let bench = Bench::new(&format!("api_url: '{url}'\ntitle: moved")).await;
    let result = bench.deliver(bench.notification()).await;
    assert!(
        matches!(result, OutcomeResult::Delivered { .. }),
        "{result:?}"
    );
    assert_eq!(
        messages.recv().await.unwrap().json()["attachments"][0]["title"],
        "moved"
    );

    let keys = format!("api_url: '{url}'\nhttp_config:\n  follow_redirects: false");
    let bench = Bench::new(&keys).await;
    let (class, message, _) = bench.failed().await;
    assert_eq!(class, FailureClass::Permanent, "{message}");
    assert!(messages.try_recv().is_err());
}

#[tokio::test]
async fn a_redirect_to_a_metadata_address_is_not_followed() {
    let url = redirecting_to("http://169.254.169.254/latest/meta-data".to_owned()).await;
    let bench = Bench::new(&format!("api_url: '{url}'")).await;
    let (_, message, _) = bench.failed().await;
    assert!(message.contains("must not be dialled"), "{message}");
}

#[tokio::test]
async fn a_server_that_hangs_costs_no_more_than_the_deadline() {
    let bench = Bench::new("api_url: 'SLACK'").await;
    bench.slack.behave(Behaviour::Hang);
    let mut notification = bench.notification();
    notification.deadline = bench.clock.now() + Duration::from_millis(200);
    let result = bench.deliver(notification).await;
    let OutcomeResult::Failed(failure) = result else {
        panic!("{result:?}")
    };
    assert_eq!(failure.class, RETRYABLE, "{}", failure.message);
}

#[tokio::test]
async fn a_slow_request_ends_at_the_integrations_timeout() {
    let bench = Bench::new("api_url: 'SLACK'\ntimeout: 100ms").await;
    bench.slack.behave(Behaviour::Hang);
    let (class, message, _) = bench.failed().await;
    assert_eq!(class, RETRYABLE, "{message}");
    assert!(message.contains("no answer within 100 ms"), "{message}");
    bench.delivery.gave_up(&bench.notification());
    bench.check_metric(
        "alertmanager_notifications_failed_total{integration=\"slack\",\
         reason=\"contextDeadlineExceeded\"} 1",
    );
}

#[tokio::test]
async fn a_secret_file_is_read_at_each_send() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "http://127.0.0.1:9/a-secret-path\n").unwrap();
    let mut bench = Bench::new(&format!("api_url_file: '{}'", file.path().display())).await;
    let (class, ..) = bench.failed().await;
    assert_eq!(class, RETRYABLE);
    std::fs::write(file.path(), format!("{}\n", bench.slack.webhook_url())).unwrap();
    bench.delivered().await;
    assert_eq!(bench.status().last_error, None);
}

#[tokio::test]
async fn headers_of_http_config_are_sent() {
    let mut bench = Bench::new(
        "api_url: 'SLACK'\nhttp_config:\n  authorization: { credentials: opensesame }\n  \
         http_headers: { X-Team: { values: [ops] } }",
    )
    .await;
    let message = bench.delivered().await;
    assert_eq!(message.header("authorization"), Some("Bearer opensesame"));
    assert_eq!(message.header("x-team"), Some("ops"));
}

#[tokio::test]
async fn what_is_no_longer_configured_fails_for_good() {
    let bench = Bench::new("api_url: 'SLACK'").await;
    let mut notification = bench.notification();
    notification.integration_key = larum_engine::model::IntegrationKey("ops/slack/7".into());
    let result = bench.deliver(notification).await;
    let OutcomeResult::Failed(failure) = result else {
        panic!("{result:?}")
    };
    assert_eq!(failure.class, FailureClass::Permanent);
    assert_eq!(&*failure.message, "the integration is no longer configured");
}

#[tokio::test]
async fn a_server_error_is_tried_again_and_nothing_else_is() {
    let bench = Bench::new("api_url: 'SLACK'").await;
    for (status, retryable) in [(500, true), (503, true), (404, false), (400, false)] {
        assert!(StatusCode::from_u16(status).is_ok());
        bench.slack.behave(Behaviour::Refuse {
            status,
            text: String::new(),
        });
        let (class, message, _) = bench.failed().await;
        let is_retryable = matches!(class, FailureClass::Retryable { .. });
        assert_eq!(is_retryable, retryable, "{status}: {message}");
    }
}

/// What is wrong with a configuration: each fault with its place, in one line.
async fn faults(text: &str) -> Vec<String> {
    match activate(text.to_owned()).await {
        Ok(_) => Vec::new(),
        Err(faults) => faults
            .iter()
            .map(|fault| format!("{} {}", fault.code, fault.line()))
            .collect(),
    }
}

#[tokio::test]
async fn faults_that_only_plugins_know_have_their_place() {
    let text = configuration("api_url: 'http://x/'\ntitle: '{{ .Status'\ntext: '{{ nope }}'");
    let faults = faults(&text).await;
    assert_eq!(faults.len(), 2, "{faults:#?}");
    assert!(
        faults[0].starts_with("L0072 alertmanager.yml:8:"),
        "{}",
        faults[0]
    );
    assert!(
        faults[1].starts_with("L0072 alertmanager.yml:9:"),
        "{}",
        faults[1]
    );
}

#[tokio::test]
async fn a_component_that_cannot_be_loaded_is_told_at_its_declaration() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "hello").unwrap();
    let plugins = format!(
        "plugins:\n- name: gone\n  component: gone.wasm\n- name: text\n  component: {}\n\
         - name: pinned\n  component: {}\n  sha256: {}\n",
        file.path().display(),
        file.path().display(),
        "0".repeat(64),
    );
    let faults = faults(&(plugins + &configuration("api_url: 'http://x/'"))).await;
    assert_eq!(faults.len(), 3, "{faults:#?}");
    let check = |index: usize, line: usize, part: &str| {
        let start = format!("L0062 alertmanager.yml:{line}:");
        assert!(
            faults[index].starts_with(&start) && faults[index].contains(part),
            "{faults:#?}"
        );
    };
    check(0, 3, "cannot read the component gone.wasm");
    check(1, 5, "not WebAssembly");
    check(2, 8, "not the one pinned");
}
