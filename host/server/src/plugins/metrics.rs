//! What plugins do, as the sandbox counts it, in Prometheus's form.

use std::{fmt, sync::Arc};

use larum_sandbox::{CallErrorKind, Sandbox};
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric as _},
    metrics::{MetricType, counter::ConstCounter},
    registry::Registry,
};

/// Adds the plugins' counters to a registry.
pub(super) fn register(sandbox: Arc<Sandbox>, registry: &mut Registry) {
    registry.register_collector(Box::new(PluginCollector(sandbox)));
}

/// Asks the sandbox at each scrape.
struct PluginCollector(Arc<Sandbox>);

impl fmt::Debug for PluginCollector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PluginCollector")
    }
}

impl Collector for PluginCollector {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let stats = self.0.stats();
        let plugins = || stats.plugins.iter().map(|(name, stats)| (&**name, stats));
        let failures = plugins().flat_map(|(plugin, stats)| {
            CallErrorKind::ALL.map(|kind| {
                (
                    vec![("plugin", plugin), ("kind", kind.as_str())],
                    stats.failed(kind),
                )
            })
        });
        let verdicts = plugins().flat_map(|(plugin, stats)| {
            [("memory", stats.memo_hits), ("plugin", stats.memo_misses)]
                .map(|(source, count)| (vec![("plugin", plugin), ("source", source)], count))
        });
        let calls = plugins().map(|(plugin, stats)| (vec![("plugin", plugin)], stats.calls));
        let started =
            plugins().map(|(plugin, stats)| (vec![("plugin", plugin)], stats.instances_started));
        let mut write = |name, help, rows| write(&mut encoder, name, help, rows);
        write(
            "larum_plugin_failures",
            "Calls into plugins that gave no answer",
            failures.collect(),
        )?;
        write(
            "larum_plugin_calls",
            "Entries into plugins, of every kind",
            calls.collect(),
        )?;
        write(
            "larum_plugin_instances_started",
            "Instances of plugins that were started",
            started.collect(),
        )?;
        write(
            "larum_plugin_verdicts",
            "Verdicts of plugin matchers: remembered ones, and those that were asked for",
            verdicts.collect(),
        )
    }
}

type Row<'a> = (Vec<(&'static str, &'a str)>, u64);

fn write(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    rows: Vec<Row<'_>>,
) -> Result<(), fmt::Error> {
    let mut family = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
    for (labels, count) in rows {
        ConstCounter::new(count).encode(family.encode_family(&labels)?)?;
    }
    Ok(())
}
