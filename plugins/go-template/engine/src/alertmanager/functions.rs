//! The functions that Alertmanager adds to Go's own (template/template.go, v0.34).

use std::sync::Arc;

use super::data::DataObject;
use super::regexp::{Cache, Regexp};
use super::text;
use crate::format::printf;
use crate::functions::{Context, Functions};
use crate::go_time::{Duration, Location, TIME_TYPE, Time};
use crate::value::{FunctionError, List, Type, Value};

type Outcome = Result<Value, FunctionError>;

const STRINGS: Type = Type::Named("[]string");
const LIST: Type = Type::Named("[]interface {}");

/// Go's functions and Alertmanager's. Expressions that `match` and `reReplaceAll` compile are kept
/// as long as the functions are.
pub(super) fn functions() -> Functions {
    let mut functions = Functions::builtin();
    add_strings(&mut functions);
    add_expressions(&mut functions);
    add_times(&mut functions);
    add_collections(&mut functions);
    functions
}

fn add_strings(functions: &mut Functions) {
    let mut add = |name, body: fn(&str) -> Outcome| {
        functions.add(name, &[Type::String], move |context, arguments| {
            let text = string(arguments, 0)?;
            spend(context, text.len())?;
            body(&text)
        });
    };
    add("toUpper", |text| Ok(Value::from(text::to_upper(text))));
    add("toLower", |text| Ok(Value::from(text::to_lower(text))));
    add("title", |text| Ok(Value::from(text::title(text))));
    add("trimSpace", |text| Ok(Value::from(text.trim())));
    add("urlUnescape", |text| {
        text::url_unescape(text).map(Value::from)
    });
    add("base64encode", |text| {
        Ok(Value::from(text::base64_encode(text)))
    });
    add("base64decode", |text| {
        text::base64_decode(text).map(Value::from)
    });
    add("safeHtml", |text| {
        Ok(Value::named("template.HTML", Value::from(text)))
    });
    add("safeUrl", |text| {
        Ok(Value::named("template.URL", Value::from(text)))
    });

    // The list comes last, so that it can be piped in.
    functions.add("join", &[Type::String, STRINGS], |context, arguments| {
        let separator = string(arguments, 0)?;
        let list = list(arguments, 1)?;
        let texts: Vec<_> = list.items().iter().filter_map(Value::as_str).collect();
        let separators = separator.len().saturating_mul(texts.len());
        let length = texts
            .iter()
            .map(|text| text.len())
            .sum::<usize>()
            .saturating_add(separators);
        check_length(context, length)?;
        spend(context, length)?;
        Ok(Value::from(texts.join(&*separator)))
    });
    functions.add("toJson", &[Type::Any], |context, arguments| {
        let json = arguments.first().unwrap_or(&Value::Nil).to_json()?;
        spend(context, json.len())?;
        check_length(context, json.len())?;
        Ok(Value::from(json))
    });
    functions.add("routeLabels", &[Type::String], |context, arguments| {
        let name = string(arguments, 0)?;
        let data = context.host::<Arc<DataObject>>();
        Ok(Value::from(data.map_or("", |data| data.route_label(&name))))
    });
}

fn add_expressions(functions: &mut Functions) {
    let cache = Arc::new(Cache::default());
    let shared = cache.clone();
    functions.add(
        "match",
        &[Type::String, Type::String],
        move |context, arguments| {
            let expression = shared
                .get(&string(arguments, 0)?)
                .map_err(FunctionError::new)?;
            let text = string(arguments, 1)?;
            spend(context, text.len())?;
            Ok(Value::Bool(expression.is_match(&text)))
        },
    );
    let parameters = &[Type::String, Type::String, Type::String];
    functions.add("reReplaceAll", parameters, move |context, arguments| {
        let pattern = string(arguments, 0)?;
        let expression = cache.get(&pattern).map_err(|message| {
            // Alertmanager panics here, and Go turns the panic into an error.
            FunctionError::new(format!("regexp: Compile({}): {message}", quoted(&pattern)))
        })?;
        replace_all(
            context,
            &expression,
            &string(arguments, 2)?,
            &string(arguments, 1)?,
        )
    });
}

