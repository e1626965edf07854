//! Functions and methods as values, what they take, and how they fail.

use std::fmt;
use std::sync::Arc;

use super::{Type, Value};
use crate::functions::Context;

/// A method's name and what it takes.
#[derive(Clone, Copy, Debug)]
pub struct Method {
    pub name: &'static str,
    pub signature: Signature,
}

impl Method {
    pub const fn new(name: &'static str, parameters: &'static [Type]) -> Self {
        Self {
            name,
            signature: Signature::new(parameters),
        }
    }

    pub const fn variadic(name: &'static str, parameters: &'static [Type], rest: Type) -> Self {
        Self {
            name,
            signature: Signature::variadic(parameters, rest),
        }
    }
}

/// What a function or method takes.
#[derive(Clone, Copy, Debug)]
pub struct Signature {
    pub parameters: &'static [Type],
    /// The type of any number of further arguments.
    pub rest: Option<Type>,
}

impl Signature {
    pub const fn new(parameters: &'static [Type]) -> Self {
        Self {
            parameters,
            rest: None,
        }
    }

    pub const fn variadic(parameters: &'static [Type], rest: Type) -> Self {
        Self {
            parameters,
            rest: Some(rest),
        }
    }

    /// The type of the argument at that place.
    pub(crate) fn parameter(&self, index: usize) -> Option<Type> {
        self.parameters.get(index).copied().or(self.rest)
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut names: Vec<String> = self
            .parameters
            .iter()
            .map(|parameter| parameter.name().to_owned())
            .collect();
        names.extend(self.rest.map(|rest| format!("...{}", rest.name())));
        write!(formatter, "func({})", names.join(", "))
    }
}

type Body = dyn Fn(&mut Context<'_>, &[Value]) -> Result<Value, FunctionError> + Send + Sync;

/// A function that templates can call.
#[derive(Clone)]
pub struct Function {
    signature: Signature,
    body: Arc<Body>,
}

impl Function {
    /// The engine calls `body` only with arguments that fit the signature.
    pub fn new<F>(signature: Signature, body: F) -> Self
    where
        F: Fn(&mut Context<'_>, &[Value]) -> Result<Value, FunctionError> + Send + Sync + 'static,
    {
        Self {
            signature,
            body: Arc::new(body),
        }
    }

    pub fn signature(&self) -> &Signature {
        &self.signature
    }

    pub(crate) fn invoke(
        &self,
        context: &mut Context<'_>,
        arguments: &[Value],
    ) -> Result<Value, FunctionError> {
        (self.body)(context, arguments)
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Function({})", self.signature)
    }
}

/// Why a function or method failed: the text that Go's `error` value would have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionError {
    message: String,
}

impl FunctionError {
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
        }
    }

    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for FunctionError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for FunctionError {}
