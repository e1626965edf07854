//! `larum slack-stand-in`: a Slack to try configurations and templates against.

use std::process::ExitCode;

use clap::Args;

use super::output;
use crate::demo::{self, SlackStandIn};

/// The flags of `larum slack-stand-in`.
#[derive(Clone, Debug, Args)]
pub(super) struct Arguments {
    /// Where it listens; port 0 takes any that is free.
    #[arg(
        long = "web.listen-address",
        value_name = "ADDRESS",
        default_value = "127.0.0.1:9095"
    )]
    listen_address: String,
}

/// Shows messages until it is interrupted.
pub(super) async fn run(arguments: Arguments) -> ExitCode {
    let address = &arguments.listen_address;
    let (slack, mut messages) = match SlackStandIn::start_on(address).await {
        Ok(started) => started,
        Err(error) => return output::fail(&format!("cannot listen on {address}: {error}")),
    };
    output::print(&format!(
        "Standing in for Slack. For the configuration:\n\n  slack_api_url: {}\n\n",
        slack.webhook_url()
    ));
    let shown = async {
        while let Some(message) = messages.recv().await {
            output::print(&demo::shown(&message));
        }
    };
    tokio::select! {
        () = shown => {}
        // An error means that nobody can interrupt it, which is no reason to go on.
        _ = tokio::signal::ctrl_c() => {}
    }
    ExitCode::SUCCESS
}
