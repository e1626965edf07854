//! YAML as a tree in which every key and value knows its place.

use std::{borrow::Cow, collections::HashMap, sync::Arc};

use saphyr_parser::{Event, Marker, Parser, ScanError, StrInput, Tag};

use crate::{Diagnostic, Span, codes, limits};

/// A value with its place.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) span: Span,
    /// The tag's name without its handle, such as `str` of `!!str`; for core tags only.
    pub(crate) tag: Option<Box<str>>,
    pub(crate) value: Value,
}

#[derive(Clone, Debug)]
pub(crate) enum Value {
    Scalar(Scalar),
    Sequence(Vec<Arc<Node>>),
    Mapping(Vec<Entry>),
}

/// Text as it was written; what it means depends on what is expected of it.
#[derive(Clone, Debug)]
pub(crate) struct Scalar {
    pub(crate) text: Box<str>,
    pub(crate) style: ScalarStyle,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScalarStyle {
    Plain,
    Quoted,
    Block,
}

#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: Box<str>,
    pub(crate) key_span: Span,
    pub(crate) value: Arc<Node>,
    /// Whether it came through `<<`.
    merged: bool,
}

impl Entry {
    /// The same entry under another name.
    pub(crate) fn renamed(&self, key: &str) -> Self {
        Self {
            key: key.into(),
            ..self.clone()
        }
    }
}

impl Node {
    /// The value of a key, if this is a mapping that has it.
    pub(crate) fn get(&self, key: &str) -> Option<&Arc<Self>> {
        self.entry(key).map(|entry| &entry.value)
    }

    pub(crate) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| *entry.key == *key)
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Mapping(entries) => entries,
            _ => &[],
        }
    }

    pub(crate) fn items(&self) -> &[Arc<Self>] {
        match &self.value {
            Value::Sequence(items) => items,
            _ => &[],
        }
    }
}

/// A document, or none, and what is odd about it.
pub(crate) struct Tree {
    pub(crate) root: Option<Arc<Node>>,
    pub(crate) faults: Vec<Diagnostic>,
}

/// Reads the first document of a text.
///
/// # Errors
/// When the text is not YAML, or too much of it.
pub(crate) fn read(text: &str) -> Result<Tree, Box<Diagnostic>> {
    if text.len() > limits::FILE_BYTES_MAX {
        let message = format!(
            "the file is larger than {} MiB",
            limits::FILE_BYTES_MAX >> 20
        );
        return Err(Box::new(Diagnostic::error(codes::TOO_LARGE, message)));
    }
    let mut builder = Builder::new(text);
    let mut parser = Parser::new_from_str(text);
    builder.run(&mut parser)?;
    Ok(Tree {
        root: builder.root,
        faults: builder.faults,
    })
}

struct Builder<'a> {
    text: &'a str,
    offsets: Offsets,
    root: Option<Arc<Node>>,
    faults: Vec<Diagnostic>,
    open: Vec<Open>,
    /// Finished values with an anchor, and how many nodes each holds.
    anchors: HashMap<usize, (Arc<Node>, usize)>,
    nodes: usize,
}

/// A mapping or list that is not over yet.
struct Open {
    start: usize,
    anchor: usize,
    tag: Option<Box<str>>,
    nodes_before: usize,
    content: Content,
}

enum Content {
    Sequence(Vec<Arc<Node>>),
    Mapping {
        entries: Vec<Entry>,
        index: HashMap<Box<str>, usize>,
        key: Option<Arc<Node>>,
    },
}

type Failed<T> = Result<T, Box<Diagnostic>>;

