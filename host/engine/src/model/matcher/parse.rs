//! The grammar of matchers that allows every UTF-8 name, and the rule for choosing a grammar.

use std::fmt;

use super::{MatchOperator, Matcher, MatcherError, classic, is_reserved};

/// Why text is not matchers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// What is wrong, for people.
    pub message: String,
    /// Where in the text, in bytes.
    pub offset: usize,
}

impl fmt::Display for ParseError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for ParseError {}

impl ParseError {
    pub(super) fn new(offset: usize, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            offset,
        }
    }

    pub(super) fn of(offset: usize, error: &MatcherError) -> Self {
        Self::new(offset, error.to_string())
    }
}

/// The grammar in which matchers are written (Alertmanager `matcher/compat/parse.go`, v0.34).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MatcherSyntax {
    /// Both: the UTF-8 grammar, unless only the classic one can read the text or the two
    /// disagree about its meaning; then the classic one. What worked before goes on working.
    #[default]
    Fallback,
    /// The UTF-8 grammar alone (`--enable-feature=utf8-strict-mode`).
    Utf8,
    /// The classic grammar alone (`--enable-feature=classic-mode`).
    Classic,
}

impl MatcherSyntax {
    /// Reads a list of matchers, with or without braces around it.
    ///
    /// # Errors
    /// When the text is not such a list, or a regular expression in it does not compile.
    pub fn parse_list(self, text: &str) -> Result<Vec<Matcher>, ParseError> {
        self.choose(parse_utf8_list(text), classic::parse_list(text))
    }

    /// Reads exactly one matcher, without braces: `filter` of the API and labels given to amtool.
    ///
    /// # Errors
    /// When the text is not one matcher, or its regular expression does not compile.
    pub fn parse_one(self, text: &str) -> Result<Matcher, ParseError> {
        if text.starts_with('{') || text.ends_with('}') {
            let offset = if text.starts_with('{') {
                0
            } else {
                text.len() - 1
            };
            return Err(ParseError::new(
                offset,
                format!("unexpected open or close brace: {text}"),
            ));
        }
        let utf8 = parse_utf8_list(text).and_then(|mut matchers| match matchers.len() {
            1 => Ok(matchers.remove(0)),
            0 => Err(ParseError::new(0, "no matchers")),
            count => Err(ParseError::new(
                0,
                format!("expected 1 matcher, found {count}"),
            )),
        });
        self.choose(utf8, classic::parse_one(text, 0))
    }

    fn choose<T: PartialEq>(
        self,
        utf8: Result<T, ParseError>,
        classic: Result<T, ParseError>,
    ) -> Result<T, ParseError> {
        match (self, utf8, classic) {
            (Self::Utf8, utf8, _) => utf8,
            (Self::Classic, _, classic) => classic,
            // The message of the grammar that people should write in.
            (Self::Fallback, Err(utf8), Err(_)) => Err(utf8),
            (Self::Fallback, Ok(utf8), Err(_)) => Ok(utf8),
            (Self::Fallback, _, Ok(classic)) => Ok(classic),
        }
    }
}

/// Reads a list of matchers as Alertmanager does by default: see [`MatcherSyntax::Fallback`].
///
/// # Errors
/// When the text is not such a list, or a regular expression in it does not compile.
pub fn parse_matchers(text: &str) -> Result<Vec<Matcher>, ParseError> {
    MatcherSyntax::Fallback.parse_list(text)
}

/// Reads exactly one matcher as Alertmanager does by default: see [`MatcherSyntax::Fallback`].
///
/// # Errors
/// When the text is not one matcher, or its regular expression does not compile.
pub fn parse_matcher(text: &str) -> Result<Matcher, ParseError> {
    MatcherSyntax::Fallback.parse_one(text)
}

fn parse_utf8_list(text: &str) -> Result<Vec<Matcher>, ParseError> {
    let mut parser = Parser { text, position: 0 };
    let mut matchers = Vec::new();
    let braced = parser.take_punctuation('{');
    loop {
        parser.skip_space();
        match parser.peek() {
            Some('}') | None => break,
            Some(_) => matchers.push(parser.matcher()?),
        }
        parser.skip_space();
        match parser.peek() {
            Some(',') => parser.position += 1,
            Some('}') | None => break,
            Some(_) => return Err(parser.unexpected("a comma or a closing brace")),
        }
    }
    let closed = parser.take_punctuation('}');
    parser.skip_space();
    match (braced, closed) {
        (true, false) => Err(ParseError::new(text.len(), "the closing brace is missing")),
        (false, true) => Err(ParseError::new(
            parser.position - 1,
            "nothing opens this brace",
        )),
        _ if parser.peek().is_some() => Err(parser.unexpected("nothing more")),
        _ => Ok(matchers),
    }
}

struct Parser<'a> {
    text: &'a str,
    position: usize,
}

