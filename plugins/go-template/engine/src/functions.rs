//! The functions that templates can call by name, and what a call is given.

use std::any::Any;
use std::collections::BTreeMap;

use crate::value::{Function, FunctionError, Signature, Type, Value};

/// Functions by name. [`Functions::builtin`] has Go's own; a later `add` replaces an earlier one, except
/// `and`, `or` and `call`, whose arguments the engine treats in a way that no function could.
#[derive(Clone, Debug, Default)]
pub struct Functions {
    by_name: BTreeMap<&'static str, Function>,
}

impl Functions {
    /// Go's predefined functions: `and or not eq ne lt le gt ge len index slice print printf println
    /// html js urlquery call`.
    pub fn builtin() -> Self {
        let mut functions = Self::default();
        crate::builtins::register(&mut functions);
        functions
    }

    /// Adds a function with a fixed number of arguments.
    pub fn add<F>(&mut self, name: &'static str, parameters: &'static [Type], body: F)
    where
        F: Fn(&mut Context<'_>, &[Value]) -> Result<Value, FunctionError> + Send + Sync + 'static,
    {
        self.insert(name, Function::new(Signature::new(parameters), body));
    }

    /// Adds a function that takes any number of further arguments of type `rest`.
    pub fn add_variadic<F>(
        &mut self,
        name: &'static str,
        parameters: &'static [Type],
        rest: Type,
        body: F,
    ) where
        F: Fn(&mut Context<'_>, &[Value]) -> Result<Value, FunctionError> + Send + Sync + 'static,
    {
        self.insert(
            name,
            Function::new(Signature::variadic(parameters, rest), body),
        );
    }

    pub fn insert(&mut self, name: &'static str, function: Function) {
        self.by_name.insert(name, function);
    }

    pub fn get(&self, name: &str) -> Option<&Function> {
        self.by_name.get(name)
    }

    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.by_name.keys().copied()
    }
}

/// What a function may see and spend beside its arguments.
pub struct Context<'a> {
    root: &'a Value,
    host: Option<&'a dyn Any>,
    steps_left: u64,
    string_bytes_max: usize,
}

impl<'a> Context<'a> {
    pub(crate) fn new(root: &'a Value, options: &crate::limits::Options<'a>) -> Self {
        Self {
            root,
            host: options.host,
            steps_left: options.limits.steps_max,
            string_bytes_max: options.limits.output_bytes_max,
        }
    }

    /// The data of the whole rendering.
    pub fn root(&self) -> &'a Value {
        self.root
    }

    /// What the renderer passed as [`Options::host`](crate::Options), if it is a `T`.
    pub fn host<T: Any>(&self) -> Option<&'a T> {
        self.host.and_then(|host| host.downcast_ref())
    }

    /// The longest string a function may make.
    pub fn string_bytes_max(&self) -> usize {
        self.string_bytes_max
    }

    /// Spends steps; a function whose work grows with its arguments says so here.
    ///
    /// # Errors
    /// When the rendering has spent all its steps.
    pub fn spend(&mut self, steps: u64) -> Result<(), FunctionError> {
        match self.steps_left.checked_sub(steps) {
            Some(left) => {
                self.steps_left = left;
                Ok(())
            }
            None => {
                self.steps_left = 0;
                Err(FunctionError::new("exceeded the limit of steps"))
            }
        }
    }
}
