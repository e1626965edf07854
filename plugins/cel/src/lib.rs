//! A matcher whose condition is an expression of the Common Expression Language (cel.dev).

mod expression;
mod reads;
mod rows;

use larum_plugin_sdk::matcher::{self, Batch, Projection, Verdict};
use larum_plugin_sdk::types::{CallError, SettingsError};
use larum_plugin_sdk::{export_matcher, log, meta, settings_error};
use serde::Deserialize;

use crate::expression::{Evaluated, Expression};
use crate::rows::Rows;

struct Cel;

export_matcher!(Cel);

impl meta::Guest for Cel {
    fn describe() -> meta::Info {
        meta::Info {
            name: "cel".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            settings_schema: include_str!("settings.json").to_owned(),
        }
    }
}

impl matcher::Guest for Cel {
    type Compiled = Expression;
}

#[derive(Deserialize)]
struct Settings {
    expression: String,
}

/// Compiles the expression of settings in JSON.
fn compile(settings: &str) -> Result<Expression, SettingsError> {
    let settings: Settings = serde_json::from_str(settings)
        .map_err(|error| settings_error("", format!("settings cannot be read: {error}")))?;
    Expression::compile(&settings.expression)
        .map_err(|message| settings_error("/expression", message))
}

/// The verdicts of a batch. Faults of single rows are no match, and are told once.
fn verdicts(expression: &Expression, batch: &Batch) -> Result<Vec<Verdict>, String> {
    let rows = Rows::of(batch)?;
    let mut verdicts = Vec::with_capacity(rows.count());
    let mut faults = 0_usize;
    let mut first_fault = None;
    for row in 0..rows.count() {
        let matched = match expression.evaluate(&rows, row) {
            Evaluated::Bool(matched) => matched,
            // An alert without the label is what the expression is there to tell apart.
            Evaluated::Missing(_) => false,
            Evaluated::Fault(fault) => {
                faults += 1;
                first_fault.get_or_insert(fault);
                false
            }
        };
        verdicts.push(if matched {
            Verdict::Matched
        } else {
            Verdict::NoMatch
        });
    }
    if let Some(fault) = first_fault {
        let count = rows.count();
        log::warn(&format!(
            "no match for {faults} of {count} alerts, because of a fault: {fault}"
        ));
    }
    Ok(verdicts)
}

impl matcher::GuestCompiled for Expression {
    fn create(settings: String) -> Result<matcher::Compiled, SettingsError> {
        compile(&settings).map(matcher::Compiled::new)
    }

    fn projection(&self) -> Projection {
        self.reads().projection()
    }

    fn match_batch(&self, batch: Batch) -> Result<Vec<Verdict>, CallError> {
        verdicts(self, &batch).map_err(|message| CallError { message })
    }

    fn explain(&self, batch: Batch) -> Option<String> {
        let rows = Rows::of(&batch).ok()?;
        (rows.count() > 0).then(|| self.explain_row(&rows, 0))
    }
}

#[cfg(test)]
mod tests;
