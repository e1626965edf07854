//! Text into tokens: literal text, delimiters with their trim markers, and what stands between them.

use crate::format::{is_printable, quote};

/// What a token is. Keywords print in angle brackets in messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The text is a message, and no further token follows.
    Error,
    End,
    Text,
    LeftDelimiter,
    RightDelimiter,
    LeftParenthesis,
    RightParenthesis,
    Space,
    Pipe,
    Assign,
    Declare,
    /// Any other printable ASCII character, such as the comma.
    Character,
    Boolean,
    CharacterConstant,
    Number,
    Complex,
    String,
    RawString,
    Identifier,
    Field,
    Variable,
    Dot,
    Nil,
    Keyword(Keyword),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keyword {
    Block,
    Break,
    Continue,
    Define,
    Else,
    End,
    If,
    Range,
    Template,
    With,
}

impl Keyword {
    fn of(word: &str) -> Option<Self> {
        Some(match word {
            "block" => Self::Block,
            "break" => Self::Break,
            "continue" => Self::Continue,
            "define" => Self::Define,
            "else" => Self::Else,
            "end" => Self::End,
            "if" => Self::If,
            "range" => Self::Range,
            "template" => Self::Template,
            "with" => Self::With,
            _ => return None,
        })
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) kind: Kind,
    /// Byte offset in the source.
    pub(crate) position: usize,
    /// Line on which the token begins, from 1.
    pub(crate) line: usize,
    pub(crate) text: std::borrow::Cow<'a, str>,
}

impl Token<'_> {
    /// The token as Go names it in messages.
    pub(crate) fn describe(&self) -> String {
        match self.kind {
            Kind::End => "EOF".to_owned(),
            Kind::Error => self.text.clone().into_owned(),
            Kind::Keyword(_) | Kind::Dot | Kind::Nil => format!("<{}>", self.text),
            _ if self.text.len() > 10 => {
                let start: String = self.text.chars().take(10).collect();
                format!("{}...", quote(&start))
            }
            _ => quote(&self.text),
        }
    }
}

const LEFT_DELIMITER: &str = "{{";
const RIGHT_DELIMITER: &str = "}}";
const LEFT_COMMENT: &str = "/*";
const RIGHT_COMMENT: &str = "*/";
/// A trim marker is a minus and one white space.
const TRIM_MARKER_BYTES: usize = 2;

/// Hands out one token at a time.
#[derive(Debug)]
pub(crate) struct Lexer<'a> {
    source: &'a str,
    /// Where the next token begins.
    position: usize,
    line: usize,
    parenthesis_depth: usize,
    inside_action: bool,
    failed: bool,
}

impl<'a> Lexer<'a> {
    pub(crate) fn new(source: &'a str) -> Self {
        Self {
            source,
            position: 0,
            line: 1,
            parenthesis_depth: 0,
            inside_action: false,
            failed: false,
        }
    }

