//! Text in double quotes as Go's `strconv.Quote` writes it: group keys depend on each byte.

use std::{
    fmt::{self, Write as _},
    sync::LazyLock,
};

use regex::Regex;

/// Displays text as Go's `strconv.Quote` does (and so `%q`).
pub struct Quoted<'a>(pub &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_char('"')?;
        let mut rest = self.0;
        while let Some(index) = rest.find(|character| !is_plain(character)) {
            formatter.write_str(&rest[..index])?;
            let Some(character) = rest[index..].chars().next() else {
                break;
            };
            write_escaped(formatter, character)?;
            rest = &rest[index + character.len_utf8()..];
        }
        formatter.write_str(rest)?;
        formatter.write_char('"')
    }
}

/// Whether Go's `unicode.IsSpace` holds.
pub(crate) fn is_go_space(character: char) -> bool {
    // Both follow Unicode's White_Space property.
    character.is_whitespace()
}

fn is_plain(character: char) -> bool {
    match character {
        '"' | '\\' => false,
        ' '..='~' => true,
        _ if character.is_ascii() => false,
        _ => is_printable(character),
    }
}

/// Go's `unicode.IsPrint` beyond ASCII: letters, marks, numbers, punctuation, symbols.
fn is_printable(character: char) -> bool {
    static PRINTABLE: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^[\p{L}\p{M}\p{N}\p{P}\p{S}]$").ok());
    let mut buffer = [0; 4];
    let text = character.encode_utf8(&mut buffer);
    PRINTABLE
        .as_ref()
        .is_some_and(|printable| printable.is_match(text))
}

fn write_escaped(formatter: &mut fmt::Formatter<'_>, character: char) -> fmt::Result {
    let code = u32::from(character);
    match character {
        '"' => formatter.write_str("\\\""),
        '\\' => formatter.write_str("\\\\"),
        '\u{7}' => formatter.write_str("\\a"),
        '\u{8}' => formatter.write_str("\\b"),
        '\u{c}' => formatter.write_str("\\f"),
        '\n' => formatter.write_str("\\n"),
        '\r' => formatter.write_str("\\r"),
        '\t' => formatter.write_str("\\t"),
        '\u{b}' => formatter.write_str("\\v"),
        _ if character.is_ascii() => write!(formatter, "\\x{code:02x}"),
        _ if code < 0x1_0000 => write!(formatter, "\\u{code:04x}"),
        _ => write!(formatter, "\\U{code:08x}"),
    }
}

#[cfg(test)]
mod tests {
    use super::Quoted;

    #[test]
    fn quotes_as_go_does() {
        let check = |text: &str, expected: &str| assert_eq!(Quoted(text).to_string(), expected);
        check("", r#""""#);
        check("plain text ~", r#""plain text ~""#);
        check("a\"b\\c", r#""a\"b\\c""#);
        check("\u{7}\u{8}\u{c}\n\r\t\u{b}", r#""\a\b\f\n\r\t\v""#);
        check("\u{0}\u{1b}\u{7f}", r#""\x00\x1b\x7f""#);
        check("größe 🙂 日本", r#""größe 🙂 日本""#);
        check("\u{a0}\u{200b}\u{85}", r#""\u00a0\u200b\u0085""#);
        check("e\u{301}", "\"e\u{301}\"");
        check("\u{e000}\u{10ffff}", r#""\ue000\U0010ffff""#);
        check("\u{fffd}", "\"\u{fffd}\"");
    }
}
