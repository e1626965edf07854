//! Finds what nobody may see: in the text as it stands, and in the tree.

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    Span,
    schema::{Additional, Format, Rule},
    yaml::{Node, Value},
};

/// Keys whose values are secrets wherever they stand.
const SECRET_KEYS: &[&str] = &[
    "api_key",
    "api_secret",
    "api_url",
    "app_token",
    "auth_password",
    "auth_secret",
    "bearer_token",
    "bot_token",
    "client_secret",
    "credentials",
    "key",
    "password",
    "proxy_url",
    "routing_key",
    "secret",
    "secret_key",
    "secrets",
    "service_key",
    "slack_api_url",
    "slack_app_token",
    "token",
    "token_id",
    "url",
    "user_key",
    "webhook_url",
];
/// Ends of keys of the same kind.
const SECRET_ENDINGS: &[&str] = &[
    "_password",
    "_secret",
    "_token",
    "_api_key",
    "_webhook_url",
    "_routing_key",
    "_auth_key",
];
/// Addresses that carry their credential in the path, and the beginnings of Slack's tokens.
const SECRET_BEGINNINGS: &[&str] = &[
    "https://hooks.slack.com/",
    "https://hooks.slack-gov.com/",
    "https://discord.com/api/webhooks/",
    "https://discordapp.com/api/webhooks/",
    "https://api.telegram.org/bot",
    "xoxb-",
    "xoxp-",
    "xoxa-",
    "xoxr-",
    "xoxe-",
    "xoxe.",
    "xapp-",
];

pub(crate) fn is_secret_key(key: &str) -> bool {
    SECRET_KEYS.contains(&key) || SECRET_ENDINGS.iter().any(|ending| key.ends_with(ending))
}

/// Whether a value is a stand-in that gives nothing away.
pub(crate) fn is_placeholder(text: &str) -> bool {
    let text = text.trim();
    let wrapped = |open: &str, close: &str| {
        text.strip_prefix(open)
            .and_then(|rest| rest.strip_suffix(close))
            .is_some_and(|inner| {
                inner.len() <= 64 && !inner.contains("://") && !inner.contains(['"', '`'])
            })
    };
    let is_upper_name = text.len() <= 48
        && text.contains('_')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    text.is_empty()
        || text == "<secret>"
        || wrapped("${", "}")
        || wrapped("{{", "}}")
        || is_upper_name
}

/// The secrets of a text of which nothing is known: by the key before them or by their form.
/// Rather too much than too little: this is for files that cannot be understood.
pub(crate) fn of_raw_text(text: &str) -> Vec<Span> {
    let mut masks = Vec::new();
    by_form(text, 0, &mut masks);
    let mut start = 0;
    // The indentation of a secret key whose value fills the lines below it.
    let mut block: Option<usize> = None;
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start_matches([' ', '\t', '-']).len();
        let body = line.trim();
        if let Some(limit) = block {
            if body.is_empty() || indent > limit {
                push_trimmed(line, start, 0, &mut masks);
                start += line.len();
                continue;
            }
            block = None;
        }
        let mut from = 0;
        while let Some((value_at, is_secret)) = next_value(line, from) {
            from = value_at;
            if !is_secret {
                continue;
            }
            let value = line[value_at..].trim();
            if value.is_empty() || value.starts_with(['|', '>']) {
                block = Some(indent);
            } else {
                push_trimmed(line, start, value_at, &mut masks);
                break;
            }
        }
        start += line.len();
    }
    merged(masks)
}

/// The place after the next `key:` of a line, and whether the key is a secret one's.
fn next_value(line: &str, from: usize) -> Option<(usize, bool)> {
    let colon = from + line[from..].find(':')?;
    let before = line[..colon].trim_end_matches([' ', '"', '\'']);
    let is_key = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let key = before
        .rsplit(|character| !is_key(character))
        .next()
        .unwrap_or("");
    let rest = &line[colon + 1..];
    let is_separator = rest.is_empty() || rest.starts_with([' ', '\t', '\n', '\r', '"', '\'']);
    Some((colon + 1, is_separator && is_secret_key(key)))
}

fn push_trimmed(line: &str, start: usize, from: usize, masks: &mut Vec<Span>) {
    let value = &line[from..];
    let lead = value.len() - value.trim_start().len();
    let text = value.trim();
    if !is_placeholder(text.trim_matches(['"', '\''])) {
        masks.push(Span::new(
            start + from + lead,
            start + from + lead + text.len(),
        ));
    }
}

