//! What clients post: `postableAlert`s, read as Go's JSON and go-openapi read them.

use std::{borrow::Cow, fmt};

use larum_engine::model::Timestamp;
use serde::{
    Deserialize, Deserializer,
    de::{Error as _, IgnoredAny, MapAccess, Visitor},
};

use super::time;

/// Names and values as they were posted. A name may occur twice; the last one counts.
pub(crate) type Pairs<'a> = Vec<(Cow<'a, str>, Cow<'a, str>)>;

/// An alert as it was posted. Text without escapes is borrowed from the body.
#[derive(Debug, Default)]
pub(crate) struct PostedAlert<'a> {
    pub(crate) labels: Option<Pairs<'a>>,
    pub(crate) annotations: Pairs<'a>,
    /// Absent, `null` and Go's zero time are all unset.
    pub(crate) starts_at: Option<Timestamp>,
    pub(crate) ends_at: Option<Timestamp>,
    pub(crate) generator_url: Cow<'a, str>,
}

/// Why a body is refused as a whole.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It cannot be read.
    Malformed(String),
    /// It can, but lacks something; with go-openapi's number for the kind of fault.
    Invalid { code: u16, message: String },
}

/// Reads the body of `POST /api/v2/alerts`. What follows the first JSON value is ignored, as Go's
/// decoder does.
///
/// # Errors
/// When it is no list of alerts.
pub(crate) fn parse_alerts(body: &str) -> Result<Vec<PostedAlert<'_>>, Refusal> {
    if body.trim_ascii().is_empty() {
        return Err(Refusal::Invalid {
            code: 602,
            message: "alerts in body is required".into(),
        });
    }
    let mut deserializer = serde_json::Deserializer::from_str(body);
    let alerts = Option::<Vec<Option<PostedAlert<'_>>>>::deserialize(&mut deserializer)
        .map_err(|error| Refusal::Malformed(error.to_string()))?
        .unwrap_or_default();
    alerts
        .into_iter()
        .enumerate()
        .map(|(index, alert)| {
            let alert = alert.unwrap_or_default();
            check_required(index, &alert)?;
            Ok(alert)
        })
        .collect()
}

fn check_required(index: usize, alert: &PostedAlert<'_>) -> Result<(), Refusal> {
    if alert.labels.is_none() {
        let message = format!("{index}.labels in body is required");
        return Err(Refusal::Invalid { code: 602, message });
    }
    if !alert.generator_url.is_empty() && !is_request_uri(&alert.generator_url) {
        let url = serde_json::Value::from(&*alert.generator_url);
        let message = format!("{index}.generatorURL in body must be of type uri: {url}");
        return Err(Refusal::Invalid { code: 601, message });
    }
    Ok(())
}

/// Go's `url.ParseRequestURI`, as far as it refuses anything: an absolute path, `*`, or a scheme
/// with something behind it; no control characters, no broken escapes, no space in the host.
fn is_request_uri(text: &str) -> bool {
    let path = text.split('?').next().unwrap_or_default();
    if text.bytes().any(|byte| byte.is_ascii_control()) || !escapes_are_whole(path) {
        return false;
    }
    if text == "*" || text.starts_with('/') {
        return true;
    }
    let Some((scheme, rest)) = path.split_once(':') else {
        return false;
    };
    let authority = rest
        .strip_prefix("//")
        .map_or("", |rest| rest.split('/').next().unwrap_or(""));
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        && !authority.contains(' ')
}

fn escapes_are_whole(path: &str) -> bool {
    path.split('%').skip(1).all(|after| {
        after
            .as_bytes()
            .get(..2)
            .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    })
}

impl<'de> Deserialize<'de> for PostedAlert<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(AlertVisitor)
    }
}

struct AlertVisitor;

