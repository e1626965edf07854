//! What is configured and how it goes: status, receivers, integrations.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
    response::Response,
};
use serde::Serialize;

use super::{
    Api, alerts,
    query::receiver_matchers,
    reply::{self, Reply},
    time::rfc3339_ms,
};
use crate::telemetry::{COMPATIBLE_VERSION, LANGUAGE, REVISION};

#[derive(Serialize)]
struct Status<'a> {
    cluster: Cluster,
    config: Config<'a>,
    uptime: String,
    #[serde(rename = "versionInfo")]
    version_info: VersionInfo,
}

/// larum runs alone so far, which is what Alertmanager calls a disabled cluster.
#[derive(Serialize)]
struct Cluster {
    peers: [&'static str; 0],
    status: &'static str,
}

#[derive(Serialize)]
struct Config<'a> {
    original: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct VersionInfo {
    branch: &'static str,
    build_date: &'static str,
    build_user: &'static str,
    go_version: &'static str,
    revision: &'static str,
    version: &'static str,
}

/// `GET /api/v2/status`
pub(crate) async fn status(State(api): State<Arc<Api>>) -> Response {
    let generation = api.tenants.default_tenant().generation();
    let status = Status {
        cluster: Cluster {
            peers: [],
            status: "disabled",
        },
        config: Config {
            original: &generation.plan.redacted,
        },
        uptime: rfc3339_ms(api.started),
        version_info: VersionInfo {
            branch: "unknown",
            build_date: "unknown",
            build_user: "unknown",
            go_version: LANGUAGE,
            revision: REVISION,
            version: COMPATIBLE_VERSION,
        },
    };
    reply::json(StatusCode::OK, &status)
}

#[derive(Serialize)]
struct Receiver<'a> {
    labels: &'a BTreeMap<String, String>,
    name: &'a str,
}

/// `GET /api/v2/receivers`
pub(crate) async fn receivers(State(api): State<Arc<Api>>, RawQuery(query): RawQuery) -> Reply {
    let matchers = receiver_matchers(query.as_deref())
        .map_err(|error| reply::error_text(StatusCode::BAD_REQUEST, &error))?;
    let generation = api.tenants.default_tenant().generation();
    let labels = alerts::receiver_labels(&generation);
    let wanted = |name: &str| {
        labels
            .get(name)
            .is_none_or(|labels| matchers.iter().all(|matcher| matcher.matches(labels)))
    };
    let receivers: Vec<_> = generation
        .plan
        .receivers
        .iter()
        .filter(|receiver| wanted(&receiver.name))
        .map(|receiver| Receiver {
            labels: &receiver.labels,
            name: &receiver.name,
        })
        .collect();
    Ok(reply::json(StatusCode::OK, &receivers))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Integration {
    receiver: String,
    integration: String,
    /// When the last attempt began.
    last_attempt: Option<String>,
    /// How long it took, in milliseconds.
    last_duration_ms: Option<u64>,
    /// Why it failed; absent after a success.
    last_error: Option<String>,
    /// What to do about it.
    last_advice: Option<String>,
}

/// `GET /api/larum/v1/receivers`: how the last delivery of each integration went.
pub(crate) async fn integrations(State(api): State<Arc<Api>>) -> Response {
    let tenant = api.tenants.default_tenant();
    let statuses = api.delivery.statuses(tenant.id(), &tenant.generation());
    let integrations: Vec<_> = statuses
        .into_iter()
        .map(|status| Integration {
            receiver: status.receiver,
            integration: status.integration,
            last_attempt: status.last_attempt.map(rfc3339_ms),
            last_duration_ms: status
                .last_attempt
                .map(|_| u64::try_from(status.last_duration.as_millis()).unwrap_or(u64::MAX)),
            last_error: status.last_error,
            last_advice: status.last_advice,
        })
        .collect();
    reply::json(StatusCode::OK, &integrations)
}
