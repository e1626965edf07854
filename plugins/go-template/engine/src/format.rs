//! Go's `fmt`: verbs with their flags, and how values print without one.

use crate::value::{Map, Object, Value};

mod directive;
mod float;
mod quote;

pub(crate) use directive::printf;
pub(crate) use float::float_text;
pub(crate) use quote::{is_printable, quote};

/// The output outgrew its bound.
#[derive(Debug)]
pub(crate) struct TooLong;

type Printed = Result<(), TooLong>;

/// The value as an action prints it: `%v`, but a pointer shows what it points to and nil is `<no value>`.
pub(crate) fn print_action(value: &Value, bytes_max: usize) -> Result<String, TooLong> {
    let mut printer = Printer::new(bytes_max);
    match value {
        Value::Nil => printer.push("<no value>")?,
        value => {
            printer.shows_pointers = false;
            printer.value(value, 'v', 0)?;
        }
    }
    Ok(printer.text)
}

/// Go's `Sprint`: a space between operands when neither is a string.
pub(crate) fn print(values: &[Value], bytes_max: usize) -> Result<String, TooLong> {
    let mut printer = Printer::new(bytes_max);
    let mut after_string = true;
    for value in values {
        let is_string = value.as_str().is_some();
        if !is_string && !after_string {
            printer.push(" ")?;
        }
        printer.value(value, 'v', 0)?;
        after_string = is_string;
    }
    Ok(printer.text)
}

/// Go's `Sprintln`: a space between all operands and a newline after them.
pub(crate) fn println(values: &[Value], bytes_max: usize) -> Result<String, TooLong> {
    let mut printer = Printer::new(bytes_max);
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            printer.push(" ")?;
        }
        printer.value(value, 'v', 0)?;
    }
    printer.push("\n")?;
    Ok(printer.text)
}

/// What the built-in escapers see: `Sprint` of the values as actions would print them.
pub(crate) fn print_for_escape(values: &[Value], bytes_max: usize) -> Result<String, TooLong> {
    let values: Vec<Value> = values
        .iter()
        .map(|value| match value {
            Value::Nil => Value::from("<no value>"),
            value => value.clone(),
        })
        .collect();
    print(&values, bytes_max)
}

/// What stands between `%` and the verb.
#[derive(Clone, Copy, Debug, Default)]
struct Flags {
    minus: bool,
    plus: bool,
    sharp: bool,
    space: bool,
    zero: bool,
    width: Option<usize>,
    precision: Option<usize>,
    /// `%+v`: fields with their names.
    plus_v: bool,
    /// `%#v`: Go syntax.
    sharp_v: bool,
}

struct Printer {
    text: String,
    bytes_max: usize,
    flags: Flags,
    /// Inside of `%!d(...)`, where methods are not asked.
    reports_bad_verb: bool,
    shows_pointers: bool,
}

impl Printer {
    fn new(bytes_max: usize) -> Self {
        Self {
            text: String::new(),
            bytes_max,
            flags: Flags::default(),
            reports_bad_verb: false,
            shows_pointers: true,
        }
    }

    fn push(&mut self, text: &str) -> Printed {
        if self.text.len() + text.len() > self.bytes_max {
            return Err(TooLong);
        }
        self.text.push_str(text);
        Ok(())
    }

    /// Writes the text padded to the width.
    fn pad(&mut self, text: &str) -> Printed {
        let missing = self
            .flags
            .width
            .unwrap_or(0)
            .saturating_sub(text.chars().count());
        if self.flags.minus {
            self.push(text)?;
            return self.padding(missing, ' ');
        }
        self.padding(missing, if self.flags.zero { '0' } else { ' ' })?;
        self.push(text)
    }

    fn padding(&mut self, count: usize, character: char) -> Printed {
        if self.text.len() + count > self.bytes_max {
            return Err(TooLong);
        }
        self.text.extend(std::iter::repeat_n(character, count));
        Ok(())
    }

    /// Writes the text padded with spaces, whatever the flags say.
    fn pad_with_spaces(&mut self, text: &str) -> Printed {
        let zero = std::mem::replace(&mut self.flags.zero, false);
        let printed = self.pad(text);
        self.flags.zero = zero;
        printed
    }

    /// Writes a value; `depth` counts the lists, maps and structs around it.
    fn value(&mut self, value: &Value, verb: char, depth: usize) -> Printed {
        match value {
            Value::Nil => self.nil(verb, depth),
            _ if verb == 'T' && depth == 0 => self.string(&value.type_name(), 's', value),
            Value::Object(object) => self.object(object.as_ref(), value, verb, depth),
            basic => self.plain(basic, verb, depth, value),
        }
    }

