//! Valid files and what they come to.

use std::time::Duration;

use larum_config::{Authorization, FailMode, HttpConfig, Secret, SecretSource, Severity, codes};
use larum_engine::GroupBy;

use crate::support::{good, plan_at};

const MEMORY: &str = r##"
global:
  resolve_timeout: 5m
  slack_api_url: "https://hooks.slack.com/services/T000/B000/sesame"
route:
  group_by: ['alertname']
  group_wait: 30s
  repeat_interval: 1h
  receiver: 'slack-alert'
  routes: []
receivers:
- name: 'slack-alert'
  slack_configs:
  - channel: "#jenkins"
    username: "Prometheus"
    send_resolved: true
    title: '{{ template "custom_title" . }}'
    text: '{{ template "custom_slack_message" . }}'
templates:
- 'mytemp.tmpl'
"##;

#[test]
fn the_memory_tutorial() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(
        directory.path().join("mytemp.tmpl"),
        "{{ define \"custom_title\" }}x{{ end }}",
    )
    .unwrap();
    let plan = plan_at(directory.path().join("alertmanager.yml"), MEMORY).unwrap();
    assert_eq!(plan.resolve_timeout, Duration::from_secs(300));
    assert!(plan.warnings.is_empty(), "{}", plan.warnings);
    assert_eq!(plan.templates.len(), 1);
    assert_eq!(plan.templates[0].path, directory.path().join("mytemp.tmpl"));
    let root = &plan.routing.routes[0];
    assert_eq!(
        (
            &*root.key,
            root.group_wait,
            root.group_interval,
            root.repeat_interval
        ),
        (
            "{}",
            Duration::from_secs(30),
            Duration::from_secs(300),
            Duration::from_secs(3600),
        )
    );
    assert_eq!(root.group_by, GroupBy::Labels(vec!["alertname".into()]));
    let slack = &plan.receivers[0].integrations[0];
    assert_eq!(
        (&*slack.key.0, &*slack.kind, slack.send_resolved),
        ("slack-alert/slack/0", "slack", true)
    );
    assert_eq!(
        (&*slack.plugin, &*slack.template_engine),
        ("slack", "go-template")
    );
    let SecretSource::Inline(url) = &slack.settings.secrets["/api_url"] else {
        panic!("not inline")
    };
    assert_eq!(
        url.expose(),
        "https://hooks.slack.com/services/T000/B000/sesame"
    );
    assert!(!format!("{plan:?}").contains("sesame"));
    assert_eq!(
        plan.redacted,
        "\
global:
  resolve_timeout: 5m
  slack_api_url: <secret>
route:
  group_by:
  - alertname
  group_wait: 30s
  repeat_interval: 1h
  receiver: slack-alert
  routes: []
receivers:
- name: slack-alert
  slack_configs:
  - channel: '#jenkins'
    username: Prometheus
    send_resolved: true
    title: '{{ template \"custom_title\" . }}'
    text: '{{ template \"custom_slack_message\" . }}'
templates:
- mytemp.tmpl
"
    );
}

#[test]
fn the_instance_tutorial() {
    let plan = good(
        r#"
global:
  slack_api_url: https://hooks.slack.com/services/T/B/X
receivers:
- name: slack-notifier
  slack_configs:
  - channel: #monitoring
    send_resolved: true
    title: '[{{.Status | toUpper}}] {{ .CommonLabels.alertname }}'
    text: >-
      *Description:* {{ .CommonAnnotations.description }}
route:
  group_wait: 10s
  group_interval: 1m
  repeat_interval: 5m
  receiver: slack-notifier
"#,
    );
    let warning = plan.warnings.iter().next().unwrap();
    assert_eq!(
        (warning.code, warning.severity),
        (codes::COMMENT, Severity::Warning)
    );
    assert_eq!(
        warning.help,
        ["put the value in quotes: channel: '#monitoring'"]
    );
    let settings = &plan.receivers[0].integrations[0].settings;
    assert_eq!(
        settings.json["text"],
        "*Description:* {{ .CommonAnnotations.description }}"
    );
    assert!(plan.receivers[0].used);
}

