//! Named templates from several sources, and the texts that use them.

use std::sync::Arc;

use crate::ast::Tree;
use crate::error::{ExecError, ParseError};
use crate::exec;
use crate::functions::Functions;
use crate::limits::Options;
use crate::parse::{self, Trees};
use crate::value::Value;

/// Functions and the templates that the sources define.
#[derive(Debug)]
pub struct Set {
    functions: Functions,
    templates: Trees,
}

/// One template that sees a set: compiled once, rendered often.
#[derive(Debug)]
pub struct Text {
    tree: Arc<Tree>,
    /// What the text defines itself.
    own: Trees,
}

impl Set {
    /// A set without templates. The functions cannot change after this.
    pub fn new(functions: Functions) -> Self {
        Self {
            functions,
            templates: Trees::new(),
        }
    }

    /// Adds the templates that a source defines. A later definition replaces an earlier one, unless
    /// its body is empty. What stands outside of definitions becomes the template `name`.
    ///
    /// # Errors
    /// When the text does not parse; the set is then as before.
    pub fn parse_source(&mut self, name: &str, text: &str) -> Result<(), ParseError> {
        let (_, trees) = parse::parse(name, text, &self.functions)?;
        for (name, tree) in trees {
            if !tree.is_empty() || !self.templates.contains_key(&name) {
                self.templates.insert(name, tree);
            }
        }
        Ok(())
    }

    /// Compiles a text that sees the set's templates. What it defines itself, it alone sees.
    ///
    /// # Errors
    /// When the text does not parse.
    pub fn compile_text(&self, name: &str, text: &str) -> Result<Text, ParseError> {
        let (tree, mut own) = parse::parse(name, text, &self.functions)?;
        own.retain(|name, tree| !tree.is_empty() || !self.templates.contains_key(name));
        Ok(Text { tree, own })
    }

    /// The names of the templates, in order.
    pub fn template_names(&self) -> impl Iterator<Item = &str> {
        self.templates.keys().map(AsRef::as_ref)
    }

    pub fn functions(&self) -> &Functions {
        &self.functions
    }
}

impl Text {
    /// Renders with `data` as dot. `set` is the set the text was compiled with, or a later state of it.
    ///
    /// # Errors
    /// When an action fails or a limit is reached.
    pub fn render(
        &self,
        set: &Set,
        data: &Value,
        options: &Options<'_>,
    ) -> Result<String, ExecError> {
        exec::render(&self.tree, [&self.own, &set.templates], data, options)
    }
}