    fn nil(&mut self, verb: char, depth: usize) -> Printed {
        if self.flags.sharp_v && depth > 0 {
            return self.push("interface {}(nil)");
        }
        match verb {
            'v' | 'T' => self.pad("<nil>"),
            _ if depth > 0 => self.push("<nil>"),
            _ => self.bad_verb(&Value::Nil, verb),
        }
    }

    fn object(&mut self, object: &dyn Object, value: &Value, verb: char, depth: usize) -> Printed {
        let uses_methods = !self.reports_bad_verb && !self.flags.sharp_v;
        if uses_methods
            && matches!(verb, 'v' | 's' | 'q' | 'x' | 'X')
            && let Some(text) = object.display()
        {
            return self.string(&text, verb, value);
        }
        if let Some(underlying) = object.underlying() {
            return self.plain(&underlying, verb, depth, value);
        }
        let is_pointer = object.type_name().starts_with('*');
        if is_pointer && depth == 0 && self.shows_pointers {
            self.push("&")?;
        }
        self.structure(object, verb, depth)
    }

    fn structure(&mut self, object: &dyn Object, verb: char, depth: usize) -> Printed {
        let sharp_v = self.flags.sharp_v;
        if sharp_v {
            self.push(object.type_name().trim_start_matches('*'))?;
        }
        self.push("{")?;
        for (index, name) in object.fields().iter().enumerate() {
            if index > 0 {
                self.push(if sharp_v { ", " } else { " " })?;
            }
            if sharp_v || self.flags.plus_v {
                self.push(name)?;
                self.push(":")?;
            }
            self.value(&object.field(name).unwrap_or_default(), verb, depth + 1)?;
        }
        self.push("}")
    }

    /// Writes a value by its kind; `named` is the same value with its name, for messages.
    fn plain(&mut self, value: &Value, verb: char, depth: usize, named: &Value) -> Printed {
        match value {
            Value::Bool(flag) if matches!(verb, 'v' | 't') => {
                self.pad(if *flag { "true" } else { "false" })
            }
            Value::Int(number) => self.integer(*number, verb, named),
            Value::Float(number) => self.float(*number, verb, named),
            Value::String(text) => self.string(text, verb, named),
            Value::List(list) => {
                if self.flags.sharp_v {
                    self.push(&named.type_name())?;
                }
                let (open, separator, close) = if self.flags.sharp_v {
                    ("{", ", ", "}")
                } else {
                    ("[", " ", "]")
                };
                self.push(open)?;
                for (index, item) in list.items().iter().enumerate() {
                    self.push(if index > 0 { separator } else { "" })?;
                    self.value(item, verb, depth + 1)?;
                }
                self.push(close)
            }
            Value::Map(map) => self.map(map, verb, depth, named),
            Value::Object(object) => self.object(object.as_ref(), value, verb, depth),
            Value::Function(_) if verb == 'v' => self.pad("(func)"),
            Value::Nil => self.nil(verb, depth),
            Value::Bool(_) | Value::Function(_) => self.bad_verb(named, verb),
        }
    }

    fn map(&mut self, map: &Map, verb: char, depth: usize, named: &Value) -> Printed {
        let sharp_v = self.flags.sharp_v;
        if sharp_v {
            self.push(&named.type_name())?;
        }
        self.push(if sharp_v { "{" } else { "map[" })?;
        for (index, (key, value)) in map.iter().enumerate() {
            if index > 0 {
                self.push(if sharp_v { ", " } else { " " })?;
            }
            self.string(key, verb, &Value::String(key.clone()))?;
            self.push(":")?;
            self.value(value, verb, depth + 1)?;
        }
        self.push(if sharp_v { "}" } else { "]" })
    }

    fn string(&mut self, text: &str, verb: char, named: &Value) -> Printed {
        match verb {
            'v' if self.flags.sharp_v => self.quoted(text),
            'v' | 's' => {
                let text = truncate(text, self.flags.precision);
                self.pad(text)
            }
            'q' => self.quoted(text),
            'x' | 'X' => self.hexadecimal(text, verb == 'X'),
            _ => self.bad_verb(named, verb),
        }
    }

    fn quoted(&mut self, text: &str) -> Printed {
        let text = truncate(text, self.flags.precision);
        if self.flags.sharp && quote::can_backquote(text) {
            return self.pad(&format!("`{text}`"));
        }
        let quoted = if self.flags.plus {
            quote::quote_ascii(text)
        } else {
            quote(text)
        };
        self.pad(&quoted)
    }

