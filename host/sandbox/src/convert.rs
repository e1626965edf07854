//! Between the engine's types and the plugins': the only file that knows both.

use std::time::Duration;

use larum_engine::model::{Alert, AlertStatus, Labels, Timestamp};

pub(crate) use crate::bindings::{
    receiver::{SendError, Step},
    template::RenderError,
    types::Notification,
};
use crate::{
    CreateError, Encoding, Event, Failure, HttpRequest, Method, NotificationLimits, Part, Receipt,
    TemplateOrigin, TemplateSource, TransportError,
    bindings::{receiver, template, types, wire},
    text::{prefix, printable},
};

type Pairs<'a> = Vec<(&'a str, &'a str)>;

/// The alerts of a notification that a plugin gets to see. Text is borrowed, not copied: it is
/// copied once, into the guest.
pub(crate) struct Alerts<'a> {
    views: Vec<AlertView<'a>>,
    truncated: u64,
}

struct AlertView<'a> {
    alert: &'a Alert,
    status: AlertStatus,
    fingerprint: String,
    labels: Pairs<'a>,
    annotations: Pairs<'a>,
}

impl<'a> Alerts<'a> {
    /// For a plugin that does not read them.
    pub(crate) fn none() -> Self {
        Self {
            views: Vec::new(),
            truncated: 0,
        }
    }

    /// As many as the limits allow, from the first.
    pub(crate) fn new(
        notification: &'a larum_engine::Notification,
        limits: &NotificationLimits,
    ) -> Self {
        let mut bytes = 0;
        let mut views: Vec<AlertView<'a>> = Vec::new();
        for (alert, status) in notification.alerts.iter().take(limits.alerts) {
            bytes += text_bytes(alert);
            if bytes > limits.bytes && !views.is_empty() {
                break;
            }
            views.push(AlertView {
                alert,
                status: *status,
                fingerprint: alert.fingerprint().to_string(),
                labels: alert.labels.iter().collect(),
                annotations: alert.annotations.iter().collect(),
            });
        }
        let truncated = notification.alerts.len() - views.len();
        Self {
            views,
            truncated: u64::try_from(truncated).unwrap_or(u64::MAX),
        }
    }

    /// Hands the notification to `use_it` as plugins see it.
    pub(crate) fn lend<R>(
        &self,
        notification: &larum_engine::Notification,
        external_url: &str,
        use_it: impl FnOnce(Notification<'_>) -> R,
    ) -> R {
        let alerts: Vec<types::Alert<'_>> = self.views.iter().map(AlertView::as_wit).collect();
        let group_labels = pairs(&notification.group_labels);
        let common_labels = pairs(&notification.common_labels);
        let common_annotations = pairs(&notification.common_annotations);
        use_it(Notification {
            id: &notification.id.0,
            tenant: notification.tenant.as_str(),
            receiver: &notification.receiver_name,
            status: notification.status.into(),
            reason: notification.reason.as_str(),
            group_key: &notification.group_key,
            group_labels: &group_labels,
            common_labels: &common_labels,
            common_annotations: &common_annotations,
            route_labels: &[],
            alerts: &alerts,
            truncated_alerts: self.truncated,
            now: timestamp(notification.flushed_at),
            external_url,
            extra: &[],
        })
    }
}

impl AlertView<'_> {
    fn as_wit(&self) -> types::Alert<'_> {
        let ends_at = timestamp(self.alert.ends_at);
        types::Alert {
            fingerprint: &self.fingerprint,
            status: self.status.into(),
            labels: &self.labels,
            annotations: &self.annotations,
            starts_at: timestamp(self.alert.starts_at),
            ends_at: (self.status == AlertStatus::Resolved).then_some(ends_at),
            generator_url: &self.alert.generator_url,
        }
    }
}

impl From<AlertStatus> for types::AlertStatus {
    fn from(status: AlertStatus) -> Self {
        match status {
            AlertStatus::Firing => Self::Firing,
            AlertStatus::Resolved => Self::Resolved,
        }
    }
}

fn pairs(labels: &Labels) -> Pairs<'_> {
    labels.iter().collect()
}

