//! Evaluates pipelines: operands, fields, methods and functions with their arguments.

use std::borrow::Cow;
use std::sync::Arc;

use super::{At, Done, Run};
use crate::ast::{Command, Expression, Pipe};
use crate::builtins;
use crate::value::{Function, Object, Signature, Type, Value};

/// How deep lists and maps may stand inside one another.
const VALUE_DEPTH_MAX: usize = 64;
/// So many bytes or items of a function's result cost one step.
const SIZE_PER_STEP: usize = 64;

/// A command's arguments: those that were written, and the value that the pipeline passes on.
struct Arguments<'a, 'v> {
    dot: &'v Value,
    written: &'a [Expression],
    piped: Option<Value>,
}

impl Arguments<'_, '_> {
    fn is_empty(&self) -> bool {
        self.written.is_empty() && self.piped.is_none()
    }
}

/// What a field is taken of.
struct Receiver {
    value: Value,
    origin: Origin,
}

/// Where a receiver comes from, which Go's messages tell.
#[derive(Clone, Copy)]
enum Origin {
    /// Dot, a variable or a pipeline: nil there is nothing at all, and a field of it is nothing, too.
    Given,
    /// A field, method or map that says of which type it is.
    Typed,
    /// A map of anything.
    Interface,
}

/// What a call invokes.
enum Callee {
    Function(Function),
    Method(Arc<dyn Object>, Signature),
}

impl Callee {
    fn signature(&self) -> Signature {
        match self {
            Self::Function(function) => *function.signature(),
            Self::Method(_, signature) => *signature,
        }
    }
}

impl<'a> Run<'a> {
    /// The value of a pipeline, which its variables take.
    pub(super) fn pipe(&mut self, pipe: &'a Pipe, dot: &Value) -> Done<Value> {
        self.enter()?;
        self.at = Some(At::Pipe(pipe));
        let mut piped = None;
        for command in &pipe.commands {
            self.step()?;
            piped = Some(self.command(command, dot, piped)?);
        }
        let value = piped.unwrap_or_default();
        for name in &pipe.variables {
            if pipe.assigns {
                self.assign(name, value.clone())?;
            } else {
                self.variables.push((Arc::clone(name), value.clone()));
            }
        }
        self.leave();
        Ok(value)
    }

    fn command(&mut self, command: &'a Command, dot: &Value, piped: Option<Value>) -> Done<Value> {
        let first = &command.words[0];
        let arguments = Arguments {
            dot,
            written: &command.words[1..],
            piped,
        };
        match first {
            Expression::Field { .. }
            | Expression::Chain { .. }
            | Expression::Variable { .. }
            | Expression::Function { .. } => self.call(first, At::Command(command), arguments),
            Expression::Pipe(pipe) => {
                self.refuse_arguments(first, &arguments)?;
                self.pipe(pipe, dot)
            }
            _ => {
                self.at = Some(At::Expression(first));
                self.refuse_arguments(first, &arguments)?;
                self.operand(first, dot)
            }
        }
    }

    fn refuse_arguments(&self, first: &Expression, arguments: &Arguments<'_, '_>) -> Done<()> {
        if arguments.is_empty() {
            return Ok(());
        }
        Err(self.failure(format!("can't give argument to non-function {first}")))
    }

    /// A constant or dot.
    fn operand(&mut self, operand: &'a Expression, dot: &Value) -> Done<Value> {
        match operand {
            Expression::Dot { .. } => Ok(dot.clone()),
            Expression::Bool { value, .. } => Ok(Value::Bool(*value)),
            Expression::String { text, .. } => Ok(Value::String(Arc::clone(text))),
            Expression::Number { number, .. } => {
                let overflow = || self.failure(format!("{} overflows int", number.text));
                number.ideal().ok_or_else(overflow)
            }
            Expression::Nil { .. } => Err(self.failure("nil is not a command")),
            other => Err(self.failure(format!("can't evaluate command {other}"))),
        }
    }

    /// A field, variable, chain or function with its arguments. `command` is what a function that
    /// fails is shown as.
    fn call(
        &mut self,
        callee: &'a Expression,
        command: At<'a>,
        arguments: Arguments<'a, '_>,
    ) -> Done<Value> {
        let here = At::Expression(callee);
        self.at = Some(here);
        match callee {
            Expression::Function { name, function, .. } => self.invoke(
                &Callee::Function(function.clone()),
                name,
                command,
                arguments,
            ),
            Expression::Field { names, .. } => {
                self.fields(arguments.dot.clone(), names, here, arguments)
            }
            Expression::Variable { name, fields, .. } => {
                let Some(value) = self.variable(name).cloned() else {
                    return Err(self.failure(format!("undefined variable: {name}")));
                };
                if fields.is_empty() {
                    self.refuse_arguments(callee, &arguments)?;
                    return Ok(value);
                }
                self.fields(value, fields, here, arguments)
            }
            Expression::Chain { base, fields, .. } => {
                let value = self.base_of_chain(base, arguments.dot)?;
                self.fields(value, fields, here, arguments)
            }
            other => self.operand(other, arguments.dot),
        }
    }

