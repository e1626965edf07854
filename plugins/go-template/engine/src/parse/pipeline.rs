//! Pipelines: declarations, commands, operands and the fields that follow them.

use std::sync::Arc;

use super::{NESTING_MAX, Parsed, Parser};
use crate::ast::{Command, Expression, Pipe};
use crate::format::quote;
use crate::lexer::{Kind, Token};
use crate::number::Number;
use crate::unquote::unquote;

impl<'a> Parser<'a> {
    pub(super) fn pipeline(&mut self, context: &'static str, end: Kind) -> Parsed<Pipe> {
        let position = self.peek_non_space().position;
        let mut pipe = Pipe {
            position,
            assigns: false,
            variables: Vec::new(),
            commands: Vec::new(),
        };
        self.declarations(&mut pipe, context)?;
        loop {
            let token = self.next_non_space();
            match token.kind {
                kind if kind == end => break,
                Kind::Boolean
                | Kind::CharacterConstant
                | Kind::Complex
                | Kind::Dot
                | Kind::Field
                | Kind::Identifier
                | Kind::Number
                | Kind::Nil
                | Kind::RawString
                | Kind::String
                | Kind::Variable
                | Kind::LeftParenthesis => {
                    self.pending.push(token);
                    pipe.commands.push(self.command()?);
                }
                _ => return Err(self.unexpected(&token, context)),
            }
        }
        if pipe.commands.is_empty() {
            return Err(format!("missing value for {context}"));
        }
        for (index, command) in pipe.commands.iter().enumerate().skip(1) {
            if matches!(
                command.words[0],
                Expression::Bool { .. }
                    | Expression::Dot { .. }
                    | Expression::Nil { .. }
                    | Expression::Number { .. }
                    | Expression::String { .. }
            ) {
                return Err(format!(
                    "non executable command in pipeline stage {}",
                    index + 1
                ));
            }
        }
        Ok(pipe)
    }

    /// `$x :=`, `$x =` or, in a range, `$i, $x :=` at the start of a pipeline.
    fn declarations(&mut self, pipe: &mut Pipe, context: &'static str) -> Parsed<()> {
        while self.peek_non_space().kind == Kind::Variable {
            let variable = self.next();
            // A space tells `$x .y`, two arguments, from `$x.y`, so it must not get lost.
            let after = self.next();
            let next = if after.kind == Kind::Space {
                self.next_non_space()
            } else {
                after.clone()
            };
            match next.kind {
                Kind::Assign | Kind::Declare => {
                    pipe.assigns = next.kind == Kind::Assign;
                    self.declare(pipe, &variable);
                    return Ok(());
                }
                Kind::Character if next.text == "," => {
                    self.declare(pipe, &variable);
                    if context != "range" || pipe.variables.len() >= 2 {
                        return Err(format!("too many declarations in {context}"));
                    }
                    if !matches!(
                        self.peek_non_space().kind,
                        Kind::Variable | Kind::RightDelimiter | Kind::RightParenthesis
                    ) {
                        return Err("range can only initialize variables".to_owned());
                    }
                }
                _ => {
                    if after.kind == Kind::Space {
                        self.pending.push(next);
                    }
                    self.pending.push(after);
                    self.pending.push(variable);
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn declare(&mut self, pipe: &mut Pipe, variable: &Token<'a>) {
        let name: Arc<str> = variable.text.as_ref().into();
        pipe.variables.push(Arc::clone(&name));
        self.scope.variables.push(name);
    }

    fn command(&mut self) -> Parsed<Command> {
        let position = self.peek_non_space().position;
        let mut words = Vec::new();
        loop {
            self.peek_non_space();
            if let Some(operand) = self.operand()? {
                words.push(operand);
            }
            let token = self.next();
            match token.kind {
                Kind::Space => {}
                Kind::Pipe => break,
                Kind::RightDelimiter | Kind::RightParenthesis => {
                    self.pending.push(token);
                    break;
                }
                _ => return Err(self.unexpected(&token, "operand")),
            }
        }
        if words.is_empty() {
            return Err("empty command".to_owned());
        }
        Ok(Command { position, words })
    }

    /// A term with the fields that follow it immediately.
    fn operand(&mut self) -> Parsed<Option<Expression>> {
        let Some(term) = self.term()? else {
            return Ok(None);
        };
        let position = self.peek().position;
        let mut fields: Vec<Arc<str>> = Vec::new();
        while self.peek().kind == Kind::Field {
            fields.push(self.next().text[1..].into());
        }
        if fields.is_empty() {
            return Ok(Some(term));
        }
        // As in Go, the position of a chain is that of its second part.
        Ok(Some(match term {
            Expression::Field { mut names, .. } => {
                names.extend(fields);
                Expression::Field { position, names }
            }
            Expression::Variable { name, .. } => Expression::Variable {
                position,
                name,
                fields,
            },
            Expression::Bool { .. }
            | Expression::String { .. }
            | Expression::Number { .. }
            | Expression::Nil { .. }
            | Expression::Dot { .. } => {
                return Err(format!(
                    "unexpected . after term {}",
                    quote(&term.to_string())
                ));
            }
            base => Expression::Chain {
                position,
                base: Box::new(base),
                fields,
            },
        }))
    }

    fn term(&mut self) -> Parsed<Option<Expression>> {
        let token = self.next_non_space();
        let Token {
            kind,
            position,
            ref text,
            ..
        } = token;
        Ok(Some(match kind {
            Kind::Identifier => match self.functions.get(text) {
                Some(function) => Expression::Function {
                    position,
                    name: text.as_ref().into(),
                    function: function.clone(),
                },
                None => return Err(format!("function {} not defined", quote(text))),
            },
            Kind::Dot => Expression::Dot { position },
            Kind::Nil => Expression::Nil { position },
            Kind::Variable => {
                let known = self
                    .scope
                    .variables
                    .iter()
                    .find(|name| name.as_ref() == text);
                match known {
                    Some(name) => {
                        let name = Arc::clone(name);
                        Expression::Variable {
                            position,
                            name,
                            fields: Vec::new(),
                        }
                    }
                    None => return Err(format!("undefined variable {}", quote(text))),
                }
            }
            Kind::Field => Expression::Field {
                position,
                names: vec![text[1..].into()],
            },
            Kind::Boolean => Expression::Bool {
                position,
                value: text == "true",
            },
            Kind::CharacterConstant => Expression::Number {
                position,
                number: Number::character(text)?,
            },
            Kind::Complex => Expression::Number {
                position,
                number: Number::complex(text)?,
            },
            Kind::Number => Expression::Number {
                position,
                number: Number::parse(text)?,
            },
            Kind::String | Kind::RawString => Expression::String {
                position,
                quoted: text.as_ref().into(),
                text: unquote(text).ok_or("invalid syntax")?.into(),
            },
            Kind::LeftParenthesis => self.parenthesized()?,
            _ => {
                self.pending.push(token);
                return Ok(None);
            }
        }))
    }

    fn parenthesized(&mut self) -> Parsed<Expression> {
        self.nesting += 1;
        if self.nesting > NESTING_MAX {
            return Err(format!("parentheses are nested deeper than {NESTING_MAX}"));
        }
        let pipe = self.pipeline("parenthesized pipeline", Kind::RightParenthesis)?;
        self.nesting -= 1;
        Ok(Expression::Pipe(Box::new(pipe)))
    }
}
