//! The engine from outside, in virtual time.

#[cfg(test)]
#[path = "engine/details.rs"]
mod details;
#[cfg(test)]
#[path = "engine/properties.rs"]
mod properties;
#[cfg(test)]
#[path = "engine/scenarios.rs"]
mod scenarios;