    fn base_of_chain(&mut self, base: &'a Expression, dot: &Value) -> Done<Value> {
        self.at = Some(At::Expression(base));
        match base {
            Expression::Pipe(pipe) => self.pipe(pipe, dot),
            base => {
                let arguments = Arguments {
                    dot,
                    written: &[],
                    piped: None,
                };
                self.call(base, At::Expression(base), arguments)
            }
        }
    }

    /// `.A.B.C` of a receiver; if the last is a method, it takes the arguments.
    fn fields(
        &mut self,
        value: Value,
        names: &'a [Arc<str>],
        here: At<'a>,
        arguments: Arguments<'a, '_>,
    ) -> Done<Value> {
        let Some((last, names)) = names.split_last() else {
            return Ok(value);
        };
        let mut receiver = Receiver {
            value,
            origin: Origin::Given,
        };
        for name in names {
            let none = Arguments {
                dot: arguments.dot,
                written: &[],
                piped: None,
            };
            receiver = self.field(receiver, name, here, none)?;
        }
        Ok(self.field(receiver, last, here, arguments)?.value)
    }

    fn field(
        &mut self,
        receiver: Receiver,
        name: &str,
        here: At<'a>,
        arguments: Arguments<'a, '_>,
    ) -> Done<Receiver> {
        let Receiver { value, origin } = receiver;
        if matches!(value, Value::Nil) {
            return match origin {
                Origin::Given => Ok(Receiver { value, origin }),
                _ => Err(self.failure(format!("nil pointer evaluating interface {{}}.{name}"))),
            };
        }
        if let Value::Object(object) = &value {
            let method = object.methods().iter().find(|method| method.name == name);
            if let Some(method) = method {
                let callee = Callee::Method(Arc::clone(object), method.signature);
                let value = self.invoke(&callee, name, here, arguments)?;
                return Ok(Receiver {
                    value,
                    origin: Origin::Typed,
                });
            }
            if let Some(value) = object.field(name) {
                if !arguments.is_empty() {
                    let message = format!("{name} has arguments but cannot be invoked as function");
                    return Err(self.failure(message));
                }
                return Ok(Receiver {
                    value,
                    origin: Origin::Typed,
                });
            }
        }
        if let Value::Map(map) = value.underlying() {
            if !arguments.is_empty() {
                let message = format!("{name} is not a method but has arguments");
                return Err(self.failure(message));
            }
            let holds_anything = map.element() == Type::Any;
            let origin = if holds_anything {
                Origin::Interface
            } else {
                Origin::Typed
            };
            return Ok(Receiver {
                value: map.get_or_zero(name),
                origin,
            });
        }
        let type_name = match origin {
            Origin::Interface => Cow::Borrowed(Type::Any.name()),
            _ => value.type_name(),
        };
        Err(self.failure(format!("can't evaluate field {name} in type {type_name}")))
    }

    /// Calls a function or method. `command` is what is shown when it fails.
    fn invoke(
        &mut self,
        callee: &Callee,
        name: &str,
        command: At<'a>,
        arguments: Arguments<'a, '_>,
    ) -> Done<Value> {
        let signature = callee.signature();
        self.check_count(name, signature, &arguments)?;
        let is_function = matches!(callee, Callee::Function(_));
        if is_function && matches!(name, "and" | "or") {
            return self.short_circuit(name == "or", arguments);
        }
        let Arguments {
            dot,
            written,
            piped,
        } = arguments;
        let mut values = Vec::with_capacity(written.len() + 1);
        for (index, argument) in written.iter().enumerate() {
            let wanted = signature.parameter(index).unwrap_or(Type::Any);
            values.push(self.argument(argument, wanted, dot)?);
        }
        if let Some(piped) = piped {
            let wanted = signature.parameter(written.len()).unwrap_or(Type::Any);
            values.push(self.fit(piped, wanted, false)?);
        }
        let called = match callee {
            Callee::Function(_) if name == "call" => {
                let shown = written.first().map(ToString::to_string).unwrap_or_default();
                builtins::call(&mut self.context, &shown, &values)
            }
            Callee::Function(function) => function.invoke(&mut self.context, &values),
            Callee::Method(object, _) => object.call(name, &values),
        };
        let value = called.map_err(|error| {
            self.at = Some(command);
            self.call_failure(name, &error)
        })?;
        self.check_size(&value)?;
        Ok(value)
    }

    fn check_count(
        &self,
        name: &str,
        signature: Signature,
        arguments: &Arguments<'_, '_>,
    ) -> Done<()> {
        let wanted = signature.parameters.len();
        let written = arguments.written.len();
        let got = written + usize::from(arguments.piped.is_some());
        match signature.rest {
            Some(_) if got < wanted => Err(self.failure(format!(
                "wrong number of args for {name}: want at least {wanted} got {written}"
            ))),
            None if got != wanted => Err(self.failure(format!(
                "wrong number of args for {name}: want {wanted} got {got}"
            ))),
            _ => Ok(()),
        }
    }

