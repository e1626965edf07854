//! Receivers: they say what to send, and hear what came of it.

use std::{sync::Arc, time::Duration};

use larum_engine::{Notification, model::TenantId};
use wasmtime::component::ResourceAny;

use crate::{
    CallError, CallErrorKind, Component, CreateError, DataLimits, NotificationLimits,
    convert::{self, Alerts},
    guest::Class,
    instance::{Exports, Instance},
    pool::Discarded,
    usage::{Source, Use},
};

/// A receiver with its settings. Its guest's object is dropped with it and its deliveries.
pub struct Receiver {
    usage: Arc<Use>,
    /// Whether the plugin reads the alerts of a notification, and not only what they have in
    /// common.
    reads_alerts: bool,
}

/// One attempt to hand a notification over. It lives in one instance, and ends with it.
pub struct Delivery {
    place: Place,
    requests_left: u32,
    is_over: bool,
}

/// Where a delivery lives. Dropping this drops the guest's object.
struct Place {
    usage: Arc<Use>,
    serial: u64,
    id: u64,
}

/// What a delivery wants next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// This to be sent, and its outcome to be told.
    Request(HttpRequest),
    /// Nothing: the receiver took it.
    Done(Receipt),
}

/// A delivery that succeeded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The receiver's id of what it made, if any.
    pub external_id: Option<String>,
    /// For the log.
    pub detail: String,
}

/// A request for the host to send. Its parts are as the plugin gave them: nothing here has been
/// checked against HTTP's grammar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpRequest {
    /// What to do with the URL.
    pub method: Method,
    /// Absolute, http or https.
    pub url: Vec<Part>,
    /// Names and values.
    pub headers: Vec<(String, Vec<Part>)>,
    /// The body.
    pub body: Vec<Part>,
    /// For this request; the host's own limits hold besides.
    pub timeout: Option<Duration>,
}

/// What to do with a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// GET.
    Get,
    /// POST.
    Post,
    /// PUT.
    Put,
    /// PATCH.
    Patch,
    /// DELETE.
    Delete,
}

/// A piece of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// The text itself.
    Literal(String),
    /// Where a secret's value belongs.
    Secret {
        /// The name that stood in the settings in place of the value.
        name: String,
        /// How to write it.
        encoding: Encoding,
    },
}

/// How a secret's value is written where it is put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// As it is.
    Raw,
    /// Escaped to stand inside a JSON string, without the quotes.
    JsonString,
    /// Percent-encoded for one component of a URL or a form.
    UrlComponent,
    /// Base64, standard alphabet, padded.
    Base64,
}

/// The outcome of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A response came.
    Response(HttpResponse),
    /// None came.
    Failed(TransportError),
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpResponse {
    /// The status code.
    pub status: u16,
    /// Lower-case names and values; only those that the plugin may see.
    pub headers: Vec<(String, String)>,
    /// Cut further if it is longer than plugins may see.
    pub body: String,
    /// Whether the body was cut already.
    pub body_truncated: bool,
}

/// Why no response came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransportError {
    /// The name has no address.
    Dns,
    /// No connection.
    Connect,
    /// No trust.
    Tls,
    /// Too slow.
    Timeout,
    /// The connection broke.
    Reset,
    /// The answer was no HTTP.
    Protocol,
    /// The host does not send there.
    Denied,
}

/// Why a delivery stops without success.
#[derive(Clone, Debug)]
pub enum SendError {
    /// May succeed later.
    Retryable {
        /// What happened.
        failure: Failure,
        /// No sooner than this.
        after: Option<Duration>,
    },
    /// Never will as it is.
    Permanent(Failure),
    /// The configuration or a credential is at fault.
    Unauthorized(Failure),
    /// The plugin gave no answer.
    Call(CallError),
}

/// Why a delivery did not begin: as when it stops.
pub type StartError = SendError;

/// A failure in words. Control characters are escaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What happened.
    pub message: String,
    /// What to do about it.
    pub advice: Option<String>,
}

impl From<CallError> for SendError {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}

impl Receiver {
    /// Begins one attempt. `settings` is as at creation, with its templates rendered; what the
    /// receiver made before in this group comes from the notification.
    ///
    /// # Errors
    /// When the plugin refuses, or gave no answer.
    pub async fn start(
        &self,
        notification: &Arc<Notification>,
        settings: String,
    ) -> Result<Delivery, StartError> {
        self.begin(notification, settings, |data| &data.notification)
            .await
    }

    /// As [`Self::start`], with so few alerts that hardly a plugin can choke on them; how many were
    /// left out is in `truncated-alerts`. For a notification that broke the plugin in full.
    ///
    /// # Errors
    /// When the plugin refuses, or gave no answer.
    pub async fn start_brief(
        &self,
        notification: &Arc<Notification>,
        settings: String,
    ) -> Result<Delivery, StartError> {
        self.begin(notification, settings, |data| &data.brief_notification)
            .await
    }

    async fn begin(
        &self,
        notification: &Arc<Notification>,
        settings: String,
        size: fn(&DataLimits) -> &NotificationLimits,
    ) -> Result<Delivery, StartError> {
        let (wanted, notification) = (self.usage.clone(), notification.clone());
        let reads_alerts = self.reads_alerts;
        let place = self
            .usage
            .run(move |worker| {
                worker.on_instance(&wanted, |instance| {
                    let (compiled, _) = instance.compiled_again(&wanted)?;
                    let loaded = wanted.component.loaded();
                    let data = &loaded.program.limits.data;
                    let alerts = match reads_alerts {
                        true => Alerts::new(&notification, size(data)),
                        false => Alerts::none(),
                    };
                    let external_url = &loaded.external_url;
                    let delivery = alerts.lend(&notification, external_url, |lent| {
                        let previous = notification.previous.as_deref();
                        call_start(instance, compiled, lent, (&settings, previous))
                    })?;
                    let delivery =
                        delivery.map_err(|error| convert::send_error(error, data.message_bytes))?;
                    keep(instance, &wanted, delivery)
                })
            })
            .await??;
        let limits = &self.usage.component.loaded().program.limits;
        let requests_left = limits.data.delivery_steps;
        Ok(Delivery {
            place,
            requests_left,
            is_over: false,
        })
    }

