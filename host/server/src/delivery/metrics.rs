//! What deliveries count, under Alertmanager's names and larum's own.

use std::time::Duration;

use larum_engine::model::TenantId;
use prometheus_client::{
    encoding::{EncodeLabelSet, EncodeLabelValue},
    metrics::{counter::Counter, family::Family, histogram::Histogram},
    registry::Registry,
};

use crate::telemetry::add;

/// Counters and histograms of the delivery path. The names that begin with `alertmanager_` are
/// those of Alertmanager `notify/notify.go`, v0.34, with its labels only; larum's name the tenant.
#[derive(Clone)]
pub(super) struct Metrics {
    notifications: Family<PerIntegration, Counter>,
    notifications_failed: Family<PerReason, Counter>,
    requests: Family<PerIntegration, Counter>,
    requests_failed: Family<PerIntegration, Counter>,
    latency_seconds: Family<PerIntegration, Histogram, fn() -> Histogram>,
    fallbacks: Family<PerFallback, Counter>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PerIntegration {
    integration: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PerReason {
    integration: String,
    reason: FailureReason,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PerFallback {
    tenant: String,
    plugin: String,
    reason: FallbackReason,
}

/// Why a notification failed, in Alertmanager's words (`notify/util.go`, `Reason`, v0.34).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
#[allow(
    non_camel_case_types,
    reason = "the encoder writes a variant's name as it stands"
)]
pub(super) enum FailureReason {
    other,
    clientError,
    serverError,
    contextCanceled,
    contextDeadlineExceeded,
    authError,
    rateLimited,
}

impl FailureReason {
    const ALL: [Self; 7] = [
        Self::other,
        Self::clientError,
        Self::serverError,
        Self::contextCanceled,
        Self::contextDeadlineExceeded,
        Self::authError,
        Self::rateLimited,
    ];

    /// The reason that a response's status stands for.
    pub(super) fn of_status(status: u16) -> Self {
        match status {
            401 | 403 => Self::authError,
            429 => Self::rateLimited,
            400..=499 => Self::clientError,
            500..=599 => Self::serverError,
            _ => Self::other,
        }
    }
}

/// Why a text was replaced by a plain one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
#[allow(
    non_camel_case_types,
    reason = "the encoder writes a variant's name as it stands"
)]
pub(super) enum FallbackReason {
    /// One text could not be rendered.
    render_error,
    /// The template component did not answer.
    template_call,
    /// The receiver component did not survive the rendered texts.
    receiver_call,
}

fn latency_histogram() -> Histogram {
    Histogram::new([1.0, 5.0, 10.0, 15.0, 20.0])
}

impl Metrics {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let latency_seconds = Family::new_with_constructor(latency_histogram as fn() -> Histogram);
        registry.register(
            "alertmanager_notification_latency_seconds",
            "The latency of notifications in seconds",
            latency_seconds.clone(),
        );
        Self {
            notifications: add(
                registry,
                "alertmanager_notifications",
                "The total number of attempted notifications",
            ),
            notifications_failed: add(
                registry,
                "alertmanager_notifications_failed",
                "The total number of failed notifications",
            ),
            requests: add(
                registry,
                "alertmanager_notification_requests",
                "The total number of attempted notification requests",
            ),
            requests_failed: add(
                registry,
                "alertmanager_notification_requests_failed",
                "The total number of failed notification requests",
            ),
            latency_seconds,
            fallbacks: add(
                registry,
                "larum_notification_fallbacks",
                "Notifications that went out with plain texts because a plugin failed",
            ),
        }
    }

    /// Shows zeros for an integration that has sent nothing yet, so that rates begin at once.
    pub(super) fn announce(&self, kind: &str) {
        let labels = per_integration(kind);
        self.notifications.get_or_create_owned(&labels);
        self.requests.get_or_create_owned(&labels);
        self.requests_failed.get_or_create_owned(&labels);
        self.latency_seconds.get_or_create_owned(&labels);
        for reason in FailureReason::ALL {
            self.notifications_failed
                .get_or_create_owned(&per_reason(kind, reason));
        }
    }

    /// An attempt begins; the first one begins a notification.
    pub(super) fn began(&self, kind: &str, attempt: u32) {
        let labels = per_integration(kind);
        if attempt <= 1 {
            self.notifications.get_or_create(&labels).inc();
        }
        self.requests.get_or_create(&labels).inc();
    }

    /// An attempt is over.
    pub(super) fn ended(&self, kind: &str, took: Duration, delivered: bool) {
        let labels = per_integration(kind);
        self.latency_seconds
            .get_or_create(&labels)
            .observe(took.as_secs_f64());
        if !delivered {
            self.requests_failed.get_or_create(&labels).inc();
        }
    }

    /// A notification failed for good.
    pub(super) fn gave_up(&self, kind: &str, reason: FailureReason) {
        self.notifications_failed
            .get_or_create(&per_reason(kind, reason))
            .inc();
    }

    /// Texts were replaced by plain ones.
    pub(super) fn fell_back(&self, tenant: &TenantId, plugin: &str, reason: FallbackReason) {
        let labels = PerFallback {
            tenant: tenant.to_string(),
            plugin: plugin.to_owned(),
            reason,
        };
        self.fallbacks.get_or_create(&labels).inc();
    }
}

fn per_integration(kind: &str) -> PerIntegration {
    PerIntegration {
        integration: kind.to_owned(),
    }
}

fn per_reason(kind: &str, reason: FailureReason) -> PerReason {
    PerReason {
        integration: kind.to_owned(),
        reason,
    }
}
