//! The small string functions of Alertmanager's templates, with Go's rules for letters and encodings.

use std::sync::LazyLock;

use regex::Regex;

use crate::value::FunctionError;

/// Go's `strings.ToUpper`: one character for one.
pub(super) fn to_upper(text: &str) -> String {
    text.chars().map(upper).collect()
}

/// Go's `strings.ToLower`: one character for one.
pub(super) fn to_lower(text: &str) -> String {
    text.chars().map(lower).collect()
}

/// Unicode's simple mapping, where the standard library has the full one.
fn upper(character: char) -> char {
    let mut full = character.to_uppercase();
    match (full.next(), full.next()) {
        (Some(upper), None) => upper,
        // Letters with iota subscript have a capital of their own beside the two letters.
        _ => capital_with_iota(character).unwrap_or(character),
    }
}

fn lower(character: char) -> char {
    if character == 'İ' {
        return 'i';
    }
    let mut full = character.to_lowercase();
    match (full.next(), full.next()) {
        (Some(lower), None) => lower,
        _ => character,
    }
}

fn capital_with_iota(character: char) -> Option<char> {
    let code = u32::from(character);
    let distance = match code {
        0x1f80..=0x1f87 | 0x1f90..=0x1f97 | 0x1fa0..=0x1fa7 => 8,
        0x1fb3 | 0x1fc3 | 0x1ff3 => 9,
        _ => return None,
    };
    char::from_u32(code + distance)
}

/// Capitalises each word and lower-cases its rest, as `golang.org/x/text/cases` does for American English.
pub(super) fn title(text: &str) -> String {
    let mut output = String::with_capacity(text.len());
    let mut is_in_word = false;
    let mut was_infix = false;
    for (position, character) in text.char_indices() {
        // Of an apostrophe, point or colon, one joins the letters around it, two part them.
        let is_infix = is_infix(character);
        if was_infix && is_infix {
            is_in_word = false;
        }
        was_infix = is_infix;
        if is_cased(character) {
            if !is_in_word {
                push_title(&mut output, character);
            } else if character == 'Σ' && is_final(text, position) {
                output.push('ς');
            } else {
                output.extend(character.to_lowercase());
            }
            is_in_word = true;
        } else {
            output.push(character);
            is_in_word = is_in_word && (is_infix || is_inside_word(character));
        }
    }
    output
}

fn is_cased(character: char) -> bool {
    character.is_lowercase() || character.is_uppercase() || is_title_case(character)
}

fn is_title_case(character: char) -> bool {
    matches!(u32::from(character),
        0x1c5 | 0x1c8 | 0x1cb | 0x1f2 | 0x1f88..=0x1f8f | 0x1f98..=0x1f9f | 0x1fa8..=0x1faf
        | 0x1fbc | 0x1fcc | 0x1ffc)
}

/// Unicode's MidLetter, MidNumLet and Single_Quote.
fn is_infix(character: char) -> bool {
    matches!(
        character,
        '\'' | '.'
            | ':'
            | '·'
            | '\u{55f}'
            | '\u{5f4}'
            | '\u{2018}'
            | '\u{2019}'
            | '\u{2024}'
            | '\u{2027}'
            | '\u{387}'
            | '\u{fe13}'
            | '\u{fe52}'
            | '\u{fe55}'
            | '\u{ff07}'
            | '\u{ff0e}'
            | '\u{ff1a}'
    )
}

/// Whether a character without case leaves a word unbroken.
fn is_inside_word(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_digit() || character == '_';
    }
    INSIDE_WORD.is_match(character.encode_utf8(&mut [0; 4]))
}

/// What Unicode does not break words at (Word_Break), as far as it is not cased: letters, marks and
/// digits, except the letters of scripts written without spaces and the ideographs.
static INSIDE_WORD: LazyLock<Regex> = LazyLock::new(|| {
    const CLASS: &str = r"[\p{L}\p{M}\p{Nd}\p{Nl}\p{Cf}\p{Pc}\u00B8\u02C2-\u02C5\u02D2-\u02D7\u02DE\u02DF\u02E5-\u02EB
        \u02ED\u02EF-\u02FF\u055A-\u055C\u055E\u058A\u05F3\u066B\u19DA\u202F\u24B6-\u24E9\uA708-\uA716\uA720\uA721
        \uA789\uA78A\uAB5B\U0001F130-\U0001F149\U0001F150-\U0001F169\U0001F170-\U0001F189\U0001F3FB-\U0001F3FF--
        [\u0E01-\u0E30\u0E32\u0E33\u0E40-\u0E46\u0E81-\u0EB0\u0EB2\u0EB3\u0EBD-\u0EC6\u0EDC-\u0EDF\u1000-\u102A\u103F
        \u1050-\u1055\u105A-\u105D\u1061\u1065\u1066\u106E-\u1070\u1075-\u1081\u108E\u1780-\u17B3\u17D7\u17DC
        \u1950-\u19C9\u1A20-\u1A54\u1AA7\u200B\u3006\u3007\u3021-\u3029\u3031-\u3035\u3038-\u303A\u3041-\u3096
        \u309D-\u309F\u30A1-\u30FA\u30FC-\u30FF\u31F0-\u31FF\u3400-\u4DBF\u4E00-\u9FFF\uA9E0-\uA9E4\uA9E6-\uA9EF
        \uA9FA-\uA9FE\uAA60-\uAA76\uAA7A\uAA7E-\uAAAF\uAAB1\uAAB5\uAAB6\uAAB9-\uAABD\uAAC0\uAAC2-\uAADD
        \uF900-\uFAD9\uFF66-\uFF9D\U00011700-\U0001171A\U00011740-\U00011746\U00017000-\U0001B2FB
        \U00020000-\U0003FFFF]]";
    Regex::new(&format!("(?x){CLASS}")).expect("the class is a constant")
});

