//! `larum` alone: serves until it is told to stop.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
};

use super::{
    flags::{self, ServeFlags},
    output,
};
use crate::{
    app::{App, BuildError, ConfigSource, Options},
    clock::Clock,
    telemetry::{self, REVISION, VERSION},
};

/// Serves with these flags; `idle` are those that have no effect.
pub(super) async fn run(flags: ServeFlags, idle: &[String]) -> ExitCode {
    telemetry::install(flags.log.level, flags.log.format, Clock::system());
    tracing::info!(version = VERSION, revision = REVISION, "Starting larum");
    if !idle.is_empty() {
        tracing::warn!(flags = idle.join(","), "These flags have no effect yet");
    }
    if let Err(message) = check(&flags) {
        return output::fail(&message);
    }
    // Before anything is built: a signal that comes early must not end the process unheard.
    let signals = (|| {
        let terminate = signal(SignalKind::terminate())?;
        let interrupt = signal(SignalKind::interrupt())?;
        std::io::Result::Ok((terminate, interrupt, signal(SignalKind::hangup())?))
    })();
    let (terminate, interrupt, hangup) = match signals {
        Ok(signals) => signals,
        Err(error) => return output::fail(&format!("cannot listen for signals: {error}")),
    };
    let stops = stop_requests(terminate, interrupt);
    let built = tokio::select! {
        built = App::build(options(flags)) => built,
        // Components may take seconds to compile; nobody should have to wait for that to stop.
        () = asked_to_stop(stops.clone(), 1) => return ExitCode::SUCCESS,
    };
    let app = match built {
        Ok(app) => app,
        Err(error) => return explain(error),
    };
    reload_on(hangup, &app);
    let ended = tokio::select! {
        ended = app.run(asked_to_stop(stops.clone(), 1)) => ended,
        () = asked_to_stop(stops, 2) => {
            tracing::warn!("Asked a second time: stopping without waiting for deliveries");
            return ExitCode::FAILURE;
        }
    };
    match ended {
        Ok(()) => {
            tracing::info!("Stopped");
            ExitCode::SUCCESS
        }
        Err(error) => {
            tracing::error!(err = %format!("{error:#}"), "Ended by a fault");
            ExitCode::FAILURE
        }
    }
}

fn check(flags: &ServeFlags) -> Result<(), String> {
    flags::check_features(&flags.general.features)?;
    if flags.web.web_config_file.is_empty() {
        return Ok(());
    }
    // To serve in the clear what someone wanted protected would be worse than not to serve.
    if web_config_asks_for_nothing(Path::new(&flags.web.web_config_file))? {
        return Ok(());
    }
    Err(format!(
        "{} asks for TLS or authentication, which larum cannot serve yet; put a proxy in front of \
         it that can, and leave out --web.config.file",
        flags.web.web_config_file
    ))
}

fn web_config_asks_for_nothing(path: &Path) -> Result<bool, String> {
    let unreadable =
        |error: &dyn std::fmt::Display| format!("cannot read {}: {error}", path.display());
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(&error))?;
    let value: serde_yaml::Value =
        serde_yaml::from_str(&text).map_err(|error| unreadable(&error))?;
    Ok(match value {
        serde_yaml::Value::Null => true,
        serde_yaml::Value::Mapping(mapping) => mapping.is_empty(),
        _ => false,
    })
}

fn options(flags: ServeFlags) -> Options {
    Options {
        config: ConfigSource::File(flags.general.config_file),
        listen_addresses: flags.web.listen_address,
        external_url: flags.web.external_url,
        route_prefix: flags.web.route_prefix,
        cache_directory: Some(cache_directory(&flags.general.storage_path)),
        get_concurrency: flags.web.get_concurrency,
        web_timeout: flags.web.timeout,
    }
}

fn cache_directory(storage_path: &Path) -> PathBuf {
    storage_path.join("components")
}

fn explain(error: BuildError) -> ExitCode {
    match error {
        BuildError::Config { plain, colored } => {
            let text = if output::wants_color() {
                colored
            } else {
                plain
            };
            output::complain(&format!("{}\n", text.trim_end()));
            output::fail("the configuration is not usable")
        }
        BuildError::NoConfig(path) => output::fail(&format!(
            "there is no configuration at {}\n  Say where it is with --config.file=FILE, or try \
             `larum demo`, which needs none.",
            path.display()
        )),
        BuildError::Other(error) => output::fail(&format!("{error:#}")),
    }
}

fn reload_on(mut hangup: Signal, app: &App) {
    let handle = app.reload_handle();
    tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            // The outcome is in the log.
            let _ = handle.reload().await;
        }
    });
}

/// How often the process has been asked to stop.
fn stop_requests(mut terminate: Signal, mut interrupt: Signal) -> watch::Receiver<u32> {
    let (count, requests) = watch::channel(0);
    tokio::spawn(async move {
        loop {
            let name = tokio::select! {
                _ = terminate.recv() => "SIGTERM",
                _ = interrupt.recv() => "SIGINT",
            };
            tracing::info!(signal = name, "Received a signal, stopping");
            count.send_modify(|count| *count += 1);
        }
    });
    requests
}

async fn asked_to_stop(mut requests: watch::Receiver<u32>, times: u32) {
    // An error means that the runtime is ending, which is a stop as well.
    let _ = requests.wait_for(|count| *count >= times).await;
}
