//! larum as people use it: its command line, its mistakes, its signals.

use std::{fs, path::Path};

use serde_json::json;
use tempfile::TempDir;

use crate::support::{
    http::{fire, get_json, post},
    process::Process,
    recorder::Recorder,
    repository,
};

#[tokio::test]
async fn the_example_and_the_shipped_configuration_pass_their_check() {
    for file in [
        "examples/prometheus-to-slack/alertmanager.yml",
        "config/alertmanager.yml",
    ] {
        let (code, output) = run(&["check-config", path(&repository().join(file))]).await;
        assert_eq!(code, Some(0), "{file}: {output}");
        assert!(output.contains("OK: "), "{file}: {output}");
    }
}

/// What cost the tutorials' authors hours costs a glance.
#[tokio::test]
async fn the_tutorials_mistakes_are_named_with_their_place() {
    let good = "route: { receiver: ops }\nreceivers:\n- name: ops\n";
    for (text, place, words) in [
        (
            format!("{good}rule_files:\n- rules.yml\n"),
            ":4:1",
            &["rule_files", "prometheus.yml"][..],
        ),
        (
            "scrape_configs: []\nrule_files: [ a.yml ]\nalerting: {}\n".to_owned(),
            ":1:1",
            &["Prometheus"],
        ),
        ("route: { receiver: opps }\nreceivers:\n- name: ops\n".to_owned(), ":1:20", &["opps", "ops"]),
        (
            "route: { receiver: ops, group_wait: 30 seconds }\nreceivers:\n- name: ops\n".to_owned(),
            ":1:37",
            &["30 seconds", "30s"],
        ),
        (
            "route: { receiver: ops }\nreceivers:\n- name: ops\n  plugin_configs: [ { plugin: slak } ]\n"
                .to_owned(),
            ":4:",
            &["slak", "slack"],
        ),
        (
            "global: { slack_api_url: 'https://hooks.example/x' }\nroute: { receiver: ops }\n\
             receivers:\n- name: ops\n  slack_configs:\n  - channel: '#ops'\n    title: '{{ .Status | toUper }}'\n"
                .to_owned(),
            ":7:",
            &["toUper", "not defined"],
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let file = write(&folder, &text);
        let (code, output) = run(&["check-config", path(&file)]).await;
        assert_eq!(code, Some(1), "{text}\n{output}");
        assert!(output.contains(place), "{text}\n{place} in\n{output}");
        assert_eq!(output.matches("error[").count(), 1, "one exact error for\n{text}\n{output}");
        for word in words {
            assert!(output.contains(word), "{text}\n{word:?} in\n{output}");
        }
    }
}

#[tokio::test]
async fn an_unquoted_channel_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    let text = "global: { slack_api_url: 'https://hooks.example/x' }\nroute: { receiver: ops }\n\
                receivers:\n- name: ops\n  slack_configs:\n  - channel: #monitoring\n    send_resolved: true\n";
    let (code, output) = run(&["check-config", path(&write(&folder, text))]).await;
    assert_eq!(code, Some(0), "{output}");
    assert!(
        output.contains("warning[") && output.contains("quote"),
        "{output}"
    );
}

#[tokio::test]
async fn a_bad_reload_leaves_the_old_configuration_serving() {
    let folder = tempfile::tempdir().unwrap();
    let recorder = Recorder::start().await;
    let good = format!(
        "route: {{ receiver: ops, group_by: [alertname], group_wait: 0s }}\n\
         receivers:\n- name: ops\n  webhook_configs: [ {{ url: '{}' }} ]\n",
        recorder.url("/before")
    );
    let file = write(&folder, &good);
    let mut larum = Process::larum(&file, &folder.path().join("data"), &[]);
    let address = larum.address().await;

    fs::write(&file, good.replace("receiver: ops", "receiver: opps")).unwrap();
    let (status, body) = post(&address, "/-/reload", "").await;
    assert_eq!(status, 500);
    assert!(
        body.starts_with("failed to reload config: ") && body.contains("opps"),
        "{body}"
    );
    larum.signal("HUP").await;
    larum.wait_for("Loading configuration file failed").await;
    fire(&address, "Before").await;
    recorder.wait_for(|request| request.path == "/before").await;

    fs::write(&file, good.replace("/before", "/after")).unwrap();
    assert_eq!(post(&address, "/-/reload", "").await, (200, String::new()));
    fire(&address, "After").await;
    recorder.wait_for(|request| request.path == "/after").await;

    larum.signal("TERM").await;
    assert_eq!(larum.exit_code().await, Some(0));
}

/// The seed's worst night: Slack says 403 and the router says nothing.
#[tokio::test]
async fn a_refused_token_shows_on_the_receivers_status_with_advice_and_without_the_token() {
    let folder = tempfile::tempdir().unwrap();
    let recorder = Recorder::start().await;
    recorder.answer_next(&[(403, "invalid_token"); 10]);
    let text = format!(
        "global: {{ slack_api_url: '{}' }}\nroute: {{ receiver: ops, group_wait: 0s }}\n\
         receivers:\n- name: ops\n  slack_configs: [ {{ channel: '#ops' }} ]\n",
        recorder.url("/services/T1/B1/verysecrettoken")
    );
    let mut larum = Process::larum(&write(&folder, &text), &folder.path().join("data"), &[]);
    let address = larum.address().await;
    fire(&address, "DiskFull").await;
    larum.wait_for("invalid_token").await;

    let status = get_json(&address, "/api/larum/v1/receivers").await;
    let shown = status.to_string();
    assert!(
        shown.contains("invalid_token") && shown.contains("Incoming Webhooks"),
        "{shown}"
    );
    assert!(!shown.contains("verysecrettoken") && !larum.output().contains("verysecrettoken"));
    let configuration =
        get_json(&address, "/api/v2/status").await["config"]["original"].to_string();
    assert!(configuration.contains("<secret>") && !configuration.contains("verysecrettoken"));
}

