//! Values as Go's `encoding/json` writes them.

use std::fmt::Write as _;

use crate::value::{FunctionError, Json, Object, Value};

/// Deeper than any value the engine lets a template make.
const DEPTH_MAX: usize = 256;

impl Value {
    /// The value as Go's `json.Marshal` writes it: no spaces, keys of maps in order, and `<`, `>`, `&`
    /// escaped so that the text may stand in HTML.
    ///
    /// # Errors
    /// For what JSON cannot say: functions, infinities and NaN.
    pub fn to_json(&self) -> Result<String, FunctionError> {
        let mut out = String::new();
        write_value(&mut out, self, 0)?;
        Ok(out)
    }
}

fn write_value(out: &mut String, value: &Value, depth: usize) -> Result<(), FunctionError> {
    if depth > DEPTH_MAX {
        return Err(FunctionError::new("json: the value is nested too deep"));
    }
    match value {
        Value::Nil => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Int(number) => push(out, format_args!("{number}")),
        Value::Float(number) => write_float(out, *number)?,
        Value::String(text) => write_string(out, text),
        Value::List(list) => {
            out.push('[');
            for (index, item) in list.items().iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                write_value(out, item, depth + 1)?;
            }
            out.push(']');
        }
        Value::Map(map) => {
            let members = map.iter().map(|(key, value)| (key.as_ref(), value.clone()));
            write_members(out, members, depth)?;
        }
        Value::Object(object) => write_object(out, object.as_ref(), depth)?,
        Value::Function(_) => return Err(FunctionError::new("json: unsupported type: func")),
    }
    Ok(())
}

fn write_object(out: &mut String, object: &dyn Object, depth: usize) -> Result<(), FunctionError> {
    match object.to_json() {
        Json::As(value) => write_value(out, &value, depth + 1),
        Json::Members(members) => write_members(out, members.into_iter(), depth),
        Json::Default => match object.underlying() {
            Some(underlying) => write_value(out, &underlying, depth + 1),
            None => {
                let fields = object.fields().iter();
                let members = fields.map(|name| (*name, object.field(name).unwrap_or_default()));
                write_members(out, members, depth)
            }
        },
    }
}

fn write_members<'n>(
    out: &mut String,
    members: impl Iterator<Item = (&'n str, Value)>,
    depth: usize,
) -> Result<(), FunctionError> {
    out.push('{');
    for (index, (name, value)) in members.enumerate() {
        out.push_str(if index > 0 { "," } else { "" });
        write_string(out, name);
        out.push(':');
        write_value(out, &value, depth + 1)?;
    }
    out.push('}');
    Ok(())
}

fn write_float(out: &mut String, number: f64) -> Result<(), FunctionError> {
    if !number.is_finite() {
        let shown = crate::format::float_text(number);
        return Err(FunctionError::new(format!(
            "json: unsupported value: {shown}"
        )));
    }
    let size = number.abs();
    if size == 0.0 || (1e-6..1e21).contains(&size) {
        push(out, format_args!("{number}"));
        return Ok(());
    }
    let text = format!("{number:e}");
    let sign = if size < 1.0 { "" } else { "+" };
    out.push_str(&text.replacen('e', &format!("e{sign}"), 1));
    Ok(())
}

fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                push(out, format_args!("\\u{:04x}", u32::from(character)));
            }
            _ => out.push(character),
        }
    }
    out.push('"');
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = out.write_fmt(text);
}