fn replace_all(
    context: &mut Context<'_>,
    expression: &Regexp,
    text: &str,
    replacement: &str,
) -> Outcome {
    spend(context, text.len())?;
    let bytes_max = context.string_bytes_max();
    let replaced = expression.replace_all(text, replacement, bytes_max);
    let replaced = replaced.ok_or_else(|| too_long(bytes_max))?;
    spend(context, replaced.len())?;
    Ok(Value::from(replaced))
}

/// How `regexp.MustCompile` quotes: with backquotes where they can be.
fn quoted(pattern: &str) -> String {
    if pattern.contains('`') || pattern.contains(|next: char| next.is_control() && next != '\t') {
        crate::format::quote(pattern)
    } else {
        format!("`{pattern}`")
    }
}

fn add_times(functions: &mut Functions) {
    functions.add("now", &[], |context, _| Ok(Value::object(now(context))));
    functions.add("since", &[TIME_TYPE], |context, arguments| {
        Ok(Value::object(now(context).sub(time(arguments, 0)?)))
    });
    functions.add("date", &[Type::String, TIME_TYPE], |_, arguments| {
        Ok(Value::from(
            time(arguments, 1)?.format(&string(arguments, 0)?),
        ))
    });
    functions.add("tz", &[Type::String, TIME_TYPE], |_, arguments| {
        let place = Location::load(&string(arguments, 0)?);
        let place = place.map_err(|error| FunctionError::new(error.to_string()))?;
        Ok(Value::object(time(arguments, 1)?.in_location(place)))
    });
    functions.add("toDate", &[Type::String, Type::String], |_, arguments| {
        let time = Time::parse(&string(arguments, 0)?, &string(arguments, 1)?);
        Ok(Value::object(time.unwrap_or(Time::ZERO)))
    });
    functions.add(
        "mustToDate",
        &[Type::String, Type::String],
        |_, arguments| {
            let time = Time::parse(&string(arguments, 0)?, &string(arguments, 1)?);
            time.map(Value::object)
                .map_err(|error| FunctionError::new(error.to_string()))
        },
    );
    functions.add("humanizeDuration", &[Type::Any], |_, arguments| {
        let value = arguments.first().unwrap_or(&Value::Nil);
        humanize_duration(seconds(value)?).map(Value::from)
    });
}

fn add_collections(functions: &mut Functions) {
    functions.add_variadic("stringSlice", &[], Type::String, |_, arguments| {
        Ok(Value::List(List::new(
            Type::String,
            arguments.iter().cloned(),
        )))
    });
    functions.add_variadic("list", &[], Type::Any, |context, arguments| {
        spend(context, arguments.len())?;
        Ok(Value::list(arguments.iter().cloned()))
    });
    functions.add_variadic("append", &[LIST], Type::Any, |context, arguments| {
        let list = list(arguments, 0)?;
        let added = arguments.get(1..).unwrap_or_default();
        // Go grows a slice in place, this copies it.
        context.spend(u64::try_from(list.len()).unwrap_or(u64::MAX))?;
        Ok(Value::list(list.items().iter().chain(added).cloned()))
    });
    functions.add_variadic("dict", &[], Type::Any, |_, arguments| {
        if arguments.len() % 2 != 0 {
            return Err(FunctionError::new(
                "dict requires an even number of arguments",
            ));
        }
        let entries = arguments.chunks(2).map(|pair| match pair {
            [Value::String(name), value] => Ok((name.clone(), value.clone())),
            _ => Err(FunctionError::new("dict keys must be strings")),
        });
        Ok(Value::map(entries.collect::<Result<Vec<_>, _>>()?))
    });
}

/// The notification's time: a plugin has no clock.
fn now(context: &Context<'_>) -> Time {
    context
        .host::<Arc<DataObject>>()
        .map_or(Time::ZERO, |data| data.now())
}

