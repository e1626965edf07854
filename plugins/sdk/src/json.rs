//! JSON written as Go's `encoding/json` writes it, for receivers whose bytes must be Alertmanager's.

/// Appends `text` as a JSON string, quotes included. As in Go, `<`, `>`, `&` and the line
/// separators U+2028 and U+2029 are escaped too, so that the text can stand inside HTML.
pub fn push_string(out: &mut String, text: &str) {
    out.push('"');
    push_escaped(out, text);
    out.push('"');
}

/// Appends `text` escaped to stand inside a JSON string, without the quotes.
pub fn push_escaped(out: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\0'..='\u{1f}' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                out.push_str("\\u");
                for shift in [12, 8, 4, 0] {
                    let digit = (u32::from(character) >> shift) & 0xf;
                    out.push(char::from_digit(digit, 16).unwrap_or('0'));
                }
            }
            _ => out.push(character),
        }
    }
}

/// Writes one JSON object, member by member, in the order of the calls.
pub struct Object<'a> {
    out: &'a mut String,
    is_empty: bool,
}

impl<'a> Object<'a> {
    /// Opens the object at the end of `out`.
    pub fn open(out: &'a mut String) -> Self {
        out.push('{');
        Self {
            out,
            is_empty: true,
        }
    }

    /// Closes the object.
    pub fn close(self) {
        self.out.push('}');
    }

    /// Writes a member's key, and gives the place where its value must be written.
    pub fn key(&mut self, key: &str) -> &mut String {
        if !self.is_empty {
            self.out.push(',');
        }
        self.is_empty = false;
        push_string(self.out, key);
        self.out.push(':');
        self.out
    }

    /// Writes a member that is a string.
    pub fn string(&mut self, key: &str, value: &str) -> &mut Self {
        push_string(self.key(key), value);
        self
    }

    /// Writes a member that is a string, unless it is empty (Go's `omitempty`).
    pub fn string_unless_empty(&mut self, key: &str, value: &str) -> &mut Self {
        if !value.is_empty() {
            self.string(key, value);
        }
        self
    }

    /// Writes a member that is a number or a literal, as it is.
    pub fn plain(&mut self, key: &str, value: impl std::fmt::Display) -> &mut Self {
        let text = value.to_string();
        self.key(key).push_str(&text);
        self
    }
}

/// Writes a JSON array, each of whose elements `write` appends.
pub fn push_array<T>(
    out: &mut String,
    items: impl IntoIterator<Item = T>,
    mut write: impl FnMut(&mut String, T),
) {
    out.push('[');
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(out, item);
    }
    out.push(']');
}

#[cfg(test)]
mod tests {
    use super::{Object, push_array, push_string};

    #[test]
    fn strings_are_escaped_as_go_does() {
        let check = |text: &str, want: &str| {
            let mut out = String::new();
            push_string(&mut out, text);
            assert_eq!(out, want);
        };
        check("", r#""""#);
        check("a\"b\\c", r#""a\"b\\c""#);
        check("<a & b>", r#""\u003ca \u0026 b\u003e""#);
        check(
            "\n\r\t\u{8}\u{c}\u{1}\u{7f}",
            "\"\\n\\r\\t\\b\\f\\u0001\u{7f}\"",
        );
        check("\u{2028}é\u{1f525}", "\"\\u2028é\u{1f525}\"");
    }

    #[test]
    fn objects_and_arrays_have_their_commas() {
        let mut out = String::new();
        let mut object = Object::open(&mut out);
        object
            .string("a", "x")
            .string_unless_empty("b", "")
            .plain("c", 1);
        push_array(object.key("d"), [1, 2], |out, item| {
            out.push_str(&item.to_string())
        });
        object.close();
        assert_eq!(out, r#"{"a":"x","c":1,"d":[1,2]}"#);
    }
}