    fn hexadecimal(&mut self, text: &str, upper: bool) -> Printed {
        let bytes = text.as_bytes();
        let length = self.flags.precision.unwrap_or(bytes.len()).min(bytes.len());
        if length > self.bytes_max {
            return Err(TooLong);
        }
        let prefix = match (self.flags.sharp, upper) {
            (false, _) => "",
            (true, false) => "0x",
            (true, true) => "0X",
        };
        let mut hex = String::new();
        for (index, byte) in bytes[..length].iter().enumerate() {
            if index > 0 && self.flags.space {
                hex.push(' ');
            }
            if index == 0 || self.flags.space {
                hex.push_str(prefix);
            }
            let digits = if upper {
                format!("{byte:02X}")
            } else {
                format!("{byte:02x}")
            };
            hex.push_str(&digits);
        }
        self.pad(&hex)
    }

    fn integer(&mut self, number: i64, verb: char, named: &Value) -> Printed {
        let magnitude = number.unsigned_abs();
        let (digits, prefix) = match verb {
            'v' | 'd' => (magnitude.to_string(), ""),
            'b' => (format!("{magnitude:b}"), "0b"),
            'o' => (format!("{magnitude:o}"), "0"),
            'O' => (format!("{magnitude:o}"), "0o"),
            'x' => (format!("{magnitude:x}"), "0x"),
            'X' => (format!("{magnitude:X}"), "0X"),
            'c' => return self.pad(&character(number).to_string()),
            'q' => {
                let quoted = quote::quote_character(character(number), self.flags.plus);
                return self.pad(&quoted);
            }
            'U' => return self.unicode(number),
            _ => return self.bad_verb(named, verb),
        };
        let sign = match (number < 0, self.flags.plus, self.flags.space) {
            (true, _, _) => "-",
            (false, true, _) => "+",
            (false, false, true) => " ",
            (false, false, false) => "",
        };
        let digits_min = match (self.flags.precision, self.flags.width) {
            (Some(0), _) if number == 0 => return self.pad_with_spaces(""),
            (Some(precision), _) => precision,
            (None, Some(width)) if self.flags.zero && !self.flags.minus => {
                width.saturating_sub(sign.len())
            }
            _ => 0,
        };
        if digits_min > self.bytes_max {
            return Err(TooLong);
        }
        let mut text = String::from(sign);
        let zeros = digits_min.saturating_sub(digits.len());
        let shows_prefix = verb == 'O'
            || self.flags.sharp
                && !matches!(verb, 'v' | 'd')
                && !(verb == 'o' && (zeros > 0 || number == 0));
        if shows_prefix {
            text.push_str(prefix);
        }
        text.extend(std::iter::repeat_n('0', zeros));
        text.push_str(&digits);
        self.pad_with_spaces(&text)
    }

    /// `U+0041`, and with the sharp flag the character, too.
    fn unicode(&mut self, number: i64) -> Printed {
        let digits_min = self.flags.precision.unwrap_or(4).max(4);
        if digits_min > self.bytes_max {
            return Err(TooLong);
        }
        let mut text = format!("U+{number:0digits_min$X}");
        let shown = u32::try_from(number).ok().and_then(char::from_u32);
        if let Some(shown) = shown.filter(|shown| self.flags.sharp && is_printable(*shown)) {
            text.push_str(&format!(" '{shown}'"));
        }
        self.pad_with_spaces(&text)
    }

    /// `%!d(string=hi)`
    fn bad_verb(&mut self, value: &Value, verb: char) -> Printed {
        let reported = std::mem::replace(&mut self.reports_bad_verb, true);
        self.push("%!")?;
        self.push(verb.encode_utf8(&mut [0; 4]))?;
        self.push("(")?;
        match value {
            Value::Nil => self.push("<nil>")?,
            value => {
                self.push(&value.type_name())?;
                self.push("=")?;
                self.value(value, 'v', 0)?;
            }
        }
        self.reports_bad_verb = reported;
        self.push(")")
    }
}

/// At most so many characters of the text.
fn truncate(text: &str, characters_max: Option<usize>) -> &str {
    let end = characters_max.and_then(|max| text.char_indices().nth(max));
    end.map_or(text, |(end, _)| &text[..end])
}

/// The character of that code; U+FFFD for what is none.
fn character(code: i64) -> char {
    u32::try_from(code)
        .ok()
        .and_then(char::from_u32)
        .unwrap_or(char::REPLACEMENT_CHARACTER)
}
