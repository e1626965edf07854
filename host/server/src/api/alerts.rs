//! `/api/v2/alerts` and `/api/v2/alerts/groups`.

use std::{borrow::Cow, sync::Arc};

use axum::{
    body::Bytes,
    extract::{RawQuery, State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use larum_engine::model::Labels;

use super::{
    Api,
    query::{Query, ReceiverLabels},
    reply::{self, Reply},
    view,
    wire::{self, Refusal},
};
use crate::{
    ingest::{self, Batch},
    plugins::Generation,
    tenants::Tenant,
};

/// Bodies above this are read on a thread of their own: some milliseconds of work would hold up
/// other requests.
const INLINE_BYTES_MAX: usize = 1 << 20;

/// Answers with more alerts or groups than this are written on a thread of their own.
const INLINE_VIEWS_MAX: usize = 500;

/// `POST /api/v2/alerts`: 2xx says that the engine has them.
pub(crate) async fn receive(
    State(api): State<Arc<Api>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Reply {
    if let Err(message) = require_json(&headers) {
        return Err(reply::error_object(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            &message,
        ));
    }
    let body =
        body.map_err(|rejection| reply::error_object(rejection.status(), &rejection.body_text()))?;
    let tenant = api.tenants.default_tenant();
    let batch = read(&api, tenant, body).await?;
    api.metrics.alerts.received_firing.inc_by(batch.firing);
    api.metrics.alerts.received_resolved.inc_by(batch.resolved);
    let invalid = batch.errors.len();
    api.metrics
        .alerts
        .invalid
        .inc_by(u64::try_from(invalid).unwrap_or(u64::MAX));
    if !batch.alerts.is_empty() {
        tenant.store(batch.alerts).await.map_err(reply::stopped)?;
    }
    if invalid == 0 {
        return Ok(StatusCode::OK.into_response());
    }
    let message = batch.errors.join("\n");
    tracing::warn!(tenant = %tenant.id(), invalid, err = %batch.errors[0], "Refused alerts");
    Err(reply::error_text(StatusCode::BAD_REQUEST, &message))
}

/// `GET /api/v2/alerts`
pub(crate) async fn list(State(api): State<Arc<Api>>, RawQuery(query): RawQuery) -> Reply {
    let query = Query::parse(query.as_deref()).map_err(bad_query)?;
    let tenant = api.tenants.default_tenant();
    let views = tenant.alerts().await.map_err(reply::stopped)?;
    let labels = receiver_labels(&tenant.generation());
    let now = api.clock.now();
    let count = views.len();
    write(count, move || view::alerts(views, &query, &labels, now)).await
}

/// `GET /api/v2/alerts/groups`
pub(crate) async fn groups(State(api): State<Arc<Api>>, RawQuery(query): RawQuery) -> Reply {
    let query = Query::parse(query.as_deref()).map_err(bad_query)?;
    let tenant = api.tenants.default_tenant();
    let views = tenant.groups().await.map_err(reply::stopped)?;
    let labels = receiver_labels(&tenant.generation());
    let now = api.clock.now();
    let count = views.iter().map(|view| view.alerts.len()).sum();
    write(count, move || view::groups(views, &query, &labels, now)).await
}

/// The labels of all receivers in force.
pub(crate) fn receiver_labels(generation: &Generation) -> ReceiverLabels {
    let receivers = &generation.plan.receivers;
    receivers
        .iter()
        .map(|receiver| {
            let pairs = receiver
                .labels
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()));
            // A map holds no name twice, which is all that could be wrong.
            (
                Arc::from(receiver.name.as_str()),
                Labels::from_pairs(pairs).unwrap_or_default(),
            )
        })
        .collect()
}

fn bad_query(error: String) -> Response {
    reply::error_text(StatusCode::BAD_REQUEST, &error)
}

fn require_json(headers: &HeaderMap) -> Result<(), String> {
    let given = headers
        .get(header::CONTENT_TYPE)
        .map(|value| value.to_str().unwrap_or_default());
    let media_type = given
        .unwrap_or("application/octet-stream")
        .split(';')
        .next()
        .unwrap_or("");
    if media_type.trim().eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(format!(
        "unsupported media type {media_type:?}, only [application/json] are allowed"
    ))
}

async fn read(api: &Api, tenant: &Tenant, body: Bytes) -> Result<Batch, Response> {
    let now = api.clock.now();
    let resolve_timeout = tenant.generation().plan.resolve_timeout;
    let small = body.len() <= INLINE_BYTES_MAX;
    let work = move || {
        // Go's JSON reads bytes that are no UTF-8 as replacement characters.
        let text = match std::str::from_utf8(&body) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => String::from_utf8_lossy(&body),
        };
        wire::parse_alerts(&text).map(|posted| ingest::validate(posted, now, resolve_timeout))
    };
    let batch = if small { work() } else { blocking(work).await? };
    batch.map_err(|refusal| match refusal {
        Refusal::Malformed(error) => reply::error_object(
            StatusCode::BAD_REQUEST,
            &format!("parsing alerts body from \"\" failed, because {error}"),
        ),
        Refusal::Invalid { code, message } => {
            reply::error_code(StatusCode::UNPROCESSABLE_ENTITY, code, &message)
        }
    })
}

async fn write(count: usize, work: impl FnOnce() -> Vec<u8> + Send + 'static) -> Reply {
    let body = if count <= INLINE_VIEWS_MAX {
        work()
    } else {
        blocking(work).await?
    };
    Ok(reply::typed(StatusCode::OK, "application/json", body))
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Response> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| reply::error_object(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()))
}
