//! Accepts and refuses what Alertmanager's own `amtool check-config` accepts and refuses.

use std::process::Command;

use larum_test_peers::Peer;

use crate::support::plan_at;

/// The tail that makes a fragment a whole configuration.
const A: &str = "receivers: [ { name: a } ]\n";
const ROUTE: &str = "route: { receiver: a }\n";

/// Configurations, each under a name. `{A}` and `{R}` stand for the two texts above.
const CASES: &[(&str, &str)] = &[
    ("least", "{R}{A}"),
    ("empty", ""),
    ("no-route", "{A}"),
    ("null-route", "route:\nreceivers:\n"),
    ("no-receivers", "{R}"),
    (
        "undefined-receiver",
        "route: { receiver: a, routes: [ { receiver: b } ] }\n{A}",
    ),
    ("root-without-receiver", "route: { group_by: [x] }\n{A}"),
    ("empty-child", "route: { receiver: a, routes: [ {} ] }\n{A}"),
    (
        "duplicate-receiver",
        "{R}receivers: [ { name: a }, { name: a } ]\n",
    ),
    (
        "empty-receiver-name",
        "{R}receivers: [ { name: a }, { name: '' } ]\n",
    ),
    ("null-receiver", "{R}receivers: [ { name: a }, null ]\n"),
    (
        "root-matchers",
        "route: { receiver: a, matchers: [ a=b ] }\n{A}",
    ),
    ("root-match", "route: { receiver: a, match: { a: b } }\n{A}"),
    (
        "root-continue",
        "route: { receiver: a, continue: true }\n{A}",
    ),
    (
        "group-by-all",
        "route: { receiver: a, group_by: ['...'] }\n{A}",
    ),
    (
        "group-by-all-and-more",
        "route: { receiver: a, group_by: [b, '...'] }\n{A}",
    ),
    (
        "group-by-twice",
        "route: { receiver: a, group_by: [b, b] }\n{A}",
    ),
    (
        "group-by-utf8",
        "route: { receiver: a, group_by: ['a b', é] }\n{A}",
    ),
    (
        "group-by-empty-name",
        "route: { receiver: a, group_by: [''] }\n{A}",
    ),
    (
        "group-by-text",
        "route: { receiver: a, group_by: foo }\n{A}",
    ),
    (
        "group-by-null",
        "route: { receiver: a, group_by: , routes: , continue: , matchers: }\n{A}",
    ),
    (
        "zero-group-wait",
        "route: { receiver: a, group_wait: 0s }\n{A}",
    ),
    (
        "zero-group-interval",
        "route: { receiver: a, group_interval: 0s }\n{A}",
    ),
    (
        "zero-repeat-interval",
        "route: { receiver: a, repeat_interval: 0 }\n{A}",
    ),
    (
        "duration-without-unit",
        "route: { receiver: a, group_wait: 10 }\n{A}",
    ),
    (
        "duration-fraction",
        "route: { receiver: a, group_wait: 1.5h }\n{A}",
    ),
    (
        "duration-negative",
        "route: { receiver: a, group_wait: -5s }\n{A}",
    ),
    (
        "duration-empty",
        "route: { receiver: a, group_wait: '' }\n{A}",
    ),
    ("duration-null", "route: { receiver: a, group_wait: }\n{A}"),
    (
        "duration-long",
        "route: { receiver: a, repeat_interval: 1w2d3h }\n{A}",
    ),
    (
        "duration-order",
        "route: { receiver: a, repeat_interval: 3h1d }\n{A}",
    ),
    (
        "match-int",
        "route: { receiver: a, routes: [ { match: { a: 5, b: null } } ] }\n{A}",
    ),
    (
        "match-bad-name",
        "route: { receiver: a, routes: [ { match: { 'a b': c } } ] }\n{A}",
    ),
    (
        "match-re-bad",
        "route: { receiver: a, routes: [ { match_re: { a: '(' } } ] }\n{A}",
    ),
    (
        "match-re",
        "route: { receiver: a, routes: [ { match_re: { a: 'x|y.*' } } ] }\n{A}",
    ),
    (
        "matchers",
        "route: { receiver: a, routes: [ { matchers: [ 'a=\"b\"', c=~d, '{e!=f,g!~h}' ] } ] }\n{A}",
    ),
    (
        "matchers-bad",
        "route: { receiver: a, routes: [ { matchers: [ a ] } ] }\n{A}",
    ),
    (
        "matchers-text",
        "route: { receiver: a, routes: [ { matchers: 'a=b' } ] }\n{A}",
    ),
    (
        "matchers-regex",
        "route: { receiver: a, routes: [ { matchers: [ 'a=~\"(\"' ] } ] }\n{A}",
    ),
    ("unknown-top", "foo: 1\n{R}{A}"),
    ("unknown-route", "route: { receiver: a, foo: 1 }\n{A}"),
    (
        "unknown-slack",
        "{R}receivers: [ { name: a, slack_configs: [ { api_url: 'http://x/y', chanel: x } ] } ]\n",
    ),
    ("duplicate-key", "route: { receiver: a, receiver: a }\n{A}"),
    (
        "merge",
        "route: { receiver: a, routes: [ &x { receiver: a, matchers: [a=b] }, { <<: *x, continue: yes } ] }\n{A}",
    ),
    (
        "merge-order",
        "route: { receiver: a, routes: [ &x { receiver: a }, { receiver: undefined, <<: *x } ] }\n{A}",
    ),
    (
        "merge-list",
        "route: { receiver: a, routes: [ &x { receiver: a }, { <<: [*x] } ] }\n{A}",
    ),
    (
        "merge-number",
        "route: { receiver: a, routes: [ { <<: 5 } ] }\n{A}",
    ),
    ("second-document", "{R}{A}---\nfoo: [bar\n"),
    ("byte-order-mark", "\u{feff}{R}{A}"),
    ("tab", "route:\n\treceiver: a\n{A}"),
    ("list", "- a\n"),
    ("text", "hello\n"),
    ("number-key", "{R}{A}1: x\n"),
    (
        "number-name",
        "route: { receiver: '123' }\nreceivers: [ { name: 123 } ]\n",
    ),
    (
        "tag",
        "route: { receiver: !!str 12 }\nreceivers: [ { name: 12 } ]\n",
    ),
    ("receivers-mapping", "{R}receivers: { name: a }\n"),
    (
        "yes-and-on",
        "{R}receivers: [ { name: a, slack_configs: [ { api_url: 'http://x/y', channel: yes, short_fields: on, link_names: y } ] } ]\n",
    ),
    (
        "quoted-switch",
        "{R}receivers: [ { name: a, slack_configs: [ { api_url: 'http://x/y', short_fields: 'true' } ] } ]\n",
    ),
    (
        "nulls",
        "{R}receivers: [ { name: a, slack_configs: [ { api_url: 'http://x/y', title: , text: ~, send_resolved: null } ] } ]\n",
    ),
    (
        "null-lists",
        "{R}receivers: [ { name: a, slack_configs: , labels: } ]\ntemplates:\nglobal:\n",
    ),
    (
        "text-list",
        "{R}receivers: [ { name: a, slack_configs: [ { api_url: 'http://x/y', title: [a] } ] } ]\n",
    ),
    (
        "slack-without-address",
        "{R}receivers: [ { name: a, slack_configs: [ {} ] } ]\n",
    ),
    (
        "slack-unused-without-address",
        "{R}receivers: [ { name: a }, { name: b, slack_configs: [ {} ] } ]\n",
    ),
    (
        "slack-global",
        "global: { slack_api_url: 'http://x/y' }\n{R}receivers: [ { name: a, slack_configs: [ { channel: c } ] } ]\n",
    ),
    (
        "slack-global-file",
        "global: { slack_api_url_file: x }\n{R}receivers: [ { name: a, slack_configs: [ { channel: c } ] } ]\n",
    ),
    (
        "slack-both",
        "{R}receivers: [ { name: a, slack_configs: [ { api_url: 'http://x/y', api_url_file: z } ] } ]\n",
    ),
    (
        "slack-global-both",
        "global: { slack_api_url: 'http://x/y', slack_api_url_file: z }\n{R}{A}",
    ),
    (
        "slack-token-both",
        "global: { slack_app_token: x, slack_app_token_file: z }\n{R}{A}",
    ),
    (
        "slack-global-url-and-token",
        "global: { slack_app_token: x, slack_api_url: 'http://x/y' }\n{R}receivers: [ { name: a, slack_configs: [ { channel: c } ] } ]\n",
    ),
    (
        "slack-global-url-and-token-unused",
        "global: { slack_app_token: x, slack_api_url: 'http://x/y' }\n{R}{A}",
    ),
    (
        "slack-global-same",
        "global: { slack_app_token: x, slack_api_url: 'https://slack.com/api/chat.postMessage' }\n{R}receivers: [ { name: a, slack_configs: [ { channel: c } ] } ]\n",
    ),
    (
        "slack-url-and-token",
        "{R}receivers: [ { name: a, slack_configs: [ { app_token: x, api_url: 'http://x/y' } ] } ]\n",
    ),
    (
        "slack-own-token",
        "global: { slack_api_url: 'http://x/y' }\n{R}receivers: [ { name: a, slack_configs: [ { app_token: x } ] } ]\n",
    ),
    (
        "slack-own-url",
        "global: { slack_app_token: x }\n{R}receivers: [ { name: a, slack_configs: [ { api_url: 'http://x/y' } ] } ]\n",
    ),
    (
        "slack-token-authorization",
        "{R}receivers: [ { name: a, slack_configs: [ { app_token: x, http_config: { authorization: { credentials: y } } } ] } ]\n",
    ),
    (
        "slack-update",
        "{R}receivers: [ { name: a, slack_configs: [ { api_url: 'http://x/y', update_message: true } ] } ]\n",
    ),
    (
        "slack-update-own",
        "{R}receivers: [ { name: a, slack_configs: [ { api_url: 'https://slack.com/api/chat.postMessage', update_message: true } ] } ]\n",
    ),
    (
        "slack-field",
        "{R}receivers: [ { name: a, slack_configs: [ { api_url: 'http://x/y', fields: [ { title: x } ] } ] } ]\n",
    ),
    (
        "slack-action",
        "{R}receivers: [ { name: a, slack_configs: [ { api_url: 'http://x/y', actions: [ { type: x } ] } ] } ]\n",
    ),
    (
        "slack-confirm",
        "{R}receivers: [ { name: a, slack_configs: [ { api_url: 'http://x/y', actions: [ { type: b, text: x, url: y, confirm: { title: x } } ] } ] } ]\n",
    ),
    (
        "url-word",
        "global: { slack_api_url: SLACK_WEB_HOOK }\n{R}{A}",
    ),
    ("url-variable", "global: { slack_api_url: '${X}' }\n{R}{A}"),
    ("url-mask", "global: { slack_api_url: <secret> }\n{R}{A}"),
    (
        "url-no-host",
        "global: { slack_api_url: 'http://' }\n{R}{A}",
    ),
    ("url-empty", "global: { slack_api_url: '' }\n{R}{A}"),
    (
        "url-null",
        "global: { slack_api_url: , resolve_timeout: , http_config: }\n{R}{A}",
    ),
    (
        "webhook",
        "{R}receivers: [ { name: a, webhook_configs: [ { url: 'http://x/y', timeout: 5s, max_alerts: 0x1F } ] } ]\n",
    ),
    (
        "webhook-without-url",
        "{R}receivers: [ { name: a, webhook_configs: [ {} ] } ]\n",
    ),
    (
        "webhook-both",
        "{R}receivers: [ { name: a, webhook_configs: [ { url: 'http://x', url_file: y } ] } ]\n",
    ),
    (
        "webhook-template",
        "{R}receivers: [ { name: a, webhook_configs: [ { url: '{{ .foo }}' } ] } ]\n",
    ),
    (
        "webhook-ftp",
        "{R}receivers: [ { name: a, webhook_configs: [ { url: 'ftp://x' } ] } ]\n",
    ),
    (
        "webhook-negative",
        "{R}receivers: [ { name: a, webhook_configs: [ { url: 'http://x', max_alerts: -1 } ] } ]\n",
    ),
    (
        "webhook-fraction",
        "{R}receivers: [ { name: a, webhook_configs: [ { url: 'http://x', max_alerts: 5.7 } ] } ]\n",
    ),
    (
        "webhook-quoted-number",
        "{R}receivers: [ { name: a, webhook_configs: [ { url: 'http://x', max_alerts: '5' } ] } ]\n",
    ),
    (
        "webhook-payload",
        "{R}receivers: [ { name: a, webhook_configs: [ { url: 'http://x', payload: { a: [ 1, x, { 1: y } ] } } ] } ]\n",
    ),
    (
        "receiver-label",
        "{R}receivers: [ { name: a, labels: { name: a, 'x y': z } } ]\n",
    ),
    (
        "receiver-label-name",
        "{R}receivers: [ { name: a, labels: { name: b } } ]\n",
    ),
    (
        "http-two-authorizations",
        "global: { http_config: { basic_auth: { username: a }, authorization: { credentials: x } } }\n{R}{A}",
    ),
    (
        "http-basic-scheme",
        "global: { http_config: { authorization: { type: basic } } }\n{R}{A}",
    ),
    (
        "http-credentials-both",
        "global: { http_config: { authorization: { credentials: x, credentials_file: y } } }\n{R}{A}",
    ),
    (
        "http-username-both",
        "global: { http_config: { basic_auth: { username: x, username_file: y } } }\n{R}{A}",
    ),
    (
        "http-bearer",
        "global: { http_config: { bearer_token: x } }\n{R}{A}",
    ),
    (
        "http-bearer-both",
        "global: { http_config: { bearer_token: x, bearer_token_file: y } }\n{R}{A}",
    ),
    (
        "http-proxy-both",
        "global: { http_config: { proxy_url: 'http://x', proxy_from_environment: true } }\n{R}{A}",
    ),
    (
        "http-no-proxy",
        "global: { http_config: { no_proxy: x } }\n{R}{A}",
    ),
    (
        "http-tls-cert",
        "global: { http_config: { tls_config: { cert_file: x } } }\n{R}{A}",
    ),
    (
        "http-tls-both",
        "global: { http_config: { tls_config: { ca: x, ca_file: y } } }\n{R}{A}",
    ),
    (
        "http-tls-version",
        "global: { http_config: { tls_config: { min_version: TLS9 } } }\n{R}{A}",
    ),
    (
        "http-tls-versions",
        "global: { http_config: { tls_config: { min_version: TLS13, max_version: TLS12 } } }\n{R}{A}",
    ),
    (
        "http-header",
        "global: { http_config: { http_headers: { X-A: { values: [a], secrets: [b], files: [c] } } } }\n{R}{A}",
    ),
    (
        "http-header-reserved",
        "global: { http_config: { http_headers: { authorization: { values: [a] } } } }\n{R}{A}",
    ),
    (
        "http-unknown",
        "global: { http_config: { folow_redirects: true } }\n{R}{A}",
    ),
    (
        "templates-missing",
        "templates: [ nothing.tmpl, 'none/*.tmpl' ]\n{R}{A}",
    ),
    ("manifest", "apiVersion: v1\nkind: ConfigMap\n"),
    ("prometheus", "scrape_configs: []\nrule_files: []\n"),
    ("rule-files", "rule_files: []\n{R}{A}"),
];

#[test]
fn accepts_and_refuses_what_alertmanager_does() {
    let test = "accepts_and_refuses_what_alertmanager_does";
    let Some(amtool) = larum_test_peers::find(Peer::Amtool, test) else {
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    let mut differences = Vec::new();
    for (name, text) in CASES {
        let text = text.replace("{A}", A).replace("{R}", ROUTE);
        let path = directory.path().join(format!("{name}.yml"));
        std::fs::write(&path, &text).unwrap();
        let theirs = Command::new(&amtool)
            .arg("check-config")
            .arg(&path)
            .output()
            .unwrap();
        let ours = plan_at(&path, &text);
        if theirs.status.success() != ours.is_ok() {
            let output = String::from_utf8_lossy(&theirs.stdout).into_owned();
            let ours = ours.map_or_else(|faults| faults.render(false), |_| "accepted".to_owned());
            differences.push(format!("{name}\n{text}\namtool: {output}\nlarum: {ours}"));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n----\n"));
}
