//! Settings against schemas: what the plugin sees, what is rendered, what is secret.

use larum_config::{Fallback, Schema, SecretSource, Settings};
use serde_json::{Value, json};

use crate::support::{bad, good};

fn of(receiver: &str) -> Settings {
    let text = format!("route: {{ receiver: a }}\nreceivers:\n- name: a\n{receiver}");
    good(&text).receivers[0].integrations[0].settings.clone()
}

fn pager(settings: &str) -> Settings {
    of(&format!(
        "  plugin_configs: [ {{ plugin: pager, settings: {settings} }} ]\n"
    ))
}

#[track_caller]
fn check(settings: &str, expected: Value) {
    assert_eq!(pager(settings).json, expected, "{settings}");
}

#[test]
fn values_become_what_the_schema_wants() {
    let base = "level: low, token: t";
    let check = |more: &str, expected: Value| {
        let mut all = json!({ "level": "low", "token": "/token" });
        all.as_object_mut()
            .unwrap()
            .extend(expected.as_object().unwrap().clone());
        check(&format!("{{ {base}, {more} }}"), all);
    };
    check("note: yes", json!({ "note": "yes" }));
    check("note: 1.50", json!({ "note": "1.50" }));
    check("note: 2001-01-01", json!({ "note": "2001-01-01" }));
    check("note: null", json!({}));
    check("retries: 0b11", json!({ "retries": 3 }));
    check("retries: 3.9", json!({ "retries": 3 }));
    check(
        "tags: { a: 1, b: on }",
        json!({ "tags": { "a": "1", "b": "on" } }),
    );
    check(
        "anything: { a: [ on, 012, 1.5, ~, '1' ] }",
        json!({ "anything": { "a": [true, 10, 1.5, null, "1"] } }),
    );
    check("ratio: 2", json!({ "ratio": 2 }));
    check("ratio: .5", json!({ "ratio": 0.5 }));
    check("ratio: ~", json!({ "ratio": null }));
}

#[track_caller]
fn refuse(settings: &str, expected: &str) {
    let text = format!(
        "route: {{ receiver: a }}\nreceivers:\n- name: a\n  plugin_configs: [ {{ plugin: pager, settings: {settings} }} ]\n"
    );
    let messages: Vec<String> = bad(&text)
        .iter()
        .map(|fault| fault.message.clone())
        .collect();
    assert_eq!(messages, [expected], "{settings}");
}

#[test]
fn wrong_values_are_told() {
    refuse(
        "{ token: t }",
        "`level` is missing in receivers[0].plugin_configs[0].settings",
    );
    refuse(
        "{ token: t, level: }",
        "`level` is missing in receivers[0].plugin_configs[0].settings",
    );
    refuse(
        "{ level: low }",
        "one of token or token_file must be configured in receivers[0].plugin_configs[0].settings",
    );
    refuse(
        "{ level: loww, token: t }",
        "`level` is not one of the allowed values",
    );
    refuse(
        "{ level: low, token: t, retries: 10 }",
        "`retries` must be 9 or less",
    );
    refuse(
        "{ level: low, token: t, retries: '3' }",
        "`retries` must be a whole number, not text",
    );
    refuse(
        "{ level: low, token: t, retries: [3] }",
        "`retries` must be a whole number, not a list",
    );
    refuse(
        "{ level: low, token: t, note: {a: b} }",
        "`note` must be text, not a mapping",
    );
    refuse(
        "{ level: low, token: t, tags: x }",
        "`tags` must be a mapping of keys to values, not text",
    );
    refuse(
        "{ level: low, token: t, levle: x }",
        "unknown key `levle` in the settings of `pager`",
    );
    refuse(
        "{ level: low, token: t, token_file: x }",
        "at most one of token & token_file must be configured",
    );
    refuse(
        "[]",
        "`settings` must be a mapping of keys to values, not a list",
    );
}

#[test]
fn secrets_are_names_for_the_plugin() {
    let settings = pager("{ level: low, token: hush }");
    assert_eq!(settings.json["token"], "/token");
    let SecretSource::Inline(secret) = &settings.secrets["/token"] else {
        panic!("not inline")
    };
    assert_eq!(secret.expose(), "hush");
    assert!(!format!("{settings:?}").contains("hush"));

    let settings = pager("{ level: low, token_file: keys/pager }");
    assert_eq!(settings.json["token"], "/token");
    assert_eq!(
        settings.secrets["/token"],
        SecretSource::File("keys/pager".into())
    );
}