/// A receiver that cannot be reached: the notification goes out when it is back.
#[tokio::test]
async fn an_unreachable_receiver_is_tried_until_it_answers() {
    let folder = tempfile::tempdir().unwrap();
    let recorder = Recorder::start().await;
    recorder.answer_next(&[(503, "later"), (503, "later")]);
    let text = format!(
        "route: {{ receiver: ops, group_wait: 0s }}\nreceivers:\n- name: ops\n  webhook_configs: [ {{ url: '{}' }} ]\n",
        recorder.url("/hook")
    );
    let mut larum = Process::larum(&write(&folder, &text), &folder.path().join("data"), &[]);
    let address = larum.address().await;
    fire(&address, "DiskFull").await;
    recorder.wait_for_count(3).await;
    let sent = recorder.recorded();
    assert!(sent.iter().all(|request| request.body == sent[0].body));
    let key = |index: usize| &sent[index].headers["idempotency-key"];
    assert!(key(0) == key(1) && key(1) == key(2));
}

/// A rack goes down: thousands of alerts in one group are one webhook body, as from Alertmanager.
#[tokio::test]
async fn a_group_of_thousands_arrives_whole() {
    let folder = tempfile::tempdir().unwrap();
    let recorder = Recorder::start().await;
    let text = format!(
        "route: {{ receiver: ops, group_wait: 0s }}\nreceivers:\n- name: ops\n  webhook_configs: [ {{ url: '{}' }} ]\n",
        recorder.url("/hook")
    );
    let mut larum = Process::larum(&write(&folder, &text), &folder.path().join("data"), &[]);
    let address = larum.address().await;
    let description = "The node does not answer. ".repeat(20);
    let alerts: Vec<_> = (0..5_000)
        .map(|node| {
            let labels =
                json!({ "alertname": "NodeDown", "instance": format!("node-{node}:9100") });
            json!({ "labels": labels, "annotations": { "description": description } })
        })
        .collect();
    let alerts = serde_json::Value::Array(alerts).to_string();
    assert_eq!(post(&address, "/api/v2/alerts", &alerts).await.0, 200);
    let sent = recorder.wait_for(|_| true).await.json();
    assert_eq!(sent["alerts"].as_array().unwrap().len(), 5_000);
    assert_eq!(sent["truncatedAlerts"], 0);
}

/// Who asks twice does not want to wait for a receiver that hangs.
#[tokio::test]
async fn a_second_signal_stops_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let hanging = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let text = format!(
        "route: {{ receiver: ops, group_wait: 0s }}\nreceivers:\n- name: ops\n  webhook_configs: [ {{ url: 'http://{}/' }} ]\n",
        hanging.local_addr().unwrap()
    );
    let mut larum = Process::larum(&write(&folder, &text), &folder.path().join("data"), &[]);
    let address = larum.address().await;
    fire(&address, "DiskFull").await;
    larum.signal("TERM").await;
    larum.wait_for("Received a signal").await;
    larum.signal("INT").await;
    assert_eq!(larum.exit_code().await, Some(1), "{}", larum.output());
    larum.wait_for("Asked a second time").await;
}

#[tokio::test]
async fn the_demo_tells_its_story_and_ends() {
    let (code, output) = run(&["demo", "--once", "--web.listen-address=127.0.0.1:0"]).await;
    assert_eq!(code, Some(0), "{output}");
    for words in [
        "InstanceDown",
        "NodeMemoryHigh",
        "FIRING",
        "RESOLVED",
        "Prometheus",
    ] {
        assert!(output.contains(words), "{words} in:\n{output}");
    }
}

#[tokio::test]
async fn wrong_use_is_answered_with_what_would_be_right() {
    for (arguments, words) in [
        (&["--config.fle=x"][..], "--config.file"),
        (
            &["--config.file=/nowhere/alertmanager.yml"],
            "/nowhere/alertmanager.yml",
        ),
        (
            &["check-config", "/nowhere/alertmanager.yml"],
            "/nowhere/alertmanager.yml",
        ),
    ] {
        let (code, output) = run(arguments).await;
        assert!(
            code.is_some_and(|code| code != 0),
            "{arguments:?}: {output}"
        );
        assert!(output.contains(words), "{arguments:?}: {output}");
    }
}

async fn run(arguments: &[&str]) -> (Option<i32>, String) {
    let arguments: Vec<String> = arguments
        .iter()
        .map(|argument| (*argument).to_owned())
        .collect();
    let program = Path::new(env!("CARGO_BIN_EXE_larum-under-test"));
    let mut process = Process::start("larum", program, &arguments);
    let code = process.exit_code().await;
    process.end_of_output().await;
    (code, process.output())
}

fn write(folder: &TempDir, text: &str) -> std::path::PathBuf {
    let file = folder.path().join("alertmanager.yml");
    fs::write(&file, text).unwrap();
    file
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}
