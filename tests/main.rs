//! Whole-process tests: one binary, a module for each area.

mod components;
mod first_light;
mod hostile;
mod support;
mod tidy;
mod usage;
