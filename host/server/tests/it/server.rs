//! A server in this process, on a free port, with a configuration in a directory of its own.

use std::{fs, net::SocketAddr, path::PathBuf};

use larum::app::{App, ConfigSource, Options};
use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::oneshot,
    task::JoinHandle,
};

/// Three receivers that tell nobody, two routes.
pub(crate) const CONFIG: &str = "
route:
  receiver: ops
  group_by: [alertname]
  routes:
  - matchers: [severity=\"critical\"]
    receiver: pager
    continue: true
  - matchers: [team=\"web\"]
    receiver: web
receivers:
- name: ops
- name: pager
- name: web
";

/// A running server. It stops when it is dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    directory: TempDir,
    stop: Option<oneshot::Sender<()>>,
    running: Option<JoinHandle<anyhow::Result<()>>>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The head as it was sent, in lower case.
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Server {
    /// A server with this configuration.
    pub(crate) async fn start(config: &str) -> Self {
        Self::start_with(config, |options| options).await
    }

    /// The same with other options.
    pub(crate) async fn start_with(config: &str, change: impl FnOnce(Options) -> Options) -> Self {
        let directory = TempDir::new().unwrap();
        let file = directory.path().join("alertmanager.yml");
        fs::write(&file, config).unwrap();
        let options = change(Options::on_loopback(ConfigSource::File(file)));
        let app = App::build(options)
            .await
            .unwrap_or_else(|error| panic!("{error:?}"));
        let address = app.local_addresses()[0];
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(app.run(async {
            let _ = stopped.await;
        }));
        Self {
            address,
            directory,
            stop: Some(stop),
            running: Some(running),
        }
    }

    /// Where the configuration stands.
    pub(crate) fn config_file(&self) -> PathBuf {
        self.directory.path().join("alertmanager.yml")
    }

    /// Stops the server and waits for it.
    pub(crate) async fn stop(mut self) {
        self.stop.take();
        self.running.take().unwrap().await.unwrap().unwrap();
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.request("GET", path, "", "").await
    }

    /// A `GET` that must succeed with JSON.
    pub(crate) async fn json(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        serde_json::from_str(&answer.body).unwrap()
    }

    /// Posts JSON.
    pub(crate) async fn post(&self, path: &str, body: &str) -> Answer {
        self.request("POST", path, "Content-Type: application/json\r\n", body)
            .await
    }

    /// One request on a connection of its own.
    pub(crate) async fn request(
        &self,
        method: &str,
        path: &str,
        headers: &str,
        body: &str,
    ) -> Answer {
        let mut connection = TcpStream::connect(self.address).await.unwrap();
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: larum\r\nConnection: close\r\n\
             Content-Length: {length}\r\n{headers}\r\n{body}"
        );
        connection.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer {
            status,
            head: head.to_ascii_lowercase(),
            body: body.to_owned(),
        }
    }
}
