//! What a scalar means: YAML 1.1 as Go's yaml.v2 reads it (`resolve.go`, v2.4).

use serde_json::{Map, Number, Value as Json};

use crate::yaml::{Node, ScalarStyle, Value};

/// A scalar of which nothing is expected.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Resolved {
    Null,
    Bool(bool),
    Integer(i128),
    Float(f64),
    Text,
}

impl Node {
    /// What the scalar is by itself; none for mappings and lists.
    pub(crate) fn resolved(&self) -> Option<Resolved> {
        let Value::Scalar(scalar) = &self.value else {
            return None;
        };
        let by_form = scalar.style == ScalarStyle::Plain;
        Some(match self.tag.as_deref() {
            Some("str" | "binary") => Resolved::Text,
            Some("null" | "bool" | "int" | "float") => resolve(&scalar.text),
            _ if by_form => resolve(&scalar.text),
            _ => Resolved::Text,
        })
    }

    pub(crate) fn is_null(&self) -> bool {
        self.resolved() == Some(Resolved::Null)
    }
}

fn resolve(text: &str) -> Resolved {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Resolved::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return Resolved::Bool(true);
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Resolved::Bool(false);
        }
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => {
            return Resolved::Float(f64::INFINITY);
        }
        "-.inf" | "-.Inf" | "-.INF" => return Resolved::Float(f64::NEG_INFINITY),
        ".nan" | ".NaN" | ".NAN" => return Resolved::Float(f64::NAN),
        _ => {}
    }
    if !text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-' | '.')) {
        return Resolved::Text;
    }
    let plain: String = text.chars().filter(|character| *character != '_').collect();
    integer(&plain)
        .map(Resolved::Integer)
        .or_else(|| float(&plain).map(Resolved::Float))
        .unwrap_or(Resolved::Text)
}

/// Decimal, `0x`, `0o`, `0b`, and octal by a leading zero, as Go reads them; at most 64 bits.
fn integer(text: &str) -> Option<i128> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let lower = digits.to_ascii_lowercase();
    let (radix, digits) = match lower.as_bytes() {
        [b'0', b'x', ..] => (16, &lower[2..]),
        [b'0', b'b', ..] => (2, &lower[2..]),
        [b'0', b'o', ..] => (8, &lower[2..]),
        [b'0', _, ..] => (8, &lower[1..]),
        _ => (10, &lower[..]),
    };
    if !digits.starts_with(|first: char| first.is_ascii_hexdigit()) {
        return None;
    }
    let magnitude = i128::from(u64::from_str_radix(digits, radix).ok()?);
    let value = if negative { -magnitude } else { magnitude };
    (value >= i128::from(i64::MIN)).then_some(value)
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn float(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let is_digits = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let has_digits = !whole.is_empty() || !fraction.is_empty();
    let exponent_fits = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !digits.is_empty() && is_digits(digits)
    });
    if !has_digits || !is_digits(whole) || !is_digits(fraction) || !exponent_fits {
        return None;
    }
    text.parse().ok()
}

/// A tree as JSON. Numbers that JSON lacks become text.
pub(crate) fn to_json(node: &Node) -> Json {
    match &node.value {
        Value::Scalar(scalar) => {
            let text = || Json::String(scalar.text.to_string());
            match node.resolved() {
                Some(Resolved::Null) => Json::Null,
                Some(Resolved::Bool(value)) => Json::Bool(value),
                Some(Resolved::Integer(value)) => integer_json(value).unwrap_or_else(text),
                Some(Resolved::Float(value)) => {
                    Number::from_f64(value).map_or_else(text, Json::Number)
                }
                _ => text(),
            }
        }
        Value::Sequence(items) => Json::Array(items.iter().map(|item| to_json(item)).collect()),
        Value::Mapping(entries) => {
            let members = entries.iter();
            let members = members.map(|entry| (entry.key.to_string(), to_json(&entry.value)));
            Json::Object(members.collect::<Map<_, _>>())
        }
    }
}

pub(crate) fn integer_json(value: i128) -> Option<Json> {
    let signed = i64::try_from(value)
        .ok()
        .map(|value| Json::Number(value.into()));
    signed.or_else(|| {
        u64::try_from(value)
            .ok()
            .map(|value| Json::Number(value.into()))
    })
}

#[cfg(test)]
mod tests {
    use super::{Resolved, resolve};

    fn check(text: &str, expected: Resolved) {
        assert_eq!(resolve(text), expected, "{text:?}");
    }

    #[test]
    fn scalars_mean_what_they_mean_in_go() {
        check("", Resolved::Null);
        check("~", Resolved::Null);
        check("nuLL", Resolved::Text);
        check("yes", Resolved::Bool(true));
        check("Off", Resolved::Bool(false));
        check("y", Resolved::Bool(true));
        check("yEs", Resolved::Text);
        check("012", Resolved::Integer(10));
        check("08", Resolved::Float(8.0));
        check("0x1F", Resolved::Integer(31));
        check("-0b11", Resolved::Integer(-3));
        check("1_000", Resolved::Integer(1000));
        check(
            "18446744073709551615",
            Resolved::Integer(18_446_744_073_709_551_615),
        );
        check("-", Resolved::Text);
        check("--1", Resolved::Text);
        check(".5", Resolved::Float(0.5));
        check("5.", Resolved::Float(5.0));
        check("1e3", Resolved::Float(1000.0));
        check("1e", Resolved::Text);
        check(".", Resolved::Text);
        check("+.inf", Resolved::Float(f64::INFINITY));
        check("1.2.3", Resolved::Text);
        check("10s", Resolved::Text);
    }
}