    pub(crate) async fn create(
        component: Component,
        tenant: &TenantId,
        settings: &str,
    ) -> Result<Self, CreateError> {
        let usage = Use::new(component, tenant, Source::Settings(settings.to_owned()));
        let wanted = usage.clone();
        let reads_alerts = usage
            .run(move |worker| {
                worker.on_instance(&wanted, |instance| {
                    let (compiled, _) = instance.compiled(&wanted)?;
                    let Exports::Receiver(exports) = &instance.exports else {
                        unreachable!("a receiver is made from a receiver's component");
                    };
                    let exports = exports.compiled();
                    let reads = instance.guest.call(Class::Create, |store| {
                        exports.call_reads_alerts(store, compiled)
                    })?;
                    Ok::<_, CreateError>(reads)
                })
            })
            .await??;
        Ok(Self {
            usage,
            reads_alerts,
        })
    }
}

impl Delivery {
    /// What it wants next: `None` at first, then the outcome of each request.
    ///
    /// # Errors
    /// When the delivery stops without success, or the plugin gave no answer. It is over then.
    pub async fn next(&mut self, outcome: Option<Event>) -> Result<Step, SendError> {
        if self.is_over {
            let message = "the delivery is over";
            return Err(self.failure(CallErrorKind::Guest, message).into());
        }
        // Whoever gives up waiting does not know how far the guest came.
        self.is_over = true;
        let step = self.step(outcome).await?;
        if matches!(step, Step::Request(_)) {
            let Some(left) = self.requests_left.checked_sub(1) else {
                return Err(self.too_many_requests());
            };
            self.requests_left = left;
            self.is_over = false;
        }
        Ok(step)
    }

    async fn step(&self, outcome: Option<Event>) -> Result<Step, SendError> {
        let usage = &self.place.usage;
        let (wanted, serial, id) = (usage.clone(), self.place.serial, self.place.id);
        let step = usage
            .run(move |worker| {
                let replaced = "the instance was replaced";
                let step = worker.on_serial(&wanted, serial, |instance| {
                    let Some(delivery) = instance.delivery(id) else {
                        return Err(instance.guest.failure(CallErrorKind::Trap, replaced));
                    };
                    call_next(instance, delivery, outcome.as_ref())
                });
                step.unwrap_or_else(|| Err(wanted.component.failure(CallErrorKind::Trap, replaced)))
            })
            .await??;
        let limits = &usage.component.loaded().program.limits;
        let step = step.map_err(|error| convert::send_error(error, limits.data.message_bytes))?;
        let bytes_max = limits.receiver.output_bytes;
        let bytes = convert::step_bytes(&step);
        if bytes > bytes_max {
            let message = format!("a step of {bytes} bytes, and {bytes_max} are allowed");
            return Err(self.failure(CallErrorKind::Output, message).into());
        }
        Ok(convert::step(step, limits.data.message_bytes))
    }

    /// Counted as the plugin's failure, but the next attempt would go the same way, and repeat
    /// the requests that went out: so the delivery has failed for good.
    fn too_many_requests(&self) -> SendError {
        let limits = &self.place.usage.component.loaded().program.limits;
        let message = format!(
            "asked for more than the {} requests that one delivery may take",
            limits.data.delivery_steps
        );
        let error = self.failure(CallErrorKind::Output, message);
        SendError::Permanent(Failure {
            message: format!("plugin {} {}", error.plugin, error.message),
            advice: None,
        })
    }

    fn failure(&self, kind: CallErrorKind, message: impl Into<String>) -> CallError {
        self.place.usage.component.failure(kind, message)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.usage.discard(Discarded::Delivery {
            component: self.usage.component.loaded().id,
            tenant: self.usage.tenant.clone(),
            serial: self.serial,
            id: self.id,
        });
    }
}

fn keep(
    instance: &mut Instance,
    wanted: &Arc<Use>,
    delivery: ResourceAny,
) -> Result<Place, SendError> {
    let id = wanted.component.pool().next_id();
    instance.keep_delivery(id, delivery)?;
    Ok(Place {
        usage: wanted.clone(),
        serial: instance.serial,
        id,
    })
}

fn call_start(
    instance: &mut Instance,
    compiled: ResourceAny,
    notification: convert::Notification<'_>,
    (settings, previous): (&str, Option<&str>),
) -> Result<Result<ResourceAny, convert::SendError>, CallError> {
    let Exports::Receiver(exports) = &instance.exports else {
        unreachable!("a receiver is made from a receiver's component");
    };
    let exports = exports.compiled();
    instance.guest.call(Class::Receiver, |store| {
        exports.call_start(store, compiled, notification, settings, previous)
    })
}

fn call_next(
    instance: &mut Instance,
    delivery: ResourceAny,
    outcome: Option<&Event>,
) -> Result<Result<convert::Step, convert::SendError>, CallError> {
    let Exports::Receiver(exports) = &instance.exports else {
        unreachable!("a receiver is made from a receiver's component");
    };
    let exports = exports.delivery();
    let headers = convert::headers(outcome);
    let body_bytes_max = instance.guest.limits().data.response_bytes;
    let event = outcome.map(|event| convert::event(event, &headers, body_bytes_max));
    instance.guest.call(Class::Receiver, |store| {
        exports.call_next(store, delivery, event)
    })
}
