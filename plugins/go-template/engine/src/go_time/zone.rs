//! Places whose clocks a time can be shown on: UTC, a fixed offset, or a zone of the embedded tz database.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::{Dst, TimeZone, TimeZoneDatabase};

use super::{Civil, Time};

/// Go's `*time.Location`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    Utc,
    /// Always so many seconds east of Greenwich; the name may be empty.
    Fixed {
        name: Arc<str>,
        offset: i32,
    },
    /// A zone with its history.
    Zone(TimeZone),
}

/// What holds in a place at a moment.
#[derive(Debug)]
pub(crate) struct ZoneInfo<'a> {
    /// Such as `CET`; empty for a fixed offset without a name.
    pub(crate) abbreviation: Cow<'a, str>,
    /// Seconds east of Greenwich.
    pub(crate) offset: i32,
    pub(crate) is_daylight_saving: bool,
}

/// No zone has that name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownZone {
    name: String,
}

impl Location {
    /// The place of that name in the tz database. Empty, `UTC` and `Local` are UTC: a plugin has no
    /// machine whose time could be meant.
    ///
    /// # Errors
    /// When no zone has exactly that name, upper and lower case included.
    pub fn load(name: &str) -> Result<Self, UnknownZone> {
        if matches!(name, "" | "UTC" | "Local") {
            return Ok(Self::Utc);
        }
        let zone = TimeZoneDatabase::bundled().get(name).ok();
        zone.filter(|zone| zone.iana_name() == Some(name))
            .map(Self::Zone)
            .ok_or_else(|| UnknownZone {
                name: name.to_owned(),
            })
    }

    /// What Go's `Location.String` says.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Utc => "UTC",
            Self::Fixed { name, .. } => name,
            Self::Zone(zone) => zone.iana_name().unwrap_or_default(),
        }
    }

    pub(crate) fn at(&self, unix_second: i64) -> ZoneInfo<'_> {
        match self {
            Self::Utc => ZoneInfo {
                abbreviation: Cow::Borrowed("UTC"),
                offset: 0,
                is_daylight_saving: false,
            },
            Self::Fixed { name, offset } => ZoneInfo {
                abbreviation: Cow::Borrowed(name),
                offset: *offset,
                is_daylight_saving: false,
            },
            Self::Zone(zone) => {
                let min = Timestamp::MIN.as_second();
                let max = Timestamp::MAX.as_second();
                let moment = Timestamp::from_second(unix_second.clamp(min, max));
                let info = zone.to_offset_info(moment.unwrap_or(Timestamp::UNIX_EPOCH));
                ZoneInfo {
                    abbreviation: Cow::Owned(info.abbreviation().to_owned()),
                    offset: info.offset().seconds(),
                    is_daylight_saving: info.dst() == Dst::Yes,
                }
            }
        }
    }

    /// The moment at which this place's clock shows that. Where it never does, or does twice, Go's
    /// choice: the offset that holds after a first guess by the offset at the same time in UTC.
    pub(crate) fn resolve(&self, civil: &Civil, nanosecond: u32) -> Time {
        let as_utc = Time::from_civil(civil, nanosecond, 0).unix();
        let guess = i64::from(self.at(as_utc).offset);
        let offset = i64::from(self.at(as_utc - guess).offset);
        Time::from_civil(civil, nanosecond, offset).in_location(self.clone())
    }
}

impl fmt::Display for UnknownZone {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "unknown time zone {}", self.name)
    }
}

impl std::error::Error for UnknownZone {}