/// Whether a sigma at that place ends its word: a letter before it, none after.
fn is_final(text: &str, position: usize) -> bool {
    let after = &text[position + 'Σ'.len_utf8()..];
    let next = after.chars().find(|next| !is_infix(*next));
    next.is_none_or(|next| !is_cased(next))
}

fn push_title(output: &mut String, character: char) {
    let code = u32::from(character);
    match code {
        // The Croatian digraphs have a title case between small and capital.
        0x1c4..=0x1c6 => output.push('ǅ'),
        0x1c7..=0x1c9 => output.push('ǈ'),
        0x1ca..=0x1cc => output.push('ǋ'),
        0x1f1..=0x1f3 => output.push('ǲ'),
        // Georgian has capitals, but no title case.
        0x10d0..=0x10ff => output.push(character),
        _ if is_title_case(character) => output.push(character),
        _ => match capital_with_iota(character) {
            Some(capital) => output.push(capital),
            None => push_full_title(output, character),
        },
    }
}

/// A letter whose capital is several letters: only the first of them stays a capital.
fn push_full_title(output: &mut String, character: char) {
    let mut full = character.to_uppercase();
    output.extend(full.next());
    for rest in full {
        match rest {
            // An apostrophe that belongs to the letter is no letter of its own.
            'N' if character == 'ŉ' => output.push(rest),
            'Ι' if (0x1f00..0x2000).contains(&u32::from(character)) => output.push('\u{345}'),
            _ => output.extend(rest.to_lowercase()),
        }
    }
}

/// Go's `url.QueryUnescape`. Bytes that are not UTF-8 become U+FFFD.
///
/// # Errors
/// For a percent sign without two hexadecimal digits.
pub(super) fn url_unescape(text: &str) -> Result<String, FunctionError> {
    let bytes = text.as_bytes();
    let mut output = Vec::with_capacity(bytes.len());
    let mut position = 0;
    while let Some(byte) = bytes.get(position) {
        position += 1;
        match byte {
            b'+' => output.push(b' '),
            b'%' => {
                let digits = bytes.get(position..position + 2);
                let value = digits.and_then(|digits| match digits {
                    [high, low] => Some(hex_digit(*high)? << 4 | hex_digit(*low)?),
                    _ => None,
                });
                let Some(value) = value else {
                    let end = bytes.len().min(position + 2);
                    let escape = String::from_utf8_lossy(&bytes[position - 1..end]).into_owned();
                    let escape = crate::format::quote(&escape);
                    return Err(FunctionError::new(format!("invalid URL escape {escape}")));
                };
                output.push(value);
                position += 2;
            }
            _ => output.push(*byte),
        }
    }
    Ok(String::from_utf8_lossy(&output).into_owned())
}

fn hex_digit(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Base64 with the alphabet for URLs, padded.
pub(super) fn base64_encode(text: &str) -> String {
    let mut output = String::with_capacity(text.len().div_ceil(3) * 4);
    for chunk in text.as_bytes().chunks(3) {
        let bits = chunk
            .iter()
            .fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
        let bits = bits << (8 * (3 - chunk.len()));
        for index in 0..4 {
            if index > chunk.len() {
                output.push('=');
            } else {
                let digit = usize::try_from(bits >> (18 - 6 * index) & 63).unwrap_or_default();
                output.push(char::from(BASE64[digit]));
            }
        }
    }
    output
}

/// The inverse of [`base64_encode`]; line breaks are skipped, bytes that are not UTF-8 become U+FFFD.
///
/// # Errors
/// Where the text is not padded base64, with the place as Go tells it.
pub(super) fn base64_decode(text: &str) -> Result<String, FunctionError> {
    let corrupt = |at: usize| FunctionError::new(format!("illegal base64 data at input byte {at}"));
    let mut digits = text
        .bytes()
        .enumerate()
        .filter(|(_, byte)| !matches!(byte, b'\r' | b'\n'));
    let mut output = Vec::with_capacity(text.len() / 4 * 3);
    'groups: loop {
        let mut bits = 0_u32;
        for count in 0..4_usize {
            let Some((at, byte)) = digits.next() else {
                if count == 0 {
                    break 'groups;
                }
                return Err(corrupt(text.len() - count));
            };
            if let Some(value) = BASE64.iter().position(|digit| *digit == byte) {
                bits = bits << 6 | u32::try_from(value).unwrap_or_default();
                continue;
            }
            if byte != b'=' || count < 2 {
                return Err(corrupt(at));
            }
            if count == 2 {
                match digits.next() {
                    Some((_, b'=')) => {}
                    Some((at, _)) => return Err(corrupt(at)),
                    None => return Err(corrupt(text.len())),
                }
            }
            let bytes = (bits << (6 * (4 - count))).to_be_bytes();
            output.extend_from_slice(&bytes[1..count]);
            if let Some((at, _)) = digits.next() {
                return Err(corrupt(at));
            }
            break 'groups;
        }
        output.extend_from_slice(&bits.to_be_bytes()[1..]);
    }
    Ok(String::from_utf8_lossy(&output).into_owned())
}

/// Go's `regexp.QuoteMeta`.
pub(super) fn quote_meta(text: &str) -> String {
    let mut output = String::with_capacity(text.len());
    for character in text.chars() {
        if r"\.+*?()|[]{}^$".contains(character) {
            output.push('\\');
        }
        output.push(character);
    }
    output
}
