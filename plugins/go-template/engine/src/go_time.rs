//! Go's `time` package as templates meet it: moments, durations, zones, layouts. Nothing reads a clock.

mod duration;
mod layout;
mod object;
mod parse;
mod zone;

pub use duration::Duration;
pub use object::{DURATION_TYPE, TIME_TYPE};
pub use parse::ParseTimeError;
pub use zone::{Location, UnknownZone};

pub(crate) const NANOSECONDS_PER_SECOND: i64 = 1_000_000_000;

/// The Unix time of Go's zero time, midnight of 1 January of the year 1, in seconds.
const ZERO_SECOND: i64 = -62_135_596_800;
const SECONDS_PER_DAY: i64 = 86_400;

/// Go's `time.Time`: a moment in nanoseconds, and the place whose wall clock shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Time {
    /// Seconds since the Unix epoch.
    second: i64,
    /// Of that second: 0 to 999,999,999.
    nanosecond: u32,
    location: Location,
}

/// A moment as its place's calendar and wall clock show it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Civil {
    pub(crate) year: i64,
    /// From 1.
    pub(crate) month: i64,
    /// Of the month, from 1.
    pub(crate) day: i64,
    pub(crate) hour: i64,
    pub(crate) minute: i64,
    pub(crate) second: i64,
    /// From 0, which is Sunday.
    pub(crate) weekday: i64,
    /// From 1.
    pub(crate) year_day: i64,
}

pub(crate) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

pub(crate) const WEEKDAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];

impl Time {
    /// Go's zero time, `0001-01-01 00:00:00 +0000 UTC`: an alert that still fires ends then.
    pub const ZERO: Self = Self {
        second: ZERO_SECOND,
        nanosecond: 0,
        location: Location::Utc,
    };

    /// A moment in UTC, in seconds since the Unix epoch and nanoseconds more.
    pub fn from_unix(second: i64, nanosecond: u32) -> Self {
        let carry = i64::from(nanosecond) / NANOSECONDS_PER_SECOND;
        let nanosecond = nanosecond % 1_000_000_000;
        Self {
            second: second.saturating_add(carry),
            nanosecond,
            location: Location::Utc,
        }
    }

    /// A moment in UTC, in milliseconds since the Unix epoch.
    pub fn from_unix_ms(millisecond: i64) -> Self {
        let rest = u32::try_from(millisecond.rem_euclid(1000)).unwrap_or_default();
        Self::from_unix(millisecond.div_euclid(1000), rest * 1_000_000)
    }

    /// What a wall clock shows, `offset` seconds east of Greenwich.
    pub(crate) fn from_civil(civil: &Civil, nanosecond: u32, offset: i64) -> Self {
        let days = days_from_civil(civil.year, civil.month, civil.day);
        let clock = civil.hour * 3600 + civil.minute * 60 + civil.second;
        Self::from_unix(days * SECONDS_PER_DAY + clock - offset, nanosecond)
    }

    /// The same moment on another place's clock.
    #[must_use]
    pub fn in_location(&self, location: Location) -> Self {
        Self {
            location,
            ..self.clone()
        }
    }

    pub fn location(&self) -> &Location {
        &self.location
    }

    /// Seconds since the Unix epoch.
    pub fn unix(&self) -> i64 {
        self.second
    }

    pub fn nanosecond(&self) -> u32 {
        self.nanosecond
    }

    /// Nanoseconds since the Unix epoch.
    pub(crate) fn unix_nanoseconds(&self) -> i128 {
        i128::from(self.second) * i128::from(NANOSECONDS_PER_SECOND) + i128::from(self.nanosecond)
    }

    pub fn is_zero(&self) -> bool {
        self.second == ZERO_SECOND && self.nanosecond == 0
    }

    /// Whether both are the same moment, wherever their clocks stand.
    pub fn is_same_moment(&self, other: &Self) -> bool {
        self.unix_nanoseconds() == other.unix_nanoseconds()
    }

    #[must_use]
    pub fn add(&self, duration: Duration) -> Self {
        self.with_unix_nanoseconds(self.unix_nanoseconds() + i128::from(duration.nanoseconds()))
    }

    /// The time from `other` to this, at most what a [`Duration`] can hold.
    pub fn sub(&self, other: &Self) -> Duration {
        Duration::saturated(self.unix_nanoseconds() - other.unix_nanoseconds())
    }

    /// Rounds down to a multiple of the duration since the zero time.
    #[must_use]
    pub fn truncate(&self, step: Duration) -> Self {
        if step.nanoseconds() <= 0 {
            return self.clone();
        }
        self.with_unix_nanoseconds(self.unix_nanoseconds() - self.remainder(step))
    }

    /// Rounds to the nearest multiple of the duration since the zero time, halves up.
    #[must_use]
    pub fn round(&self, step: Duration) -> Self {
        if step.nanoseconds() <= 0 {
            return self.clone();
        }
        let remainder = self.remainder(step);
        let up = if remainder * 2 < i128::from(step.nanoseconds()) {
            0
        } else {
            i128::from(step.nanoseconds())
        };
        self.with_unix_nanoseconds(self.unix_nanoseconds() - remainder + up)
    }

    /// The same wall clock some years, months and days later; days that the month lacks run into the next.
    #[must_use]
    pub fn add_date(&self, years: i64, months: i64, days: i64) -> Self {
        let mut civil = self.civil();
        let month = (civil.month - 1).saturating_add(months);
        civil.year = civil
            .year
            .saturating_add(years)
            .saturating_add(month.div_euclid(12));
        civil.month = month.rem_euclid(12) + 1;
        civil.day = civil.day.saturating_add(days);
        // Beyond these nothing that prints a year as people write it is left.
        civil.year = civil.year.clamp(-1_000_000, 1_000_000);
        civil.day = civil.day.clamp(-1_000_000_000, 1_000_000_000);
        self.location.resolve(&civil, self.nanosecond)
    }

    pub(crate) fn civil(&self) -> Civil {
        let local = self.second + i64::from(self.location.at(self.second).offset);
        let days = local.div_euclid(SECONDS_PER_DAY);
        let clock = local.rem_euclid(SECONDS_PER_DAY);
        let (year, month, day) = civil_from_days(days);
        Civil {
            year,
            month,
            day,
            hour: clock / 3600,
            minute: clock % 3600 / 60,
            second: clock % 60,
            weekday: (days + 4).rem_euclid(7),
            year_day: days - days_from_civil(year, 1, 1) + 1,
        }
    }

    fn remainder(&self, step: Duration) -> i128 {
        let zero = i128::from(ZERO_SECOND) * i128::from(NANOSECONDS_PER_SECOND);
        (self.unix_nanoseconds() - zero).rem_euclid(i128::from(step.nanoseconds()))
    }

    fn with_unix_nanoseconds(&self, nanoseconds: i128) -> Self {
        let per_second = i128::from(NANOSECONDS_PER_SECOND);
        let second = i64::try_from(nanoseconds.div_euclid(per_second)).unwrap_or(i64::MAX / 2);
        let nanosecond = u32::try_from(nanoseconds.rem_euclid(per_second)).unwrap_or_default();
        Self {
            second,
            nanosecond,
            location: self.location.clone(),
        }
    }
}

/// Days from the Unix epoch to a date of the Gregorian calendar, extended to all years. Counts eras
/// of 400 years whose years begin in March, so that leap days come last. The day may lie outside its month.
pub(crate) fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The inverse of [`days_from_civil`]: year, month and day.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}
