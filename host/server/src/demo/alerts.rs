//! The alerts of the demonstration, as Prometheus would send them.

use larum_engine::model::Timestamp;
use serde_json::{Value, json};

/// An alert of one node.
#[derive(Clone, Debug)]
pub(super) struct Alert {
    labels: Value,
    annotations: Value,
    starts_at: Timestamp,
}

impl Alert {
    /// What a rule with `up == 0` for a minute makes.
    pub(super) fn instance_down(instance: &str, starts_at: Timestamp) -> Self {
        let description = format!("{instance} of job node has been down for more than 1 minute.");
        Self {
            labels: json!({
                "alertname": "InstanceDown",
                "instance": instance,
                "job": "node",
                "severity": "critical",
            }),
            annotations: json!({
                "title": format!("Instance {instance} down"),
                "description": description,
            }),
            starts_at,
        }
    }

    /// What a rule on the share of memory in use makes.
    pub(super) fn memory_high(instance: &str, percent: u32, starts_at: Timestamp) -> Self {
        Self {
            labels: json!({
                "alertname": "NodeMemoryHigh",
                "instance": instance,
                "job": "node",
                "severity": "warning",
            }),
            annotations: json!({ "summary": format!("memory is {percent} % in use") }),
            starts_at,
        }
    }

    /// As it is posted while it fires.
    pub(super) fn firing(&self) -> Value {
        json!({
            "labels": self.labels,
            "annotations": self.annotations,
            "startsAt": date(self.starts_at),
        })
    }

    /// As it is posted when it is over.
    pub(super) fn resolved(&self, ends_at: Timestamp) -> Value {
        let mut alert = self.firing();
        alert["endsAt"] = date(ends_at).into();
        alert
    }
}

fn date(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.unix_ms())
        .unwrap_or_default()
        .to_string()
}
