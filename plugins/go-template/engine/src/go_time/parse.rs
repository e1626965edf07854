//! Reading a time by a layout, as Go's `time.ParseInLocation` does with UTC.

use std::fmt;

use super::layout::{Element, OffsetStyle, Piece, next_piece};
use super::{Civil, Location, MONTHS, Time, WEEKDAYS, days_from_civil};

/// A text is not a time by its layout. Displays in Go's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseTimeError {
    layout: String,
    value: String,
    fault: Fault,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Fault {
    /// The rest of the value, and the element or text of the layout that it does not fit.
    Mismatch {
        value: String,
        layout: String,
    },
    /// The element that is beyond its range.
    OutOfRange(&'static str),
    ExtraText(String),
}

/// Why one element could not be read.
enum Refusal {
    Mismatch,
    OutOfRange(&'static str),
}

type Read<'a, T> = Result<(T, &'a str), Refusal>;

/// What the elements have said so far.
#[derive(Debug, Default)]
struct Fields {
    year: i64,
    month: Option<i64>,
    day: Option<i64>,
    year_day: Option<i64>,
    hour: i64,
    minute: i64,
    second: i64,
    nanosecond: u32,
    /// Some once a PM or AM was read; true for PM.
    is_afternoon: Option<bool>,
    is_utc: bool,
    /// Seconds east of Greenwich.
    offset: Option<i32>,
    zone_name: String,
}

impl Time {
    /// Reads a time. Without an offset in the text it is UTC.
    ///
    /// # Errors
    /// When the text does not fit the layout, or names a day that does not exist.
    pub fn parse(layout: &str, value: &str) -> Result<Self, ParseTimeError> {
        let fail = |fault| ParseTimeError {
            layout: layout.to_owned(),
            value: value.to_owned(),
            fault,
        };
        let mut fields = Fields::default();
        let mut rest_of_layout = layout;
        let mut rest = value;
        loop {
            let piece = next_piece(rest_of_layout);
            let Some(after_prefix) = skip(rest, piece.prefix) else {
                let layout = piece.prefix.to_owned();
                return Err(fail(Fault::Mismatch {
                    value: rest.to_owned(),
                    layout,
                }));
            };
            rest = after_prefix;
            let Some(element) = piece.element else {
                if rest.is_empty() {
                    break;
                }
                return Err(fail(Fault::ExtraText(rest.to_owned())));
            };
            rest = match fields.read(element, &piece, rest) {
                Ok(rest) => rest,
                Err(Refusal::OutOfRange(what)) => return Err(fail(Fault::OutOfRange(what))),
                Err(Refusal::Mismatch) => {
                    let layout = piece.text.to_owned();
                    return Err(fail(Fault::Mismatch {
                        value: rest.to_owned(),
                        layout,
                    }));
                }
            };
            rest_of_layout = piece.rest;
        }
        fields.time().map_err(|what| fail(Fault::OutOfRange(what)))
    }
}

impl Fields {
    /// Reads one element and gives back what is left of the value.
    fn read<'a>(
        &mut self,
        element: Element,
        piece: &Piece<'_>,
        value: &'a str,
    ) -> Result<&'a str, Refusal> {
        match element {
            Element::LongYear => {
                let digits = value.get(..4).filter(|text| is_digits(text));
                self.year = number(digits.ok_or(Refusal::Mismatch)?);
                Ok(&value[4..])
            }
            Element::Year => {
                let digits = value.get(..2).filter(|text| is_digits(text));
                let year = number(digits.ok_or(Refusal::Mismatch)?);
                self.year = if year >= 69 { 1900 + year } else { 2000 + year };
                Ok(&value[2..])
            }
            Element::LongMonth | Element::ShortMonth | Element::Month | Element::ZeroMonth => {
                self.read_month(element, value)
            }
            Element::LongWeekday => Ok(read_name(&WEEKDAYS, false, value)?.1),
            Element::ShortWeekday => Ok(read_name(&WEEKDAYS, true, value)?.1),
            Element::Day
            | Element::UnderDay
            | Element::ZeroDay
            | Element::UnderYearDay
            | Element::ZeroYearDay => self.read_day(element, value),
            Element::UpperPm | Element::LowerPm => self.read_half_of_day(element, value),
            Element::ZoneName => self.read_zone_name(value),
            Element::Offset(style) => self.read_offset(style, value),
            Element::Fraction {
                digits, is_fixed, ..
            } => self.read_fraction(digits, is_fixed, value),
            _ => self.read_clock(element, piece, value),
        }
    }

    fn read_month<'a>(&mut self, element: Element, value: &'a str) -> Result<&'a str, Refusal> {
        let (month, rest) = match element {
            Element::LongMonth => read_name(&MONTHS, false, value)?,
            Element::ShortMonth => read_name(&MONTHS, true, value)?,
            _ => {
                let (month, rest) = two_digits(value, element == Element::ZeroMonth)?;
                if !(1..=12).contains(&month) {
                    return Err(Refusal::OutOfRange("month"));
                }
                (month, rest)
            }
        };
        self.month = Some(month);
        Ok(rest)
    }

    fn read_day<'a>(&mut self, element: Element, value: &'a str) -> Result<&'a str, Refusal> {
        if matches!(element, Element::UnderYearDay | Element::ZeroYearDay) {
            let blanks = if element == Element::UnderYearDay {
                2
            } else {
                0
            };
            let digits = value.trim_start_matches(' ');
            if value.len() - digits.len() > blanks {
                return Err(Refusal::Mismatch);
            }
            let width = 3 - (value.len() - digits.len());
            let text = digits.get(..width).filter(|text| is_digits(text));
            self.year_day = Some(number(text.ok_or(Refusal::Mismatch)?));
            return Ok(&digits[width..]);
        }
        let value = match element {
            Element::UnderDay => value.strip_prefix(' ').unwrap_or(value),
            _ => value,
        };
        // Whether the month has that day is known only at the end.
        let (day, rest) = two_digits(value, element == Element::ZeroDay)?;
        self.day = Some(day);
        Ok(rest)
    }

    fn read_clock<'a>(
        &mut self,
        element: Element,
        piece: &Piece<'_>,
        value: &'a str,
    ) -> Result<&'a str, Refusal> {
        let is_padded = matches!(
            element,
            Element::ZeroHour12 | Element::ZeroMinute | Element::ZeroSecond
        );
        let (number, rest) = two_digits(value, is_padded)?;
        match element {
            Element::Hour if number < 24 => self.hour = number,
            Element::Hour12 | Element::ZeroHour12 if number <= 12 => self.hour = number,
            Element::Hour | Element::Hour12 | Element::ZeroHour12 => {
                return Err(Refusal::OutOfRange("hour"));
            }
            Element::Minute | Element::ZeroMinute if number < 60 => self.minute = number,
            Element::Minute | Element::ZeroMinute => return Err(Refusal::OutOfRange("minute")),
            _ if number < 60 => self.second = number,
            _ => return Err(Refusal::OutOfRange("second")),
        }
        let is_second = matches!(element, Element::Second | Element::ZeroSecond);
        let fraction_follows = matches!(
            next_piece(piece.rest).element,
            Some(Element::Fraction { .. })
        );
        // Seconds may have a fraction that the layout does not mention.
        if is_second && !fraction_follows && starts_with_fraction(rest) {
            let digits = rest[1..].bytes().take_while(u8::is_ascii_digit).count();
            self.nanosecond = nanoseconds(&rest[1..=digits]);
            return Ok(&rest[digits + 1..]);
        }
        Ok(rest)
    }

    fn read_half_of_day<'a>(
        &mut self,
        element: Element,
        value: &'a str,
    ) -> Result<&'a str, Refusal> {
        let names = if element == Element::UpperPm {
            ["AM", "PM"]
        } else {
            ["am", "pm"]
        };
        let name = value.get(..2).ok_or(Refusal::Mismatch)?;
        let index = names
            .iter()
            .position(|known| *known == name)
            .ok_or(Refusal::Mismatch)?;
        self.is_afternoon = Some(index == 1);
        Ok(&value[2..])
    }

    /// Reads a fixed number of digits, or as many as there are, none included.
    fn read_fraction<'a>(
        &mut self,
        digits: usize,
        is_fixed: bool,
        value: &'a str,
    ) -> Result<&'a str, Refusal> {
        if !is_fixed && !starts_with_fraction(value) {
            return Ok(value);
        }
        let count = if is_fixed {
            digits
        } else {
            value[1..].bytes().take_while(u8::is_ascii_digit).count()
        };
        let text = value.get(1..=count).filter(|text| is_digits(text));
        let text = text.filter(|_| value.starts_with(['.', ',']));
        self.nanosecond = nanoseconds(text.ok_or(Refusal::Mismatch)?);
        Ok(&value[count + 1..])
    }

    fn read_offset<'a>(&mut self, style: OffsetStyle, value: &'a str) -> Result<&'a str, Refusal> {
        if let (true, Some(rest)) = (style.has_z, value.strip_prefix('Z')) {
            self.is_utc = true;
            return Ok(rest);
        }
        let sign = match value.as_bytes().first() {
            Some(b'+') => 1,
            Some(b'-') => -1,
            _ => return Err(Refusal::Mismatch),
        };
        let mut rest = &value[1..];
        let mut part = |is_there: bool, has_colon: bool| {
            if !is_there {
                return Ok(0);
            }
            if has_colon {
                rest = rest.strip_prefix(':').ok_or(Refusal::Mismatch)?;
            }
            let (number, after) = two_digits(rest, true)?;
            rest = after;
            Ok(number)
        };
        let hours = part(true, false)?;
        let minutes = part(style.has_minutes, style.has_colon)?;
        let seconds = part(style.has_seconds, style.has_colon)?;
        match (hours, minutes, seconds) {
            (25.., _, _) => return Err(Refusal::OutOfRange("time zone offset hour")),
            (_, 60.., _) => return Err(Refusal::OutOfRange("time zone offset minute")),
            (_, _, 60..) => return Err(Refusal::OutOfRange("time zone offset second")),
            _ => {}
        }
        let total = sign * (hours * 3600 + minutes * 60 + seconds);
        self.offset = Some(i32::try_from(total).map_err(|_| Refusal::Mismatch)?);
        Ok(rest)
    }

    /// Reads an abbreviation: three or four capitals, `GMT-3`, or an offset that stands for a name.
    fn read_zone_name<'a>(&mut self, value: &'a str) -> Result<&'a str, Refusal> {
        if let Some(rest) = value.strip_prefix("UTC") {
            self.is_utc = true;
            return Ok(rest);
        }
        let length = zone_name_length(value).ok_or(Refusal::Mismatch)?;
        value[..length].clone_into(&mut self.zone_name);
        Ok(&value[length..])
    }

    /// The time that was read, or what of it is out of range.
    fn time(mut self) -> Result<Time, &'static str> {
        match self.is_afternoon {
            Some(true) if self.hour < 12 => self.hour += 12,
            Some(false) if self.hour == 12 => self.hour = 0,
            _ => {}
        }
        let (month, day) = self.date()?;
        let civil = Civil {
            year: self.year,
            month,
            day,
            hour: self.hour,
            minute: self.minute,
            second: self.second,
            weekday: 0,
            year_day: 0,
        };
        if self.is_utc {
            return Ok(Time::from_civil(&civil, self.nanosecond, 0));
        }
        let name = self.zone_name;
        let (offset, is_utc) = match self.offset {
            Some(offset) => (offset, offset == 0 && (name.is_empty() || name == "UTC")),
            None if name.is_empty() => (0, true),
            // An unknown abbreviation has an offset only if it says it itself.
            None => (gmt_offset(&name), false),
        };
        let time = Time::from_civil(&civil, self.nanosecond, i64::from(offset));
        if is_utc {
            return Ok(time);
        }
        Ok(time.in_location(Location::Fixed {
            name: name.into(),
            offset,
        }))
    }

    fn date(&self) -> Result<(i64, i64), &'static str> {
        if let Some(year_day) = self.year_day {
            let days = days_from_civil(self.year + 1, 1, 1) - days_from_civil(self.year, 1, 1);
            if !(1..=days).contains(&year_day) {
                return Err("day-of-year");
            }
            let month = (2..=12)
                .rev()
                .find(|month| days_before(self.year, *month) < year_day)
                .unwrap_or(1);
            let day = year_day - days_before(self.year, month);
            if self.month.is_some_and(|given| given != month) {
                return Err("day-of-year does not match month");
            }
            if self.day.is_some_and(|given| given != day) {
                return Err("day-of-year does not match day");
            }
            return Ok((month, day));
        }
        let month = self.month.unwrap_or(1);
        let day = self.day.unwrap_or(1);
        let days = if month == 12 {
            31
        } else {
            days_before(self.year, month + 1) - days_before(self.year, month)
        };
        if (1..=days).contains(&day) {
            Ok((month, day))
        } else {
            Err("day")
        }
    }
}

