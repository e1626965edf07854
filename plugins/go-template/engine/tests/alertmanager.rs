//! What Alertmanager's template tests pin, in this crate's own cases, and the default templates
//! against what Alertmanager 0.33 renders.

#[path = "alertmanager/data_sets.rs"]
mod data_sets;

use std::fs;

use data_sets::{DATA_SETS, DEFAULT_TEMPLATES, call, data_set, golden_directory, golden_text};
use larum_go_template::alertmanager::{AlertData, CompileError, Compiled, Data, Origin, Status};

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn alert(status: Status, labels: &[(&str, &str)]) -> AlertData {
    AlertData {
        status,
        labels: pairs(labels),
        annotations: pairs(&[("summary", "text")]),
        // 2026-03-04 05:06:07.089 UTC.
        starts_at_ms: 1_772_600_767_089,
        ends_at_ms: (status == Status::Resolved).then_some(1_772_604_367_089),
        generator_url: "http://generator".to_owned(),
        fingerprint: "00000000000000ff".to_owned(),
    }
}

/// Three alerts of which one is over, for a receiver whose name has characters of expressions.
fn data() -> Data {
    Data {
        receiver: "team.x+y".to_owned(),
        status: Status::Firing,
        alerts: vec![
            alert(Status::Firing, &[("instance", "a"), ("alertname", "Down")]),
            alert(
                Status::Resolved,
                &[("instance", "b"), ("alertname", "Down")],
            ),
            alert(
                Status::Firing,
                &[("instance", "c"), ("alertname", "Down"), ("Zone", "z")],
            ),
        ],
        notification_reason: "first notification".to_owned(),
        group_labels: pairs(&[("alertname", "Down")]),
        common_labels: pairs(&[("job", "node"), ("alertname", "Down"), ("cluster", "eu")]),
        common_annotations: pairs(&[("summary", "text")]),
        route_labels: pairs(&[("owner", "web")]),
        external_url: "http://alerts.example".to_owned(),
        now_ms: 1_772_600_797_589,
    }
}

fn rendered(text: &str) -> Result<String, String> {
    data_sets::render(text, ("empty.tmpl", ""), &data())
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(rendered(text), Ok(expected.to_owned()), "{text}");
}

/// Fails with a message that ends so.
#[track_caller]
fn fails(text: &str, ending: &str) {
    let error = rendered(text).expect_err(text);
    assert!(
        error.ends_with(ending),
        "{text}\n  {error}\n  does not end with {ending}"
    );
}

#[test]
fn default_templates_render_as_alertmanagers() {
    for set in DATA_SETS {
        let texts: Vec<String> = DEFAULT_TEMPLATES.iter().map(|name| call(name)).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let compiled = Compiled::new(&[], &texts).unwrap();
        let outputs = compiled
            .render(data_set(set))
            .into_iter()
            .map(Result::unwrap);
        let outputs: Vec<_> = DEFAULT_TEMPLATES.into_iter().zip(outputs).collect();
        let golden = fs::read_to_string(golden_directory().join(format!("{set}.txt"))).unwrap();
        assert_eq!(golden_text(&outputs), golden, "{set}");
    }
}

#[test]
fn texts_without_actions_stay_as_they_are() {
    check("", "");
    check("plain }} text", "plain }} text");
    check("{{ \"\" }}", "");
    check("  {{- \"a\" -}}  ", "a");
}

#[test]
fn data_has_what_alertmanagers_has() {
    check("{{ .Receiver }}", r"team\.x\+y");
    check(
        "{{ .Status }} {{ .NotificationReason }}",
        "firing first notification",
    );
    check("{{ .ExternalURL }}", "http://alerts.example");
    check(
        "{{ .GroupLabels }}|{{ .CommonLabels }}",
        "alertname=Down|alertname=Down, cluster=eu, job=node",
    );
    check(
        "{{ .CommonAnnotations.summary }} {{ .RouteLabels.owner }}",
        "text web",
    );
    check(
        "{{ len .Alerts }} {{ len .Alerts.Firing }} {{ len .Alerts.Resolved }}",
        "3 2 1",
    );
    check(
        "{{ range .Alerts.Firing }}{{ .Labels.instance }}{{ end }}",
        "ac",
    );
    check(
        "{{ with index .Alerts 0 }}{{ .GeneratorURL }} {{ .Fingerprint }}{{ end }}",
        "http://generator 00000000000000ff",
    );
    check(
        "{{ (index .Alerts 0).StartsAt }}",
        "2026-03-04 05:06:07.089 +0000 UTC",
    );
    check(
        "{{ (index .Alerts 0).EndsAt }}",
        "0001-01-01 00:00:00 +0000 UTC",
    );
    check(
        "{{ (index .Alerts 1).EndsAt }}",
        "2026-03-04 06:06:07.089 +0000 UTC",
    );
    check(
        "{{ printf \"%T %T\" . (index .Alerts 0) }}",
        "*template.Data template.Alert",
    );
    fails(
        "{{ .Nothing }}",
        "can't evaluate field Nothing in type *template.Data",
    );
    fails(
        "{{ .Alerts.Nothing }}",
        "can't evaluate field Nothing in type template.Alerts",
    );
}

