//! The sandbox itself: an engine, its workers and its cache.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, Weak},
    thread,
};

use anyhow::Context as _;
use wasmtime::{Engine, component::Linker};

use crate::{
    Component, Limits, LoadError, Stats,
    cache::Cache,
    component::{self, Candidate, Loaded, Shared},
    engine::{self, Ticker},
    guest::{self, Program, State},
    pool::Pool,
    stats::Registry,
};

/// Compiling and describing run on a thread with room for both.
const LOAD_STACK_BYTES: usize = 8 << 20;

/// How a sandbox is set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where compiled components are kept from one start to the next. None: they are compiled at
    /// every start.
    pub cache_dir: Option<PathBuf>,
    /// Threads that run plugins, at least 1.
    pub workers: usize,
    /// What plugins may use.
    pub limits: Limits,
    /// Under which address people reach this router; plugins see it in notifications.
    pub external_url: String,
}

impl Default for Options {
    /// No cache, and as many workers as there are cores, but at least 2.
    fn default() -> Self {
        let cores = thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self {
            cache_dir: None,
            workers: cores.max(2),
            limits: Limits::default(),
            external_url: String::new(),
        }
    }
}

/// Loads plugins and runs them.
pub struct Sandbox {
    engine: Engine,
    linker: Linker<State>,
    ticker: Arc<Ticker>,
    pool: Arc<Pool>,
    limits: Arc<Limits>,
    cache: Option<Cache>,
    registry: Registry,
    external_url: Arc<str>,
    /// What is in use, by plugin name and digest.
    loaded: Mutex<HashMap<(String, String), Weak<Shared>>>,
}

impl Sandbox {
    /// Starts the threads. A cache that cannot be used is left out with a warning.
    ///
    /// # Errors
    /// When the machine gives no threads or wasmtime refuses it.
    pub fn start(options: Options) -> Result<Arc<Self>, anyhow::Error> {
        let Options {
            cache_dir,
            workers,
            limits,
            external_url,
        } = options;
        let workers = workers.max(1);
        let engine = engine::build(&limits, workers)?;
        let linker = guest::linker(&engine).map_err(|error| anyhow::anyhow!("{error:#}"))?;
        let ticker = Ticker::start(&engine).context("cannot start the sandbox's ticker")?;
        let pool = Pool::start(workers, &limits).context("cannot start the sandbox's workers")?;
        let cache = cache_dir.and_then(|directory| {
            Cache::open(&directory)
                .inspect_err(|error| {
                    let (directory, error) = (directory.display(), format!("{error:#}"));
                    tracing::warn!(%directory, error, "compiled plugins are not kept");
                })
                .ok()
        });
        Ok(Arc::new(Self {
            engine,
            linker,
            ticker,
            pool: Arc::new(pool),
            limits: Arc::new(limits),
            cache,
            registry: Registry::default(),
            external_url: external_url.into(),
            loaded: Mutex::default(),
        }))
    }

    /// Loads a component: checks it, compiles it or takes it from the cache, and asks it what it
    /// is. `name` is the plugin's name in the configuration. What is in use already under this
    /// name and with these bytes is not loaded again. Blocks, for seconds when there is much to
    /// compile.
    ///
    /// # Errors
    /// When the bytes are no plugin for this host, in words that say how to mend it.
    pub fn load(&self, name: &str, bytes: &[u8]) -> Result<Component, LoadError> {
        let candidate = Candidate::read(bytes, self.limits.data.component_bytes)?;
        let key = (name.to_owned(), candidate.digest.clone());
        if let Some(component) = self.in_use(&key) {
            return Ok(component);
        }
        let loaded = thread::scope(|scope| {
            let thread = thread::Builder::new()
                .name("larum-load".to_owned())
                .stack_size(LOAD_STACK_BYTES)
                .spawn_scoped(scope, || self.load_new(name, bytes, candidate))
                .map_err(|error| LoadError::Compile(format!("no thread: {error}")))?;
            let panicked = |_| Err(LoadError::Compile("the compiler panicked".to_owned()));
            thread.join().unwrap_or_else(panicked)
        })?;
        let component = Component::new(loaded, self.pool.clone());
        let mut all = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, weak| weak.strong_count() > 0);
        all.insert(key, Arc::downgrade(component.shared()));
        Ok(component)
    }

    /// What has happened since the start.
    pub fn stats(&self) -> Stats {
        self.registry.snapshot()
    }

    fn in_use(&self, key: &(String, String)) -> Option<Component> {
        let all = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(key)
            .and_then(Weak::upgrade)
            .map(Component::from_shared)
    }

    fn load_new(
        &self,
        name: &str,
        bytes: &[u8],
        candidate: Candidate,
    ) -> Result<Loaded, LoadError> {
        let cache = self.cache.as_ref();
        let compiled = component::compile(
            &self.engine,
            cache,
            &self.registry,
            bytes,
            &candidate.digest,
        )?;
        let pre = self
            .linker
            .instantiate_pre(&compiled)
            .map_err(component::type_error)?;
        let name: Arc<str> = name.into();
        let program = Arc::new(Program {
            counters: self.registry.plugin(&name),
            name,
            pre,
            limits: self.limits.clone(),
            ticker: self.ticker.clone(),
        });
        Loaded::new(
            self.pool.next_id(),
            program,
            candidate,
            self.external_url.clone(),
        )
    }
}
