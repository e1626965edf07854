//! An alert's whole way: a real Prometheus and node_exporter, larum, and Slack's place on loopback.

use std::{fs, path::Path};

use larum_test_peers::Peer;
use serde_json::json;
use tempfile::TempDir;

use crate::support::{
    process::Process,
    recorder::{Recorded, Recorder},
    repository,
};

const EXTERNAL_URL: &str = "http://alerts.example";
const WEBHOOK: &str = "/services/T00000000/B00000000/stand-in-of-24-letters-x";

/// The tutorial: the exporter stops, `InstanceDown` fires and reaches Slack; it comes back, and the
/// resolved message follows. Where the real Alertmanager is there too, it is told the same by the
/// same Prometheus, and must have sent the same bytes.
#[tokio::test]
async fn prometheus_to_slack() {
    let test = "prometheus_to_slack";
    let Some(prometheus) = larum_test_peers::find(Peer::Prometheus, test) else {
        return;
    };
    let Some(node_exporter) = larum_test_peers::find(Peer::NodeExporter, test) else {
        return;
    };
    let alertmanager =
        larum_test_peers::find(Peer::Alertmanager, "prometheus_to_slack's comparison");

    let folder = tempfile::tempdir().unwrap();
    let example = Example::copy(&folder);

    let slack = Recorder::start().await;
    let configuration = example.alertmanager_configuration(&slack, "larum.yml");
    let mut larum = Process::larum(
        &configuration,
        &folder.path().join("larum"),
        &[&format!("--web.external-url={EXTERNAL_URL}")],
    );
    let mut routers = vec![larum.address().await];

    let oracle = match &alertmanager {
        Some(program) => Some(Oracle::start(program, &example, folder.path(), &mut routers).await),
        None => None,
    };

    let exporter_address = format!("127.0.0.1:{}", free_port());
    let exporter_arguments = [format!("--web.listen-address={exporter_address}")];
    let mut exporter = Process::start("node_exporter", &node_exporter, &exporter_arguments);
    exporter.wait_for("Listening on").await;
    let configuration = example.prometheus_configuration(&exporter_address, &routers);
    let mut prometheus = start_prometheus(&prometheus, &configuration, folder.path());
    prometheus.wait_for("Server is ready").await;

    let memory = slack
        .wait_for(|request| in_channel(request, "#jenkins"))
        .await;
    let memory = &memory.json()["attachments"][0];
    let node = format!("[FIRING] HighMemoryUsage on {exporter_address}");
    assert_eq!(memory["title"], node);
    let text = memory["text"].as_str().unwrap();
    assert!(
        text.starts_with(&format!("{exporter_address} uses ")),
        "{text}"
    );

    exporter.kill().await;
    let firing = slack
        .wait_for(|request| in_channel(request, "#monitoring"))
        .await;
    assert_eq!(firing.path, WEBHOOK);
    assert_eq!(
        firing.text(),
        instance_down("FIRING", "danger", &exporter_address)
    );

    let mut exporter = Process::start("node_exporter", &node_exporter, &exporter_arguments);
    exporter.wait_for("Listening on").await;
    let resolved = slack.wait_for(is_over).await;
    assert_eq!(
        resolved.text(),
        instance_down("RESOLVED", "good", &exporter_address)
    );

    if let Some(oracle) = oracle {
        oracle.compare(&firing, &resolved).await;
    }

    larum.signal("TERM").await;
    assert_eq!(larum.exit_code().await, Some(0));
}

/// The real Alertmanager with the same configuration, and what it sends to a Slack of its own.
struct Oracle {
    slack: Recorder,
    _process: Process,
}

impl Oracle {
    async fn start(
        program: &Path,
        example: &Example<'_>,
        folder: &Path,
        routers: &mut Vec<String>,
    ) -> Self {
        let slack = Recorder::start().await;
        let configuration = example.alertmanager_configuration(&slack, "alertmanager.yml");
        let mut process = start_alertmanager(program, &configuration, folder);
        routers.push(process.address().await);
        Self {
            slack,
            _process: process,
        }
    }

    async fn compare(&self, firing: &Recorded, resolved: &Recorded) {
        let is_firing = |request: &Recorded| in_channel(request, "#monitoring");
        let expected = self.slack.wait_for(is_firing).await;
        assert_eq!(firing.text(), expected.text(), "the firing message");
        let expected = self.slack.wait_for(is_over).await;
        assert_eq!(resolved.text(), expected.text(), "the resolved message");
        let content_type = |request: &Recorded| request.headers["content-type"].clone();
        assert_eq!(content_type(resolved), content_type(&expected));
    }
}

fn is_over(request: &Recorded) -> bool {
    in_channel(request, "#monitoring") && request.text().contains("[RESOLVED]")
}

