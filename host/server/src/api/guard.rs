//! What happens around every request: CORS, caching, limits, measuring.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use prometheus_client::metrics::gauge::Gauge;

use super::{Api, reply};
use crate::telemetry::HttpLabels;

/// Paths as the metrics name them. Whatever else is asked for is counted as `other`, so that
/// nobody can fill the metrics with paths of their own.
const HANDLERS: [&str; 11] = [
    "/",
    "/metrics",
    "/-/healthy",
    "/-/ready",
    "/-/reload",
    "/api/v2/status",
    "/api/v2/receivers",
    "/api/v2/alerts",
    "/api/v2/alerts/groups",
    "/api/v2/silences",
    "/api/larum/v1/receivers",
];

/// Wraps every request.
pub(crate) async fn guard(State(api): State<Arc<Api>>, request: Request, next: Next) -> Response {
    let before = api.clock.monotonic();
    let in_flight = InFlight::new(&api.metrics.http.in_flight);
    let path = request.uri().path();
    let path = path.strip_prefix(&*api.prefix).unwrap_or(path).to_owned();
    let method = request.method().clone();
    let from_browser = request.headers().contains_key(header::ORIGIN);
    let preflight = preflight(request.method(), request.headers());
    let mut response = match preflight {
        Some(response) if path.starts_with("/api/") => response,
        _ => limited(&api, &path, request, next).await,
    };
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        response = method_not_allowed(&method, &path);
    }
    if path.starts_with("/api/") {
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
        if from_browser {
            headers.insert(
                header::ACCESS_CONTROL_ALLOW_ORIGIN,
                HeaderValue::from_static("*"),
            );
        }
    }
    drop(in_flight);
    let labels = HttpLabels {
        handler: HANDLERS
            .into_iter()
            .find(|handler| *handler == path)
            .unwrap_or("other"),
        method: method_name(&method),
        code: response.status().as_u16(),
    };
    api.metrics
        .http
        .answered(&labels, api.clock.monotonic().saturating_sub(before));
    response
}

/// Counts a request until it is answered, or until its client has gone away.
struct InFlight<'a>(&'a Gauge);

impl<'a> InFlight<'a> {
    fn new(gauge: &'a Gauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Whether the process lives and what it counts must be seen when there is too much to do: these
/// are not limited, other than in Alertmanager.
fn is_vital(path: &str) -> bool {
    matches!(path, "/-/healthy" | "/-/ready" | "/metrics")
}

async fn limited(api: &Api, path: &str, request: Request, next: Next) -> Response {
    if is_vital(path) {
        return next.run(request).await;
    }
    // The permit is held while the request is worked on.
    let _permit = match *request.method() {
        Method::GET => match api.limits.gets.try_acquire() {
            Ok(permit) => Some(permit),
            Err(_) => {
                api.metrics.http.limited.inc();
                let limit = api.limits.gets_max;
                let message = format!(
                    "Limit of concurrent GET requests reached ({limit}), try again later.\n"
                );
                return reply::text(StatusCode::SERVICE_UNAVAILABLE, message);
            }
        },
        _ => None,
    };
    let Some(timeout) = api.limits.timeout else {
        return next.run(request).await;
    };
    tokio::time::timeout(timeout, next.run(request))
        .await
        .unwrap_or_else(|_| {
            let message = format!("Exceeded configured timeout of {timeout:?}.\n");
            reply::text(StatusCode::SERVICE_UNAVAILABLE, message)
        })
}

/// The answer to a browser that asks whether it may ask.
fn preflight(method: &Method, headers: &HeaderMap) -> Option<Response> {
    let wanted = headers.get(header::ACCESS_CONTROL_REQUEST_METHOD)?;
    if method != Method::OPTIONS {
        return None;
    }
    let mut answer = StatusCode::NO_CONTENT.into_response();
    answer
        .headers_mut()
        .insert(header::ACCESS_CONTROL_ALLOW_METHODS, wanted.clone());
    if let Some(names) = headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        answer
            .headers_mut()
            .insert(header::ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
    }
    Some(answer)
}

/// The router adds the header that lists the methods after this.
fn method_not_allowed(method: &Method, path: &str) -> Response {
    if !path.starts_with("/api/") {
        return reply::text(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed\n");
    }
    let names = match path.trim_end_matches('/') {
        "/api/v2/alerts" => "GET,POST",
        _ => "GET",
    };
    let message = format!("method {method} is not allowed, but [{names}] are");
    reply::error_object(StatusCode::METHOD_NOT_ALLOWED, &message)
}

fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "get",
        Method::HEAD => "head",
        Method::POST => "post",
        Method::PUT => "put",
        Method::DELETE => "delete",
        Method::OPTIONS => "options",
        _ => "other",
    }
}
