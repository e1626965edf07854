//! The main errors, word for word, and what must never be among the words.

use larum_config::{Diagnostic, Source, codes, parse};

use crate::support::{bad, good, plan};

/// The one fault of a file, as a person reads it.
#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(
        bad(text).render(false),
        expected.trim_matches('\n'),
        "{text}"
    );
}

const TAIL: &str = "route: { receiver: a }\nreceivers: [ { name: a } ]\n";

#[test]
fn a_prometheus_file_is_recognised() {
    check(
        "global: { scrape_interval: 5s }\nscrape_configs: []\nrule_files: []\n",
        r"
error[L0010]: this looks like Prometheus' own configuration, not the router's
 --> alertmanager.yml:2:1
  |
2 | scrape_configs: []
  | ^^^^^^^^^^^^^^ `scrape_configs` belongs in prometheus.yml
  |
  = help: also found here: `rule_files` (line 3)
  = help: give the file with `route` and `receivers` instead
  = help: this file may contain: `global`, `route`, `receivers`, `inhibit_rules`, `templates`, `time_intervals`, `mute_time_intervals`, `tracing`, `event_recorder`, `plugins`
  = help: `scrape_configs` and the other keys stay in prometheus.yml; its section `alerting` names the router's address
",
    );
}

#[test]
fn a_rule_files_key_is_sent_home() {
    check(
        &format!("{TAIL}rule_files:\n- rules.yml\n"),
        r"
error[L0021]: `rule_files` belongs in prometheus.yml, not in the router's configuration
 --> alertmanager.yml:3:1
  |
3 | rule_files:
  | ^^^^^^^^^^ `rule_files` belongs in prometheus.yml
  |
  = help: rules make alerts, and Prometheus evaluates them: move the key to prometheus.yml
",
    );
}

#[test]
fn a_missing_receiver_is_named() {
    check(
        "route:\n  receiver: slak\nreceivers: [ { name: slack }, { name: mail } ]\n",
        r#"
error[L0041]: route refers to receiver "slak", which is not defined
 --> alertmanager.yml:2:13
  |
2 |   receiver: slak
  |             ^^^^ did you mean `slack`?
  |
  = help: defined are `slack`, `mail`
"#,
    );
}

#[test]
fn a_bad_duration_says_what_a_good_one_is() {
    check(
        "route:\n  receiver: a\n  group_wait: 10\nreceivers: [ { name: a } ]\n",
        r#"
error[L0030]: `group_wait` is not a duration: "10"
 --> alertmanager.yml:3:15
  |
3 |   group_wait: 10
  |               ^^ the unit after 10 is missing
  |
  = help: units, largest first: y, w, d, h, m, s, ms; whole numbers; such as 30s or 1h30m
"#,
    );
}

#[test]
fn an_unknown_plugin_has_neighbours() {
    check(
        "route: { receiver: a }\nreceivers:\n- name: a\n  plugin_configs:\n  - plugin: pagr\n",
        r"
error[L0060]: there is no plugin `pagr`
 --> alertmanager.yml:5:13
  |
5 |   - plugin: pagr
  |             ^^^^ did you mean `pager`?
  |
  = help: known here: `pager`, `slack`, `webhook`
  = help: declare one of your own below `plugins`: name and component
",
    );
}

#[test]
fn a_tab_is_seen() {
    check(
        "route:\n\treceiver: a\n",
        "
error[L0001]: a tab indents this line; YAML wants spaces
 --> alertmanager.yml:2:1
  |
2 |     receiver: a
  | ^ a tab
  |
  = help: replace it by two spaces for each level
",
    );
}

#[test]
fn a_slack_receiver_without_address_learns_where_to_put_it() {
    check(
        "route: { receiver: a }\nreceivers:\n- name: a\n  slack_configs:\n  - channel: '#a'\n",
        r##"
error[L0050]: receiver "a" has no Slack address
 --> alertmanager.yml:5:5
  |
5 |   - channel: '#a'
  |     ^^^^^^^ in receivers[0].slack_configs[0]
  |
  = help: for all receivers: slack_api_url or slack_api_url_file in `global`
  = help: for this one alone: api_url or api_url_file here
  = help: or app_token or app_token_file here, or slack_app_token in `global`
"##,
    );
}

