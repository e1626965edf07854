//! What an expression reads of an alert, told from its syntax.

use std::collections::BTreeSet;

use cel::common::ast::{ComprehensionExpr, EntryExpr, Expr, LiteralValue, operators};
use larum_plugin_sdk::matcher::{Names, Projection};

/// Names that expressions may use besides variables: those of types.
const TYPES: [&str; 10] = [
    "bool",
    "int",
    "uint",
    "double",
    "string",
    "bytes",
    "list",
    "map",
    "null_type",
    "type",
];

/// Names of one map that are read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Reading {
    /// Whether the map is used in a way that its names cannot be told from.
    pub(crate) all: bool,
    pub(crate) names: BTreeSet<String>,
}

impl Reading {
    /// Whether anything of the map is read.
    pub(crate) fn is_used(&self) -> bool {
        self.all || !self.names.is_empty()
    }

    fn names(&self) -> Names {
        if self.all {
            Names::All
        } else {
            Names::Only(self.names.iter().cloned().collect())
        }
    }
}

/// All that an expression reads.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Reads {
    pub(crate) labels: Reading,
    pub(crate) annotations: Reading,
    pub(crate) status: bool,
    /// Names that mean nothing here.
    pub(crate) unknown: BTreeSet<String>,
}

impl Reads {
    /// Looks through an expression.
    pub(crate) fn of(expression: &Expr) -> Self {
        let mut reads = Self::default();
        reads.expression(expression, &mut Vec::new());
        reads
    }

    /// What the host is to send.
    pub(crate) fn projection(&self) -> Projection {
        Projection {
            labels: self.labels.names(),
            annotations: self.annotations.names(),
            status: self.status,
        }
    }

    /// `scope` holds the variables of the macros around, such as `x` in `list.exists(x, ...)`.
    fn expression<'e>(&mut self, expression: &'e Expr, scope: &mut Vec<&'e str>) {
        if let Some((map, name)) = member(expression)
            && !scope.contains(&map)
            && let Some(reading) = self.reading(map)
        {
            reading.names.insert(name.to_owned());
            return;
        }
        match expression {
            Expr::Ident(name) => self.identifier(name, scope),
            Expr::Select(select) => self.expression(&select.operand.expr, scope),
            Expr::Call(call) => {
                if let Some(target) = &call.target {
                    self.expression(&target.expr, scope);
                }
                for argument in &call.args {
                    self.expression(&argument.expr, scope);
                }
            }
            Expr::List(list) => {
                for element in &list.elements {
                    self.expression(&element.expr, scope);
                }
            }
            Expr::Map(map) => self.entries(map.entries.iter().map(|entry| &entry.expr), scope),
            Expr::Struct(made) => self.entries(made.entries.iter().map(|entry| &entry.expr), scope),
            Expr::Comprehension(comprehension) => self.comprehension(comprehension, scope),
            Expr::Literal(_) | Expr::Unspecified => {}
        }
    }

    fn identifier(&mut self, name: &str, scope: &[&str]) {
        if scope.contains(&name) || TYPES.contains(&name) {
            return;
        }
        if name == "status" {
            self.status = true;
        } else if let Some(reading) = self.reading(name) {
            reading.all = true;
        } else {
            self.unknown.insert(name.to_owned());
        }
    }

    fn entries<'e>(
        &mut self,
        entries: impl Iterator<Item = &'e EntryExpr>,
        scope: &mut Vec<&'e str>,
    ) {
        for entry in entries {
            match entry {
                EntryExpr::StructField(field) => self.expression(&field.value.expr, scope),
                EntryExpr::MapEntry(entry) => {
                    self.expression(&entry.key.expr, scope);
                    self.expression(&entry.value.expr, scope);
                }
            }
        }
    }

    fn comprehension<'e>(
        &mut self,
        comprehension: &'e ComprehensionExpr,
        scope: &mut Vec<&'e str>,
    ) {
        self.expression(&comprehension.iter_range.expr, scope);
        self.expression(&comprehension.accu_init.expr, scope);
        let depth = scope.len();
        scope.push(&comprehension.accu_var);
        scope.push(&comprehension.iter_var);
        scope.extend(comprehension.iter_var2.as_deref());
        self.expression(&comprehension.loop_cond.expr, scope);
        self.expression(&comprehension.loop_step.expr, scope);
        self.expression(&comprehension.result.expr, scope);
        scope.truncate(depth);
    }

    fn reading(&mut self, map: &str) -> Option<&mut Reading> {
        match map {
            "labels" => Some(&mut self.labels),
            "annotations" => Some(&mut self.annotations),
            _ => None,
        }
    }
}

/// Map and name of an expression that asks a variable for one name: `labels.x`, `has(labels.x)`,
/// `labels["x"]` and `"x" in labels`.
fn member(expression: &Expr) -> Option<(&str, &str)> {
    match expression {
        Expr::Select(select) => Some((identifier(&select.operand.expr)?, &select.field)),
        Expr::Call(call) => match (call.func_name.as_str(), call.args.as_slice()) {
            (operators::INDEX, [map, name]) | (operators::IN, [name, map]) => {
                Some((identifier(&map.expr)?, text(&name.expr)?))
            }
            _ => None,
        },
        _ => None,
    }
}

fn identifier(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Ident(name) => Some(name),
        _ => None,
    }
}

fn text(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Literal(LiteralValue::String(text)) => Some(text.inner()),
        _ => None,
    }
}

/// What an expression yields, if that is certain and is not true or false.
pub(crate) fn other_than_bool(expression: &Expr) -> Option<&'static str> {
    match expression {
        Expr::Literal(LiteralValue::Boolean(_)) => None,
        Expr::Literal(LiteralValue::String(_)) => Some("a string"),
        Expr::Literal(LiteralValue::Null) => Some("null"),
        Expr::Literal(LiteralValue::Bytes(_)) => Some("bytes"),
        Expr::Literal(_) => Some("a number"),
        Expr::List(_) => Some("a list"),
        Expr::Map(_) | Expr::Struct(_) => Some("a map"),
        Expr::Ident(name) if name == "status" => Some("a string"),
        Expr::Ident(name) if name == "labels" || name == "annotations" => Some("a map"),
        Expr::Select(select) if !select.test && is_map_of_strings(&select.operand.expr) => {
            Some("a string")
        }
        Expr::Call(call) => match (call.func_name.as_str(), call.args.as_slice()) {
            (operators::INDEX, [map, _]) if is_map_of_strings(&map.expr) => Some("a string"),
            (operators::CONDITIONAL, [_, yes, no]) => {
                other_than_bool(&yes.expr).or_else(|| other_than_bool(&no.expr))
            }
            ("size" | "int" | "uint" | "double", _)
            | (operators::SUBSTRACT | operators::MULTIPLY | operators::DIVIDE, _)
            | (operators::MODULO | operators::NEGATE, _) => Some("a number"),
            ("string", _) => Some("a string"),
            (operators::ADD, _) => Some("a sum"),
            _ => None,
        },
        _ => None,
    }
}

fn is_map_of_strings(expression: &Expr) -> bool {
    matches!(identifier(expression), Some("labels" | "annotations"))
}