/// A number or a text of one, as seconds.
fn seconds(value: &Value) -> Result<f64, FunctionError> {
    match value {
        Value::Float(number) => Ok(*number),
        Value::Int(number) => Ok(*number as f64),
        Value::String(text) => parse_float(text),
        Value::Object(_) => match value.downcast_ref::<Duration>() {
            Some(duration) => Ok(duration.seconds()),
            None => match (&*value.type_name(), value.as_int()) {
                ("int64" | "uint" | "uint64", Some(number)) => Ok(number as f64),
                _ => Err(no_float(value)),
            },
        },
        _ => Err(no_float(value)),
    }
}

fn no_float(value: &Value) -> FunctionError {
    FunctionError::new(format!("can't convert {} to float", value.type_name()))
}

fn parse_float(text: &str) -> Result<f64, FunctionError> {
    let fail = |why| {
        let text = crate::format::quote(text);
        FunctionError::new(format!("strconv.ParseFloat: parsing {text}: {why}"))
    };
    let number: f64 = text.parse().map_err(|_| fail("invalid syntax"))?;
    if number.is_infinite() && text.contains(|next: char| next.is_ascii_digit()) {
        return Err(fail("value out of range"));
    }
    Ok(number)
}

/// `1d 2h 3m 4s`, and below a minute four digits of the unit that fits
/// (prometheus/common helpers/templates).
fn humanize_duration(seconds: f64) -> Result<String, FunctionError> {
    if !seconds.is_finite() {
        return four_digits(seconds);
    }
    let mut rest = seconds;
    if seconds.abs() < 1.0 && seconds != 0.0 {
        let mut prefix = "";
        for smaller in ["m", "u", "n", "p", "f", "a", "z", "y"] {
            if rest.abs() >= 1.0 {
                break;
            }
            prefix = smaller;
            rest *= 1000.0;
        }
        return Ok(format!("{}{prefix}s", four_digits(rest)?));
    }
    // Beyond what fits, the largest number; no alert lasts that long.
    #[allow(
        clippy::cast_possible_truncation,
        reason = "a cast of a float saturates"
    )]
    let whole = seconds as i64;
    let sign = if seconds < 0.0 { "-" } else { "" };
    let total = whole.unsigned_abs();
    let (days, hours) = (total / 86_400, total / 3600 % 24);
    let (minutes, second) = (total / 60 % 60, total % 60);
    Ok(if days > 0 {
        format!("{sign}{days}d {hours}h {minutes}m {second}s")
    } else if hours > 0 {
        format!("{sign}{hours}h {minutes}m {second}s")
    } else if minutes > 0 {
        format!("{sign}{minutes}m {second}s")
    } else {
        format!("{sign}{}s", four_digits(seconds.abs())?)
    })
}

fn four_digits(number: f64) -> Result<String, FunctionError> {
    printf("%.4g", &[Value::Float(number)], 64).map_err(|_| too_long(64))
}

fn string(arguments: &[Value], index: usize) -> Result<Arc<str>, FunctionError> {
    arguments
        .get(index)
        .and_then(Value::as_str)
        .ok_or_else(unfit)
}

fn list(arguments: &[Value], index: usize) -> Result<List, FunctionError> {
    arguments
        .get(index)
        .and_then(Value::as_list)
        .ok_or_else(unfit)
}

fn time(arguments: &[Value], index: usize) -> Result<&Time, FunctionError> {
    arguments
        .get(index)
        .and_then(Value::downcast_ref)
        .ok_or_else(unfit)
}

/// The engine checks arguments before it calls, so nobody should ever read this.
fn unfit() -> FunctionError {
    FunctionError::new("the argument does not fit the function")
}

/// A step for every 64 bytes, as the built-in functions count.
fn spend(context: &mut Context<'_>, bytes: usize) -> Result<(), FunctionError> {
    context.spend(u64::try_from(bytes / 64).unwrap_or(u64::MAX))
}

fn check_length(context: &Context<'_>, bytes: usize) -> Result<(), FunctionError> {
    let bytes_max = context.string_bytes_max();
    if bytes > bytes_max {
        Err(too_long(bytes_max))
    } else {
        Ok(())
    }
}

fn too_long(bytes_max: usize) -> FunctionError {
    FunctionError::new(format!("the text would be longer than {bytes_max} bytes"))
}
