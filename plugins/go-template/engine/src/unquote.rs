//! Go's string and character literals: what stands between the quotes.

/// The text of a string literal with its quotes; none when Go would call it invalid syntax.
///
/// Go strings may hold any bytes. Here bytes that are no UTF-8, which only `\x` and octal escapes can
/// write, become U+FFFD.
pub(crate) fn unquote(literal: &str) -> Option<String> {
    if let Some(raw) = literal.strip_prefix('`') {
        return Some(raw.strip_suffix('`')?.replace('\r', ""));
    }
    let mut rest = literal.strip_prefix('"')?;
    let mut bytes = Vec::with_capacity(rest.len());
    loop {
        if rest == "\"" {
            return Some(match String::from_utf8(bytes) {
                Ok(text) => text,
                Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
            });
        }
        let (unit, after) = unquote_unit(rest, '"')?;
        match unit {
            Unit::Byte(byte) => bytes.push(byte),
            Unit::Character(character) => {
                bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
        rest = after;
    }
}

/// The code of the first character of the text, which may be an escape, and what follows it.
pub(crate) fn unquote_character(text: &str, quote: char) -> Option<(u32, &str)> {
    let (unit, rest) = unquote_unit(text, quote)?;
    let code = match unit {
        Unit::Byte(byte) => u32::from(byte),
        Unit::Character(character) => u32::from(character),
    };
    Some((code, rest))
}

enum Unit {
    Byte(u8),
    Character(char),
}

fn unquote_unit(text: &str, quote: char) -> Option<(Unit, &str)> {
    let mut characters = text.chars();
    let first = characters.next()?;
    if first == quote || first == '\n' {
        return None;
    }
    if first != '\\' {
        return Some((Unit::Character(first), characters.as_str()));
    }
    let escaped = characters.next()?;
    let rest = characters.as_str();
    let simple = |character| Some((Unit::Character(character), rest));
    match escaped {
        'a' => simple('\u{7}'),
        'b' => simple('\u{8}'),
        'f' => simple('\u{c}'),
        'n' => simple('\n'),
        'r' => simple('\r'),
        't' => simple('\t'),
        'v' => simple('\u{b}'),
        '\\' => simple('\\'),
        '\'' | '"' if escaped == quote => simple(escaped),
        'x' => code(rest, 2, 16).and_then(byte_unit),
        'u' => code(rest, 4, 16).and_then(character_unit),
        'U' => code(rest, 8, 16).and_then(character_unit),
        '0'..='7' => code(&text[1..], 3, 8).and_then(byte_unit),
        _ => None,
    }
}

fn code(text: &str, digits: usize, base: u32) -> Option<(u32, &str)> {
    let (number, rest) = text.split_at_checked(digits)?;
    if number.starts_with('+') {
        return None;
    }
    Some((u32::from_str_radix(number, base).ok()?, rest))
}

fn byte_unit((code, rest): (u32, &str)) -> Option<(Unit, &str)> {
    Some((Unit::Byte(u8::try_from(code).ok()?), rest))
}

fn character_unit((code, rest): (u32, &str)) -> Option<(Unit, &str)> {
    Some((Unit::Character(char::from_u32(code)?), rest))
}
