//! Notifications to render: the JSON files that both this crate's tests and amtool read.

use std::fs;
use std::path::{Path, PathBuf};

use larum_go_template::alertmanager::{AlertData, Compiled, Data, Labels, Status};
use larum_go_template::go_time::Time;
use serde_json::Value as Json;

pub(crate) const DATA_SETS: [&str; 5] = ["one-firing", "mixed", "all-resolved", "bare", "routed"];

/// Every default template that Alertmanager documents for text, in the order of its receivers.
pub(crate) const DEFAULT_TEMPLATES: [&str; 57] = [
    "__alertmanager",
    "__alertmanagerURL",
    "__subject",
    "__description",
    "__text_alert_list",
    "__text_alert_list_markdown",
    "slack.default.title",
    "slack.default.username",
    "slack.default.fallback",
    "slack.default.callbackid",
    "slack.default.pretext",
    "slack.default.titlelink",
    "slack.default.iconemoji",
    "slack.default.iconurl",
    "slack.default.text",
    "slack.default.footer",
    "slack.default.color",
    "pagerduty.default.description",
    "pagerduty.default.client",
    "pagerduty.default.clientURL",
    "pagerduty.default.instances",
    "opsgenie.default.message",
    "opsgenie.default.description",
    "opsgenie.default.source",
    "wechat.default.message",
    "wechat.default.to_user",
    "wechat.default.to_party",
    "wechat.default.to_tag",
    "wechat.default.agent_id",
    "victorops.default.state_message",
    "victorops.default.entity_display_name",
    "victorops.default.monitoring_tool",
    "pushover.default.title",
    "pushover.default.message",
    "pushover.default.url",
    "sns.default.subject",
    "sns.default.message",
    "telegram.default.message",
    "discord.default.content",
    "discord.default.title",
    "discord.default.message",
    "webex.default.message",
    "msteams.default.summary",
    "msteams.default.title",
    "msteams.default.text",
    "msteamsv2.default.title",
    "msteamsv2.default.text",
    "jira.default.summary",
    "jira.default.description",
    "jira.default.priority",
    "rocketchat.default.title",
    "rocketchat.default.alias",
    "rocketchat.default.titlelink",
    "rocketchat.default.emoji",
    "rocketchat.default.iconurl",
    "rocketchat.default.text",
    "email.default.subject",
];

/// Where the data sets and the golden files are.
pub(crate) fn golden_directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

pub(crate) fn data_file(name: &str) -> PathBuf {
    golden_directory().join("data").join(format!("{name}.json"))
}

pub(crate) fn data_set(name: &str) -> Data {
    let text = fs::read_to_string(data_file(name)).expect("a data set");
    let json: Json = serde_json::from_str(&text).expect("JSON");
    Data {
        // amtool takes the name as templates see it, quoted.
        receiver: string(&json["receiver"]).replace('\\', ""),
        status: status(&json["status"]),
        alerts: json["alerts"]
            .as_array()
            .expect("as amtool reads it")
            .iter()
            .map(alert)
            .collect(),
        notification_reason: string(&json["notification_reason"]),
        group_labels: labels(&json["groupLabels"]),
        common_labels: labels(&json["commonLabels"]),
        common_annotations: labels(&json["commonAnnotations"]),
        route_labels: Labels::new(),
        external_url: string(&json["externalURL"]),
        now_ms: milliseconds("2026-11-21T00:00:01.5Z"),
    }
}

fn alert(json: &Json) -> AlertData {
    let ends_at = string(&json["endsAt"]);
    AlertData {
        status: status(&json["status"]),
        labels: labels(&json["labels"]),
        annotations: labels(&json["annotations"]),
        starts_at_ms: milliseconds(&string(&json["startsAt"])),
        ends_at_ms: (!ends_at.starts_with("0001")).then(|| milliseconds(&ends_at)),
        generator_url: string(&json["generatorURL"]),
        fingerprint: string(&json["fingerprint"]),
    }
}

fn string(json: &Json) -> String {
    json.as_str().expect("a string").to_owned()
}

fn labels(json: &Json) -> Labels {
    json.as_object()
        .expect("as amtool reads it")
        .iter()
        .map(|(name, value)| (name.clone(), string(value)))
        .collect()
}

fn status(json: &Json) -> Status {
    if json == "firing" {
        Status::Firing
    } else {
        Status::Resolved
    }
}

fn milliseconds(text: &str) -> i64 {
    let time = Time::parse("2006-01-02T15:04:05Z07:00", text).expect("as amtool reads it");
    time.unix() * 1000 + i64::from(time.nanosecond() / 1_000_000)
}

/// One text, rendered with the templates of a file beside the defaults. A text that does not compile
/// reads as amtool would put it.
pub(crate) fn render(text: &str, source: (&str, &str), data: &Data) -> Result<String, String> {
    match Compiled::new(&[source], &[text]) {
        Ok(compiled) => compiled.render(data.clone()).remove(0),
        Err(error) => Err(format!("template: :{}: {}", error.line, error.message)),
    }
}

/// The text that calls a default template with the dot it expects.
pub(crate) fn call(name: &str) -> String {
    let takes_alerts = name.starts_with("__text_alert_list") || name.ends_with(".instances");
    let dot = if takes_alerts { ".Alerts" } else { "." };
    format!("{{{{ template {name:?} {dot} }}}}")
}

/// The golden file of a data set: a heading for each template, and what it renders to.
pub(crate) fn golden_text(outputs: &[(&str, String)]) -> String {
    outputs
        .iter()
        .map(|(name, output)| format!("--- {name}\n{output}\n"))
        .collect()
}
