//! Scalars as YAML 1.1 and Go's yaml.v2 understand them.

/// What a scalar is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Scalar {
    Null,
    Bool(bool),
    /// Fits a signed or an unsigned number of 64 bits.
    Integer(i128),
    Float(f64),
    String(String),
}

/// Reads a scalar that stands without quotes and without a tag.
pub(crate) fn plain(text: &str) -> Scalar {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Scalar::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "true" | "True" | "TRUE" => {
            return Scalar::Bool(true);
        }
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" | "false" | "False" | "FALSE" => {
            return Scalar::Bool(false);
        }
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => {
            return Scalar::Float(f64::INFINITY);
        }
        "-.inf" | "-.Inf" | "-.INF" => return Scalar::Float(f64::NEG_INFINITY),
        ".nan" | ".NaN" | ".NAN" => return Scalar::Float(f64::NAN),
        _ => {}
    }
    number(text).unwrap_or_else(|| Scalar::String(text.to_owned()))
}

fn number(text: &str) -> Option<Scalar> {
    if !text.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first)) {
        return None;
    }
    let digits = text.replace('_', "");
    integer(&digits)
        .map(Scalar::Integer)
        .or_else(|| float(&digits).map(Scalar::Float))
}

/// Go's `strconv.ParseInt` and `ParseUint` with base 0: `0x`, `0o`, `0b`, and octal by a leading 0.
fn integer(digits: &str) -> Option<i128> {
    let (is_negative, is_signed, magnitude) = match digits.as_bytes().first()? {
        b'-' => (true, true, &digits[1..]),
        b'+' => (false, true, &digits[1..]),
        _ => (false, false, digits),
    };
    let lower = magnitude.to_ascii_lowercase();
    let (radix, digits) = match lower.as_bytes() {
        [b'0', b'x', ..] => (16, &lower[2..]),
        [b'0', b'o', ..] => (8, &lower[2..]),
        [b'0', b'b', ..] => (2, &lower[2..]),
        [b'0', _, ..] => (8, &lower[1..]),
        _ => (10, lower.as_str()),
    };
    if !digits.starts_with(|first: char| first.is_ascii_alphanumeric()) {
        return None;
    }
    let value = i128::from(u64::from_str_radix(digits, radix).ok()?);
    let value = if is_negative { -value } else { value };
    // Only a number without a sign may use the range above that of signed numbers.
    let fits = i64::try_from(value).is_ok() || (!is_signed && value > 0);
    fits.then_some(value)
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, if it is finite.
fn float(digits: &str) -> Option<f64> {
    let unsigned = digits.strip_prefix(['+', '-']).unwrap_or(digits);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let has_mantissa =
        are_digits(whole) && are_digits(fraction) && !(whole.is_empty() && fraction.is_empty());
    let has_exponent = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !digits.is_empty() && are_digits(digits)
    });
    if !(has_mantissa && has_exponent) {
        return None;
    }
    digits.parse().ok().filter(|value: &f64| value.is_finite())
}

/// Reads a scalar with a tag of YAML's own, such as `int` for `!!int`; none if it is not such a
/// thing. Other tags leave a string.
pub(crate) fn tagged(tag: &str, text: &str) -> Option<Scalar> {
    let value = plain(text);
    match (tag, value) {
        ("null", value @ Scalar::Null)
        | ("bool", value @ Scalar::Bool(_))
        | ("int", value @ Scalar::Integer(_))
        | ("float", value @ Scalar::Float(_)) => Some(value),
        ("float", Scalar::Integer(_)) => text.replace('_', "").parse().ok().map(Scalar::Float),
        ("null" | "bool" | "int" | "float", _) => None,
        _ => Some(Scalar::String(text.to_owned())),
    }
}
