//! One way to a configuration in force, for the start, SIGHUP and `POST /-/reload`.

use std::{fmt, io, path::PathBuf, sync::Arc};

use larum_config::{Diagnostics, Source};
use larum_engine::model::TenantId;
use tokio::sync::Mutex;

use crate::{
    clock::Clock,
    plugins::{Generation, Plugins},
    telemetry::Metrics,
    tenants::{Stopped, Tenant},
};

/// Where a configuration comes from.
#[derive(Clone, Debug)]
pub enum ConfigSource {
    /// A file, read anew at each reload.
    File(PathBuf),
    /// A text that does not change. Relative paths in it resolve as if it stood at `path`.
    Text {
        /// What diagnostics call it.
        path: PathBuf,
        /// The configuration.
        text: String,
    },
}

/// A configuration that was read and activated.
pub(crate) struct Loaded {
    pub(crate) generation: Arc<Generation>,
    /// The file's text, secrets included.
    pub(crate) text: String,
}

/// Why a configuration is not in force.
#[derive(Debug)]
pub(crate) enum Error {
    /// It cannot be read at all.
    Unreadable { path: PathBuf, error: io::Error },
    /// It is wrong.
    Invalid(Diagnostics),
    /// The process is shutting down.
    Stopped,
}

impl Error {
    /// For people, with colours or without; secrets are masked.
    pub(crate) fn render(&self, color: bool) -> String {
        match self {
            Self::Unreadable { path, error } => format!("cannot read {}: {error}", path.display()),
            Self::Invalid(diagnostics) => diagnostics.render(color),
            Self::Stopped => Stopped.to_string(),
        }
    }

    /// One line for the log.
    fn line(&self) -> String {
        match self {
            Self::Invalid(diagnostics) => {
                let lines: Vec<_> = diagnostics
                    .iter()
                    .map(larum_config::Diagnostic::line)
                    .collect();
                lines.join("; ")
            }
            _ => self.render(false),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.render(false))
    }
}

impl std::error::Error for Error {}

impl ConfigSource {
    /// What diagnostics call it.
    pub(crate) fn path(&self) -> &PathBuf {
        match self {
            Self::File(path) | Self::Text { path, .. } => path,
        }
    }

    async fn read(&self) -> Result<Source, Error> {
        match self {
            Self::Text { path, text } => Ok(Source {
                path: path.clone(),
                text: text.clone(),
            }),
            Self::File(path) => {
                let text = tokio::fs::read_to_string(path).await.map_err(|error| {
                    let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
                    Error::Unreadable { path, error }
                })?;
                Ok(Source {
                    path: path.clone(),
                    text,
                })
            }
        }
    }
}

/// Reads a configuration, checks it, loads what it names and builds every use of a plugin. Nothing
/// of it is in force yet.
///
/// # Errors
/// When it cannot be read, or with everything that is wrong in it.
pub(crate) async fn load(
    config: &ConfigSource,
    plugins: &Plugins,
    tenant: &TenantId,
) -> Result<Loaded, Error> {
    let source = config.read().await?;
    let text = source.text.clone();
    let document = larum_config::parse(source).map_err(Error::Invalid)?;
    let generation = plugins
        .activate(tenant, document)
        .await
        .map_err(Error::Invalid)?;
    Ok(Loaded { generation, text })
}

/// Replaces a tenant's configuration while it serves.
pub(crate) struct Reloader {
    config: ConfigSource,
    plugins: Plugins,
    tenant: Tenant,
    metrics: Arc<Metrics>,
    clock: Clock,
    /// Reloads follow one another: it is held from the reading to the change, so that the one
    /// which read last wins.
    turn: Mutex<()>,
}

impl Reloader {
    /// For this tenant, whose configuration comes from `config`.
    pub(crate) fn new(
        config: ConfigSource,
        plugins: Plugins,
        tenant: Tenant,
        (metrics, clock): (Arc<Metrics>, Clock),
    ) -> Self {
        Self {
            config,
            plugins,
            tenant,
            metrics,
            clock,
            turn: Mutex::default(),
        }
    }

    /// Reads the configuration again and puts it in force. What is in flight goes on under the
    /// one before.
    ///
    /// # Errors
    /// When the new one is not usable; then the one before stays in force.
    pub(crate) async fn reload(&self) -> Result<(), Error> {
        let _turn = self.turn.lock().await;
        let path = self.config.path().display().to_string();
        tracing::info!(file = path, "Loading configuration file");
        match self.try_reload().await {
            Ok(loaded) => {
                note(&loaded, &self.metrics, &self.clock);
                log_loaded(&loaded.generation);
                Ok(())
            }
            Err(error) => {
                self.metrics.config_refused();
                tracing::error!(
                    file = path,
                    err = error.line(),
                    "Loading configuration file failed; the one before stays in force"
                );
                Err(error)
            }
        }
    }

    async fn try_reload(&self) -> Result<Loaded, Error> {
        let loaded = load(&self.config, &self.plugins, self.tenant.id()).await?;
        let generation = Arc::clone(&loaded.generation);
        self.tenant
            .apply(generation)
            .await
            .map_err(|Stopped| Error::Stopped)?;
        Ok(loaded)
    }
}

/// Shows a configuration that came into force in the metrics.
pub(crate) fn note(loaded: &Loaded, metrics: &Metrics, clock: &Clock) {
    metrics.config_loaded(&loaded.generation.plan, &loaded.text, clock.now());
}

/// Says which configuration is in force, so that nobody edits another file than the one that is
/// read.
pub(crate) fn log_loaded(generation: &Generation) {
    let plan = &generation.plan;
    for warning in plan.warnings.iter() {
        tracing::warn!(
            code = warning.code,
            warning = warning.line(),
            "Odd configuration"
        );
    }
    let path = std::path::absolute(&plan.file.path).unwrap_or_else(|_| plan.file.path.clone());
    tracing::info!(
        file = %path.display(),
        sha256 = plan.file.sha256.get(..12).unwrap_or_default(),
        receivers = plan.receivers.len(),
        routes = plan.routing.routes.len(),
        templates = plan.templates.len(),
        "Completed loading of configuration file"
    );
}
