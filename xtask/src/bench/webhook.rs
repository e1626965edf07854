//! A webhook on loopback that counts the alerts it is told of.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};

/// The server; its threads end with the process.
pub(super) struct Webhook {
    pub(super) address: SocketAddr,
    state: Arc<(Mutex<Count>, Condvar)>,
}

#[derive(Default)]
struct Count {
    alerts: usize,
    last: Option<Instant>,
}

impl Webhook {
    pub(super) fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let state = Arc::<(Mutex<Count>, Condvar)>::default();
        let shared = state.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = shared.clone();
                thread::spawn(move || serve(stream, &shared));
            }
        });
        Ok(Self { address, state })
    }

    /// Forgets what was counted.
    pub(super) fn reset(&self) {
        *self
            .state
            .0
            .lock()
            .unwrap_or_else(|poison| poison.into_inner()) = Count::default();
    }

    /// Waits until so many alerts have arrived; the moment of the last.
    pub(super) fn wait_for_alerts(&self, alerts: usize, limit: Duration) -> Result<Instant> {
        let (count, changed) = &*self.state;
        let count = count.lock().unwrap_or_else(|poison| poison.into_inner());
        let (count, _) = changed
            .wait_timeout_while(count, limit, |count| count.alerts < alerts)
            .unwrap_or_else(|poison| poison.into_inner());
        ensure!(
            count.alerts >= alerts,
            "{} of {alerts} alerts arrived in {limit:?}",
            count.alerts
        );
        Ok(count.last.unwrap_or_else(Instant::now))
    }
}

fn serve(stream: TcpStream, state: &(Mutex<Count>, Condvar)) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut writer = stream.try_clone().ok()?;
    let mut reader = BufReader::new(stream);
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            if line.trim_end().is_empty() {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().ok()?;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let alerts = count(&body, b"\"fingerprint\":");
        {
            let mut count = state.0.lock().unwrap_or_else(|poison| poison.into_inner());
            count.alerts += alerts;
            count.last = Some(Instant::now());
        }
        state.1.notify_all();
        writer
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            .ok()?;
    }
}

fn count(body: &[u8], needle: &[u8]) -> usize {
    body.windows(needle.len())
        .filter(|window| *window == needle)
        .count()
}
