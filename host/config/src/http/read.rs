//! Reads an `http_config` and checks it as prometheus/common does (`config/http_config.go`, v0.70).

use std::sync::Arc;

use crate::{
    Authorization, BasicAuth, Credential, Diagnostic, Header, HttpConfig, Secret, SecretSource,
    TlsConfig, TlsVersion, codes,
    places::{self, listed},
    read::{Reader, is_set},
    yaml::{Entry, Node, Value},
};

/// Headers that the host sets itself (prometheus/common `config/headers.go`).
const RESERVED_HEADERS: &[&str] = &[
    "Authorization",
    "Host",
    "Content-Encoding",
    "Content-Length",
    "Content-Type",
    "User-Agent",
    "Connection",
    "Keep-Alive",
    "Proxy-Authenticate",
    "Proxy-Authorization",
    "Www-Authenticate",
    "Accept-Encoding",
    "X-Prometheus-Remote-Write-Version",
    "X-Prometheus-Remote-Read-Version",
    "X-Prometheus-Scrape-Timeout-Seconds",
    "X-Amz-Date",
    "X-Amz-Security-Token",
    "X-Amz-Content-Sha256",
];

/// Reads `http_config`; what is wrong is reported.
pub(crate) fn read(reader: &mut Reader, section: &Entry) -> HttpConfig {
    let mut config = HttpConfig::default();
    if !reader.mapping(section, places::HTTP_CONFIG) {
        return config;
    }
    let node = &section.value;
    for entry in node.entries() {
        match &*entry.key {
            "oauth2" | "proxy_connect_header" => reader.unsupported(entry, " in `http_config`"),
            "authorization" => config.authorization = authorization(reader, entry),
            "basic_auth" => config.basic_auth = basic_auth(reader, entry),
            "proxy_url" => config.proxy_url = proxy_url(reader, entry),
            "no_proxy" => config.no_proxy = reader.text(entry).unwrap_or_default(),
            "proxy_from_environment" => {
                config.proxy_from_environment = reader.boolean(entry).unwrap_or_default();
            }
            "follow_redirects" => config.follow_redirects = reader.boolean(entry).unwrap_or(true),
            "enable_http2" => config.enable_http2 = reader.boolean(entry).unwrap_or(true),
            "tls_config" => config.tls_config = tls(reader, entry),
            "http_headers" => config.http_headers = headers(reader, entry),
            _ => {}
        }
    }
    bearer_token(reader, node, &mut config);
    check(reader, section, &config);
    config
}

/// Checks TLS settings that nothing uses yet.
pub(crate) fn check_tls(reader: &mut Reader, entry: &Entry) {
    tls(reader, entry);
}

/// `bearer_token` is the old way of writing `authorization`.
fn bearer_token(reader: &mut Reader, node: &Arc<Node>, config: &mut HttpConfig) {
    let set = |key| node.entry(key).filter(|entry| is_set(&entry.value));
    let (inline, file) = (set("bearer_token"), set("bearer_token_file"));
    let Some(entry) = inline.or(file) else { return };
    reader.exclusive(node, "bearer_token", "bearer_token_file");
    if let Some(other) = set("authorization").or_else(|| set("basic_auth")) {
        let message = "at most one of basic_auth, authorization, bearer_token & bearer_token_file must be configured";
        let fault = Diagnostic::error(codes::HTTP_CONFIG, message);
        reader.report.add(
            fault
                .at(entry.key_span, "")
                .at(other.key_span, "and this one"),
        );
        return;
    }
    let credentials = secret(reader, node, "bearer_token");
    config.authorization = Some(Authorization {
        scheme: "Bearer".to_owned(),
        credentials,
    });
}

