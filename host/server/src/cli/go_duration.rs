//! Durations as Go's flags take them: `120h`, `1h30m`, `200ms`, `0`.

use std::time::Duration;

const UNITS_NS: [(&str, f64); 8] = [
    ("ns", 1.0),
    ("us", 1e3),
    ("µs", 1e3),
    ("μs", 1e3),
    ("ms", 1e6),
    ("s", 1e9),
    ("m", 60e9),
    ("h", 3_600e9),
];

/// Reads a duration as Go's `time.ParseDuration` does. What is below zero is zero: every flag that
/// takes one says that both mean the same.
///
/// # Errors
/// When it is no duration; the message says what is missing.
pub(super) fn parse(text: &str) -> Result<Duration, String> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut rest = unsigned;
    let mut nanoseconds = 0.0;
    if rest.is_empty() {
        return Err("a duration such as 30s, 15m or 1h30m is needed".to_owned());
    }
    while !rest.is_empty() && unsigned != "0" {
        let digits = rest
            .find(|char: char| !char.is_ascii_digit() && char != '.')
            .unwrap_or(rest.len());
        let (number, after) = rest.split_at(digits);
        let value: f64 = number
            .parse()
            .map_err(|_| format!("{rest:?} does not begin with a number"))?;
        let length = after
            .find(|char: char| char.is_ascii_digit() || char == '.')
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(length);
        let Some((_, unit_ns)) = UNITS_NS.iter().find(|(name, _)| *name == unit) else {
            return Err(match unit {
                "" => format!("{number:?} has no unit: ns, us, ms, s, m or h"),
                unit => format!("{unit:?} is no unit: ns, us, ms, s, m or h"),
            });
        };
        nanoseconds += value * unit_ns;
        rest = after;
    }
    if negative {
        return Ok(Duration::ZERO);
    }
    Duration::try_from_secs_f64(nanoseconds / 1e9).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected_ms: u64) {
        assert_eq!(
            parse(text),
            Ok(Duration::from_millis(expected_ms)),
            "{text}"
        );
    }

    #[test]
    fn reads_what_go_reads() {
        check("0", 0);
        check("0s", 0);
        check("120h", 432_000_000);
        check("1h30m", 5_400_000);
        check("200ms", 200);
        check("1.5s", 1_500);
        check("6h0m0s", 21_600_000);
        check("+5m", 300_000);
        check("-5m", 0);
        check("1000us", 1);
    }

    #[track_caller]
    fn check_refused(text: &str) {
        assert!(parse(text).is_err(), "{text}");
    }

    #[test]
    fn refuses_what_go_refuses() {
        check_refused("");
        check_refused("5");
        check_refused("1d");
        check_refused("2w");
        check_refused("h");
        check_refused("1.2.3s");
        check_refused("-");
    }
}
