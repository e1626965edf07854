//! Pieces of requests, and what the outcomes that every receiver meets mean.

use crate::receiver::{Failure, RetryHint, SendError};
use crate::wire::{Encoding, Header, HttpResponse, Part, SecretUse, TransportError};

/// Text that stands as it is.
pub fn literal(text: impl Into<String>) -> Part {
    Part::Literal(text.into())
}

/// The place of a secret: `name` is what stood in the settings instead of its value.
pub fn secret(name: impl Into<String>, encoding: Encoding) -> Part {
    Part::Secret(SecretUse {
        name: name.into(),
        encoding,
    })
}

/// A header whose value is plain text.
pub fn header(name: impl Into<String>, value: impl Into<String>) -> Header {
    Header {
        name: name.into(),
        value: vec![literal(value)],
    }
}

/// The header that names the body JSON.
pub fn json_content_type() -> Header {
    header("Content-Type", "application/json")
}

/// A header of a response by its lower-case name.
pub fn response_header<'a>(response: &'a HttpResponse, name: &str) -> Option<&'a str> {
    let found = response.headers.iter().find(|(key, _)| key == name);
    found.map(|(_, value)| value.as_str())
}

/// How long the receiver asks to be left alone, in milliseconds (header `Retry-After`, RFC 9110
/// §10.2.3). Only the form in seconds counts: a date means nothing to a guest, which has no clock.
pub fn retry_after_ms(response: &HttpResponse) -> Option<u64> {
    let value = response_header(response, "retry-after")?;
    let seconds: u64 = value.trim().parse().ok()?;
    seconds.checked_mul(1000)
}

/// A failure in words: what happened, and what to do about it.
pub fn failure(message: impl Into<String>, advice: Option<&str>) -> Failure {
    Failure {
        message: message.into(),
        advice: advice.map(str::to_owned),
    }
}

/// A failure that may pass by itself.
pub fn retryable(failure: Failure, after_ms: Option<u64>) -> SendError {
    SendError::Retryable(RetryHint {
        failure,
        after: after_ms,
    })
}

/// What it means for `service` that no response came. All of it may pass, except that the host
/// refused the destination.
pub fn transport_failure(service: &str, error: TransportError) -> SendError {
    let (message, advice) = match error {
        TransportError::Dns => (
            "its host name cannot be resolved",
            "check the host name in the URL, and the DNS of the machine that sends",
        ),
        TransportError::Connect => (
            "the connection was refused or not answered",
            "check that the address is right and that no firewall or proxy stands in between",
        ),
        TransportError::Tls => (
            "the TLS handshake failed",
            "check the certificate of the destination, and http_config.tls_config.ca_file if an own authority signed it",
        ),
        TransportError::Timeout => (
            "no answer came in time",
            "the destination is slow or unreachable; the setting timeout, if it is set, may be too short",
        ),
        TransportError::Reset => (
            "the connection was cut",
            "a proxy or the destination closed it; if it repeats, look into their logs",
        ),
        TransportError::Protocol => (
            "the answer was not HTTP",
            "check the scheme (http or https) and the port of the URL",
        ),
        TransportError::Denied => {
            return SendError::Unauthorized(failure(
                format!("{service}: this destination is not allowed"),
                Some("add its host to allow_hosts of the plugin, or choose another URL"),
            ));
        }
    };
    retryable(failure(format!("{service}: {message}"), Some(advice)), None)
}

/// The beginning of a response's body for a message: at most `characters_max`, on one line.
pub fn excerpt(body: &str, characters_max: usize) -> String {
    let mut text: String = body.trim().chars().take(characters_max).collect();
    if text.contains(char::is_control) {
        text = text.replace(char::is_control, " ");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{excerpt, retry_after_ms};
    use crate::wire::HttpResponse;

    #[test]
    fn retry_after_counts_in_seconds_only() {
        let check = |value: &str, want: Option<u64>| {
            let response = HttpResponse {
                status: 429,
                headers: vec![("retry-after".to_owned(), value.to_owned())],
                body: String::new(),
                body_truncated: false,
            };
            assert_eq!(retry_after_ms(&response), want, "{value}");
        };
        check("30", Some(30_000));
        check(" 1 ", Some(1000));
        check("Wed, 21 Oct 2026 07:28:00 GMT", None);
        check("-1", None);
        check("99999999999999999999", None);
        check("18446744073709551615", None);
    }

    #[test]
    fn excerpts_are_short_and_on_one_line() {
        assert_eq!(excerpt("  a\nb\u{1b}c  ", 4), "a b ");
        assert_eq!(excerpt("ééé", 2), "éé");
    }
}
