//! Reads values out of the tree and reports those that are not as they must be.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use crate::{
    Diagnostic, Origin, Span, codes,
    diagnostic::Report,
    duration,
    places::{self, Place, listed, nearest},
    scalar::Resolved,
    source::SourceFile,
    yaml::{Entry, Node, Value},
};

/// A file being read.
pub(crate) struct Reader {
    pub(crate) file: Arc<SourceFile>,
    pub(crate) report: Report,
    /// What relative paths resolve against.
    directory: PathBuf,
    /// Files that were looked for, so that each is reported once.
    looked_for: BTreeSet<PathBuf>,
}

impl Reader {
    pub(crate) fn new(file: Arc<SourceFile>) -> Self {
        let directory = file
            .path
            .parent()
            .map_or_else(PathBuf::new, Path::to_path_buf);
        let report = Report::new(&file);
        Self {
            file,
            report,
            directory,
            looked_for: BTreeSet::new(),
        }
    }

    pub(crate) fn error(&mut self, code: &'static str, span: Span, message: impl Into<String>) {
        self.report
            .add(Diagnostic::error(code, message).at(span, ""));
    }

    pub(crate) fn origin(&self, span: Span, node: Option<&Arc<Node>>, path: &str) -> Origin {
        Origin {
            file: Arc::clone(&self.file),
            span,
            node: node.cloned(),
            path: path.into(),
        }
    }

    pub(crate) fn resolved_path(&self, path: &str) -> PathBuf {
        self.directory.join(path)
    }

    /// The path of a file that is read later, with a warning when it is not there now.
    pub(crate) fn later_file(&mut self, node: &Node, path: &str) -> PathBuf {
        let resolved = self.resolved_path(path);
        if self.looked_for.insert(resolved.clone())
            && let Err(error) = std::fs::metadata(&resolved)
        {
            let message = format!("{} cannot be read now: {error}", resolved.display());
            let fault = Diagnostic::warning(codes::UNREADABLE, message).at(node.span, "");
            self.report
                .add(fault.help("it is read at each use; until it can be, each use fails"));
        }
        resolved
    }

    /// Whether a value is a mapping, or nothing; and whether all its keys are known.
    pub(crate) fn mapping(&mut self, entry: &Entry, place: Place) -> bool {
        self.mapping_at(&entry.value, entry.key_span, &entry.key, place)
    }

    pub(crate) fn mapping_at(&mut self, node: &Node, span: Span, key: &str, place: Place) -> bool {
        if node.is_null() {
            return false;
        }
        if !matches!(node.value, Value::Mapping(_)) {
            self.wrong_type((node, span), key, "a mapping of keys to values");
            return false;
        }
        for entry in node.entries() {
            if !place.keys.contains(&&*entry.key) {
                self.unknown_key(entry, place.name, place.keys.iter().copied());
            }
        }
        true
    }

