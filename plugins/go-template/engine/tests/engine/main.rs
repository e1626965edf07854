//! The engine through its public surface: texts are compiled and rendered, and what comes out is compared.

mod api;
mod exec;
mod exec_errors;
mod format;
mod fuzz;
mod limits;
mod support;
mod syntax;
