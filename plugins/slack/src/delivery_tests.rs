//! Deliveries from the first request to the receipt or the error.

use larum_plugin_sdk::receiver::{Event, Receipt, SendError, Step};
use larum_plugin_sdk::wire::{HttpRequest, HttpResponse, Part, TransportError};

use super::Delivery;
use crate::settings::{Checked, Settings};

const WEBHOOK: &str = r##"{"api_url":"/api_url","channel":"#ops","title":"t"}"##;
const APP: &str = r##"{"app_token":"/app_token","app_url":"https://slack.com/api/chat.postMessage","channel":"#ops","update_message":true,"timeout":5000}"##;
const PREVIOUS: &str = r#"{"ts":"123.456","channel":"C1"}"#;

fn delivery(settings: &str, previous: Option<&str>) -> Delivery {
    let rendered: Settings = serde_json::from_str(settings).unwrap();
    Delivery::new(&Checked::new(settings).unwrap(), rendered, previous)
}

fn response(status: u16, content_type: &str, body: &str) -> HttpResponse {
    HttpResponse {
        status,
        headers: vec![("content-type".to_owned(), content_type.to_owned())],
        body: body.to_owned(),
        body_truncated: false,
    }
}

fn request(step: Result<Step, SendError>) -> HttpRequest {
    match step {
        Ok(Step::Request(request)) => request,
        other => panic!("no request: {other:?}"),
    }
}

fn receipt(step: Result<Step, SendError>) -> Receipt {
    match step {
        Ok(Step::Done(receipt)) => receipt,
        other => panic!("no receipt: {other:?}"),
    }
}

/// Parts as text, secrets as `<name>`.
fn text(parts: &[Part]) -> String {
    let parts = parts.iter().map(|part| match part {
        Part::Literal(text) => text.clone(),
        Part::Secret(secret) => format!("<{} {:?}>", secret.name, secret.encoding),
    });
    parts.collect()
}

