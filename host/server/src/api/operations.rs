//! Paths for those who run larum, and for clients that ask for what is not there.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};

use super::{Api, reply, reply::Reply};
use crate::telemetry::{OPENMETRICS, PROMETHEUS_TEXT, VERSION};

/// `GET /`
pub(crate) async fn index(State(api): State<Arc<Api>>) -> Response {
    let prefix = &api.prefix;
    let paths = [
        ("/api/v2/alerts", "alerts; POST sends some"),
        (
            "/api/v2/alerts/groups",
            "groups of alerts and their receivers",
        ),
        ("/api/v2/receivers", "receivers"),
        ("/api/v2/status", "version and configuration"),
        (
            "/api/larum/v1/receivers",
            "how the last delivery of each integration went",
        ),
        ("/metrics", "metrics"),
        ("/-/healthy", "whether the process lives"),
        ("/-/ready", "whether it serves"),
    ];
    let items: String = paths
        .iter()
        .map(|(path, what)| format!("<li><a href=\"{prefix}{path}\">{path}</a> {what}</li>\n"))
        .collect();
    let page = format!(
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>larum</title>\n\
         <h1>larum {VERSION}</h1>\n<p>An alert router. There is no user interface yet; \
         these paths answer:</p>\n<ul>\n{items}</ul>\n<p><code>POST {prefix}/-/reload</code> reads \
         the configuration again.</p>\n</html>\n"
    );
    reply::typed(StatusCode::OK, "text/html; charset=utf-8", page)
}

/// `GET /-/healthy` and `GET /-/ready`: who gets an answer is talking to a process whose
/// configuration and plugins are loaded.
pub(crate) async fn healthy() -> Response {
    reply::text(StatusCode::OK, "OK")
}

/// `POST /-/reload`
pub(crate) async fn reload(State(api): State<Arc<Api>>) -> Response {
    // A task of its own: a client that goes away must not stop a reload half-way.
    let reloader = api.reloader.clone();
    let reloaded = tokio::spawn(async move { reloader.reload().await }).await;
    let reloaded = match reloaded {
        Ok(reloaded) => reloaded,
        Err(error) => {
            let message = format!("failed to reload config: {error}\n");
            return reply::text(StatusCode::INTERNAL_SERVER_ERROR, message);
        }
    };
    match reloaded {
        Ok(()) => StatusCode::OK.into_response(),
        Err(error) => reply::text(
            StatusCode::INTERNAL_SERVER_ERROR,
            format!("failed to reload config: {error}\n"),
        ),
    }
}

/// `GET /metrics`
pub(crate) async fn metrics(State(api): State<Arc<Api>>, headers: HeaderMap) -> Reply {
    let counts = api
        .tenants
        .default_tenant()
        .counts()
        .await
        .map_err(reply::stopped)?;
    api.metrics.counted(counts);
    let accepted = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok());
    let openmetrics =
        accepted.is_some_and(|accept| accept.contains("application/openmetrics-text"));
    let body = api.metrics.encode(openmetrics).map_err(|error| {
        reply::text(
            StatusCode::INTERNAL_SERVER_ERROR,
            format!("metrics: {error}\n"),
        )
    })?;
    let media_type = if openmetrics {
        OPENMETRICS
    } else {
        PROMETHEUS_TEXT
    };
    Ok(reply::typed(StatusCode::OK, media_type, body))
}

/// Everything under `/api/v1/`.
pub(crate) async fn gone(uri: Uri) -> Response {
    tracing::warn!(
        path = uri.path(),
        "v1 API received a request; senders need api_version: v2"
    );
    reply::json(StatusCode::GONE, &GONE)
}

const GONE: Gone = Gone {
    status: "deprecated",
    error: "The Alertmanager v1 API was deprecated in version 0.16.0 and is removed as of version \
            0.27.0 - please use the equivalent route in the v2 API",
};

#[derive(serde::Serialize)]
struct Gone {
    status: &'static str,
    error: &'static str,
}

/// Everything about silences.
pub(crate) async fn no_silences() -> Response {
    reply::error_object(StatusCode::NOT_IMPLEMENTED, "larum has no silences yet")
}

/// The root and the bare prefix, where paths have a prefix.
pub(crate) async fn to_prefix(State(api): State<Arc<Api>>) -> Response {
    let target = HeaderValue::from_str(&format!("{}/", api.prefix));
    match target {
        Ok(target) => (StatusCode::FOUND, [(header::LOCATION, target)]).into_response(),
        Err(_) => not_found_text(),
    }
}

/// Everything else.
pub(crate) async fn not_found(State(api): State<Arc<Api>>, uri: Uri) -> Response {
    let path = uri.path();
    match path.strip_prefix(&*api.prefix) {
        Some(within) if within.starts_with("/api/") => {
            reply::error_object(StatusCode::NOT_FOUND, &format!("path {path} was not found"))
        }
        _ => not_found_text(),
    }
}

fn not_found_text() -> Response {
    reply::text(StatusCode::NOT_FOUND, "404 page not found\n")
}