fn check(reader: &mut Reader, section: &Entry, config: &HttpConfig) {
    let node = &section.value;
    let mut contradiction = |message: &str, first: &str, second: &str| {
        let span = |key: &str| {
            node.entry(key)
                .map_or(section.key_span, |entry| entry.key_span)
        };
        let fault = Diagnostic::error(codes::HTTP_CONFIG, message).at(span(first), "");
        let fault = if second.is_empty() {
            fault
        } else {
            fault.at(span(second), "and this one")
        };
        reader.report.add(fault);
    };
    let (basic, authorization) = ("basic_auth", "authorization");
    if node.entry(basic).is_some() && config.basic_auth.is_some() && config.authorization.is_some()
    {
        let message = "at most one of basic_auth, oauth2 & authorization must be configured";
        contradiction(message, basic, authorization);
    }
    let has_proxy = config.proxy_url.is_some();
    if config.proxy_from_environment && has_proxy {
        let message = "if proxy_from_environment is configured, proxy_url must not be configured";
        contradiction(message, "proxy_from_environment", "proxy_url");
    }
    if config.proxy_from_environment && !config.no_proxy.is_empty() {
        let message = "if proxy_from_environment is configured, no_proxy must not be configured";
        contradiction(message, "proxy_from_environment", "no_proxy");
    }
    if !config.no_proxy.is_empty() && !has_proxy && !config.proxy_from_environment {
        let message = "if no_proxy is configured, proxy_url must also be configured";
        contradiction(message, "no_proxy", "");
    }
}

/// The secret `key` or the file that `key_file` names.
fn secret(reader: &mut Reader, node: &Arc<Node>, key: &str) -> Option<SecretSource> {
    if let Some(entry) = node.entry(key) {
        let text = reader.set_text(entry);
        if let Some(text) = text {
            reader.placeholder_secret(&entry.value, key, &text);
            return Some(SecretSource::Inline(Secret::new(text)));
        }
    }
    let entry = node.entry(&format!("{key}_file"))?;
    let file = reader.set_text(entry)?;
    Some(SecretSource::File(reader.later_file(&entry.value, &file)))
}

/// The same for what is no secret.
fn credential(reader: &mut Reader, node: &Arc<Node>, key: &str) -> Option<Credential> {
    let inline = node.entry(key).and_then(|entry| reader.set_text(entry));
    if let Some(text) = inline {
        return Some(Credential::Inline(text));
    }
    let entry = node.entry(&format!("{key}_file"))?;
    let file = reader.set_text(entry)?;
    Some(Credential::File(reader.later_file(&entry.value, &file)))
}

fn authorization(reader: &mut Reader, section: &Entry) -> Option<Authorization> {
    let node = &section.value;
    if !reader.mapping(section, places::AUTHORIZATION) {
        return None;
    }
    if is_both(node, "credentials") {
        let message =
            "at most one of authorization credentials & credentials_file must be configured";
        reader.error(codes::EXCLUSIVE, section.key_span, message);
    }
    let scheme = node.entry("type").and_then(|entry| reader.set_text(entry));
    let scheme = scheme
        .map(|scheme| scheme.trim().to_owned())
        .unwrap_or_default();
    if scheme.eq_ignore_ascii_case("basic") {
        let message = "authorization type cannot be set to \"basic\", use \"basic_auth\" instead";
        reader.error(codes::HTTP_CONFIG, section.key_span, message);
    }
    let scheme = if scheme.is_empty() {
        "Bearer".to_owned()
    } else {
        scheme
    };
    Some(Authorization {
        scheme,
        credentials: secret(reader, node, "credentials"),
    })
}

fn basic_auth(reader: &mut Reader, section: &Entry) -> Option<BasicAuth> {
    let node = &section.value;
    if !reader.mapping(section, places::BASIC_AUTH) {
        return None;
    }
    for key in ["username", "password"] {
        if is_both(node, key) {
            let message =
                format!("at most one of basic_auth {key} & {key}_file must be configured");
            reader.error(codes::EXCLUSIVE, section.key_span, message);
        }
    }
    let username = credential(reader, node, "username");
    let username = username.unwrap_or_else(|| Credential::Inline(String::new()));
    Some(BasicAuth {
        username,
        password: secret(reader, node, "password"),
    })
}

fn is_both(node: &Arc<Node>, key: &str) -> bool {
    let set = |key: &str| node.get(key).is_some_and(|value| is_set(value));
    set(key) && set(&format!("{key}_file"))
}

fn proxy_url(reader: &mut Reader, entry: &Entry) -> Option<Secret> {
    let text = reader.set_text(entry)?;
    let is_socks = ["socks5://", "socks5h://"]
        .iter()
        .any(|scheme| text.starts_with(scheme));
    (is_socks || reader.url(&entry.value, &entry.key, &text)).then(|| Secret::new(text))
}

