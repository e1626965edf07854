//! Go's `time.Duration`: nanoseconds, and how they are written.

use std::fmt;

use super::NANOSECONDS_PER_SECOND;

/// A length of time in nanoseconds, at most about 292 years.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration(i64);

impl Duration {
    pub const fn from_nanoseconds(nanoseconds: i64) -> Self {
        Self(nanoseconds)
    }

    /// The nearest length that can be held.
    pub(crate) fn saturated(nanoseconds: i128) -> Self {
        let limit = if nanoseconds < 0 { i64::MIN } else { i64::MAX };
        Self(i64::try_from(nanoseconds).unwrap_or(limit))
    }

    pub const fn nanoseconds(self) -> i64 {
        self.0
    }

    /// Seconds with their fraction.
    pub fn seconds(self) -> f64 {
        self.in_units(NANOSECONDS_PER_SECOND)
    }

    /// Whole units and their fraction are converted one by one, as Go does, which rounds alike.
    pub(super) fn in_units(self, unit: i64) -> f64 {
        (self.0 / unit) as f64 + (self.0 % unit) as f64 / unit as f64
    }

    /// Rounds toward zero to a multiple of `step`.
    pub(super) fn truncate(self, step: Self) -> Self {
        if step.0 <= 0 {
            self
        } else {
            Self(self.0 - self.0 % step.0)
        }
    }

    /// Rounds to the nearest multiple of `step`, halves away from zero.
    pub(super) fn round(self, step: Self) -> Self {
        if step.0 <= 0 {
            return self;
        }
        let remainder = i128::from(self.0 % step.0);
        let towards_zero = i128::from(self.0) - remainder;
        let step = i128::from(step.0);
        if remainder.abs() * 2 < step {
            Self::saturated(towards_zero)
        } else {
            Self::saturated(towards_zero + if self.0 < 0 { -step } else { step })
        }
    }

    pub(super) fn abs(self) -> Self {
        Self(self.0.checked_abs().unwrap_or(i64::MAX))
    }
}

impl fmt::Display for Duration {
    /// Writes `1h2m3.5s`; below a second the largest unit that leaves a whole digit: `1.5ms`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = self.0.unsigned_abs();
        if self.0 < 0 {
            formatter.write_str("-")?;
        }
        match total {
            0 => formatter.write_str("0s"),
            1..1_000 => write!(formatter, "{total}ns"),
            1_000..1_000_000 => write!(formatter, "{}µs", decimal(total, 3)),
            1_000_000..1_000_000_000 => write!(formatter, "{}ms", decimal(total, 6)),
            _ => {
                let minutes = total / 60_000_000_000;
                if minutes >= 60 {
                    write!(formatter, "{}h", minutes / 60)?;
                }
                if minutes > 0 {
                    write!(formatter, "{}m", minutes % 60)?;
                }
                write!(formatter, "{}s", decimal(total % 60_000_000_000, 9))
            }
        }
    }
}

/// The number with its point moved left by so many places, without trailing zeros.
fn decimal(number: u64, places: u32) -> String {
    let unit = 10_u64.pow(places);
    let fraction = number % unit;
    let width = usize::try_from(places).unwrap_or_default();
    let digits = format!("{fraction:0width$}");
    match digits.trim_end_matches('0') {
        "" => (number / unit).to_string(),
        digits => format!("{}.{digits}", number / unit),
    }
}