#[test]
fn templates_are_listed_and_put_back() {
    let settings = pager(
        "{ level: low, token: t, note: '{{ .A }}', tags: { 'a/b~c': '{{ .B }}', plain: text } }",
    );
    let found: Vec<_> = settings
        .texts
        .iter()
        .map(|text| (&*text.pointer, &*text.source, text.fallback))
        .collect();
    assert_eq!(
        found,
        [
            ("/note", "{{ .A }}", Fallback::Title),
            ("/tags/a~1b~0c", "{{ .B }}", Fallback::Empty)
        ]
    );
    let (json, secrets) = settings.rendered(&["one".to_owned(), "two".to_owned()]);
    assert_eq!(json["note"], "one");
    assert_eq!(json["tags"], json!({ "a/b~c": "two", "plain": "text" }));
    assert!(secrets.is_empty());
}

#[test]
fn defaults_are_filled_in() {
    let settings = of("  slack_configs: [ { api_url: 'https://x/y', channel: '#a', title: } ]\n");
    assert_eq!(
        settings.json["app_url"],
        "https://slack.com/api/chat.postMessage"
    );
    assert_eq!(settings.json["short_fields"], false);
    assert_eq!(
        settings.json["title"], "",
        "nothing is empty text, as in Go, not the default"
    );
    let texts: Vec<_> = settings.texts.iter().map(|text| &*text.pointer).collect();
    assert_eq!(texts, ["/text", "/username"]);
}

#[test]
fn a_payload_is_rendered_through_and_through() {
    let settings = of(
        "  webhook_configs: [ { url: 'http://x/{{ .GroupKey }}', timeout: 1m, payload: { '{{ .K }}': [ '{{ .N }}', 5, '7', { deep: '{{ .D }}' } ] } } ]\n",
    );
    assert_eq!(settings.json["timeout"], 60_000);
    assert_eq!(settings.json["url"], "/url");
    let results = settings.texts.iter().map(|text| match &*text.source {
        "{{ .K }}" => "key",
        "{{ .N }}" => "12",
        "{{ .D }}" => "{a: 1}",
        "http://x/{{ .GroupKey }}" => "http://x/g",
        other => other,
    });
    let results: Vec<String> = results.map(str::to_owned).collect();
    let (json, secrets) = settings.rendered(&results);
    assert_eq!(
        json["payload"],
        json!({ "key": ["12", 5, "7", { "deep": "{a: 1}" }] })
    );
    assert_eq!(secrets["/url"], "http://x/g");
    assert!(settings.secrets.is_empty());
}

#[track_caller]
fn schema(text: &str, expected: &str) {
    let error = Schema::parse(text).map_or_else(|error| error.to_string(), |_| "fine".to_owned());
    assert_eq!(error, expected, "{text}");
}

#[test]
fn schemas_outside_the_dialect_are_refused() {
    schema("{}", "fine");
    schema(
        r#"{"type":"object","properties":{"a":{"type":["string","null"],"format":"template"}}}"#,
        "fine",
    );
    schema(
        r#"{"oneOf":[]}"#,
        "settings schema, at /oneOf: this keyword is not known",
    );
    schema(
        r#"{"properties":{"a":{"type":"text"}}}"#,
        "settings schema, at /properties/a/type: expected a type or several",
    );
    schema(
        r#"{"properties":{"a":{"format":"secret"}}}"#,
        "settings schema, at /properties/a: this `format` needs `type: string`",
    );
    schema(
        r#"{"properties":{"a":{"type":"integer","format":"duration"}}}"#,
        "settings schema, at /properties/a: `format` is for strings",
    );
    schema("[]", "settings schema, at the top: a schema is an object");
    schema(
        &("{\"items\":".repeat(99) + "{}" + &"}".repeat(99)),
        &format!(
            "settings schema, at {}: nested too deeply",
            "/items".repeat(33)
        ),
    );
}