const ROUTES: &str = r#"
route:
  receiver: a
  group_by: [z, b]
  group_wait: 1s
  routes:
  - matchers: [ 'severity=~"page|crit"', team="x y" ]
    match: { b: c }
    receiver: b
    group_by: ['...']
    repeat_interval: 1d
    routes:
    - { matchers: [ 'é="1"' ], continue: yes }
    - { group_by: [] }
  - plugin_matchers: [ { plugin: cel, settings: { expression: 'true' }, fail: match }, { plugin: cel, settings: { expression: x } } ]
  - { matchers: [ a=b ], plugin_matchers: [ { plugin: cel, settings: { expression: y } } ] }
receivers: [ { name: a }, { name: b }, { name: unused } ]
"#;

#[test]
fn routes_have_alertmanagers_keys() {
    let plan = good(ROUTES);
    let keys: Vec<&str> = plan
        .routing
        .routes
        .iter()
        .map(|route| &*route.key)
        .collect();
    let first = r#"{}/{b="c",severity=~"page|crit",team="x y"}"#;
    let below = [format!(r#"{first}/{{é="1"}}"#), format!("{first}/{{}}")];
    let last = r#"{}/{a="b",plugin:cel}"#;
    assert_eq!(
        keys,
        [
            "{}",
            first,
            &below[0],
            &below[1],
            "{}/{plugin:cel,plugin:cel}",
            last
        ]
    );
}

#[test]
fn routes_inherit() {
    let plan = good(ROUTES);
    let routes = &plan.routing.routes;
    assert_eq!(
        routes[0].group_by,
        GroupBy::Labels(vec!["b".into(), "z".into()])
    );
    assert_eq!(
        (&routes[2].group_by, routes[2].receiver.0),
        (&GroupBy::All, 1)
    );
    assert!(routes[2].continues);
    assert_eq!(routes[3].group_by, GroupBy::Labels(Vec::new()));
    assert_eq!(
        (
            routes[3].group_wait.as_secs(),
            routes[3].repeat_interval.as_secs()
        ),
        (1, 86_400)
    );
    assert_eq!(
        (routes[4].receiver.0, routes[4].plugin_matchers.len()),
        (0, 2)
    );
    let children = |index: usize| routes[index].children.iter().map(|child| child.0);
    assert_eq!(children(0).collect::<Vec<_>>(), [1, 4, 5]);
    assert_eq!(children(1).collect::<Vec<_>>(), [2, 3]);
}

#[test]
fn routes_use_matchers_and_receivers() {
    let plan = good(ROUTES);
    let modes: Vec<FailMode> = plan.matchers.iter().map(|used| used.fail).collect();
    assert_eq!(
        modes,
        [FailMode::Match, FailMode::NoMatch, FailMode::NoMatch]
    );
    assert_eq!(plan.matchers[2].settings.json["expression"], "y");
    let used: Vec<bool> = plan
        .receivers
        .iter()
        .map(|receiver| receiver.used)
        .collect();
    assert_eq!(used, [true, true, false]);
    let severities: Vec<Severity> = plan.warnings.iter().map(|it| it.severity).collect();
    assert_eq!(severities, [Severity::Info]);
}

#[test]
fn a_repeat_within_the_group_interval_is_a_warning() {
    let plan = good("route: { receiver: a, repeat_interval: 1m }\nreceivers: [ { name: a } ]\n");
    assert_eq!(
        plan.warnings.iter().next().unwrap().code,
        codes::SHORT_REPEAT
    );
}

#[test]
fn integrations_take_what_global_has() {
    let plan = good(
        r#"
global:
  slack_app_token_file: tokens/slack
  slack_app_url: http://127.0.0.1:1/api
  http_config: { authorization: { type: Token, credentials: one } }
route: { receiver: a }
receivers:
- name: a
  plugin_configs: [ { plugin: pager, settings: { level: low, token: t } }, { plugin: pager, send_resolved: false, settings: { level: low, token: t } } ]
  slack_configs: [ { channel: x }, { channel: y, api_url: 'https://example.com/' , http_config: { follow_redirects: no } } ]
  webhook_configs: [ { url: 'http://x/' } ]
"#,
    );
    let all = &plan.receivers[0].integrations;
    let keys: Vec<(&str, bool)> = all
        .iter()
        .map(|it| (&*it.key.0, it.send_resolved))
        .collect();
    assert_eq!(
        keys,
        [
            ("a/webhook/0", true),
            ("a/slack/0", false),
            ("a/slack/1", false),
            ("a/pager/0", true),
            ("a/pager/1", false),
        ]
    );
    assert_eq!(
        all[1].settings.secrets["/app_token"],
        SecretSource::File("tokens/slack".into())
    );
    assert!(all[1].settings.json.get("api_url").is_none());
    assert_eq!(all[1].settings.json["app_url"], "http://127.0.0.1:1/api");
    assert!(all[2].settings.json.get("app_token").is_none());
    let global = HttpConfig {
        authorization: Some(Authorization {
            scheme: "Token".to_owned(),
            credentials: Some(SecretSource::Inline(Secret::new("one"))),
        }),
        ..HttpConfig::default()
    };
    assert_eq!(all[0].http, global);
    assert_eq!(
        all[2].http,
        HttpConfig {
            follow_redirects: false,
            ..HttpConfig::default()
        }
    );
    assert_eq!(plan.routing.receivers[0].integrations.len(), 5);
}

#[test]
fn plugins_are_declared() {
    let digest = "A".repeat(64);
    let text = format!(
        "plugins: [ {{ name: office-hours, component: plugins/o.wasm, sha256: {digest}, allow_hosts: [ example.com ] }} ]\nroute: {{ receiver: a }}\nreceivers: [ {{ name: a }} ]\n"
    );
    let source = larum_config::Source {
        path: "/etc/larum/alertmanager.yml".into(),
        text,
    };
    let document = larum_config::parse(source).unwrap();
    let plugins = document.plugins();
    assert_eq!(plugins.len(), 1);
    assert_eq!(
        plugins[0].component,
        std::path::Path::new("/etc/larum/plugins/o.wasm")
    );
    assert_eq!(plugins[0].sha256.as_deref(), Some(&*"a".repeat(64)));
    assert_eq!(plugins[0].allow_hosts, ["example.com"]);
}

#[test]
fn templates_are_found_in_order() {
    let directory = tempfile::tempdir().unwrap();
    for name in ["b.tmpl", "a.tmpl", "c.txt"] {
        std::fs::write(directory.path().join(name), name).unwrap();
    }
    let text = "templates: [ c.txt, '*.tmpl', 'none/*.tmpl', '?.none', missing.tmpl ]\nroute: { receiver: a }\nreceivers: [ { name: a } ]\n";
    let plan = plan_at(directory.path().join("x.yml"), text).unwrap();
    let texts: Vec<&str> = plan
        .templates
        .iter()
        .map(|template| &*template.text)
        .collect();
    assert_eq!(texts, ["c.txt", "a.tmpl", "b.tmpl"]);
    let messages: Vec<&str> = plan
        .warnings
        .iter()
        .map(|warning| &*warning.message)
        .collect();
    assert_eq!(
        messages,
        [
            "pattern \"none/*.tmpl\" matches no file; its directory does not exist",
            "pattern \"?.none\" matches no file; its directory exists",
            "template file \"missing.tmpl\" does not exist",
        ]
    );
}

#[test]
fn keys_may_be_merged() {
    let plan = good(
        "route:\n  receiver: a\n  routes:\n  - &x { receiver: b, continue: on, matchers: [ a=b ] }\n  - { <<: *x, continue: off }\n  - { continue: off, <<: [ { continue: true }, *x ] }\nreceivers: [ { name: a }, { name: b } ]\n",
    );
    let found: Vec<(u32, bool)> = plan
        .routing
        .routes
        .iter()
        .map(|route| (route.receiver.0, route.continues))
        .collect();
    assert_eq!(found, [(0, false), (1, true), (1, false), (1, true)]);
    assert_eq!(
        plan.warnings.iter().map(|it| it.code).collect::<Vec<_>>(),
        [codes::MERGE]
    );
}
