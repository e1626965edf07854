//! The settings: their schema, their rules, and the request they make.

use std::collections::BTreeMap;

use larum_plugin_sdk::types::{Notification, SettingsError};
use larum_plugin_sdk::wire::{Encoding, Header, HttpRequest, Method};
use larum_plugin_sdk::{http, settings_error};
use serde::Deserialize;
use serde_json::Value;

use crate::{document, payload};

/// The JSON Schema of the settings, with Alertmanager's names and defaults.
pub(crate) const SCHEMA: &str = include_str!("settings.json");

/// Headers that the host or HTTP itself sets.
const RESERVED_HEADERS: [&str; 7] = [
    "connection",
    "content-length",
    "host",
    "idempotency-key",
    "te",
    "transfer-encoding",
    "upgrade",
];

/// Settings as the host gives them: templates as written at `create`, rendered at `start`; the URL
/// by its secret's name; the schema's defaults filled in.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Settings {
    pub(crate) url: Option<String>,
    /// 0 for all.
    pub(crate) max_alerts: usize,
    /// Milliseconds; 0 leaves it to the host.
    pub(crate) timeout: u64,
    pub(crate) payload: Option<Value>,
    pub(crate) headers: BTreeMap<String, String>,
}

/// Settings that were found right.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) url_secret: String,
    pub(crate) reads_alerts: bool,
}

impl Checked {
    /// Checks settings as `create` gets them.
    pub(crate) fn new(json: &str) -> Result<Self, SettingsError> {
        let settings = Settings::read(json)?;
        for name in settings.headers.keys() {
            check_header(name).map_err(|message| {
                let path = name.replace('~', "~0").replace('/', "~1");
                settings_error(format!("/headers/{path}"), message)
            })?;
        }
        let url_secret = settings.url.ok_or_else(|| {
            let message = "url is not set: set it to where the notifications go, or url_file to a file that says so";
            settings_error("", message)
        })?;
        Ok(Self {
            url_secret,
            reads_alerts: settings.payload.is_none(),
        })
    }
}

impl Settings {
    /// Reads settings, rendered or not.
    pub(crate) fn read(json: &str) -> Result<Self, SettingsError> {
        serde_json::from_str(json)
            .map_err(|error| settings_error("", format!("settings cannot be read: {error}")))
    }

    /// The request of rendered settings, or why it cannot be written.
    pub(crate) fn request(
        self,
        url_secret: &str,
        notification: Notification,
    ) -> Result<HttpRequest, String> {
        let mut body = match &self.payload {
            Some(payload) => payload::write(payload)
                .map_err(|reason| format!("failed to render custom payload: {reason}"))?,
            None => document::write(notification, self.max_alerts),
        };
        body.push('\n');
        Ok(HttpRequest {
            method: Method::Post,
            url: vec![http::secret(url_secret, Encoding::Raw)],
            headers: self.header_list(),
            body: vec![http::literal(body)],
            timeout: (self.timeout > 0).then_some(self.timeout),
        })
    }

    fn header_list(&self) -> Vec<Header> {
        let is_content_type = |name: &String| name.eq_ignore_ascii_case("content-type");
        let mut headers = Vec::with_capacity(self.headers.len() + 1);
        if !self.headers.keys().any(is_content_type) {
            headers.push(http::json_content_type());
        }
        // A value comes from a template, thus from alerts: nothing in it may end the line.
        let own = self.headers.iter().map(|(name, value)| {
            let value = value.replace(char::is_control, " ");
            http::header(name, value.trim())
        });
        headers.extend(own);
        headers
    }
}

fn check_header(name: &str) -> Result<(), String> {
    // RFC 9110 §5.6.2: what a token is made of.
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(is_token) {
        return Err(format!("{name:?} is not the name of a header"));
    }
    if RESERVED_HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
        return Err(format!(
            "the header {name} is set by larum itself; remove it here"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Checked, Settings};
    use crate::document::tests::notification;
    use larum_plugin_sdk::wire::Part;

    #[test]
    fn wrong_settings_are_refused_with_their_place() {
        let check = |json: &str, path: &str, message: &str| {
            let error = Checked::new(json).unwrap_err();
            assert_eq!(error.path, path, "{json}");
            assert!(error.message.contains(message), "{json}: {}", error.message);
        };
        check("{}", "", "url is not set");
        check(r#"{"url":"/url","max_alerts":-1}"#, "", "cannot be read");
        check(
            r#"{"url":"/url","headers":{"a b":"x"}}"#,
            "/headers/a b",
            "not the name",
        );
        check(
            r#"{"url":"/url","headers":{"a/~":"x"}}"#,
            "/headers/a~1~0",
            "not the name",
        );
        check(
            r#"{"url":"/url","headers":{"":"x"}}"#,
            "/headers/",
            "not the name",
        );
        check(
            r#"{"url":"/url","headers":{"Host":"x"}}"#,
            "/headers/Host",
            "larum itself",
        );
    }

    #[test]
    fn alerts_are_read_unless_there_is_a_payload() {
        let check = |json: &str, want: bool| {
            assert_eq!(Checked::new(json).unwrap().reads_alerts, want, "{json}");
        };
        check(r#"{"url":"/url"}"#, true);
        check(r#"{"url":"/url","payload":null}"#, true);
        check(r#"{"url":"/url","payload":{}}"#, false);
        check(r#"{"url":"/url","payload":""}"#, false);
    }

    #[test]
    fn requests() {
        let check = |json: &str, headers: &[(&str, &str)], timeout: Option<u64>, start: &str| {
            let settings = Settings::read(json).unwrap();
            let request = settings.request("/url", notification()).unwrap();
            let literal = |part: &Part| match part {
                Part::Literal(text) => text.clone(),
                Part::Secret(secret) => format!("<{}>", secret.name),
            };
            let got: Vec<_> = request
                .headers
                .iter()
                .map(|header| (header.name.as_str(), literal(&header.value[0])))
                .collect();
            let got: Vec<_> = got
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            assert_eq!(got, headers);
            assert_eq!(request.timeout, timeout);
            assert_eq!(literal(&request.url[0]), "</url>");
            let body = literal(&request.body[0]);
            assert!(body.starts_with(start) && body.ends_with("}\n"), "{body}");
        };
        let json = ("Content-Type", "application/json");
        check(r#"{"url":"/url"}"#, &[json], None, r#"{"receiver":""#);
        check(
            r#"{"url":"/url","timeout":1500}"#,
            &[json],
            Some(1500),
            r#"{"receiver":""#,
        );
        check(
            r#"{"url":"/url","payload":{"a":"b"}}"#,
            &[json],
            None,
            r#"{"a":"b"}"#,
        );
        check(
            r#"{"url":"/url","headers":{"X-Team":"a\r\nHost: evil "}}"#,
            &[json, ("X-Team", "a  Host: evil")],
            None,
            "{",
        );
        check(
            r#"{"url":"/url","headers":{"content-type":"application/vnd.api+json"}}"#,
            &[("content-type", "application/vnd.api+json")],
            None,
            "{",
        );
    }

    #[test]
    fn a_payload_that_json_cannot_hold_is_refused() {
        let settings = Settings::read(r#"{"url":"/url","payload":{"a":".inf"}}"#).unwrap();
        let message = settings.request("/url", notification()).unwrap_err();
        assert_eq!(
            message,
            "failed to render custom payload: json: unsupported value: +Inf"
        );
    }
}
