//! The two places where commands write: results to stdout, everything else to stderr.

use std::{
    io::{self, IsTerminal as _, Write as _},
    process::ExitCode,
};

/// Writes a result to stdout. That nobody reads it any more (`| head`) is no failure.
pub(crate) fn print(text: &str) {
    let mut stdout = io::stdout().lock();
    let _ = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
}

/// Writes what is no result to stderr.
pub(super) fn complain(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Says why the program failed.
pub(super) fn fail(message: &str) -> ExitCode {
    complain(&format!("larum: error: {message}\n"));
    ExitCode::FAILURE
}

/// Shows help, or what is wrong with the arguments.
pub(super) fn usage(error: &clap::Error) -> ExitCode {
    let _ = error.print();
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// Whether stderr wants colours: it is a terminal, and nobody asked for none
/// (<https://no-color.org>).
pub(super) fn wants_color() -> bool {
    let asked = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if asked("NO_COLOR") {
        return false;
    }
    asked("CLICOLOR_FORCE") || io::stderr().is_terminal()
}
