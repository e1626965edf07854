//! A notification as templates see it: `Data`, `Alerts`, `Alert`.

use std::sync::{Arc, OnceLock};

use super::kv::Kv;
use super::text::quote_meta;
use crate::go_time::Time;
use crate::value::{FunctionError, Json, List, Method, Object, Type, Value};

const ALERT: Type = Type::Named("template.Alert");

/// One notification: what Alertmanager's `template.Data` is made from.
#[derive(Clone, Debug, Default)]
pub struct Data {
    /// The receiver's name as the configuration has it. Templates see it quoted as a regular
    /// expression, since Alertmanager's links take one.
    pub receiver: String,
    /// Firing if any alert fires.
    pub status: Status,
    /// In the order in which templates shall list them.
    pub alerts: Vec<AlertData>,
    /// Why this is sent, such as `first notification`.
    pub notification_reason: String,
    pub group_labels: Labels,
    pub common_labels: Labels,
    pub common_annotations: Labels,
    pub route_labels: Labels,
    /// Under which address people reach the router.
    pub external_url: String,
    /// What `now` answers, in milliseconds since the Unix epoch.
    pub now_ms: i64,
}

/// One alert.
#[derive(Clone, Debug, Default)]
pub struct AlertData {
    pub status: Status,
    pub labels: Labels,
    pub annotations: Labels,
    /// Milliseconds since the Unix epoch.
    pub starts_at_ms: i64,
    /// Milliseconds since the Unix epoch; none while it fires, which templates see as Go's zero time.
    pub ends_at_ms: Option<i64>,
    pub generator_url: String,
    /// 16 lower-case hexadecimal digits.
    pub fingerprint: String,
}

/// Names and values, no name twice.
pub type Labels = Vec<(String, String)>;

/// Whether an alert, or a notification as a whole, is firing or over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Status {
    #[default]
    Firing,
    Resolved,
}

impl Status {
    fn as_str(self) -> &'static str {
        match self {
            Self::Firing => "firing",
            Self::Resolved => "resolved",
        }
    }
}

/// Alertmanager's `*template.Data`. Each part is built when it is first asked for, and then kept.
#[derive(Debug)]
pub(super) struct DataObject {
    data: Arc<Data>,
    alerts: OnceLock<Value>,
    group_labels: OnceLock<Value>,
    common_labels: OnceLock<Value>,
    common_annotations: OnceLock<Value>,
    route_labels: OnceLock<Value>,
}

impl DataObject {
    pub(super) fn new(data: Arc<Data>) -> Self {
        Self {
            data,
            alerts: OnceLock::new(),
            group_labels: OnceLock::new(),
            common_labels: OnceLock::new(),
            common_annotations: OnceLock::new(),
            route_labels: OnceLock::new(),
        }
    }

    /// The notification's own time, which stands for the present.
    pub(super) fn now(&self) -> Time {
        Time::from_unix_ms(self.data.now_ms)
    }

    /// A label of the route; empty if it has none of that name.
    pub(super) fn route_label(&self, name: &str) -> &str {
        let found = self
            .data
            .route_labels
            .iter()
            .find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }

    fn alerts(&self) -> Value {
        let items = (0..self.data.alerts.len()).map(|index| {
            Value::object(AlertObject {
                data: self.data.clone(),
                index,
                labels: OnceLock::new(),
                annotations: OnceLock::new(),
            })
        });
        Value::object(Alerts {
            list: List::new(ALERT, items),
        })
    }
}

impl Object for DataObject {
    fn type_name(&self) -> &str {
        "*template.Data"
    }

