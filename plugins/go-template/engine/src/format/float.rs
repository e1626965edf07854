//! Go's number formats for floats.

use super::{Printed, Printer, TooLong};
use crate::value::Value;

/// From this exponent on, the shortest form is written with an exponent.
const SHORTEST_EXPONENT_MIN: usize = 6;
/// Bits of a float's significand that are stored.
const FRACTION_BITS: u32 = 52;

/// The float as `%v` prints it: shortest, with an exponent below -4 and from 6 on.
pub(crate) fn float_text(number: f64) -> String {
    general(number, None)
}

impl Printer {
    pub(super) fn float(&mut self, number: f64, verb: char, named: &Value) -> Printed {
        let precision = self.flags.precision;
        if precision.is_some_and(|precision| precision > self.bytes_max) {
            return Err(TooLong);
        }
        let text = match verb {
            _ if !number.is_finite() && "vgGeEfFbxX".contains(verb) => special(number).to_owned(),
            'v' | 'g' | 'G' => general(number, precision),
            'e' | 'E' => exponential(number, precision.unwrap_or(6)),
            'f' | 'F' => format!("{number:.*}", precision.unwrap_or(6)),
            'b' => binary(number),
            'x' | 'X' => hexadecimal(number, precision),
            _ => return self.bad_verb(named, verb),
        };
        let text = if self.flags.sharp && verb != 'b' && number.is_finite() {
            with_forced_point(&text, verb, precision)
        } else {
            text
        };
        let text = if matches!(verb, 'G' | 'E' | 'X') {
            text.to_uppercase()
        } else {
            text
        };
        self.signed(number, &text)
    }

    /// Writes the text of the number with its sign, which stands before any padding with zeros.
    fn signed(&mut self, number: f64, text: &str) -> Printed {
        let (sign, digits) = match (text.strip_prefix('-'), self.flags.plus, self.flags.space) {
            (Some(digits), _, _) => ("-", digits),
            (None, true, _) => ("+", text),
            (None, false, true) => (" ", text),
            (None, false, false) if number.is_infinite() => ("+", text),
            (None, false, false) => ("", text),
        };
        if !number.is_finite() {
            return self.pad_with_spaces(&format!("{sign}{digits}"));
        }
        match self
            .flags
            .width
            .filter(|_| self.flags.zero && !self.flags.minus)
        {
            Some(width) => {
                self.push(sign)?;
                self.padding(width.saturating_sub(sign.len() + digits.len()), '0')?;
                self.push(digits)
            }
            None => self.pad(&format!("{sign}{digits}")),
        }
    }
}

fn special(number: f64) -> &'static str {
    match (number.is_nan(), number < 0.0) {
        (true, _) => "NaN",
        (false, true) => "-Inf",
        (false, false) => "Inf",
    }
}

/// `%g`: with or without an exponent, whichever suits the size, and without trailing zeros.
fn general(number: f64, precision: Option<usize>) -> String {
    if !number.is_finite() {
        return if number == f64::INFINITY {
            "+Inf".to_owned()
        } else {
            special(number).to_owned()
        };
    }
    let sign = if number.is_sign_negative() { "-" } else { "" };
    if number == 0.0 {
        return format!("{sign}0");
    }
    let precision = precision.map(|precision| precision.max(1));
    let text = match precision {
        None => format!("{:e}", number.abs()),
        Some(precision) => format!("{:.*e}", precision - 1, number.abs()),
    };
    let (mantissa, exponent) = split_exponent(&text);
    let digits: String = mantissa.chars().filter(|digit| *digit != '.').collect();
    let digits = digits.trim_end_matches('0');
    let whole = usize::try_from(exponent + 1).unwrap_or(0);
    let threshold = match precision {
        None => SHORTEST_EXPONENT_MIN,
        // A precision beyond the digits there are does not put the exponent off.
        Some(precision) if precision > digits.len() && digits.len() >= whole => digits.len(),
        Some(precision) => precision,
    };
    if exponent < -4 || exponent >= i32::try_from(threshold).unwrap_or(i32::MAX) {
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        return format!("{sign}{first}{point}{rest}{}", exponent_text(exponent));
    }
    if exponent < 0 {
        let zeros = "0".repeat(usize::try_from(-exponent - 1).unwrap_or(0));
        return format!("{sign}0.{zeros}{digits}");
    }
    if digits.len() <= whole {
        return format!("{sign}{digits}{}", "0".repeat(whole - digits.len()));
    }
    let (before, after) = digits.split_at(whole);
    format!("{sign}{before}.{after}")
}

