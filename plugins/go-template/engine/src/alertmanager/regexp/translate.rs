//! From Go's syntax of regular expressions to that of the `regex` crate, with Go's complaints.
//!
//! The two differ in small things: `\d`, `\s`, `\w` and `\b` are ASCII in Go; `\Q...\E`, octal
//! escapes and braces that are no counts exist only there; `[a&&b]`, `\<` and `(?x)` only here.

const REPEAT_MAX: usize = 1000;

/// An expression in the syntax of the `regex` crate.
pub(super) struct Translated {
    pub(super) pattern: String,
    /// Names and numbers of the named groups. The pattern itself has numbered groups only.
    pub(super) names: Vec<(String, usize)>,
}

/// Translates an expression.
///
/// # Errors
/// Why it is none, as Go puts it after `error parsing regexp: `.
pub(super) fn translate(pattern: &str) -> Result<Translated, String> {
    let mut translator = Translator {
        whole: pattern,
        rest: pattern,
        output: String::with_capacity(pattern.len() + 16),
        names: Vec::new(),
        groups: 0,
        open: Vec::new(),
        operand: Operand::None,
        widest: 1,
    };
    while let Some(next) = translator.rest.chars().next() {
        translator.step(next)?;
    }
    if !translator.open.is_empty() {
        return Err(format!("missing closing ): `{pattern}`"));
    }
    Ok(Translated {
        pattern: translator.output,
        names: translator.names,
    })
}

struct Translator<'a> {
    whole: &'a str,
    rest: &'a str,
    output: String,
    names: Vec<(String, usize)>,
    /// Capturing groups so far.
    groups: usize,
    /// For each open group, what `widest` was before it.
    open: Vec<usize>,
    operand: Operand<'a>,
    /// The greatest product of nested counts in the current group.
    widest: usize,
}

/// What a repetition would apply to.
#[derive(Clone, Copy)]
enum Operand<'a> {
    None,
    /// An atom, and the greatest product of nested counts in it.
    Atom(usize),
    /// Something repeated already, and the pattern from its operator on.
    Repeated(&'a str),
}

impl<'a> Translator<'a> {
    fn step(&mut self, next: char) -> Result<(), String> {
        match next {
            '(' => return self.open_group(),
            ')' => {
                self.advance(1);
                let Some(outer) = self.open.pop() else {
                    return Err(format!("unexpected ): `{}`", self.whole));
                };
                self.output.push(')');
                self.operand = Operand::Atom(self.widest);
                self.widest = self.widest.max(outer);
                return Ok(());
            }
            '|' => {
                self.advance(1);
                self.output.push('|');
                self.operand = Operand::None;
                return Ok(());
            }
            '*' | '+' | '?' => return self.repeat(1, None),
            '{' => {
                if let Some((length, low, high)) = count(self.rest) {
                    return self.repeat(length, Some((low, high)));
                }
                self.advance(1);
                push_literal(&mut self.output, '{');
            }
            '[' => self.class()?,
            '\\' => return self.escape(),
            '^' | '$' | '.' => {
                self.advance(1);
                self.output.push(next);
            }
            _ => {
                self.advance(next.len_utf8());
                push_literal(&mut self.output, next);
            }
        }
        self.operand = Operand::Atom(1);
        Ok(())
    }

    fn advance(&mut self, bytes: usize) {
        self.rest = &self.rest[bytes..];
    }

