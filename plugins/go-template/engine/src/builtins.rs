//! Go's predefined functions.

use std::fmt::Write as _;

use crate::compare;
use crate::format::{self, TooLong, is_printable};
use crate::functions::{Context, Functions};
use crate::value::{FunctionError, List, Type, Value};

type Called = Result<Value, FunctionError>;

pub(crate) fn register(functions: &mut Functions) {
    const ONE: &[Type] = &[Type::Any];
    const TWO: &[Type] = &[Type::Any, Type::Any];
    // The engine knows these three by name: `and` and `or` do not evaluate all their arguments, and
    // `call` shows how its first argument was written. The bodies serve them as function values.
    functions.add_variadic("and", ONE, Type::Any, |_, values| {
        Ok(first_with(values, false))
    });
    functions.add_variadic("or", ONE, Type::Any, |_, values| {
        Ok(first_with(values, true))
    });
    functions.add("not", ONE, |_, values| Ok(Value::Bool(!values[0].truth())));
    functions.add_variadic("call", ONE, Type::Any, |context, values| {
        call(context, "", values)
    });
    functions.add_variadic("index", ONE, Type::Any, |_, values| {
        index(&values[0], &values[1..])
    });
    functions.add_variadic("slice", ONE, Type::Any, |_, values| {
        slice(&values[0], &values[1..])
    });
    functions.add("len", ONE, |_, values| length(&values[0]));
    functions.add_variadic("print", &[], Type::Any, |context, values| {
        text(format::print(values, context.string_bytes_max()))
    });
    functions.add_variadic("println", &[], Type::Any, |context, values| {
        text(format::println(values, context.string_bytes_max()))
    });
    functions.add_variadic("printf", &[Type::String], Type::Any, |context, values| {
        let pattern = values[0].as_str().unwrap_or_default();
        text(format::printf(
            &pattern,
            &values[1..],
            context.string_bytes_max(),
        ))
    });
    functions.add_variadic("html", &[], Type::Any, |context, values| {
        escape(context, values, html)
    });
    functions.add_variadic("js", &[], Type::Any, |context, values| {
        escape(context, values, js)
    });
    functions.add_variadic("urlquery", &[], Type::Any, |context, values| {
        escape(context, values, url_query)
    });
    functions.add_variadic("eq", ONE, Type::Any, |_, values| {
        compare::equal_to_any(&values[0], &values[1..]).map(Value::Bool)
    });
    functions.add("ne", TWO, |_, values| {
        compare::equal(&values[0], &values[1]).map(|is_equal| Value::Bool(!is_equal))
    });
    functions.add("lt", TWO, |_, values| {
        compare::less(&values[0], &values[1]).map(Value::Bool)
    });
    functions.add("le", TWO, |_, values| {
        compare::less_or_equal(&values[0], &values[1]).map(Value::Bool)
    });
    functions.add("gt", TWO, |_, values| {
        compare::less_or_equal(&values[0], &values[1]).map(|is_less| Value::Bool(!is_less))
    });
    functions.add("ge", TWO, |_, values| {
        compare::less(&values[0], &values[1]).map(|is_less| Value::Bool(!is_less))
    });
}

/// The first value of that truth, or else the last one.
fn first_with(values: &[Value], truth: bool) -> Value {
    let found = values.iter().find(|value| value.truth() == truth);
    found.or(values.last()).cloned().unwrap_or_default()
}

fn text(printed: Result<String, TooLong>) -> Called {
    printed.map(Value::from).map_err(|TooLong| too_long())
}

fn too_long() -> FunctionError {
    FunctionError::new("the text exceeds the limit of output")
}

/// Calls a function value; `shown` is how it was written.
pub(crate) fn call(context: &mut Context<'_>, shown: &str, values: &[Value]) -> Called {
    let Value::Function(function) = &values[0] else {
        return Err(FunctionError::new(match &values[0] {
            Value::Nil => "call of nil".to_owned(),
            value => format!("non-function {shown} of type {}", value.type_name()),
        }));
    };
    let arguments = &values[1..];
    let signature = *function.signature();
    let (wanted, got) = (signature.parameters.len(), arguments.len());
    let wanted_text = match signature.rest {
        Some(_) if got < wanted => format!("at least {wanted}"),
        None if got != wanted => wanted.to_string(),
        _ => String::new(),
    };
    if !wanted_text.is_empty() {
        let message = format!("wrong number of args for {shown}: got {got} want {wanted_text}");
        return Err(FunctionError::new(message));
    }
    for (index, argument) in arguments.iter().enumerate() {
        let wanted = signature.parameter(index).unwrap_or(Type::Any);
        if argument.assignable_to(wanted) {
            continue;
        }
        let wanted = wanted.name();
        return Err(FunctionError::new(match argument {
            Value::Nil => format!("arg {index}: value is nil; should be of type {wanted}"),
            argument => {
                let type_name = argument.type_name();
                format!("arg {index}: value has type {type_name}; should be {wanted}")
            }
        }));
    }
    function.invoke(context, arguments)
}

fn length(value: &Value) -> Called {
    let length = match value.underlying() {
        Value::String(text) => text.len(),
        Value::List(list) => list.len(),
        Value::Map(map) => map.len(),
        Value::Nil => return Err(FunctionError::new("len of nil pointer")),
        _ => {
            return Err(FunctionError::new(format!(
                "len of type {}",
                value.type_name()
            )));
        }
    };
    Ok(Value::Int(i64::try_from(length).unwrap_or(i64::MAX)))
}

