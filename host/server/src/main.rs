//! The `larum` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    larum::cli::run(std::env::args_os())
}
