//! Alerts and groups as JSON: the fields and their order as Alertmanager prints them.

use std::{collections::HashMap, sync::Arc};

use larum_engine::{
    AlertView, GroupView,
    model::{Alert, Fingerprint, Labels, Timestamp},
};
use serde::{Serialize, Serializer};

use super::{
    query::{Query, ReceiverLabels},
    time::rfc3339_ms,
};

/// `gettableAlerts`: those of the views that the query asks for, in their order.
pub(crate) fn alerts(
    mut views: Vec<AlertView>,
    query: &Query,
    labels: &ReceiverLabels,
    now: Timestamp,
) -> Vec<u8> {
    let wants_one = |view: &AlertView| {
        view.receivers
            .iter()
            .any(|name| query.wants_receiver(name, labels.get(name)))
    };
    views.retain(|view| query.wants(&view.alert, now) && wants_one(view));
    let shown: Vec<_> = views
        .iter()
        .map(|view| AlertJson::new(&view.alert, &view.receivers))
        .collect();
    bytes(&shown)
}

/// `alertGroups`: those of the views that the query asks for, in their order; none empty.
pub(crate) fn groups(
    mut views: Vec<GroupView>,
    query: &Query,
    labels: &ReceiverLabels,
    now: Timestamp,
) -> Vec<u8> {
    views.retain_mut(|view| {
        let wanted = query.wants_receiver(&view.receiver, labels.get(&view.receiver));
        if wanted {
            view.alerts.retain(|alert| query.wants(alert, now));
        }
        wanted && !view.alerts.is_empty()
    });
    // An alert names the receivers of all groups shown that it is in.
    let mut receivers: HashMap<Fingerprint, Vec<Arc<str>>> = HashMap::new();
    for view in &views {
        for alert in &view.alerts {
            receivers
                .entry(alert.fingerprint())
                .or_default()
                .push(Arc::clone(&view.receiver));
        }
    }
    for names in receivers.values_mut() {
        names.sort_unstable();
        names.dedup();
    }
    let shown: Vec<_> = views
        .iter()
        .map(|view| GroupJson::new(view, &receivers))
        .collect();
    bytes(&shown)
}

fn bytes(value: &impl Serialize) -> Vec<u8> {
    let mut body = serde_json::to_vec(value)
        .unwrap_or_else(|error| unreachable!("strings and lists are JSON: {error}"));
    body.push(b'\n');
    body
}

#[derive(Serialize)]
struct GroupJson<'a> {
    alerts: Vec<AlertJson<'a>>,
    labels: LabelsJson<'a>,
    receiver: Name<'a>,
}

impl<'a> GroupJson<'a> {
    fn new(view: &'a GroupView, receivers: &'a HashMap<Fingerprint, Vec<Arc<str>>>) -> Self {
        let alerts = view.alerts.iter().map(|alert| {
            let names = receivers
                .get(&alert.fingerprint())
                .map_or(&[][..], Vec::as_slice);
            AlertJson::new(alert, names)
        });
        Self {
            alerts: alerts.collect(),
            labels: LabelsJson(&view.labels),
            receiver: Name {
                name: &view.receiver,
            },
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AlertJson<'a> {
    annotations: LabelsJson<'a>,
    ends_at: Time,
    fingerprint: Digits,
    receivers: Vec<Name<'a>>,
    starts_at: Time,
    status: Status,
    updated_at: Time,
    #[serde(rename = "generatorURL", skip_serializing_if = "str::is_empty")]
    generator_url: &'a str,
    labels: LabelsJson<'a>,
}

impl<'a> AlertJson<'a> {
    fn new(alert: &'a Alert, receivers: &'a [Arc<str>]) -> Self {
        Self {
            annotations: LabelsJson(&alert.annotations),
            ends_at: Time(alert.ends_at),
            fingerprint: Digits(alert.fingerprint()),
            receivers: receivers.iter().map(|name| Name { name }).collect(),
            starts_at: Time(alert.starts_at),
            status: Status::ACTIVE,
            updated_at: Time(alert.updated_at),
            generator_url: &alert.generator_url,
            labels: LabelsJson(&alert.labels),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    inhibited_by: [&'static str; 0],
    muted_by: [&'static str; 0],
    silenced_by: [&'static str; 0],
    state: &'static str,
}

impl Status {
    /// The one state there is before silences, inhibition and time intervals exist.
    const ACTIVE: Self = Self {
        inhibited_by: [],
        muted_by: [],
        silenced_by: [],
        state: "active",
    };
}

#[derive(Serialize)]
struct Name<'a> {
    name: &'a str,
}

struct LabelsJson<'a>(&'a Labels);

impl Serialize for LabelsJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter())
    }
}

struct Time(Timestamp);

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&rfc3339_ms(self.0))
    }
}

struct Digits(Fingerprint);

impl Serialize for Digits {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}
