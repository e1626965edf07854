//! A Slack that needs no Slack: takes what the real one takes, on loopback, and remembers it.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::post,
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::mpsc, task::JoinHandle};

/// The path of the only webhook there is: as long as a real one, and of no use anywhere.
const WEBHOOK_PATH: &str = "/services/T00000000/B00000000/stand-in-of-24-letters-x";
/// The only app token there is.
const APP_TOKEN: &str = "xoxb-stand-in-token";
/// How many requests are kept until someone reads them; later ones are answered, not kept.
const RECORDED_MAX: usize = 1_024;
/// The longest body: Slack itself takes less.
const BODY_BYTES_MAX: usize = 1024 * 1024;

/// A server that answers as Slack does. It ends when it is dropped.
pub struct SlackStandIn {
    address: SocketAddr,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

/// A request as it came in.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// The path, such as `/services/…` or `/api/chat.postMessage`.
    pub path: String,
    /// Names in lower case, in the order of the wire.
    pub headers: Vec<(String, String)>,
    /// The bytes of the body.
    pub body: Bytes,
}

impl Recorded {
    /// The value of a header by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(other, _)| other == name)
            .map(|(_, value)| value.as_str())
    }

    /// The body as JSON; null if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// How the stand-in answers.
#[derive(Clone, Debug, Default)]
pub enum Behaviour {
    /// As Slack does when all is well.
    #[default]
    Accept,
    /// With this status and text, such as 403 and `invalid_token`.
    Refuse {
        /// The HTTP status.
        status: u16,
        /// The body, in plain text as incoming webhooks have it.
        text: String,
    },
    /// With 429 and `Retry-After`.
    RateLimited {
        /// What `Retry-After` says.
        seconds: u32,
    },
    /// Never.
    Hang,
}

struct Shared {
    behaviour: Mutex<Behaviour>,
    recorded: mpsc::Sender<Recorded>,
    /// Counts messages, so that each has a `ts` of its own.
    messages: Mutex<u32>,
}

impl SlackStandIn {
    /// Starts on a free port of loopback. What comes in arrives at the receiver, in order.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start() -> io::Result<(Self, mpsc::Receiver<Recorded>)> {
        Self::start_on(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).to_string()).await
    }

    /// Starts on this address, such as `127.0.0.1:9095`; otherwise like [`Self::start`].
    ///
    /// # Errors
    /// When the address cannot be had.
    pub async fn start_on(address: &str) -> io::Result<(Self, mpsc::Receiver<Recorded>)> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let (recorded, received) = mpsc::channel(RECORDED_MAX);
        let shared = Arc::new(Shared {
            behaviour: Mutex::default(),
            recorded,
            messages: Mutex::default(),
        });
        let router = Router::new()
            .route("/services/{*webhook}", post(incoming_webhook))
            .route("/api/{method}", post(web_api))
            .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
            .with_state(Arc::clone(&shared));
        let server = tokio::spawn(async move {
            // An error here is the listener's end, and with it the stand-in's.
            let _ = axum::serve(listener, router).await;
        });
        Ok((
            Self {
                address,
                shared,
                server,
            },
            received,
        ))
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// An incoming webhook, for `slack_api_url` or `api_url`.
    pub fn webhook_url(&self) -> String {
        format!("http://{}{WEBHOOK_PATH}", self.address)
    }

    /// The method that posts messages, for `app_url`.
    pub fn app_url(&self) -> String {
        format!("http://{}/api/chat.postMessage", self.address)
    }

    /// The token that [`Self::app_url`] takes, for `app_token`.
    pub fn app_token(&self) -> &'static str {
        APP_TOKEN
    }

    /// How to answer from now on.
    pub fn behave(&self, behaviour: Behaviour) {
        *self
            .shared
            .behaviour
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = behaviour;
    }
}