fn days_before(year: i64, month: i64) -> i64 {
    days_from_civil(year, month, 1) - days_from_civil(year, 1, 1)
}

/// The value without the layout's own text. A blank fits any number of blanks, and none at the end.
fn skip<'a>(value: &'a str, prefix: &str) -> Option<&'a str> {
    let (mut value, mut prefix) = (value, prefix);
    while let Some(next) = prefix.chars().next() {
        if next == ' ' {
            if !value.is_empty() && !value.starts_with(' ') {
                return None;
            }
            prefix = prefix.trim_start_matches(' ');
            value = value.trim_start_matches(' ');
            continue;
        }
        value = value.strip_prefix(next)?;
        prefix = &prefix[next.len_utf8()..];
    }
    Some(value)
}

/// One of the names, in any case, and its place from 1 on.
fn read_name<'a>(names: &[&str], is_short: bool, value: &'a str) -> Read<'a, i64> {
    for (name, index) in names.iter().zip(1..) {
        let name = if is_short { &name[..3] } else { name };
        if value
            .get(..name.len())
            .is_some_and(|text| text.eq_ignore_ascii_case(name))
        {
            return Ok((index, &value[name.len()..]));
        }
    }
    Err(Refusal::Mismatch)
}

/// A number of two digits, or of one where the layout does not ask for a leading zero.
fn two_digits(value: &str, is_padded: bool) -> Read<'_, i64> {
    let count = value.bytes().take(2).take_while(u8::is_ascii_digit).count();
    if count == 0 || (count == 1 && is_padded) {
        return Err(Refusal::Mismatch);
    }
    Ok((number(&value[..count]), &value[count..]))
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The number of a text of digits.
fn number(digits: &str) -> i64 {
    digits
        .bytes()
        .fold(0, |total, digit| total * 10 + i64::from(digit - b'0'))
}