fn text_bytes(alert: &Alert) -> usize {
    let of = |labels: &Labels| {
        labels
            .iter()
            .map(|(name, value)| name.len() + value.len())
            .sum()
    };
    let (labels, annotations): (usize, usize) = (of(&alert.labels), of(&alert.annotations));
    labels + annotations + alert.generator_url.len()
}

/// Guests count from the epoch on; nothing before it is told apart.
fn timestamp(time: Timestamp) -> u64 {
    u64::try_from(time.unix_ms()).unwrap_or(0)
}

pub(crate) fn template_sources(sources: &[TemplateSource]) -> Vec<template::Source<'_>> {
    sources
        .iter()
        .map(|TemplateSource { name, text }| template::Source { name, text })
        .collect()
}

pub(crate) fn settings_error(error: types::SettingsError, message_bytes: usize) -> CreateError {
    CreateError::Settings {
        path: printable(&error.path, message_bytes),
        message: printable(&error.message, message_bytes),
    }
}

pub(crate) fn template_error(error: template::TemplateError, message_bytes: usize) -> CreateError {
    let index = |index: u32| usize::try_from(index).unwrap_or(usize::MAX);
    CreateError::Template {
        origin: match error.origin {
            template::Origin::Source(source) => TemplateOrigin::Source(index(source)),
            template::Origin::Text(text) => TemplateOrigin::Text(index(text)),
        },
        line: error.line,
        column: error.column,
        message: printable(&error.message, message_bytes),
    }
}

pub(crate) fn send_error(error: SendError, message_bytes: usize) -> crate::SendError {
    let failure = |failure: receiver::Failure| Failure {
        message: printable(&failure.message, message_bytes),
        advice: failure
            .advice
            .map(|advice| printable(&advice, message_bytes)),
    };
    match error {
        SendError::Retryable(hint) => crate::SendError::Retryable {
            failure: failure(hint.failure),
            after: hint.after.map(Duration::from_millis),
        },
        SendError::Permanent(it) => crate::SendError::Permanent(failure(it)),
        SendError::Unauthorized(it) => crate::SendError::Unauthorized(failure(it)),
    }
}

/// How much text a step holds, in bytes. What is only for the log is cut, not counted.
pub(crate) fn step_bytes(step: &Step) -> usize {
    let parts = |parts: &[wire::Part]| -> usize {
        let bytes = |part: &wire::Part| match part {
            wire::Part::Literal(text) => text.len(),
            wire::Part::Secret(secret) => secret.name.len(),
        };
        parts.iter().map(bytes).sum()
    };
    match step {
        Step::Request(request) => {
            let header = |it: &wire::Header| it.name.len() + parts(&it.value);
            let headers: usize = request.headers.iter().map(header).sum();
            parts(&request.url) + headers + parts(&request.body)
        }
        Step::Done(receipt) => receipt.external_id.as_ref().map_or(0, String::len),
    }
}

pub(crate) fn step(step: Step, message_bytes: usize) -> crate::Step {
    match step {
        Step::Request(it) => crate::Step::Request(HttpRequest {
            method: it.method.into(),
            url: parts(it.url),
            headers: it
                .headers
                .into_iter()
                .map(|it| (it.name, parts(it.value)))
                .collect(),
            body: parts(it.body),
            timeout: it.timeout.map(Duration::from_millis),
        }),
        Step::Done(it) => crate::Step::Done(Receipt {
            external_id: it.external_id,
            detail: printable(&it.detail, message_bytes),
        }),
    }
}

fn parts(parts: Vec<wire::Part>) -> Vec<Part> {
    let part = |part| match part {
        wire::Part::Literal(text) => Part::Literal(text),
        wire::Part::Secret(it) => Part::Secret {
            name: it.name,
            encoding: it.encoding.into(),
        },
    };
    parts.into_iter().map(part).collect()
}

/// The headers of a response as pairs of borrowed text, for [`event`].
pub(crate) fn headers(outcome: Option<&Event>) -> Pairs<'_> {
    match outcome {
        Some(Event::Response(response)) => response
            .headers
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect(),
        Some(Event::Failed(_)) | None => Vec::new(),
    }
}

pub(crate) fn event<'a>(
    event: &'a Event,
    headers: &'a [(&'a str, &'a str)],
    body_bytes_max: usize,
) -> receiver::Event<'a> {
    match event {
        Event::Response(response) => {
            let body = prefix(&response.body, body_bytes_max);
            receiver::Event::Response(wire::HttpResponse {
                status: response.status,
                headers,
                body,
                body_truncated: response.body_truncated || body.len() < response.body.len(),
            })
        }
        Event::Failed(error) => receiver::Event::Failed((*error).into()),
    }
}

