//! wasmtime, set up for code that nobody trusts, and the thread that keeps its deadlines.

use std::{
    num::NonZeroUsize,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    thread::{self, Thread},
    time::Duration,
};

use wasmtime::{
    Config, Engine, EngineWeak, InstanceAllocationStrategy, PoolingAllocationConfig, WasmFeatures,
};

use crate::Limits;

/// One tick of the epoch: the grain of all deadlines.
const TICK: Duration = Duration::from_millis(1);
/// After so many ticks without a call the ticker sleeps until the next call.
const IDLE_TICKS: u32 = 100;
/// How long a sleeping ticker takes at most to notice that the engine is gone.
const IDLE_NAP: Duration = Duration::from_secs(1);

/// An engine that takes its instances from a pool, or from the system where the address space
/// is too short for a pool.
///
/// # Errors
/// When wasmtime refuses the configuration or the machine.
pub(crate) fn build(limits: &Limits, workers: usize) -> anyhow::Result<Engine> {
    let mut config = hardened();
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(limits, workers)));
    match Engine::new(&config) {
        Ok(engine) => Ok(engine),
        Err(error) => {
            tracing::warn!(
                error = format!("{error:#}"),
                "no address space for a pool of instances; they will start more slowly"
            );
            config.allocation_strategy(InstanceAllocationStrategy::OnDemand);
            Engine::new(&config)
                .map_err(|error| anyhow::anyhow!("cannot start wasmtime: {error:#}"))
        }
    }
}

/// What every plugin is compiled and run with. A change here makes every cached component be
/// compiled anew.
fn hardened() -> Config {
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        .concurrency_support(false)
        // Equal inputs give equal bits, so that verdicts may be remembered.
        .cranelift_nan_canonicalization(true)
        .max_wasm_stack(512 << 10)
        .wasm_backtrace_max_frames(NonZeroUsize::new(16));
    // Each of these is code in the compiler and the runtime that no plugin needs. Multiple
    // memories stay allowed: a component made of several modules needs them in its adapters.
    let unneeded = [
        WasmFeatures::TAIL_CALL,
        WasmFeatures::RELAXED_SIMD,
        WasmFeatures::MEMORY64,
        WasmFeatures::THREADS,
        WasmFeatures::SHARED_EVERYTHING_THREADS,
        WasmFeatures::GC,
        WasmFeatures::FUNCTION_REFERENCES,
        WasmFeatures::EXCEPTIONS,
        WasmFeatures::LEGACY_EXCEPTIONS,
        WasmFeatures::STACK_SWITCHING,
        WasmFeatures::WIDE_ARITHMETIC,
        WasmFeatures::CUSTOM_PAGE_SIZES,
        WasmFeatures::CM_ASYNC,
        WasmFeatures::CM_ERROR_CONTEXT,
        WasmFeatures::CM_THREADING,
        WasmFeatures::CM_GC,
    ];
    for feature in unneeded {
        config.wasm_features(feature, false);
    }
    config
}

fn pool(limits: &Limits, workers: usize) -> PoolingAllocationConfig {
    // Beside what the workers keep, each may be starting one, and some components are described.
    let instances = workers * (limits.instance.kept_per_worker + 2) + 16;
    let instances = u32::try_from(instances).unwrap_or(u32::MAX / 8);
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(instances)
        .total_core_instances(instances.saturating_mul(4))
        .total_memories(instances.saturating_mul(2))
        .total_tables(instances.saturating_mul(4))
        .max_memory_size(limits.instance.memory_bytes)
        .table_elements(limits.instance.table_elements)
        .max_core_instances_per_component(20)
        .max_memories_per_component(4)
        .max_tables_per_component(8);
    pool
}

/// Keeps the deadlines: moves the epoch on while calls run.
pub(crate) struct Ticker {
    running: AtomicUsize,
    asleep: AtomicBool,
    thread: std::sync::OnceLock<Thread>,
}

/// Says that a call runs, for as long as it lives.
pub(crate) struct Running<'a>(&'a Ticker);

impl Ticker {
    /// Starts the thread. It ends by itself when the engine is gone.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(crate) fn start(engine: &Engine) -> std::io::Result<Arc<Self>> {
        let ticker = Arc::new(Self {
            running: AtomicUsize::new(0),
            asleep: AtomicBool::new(false),
            thread: std::sync::OnceLock::new(),
        });
        let (weak, shared) = (engine.weak(), ticker.clone());
        let thread = thread::Builder::new()
            .name("larum-ticker".to_owned())
            .spawn(move || shared.tick(&weak))?;
        ticker.thread.get_or_init(|| thread.thread().clone());
        Ok(ticker)
    }

    /// Says that a call runs from now on.
    pub(crate) fn running(&self) -> Running<'_> {
        // Either this sees that the ticker sleeps, or the ticker sees that a call runs: both
        // write before they read, in one order that all threads agree on.
        self.running.fetch_add(1, SeqCst);
        if self.asleep.load(SeqCst)
            && let Some(thread) = self.thread.get()
        {
            thread.unpark();
        }
        Running(self)
    }

    fn tick(&self, engine: &EngineWeak) {
        let mut idle_ticks = 0;
        loop {
            match engine.upgrade() {
                Some(engine) => engine.increment_epoch(),
                None => return,
            }
            let is_idle = self.running.load(SeqCst) == 0;
            idle_ticks = if is_idle { idle_ticks + 1 } else { 0 };
            if idle_ticks > IDLE_TICKS {
                self.sleep();
            } else {
                thread::sleep(TICK);
            }
        }
    }

    /// A thousand wake-ups a second are no way for an idle process to spend a battery.
    fn sleep(&self) {
        self.asleep.store(true, SeqCst);
        if self.running.load(SeqCst) == 0 {
            thread::park_timeout(IDLE_NAP);
        }
        self.asleep.store(false, SeqCst);
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, SeqCst);
    }
}
