//! What is wrong, where, and what to do about it.

use std::{fmt, ops::Range, sync::Arc};

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::{
    limits,
    source::{SourceFile, Span},
};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The configuration cannot be used.
    Error,
    /// It can, but hardly does what was meant.
    Warning,
    /// Worth knowing.
    Info,
}

/// One fault.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// One of [`crate::codes`].
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// One line, without a place.
    pub message: String,
    /// Places in the file; the first one is the fault's.
    pub labels: Vec<Label>,
    /// What to do, a line each.
    pub help: Vec<String>,
    file: Option<Arc<SourceFile>>,
}

/// A place and what there is to say of it.
#[derive(Clone, Debug)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What stands beside the marks; may be empty.
    pub text: String,
}

/// All faults of a file, in the order of the file.
#[derive(Clone, Default)]
pub struct Diagnostics(Vec<Diagnostic>);

pub(crate) fn label_at(span: Span, text: &str) -> Label {
    Label {
        span,
        text: text.to_owned(),
    }
}

impl Diagnostic {
    /// An error without a place.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message)
    }

    /// A warning without a place.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message)
    }

    /// A remark without a place.
    pub fn info(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Info, code, message)
    }

    fn new(severity: Severity, code: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            code,
            severity,
            message,
            labels: Vec::new(),
            help: Vec::new(),
            file: None,
        }
    }

    /// The same with a place.
    #[must_use]
    pub(crate) fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label {
            span,
            text: text.into(),
        });
        self
    }

    /// The same with advice.
    #[must_use]
    pub fn help(mut self, line: impl Into<String>) -> Self {
        self.help.push(line.into());
        self
    }

    #[must_use]
    pub(crate) fn in_file(mut self, file: &Arc<SourceFile>) -> Self {
        self.file = Some(Arc::clone(file));
        self
    }

    /// Path, line and column, the latter two from 1, when there is a place.
    pub fn position(&self) -> Option<(std::path::PathBuf, usize, usize)> {
        let file = self.file.as_ref()?;
        let (line, column) = file.position(self.labels.first()?.span.start);
        Some((file.path.clone(), line, column))
    }

    /// The message with its place in one line, for logs: `file:line:column: message`.
    pub fn line(&self) -> String {
        self.position().map_or_else(
            || self.message.clone(),
            |(path, line, column)| format!("{}:{line}:{column}: {}", path.display(), self.message),
        )
    }

    /// The fault with the lines it concerns, secrets masked.
    pub fn render(&self, color: bool) -> String {
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Info => Level::INFO,
        };
        let title = level.primary_title(self.message.as_str()).id(self.code);
        let masked = self
            .file
            .as_ref()
            .map(|file| Masked::new(file, &self.labels));
        let mut group = Group::with_title(title);
        let path;
        if let (Some(masked), Some(file)) = (&masked, &self.file) {
            path = file.path.display().to_string();
            group = match self.labels.is_empty() {
                true => group.element(Origin::path(path.as_str())),
                false => group.element(masked.snippet(&path)),
            };
        }
        for line in &self.help {
            group = group.element(Level::HELP.message(line.as_str()));
        }
        let renderer = if color {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        renderer.render(&[group])
    }
}

/// The text as it may be shown, and where the labels are in it.
struct Masked<'a> {
    text: String,
    labels: Vec<(Range<usize>, &'a str)>,
}

const MASK: &str = "<secret>";

