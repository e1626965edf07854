//! The file written anew with every secret masked, as `/api/v2/status` shows it.

use std::collections::BTreeSet;

use serde_yaml::{Mapping, Value as Yaml};

use crate::{
    Span, masks,
    scalar::Resolved,
    yaml::{Node, Value},
};

const MASK: &str = "<secret>";

/// The tree as YAML; `secrets` are the places of values that are masked as a whole.
pub(crate) fn redacted(root: &Node, secrets: &BTreeSet<Span>) -> String {
    serde_yaml::to_string(&value(root, secrets)).unwrap_or_default()
}

fn value(node: &Node, secrets: &BTreeSet<Span>) -> Yaml {
    match &node.value {
        Value::Scalar(_) if secrets.contains(&node.span) => Yaml::String(MASK.to_owned()),
        Value::Scalar(scalar) => scalar_value(node, &scalar.text),
        Value::Sequence(items) => {
            Yaml::Sequence(items.iter().map(|item| value(item, secrets)).collect())
        }
        Value::Mapping(entries) => {
            let mut mapping = Mapping::new();
            for entry in entries {
                let is_tls_key = *entry.key == *"key"
                    && (node.get("cert").is_some() || node.get("cert_file").is_some());
                let below = match is_tls_key {
                    true => Yaml::String(MASK.to_owned()),
                    false => value(&entry.value, secrets),
                };
                mapping.insert(Yaml::String(entry.key.to_string()), below);
            }
            Yaml::Mapping(mapping)
        }
    }
}

/// What is written differently from what it means, such as `0x10` or `yes`, stays text.
fn scalar_value(node: &Node, text: &str) -> Yaml {
    match node.resolved() {
        Some(Resolved::Null) => Yaml::Null,
        Some(Resolved::Bool(value)) if text == value.to_string() => Yaml::Bool(value),
        Some(Resolved::Integer(value)) if text == value.to_string() => {
            i64::try_from(value).map_or_else(|_| Yaml::String(text.to_owned()), Yaml::from)
        }
        _ => Yaml::String(masks::without_secret_forms(text)),
    }
}
