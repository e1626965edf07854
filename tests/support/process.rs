//! Child processes that listen on a port of their own and die with the test.

use std::{
    fs::{self, DirBuilder},
    os::unix::fs::{DirBuilderExt as _, symlink},
    path::Path,
    process::Stdio,
    sync::{Arc, Mutex},
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    process::{Child, Command},
    sync::watch,
    time::timeout,
};

use super::PATIENCE;

/// A running program, its output so far, and the address that it said it listens on.
pub(crate) struct Process {
    name: &'static str,
    child: Child,
    output: Arc<Mutex<String>>,
    lines: watch::Receiver<usize>,
    /// Where it runs, so that nothing it writes by default lands in the sources.
    _folder: TempDir,
}

impl Process {
    /// Starts a program; it is killed when the value is dropped.
    pub(crate) fn start(name: &'static str, program: &Path, arguments: &[String]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(program)
            .current_dir(folder.path())
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {name}: {error}"));
        let output = Arc::new(Mutex::new(String::new()));
        let (count, lines) = watch::channel(0);
        let count = Arc::new(count);
        collect(child.stdout.take().unwrap(), output.clone(), count.clone());
        collect(child.stderr.take().unwrap(), output.clone(), count);
        Self {
            name,
            child,
            output,
            lines,
            _folder: folder,
        }
    }

    /// Starts the larum under test with a configuration and a free port.
    /// All share their compiled components, so that only the first one compiles them.
    pub(crate) fn larum(configuration: &Path, data: &Path, more: &[&str]) -> Self {
        let compiled = Path::new(env!("CARGO_TARGET_TMPDIR")).join("components");
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&compiled)
            .unwrap();
        fs::create_dir_all(data).unwrap();
        symlink(compiled, data.join("components")).unwrap();
        let mut arguments = vec![
            format!("--config.file={}", configuration.display()),
            format!("--storage.path={}", data.display()),
            "--web.listen-address=127.0.0.1:0".to_owned(),
            "--cluster.listen-address=".to_owned(),
        ];
        arguments.extend(more.iter().map(|argument| (*argument).to_owned()));
        Self::start(
            "larum",
            Path::new(env!("CARGO_BIN_EXE_larum-under-test")),
            &arguments,
        )
    }

    /// Waits until the output holds a text.
    pub(crate) async fn wait_for(&mut self, text: &str) {
        let found = timeout(PATIENCE, async {
            while !self.output().contains(text) {
                if self.lines.changed().await.is_err() {
                    break;
                }
            }
        });
        let in_time = found.await.is_ok();
        assert!(
            in_time && self.output().contains(text),
            "{} did not write {text:?}; it wrote:\n{}",
            self.name,
            self.output()
        );
    }

    /// Waits for the line `Listening on … address=HOST:PORT` and returns the address.
    pub(crate) async fn address(&mut self) -> String {
        self.wait_for("address=127.0.0.1:").await;
        let output = self.output();
        let address = output.split("address=").nth(1).unwrap();
        address
            .split(|c: char| c.is_whitespace() || c == '"')
            .next()
            .unwrap()
            .to_owned()
    }

    /// Everything written so far, both streams.
    pub(crate) fn output(&self) -> String {
        self.output.lock().unwrap().clone()
    }

    /// Sends a signal, such as `TERM`.
    pub(crate) async fn signal(&self, signal: &str) {
        let process = self.child.id().expect("the process still runs").to_string();
        let status = Command::new("kill")
            .args(["-s", signal, &process])
            .status()
            .await
            .unwrap();
        assert!(status.success());
    }

    /// Waits for the end; the exit code, or none after a signal.
    pub(crate) async fn exit_code(&mut self) -> Option<i32> {
        let status = timeout(PATIENCE, self.child.wait()).await;
        let status =
            status.unwrap_or_else(|_| panic!("{} does not end:\n{}", self.name, self.output()));
        status.unwrap().code()
    }

    /// Waits until both streams have ended, after the process has.
    pub(crate) async fn end_of_output(&mut self) {
        while self.lines.changed().await.is_ok() {}
    }

    /// Kills it and waits until it is gone.
    pub(crate) async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }
}

fn collect(
    stream: impl AsyncRead + Send + Unpin + 'static,
    output: Arc<Mutex<String>>,
    count: Arc<watch::Sender<usize>>,
) {
    tokio::spawn(async move {
        let mut lines = BufReader::new(stream).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            {
                let mut output = output.lock().unwrap();
                output.push_str(&line);
                output.push('\n');
            }
            count.send_modify(|count| *count += 1);
        }
    });
}
