//! One compiled expression: what it reads, and what it says of a row.

use std::sync::Arc;

use cel::common::ast::IdedExpr;
use cel::parser::PrattParser;
use cel::{Context, Env, ExecutionError, Value};

use crate::reads::{Reads, other_than_bool};
use crate::rows::Rows;

/// An expression, ready to be evaluated any number of times.
pub(crate) struct Expression {
    source: String,
    program: IdedExpr,
    environment: Arc<Env>,
    reads: Reads,
}

/// What an expression says of one alert.
#[derive(Debug, PartialEq)]
pub(crate) enum Evaluated {
    Bool(bool),
    /// It asks for this label or annotation, which the alert lacks.
    Missing(String),
    /// It cannot be evaluated for this alert.
    Fault(String),
}

impl Expression {
    /// Compiles an expression, or says what is wrong with it and where.
    pub(crate) fn compile(source: &str) -> Result<Self, String> {
        let program = PrattParser::new().parse(source).map_err(|errors| {
            let errors = errors.errors.iter().map(|error| {
                let (line, column) = error.pos;
                format!("line {line}, column {column}: {}", error.msg)
            });
            errors.collect::<Vec<_>>().join("; ")
        })?;
        let expression = &program.expr;
        if let Some(kind) = other_than_bool(expression) {
            return Err(format!(
                "the expression gives {kind}, and must be true or false: compare it with something, as in labels.severity == \"critical\""
            ));
        }
        let reads = Reads::of(expression);
        if let Some(name) = reads.unknown.first() {
            return Err(format!(
                "unknown name {name:?}: there are labels, annotations and status; a label is written labels.{name} or labels[\"{name}\"], a text \"{name}\""
            ));
        }
        Ok(Self {
            source: source.to_owned(),
            program,
            environment: Arc::new(Env::stdlib()),
            reads,
        })
    }

    /// What of an alert the expression reads.
    pub(crate) fn reads(&self) -> &Reads {
        &self.reads
    }

    /// Evaluates the expression for one row.
    pub(crate) fn evaluate(&self, rows: &Rows<'_>, row: usize) -> Evaluated {
        let mut context = Context::with_env(Arc::clone(&self.environment));
        if self.reads.labels.is_used() {
            context.add_variable_from_value("labels", rows.labels(row));
        }
        if self.reads.annotations.is_used() {
            context.add_variable_from_value("annotations", rows.annotations(row));
        }
        if self.reads.status {
            let Some(status) = rows.status(row) else {
                return Evaluated::Fault("the batch has no statuses".to_owned());
            };
            context.add_variable_from_value("status", status);
        }
        match context.resolve(&self.program) {
            Ok(Value::Bool(value)) => Evaluated::Bool(value),
            Ok(other) => {
                let kind = other.type_of();
                Evaluated::Fault(format!("the expression gave a {kind}, not true or false"))
            }
            Err(ExecutionError::NoSuchKey(name)) => Evaluated::Missing(name.to_string()),
            Err(error) => Evaluated::Fault(error.to_string()),
        }
    }

    /// Says for people why a row gets its verdict.
    pub(crate) fn explain_row(&self, rows: &Rows<'_>, row: usize) -> String {
        let source = self.source.trim();
        match self.evaluate(rows, row) {
            Evaluated::Bool(value) => format!("{source} is {value}"),
            Evaluated::Missing(name) => format!(
                "{source} is no match: the alert has no {name}, which the expression reads without has()"
            ),
            Evaluated::Fault(fault) => format!("{source} is no match: {fault}"),
        }
    }
}
