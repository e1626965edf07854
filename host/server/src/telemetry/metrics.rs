//! The process's metrics: Alertmanager's names where they are true of larum, and `larum_` ones.

use std::{
    fmt::{self, Write as _},
    sync::atomic::AtomicU64,
    time::Duration,
};

use larum_config::Plan;
use larum_engine::model::Timestamp;
use prometheus_client::{
    encoding::{EncodeLabelSet, text},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

use super::{COMPATIBLE_VERSION, REVISION, VERSION, process::ProcessCollector};
use crate::tenants::Counts;

type FloatGauge = Gauge<f64, AtomicU64>;

/// Upper bounds in seconds, as Prometheus's clients have them by default.
const HTTP_SECONDS: [f64; 11] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// The media type of what [`Metrics::encode`] makes for those who ask for it.
pub(crate) const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// The media type of what everybody else gets.
pub(crate) const PROMETHEUS_TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Handles to what the process counts itself. The rooms that count more register it in the
/// registry before [`Metrics::new`] takes it over.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    pub(crate) alerts: AlertMetrics,
    config: ConfigMetrics,
    pub(crate) engine: EngineMetrics,
    pub(crate) http: HttpMetrics,
}

/// Alerts on their way in, and those that are there.
#[derive(Debug)]
pub(crate) struct AlertMetrics {
    /// Received ones that fire.
    pub(crate) received_firing: Counter,
    /// Received ones that are over.
    pub(crate) received_resolved: Counter,
    /// Received ones that broke a rule of the ingest.
    pub(crate) invalid: Counter,
    /// Those that fire now.
    pub(crate) active: Gauge,
}

/// What the engines ask for.
#[derive(Debug)]
pub(crate) struct EngineMetrics {
    /// Groups that exist.
    pub(crate) groups: Gauge,
    /// Facts that engines asked to remember.
    pub(crate) changes: Counter,
    /// Notifications given up for their flush.
    pub(crate) gave_up: Counter,
    /// Flushes of which an integration needed no telling.
    pub(crate) unchanged: Counter,
}

#[derive(Debug)]
struct ConfigMetrics {
    receivers: Gauge,
    integrations: Gauge,
    hash: FloatGauge,
    success: Gauge,
    success_at: FloatGauge,
}

/// Requests and how they went.
#[derive(Debug)]
pub(crate) struct HttpMetrics {
    /// Those being worked on.
    pub(crate) in_flight: Gauge,
    /// Those turned away for the number of others.
    pub(crate) limited: Counter,
    seconds: Family<HttpLabels, Histogram, fn() -> Histogram>,
}

/// What distinguishes HTTP requests in the metrics.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct HttpLabels {
    pub(crate) handler: &'static str,
    pub(crate) method: &'static str,
    pub(crate) code: u16,
}

impl Metrics {
    /// Registers all of them and takes the registry over.
    pub(crate) fn new(mut registry: Registry, started: Timestamp) -> Self {
        register_build(&mut registry);
        registry.register_collector(Box::new(ProcessCollector::new(started)));
        let to = &mut registry;
        Self {
            alerts: AlertMetrics::register(to),
            config: ConfigMetrics::register(to),
            engine: EngineMetrics::register(to),
            http: HttpMetrics::register(to),
            registry,
        }
    }

    /// Notes that this plan, read from this text, is the configuration in force.
    pub(crate) fn config_loaded(&self, plan: &Plan, text: &str, now: Timestamp) {
        let used = plan.receivers.iter().filter(|receiver| receiver.used);
        let integrations: usize = used
            .clone()
            .map(|receiver| receiver.integrations.len())
            .sum();
        self.config.receivers.set(gauge(used.count()));
        self.config.integrations.set(gauge(integrations));
        self.config.hash.set(config_hash(text));
        self.config.success.set(1);
        self.config.success_at.set(seconds(now));
    }

    /// Notes that a configuration was refused.
    pub(crate) fn config_refused(&self) {
        self.config.success.set(0);
    }

    /// Notes how much there is.
    pub(crate) fn counted(&self, counts: Counts) {
        self.alerts.active.set(gauge(counts.firing));
        self.engine.groups.set(gauge(counts.groups));
    }

    /// All metrics as text, in OpenMetrics' format or in Prometheus's older one.
    ///
    /// # Errors
    /// When a metric cannot be written, which would be a fault of its encoder.
    pub(crate) fn encode(&self, openmetrics: bool) -> Result<String, fmt::Error> {
        let mut encoded = String::new();
        text::encode(&mut encoded, &self.registry)?;
        if openmetrics {
            Ok(encoded)
        } else {
            older_format(&encoded)
        }
    }
}

impl AlertMetrics {
    fn register(to: &mut Registry) -> Self {
        let received = Family::<[(&str, &str); 2], Counter>::default();
        to.register(
            "alertmanager_alerts_received",
            "Alerts received",
            received.clone(),
        );
        let invalid = Family::<[(&str, &str); 1], Counter>::default();
        to.register(
            "alertmanager_alerts_invalid",
            "Alerts refused at ingest",
            invalid.clone(),
        );
        let alerts = Family::<[(&str, &str); 1], Gauge>::default();
        to.register("alertmanager_alerts", "Alerts by state", alerts.clone());
        // Nothing can be suppressed before there are silences and inhibition.
        alerts.get_or_create(&[("state", "suppressed")]).set(0);
        alerts.get_or_create(&[("state", "unprocessed")]).set(0);
        let with = |status| received.get_or_create_owned(&[("status", status), ("version", "v2")]);
        Self {
            received_firing: with("firing"),
            received_resolved: with("resolved"),
            invalid: invalid.get_or_create_owned(&[("version", "v2")]),
            active: alerts.get_or_create_owned(&[("state", "active")]),
        }
    }
}

