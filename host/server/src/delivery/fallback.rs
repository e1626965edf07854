//! What is said when a template cannot say it: plain texts that need no plugin.

use std::fmt::Write as _;

use larum_config::Fallback;
use larum_engine::{
    Notification,
    model::{Alert, AlertStatus, Timestamp},
};

/// How many alerts a body lists before it counts the rest.
const ALERTS_MAX: usize = 50;
/// How long a body may be: below every known receiver's limit.
const BODY_BYTES_MAX: usize = 8 * 1024;
/// How long a title may be: Pushover's limit is the narrowest.
const TITLE_BYTES_MAX: usize = 240;
/// How much of the reason is told.
const WHY_BYTES_MAX: usize = 300;
/// How much of one label or annotation is told.
const VALUE_BYTES_MAX: usize = 500;

/// What stands in place of a text that could not be rendered. `what` names what failed, such as
/// `template`; `why` is its error.
pub(super) fn text(kind: Fallback, notification: &Notification, what: &str, why: &str) -> String {
    match kind {
        Fallback::Empty => String::new(),
        Fallback::Title => title(notification, what),
        Fallback::Body => body(notification, what, why),
    }
}

/// A text in which no template engine would find anything to do stands for itself.
pub(super) fn is_literal(source: &str) -> bool {
    !["{{", "{%", "{#"]
        .iter()
        .any(|opening| source.contains(opening))
}

fn title(notification: &Notification, what: &str) -> String {
    let mut title = match notification.status {
        AlertStatus::Firing => {
            let firing = notification
                .alerts
                .iter()
                .filter(|(_, status)| is_firing(*status));
            format!("[FIRING:{}] ", firing.count())
        }
        AlertStatus::Resolved => "[RESOLVED] ".to_owned(),
    };
    title.push_str(
        notification
            .common_labels
            .get("alertname")
            .unwrap_or("alerts"),
    );
    let severity = notification
        .common_labels
        .get("severity")
        .map(|value| ("severity", value));
    let others = notification
        .group_labels
        .iter()
        .filter(|(name, _)| !matches!(*name, "alertname" | "severity"))
        .chain(severity);
    let labels: Vec<_> = others
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    if !labels.is_empty() {
        let _ = write!(title, " ({})", labels.join(", "));
    }
    let suffix = format!(" — {what} failed");
    cut(&mut title, TITLE_BYTES_MAX - suffix.len());
    title + &suffix
}

fn body(notification: &Notification, what: &str, why: &str) -> String {
    let mut why = one_line(why);
    cut(&mut why, WHY_BYTES_MAX);
    let mut body = format!("The {what} failed, so this is a plain list of the alerts: {why}\n");
    let mut told = 0;
    for (alert, status) in notification.alerts.iter().take(ALERTS_MAX) {
        let entry = entry(alert, *status);
        if body.len() + entry.len() > BODY_BYTES_MAX {
            break;
        }
        body.push_str(&entry);
        told += 1;
    }
    let left = notification.alerts.len() - told;
    if left > 0 {
        let _ = write!(body, "\nand {left} more\n");
    }
    body
}

fn entry(alert: &Alert, status: AlertStatus) -> String {
    let mut entry = format!(
        "\n{}",
        if is_firing(status) {
            "FIRING"
        } else {
            "RESOLVED"
        }
    );
    for (name, value) in alert.labels.iter() {
        let _ = write!(entry, " {name}={}", shortened(value));
    }
    entry.push('\n');
    for name in ["summary", "description"] {
        if let Some(value) = alert.annotations.get(name) {
            let _ = writeln!(entry, "  {name}: {}", shortened(value));
        }
    }
    let _ = writeln!(entry, "  since {}", date(alert.starts_at));
    entry
}

fn is_firing(status: AlertStatus) -> bool {
    status == AlertStatus::Firing
}

fn date(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.unix_ms())
        .map_or_else(|_| format!("{} ms", at.unix_ms()), |date| date.to_string())
}

fn shortened(value: &str) -> String {
    let mut value = one_line(value);
    cut(&mut value, VALUE_BYTES_MAX);
    value
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Cuts a text to this many bytes, with a sign that it was cut.
fn cut(text: &mut String, bytes_max: usize) {
    const SIGN: &str = "…";
    if text.len() > bytes_max {
        text.truncate(text.floor_char_boundary(bytes_max - SIGN.len()));
        text.push_str(SIGN);
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::testing::{labels, notification as of},
        *,
    };

    fn notification(count: usize, summary: &str) -> Notification {
        of(count, summary, Timestamp::EPOCH)
    }

    #[test]
    fn a_title_says_what_fires_and_that_the_template_failed() {
        let text = text(
            Fallback::Title,
            &notification(2, "down"),
            "template",
            "no matter",
        );
        assert_eq!(
            text,
            "[FIRING:2] InstanceDown (job=node, severity=critical) — template failed"
        );
    }

    #[test]
    fn a_body_lists_the_alerts_and_says_why() {
        let text = text(
            Fallback::Body,
            &notification(1, "it is\ndown"),
            "template",
            "t:1: oops",
        );
        assert_eq!(
            text,
            "The template failed, so this is a plain list of the alerts: t:1: oops\n\n\
             FIRING alertname=InstanceDown instance=n0\n  summary: it is down\n  \
             since 2023-11-14T22:13:20Z\n"
        );
    }

    #[track_caller]
    fn check_bounded(count: usize, annotation: &str, ending: &str) {
        let text = text(
            Fallback::Body,
            &notification(count, annotation),
            "template",
            annotation,
        );
        assert!(text.len() <= BODY_BYTES_MAX + 40, "{} bytes", text.len());
        assert!(text.ends_with(ending), "{}", &text[text.len() - 40..]);
    }

    #[test]
    fn a_body_is_bounded_in_alerts_and_bytes() {
        check_bounded(50, "down", "Z\n");
        check_bounded(60, "down", "\nand 10 more\n");
        check_bounded(60, &"ä".repeat(100_000), "\nand 47 more\n");
    }

    #[test]
    fn a_title_is_bounded() {
        let mut notification = notification(1, "");
        notification.common_labels = labels(&[("alertname", &"ä".repeat(1_000))]);
        let text = text(Fallback::Title, &notification, "template", "");
        assert!(
            text.len() <= TITLE_BYTES_MAX && text.ends_with("… — template failed"),
            "{text}"
        );
    }

    #[test]
    fn texts_without_templates_are_literal() {
        assert!(is_literal("#ops"));
        assert!(is_literal("{a} {"));
        assert!(!is_literal("{{ .Status }}"));
        assert!(!is_literal("{% if x %}"));
    }
}
