//! The composition root: builds every part of the process and runs it.

use std::{
    future::Future,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use anyhow::Context as _;
use axum::Router;
use larum_engine::model::TenantId;
use larum_sandbox::Sandbox;
use prometheus_client::registry::Registry;
use tokio::{
    net::TcpListener,
    sync::{Semaphore, watch},
    task::{JoinHandle, JoinSet},
};

pub use crate::reload::ConfigSource;
use crate::{
    api::{self, Api, Limits},
    clock::Clock,
    delivery::Delivery,
    plugins::Plugins,
    reload::{self, Loaded, Reloader},
    telemetry::Metrics,
    tenants::{Actor, Parts, Tenants},
};

/// How long a stop waits for HTTP requests under way (Alertmanager `cmd/alertmanager/main.go`).
const HTTP_STOP_MAX: Duration = Duration::from_secs(5);

/// What a process is built from.
#[derive(Clone, Debug)]
pub struct Options {
    /// The configuration.
    pub config: ConfigSource,
    /// Where to listen: `host:port` or `:port`; port 0 takes any that is free.
    pub listen_addresses: Vec<String>,
    /// The URL under which people reach this process; by default made of the host's name and the
    /// first port.
    pub external_url: Option<String>,
    /// What all paths begin with; by default the path of the external URL.
    pub route_prefix: Option<String>,
    /// Where compiled plugins are kept; none compiles them at each start.
    pub cache_directory: Option<PathBuf>,
    /// GET requests at once; 0 is the number of processors, 8 at least.
    pub get_concurrency: usize,
    /// How long a request may take; zero is as long as it likes.
    pub web_timeout: Duration,
}

impl Options {
    /// The defaults of the command line around this configuration, on a free port of the loopback.
    pub fn on_loopback(config: ConfigSource) -> Self {
        Self {
            config,
            listen_addresses: vec!["127.0.0.1:0".to_owned()],
            external_url: None,
            route_prefix: None,
            cache_directory: default_cache_directory(),
            get_concurrency: 0,
            web_timeout: Duration::ZERO,
        }
    }
}

/// A built process that listens and does not serve yet.
pub struct App {
    addresses: Vec<SocketAddr>,
    listeners: Vec<TcpListener>,
    router: Router,
    reloader: Arc<Reloader>,
    actor: JoinHandle<()>,
    stop: watch::Sender<bool>,
}

/// Asks an [`App`] to read its configuration again. Cheap to clone.
#[derive(Clone)]
pub struct ReloadHandle(Arc<Reloader>);

impl ReloadHandle {
    /// Reads the configuration again and puts it in force.
    ///
    /// # Errors
    /// When it is not usable, as text with one block for each fault. The one before stays in force.
    pub async fn reload(&self) -> Result<(), String> {
        self.0.reload().await.map_err(|error| error.to_string())
    }
}

/// Why a process could not be built.
#[derive(Debug)]
pub enum BuildError {
    /// The configuration is at fault; the text says how, with its place, secrets masked.
    Config {
        /// Without colours.
        plain: String,
        /// With the codes that colour a terminal.
        colored: String,
    },
    /// The file is not there; the path is absolute.
    NoConfig(PathBuf),
    /// Something else.
    Other(anyhow::Error),
}

impl From<anyhow::Error> for BuildError {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}

impl From<reload::Error> for BuildError {
    fn from(error: reload::Error) -> Self {
        match error {
            reload::Error::Unreadable { path, error }
                if error.kind() == std::io::ErrorKind::NotFound =>
            {
                Self::NoConfig(path)
            }
            error => Self::Config {
                plain: error.render(false),
                colored: error.render(true),
            },
        }
    }
}

impl App {
    /// Takes the addresses, then loads plugins and configuration.
    ///
    /// # Errors
    /// When an address is taken, the configuration is wrong, or a bundled component is broken.
    pub async fn build(options: Options) -> Result<Self, BuildError> {
        let clock = Clock::system();
        let started = clock.now();
        let listeners = bind(&options.listen_addresses).await?;
        let addresses = addresses(&listeners)?;
        let external_url = external_url(options.external_url.as_deref(), &addresses)?;
        let prefix = route_prefix(options.route_prefix.as_deref(), &external_url);

        let plugins = load_plugins(options.cache_directory, external_url).await?;
        let tenant_id = TenantId::default();
        let loaded = reload::load(&options.config, &plugins, &tenant_id).await?;

        let mut registry = Registry::default();
        let delivery = Delivery::new(clock.clone(), &mut registry);
        plugins.register(&mut registry);
        let metrics = Arc::new(Metrics::new(registry, started));
        reload::note(&loaded, &metrics, &clock);
        reload::log_loaded(&loaded.generation);

        let parts = Parts {
            tenant: tenant_id,
            clock: clock.clone(),
            delivery: Arc::clone(&delivery),
            metrics: Arc::clone(&metrics),
        };
        let Loaded { generation, .. } = loaded;
        let (actor, tenant) = Actor::new(parts, generation);
        let (stop, stopped) = watch::channel(false);
        let actor = tokio::spawn(actor.run(stopped));

        let reloader = Arc::new(Reloader::new(
            options.config,
            plugins,
            tenant.clone(),
            (Arc::clone(&metrics), clock.clone()),
        ));
        let router = api::router(Arc::new(Api {
            tenants: Tenants::single(tenant),
            reloader: Arc::clone(&reloader),
            delivery,
            metrics,
            clock,
            started,
            limits: limits(options.get_concurrency, options.web_timeout),
            prefix,
        }));
        Ok(Self {
            addresses,
            listeners,
            router,
            reloader,
            actor,
            stop,
        })
    }

    /// Where it listens, with the real ports.
    pub fn local_addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// A handle for reloads.
    pub fn reload_handle(&self) -> ReloadHandle {
        ReloadHandle(Arc::clone(&self.reloader))
    }

    /// Serves until `shutdown` completes, then finishes what is under way.
    ///
    /// # Errors
    /// When a part of the process ended by itself.
    pub async fn run(mut self, shutdown: impl Future<Output = ()>) -> anyhow::Result<()> {
        let mut servers = self.serve();
        for address in &self.addresses {
            tracing::info!(%address, "Listening on");
        }
        let ended_by_itself = tokio::select! {
            () = shutdown => None,
            ended = &mut self.actor => Some(("the engine's task", ended.err().map(anyhow::Error::from))),
            Some(ended) = servers.join_next() => Some(("an HTTP listener", failure(ended))),
        };
        self.stop.send_replace(true);
        if let Some((part, error)) = ended_by_itself {
            let error = error.unwrap_or_else(|| anyhow::anyhow!("no reason given"));
            return Err(error.context(format!("{part} ended")));
        }
        let finished = async { while servers.join_next().await.is_some() {} };
        if tokio::time::timeout(HTTP_STOP_MAX, finished).await.is_err() {
            tracing::warn!("Stopping with HTTP requests under way");
        }
        // Deliveries have their own, longer patience.
        self.actor.await.context("the engine's task ended")
    }

    fn serve(&mut self) -> JoinSet<std::io::Result<()>> {
        let mut servers = JoinSet::new();
        for listener in self.listeners.drain(..) {
            let mut stopped = self.stop.subscribe();
            let stopped = async move {
                // An error means that the sender is gone, which is a stop as well.
                let _ = stopped.wait_for(|stopped| *stopped).await;
            };
            let serving = axum::serve(listener, self.router.clone());
            servers.spawn(serving.with_graceful_shutdown(stopped).into_future());
        }
        servers
    }
}

fn failure(ended: Result<std::io::Result<()>, tokio::task::JoinError>) -> Option<anyhow::Error> {
    match ended {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(error.into()),
        Err(error) => Some(error.into()),
    }
}

/// Starts the sandbox and loads the bundled components into it.
///
/// # Errors
/// When a bundled component is broken or the sandbox cannot be started.
pub(crate) async fn load_plugins(
    cache_dir: Option<PathBuf>,
    external_url: String,
) -> anyhow::Result<Plugins> {
    let load = move || {
        let options = larum_sandbox::Options {
            cache_dir,
            external_url,
            ..larum_sandbox::Options::default()
        };
        Plugins::new(Sandbox::start(options)?)
    };
    tokio::task::spawn_blocking(load).await?
}

/// Where compiled plugins are kept by commands that have no storage path.
pub(crate) fn default_cache_directory() -> Option<PathBuf> {
    let given = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let base = given("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| given("HOME").map(|home| PathBuf::from(home).join(".cache")))?;
    Some(base.join("larum").join("components"))
}

async fn bind(addresses: &[String]) -> anyhow::Result<Vec<TcpListener>> {
    let mut listeners = Vec::with_capacity(addresses.len());
    for address in addresses {
        let listener = match address.strip_prefix(':') {
            // As in Go, no host means every address of both families, or of IPv4 alone where
            // there is no IPv6.
            Some(port) => match TcpListener::bind(format!("[::]:{port}")).await {
                Ok(listener) => Ok(listener),
                Err(_) => TcpListener::bind(format!("0.0.0.0:{port}")).await,
            },
            None => TcpListener::bind(address).await,
        };
        listeners.push(listener.with_context(|| format!("cannot listen on {address}"))?);
    }
    anyhow::ensure!(!listeners.is_empty(), "no address to listen on");
    Ok(listeners)
}

fn addresses(listeners: &[TcpListener]) -> anyhow::Result<Vec<SocketAddr>> {
    let addresses = listeners.iter().map(TcpListener::local_addr);
    addresses
        .collect::<Result<_, _>>()
        .context("cannot tell the address of a listener")
}

fn limits(get_concurrency: usize, timeout: Duration) -> Limits {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let gets_max = match get_concurrency {
        0 => processors.max(8),
        given => given.min(Semaphore::MAX_PERMITS),
    };
    Limits {
        gets: Semaphore::new(gets_max),
        gets_max,
        timeout: (!timeout.is_zero()).then_some(timeout),
    }
}

/// The URL that links in messages begin with: without a slash at the end.
/// How people reach this router. Every link in a message begins with it, so nonsense is refused
/// (Alertmanager `cmd/alertmanager/main.go`, `extURL`, v0.34).
fn external_url(given: Option<&str>, addresses: &[SocketAddr]) -> anyhow::Result<String> {
    let Some(given) = given.filter(|given| !given.is_empty()) else {
        return Ok(default_url(addresses));
    };
    let url = reqwest::Url::parse(given).ok();
    let is_web = |url: &reqwest::Url| matches!(url.scheme(), "http" | "https") && url.has_host();
    anyhow::ensure!(
        url.as_ref().is_some_and(is_web),
        "--web.external-url: {given:?} is no http or https URL; write it as people type it to \
         reach larum, such as http://alerts.example.com:9093/"
    );
    Ok(given.trim_end_matches('/').to_owned())
}

fn default_url(addresses: &[SocketAddr]) -> String {
    let port = addresses.first().map_or(0, SocketAddr::port);
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    match name.trim() {
        "" => format!("http://{}:{port}", Ipv4Addr::LOCALHOST),
        name => format!("http://{name}:{port}"),
    }
}

fn route_prefix(given: Option<&str>, external_url: &str) -> String {
    let path = match given {
        Some(given) if !given.is_empty() => given,
        _ => {
            let after_scheme = external_url
                .split_once("://")
                .map_or(external_url, |(_, rest)| rest);
            after_scheme.split_once('/').map_or("", |(_, path)| path)
        }
    };
    match path.trim_matches('/') {
        "" => String::new(),
        path => format!("/{path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(external: Option<&str>, prefix: Option<&str>, url: &str, expected_prefix: &str) {
        let addresses = ["127.0.0.1:4711".parse().unwrap()];
        let made = external_url(external, &addresses).unwrap();
        assert!(made.ends_with(url), "{made}");
        assert_eq!(route_prefix(prefix, &made), expected_prefix);
    }

    #[test]
    fn url_and_prefix_follow_from_each_other() {
        check(None, None, ":4711", "");
        check(Some("http://am.example/"), None, "http://am.example", "");
        check(
            Some("https://example/am/"),
            None,
            "https://example/am",
            "/am",
        );
        check(
            Some("https://example/am"),
            Some("/"),
            "https://example/am",
            "",
        );
        check(
            Some("https://example/am"),
            Some("/x/"),
            "https://example/am",
            "/x",
        );
        check(None, Some("foo"), ":4711", "/foo");
    }

    #[test]
    fn what_is_no_web_address_is_refused() {
        for given in ["notaurl", "/am", "example:80", "ftp://example/"] {
            assert!(external_url(Some(given), &[]).is_err(), "{given}");
        }
    }
}