/// The exact body of the tutorial's message: the keys in Alertmanager's order, and its newline.
fn instance_down(status: &str, color: &str, instance: &str) -> String {
    let title_link = format!("{EXTERNAL_URL}/#/alerts?receiver=slack-notifier");
    let title = format!("[{status}] InstanceDown");
    let fallback = fallback(status, instance, &title_link);
    let text =
        format!("*Description:* {instance} of job node has been down for more than 10 seconds.");
    let attachment = [
        ("title", title),
        ("title_link", title_link),
        ("text", text),
        ("fallback", fallback),
        ("callback_id", String::new()),
        ("footer", String::new()),
        ("color", color.to_owned()),
    ];
    let attachment: Vec<_> = attachment
        .map(|(key, value)| format!("\"{key}\":{}", json!(value)))
        .into();
    format!(
        "{{\"channel\":\"#monitoring\",\"username\":\"Alertmanager\",\"attachments\":[{{{},\
         \"mrkdwn_in\":[\"fallback\",\"pretext\",\"text\"]}}]}}\n",
        attachment.join(",")
    )
}

/// What Alertmanager's default `slack.default.fallback` makes of it.
fn fallback(status: &str, instance: &str, title_link: &str) -> String {
    let subject = match status {
        "FIRING" => "[FIRING:1]",
        _ => "[RESOLVED]",
    };
    format!("{subject} InstanceDown ({instance} node critical) | {title_link}")
}

fn in_channel(request: &Recorded, channel: &str) -> bool {
    request.json()["channel"] == channel
}

/// The files of `examples/prometheus-to-slack`, with this test's addresses and shorter waits.
struct Example<'a> {
    folder: &'a Path,
}

impl<'a> Example<'a> {
    fn copy(folder: &'a TempDir) -> Self {
        let folder = folder.path();
        let templates = Self::source().join("templates");
        fs::create_dir(folder.join("templates")).unwrap();
        fs::copy(
            templates.join("slack.tmpl"),
            folder.join("templates/slack.tmpl"),
        )
        .unwrap();
        let rules = Self::read("alert.rules.yml");
        fs::write(
            folder.join("alert.rules.yml"),
            replaced(&rules, &[("for: 10s", "for: 1s"), ("for: 5s", "for: 1s")]),
        )
        .unwrap();
        Self { folder }
    }

    fn alertmanager_configuration(&self, slack: &Recorder, name: &str) -> std::path::PathBuf {
        let text = Self::read("alertmanager.yml");
        let text = replaced(
            &text,
            &[
                (
                    &format!("http://127.0.0.1:9095{WEBHOOK}"),
                    &slack.url(WEBHOOK),
                ),
                ("group_wait: 10s", "group_wait: 1s"),
                ("group_interval: 1m", "group_interval: 2s"),
            ],
        );
        self.write(name, &text)
    }

    fn prometheus_configuration(&self, exporter: &str, routers: &[String]) -> std::path::PathBuf {
        let text = Self::read("prometheus.yml");
        let routers: Vec<_> = routers
            .iter()
            .map(|address| format!("'{address}'"))
            .collect();
        let text = replaced(
            &text,
            &[
                ("scrape_interval: 5s", "scrape_interval: 1s"),
                ("evaluation_interval: 5s", "evaluation_interval: 1s"),
                ("'127.0.0.1:9093'", &routers.join(", ")),
                ("127.0.0.1:9100", exporter),
            ],
        );
        self.write("prometheus.yml", &text)
    }

    fn source() -> std::path::PathBuf {
        repository().join("examples/prometheus-to-slack")
    }

    fn read(name: &str) -> String {
        fs::read_to_string(Self::source().join(name)).unwrap()
    }

    fn write(&self, name: &str, text: &str) -> std::path::PathBuf {
        let path = self.folder.join(name);
        fs::write(&path, text).unwrap();
        path
    }
}

/// Each text replaced; one that is not there is a mistake in the test.
fn replaced(text: &str, replacements: &[(&str, &str)]) -> String {
    let mut text = text.to_owned();
    for (from, to) in replacements {
        assert!(text.contains(from), "the example does not hold {from:?}");
        text = text.replace(from, to);
    }
    text
}

fn start_alertmanager(program: &Path, configuration: &Path, folder: &Path) -> Process {
    let arguments = [
        format!("--config.file={}", configuration.display()),
        format!("--storage.path={}", folder.join("alertmanager").display()),
        "--web.listen-address=127.0.0.1:0".to_owned(),
        "--cluster.listen-address=".to_owned(),
        format!("--web.external-url={EXTERNAL_URL}"),
    ];
    Process::start("alertmanager", program, &arguments)
}

fn start_prometheus(program: &Path, configuration: &Path, folder: &Path) -> Process {
    let arguments = [
        format!("--config.file={}", configuration.display()),
        format!(
            "--storage.tsdb.path={}",
            folder.join("prometheus").display()
        ),
        "--web.listen-address=127.0.0.1:0".to_owned(),
    ];
    Process::start("prometheus", program, &arguments)
}

/// A port that was free a moment ago, for programs that cannot be asked which one they took twice.
fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}