    pub(crate) fn next_token(&mut self) -> Token<'a> {
        if self.failed {
            return self.token(Kind::End, 0);
        }
        if self.inside_action {
            self.action_token()
        } else {
            self.text_token()
        }
    }

    fn rest(&self) -> &'a str {
        &self.source[self.position..]
    }

    /// Takes the next bytes as a token.
    fn token(&mut self, kind: Kind, bytes: usize) -> Token<'a> {
        let text = &self.rest()[..bytes];
        let token = Token {
            kind,
            position: self.position,
            line: self.line,
            text: text.into(),
        };
        self.skip(bytes);
        token
    }

    fn skip(&mut self, bytes: usize) {
        self.line += self.rest()[..bytes].matches('\n').count();
        self.position += bytes;
    }

    fn error(&mut self, message: impl Into<String>) -> Token<'a> {
        self.failed = true;
        Token {
            kind: Kind::Error,
            position: self.position,
            line: self.line,
            text: message.into().into(),
        }
    }

    /// Outside of actions: text, comments, and the delimiter that opens an action.
    fn text_token(&mut self) -> Token<'a> {
        loop {
            let rest = self.rest();
            if rest.is_empty() {
                return self.token(Kind::End, 0);
            }
            let Some(text_bytes) = rest.find(LEFT_DELIMITER) else {
                return self.token(Kind::Text, rest.len());
            };
            let action = &rest[text_bytes + LEFT_DELIMITER.len()..];
            let trims = starts_with_left_trim_marker(action);
            if text_bytes > 0 {
                let text = &rest[..text_bytes];
                let kept = if trims {
                    text.trim_end_matches(is_space)
                } else {
                    text
                };
                if !kept.is_empty() {
                    let token = self.token(Kind::Text, kept.len());
                    self.skip(text_bytes - kept.len());
                    return token;
                }
                self.skip(text_bytes);
            }
            let marker_bytes = if trims { TRIM_MARKER_BYTES } else { 0 };
            if action[marker_bytes..].starts_with(LEFT_COMMENT) {
                if let Some(error) = self.comment(LEFT_DELIMITER.len() + marker_bytes) {
                    return error;
                }
                continue;
            }
            self.inside_action = true;
            self.parenthesis_depth = 0;
            let token = self.token(Kind::LeftDelimiter, LEFT_DELIMITER.len());
            self.skip(marker_bytes);
            return token;
        }
    }

    /// Skips a comment with its delimiters; an error token if it is not closed as it must be.
    fn comment(&mut self, before_bytes: usize) -> Option<Token<'a>> {
        self.skip(before_bytes);
        let rest = self.rest();
        let Some(end) = rest[LEFT_COMMENT.len()..].find(RIGHT_COMMENT) else {
            return Some(self.error("unclosed comment"));
        };
        let comment_bytes = LEFT_COMMENT.len() + end + RIGHT_COMMENT.len();
        let Some(trims) = right_delimiter(&rest[comment_bytes..]) else {
            return Some(self.error("comment ends before closing delimiter"));
        };
        self.skip(comment_bytes);
        self.close(trims);
        None
    }

    /// Takes the right delimiter, which is known to be there, with its trim marker and the space it trims.
    fn close(&mut self, trims: bool) -> Token<'a> {
        self.inside_action = false;
        if trims {
            self.skip(TRIM_MARKER_BYTES);
        }
        let token = self.token(Kind::RightDelimiter, RIGHT_DELIMITER.len());
        if trims {
            let rest = self.rest();
            self.skip(rest.len() - rest.trim_start_matches(is_space).len());
        }
        token
    }

    fn action_token(&mut self) -> Token<'a> {
        let rest = self.rest();
        if let Some(trims) = right_delimiter(rest) {
            if self.parenthesis_depth > 0 {
                return self.error("unclosed left paren");
            }
            return self.close(trims);
        }
        let Some(first) = rest.chars().next() else {
            return self.error("unclosed action");
        };
        match first {
            _ if is_space(first) => self.space(),
            '=' => self.token(Kind::Assign, 1),
            ':' if rest[1..].starts_with('=') => self.token(Kind::Declare, 2),
            ':' => self.error("expected :="),
            '|' => self.token(Kind::Pipe, 1),
            '"' => self.quoted(Kind::String),
            '\'' => self.quoted(Kind::CharacterConstant),
            '`' => match rest[1..].find('`') {
                Some(end) => self.token(Kind::RawString, end + 2),
                None => self.error("unterminated raw quoted string"),
            },
            '$' => self.name(Kind::Variable, Kind::Variable),
            '.' if rest[1..].starts_with(|next: char| !next.is_ascii_digit()) => {
                self.name(Kind::Field, Kind::Dot)
            }
            '.' | '+' | '-' | '0'..='9' => self.number(),
            '(' => {
                self.parenthesis_depth += 1;
                self.token(Kind::LeftParenthesis, 1)
            }
            ')' if self.parenthesis_depth == 0 => self.error("unexpected right paren"),
            ')' => {
                self.parenthesis_depth -= 1;
                self.token(Kind::RightParenthesis, 1)
            }
            _ if is_alphanumeric(first) => self.word(),
            ' '..='~' => self.token(Kind::Character, 1),
            _ => {
                let character = describe_character(first);
                self.error(format!("unrecognized character in action: {character}"))
            }
        }
    }

    /// A run of space, without the one that belongs to a trim marker.
    fn space(&mut self) -> Token<'a> {
        let rest = self.rest();
        let run_bytes = rest.len() - rest.trim_start_matches(is_space).len();
        // All spaces are one byte, so the last one is that of the marker.
        if right_delimiter(&rest[run_bytes - 1..]) == Some(true) && run_bytes > 1 {
            return self.token(Kind::Space, run_bytes - 1);
        }
        self.token(Kind::Space, run_bytes)
    }

    /// A string or character constant; the parser checks what is inside.
    fn quoted(&mut self, kind: Kind) -> Token<'a> {
        let rest = self.rest();
        let delimiter = if kind == Kind::String { '"' } else { '\'' };
        let mut characters = rest.char_indices().skip(1);
        while let Some((index, character)) = characters.next() {
            match character {
                '\n' => break,
                '\\' if !matches!(characters.next(), Some((_, escaped)) if escaped != '\n') => {
                    break;
                }
                _ if character == delimiter => return self.token(kind, index + 1),
                _ => {}
            }
        }
        self.error(match kind {
            Kind::String => "unterminated quoted string",
            _ => "unterminated character constant",
        })
    }

    /// A field or variable, or the bare `.` or `$` in front of it.
    fn name(&mut self, kind: Kind, bare: Kind) -> Token<'a> {
        let rest = self.rest();
        let after = rest[1..].trim_start_matches(is_alphanumeric);
        let bytes = rest.len() - after.len();
        if !at_terminator(after) {
            return self.bad_character(after);
        }
        self.token(if bytes == 1 { bare } else { kind }, bytes)
    }

    /// A keyword, constant or function.
    fn word(&mut self) -> Token<'a> {
        let rest = self.rest();
        let after = rest.trim_start_matches(is_alphanumeric);
        if !at_terminator(after) {
            return self.bad_character(after);
        }
        let word = &rest[..rest.len() - after.len()];
        let kind = match word {
            "true" | "false" => Kind::Boolean,
            "nil" => Kind::Nil,
            _ => Keyword::of(word).map_or(Kind::Identifier, Kind::Keyword),
        };
        self.token(kind, word.len())
    }

    fn bad_character(&mut self, after: &str) -> Token<'a> {
        // The end of the text would have been a terminator.
        let character = after.chars().next().unwrap_or_default();
        let character = describe_character(character);
        self.error(format!("bad character {character}"))
    }

    /// Anything that begins like a number; the parser checks that it is one.
    fn number(&mut self) -> Token<'a> {
        let rest = self.rest();
        let (bytes, ok) = scan_number(rest);
        if !ok {
            return self.bad_number(bytes);
        }
        if !rest[bytes..].starts_with(['+', '-']) {
            return self.token(Kind::Number, bytes);
        }
        let (more_bytes, ok) = scan_number(&rest[bytes..]);
        let bytes = bytes + more_bytes;
        if !ok || !rest[..bytes].ends_with('i') {
            return self.bad_number(bytes);
        }
        self.token(Kind::Complex, bytes)
    }

    fn bad_number(&mut self, bytes: usize) -> Token<'a> {
        let text = quote(&self.rest()[..bytes]);
        self.error(format!("bad number syntax: {text}"))
    }
}

