//! Points in time on the wire.

use jiff::{
    SignedDuration, Timestamp as Instant, civil::DateTime, fmt::temporal::Pieces, tz::Offset,
};
use larum_engine::model::Timestamp;

/// Go's zero time in milliseconds since the Unix epoch: `0001-01-01T00:00:00Z`. It means "unset".
const GO_ZERO_UNIX_MS: i64 = -62_135_596_800_000;

/// Reads a point in time as go-openapi's `strfmt.DateTime` does: RFC 3339, or without an offset,
/// or a date alone, both then in UTC; nothing is the Unix epoch. Finer parts than milliseconds are
/// cut off. `None` is Go's zero time.
///
/// # Errors
/// When it is none of these; the message names the text.
pub(crate) fn parse(text: &str) -> Result<Option<Timestamp>, String> {
    if text.is_empty() {
        return Ok(Some(Timestamp::EPOCH));
    }
    let since_epoch = match text.parse::<Instant>() {
        Ok(instant) => Some(instant.as_duration()),
        Err(_) => beyond_instants(text).or_else(|| without_offset(text)),
    };
    let since_epoch = since_epoch.ok_or_else(|| {
        format!("parsing time {text:?}: expected a form such as 2026-01-31T10:00:00Z")
    })?;
    // Both parts have the sign of the whole: before 1970 the finer one is cut off downwards.
    let milliseconds =
        since_epoch.as_secs() * 1_000 + i64::from(since_epoch.subsec_nanos().div_euclid(1_000_000));
    Ok((milliseconds != GO_ZERO_UNIX_MS).then_some(Timestamp::from_unix_ms(milliseconds)))
}

fn without_offset(text: &str) -> Option<SignedDuration> {
    let date = text.parse::<DateTime>().ok()?;
    Some(date.duration_since(epoch()))
}

/// Some hours at both ends of the calendar are no `Instant`, lest an offset lead out of it. Go
/// knows them, and `9999-12-31T23:59:59Z` is a common way to say "never".
fn beyond_instants(text: &str) -> Option<SignedDuration> {
    let pieces = Pieces::parse(text).ok()?;
    let (time, offset) = (pieces.time()?, pieces.to_numeric_offset()?);
    let local = pieces.date().to_datetime(time).duration_since(epoch());
    let since_epoch = local - SignedDuration::from_secs(offset.seconds().into());
    let beyond =
        since_epoch < Instant::MIN.as_duration() || since_epoch > Instant::MAX.as_duration();
    (beyond && pieces.time_zone_annotation().is_none()).then_some(since_epoch)
}

fn epoch() -> DateTime {
    Offset::UTC.to_datetime(Instant::UNIX_EPOCH)
}

/// A point in time as Alertmanager's API prints it: `2026-01-31T10:00:00.000Z`.
pub(crate) fn rfc3339_ms(timestamp: Timestamp) -> String {
    with_rfc3339_ms(timestamp, str::to_owned)
}

/// The same, lent to `take` without an allocation.
pub(crate) fn with_rfc3339_ms<T>(timestamp: Timestamp, take: impl FnOnce(&str) -> T) -> T {
    let bytes = four_digit_year(timestamp);
    match bytes.as_ref().map(|bytes| std::str::from_utf8(bytes)) {
        Some(Ok(text)) => take(text),
        _ => take(&other_year(timestamp)),
    }
}

/// The days from the first of March 400 years before the year 0 to the Unix epoch: all dates that
/// [`four_digit_year`] writes lie after it, and years that begin in March end with the leap day.
const DAYS_TO_EPOCH: i64 = 719_468 + 146_097;

