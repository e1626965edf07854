//! HTTP: Alertmanager's API v2 and housekeeping paths, and larum's own API beside it.

mod alerts;
mod guard;
mod operations;
mod query;
mod reply;
mod status;
mod time;
mod view;
pub(crate) mod wire;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{any, get, post},
};
use larum_engine::model::Timestamp;
use tokio::sync::Semaphore;

pub(crate) use self::time::rfc3339_ms;
use crate::{
    clock::Clock, delivery::Delivery, reload::Reloader, telemetry::Metrics, tenants::Tenants,
};

/// The largest body that is read, in bytes. Alertmanager reads any; a batch of this size has more
/// than 100,000 alerts.
const BODY_BYTES_MAX: usize = 64 << 20;

/// What the handlers work with.
pub(crate) struct Api {
    pub(crate) tenants: Tenants,
    pub(crate) reloader: Arc<Reloader>,
    pub(crate) delivery: Arc<Delivery>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) clock: Clock,
    pub(crate) started: Timestamp,
    pub(crate) limits: Limits,
    /// What all paths begin with; empty, or with a slash in front and none behind.
    pub(crate) prefix: String,
}

/// What `--web.get-concurrency` and `--web.timeout` say.
pub(crate) struct Limits {
    pub(crate) gets: Semaphore,
    pub(crate) gets_max: usize,
    /// None is no limit.
    pub(crate) timeout: Option<Duration>,
}

/// All paths.
pub(crate) fn router(api: Arc<Api>) -> Router {
    let at = |path: &str| format!("{}{path}", api.prefix);
    let mut router = Router::new()
        .route(&at("/"), get(operations::index))
        .route(&at("/metrics"), get(operations::metrics))
        .route(&at("/-/healthy"), get(operations::healthy))
        .route(&at("/-/ready"), get(operations::healthy))
        .route(&at("/-/reload"), post(operations::reload))
        .route(&at("/api/v1/{*path}"), any(operations::gone))
        .route(&at("/api/larum/v1/receivers"), get(status::integrations));
    for (path, handlers) in [
        ("/api/v2/status", get(status::status)),
        ("/api/v2/receivers", get(status::receivers)),
        ("/api/v2/alerts", get(alerts::list).post(alerts::receive)),
        ("/api/v2/alerts/groups", get(alerts::groups)),
        ("/api/v2/silences", any(operations::no_silences)),
        ("/api/v2/silence/{id}", any(operations::no_silences)),
    ] {
        // go-openapi takes a slash at the end for nothing.
        router = router.route(&at(&format!("{path}/")), handlers.clone());
        router = router.route(&at(path), handlers);
    }
    if !api.prefix.is_empty() {
        router = router
            .route(&api.prefix, get(operations::to_prefix))
            .route("/", get(operations::to_prefix));
    }
    router
        .fallback(operations::not_found)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&api),
            guard::guard,
        ))
        .with_state(api)
}
