//! HTTP as the host does it for receivers: bounded in time and bytes, guarded in where it goes.

use std::{error::Error as _, io, time::Duration};

use bytes::Bytes;
use larum_sandbox::{Event, HttpRequest, HttpResponse, Method, TransportError};
use reqwest::{
    StatusCode, Url,
    header::{self, HeaderMap, HeaderName, HeaderValue},
};

use super::{
    client::HttpClient,
    dialer,
    secrets::{Redactor, Secrets, has_secret},
};

/// How long a request may take when the plugin does not say.
const TOTAL_TIMEOUT: Duration = Duration::from_secs(15);
/// How much of a response's body a plugin sees.
const RESPONSE_BYTES_MAX: usize = 64 * 1024;
/// How often a request is led elsewhere, as in Go's client.
const REDIRECTS_MAX: usize = 10;

/// The headers of a response that a plugin sees. `location` is not among them: it may hold what a
/// receiver put into it for itself.
const RESPONSE_HEADERS: [HeaderName; 3] = [
    header::RETRY_AFTER,
    header::CONTENT_TYPE,
    HeaderName::from_static("x-request-id"),
];

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Headers that are the host's: they frame the message, or say who sends it.
const HOST_HEADERS: [HeaderName; 13] = [
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::EXPECT,
    header::HOST,
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::USER_AGENT,
    HeaderName::from_static("keep-alive"),
    IDEMPOTENCY_KEY,
];

/// All that stays the same for the requests of one attempt.
pub(super) struct Exchange<'a> {
    pub(super) client: &'a HttpClient,
    pub(super) secrets: &'a Secrets,
    pub(super) redactor: &'a Redactor,
    /// Where a foreign plugin may send; `None` for a bundled one, which may send anywhere.
    pub(super) allow_hosts: Option<&'a [String]>,
    /// The notification's id.
    pub(super) idempotency_key: &'a str,
    /// The headers that the integration's `http_config` adds.
    pub(super) configured_headers: &'a HeaderMap,
}

/// What came of a request.
pub(super) struct Answer {
    /// For the plugin.
    pub(super) event: Event,
    /// For the log: why no response came. Holds no secret.
    pub(super) detail: Option<String>,
}

/// Why no response came.
struct Fault {
    error: TransportError,
    detail: String,
}

/// A request with its secrets filled in.
struct Outgoing {
    method: reqwest::Method,
    url: Url,
    headers: HeaderMap,
    body: Bytes,
    /// Whether the body holds a secret, so that it must not go to another host.
    body_is_secret: bool,
}

