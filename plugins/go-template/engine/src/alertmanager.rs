//! Alertmanager's side of templates: its data, its functions, its default templates, over the engine.

mod data;
mod functions;
mod kv;
mod regexp;
mod text;

use std::any::Any;
use std::fmt;
use std::sync::Arc;

pub use data::{AlertData, Data, Labels, Status};

use self::data::DataObject;
use crate::error::ParseError;
use crate::limits::{Limits, Options};
use crate::set::{Set, Text};
use crate::value::Value;

/// The templates that every set has before any file is read. `email.default.html` is not among them:
/// it needs the escaping of Go's `html/template`.
const DEFAULTS: [(&str, &str); 3] = [
    ("default.tmpl", include_str!("../defaults/default.tmpl")),
    ("chat.tmpl", include_str!("../defaults/chat.tmpl")),
    ("paging.tmpl", include_str!("../defaults/paging.tmpl")),
];

/// Template files and the texts that use them, compiled once to be rendered often.
#[derive(Debug)]
pub struct Compiled {
    set: Set,
    texts: Vec<CompiledText>,
}

#[derive(Debug)]
enum CompiledText {
    /// A text without actions is its own rendering.
    Plain(String),
    Template(Box<Text>),
}

/// Templates that do not compile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompileError {
    pub origin: Origin,
    /// From 1.
    pub line: u32,
    /// From 1, in bytes; 0 if unknown.
    pub column: u32,
    /// What is wrong, in Go's words.
    pub message: String,
}

/// Which of the inputs of [`Compiled::new`] is meant, by index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Source(usize),
    Text(usize),
}

impl Compiled {
    /// Compiles the defaults, then the files (name and text) in their order, where a later definition
    /// replaces an earlier one, then the texts, none of which sees what another defines. A file is
    /// also a template under the last part of its name.
    ///
    /// # Errors
    /// At the first file or text that does not parse.
    pub fn new(sources: &[(&str, &str)], texts: &[&str]) -> Result<Self, CompileError> {
        let mut set = Set::new(functions::functions());
        for (name, text) in DEFAULTS {
            // Their index is that of no source: a test compiles them, so this is never seen.
            let origin = Origin::Source(usize::MAX);
            set.parse_source(name, text)
                .map_err(|error| CompileError::new(origin, error))?;
        }
        for (index, (name, text)) in sources.iter().enumerate() {
            let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
            set.parse_source(name, text)
                .map_err(|error| CompileError::new(Origin::Source(index), error))?;
        }
        let texts = texts.iter().enumerate().map(|(index, text)| {
            if !text.contains("{{") {
                return Ok(CompiledText::Plain((*text).to_owned()));
            }
            // Alertmanager gives inline templates no name, and messages show it.
            match set.compile_text("", text) {
                Ok(compiled) => Ok(CompiledText::Template(Box::new(compiled))),
                Err(error) => Err(CompileError::new(Origin::Text(index), error)),
            }
        });
        let texts = texts.collect::<Result<_, _>>()?;
        Ok(Self { set, texts })
    }

    /// Renders every text for one notification: one result for each, in order. An error is Go's
    /// message, with its place in the template.
    pub fn render(&self, data: impl Into<Arc<Data>>) -> Vec<Result<String, String>> {
        let host = Arc::new(DataObject::new(data.into()));
        let options = Options {
            limits: Limits::default(),
            host: Some(&host as &dyn Any),
        };
        let dot = Value::Object(host.clone());
        let render = |text: &CompiledText| match text {
            CompiledText::Plain(text) => Ok(text.clone()),
            CompiledText::Template(text) => text
                .render(&self.set, &dot, &options)
                .map_err(|error| error.to_string()),
        };
        self.texts.iter().map(render).collect()
    }
}

impl CompileError {
    fn new(origin: Origin, error: ParseError) -> Self {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Self {
            origin,
            line: count(error.line),
            column: error.column.map_or(0, count),
            message: error.message,
        }
    }
}

impl fmt::Display for CompileError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            origin,
            line,
            column,
            message,
        } = self;
        match origin {
            Origin::Source(index) => write!(formatter, "template file {index}")?,
            Origin::Text(index) => write!(formatter, "text {index}")?,
        }
        write!(formatter, ", line {line}, column {column}: {message}")
    }
}

impl std::error::Error for CompileError {}
