//! `cargo xtask bench`: the budgets of the design, measured, beside Alertmanager where it is on PATH.
//!
//! Both routers get the same bytes from the same sender and notify the same webhook, one after the
//! other, in one run: machines are noisy, so the ratio is what counts.

#![allow(
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a bench reads the clock, and its figures are no longer than a double's digits"
)]

mod load;
mod router;
mod webhook;

use std::{fmt::Write as _, path::PathBuf, process::Command, time::Duration};

use anyhow::{Context as _, Result, ensure};

use load::Alerts;
use router::{Kind, Router};
use webhook::Webhook;

/// How much is sent. `--quick` takes a tenth.
struct Scale {
    alerts: usize,
    groups_view_alerts: usize,
    latency_rounds: usize,
    starts: usize,
}

const ALERTS_PER_POST: usize = 100;

const USAGE: &str = "usage: cargo xtask bench [routers | plugins] [--quick] [--binary=LARUM]";

/// Runs the measurements that are asked for, all by default, and gives their table. A binary that
/// is named is measured instead of one that is built from these sources.
pub(crate) fn run(arguments: &[&str]) -> Result<String> {
    let (mut is_quick, mut binary, mut wanted) = (false, None, None);
    for argument in arguments {
        match (*argument, argument.strip_prefix("--binary=")) {
            (_, Some(path)) => binary = Some(PathBuf::from(path)),
            ("--quick", _) => is_quick = true,
            ("routers" | "plugins", _) if wanted.is_none() => wanted = Some(*argument),
            _ => anyhow::bail!("{USAGE}"),
        }
    }
    let mut text = String::new();
    if wanted != Some("plugins") {
        text.push_str(&routers(is_quick, binary)?);
    }
    if wanted != Some("routers") {
        text.push_str(&plugins()?);
    }
    Ok(text)
}

fn routers(is_quick: bool, binary: Option<PathBuf>) -> Result<String> {
    let scale = match is_quick {
        false => Scale {
            alerts: 50_000,
            groups_view_alerts: 100_000,
            latency_rounds: 200,
            starts: 7,
        },
        true => Scale {
            alerts: 5_000,
            groups_view_alerts: 10_000,
            latency_rounds: 30,
            starts: 3,
        },
    };
    let larum = match binary {
        Some(binary) => binary,
        None => build_larum()?,
    };
    let larum = measure(&Kind::Larum(larum), &scale)?;
    let alertmanager = match larum_test_peers::on_path("alertmanager") {
        Some(program) => Some(measure(&Kind::Alertmanager(program), &scale)?),
        None => None,
    };
    Ok(table(&larum, alertmanager.as_ref(), &scale))
}

/// What was measured of one router.
struct Figures {
    version: String,
    new_alert_us: f64,
    resent_alert_us: f64,
    bytes_per_alert: f64,
    second_start_ms: f64,
    groups_view_ms: f64,
    latency_p50_ms: f64,
    latency_p99_ms: f64,
}

fn measure(kind: &Kind, scale: &Scale) -> Result<Figures> {
    let webhook = Webhook::start()?;
    let (new_alert_us, resent_alert_us) = cpu_per_alert(kind, &webhook, scale.alerts)?;
    let (bytes_per_alert, groups_view_ms) = memory_and_view(kind, &webhook, scale)?;
    let second_start_ms = second_start(kind, &webhook, scale.starts)?;
    let (latency_p50_ms, latency_p99_ms) = latency(kind, &webhook, scale.latency_rounds)?;
    Ok(Figures {
        version: kind.version()?,
        new_alert_us,
        resent_alert_us,
        bytes_per_alert,
        second_start_ms,
        groups_view_ms,
        latency_p50_ms,
        latency_p99_ms,
    })
}

/// CPU time of the router's process per alert: new ones from the POST until all are notified in
/// groups of a hundred, and the same ones sent again.
fn cpu_per_alert(kind: &Kind, webhook: &Webhook, count: usize) -> Result<(f64, f64)> {
    // Alertmanager takes a request's alerts into their group one by one: without a wait the first
    // flush has only some of them.
    let router = Router::start(kind, webhook, "1s")?;
    let bodies = Alerts {
        count,
        group_size: ALERTS_PER_POST,
    }
    .bodies(ALERTS_PER_POST);
    webhook.reset();
    let before = router.cpu_time()?;
    for body in &bodies {
        router.post_alerts(body)?;
    }
    webhook.wait_for_alerts(count, Duration::from_secs(120))?;
    let notified = router.settled_cpu_time()?;
    let rounds = 5;
    for body in bodies.iter().cycle().take(bodies.len() * rounds) {
        router.post_alerts(body)?;
    }
    let resent = router.settled_cpu_time()?;
    let microseconds = |time: Duration, alerts: usize| time.as_secs_f64() * 1e6 / alerts as f64;
    Ok((
        microseconds(notified.saturating_sub(before), count),
        microseconds(resent.saturating_sub(notified), count * rounds),
    ))
}

