//! Text from a guest, made fit for a log and a terminal.

use std::fmt::Write as _;

/// The text on one line, at most `bytes_max` long and a mark when it was cut. Control characters
/// and those that turn the direction of writing are escaped: a plugin must not be able to forge
/// a second line of log or to repaint a terminal.
pub(crate) fn printable(text: &str, bytes_max: usize) -> String {
    let mut printed = String::with_capacity(text.len().min(bytes_max));
    for character in text.chars() {
        let before = printed.len();
        if is_unprintable(character) {
            // Writing to a String cannot fail.
            let _ = write!(printed, "{}", character.escape_default());
        } else {
            printed.push(character);
        }
        if printed.len() > bytes_max {
            printed.truncate(before);
            printed.push('…');
            break;
        }
    }
    printed
}

/// The longest beginning of `text` that has at most `bytes_max` bytes.
pub(crate) fn prefix(text: &str, bytes_max: usize) -> &str {
    &text[..text.floor_char_boundary(bytes_max)]
}

fn is_unprintable(character: char) -> bool {
    let turns_direction = matches!(
        character,
        '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    let breaks_line = matches!(character, '\u{2028}' | '\u{2029}');
    character.is_control() || turns_direction || breaks_line
}

#[cfg(test)]
mod tests {
    use super::{prefix, printable};

    #[track_caller]
    fn check(text: &str, bytes_max: usize, expected: &str) {
        assert_eq!(printable(text, bytes_max), expected);
    }

    #[test]
    fn guests_cannot_forge_lines() {
        check("plain, with ümläut", 100, "plain, with ümläut");
        check("a\nERROR b", 100, "a\\nERROR b");
        check("\x1b[31mred", 100, "\\u{1b}[31mred");
        check("abc\u{202e}fed", 100, "abc\\u{202e}fed");
        check("a\u{2028}b\0", 100, "a\\u{2028}b\\u{0}");
        check("ääää", 5, "ää…");
        check("abc", 3, "abc");
        check("abc\n", 4, "abc…");
    }

    #[test]
    fn prefixes_end_between_characters() {
        assert_eq!(prefix("äöü", 3), "ä");
        assert_eq!(prefix("äöü", 60), "äöü");
    }
}
