//! Whole-process tests: one binary, a module for each area.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod components;
mod first_light;
mod hostile;
mod support;
mod tidy;
mod usage;