fn starts_with_fraction(value: &str) -> bool {
    value.starts_with(['.', ',']) && value[1..].starts_with(|next: char| next.is_ascii_digit())
}

/// Digits after a decimal point as nanoseconds; more than nine are cut.
fn nanoseconds(digits: &str) -> u32 {
    let digits = format!("{digits:0<9}");
    u32::try_from(number(&digits[..9])).unwrap_or_default()
}

fn zone_name_length(value: &str) -> Option<usize> {
    if let Some(rest) = value.strip_prefix("GMT") {
        return Some(3 + signed_offset_length(rest));
    }
    if value.starts_with(['+', '-']) {
        let length = signed_offset_length(value);
        return (length > 0).then_some(length);
    }
    if ["ChST", "MeST", "WITA"]
        .iter()
        .any(|name| value.starts_with(name))
    {
        return Some(4);
    }
    let capitals = value
        .bytes()
        .take(6)
        .take_while(u8::is_ascii_uppercase)
        .count();
    match capitals {
        3 => Some(3),
        // Names of four or five capitals end with the T of "time".
        4 if value.as_bytes()[3] == b'T' => Some(4),
        5 if value.as_bytes()[4] == b'T' => Some(5),
        _ => None,
    }
}

/// The length of a sign and an hour up to 23, else 0.
fn signed_offset_length(value: &str) -> usize {
    if !value.starts_with(['+', '-']) {
        return 0;
    }
    let digits = value[1..].bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 || digits > 9 || number(&value[1..=digits]) > 23 {
        0
    } else {
        digits + 1
    }
}

