//! The forms of answers.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::tenants::Stopped;

/// An answer that is no success, or the success: handlers end early with `?`.
pub(crate) type Reply = Result<Response, Response>;

/// JSON with the line feed that Go's encoder puts behind it.
pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(mut body) => {
            body.push(b'\n');
            json_bytes(status, body)
        }
        Err(error) => error_object(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}

/// The text of an error as a JSON string, as Alertmanager's own handlers answer.
pub(crate) fn error_text(status: StatusCode, message: &str) -> Response {
    json(status, &message)
}

/// An error as go-openapi answers before a handler is reached.
pub(crate) fn error_object(status: StatusCode, message: &str) -> Response {
    error_code(status, status.as_u16(), message)
}

/// The same with a number that tells kinds of one status apart.
pub(crate) fn error_code(status: StatusCode, code: u16, message: &str) -> Response {
    let message = serde_json::Value::from(message);
    json_bytes(
        status,
        format!(r#"{{"code":{code},"message":{message}}}"#).into_bytes(),
    )
}

/// Plain text.
pub(crate) fn text(status: StatusCode, body: impl Into<Body>) -> Response {
    typed(status, "text/plain; charset=utf-8", body)
}

/// A body of any type.
pub(crate) fn typed(
    status: StatusCode,
    media_type: &'static str,
    body: impl Into<Body>,
) -> Response {
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(media_type))];
    (status, headers, body.into()).into_response()
}

/// The process is shutting down.
pub(crate) fn stopped(stopped: Stopped) -> Response {
    error_object(StatusCode::SERVICE_UNAVAILABLE, &stopped.to_string())
}

fn json_bytes(status: StatusCode, body: Vec<u8>) -> Response {
    typed(status, "application/json", body)
}
