//! Message templates in Go's `text/template`, as a component: a thin shell over `larum-go-template`.

use larum_go_template::alertmanager::{AlertData, Compiled, Data, Origin, Status};
use larum_plugin_sdk::{export_template, meta, template, types};

/// The component.
pub struct Plugin;

/// The texts of one integration, compiled.
pub struct Texts {
    compiled: Compiled,
}

impl meta::Guest for Plugin {
    fn describe() -> meta::Info {
        meta::Info {
            name: "go-template".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            settings_schema: r#"{"type":"object","additionalProperties":false,"properties":{}}"#
                .to_owned(),
        }
    }
}

impl template::Guest for Plugin {
    type Compiled = Texts;
}

impl template::GuestCompiled for Texts {
    fn create(
        sources: Vec<template::Source>,
        texts: Vec<String>,
    ) -> Result<template::Compiled, template::TemplateError> {
        Self::new(&sources, &texts).map(template::Compiled::new)
    }

    fn render(
        &self,
        notification: types::Notification,
    ) -> Vec<Result<String, template::RenderError>> {
        let results = self.compiled.render(data(notification));
        let error = |message| template::RenderError { message };
        results
            .into_iter()
            .map(|result| result.map_err(error))
            .collect()
    }
}

impl Texts {
    /// Compiles; apart from `create` because resources exist only inside a component.
    ///
    /// # Errors
    /// At the first source or text that does not parse.
    pub fn new(
        sources: &[template::Source],
        texts: &[String],
    ) -> Result<Self, template::TemplateError> {
        let sources: Vec<(&str, &str)> = sources
            .iter()
            .map(|source| (&*source.name, &*source.text))
            .collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let compiled =
            Compiled::new(&sources, &texts).map_err(|error| template::TemplateError {
                origin: match error.origin {
                    Origin::Source(index) => template::Origin::Source(number(index)),
                    Origin::Text(index) => template::Origin::Text(number(index)),
                },
                line: error.line,
                column: error.column,
                message: error.message,
            })?;
        Ok(Self { compiled })
    }
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// Takes the notification apart. The names that its `extra` may carry mean nothing to templates.
fn data(notification: types::Notification) -> Data {
    Data {
        receiver: notification.receiver,
        status: status(notification.status),
        alerts: notification.alerts.into_iter().map(alert).collect(),
        notification_reason: notification.reason,
        group_labels: notification.group_labels,
        common_labels: notification.common_labels,
        common_annotations: notification.common_annotations,
        route_labels: notification.route_labels,
        external_url: notification.external_url,
        now_ms: milliseconds(notification.now),
    }
}

fn alert(alert: types::Alert) -> AlertData {
    AlertData {
        status: status(alert.status),
        labels: alert.labels,
        annotations: alert.annotations,
        starts_at_ms: milliseconds(alert.starts_at),
        ends_at_ms: alert.ends_at.map(milliseconds),
        generator_url: alert.generator_url,
        fingerprint: alert.fingerprint,
    }
}

fn status(status: types::AlertStatus) -> Status {
    match status {
        types::AlertStatus::Firing => Status::Firing,
        types::AlertStatus::Resolved => Status::Resolved,
    }
}

fn milliseconds(timestamp: types::TimestampMs) -> i64 {
    i64::try_from(timestamp).unwrap_or(i64::MAX)
}

export_template!(Plugin);

#[cfg(test)]
mod tests {
    use super::*;
    use template::GuestCompiled as _;

    fn notification() -> types::Notification {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let labels = vec![pair("alertname", "InstanceDown"), pair("instance", "web-1")];
        types::Notification {
            id: "id".to_owned(),
            tenant: "default".to_owned(),
            receiver: "ops".to_owned(),
            status: types::AlertStatus::Firing,
            reason: "first notification".to_owned(),
            group_key: "{}:{}".to_owned(),
            group_labels: labels[..1].to_vec(),
            common_labels: labels.clone(),
            common_annotations: Vec::new(),
            route_labels: vec![pair("team", "web")],
            alerts: vec![types::Alert {
                fingerprint: "5f972974ccf1ee9b".to_owned(),
                status: types::AlertStatus::Firing,
                labels,
                annotations: Vec::new(),
                starts_at: 1_772_600_767_089,
                ends_at: None,
                generator_url: String::new(),
            }],
            truncated_alerts: 0,
            now: 1_772_600_797_089,
            external_url: "http://alerts.example".to_owned(),
            extra: Vec::new(),
        }
    }

    fn source(name: &str, text: &str) -> template::Source {
        template::Source {
            name: name.to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn renders_all_texts_at_once() {
        let sources = [source(
            "dir/own.tmpl",
            r#"{{ define "own" }}{{ routeLabels "team" }}{{ end }}"#,
        )];
        let texts = [
            "plain",
            r#"{{ template "slack.default.title" . }}"#,
            r#"{{ template "own" . }} {{ (index .Alerts 0).EndsAt.IsZero }} {{ .Alerts | len }}"#,
            "{{ index .Alerts 7 }}",
            "{{ range .Alerts }}{{ since .StartsAt }} {{ now }}{{ end }}",
        ];
        let compiled = Texts::new(&sources, &texts.map(str::to_owned)).unwrap();
        let results = compiled.render(notification());
        let results: Vec<_> = results
            .into_iter()
            .map(|result| result.map_err(|error| error.message))
            .collect();
        let error = r#"template: :1:3: executing "" at <index .Alerts 7>: error calling index: index out of range: 7"#;
        assert_eq!(
            results,
            [
                Ok("plain".to_owned()),
                Ok("[FIRING:1] InstanceDown (web-1)".to_owned()),
                Ok("web true 1".to_owned()),
                Err(error.to_owned()),
                Ok("30s 2026-03-04 05:06:37.089 +0000 UTC".to_owned()),
            ]
        );
    }

    #[test]
    fn tells_where_a_template_is_broken() {
        let good = source("good.tmpl", "");
        let bad = source("bad.tmpl", "\n{{ if }}");
        let error = Texts::new(&[good.clone(), bad], &[]).err().unwrap();
        assert!(
            matches!(error.origin, template::Origin::Source(1)),
            "{error:?}"
        );
        assert_eq!((error.line, &*error.message), (2, "missing value for if"));

        let error = Texts::new(&[good], &["fine".to_owned(), "{{ nothing }}".to_owned()]);
        let error = error.err().unwrap();
        assert!(
            matches!(error.origin, template::Origin::Text(1)),
            "{error:?}"
        );
        assert_eq!(
            (error.line, &*error.message),
            (1, r#"function "nothing" not defined"#)
        );
    }
}
