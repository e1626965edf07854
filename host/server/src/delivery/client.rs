//! An HTTP client as an integration's `http_config` wants it.

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use larum_config::{Credential, HttpConfig, SecretSource, TlsVersion};
use reqwest::{
    Certificate, Identity, Method, NoProxy, Proxy, Url,
    header::{self, HeaderMap, HeaderName, HeaderValue},
    redirect, tls,
};

use super::{dialer::GuardedResolver, secrets};

/// How long connecting may take, TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a connection waits for its next request.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
/// How long sent bytes may stay unacknowledged: a connection to a host that is gone must not be
/// taken for one to a slow host.
const UNACKNOWLEDGED_TIMEOUT: Duration = Duration::from_secs(20);

/// A client with its pool of connections. Cheap to clone.
#[derive(Clone)]
pub(crate) struct HttpClient {
    client: reqwest::Client,
    follows_redirects: bool,
}

/// Why there is no such client. Holds no secret.
#[derive(Debug)]
pub(crate) struct ClientError(String);

impl fmt::Display for ClientError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Clients by what distinguishes them, so that integrations with the same `http_config` share one.
#[derive(Default)]
pub(crate) struct Clients(Vec<(HttpConfig, HttpClient)>);

impl Clients {
    /// The client for this configuration, made if there is none.
    ///
    /// # Errors
    /// When a file cannot be read, or holds nothing that TLS can use.
    pub(crate) async fn client(&mut self, config: &HttpConfig) -> Result<HttpClient, ClientError> {
        // What a request carries does not distinguish clients.
        let config = HttpConfig {
            authorization: None,
            basic_auth: None,
            http_headers: Vec::new(),
            ..config.clone()
        };
        if let Some((_, client)) = self.0.iter().find(|(other, _)| *other == config) {
            return Ok(client.clone());
        }
        let client = HttpClient::new(&config).await?;
        self.0.push((config, client.clone()));
        Ok(client)
    }
}

impl HttpClient {
    async fn new(config: &HttpConfig) -> Result<Self, ClientError> {
        install_crypto();
        let failed = |error: reqwest::Error| ClientError(causes(&error.without_url()));
        let certificates = certificates(config).await?;
        let identity = identity(config).await?;
        let builder = builder(config, identity.clone())?;
        let client = match certificates {
            Some(certificates) => builder
                .tls_certs_only(certificates)
                .build()
                .map_err(failed)?,
            None => match builder.build() {
                Ok(client) => client,
                // Plain HTTP works without them, and nothing else was asked for yet.
                Err(error) if is_without_certificates(&error) => {
                    tracing::warn!(
                        "This system has no certificates of authorities: receivers behind https \
                         cannot be reached until its package ca-certificates is installed"
                    );
                    self::builder(config, identity)?
                        .tls_certs_only([])
                        .build()
                        .map_err(failed)?
                }
                Err(error) => return Err(failed(error)),
            },
        };
        Ok(Self {
            client,
            follows_redirects: config.follow_redirects,
        })
    }

    /// Sends one request. Redirects are the caller's affair.
    pub(crate) async fn send(
        &self,
        method: Method,
        url: Url,
        headers: HeaderMap,
        body: Bytes,
    ) -> reqwest::Result<reqwest::Response> {
        let request = self.client.request(method, url).headers(headers);
        let request = if body.is_empty() {
            request
        } else {
            request.body(body)
        };
        request.send().await
    }

    /// Whether redirects are to be followed.
    pub(super) fn follows_redirects(&self) -> bool {
        self.follows_redirects
    }
}

/// The headers that `http_config` adds to every request, and the secrets in them. Files are read
/// now, so that a rotated credential is used at once.
pub(super) async fn configured_headers(
    config: &HttpConfig,
) -> Result<(HeaderMap, Vec<String>), ClientError> {
    let mut headers = HeaderMap::new();
    let mut secret_values = Vec::new();
    if let Some(authorization) = &config.authorization {
        let credentials = optional_secret(authorization.credentials.as_ref()).await?;
        let value = format!("{} {credentials}", authorization.scheme);
        add(&mut headers, "authorization", value.trim_end(), true)?;
        secret_values.push(credentials);
    }
    if let Some(basic) = &config.basic_auth {
        use base64::Engine as _;
        let username = credential(&basic.username).await?;
        let password = optional_secret(basic.password.as_ref()).await?;
        let both = format!("{username}:{password}");
        let encoded = base64::engine::general_purpose::STANDARD.encode(&both);
        add(
            &mut headers,
            "authorization",
            &format!("Basic {encoded}"),
            true,
        )?;
        secret_values.extend([password, both]);
    }
    for header in &config.http_headers {
        for value in &header.values {
            add(&mut headers, &header.name, value, false)?;
        }
        for secret in &header.secrets {
            add(&mut headers, &header.name, secret.expose(), true)?;
            secret_values.push(secret.expose().to_owned());
        }
        for path in &header.files {
            let value = secrets::read_file(path)
                .await
                .map_err(|error| ClientError(error.to_string()))?;
            add(&mut headers, &header.name, &value, true)?;
            secret_values.push(value);
        }
    }
    Ok((headers, secret_values))
}

