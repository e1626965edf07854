//! What the demonstration tells, step by step.

use std::{net::SocketAddr, time::Duration};

use anyhow::Context as _;
use larum_config::HttpConfig;
use reqwest::{
    Method, Url,
    header::{self, HeaderMap, HeaderValue},
};
use serde_json::Value;
use tokio::sync::mpsc;

use super::{
    alerts::Alert,
    config::Files,
    slack::Recorded,
    terminal::{self, Look},
};
use crate::{
    app::ReloadHandle,
    cli::output,
    clock::Clock,
    delivery::{Clients, HttpClient},
};

/// How long a message may take: many times what the configuration asks for.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long a reader gets for a message, at the usual speed.
const READING_TIME: Duration = Duration::from_millis(1_500);
/// How often a changed file is looked for.
const WATCH_INTERVAL: Duration = Duration::from_secs(1);

/// The teller, and all that it needs.
pub(super) struct Story {
    address: SocketAddr,
    messages: mpsc::Receiver<Recorded>,
    client: HttpClient,
    clock: Clock,
    reading_time: Duration,
    look: Look,
}

impl Story {
    /// A story of the router at this address and the messages that it sends.
    pub(super) async fn new(
        address: SocketAddr,
        messages: mpsc::Receiver<Recorded>,
        clock: Clock,
        speed: f64,
    ) -> anyhow::Result<Self> {
        let client = Clients::default().client(&HttpConfig::default()).await;
        let client = client.map_err(|error| anyhow::anyhow!("no HTTP client: {error}"))?;
        let reading_time = READING_TIME.div_f64(speed);
        Ok(Self {
            address,
            messages,
            client,
            clock,
            reading_time,
            look: Look::of_stdout(),
        })
    }

    /// Who does what.
    pub(super) fn introduce(&self, wanted_address: &str, moved: bool) {
        let bold = |text: &str| self.look.styled("1", text);
        say(&format!(
            "{}\n\n{}\n",
            bold("larum demo: an alert's whole way, on one screen"),
            picture(self.look)
        ));
        if moved {
            say(&format!(
                "Something listens on {wanted_address} already, so larum took {}.\n",
                self.address
            ));
        }
    }

    /// The alerts, from the first one to the last message that all is well.
    pub(super) async fn tell(&mut self) -> anyhow::Result<()> {
        let down = Alert::instance_down("node-1:9100", self.clock.now());
        self.step("`up == 0` for a minute: InstanceDown fires for node-1:9100");
        self.post(vec![down.firing()]).await?;
        self.show(1).await?;

        let first = Alert::memory_high("node-2:9100", 93, self.clock.now());
        self.step("a node runs out of memory: NodeMemoryHigh fires, and takes another route");
        self.post(vec![first.firing()]).await?;
        self.show(1).await?;

        let second = Alert::memory_high("node-3:9100", 96, self.clock.now());
        self.step("a second node follows: one group, one message, other words");
        self.post(vec![second.firing()]).await?;
        self.show(1).await?;

        self.step("all is well again: the alerts are resolved");
        let now = self.clock.now();
        let resolved = [down, first, second]
            .iter()
            .map(|alert| alert.resolved(now))
            .collect();
        self.post(resolved).await?;
        self.show(2).await
    }

    /// What to try next; then shows what comes until the process is interrupted.
    pub(super) async fn serve_on(&mut self, files: &Files, reload: &ReloadHandle) {
        say(&self.suggestions(files));
        let mut known = modified(files);
        loop {
            let watched = tokio::time::timeout(WATCH_INTERVAL, self.messages.recv());
            match watched.await {
                Ok(Some(message)) => self.draw(&message),
                // The stand-in is gone, and with it the demonstration.
                Ok(None) => return,
                Err(_) => {
                    let now = modified(files);
                    if now != known {
                        known = now;
                        self.reload(reload).await;
                    }
                }
            }
        }
    }

    async fn reload(&self, reload: &ReloadHandle) {
        match reload.reload().await {
            Ok(()) => say("\nlarum has read the changed files; they are in force.\n"),
            Err(error) => {
                say(&format!(
                    "\nThe changed files are wrong; the old ones stay in force.\n{error}\n"
                ));
            }
        }
    }

    fn step(&self, text: &str) {
        say(&format!(
            "\n{} {text}\n",
            self.look.styled("1;36", "Prometheus ▶")
        ));
    }

    /// Posts alerts as Prometheus does.
    async fn post(&self, alerts: Vec<Value>) -> anyhow::Result<()> {
        let url = Url::parse(&format!("http://{}/api/v2/alerts", self.address))?;
        let mut headers = HeaderMap::new();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        let body = Value::from(alerts).to_string();
        let response = self
            .client
            .send(Method::POST, url, headers, body.into())
            .await;
        let response = response.context("the router does not answer")?;
        let status = response.status();
        anyhow::ensure!(
            status.is_success(),
            "the router refused the alerts with {status}"
        );
        Ok(())
    }

    /// Shows this many messages, each as soon as it arrives, and lets people read them.
    async fn show(&mut self, count: usize) -> anyhow::Result<()> {
        for _ in 0..count {
            let message = tokio::time::timeout(PATIENCE, self.messages.recv()).await;
            let message = message
                .map_err(|_| anyhow::anyhow!("no message came within {} s", PATIENCE.as_secs()))?
                .context("the stand-in for Slack ended")?;
            self.draw(&message);
        }
        tokio::time::sleep(self.reading_time).await;
        Ok(())
    }

    fn draw(&self, message: &Recorded) {
        say(&terminal::message(&message.json(), self.look));
    }

    fn suggestions(&self, files: &Files) -> String {
        let url = format!("http://{}", self.address);
        let directory = files.directory().display();
        format!(
            "
{heading}

  curl -s {url}/api/v2/alerts -H 'Content-Type: application/json' -d \\
    '[{{\"labels\": {{\"alertname\": \"DiskFull\"}}, \"annotations\": {{\"description\": \"your words\"}}}}]'
  curl -s {url}/api/v2/alerts/groups
  curl -s {url}/api/larum/v1/receivers
  curl -s {url}/metrics | grep notifications_total
  amtool --alertmanager.url={url} alert query

Messages appear here. The configuration and its templates are in
{directory}; change them, and larum reads them at once.
Ctrl-C ends the demo and removes them.
",
            heading = self.look.styled("1", &format!("larum goes on serving at {url}. Try:"))
        )
    }
}

fn say(text: &str) {
    output::print(text);
}

fn picture(look: Look) -> String {
    let bold = |text: &str| look.styled("1", text);
    format!(
        "  {prometheus}          {larum}                                {slack}
  evaluates rules     decides who is told, and when;       shows the
  and makes alerts    words the message; delivers it       message
       │                          ▲ │                          ▲
       └── POST /api/v2/alerts ───┘ └─── incoming webhook ─────┘

  Here the demo plays Prometheus and Slack; larum is the real one. What matches
  the second route, words the messages and knows Slack are three WebAssembly
  components, each in a sandbox.
",
        prometheus = bold("Prometheus"),
        larum = bold("larum"),
        slack = bold("Slack"),
    )
}

/// When the files were last changed; equal values mean that nothing happened.
fn modified(files: &Files) -> [Option<std::time::SystemTime>; 2] {
    [files.configuration(), files.templates()].map(|path| {
        std::fs::metadata(path)
            .and_then(|metadata| metadata.modified())
            .ok()
    })
}
