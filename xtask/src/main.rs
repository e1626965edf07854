//! Work on the project that is not part of it: `cargo xtask <command>`.

mod bench;
mod component;
mod components;
mod sources;

use std::io::Write;
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask components [--check | --verify-rebuild] [NAME...]
       cargo xtask bench [routers | plugins] [--quick] [--binary=LARUM]

  components                    build the bundled components into plugins/dist
  components --check            fail if one is older than its sources, missing or changed
  components --verify-rebuild   build them anew and fail if the bytes differ
  bench                         measure larum, beside Alertmanager where that is on PATH
  bench --quick                 the same with a tenth of the load";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.split_first() {
        Some((&"components", rest)) => components::run(rest),
        Some((&"bench", rest)) => bench::run(rest).map(|table| say(&table)),
        Some((&("help" | "--help" | "-h"), _)) => {
            say(USAGE);
            Ok(())
        }
        Some((other, _)) => Err(anyhow::anyhow!("unknown command {other:?}\n{USAGE}")),
        None => Err(anyhow::anyhow!("{USAGE}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Writes a line for the person at the terminal. If nobody listens, there is nobody to tell.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn complain(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
