//! Go's layouts: a reference time, Mon Jan 2 15:04:05 MST 2006, written as the output shall look.

use std::fmt::Write as _;

use super::{Civil, MONTHS, Time, WEEKDAYS};

/// What a piece of a layout stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Element {
    LongMonth,
    ShortMonth,
    Month,
    ZeroMonth,
    LongWeekday,
    ShortWeekday,
    Day,
    UnderDay,
    ZeroDay,
    UnderYearDay,
    ZeroYearDay,
    Hour,
    Hour12,
    ZeroHour12,
    Minute,
    ZeroMinute,
    Second,
    ZeroSecond,
    LongYear,
    Year,
    UpperPm,
    LowerPm,
    ZoneName,
    Offset(OffsetStyle),
    /// `.000` has a fixed number of digits, `.999` drops trailing zeros.
    Fraction {
        digits: usize,
        separator: char,
        is_fixed: bool,
    },
}

/// How an offset from UTC is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OffsetStyle {
    /// UTC itself is written `Z`.
    pub(super) has_z: bool,
    pub(super) has_colon: bool,
    pub(super) has_minutes: bool,
    pub(super) has_seconds: bool,
}

impl OffsetStyle {
    const fn element(
        has_z: bool,
        has_colon: bool,
        has_minutes: bool,
        has_seconds: bool,
    ) -> Element {
        Element::Offset(Self {
            has_z,
            has_colon,
            has_minutes,
            has_seconds,
        })
    }
}

/// The fixed elements. Of two where one begins the other, the longer comes first.
const ELEMENTS: [(&str, Element); 37] = [
    ("January", Element::LongMonth),
    ("Jan", Element::ShortMonth),
    ("Monday", Element::LongWeekday),
    ("Mon", Element::ShortWeekday),
    ("MST", Element::ZoneName),
    ("002", Element::ZeroYearDay),
    ("01", Element::ZeroMonth),
    ("02", Element::ZeroDay),
    ("03", Element::ZeroHour12),
    ("04", Element::ZeroMinute),
    ("05", Element::ZeroSecond),
    ("06", Element::Year),
    ("15", Element::Hour),
    ("1", Element::Month),
    ("2006", Element::LongYear),
    ("2", Element::Day),
    ("__2", Element::UnderYearDay),
    ("_2", Element::UnderDay),
    ("3", Element::Hour12),
    ("4", Element::Minute),
    ("5", Element::Second),
    ("PM", Element::UpperPm),
    ("pm", Element::LowerPm),
    ("-07:00:00", OffsetStyle::element(false, true, true, true)),
    ("-070000", OffsetStyle::element(false, false, true, true)),
    ("-07:00", OffsetStyle::element(false, true, true, false)),
    ("-0700", OffsetStyle::element(false, false, true, false)),
    ("-07", OffsetStyle::element(false, false, false, false)),
    ("Z07:00:00", OffsetStyle::element(true, true, true, true)),
    ("Z070000", OffsetStyle::element(true, false, true, true)),
    ("Z07:00", OffsetStyle::element(true, true, true, false)),
    ("Z0700", OffsetStyle::element(true, false, true, false)),
    ("Z07", OffsetStyle::element(true, false, false, false)),
    // Only where fraction digits follow; see `fraction`.
    (".0", Element::Second),
    (".9", Element::Second),
    (",0", Element::Second),
    (",9", Element::Second),
];

/// A layout cut at its first element.
#[derive(Debug)]
pub(super) struct Piece<'a> {
    /// Text that stands for itself.
    pub(super) prefix: &'a str,
    /// None when nothing but `prefix` is left.
    pub(super) element: Option<Element>,
    /// The element as the layout writes it.
    pub(super) text: &'a str,
    pub(super) rest: &'a str,
}

/// Cuts a layout at its first element.
pub(super) fn next_piece(layout: &str) -> Piece<'_> {
    for (start, _) in layout.char_indices() {
        if let Some((length, element)) = element_at(layout, start) {
            // An underscore before a year is an underscore, not the blank of a short day.
            let start = if element == Element::LongYear && layout[start..].starts_with('_') {
                start + 1
            } else {
                start
            };
            let (prefix, tail) = layout.split_at(start);
            let (text, rest) = tail.split_at(length);
            return Piece {
                prefix,
                element: Some(element),
                text,
                rest,
            };
        }
    }
    Piece {
        prefix: layout,
        element: None,
        text: "",
        rest: "",
    }
}

fn element_at(layout: &str, start: usize) -> Option<(usize, Element)> {
    let tail = &layout[start..];
    if tail.starts_with("_2006") {
        return Some((4, Element::LongYear));
    }
    let (text, element) = ELEMENTS.iter().find(|(text, _)| tail.starts_with(text))?;
    let after = &tail[text.len()..];
    match text.as_bytes()[0] {
        b'.' | b',' => fraction(tail),
        _ if matches!(element, Element::ShortMonth | Element::ShortWeekday)
            && after.starts_with(|next: char| next.is_ascii_lowercase()) =>
        {
            None
        }
        _ => Some((text.len(), *element)),
    }
}