impl<'a> Masked<'a> {
    fn new(file: &SourceFile, labels: &'a [Label]) -> Self {
        let mut text = String::with_capacity(file.text.len());
        let mut copied = 0;
        for mask in file.masks.iter() {
            let (Some(before), true) = (file.text.get(copied..mask.start), mask.end > mask.start)
            else {
                continue;
            };
            text.push_str(before);
            text.push_str(MASK);
            copied = mask.end;
        }
        text.push_str(file.text.get(copied..).unwrap_or(""));
        let place = |label: &'a Label| {
            let start = moved(&file.masks, label.span.start, false).min(text.len());
            let end = moved(&file.masks, label.span.end, true).clamp(start, text.len());
            (first_line(&text, start, end), label.text.as_str())
        };
        let labels = labels.iter().map(place).collect();
        Self { text, labels }
    }

    fn snippet(&'a self, path: &'a str) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
        let annotations = self
            .labels
            .iter()
            .enumerate()
            .map(|(index, (range, text))| {
                let kind = if index == 0 {
                    AnnotationKind::Primary
                } else {
                    AnnotationKind::Context
                };
                let annotation = kind.span(range.clone());
                if text.is_empty() {
                    annotation
                } else {
                    annotation.label(*text)
                }
            });
        Snippet::source(self.text.as_str())
            .path(path)
            .annotations(annotations)
    }
}

/// Where an offset of the text is once the masks are put in.
fn moved(masks: &[Span], offset: usize, is_end: bool) -> usize {
    let mut result = offset;
    for mask in masks.iter().filter(|mask| mask.end > mask.start) {
        if mask.end <= offset {
            result = result + MASK.len() - (mask.end - mask.start);
        } else if mask.start < offset {
            let inside = offset - mask.start;
            return result - inside + if is_end { MASK.len() } else { 0 };
        } else {
            break;
        }
    }
    result
}

/// What of a range is on its first line: a label over many lines says no more and takes all room.
fn first_line(text: &str, start: usize, end: usize) -> Range<usize> {
    let mut start = start;
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = end;
    while !text.is_char_boundary(end) {
        end += 1;
    }
    let shown = &text[start..end];
    let line = shown.split('\n').next().unwrap_or(shown);
    start..start + line.trim_end().len()
}

impl Diagnostics {
    /// None.
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// These.
    pub const fn new(diagnostics: Vec<Diagnostic>) -> Self {
        Self(diagnostics)
    }

    /// One more.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// All of another set as well.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Whether there is an error among them.
    pub fn has_errors(&self) -> bool {
        self.0
            .iter()
            .any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// One after the other.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them for a person, with an empty line between; no line feed at the end.
    pub fn render(&self, color: bool) -> String {
        let all: Vec<String> = self
            .0
            .iter()
            .map(|diagnostic| diagnostic.render(color))
            .collect();
        all.join("\n\n")
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.render(false))
    }
}

impl fmt::Debug for Diagnostics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.render(false))
    }
}

impl std::error::Error for Diagnostics {}

/// Collects the faults of one run.
pub(crate) struct Report {
    file: Arc<SourceFile>,
    found: Vec<Diagnostic>,
    left_out: usize,
}

impl Report {
    pub(crate) fn new(file: &Arc<SourceFile>) -> Self {
        Self {
            file: Arc::clone(file),
            found: Vec::new(),
            left_out: 0,
        }
    }

    pub(crate) fn add(&mut self, diagnostic: Diagnostic) {
        let errors_only = self.found.len() >= limits::DIAGNOSTICS_MAX;
        // An error is never lost to a crowd of warnings: one more is kept to refuse the file.
        let keep = !errors_only || diagnostic.severity == Severity::Error && !self.has_errors();
        if !keep {
            self.left_out += 1;
            return;
        }
        self.found.push(diagnostic.in_file(&self.file));
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.found
            .iter()
            .any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// All, in the order of the file.
    pub(crate) fn finish(mut self) -> Diagnostics {
        let start = |diagnostic: &Diagnostic| {
            diagnostic
                .labels
                .first()
                .map_or(0, |label| label.span.start)
        };
        self.found
            .sort_by_key(|diagnostic| (diagnostic.severity, start(diagnostic)));
        if self.left_out > 0 {
            let message = format!("{} further findings are not shown", self.left_out);
            self.found
                .push(Diagnostic::info(crate::codes::LIMIT, message));
        }
        Diagnostics(self.found)
    }
}