impl EngineMetrics {
    fn register(to: &mut Registry) -> Self {
        Self {
            groups: add(
                to,
                "alertmanager_dispatcher_aggregation_groups",
                "Groups that exist",
            ),
            changes: add(
                to,
                "larum_engine_changes",
                "Facts that the engines asked to remember; none outlives the process yet",
            ),
            gave_up: add(
                to,
                "larum_notifications_given_up",
                "Notifications given up for their flush",
            ),
            unchanged: add(
                to,
                "larum_notifications_unneeded",
                "Flushes with nothing to tell an integration",
            ),
        }
    }
}

impl ConfigMetrics {
    fn register(to: &mut Registry) -> Self {
        Self {
            receivers: add(
                to,
                "alertmanager_receivers",
                "Receivers that routes lead to",
            ),
            integrations: add(
                to,
                "alertmanager_integrations",
                "Integrations of these receivers",
            ),
            hash: add(
                to,
                "alertmanager_config_hash",
                "Hash of the configuration in force",
            ),
            success: add(
                to,
                "alertmanager_config_last_reload_successful",
                "Whether the configuration was last read without errors",
            ),
            success_at: add(
                to,
                "alertmanager_config_last_reload_success_timestamp_seconds",
                "When the configuration was last read without errors",
            ),
        }
    }
}

impl HttpMetrics {
    fn register(to: &mut Registry) -> Self {
        let seconds = Family::new_with_constructor(http_histogram as fn() -> Histogram);
        to.register(
            "alertmanager_http_request_duration_seconds",
            "How long HTTP requests took",
            seconds.clone(),
        );
        Self {
            in_flight: add(
                to,
                "alertmanager_http_requests_in_flight",
                "HTTP requests being worked on",
            ),
            limited: add(
                to,
                "alertmanager_http_concurrency_limit_exceeded",
                "HTTP requests turned away because too many others were under way",
            ),
            seconds,
        }
    }

    /// Counts a request that was answered.
    pub(crate) fn answered(&self, labels: &HttpLabels, duration: Duration) {
        self.seconds
            .get_or_create(labels)
            .observe(duration.as_secs_f64());
    }
}

fn gauge(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Makes a metric and registers it. The encoder puts `_total` behind the names of counters.
pub(crate) fn add<M>(registry: &mut Registry, name: &str, help: &str) -> M
where
    M: prometheus_client::registry::Metric + Default + Clone,
{
    let metric = M::default();
    registry.register(name, help, metric.clone());
    metric
}

fn http_histogram() -> Histogram {
    Histogram::new(HTTP_SECONDS)
}

fn register_build(registry: &mut Registry) {
    let alertmanager = Family::<[(&str, &str); 3], Gauge>::default();
    registry.register(
        "alertmanager_build_info",
        "What was built",
        alertmanager.clone(),
    );
    alertmanager
        .get_or_create(&[
            ("version", COMPATIBLE_VERSION),
            ("revision", REVISION),
            ("goversion", super::LANGUAGE),
        ])
        .set(1);
    let larum = Family::<[(&str, &str); 2], Gauge>::default();
    registry.register("larum_build_info", "What was built", larum.clone());
    larum
        .get_or_create(&[("version", VERSION), ("revision", REVISION)])
        .set(1);
}

/// The number that Alertmanager makes of a configuration's text, so that a fleet of both agrees
/// on whether its members have the same one: the first six bytes of MD5, little-endian
/// (Alertmanager `config/coordinator.go`, `md5HashAsMetricValue`).
fn config_hash(text: &str) -> f64 {
    use md5::Digest as _;
    let digest = md5::Md5::digest(text.as_bytes());
    digest
        .iter()
        .take(6)
        .rev()
        .fold(0.0, |hash, byte| hash * 256.0 + f64::from(*byte))
}

/// A point in time as Prometheus's metrics carry it.
pub(crate) fn seconds(timestamp: Timestamp) -> f64 {
    Duration::from_millis(u64::try_from(timestamp.unix_ms()).unwrap_or(0)).as_secs_f64()
}

/// OpenMetrics' text as the Prometheus text format 0.0.4 has it: there a counter's own name ends
/// in `_total`, and nothing marks the end.
fn older_format(openmetrics: &str) -> Result<String, fmt::Error> {
    let mut older = String::with_capacity(openmetrics.len());
    let mut help = None;
    for line in openmetrics.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            help = rest.split_once(' ');
        } else if let Some((name, kind)) = line
            .strip_prefix("# TYPE ")
            .and_then(|rest| rest.split_once(' '))
        {
            let total = if kind == "counter" { "_total" } else { "" };
            if let Some((_, text)) = help.take() {
                writeln!(older, "# HELP {name}{total} {text}")?;
            }
            writeln!(older, "# TYPE {name}{total} {kind}")?;
        } else if !line.starts_with('#') {
            writeln!(older, "{line}")?;
        }
    }
    Ok(older)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_is_alertmanagers() {
        // MD5 of nothing begins d4 1d 8c d9 8f 00.
        assert!(
            (config_hash("")
                - f64::from(0x00_8f_u16) * 4_294_967_296.0
                - f64::from(0xd98c_1dd4_u32))
            .abs()
                < 0.5
        );
    }

    #[test]
    fn older_format_names_counters_by_their_full_name() {
        let text = "# HELP a_b Things.\n# TYPE a_b counter\na_b_total{c=\"d\"} 1\n# HELP g G.\n# TYPE g gauge\ng 2\n# EOF\n";
        let older = "# HELP a_b_total Things.\n# TYPE a_b_total counter\na_b_total{c=\"d\"} 1\n# HELP g G.\n# TYPE g gauge\ng 2\n";
        assert_eq!(older_format(text).unwrap(), older);
    }
}
