//! `eq ne lt le gt ge` with Go's rules about which types compare.

use crate::format;
use crate::value::{FunctionError, Value};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bool,
    Int,
    Float,
    String,
    /// Anything else: a list, map, struct, function, or nil.
    Other,
}

type Compared = Result<bool, FunctionError>;

/// Whether the first value equals any of the others.
pub(crate) fn equal_to_any(first: &Value, others: &[Value]) -> Compared {
    if others.is_empty() {
        return Err(FunctionError::new("missing argument for comparison"));
    }
    for other in others {
        if equal(first, other)? {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(crate) fn equal(left: &Value, right: &Value) -> Compared {
    let (left_plain, right_plain) = (left.underlying(), right.underlying());
    match (&left_plain, &right_plain) {
        (Value::Bool(left), Value::Bool(right)) => Ok(left == right),
        (Value::Int(left), Value::Int(right)) => Ok(left == right),
        (Value::Float(left), Value::Float(right)) => Ok(left == right),
        (Value::String(left), Value::String(right)) => Ok(left == right),
        (Value::Nil, Value::Nil) => Ok(true),
        (Value::Nil, _) | (_, Value::Nil) => Ok(false),
        (left_plain, right_plain) if kind(left_plain) != kind(right_plain) => {
            Err(incompatible(left, right))
        }
        (Value::Object(left_object), Value::Object(right_object)) => {
            if left_object.type_name() != right_object.type_name() {
                return Ok(false);
            }
            left_object
                .equals(right_object.as_ref())
                .ok_or_else(|| not_comparable(right))
        }
        (Value::List(_), Value::List(_)) | (Value::Map(_), Value::Map(_)) => {
            Err(not_comparable(right))
        }
        _ => Err(FunctionError::new(format!(
            "non-comparable types {}: {}, {}: {}",
            shown(left),
            left.type_name(),
            right.type_name(),
            shown(right),
        ))),
    }
}

/// Whether the left value is less than the right one.
pub(crate) fn less(left: &Value, right: &Value) -> Compared {
    let (left_plain, right_plain) = (left.underlying(), right.underlying());
    match (&left_plain, &right_plain) {
        (Value::Int(left), Value::Int(right)) => Ok(left < right),
        (Value::Float(left), Value::Float(right)) => Ok(left < right),
        (Value::String(left), Value::String(right)) => Ok(left < right),
        (left_plain, right_plain) => {
            let kinds = (kind(left_plain), kind(right_plain));
            match kinds {
                (Kind::Other, _) | (_, Kind::Other) | (Kind::Bool, Kind::Bool) => {
                    Err(FunctionError::new("invalid type for comparison"))
                }
                _ => Err(incompatible(left, right)),
            }
        }
    }
}

pub(crate) fn less_or_equal(left: &Value, right: &Value) -> Compared {
    Ok(less(left, right)? || equal(left, right)?)
}

fn kind(value: &Value) -> Kind {
    match value {
        Value::Bool(_) => Kind::Bool,
        Value::Int(_) => Kind::Int,
        Value::Float(_) => Kind::Float,
        Value::String(_) => Kind::String,
        _ => Kind::Other,
    }
}

fn incompatible(left: &Value, right: &Value) -> FunctionError {
    FunctionError::new(format!(
        "incompatible types for comparison: {} and {}",
        left.type_name(),
        right.type_name()
    ))
}

fn not_comparable(value: &Value) -> FunctionError {
    FunctionError::new(format!(
        "non-comparable type {}: {}",
        shown(value),
        value.type_name()
    ))
}

/// The value as messages show it.
fn shown(value: &Value) -> String {
    const BYTES_MAX: usize = 4096;
    format::printf("%s", std::slice::from_ref(value), BYTES_MAX).unwrap_or_default()
}