impl Parser<'_> {
    fn matcher(&mut self) -> Result<Matcher, ParseError> {
        let start = self.position;
        let name = self.word("a label name")?;
        self.skip_space();
        let operator = self.operator()?;
        self.skip_space();
        let value = self.word("a label value")?;
        Matcher::new(name, operator, value).map_err(|error| ParseError::of(start, &error))
    }

    fn operator(&mut self) -> Result<MatchOperator, ParseError> {
        let rest = &self.text.as_bytes()[self.position..];
        let (operator, length) = match rest {
            [b'=', b'~', ..] => (MatchOperator::Regex, 2),
            [b'=', ..] => (MatchOperator::Equal, 1),
            [b'!', b'=', ..] => (MatchOperator::NotEqual, 2),
            [b'!', b'~', ..] => (MatchOperator::NotRegex, 2),
            _ => return Err(self.unexpected("one of the operators =, !=, =~ and !~")),
        };
        self.position += length;
        Ok(operator)
    }

    /// A name or a value: in double quotes with Go's escapes, or bare.
    fn word(&mut self, what: &str) -> Result<String, ParseError> {
        let rest = &self.text[self.position..];
        if rest.starts_with('"') {
            return self.quoted();
        }
        let length = rest.find(is_reserved).unwrap_or(rest.len());
        if length == 0 {
            return Err(self.unexpected(what));
        }
        self.position += length;
        Ok(rest[..length].to_owned())
    }

    fn quoted(&mut self) -> Result<String, ParseError> {
        let start = self.position;
        let mut bytes = Vec::new();
        self.position += 1;
        loop {
            let Some(character) = self.peek() else {
                return Err(ParseError::new(start, "the closing quote is missing"));
            };
            match character {
                '"' => break,
                '\\' => self.escape(&mut bytes)?,
                '\n' => return Err(ParseError::new(self.position, "a line feed must be \\n")),
                _ => {
                    let mut buffer = [0; 4];
                    bytes.extend_from_slice(character.encode_utf8(&mut buffer).as_bytes());
                    self.position += character.len_utf8();
                }
            }
        }
        self.position += 1;
        String::from_utf8(bytes)
            .map_err(|_| ParseError::new(start, "the escapes in this text are not UTF-8"))
    }

    /// One escape of a Go string (Go specification, "Rune literals").
    fn escape(&mut self, bytes: &mut Vec<u8>) -> Result<(), ParseError> {
        let start = self.position;
        let rest = &self.text.as_bytes()[start + 1..];
        let plain = match rest.first() {
            Some(b'a') => Some(7),
            Some(b'b') => Some(8),
            Some(b'f') => Some(12),
            Some(b'n') => Some(b'\n'),
            Some(b'r') => Some(b'\r'),
            Some(b't') => Some(b'\t'),
            Some(b'v') => Some(11),
            Some(b'\\') => Some(b'\\'),
            Some(b'"') => Some(b'"'),
            _ => None,
        };
        if let Some(byte) = plain {
            bytes.push(byte);
            self.position += 2;
            return Ok(());
        }
        let bad = || ParseError::new(start, "no such escape in a quoted text");
        let (digits, radix) = match rest.first() {
            Some(b'x') => (rest.get(1..3), 16),
            Some(b'u') => (rest.get(1..5), 16),
            Some(b'U') => (rest.get(1..9), 16),
            Some(b'0'..=b'7') => (rest.get(..3), 8),
            _ => (None, 0),
        };
        let digits = digits.ok_or_else(bad)?;
        let code = number(digits, radix).ok_or_else(bad)?;
        let byte_escape = radix == 8 || rest[0] == b'x';
        if byte_escape {
            bytes.push(u8::try_from(code).map_err(|_| bad())?);
        } else {
            let character = char::from_u32(code).ok_or_else(bad)?;
            bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        }
        self.position += 1 + digits.len() + usize::from(radix == 16);
        Ok(())
    }

    fn take_punctuation(&mut self, character: char) -> bool {
        self.skip_space();
        let found = self.peek() == Some(character);
        if found {
            self.position += character.len_utf8();
        }
        found
    }

    fn skip_space(&mut self) {
        let rest = &self.text[self.position..];
        self.position += rest.len() - rest.trim_start().len();
    }

    fn peek(&self) -> Option<char> {
        self.text[self.position..].chars().next()
    }

    fn unexpected(&self, expected: &str) -> ParseError {
        let message = match self.peek() {
            None => format!("expected {expected}, found the end"),
            Some(_) => {
                let rest = &self.text[self.position..];
                let end = rest.find(is_reserved).filter(|end| *end > 0);
                let first = rest.chars().next().map_or(0, char::len_utf8);
                let end = end.unwrap_or(match rest.starts_with(is_reserved) {
                    true => first,
                    false => rest.len(),
                });
                format!("expected {expected}, found `{}`", &rest[..end])
            }
        };
        ParseError::new(self.position, message)
    }
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    digits.iter().try_fold(0u32, |sum, digit| {
        sum.checked_mul(radix)?
            .checked_add(char::from(*digit).to_digit(radix)?)
    })
}