impl<'a> Builder<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            offsets: Offsets::new(text),
            root: None,
            faults: Vec::new(),
            open: Vec::new(),
            anchors: HashMap::new(),
            nodes: 0,
        }
    }

    fn run(&mut self, parser: &mut Parser<'_, StrInput<'_>>) -> Failed<()> {
        let mut documents = 0;
        while let Some(next) = parser.next_event() {
            let (event, span) = match next {
                Ok(next) => next,
                // What follows the first document is not read, so it may be anything.
                Err(_) if documents > 0 && self.root.is_some() && self.open.is_empty() => {
                    return Ok(());
                }
                Err(error) => return Err(Box::new(self.syntax(&error))),
            };
            let span = Span::new(self.offset(span.start), self.offset(span.end));
            match event {
                Event::DocumentStart(_) if documents == 1 => {
                    let fault = "only the first YAML document is read; what follows has no effect";
                    let fault = Diagnostic::warning(codes::SECOND_DOCUMENT, fault);
                    self.faults
                        .push(fault.at(span, "a second document begins here"));
                    return Ok(());
                }
                Event::DocumentStart(_) => documents += 1,
                Event::StreamEnd => return Ok(()),
                Event::Nothing | Event::StreamStart | Event::DocumentEnd => {}
                other => self.event(other, span)?,
            }
        }
        Ok(())
    }

    fn event(&mut self, event: Event<'_>, span: Span) -> Failed<()> {
        self.nodes += 1;
        if self.nodes > limits::NODES_MAX {
            let message = format!("the file holds more than {} values", limits::NODES_MAX);
            let fault = Diagnostic::error(codes::TOO_LARGE, message)
                .at(span, "here")
                .help("an alias counts as many values as what it repeats");
            return Err(Box::new(fault));
        }
        match event {
            Event::Alias(anchor) => self.alias(anchor, span),
            Event::Scalar(text, style, anchor, tag) => {
                let style = match style {
                    saphyr_parser::ScalarStyle::Plain => ScalarStyle::Plain,
                    saphyr_parser::ScalarStyle::SingleQuoted
                    | saphyr_parser::ScalarStyle::DoubleQuoted => ScalarStyle::Quoted,
                    saphyr_parser::ScalarStyle::Literal | saphyr_parser::ScalarStyle::Folded => {
                        ScalarStyle::Block
                    }
                };
                let value = Value::Scalar(Scalar {
                    text: text.into(),
                    style,
                });
                let node = Arc::new(Node {
                    span,
                    tag: core_tag(tag),
                    value,
                });
                self.anchored(anchor, &node, 1);
                self.place(node)
            }
            Event::SequenceStart(anchor, tag) => {
                self.begin(span, anchor, tag, Content::Sequence(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                let (entries, index) = (Vec::new(), HashMap::new());
                self.begin(
                    span,
                    anchor,
                    tag,
                    Content::Mapping {
                        entries,
                        index,
                        key: None,
                    },
                )
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            _ => Ok(()),
        }
    }

    fn begin(
        &mut self,
        span: Span,
        anchor: usize,
        tag: Option<Cow<'_, Tag>>,
        content: Content,
    ) -> Failed<()> {
        if self.open.len() >= limits::DEPTH_MAX {
            let message = format!("nested more than {} levels deep", limits::DEPTH_MAX);
            return Err(Box::new(
                Diagnostic::error(codes::TOO_LARGE, message).at(span, "here"),
            ));
        }
        let (start, nodes_before) = (span.start, self.nodes);
        self.open.push(Open {
            start,
            anchor,
            tag: core_tag(tag),
            nodes_before,
            content,
        });
        Ok(())
    }

    fn end(&mut self, span: Span) -> Failed<()> {
        let Some(open) = self.open.pop() else {
            return Ok(());
        };
        let value = match open.content {
            Content::Sequence(items) => Value::Sequence(items),
            Content::Mapping { entries, .. } => Value::Mapping(entries),
        };
        let end = trimmed_end(self.text, open.start, span.end.max(open.start));
        let node = Arc::new(Node {
            span: Span::new(open.start, end),
            tag: open.tag,
            value,
        });
        self.anchored(open.anchor, &node, self.nodes - open.nodes_before + 1);
        self.place(node)
    }

    fn anchored(&mut self, anchor: usize, node: &Arc<Node>, nodes: usize) {
        if anchor > 0 {
            self.anchors.insert(anchor, (Arc::clone(node), nodes));
        }
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Failed<()> {
        let Some((node, nodes)) = self.anchors.get(&anchor) else {
            let fault = Diagnostic::error(codes::SYNTAX, "an alias stands inside what it repeats");
            return Err(Box::new(
                fault.at(span, "refers to a value that is not over yet"),
            ));
        };
        self.nodes = self.nodes.saturating_add(*nodes);
        let node = Arc::clone(node);
        self.place(node)
    }

    /// Puts a finished value where it belongs.
    fn place(&mut self, node: Arc<Node>) -> Failed<()> {
        let Some(open) = self.open.last_mut() else {
            self.root.get_or_insert(node);
            return Ok(());
        };
        match &mut open.content {
            Content::Sequence(items) => items.push(node),
            Content::Mapping {
                entries,
                index,
                key,
            } => match key.take() {
                None => *key = Some(node),
                Some(key) => insert(entries, index, (&key, node), &mut self.faults)?,
            },
        }
        Ok(())
    }

    fn offset(&self, marker: Marker) -> usize {
        self.offsets.byte(self.text, marker.index())
    }

    fn syntax(&self, error: &ScanError) -> Diagnostic {
        let start = self.offset(*error.marker());
        let line_start = self.text[..start].rfind('\n').map_or(0, |index| index + 1);
        let line = self.text[line_start..].split('\n').next().unwrap_or("");
        let indent = line.len() - line.trim_start().len();
        if let Some(tab) = line[..indent].find('\t') {
            let place = Span::new(line_start + tab, line_start + tab + 1);
            return Diagnostic::error(codes::SYNTAX, "a tab indents this line; YAML wants spaces")
                .at(place, "a tab")
                .help("replace it by two spaces for each level");
        }
        let end = start + self.text[start..].chars().next().map_or(0, char::len_utf8);
        let message = format!("the file is not YAML: {}", error.info());
        Diagnostic::error(codes::SYNTAX, message)
            .at(Span::new(start, end), "here, or in the lines above")
            .help(
                "check the indentation (two spaces a level), quotes and colons of the lines above",
            )
    }
}

fn insert(
    entries: &mut Vec<Entry>,
    index: &mut HashMap<Box<str>, usize>,
    (key, value): (&Arc<Node>, Arc<Node>),
    faults: &mut Vec<Diagnostic>,
) -> Failed<()> {
    let Value::Scalar(scalar) = &key.value else {
        let fault = Diagnostic::error(codes::SYNTAX, "a key must be text");
        let help =
            "a value that begins with `{` or `[` must be put in quotes, as in '{{ .Status }}'";
        return Err(Box::new(
            fault.at(key.span, "a mapping or list as a key").help(help),
        ));
    };
    if *scalar.text == *"<<" && scalar.style == ScalarStyle::Plain {
        merge(entries, index, (key.span, &value), faults);
        return Ok(());
    }
    let entry = Entry {
        key: scalar.text.clone(),
        key_span: key.span,
        value,
        merged: false,
    };
    match index.get(&entry.key) {
        Some(&at) if !entries[at].merged => {
            let message = format!("`{}` stands twice in the same mapping", entry.key);
            let fault = Diagnostic::error(codes::DUPLICATE_KEY, message)
                .at(entry.key_span, "again here")
                .at(entries[at].key_span, "first here");
            faults.push(fault);
        }
        Some(&at) => entries[at] = entry,
        None => {
            index.insert(entry.key.clone(), entries.len());
            entries.push(entry);
        }
    }
    Ok(())
}

/// Keys of the merged mapping override those before `<<` and are overridden by those after it,
/// as yaml.v2 does it; of several mappings the first wins.
fn merge(
    entries: &mut Vec<Entry>,
    index: &mut HashMap<Box<str>, usize>,
    (key_span, value): (Span, &Arc<Node>),
    faults: &mut Vec<Diagnostic>,
) {
    let sources: Vec<&Arc<Node>> = match &value.value {
        Value::Mapping(_) => vec![value],
        Value::Sequence(items) => items.iter().rev().collect(),
        Value::Scalar(_) => Vec::new(),
    };
    let all_mappings = sources
        .iter()
        .all(|node| matches!(node.value, Value::Mapping(_)));
    if !all_mappings || matches!(value.value, Value::Scalar(_)) {
        let fault = Diagnostic::error(codes::MERGE, "`<<` takes a mapping or a list of mappings");
        faults.push(fault.at(key_span, "merges something else"));
        return;
    }
    for entry in sources.iter().flat_map(|node| node.entries()) {
        let merged = Entry {
            merged: true,
            ..entry.clone()
        };
        match index.get(&entry.key) {
            Some(&at) => {
                if !entries[at].merged {
                    let message =
                        format!("`<<` overrides the `{}` that stands before it", entry.key);
                    let fault = Diagnostic::warning(codes::MERGE, message)
                        .at(key_span, "later, so it wins")
                        .at(entries[at].key_span, "has no effect")
                        .help("write `<<` first: keys after it override what it brings");
                    faults.push(fault);
                }
                entries[at] = merged;
            }
            None => {
                index.insert(entry.key.clone(), entries.len());
                entries.push(merged);
            }
        }
    }
}

fn core_tag(tag: Option<Cow<'_, Tag>>) -> Option<Box<str>> {
    let tag = tag?;
    tag.is_yaml_core_schema()
        .then(|| tag.suffix.as_str().into())
}

fn trimmed_end(text: &str, start: usize, end: usize) -> usize {
    start
        + text
            .get(start..end)
            .map_or(0, |value| value.trim_end().len())
}

/// Finds the byte of a character quickly: the byte of every 256th is known.
struct Offsets {
    every: Vec<usize>,
    is_ascii: bool,
}

const OFFSETS_STEP: usize = 256;

impl Offsets {
    fn new(text: &str) -> Self {
        let is_ascii = text.is_ascii();
        let every = match is_ascii {
            true => Vec::new(),
            false => text
                .char_indices()
                .step_by(OFFSETS_STEP)
                .map(|(byte, _)| byte)
                .collect(),
        };
        Self { every, is_ascii }
    }

    fn byte(&self, text: &str, character: usize) -> usize {
        if self.is_ascii {
            return character.min(text.len());
        }
        let Some(base) = self.every.get(character / OFFSETS_STEP) else {
            return text.len();
        };
        let within = text[*base..].char_indices().nth(character % OFFSETS_STEP);
        base + within.map_or(text.len() - base, |(byte, _)| byte)
    }
}
