//! The classic grammar of matchers: tolerant, and for names of letters, digits, `_` and `:` only
//! (Alertmanager `pkg/labels/parse.go`, v0.34).

use super::{MatchOperator, Matcher, ParseError};

/// Reads a list: braces are optional on either side, commas outside quotes separate, and one
/// comma may trail.
pub(super) fn parse_list(text: &str) -> Result<Vec<Matcher>, ParseError> {
    let mut start = usize::from(text.starts_with('{'));
    let end = match text[start..].ends_with('}') {
        true => text.len() - 1,
        false => text.len(),
    };
    let mut matchers = Vec::new();
    let (mut quoted, mut escaped) = (false, false);
    for (index, character) in text[start..end].char_indices().map(offset_by(start)) {
        match character {
            ',' if !quoted => {
                matchers.push(parse_one(&text[start..index], start)?);
                start = index + 1;
            }
            '"' if !escaped => quoted = !quoted,
            '\\' => escaped = !escaped,
            // Kept as it is: a comma inside quotes leaves no escape behind either.
            _ => escaped = false,
        }
    }
    let last = &text[start..end];
    if !last.trim().is_empty() {
        matchers.push(parse_one(last, start)?);
    }
    Ok(matchers)
}

fn offset_by(start: usize) -> impl Fn((usize, char)) -> (usize, char) {
    move |(index, character)| (start + index, character)
}

/// Reads one matcher that begins at `offset` of the whole text. Commas and braces belong to the
/// value.
pub(super) fn parse_one(text: &str, offset: usize) -> Result<Matcher, ParseError> {
    let bad = || ParseError::new(offset, format!("bad matcher format: {text}"));
    let rest = text.trim_start_matches(is_regex_space);
    let length = rest
        .find(|c: char| !is_name_character(c))
        .unwrap_or(rest.len());
    let name = &rest[..length];
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(bad());
    }
    let rest = rest[length..].trim_start_matches(is_regex_space);
    let (operator, length) = match rest.as_bytes() {
        [b'=', b'~', ..] => (MatchOperator::Regex, 2),
        [b'=', ..] => (MatchOperator::Equal, 1),
        [b'!', b'=', ..] => (MatchOperator::NotEqual, 2),
        [b'!', b'~', ..] => (MatchOperator::NotRegex, 2),
        _ => return Err(bad()),
    };
    let raw = rest[length..].trim_matches(is_regex_space);
    let value = unescape(raw).ok_or_else(|| {
        ParseError::new(
            offset,
            format!("matcher value contains unescaped double quote: {raw}"),
        )
    })?;
    Matcher::new(name, operator, value).map_err(|error| ParseError::of(offset, &error))
}

/// The value without its quotes and escapes; none when a quote stands where it may not. A
/// backslash before anything but `n`, `"` and `\` stands for itself.
fn unescape(raw: &str) -> Option<String> {
    let (body, mut open) = match raw.strip_prefix('"') {
        Some(body) => (body, true),
        None => (raw, false),
    };
    let mut value = String::with_capacity(body.len());
    let mut characters = body.char_indices();
    while let Some((index, character)) = characters.next() {
        match character {
            '\\' => match characters.next() {
                None => value.push('\\'),
                Some((_, 'n')) => value.push('\n'),
                Some((_, other @ ('"' | '\\'))) => value.push(other),
                Some((_, other)) => value.extend(['\\', other]),
            },
            '"' if open && index + 1 == body.len() => open = false,
            '"' => return None,
            other => value.push(other),
        }
    }
    (!open).then_some(value)
}

/// `\s` of Go's regular expressions.
fn is_regex_space(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\u{c}' | '\r' | ' ')
}

fn is_name_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | ':')
}
