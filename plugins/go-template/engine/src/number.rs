//! Number and character constants by Go's rules: what they could stand for.

use crate::format::quote;
use crate::unquote::unquote_character;
use crate::value::{Object, Value};

/// A numeric constant. Which of its values counts depends on where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Number {
    /// As it was written.
    pub(crate) text: Box<str>,
    pub(crate) int: Option<i64>,
    pub(crate) float: Option<f64>,
    /// Real and imaginary part.
    pub(crate) complex: Option<(f64, f64)>,
}

impl Number {
    /// Reads a character constant with its quotes.
    pub(crate) fn character(text: &str) -> Result<Self, String> {
        let inner = &text[1..];
        let (code, rest) = unquote_character(inner, '\'').ok_or("invalid syntax")?;
        if rest != "'" {
            return Err(format!("malformed character constant: {text}"));
        }
        Ok(Self::of_int(text, i64::from(code)))
    }

    /// Reads a sum of a real and an imaginary number, such as `1+2i`.
    pub(crate) fn complex(text: &str) -> Result<Self, String> {
        let illegal = || format!("illegal number syntax: {}", quote(text));
        let split = text
            .char_indices()
            .skip(1)
            .filter(|(index, sign)| {
                matches!(sign, '+' | '-') && !text[..*index].ends_with(['e', 'E', 'p', 'P'])
            })
            .map(|(index, _)| index)
            .last()
            .ok_or_else(illegal)?;
        let (real, imaginary) = text.split_at(split);
        let real = parse_float(real).ok_or_else(illegal)?;
        let imaginary = imaginary
            .strip_suffix('i')
            .and_then(parse_float)
            .ok_or_else(illegal)?;
        Ok(Self::of_complex(text, real, imaginary))
    }

    /// Reads an integer, float or imaginary number.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if let Some(imaginary) = text.strip_suffix('i').and_then(parse_float) {
            return Ok(Self::of_complex(text, 0.0, imaginary));
        }
        if let Some(int) = parse_int(text) {
            return Ok(Self::of_int(text, int));
        }
        if let Some(unsigned) = parse_unsigned(text) {
            let float = Some(unsigned_to_float(unsigned));
            return Ok(Self {
                text: text.into(),
                int: None,
                float,
                complex: None,
            });
        }
        let Some(float) = parse_float(text) else {
            return Err(format!("illegal number syntax: {}", quote(text)));
        };
        if !text.contains(['.', 'e', 'E', 'p', 'P']) {
            return Err(format!("integer overflow: {}", quote(text)));
        }
        let int = float_to_int(float);
        Ok(Self {
            text: text.into(),
            int,
            float: Some(float),
            complex: None,
        })
    }

    /// The value where no type is asked for; the syntax tells it. None when it fits no `int`.
    pub(crate) fn ideal(&self) -> Option<Value> {
        if let Some((real, imaginary)) = self.complex {
            return Some(Value::object(Complex { real, imaginary }));
        }
        match (self.float, self.int) {
            (Some(float), _) if self.looks_like_float() => Some(Value::Float(float)),
            (_, int) => int.map(Value::Int),
        }
    }

    fn looks_like_float(&self) -> bool {
        let is_character = self.text.starts_with('\'');
        let is_hex_int = (self.text.starts_with("0x") || self.text.starts_with("0X"))
            && !self.text.contains(['p', 'P']);
        !is_character && !is_hex_int && self.text.contains(['.', 'e', 'E', 'p', 'P'])
    }

    fn of_int(text: &str, int: i64) -> Self {
        Self {
            text: text.into(),
            int: Some(int),
            float: Some(int_to_float(int)),
            complex: None,
        }
    }

    fn of_complex(text: &str, real: f64, imaginary: f64) -> Self {
        let float = (imaginary == 0.0).then_some(real);
        Self {
            text: text.into(),
            int: float.and_then(float_to_int),
            float,
            complex: Some((real, imaginary)),
        }
    }
}

/// Go's `complex128`. Only a constant can make one, and all it can do is to be printed and compared.
#[derive(Debug)]
struct Complex {
    real: f64,
    imaginary: f64,
}

impl Object for Complex {
    fn type_name(&self) -> &str {
        "complex128"
    }

    fn display(&self) -> Option<String> {
        let real = crate::format::float_text(self.real);
        let imaginary = crate::format::float_text(self.imaginary);
        let sign = if imaginary.starts_with(['+', '-']) {
            ""
        } else {
            "+"
        };
        Some(format!("({real}{sign}{imaginary}i)"))
    }