/// A point or comma and a run of zeros or nines that no other digit follows.
fn fraction(tail: &str) -> Option<(usize, Element)> {
    let mut characters = tail.chars();
    let separator = characters.next()?;
    let digit = characters.next()?;
    let after = tail[1..].trim_start_matches(digit);
    if after.starts_with(|next: char| next.is_ascii_digit()) {
        return None;
    }
    let length = tail.len() - after.len();
    let is_fixed = digit == '0';
    Some((
        length,
        Element::Fraction {
            digits: length - 1,
            separator,
            is_fixed,
        },
    ))
}

impl Time {
    /// Writes the time as the layout shows it.
    pub fn format(&self, layout: &str) -> String {
        let civil = self.civil();
        let mut output = String::with_capacity(layout.len() + 10);
        let mut rest = layout;
        loop {
            let piece = next_piece(rest);
            output.push_str(piece.prefix);
            let Some(element) = piece.element else {
                return output;
            };
            self.write_element(&mut output, &civil, element);
            rest = piece.rest;
        }
    }

    /// As `encoding/json` writes it.
    pub fn to_rfc3339(&self) -> String {
        self.format("2006-01-02T15:04:05.999999999Z07:00")
    }

    fn write_element(&self, output: &mut String, civil: &Civil, element: Element) {
        let hour12 = if civil.hour % 12 == 0 {
            12
        } else {
            civil.hour % 12
        };
        match element {
            Element::LongMonth => output.push_str(name_of(&MONTHS, civil.month - 1)),
            Element::ShortMonth => output.push_str(&name_of(&MONTHS, civil.month - 1)[..3]),
            Element::Month => push_number(output, civil.month, 0),
            Element::ZeroMonth => push_number(output, civil.month, 2),
            Element::LongWeekday => output.push_str(name_of(&WEEKDAYS, civil.weekday)),
            Element::ShortWeekday => output.push_str(&name_of(&WEEKDAYS, civil.weekday)[..3]),
            Element::Day => push_number(output, civil.day, 0),
            Element::UnderDay => output.push_str(&format!("{:2}", civil.day)),
            Element::ZeroDay => push_number(output, civil.day, 2),
            Element::UnderYearDay => output.push_str(&format!("{:3}", civil.year_day)),
            Element::ZeroYearDay => push_number(output, civil.year_day, 3),
            Element::Hour => push_number(output, civil.hour, 2),
            Element::Hour12 => push_number(output, hour12, 0),
            Element::ZeroHour12 => push_number(output, hour12, 2),
            Element::Minute => push_number(output, civil.minute, 0),
            Element::ZeroMinute => push_number(output, civil.minute, 2),
            Element::Second => push_number(output, civil.second, 0),
            Element::ZeroSecond => push_number(output, civil.second, 2),
            Element::LongYear => push_number(output, civil.year, 4),
            Element::Year => push_number(output, civil.year.max(0) % 100, 2),
            Element::UpperPm => output.push_str(if civil.hour >= 12 { "PM" } else { "AM" }),
            Element::LowerPm => output.push_str(if civil.hour >= 12 { "pm" } else { "am" }),
            Element::ZoneName => self.write_zone_name(output),
            Element::Offset(style) => self.write_offset(output, style),
            Element::Fraction {
                digits,
                separator,
                is_fixed,
            } => {
                let all = format!("{:09}", self.nanosecond());
                let shown = &all[..digits.min(9)];
                let shown = if is_fixed {
                    shown
                } else {
                    shown.trim_end_matches('0')
                };
                if !shown.is_empty() {
                    output.push(separator);
                    output.push_str(shown);
                }
            }
        }
    }

    /// A place without a name for its time shows the offset instead.
    fn write_zone_name(&self, output: &mut String) {
        let info = self.location().at(self.unix());
        if info.abbreviation.is_empty() {
            push_offset(output, info.offset, false, true);
        } else {
            output.push_str(&info.abbreviation);
        }
    }

    fn write_offset(&self, output: &mut String, style: OffsetStyle) {
        let offset = self.location().at(self.unix()).offset;
        if style.has_z && offset == 0 {
            output.push('Z');
            return;
        }
        push_offset(output, offset, style.has_colon, style.has_minutes);
        if style.has_seconds {
            if style.has_colon {
                output.push(':');
            }
            push_number(output, i64::from(offset.abs() % 60), 2);
        }
    }
}

fn push_offset(output: &mut String, offset: i32, has_colon: bool, has_minutes: bool) {
    let minutes = offset / 60;
    output.push(if minutes < 0 { '-' } else { '+' });
    push_number(output, i64::from(minutes.abs() / 60), 2);
    if has_colon {
        output.push(':');
    }
    if has_minutes {
        push_number(output, i64::from(minutes.abs() % 60), 2);
    }
}

/// A number with leading zeros up to a width, to which a minus sign does not count.
fn push_number(output: &mut String, number: i64, width: usize) {
    let sign = if number < 0 { "-" } else { "" };
    // Writing into a string cannot fail.
    let _ = write!(output, "{sign}{:0width$}", number.unsigned_abs());
}

pub(super) fn name_of(names: &[&'static str], index: i64) -> &'static str {
    usize::try_from(index)
        .ok()
        .and_then(|index| names.get(index))
        .copied()
        .unwrap_or("???")
}
