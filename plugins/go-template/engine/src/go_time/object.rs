//! Times and durations as values of the template language, with the methods that Go gives them.

use super::layout::name_of;
use super::{Duration, Location, MONTHS, Time, WEEKDAYS};
use crate::value::{FunctionError, Json, Method, Object, Type, Value};

/// The type of a parameter that takes a time.
pub const TIME_TYPE: Type = Type::Named("time.Time");
/// The type of a parameter that takes a duration.
pub const DURATION_TYPE: Type = Type::NamedInt("time.Duration");
const LOCATION_TYPE: Type = Type::Named("*time.Location");

const TIME_METHODS: &[Method] = &[
    Method::new("Add", &[DURATION_TYPE]),
    Method::new("AddDate", &[Type::Int, Type::Int, Type::Int]),
    Method::new("After", &[TIME_TYPE]),
    Method::new("Before", &[TIME_TYPE]),
    Method::new("Compare", &[TIME_TYPE]),
    Method::new("Day", &[]),
    Method::new("Equal", &[TIME_TYPE]),
    Method::new("Format", &[Type::String]),
    Method::new("GoString", &[]),
    Method::new("Hour", &[]),
    Method::new("In", &[LOCATION_TYPE]),
    Method::new("IsDST", &[]),
    Method::new("IsZero", &[]),
    Method::new("Local", &[]),
    Method::new("Location", &[]),
    Method::new("Minute", &[]),
    Method::new("Month", &[]),
    Method::new("Nanosecond", &[]),
    Method::new("Round", &[DURATION_TYPE]),
    Method::new("Second", &[]),
    Method::new("String", &[]),
    Method::new("Sub", &[TIME_TYPE]),
    Method::new("Truncate", &[DURATION_TYPE]),
    Method::new("UTC", &[]),
    Method::new("Unix", &[]),
    Method::new("UnixMicro", &[]),
    Method::new("UnixMilli", &[]),
    Method::new("UnixNano", &[]),
    Method::new("Weekday", &[]),
    Method::new("Year", &[]),
    Method::new("YearDay", &[]),
];

impl Object for Time {
    fn type_name(&self) -> &str {
        "time.Time"
    }

    fn methods(&self) -> &'static [Method] {
        TIME_METHODS
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Result<Value, FunctionError> {
        let first = arguments.first();
        match name {
            "Add" => Ok(Value::object(self.add(duration_argument(first)?))),
            "AddDate" => {
                let numbers: Vec<i64> = arguments.iter().filter_map(Value::as_int).collect();
                let [years, months, days] = numbers[..] else {
                    return Err(unfit());
                };
                Ok(Value::object(self.add_date(years, months, days)))
            }
            "Truncate" => Ok(Value::object(self.truncate(duration_argument(first)?))),
            "Round" => Ok(Value::object(self.round(duration_argument(first)?))),
            "Sub" => Ok(Value::object(self.sub(time_argument(first)?))),
            "After" | "Before" | "Compare" | "Equal" => {
                let order = self
                    .unix_nanoseconds()
                    .cmp(&time_argument(first)?.unix_nanoseconds());
                Ok(match name {
                    "After" => Value::Bool(order.is_gt()),
                    "Before" => Value::Bool(order.is_lt()),
                    "Equal" => Value::Bool(order.is_eq()),
                    _ => Value::Int(i64::from(order as i8)),
                })
            }
            "Format" => {
                let layout = first.and_then(Value::as_str).ok_or_else(unfit)?;
                Ok(Value::from(self.format(&layout)))
            }
            "In" => {
                let place = first.and_then(Value::downcast_ref::<Location>);
                // Go panics with this text when it is given nil.
                let place = place.ok_or_else(|| {
                    FunctionError::new("time: missing Location in call to Time.In")
                })?;
                Ok(Value::object(self.in_location(place.clone())))
            }
            "UTC" | "Local" => Ok(Value::object(self.in_location(Location::Utc))),
            _ => Ok(self.part(name)),
        }
    }

    fn display(&self) -> Option<String> {
        Some(self.format("2006-01-02 15:04:05.999999999 -0700 MST"))
    }

    fn equals(&self, other: &dyn Object) -> Option<bool> {
        let other: &dyn std::any::Any = other;
        Some(other.downcast_ref::<Self>() == Some(self))
    }

    fn to_json(&self) -> Json {
        Json::As(Value::from(self.to_rfc3339()))
    }
}

impl Time {
    /// The methods without arguments.
    fn part(&self, name: &str) -> Value {
        let civil = self.civil();
        let number = match name {
            "Year" => civil.year,
            "Day" => civil.day,
            "Hour" => civil.hour,
            "Minute" => civil.minute,
            "Second" => civil.second,
            "Nanosecond" => i64::from(self.nanosecond()),
            "YearDay" => civil.year_day,
            "Month" => return Value::object(Month(civil.month)),
            "Weekday" => return Value::object(Weekday(civil.weekday)),
            "Location" => return Value::object(self.location().clone()),
            "IsZero" => return Value::Bool(self.is_zero()),
            "IsDST" => return Value::Bool(self.location().at(self.unix()).is_daylight_saving),
            "Unix" => return int64(i128::from(self.unix())),
            "UnixMilli" => return int64(self.unix_nanoseconds().div_euclid(1_000_000)),
            "UnixMicro" => return int64(self.unix_nanoseconds().div_euclid(1000)),
            "UnixNano" => return int64(self.unix_nanoseconds()),
            "GoString" => return Value::from(self.go_string()),
            _ => return self.display().map_or(Value::Nil, Value::from),
        };
        Value::Int(number)
    }