impl Drop for SlackStandIn {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn incoming_webhook(
    State(shared): State<Arc<Shared>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Some(misbehaviour) = shared.receive(&uri, &headers, &body).await {
        return misbehaviour;
    }
    let (status, text) = match serde_json::from_slice::<Value>(&body) {
        _ if uri.path() != WEBHOOK_PATH => (StatusCode::FORBIDDEN, "invalid_token"),
        Ok(message) if message.is_object() => match has_content(&message) {
            true => (StatusCode::OK, "ok"),
            false => (StatusCode::BAD_REQUEST, "no_text"),
        },
        _ => (StatusCode::BAD_REQUEST, "invalid_payload"),
    };
    (status, text).into_response()
}

async fn web_api(
    State(shared): State<Arc<Shared>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Some(misbehaviour) = shared.receive(&uri, &headers, &body).await {
        return misbehaviour;
    }
    let method = uri.path().trim_start_matches("/api/");
    axum::Json(shared.call(method, &headers, &body)).into_response()
}

fn has_content(message: &Value) -> bool {
    let filled = |key: &str| match &message[key] {
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => false,
    };
    ["text", "attachments", "blocks"].into_iter().any(filled)
}

fn refusal(error: &str) -> Value {
    json!({ "ok": false, "error": error })
}

impl Shared {
    /// Records a request; the answer, if the stand-in is to misbehave.
    async fn receive(&self, uri: &Uri, headers: &HeaderMap, body: &Bytes) -> Option<Response> {
        self.record(uri, headers, body);
        self.misbehaviour().await
    }

    fn record(&self, uri: &Uri, headers: &HeaderMap, body: &Bytes) {
        let header = |(name, value): (&header::HeaderName, &header::HeaderValue)| {
            (
                name.to_string(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            )
        };
        let recorded = Recorded {
            path: uri.path().to_owned(),
            headers: headers.iter().map(header).collect(),
            body: body.clone(),
        };
        // Whoever does not read does not want it.
        let _ = self.recorded.try_send(recorded);
    }

    /// The answer, if it is not to be Slack's.
    async fn misbehaviour(&self) -> Option<Response> {
        let behaviour = self
            .behaviour
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        match behaviour {
            Behaviour::Accept => None,
            Behaviour::Refuse { status, text } => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
                Some((status, text).into_response())
            }
            Behaviour::RateLimited { seconds } => Some(
                (
                    StatusCode::TOO_MANY_REQUESTS,
                    [(header::RETRY_AFTER, seconds.to_string())],
                    "rate_limited",
                )
                    .into_response(),
            ),
            Behaviour::Hang => std::future::pending().await,
        }
    }

    /// What `chat.postMessage` and `chat.update` answer: 200 always, errors in the body.
    fn call(&self, method: &str, headers: &HeaderMap, body: &[u8]) -> Value {
        let Some(authorization) = headers.get(header::AUTHORIZATION) else {
            return refusal("not_authed");
        };
        if authorization.as_bytes() != format!("Bearer {APP_TOKEN}").as_bytes() {
            return refusal("invalid_auth");
        }
        let message: Value = serde_json::from_slice(body).unwrap_or_default();
        let Some(channel) = message["channel"]
            .as_str()
            .filter(|channel| !channel.is_empty())
        else {
            return refusal("channel_not_found");
        };
        if !has_content(&message) {
            return refusal("no_text");
        }
        match method {
            "chat.postMessage" => {
                json!({ "ok": true, "channel": channel_id(channel), "ts": self.next_ts() })
            }
            "chat.update" => match message["ts"].as_str() {
                Some(ts) if self.has_sent(ts) => {
                    json!({ "ok": true, "channel": channel_id(channel), "ts": ts })
                }
                _ => refusal("message_not_found"),
            },
            _ => refusal("unknown_method"),
        }
    }

    fn next_ts(&self) -> String {
        let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        *messages += 1;
        ts(*messages)
    }

    fn has_sent(&self, wanted: &str) -> bool {
        let messages = *self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        (1..=messages).any(|message| ts(message) == wanted)
    }
}

fn ts(message: u32) -> String {
    format!("1700000000.{message:06}")
}

/// Slack answers with the channel's id, by whatever name it was called.
fn channel_id(channel: &str) -> String {
    match channel.strip_prefix('#') {
        Some(name) => format!("C{}", name.to_uppercase()),
        None => channel.to_owned(),
    }
}
