//! The part of JSON Schema in which plugins describe their settings.

use std::{collections::BTreeMap, fmt, sync::Arc};

use serde_json::{Map, Number, Value};

use crate::{
    limits,
    settings::{Fallback, push_token},
};

/// A checked schema of settings.
#[derive(Clone, Debug)]
pub struct Schema(pub(crate) Arc<Rule>);

/// A schema that is not of the part of JSON Schema that the host knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaError {
    /// JSON pointer of the place at fault.
    pub path: String,
    /// What is wrong there.
    pub message: String,
}

impl fmt::Display for SchemaError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() {
            "the top"
        } else {
            &self.path
        };
        write!(formatter, "settings schema, at {path}: {}", self.message)
    }
}

impl std::error::Error for SchemaError {}

/// What a value must be.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rule {
    /// Any of these; empty means any at all.
    pub(crate) types: Vec<Type>,
    pub(crate) properties: BTreeMap<String, Self>,
    pub(crate) required: Vec<String>,
    pub(crate) additional: Additional,
    pub(crate) items: Option<Box<Self>>,
    pub(crate) allowed: Vec<Value>,
    pub(crate) default: Option<Value>,
    pub(crate) format: Option<Format>,
    pub(crate) minimum: Option<Number>,
    pub(crate) maximum: Option<Number>,
    pub(crate) items_min: usize,
    pub(crate) fallback: Fallback,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    String,
    Integer,
    Number,
    Boolean,
    Object,
    Array,
    Null,
}

#[derive(Clone, Debug, Default)]
pub(crate) enum Additional {
    #[default]
    Any,
    None,
    Each(Box<Rule>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Template,
    Secret,
    SecretTemplate,
    Duration,
}

impl Schema {
    /// Reads a schema.
    ///
    /// # Errors
    /// When the text is not JSON, or holds a keyword or a value that the host does not know.
    pub fn parse(json: &str) -> Result<Self, SchemaError> {
        let value: Value = serde_json::from_str(json).map_err(|error| SchemaError {
            path: String::new(),
            message: error.to_string(),
        })?;
        Ok(Self(Arc::new(rule(&value, "", 0)?)))
    }
}

fn rule(value: &Value, path: &str, depth: usize) -> Result<Rule, SchemaError> {
    let fail = |message: &str| SchemaError {
        path: path.to_owned(),
        message: message.to_owned(),
    };
    if depth > limits::SCHEMA_DEPTH_MAX {
        return Err(fail("nested too deeply"));
    }
    let members = match value {
        Value::Object(members) => members,
        Value::Bool(true) => return Ok(Rule::default()),
        _ => return Err(fail("a schema is an object")),
    };
    let mut result = Rule::default();
    for (keyword, value) in members {
        let mut below = path.to_owned();
        push_token(&mut below, keyword);
        apply(&mut result, keyword, value, (&below, depth + 1))?;
    }
    let strings_only = result.types.is_empty() || result.types.contains(&Type::String);
    if result.format.is_some() && !strings_only {
        return Err(fail("`format` is for strings"));
    }
    if result.types.is_empty() && !matches!(result.format, None | Some(Format::Template)) {
        return Err(fail("this `format` needs `type: string`"));
    }
    Ok(result)
}

fn apply(
    rule: &mut Rule,
    keyword: &str,
    value: &Value,
    (path, depth): (&str, usize),
) -> Result<(), SchemaError> {
    let fail = |message: &str| SchemaError {
        path: path.to_owned(),
        message: message.to_owned(),
    };
    match keyword {
        "$schema" | "title" | "description" => {
            value.as_str().ok_or_else(|| fail("expected a string"))?;
        }
        "type" => rule.types = types(value).ok_or_else(|| fail("expected a type or several"))?,
        "properties" => {
            rule.properties = properties(value, path, depth)?;
        }
        "required" => {
            rule.required = strings(value).ok_or_else(|| fail("expected a list of names"))?;
        }
        "additionalProperties" => {
            rule.additional = match value {
                Value::Bool(true) => Additional::Any,
                Value::Bool(false) => Additional::None,
                _ => Additional::Each(Box::new(self::rule(value, path, depth)?)),
            };
        }
        "items" => rule.items = Some(Box::new(self::rule(value, path, depth)?)),
        "enum" => {
            rule.allowed = value
                .as_array()
                .ok_or_else(|| fail("expected a list"))?
                .clone();
        }
        "default" => rule.default = Some(value.clone()),
        "format" => {
            rule.format = Some(match value.as_str() {
                Some("template") => Format::Template,
                Some("secret") => Format::Secret,
                Some("secret-template") => Format::SecretTemplate,
                Some("duration") => Format::Duration,
                _ => {
                    return Err(fail(
                        "expected template, secret, secret-template or duration",
                    ));
                }
            });
        }
        "minimum" => rule.minimum = Some(number(value).ok_or_else(|| fail("expected a number"))?),
        "maximum" => rule.maximum = Some(number(value).ok_or_else(|| fail("expected a number"))?),
        "minItems" => {
            let count = value.as_u64().and_then(|count| usize::try_from(count).ok());
            rule.items_min = count.ok_or_else(|| fail("expected a count"))?;
        }
        "larum:fallback" => {
            rule.fallback = match value.as_str() {
                Some("title") => Fallback::Title,
                Some("body") => Fallback::Body,
                _ => return Err(fail("expected title or body")),
            };
        }
        _ => return Err(fail("this keyword is not known")),
    }
    Ok(())
}

fn properties(
    value: &Value,
    path: &str,
    depth: usize,
) -> Result<BTreeMap<String, Rule>, SchemaError> {
    let members: &Map<String, Value> = value.as_object().ok_or_else(|| SchemaError {
        path: path.to_owned(),
        message: "expected an object".to_owned(),
    })?;
    members
        .iter()
        .map(|(name, value)| {
            let mut below = path.to_owned();
            push_token(&mut below, name);
            Ok((name.clone(), rule(value, &below, depth)?))
        })
        .collect()
}

fn types(value: &Value) -> Option<Vec<Type>> {
    let one = |value: &Value| {
        Some(match value.as_str()? {
            "string" => Type::String,
            "integer" => Type::Integer,
            "number" => Type::Number,
            "boolean" => Type::Boolean,
            "object" => Type::Object,
            "array" => Type::Array,
            "null" => Type::Null,
            _ => return None,
        })
    };
    match value {
        Value::Array(several) if !several.is_empty() => several.iter().map(one).collect(),
        _ => Some(vec![one(value)?]),
    }
}

fn strings(value: &Value) -> Option<Vec<String>> {
    value
        .as_array()?
        .iter()
        .map(|item| item.as_str().map(str::to_owned))
        .collect()
}

fn number(value: &Value) -> Option<Number> {
    match value {
        Value::Number(number) => Some(number.clone()),
        _ => None,
    }
}