    /// `and` and `or` evaluate no argument after the one that decides.
    fn short_circuit(&mut self, decisive: bool, arguments: Arguments<'a, '_>) -> Done<Value> {
        let mut value = Value::Nil;
        for argument in arguments.written {
            value = self.argument(argument, Type::Any, arguments.dot)?;
            if value.truth() == decisive {
                return Ok(value);
            }
        }
        Ok(arguments.piped.unwrap_or(value))
    }

    /// Evaluates an argument for a parameter of that type.
    fn argument(&mut self, argument: &'a Expression, wanted: Type, dot: &Value) -> Done<Value> {
        let here = At::Expression(argument);
        self.at = Some(here);
        self.step()?;
        let none = Arguments {
            dot,
            written: &[],
            piped: None,
        };
        match argument {
            Expression::Dot { .. } => self.fit(dot.clone(), wanted, false),
            Expression::Nil { .. } if Value::Nil.assignable_to(wanted) => Ok(Value::Nil),
            Expression::Nil { .. } => {
                Err(self.failure(format!("cannot assign nil to {}", wanted.name())))
            }
            Expression::Pipe(pipe) => {
                let value = self.pipe(pipe, dot)?;
                self.fit(value, wanted, false)
            }
            Expression::Variable { fields, .. } => {
                let value = self.call(argument, here, none)?;
                self.fit(value, wanted, !fields.is_empty())
            }
            Expression::Field { .. } | Expression::Chain { .. } | Expression::Function { .. } => {
                // A field of nothing is nothing; otherwise nil was looked up and has a type.
                let is_of_nothing =
                    matches!((argument, dot), (Expression::Field { .. }, Value::Nil));
                let value = self.call(argument, here, none)?;
                self.fit(value, wanted, !is_of_nothing)
            }
            _ => self.constant(argument, wanted, dot),
        }
    }

    /// A constant as a value of the type that is wanted.
    fn constant(&mut self, argument: &'a Expression, wanted: Type, dot: &Value) -> Done<Value> {
        let expected = match (wanted, argument) {
            (Type::Any, _) => return self.operand(argument, dot),
            (Type::Bool, Expression::Bool { value, .. }) => return Ok(Value::Bool(*value)),
            (Type::String, Expression::String { text, .. }) => {
                return Ok(Value::String(Arc::clone(text)));
            }
            (Type::Int | Type::NamedInt(_), Expression::Number { number, .. })
                if let Some(int) = number.int =>
            {
                return Ok(Value::Int(int));
            }
            (Type::Float, Expression::Number { number, .. }) if let Some(float) = number.float => {
                return Ok(Value::Float(float));
            }
            (Type::Bool, _) => "bool",
            (Type::String, _) => "string",
            (Type::Int | Type::NamedInt(_), _) => "integer",
            (Type::Float, _) => "float",
            (Type::Named(name), _) => {
                let message = format!("can't handle {argument} for arg of type {name}");
                return Err(self.failure(message));
            }
        };
        Err(self.failure(format!("expected {expected}; found {argument}")))
    }

    /// The value if it may stand for that type. `is_lookup` tells nil that a field or function gave,
    /// which has a type in Go, from nothing at all.
    fn fit(&self, value: Value, wanted: Type, is_lookup: bool) -> Done<Value> {
        let expected = wanted.name();
        if matches!(value, Value::Nil) && wanted != Type::Any {
            if is_lookup {
                let message =
                    format!("wrong type for value; expected {expected}; got interface {{}}");
                return Err(self.failure(message));
            }
            if !value.assignable_to(wanted) {
                return Err(self.failure(format!("invalid value; expected {expected}")));
            }
        }
        let type_name = value.type_name();
        let is_pointer_to_wanted = type_name.strip_prefix('*') == Some(expected);
        if value.assignable_to(wanted) || is_pointer_to_wanted {
            return Ok(value);
        }
        Err(self.failure(format!(
            "wrong type for value; expected {expected}; got {type_name}"
        )))
    }

    /// Keeps what functions make within the limits.
    fn check_size(&mut self, value: &Value) -> Done<()> {
        let size = match value {
            Value::String(text) => text.len(),
            Value::List(list) => list.len(),
            Value::Map(map) => map.len(),
            _ => return Ok(()),
        };
        let bytes_max = self.context.string_bytes_max();
        if size > bytes_max {
            return Err(self.failure(format!("a value exceeds the limit of {bytes_max} bytes")));
        }
        if value.depth() > VALUE_DEPTH_MAX {
            let message = format!("values are nested deeper than {VALUE_DEPTH_MAX}");
            return Err(self.failure(message));
        }
        let steps = u64::try_from(size / SIZE_PER_STEP).unwrap_or(u64::MAX);
        self.context
            .spend(steps)
            .map_err(|error| self.failure(error.message()))
    }
}
