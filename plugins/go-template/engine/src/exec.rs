//! Carries out a syntax tree: what the actions print, and in which order.

use std::sync::Arc;

use crate::ast::{Command, Conditional, Expression, Node, Pipe, Tree};
use crate::error::ExecError;
use crate::format::{self, TooLong, quote};
use crate::functions::Context;
use crate::limits::Options;
use crate::parse::Trees;
use crate::value::{FunctionError, Value};

mod evaluate;

/// How deep actions, pipelines and templates may stand inside one another at run time. Each costs a
/// piece of the stack, and a component has no more than 1 MiB of it. For the same reason the functions
/// that recurse are kept out of one another's frames.
const STACK_DEPTH_MAX: usize = 400;

/// Renders a tree. `scopes` are where templates are looked up, in this order.
pub(crate) fn render(
    tree: &Tree,
    scopes: [&Trees; 2],
    data: &Value,
    options: &Options<'_>,
) -> Result<String, ExecError> {
    let mut run = Run {
        tree,
        scopes,
        context: Context::new(data, options),
        output: String::new(),
        variables: vec![("$".into(), data.clone())],
        frame: 0,
        at: None,
        call_depth: 0,
        call_depth_max: options.limits.call_depth_max,
        stack_depth: 0,
    };
    match run.nodes(&tree.nodes, data) {
        Ok(_) => Ok(run.output),
        Err(failure) => Err(*failure),
    }
}

struct Run<'a> {
    tree: &'a Tree,
    scopes: [&'a Trees; 2],
    context: Context<'a>,
    output: String,
    /// Variables of all templates being executed, the innermost last.
    variables: Vec<(Arc<str>, Value)>,
    /// Where the variables of the present template begin.
    frame: usize,
    /// What is being carried out, for error messages.
    at: Option<At<'a>>,
    call_depth: usize,
    call_depth_max: usize,
    stack_depth: usize,
}

