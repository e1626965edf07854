//! How much a plugin may use: one table, every number of it configurable.

use std::time::Duration;

/// All limits of a sandbox.
#[derive(Clone, Debug)]
pub struct Limits {
    /// A matcher's call with one batch.
    pub matcher: CallLimits,
    /// A template's rendering of all texts of one integration.
    pub template: CallLimits,
    /// One step of a delivery.
    pub receiver: CallLimits,
    /// Starting an instance, and building a matcher, template or receiver from its settings.
    pub create: CallLimits,
    /// The one call of `describe` when a component is loaded.
    pub describe: CallLimits,
    /// What an instance may hold, and how long it lives.
    pub instance: InstanceLimits,
    /// What the host hands in, takes back and keeps.
    pub data: DataLimits,
    /// How much may wait, and for how long.
    pub queue: QueueLimits,
}

/// Limits of one entry into a guest.
#[derive(Clone, Debug)]
pub struct CallLimits {
    /// Ends the call. It counts milliseconds that pass, not milliseconds of CPU: on a machine
    /// whose cores are taken, a call gets less done before it.
    pub deadline: Duration,
    /// How much the guest may make the host allocate with one result or one argument of a host
    /// call, in bytes as wasmtime counts them. Lifting is outside the deadline, so this is what
    /// bounds it.
    pub hostcall_fuel_bytes: usize,
    /// Lines of log; what is beyond is counted and dropped.
    pub log_lines: u32,
    /// Bytes of log; what is beyond is counted and dropped.
    pub log_bytes: usize,
    /// Text in the result, in bytes.
    pub output_bytes: usize,
}

/// Limits of an instance.
#[derive(Clone, Debug)]
pub struct InstanceLimits {
    /// All linear memories together, in bytes.
    pub memory_bytes: usize,
    /// Elements of one table.
    pub table_elements: usize,
    /// Live resource handles. Above `deliveries`, or that cannot be reached.
    pub handles: usize,
    /// Deliveries under way.
    pub deliveries: usize,
    /// After this many calls, give or take a fifth, a new instance takes over, so that no plugin
    /// comes to rely on what it remembers.
    pub calls: u64,
    /// At this share of `memory_bytes` a new instance takes over, in percent.
    pub memory_recycle_percent: usize,
    /// Instances that a worker keeps; the one unused for longest makes room.
    pub kept_per_worker: usize,
}

/// Limits of what is handed over and kept.
#[derive(Clone, Debug)]
pub struct DataLimits {
    /// A component's file, in bytes.
    pub component_bytes: usize,
    /// Name, version and schema from `describe` together, in bytes.
    pub info_bytes: usize,
    /// Alerts in one batch of a matcher. The contract in `wit/` promises at most 1,024.
    pub batch_rows: usize,
    /// Cells in one batch of a matcher: alerts with a thousand different label names must not
    /// become a matrix of millions.
    pub batch_cells: usize,
    /// Projected text in one batch of a matcher, in bytes.
    pub batch_bytes: usize,
    /// Verdicts remembered for each use of a matcher.
    pub memo_entries: usize,
    /// Text of the remembered verdicts for each use of a matcher, in bytes.
    pub memo_bytes: usize,
    /// A notification.
    pub notification: NotificationLimits,
    /// A notification that broke a plugin before.
    pub brief_notification: NotificationLimits,
    /// Requests that one delivery may ask for.
    pub delivery_steps: u32,
    /// Body of a response as the guest sees it, in bytes.
    pub response_bytes: usize,
    /// A guest's error message, in bytes as the host keeps it.
    pub message_bytes: usize,
}

/// Limits of a notification as a plugin sees it.
#[derive(Clone, Debug)]
pub struct NotificationLimits {
    /// Alerts; further ones are counted in `truncated-alerts`.
    pub alerts: usize,
    /// Text of the alerts, in bytes; at least one alert goes along.
    pub bytes: usize,
}

/// Limits of waiting.
#[derive(Clone, Debug)]
pub struct QueueLimits {
    /// Jobs that wait for one worker.
    pub jobs_per_worker: usize,
    /// How long a caller waits for a place in the queue before it hears `Overloaded`.
    pub wait: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let call =
            |deadline_ms, fuel_kib: usize, log: (u32, usize), output_kib: usize| CallLimits {
                deadline: Duration::from_millis(deadline_ms),
                hostcall_fuel_bytes: fuel_kib * KIB,
                log_lines: log.0,
                log_bytes: log.1 * KIB,
                output_bytes: output_kib * KIB,
            };
        Self {
            matcher: call(100, 256, (20, 4), 64),
            // A group of thousands of alerts goes in, and a document of all of them comes out: for
            // a notification at its limit there must be time and room.
            template: call(1_000, 4 * KIB, (20, 4), 2 * KIB),
            receiver: call(1_000, 16 * KIB, (50, 16), 12 * KIB),
            create: call(1_000, 64, (20, 4), 32),
            describe: call(250, 128, (0, 0), 64),
            instance: InstanceLimits::default(),
            data: DataLimits::default(),
            queue: QueueLimits {
                jobs_per_worker: 1_024,
                wait: Duration::from_secs(2),
            },
        }
    }
}

impl Default for InstanceLimits {
    fn default() -> Self {
        Self {
            memory_bytes: 64 * MIB,
            table_elements: 20_000,
            handles: 20_000,
            deliveries: 10_000,
            calls: 10_000,
            memory_recycle_percent: 75,
            kept_per_worker: 128,
        }
    }
}

impl Default for DataLimits {
    fn default() -> Self {
        Self {
            component_bytes: 32 * MIB,
            info_bytes: 64 * KIB,
            batch_rows: 1_024,
            batch_cells: 256 * KIB,
            batch_bytes: 4 * MIB,
            memo_entries: 64 * KIB,
            memo_bytes: 8 * MIB,
            notification: NotificationLimits {
                alerts: 10_000,
                bytes: 4 * MIB,
            },
            brief_notification: NotificationLimits {
                alerts: 100,
                bytes: 128 * KIB,
            },
            delivery_steps: 8,
            response_bytes: 64 * KIB,
            message_bytes: 4 * KIB,
        }
    }
}

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;
