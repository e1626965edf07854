//! Secrets: read when they are needed, put where they belong, kept out of every message.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    path::Path,
};

use larum_config::SecretSource;
use larum_sandbox::{Encoding, Part};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};

/// What stands in place of a secret, as in Alertmanager's status.
const MASK: &str = "<secret>";
/// Shorter values are not masked: they would mask half of every message, and guard nothing.
const MASKED_BYTES_MIN: usize = 4;
/// A secret file is a password or a URL; what is longer is the wrong file.
const FILE_BYTES_MAX: u64 = 64 * 1024;

/// Everything but RFC 3986's unreserved characters.
const URL_COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The values that one attempt may use, by name.
pub(super) struct Secrets {
    values: BTreeMap<String, String>,
    /// Names of those that a template made.
    made: BTreeSet<String>,
}

/// Why there is no value for a secret. Holds no secret.
#[derive(Debug)]
pub(super) struct SecretError(String);

impl fmt::Display for SecretError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Secrets {
    /// Reads the values of an integration's secrets. Files are read now, so that a rotated
    /// secret is used at once. `made` are those that a template made for this notification.
    pub(super) async fn read(
        sources: &BTreeMap<String, SecretSource>,
        made: BTreeMap<String, String>,
    ) -> Result<Self, SecretError> {
        let mut values = made;
        let made = values.keys().cloned().collect();
        for (name, source) in sources {
            if !values.contains_key(name) {
                values.insert(name.clone(), value(source).await?);
            }
        }
        Ok(Self { values, made })
    }

    /// All values, for a [`Redactor`].
    pub(super) fn values(&self) -> impl Iterator<Item = &str> {
        self.values.values().map(String::as_str)
    }

    /// The hosts of those that are URLs. Templated ones are left out: an alert must not choose
    /// where a foreign plugin may send.
    pub(super) fn hosts(&self) -> Vec<String> {
        let written = self
            .values
            .iter()
            .filter(|(name, _)| !self.made.contains(*name));
        written.filter_map(|(_, value)| host(value)).collect()
    }

    /// The text that these parts make.
    pub(super) fn fill(&self, parts: &[Part]) -> Result<String, SecretError> {
        let mut text = String::new();
        for part in parts {
            match part {
                Part::Literal(literal) => text.push_str(literal),
                Part::Secret { name, encoding } => {
                    let value = self.values.get(name).ok_or_else(|| {
                        SecretError(format!("the plugin asked for an unknown secret {name:?}"))
                    })?;
                    text.push_str(&encoded(value, *encoding));
                }
            }
        }
        Ok(text)
    }
}

/// The host and port of a text that is an absolute HTTP URL.
pub(crate) fn host(text: &str) -> Option<String> {
    let url = reqwest::Url::parse(text).ok()?;
    let host = url
        .host_str()
        .filter(|_| matches!(url.scheme(), "http" | "https"))?;
    Some(format!("{host}:{}", url.port_or_known_default()?))
}

/// Whether any part is a secret.
pub(super) fn has_secret(parts: &[Part]) -> bool {
    parts.iter().any(|part| matches!(part, Part::Secret { .. }))
}

/// The value of one secret.
pub(super) async fn value(source: &SecretSource) -> Result<String, SecretError> {
    match source {
        SecretSource::Inline(secret) => Ok(secret.expose().to_owned()),
        SecretSource::File(path) => read_file(path).await,
    }
}

/// The text of a file, without the white space around it: editors end files with a line break,
/// which is no part of a secret.
pub(super) async fn read_file(path: &Path) -> Result<String, SecretError> {
    let failed =
        |error: &dyn fmt::Display| SecretError(format!("cannot read {}: {error}", path.display()));
    let length = tokio::fs::metadata(path)
        .await
        .map_err(|error| failed(&error))?
        .len();
    if length > FILE_BYTES_MAX {
        return Err(failed(&format!(
            "it has {length} bytes, at most {FILE_BYTES_MAX} are read"
        )));
    }
    let text = tokio::fs::read_to_string(path)
        .await
        .map_err(|error| failed(&error))?;
    Ok(text.trim().to_owned())
}

fn encoded(value: &str, encoding: Encoding) -> String {
    match encoding {
        Encoding::Raw => value.to_owned(),
        Encoding::JsonString => json_string(value),
        Encoding::UrlComponent => url_component(value),
        Encoding::Base64 => base64(value),
    }
}