    /// Whether what follows does, and if so, moves past it.
    fn take(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// A repetition whose operator has that length, with the bounds of a count.
    fn repeat(
        &mut self,
        length: usize,
        bounds: Option<(usize, Option<usize>)>,
    ) -> Result<(), String> {
        let start = self.rest;
        self.advance(length);
        let operator = &start[..length];
        let high = bounds.map(|(low, high)| high.unwrap_or(low));
        if bounds.is_some_and(|(low, high)| low > high.unwrap_or(low)) || high > Some(REPEAT_MAX) {
            return Err(format!("invalid repeat count: `{operator}`"));
        }
        let is_lazy = self.take("?");
        let text = &start[..start.len() - self.rest.len()];
        let inner = match self.operand {
            Operand::None => {
                return Err(format!("missing argument to repetition operator: `{text}`"));
            }
            Operand::Repeated(first) => {
                let text = &first[..first.len() - self.rest.len()];
                return Err(format!("invalid nested repetition operator: `{text}`"));
            }
            Operand::Atom(inner) => inner,
        };
        let product = inner.saturating_mul(high.unwrap_or(1).max(1));
        if product > REPEAT_MAX {
            return Err(format!("invalid repeat count: `{operator}`"));
        }
        self.widest = self.widest.max(product);
        self.output.push_str(operator);
        if is_lazy {
            self.output.push('?');
        }
        self.operand = Operand::Repeated(start);
        Ok(())
    }

    fn open_group(&mut self) -> Result<(), String> {
        let start = self.rest;
        let name_start = ["(?P<", "(?<"]
            .into_iter()
            .find(|prefix| start.starts_with(prefix));
        if let Some(prefix) = name_start {
            self.advance(prefix.len());
            let Some((name, rest)) = self.rest.split_once('>') else {
                return Err(format!("invalid named capture: `{start}`"));
            };
            let is_word = |next: char| next.is_ascii_alphanumeric() || next == '_';
            if name.is_empty() || !name.chars().all(is_word) {
                let text = &start[..start.len() - rest.len()];
                return Err(format!("invalid named capture: `{text}`"));
            }
            self.rest = rest;
            self.groups += 1;
            self.names.push((name.to_owned(), self.groups));
            self.output.push('(');
        } else if self.take("(?") {
            return self.flags(start);
        } else {
            self.advance(1);
            self.groups += 1;
            self.output.push('(');
        }
        self.enter();
        Ok(())
    }

    fn enter(&mut self) {
        self.open.push(self.widest);
        self.widest = 1;
        self.operand = Operand::None;
    }

    /// What follows `(?`: flags for a group of its own or for the rest of the group around it.
    fn flags(&mut self, start: &str) -> Result<(), String> {
        let mut flags = String::new();
        let mut is_flag_needed = false;
        loop {
            let next = self.rest.chars().next();
            self.advance(next.map_or(0, char::len_utf8));
            match next {
                Some(flag @ ('i' | 'm' | 's' | 'U')) => {
                    flags.push(flag);
                    is_flag_needed = false;
                }
                Some('-') if !flags.contains('-') => {
                    flags.push('-');
                    is_flag_needed = true;
                }
                Some(':') if !is_flag_needed => {
                    self.output.push_str(&format!("(?{flags}:"));
                    self.enter();
                    return Ok(());
                }
                Some(')') if !is_flag_needed => {
                    if !flags.is_empty() {
                        self.output.push_str(&format!("(?{flags})"));
                    }
                    return Ok(());
                }
                _ => {
                    let text = &start[..start.len() - self.rest.len()];
                    return Err(format!("invalid or unsupported Perl syntax: `{text}`"));
                }
            }
        }
    }

    /// An escape outside of brackets.
    fn escape(&mut self) -> Result<(), String> {
        if self.take(r"\Q") {
            let (literal, rest) = self.rest.split_once(r"\E").unwrap_or((self.rest, ""));
            self.rest = rest;
            for character in literal.chars() {
                push_literal(&mut self.output, character);
                self.operand = Operand::Atom(1);
            }
            return Ok(());
        }
        let simple = [
            (r"\A", r"\A"),
            (r"\z", r"\z"),
            (r"\b", r"(?-u:\b)"),
            (r"\B", r"(?-u:\B)"),
        ];
        let found = simple
            .into_iter()
            .find(|(escape, _)| self.rest.starts_with(escape));
        if let Some((escape, translated)) = found {
            self.advance(escape.len());
            self.output.push_str(translated);
        } else if !self.class_escape()? {
            let character = self.character_escape()?;
            push_literal(&mut self.output, character);
        }
        self.operand = Operand::Atom(1);
        Ok(())
    }

    /// `\d` and its like, and Unicode classes; the same inside and outside of brackets.
    fn class_escape(&mut self) -> Result<bool, String> {
        let perl = [
            (r"\d", "[0-9]"),
            (r"\D", "[^0-9]"),
            (r"\s", r"[\t\n\x0C\r\x20]"),
            (r"\S", r"[^\t\n\x0C\r\x20]"),
            (r"\w", "[0-9A-Za-z_]"),
            (r"\W", "[^0-9A-Za-z_]"),
        ];
        if let Some((escape, class)) = perl
            .into_iter()
            .find(|(escape, _)| self.rest.starts_with(escape))
        {
            self.advance(escape.len());
            self.output.push_str(class);
            return Ok(true);
        }
        let start = self.rest;
        let is_negated = start.starts_with(r"\P");
        if !is_negated && !start.starts_with(r"\p") {
            return Ok(false);
        }
        self.advance(2);
        let name = if self.take("{") {
            let Some((name, rest)) = self.rest.split_once('}') else {
                return Err(format!("invalid character class range: `{start}`"));
            };
            self.rest = rest;
            name
        } else {
            let length = self.rest.chars().next().map_or(0, char::len_utf8);
            let name = &self.rest[..length];
            self.advance(length);
            name
        };
        let (name, is_negated) = match name.strip_prefix('^') {
            Some(name) => (name, !is_negated),
            None => (name, is_negated),
        };
        let class = format!(r"\{}{{{name}}}", if is_negated { 'P' } else { 'p' });
        // Names of general categories and scripts only; `name=value` is not Go's.
        let is_word = |next: char| next.is_ascii_alphabetic() || next == '_';
        if !name.chars().all(is_word) || regex::Regex::new(&class).is_err() {
            let text = &start[..start.len() - self.rest.len()];
            return Err(format!("invalid character class range: `{text}`"));
        }
        self.output.push_str(&class);
        Ok(true)
    }

    /// An escape that stands for one character.
    fn character_escape(&mut self) -> Result<char, String> {
        let start = self.rest;
        self.advance(1);
        let Some(next) = self.rest.chars().next() else {
            return Err("trailing backslash at end of expression: ``".to_owned());
        };
        self.advance(next.len_utf8());
        let second_is_octal = self.rest.starts_with(|next| matches!(next, '0'..='7'));
        let character = match next {
            '0' => self.octal(next),
            '1'..='7' if second_is_octal => self.octal(next),
            'x' => self.hexadecimal(),
            'a' => Some('\u{7}'),
            'f' => Some('\u{c}'),
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            'v' => Some('\u{b}'),
            _ if next.is_ascii() && !next.is_ascii_alphanumeric() => Some(next),
            _ => None,
        };
        character.ok_or_else(|| {
            let text = &start[..start.len() - self.rest.len()];
            format!("invalid escape sequence: `{text}`")
        })
    }

    /// At most two further octal digits after a first one.
    fn octal(&mut self, first: char) -> Option<char> {
        let mut number = first.to_digit(8)?;
        for _ in 0..2 {
            let Some(digit) = self.rest.chars().next().and_then(|next| next.to_digit(8)) else {
                break;
            };
            self.advance(1);
            number = number * 8 + digit;
        }
        char::from_u32(number)
    }

    /// Two hexadecimal digits, or any number of them in braces. Moves past the first character that
    /// is at fault, since the message shows it.
    fn hexadecimal(&mut self) -> Option<char> {
        let is_braced = self.take("{");
        let mut number = 0_u32;
        let mut digits = 0;
        while is_braced || digits < 2 {
            let next = self.rest.chars().next()?;
            self.advance(next.len_utf8());
            if is_braced && next == '}' && digits > 0 {
                break;
            }
            number = number * 16 + next.to_digit(16)?;
            if number > u32::from(char::MAX) {
                return None;
            }
            digits += 1;
        }
        char::from_u32(number)
    }

    fn class(&mut self) -> Result<(), String> {
        let start = self.rest;
        self.advance(1);
        self.output.push('[');
        if self.take("^") {
            self.output.push('^');
        }
        let mut is_first = true;
        while is_first || !self.rest.starts_with(']') {
            is_first = false;
            if self.rest.is_empty() {
                return Err(format!("missing closing ]: `{start}`"));
            }
            if self.posix_class()? || self.class_escape()? {
                continue;
            }
            self.class_range(start)?;
        }
        self.advance(1);
        self.output.push(']');
        Ok(())
    }

    /// `[:alpha:]` or `[:^alpha:]`.
    fn posix_class(&mut self) -> Result<bool, String> {
        let Some(after) = self.rest.strip_prefix("[:") else {
            return Ok(false);
        };
        let Some((name, rest)) = after.split_once(":]") else {
            return Ok(false);
        };
        const NAMES: [&str; 14] = [
            "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print",
            "punct", "space", "upper", "word", "xdigit",
        ];
        if !NAMES.contains(&name.strip_prefix('^').unwrap_or(name)) {
            return Err(format!("invalid character class range: `[:{name}:]`"));
        }
        self.output.push_str(&format!("[:{name}:]"));
        self.rest = rest;
        Ok(true)
    }

    fn class_range(&mut self, class: &str) -> Result<(), String> {
        let start = self.rest;
        let low = self.class_character(class)?;
        let is_range =
            self.rest.starts_with('-') && self.rest.len() > 1 && !self.rest.starts_with("-]");
        push_literal(&mut self.output, low);
        if !is_range {
            return Ok(());
        }
        self.advance(1);
        let high = self.class_character(class)?;
        if high < low {
            let text = &start[..start.len() - self.rest.len()];
            return Err(format!("invalid character class range: `{text}`"));
        }
        self.output.push('-');
        push_literal(&mut self.output, high);
        Ok(())
    }

    fn class_character(&mut self, class: &str) -> Result<char, String> {
        match self.rest.chars().next() {
            None => Err(format!("missing closing ]: `{class}`")),
            Some('\\') => self.character_escape(),
            Some(character) => {
                self.advance(character.len_utf8());
                Ok(character)
            }
        }
    }
}

/// A count in braces at the start of the text: its length and bounds. Anything else is no count,
/// and the brace stands for itself.
fn count(text: &str) -> Option<(usize, usize, Option<usize>)> {
    let (inside, _) = text.strip_prefix('{')?.split_once('}')?;
    let number = |digits: &str| {
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let has_leading_zero = digits.len() > 1 && digits.starts_with('0');
        // A count too long for a number is surely beyond the limit.
        (is_number && !has_leading_zero).then(|| digits.parse().unwrap_or(usize::MAX))
    };
    let (low, high) = match inside.split_once(',') {
        None => {
            let exact = number(inside)?;
            (exact, Some(exact))
        }
        Some((low, "")) => (number(low)?, None),
        Some((low, high)) => (number(low)?, Some(number(high)?)),
    };
    Some((inside.len() + 2, low, high))
}

/// The character as itself, whatever it means to the `regex` crate, inside of brackets or outside.
fn push_literal(output: &mut String, character: char) {
    if character.is_ascii_alphanumeric() || !character.is_ascii() {
        output.push(character);
    } else {
        output.push_str(&format!("\\x{:02X}", u32::from(character)));
    }
}
