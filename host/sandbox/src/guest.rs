//! One store with one guest in it, and the one function through which every call enters it.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use larum_engine::model::TenantId;
use wasmtime::{
    Engine, ResourceLimiter, Store, StoreContextMut, Trap,
    component::{Instance, InstancePre, Linker, WasmStr},
};

use crate::{
    CallError, CallErrorKind, CallLimits, Limits,
    bindings::log::Level,
    engine::Ticker,
    stats::{Counters, add},
    text::{prefix, printable},
};

/// A checked and compiled component with all that its instances share.
pub(crate) struct Program {
    /// The plugin's name in the configuration.
    pub(crate) name: Arc<str>,
    pub(crate) pre: InstancePre<State>,
    pub(crate) limits: Arc<Limits>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) ticker: Arc<Ticker>,
}

/// Which limits a call is under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Matcher,
    Template,
    Receiver,
    Create,
    Describe,
}

impl Class {
    pub(crate) fn of(self, limits: &Limits) -> &CallLimits {
        match self {
            Self::Matcher => &limits.matcher,
            Self::Template => &limits.template,
            Self::Receiver => &limits.receiver,
            Self::Create => &limits.create,
            Self::Describe => &limits.describe,
        }
    }
}

/// A store and what is left of it after its calls.
pub(crate) struct Guest {
    program: Arc<Program>,
    store: Store<State>,
    is_dead: bool,
}

impl Guest {
    /// Starts an instance, and takes from it what `load` wants. Start functions are guest code
    /// and run under the limits of `class`.
    pub(crate) fn start<R>(
        program: Arc<Program>,
        tenant: &TenantId,
        class: Class,
        load: impl FnOnce(&mut Store<State>, &Instance) -> wasmtime::Result<R>,
    ) -> Result<(Self, R), CallError> {
        let engine = program.pre.engine().clone();
        let mut store = Store::new(&engine, State::new(&program, tenant));
        store.limiter(|state| state);
        store.set_max_component_handles(program.limits.instance.handles);
        add(&program.counters.instances_started, 1);
        let pre = program.pre.clone();
        let mut guest = Self {
            program,
            store,
            is_dead: false,
        };
        let loaded = guest.call(class, |store| {
            let instance = pre.instantiate(&mut *store)?;
            load(store, &instance)
        })?;
        Ok((guest, loaded))
    }

    /// Enters the guest. Every call goes through here: it sets the deadline, the fuel and the log
    /// budget, catches traps and panics, and says in the words of [`CallErrorKind`] what failed.
    /// A guest that failed is dead: what its memory holds cannot be known.
    pub(crate) fn call<R>(
        &mut self,
        class: Class,
        enter: impl FnOnce(&mut Store<State>) -> wasmtime::Result<R>,
    ) -> Result<R, CallError> {
        if self.is_dead {
            return Err(self.failure(CallErrorKind::Trap, "the instance was replaced"));
        }
        let program = self.program.clone();
        let limits = class.of(&program.limits);
        add(&program.counters.calls, 1);
        self.store.data_mut().begin(limits);
        // The running millisecond has begun already, so it does not count.
        let ticks = u64::try_from(limits.deadline.as_millis()).unwrap_or(u64::MAX / 2);
        self.store.set_epoch_deadline(ticks.saturating_add(1));
        self.store.set_hostcall_fuel(limits.hostcall_fuel_bytes);
        let entered = {
            let _running = program.ticker.running();
            catch_unwind(AssertUnwindSafe(|| enter(&mut self.store)))
        };
        self.store.data_mut().end(&program.counters);
        match entered {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => {
                self.is_dead = true;
                let (kind, message) = self.classify(&error, limits);
                let error = format!("{error:?}");
                tracing::debug!(plugin = %program.name, error, "call failed");
                Err(self.failure(kind, message))
            }
            Err(_) => {
                self.is_dead = true;
                Err(self.failure(
                    CallErrorKind::Trap,
                    "the host panicked while the plugin ran",
                ))
            }
        }
    }

    /// Whether no call can succeed any more.
    pub(crate) fn is_dead(&self) -> bool {
        self.is_dead
    }

    /// All linear memories together, in bytes.
    pub(crate) fn memory_bytes(&self) -> usize {
        self.store.data().memory_bytes
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.program.limits
    }

    pub(crate) fn counters(&self) -> &Counters {
        &self.program.counters
    }

    /// An error in the plugin's name, counted.
    pub(crate) fn failure(&self, kind: CallErrorKind, message: impl Into<String>) -> CallError {
        self.program
            .counters
            .failure(&self.program.name, kind, message)
    }

    fn classify(&self, error: &wasmtime::Error, limits: &CallLimits) -> (CallErrorKind, String) {
        let trap = error.downcast_ref::<Trap>();
        if trap == Some(&Trap::Interrupt) {
            let deadline = limits.deadline.as_millis();
            return (
                CallErrorKind::Deadline,
                format!("took longer than {deadline} ms"),
            );
        }
        if self.store.data().was_refused {
            let allowed = self.store.data().memory_bytes_max >> 10;
            let message = format!("wanted more memory than the {allowed} KiB it may have");
            return (CallErrorKind::Memory, message);
        }
        if error.is::<wasmtime::PoolConcurrencyLimitError>() {
            return (
                CallErrorKind::Overloaded,
                "too many instances are in use".to_owned(),
            );
        }
        let cause = error.root_cause().to_string();
        // wasmtime keeps the type of this error to itself.
        if cause.contains("fuel allocated for hostcalls has been exhausted") {
            let allowed = limits.hostcall_fuel_bytes >> 10;
            let message = format!("handed the host more than {allowed} KiB in one call");
            return (CallErrorKind::HostcallFuel, message);
        }
        if trap == Some(&Trap::StackOverflow) {
            return (CallErrorKind::Trap, "ran out of stack".to_owned());
        }
        (
            CallErrorKind::Trap,
            printable(&cause, self.program.limits.data.message_bytes),
        )
    }
}