/// Resident memory per alert that waits in its group, and how long the view of all groups takes.
fn memory_and_view(kind: &Kind, webhook: &Webhook, scale: &Scale) -> Result<(f64, f64)> {
    let count = scale.groups_view_alerts;
    let router = Router::start(kind, webhook, "1h")?;
    let before = router.resident_bytes()?;
    for body in (Alerts {
        count,
        group_size: 20,
    })
    .bodies(ALERTS_PER_POST)
    {
        router.post_alerts(&body)?;
    }
    std::thread::sleep(Duration::from_secs(2));
    let after = router.resident_bytes()?;
    let bytes_per_alert = after.saturating_sub(before) as f64 / count as f64;
    let mut times = Vec::new();
    for _ in 0..3 {
        times.push(router.timed_get("/api/v2/alerts/groups")?);
    }
    Ok((bytes_per_alert, milliseconds(percentile(&mut times, 50))))
}

/// From the start of the process to `/-/ready`, with whatever the first start left on disk.
fn second_start(kind: &Kind, webhook: &Webhook, starts: usize) -> Result<f64> {
    let folder = tempfile::tempdir()?;
    Router::start_in(kind, webhook, "1h", folder.path())?;
    let mut times = Vec::new();
    for _ in 0..starts {
        times.push(Router::start_in(kind, webhook, "1h", folder.path())?.time_to_ready);
    }
    Ok(milliseconds(percentile(&mut times, 50)))
}

/// From sending one alert of a new group, with `group_wait: 0s` and nothing else to do, to the
/// webhook's having it.
fn latency(kind: &Kind, webhook: &Webhook, rounds: usize) -> Result<(f64, f64)> {
    let router = Router::start(kind, webhook, "0s")?;
    let bodies = Alerts {
        count: rounds,
        group_size: 1,
    }
    .bodies(1);
    let mut times = Vec::new();
    for body in &bodies {
        webhook.reset();
        let begun = std::time::Instant::now();
        router.post_alerts(body)?;
        let arrived = webhook.wait_for_alerts(1, Duration::from_secs(20))?;
        times.push(arrived.duration_since(begun));
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok((
        milliseconds(percentile(&mut times, 50)),
        milliseconds(percentile(&mut times, 99)),
    ))
}

fn table(larum: &Figures, alertmanager: Option<&Figures>, scale: &Scale) -> String {
    let mut text = String::new();
    let other = alertmanager.map_or("alertmanager (not on PATH)", |figures| &figures.version);
    writeln!(
        text,
        "{:<52} {:>22} {:>26} {:>7}",
        "", larum.version, other, "ratio"
    )
    .ok();
    let view = format!("GET /alerts/groups, {} alerts", scale.groups_view_alerts);
    type Column = fn(&Figures) -> f64;
    let rows: [(&str, &str, Column); 7] = [
        (
            "CPU per new alert, HTTP to notified, 100 per POST",
            "µs",
            |f| f.new_alert_us,
        ),
        ("CPU per re-sent alert", "µs", |f| f.resent_alert_us),
        (
            "memory per active alert, 9 labels, 2 annotations",
            "B",
            |f| f.bytes_per_alert,
        ),
        ("start to ready, second start", "ms", |f| f.second_start_ms),
        (&view, "ms", |f| f.groups_view_ms),
        ("POST to webhook, idle, group_wait 0s, p50", "ms", |f| {
            f.latency_p50_ms
        }),
        ("POST to webhook, idle, group_wait 0s, p99", "ms", |f| {
            f.latency_p99_ms
        }),
    ];
    for (name, unit, column) in rows {
        let ours = column(larum);
        let (theirs, ratio) = match alertmanager.map(column) {
            Some(theirs) => (
                format!("{theirs:.1} {unit}"),
                format!("{:.2}", ours / theirs),
            ),
            None => ("–".to_owned(), "–".to_owned()),
        };
        let ours = format!("{ours:.1} {unit}");
        writeln!(text, "{name:<52} {ours:>22} {theirs:>26} {ratio:>7}").ok();
    }
    text
}

/// The sandbox's own benches: what a plugin costs.
fn plugins() -> Result<String> {
    let output = Command::new(env!("CARGO"))
        .args([
            "bench",
            "--quiet",
            "--package",
            "larum-sandbox",
            "--bench",
            "plugins",
        ])
        .output()
        .context("cannot run cargo bench")?;
    ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?)
}

fn build_larum() -> Result<PathBuf> {
    let status = Command::new(env!("CARGO"))
        .args([
            "build",
            "--quiet",
            "--release",
            "--package",
            "larum",
            "--bin",
            "larum",
        ])
        .status()
        .context("cannot run cargo")?;
    ensure!(status.success(), "larum does not build");
    Ok(crate::components::workspace_root()?.join("target/release/larum"))
}

fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort();
    times[(times.len() - 1) * percent / 100]
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
