//! Go's regular expressions (RE2 syntax) in terms of the `regex` crate, which differs in small ways:
//! its `\d`, `\w`, `\s` and `\b` know all of Unicode, its classes nest and have operators, and it
//! lacks `\Q…\E`, octal escapes and the literal `{`.

use std::{iter::Peekable, str::Chars};

use regex::{Regex, RegexBuilder};

use super::MatcherError;

/// A compiled expression may take this much memory; the expressions of real configurations take a
/// thousandth of it.
const COMPILED_BYTES_MAX: usize = 4 << 20;

/// Compiles an expression that must match the whole text.
pub(super) fn compile_anchored(value: &str) -> Result<Regex, MatcherError> {
    let error = |message: String| MatcherError {
        value: value.to_owned(),
        message,
    };
    let translated = translate(value);
    let build = |pattern: &str| {
        let built = RegexBuilder::new(pattern)
            .size_limit(COMPILED_BYTES_MAX)
            .build();
        built.map_err(|cause| error(last_line(&cause.to_string())))
    };
    // By itself first: `a)(b` is wrong though `(?:a)(b)` is not.
    build(&translated)?;
    build(&format!("^(?:{translated})$"))
}

/// The crate draws the pattern, which is not the one that was written, and ends with the reason.
fn last_line(message: &str) -> String {
    let last = message.lines().last().unwrap_or(message).trim();
    last.strip_prefix("error: ").unwrap_or(last).to_owned()
}

fn translate(value: &str) -> String {
    let mut output = String::with_capacity(value.len());
    let mut rest = value.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '\\' => escape(&mut rest, &mut output),
            '[' => class(&mut rest, &mut output),
            '{' if !is_repetition(rest.clone()) => output.push_str("\\{"),
            other => output.push(other),
        }
    }
    output
}

/// Whether `n}`, `n,}` or `n,m}` follows; any other brace stands for itself.
fn is_repetition(mut rest: Peekable<Chars<'_>>) -> bool {
    let mut digits = 0;
    let mut comma = false;
    for character in rest.by_ref() {
        match character {
            '0'..='9' => digits += 1,
            ',' if digits > 0 && !comma => comma = true,
            '}' => return digits > 0,
            _ => return false,
        }
    }
    false
}

fn escape(rest: &mut Peekable<Chars<'_>>, output: &mut String) {
    let Some(character) = rest.next() else {
        return output.push('\\');
    };
    match character {
        'b' => output.push_str(r"(?-u:\b)"),
        'B' => output.push_str(r"(?-u:\B)"),
        'Q' => quotation(rest, output),
        // The crate has word boundaries here.
        '<' | '>' => output.push(character),
        _ => match perl_class(character) {
            Some((negated, ranges)) => {
                let hat = if negated { "^" } else { "" };
                output.push_str(&format!("[{hat}{ranges}]"));
            }
            None => plain_escape(character, rest, output),
        },
    }
}

/// `\Q…\E`: text that stands for itself.
fn quotation(rest: &mut Peekable<Chars<'_>>, output: &mut String) {
    let text: String = rest.by_ref().collect();
    let (quoted, after) = match text.split_once("\\E") {
        Some((quoted, after)) => (quoted, after),
        None => (&*text, ""),
    };
    output.push_str(&regex::escape(quoted));
    // The iterator is used up; what follows the quotation is translated here.
    output.push_str(&translate(after));
}

fn perl_class(character: char) -> Option<(bool, &'static str)> {
    let ranges = match character {
        'd' | 'D' => "0-9",
        's' | 'S' => r"\t\n\x0C\r\x20",
        'w' | 'W' => "0-9A-Za-z_",
        _ => return None,
    };
    Some((character.is_ascii_uppercase(), ranges))
}

/// An escape that stands for one character, or for what the crate understands as Go does.
fn plain_escape(character: char, rest: &mut Peekable<Chars<'_>>, output: &mut String) {
    let octal = |character: Option<&char>| character.is_some_and(|c| ('0'..='7').contains(c));
    let is_octal = match character {
        '0' => true,
        // Alone it would be a back-reference, which neither has.
        '1'..='7' => octal(rest.peek()),
        _ => false,
    };
    if !is_octal {
        output.extend(['\\', character]);
        // The braces of `\p{Greek}` and `\x{10ffff}` are no repetition.
        if matches!(character, 'p' | 'P' | 'x') && rest.peek() == Some(&'{') {
            copy_through('}', rest, output);
        }
        return;
    }
    let mut code = character.to_digit(8).unwrap_or(0);
    for _ in 0..2 {
        if !octal(rest.peek()) {
            break;
        }
        code = code * 8 + rest.next().and_then(|c| c.to_digit(8)).unwrap_or(0);
    }
    output.push_str(&format!("\\x{{{code:x}}}"));
}

/// A class in brackets, whose opening bracket is read.
fn class(rest: &mut Peekable<Chars<'_>>, output: &mut String) {
    output.push('[');
    if rest.next_if_eq(&'^').is_some() {
        output.push('^');
    }
    let mut first = true;
    while let Some(character) = rest.next() {
        if character == ']' && !first {
            return output.push(']');
        }
        first = false;
        class_item(character, rest, output);
        let mut ahead = rest.clone();
        let is_range = ahead.next() == Some('-') && ahead.next().is_some_and(|end| end != ']');
        if is_range {
            rest.next();
            output.push('-');
            if let Some(end) = rest.next() {
                class_item(end, rest, output);
            }
        }
    }
}

fn class_item(character: char, rest: &mut Peekable<Chars<'_>>, output: &mut String) {
    match character {
        '[' if rest.peek() == Some(&':') && rest.clone().any(|c| c == ']') => {
            output.push('[');
            copy_through(']', rest, output);
        }
        // They stand for themselves in Go, and for operators in the crate.
        '[' | ']' | '&' | '~' | '-' | '^' => output.extend(['\\', character]),
        '\\' => match rest.next() {
            None => output.push('\\'),
            Some(escaped @ ('<' | '>')) => output.push(escaped),
            Some(escaped) => match perl_class(escaped) {
                Some((true, ranges)) => output.push_str(&format!("[^{ranges}]")),
                Some((false, ranges)) => output.push_str(ranges),
                None => plain_escape(escaped, rest, output),
            },
        },
        other => output.push(other),
    }
}

fn copy_through(last: char, rest: &mut Peekable<Chars<'_>>, output: &mut String) {
    for character in rest.by_ref() {
        output.push(character);
        if character == last {
            break;
        }
    }
}
