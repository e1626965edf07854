//! Counters of what plugins did, for the server's metrics.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use crate::{CallError, CallErrorKind};

/// What a sandbox has done since it was started. Every number only grows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// By the plugin's name in the configuration; all generations of it together.
    pub plugins: BTreeMap<Arc<str>, PluginStats>,
    /// Components compiled.
    pub components_compiled: u64,
    /// Components taken from the cache.
    pub components_from_cache: u64,
    /// Files in the cache that were ignored because they were not what this host wrote.
    pub cache_rejected: u64,
}

/// What one plugin has done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PluginStats {
    /// Entries into the guest, of every kind: starts of instances and drops of resources too.
    pub calls: u64,
    /// Failures in the order of [`CallErrorKind::ALL`].
    pub failures: [u64; CallErrorKind::ALL.len()],
    /// Verdicts that the host remembered.
    pub memo_hits: u64,
    /// Verdicts that the guest was asked for.
    pub memo_misses: u64,
    /// Instances started.
    pub instances_started: u64,
    /// Instances replaced because of their age or size.
    pub instances_recycled: u64,
    /// Lines logged.
    pub log_lines: u64,
    /// Lines dropped because of the limits.
    pub log_lines_dropped: u64,
}

impl PluginStats {
    /// Failures of one kind.
    pub fn failed(&self, kind: CallErrorKind) -> u64 {
        self.failures[kind as usize]
    }
}

/// A plugin's counters.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) calls: AtomicU64,
    failures: [AtomicU64; CallErrorKind::ALL.len()],
    pub(crate) memo_hits: AtomicU64,
    pub(crate) memo_misses: AtomicU64,
    pub(crate) instances_started: AtomicU64,
    pub(crate) instances_recycled: AtomicU64,
    pub(crate) log_lines: AtomicU64,
    pub(crate) log_lines_dropped: AtomicU64,
}

impl Counters {
    /// Makes an error, and counts it.
    pub(crate) fn failure(
        &self,
        plugin: &Arc<str>,
        kind: CallErrorKind,
        message: impl Into<String>,
    ) -> CallError {
        add(&self.failures[kind as usize], 1);
        CallError {
            plugin: plugin.clone(),
            kind,
            message: message.into(),
        }
    }

    fn snapshot(&self) -> PluginStats {
        PluginStats {
            calls: self.calls.load(Relaxed),
            failures: std::array::from_fn(|index| self.failures[index].load(Relaxed)),
            memo_hits: self.memo_hits.load(Relaxed),
            memo_misses: self.memo_misses.load(Relaxed),
            instances_started: self.instances_started.load(Relaxed),
            instances_recycled: self.instances_recycled.load(Relaxed),
            log_lines: self.log_lines.load(Relaxed),
            log_lines_dropped: self.log_lines_dropped.load(Relaxed),
        }
    }
}

/// The counters of a sandbox.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    plugins: Mutex<BTreeMap<Arc<str>, Arc<Counters>>>,
    pub(crate) components_compiled: AtomicU64,
    pub(crate) components_from_cache: AtomicU64,
    pub(crate) cache_rejected: AtomicU64,
}

impl Registry {
    /// The counters of this plugin.
    pub(crate) fn plugin(&self, name: &Arc<str>) -> Arc<Counters> {
        let mut plugins = self.plugins.lock().unwrap_or_else(PoisonError::into_inner);
        plugins.entry(name.clone()).or_default().clone()
    }

    pub(crate) fn snapshot(&self) -> Stats {
        let plugins = self.plugins.lock().unwrap_or_else(PoisonError::into_inner);
        Stats {
            plugins: plugins
                .iter()
                .map(|(name, it)| (name.clone(), it.snapshot()))
                .collect(),
            components_compiled: self.components_compiled.load(Relaxed),
            components_from_cache: self.components_from_cache.load(Relaxed),
            cache_rejected: self.cache_rejected.load(Relaxed),
        }
    }
}

pub(crate) fn add(counter: &AtomicU64, amount: usize) {
    counter.fetch_add(u64::try_from(amount).unwrap_or(u64::MAX), Relaxed);
}