/// `GMT-3` is three hours west; any other abbreviation has no offset that could be known.
fn gmt_offset(name: &str) -> i32 {
    name.strip_prefix("GMT")
        .and_then(|hours| hours.parse::<i32>().ok())
        .map_or(0, |hours| hours * 3600)
}

impl fmt::Display for ParseTimeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "parsing time {}", quote(&self.value))?;
        match &self.fault {
            Fault::Mismatch { value, layout } => {
                let (value, layout) = (quote(value), quote(layout));
                let whole = quote(&self.layout);
                write!(formatter, " as {whole}: cannot parse {value} as {layout}")
            }
            Fault::OutOfRange(what) if what.starts_with("day-of-year does") => {
                write!(formatter, ": {what}")
            }
            Fault::OutOfRange(what) => write!(formatter, ": {what} out of range"),
            Fault::ExtraText(text) => write!(formatter, ": extra text: {}", quote(text)),
        }
    }
}

impl std::error::Error for ParseTimeError {}

/// Quotes as package `time` does, which escapes every byte that is not printable ASCII.
fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => {
                quoted.push('\\');
                quoted.push(char::from(byte));
            }
            b' '..0x80 => quoted.push(char::from(byte)),
            _ => quoted.push_str(&format!("\\x{byte:02x}")),
        }
    }
    quoted.push('"');
    quoted
}