impl Exchange<'_> {
    /// Sends a request and waits for its response, no longer than `remaining`.
    pub(super) async fn send(&self, request: &HttpRequest, remaining: Duration) -> Answer {
        let timeout = request.timeout.unwrap_or(TOTAL_TIMEOUT).min(remaining);
        let answered = tokio::time::timeout(timeout, self.exchange(request)).await;
        let fault = match answered {
            Ok(Ok(response)) => {
                return Answer {
                    event: Event::Response(response),
                    detail: None,
                };
            }
            Ok(Err(fault)) => fault,
            Err(_) => Fault {
                error: TransportError::Timeout,
                detail: format!("no answer within {} ms", timeout.as_millis()),
            },
        };
        Answer {
            event: Event::Failed(fault.error),
            detail: Some(self.redactor.redact(&fault.detail)),
        }
    }

    async fn exchange(&self, request: &HttpRequest) -> Result<HttpResponse, Fault> {
        let mut outgoing = self.outgoing(request)?;
        for _ in 0..=REDIRECTS_MAX {
            self.check_target(&outgoing.url)?;
            let response = self.client.send(
                outgoing.method.clone(),
                outgoing.url.clone(),
                outgoing.headers.clone(),
                outgoing.body.clone(),
            );
            let response = response.await.map_err(fault_of)?;
            match self.redirect(&response) {
                Some(location) => outgoing = outgoing.redirected(response.status(), location)?,
                None => return self.read(response).await,
            }
        }
        Err(protocol(format!(
            "more than {REDIRECTS_MAX} redirects; use the address that they should lead to"
        )))
    }

    fn outgoing(&self, request: &HttpRequest) -> Result<Outgoing, Fault> {
        let fill = |parts| {
            self.secrets
                .fill(parts)
                .map_err(|error| protocol(error.to_string()))
        };
        let url = fill(&request.url)?;
        let url =
            Url::parse(&url).map_err(|error| protocol(format!("the URL is none: {error}")))?;
        let mut headers = HeaderMap::new();
        for (name, value) in &request.headers {
            let name = HeaderName::try_from(name.as_str())
                .map_err(|_| protocol(format!("{name:?} is no name for a header")))?;
            if HOST_HEADERS.contains(&name) {
                continue;
            }
            let mut filled = HeaderValue::try_from(fill(value)?)
                .map_err(|_| protocol(format!("the value of the header {name} is none")))?;
            // A sensitive value is kept out of debug output, and does not follow a redirect.
            filled.set_sensitive(has_secret(value));
            headers.append(name, filled);
        }
        for (name, value) in self.configured_headers {
            if !headers.contains_key(name) {
                headers.append(name.clone(), value.clone());
            }
        }
        headers.insert(header::USER_AGENT, HeaderValue::from_static(USER_AGENT));
        if let Ok(key) = HeaderValue::try_from(self.idempotency_key) {
            headers.insert(IDEMPOTENCY_KEY, key);
        }
        Ok(Outgoing {
            method: method(request.method),
            url,
            headers,
            body: fill(&request.body)?.into(),
            body_is_secret: has_secret(&request.body),
        })
    }

    fn check_target(&self, url: &Url) -> Result<(), Fault> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(denied(format!(
                "the scheme {:?} is neither http nor https",
                url.scheme()
            )));
        }
        let host = url.host_str().unwrap_or_default();
        if !dialer::host_is_allowed(host) {
            return Err(denied(format!("the address {host} must not be dialled")));
        }
        let port = url.port_or_known_default().unwrap_or_default();
        match self.allow_hosts {
            Some(allowed)
                if !allowed
                    .iter()
                    .any(|pattern| host_matches(pattern, host, port)) =>
            {
                Err(denied(format!(
                    "{host} is not among the plugin's allow_hosts"
                )))
            }
            _ => Ok(()),
        }
    }

    /// Where a response leads, if it leads elsewhere and redirects are to be followed.
    fn redirect(&self, response: &reqwest::Response) -> Option<Url> {
        let followed = matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308);
        if !followed || !self.client.follows_redirects() {
            return None;
        }
        let location = response.headers().get(header::LOCATION)?.to_str().ok()?;
        response.url().join(location).ok()
    }

    async fn read(&self, mut response: reqwest::Response) -> Result<HttpResponse, Fault> {
        let headers = RESPONSE_HEADERS
            .iter()
            .filter_map(|name| Some((name, response.headers().get(name)?)))
            .map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes());
                (name.to_string(), self.redactor.redact(&value))
            })
            .collect();
        let mut bytes = Vec::new();
        let mut body_truncated = false;
        while let Some(chunk) = response.chunk().await.map_err(fault_of)? {
            let room = RESPONSE_BYTES_MAX - bytes.len();
            bytes.extend_from_slice(&chunk[..chunk.len().min(room)]);
            if chunk.len() > room {
                // The rest is not read: the connection is closed when the response is dropped.
                body_truncated = true;
                break;
            }
        }
        let text = String::from_utf8_lossy(&bytes);
        let body = match body_truncated {
            true => self.redactor.redact_cut(&text),
            false => self.redactor.redact(&text),
        };
        Ok(HttpResponse {
            status: response.status().as_u16(),
            headers,
            body,
            body_truncated,
        })
    }
}

/// As every request names its sender.
const USER_AGENT: &str = concat!("larum/", env!("CARGO_PKG_VERSION"));

impl Outgoing {
    /// The request that follows a redirect: as in Go's client, only 307 and 308 keep method and
    /// body. What is secret stays with the host that it was meant for.
    fn redirected(mut self, status: StatusCode, location: Url) -> Result<Self, Fault> {
        if self.url.scheme() == "https" && location.scheme() == "http" {
            return Err(denied(
                "a redirect from https to http is not followed".to_owned(),
            ));
        }
        if !matches!(status.as_u16(), 307 | 308) && self.method != reqwest::Method::GET {
            self.method = reqwest::Method::GET;
            self.body = Bytes::new();
            self.body_is_secret = false;
            self.headers.remove(header::CONTENT_TYPE);
        }
        if !same_host(&self.url, &location) {
            if self.body_is_secret {
                return Err(denied(
                    "a redirect to another host would take a secret along".into(),
                ));
            }
            let secret = |name: &HeaderName, value: &HeaderValue| {
                value.is_sensitive() || matches!(*name, header::AUTHORIZATION | header::COOKIE)
            };
            self.headers = self
                .headers
                .iter()
                .filter(|(name, value)| !secret(name, value))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect();
        }
        self.url = location;
        Ok(self)
    }
}

fn same_host(one: &Url, other: &Url) -> bool {
    let default_ports = one.port().is_none() && other.port().is_none();
    one.host_str() == other.host_str() && (default_ports || one.port() == other.port())
}

/// Whether `allow_hosts` has this host in one of its lines: `example.com`, `example.com:8443`, or
/// `*.example.com` for all names below.
fn host_matches(pattern: &str, host: &str, port: u16) -> bool {
    let pattern = pattern.to_ascii_lowercase();
    let host = host.to_ascii_lowercase();
    let bare = match pattern.strip_suffix(&format!(":{port}")) {
        Some(bare) => bare,
        None => &pattern,
    };
    match bare.strip_prefix("*.") {
        Some(domain) => host
            .strip_suffix(domain)
            .is_some_and(|below| below.ends_with('.')),
        None => host == bare,
    }
}

fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Patch => reqwest::Method::PATCH,
        Method::Delete => reqwest::Method::DELETE,
    }
}

fn denied(detail: String) -> Fault {
    Fault {
        error: TransportError::Denied,
        detail,
    }
}

fn protocol(detail: String) -> Fault {
    Fault {
        error: TransportError::Protocol,
        detail,
    }
}

/// The class of an error, and its causes in words. URLs are left out: a webhook's is a secret.
fn fault_of(error: reqwest::Error) -> Fault {
    let error = error.without_url();
    let mut causes = Vec::new();
    let mut class = None;
    let mut next = error.source();
    while let Some(cause) = next {
        causes.push(cause.to_string());
        class = class.or_else(|| class_of(cause));
        next = cause.source();
    }
    causes.dedup();
    let general = || match () {
        () if error.is_timeout() => TransportError::Timeout,
        () if error.is_dns() => TransportError::Dns,
        () if error.is_connect() => TransportError::Connect,
        () => TransportError::Protocol,
    };
    let detail = if causes.is_empty() {
        error.to_string()
    } else {
        causes.join(": ")
    };
    Fault {
        error: class.unwrap_or_else(general),
        detail,
    }
}

fn class_of(cause: &(dyn std::error::Error + 'static)) -> Option<TransportError> {
    if cause.is::<dialer::Denied>() {
        return Some(TransportError::Denied);
    }
    if cause.is::<rustls::Error>() {
        return Some(TransportError::Tls);
    }
    let error = cause.downcast_ref::<io::Error>()?;
    // An `io::Error` around another error does not name it as its source.
    if let Some(inner) = error.get_ref()
        && let Some(class) = class_of(inner)
    {
        return Some(class);
    }
    match error.kind() {
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::UnexpectedEof => Some(TransportError::Reset),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_host(pattern: &str, host: &str, port: u16, expected: bool) {
        assert_eq!(
            host_matches(pattern, host, port),
            expected,
            "{pattern} {host}:{port}"
        );
    }

    #[test]
    fn allowed_hosts() {
        check_host("example.com", "example.com", 443, true);
        check_host("Example.com", "example.COM", 443, true);
        check_host("example.com:8443", "example.com", 8443, true);
        check_host("example.com:8443", "example.com", 443, false);
        check_host("*.example.com", "a.example.com", 443, true);
        check_host("*.example.com", "a.b.example.com", 443, true);
        check_host("*.example.com", "example.com", 443, false);
        check_host("*.example.com", "notexample.com", 443, false);
        check_host("example.com", "a.example.com", 443, false);
    }

    fn outgoing(url: &str, body_is_secret: bool) -> Outgoing {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static("Bearer x"));
        let mut secret = HeaderValue::from_static("key");
        secret.set_sensitive(true);
        headers.insert("x-key", secret);
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        Outgoing {
            method: reqwest::Method::POST,
            url: Url::parse(url).unwrap(),
            headers,
            body: Bytes::from_static(b"{}"),
            body_is_secret,
        }
    }

    #[track_caller]
    fn check_redirect(from: &str, status: u16, to: &str, secret_body: bool, expected: &str) {
        let status = StatusCode::from_u16(status).unwrap();
        let to = Url::parse(to).unwrap();
        let actual = match outgoing(from, secret_body).redirected(status, to) {
            Ok(next) => {
                let names: Vec<_> = next.headers.keys().map(HeaderName::as_str).collect();
                format!("{} {} {}", next.method, next.body.len(), names.join(" "))
            }
            Err(fault) => fault.detail,
        };
        assert_eq!(actual, expected);
    }

    #[test]
    fn redirects_take_no_secret_elsewhere() {
        let all = "authorization x-key content-type";
        check_redirect(
            "http://a/",
            307,
            "http://a/b",
            true,
            &format!("POST 2 {all}"),
        );
        check_redirect(
            "http://a/",
            308,
            "https://a/",
            false,
            &format!("POST 2 {all}"),
        );
        check_redirect("http://a/", 307, "http://b/", false, "POST 2 content-type");
        check_redirect(
            "http://a/",
            307,
            "http://a:81/",
            false,
            "POST 2 content-type",
        );
        check_redirect(
            "http://a/",
            302,
            "http://a/b",
            true,
            "GET 0 authorization x-key",
        );
        check_redirect("http://a/", 302, "http://b/", true, "GET 0 ");
        let secret = "a redirect to another host would take a secret along";
        check_redirect("http://a/", 307, "http://b/", true, secret);
        let downgrade = "a redirect from https to http is not followed";
        check_redirect("https://a/", 302, "http://a/", false, downgrade);
    }
}