/// Something that a message can point at.
#[derive(Clone, Copy)]
enum At<'a> {
    Node(&'a Node),
    Pipe(&'a Pipe),
    Command(&'a Command),
    Expression(&'a Expression),
}

type Failure = Box<ExecError>;
type Done<T> = Result<T, Failure>;

/// How a list of nodes ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    Next,
    Break,
    Continue,
}

impl<'a> Run<'a> {
    fn nodes(&mut self, nodes: &'a [Node], dot: &Value) -> Done<Flow> {
        self.enter()?;
        for node in nodes {
            self.at = Some(At::Node(node));
            self.step()?;
            let flow = match node {
                Node::Text { text, .. } => self.write(text).map(|()| Flow::Next),
                Node::Action { pipe, .. } => self.action(node, pipe, dot).map(|()| Flow::Next),
                Node::If(conditional) => self.conditional(conditional, dot, false),
                Node::With(conditional) => self.conditional(conditional, dot, true),
                Node::Range { .. } => self.range(node, dot),
                Node::Template { .. } => self.template(node, dot).map(|()| Flow::Next),
                Node::Break { .. } => Ok(Flow::Break),
                Node::Continue { .. } => Ok(Flow::Continue),
            }?;
            if flow != Flow::Next {
                self.leave();
                return Ok(flow);
            }
        }
        self.leave();
        Ok(Flow::Next)
    }

    /// Prints the value of a pipeline, unless it declares or assigns a variable.
    #[inline(never)]
    fn action(&mut self, node: &'a Node, pipe: &'a Pipe, dot: &Value) -> Done<()> {
        let value = self.pipe(pipe, dot)?;
        if !pipe.variables.is_empty() {
            return Ok(());
        }
        self.at = Some(At::Node(node));
        match &value {
            Value::String(text) => self.write(text),
            Value::Function(_) => {
                let message = format!("can't print {node} of type {}", value.type_name());
                Err(self.failure(message))
            }
            value => {
                let left = self
                    .context
                    .string_bytes_max()
                    .saturating_sub(self.output.len());
                match format::print_action(value, left) {
                    Ok(text) => self.write(&text),
                    Err(TooLong) => Err(self.output_exceeded()),
                }
            }
        }
    }

    #[inline(never)]
    fn conditional(
        &mut self,
        conditional: &'a Conditional,
        dot: &Value,
        sets_dot: bool,
    ) -> Done<Flow> {
        let mark = self.variables.len();
        let mut chosen = (conditional.otherwise.as_ref(), None);
        for (pipe, nodes) in &conditional.branches {
            let value = self.pipe(pipe, dot)?;
            if value.truth() {
                chosen = (Some(nodes), Some(value));
                break;
            }
        }
        let flow = match chosen {
            (Some(nodes), Some(value)) if sets_dot => self.nodes(nodes, &value),
            (Some(nodes), _) => self.nodes(nodes, dot),
            (None, _) => Ok(Flow::Next),
        };
        self.variables.truncate(mark);
        flow
    }

    #[inline(never)]
    fn range(&mut self, node: &'a Node, dot: &Value) -> Done<Flow> {
        let Node::Range {
            pipe,
            body,
            otherwise,
            ..
        } = node
        else {
            return Ok(Flow::Next);
        };
        let mark = self.variables.len();
        let value = self.pipe(pipe, dot)?;
        let turns = Turns {
            pipe,
            body,
            mark: self.variables.len(),
        };
        let (ran, flow) = match value.underlying() {
            Value::Nil => (false, Flow::Next),
            Value::List(list) => {
                let pairs = list.items().iter().zip(0..);
                self.turns(
                    turns,
                    pairs.map(|(item, index)| (Value::Int(index), item.clone())),
                )?
            }
            Value::Map(map) => {
                let pairs = map.iter();
                self.turns(
                    turns,
                    pairs.map(|(key, item)| (Value::from(key.clone()), item.clone())),
                )?
            }
            Value::Int(_) if pipe.variables.len() > 1 => {
                let shown = self.shown(&value);
                let message = format!("can't use {shown} to iterate over more than one variable");
                return Err(self.failure(message));
            }
            Value::Int(count) => self.turns(
                turns,
                (0..count).map(|turn| (Value::Int(turn), Value::Int(turn))),
            )?,
            _ => {
                let shown = self.shown(&value);
                return Err(self.failure(format!("range can't iterate over {shown}")));
            }
        };
        let flow = match otherwise {
            Some(nodes) if !ran => self.nodes(nodes, dot)?,
            _ => flow,
        };
        self.variables.truncate(mark);
        Ok(flow)
    }

    /// The turns of a range: whether there was any. A `break` or `continue` ends here.
    #[inline(never)]
    fn turns(
        &mut self,
        turns: Turns<'a>,
        pairs: impl Iterator<Item = (Value, Value)>,
    ) -> Done<(bool, Flow)> {
        let mut ran = false;
        for (index, item) in pairs {
            ran = true;
            self.step()?;
            self.set_turn_variables(turns, index, &item)?;
            let flow = self.nodes(turns.body, &item)?;
            self.variables.truncate(turns.mark);
            if flow == Flow::Break {
                break;
            }
        }
        Ok((ran, Flow::Next))
    }

    fn set_turn_variables(&mut self, turns: Turns<'a>, index: Value, item: &Value) -> Done<()> {
        let values = match turns.pipe.variables.len() {
            0 => return Ok(()),
            1 => [Some(item.clone()), None],
            _ => [Some(index), Some(item.clone())],
        };
        for (place, value) in values.into_iter().flatten().enumerate() {
            if turns.pipe.assigns {
                self.assign(&turns.pipe.variables[place], value)?;
            } else {
                let slot = turns.mark - turns.pipe.variables.len() + place;
                self.variables[slot].1 = value;
            }
        }
        Ok(())
    }

    #[inline(never)]
    fn template(&mut self, node: &'a Node, dot: &Value) -> Done<()> {
        let Node::Template { name, pipe, .. } = node else {
            return Ok(());
        };
        let found = self.scopes.iter().find_map(|scope| scope.get(name));
        let Some(tree) = found else {
            return Err(self.failure(format!("template {} not defined", quote(name))));
        };
        if self.call_depth >= self.call_depth_max {
            let message = format!("exceeded maximum template depth ({})", self.call_depth_max);
            return Err(self.failure(message));
        }
        let dot = match pipe {
            Some(pipe) => self.pipe(pipe, dot)?,
            None => Value::Nil,
        };
        // A template sees none of its caller's variables.
        let outer = (self.tree, self.frame, self.at);
        let mark = self.variables.len();
        self.tree = tree;
        self.frame = mark;
        self.variables.push(("$".into(), dot.clone()));
        self.call_depth += 1;
        self.nodes(&tree.nodes, &dot)?;
        self.call_depth -= 1;
        self.variables.truncate(mark);
        (self.tree, self.frame, self.at) = outer;
        Ok(())
    }

    fn variable(&self, name: &str) -> Option<&Value> {
        let own = &self.variables[self.frame..];
        own.iter()
            .rev()
            .find(|(known, _)| known.as_ref() == name)
            .map(|(_, value)| value)
    }

    fn assign(&mut self, name: &str, value: Value) -> Done<()> {
        let own = &mut self.variables[self.frame..];
        match own
            .iter_mut()
            .rev()
            .find(|(known, _)| known.as_ref() == name)
        {
            Some((_, slot)) => {
                *slot = value;
                Ok(())
            }
            None => Err(self.failure(format!("undefined variable: {name}"))),
        }
    }

    fn write(&mut self, text: &str) -> Done<()> {
        if self.output.len() + text.len() > self.context.string_bytes_max() {
            return Err(self.output_exceeded());
        }
        self.output.push_str(text);
        Ok(())
    }

    fn output_exceeded(&self) -> Failure {
        let bytes_max = self.context.string_bytes_max();
        self.failure(format!("exceeded the limit of {bytes_max} bytes of output"))
    }

    fn step(&mut self) -> Done<()> {
        self.context
            .spend(1)
            .map_err(|error| self.failure(error.message()))
    }

    /// Goes one level deeper. A failure ends the rendering, so nothing need leave after one.
    fn enter(&mut self) -> Done<()> {
        self.stack_depth += 1;
        if self.stack_depth > STACK_DEPTH_MAX {
            let message = format!("actions are nested deeper than {STACK_DEPTH_MAX}");
            return Err(self.failure(message));
        }
        Ok(())
    }

    fn leave(&mut self) {
        self.stack_depth -= 1;
    }

    /// The value as messages show it.
    fn shown(&self, value: &Value) -> String {
        const BYTES_MAX: usize = 4096;
        format::print_action(value, BYTES_MAX).unwrap_or_default()
    }

    fn call_failure(&self, name: &str, error: &FunctionError) -> Failure {
        self.failure(format!("error calling {name}: {error}"))
    }

    /// An error at the present place.
    #[inline(never)]
    fn failure(&self, message: impl Into<String>) -> Failure {
        let (position, context) = match self.at {
            None => (0, String::new()),
            Some(At::Node(node)) => (node.position(), node.to_string()),
            Some(At::Pipe(pipe)) => (pipe.position, pipe.to_string()),
            Some(At::Command(command)) => (command.position, command.to_string()),
            Some(At::Expression(expression)) => (expression.position(), expression.to_string()),
        };
        let source = &self.tree.source;
        let before = &source.text[..position];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Box::new(ExecError {
            source_name: source.name.clone(),
            line: before.matches('\n').count() + 1,
            column: position - line_start,
            template: self.tree.name.to_string(),
            context,
            message: message.into(),
        })
    }
}

/// A range and where the variables of its turns begin.
#[derive(Clone, Copy)]
struct Turns<'a> {
    pipe: &'a Pipe,
    body: &'a [Node],
    mark: usize,
}