#[test]
fn data_as_json_has_alertmanagers_names() {
    check(
        "{{ .Alerts.Resolved | toJson }}",
        r#"[{"status":"resolved","labels":{"alertname":"Down","instance":"b"},"annotations":{"summary":"text"},"startsAt":"2026-03-04T05:06:07.089Z","endsAt":"2026-03-04T06:06:07.089Z","generatorURL":"http://generator","fingerprint":"00000000000000ff"}]"#,
    );
    let json = rendered("{{ toJson . }}").unwrap();
    let names = [
        "receiver",
        "status",
        "alerts",
        "notification_reason",
        "groupLabels",
    ];
    let names = names
        .into_iter()
        .chain(["commonLabels", "commonAnnotations", "routeLabels"]);
    let places: Vec<_> = names
        .chain(["externalURL"])
        .map(|name| json.find(&format!("\"{name}\":")))
        .collect();
    assert!(places.iter().all(Option::is_some), "{json}");
    assert!(
        json.contains(r#""routeLabels":{"owner":"web"},"externalURL":"http://alerts.example"}"#),
        "{json}"
    );
}

#[test]
fn label_sets_are_sorted_with_the_alerts_name_first() {
    check(
        "{{ range .CommonLabels.SortedPairs }}{{ .Name }}={{ .Value }};{{ end }}",
        "alertname=Down;cluster=eu;job=node;",
    );
    check(
        "{{ .CommonLabels.Names | join \",\" }}",
        "alertname,cluster,job",
    );
    check("{{ .CommonLabels.Values | join \",\" }}", "Down,eu,node");
    check(
        "{{ .CommonLabels.SortedPairs.Names | join \",\" }}",
        "alertname,cluster,job",
    );
    check(
        "{{ .CommonLabels.SortedPairs.Values | join \",\" }}",
        "Down,eu,node",
    );
    check(
        "{{ .CommonLabels.SortedPairs }}",
        "alertname=Down, cluster=eu, job=node",
    );
    // Upper case sorts before lower case, bytes decide.
    check(
        "{{ (index .Alerts 2).Labels.Names | join \",\" }}",
        "alertname,Zone,instance",
    );
    // Ranging over the map itself knows nothing of the alert's name.
    check(
        "{{ range $name, $value := (index .Alerts 2).Labels }}{{ $name }} {{ end }}",
        "Zone alertname instance ",
    );
    check(
        "{{ (dict).x }}|{{ .CommonLabels.nothing }}|{{ len .RouteLabels.nothing }}",
        "<no value>||0",
    );
}

#[test]
fn labels_can_be_removed() {
    check(
        "{{ .CommonLabels.Remove .GroupLabels.Names }}",
        "cluster=eu, job=node",
    );
    check(
        "{{ .CommonLabels.Remove (stringSlice \"job\" \"unknown\") }}",
        "alertname=Down, cluster=eu",
    );
    check(
        "{{ (.CommonLabels.Remove (stringSlice \"job\")).Remove .CommonLabels.Names | len }}",
        "0",
    );
    check(
        "{{ .CommonLabels.Remove stringSlice | len }} {{ len .CommonLabels }}",
        "3 3",
    );
    check(
        "{{ with .GroupLabels.Remove .GroupLabels.Names }}some{{ else }}none{{ end }}",
        "none",
    );
    fails(
        "{{ .CommonLabels.Remove \"job\" }}",
        "can't handle \"job\" for arg of type []string",
    );
}

#[test]
fn strings() {
    check(
        "{{ \"abc\" | toUpper }} {{ \"ABC\" | toLower }} {{ title \"hELLO o'neil x-y\" }}",
        "ABC abc Hello O'neil X-Y",
    );
    check("[{{ trimSpace \" \\t a b\\n\" }}]", "[a b]");
    check(
        "{{ stringSlice \"a\" \"b\" | join \"+\" }} {{ join \"+\" (stringSlice \"x\") }}",
        "a+b x",
    );
    check("{{ safeHtml \"<b>\" }}{{ safeUrl \"a&b\" }}", "<b>a&b");
    check("{{ urlUnescape \"q%3Dup+%26%20x\" }}", "q=up & x");
    fails(
        "{{ urlUnescape \"100%\" }}",
        "error calling urlUnescape: invalid URL escape \"%\"",
    );
    fails(
        "{{ join \" \" .GroupLabels }}",
        "wrong type for value; expected []string; got template.KV",
    );
    fails(
        "{{ toUpper .Alerts }}",
        "wrong type for value; expected string; got template.Alerts",
    );
}

#[test]
fn base64_is_for_urls_and_padded() {
    check(
        "{{ base64encode \"\" }}|{{ base64encode \"a\" }}|{{ base64encode \"ab\" }}|{{ base64encode \"abc\" }}",
        "|YQ==|YWI=|YWJj",
    );
    check(
        "{{ base64encode \"??>>~~\" }} {{ base64encode \"ÿ\" }}",
        "Pz8-Pn5- w78=",
    );
    check(
        "{{ base64decode \"Pz8-Pn5-\" }} {{ base64decode \"YQ==\" }}{{ base64decode \"YWI=\" }}{{ base64decode \"\" }}",
        "??>>~~ aab",
    );
    check("{{ base64decode \"YW\\nJj\\r\\n\" }}", "abc");
    check(
        "{{ dict \"m\" (list \"a\") | toJson | base64encode | base64decode }}",
        "{\"m\":[\"a\"]}",
    );
    fails(
        "{{ base64decode \"a+b=\" }}",
        "illegal base64 data at input byte 1",
    );
    fails(
        "{{ base64decode \"YQ\" }}",
        "illegal base64 data at input byte 0",
    );
    fails(
        "{{ base64decode \"YQ=\" }}",
        "illegal base64 data at input byte 3",
    );
    fails(
        "{{ base64decode \"YQ==x\" }}",
        "illegal base64 data at input byte 4",
    );
}

#[test]
fn expressions() {
    check(
        "{{ match \"^D.wn$\" .CommonLabels.alertname }} {{ match \"x\" \"abc\" }}",
        "true false",
    );
    check(
        "{{ reReplaceAll \"(\\\\w+)-(\\\\w+)\" \"${2}_$1\" \"ab-cd\" }}",
        "cd_ab",
    );
    check("{{ \"a.b.c\" | reReplaceAll \"[.]\" \"\" }}", "abc");
    // `$1x` is the group named `1x`, which there is not.
    check("{{ reReplaceAll \"(a)\" \"[$1x]\" \"a\" }}", "[]");
    fails(
        "{{ match \"[\" \"x\" }}",
        "error calling match: error parsing regexp: missing closing ]: `[`",
    );
    fails(
        "{{ reReplaceAll \"(\" \"\" \"x\" }}",
        "error calling reReplaceAll: regexp: Compile(`(`): error parsing regexp: missing closing ): `(`",
    );
}

#[test]
fn lists_and_dictionaries() {
    check("{{ list 1 \"a\" true }} {{ len list }}", "[1 a true] 0");
    check("{{ append (list 1) 2 (list 3) }}", "[1 2 [3]]");
    check(
        "{{ $l := list \"a\" }}{{ $m := append $l \"b\" }}{{ $l }}{{ $m }}",
        "[a][a b]",
    );
    check(
        "{{ dict \"b\" 2 \"a\" 1 }} {{ (dict \"x\" (dict \"y\" \"z\")).x.y }}",
        "map[a:1 b:2] z",
    );
    check(
        "{{ toJson (dict \"k\" (list 1 \"<&>\" nil)) }}",
        r#"{"k":[1,"\u003c\u0026\u003e",null]}"#,
    );
    fails(
        "{{ dict \"odd\" }}",
        "error calling dict: dict requires an even number of arguments",
    );
    fails(
        "{{ dict 1 2 }}",
        "error calling dict: dict keys must be strings",
    );
    fails(
        "{{ toJson (list (index .Alerts 0) and) }}",
        "wrong number of args for and: want at least 1 got 0",
    );
}

#[test]
fn times() {
    check("{{ now }}", "2026-03-04 05:06:37.589 +0000 UTC");
    check("{{ since (index .Alerts 0).StartsAt }}", "30.5s");
    check(
        "{{ (index .Alerts 0).StartsAt | since | humanizeDuration }}",
        "30.5s",
    );
    check(
        "{{ since (index .Alerts 0).EndsAt }}",
        "2562047h47m16.854775807s",
    );
    check(
        "{{ now.Sub (index .Alerts 0).StartsAt }} {{ (now.Add 1500000000).Format \"04:05.000\" }}",
        "30.5s 06:39.089",
    );
    check(
        "{{ date \"2006-01-02 15:04 MST\" now }}",
        "2026-03-04 05:06 UTC",
    );
    check(
        "{{ now | tz \"Europe/Berlin\" | date \"Mon 2 Jan 15:04 MST -07:00\" }}",
        "Wed 4 Mar 06:06 CET +01:00",
    );
    check(
        "{{ (tz \"America/New_York\" now).Format \"3:04 PM\" }}",
        "12:06 AM",
    );
    fails(
        "{{ tz \"Mars/Olympus\" now }}",
        "error calling tz: unknown time zone Mars/Olympus",
    );
}

#[test]
fn dates_are_read_by_layout() {
    check(
        "{{ toDate \"2006-01-02\" \"2026-03-04\" }}",
        "2026-03-04 00:00:00 +0000 UTC",
    );
    check(
        "{{ toDate \"2006-01-02T15:04:05Z07:00\" \"2026-03-04T05:06:07.25+02:00\" }}",
        "2026-03-04 05:06:07.25 +0200 +0200",
    );
    check(
        "{{ toDate \"2006-01-02T15:04:05Z07:00\" \"2026-03-04T05:06:07Z\" }}",
        "2026-03-04 05:06:07 +0000 UTC",
    );
    check(
        "{{ (toDate \"Mon Jan _2 15:04:05 MST 2006\" \"Wed Mar  4 05:06:07 CET 2026\").Format \"02.01.06 MST\" }}",
        "04.03.26 CET",
    );
    check(
        "{{ (toDate \"3:04 pm\" \"9:05 pm\").Hour }} {{ (toDate \"January 2, 06\" \"march 4, 69\").Year }}",
        "21 1969",
    );
    check(
        "{{ (toDate \"2006 002\" \"2024 366\").Format \"Jan 2\" }}",
        "Dec 31",
    );
    check(
        "{{ toDate \"15:04:05,000\" \"01:02:03,456\" | date \"05.000000\" }}",
        "03.456000",
    );
    // A text that is no date is the zero time, as in sprig; `mustToDate` fails.
    check(
        "{{ toDate \"2006-01-02\" \"tomorrow\" }}",
        "0001-01-01 00:00:00 +0000 UTC",
    );
    check(
        "{{ mustToDate \"2006-01-02\" \"2024-02-29\" | date \"Jan 2\" }}",
        "Feb 29",
    );
    fails(
        "{{ mustToDate \"2006-01-02\" \"tomorrow\" }}",
        "error calling mustToDate: parsing time \"tomorrow\" as \"2006-01-02\": cannot parse \"tomorrow\" as \"2006\"",
    );
    fails(
        "{{ mustToDate \"2006-01-02\" \"2023-02-29\" }}",
        "parsing time \"2023-02-29\": day out of range",
    );
    fails(
        "{{ mustToDate \"2006-01-02\" \"2023-13-01\" }}",
        "parsing time \"2023-13-01\": month out of range",
    );
    fails(
        "{{ mustToDate \"2006-01-02\" \"2023-01-01x\" }}",
        "parsing time \"2023-01-01x\": extra text: \"x\"",
    );
    fails(
        "{{ mustToDate \"2006/01\" \"2023-01\" }}",
        "cannot parse \"-01\" as \"/\"",
    );
    fails(
        "{{ mustToDate \"15:04\" \"24:00\" }}",
        "parsing time \"24:00\": hour out of range",
    );
}

#[test]
fn durations_are_humanized() {
    check(
        "{{ humanizeDuration 0 }} {{ humanizeDuration 1 }} {{ humanizeDuration 60 }}",
        "0s 1s 1m 0s",
    );
    check(
        "{{ humanizeDuration 3600 }} {{ humanizeDuration 86400 }} {{ humanizeDuration 90061 }}",
        "1h 0m 0s 1d 0h 0m 0s 1d 1h 1m 1s",
    );
    check(
        "{{ humanizeDuration -90061 }} {{ humanizeDuration 899.99 }} {{ humanizeDuration .12345 }}",
        "-1d 1h 1m 1s 14m 59s 123.5ms",
    );
    check(
        "{{ humanizeDuration \"0.0001\" }} {{ humanizeDuration \"-Inf\" }} {{ humanizeDuration \"NaN\" }}",
        "100us -Inf NaN",
    );
    fails(
        "{{ humanizeDuration \"one\" }}",
        "error calling humanizeDuration: strconv.ParseFloat: parsing \"one\": invalid syntax",
    );
    fails(
        "{{ humanizeDuration .Alerts }}",
        "can't convert template.Alerts to float",
    );
}

#[test]
fn route_labels_are_a_function_too() {
    check(
        "{{ routeLabels \"owner\" }}|{{ routeLabels \"nothing\" }}|",
        "web||",
    );
    check(
        "{{ define \"who\" }}{{ routeLabels \"owner\" }}{{ end }}{{ range .Alerts.Resolved }}{{ template \"who\" . }}{{ end }}",
        "web",
    );
}

#[test]
fn later_definitions_replace_earlier_ones() {
    let first = (
        "a.tmpl",
        r#"{{ define "__subject" }}first{{ end }}{{ define "own" }}1{{ end }}"#,
    );
    let second = ("b.tmpl", r#"{{ define "own" }}2{{ end }}body"#);
    let texts = [
        r#"{{ template "slack.default.title" . }} {{ template "own" . }} {{ template "b.tmpl" . }}"#,
        r#"{{ define "own" }}3{{ end }}{{ template "own" . }}"#,
        r#"{{ template "own" . }}"#,
    ];
    let compiled = Compiled::new(&[first, second], &texts).unwrap();
    let results: Vec<String> = compiled
        .render(data())
        .into_iter()
        .map(Result::unwrap)
        .collect();
    assert_eq!(results, ["first 2 body", "3", "2"]);
}

#[test]
fn what_does_not_compile_is_named() {
    let check = |sources: &[(&str, &str)], texts: &[&str], expected: (Origin, u32, u32, &str)| {
        let CompileError {
            origin,
            line,
            column,
            message,
        } = Compiled::new(sources, texts).unwrap_err();
        assert_eq!((origin, line, column, &*message), expected);
    };
    let good = ("good.tmpl", "{{ define \"x\" }}{{ end }}");
    let unclosed = ("bad.tmpl", "\n  {{ if true }}");
    check(
        &[good, unclosed],
        &["{{ nothing }}"],
        (Origin::Source(1), 2, 16, "unexpected EOF"),
    );
    check(
        &[good],
        &["fine", "{{ nothing }}"],
        (Origin::Text(1), 1, 4, "function \"nothing\" not defined"),
    );
    check(
        &[],
        &["{{ template \"a\" }}\n{{ end }}"],
        (Origin::Text(0), 2, 8, "unexpected {{end}}"),
    );
}

#[test]
fn a_failing_text_leaves_the_others_alone() {
    let compiled = Compiled::new(&[], &["{{ index .Alerts 7 }}", "{{ .Status }}"]).unwrap();
    let results = compiled.render(data());
    let error = "template: :1:3: executing \"\" at <index .Alerts 7>: error calling index: index out of range: 7";
    assert_eq!(results, [Err(error.to_owned()), Ok("firing".to_owned())]);
}

#[test]
fn a_group_of_a_thousand_alerts_renders_within_the_limits() {
    let mut data = data();
    data.alerts = (0..1000)
        .map(|index| {
            let instance = format!("host-{index}");
            alert(
                Status::Firing,
                &[("alertname", "Down"), ("instance", &instance)],
            )
        })
        .collect();
    let texts = [
        "{{ template \"pushover.default.message\" . }}",
        "{{ template \"msteams.default.text\" . }}",
    ];
    let results = Compiled::new(&[], &texts).unwrap().render(data);
    for result in results {
        let text = result.unwrap();
        assert!(
            text.contains("- instance = host-999\n"),
            "{} bytes",
            text.len()
        );
    }
}

#[test]
fn replacements_cannot_outgrow_the_limit() {
    let long = "{{ $x := \"a\" }}{{ range 4 }}{{ $x = reReplaceAll \"a\" \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\" $x }}{{ end }}";
    fails(long, "the text would be longer than 1048576 bytes");
}