fn json_string(value: &str) -> String {
    let quoted = serde_json::Value::from(value).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

fn url_component(value: &str) -> String {
    percent_encoding::utf8_percent_encode(value, URL_COMPONENT).to_string()
}

fn base64(value: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(value)
}

/// Replaces the values of secrets, in each way they may be written.
pub(super) struct Redactor {
    /// Longest first, so that no part of a longer one is left.
    needles: Vec<String>,
}

impl Redactor {
    /// A redactor for these values.
    pub(super) fn new<'a>(values: impl IntoIterator<Item = &'a str>) -> Self {
        let mut needles: Vec<_> = values.into_iter().flat_map(spellings).collect();
        needles.retain(|needle| needle.len() >= MASKED_BYTES_MIN);
        needles.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        needles.dedup();
        Self { needles }
    }

    /// The text without secrets.
    pub(super) fn redact(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for needle in &self.needles {
            if text.contains(needle.as_str()) {
                text = text.replace(needle.as_str(), MASK);
            }
        }
        text
    }

    /// The text without secrets, of which the end is missing: a secret that is cut in two would
    /// not be known, so as much of the end goes as the longest of them could have begun in.
    pub(super) fn redact_cut(&self, text: &str) -> String {
        let mut text = self.redact(text);
        let longest = self.needles.first().map_or(0, String::len);
        text.truncate(text.floor_char_boundary(text.len().saturating_sub(longest)));
        text
    }
}

/// The ways in which a value may turn up in a response or an error.
fn spellings(value: &str) -> Vec<String> {
    let mut spellings = vec![
        value.to_owned(),
        json_string(value),
        url_component(value),
        base64(value),
    ];
    if let Ok(url) = reqwest::Url::parse(value)
        && url.has_host()
    {
        // Servers quote the path of a request, not the URL; in a webhook's the path is the secret.
        let path = url.path();
        if path.len() > 1 {
            spellings.push(path.to_owned());
            spellings.extend(url.query().map(|query| format!("{path}?{query}")));
            spellings.extend(
                path.rsplit('/')
                    .next()
                    .map(str::to_owned)
                    .filter(|last| last.len() >= 12),
            );
        }
        spellings.extend(url.password().map(str::to_owned));
        spellings.push(url.to_string());
    }
    spellings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(value: &str) -> Secrets {
        Secrets {
            values: BTreeMap::from([("/key".to_owned(), value.to_owned())]),
            made: BTreeSet::new(),
        }
    }

    #[track_caller]
    fn check_encoding(value: &str, encoding: Encoding, expected: &str) {
        let parts = [
            Part::Literal("<".into()),
            Part::Secret {
                name: "/key".into(),
                encoding,
            },
            Part::Literal(">".into()),
        ];
        assert_eq!(
            secrets(value).fill(&parts).unwrap(),
            format!("<{expected}>")
        );
    }

    #[test]
    fn secrets_are_written_as_their_place_needs_it() {
        check_encoding("a\"b\\c&d é", Encoding::Raw, "a\"b\\c&d é");
        check_encoding("a\"b\\c\n", Encoding::JsonString, "a\\\"b\\\\c\\n");
        check_encoding(
            "a b&c=d/é~",
            Encoding::UrlComponent,
            "a%20b%26c%3Dd%2F%C3%A9~",
        );
        check_encoding("user:pass", Encoding::Base64, "dXNlcjpwYXNz");
    }

    #[test]
    fn an_unknown_secret_is_an_error() {
        let parts = [Part::Secret {
            name: "/other".into(),
            encoding: Encoding::Raw,
        }];
        let error = secrets("value").fill(&parts).unwrap_err().to_string();
        assert_eq!(error, "the plugin asked for an unknown secret \"/other\"");
    }

    #[track_caller]
    fn check_redacted(secret: &str, text: &str, expected: &str) {
        assert_eq!(Redactor::new([secret]).redact(text), expected);
    }

    #[test]
    fn secrets_are_masked_in_every_spelling() {
        check_redacted(
            "hunter22",
            "it is hunter22, hunter22",
            "it is <secret>, <secret>",
        );
        check_redacted("a\"bcd", r#"{"echo":"a\"bcd"}"#, r#"{"echo":"<secret>"}"#);
        check_redacted("a b/c", "?q=a%20b%2Fc", "?q=<secret>");
        check_redacted("user:pass", "Basic dXNlcjpwYXNz", "Basic <secret>");
        let hook = "https://hooks.slack.com/services/T0/B0/abcdefghijkl";
        check_redacted(
            hook,
            "error for url (https://hooks.slack.com/services/T0/B0/abcdefghijkl)",
            "error for url (<secret>)",
        );
        check_redacted(
            hook,
            "no /services/T0/B0/abcdefghijkl here",
            "no <secret> here",
        );
        check_redacted(hook, "token abcdefghijkl", "token <secret>");
        check_redacted("https://u:pa55word@host/", "pa55word", MASK);
        check_redacted("ok", "ok", "ok");
    }

    #[test]
    fn a_cut_text_keeps_no_half_of_a_secret() {
        let redactor = Redactor::new(["0123456789"]);
        let text = redactor.redact_cut("a long enough beginning, then 012345678");
        assert_eq!(redactor.redact(&text), text);
        assert!(!text.contains("012"), "{text}");
    }

    #[tokio::test]
    async fn a_file_is_read_without_the_white_space_around() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "token\r\n").unwrap();
        assert_eq!(
            value(&SecretSource::File(file.path().into()))
                .await
                .unwrap(),
            "token"
        );
        let missing = SecretSource::File("/does/not/exist".into());
        let error = value(&missing).await.unwrap_err().to_string();
        assert!(
            error.starts_with("cannot read /does/not/exist: "),
            "{error}"
        );
    }
}