#[test]
fn a_placeholder_is_not_expanded() {
    check(
        &format!("global:\n  slack_api_url: ${{SLACK_URL}}\n{TAIL}"),
        r"
error[L0032]: `slack_api_url` holds a placeholder; environment variables are not expanded here
 --> alertmanager.yml:2:18
  |
2 |   slack_api_url: ${SLACK_URL}
  |                  ^^^^^^^^^^^^ taken literally, so it is not a URL
  |
  = help: put the address into a file and name it: slack_api_url_file: /path/to/file
",
    );
}

#[test]
fn what_is_not_built_yet_is_refused() {
    check(
        "route: { receiver: a }\nreceivers:\n- name: a\n  email_configs: [ { to: x } ]\n",
        r#"
error[L0023]: larum does not support `email_configs` (receiver "a") yet
 --> alertmanager.yml:4:3
  |
4 |   email_configs: [ { to: x } ]
  |   ^^^^^^^^^^^^^ known, but not built yet
  |
  = help: ignoring it would change who is told, so the file is refused; remove the section
"#,
    );
}

/// The codes and messages of all faults.
#[track_caller]
fn faults(text: &str, expected: &[(&str, &str)]) {
    let faults = bad(text);
    let found: Vec<(&str, &str)> = faults
        .iter()
        .map(|fault| (fault.code, fault.message.as_str()))
        .collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn each_fault_of_a_whole_file_has_one_message() {
    faults(
        "",
        &[(
            codes::EMPTY_FILE,
            "no route provided in config: the file is empty",
        )],
    );
    faults(
        "- a\n",
        &[(
            codes::WRONG_TYPE,
            "`the file` must be a mapping of keys to values, not a list",
        )],
    );
    faults(
        "groups: [ { name: x, rules: [] } ]\n",
        &[(
            codes::RULES_FILE,
            "this is a file of rules, not the router's configuration",
        )],
    );
    faults(
        "apiVersion: v1\nkind: Secret\n",
        &[(
            codes::MANIFEST,
            "this is a Kubernetes manifest (Secret), not the configuration",
        )],
    );
    faults(
        "services: {}\n",
        &[(codes::MANIFEST, "this looks like a file of Docker Compose")],
    );
    faults(
        "route: { receiver: a }\nreceivers: [ { name: a }, { name: a }, { name: '' } ]\n",
        &[
            (codes::RECEIVER_NAME, "two receivers are called \"a\""),
            (codes::RECEIVER_NAME, "missing name in receivers[2]"),
        ],
    );
}

#[track_caller]
fn top(keys: &str, code: &str, message: &str) {
    faults(&format!("{keys}\n{TAIL}"), &[(code, message)]);
}

#[test]
fn each_fault_at_the_top_has_one_message() {
    top(
        "inhibit_rules: [ { equal: [a] } ]",
        codes::UNSUPPORTED,
        "larum does not support `inhibit_rules` yet",
    );
    top(
        "global: { scrape_interval: 5s }",
        codes::MISPLACED_KEY,
        "`scrape_interval` belongs to prometheus.yml",
    );
    top(
        "matchers: []",
        codes::MISPLACED_KEY,
        "`matchers` is valid inside a route; here it is inside the top level",
    );
    top(
        "reciever: []",
        codes::UNKNOWN_KEY,
        "unknown key `reciever` in the top level",
    );
    top(
        "plugins: [ { name: x } ]",
        codes::PLUGIN_SPEC,
        "`component` is missing in plugins[0]",
    );
    top(
        "plugins: [ { name: X, component: x.wasm } ]",
        codes::PLUGIN_SPEC,
        "\"X\" cannot be a plugin's name",
    );
    top(
        "plugins: [ { name: x, component: x.wasm, sha256: 12 } ]",
        codes::PLUGIN_SPEC,
        "`sha256` is not a SHA-256 digest: 64 hex digits are needed",
    );
}

#[track_caller]
fn route(keys: &str, code: &str, message: &str) {
    faults(
        &format!("route: {{ receiver: a, {keys} }}\nreceivers: [ {{ name: a }} ]\n"),
        &[(code, message)],
    );
}

#[test]
fn each_fault_of_a_route_has_one_message() {
    route(
        "mute_time_intervals: [ x ]",
        codes::UNSUPPORTED,
        "larum does not support `mute_time_intervals` in a route yet",
    );
    route(
        "labels: { a: b }",
        codes::UNSUPPORTED,
        "larum does not support `labels` in a route yet",
    );
    route(
        "group_interval: 0s",
        codes::ZERO_INTERVAL,
        "group_interval cannot be zero",
    );
    route(
        "matchers: [ a=b ]",
        codes::ROOT_ROUTE,
        "root route must not have any matchers",
    );
    route(
        "group_by: [ a, a ]",
        codes::GROUP_BY,
        "duplicated label \"a\" in group_by",
    );
    route(
        "routes: [ { match_re: { a: '(' } } ]",
        codes::REGEX,
        "\"(\" is not a regular expression",
    );
    route(
        "routes: [ { plugin_matchers: [ { plugin: slack } ] } ]",
        codes::PLUGIN_WORLD,
        "the plugin `slack` is a receiver, for `plugin_configs`",
    );
    route(
        "routes: [ null ]",
        codes::MISSING,
        "route.routes[0] is empty",
    );
}

#[track_caller]
fn receiver(keys: &str, code: &str, message: &str) {
    faults(
        &format!("route: {{ receiver: a }}\nreceivers: [ {{ name: a, {keys} }} ]\n"),
        &[(code, message)],
    );
}

#[test]
fn each_fault_of_a_receiver_has_one_message() {
    receiver(
        "matchers: [ a=b ]",
        codes::MISPLACED_KEY,
        "`matchers` is valid inside a route; here it is inside a receiver",
    );
    receiver(
        "http_config: {}",
        codes::MISPLACED_KEY,
        "`http_config` is valid inside `global`; here it is inside a receiver",
    );
    receiver(
        "slack_confgs: []",
        codes::UNKNOWN_KEY,
        "unknown key `slack_confgs` in a receiver",
    );
    let oauth2 =
        "webhook_configs: [ { url: 'http://x', http_config: { oauth2: { client_id: x } } } ]";
    receiver(
        oauth2,
        codes::UNSUPPORTED,
        "larum does not support `oauth2` in `http_config` yet",
    );
}

#[test]
fn no_secret_is_ever_shown() {
    let files = [
        "global:\n  slack_api_url: https://hooks.slack.com/services/T/B/hushhush\n  chanel: x\n",
        "global: { slack_api_url: hushhush }\n",
        "global: { slack_api_url: 'ftp://hushhush' , slack_app_token: [ hushhush ] }\n",
        "global:\n  slack_api_url: \"https://hooks.slack.com/services/hushhush\n",
        "global:\n  http_config:\n    basic_auth:\n      password: |\n        hushhush\n\t  more: [\n",
        "global: { http_config: { authorization: { credentials: hushhush, credentials_file: x } } }\n",
        "global: { http_config: { proxy_url: 'http://u:hushhush@host:port/' } }\n",
        "global: { http_config: { http_headers: { a: { secrets: [ hushhush, [ x ] ] } } } }\n",
        "global: { http_config: { tls_config: { cert: x, key: hushhush, ca: [] } } }\n",
        "receivers: [ { name: a, slack_configs: [ { api_url: hushhush, app_token: hushhush2, foo: 1 } ] } ]\nroute: { receiver: a }\n",
        "receivers: [ { name: a, webhook_configs: [ { url: 'x://hushhush/{{', foo: 1 } ] } ]\nroute: { receiver: a }\n",
        "receivers: [ { name: a, plugin_configs: [ { plugin: pager, settings: { token: hushhush, level: no } } ] } ]\nroute: { receiver: a }\n",
        "receivers: [ { name: a, slack_configs: [ { title_link: 'https://u:hushhush@x/', channel: xoxb-hushhush, foo: 1 } ] } ]\nroute: { receiver: a }\n",
        "global: {api_url: hushhush, \"password\": 'hushhush', x: [ }\n",
    ];
    for text in files {
        let faults = plan(text).map_or_else(|faults| faults, |plan| plan.warnings);
        assert!(!faults.is_empty(), "{text}");
        for shown in [
            faults.render(false),
            faults.render(true),
            format!("{faults:?}"),
        ] {
            assert!(!shown.contains("hushhush"), "{text}\n{shown}");
        }
    }
    let plan = good(
        "global: { slack_app_token: hushhush, http_config: { basic_auth: { username: u, password: hushhush }, proxy_url: 'http://u:hushhush@x/' } }
route: { receiver: a }
receivers: [ { name: a, slack_configs: [ { channel: x } ], webhook_configs: [ { url: 'http://hushhush/{{ .x }}' } ], plugin_configs: [ { plugin: pager, settings: { token: hushhush, level: low } } ] } ]\n",
    );
    assert!(!plan.redacted.contains("hushhush"), "{}", plan.redacted);
    assert!(!format!("{plan:?}").contains("hushhush"));
    assert!(plan.redacted.contains("username: u"), "{}", plan.redacted);
}

/// Where a fault found later points: line, column and the marked text.
#[track_caller]
fn later(fault: &Diagnostic, expected: &str) {
    let (_, line, column) = fault.position().expect("a place");
    assert_eq!(format!("{line}:{column} {}", fault.message), expected);
}

#[test]
fn faults_found_later_point_at_their_place() {
    let text = "route: { receiver: a }\nreceivers:\n- name: a\n  slack_configs:\n  - api_url: http://x/\n    title: 'été {{ .A }}'\n    text: |\n      one\n      two {{ .B }}\n    fields: [ { title: x, value: '{{ y }}' } ]\n";
    let plan = good(text);
    let slack = &plan.receivers[0].integrations[0];
    let at = |pointer: &str| {
        slack
            .origin
            .at(pointer)
            .diagnostic(codes::PLUGIN_REFUSED, "refused", vec![])
    };
    later(&at(""), "5:5 refused");
    later(&at("/api_url"), "5:14 refused");
    later(&at("/fields/0/value"), "10:34 refused");
    later(&at("/fields/0/none"), "10:15 refused");
    later(&at("/username"), "5:5 refused");
    let text = |pointer: &str| {
        slack
            .settings
            .texts
            .iter()
            .find(|text| text.pointer == pointer)
            .unwrap()
    };
    let within = |pointer: &str, line: u32, column: u32| {
        let place = text(pointer).origin.within_text(line, column);
        place.diagnostic(codes::TEMPLATE, "broken", vec![])
    };
    later(&within("/title", 1, 5), "6:17 broken");
    later(&within("/text", 2, 5), "9:11 broken");
    later(&within("/text", 0, 0), "8:7 broken");
    assert!(
        within("/title", 1, 5)
            .render(false)
            .contains("receivers[0].slack_configs[0].title")
    );
}

#[test]
fn a_template_file_is_shown_at_its_line() {
    let template = larum_config::TemplateFile {
        path: "a.tmpl".into(),
        text: "one\ntwo {{ x }}\n".to_owned(),
    };
    let fault = template.diagnostic(
        codes::TEMPLATE,
        "function \"x\" not defined",
        (2, 8),
        vec!["known: y".to_owned()],
    );
    assert_eq!(
        fault.render(false),
        r#"
error[L0072]: function "x" not defined
 --> a.tmpl:2:8
  |
2 | two {{ x }}
  |        ^ here
  |
  = help: known: y
"#
        .trim()
    );
}

#[test]
fn codes_are_unique_and_explained() {
    for (index, code) in codes::TABLE.iter().enumerate() {
        assert!(
            index == 0 || codes::TABLE[index - 1].code < code.code,
            "{}",
            code.code
        );
        assert!(code.explanation.ends_with('.'), "{}", code.code);
    }
    assert_eq!(
        codes::find("l0041").unwrap().code,
        codes::UNDEFINED_RECEIVER
    );
}

#[test]
fn a_second_document_is_only_a_warning() {
    let source = Source {
        path: "x.yml".into(),
        text: format!("{TAIL}---\nfoo: [\n"),
    };
    let plan = parse(source)
        .unwrap()
        .plan(&crate::support::catalog())
        .unwrap();
    assert_eq!(
        plan.warnings.iter().next().unwrap().code,
        codes::SECOND_DOCUMENT
    );
}