/// `%e`
fn exponential(number: f64, precision: usize) -> String {
    let text = format!("{number:.precision$e}");
    let (mantissa, exponent) = split_exponent(&text);
    format!("{mantissa}{}", exponent_text(exponent))
}

/// Splits what Rust writes as `1.5e-7`.
fn split_exponent(text: &str) -> (&str, i32) {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    (mantissa, exponent.parse().unwrap_or(0))
}

/// Always with a sign and at least two digits.
fn exponent_text(exponent: i32) -> String {
    format!(
        "e{}{:02}",
        if exponent < 0 { '-' } else { '+' },
        exponent.abs()
    )
}

/// The significand as an integer and the power of two it is multiplied with.
fn parts(number: f64) -> (u64, i32) {
    let bits = number.to_bits();
    let fraction = bits & ((1 << FRACTION_BITS) - 1);
    let exponent = i32::try_from(bits >> FRACTION_BITS & 0x7ff).unwrap_or(0);
    if exponent == 0 {
        (fraction, -1074)
    } else {
        (fraction | 1 << FRACTION_BITS, exponent - 1075)
    }
}

/// `%b`: `4503599627370496p-52`
fn binary(number: f64) -> String {
    let (significand, exponent) = parts(number);
    let sign = if number.is_sign_negative() { "-" } else { "" };
    format!("{sign}{significand}p{exponent:+}")
}

/// `%x`: `0x1.8p+00`
fn hexadecimal(number: f64, precision: Option<usize>) -> String {
    const DIGITS: usize = 15;
    let (significand, exponent) = parts(number);
    let sign = if number.is_sign_negative() { "-" } else { "" };
    // The leading bit stands alone before 15 digits of fraction.
    let (mut significand, mut exponent) = if significand == 0 {
        (0, 0)
    } else {
        let shift = significand.leading_zeros().saturating_sub(3);
        let exponent_of_leading_bit = 63 - i32::try_from(significand.leading_zeros()).unwrap_or(0);
        (significand << shift, exponent + exponent_of_leading_bit)
    };
    if let Some(precision) = precision.filter(|precision| *precision < DIGITS) {
        let dropped_bits = u32::try_from(4 * (DIGITS - precision)).unwrap_or(0);
        let half = 1 << (dropped_bits - 1);
        let dropped = significand & ((1 << dropped_bits) - 1);
        significand >>= dropped_bits;
        if dropped > half || dropped == half && significand & 1 == 1 {
            significand += 1;
        }
        significand <<= dropped_bits;
        if significand >> 61 != 0 {
            significand >>= 1;
            exponent += 1;
        }
    }
    let digits = format!("{significand:016x}");
    let (first, fraction) = digits.split_at(1);
    let fraction = match precision {
        None => fraction.trim_end_matches('0').to_owned(),
        Some(precision) => format!("{fraction:0<precision$.precision$}"),
    };
    let point = if fraction.is_empty() { "" } else { "." };
    let exponent_sign = if exponent < 0 { '-' } else { '+' };
    format!(
        "{sign}0x{first}{point}{fraction}p{exponent_sign}{:02}",
        exponent.abs()
    )
}

/// The sharp flag: there is always a point, and `%g` keeps its trailing zeros.
fn with_forced_point(text: &str, verb: char, precision: Option<usize>) -> String {
    let is_hexadecimal = matches!(verb, 'x' | 'X');
    let end_of_digits = if is_hexadecimal {
        text.find('p')
    } else {
        text.find('e')
    };
    let (number, exponent) = text.split_at(end_of_digits.unwrap_or(text.len()));
    let mut number = number.to_owned();
    let mut zeros = match verb {
        'v' | 'g' | 'G' | 'x' | 'X' => precision.unwrap_or(6),
        _ => 0,
    };
    let digits = number.trim_start_matches('-').replace('.', "");
    let significant = digits.trim_start_matches('0').len();
    zeros = zeros.saturating_sub(significant);
    if !number.contains('.') {
        if digits == "0" {
            zeros = zeros.saturating_sub(1);
        }
        number.push('.');
    }
    number.push_str(&"0".repeat(zeros));
    number + exponent
}
