//! Alerts and groups as JSON: the fields and their order as Alertmanager prints them.

use std::{collections::HashMap, slice};

use foldhash::fast::RandomState;
use larum_engine::{
    AlertView, GroupView,
    model::{Alert, Fingerprint, Labels, Timestamp},
};
use serde::{Serialize, Serializer};

use super::{
    query::{Query, ReceiverLabels},
    time::with_rfc3339_ms,
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
            .any(|name| query.wants_receiver(name, labels))
    };
    views.retain(|view| query.wants(&view.alert, now) && wants_one(view));
    let shown = List(|| {
        views
            .iter()
            .map(|view| AlertJson::new(&view.alert, &view.receivers))
    });
    bytes(&shown, views.len() * ALERT_BYTES)
}

/// `alertGroups`: those of the views that the query asks for, in their order; none empty.
pub(crate) fn groups(
    mut views: Vec<GroupView>,
    query: &Query,
    labels: &ReceiverLabels,
    now: Timestamp,
) -> Vec<u8> {
    views.retain_mut(|view| {
        let wanted = query.wants_receiver(&view.receiver, labels);
        if wanted {
            view.alerts.retain(|alert| query.wants(alert, now));
        }
        wanted && !view.alerts.is_empty()
    });
    for view in &mut views {
        view.sort_alerts();
    }
    // An alert names the receivers of all groups shown that it is in.
    let mut receivers = Receivers::default();
    for view in &views {
        for alert in &view.alerts {
            receivers
                .entry(alert.fingerprint())
                .and_modify(|names| names.insert(&view.receiver))
                .or_insert(Names::One(&view.receiver));
        }
    }
    let shown = List(|| views.iter().map(|view| group_json(view, &receivers)));
    let alerts: usize = views.iter().map(|view| view.alerts.len()).sum();
    bytes(&shown, alerts * ALERT_BYTES + views.len() * GROUP_BYTES)
}

/// What an alert takes in JSON, more or less: a guess that spares most of the growing.
const ALERT_BYTES: usize = 768;

/// What a group takes beside its alerts.
const GROUP_BYTES: usize = 128;

fn bytes(value: &impl Serialize, estimate: usize) -> Vec<u8> {
    let mut body = Vec::with_capacity(estimate + 4);
    serde_json::to_writer(&mut body, value)
        .unwrap_or_else(|error| unreachable!("strings and lists are JSON: {error}"));
    body.push(b'\n');
    body
}

/// The receivers of each alert.
type Receivers<'a> = HashMap<Fingerprint, Names<'a>, RandomState>;

/// Names of receivers, sorted, none twice. Most alerts have one.
enum Names<'a> {
    One(&'a str),
    Many(Vec<&'a str>),
}

impl<'a> Names<'a> {
    fn insert(&mut self, name: &'a str) {
        let Err(place) = self.as_slice().binary_search(&name) else {
            return;
        };
        match self {
            Self::One(one) => {
                let mut names = vec![*one];
                names.insert(place, name);
                *self = Self::Many(names);
            }
            Self::Many(names) => names.insert(place, name),
        }
    }

    fn as_slice(&self) -> &[&'a str] {
        match self {
            Self::One(one) => slice::from_ref(one),
            Self::Many(names) => names,
        }
    }
}

/// A list whose items are made as they are written.
struct List<F>(F);

impl<F, I> Serialize for List<F>
where
    F: Fn() -> I,
    I: IntoIterator<Item: Serialize>,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

#[derive(Serialize)]
struct GroupJson<'a, A> {
    alerts: A,
    labels: LabelsJson<'a>,
    receiver: Name<'a>,
}

fn group_json<'a>(view: &'a GroupView, receivers: &'a Receivers<'a>) -> impl Serialize {
    let alerts = List(|| {
        view.alerts.iter().map(|alert| {
            let names = receivers
                .get(&alert.fingerprint())
                .map_or(&[][..], Names::as_slice);
            AlertJson::new(alert, names)
        })
    });
    GroupJson {
        alerts,
        labels: LabelsJson(&view.labels),
        receiver: Name {
            name: &view.receiver,
        },
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase", bound = "")]
struct AlertJson<'a, N: AsRef<str>> {
    annotations: LabelsJson<'a>,
    ends_at: Time,
    fingerprint: Digits,
    receivers: NamesJson<'a, N>,
    starts_at: Time,
    status: Status,
    updated_at: Time,
    #[serde(rename = "generatorURL", skip_serializing_if = "str::is_empty")]
    generator_url: &'a str,
    labels: LabelsJson<'a>,
}

impl<'a, N: AsRef<str>> AlertJson<'a, N> {
    fn new(alert: &'a Alert, receivers: &'a [N]) -> Self {
        Self {
            annotations: LabelsJson(&alert.annotations),
            ends_at: Time(alert.ends_at),
            fingerprint: Digits(alert.fingerprint()),
            receivers: NamesJson(receivers),
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

struct NamesJson<'a, N>(&'a [N]);

impl<N: AsRef<str>> Serialize for NamesJson<'_, N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|name| Name {
            name: name.as_ref(),
        }))
    }
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
        with_rfc3339_ms(self.0, |text| serializer.serialize_str(text))
    }
}

struct Digits(Fingerprint);

impl Serialize for Digits {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}
