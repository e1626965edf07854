//! A document of the user's own (Alertmanager template/template.go, `DeepCopyWithTemplate`, v0.34).
//!
//! The host has rendered every key and every string. What a string rendered to is read once as
//! YAML: if that gives anything but a string, it takes the string's place, else the string stays
//! as it was rendered. What stands inside such a document is not read again.

use larum_plugin_sdk::json::{Object, push_array, push_string};
use serde_json::Value;

use crate::scalar::Scalar;
use crate::yaml::{self, Node};

/// Writes the document as JSON, without a final newline. The error says which value JSON lacks.
pub(crate) fn write(payload: &Value) -> Result<String, String> {
    let mut writer = Writer { unsupported: None };
    let mut out = String::new();
    writer.push_value(&mut out, payload);
    match writer.unsupported {
        Some(value) => Err(format!("json: unsupported value: {value}")),
        None => Ok(out),
    }
}

struct Writer {
    /// The first number that JSON cannot hold.
    unsupported: Option<&'static str>,
}

impl Writer {
    fn push_value(&mut self, out: &mut String, value: &Value) {
        match value {
            Value::Null => out.push_str("null"),
            Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Value::Number(number) => match number.as_f64() {
                Some(float) if number.is_f64() => self.push_float(out, float),
                _ => out.push_str(&number.to_string()),
            },
            Value::String(text) => match yaml::read(text) {
                None | Some(Node::Scalar(Scalar::String(_))) => push_string(out, text),
                Some(node) => self.push_node(out, &node),
            },
            Value::Array(items) => push_array(out, items, |out, item| self.push_value(out, item)),
            Value::Object(members) => {
                // Go writes maps sorted by key; how this map is sorted depends on a feature of
                // its crate.
                let mut members: Vec<_> = members.iter().collect();
                members.sort_unstable_by_key(|(key, _)| key.as_str());
                let mut object = Object::open(out);
                for (key, member) in members {
                    self.push_value(object.key(key), member);
                }
                object.close();
            }
        }
    }

    fn push_node(&mut self, out: &mut String, node: &Node) {
        match node {
            Node::Scalar(Scalar::Null) => out.push_str("null"),
            Node::Scalar(Scalar::Bool(value)) => {
                out.push_str(if *value { "true" } else { "false" })
            }
            Node::Scalar(Scalar::Integer(value)) => out.push_str(&value.to_string()),
            Node::Scalar(Scalar::Float(value)) => self.push_float(out, *value),
            Node::Scalar(Scalar::String(text)) => push_string(out, text),
            Node::Sequence(items) => push_array(out, items, |out, item| self.push_node(out, item)),
            Node::Mapping(members) => {
                let mut object = Object::open(out);
                for (key, member) in members {
                    self.push_node(object.key(key), member);
                }
                object.close();
            }
        }
    }

    /// As Go does it: the fewest digits that give the number back, with an exponent only for the
    /// very small and the very large.
    fn push_float(&mut self, out: &mut String, value: f64) {
        if !value.is_finite() {
            let name = match (value.is_nan(), value > 0.0) {
                (true, _) => "NaN",
                (_, true) => "+Inf",
                (_, false) => "-Inf",
            };
            self.unsupported.get_or_insert(name);
            return;
        }
        let size = value.abs();
        if size == 0.0 || (1e-6..1e21).contains(&size) {
            out.push_str(&value.to_string());
            return;
        }
        let text = format!("{value:e}");
        // Go names the sign of every exponent.
        out.push_str(&match text.split_once("e-") {
            Some(_) => text,
            None => text.replace('e', "e+"),
        });
    }
}

#[cfg(test)]
#[path = "payload_tests.rs"]
mod tests;