#[test]
fn requests_carry_secrets_by_name() {
    let check = |settings: &str, previous: Option<&str>, url: &str, authorization: Option<&str>| {
        let request = request(delivery(settings, previous).next(None));
        assert_eq!(text(&request.url), url);
        assert_eq!(text(&request.headers[0].value), "application/json");
        let got = request
            .headers
            .iter()
            .find(|header| header.name == "Authorization");
        assert_eq!(
            got.map(|header| text(&header.value)).as_deref(),
            authorization
        );
        assert_eq!(request.timeout, authorization.map(|_| 5000));
        assert_eq!(
            text(&request.body).contains(r#""ts":"123.456""#),
            url.ends_with("update")
        );
    };
    let bearer = Some("Bearer </app_token Encoding::Raw>");
    check(WEBHOOK, None, "</api_url Encoding::Raw>", None);
    check(WEBHOOK, Some(PREVIOUS), "</api_url Encoding::Raw>", None);
    check(APP, None, "https://slack.com/api/chat.postMessage", bearer);
    check(
        APP,
        Some("garbage"),
        "https://slack.com/api/chat.postMessage",
        bearer,
    );
    check(
        APP,
        Some(PREVIOUS),
        "https://slack.com/api/chat.update",
        bearer,
    );
    let update_by_url = r##"{"api_url":"/api_url","update_message":true}"##;
    check(
        update_by_url,
        Some(PREVIOUS),
        "https://slack.com/api/chat.update",
        None,
    );
}

#[test]
fn successes_end_in_a_receipt() {
    let check = |settings: &str, previous, answer: HttpResponse, id: Option<&str>, detail: &str| {
        let mut delivery = delivery(settings, previous);
        request(delivery.next(None));
        let receipt = receipt(delivery.next(Some(Event::Response(answer))));
        assert_eq!(receipt.external_id.as_deref(), id);
        assert_eq!(receipt.detail, detail);
    };
    let json = |body: &str| response(200, "application/json; charset=utf-8", body);
    let posted = r#"{"ok":true,"channel":"C1","ts":"123.456"}"#;
    check(
        WEBHOOK,
        None,
        response(200, "text/html", "ok"),
        None,
        "posted in #ops",
    );
    check(WEBHOOK, None, json(posted), None, "posted 123.456 in C1");
    check(
        APP,
        None,
        json(posted),
        Some(PREVIOUS),
        "posted 123.456 in C1",
    );
    check(
        APP,
        Some(PREVIOUS),
        json(posted),
        Some(PREVIOUS),
        "edited 123.456 in C1",
    );
    check(
        APP,
        Some(PREVIOUS),
        json(r#"{"ok":true}"#),
        Some(PREVIOUS),
        "edited 123.456 in C1",
    );
    check(APP, None, json(r#"{"ok":true}"#), None, "posted in #ops");
    let mut cut = json(r#"{"ok":true,"channel":"C1","ts":"123.456","message":{"text":"lon"#);
    cut.body_truncated = true;
    check(APP, None, cut, Some(PREVIOUS), "posted 123.456 in C1");
}

#[test]
fn a_message_that_cannot_be_edited_is_posted_anew() {
    for code in super::NOT_EDITABLE {
        let mut delivery = delivery(APP, Some(PREVIOUS));
        request(delivery.next(None));
        let answer = response(
            200,
            "application/json",
            &format!(r#"{{"ok":false,"error":"{code}"}}"#),
        );
        let second = request(delivery.next(Some(Event::Response(answer))));
        assert_eq!(text(&second.url), "https://slack.com/api/chat.postMessage");
        assert!(text(&second.body).starts_with(r##"{"channel":"#ops","attachments""##));
        let answer = response(
            200,
            "application/json",
            r#"{"ok":true,"channel":"C1","ts":"7.8"}"#,
        );
        let receipt = receipt(delivery.next(Some(Event::Response(answer))));
        assert_eq!(
            receipt.external_id.as_deref(),
            Some(r#"{"ts":"7.8","channel":"C1"}"#)
        );
    }
}

/// `R` retryable, `P` permanent, `U` unauthorized, then milliseconds to wait, message and advice.
fn failure(step: Result<Step, SendError>) -> (char, Option<u64>, String, String) {
    let (class, after, failure) = match step {
        Err(SendError::Retryable(hint)) => ('R', hint.after, hint.failure),
        Err(SendError::Permanent(failure)) => ('P', None, failure),
        Err(SendError::Unauthorized(failure)) => ('U', None, failure),
        Ok(step) => panic!("no failure: {step:?}"),
    };
    (
        class,
        after,
        failure.message,
        failure.advice.unwrap_or_default(),
    )
}

#[test]
fn refusals_of_a_webhook() {
    let check = |status: u16, body: &str, class: char, advice: &str| {
        let answer = response(status, "text/html", body);
        let got = failure(delivery(WEBHOOK, None).next(Some(Event::Response(answer))));
        let separator = if body.is_empty() { "" } else { ": " };
        let message =
            format!(r##"channel "#ops": unexpected status code {status}{separator}{body}"##);
        assert_eq!((got.0, got.2), (class, message));
        assert!(got.3.contains(advice), "{status} {body}: {}", got.3);
    };
    check(
        403,
        "invalid_token",
        'U',
        "make a new incoming webhook at https://api.slack.com/apps",
    );
    check(404, "no_service", 'U', "switched off, deleted or mistyped");
    check(404, "no_team", 'U', "T...");
    check(403, "action_prohibited", 'U', "administrator");
    check(404, "channel_not_found", 'P', "'#ops'");
    check(410, "channel_is_archived", 'P', "unarchive");
    check(403, "posting_to_general_channel_denied", 'P', "#general");
    check(404, "user_not_found", 'P', "member ID");
    check(400, "invalid_payload", 'P', "cannot read the message");
    check(400, "no_text", 'P', "render to nothing");
    check(400, "too_many_attachments", 'P', "100");
    check(400, "something_new", 'P', "as it is");
    check(403, "", 'U', "refuses access");
    check(404, "", 'P', "mistyped");
    check(410, "", 'P', "gone");
    check(413, "", 'P', "too large");
    check(302, "", 'P', "redirects");
    check(429, "rate_limited", 'R', "one message a second");
    check(429, "", 'R', "one message a second");
    check(500, "rollup_error", 'R', "status.slack.com");
    check(503, "no_service", 'R', "webhook");
    check(502, "<html>", 'R', "status.slack.com");
}

#[test]
fn refusals_of_the_api_come_with_status_200() {
    let check = |code: &str, class: char, advice: &str| {
        let body = format!(r#"{{"ok":false,"error":"{code}"}}"#);
        let answer = response(200, "application/json", &body);
        let got = failure(delivery(APP, None).next(Some(Event::Response(answer))));
        let message = format!(r##"channel "#ops": error response from Slack: {code}"##);
        assert_eq!((got.0, got.2), (class, message));
        assert!(got.3.contains(advice), "{code}: {}", got.3);
    };
    check("invalid_auth", 'U', "OAuth & Permissions");
    check("token_revoked", 'U', "revoked");
    check("account_inactive", 'U', "deactivated");
    check("not_authed", 'U', "empty");
    check("missing_scope", 'U', "chat:write");
    check("not_in_channel", 'P', "/invite");
    check("is_archived", 'P', "unarchive");
    check("channel_not_found", 'P', "/invite");
    check("msg_too_long", 'P', "shorten");
    check("invalid_blocks", 'P', "cannot read");
    check("ratelimited", 'R', "one message a second");
    check("internal_error", 'R', "status.slack.com");
    check("never_heard_of", 'P', "not how Slack answers");
}

#[test]
fn other_answers() {
    let check = |answer: HttpResponse, class: char, message: &str| {
        let got = failure(delivery(WEBHOOK, None).next(Some(Event::Response(answer))));
        assert_eq!((got.0, got.2.as_str()), (class, message));
    };
    let refused = |rest: &str| format!(r##"channel "#ops": error response from Slack{rest}"##);
    check(response(200, "text/plain", ""), 'P', &refused(""));
    check(
        response(200, "text/html", "<html>"),
        'P',
        &refused(": <html>"),
    );
    check(response(200, "application/json", "{}"), 'P', &refused(""));
    check(
        response(200, "application/json", "not json"),
        'R',
        "could not read the JSON of Slack's answer: not json",
    );
    check(
        response(500, "application/json", "not json"),
        'R',
        r##"channel "#ops": unexpected status code 500: not json"##,
    );
}

#[test]
fn retry_after_is_honoured() {
    let check = |value: &str, want: Option<u64>| {
        let mut answer = response(429, "text/plain", "rate_limited");
        answer
            .headers
            .push(("retry-after".to_owned(), value.to_owned()));
        let got = failure(delivery(WEBHOOK, None).next(Some(Event::Response(answer))));
        assert_eq!((got.0, got.1), ('R', want));
    };
    check("30", Some(30_000));
    check("Wed, 21 Oct 2026 07:28:00 GMT", None);
}

#[test]
fn failures_of_transport() {
    let check = |error: TransportError, class: char| {
        let got = failure(delivery(WEBHOOK, None).next(Some(Event::Failed(error))));
        assert_eq!(got.0, class);
        assert!(got.2.starts_with("Slack: ") && !got.3.is_empty());
    };
    check(TransportError::Dns, 'R');
    check(TransportError::Connect, 'R');
    check(TransportError::Tls, 'R');
    check(TransportError::Timeout, 'R');
    check(TransportError::Reset, 'R');
    check(TransportError::Protocol, 'R');
    check(TransportError::Denied, 'U');
}

#[test]
fn a_message_without_a_channel_says_nothing_of_one() {
    let answer = response(403, "text/plain", "invalid_token");
    let settings = r#"{"api_url":"/api_url"}"#;
    let got = failure(delivery(settings, None).next(Some(Event::Response(answer))));
    assert_eq!(got.2, "unexpected status code 403: invalid_token");
}
