//! Go's quoted strings and characters.

/// The text as a Go string literal in double quotes.
pub(crate) fn quote(text: &str) -> String {
    quote_with(text, '"', false)
}

/// The text as a Go string literal with nothing but ASCII in it.
pub(super) fn quote_ascii(text: &str) -> String {
    quote_with(text, '"', true)
}

pub(super) fn quote_character(character: char, ascii: bool) -> String {
    quote_with(character.encode_utf8(&mut [0; 4]), '\'', ascii)
}

/// Whether the text can stand between backquotes as it is.
pub(super) fn can_backquote(text: &str) -> bool {
    text.chars().all(|character| match character {
        '\t' => true,
        '`' | '\u{7f}' | '\u{feff}' => false,
        _ => character >= ' ',
    })
}

/// Whether Go's `unicode.IsPrint` is true: a letter, mark, number, symbol, punctuation or the ASCII space.
pub(crate) fn is_printable(character: char) -> bool {
    if character.is_ascii() {
        return matches!(character, ' '..='~');
    }
    // Rust escapes what is not printable, and at the start of a text also marks, so it stands second.
    let mut bytes = [b'a'; 5];
    let length = character.encode_utf8(&mut bytes[1..]).len();
    let text = std::str::from_utf8(&bytes[..=length]).unwrap_or_default();
    text.escape_debug().nth(1) == Some(character)
}

fn quote_with(text: &str, quote: char, ascii: bool) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push(quote);
    for character in text.chars() {
        match character {
            '\u{7}' => quoted.push_str("\\a"),
            '\u{8}' => quoted.push_str("\\b"),
            '\u{c}' => quoted.push_str("\\f"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\u{b}' => quoted.push_str("\\v"),
            '\\' => quoted.push_str("\\\\"),
            _ if character == quote => quoted.extend(['\\', quote]),
            _ if is_printable(character) && (!ascii || character.is_ascii()) => {
                quoted.push(character);
            }
            _ => {
                let code = u32::from(character);
                let escape = match code {
                    0..=0x7f => format!("\\x{code:02x}"),
                    0x80..=0xffff => format!("\\u{code:04x}"),
                    _ => format!("\\U{code:08x}"),
                };
                quoted.push_str(&escape);
            }
        }
    }
    quoted.push(quote);
    quoted
}
