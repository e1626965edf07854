//! larum-engine decides: who must hear of which alerts, when, and why.
//!
//! The engine is pure and synchronous. It knows no clock, no socket, no file, no plugin and no
//! serialisation: `(now, Input)` goes in, [`Effect`]s come out, and [`Engine::next_wakeup`] says
//! when it wants to be called again. One engine serves one tenant.
//!
//! State is a fold of the engine's own [`Change`]s, so that a journal of them restores it:
//! see [`Engine::restore`].

mod alerts;
mod change;
mod dedup;
mod delivery_log;
mod effect;
mod engine;
mod groups;
mod input;
pub mod model;
mod plan;
mod retry;
mod routing;
mod state;
#[cfg(feature = "testing")]
pub mod testing;
mod timers;
mod view;

pub use alerts::merge;
pub use change::{Change, GroupIds};
pub use dedup::{DedupQuestion, notification_reason};
pub use delivery_log::DeliveryEntry;
pub use effect::{Attempt, Effect, Notification, NotificationReason, Report};
pub use engine::Engine;
pub use input::{AlertInput, Failure, FailureClass, Input, Outcome, OutcomeResult, Verdicts};
pub use plan::{
    GroupBy, Integration, IntegrationIndex, Plan, PluginMatcherIndex, Receiver, ReceiverIndex,
    Route, RouteIndex,
};
pub use view::{AlertView, GroupView};
