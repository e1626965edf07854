//! Log lines in logfmt or JSON, with the keys that Alertmanager's lines have.

use std::{fmt, panic};

use clap::ValueEnum;
use tracing::{Event, Subscriber, field::Field};
use tracing_subscriber::{
    field::{RecordFields, Visit},
    filter::{LevelFilter, Targets},
    fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields, format::Writer},
    layer::SubscriberExt as _,
    registry::LookupSpan,
    util::SubscriberInitExt as _,
};

use crate::clock::Clock;

/// `--log.level`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Level {
    Debug,
    #[default]
    Info,
    Warn,
    Error,
}

/// `--log.format`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    #[default]
    Logfmt,
    Json,
}

/// Sends the process's log to stderr, one write for each line, and lets a panic leave a line
/// before it takes its course. The first call counts, later ones do nothing.
pub(crate) fn install(level: Level, format: Format, clock: Clock) {
    let filter = match level {
        Level::Debug => LevelFilter::DEBUG,
        Level::Info => LevelFilter::INFO,
        Level::Warn => LevelFilter::WARN,
        Level::Error => LevelFilter::ERROR,
    };
    // Only our own crates are asked for details: what HTTP and TLS libraries say while they
    // work drowns what an operator looks for.
    let targets = Targets::new()
        .with_default(filter.min(LevelFilter::WARN))
        .with_targets(
            ["larum", "larum_config", "larum_engine", "larum_sandbox"].map(|name| (name, filter)),
        );
    let lines = tracing_subscriber::fmt::layer()
        .fmt_fields(SpanFields)
        .event_format(Line { format, clock })
        .with_writer(std::io::stderr);
    if tracing_subscriber::registry()
        .with(targets)
        .with(lines)
        .try_init()
        .is_err()
    {
        return;
    }
    panic::set_hook(Box::new(|panic| {
        let message = panic.payload_as_str().unwrap_or("(no message)");
        let place = panic
            .location()
            .map_or_else(String::new, ToString::to_string);
        tracing::error!(place, panic = message, "Panicked");
    }));
}

struct Line {
    format: Format,
    clock: Clock,
}

impl<S> FormatEvent<S, SpanFields> for Line
where
    S: Subscriber + for<'lookup> LookupSpan<'lookup>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, SpanFields>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut pairs = Pairs::default();
        event.record(&mut pairs);
        let mut inherited = Vec::new();
        if let Some(scope) = context.event_scope() {
            for span in scope.from_root() {
                if let Some(fields) = span.extensions().get::<FormattedFields<SpanFields>>() {
                    inherited.extend(parse_span_fields(&fields.fields));
                }
            }
        }
        let metadata = event.metadata();
        let head = [
            ("time", timestamp(&self.clock)),
            ("level", metadata.level().to_string()),
            ("source", source(metadata.file(), metadata.line())),
            ("msg", pairs.message),
        ];
        let all = head
            .iter()
            .map(|(key, value)| (*key, value.as_str(), true))
            .chain(
                inherited
                    .iter()
                    .map(|(key, value)| (key.as_str(), value.as_str(), true)),
            )
            .chain(
                pairs
                    .others
                    .iter()
                    .map(|(key, value, text)| (*key, value.as_str(), *text)),
            );
        match self.format {
            Format::Logfmt => write_logfmt(&mut writer, all),
            Format::Json => write_json(&mut writer, all),
        }
    }
}

fn timestamp(clock: &Clock) -> String {
    crate::api::rfc3339_ms(clock.now())
}

fn source(file: Option<&str>, line: Option<u32>) -> String {
    let file = file.unwrap_or_default();
    // `host/server/src/api/alerts.rs` and `host/engine/src/alerts.rs` are told apart by what
    // stands before `src`; the file alone is what Alertmanager prints.
    let name = file.rsplit('/').next().unwrap_or(file);
    format!("{name}:{}", line.unwrap_or_default())
}

