//! Matchers: what a label's value must be, or must not be.

mod classic;
mod parse;
mod regex;

use std::{cmp::Ordering, fmt, sync::Arc};

pub use self::parse::{MatcherSyntax, ParseError, parse_matcher, parse_matchers};
use crate::model::{
    Labels,
    quote::{Quoted, is_go_space},
};

/// How a matcher compares. The order is that of Alertmanager's `MatchType`, which route keys
/// depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MatchOperator {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `=~`
    Regex,
    /// `!~`
    NotRegex,
}

impl MatchOperator {
    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Regex => "=~",
            Self::NotRegex => "!~",
        }
    }

    /// Whether the value is a regular expression.
    pub const fn is_regex(self) -> bool {
        matches!(self, Self::Regex | Self::NotRegex)
    }

    /// Whether the label must match, rather than must not.
    pub const fn is_positive(self) -> bool {
        matches!(self, Self::Equal | Self::Regex)
    }
}

impl fmt::Display for MatchOperator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A condition on one label. A label that is absent counts as empty, as everywhere in Prometheus.
///
/// Displayed as Alertmanager prints it (`pkg/labels/matcher.go`, v0.34): `foo="bar"`, with the
/// name in quotes only when it holds characters that the grammar reserves.
#[derive(Clone)]
pub struct Matcher {
    name: Arc<str>,
    operator: MatchOperator,
    value: Arc<str>,
    /// The value, compiled and anchored; for the two regex operators only.
    regex: Option<::regex::Regex>,
}

/// A regular expression that does not compile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatcherError {
    /// The expression as it was given.
    pub value: String,
    /// What is wrong with it.
    pub message: String,
}

impl fmt::Display for MatcherError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{:?} is not a regular expression: {}",
            self.value, self.message
        )
    }
}

impl std::error::Error for MatcherError {}

impl Matcher {
    /// A matcher. Regular expressions have Go's meaning (RE2) and must match the whole value:
    /// `^(?:value)$`, in which a dot matches no line feed.
    ///
    /// # Errors
    /// When the value of a regex operator is no regular expression.
    pub fn new(
        name: impl Into<Arc<str>>,
        operator: MatchOperator,
        value: impl Into<Arc<str>>,
    ) -> Result<Self, MatcherError> {
        let (name, value) = (name.into(), value.into());
        let regex = match operator.is_regex() {
            true => Some(regex::compile_anchored(&value)?),
            false => None,
        };
        Ok(Self {
            name,
            operator,
            value,
            regex,
        })
    }

    /// The label's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How the label is compared.
    pub fn operator(&self) -> MatchOperator {
        self.operator
    }

    /// What the label is compared with.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Whether these labels satisfy the matcher.
    pub fn matches(&self, labels: &Labels) -> bool {
        self.matches_value(labels.get(&self.name).unwrap_or(""))
    }

    /// Whether a label with this value satisfies the matcher.
    pub fn matches_value(&self, value: &str) -> bool {
        let same = match &self.regex {
            Some(regex) => regex.is_match(value),
            None => *self.value == *value,
        };
        same == self.operator.is_positive()
    }
}

/// A list of matchers as Alertmanager writes it: `{foo="bar",baz=~"x"}`, in the order given.
/// Sort them first for a route key (Alertmanager `dispatch/route.go`, `Key`, v0.34).
pub struct MatcherList<'a>(pub &'a [Matcher]);

impl fmt::Display for MatcherList<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("{")?;
        for (index, matcher) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(formatter, "{comma}{matcher}")?;
        }
        formatter.write_str("}")
    }
}

impl fmt::Display for Matcher {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name.contains(is_reserved) {
            let (name, value) = (Quoted(&self.name), Quoted(&self.value));
            return write!(formatter, "{name}{}{value}", self.operator);
        }
        write!(formatter, "{}{}\"", self.name, self.operator)?;
        let mut rest = &*self.value;
        while let Some(index) = rest.find(['\\', '\n', '"']) {
            formatter.write_str(&rest[..index])?;
            formatter.write_str(match rest.as_bytes()[index] {
                b'\\' => "\\\\",
                b'\n' => "\\n",
                _ => "\\\"",
            })?;
            rest = &rest[index + 1..];
        }
        write!(formatter, "{rest}\"")
    }
}

impl fmt::Debug for Matcher {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl Matcher {
    fn order(&self) -> (&str, &str, MatchOperator) {
        (&self.name, &self.value, self.operator)
    }
}

impl PartialEq for Matcher {
    fn eq(&self, other: &Self) -> bool {
        self.order() == other.order()
    }
}

impl Eq for Matcher {}

impl PartialOrd for Matcher {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// By name, value, operator: the order of route keys.
impl Ord for Matcher {
    fn cmp(&self, other: &Self) -> Ordering {
        self.order().cmp(&other.order())
    }
}

impl std::hash::Hash for Matcher {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.order().hash(state);
    }
}

/// Characters that a bare name or value cannot hold.
fn is_reserved(character: char) -> bool {
    is_go_space(character)
        || matches!(
            character,
            '{' | '}' | '!' | '=' | '~' | ',' | '\\' | '"' | '\'' | '`'
        )
}

#[cfg(test)]
mod tests;