/// `index x 1 "a"` is Go's `x[1]["a"]`.
fn index(value: &Value, keys: &[Value]) -> Called {
    let mut value = value.clone();
    for (depth, key) in keys.iter().enumerate() {
        value = match (&value, value.underlying()) {
            (_, Value::Nil) => {
                let what = if depth == 0 {
                    "untyped nil"
                } else {
                    "nil pointer"
                };
                return Err(FunctionError::new(format!("index of {what}")));
            }
            (_, Value::List(list)) => {
                let place = index_of(key, list.len())?;
                let outside = || FunctionError::new("reflect: slice index out of range");
                list.items().get(place).cloned().ok_or_else(outside)?
            }
            (_, Value::String(text)) => {
                let place = index_of(key, text.len())?;
                let outside = || FunctionError::new("reflect: string index out of range");
                let byte = *text.as_bytes().get(place).ok_or_else(outside)?;
                Value::named("uint8", Value::Int(byte.into()))
            }
            (_, Value::Map(map)) => match key {
                Value::String(key) => map.get_or_zero(key),
                Value::Nil => {
                    return Err(FunctionError::new("value is nil; should be of type string"));
                }
                key => match key.as_str() {
                    Some(key) => map.get_or_zero(&key),
                    None => {
                        let message =
                            format!("value has type {}; should be string", key.type_name());
                        return Err(FunctionError::new(message));
                    }
                },
            },
            (value, _) => {
                let message = format!("can't index item of type {}", value.type_name());
                return Err(FunctionError::new(message));
            }
        };
    }
    Ok(value)
}

/// The place that an index names, at most the length.
fn index_of(key: &Value, length: usize) -> Result<usize, FunctionError> {
    if matches!(key, Value::Nil) {
        return Err(FunctionError::new("cannot index slice/array with nil"));
    }
    let Some(place) = key.as_int() else {
        let message = format!("cannot index slice/array with type {}", key.type_name());
        return Err(FunctionError::new(message));
    };
    usize::try_from(place)
        .ok()
        .filter(|place| *place <= length)
        .ok_or_else(|| FunctionError::new(format!("index out of range: {place}")))
}

/// `slice x 1 2` is Go's `x[1:2]`. Bytes of a string that are no UTF-8 any more become U+FFFD.
fn slice(value: &Value, places: &[Value]) -> Called {
    let plain = value.underlying();
    let length = match &plain {
        Value::String(_) if places.len() == 3 => {
            return Err(FunctionError::new("cannot 3-index slice a string"));
        }
        Value::String(text) => text.len(),
        Value::List(list) => list.len(),
        Value::Nil => return Err(FunctionError::new("slice of untyped nil")),
        _ => {
            let message = format!("can't slice item of type {}", value.type_name());
            return Err(FunctionError::new(message));
        }
    };
    if places.len() > 3 {
        let message = format!("too many slice indexes: {}", places.len());
        return Err(FunctionError::new(message));
    }
    let mut bounds = [0, length, length];
    for (bound, place) in bounds.iter_mut().zip(places) {
        *bound = index_of(place, length)?;
    }
    let [start, end, capacity] = bounds;
    if start > end {
        return Err(FunctionError::new(format!(
            "invalid slice index: {start} > {end}"
        )));
    }
    if places.len() == 3 && end > capacity {
        return Err(FunctionError::new(format!(
            "invalid slice index: {end} > {capacity}"
        )));
    }
    Ok(match plain {
        Value::List(list) => Value::List(List::new(
            list.element(),
            list.items()[start..end].iter().cloned(),
        )),
        Value::String(text) => {
            Value::from(String::from_utf8_lossy(&text.as_bytes()[start..end]).into_owned())
        }
        _ => Value::Nil,
    })
}

fn escape(context: &Context<'_>, values: &[Value], escaper: fn(&str, &mut String)) -> Called {
    let bytes_max = context.string_bytes_max();
    let plain = format::print_for_escape(values, bytes_max).map_err(|TooLong| too_long())?;
    let mut escaped = String::with_capacity(plain.len());
    escaper(&plain, &mut escaped);
    if escaped.len() > bytes_max {
        return Err(too_long());
    }
    Ok(Value::from(escaped))
}

fn html(text: &str, escaped: &mut String) {
    for character in text.chars() {
        match character {
            '"' => escaped.push_str("&#34;"),
            '\'' => escaped.push_str("&#39;"),
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\0' => escaped.push(char::REPLACEMENT_CHARACTER),
            _ => escaped.push(character),
        }
    }
}

fn js(text: &str, escaped: &mut String) {
    for character in text.chars() {
        match character {
            '\\' | '\'' | '"' => escaped.extend(['\\', character]),
            '<' | '>' | '&' | '=' => push_code(escaped, character),
            _ if character < ' ' => push_code(escaped, character),
            _ if character.is_ascii() || is_printable(character) => escaped.push(character),
            _ => push_code(escaped, character),
        }
    }
}

fn push_code(escaped: &mut String, character: char) {
    // Writing to a string cannot fail.
    let _ = write!(escaped, "\\u{:04X}", u32::from(character));
}

fn url_query(text: &str, escaped: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                escaped.push(char::from(byte));
            }
            b' ' => escaped.push('+'),
            _ => {
                let _ = write!(escaped, "%{byte:02X}");
            }
        }
    }
}