    /// Reports a key that is not known here, once, as helpfully as can be.
    pub(crate) fn unknown_key<'a>(
        &mut self,
        entry: &Entry,
        place: &str,
        known: impl Iterator<Item = &'a str> + Clone,
    ) {
        let key = &*entry.key;
        let span = entry.key_span;
        if place == places::GLOBAL.name && places::PROMETHEUS_GLOBAL.contains(&key) {
            let message = format!("`{key}` belongs to prometheus.yml");
            let fault = Diagnostic::error(codes::MISPLACED_KEY, message);
            self.report
                .add(fault.at(span, "a key of Prometheus' `global`"));
            return;
        }
        if let Some(elsewhere) = places::place_of(key).filter(|elsewhere| *elsewhere != place) {
            let message = format!("`{key}` is valid inside {elsewhere}; here it is inside {place}");
            let help = "check the indentation: two spaces a level";
            let fault = Diagnostic::error(codes::MISPLACED_KEY, message).at(span, "misplaced");
            self.report.add(fault.help(help));
            return;
        }
        let message = format!("unknown key `{key}` in {place}");
        let fault = Diagnostic::error(codes::UNKNOWN_KEY, message);
        self.report.add(match nearest(key, known.clone()) {
            Some(near) => fault.at(span, format!("did you mean `{near}`?")),
            None => fault
                .at(span, "")
                .help(format!("valid here: {}", listed(known))),
        });
    }

    /// Reports a value of the wrong kind.
    pub(crate) fn wrong_type(&mut self, (node, span): (&Node, Span), key: &str, expected: &str) {
        let place = if node.span.end > node.span.start {
            node.span
        } else {
            span
        };
        let found = described(node);
        let message = format!("`{key}` must be {expected}, not {found}");
        self.report
            .add(Diagnostic::error(codes::WRONG_TYPE, message).at(place, ""));
    }

    /// Text, as Go reads it: any scalar. Nothing is empty text.
    pub(crate) fn text(&mut self, entry: &Entry) -> Option<String> {
        self.swallowed(entry);
        self.text_at(&entry.value, entry.key_span, &entry.key)
    }

    pub(crate) fn text_at(&mut self, node: &Node, span: Span, key: &str) -> Option<String> {
        match &node.value {
            Value::Scalar(_) if node.is_null() => Some(String::new()),
            Value::Scalar(scalar) => Some(scalar.text.to_string()),
            _ => {
                self.wrong_type((node, span), key, "text");
                None
            }
        }
    }

    /// Text that is not empty.
    pub(crate) fn set_text(&mut self, entry: &Entry) -> Option<String> {
        self.text(entry).filter(|text| !text.is_empty())
    }

    /// Warns when a comment took the place of the value: `channel: #monitoring`.
    pub(crate) fn swallowed(&mut self, entry: &Entry) {
        if !entry.value.is_null() || entry.value.span.end > entry.value.span.start {
            return;
        }
        let rest = self.file.text.get(entry.key_span.end..).unwrap_or("");
        let line = rest.split('\n').next().unwrap_or("");
        let Some(value) = line.trim_start().strip_prefix(':') else {
            return;
        };
        let comment = value.trim();
        let is_value = comment.strip_prefix('#').is_some_and(|rest| {
            rest.starts_with(|first: char| !first.is_whitespace() && first != '#')
        });
        if !is_value {
            return;
        }
        let start = entry.key_span.end + line.len() - line.trim_start().len() + 1 + value.len()
            - value.trim_start().len();
        let word = comment.split_whitespace().next().unwrap_or(comment);
        let message = format!("`{}` is empty: ` #` starts a comment", entry.key);
        let fault = Diagnostic::warning(codes::COMMENT, message)
            .at(
                Span::new(start, start + comment.len()),
                "YAML takes this for a comment",
            )
            .help(format!("put the value in quotes: {}: '{word}'", entry.key));
        self.report.add(fault);
    }

    /// A switch: plain `true`, `yes`, `on`, `y` and their opposites. Nothing is off.
    pub(crate) fn boolean(&mut self, entry: &Entry) -> Option<bool> {
        match entry.value.resolved() {
            Some(Resolved::Bool(value)) => Some(value),
            Some(Resolved::Null) => Some(false),
            _ => {
                self.wrong_type((&entry.value, entry.key_span), &entry.key, "true or false");
                None
            }
        }
    }

    /// A duration; none when nothing is there.
    pub(crate) fn duration(&mut self, entry: &Entry) -> Option<Duration> {
        if entry.value.is_null() {
            self.swallowed(entry);
            return None;
        }
        let text = self.text(entry)?;
        match duration::parse(&text) {
            Ok(duration) => Some(duration),
            Err(reason) => {
                self.bad_duration(&entry.value, &entry.key, &text, &reason);
                None
            }
        }
    }

    pub(crate) fn bad_duration(&mut self, node: &Node, key: &str, text: &str, reason: &str) {
        let message = format!("`{key}` is not a duration: {text:?}");
        let fault = Diagnostic::error(codes::DURATION, message)
            .at(node.span, reason)
            .help(
                "units, largest first: y, w, d, h, m, s, ms; whole numbers; such as 30s or 1h30m",
            );
        self.report.add(fault);
    }

    /// The items of a list; nothing is an empty one.
    pub(crate) fn list<'n>(&mut self, entry: &'n Entry, expected: &str) -> &'n [Arc<Node>] {
        match &entry.value.value {
            Value::Sequence(items) => items,
            _ if entry.value.is_null() => &[],
            _ => {
                self.wrong_type((&entry.value, entry.key_span), &entry.key, expected);
                &[]
            }
        }
    }

    /// A list of texts.
    pub(crate) fn texts(&mut self, entry: &Entry) -> Vec<(String, Arc<Node>)> {
        let items = self.list(entry, "a list of texts");
        let texts = items.iter().filter_map(|item| {
            let text = self.text_at(item, item.span, &entry.key)?;
            Some((text, Arc::clone(item)))
        });
        texts.collect()
    }

    /// Reports each pair of these keys of which both are set.
    pub(crate) fn exclusive(&mut self, node: &Node, first: &str, second: &str) -> bool {
        let set = |key| node.entry(key).filter(|entry| is_set(&entry.value));
        let (Some(one), Some(other)) = (set(first), set(second)) else {
            return false;
        };
        let message = format!("at most one of {first} & {second} must be configured");
        let fault = Diagnostic::error(codes::EXCLUSIVE, message)
            .at(other.key_span, "remove this one")
            .at(one.key_span, "or this one");
        self.report.add(fault);
        true
    }

    /// Refuses a section that is known and not empty but not built yet.
    pub(crate) fn unsupported(&mut self, entry: &Entry, whose: &str) {
        if !is_filled(&entry.value) {
            return;
        }
        let message = format!("larum does not support `{}`{whose} yet", entry.key);
        let fault = Diagnostic::error(codes::UNSUPPORTED, message)
            .at(entry.key_span, "known, but not built yet")
            .help(
                "ignoring it would change who is told, so the file is refused; remove the section",
            );
        self.report.add(fault);
    }
}

/// Whether a value is there and not empty text.
pub(crate) fn is_set(node: &Node) -> bool {
    match &node.value {
        Value::Scalar(scalar) => !node.is_null() && !scalar.text.is_empty(),
        _ => true,
    }
}

/// Whether a value holds anything at all.
fn is_filled(node: &Node) -> bool {
    match &node.value {
        Value::Scalar(_) => is_set(node),
        Value::Sequence(items) => !items.is_empty(),
        Value::Mapping(entries) => !entries.is_empty(),
    }
}

/// What a value is, for a person.
pub(crate) fn described(node: &Node) -> &'static str {
    match (&node.value, node.resolved()) {
        (Value::Sequence(_), _) => "a list",
        (Value::Mapping(_), _) => "a mapping",
        (_, Some(Resolved::Null)) => "nothing",
        (_, Some(Resolved::Bool(_))) => "a switch",
        (_, Some(Resolved::Integer(_) | Resolved::Float(_))) => "a number",
        _ => "text",
    }
}