/// The years 0 to 9999, all that RFC 3339 has. The calendar is Howard Hinnant's `civil_from_days`.
fn four_digit_year(timestamp: Timestamp) -> Option<[u8; 24]> {
    const DAY_MS: i64 = 86_400_000;
    let unix_ms = timestamp.unix_ms();
    if !(-62_167_219_200_000..=253_402_300_799_999).contains(&unix_ms) {
        return None;
    }
    let days = u32::try_from(unix_ms.div_euclid(DAY_MS) + DAYS_TO_EPOCH).ok()?;
    let of_day_ms = u32::try_from(unix_ms.rem_euclid(DAY_MS)).ok()?;
    // The calendar repeats every 400 years.
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let (month, next_year) = match from_march {
        0..=9 => (from_march + 3, 0),
        _ => (from_march - 9, 1),
    };
    let year = 400 * era + year_of_era + next_year - 400;
    let mut text = *b"0000-00-00T00:00:00.000Z";
    for (place, value) in [
        (0, year / 100),
        (2, year % 100),
        (5, month),
        (8, day),
        (11, of_day_ms / 3_600_000),
        (14, of_day_ms / 60_000 % 60),
        (17, of_day_ms / 1_000 % 60),
        (20, of_day_ms % 1_000 / 10),
    ] {
        text[place] += digit(value / 10);
        text[place + 1] += digit(value % 10);
    }
    text[22] += digit(of_day_ms % 10);
    Some(text)
}

/// A number below ten as a byte.
fn digit(value: u32) -> u8 {
    value.to_le_bytes()[0]
}

/// Beyond what a calendar can print there is only "never".
fn other_year(timestamp: Timestamp) -> String {
    let instant =
        Instant::from_millisecond(timestamp.unix_ms()).unwrap_or(if timestamp < Timestamp::EPOCH {
            Instant::MIN
        } else {
            Instant::MAX
        });
    format!("{instant:.3}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, printed: &str) {
        assert_eq!(rfc3339_ms(parse(text).unwrap().unwrap()), printed);
    }

    #[test]
    fn reads_the_forms_that_alertmanager_reads() {
        check("2026-11-21T00:51:42.710Z", "2026-11-21T00:51:42.710Z");
        check(
            "2026-11-21T01:00:00.123456789+01:00",
            "2026-11-21T00:00:00.123Z",
        );
        check("2026-12-21T10:00:00", "2026-12-21T10:00:00.000Z");
        check("2026-12-21 10:00:00", "2026-12-21T10:00:00.000Z");
        check("2026-12-21", "2026-12-21T00:00:00.000Z");
        check("1969-12-31T23:59:59.9995Z", "1969-12-31T23:59:59.999Z");
        check("", "1970-01-01T00:00:00.000Z");
    }

    #[test]
    fn the_ends_of_the_calendar_are_read_too() {
        check("9999-12-31T23:59:59Z", "9999-12-31T23:59:59.000Z");
        check("9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999Z");
        check("9999-12-31T23:59:59+02:00", "9999-12-31T21:59:59.000Z");
        check("9999-12-31T23:59:59", "9999-12-31T23:59:59.000Z");
        check("0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000Z");
        // What leads out of the calendar is read, and printed as its last moment.
        check("9999-12-31T23:59:59-02:00", "9999-12-30T22:00:00.999Z");
        assert!(parse("9999-12-31T23:59:59Z[UTC]").is_err());
        assert!(parse("9999-12-32T23:59:59Z").is_err());
        assert!(parse("10000-01-01T00:00:00Z").is_err());
    }

    #[test]
    fn the_calendar_is_right() {
        // A step that is no multiple of a day meets all months, hours and leap years in turn.
        let printable = -62_167_219_200_000..=Instant::MAX.as_millisecond();
        for unix_ms in printable.step_by(3_000_000_017) {
            let timestamp = Timestamp::from_unix_ms(unix_ms);
            assert_eq!(rfc3339_ms(timestamp), other_year(timestamp));
        }
        check("2000-02-29T23:59:59.999Z", "2000-02-29T23:59:59.999Z");
        check("1900-03-01T00:00:00Z", "1900-03-01T00:00:00.000Z");
        check("0000-02-29T12:34:56.789Z", "0000-02-29T12:34:56.789Z");
        check("-000001-12-31T23:59:59Z", "-000001-12-31T23:59:59.000Z");
    }

    #[test]
    fn zero_is_unset() {
        assert_eq!(parse("0001-01-01T00:00:00.000Z"), Ok(None));
        assert_eq!(parse("0001-01-01T00:00:00Z"), Ok(None));
        assert!(parse("bogus").is_err());
    }

    #[test]
    fn what_no_calendar_holds_is_clamped() {
        assert_eq!(rfc3339_ms(Timestamp::MAX), "9999-12-30T22:00:00.999Z");
    }
}