impl<'de> Visitor<'de> for AlertVisitor {
    type Value = PostedAlert<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an alert")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut alert = PostedAlert::default();
        while let Some(Text(key)) = map.next_key()? {
            // Go's JSON finds a field by its name in whatever case.
            if key.eq_ignore_ascii_case("labels") {
                alert.labels = map
                    .next_value::<Option<PairsOf<'de>>>()?
                    .map(|pairs| pairs.0);
            } else if key.eq_ignore_ascii_case("annotations") {
                let pairs = map.next_value::<Option<PairsOf<'de>>>()?;
                alert.annotations = pairs.map(|pairs| pairs.0).unwrap_or_default();
            } else if key.eq_ignore_ascii_case("startsAt") {
                alert.starts_at = map.next_value::<Option<Time>>()?.and_then(|time| time.0);
            } else if key.eq_ignore_ascii_case("endsAt") {
                alert.ends_at = map.next_value::<Option<Time>>()?.and_then(|time| time.0);
            } else if key.eq_ignore_ascii_case("generatorURL") {
                alert.generator_url = map.next_value::<Text<'de>>()?.0;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(alert)
    }
}

/// A string, borrowed where it can be; `null` is empty, as Go has it.
struct Text<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a string")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Text(Cow::Owned(text.to_owned())))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Text(Cow::Borrowed("")))
    }
}

struct PairsOf<'a>(Pairs<'a>);

impl<'de> Deserialize<'de> for PairsOf<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PairsVisitor)
    }
}

struct PairsVisitor;

impl<'de> Visitor<'de> for PairsVisitor {
    type Value = PairsOf<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("names and values, both strings")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut pairs = Pairs::with_capacity(16);
        while let Some((Text(name), Text(value))) = map.next_entry()? {
            pairs.push((name, value));
        }
        Ok(PairsOf(pairs))
    }
}

struct Time(Option<Timestamp>);

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Text(text) = Text::deserialize(deserializer)?;
        time::parse(&text).map(Self).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_uri(text: &str, expected: bool) {
        assert_eq!(is_request_uri(text), expected, "{text}");
    }

    #[test]
    fn uris_are_those_that_alertmanager_takes() {
        check_uri(
            "http://prometheus:9090/graph?g0.expr=up+%3D%3D+0&g0.tab=1",
            true,
        );
        check_uri("/graph?x", true);
        check_uri("http://a/b c", true);
        check_uri("urn:x", true);
        check_uri("*", true);
        check_uri("graph", false);
        check_uri("not a url", false);
        check_uri("http://a/%zz", false);
        check_uri("http://a/?x=%zz", true);
        check_uri("http://a b/", false);
        check_uri("http://a/\n", false);
    }

    #[track_caller]
    fn check_refused(body: &str, code: u16, message: &str) {
        let refusal = parse_alerts(body).unwrap_err();
        assert_eq!(
            refusal,
            Refusal::Invalid {
                code,
                message: message.into()
            },
            "{body}"
        );
    }

    #[test]
    fn what_lacks_something_is_refused_as_a_whole() {
        check_refused("", 602, "alerts in body is required");
        check_refused(
            r#"[{"annotations":{}}]"#,
            602,
            "0.labels in body is required",
        );
        check_refused(
            r#"[{"labels":{}},{"labels":null}]"#,
            602,
            "1.labels in body is required",
        );
        check_refused(
            r#"[{"labels":{},"generatorURL":"graph"}]"#,
            601,
            r#"0.generatorURL in body must be of type uri: "graph""#,
        );
    }

    #[track_caller]
    fn check_read(body: &str, count: usize) {
        assert_eq!(parse_alerts(body).unwrap().len(), count, "{body}");
    }

    #[test]
    fn what_go_reads_is_read() {
        check_read("null", 0);
        check_read("[]", 0);
        check_read(r#"[{"labels":{"a":"b"}}] trailing"#, 1);
        check_read(
            r#"[{"labels":{"a":null},"annotations":null,"endsAt":null,"x":[1,{}]}]"#,
            1,
        );
        let alerts = parse_alerts(r#"[{"Labels":{"a":"b\n"},"GeneratorUrl":"http://g"}]"#).unwrap();
        assert_eq!(alerts[0].labels, Some(vec![("a".into(), "b\n".into())]));
        assert_eq!(alerts[0].generator_url, "http://g");
        assert!(matches!(alerts[0].generator_url, Cow::Borrowed(_)));
    }

    #[track_caller]
    fn check_malformed(body: &str) {
        assert!(
            matches!(parse_alerts(body), Err(Refusal::Malformed(_))),
            "{body}"
        );
    }

    #[test]
    fn what_go_cannot_read_is_refused() {
        check_malformed("nonsense");
        check_malformed(r#"{"labels":{}}"#);
        check_malformed(r#"[{"labels":{"a":1}}]"#);
        check_malformed(r#"[{"labels":{"a":"b"},"startsAt":5}]"#);
        check_malformed(r#"[{"labels":{"a":"b"},"startsAt":"bogus"}]"#);
    }
}