    fn go_string(&self) -> String {
        let civil = self.civil();
        let month = name_of(&MONTHS, civil.month - 1);
        let place = match self.location() {
            Location::Utc => "time.UTC".to_owned(),
            place => format!("time.Location({})", crate::format::quote(place.name())),
        };
        format!(
            "time.Date({}, time.{month}, {}, {}, {}, {}, {}, {place})",
            civil.year,
            civil.day,
            civil.hour,
            civil.minute,
            civil.second,
            self.nanosecond()
        )
    }
}

impl Object for Location {
    fn type_name(&self) -> &str {
        "*time.Location"
    }

    fn methods(&self) -> &'static [Method] {
        const { &[Method::new("String", &[])] }
    }

    fn call(&self, _name: &str, _arguments: &[Value]) -> Result<Value, FunctionError> {
        Ok(Value::from(self.name()))
    }

    fn display(&self) -> Option<String> {
        Some(self.name().to_owned())
    }
}

const DURATION_METHODS: &[Method] = &[
    Method::new("Abs", &[]),
    Method::new("Hours", &[]),
    Method::new("Microseconds", &[]),
    Method::new("Milliseconds", &[]),
    Method::new("Minutes", &[]),
    Method::new("Nanoseconds", &[]),
    Method::new("Round", &[DURATION_TYPE]),
    Method::new("Seconds", &[]),
    Method::new("String", &[]),
    Method::new("Truncate", &[DURATION_TYPE]),
];

impl Object for Duration {
    fn type_name(&self) -> &str {
        "time.Duration"
    }

    fn underlying(&self) -> Option<Value> {
        Some(Value::Int(self.nanoseconds()))
    }

    fn methods(&self) -> &'static [Method] {
        DURATION_METHODS
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Result<Value, FunctionError> {
        const MINUTE: i64 = 60_000_000_000;
        let nanoseconds = i128::from(self.nanoseconds());
        Ok(match name {
            "Abs" => Value::object(self.abs()),
            "Round" => Value::object(self.round(duration_argument(arguments.first())?)),
            "Truncate" => Value::object(self.truncate(duration_argument(arguments.first())?)),
            "Seconds" => Value::Float(self.seconds()),
            "Minutes" => Value::Float(self.in_units(MINUTE)),
            "Hours" => Value::Float(self.in_units(60 * MINUTE)),
            "Milliseconds" => int64(nanoseconds / 1_000_000),
            "Microseconds" => int64(nanoseconds / 1000),
            "Nanoseconds" => int64(nanoseconds),
            _ => Value::from(self.to_string()),
        })
    }

    fn display(&self) -> Option<String> {
        Some(self.to_string())
    }
}

/// Go's `time.Month`: a number that prints as a name.
#[derive(Debug)]
struct Month(i64);

/// Go's `time.Weekday`, from 0, which is Sunday.
#[derive(Debug)]
struct Weekday(i64);

impl Object for Month {
    fn type_name(&self) -> &str {
        "time.Month"
    }

    fn underlying(&self) -> Option<Value> {
        Some(Value::Int(self.0))
    }

    fn methods(&self) -> &'static [Method] {
        const { &[Method::new("String", &[])] }
    }

    fn call(&self, _name: &str, _arguments: &[Value]) -> Result<Value, FunctionError> {
        Ok(Value::from(name_of(&MONTHS, self.0 - 1)))
    }

    fn display(&self) -> Option<String> {
        Some(name_of(&MONTHS, self.0 - 1).to_owned())
    }
}

impl Object for Weekday {
    fn type_name(&self) -> &str {
        "time.Weekday"
    }

    fn underlying(&self) -> Option<Value> {
        Some(Value::Int(self.0))
    }

    fn methods(&self) -> &'static [Method] {
        const { &[Method::new("String", &[])] }
    }

    fn call(&self, _name: &str, _arguments: &[Value]) -> Result<Value, FunctionError> {
        Ok(Value::from(name_of(&WEEKDAYS, self.0)))
    }

    fn display(&self) -> Option<String> {
        Some(name_of(&WEEKDAYS, self.0).to_owned())
    }
}

/// An `int64`, which is a type of its own beside `int`. Numbers beyond it wrap, as Go's do.
fn int64(number: i128) -> Value {
    let wrapped = i64::from_le_bytes(std::array::from_fn(|index| number.to_le_bytes()[index]));
    Value::named("int64", Value::Int(wrapped))
}

fn time_argument(argument: Option<&Value>) -> Result<&Time, FunctionError> {
    argument.and_then(Value::downcast_ref).ok_or_else(unfit)
}

fn duration_argument(argument: Option<&Value>) -> Result<Duration, FunctionError> {
    argument
        .and_then(Value::as_int)
        .map(Duration::from_nanoseconds)
        .ok_or_else(unfit)
}

/// The engine checks arguments before it calls, so nobody should ever read this.
fn unfit() -> FunctionError {
    FunctionError::new("the argument does not fit the method")
}
