//! The command line: `larum` serves, as `alertmanager` does; subcommands do the rest.

mod check_config;
mod demo;
mod flags;
mod go_duration;
pub(crate) mod output;
mod serve;
mod slack_stand_in;

use std::{ffi::OsString, process::ExitCode};

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

pub use self::demo::DemoArguments;
use self::flags::ServeFlags;
use crate::telemetry::{LANGUAGE, REVISION, VERSION};

/// larum, an alert router with WebAssembly plugins: takes alerts from Prometheus, groups them, and
/// tells the receivers that its configuration names. Without a command it serves, with
/// Alertmanager's flags and configuration.
#[derive(Debug, Parser)]
#[command(
    name = "larum",
    disable_version_flag = true,
    args_conflicts_with_subcommands = true,
    // Alertmanager's flags have dots; nobody wants to see each in the first line.
    override_usage = "larum [FLAGS]\n       larum check-config [FILE]...\n       \
                      larum demo\n       larum slack-stand-in"
)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// Print the version and exit.
    #[arg(long)]
    version: bool,
    #[command(flatten)]
    serve: ServeFlags,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check configuration files: everything that is wrong, with its place.
    CheckConfig(check_config::Arguments),
    /// Show an alert's whole way on this screen; needs nothing else on the machine.
    Demo(DemoArguments),
    /// Stand in for Slack on loopback: take its webhook's messages and show them as Slack would.
    SlackStandIn(slack_stand_in::Arguments),
}

/// Runs the program with these arguments, the program's name first. The exit code is 0 after
/// success, 1 after a failure, 2 when the arguments cannot be understood.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let parsed = Cli::command()
        .try_get_matches_from(arguments)
        .and_then(|matches| Ok((Cli::from_arg_matches(&matches)?, flags::idle(&matches))));
    let (cli, idle) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => return output::usage(&error),
    };
    if cli.version {
        output::print(&version());
        return ExitCode::SUCCESS;
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return output::fail(&format!("cannot start: {error}")),
    };
    let code = runtime.block_on(async {
        match cli.command {
            None => serve::run(cli.serve, &idle).await,
            Some(Command::CheckConfig(arguments)) => check_config::run(arguments).await,
            Some(Command::Demo(arguments)) => match crate::demo::run(arguments).await {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => output::fail(&format!("{error:#}")),
            },
            Some(Command::SlackStandIn(arguments)) => slack_stand_in::run(arguments).await,
        }
    });
    // What has not ended by now, such as a read of a slow file, must not hold up the exit.
    runtime.shutdown_background();
    code
}

fn version() -> String {
    format!("larum, version {VERSION} (revision: {REVISION})\n  language: {LANGUAGE}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn version_begins_as_tools_expect() {
        assert!(version().starts_with(&format!("larum, version {VERSION}")));
    }
}
