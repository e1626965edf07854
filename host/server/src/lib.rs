//! larum does: HTTP, configuration, plugins, deliveries and time around the engine that decides.
//!
//! One alert's way through this crate: [`api`] reads it from the wire, [`ingest`] validates it and
//! asks the plugin matchers, [`tenants`] hands it to the tenant's engine and carries out what the
//! engine decides, [`delivery`] tells the receivers. [`app`] builds all of it and runs it.

mod api;
pub mod app;
pub mod cli;
mod clock;
mod delivery;
pub mod demo;
mod ingest;
mod plugins;
mod reload;
mod telemetry;
mod tenants;