fn add(headers: &mut HeaderMap, name: &str, value: &str, secret: bool) -> Result<(), ClientError> {
    let name = HeaderName::try_from(name)
        .map_err(|_| ClientError(format!("{name:?} is no name for a header")))?;
    let mut value = HeaderValue::try_from(value)
        .map_err(|_| ClientError(format!("the value of the header {name} is none")))?;
    value.set_sensitive(secret || name == header::AUTHORIZATION);
    headers.append(name, value);
    Ok(())
}

fn builder(
    config: &HttpConfig,
    identity: Option<Identity>,
) -> Result<reqwest::ClientBuilder, ClientError> {
    let mut builder = reqwest::Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .redirect(redirect::Policy::none())
        .dns_resolver(Arc::new(GuardedResolver))
        .referer(false);
    #[cfg(target_os = "linux")]
    {
        builder = builder.tcp_user_timeout(UNACKNOWLEDGED_TIMEOUT);
    }
    if !config.enable_http2 {
        builder = builder.http1_only();
    }
    if let Some(url) = &config.proxy_url {
        let proxy = Proxy::all(url.expose())
            .map_err(|error| ClientError(format!("proxy_url: {}", causes(&error.without_url()))))?;
        builder = builder.proxy(proxy.no_proxy(NoProxy::from_string(&config.no_proxy)));
    } else if !config.proxy_from_environment {
        builder = builder.no_proxy();
    }
    if let Some(identity) = identity {
        builder = builder.identity(identity);
    }
    with_tls(builder, config)
}

fn with_tls(
    mut builder: reqwest::ClientBuilder,
    config: &HttpConfig,
) -> Result<reqwest::ClientBuilder, ClientError> {
    let tls_config = &config.tls_config;
    if !tls_config.server_name.is_empty() {
        return Err(ClientError("`server_name` cannot be set yet".to_owned()));
    }
    if tls_config.insecure_skip_verify {
        builder = builder.tls_danger_accept_invalid_certs(true);
    }
    // Versions below 1.2 are not spoken, so allowing them changes nothing.
    if tls_config.min_version == Some(TlsVersion::Tls13) {
        builder = builder.tls_version_min(tls::Version::TLS_1_3);
    }
    match tls_config.max_version {
        None | Some(TlsVersion::Tls13) => {}
        Some(TlsVersion::Tls12) => builder = builder.tls_version_max(tls::Version::TLS_1_2),
        Some(TlsVersion::Tls10 | TlsVersion::Tls11) => {
            return Err(ClientError(
                "TLS below 1.2 is broken and is not spoken".to_owned(),
            ));
        }
    }
    Ok(builder)
}

async fn certificates(config: &HttpConfig) -> Result<Option<Vec<Certificate>>, ClientError> {
    let Some(ca) = &config.tls_config.ca else {
        return Ok(None);
    };
    let pem = credential(ca).await?;
    match Certificate::from_pem_bundle(pem.as_bytes()) {
        Ok(certificates) if !certificates.is_empty() => Ok(Some(certificates)),
        Ok(_) => Err(ClientError(
            "there is no certificate in `ca` or `ca_file`".to_owned(),
        )),
        Err(error) => Err(ClientError(format!(
            "`ca` or `ca_file`: {}",
            causes(&error)
        ))),
    }
}

async fn identity(config: &HttpConfig) -> Result<Option<Identity>, ClientError> {
    let (Some(certificate), Some(key)) = (&config.tls_config.cert, &config.tls_config.key) else {
        return Ok(None);
    };
    let pem = format!(
        "{}\n{}\n",
        credential(certificate).await?,
        secret(key).await?
    );
    let identity = Identity::from_pem(pem.as_bytes())
        .map_err(|error| ClientError(format!("certificate and key: {}", causes(&error))))?;
    Ok(Some(identity))
}

async fn credential(credential: &Credential) -> Result<String, ClientError> {
    match credential {
        Credential::Inline(text) => Ok(text.clone()),
        Credential::File(path) => secrets::read_file(path)
            .await
            .map_err(|error| ClientError(error.to_string())),
    }
}

async fn secret(source: &SecretSource) -> Result<String, ClientError> {
    secrets::value(source)
        .await
        .map_err(|error| ClientError(error.to_string()))
}

async fn optional_secret(source: Option<&SecretSource>) -> Result<String, ClientError> {
    match source {
        Some(source) => secret(source).await,
        None => Ok(String::new()),
    }
}

/// The cryptography is chosen once for the process; whoever was first has chosen the same.
fn install_crypto() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Whether a client could not be built because the system knows no authorities.
fn is_without_certificates(error: &reqwest::Error) -> bool {
    causes(error).contains("No CA certificates")
}

fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}