impl From<wire::Method> for Method {
    fn from(method: wire::Method) -> Self {
        match method {
            wire::Method::Get => Self::Get,
            wire::Method::Post => Self::Post,
            wire::Method::Put => Self::Put,
            wire::Method::Patch => Self::Patch,
            wire::Method::Delete => Self::Delete,
        }
    }
}

impl From<wire::Encoding> for Encoding {
    fn from(encoding: wire::Encoding) -> Self {
        match encoding {
            wire::Encoding::Raw => Self::Raw,
            wire::Encoding::JsonString => Self::JsonString,
            wire::Encoding::UrlComponent => Self::UrlComponent,
            wire::Encoding::Base64 => Self::Base64,
        }
    }
}

impl From<TransportError> for wire::TransportError {
    fn from(error: TransportError) -> Self {
        match error {
            TransportError::Dns => Self::Dns,
            TransportError::Connect => Self::Connect,
            TransportError::Tls => Self::Tls,
            TransportError::Timeout => Self::Timeout,
            TransportError::Reset => Self::Reset,
            TransportError::Protocol => Self::Protocol,
            TransportError::Denied => Self::Denied,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use larum_engine::{
        IntegrationIndex, NotificationReason, ReceiverIndex,
        model::{GroupId, IntegrationKey, NotificationId, TenantId},
    };

    use super::{Alert, AlertStatus, Alerts, Labels, Timestamp, types};

    fn alert(starts_at: i64) -> Arc<Alert> {
        Arc::new(Alert {
            labels: Labels::from_pairs([("b", "2"), ("a", "1")]).unwrap(),
            annotations: Labels::default(),
            starts_at: Timestamp::from_unix_ms(starts_at),
            ends_at: Timestamp::from_unix_ms(9_000),
            updated_at: Timestamp::EPOCH,
            generator_url: "http://prometheus.example".into(),
            timeout: false,
        })
    }

    #[test]
    fn guests_see_the_notification_as_it_was_flushed() {
        let notification = larum_engine::Notification {
            id: NotificationId("id".into()),
            tenant: TenantId::new("team-a"),
            group: GroupId(1),
            group_key: "{}:{}".into(),
            receiver_name: "ops".into(),
            receiver: ReceiverIndex(0),
            integration: IntegrationIndex(0),
            integration_key: IntegrationKey("ops/test/0".into()),
            flush_number: 1,
            reason: NotificationReason::SomeAlertsResolved,
            status: AlertStatus::Firing,
            group_labels: Labels::default(),
            common_labels: Labels::from_pairs([("a", "1")]).unwrap(),
            common_annotations: Labels::default(),
            alerts: vec![
                (alert(1_000), AlertStatus::Firing),
                (alert(-5), AlertStatus::Resolved),
            ],
            flushed_at: Timestamp::from_unix_ms(5_000),
            deadline: Timestamp::MAX,
            previous: None,
        };
        let alerts = Alerts::new(&notification, &crate::DataLimits::default().notification);
        alerts.lend(&notification, "http://larum.example", |seen| {
            assert_eq!(
                (seen.id, seen.tenant, seen.receiver),
                ("id", "team-a", "ops")
            );
            assert_eq!(seen.reason, "some alerts resolved");
            assert_eq!(seen.common_labels, [("a", "1")]);
            assert_eq!((seen.now, seen.truncated_alerts), (5_000, 0));
            assert_eq!(seen.external_url, "http://larum.example");
            let [firing, resolved] = seen.alerts else {
                panic!("{} alerts", seen.alerts.len());
            };
            assert_eq!(firing.labels, [("a", "1"), ("b", "2")]);
            assert_eq!(firing.fingerprint.len(), 16);
            assert!(firing.status == types::AlertStatus::Firing);
            assert_eq!((firing.starts_at, firing.ends_at), (1_000, None));
            assert!(resolved.status == types::AlertStatus::Resolved);
            assert_eq!((resolved.starts_at, resolved.ends_at), (0, Some(9_000)));
        });
    }
}
