//! How the host sends: Prometheus' `http_config`.

mod read;

use std::path::PathBuf;

pub(crate) use self::read::{check_tls, read};
use crate::{Secret, SecretSource};

/// How requests of an integration are sent (prometheus/common `config/http_config.go`, v0.70).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpConfig {
    /// The `Authorization` header.
    pub authorization: Option<Authorization>,
    /// The `Authorization` header of the `Basic` scheme.
    pub basic_auth: Option<BasicAuth>,
    /// The proxy; its userinfo may hold a password.
    pub proxy_url: Option<Secret>,
    /// Hosts, domains and networks that are reached without the proxy, separated by commas.
    pub no_proxy: String,
    /// Whether the proxy is found in `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`.
    pub proxy_from_environment: bool,
    /// Whether redirects are followed.
    pub follow_redirects: bool,
    /// Whether HTTP/2 may be spoken.
    pub enable_http2: bool,
    /// How TLS is done.
    pub tls_config: TlsConfig,
    /// Further headers.
    pub http_headers: Vec<Header>,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            authorization: None,
            basic_auth: None,
            proxy_url: None,
            no_proxy: String::new(),
            proxy_from_environment: false,
            follow_redirects: true,
            enable_http2: true,
            tls_config: TlsConfig::default(),
            http_headers: Vec::new(),
        }
    }
}

/// An `Authorization` header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorization {
    /// The scheme, `Bearer` unless told otherwise.
    pub scheme: String,
    /// What follows the scheme, if anything.
    pub credentials: Option<SecretSource>,
}

/// User and password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BasicAuth {
    /// Who.
    pub username: Credential,
    /// With which password; none is an empty one.
    pub password: Option<SecretSource>,
}

/// A text that is no secret and may stand in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// In the configuration itself.
    Inline(String),
    /// In a file, read at each use, white space at both ends cut off. The path is resolved.
    File(PathBuf),
}

/// How TLS is done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TlsConfig {
    /// Certificates of authorities to trust instead of the system's, in PEM.
    pub ca: Option<Credential>,
    /// The client's certificate, in PEM.
    pub cert: Option<Credential>,
    /// The client's key, in PEM.
    pub key: Option<SecretSource>,
    /// The name to ask for and to check, if it is not the URL's.
    pub server_name: String,
    /// Whether any certificate is accepted.
    pub insecure_skip_verify: bool,
    /// The oldest version to speak.
    pub min_version: Option<TlsVersion>,
    /// The newest version to speak.
    pub max_version: Option<TlsVersion>,
}

/// A version of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TlsVersion {
    /// `TLS10`
    Tls10,
    /// `TLS11`
    Tls11,
    /// `TLS12`
    Tls12,
    /// `TLS13`
    Tls13,
}

/// A header that every request carries: all values, then all secrets, then all files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// In its canonical form, such as `X-Scope-Orgid`.
    pub name: String,
    /// Values that may be seen.
    pub values: Vec<String>,
    /// Values that may not.
    pub secrets: Vec<Secret>,
    /// Files with values; paths are resolved.
    pub files: Vec<PathBuf>,
}
