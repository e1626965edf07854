//! An HTTP server on loopback that records what it is sent and answers as it is told.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, StatusCode, Uri},
};
use tokio::{net::TcpListener, sync::watch, time::timeout};

use super::PATIENCE;

/// What was sent.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Recorded {
    /// The body as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error} in {:?}", self.body))
    }

    /// The body as text.
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

/// The server; it ends with the test's runtime.
#[derive(Clone)]
pub(crate) struct Recorder {
    address: String,
    shared: Arc<Shared>,
}

struct Shared {
    requests: Mutex<Vec<Recorded>>,
    answers: Mutex<Vec<(u16, &'static str)>>,
    count: watch::Sender<usize>,
}

impl Recorder {
    /// Starts one that answers `200 ok` to everything.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let shared = Arc::new(Shared {
            requests: Mutex::default(),
            answers: Mutex::default(),
            count: watch::Sender::new(0),
        });
        let router = Router::new()
            .fallback(record)
            .layer(DefaultBodyLimit::disable())
            .with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, shared }
    }

    /// A URL of this server.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Answers the next requests like this, one each, and `200 ok` after them.
    pub(crate) fn answer_next(&self, answers: &[(u16, &'static str)]) {
        let mut queue = self.shared.answers.lock().unwrap();
        *queue = answers.iter().rev().copied().collect();
    }

    /// What was recorded so far.
    pub(crate) fn recorded(&self) -> Vec<Recorded> {
        self.shared.requests.lock().unwrap().clone()
    }

    /// Waits for the first request that fits.
    pub(crate) async fn wait_for(&self, fits: impl Fn(&Recorded) -> bool) -> Recorded {
        let mut count = self.shared.count.subscribe();
        let found = timeout(PATIENCE, async {
            loop {
                if let Some(request) = self.recorded().into_iter().find(&fits) {
                    return request;
                }
                count.changed().await.unwrap();
            }
        });
        found
            .await
            .unwrap_or_else(|_| panic!("no such request; there were {:#?}", self.recorded()))
    }

    /// Waits for so many requests.
    pub(crate) async fn wait_for_count(&self, count: usize) {
        let mut changes = self.shared.count.subscribe();
        let enough = timeout(PATIENCE, changes.wait_for(|recorded| *recorded >= count));
        enough
            .await
            .unwrap_or_else(|_| panic!("only {:#?}", self.recorded()))
            .unwrap();
    }
}

async fn record(
    State(shared): State<Arc<Shared>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, &'static str) {
    let answer = shared.answers.lock().unwrap().pop();
    shared.requests.lock().unwrap().push(Recorded {
        path: uri.path().to_owned(),
        headers,
        body,
    });
    shared.count.send_modify(|count| *count += 1);
    let (status, text) = answer.unwrap_or((200, "ok"));
    (StatusCode::from_u16(status).unwrap(), text)
}