    fn equals(&self, other: &dyn Object) -> Option<bool> {
        let other: &dyn std::any::Any = other;
        let other: &Self = other.downcast_ref()?;
        Some(self.real == other.real && self.imaginary == other.imaginary)
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "Go rounds to the nearest float, too"
)]
fn int_to_float(int: i64) -> f64 {
    int as f64
}

#[expect(
    clippy::cast_precision_loss,
    reason = "Go rounds to the nearest float, too"
)]
fn unsigned_to_float(unsigned: u64) -> f64 {
    unsigned as f64
}

/// The integer that the float is, if it is one.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the bounds are checked before"
)]
fn float_to_int(float: f64) -> Option<i64> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    (float.fract() == 0.0 && (-LIMIT..LIMIT).contains(&float)).then_some(float as i64)
}

fn parse_int(text: &str) -> Option<i64> {
    match text.strip_prefix('-') {
        Some(magnitude) => 0_i64.checked_sub_unsigned(parse_unsigned(magnitude)?),
        None => parse_unsigned(text.strip_prefix('+').unwrap_or(text))?
            .try_into()
            .ok(),
    }
}

/// An integer in the base that its prefix tells; a leading zero alone means octal.
fn parse_unsigned(text: &str) -> Option<u64> {
    if !underscores_separate_digits(text) {
        return None;
    }
    let (base, digits) = match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &text[2..]),
        [b'0', b'o' | b'O', ..] => (8, &text[2..]),
        [b'0', b'b' | b'B', ..] => (2, &text[2..]),
        [b'0', _, ..] => (8, &text[1..]),
        _ => (10, text),
    };
    if digits.starts_with(['+', '-']) {
        return None;
    }
    u64::from_str_radix(&digits.replace('_', ""), base).ok()
}

/// Whether every underscore stands between digits; the prefix of a base counts as one.
fn underscores_separate_digits(text: &str) -> bool {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_hex = text.starts_with("0x") || text.starts_with("0X");
    let has_prefix = is_hex
        || ["0b", "0B", "0o", "0O"]
            .iter()
            .any(|base| text.starts_with(base));
    let (mut previous, rest) = if has_prefix {
        ('0', &text[2..])
    } else {
        ('^', text)
    };
    for next in rest.chars() {
        let is_digit = next.is_ascii_digit() || is_hex && next.is_ascii_hexdigit();
        match (is_digit, next, previous) {
            (true, _, _) => previous = '0',
            (false, '_', '0') => previous = '_',
            (false, '_', _) | (false, _, '_') => return false,
            (false, _, _) => previous = '!',
        }
    }
    previous != '_'
}

/// A decimal or hexadecimal float; none when it is malformed or too large.
fn parse_float(text: &str) -> Option<f64> {
    if !underscores_separate_digits(text) {
        return None;
    }
    let text = text.replace('_', "");
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(&text);
    let float = match unsigned
        .strip_prefix("0x")
        .or_else(|| unsigned.strip_prefix("0X"))
    {
        Some(hex) => {
            let magnitude = parse_hex_float(hex)?;
            if text.starts_with('-') {
                -magnitude
            } else {
                magnitude
            }
        }
        // Rust also reads `inf` and `nan`, which no token of a template can be.
        None if unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') => {
            text.parse().ok()?
        }
        None => return None,
    };
    float.is_finite().then_some(float)
}

/// `1F.8p4` without its prefix: hexadecimal digits times a power of two, which is mandatory.
fn parse_hex_float(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.split_once(['p', 'P'])?;
    let mut exponent: i32 = exponent.parse().ok()?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut bits: u64 = 0;
    for (index, digit) in whole.chars().chain(fraction.chars()).enumerate() {
        let digit = u64::from(digit.to_digit(16)?);
        let in_fraction = index >= whole.len();
        if bits >> 58 == 0 {
            bits = bits << 4 | digit;
            exponent = exponent.saturating_sub(if in_fraction { 4 } else { 0 });
        } else {
            // Beyond the precision of a float: only whether anything is there matters.
            bits |= u64::from(digit != 0);
            exponent = exponent.saturating_add(if in_fraction { 0 } else { 4 });
        }
    }
    let exponent = exponent.clamp(-2200, 2200);
    let half = exponent / 2;
    Some(unsigned_to_float(bits) * 2_f64.powi(half) * 2_f64.powi(exponent - half))
}