fn write_logfmt<'a>(
    writer: &mut Writer<'_>,
    pairs: impl Iterator<Item = (&'a str, &'a str, bool)>,
) -> fmt::Result {
    for (index, (key, value, _)) in pairs.enumerate() {
        if index > 0 {
            writer.write_char(' ')?;
        }
        write!(writer, "{key}=")?;
        if needs_quotes(value) {
            write!(writer, "{}", serde_json::Value::from(value))?;
        } else {
            writer.write_str(value)?;
        }
    }
    writer.write_char('\n')
}

fn needs_quotes(value: &str) -> bool {
    value.is_empty()
        || value
            .chars()
            .any(|char| char == '"' || char == '=' || char == ' ' || char.is_control())
}

fn write_json<'a>(
    writer: &mut Writer<'_>,
    pairs: impl Iterator<Item = (&'a str, &'a str, bool)>,
) -> fmt::Result {
    for (index, (key, value, text)) in pairs.enumerate() {
        let separator = if index == 0 { '{' } else { ',' };
        write!(writer, "{separator}{}:", serde_json::Value::from(key))?;
        if text {
            write!(writer, "{}", serde_json::Value::from(value))?;
        } else {
            writer.write_str(value)?;
        }
    }
    writer.write_str("}\n")
}

/// An event's fields: the message, and the others with whether each is text or a JSON scalar.
#[derive(Default)]
struct Pairs {
    message: String,
    others: Vec<(&'static str, String, bool)>,
}

impl Pairs {
    fn push(&mut self, field: &Field, value: String, text: bool) {
        if field.name() == "message" {
            self.message = value;
        } else {
            // `r#type` is how Rust spells a field named `type`.
            self.others
                .push((field.name().trim_start_matches("r#"), value, text));
        }
    }
}

impl Visit for Pairs {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.push(field, format!("{value:?}"), true);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.push(field, value.to_owned(), true);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.push(field, value.to_string(), false);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.push(field, value.to_string(), false);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.push(field, value.to_string(), false);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.push(field, value.to_string(), !value.is_finite());
    }
}

/// Keeps a span's fields as text that [`parse_span_fields`] takes apart again: a span knows
/// nothing of the format of the lines that its events become.
struct SpanFields;

const UNIT: char = '\u{1f}';
const RECORD: char = '\u{1e}';

impl<'writer> FormatFields<'writer> for SpanFields {
    fn format_fields<R: RecordFields>(
        &self,
        mut writer: Writer<'writer>,
        fields: R,
    ) -> fmt::Result {
        let mut pairs = Pairs::default();
        fields.record(&mut pairs);
        for (key, value, _) in &pairs.others {
            write!(writer, "{key}{UNIT}{value}{RECORD}")?;
        }
        Ok(())
    }
}

fn parse_span_fields(text: &str) -> Vec<(String, String)> {
    text.split(RECORD)
        .filter_map(|pair| pair.split_once(UNIT))
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &str, logfmt: &str, json: &str) {
        let mut line = String::new();
        write_logfmt(
            &mut Writer::new(&mut line),
            [("k", value, true)].into_iter(),
        )
        .unwrap();
        assert_eq!(line, format!("k={logfmt}\n"));
        let mut line = String::new();
        write_json(
            &mut Writer::new(&mut line),
            [("k", value, true)].into_iter(),
        )
        .unwrap();
        assert_eq!(line, format!("{{\"k\":{json}}}\n"));
    }

    #[test]
    fn values_are_quoted_where_they_must_be() {
        check("plain", "plain", r#""plain""#);
        check("", r#""""#, r#""""#);
        check("two words", r#""two words""#, r#""two words""#);
        check("a=b", r#""a=b""#, r#""a=b""#);
        check("line\nbreak", r#""line\nbreak""#, r#""line\nbreak""#);
        check("127.0.0.1:9093", "127.0.0.1:9093", r#""127.0.0.1:9093""#);
    }

    #[test]
    fn fields_of_spans_survive_their_way() {
        assert_eq!(
            parse_span_fields("tenant\u{1f}default\u{1e}file\u{1f}a b\u{1e}"),
            [
                ("tenant".into(), "default".into()),
                ("file".into(), "a b".into())
            ]
        );
    }
}
