//! Where in the file something was said, for faults that are found later.

use std::{fmt, sync::Arc};

use crate::{
    Diagnostic,
    diagnostic::label_at,
    source::{SourceFile, Span},
    yaml::{Node, ScalarStyle, Value},
};

/// A place in the configuration.
#[derive(Clone)]
pub struct Origin {
    pub(crate) file: Arc<SourceFile>,
    /// What is pointed at when nothing below is.
    pub(crate) span: Span,
    /// The value there, for what lies below.
    pub(crate) node: Option<Arc<Node>>,
    /// The way there, such as `receivers[0].slack_configs[1]`.
    pub(crate) path: Arc<str>,
}

impl Origin {
    /// The way to this place, such as `receivers[0].slack_configs[1]`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Line and column, both from 1.
    pub fn position(&self) -> (usize, usize) {
        self.file.position(self.span.start)
    }

    /// The place of a setting below this one by its JSON pointer (RFC 6901). What is not in the
    /// file, such as a default, is at the deepest place above it that is.
    pub fn at(&self, pointer: &str) -> Self {
        let mut place = self.clone();
        for token in pointer.split('/').skip(1) {
            let token = token.replace("~1", "/").replace("~0", "~");
            let Some(node) = &place.node else { break };
            let Some((span, below, step)) = step(node, &token) else {
                break;
            };
            place = Self {
                file: Arc::clone(&self.file),
                span,
                node: Some(below),
                path: format!("{}{step}", place.path).into(),
            };
        }
        place
    }

    /// The place of a line and a column of the text that stands here, both from 1, 0 if unknown.
    /// Exact for plain texts and literal blocks; where YAML escapes or folds, the whole text.
    pub fn within_text(&self, line: u32, column: u32) -> Self {
        let mut place = self.clone();
        let Some(Value::Scalar(scalar)) = self.node.as_deref().map(|node| &node.value) else {
            return place;
        };
        let (line, column) = (line as usize, column as usize);
        if line == 0 {
            return place;
        }
        let raw = self
            .file
            .text
            .get(self.span.start..self.span.end)
            .unwrap_or("");
        let Some(wanted) = scalar.text.split('\n').nth(line - 1) else {
            return place;
        };
        let base = match scalar.style {
            ScalarStyle::Block => {
                // The header, `|`, may or may not belong to the span.
                let skipped = if raw.starts_with(['|', '>']) {
                    line
                } else {
                    line - 1
                };
                let start = raw
                    .split_inclusive('\n')
                    .take(skipped)
                    .map(str::len)
                    .sum::<usize>();
                let raw_line = raw.split_inclusive('\n').nth(skipped);
                raw_line
                    .and_then(|it| it.find(wanted))
                    .map(|indent| start + indent)
            }
            _ if line == 1 => raw.find(wanted),
            _ => None,
        };
        let Some(base) = base.filter(|_| !wanted.is_empty()) else {
            return place;
        };
        let within = wanted.char_indices().nth(column.saturating_sub(1));
        let start = self.span.start + base + within.map_or(wanted.len(), |(index, _)| index);
        let end = match column {
            0 => self.span.start + base + wanted.len(),
            _ => start + within.map_or(0, |(_, character)| character.len_utf8()),
        };
        place.span = Span::new(start, end);
        place.node = None;
        place
    }

    /// A fault at this place.
    pub fn diagnostic(
        &self,
        code: &'static str,
        message: impl Into<String>,
        help: Vec<String>,
    ) -> Diagnostic {
        let mut diagnostic = Diagnostic::error(code, message);
        diagnostic.help = help;
        diagnostic
            .labels
            .push(label_at(self.span, &format!("in {}", self.path)));
        diagnostic.in_file(&self.file)
    }
}

fn step(node: &Arc<Node>, token: &str) -> Option<(Span, Arc<Node>, String)> {
    match &node.value {
        Value::Mapping(entries) => {
            let entry = entries.iter().find(|entry| *entry.key == *token)?;
            let span = match entry.value.value {
                Value::Scalar(_) if !entry.value.is_null() => entry.value.span,
                _ => entry.key_span,
            };
            Some((span, Arc::clone(&entry.value), format!(".{token}")))
        }
        Value::Sequence(items) => {
            let item = items.get(token.parse::<usize>().ok()?)?;
            Some((item.span, Arc::clone(item), format!("[{token}]")))
        }
        Value::Scalar(_) => None,
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, column) = self.position();
        write!(
            formatter,
            "{}:{line}:{column} {}",
            self.file.path.display(),
            self.path
        )
    }
}
