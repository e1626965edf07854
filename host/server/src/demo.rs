//! `larum demo`: the way of an alert on one screen, with nothing else on the machine.

mod alerts;
mod config;
mod slack;
mod story;
mod terminal;

use std::{io, time::Duration};

use anyhow::Context as _;
use tokio::{sync::oneshot, task::JoinHandle};

pub use self::slack::{Behaviour, Recorded, SlackStandIn};
use self::{config::Files, story::Story};
use crate::{
    app::{App, BuildError, ConfigSource, Options},
    cli::DemoArguments,
    clock::Clock,
    telemetry::{self, Format, Level},
};

/// Runs the demonstration: a router with the bundled plugins, the alerts of two common setups, and
/// a stand-in for Slack. Afterwards it serves on until it is interrupted, unless told otherwise.
///
/// # Errors
/// When no port can be had, a message does not arrive, or the router ends by itself.
pub async fn run(arguments: DemoArguments) -> anyhow::Result<()> {
    let clock = Clock::system();
    // The screen belongs to the story; what goes wrong is worth disturbing it.
    telemetry::install(Level::Warn, Format::Logfmt, clock.clone());
    let (slack, messages) = SlackStandIn::start()
        .await
        .context("cannot start the stand-in for Slack")?;
    let files = Files::write(&slack.webhook_url(), arguments.speed)
        .context("cannot write the demonstration's configuration")?;
    let (app, moved) = build(&arguments.listen_address, &files).await?;
    let address = *app
        .local_addresses()
        .first()
        .context("the router listens nowhere")?;
    let reload = app.reload_handle();
    let (stop, stopped) = oneshot::channel::<()>();
    let mut router = tokio::spawn(app.run(async move {
        // An error means that the other end is gone, which is a stop as well.
        let _ = stopped.await;
    }));
    let mut story = Story::new(address, messages, clock, arguments.speed).await?;
    let told = async {
        story.introduce(&arguments.listen_address, moved);
        story.tell().await?;
        if !arguments.once {
            story.serve_on(&files, &reload).await;
        }
        anyhow::Ok(())
    };
    tokio::select! {
        told = told => told?,
        ended = &mut router => return ended?.context("the router ended by itself"),
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    drop(stop);
    end(router).await
}

/// A message to Slack as it would look there, for this terminal.
pub(crate) fn shown(message: &Recorded) -> String {
    terminal::message(&message.json(), terminal::Look::of_stdout())
}

/// Waits until the router has finished what was under way.
async fn end(router: JoinHandle<anyhow::Result<()>>) -> anyhow::Result<()> {
    const PATIENCE: Duration = Duration::from_secs(15);
    match tokio::time::timeout(PATIENCE, router).await {
        Ok(ended) => ended?,
        Err(_) => anyhow::bail!("the router did not end within {} s", PATIENCE.as_secs()),
    }
}

/// The router on this address or, when something else listens there, on a free port. The latter
/// makes the second result true.
async fn build(listen_address: &str, files: &Files) -> anyhow::Result<(App, bool)> {
    let options = |address: &str| {
        let config = ConfigSource::File(files.configuration());
        Options {
            listen_addresses: vec![address.to_owned()],
            external_url: None,
            ..Options::on_loopback(config)
        }
    };
    match App::build(options(listen_address)).await {
        Ok(app) => Ok((app, false)),
        Err(BuildError::Other(error)) if is_taken(&error) => {
            let app = App::build(options("127.0.0.1:0"))
                .await
                .map_err(explained)?;
            Ok((app, true))
        }
        Err(error) => Err(explained(error)),
    }
}

fn is_taken(error: &anyhow::Error) -> bool {
    let mut causes = error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>());
    causes.any(|error| error.kind() == io::ErrorKind::AddrInUse)
}

fn explained(error: BuildError) -> anyhow::Error {
    match error {
        BuildError::Config { plain, .. } => anyhow::anyhow!("the configuration is wrong:\n{plain}"),
        BuildError::NoConfig(path) => anyhow::anyhow!("{} is not there", path.display()),
        BuildError::Other(error) => error,
    }
}
