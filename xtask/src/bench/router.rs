//! A router under measurement: larum or Alertmanager, started with the same configuration.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;

use super::webhook::Webhook;

/// Which program.
pub(super) enum Kind {
    Larum(PathBuf),
    Alertmanager(PathBuf),
}

impl Kind {
    fn program(&self) -> &Path {
        match self {
            Self::Larum(program) | Self::Alertmanager(program) => program,
        }
    }

    /// Name and version, such as `larum 0.1.0`.
    pub(super) fn version(&self) -> Result<String> {
        let output = Command::new(self.program()).arg("--version").output()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let words: Vec<&str> = text.split_whitespace().take(3).collect();
        ensure!(words.len() == 3, "unexpected version: {text}");
        Ok(format!("{} {}", words[0].trim_end_matches(','), words[2]))
    }
}

/// A running router; it ends with the value.
pub(super) struct Router {
    child: Child,
    address: String,
    client: ureq::Agent,
    pub(super) time_to_ready: Duration,
    _folder: Option<TempDir>,
}

impl Router {
    /// Starts one in a folder of its own.
    pub(super) fn start(kind: &Kind, webhook: &Webhook, group_wait: &str) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut router = Self::start_in(kind, webhook, group_wait, folder.path())?;
        router._folder = Some(folder);
        Ok(router)
    }

    /// Starts one in this folder and waits until it is ready.
    pub(super) fn start_in(
        kind: &Kind,
        webhook: &Webhook,
        group_wait: &str,
        folder: &Path,
    ) -> Result<Self> {
        let configuration = folder.join("alertmanager.yml");
        fs::write(&configuration, configuration_text(webhook, group_wait))?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let begun = Instant::now();
        let child = Command::new(kind.program())
            .arg(format!("--config.file={}", configuration.display()))
            .arg(format!("--storage.path={}", folder.join("data").display()))
            .arg(format!("--web.listen-address={address}"))
            .args(["--cluster.listen-address=", "--log.level=error"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {}", kind.program().display()))?;
        let client = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(120)))
            .build()
            .into();
        let time_to_ready = Duration::ZERO;
        let mut router = Self {
            child,
            address,
            client,
            time_to_ready,
            _folder: None,
        };
        while router.client.get(router.url("/-/ready")).call().is_err() {
            ensure!(
                begun.elapsed() < Duration::from_secs(60),
                "the router does not get ready"
            );
            ensure!(router.child.try_wait()?.is_none(), "the router ended");
            thread::sleep(Duration::from_millis(1));
        }
        router.time_to_ready = begun.elapsed();
        Ok(router)
    }

    /// Sends one body of alerts.
    pub(super) fn post_alerts(&self, body: &str) -> Result<()> {
        let request = self.client.post(self.url("/api/v2/alerts"));
        request
            .header("content-type", "application/json")
            .send(body)?;
        Ok(())
    }

    /// How long a GET takes, body included.
    pub(super) fn timed_get(&self, path: &str) -> Result<Duration> {
        let begun = Instant::now();
        let mut response = self.client.get(self.url(path)).call()?;
        let body = response
            .body_mut()
            .with_config()
            .limit(1 << 30)
            .read_to_vec()?;
        ensure!(body.len() > 1000, "the view is empty");
        Ok(begun.elapsed())
    }

    /// CPU time that the process has used.
    pub(super) fn cpu_time(&self) -> Result<Duration> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // Fields 14 and 15, counted behind the name, which may hold spaces; in ticks of 10 ms.
        let fields: Vec<&str> = stat
            .rsplit(')')
            .next()
            .unwrap_or("")
            .split_whitespace()
            .collect();
        let ticks: u64 = fields[11].parse::<u64>()? + fields[12].parse::<u64>()?;
        Ok(Duration::from_millis(ticks * 10))
    }

    /// CPU time once the process has nothing left to do.
    pub(super) fn settled_cpu_time(&self) -> Result<Duration> {
        let mut last = self.cpu_time()?;
        for _ in 0..120 {
            thread::sleep(Duration::from_millis(500));
            let now = self.cpu_time()?;
            if now.saturating_sub(last) <= Duration::from_millis(10) {
                return Ok(now);
            }
            last = now;
        }
        Ok(last)
    }

    /// Memory that the process holds.
    pub(super) fn resident_bytes(&self) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status
            .lines()
            .find(|line| line.starts_with("VmRSS:"))
            .context("no VmRSS")?;
        let kilobytes: u64 = line
            .split_whitespace()
            .nth(1)
            .context("no VmRSS")?
            .parse()?;
        Ok(kilobytes * 1024)
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for Router {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn configuration_text(webhook: &Webhook, group_wait: &str) -> String {
    format!(
        "route:\n  receiver: hook\n  group_by: [group]\n  group_wait: {group_wait}\n  \
         group_interval: 5m\n  repeat_interval: 4h\n\
         receivers:\n- name: hook\n  webhook_configs:\n  - url: http://{}/hook\n",
        webhook.address
    )
}
