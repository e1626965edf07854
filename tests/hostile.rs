//! Components that break in the middle of a notification, and the notification that arrives all
//! the same.

use std::fs;

use larum_test_guests::{Guest, MATCHER, RECEIVER, TEMPLATE};
use tempfile::TempDir;

use crate::support::{http, process::Process, recorder::Recorder};

const LOOP: &str = "(loop $for_ever (br $for_ever))";
const TRAP: &str = "unreachable";
const MEMORY_BOMB: &str = "(loop $more (if (i32.eq (memory.grow (i32.const 64)) (i32.const -1)) (then unreachable)) (br $more))";

/// A template engine that never answers: the words are the host's own.
#[tokio::test]
async fn a_template_that_is_killed_loses_nothing() {
    for (how, instructions, kind) in [
        ("loop", LOOP, "deadline"),
        ("trap", TRAP, "trap"),
        ("bomb", MEMORY_BOMB, "memory"),
    ] {
        let hostile = Guest {
            on_call: instructions,
            ..TEMPLATE
        };
        let mut bench = Bench::start(
            &hostile,
            "plugin_configs: [ { plugin: slack, template_engine: hostile, settings: { \
             api_url: 'RECORDER', channel: '#ops', title: '{{ t }}', text: '{{ b }}' } } ]",
            "",
        )
        .await;
        bench.fire("DiskFull").await;
        let sent = bench
            .recorder
            .wait_for(|request| request.path == "/hook")
            .await
            .json();
        let attachment = &sent["attachments"][0];
        assert_eq!(sent["channel"], "#ops", "{how}");
        assert_eq!(
            attachment["title"], "[FIRING:1] DiskFull (severity=critical) — template failed",
            "{how}"
        );
        let text = attachment["text"].as_str().unwrap();
        assert!(
            text.contains("FIRING alertname=DiskFull severity=critical"),
            "{how}: {text}"
        );

        bench.larum.wait_for("a plain text goes out instead").await;
        let fallback = r#"larum_notification_fallbacks_total{tenant="default",plugin="hostile",reason="template_call"}"#;
        bench.check_metric(fallback, "1").await;
        bench.check_failure_metric("hostile", kind).await;
    }
}

/// A receiver that breaks over the answer to its request: a fresh instance is told the same answer,
/// so nothing is sent twice at once; and since it breaks over that too, a later attempt sends it
/// again, under the same idempotency key.
#[tokio::test]
async fn a_receiver_that_is_killed_loses_nothing() {
    for (how, instructions, kind) in [
        ("loop", LOOP, "deadline"),
        ("trap", TRAP, "trap"),
        ("bomb", MEMORY_BOMB, "memory"),
    ] {
        // The first answer is four bytes long and kills.
        let on_call = format!(
            "(if (i32.and (local.get $has) (i32.eq (local.get $body_len) (i32.const 4)))
               (then {instructions}))"
        );
        let schema =
            r#"{"type":"object","properties":{"api_url":{"type":"string","format":"secret"}}}"#;
        let hostile = Guest {
            on_call: &on_call,
            schema,
            ..RECEIVER
        };
        let mut bench = Bench::start(
            &hostile,
            "plugin_configs: [ { plugin: hostile, settings: { api_url: 'RECORDER' } } ]",
            "allow_hosts: [ 127.0.0.1 ]",
        )
        .await;
        bench.recorder.answer_next(&[(200, "kill")]);
        bench.fire("DiskFull").await;
        bench.recorder.wait_for_count(2).await;
        let sent = bench.recorder.recorded();
        assert_eq!(
            sent[0].headers["idempotency-key"], sent[1].headers["idempotency-key"],
            "{how}"
        );
        bench.check_failure_metric("hostile", kind).await;
        bench.larum.wait_for("The receiver plugin broke").await;
    }
}

/// A matcher that never answers: by default nobody is matched, with `fail: match` everybody is.
#[tokio::test]
async fn a_matcher_that_is_killed_routes_as_its_fail_mode_says() {
    for (fail, path) in [("", "/root"), (", fail: match", "/matched")] {
        let hostile = Guest {
            on_call: LOOP,
            ..MATCHER
        };
        let bench = Bench::start_with(&hostile, |recorder| {
            format!(
                "plugins: [ {{ name: hostile, component: hostile.wasm }} ]\n\
                 route:\n  receiver: root\n  group_wait: 0s\n  routes:\n  - receiver: matched\n    \
                 plugin_matchers: [ {{ plugin: hostile, settings: {{}}{fail} }} ]\n\
                 receivers:\n\
                 - name: root\n  webhook_configs: [ {{ url: '{}' }} ]\n\
                 - name: matched\n  webhook_configs: [ {{ url: '{}' }} ]\n",
                recorder.url("/root"),
                recorder.url("/matched")
            )
        })
        .await;
        bench.fire("DiskFull").await;
        let sent = bench.recorder.wait_for(|_| true).await;
        assert_eq!(sent.path, path);
        bench.check_failure_metric("hostile", "deadline").await;
    }
}

/// A larum whose configuration uses one hostile component.
struct Bench {
    larum: Process,
    address: String,
    recorder: Recorder,
    _folder: TempDir,
}

impl Bench {
    /// With one receiver, whose entry may name `RECORDER` as the address to send to.
    async fn start(hostile: &Guest<'_>, receiver: &str, plugin: &str) -> Self {
        Self::start_with(hostile, |recorder| {
            let receiver = receiver.replace("RECORDER", &recorder.url("/hook"));
            let plugin = if plugin.is_empty() {
                String::new()
            } else {
                format!(", {plugin}")
            };
            format!(
                "plugins: [ {{ name: hostile, component: hostile.wasm{plugin} }} ]\n\
                 route: {{ receiver: ops, group_wait: 0s }}\n\
                 receivers:\n- name: ops\n  {receiver}\n"
            )
        })
        .await
    }

    async fn start_with(hostile: &Guest<'_>, configuration: impl Fn(&Recorder) -> String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let recorder = Recorder::start().await;
        fs::write(folder.path().join("hostile.wasm"), hostile.build()).unwrap();
        let file = folder.path().join("alertmanager.yml");
        fs::write(&file, configuration(&recorder)).unwrap();
        let mut larum = Process::larum(&file, &folder.path().join("data"), &[]);
        let address = larum.address().await;
        Self {
            larum,
            address,
            recorder,
            _folder: folder,
        }
    }

    async fn fire(&self, name: &str) {
        http::fire(&self.address, name).await;
    }

    async fn check_failure_metric(&self, plugin: &str, kind: &str) {
        let metrics = self.metrics().await;
        let line = metrics.lines().find(|line| {
            line.starts_with("larum_plugin_failures_total")
                && line.contains(&format!("plugin=\"{plugin}\""))
                && line.contains(&format!("kind=\"{kind}\""))
        });
        let count = line.and_then(|line| line.rsplit(' ').next());
        assert!(
            count.is_some_and(|count| count != "0"),
            "{kind} in:\n{metrics}"
        );
    }

    async fn check_metric(&self, name: &str, value: &str) {
        let metrics = self.metrics().await;
        assert!(
            metrics.contains(&format!("{name} {value}\n")),
            "{name} {value} in:\n{metrics}"
        );
    }

    async fn metrics(&self) -> String {
        http::get(&self.address, "/metrics").await
    }
}
