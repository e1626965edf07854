//! No text brings the reader down.

use proptest::prelude::{ProptestConfig, any, prop, proptest};

use crate::support::plan;

/// Pieces that configurations are made of, and pieces that break them.
const PIECES: &[&str] = &[
    "route",
    "receivers",
    "receiver",
    "name",
    "routes",
    "matchers",
    "slack_configs",
    "global",
    "plugins",
    "webhook_configs",
    "payload",
    "settings",
    "match_re",
    "group_by",
    "http_config",
    "templates",
    ":",
    ": ",
    "\n",
    "\n  ",
    "\n- ",
    "\n  - ",
    "- ",
    "{",
    "}",
    "[",
    "]",
    ",",
    "'",
    "\"",
    "|",
    ">",
    "#",
    " #x",
    "&a ",
    "*a",
    "<<",
    "!!str ",
    "!x ",
    "---\n",
    "...\n",
    "\t",
    "~",
    "null",
    "yes",
    "1",
    "0x1",
    "1e999",
    "5m",
    "a=b",
    "a=~\"(\"",
    "https://hooks.slack.com/services/T/B/X",
    "é",
    "\u{feff}",
    "\u{2028}",
    "%",
    "@",
    "url",
    "api_url",
    "password",
    "://",
    "u:p@h",
    "{{ .a }}",
    "${X}",
    "\\",
    "\r\n",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        answered(&text);
    }

    #[test]
    fn pieces_in_any_order_are_answered(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60),
    ) {
        answered(&pieces.concat());
    }

    #[test]
    fn a_good_file_with_a_hole_is_answered(
        from in 0..FILE.len(), length in 0..40_usize, piece in prop::sample::select(PIECES),
    ) {
        let end = (from + length).min(FILE.len());
        answered(&format!("{}{piece}{}", &FILE[..from], &FILE[end..]));
    }
}

const FILE: &str = r#"
global: { slack_api_url: "https://hooks.slack.com/services/T0/B0/secret" }
route: &r
  receiver: a
  group_by: [alertname]
  routes:
  - { matchers: [ severity="page", team=~"a|b" ], receiver: b, continue: yes }
  - match_re: { a: "x.*" }
    plugin_matchers: [ { plugin: cel, settings: { expression: "1 == 1" } } ]
receivers:
- name: a
  slack_configs:
  - channel: '#a'
    text: |
      {{ range .Alerts }}x{{ end }}
      second
    http_config: { basic_auth: { username: u, password: p } }
- name: b
  webhook_configs: [ { url: "http://localhost:1/{{ .x }}", payload: { a: [1, "{{ .b }}"] } } ]
"#;

fn answered(text: &str) {
    let rendered = match plan(text) {
        Ok(plan) => format!("{}{}", plan.redacted, plan.warnings.render(true)),
        Err(diagnostics) => {
            assert!(!diagnostics.is_empty());
            diagnostics.render(false)
        }
    };
    assert!(rendered.len() < 10_000_000);
}

#[test]
fn a_bomb_of_aliases_is_refused() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..20 {
        let below = format!("*a{}", level - 1);
        let items = [below.as_str(); 10].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{items}]\n"));
    }
    let diagnostics = plan(&text).unwrap_err();
    assert_eq!(
        diagnostics.iter().next().unwrap().code,
        larum_config::codes::TOO_LARGE
    );
}

#[test]
fn deep_and_large_files_are_refused() {
    for text in [
        "[".repeat(5_000),
        "a: ".to_owned() + &"- ".repeat(5_000),
        "x".repeat(17 << 20),
    ] {
        assert!(plan(&text).is_err());
    }
}

#[test]
fn many_faults_stay_readable() {
    let text: String = (0..5_000).map(|index| format!("key{index}: 1\n")).collect();
    let diagnostics = plan(&text).unwrap_err();
    assert!(diagnostics.has_errors());
    assert!(diagnostics.len() <= larum_config::limits::DIAGNOSTICS_MAX + 1);
}