/// What the host keeps beside a guest.
pub(crate) struct State {
    plugin: Arc<str>,
    tenant: TenantId,
    memory_bytes: usize,
    memory_bytes_before: usize,
    memory_bytes_max: usize,
    table_elements_max: usize,
    /// Whether memory or a table was refused during this call.
    was_refused: bool,
    log_lines_left: u32,
    log_bytes_left: usize,
    log_lines_written: usize,
    log_lines_dropped: usize,
}

impl State {
    fn new(program: &Program, tenant: &TenantId) -> Self {
        Self {
            plugin: program.name.clone(),
            tenant: tenant.clone(),
            memory_bytes: 0,
            memory_bytes_before: 0,
            memory_bytes_max: program.limits.instance.memory_bytes,
            table_elements_max: program.limits.instance.table_elements,
            was_refused: false,
            log_lines_left: 0,
            log_bytes_left: 0,
            log_lines_written: 0,
            log_lines_dropped: 0,
        }
    }

    fn begin(&mut self, limits: &CallLimits) {
        self.was_refused = false;
        self.log_lines_left = limits.log_lines;
        self.log_bytes_left = limits.log_bytes;
        self.log_lines_written = 0;
        self.log_lines_dropped = 0;
    }

    fn end(&mut self, counters: &Counters) {
        add(&counters.log_lines, self.log_lines_written);
        if self.log_lines_dropped > 0 {
            add(&counters.log_lines_dropped, self.log_lines_dropped);
            tracing::warn!(
                plugin = %self.plugin,
                tenant = %self.tenant,
                dropped = self.log_lines_dropped,
                "the plugin logged more than it may in one call"
            );
        }
    }

    /// Whether one more line fits into the budget; counts it as dropped if not.
    fn admits_line(&mut self) -> bool {
        let admits = self.log_lines_left > 0 && self.log_bytes_left > 0;
        if !admits {
            self.log_lines_dropped += 1;
        }
        admits
    }

    /// Logs a line that was admitted, cut to what is left of the budget.
    fn log(&mut self, level: Level, line: &str) {
        let line = prefix(line, self.log_bytes_left);
        self.log_lines_left -= 1;
        self.log_bytes_left -= line.len();
        self.log_lines_written += 1;
        let line = printable(line, usize::MAX);
        let (plugin, tenant) = (&self.plugin, &self.tenant);
        match level {
            Level::Debug => tracing::debug!(target: "larum::plugin", %plugin, %tenant, "{line}"),
            Level::Info => tracing::info!(target: "larum::plugin", %plugin, %tenant, "{line}"),
            Level::Warn => tracing::warn!(target: "larum::plugin", %plugin, %tenant, "{line}"),
            Level::Error => tracing::error!(target: "larum::plugin", %plugin, %tenant, "{line}"),
        }
    }
}

impl ResourceLimiter for State {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let total = self
            .memory_bytes
            .saturating_sub(current)
            .saturating_add(desired);
        if total > self.memory_bytes_max {
            self.was_refused = true;
            return Ok(false);
        }
        self.memory_bytes_before = self.memory_bytes;
        self.memory_bytes = total;
        Ok(true)
    }

    fn memory_grow_failed(&mut self, _error: wasmtime::Error) -> wasmtime::Result<()> {
        if !self.was_refused {
            self.memory_bytes = self.memory_bytes_before;
            self.was_refused = true;
        }
        Ok(())
    }

    fn table_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let is_allowed = desired <= self.table_elements_max;
        self.was_refused |= !is_allowed;
        Ok(is_allowed)
    }

    fn instances(&self) -> usize {
        20
    }

    fn memories(&self) -> usize {
        4
    }

    fn tables(&self) -> usize {
        8
    }
}

/// All that a plugin may import: `log`, and interfaces that hold nothing but types.
///
/// # Errors
/// When wasmtime refuses a name, which it does not.
pub(crate) fn linker(engine: &Engine) -> wasmtime::Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    linker.instance("larum:plugin/types@0.1.0")?;
    linker.instance("larum:plugin/wire@0.1.0")?;
    linker
        .instance("larum:plugin/log@0.1.0")?
        .func_wrap("log", log)?;
    Ok(linker)
}

/// The message is not copied out of the guest before it is known to fit: a flood of lines costs
/// the guest its deadline and the host next to nothing.
fn log(
    mut store: StoreContextMut<'_, State>,
    (level, message): (Level, WasmStr),
) -> wasmtime::Result<()> {
    if store.data_mut().admits_line() {
        // A line longer than the budget is as long as the guest's memory at most, and there are
        // few of them: the budget is empty afterwards.
        let line = message.to_str(&store)?.into_owned();
        store.data_mut().log(level, &line);
    }
    Ok(())
}
