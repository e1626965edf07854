//! The binary under test: what `host/server/src/main.rs` is to users.

fn main() -> std::process::ExitCode {
    larum::cli::run(std::env::args_os())
}
