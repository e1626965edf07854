//! What the operating system says of this process, under the names every Prometheus client uses.

use std::{fmt, fs};

use larum_engine::model::Timestamp;
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{counter::ConstCounter, gauge::ConstGauge},
};

use super::metrics::seconds;

/// Reads `/proc/self` at each scrape.
#[derive(Debug)]
pub(crate) struct ProcessCollector {
    started: Timestamp,
}

impl ProcessCollector {
    /// `started` is when the process began.
    pub(crate) fn new(started: Timestamp) -> Self {
        Self { started }
    }
}

impl Collector for ProcessCollector {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let process = Process::read();
        let mut gauge = |name, help, value: f64| {
            let gauge = ConstGauge::new(value);
            gauge.encode(encoder.encode_descriptor(name, help, None, gauge.metric_type())?)
        };
        gauge(
            "process_start_time_seconds",
            "When the process began",
            seconds(self.started),
        )?;
        gauge(
            "process_resident_memory_bytes",
            "Memory in use",
            process.resident_memory_bytes,
        )?;
        gauge(
            "process_virtual_memory_bytes",
            "Memory mapped",
            process.virtual_memory_bytes,
        )?;
        gauge(
            "process_open_fds",
            "Open file descriptors",
            process.open_fds,
        )?;
        gauge(
            "process_max_fds",
            "File descriptors that may be open",
            process.max_fds,
        )?;
        let cpu = ConstCounter::new(process.cpu_seconds);
        cpu.encode(encoder.encode_descriptor(
            "process_cpu_seconds",
            "Processor time used",
            None,
            cpu.metric_type(),
        )?)
    }
}

/// Readings of `/proc/self`; zero where there is none.
#[derive(Clone, Copy, Debug, Default)]
struct Process {
    cpu_seconds: f64,
    resident_memory_bytes: f64,
    virtual_memory_bytes: f64,
    open_fds: f64,
    max_fds: f64,
}

/// What `/proc` counts processor time in, on every Linux there is (`USER_HZ`).
const TICKS_PER_SECOND: f64 = 100.0;

impl Process {
    /// How the process is now.
    fn read() -> Self {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
        let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
        // The reading itself has one of them open.
        let open =
            fs::read_dir("/proc/self/fd").map_or(0, |entries| entries.count().saturating_sub(1));
        Self {
            cpu_seconds: cpu_ticks(&stat) / TICKS_PER_SECOND,
            resident_memory_bytes: kilobytes(&status, "VmRSS:") * 1024.0,
            virtual_memory_bytes: kilobytes(&status, "VmSize:") * 1024.0,
            open_fds: u32::try_from(open).unwrap_or(u32::MAX).into(),
            max_fds: max_open_files(&limits),
        }
    }
}

/// User and system time: fields 14 and 15, counted after the command's name, which may hold
/// spaces and brackets.
fn cpu_ticks(stat: &str) -> f64 {
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    after_name
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse::<f64>().ok())
        .sum()
}

fn kilobytes(status: &str, key: &str) -> f64 {
    number(status.lines().find_map(|line| line.strip_prefix(key)), 0)
}

fn max_open_files(limits: &str) -> f64 {
    number(
        limits
            .lines()
            .find_map(|line| line.strip_prefix("Max open files")),
        0,
    )
}

fn number(line: Option<&str>, word: usize) -> f64 {
    line.and_then(|line| line.split_whitespace().nth(word))
        .and_then(|text| text.parse().ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_proc_prints() {
        let stat = "7 (a (b) c) S 1 7 7 0 -1 4194560 900 0 0 0 150 50 0 0 20 0 4 0 99 1 1";
        assert!((cpu_ticks(stat) - 200.0).abs() < f64::EPSILON);
        assert!(
            (kilobytes("Name:\tx\nVmRSS:\t   512 kB\n", "VmRSS:") - 512.0).abs() < f64::EPSILON
        );
        assert!(
            (max_open_files("Max open files            1024                 4096  files") - 1024.0)
                .abs()
                < f64::EPSILON
        );
    }
}
