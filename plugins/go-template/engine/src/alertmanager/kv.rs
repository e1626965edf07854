//! Label sets as templates see them: `KV`, and the sorted pairs of one.

use std::sync::Arc;

use crate::value::{FunctionError, List, Map, Method, Object, Type, Value};

const ALERT_NAME: &str = "alertname";
const STRINGS: Type = Type::Named("[]string");

/// Alertmanager's `template.KV`: a map from names to values.
#[derive(Clone, Debug)]
pub(super) struct Kv {
    map: Map,
}

impl Kv {
    pub(super) fn value(pairs: &[(String, String)]) -> Value {
        let entries = pairs
            .iter()
            .map(|(name, value)| (&**name, Value::from(&**value)));
        Value::object(Self {
            map: Map::new(Type::String, entries),
        })
    }

    /// The alert's name first, since it tells most, and then by name.
    fn sorted(&self) -> impl Iterator<Item = (&Arc<str>, &Value)> {
        let is_name = |name: &str| name == ALERT_NAME;
        let first = self.map.iter().filter(move |(name, _)| is_name(name));
        first.chain(self.map.iter().filter(move |(name, _)| !is_name(name)))
    }

    fn pairs(&self) -> Pairs {
        let pairs = self.sorted().map(|(name, value)| Pair {
            name: Value::String(name.clone()),
            value: value.clone(),
        });
        Pairs {
            list: List::new(Type::Named("template.Pair"), pairs.map(Value::object)),
        }
    }

    fn without(&self, names: &List) -> Self {
        let removed: Vec<_> = names.items().iter().filter_map(Value::as_str).collect();
        let kept = self.map.iter().filter(|(name, _)| !removed.contains(name));
        let entries = kept.map(|(name, value)| (name.clone(), value.clone()));
        Self {
            map: Map::new(Type::String, entries),
        }
    }
}

impl Object for Kv {
    fn type_name(&self) -> &str {
        "template.KV"
    }

    fn underlying(&self) -> Option<Value> {
        Some(Value::Map(self.map.clone()))
    }

    fn assignable_to(&self, type_name: &str) -> bool {
        type_name == "map[string]string"
    }

    fn methods(&self) -> &'static [Method] {
        const {
            &[
                Method::new("Names", &[]),
                Method::new("Remove", &[STRINGS]),
                Method::new("SortedPairs", &[]),
                Method::new("String", &[]),
                Method::new("Values", &[]),
            ]
        }
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Result<Value, FunctionError> {
        match name {
            "Remove" => {
                let names = arguments.first().and_then(Value::as_list);
                let names = names.unwrap_or_else(|| List::new(Type::String, []));
                Ok(Value::object(self.without(&names)))
            }
            "SortedPairs" => Ok(Value::object(self.pairs())),
            _ => self.pairs().call(name, arguments),
        }
    }

    fn display(&self) -> Option<String> {
        self.pairs().display()
    }
}

/// Alertmanager's `template.Pairs`.
#[derive(Debug)]
struct Pairs {
    list: List,
}

impl Object for Pairs {
    fn type_name(&self) -> &str {
        "template.Pairs"
    }

    fn underlying(&self) -> Option<Value> {
        Some(Value::List(self.list.clone()))
    }

    fn assignable_to(&self, type_name: &str) -> bool {
        type_name == "[]template.Pair"
    }

    fn methods(&self) -> &'static [Method] {
        const {
            &[
                Method::new("Names", &[]),
                Method::new("String", &[]),
                Method::new("Values", &[]),
            ]
        }
    }

    fn call(&self, name: &str, _arguments: &[Value]) -> Result<Value, FunctionError> {
        let pairs = self
            .list
            .items()
            .iter()
            .filter_map(Value::downcast_ref::<Pair>);
        Ok(match name {
            "Names" => Value::List(List::new(Type::String, pairs.map(|pair| pair.name.clone()))),
            "Values" => Value::List(List::new(
                Type::String,
                pairs.map(|pair| pair.value.clone()),
            )),
            _ => Value::from(self.display().unwrap_or_default()),
        })
    }

    fn display(&self) -> Option<String> {
        let pairs = self
            .list
            .items()
            .iter()
            .filter_map(Value::downcast_ref::<Pair>);
        let texts = pairs.map(|pair| {
            let name = pair.name.as_str().unwrap_or_default();
            let value = pair.value.as_str().unwrap_or_default();
            format!("{name}={value}")
        });
        Some(texts.collect::<Vec<_>>().join(", "))
    }
}

/// Alertmanager's `template.Pair`: the name and the value are strings.
#[derive(Debug)]
struct Pair {
    name: Value,
    value: Value,
}

impl Object for Pair {
    fn type_name(&self) -> &str {
        "template.Pair"
    }

    fn fields(&self) -> &'static [&'static str] {
        &["Name", "Value"]
    }

    fn field(&self, name: &str) -> Option<Value> {
        match name {
            "Name" => Some(self.name.clone()),
            "Value" => Some(self.value.clone()),
            _ => None,
        }
    }

    fn equals(&self, other: &dyn Object) -> Option<bool> {
        let other: &dyn std::any::Any = other;
        let other = other.downcast_ref::<Self>()?;
        Some(
            self.name.as_str() == other.name.as_str()
                && self.value.as_str() == other.value.as_str(),
        )
    }
}