pub(crate) fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n')
}

fn is_alphanumeric(character: char) -> bool {
    character == '_' || character.is_alphanumeric()
}

fn starts_with_left_trim_marker(text: &str) -> bool {
    text.strip_prefix('-')
        .is_some_and(|rest| rest.starts_with(is_space))
}

/// Whether the text begins with a right delimiter, and if so whether it trims.
fn right_delimiter(text: &str) -> Option<bool> {
    if text.starts_with(RIGHT_DELIMITER) {
        return Some(false);
    }
    let rest = text.strip_prefix(is_space)?.strip_prefix('-')?;
    rest.starts_with(RIGHT_DELIMITER).then_some(true)
}

/// Whether the text begins with something that may follow a name, so that `$x+2` is refused.
fn at_terminator(text: &str) -> bool {
    text.chars().next().is_none_or(|next| {
        is_space(next) || matches!(next, '.' | ',' | '|' | ':' | ')' | '(' | '}')
    })
}

/// The character as Go's `%#U` prints it.
fn describe_character(character: char) -> String {
    let code = u32::from(character);
    if is_printable(character) {
        format!("U+{code:04X} '{character}'")
    } else {
        format!("U+{code:04X}")
    }
}

/// The bytes of a number with an optional sign, and whether it ends where a number may end.
fn scan_number(text: &str) -> (usize, bool) {
    let mut rest = text.strip_prefix(['+', '-']).unwrap_or(text);
    let mut digits: fn(char) -> bool = |c| c.is_ascii_digit() || c == '_';
    let mut exponent: &[char] = &['e', 'E'];
    if let Some(after) = rest.strip_prefix('0') {
        rest = after;
        if let Some(after) = rest.strip_prefix(['x', 'X']) {
            rest = after;
            digits = |c| c.is_ascii_hexdigit() || c == '_';
            exponent = &['p', 'P'];
        } else if let Some(after) = rest.strip_prefix(['o', 'O']) {
            rest = after;
            digits = |c| matches!(c, '0'..='7' | '_');
            exponent = &[];
        } else if let Some(after) = rest.strip_prefix(['b', 'B']) {
            rest = after;
            digits = |c| matches!(c, '0' | '1' | '_');
            exponent = &[];
        }
    }
    rest = rest.trim_start_matches(digits);
    if let Some(after) = rest.strip_prefix('.') {
        rest = after.trim_start_matches(digits);
    }
    if let Some(after) = rest.strip_prefix(exponent) {
        rest = after.strip_prefix(['+', '-']).unwrap_or(after);
        rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '_');
    }
    rest = rest.strip_prefix('i').unwrap_or(rest);
    // One character more, so that the message shows what is wrong.
    match rest.chars().next().filter(|next| is_alphanumeric(*next)) {
        Some(next) => (text.len() - rest.len() + next.len_utf8(), false),
        None => (text.len() - rest.len(), true),
    }
}