/// Known addresses, tokens, and passwords inside URLs.
fn by_form(text: &str, base: usize, masks: &mut Vec<Span>) {
    let ends = |character: char| character.is_whitespace() || "\"'`,}])>".contains(character);
    for beginning in SECRET_BEGINNINGS {
        for (start, _) in text.match_indices(beginning) {
            let length = text[start..].find(ends).unwrap_or(text.len() - start);
            masks.push(Span::new(base + start, base + start + length));
        }
    }
    for (scheme, separator) in text.match_indices("://") {
        let start = scheme + separator.len();
        let rest = &text[start..];
        let length = rest.find(|character: char| character == '/' || ends(character));
        let authority = &rest[..length.unwrap_or(rest.len())];
        if let Some(at) = authority.rfind('@') {
            masks.push(Span::new(base + start, base + start + at));
        }
    }
    // `user:password@host` is a secret also where the scheme before it was forgotten.
    for (at, _) in text.match_indices('@') {
        let begins = |character: char| character == '/' || ends(character);
        let start = text[..at].rfind(begins).map_or(0, |before| {
            before + text[before..].chars().next().map_or(1, char::len_utf8)
        });
        if text[start..at].contains(':') {
            masks.push(Span::new(base + start, base + at));
        }
    }
}

/// The secrets of a tree, by the names of keys and by form.
pub(crate) fn of_tree(text: &str, root: &Node) -> BTreeSet<Span> {
    let mut masks = Vec::new();
    by_form(text, 0, &mut masks);
    let mut found: BTreeSet<Span> = masks.into_iter().collect();
    found.extend(of_names(root, is_secret_key));
    found
}

/// The values of keys that are secret by their names.
pub(crate) fn of_names(root: &Node, is_secret: fn(&str) -> bool) -> BTreeSet<Span> {
    let (mut found, mut seen) = (BTreeSet::new(), BTreeSet::new());
    named((root, false), is_secret, &mut found, &mut seen);
    found
}

/// Secret by its name alone, without the names that are as often harmless.
pub(crate) fn is_surely_secret_key(key: &str) -> bool {
    is_secret_key(key) && !matches!(key, "url" | "api_url" | "proxy_url" | "key")
}

/// A text with what is secret by its form taken out.
pub(crate) fn without_secret_forms(text: &str) -> String {
    let mut masks = Vec::new();
    by_form(text, 0, &mut masks);
    let mut result = text.to_owned();
    for mask in merged(masks).into_iter().rev() {
        result.replace_range(mask.start..mask.end, "<secret>");
    }
    result
}

fn named(
    (node, secret): (&Node, bool),
    is_secret: fn(&str) -> bool,
    found: &mut BTreeSet<Span>,
    seen: &mut BTreeSet<(Span, bool)>,
) {
    // Aliases share values: each is looked at once.
    if !seen.insert((node.span, secret)) {
        return;
    }
    match &node.value {
        Value::Scalar(scalar) => {
            if secret && !is_placeholder(&scalar.text) {
                found.insert(node.span);
            }
        }
        Value::Sequence(items) => {
            for item in items {
                named((item, secret), is_secret, found, seen);
            }
        }
        Value::Mapping(entries) => {
            for entry in entries {
                // A mapping below such a key is a section of its own, such as TLS settings.
                let is_leaf = !matches!(entry.value.value, Value::Mapping(_));
                let secret = is_leaf && (secret || is_secret(&entry.key));
                named((&entry.value, secret), is_secret, found, seen);
            }
        }
    }
}

/// The secrets of settings by their schema.
pub(crate) fn of_settings(rule: &Rule, node: &Arc<Node>, found: &mut BTreeSet<Span>) {
    match &node.value {
        Value::Scalar(scalar) => {
            let secret = matches!(rule.format, Some(Format::Secret | Format::SecretTemplate));
            if secret && !is_placeholder(&scalar.text) {
                found.insert(node.span);
            }
        }
        Value::Sequence(items) => {
            for (item, rule) in items.iter().zip(std::iter::repeat(rule.items.as_deref())) {
                if let Some(rule) = rule {
                    of_settings(rule, item, found);
                }
            }
        }
        Value::Mapping(entries) => {
            for entry in entries {
                let below = match (rule.properties.get(&*entry.key), &rule.additional) {
                    (Some(below), _) => Some(below),
                    (None, Additional::Each(below)) => Some(&**below),
                    _ => None,
                };
                if let Some(below) = below {
                    of_settings(below, &entry.value, found);
                }
            }
        }
    }
}

/// Sorted, overlaps joined.
pub(crate) fn merged(masks: impl IntoIterator<Item = Span>) -> Vec<Span> {
    let mut masks: Vec<Span> = masks
        .into_iter()
        .filter(|mask| mask.end > mask.start)
        .collect();
    masks.sort_unstable();
    let mut result: Vec<Span> = Vec::with_capacity(masks.len());
    for mask in masks {
        match result.last_mut() {
            Some(last) if mask.start < last.end => last.end = last.end.max(mask.end),
            _ => result.push(mask),
        }
    }
    result
}