fn tls(reader: &mut Reader, section: &Entry) -> TlsConfig {
    let mut config = TlsConfig::default();
    if !reader.mapping(section, places::TLS_CONFIG) {
        return config;
    }
    let node = &section.value;
    for key in ["ca", "cert", "key"] {
        if is_both(node, key) {
            let message = format!("at most one of {key} & {key}_file must be configured");
            reader.error(codes::EXCLUSIVE, section.key_span, message);
        }
    }
    config.ca = credential(reader, node, "ca");
    config.cert = credential(reader, node, "cert");
    config.key = secret(reader, node, "key");
    let contradiction = match (&config.cert, &config.key) {
        (Some(_), None) => {
            "exactly one of key or key_file must be configured when a client certificate is configured"
        }
        (None, Some(_)) => {
            "exactly one of cert or cert_file must be configured when a client key is configured"
        }
        _ => "",
    };
    if !contradiction.is_empty() {
        reader.error(codes::HTTP_CONFIG, section.key_span, contradiction);
    }
    for entry in node.entries() {
        match &*entry.key {
            "server_name" => config.server_name = reader.text(entry).unwrap_or_default(),
            "insecure_skip_verify" => {
                config.insecure_skip_verify = reader.boolean(entry).unwrap_or_default();
            }
            "min_version" => config.min_version = version(reader, entry),
            "max_version" => config.max_version = version(reader, entry),
            _ => {}
        }
    }
    config
}

fn version(reader: &mut Reader, entry: &Entry) -> Option<TlsVersion> {
    match reader.set_text(entry)?.as_str() {
        "TLS10" => Some(TlsVersion::Tls10),
        "TLS11" => Some(TlsVersion::Tls11),
        "TLS12" => Some(TlsVersion::Tls12),
        "TLS13" => Some(TlsVersion::Tls13),
        other => {
            let message = format!("unknown TLS version {other:?}");
            let fault = Diagnostic::error(codes::BAD_VALUE, message).at(entry.value.span, "");
            let allowed = listed(["TLS10", "TLS11", "TLS12", "TLS13"]);
            reader.report.add(fault.help(format!("allowed: {allowed}")));
            None
        }
    }
}

fn headers(reader: &mut Reader, section: &Entry) -> Vec<Header> {
    let node = &section.value;
    if !matches!(node.value, Value::Mapping(_)) && !node.is_null() {
        reader.wrong_type(
            (node, section.key_span),
            &section.key,
            "a mapping of names to values",
        );
    }
    let mut headers = Vec::new();
    for entry in node.entries() {
        let name = canonical(&entry.key);
        if RESERVED_HEADERS.contains(&&*name) {
            let message = format!("setting header {name:?} is not allowed");
            reader.error(codes::HTTP_CONFIG, entry.key_span, message);
        }
        if name.is_empty() || !name.bytes().all(is_token) {
            let message = format!("{name:?} is not a header's name");
            reader.error(codes::BAD_VALUE, entry.key_span, message);
        }
        let mut header = Header {
            name,
            values: Vec::new(),
            secrets: Vec::new(),
            files: Vec::new(),
        };
        if !reader.mapping(entry, places::HEADER) {
            continue;
        }
        for list in entry.value.entries() {
            let texts = reader.texts(list);
            match &*list.key {
                "values" => header.values = texts.into_iter().map(|(text, _)| text).collect(),
                "secrets" => {
                    header.secrets = texts
                        .into_iter()
                        .map(|(text, _)| Secret::new(text))
                        .collect();
                }
                "files" => {
                    let files = texts.into_iter();
                    header.files = files
                        .map(|(text, at)| reader.later_file(&at, &text))
                        .collect();
                }
                _ => {}
            }
        }
        headers.push(header);
    }
    headers
}

/// The form that Go gives a header's name: each part begins with a capital.
fn canonical(name: &str) -> String {
    if !name.bytes().all(is_token) {
        return name.to_owned();
    }
    let mut is_first = true;
    name.chars()
        .map(|letter| {
            let result = if is_first {
                letter.to_ascii_uppercase()
            } else {
                letter.to_ascii_lowercase()
            };
            is_first = letter == '-';
            result
        })
        .collect()
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
