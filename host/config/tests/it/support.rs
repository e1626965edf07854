//! A catalog like that of the bundled plugins, and short ways to a plan.

use std::{collections::BTreeSet, path::PathBuf};

use larum_config::{Catalog, Diagnostics, Plan, Schema, Source, parse};

/// The settings of Slack's kind, as the bundled plugin describes them in essence.
const SLACK: &str = r##"{
  "type": "object", "additionalProperties": false,
  "properties": {
    "api_url": { "type": "string", "format": "secret" },
    "app_token": { "type": "string", "format": "secret" },
    "app_url": { "type": "string", "default": "https://slack.com/api/chat.postMessage" },
    "channel": { "type": "string", "format": "template" },
    "username": { "type": "string", "format": "template", "default": "{{ template \"slack.default.username\" . }}" },
    "color": { "type": "string", "format": "template" },
    "title": { "type": "string", "format": "template", "larum:fallback": "title", "default": "{{ template \"slack.default.title\" . }}" },
    "title_link": { "type": "string", "format": "template" },
    "pretext": { "type": "string", "format": "template" },
    "text": { "type": "string", "format": "template", "larum:fallback": "body", "default": "{{ template \"slack.default.text\" . }}" },
    "message_text": { "type": "string", "format": "template" },
    "fields": { "type": "array", "items": { "type": "object", "additionalProperties": false,
      "required": ["title", "value"],
      "properties": {
        "title": { "type": "string", "format": "template" },
        "value": { "type": "string", "format": "template" },
        "short": { "type": "boolean" } } } },
    "short_fields": { "type": "boolean", "default": false },
    "footer": { "type": "string", "format": "template" },
    "fallback": { "type": "string", "format": "template" },
    "callback_id": { "type": "string", "format": "template" },
    "icon_emoji": { "type": "string", "format": "template" },
    "icon_url": { "type": "string", "format": "template" },
    "image_url": { "type": "string", "format": "template" },
    "thumb_url": { "type": "string", "format": "template" },
    "link_names": { "type": "boolean", "default": false },
    "mrkdwn_in": { "type": "array", "items": { "type": "string" } },
    "actions": { "type": "array", "items": { "type": "object", "additionalProperties": false,
      "required": ["type", "text"],
      "properties": {
        "type": { "type": "string", "format": "template" },
        "text": { "type": "string", "format": "template" },
        "url": { "type": "string", "format": "template" },
        "name": { "type": "string", "format": "template" },
        "value": { "type": "string", "format": "template" },
        "style": { "type": "string", "format": "template" },
        "confirm": { "type": "object", "additionalProperties": false, "required": ["text"],
          "properties": {
            "text": { "type": "string", "format": "template" },
            "title": { "type": "string", "format": "template" },
            "ok_text": { "type": "string", "format": "template" },
            "dismiss_text": { "type": "string", "format": "template" } } } } } },
    "update_message": { "type": "boolean", "default": false },
    "timeout": { "type": "string", "format": "duration" }
  } }"##;

const WEBHOOK: &str = r#"{
  "type": "object", "additionalProperties": false, "required": ["url"],
  "properties": {
    "url": { "type": "string", "format": "secret-template" },
    "max_alerts": { "type": "integer", "minimum": 0, "default": 0 },
    "timeout": { "type": "string", "format": "duration" },
    "payload": { "format": "template" }
  } }"#;

const PAGER: &str = r#"{
  "type": "object", "additionalProperties": false, "required": ["level", "token"],
  "properties": {
    "level": { "type": "string", "enum": ["low", "high"] },
    "token": { "type": "string", "format": "secret" },
    "retries": { "type": "integer", "minimum": 1, "maximum": 9 },
    "note": { "type": "string", "format": "template", "larum:fallback": "title" },
    "tags": { "type": "object", "additionalProperties": { "type": "string", "format": "template" } },
    "anything": {},
    "ratio": { "type": ["number", "null"] }
  } }"#;

const CEL: &str = r#"{
  "type": "object", "additionalProperties": false, "required": ["expression"],
  "properties": { "expression": { "type": "string" } } }"#;

pub(crate) fn catalog() -> Catalog {
    let receivers = [("slack", SLACK), ("webhook", WEBHOOK), ("pager", PAGER)];
    let schema = |text: &str| Schema::parse(text).expect("a schema of the dialect");
    Catalog {
        receivers: receivers
            .iter()
            .map(|(name, text)| ((*name).to_owned(), schema(text)))
            .collect(),
        matchers: [("cel".to_owned(), schema(CEL))].into(),
        templates: BTreeSet::from(["go-template".to_owned()]),
    }
}

/// The plan of a text that lies, as it were, in the current directory.
pub(crate) fn plan(text: &str) -> Result<Plan, Diagnostics> {
    plan_at("alertmanager.yml", text)
}

pub(crate) fn plan_at(path: impl Into<PathBuf>, text: &str) -> Result<Plan, Diagnostics> {
    let source = Source {
        path: path.into(),
        text: text.to_owned(),
    };
    parse(source)?.plan(&catalog())
}

/// The plan of a text that is fine.
#[track_caller]
pub(crate) fn good(text: &str) -> Plan {
    match plan(text) {
        Ok(plan) => plan,
        Err(diagnostics) => panic!("{diagnostics}\n\n{text}"),
    }
}

/// The faults of a text that is not.
#[track_caller]
pub(crate) fn bad(text: &str) -> Diagnostics {
    match plan(text) {
        Ok(_) => panic!("accepted:\n{text}"),
        Err(diagnostics) => diagnostics,
    }
}
