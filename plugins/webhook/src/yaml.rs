//! The first document of a YAML text, as Go's yaml.v2 decodes it into plain values.

use std::collections::BTreeMap;

use larum_plugin_sdk::log;
use saphyr_parser::{Event, Parser, ScalarStyle, StrInput, Tag};

use crate::scalar::{self, Scalar};

/// How deep collections may stand in one another; deeper ones are not read.
const DEPTH_MAX: usize = 100;

/// How many nodes a document may have once its aliases are resolved: a few lines of aliases can
/// ask for billions.
const NODES_MAX: usize = 100_000;

/// A value. Members whose key is not a string are dropped, as JSON has no place for them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    Scalar(Scalar),
    Sequence(Vec<Self>),
    Mapping(BTreeMap<String, Self>),
}

/// Reads the first document; none if it is not YAML, or not such that it can be decoded.
pub(crate) fn read(text: &str) -> Option<Node> {
    // YAML 1.2 lets a tab separate and a document end before it begins; yaml.v2 refuses both.
    let beginning = text.trim_start_matches([' ', '\n', '\r']);
    if beginning.starts_with('\t') || beginning.starts_with("...") {
        return None;
    }
    let mut reader = Reader {
        parser: Parser::new_from_str(text),
        anchors: BTreeMap::new(),
        nodes: 0,
    };
    loop {
        match reader.next_event()? {
            Event::StreamStart => {}
            Event::StreamEnd => return Some(Node::Scalar(Scalar::Null)),
            Event::DocumentStart(_) => break,
            _ => return None,
        }
    }
    let first = reader.next_event()?;
    reader.node(first, 0)
}

struct Reader<'input> {
    parser: Parser<'input, StrInput<'input>>,
    /// What can be referred to, by the parser's number, with its count of nodes.
    anchors: BTreeMap<usize, (Node, usize)>,
    nodes: usize,
}

impl<'input> Reader<'input> {
    /// The next event; none at a fault.
    fn next_event(&mut self) -> Option<Event<'input>> {
        let (event, _) = self.parser.next_event()?.ok()?;
        Some(event)
    }

    fn count(&mut self, nodes: usize) -> Option<()> {
        self.nodes = self.nodes.checked_add(nodes)?;
        if self.nodes > NODES_MAX {
            log::warn(&format!(
                "a text with more than {NODES_MAX} YAML nodes stays a text"
            ));
            return None;
        }
        Some(())
    }

    fn node(&mut self, event: Event<'input>, depth: usize) -> Option<Node> {
        let before = self.nodes;
        self.count(1)?;
        if depth > DEPTH_MAX {
            return None;
        }
        let (node, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => (
                Node::Scalar(scalar_of(&text, style, tag.as_deref())?),
                anchor,
            ),
            Event::SequenceStart(anchor, _) => (self.sequence(depth)?, anchor),
            Event::MappingStart(anchor, _) => (self.mapping(depth)?, anchor),
            Event::Alias(anchor) => {
                let (node, size) = self.anchors.get(&anchor)?.clone();
                self.count(size)?;
                return Some(node);
            }
            _ => return None,
        };
        if anchor > 0 {
            self.anchors
                .insert(anchor, (node.clone(), self.nodes - before));
        }
        Some(node)
    }

    fn sequence(&mut self, depth: usize) -> Option<Node> {
        let mut items = Vec::new();
        loop {
            match self.next_event()? {
                Event::SequenceEnd => return Some(Node::Sequence(items)),
                event => items.push(self.node(event, depth + 1)?),
            }
        }
    }

    fn mapping(&mut self, depth: usize) -> Option<Node> {
        let mut members = BTreeMap::new();
        loop {
            let event = self.next_event()?;
            if matches!(event, Event::MappingEnd) {
                return Some(Node::Mapping(members));
            }
            let is_merge = matches!(
                &event,
                Event::Scalar(text, ScalarStyle::Plain, _, None) if text == "<<"
            );
            let key = self.node(event, depth + 1)?;
            let event = self.next_event()?;
            let value = self.node(event, depth + 1)?;
            match key {
                _ if is_merge => merge(&mut members, value)?,
                Node::Scalar(Scalar::String(key)) => {
                    members.insert(key, value);
                }
                Node::Scalar(_) => {}
                Node::Sequence(_) | Node::Mapping(_) => return None,
            }
        }
    }
}

/// Takes the members of one mapping, or of several of which the first goes before the others.
fn merge(members: &mut BTreeMap<String, Node>, value: Node) -> Option<()> {
    match value {
        Node::Mapping(merged) => members.extend(merged),
        Node::Sequence(items) => {
            for item in items.into_iter().rev() {
                let Node::Mapping(merged) = item else {
                    return None;
                };
                members.extend(merged);
            }
        }
        Node::Scalar(_) => return None,
    }
    Some(())
}

fn scalar_of(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Option<Scalar> {
    match tag {
        Some(tag) if tag.is_yaml_core_schema() => scalar::tagged(&tag.suffix, text),
        None if style == ScalarStyle::Plain => Some(scalar::plain(text)),
        _ => Some(Scalar::String(text.to_owned())),
    }
}
