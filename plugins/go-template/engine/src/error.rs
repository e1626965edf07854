//! Why a template does not parse, and why one that parses fails.

use std::fmt;

/// A template's text is not a template. Displays as Go does: `template: name:line: message`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// The name that was given with the text.
    pub name: String,
    /// From 1.
    pub line: usize,
    /// From 1, in bytes, where the last token that was read begins; absent where no token is to blame.
    pub column: Option<usize>,
    /// In Go's words.
    pub message: String,
}

impl fmt::Display for ParseError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "template: {}:{}: {}",
            self.name, self.line, self.message
        )
    }
}

impl std::error::Error for ParseError {}

/// Rendering failed. Displays as Go does:
/// `template: source:line:column: executing "name" at <.Field>: message`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecError {
    /// The name of the source in which the failing action stands.
    pub source_name: String,
    /// From 1.
    pub line: usize,
    /// Bytes from the start of the line, from 0, as Go counts here.
    pub column: usize,
    /// The name of the template that was executing.
    pub template: String,
    /// The action or expression that failed, as Go prints it.
    pub context: String,
    /// In Go's words.
    pub message: String,
}

impl fmt::Display for ExecError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            source_name,
            line,
            column,
            template,
            context,
            message,
        } = self;
        let template = crate::format::quote(template);
        write!(
            formatter,
            "template: {source_name}:{line}:{column}: executing {template} at <{context}>: {message}"
        )
    }
}

impl std::error::Error for ExecError {}