    fn fields(&self) -> &'static [&'static str] {
        &[
            "Receiver",
            "Status",
            "Alerts",
            "NotificationReason",
            "GroupLabels",
            "CommonLabels",
            "CommonAnnotations",
            "RouteLabels",
            "ExternalURL",
        ]
    }

    fn field(&self, name: &str) -> Option<Value> {
        let data = &self.data;
        let kept = |cell: &OnceLock<Value>, labels: &Labels| {
            Some(cell.get_or_init(|| Kv::value(labels)).clone())
        };
        match name {
            "Receiver" => Some(Value::from(quote_meta(&data.receiver))),
            "Status" => Some(Value::from(data.status.as_str())),
            "Alerts" => Some(self.alerts.get_or_init(|| self.alerts()).clone()),
            "NotificationReason" => Some(Value::from(&*data.notification_reason)),
            "GroupLabels" => kept(&self.group_labels, &data.group_labels),
            "CommonLabels" => kept(&self.common_labels, &data.common_labels),
            "CommonAnnotations" => kept(&self.common_annotations, &data.common_annotations),
            "RouteLabels" => kept(&self.route_labels, &data.route_labels),
            "ExternalURL" => Some(Value::from(&*data.external_url)),
            _ => None,
        }
    }

    fn to_json(&self) -> Json {
        members(
            self,
            &[
                ("receiver", "Receiver"),
                ("status", "Status"),
                ("alerts", "Alerts"),
                ("notification_reason", "NotificationReason"),
                ("groupLabels", "GroupLabels"),
                ("commonLabels", "CommonLabels"),
                ("commonAnnotations", "CommonAnnotations"),
                ("routeLabels", "RouteLabels"),
                ("externalURL", "ExternalURL"),
            ],
        )
    }
}

/// Alertmanager's `template.Alerts`.
#[derive(Debug)]
struct Alerts {
    list: List,
}

impl Object for Alerts {
    fn type_name(&self) -> &str {
        "template.Alerts"
    }

    fn underlying(&self) -> Option<Value> {
        Some(Value::List(self.list.clone()))
    }

    fn assignable_to(&self, type_name: &str) -> bool {
        type_name == "[]template.Alert"
    }

    fn methods(&self) -> &'static [Method] {
        const { &[Method::new("Firing", &[]), Method::new("Resolved", &[])] }
    }

    fn call(&self, name: &str, _arguments: &[Value]) -> Result<Value, FunctionError> {
        let status = if name == "Firing" {
            Status::Firing
        } else {
            Status::Resolved
        };
        let items = self.list.items().iter().filter(|item| {
            item.downcast_ref::<AlertObject>()
                .is_some_and(|alert| alert.data().status == status)
        });
        Ok(Value::List(List::new(ALERT, items.cloned())))
    }
}

/// Alertmanager's `template.Alert`.
#[derive(Debug)]
struct AlertObject {
    data: Arc<Data>,
    index: usize,
    labels: OnceLock<Value>,
    annotations: OnceLock<Value>,
}

impl AlertObject {
    fn data(&self) -> &AlertData {
        &self.data.alerts[self.index]
    }
}

impl Object for AlertObject {
    fn type_name(&self) -> &str {
        "template.Alert"
    }

    fn fields(&self) -> &'static [&'static str] {
        &[
            "Status",
            "Labels",
            "Annotations",
            "StartsAt",
            "EndsAt",
            "GeneratorURL",
            "Fingerprint",
        ]
    }

    fn field(&self, name: &str) -> Option<Value> {
        let alert = self.data();
        match name {
            "Status" => Some(Value::from(alert.status.as_str())),
            "Labels" => Some(self.labels.get_or_init(|| Kv::value(&alert.labels)).clone()),
            "Annotations" => Some(
                self.annotations
                    .get_or_init(|| Kv::value(&alert.annotations))
                    .clone(),
            ),
            "StartsAt" => Some(Value::object(Time::from_unix_ms(alert.starts_at_ms))),
            "EndsAt" => Some(Value::object(
                alert.ends_at_ms.map_or(Time::ZERO, Time::from_unix_ms),
            )),
            "GeneratorURL" => Some(Value::from(&*alert.generator_url)),
            "Fingerprint" => Some(Value::from(&*alert.fingerprint)),
            _ => None,
        }
    }

    fn to_json(&self) -> Json {
        members(
            self,
            &[
                ("status", "Status"),
                ("labels", "Labels"),
                ("annotations", "Annotations"),
                ("startsAt", "StartsAt"),
                ("endsAt", "EndsAt"),
                ("generatorURL", "GeneratorURL"),
                ("fingerprint", "Fingerprint"),
            ],
        )
    }
}

/// The fields of a struct under the names that its JSON has.
fn members(object: &dyn Object, names: &[(&'static str, &'static str)]) -> Json {
    let members = names
        .iter()
        .map(|(name, field)| (*name, object.field(field).unwrap_or_default()));
    Json::Members(members.collect())
}
