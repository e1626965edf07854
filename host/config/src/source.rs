//! The text that was read, and places in it.

use std::{fmt, path::PathBuf, sync::Arc};

/// A configuration file before it is understood.
#[derive(Clone, Debug)]
pub struct Source {
    /// As it was given. Relative paths inside the file resolve against its directory.
    pub path: PathBuf,
    /// What stands in it.
    pub text: String,
}

/// A range of bytes of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
}

impl Span {
    /// The bytes from `start` up to `end`, without it.
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }
}

/// A text with its path and the places that nobody may see.
#[derive(Clone)]
pub(crate) struct SourceFile {
    pub(crate) path: PathBuf,
    pub(crate) text: Arc<str>,
    /// Sorted, without overlaps.
    pub(crate) masks: Arc<[Span]>,
}

impl SourceFile {
    /// Line and column of a byte, both from 1; the column counts characters.
    pub(crate) fn position(&self, offset: usize) -> (usize, usize) {
        let before = self.text.get(..offset).unwrap_or(&self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        (line, column)
    }

    /// The byte of a line and a column, both from 1; clamped to the text.
    pub(crate) fn offset(&self, line: usize, column: usize) -> usize {
        let start = self.line_start(line);
        let rest = &self.text[start..];
        let line_length = rest.find('\n').unwrap_or(rest.len());
        let within = rest[..line_length]
            .char_indices()
            .nth(column.saturating_sub(1));
        start + within.map_or(line_length, |(index, _)| index)
    }

    fn line_start(&self, line: usize) -> usize {
        match line {
            0 | 1 => 0,
            _ => self
                .text
                .match_indices('\n')
                .nth(line - 2)
                .map_or(self.text.len(), |(index, _)| index + 1),
        }
    }
}

impl fmt::Debug for SourceFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The text holds secrets.
        write!(formatter, "SourceFile({})", self.path.display())
    }
}
