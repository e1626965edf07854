//! `Sprintf`: the directives of a format and the arguments they take.

use super::{Flags, Printed, Printer, TooLong};
use crate::value::Value;

/// A width, precision or index grows no further from here.
const NUMBER_MAX: usize = 1_000_000;

/// Go's `Sprintf`. Faults of the format show in the output, as in Go.
pub(crate) fn printf(format: &str, values: &[Value], bytes_max: usize) -> Result<String, TooLong> {
    let mut run = Run {
        printer: Printer::new(bytes_max),
        values,
        next: 0,
        reordered: false,
        index_is_good: true,
        after_index: false,
    };
    let mut rest = format;
    while let Some(start) = rest.find('%') {
        run.printer.push(&rest[..start])?;
        rest = run.directive(&rest[start + 1..])?;
    }
    run.printer.push(rest)?;
    run.extra()?;
    Ok(run.printer.text)
}

struct Run<'a> {
    printer: Printer,
    values: &'a [Value],
    /// The argument that the next directive takes.
    next: usize,
    /// Whether the present directive chose its argument by `[n]`.
    reordered: bool,
    index_is_good: bool,
    /// Whether `[n]` stood just before.
    after_index: bool,
}

impl Run<'_> {
    /// Carries out the directive after a `%` and returns what follows it.
    fn directive<'f>(&mut self, format: &'f str) -> Result<&'f str, TooLong> {
        self.index_is_good = true;
        self.after_index = false;
        self.printer.flags = Flags::default();
        let mut rest = self.flags(format);
        rest = self.index(rest);
        rest = self.width(rest)?;
        rest = self.precision(rest)?;
        if !self.after_index {
            rest = self.index(rest);
        }
        let mut characters = rest.chars();
        let Some(verb) = characters.next() else {
            self.plain("%!(NOVERB)")?;
            return Ok("");
        };
        self.verb(verb)?;
        Ok(characters.as_str())
    }

    fn verb(&mut self, verb: char) -> Printed {
        if verb == '%' {
            return self.plain("%");
        }
        if !self.index_is_good {
            return self.plain(&format!("%!{verb}(BADINDEX)"));
        }
        let Some(value) = self.values.get(self.next) else {
            return self.plain(&format!("%!{verb}(MISSING)"));
        };
        self.next += 1;
        if verb == 'v' {
            let flags = &mut self.printer.flags;
            flags.sharp_v = std::mem::take(&mut flags.sharp);
            flags.plus_v = std::mem::take(&mut flags.plus);
        }
        self.printer.value(value, verb, 0)
    }

    /// Writes what no flag touches.
    fn plain(&mut self, text: &str) -> Printed {
        self.printer.push(text)
    }

    fn flags<'f>(&mut self, format: &'f str) -> &'f str {
        let flags = &mut self.printer.flags;
        let after = format.trim_start_matches(['#', '0', '+', '-', ' ']);
        for flag in format[..format.len() - after.len()].chars() {
            match flag {
                '#' => flags.sharp = true,
                '0' => flags.zero = true,
                '+' => flags.plus = true,
                '-' => flags.minus = true,
                _ => flags.space = true,
            }
        }
        after
    }

    fn width<'f>(&mut self, format: &'f str) -> Result<&'f str, TooLong> {
        if let Some(rest) = format.strip_prefix('*') {
            match self.number_argument() {
                Some(width) => {
                    self.printer.flags.minus |= width < 0;
                    self.printer.flags.width = usize::try_from(width.unsigned_abs()).ok();
                }
                None => self.plain("%!(BADWIDTH)")?,
            }
            self.after_index = false;
            return Ok(rest);
        }
        let (width, rest) = number(format);
        self.printer.flags.width = width;
        if self.after_index && width.is_some() {
            // "%[3]2d"
            self.index_is_good = false;
        }
        Ok(rest)
    }

    fn precision<'f>(&mut self, format: &'f str) -> Result<&'f str, TooLong> {
        let Some(rest) = format.strip_prefix('.') else {
            return Ok(format);
        };
        if self.after_index {
            // "%[3].2d"
            self.index_is_good = false;
        }
        let rest = self.index(rest);
        if let Some(rest) = rest.strip_prefix('*') {
            let precision = self
                .number_argument()
                .and_then(|number| usize::try_from(number).ok());
            self.printer.flags.precision = precision;
            if precision.is_none() {
                self.plain("%!(BADPREC)")?;
            }
            self.after_index = false;
            return Ok(rest);
        }
        let (precision, rest) = number(rest);
        self.printer.flags.precision = Some(precision.unwrap_or(0));
        Ok(rest)
    }

    /// The argument for a `*`.
    fn number_argument(&mut self) -> Option<i64> {
        let value = self.values.get(self.next)?;
        self.next += 1;
        let number = value.as_int()?;
        (number.unsigned_abs() <= u64::try_from(NUMBER_MAX).unwrap_or(u64::MAX)).then_some(number)
    }

    /// Takes an `[n]`, which chooses the argument.
    fn index<'f>(&mut self, format: &'f str) -> &'f str {
        self.after_index = false;
        let Some(inner) = format.strip_prefix('[') else {
            return format;
        };
        self.reordered = true;
        let Some(close) = inner.find(']') else {
            self.index_is_good = false;
            return inner;
        };
        let rest = &inner[close + 1..];
        let (index, remainder) = number(&inner[..close]);
        self.after_index = index.is_some() && remainder.is_empty();
        match index.filter(|index| self.after_index && (1..=self.values.len()).contains(index)) {
            Some(index) => self.next = index - 1,
            None => self.index_is_good = false,
        }
        rest
    }

    /// Names the arguments that no directive took.
    fn extra(&mut self) -> Printed {
        if self.reordered || self.next >= self.values.len() {
            return Ok(());
        }
        self.printer.flags = Flags::default();
        self.plain("%!(EXTRA ")?;
        for (index, value) in self.values.iter().enumerate().skip(self.next) {
            if index > self.next {
                self.plain(", ")?;
            }
            if matches!(value, Value::Nil) {
                self.plain("<nil>")?;
                continue;
            }
            self.plain(&value.type_name())?;
            self.plain("=")?;
            self.printer.value(value, 'v', 0)?;
        }
        self.plain(")")
    }
}

/// A decimal number at the start; when it is absurdly long the rest of the format is lost, as in Go.
fn number(text: &str) -> (Option<usize>, &str) {
    let mut number = None;
    for (index, digit) in text.char_indices() {
        let Some(digit) = digit.to_digit(10) else {
            return (number, &text[index..]);
        };
        let so_far = number.unwrap_or(0);
        if so_far > NUMBER_MAX {
            return (None, "");
        }
        number = Some(so_far * 10 + usize::try_from(digit).unwrap_or(0));
    }
    (number, "")
}
