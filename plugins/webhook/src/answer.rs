//! What the answer to a webhook means.

use larum_plugin_sdk::http;
use larum_plugin_sdk::receiver::{Receipt, SendError};
use larum_plugin_sdk::wire::HttpResponse;

/// Characters of an answer that an error message shows.
const EXCERPT_CHARACTERS_MAX: usize = 256;

/// A receipt for any 2xx; an error for everything else.
pub(crate) fn understand(response: &HttpResponse) -> Result<Receipt, SendError> {
    let status = response.status;
    if (200..=299).contains(&status) {
        return Ok(Receipt {
            external_id: None,
            detail: format!("status code {status}"),
        });
    }
    let mut message = format!("unexpected status code {status}");
    let excerpt = http::excerpt(&response.body, EXCERPT_CHARACTERS_MAX);
    if !excerpt.is_empty() {
        message.push_str(": ");
        message.push_str(&excerpt);
    }
    let failure = http::failure(message, Some(advice(status)));
    Err(match status {
        401 | 403 => SendError::Unauthorized(failure),
        408 | 429 | 500.. => http::retryable(failure, http::retry_after_ms(response)),
        _ => SendError::Permanent(failure),
    })
}

fn advice(status: u16) -> &'static str {
    match status {
        300..=399 => "redirects are not followed: put the address that it leads to into url",
        400 | 415 | 422 => {
            "the receiver does not take this document: compare it with what the receiver expects, and set payload if that is not Alertmanager's version 4"
        }
        401 | 407 => {
            "the receiver wants credentials: set http_config.basic_auth or http_config.authorization, or renew the token in the URL"
        }
        403 => {
            "the receiver, or a proxy before it, refuses access: check the credentials in http_config and the token in the URL"
        }
        404 | 410 => "nothing is at this address: check the path of url",
        405 => "this address does not take POST: check the path of url",
        408 | 504 => {
            "the receiver, or a proxy before it, waited too long; the notification is sent again by itself"
        }
        413 => {
            "the document is too large: set max_alerts, or group the alerts more finely with group_by"
        }
        429 => {
            "the receiver is being sent too much: group the alerts more coarsely with group_by, or raise group_interval; the notification is sent again by itself"
        }
        500.. => {
            "the receiver has trouble of its own: look into its log; the notification is sent again by itself"
        }
        _ => "look into the receiver's log for why it refused the request",
    }
}

#[cfg(test)]
mod tests {
    use larum_plugin_sdk::receiver::SendError;
    use larum_plugin_sdk::wire::HttpResponse;

    use super::understand;

    fn response(status: u16, body: &str) -> HttpResponse {
        HttpResponse {
            status,
            headers: vec![("retry-after".to_owned(), "7".to_owned())],
            body: body.to_owned(),
            body_truncated: false,
        }
    }

    #[test]
    fn successes() {
        for status in [200, 201, 202, 204] {
            let receipt = understand(&response(status, "anything")).unwrap();
            assert_eq!(
                (receipt.external_id, receipt.detail),
                (None, format!("status code {status}"))
            );
        }
    }

    #[test]
    fn failures() {
        let check = |status: u16, body: &str, class: char, message: &str, advice: &str| {
            let (got, failure) = match understand(&response(status, body)).unwrap_err() {
                SendError::Retryable(hint) => {
                    assert_eq!(hint.after, Some(7000));
                    ('R', hint.failure)
                }
                SendError::Permanent(failure) => ('P', failure),
                SendError::Unauthorized(failure) => ('U', failure),
            };
            assert_eq!((got, failure.message.as_str()), (class, message));
            assert!(failure.advice.unwrap().contains(advice));
        };
        check(
            403,
            "no\nway",
            'U',
            "unexpected status code 403: no way",
            "credentials",
        );
        check(401, "", 'U', "unexpected status code 401", "basic_auth");
        check(
            400,
            "bad",
            'P',
            "unexpected status code 400: bad",
            "payload",
        );
        check(404, "", 'P', "unexpected status code 404", "path of url");
        check(413, "", 'P', "unexpected status code 413", "max_alerts");
        check(302, "", 'P', "unexpected status code 302", "redirects");
        check(408, "", 'R', "unexpected status code 408", "by itself");
        check(
            429,
            "slow down",
            'R',
            "unexpected status code 429: slow down",
            "group_by",
        );
        check(500, "", 'R', "unexpected status code 500", "its log");
        check(503, "", 'R', "unexpected status code 503", "its log");
        let long = "x".repeat(300);
        let cut = format!("unexpected status code 418: {}", &long[..256]);
        check(418, &long, 'P', &cut, "log");
    }
}
