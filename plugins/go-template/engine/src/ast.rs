//! The syntax tree, and how its parts print in messages.

use std::fmt;
use std::sync::Arc;

use crate::number::Number;
use crate::value::Function;

/// A text that was parsed: error messages point into it.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) text: String,
}

/// One template: a definition, or what stands outside of definitions.
#[derive(Debug)]
pub(crate) struct Tree {
    pub(crate) name: Arc<str>,
    pub(crate) source: Arc<Source>,
    pub(crate) nodes: Vec<Node>,
}

impl Tree {
    /// Whether it holds nothing but space and so does not replace another definition.
    pub(crate) fn is_empty(&self) -> bool {
        self.nodes.iter().all(|node| match node {
            Node::Text { text, .. } => text.trim().is_empty(),
            _ => false,
        })
    }
}

/// What a template does, in order. Positions are byte offsets in the source.
#[derive(Debug)]
pub(crate) enum Node {
    Text {
        position: usize,
        text: Box<str>,
    },
    Action {
        position: usize,
        pipe: Pipe,
    },
    If(Conditional),
    With(Conditional),
    Range {
        position: usize,
        pipe: Pipe,
        body: Vec<Self>,
        otherwise: Option<Vec<Self>>,
    },
    Template {
        position: usize,
        name: Arc<str>,
        quoted: Box<str>,
        pipe: Option<Pipe>,
    },
    Break {
        position: usize,
    },
    Continue {
        position: usize,
    },
}

/// An `if` or `with` with all its `else if` or `else with`, so that a long chain does not nest.
#[derive(Debug)]
pub(crate) struct Conditional {
    pub(crate) position: usize,
    pub(crate) branches: Vec<(Pipe, Vec<Node>)>,
    pub(crate) otherwise: Option<Vec<Node>>,
}

/// Commands, each of which passes its value on as the last argument of the next.
#[derive(Debug)]
pub(crate) struct Pipe {
    pub(crate) position: usize,
    /// Whether the variables are assigned rather than declared.
    pub(crate) assigns: bool,
    pub(crate) variables: Vec<Arc<str>>,
    pub(crate) commands: Vec<Command>,
}

/// An operand, or a function or method with its arguments.
#[derive(Debug)]
pub(crate) struct Command {
    pub(crate) position: usize,
    /// Never empty; the first is what is called or evaluated.
    pub(crate) words: Vec<Expression>,
}

#[derive(Debug)]
pub(crate) enum Expression {
    Dot {
        position: usize,
    },
    Nil {
        position: usize,
    },
    Bool {
        position: usize,
        value: bool,
    },
    Number {
        position: usize,
        number: Number,
    },
    String {
        position: usize,
        quoted: Box<str>,
        text: Arc<str>,
    },
    Function {
        position: usize,
        name: Arc<str>,
        function: Function,
    },
    /// `.A.B`
    Field {
        position: usize,
        names: Vec<Arc<str>>,
    },
    /// `$x.A.B`
    Variable {
        position: usize,
        name: Arc<str>,
        fields: Vec<Arc<str>>,
    },
    /// `(...).A.B` or `function.A.B`
    Chain {
        position: usize,
        base: Box<Self>,
        fields: Vec<Arc<str>>,
    },
    /// `(...)`
    Pipe(Box<Pipe>),
}

impl Node {
    pub(crate) fn position(&self) -> usize {
        match self {
            Self::Text { position, .. }
            | Self::Action { position, .. }
            | Self::Range { position, .. }
            | Self::Template { position, .. }
            | Self::Break { position }
            | Self::Continue { position } => *position,
            Self::If(conditional) | Self::With(conditional) => conditional.position,
        }
    }
}

impl Expression {
    pub(crate) fn position(&self) -> usize {
        match self {
            Self::Dot { position }
            | Self::Nil { position }
            | Self::Bool { position, .. }
            | Self::Number { position, .. }
            | Self::String { position, .. }
            | Self::Function { position, .. }
            | Self::Field { position, .. }
            | Self::Variable { position, .. }
            | Self::Chain { position, .. } => *position,
            Self::Pipe(pipe) => pipe.position,
        }
    }
}

/// The longest text that a message shows when an action of plain text fails.
const TEXT_SHOWN_CHARACTERS_MAX: usize = 20;

impl fmt::Display for Node {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text { text, .. } => {
                let start = text.chars().take(TEXT_SHOWN_CHARACTERS_MAX);
                start
                    .clone()
                    .try_for_each(|character| write!(formatter, "{character}"))
            }
            Self::Action { pipe, .. } => write!(formatter, "{{{{{pipe}}}}}"),
            Self::If(conditional) => write!(formatter, "{{{{if {}}}}}", conditional.branches[0].0),
            Self::With(conditional) => {
                write!(formatter, "{{{{with {}}}}}", conditional.branches[0].0)
            }
            Self::Range { pipe, .. } => write!(formatter, "{{{{range {pipe}}}}}"),
            Self::Template {
                quoted, pipe: None, ..
            } => {
                write!(formatter, "{{{{template {quoted}}}}}")
            }
            Self::Template {
                quoted,
                pipe: Some(pipe),
                ..
            } => {
                write!(formatter, "{{{{template {quoted} {pipe}}}}}")
            }
            Self::Break { .. } => formatter.write_str("{{break}}"),
            Self::Continue { .. } => formatter.write_str("{{continue}}"),
        }
    }
}

impl fmt::Display for Pipe {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.variables.is_empty() {
            let variables: Vec<&str> = self.variables.iter().map(AsRef::as_ref).collect();
            let sign = if self.assigns { "=" } else { ":=" };
            write!(formatter, "{} {sign} ", variables.join(", "))?;
        }
        for (index, command) in self.commands.iter().enumerate() {
            let separator = if index > 0 { " | " } else { "" };
            write!(formatter, "{separator}{command}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Command {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, word) in self.words.iter().enumerate() {
            let separator = if index > 0 { " " } else { "" };
            match word {
                Expression::Pipe(pipe) => write!(formatter, "{separator}({pipe})")?,
                word => write!(formatter, "{separator}{word}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (start, fields): (&dyn fmt::Display, &[Arc<str>]) = match self {
            Self::Dot { .. } => (&".", &[]),
            Self::Nil { .. } => (&"nil", &[]),
            Self::Bool { value, .. } => (value, &[]),
            Self::Number { number, .. } => (&number.text, &[]),
            Self::String { quoted, .. } => (quoted, &[]),
            Self::Function { name, .. } => (name, &[]),
            Self::Field { names, .. } => (&"", names),
            Self::Variable { name, fields, .. } => (name, fields),
            Self::Chain { base, fields, .. } => {
                return match base.as_ref() {
                    Self::Pipe(pipe) => write_chain(formatter, &format_args!("({pipe})"), fields),
                    base => write_chain(formatter, base, fields),
                };
            }
            Self::Pipe(pipe) => (pipe, &[]),
        };
        write_chain(formatter, start, fields)
    }
}

fn write_chain(
    formatter: &mut fmt::Formatter<'_>,
    start: &dyn fmt::Display,
    fields: &[Arc<str>],
) -> fmt::Result {
    write!(formatter, "{start}")?;
    fields
        .iter()
        .try_for_each(|field| write!(formatter, ".{field}"))
}
