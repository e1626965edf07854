//! Slack messages as they would look, drawn for a terminal.

use std::fmt::Write as _;

use serde_json::Value;

/// How wide a message is drawn: Slack's own column is about as wide.
const WIDTH: usize = 76;

/// What the terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Letters only.
    Plain,
    /// Letters, colours and weights.
    Colored,
}

impl Look {
    /// What standard output can show: colours on a terminal, unless `NO_COLOR` is set
    /// (<https://no-color.org>) or the terminal is dumb.
    pub(super) fn of_stdout() -> Self {
        use std::io::IsTerminal as _;
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        match std::io::stdout().is_terminal() && !set("NO_COLOR") && !dumb {
            true => Self::Colored,
            false => Self::Plain,
        }
    }

    /// The text in this style: the numbers of ANSI's `SGR` sequence.
    pub(super) fn styled(self, style: &str, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Colored => format!("\u{1b}[{style}m{text}\u{1b}[0m"),
        }
    }
}

/// A message, given as the JSON that Slack takes.
pub(super) fn message(message: &Value, look: Look) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let channel = text(&message["channel"]);
    let channel = if channel.is_empty() {
        "the webhook's channel".to_owned()
    } else {
        channel
    };
    let username = text(&message["username"]);
    let username = if username.is_empty() {
        "incoming-webhook".to_owned()
    } else {
        username
    };
    let mut drawn = String::new();
    let heading = format!("─ Slack {channel} ");
    let rest = "─".repeat(WIDTH.saturating_sub(heading.chars().count() + 1));
    let _ = writeln!(drawn, "╭{}{}", heading, look.styled("2", &rest));
    let _ = writeln!(
        drawn,
        "│ {} {}",
        look.styled("1", &username),
        look.styled("7", " APP ")
    );
    for line in formatted(&text(&message["text"]), look) {
        let _ = writeln!(drawn, "│ {line}");
    }
    for item in message["attachments"].as_array().into_iter().flatten() {
        attachment(&mut drawn, item, look);
    }
    let _ = writeln!(drawn, "╰{}", look.styled("2", &"─".repeat(WIDTH - 1)));
    drawn
}

fn attachment(drawn: &mut String, attachment: &Value, look: Look) {
    let text = |key: &str| attachment[key].as_str().unwrap_or_default();
    let (style, name) = color(text("color"));
    let bar = look.styled(&style, "▌");
    let mut line = |line: &str| {
        let _ = writeln!(drawn, "│ {bar} {line}");
    };
    for pretext in formatted(text("pretext"), look) {
        line(&pretext);
    }
    let title = unescaped(text("title"));
    if !title.is_empty() {
        // Without colours the bar's colour is told in words.
        let told = if look == Look::Plain {
            format!("  ({name} bar)")
        } else {
            String::new()
        };
        line(&format!("{}{told}", look.styled("1;34", &title)));
    }
    for body in formatted(text("text"), look) {
        line(&body);
    }
    for field in attachment["fields"].as_array().into_iter().flatten() {
        let value = unescaped(field["value"].as_str().unwrap_or_default());
        let title = look.styled("1", field["title"].as_str().unwrap_or_default());
        line(&format!("{title}: {value}"));
    }
    for footer in formatted(text("footer"), look) {
        line(&look.styled("2", &footer));
    }
}

/// The style and the name of an attachment's colour.
fn color(color: &str) -> (String, String) {
    let named = |style: &str, name: &str| (style.to_owned(), name.to_owned());
    match color {
        "danger" => named("31", "red"),
        "warning" => named("33", "yellow"),
        "good" => named("32", "green"),
        "" => named("90", "grey"),
        other => {
            let digits = other.trim_start_matches('#');
            let part = |at: usize| {
                digits
                    .get(at..at + 2)
                    .and_then(|d| u8::from_str_radix(d, 16).ok())
            };
            match (part(0), part(2), part(4)) {
                (Some(red), Some(green), Some(blue)) => {
                    (format!("38;2;{red};{green};{blue}"), other.to_owned())
                }
                _ => named("90", "grey"),
            }
        }
    }
}

/// The lines of a text in Slack's mrkdwn: bold, and links by their text.
fn formatted(text: &str, look: Look) -> Vec<String> {
    text.lines()
        .map(|line| unescaped(&bold(&links(line), look)))
        .collect()
}

/// `<https://example.org|text>` is shown as `text`, `<https://example.org>` as the address.
fn links(line: &str) -> String {
    let mut shown = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('<') {
        let Some((link, behind)) = after.split_once('>') else {
            break;
        };
        shown.push_str(before);
        shown.push_str(link.split_once('|').map_or(link, |(_, text)| text));
        rest = behind;
    }
    shown + rest
}

/// `*bold*`, where the asterisks stand at the edges of words.
fn bold(line: &str, look: Look) -> String {
    let mut shown = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('*') {
        let opens = before
            .chars()
            .next_back()
            .is_none_or(|last| !last.is_alphanumeric())
            && after
                .chars()
                .next()
                .is_some_and(|first| !first.is_whitespace());
        let closing = after.find('*').filter(|end| opens && *end > 0);
        shown.push_str(before);
        let Some(end) = closing else {
            shown.push('*');
            rest = after;
            continue;
        };
        match look {
            Look::Plain => shown.push_str(&format!("*{}*", &after[..end])),
            Look::Colored => shown.push_str(&look.styled("1", &after[..end])),
        }
        rest = &after[end + 1..];
    }
    shown + rest
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn firing() -> Value {
        json!({
            "channel": "#ops",
            "username": "Prometheus",
            "attachments": [{
                "title": "[FIRING] InstanceDown",
                "text": "*Description:* a &lt;b&gt;\n<http://x/|graph>",
                "color": "danger",
            }],
        })
    }

    #[test]
    fn a_plain_message_says_its_color_in_words() {
        let drawn = message(&firing(), Look::Plain);
        let lines: Vec<_> = drawn.lines().collect();
        assert!(lines[0].starts_with("╭─ Slack #ops ───"), "{drawn}");
        assert_eq!(lines[1], "│ Prometheus  APP ");
        assert_eq!(lines[2], "│ ▌ [FIRING] InstanceDown  (red bar)");
        assert_eq!(lines[3], "│ ▌ *Description:* a <b>");
        assert_eq!(lines[4], "│ ▌ graph");
        assert!(!drawn.contains('\u{1b}'));
    }

    #[test]
    fn a_colored_message_has_a_bar_and_bold_words() {
        let drawn = message(&firing(), Look::Colored);
        assert!(
            drawn.contains("\u{1b}[31m▌\u{1b}[0m \u{1b}[1;34m[FIRING] InstanceDown"),
            "{drawn}"
        );
        assert!(
            drawn.contains("\u{1b}[1mDescription:\u{1b}[0m a <b>"),
            "{drawn}"
        );
    }

    #[track_caller]
    fn check_bold(line: &str, expected: &str) {
        assert_eq!(
            bold(line, Look::Colored)
                .replace("\u{1b}[1m", "[")
                .replace("\u{1b}[0m", "]"),
            expected
        );
    }

    #[test]
    fn asterisks_within_words_and_sums_are_not_bold() {
        check_bold("*a* b *c d*", "[a] b [c d]");
        check_bold("2 * 3 * 4", "2 * 3 * 4");
        check_bold("a*b*c", "a*b*c");
        check_bold("*open", "*open");
    }
}
