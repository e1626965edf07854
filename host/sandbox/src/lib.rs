//! larum-sandbox runs plugins: WebAssembly components that can do nothing but compute.
//!
//! A [`Sandbox`] loads components and hands out asynchronous handles to them. Guests run on the
//! sandbox's own threads, under limits of time, memory, output and log; one instance never serves
//! two tenants. No type of wasmtime or of the plugins' interfaces leaves this crate.
//!
//! Every call into a guest goes through one function, `Guest::call`. A guest that fails is dropped
//! at once, and the next call starts a fresh instance from the same settings.

mod batch;
mod bindings;
mod cache;
mod check;
mod component;
mod convert;
mod engine;
mod error;
mod guest;
mod instance;
mod limits;
mod matcher;
mod memo;
mod pool;
mod receiver;
mod sandbox;
mod stats;
mod template;
mod text;
mod usage;

pub use component::{Component, Info, World};
pub use error::{CallError, CallErrorKind, CreateError, LoadError, TemplateOrigin};
pub use limits::{CallLimits, DataLimits, InstanceLimits, Limits, NotificationLimits, QueueLimits};
pub use matcher::{Judged, Matcher};
pub use receiver::{
    Delivery, Encoding, Event, Failure, HttpRequest, HttpResponse, Method, Part, Receipt, Receiver,
    SendError, StartError, Step, TransportError,
};
pub use sandbox::{Options, Sandbox};
pub use stats::{PluginStats, Stats};
pub use template::{Template, TemplateSource};
