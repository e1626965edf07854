//! Prometheus durations (prometheus/common `model/time.go`, `ParseDuration`, v0.70).

use std::time::Duration;

/// Units, largest first, in milliseconds.
const UNITS: [(&str, u64); 7] = [
    ("y", 365 * 24 * 3_600_000),
    ("w", 7 * 24 * 3_600_000),
    ("d", 24 * 3_600_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// Reads `1h30m`, `5m`, `0`.
///
/// # Errors
/// What is wrong with the text.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    match text {
        "0" => return Ok(Duration::ZERO),
        "" => return Err("it is empty".to_owned()),
        _ => {}
    }
    let (mut rest, mut total, mut last) = (text, 0_u64, None);
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            return Err(format!("a whole number must stand before {rest:?}"));
        }
        let letters = rest[digits..]
            .bytes()
            .take_while(u8::is_ascii_alphabetic)
            .count();
        let (number, unit) = (&rest[..digits], &rest[digits..digits + letters]);
        let Some(position) = UNITS.iter().position(|(name, _)| *name == unit) else {
            return Err(match unit {
                "" if rest.len() == digits => format!("the unit after {number} is missing"),
                "" => format!("{:?} is not allowed", &rest[digits..]),
                _ => format!("there is no unit {unit:?}"),
            });
        };
        if last.is_some_and(|last| last >= position) {
            return Err(format!("{unit:?} stands in the wrong order or twice"));
        }
        last = Some(position);
        let value = number
            .parse::<u64>()
            .ok()
            .and_then(|value| value.checked_mul(UNITS[position].1));
        total = value
            .and_then(|value| value.checked_add(total))
            // Go counts nanoseconds in 63 bits.
            .filter(|total| *total <= i64::MAX.unsigned_abs() / 1_000_000)
            .ok_or_else(|| "it is longer than 292 years".to_owned())?;
        rest = &rest[digits + letters..];
    }
    Ok(Duration::from_millis(total))
}

#[cfg(test)]
mod tests {
    use super::parse;

    fn check(text: &str, expected: Result<u64, &str>) {
        let result = parse(text).map(|duration| duration.as_millis());
        assert_eq!(
            result,
            expected.map(u128::from).map_err(str::to_owned),
            "{text:?}"
        );
    }

    #[test]
    fn durations_are_those_of_prometheus() {
        check("0", Ok(0));
        check("0s", Ok(0));
        check("10s", Ok(10_000));
        check("1h30m", Ok(5_400_000));
        check("1y2w3d4h5m6s7ms", Ok(33_019_506_007));
        check("1m30", Err("the unit after 30 is missing"));
        check("10", Err("the unit after 10 is missing"));
        check("", Err("it is empty"));
        check("1.5h", Err("\".5h\" is not allowed"));
        check("-5s", Err("a whole number must stand before \"-5s\""));
        check("5m1h", Err("\"h\" stands in the wrong order or twice"));
        check("5 m", Err("\" m\" is not allowed"));
        check("5min", Err("there is no unit \"min\""));
        check("300y", Err("it is longer than 292 years"));
        check("99999999999999999999s", Err("it is longer than 292 years"));
    }
}
