//! Points in time on the wire.

use jiff::{SignedDuration, Timestamp as Instant, civil::DateTime, tz::Offset};
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
    let instant = text
        .parse::<Instant>()
        .or_else(|_| {
            text.parse::<DateTime>()
                .and_then(|date| Offset::UTC.to_timestamp(date))
        })
        .map_err(|_| {
            format!("parsing time {text:?}: expected a form such as 2026-01-31T10:00:00Z")
        })?;
    let milliseconds = instant.as_millisecond();
    // `as_millisecond` rounds towards zero; before 1970 that would be up.
    let floor = match SignedDuration::from_millis(milliseconds) > instant.as_duration() {
        true => milliseconds - 1,
        false => milliseconds,
    };
    Ok((floor != GO_ZERO_UNIX_MS).then_some(Timestamp::from_unix_ms(floor)))
}

/// A point in time as Alertmanager's API prints it: `2026-01-31T10:00:00.000Z`.
pub(crate) fn rfc3339_ms(timestamp: Timestamp) -> String {
    let instant = Instant::from_millisecond(timestamp.unix_ms()).unwrap_or(
        // Beyond what a calendar can print there is only "never".
        if timestamp < Timestamp::EPOCH {
            Instant::MIN
        } else {
            Instant::MAX
        },
    );
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
