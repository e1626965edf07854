//! From the wire to the engine: every rule that an alert must keep, applied once.

use std::{borrow::Cow, collections::BTreeMap, time::Duration};

use larum_engine::model::{Alert, Labels, LabelsBuilder, Timestamp};

use crate::api::wire::PostedAlert;

/// What became of the alerts of one request.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// Those that keep the rules.
    pub(crate) alerts: Vec<Alert>,
    /// One message for each that does not.
    pub(crate) errors: Vec<String>,
    /// How many of all fire.
    pub(crate) firing: u64,
    /// How many of all are over.
    pub(crate) resolved: u64,
}

/// Applies Alertmanager's rules of ingest (`api/v2/api.go`, `postAlertsHandler`; `alert/alert.go`,
/// `Validate`; v0.33): fills in times, drops empty labels, checks the rest. A bad alert does not
/// keep its neighbours out.
pub(crate) fn validate(
    posted: Vec<PostedAlert<'_>>,
    now: Timestamp,
    resolve_timeout: Duration,
) -> Batch {
    let mut batch = Batch {
        alerts: Vec::with_capacity(posted.len()),
        ..Batch::default()
    };
    for alert in posted {
        // What has no start began when it ended, if that is known.
        let starts_at = alert.starts_at.or(alert.ends_at).unwrap_or(now);
        let ends_at = alert.ends_at.unwrap_or(now + resolve_timeout);
        if ends_at > now {
            batch.firing += 1;
        } else {
            batch.resolved += 1;
        }
        match checked_labels(&alert, starts_at, ends_at) {
            Ok((labels, annotations)) => {
                // Computed here, so that it is there when the tenant's one task asks for it.
                labels.fingerprint();
                batch.alerts.push(Alert {
                    labels,
                    annotations,
                    starts_at,
                    ends_at,
                    updated_at: now,
                    generator_url: alert.generator_url.into(),
                    timeout: alert.ends_at.is_none(),
                });
            }
            Err(error) => batch.errors.push(error),
        }
    }
    batch
}

fn checked_labels(
    alert: &PostedAlert<'_>,
    starts_at: Timestamp,
    ends_at: Timestamp,
) -> Result<(Labels, Labels), String> {
    if ends_at < starts_at {
        return Err("start time must be before end time".to_owned());
    }
    let labels = alert.labels.as_deref().unwrap_or_default();
    let labels =
        build(labels, Empty::Dropped).map_err(|error| format!("invalid label set: {error}"))?;
    if labels.is_empty() {
        return Err("at least one label pair required".to_owned());
    }
    let annotations = build(&alert.annotations, Empty::Kept)
        .map_err(|error| format!("invalid annotations: {error}"))?;
    Ok((labels, annotations))
}

/// What becomes of a pair with an empty value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Empty {
    Dropped,
    Kept,
}

fn build(pairs: &[(Cow<'_, str>, Cow<'_, str>)], empty: Empty) -> Result<Labels, String> {
    let drops = empty == Empty::Dropped && pairs.iter().any(|(_, value)| value.is_empty());
    if !drops && pairs.iter().all(|(name, _)| !name.is_empty()) {
        let mut builder = LabelsBuilder::with_capacity(pairs.len());
        for (name, value) in pairs {
            builder.push(name, value);
        }
        if let Ok(labels) = builder.build() {
            return Ok(labels);
        }
    }
    build_carefully(pairs, empty)
}

/// The same for pairs with something odd about them: a name twice (the last one counts, as in Go's
/// JSON), an empty value, an empty name.
fn build_carefully(pairs: &[(Cow<'_, str>, Cow<'_, str>)], empty: Empty) -> Result<Labels, String> {
    let last: BTreeMap<&str, &str> = pairs
        .iter()
        .map(|(name, value)| (name.as_ref(), value.as_ref()))
        .collect();
    let kept = last
        .into_iter()
        .filter(|(_, value)| empty == Empty::Kept || !value.is_empty());
    let kept: Vec<_> = kept.collect();
    if kept.iter().any(|(name, _)| name.is_empty()) {
        return Err("invalid name \"\"".to_owned());
    }
    Labels::from_pairs(kept).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix_ms(1_000_000);

    fn batch(body: &str) -> Batch {
        let posted = crate::api::wire::parse_alerts(body).unwrap();
        validate(posted, NOW, Duration::from_secs(300))
    }

    #[track_caller]
    fn check_times(alert: &str, starts_ms: i64, ends_ms: i64, timeout: bool) {
        let batch = batch(&format!(r#"[{{"labels":{{"a":"b"}}{alert}}}]"#));
        let alert = &batch.alerts[0];
        let times = (
            alert.starts_at.unix_ms(),
            alert.ends_at.unix_ms(),
            alert.timeout,
        );
        assert_eq!(times, (starts_ms, ends_ms, timeout));
        assert_eq!(alert.updated_at, NOW);
    }

    #[test]
    fn unset_times_are_filled_in() {
        check_times("", 1_000_000, 1_300_000, true);
        check_times(
            r#","startsAt":"1970-01-01T00:00:10Z""#,
            10_000,
            1_300_000,
            true,
        );
        check_times(r#","endsAt":"1970-01-01T00:00:10Z""#, 10_000, 10_000, false);
        check_times(
            r#","startsAt":"0001-01-01T00:00:00.000Z","endsAt":"0001-01-01T00:00:00.000Z""#,
            1_000_000,
            1_300_000,
            true,
        );
    }

    #[track_caller]
    fn check_labels(labels: &str, expected: &[(&str, &str)]) {
        let batch = batch(&format!(r#"[{{"labels":{labels}}}]"#));
        assert_eq!(batch.alerts[0].labels.iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn labels_are_cleaned() {
        check_labels(r#"{"b":"2","a":"1"}"#, &[("a", "1"), ("b", "2")]);
        check_labels(r#"{"a":"1","b":""}"#, &[("a", "1")]);
        check_labels(r#"{"a":"1","a":"2"}"#, &[("a", "2")]);
        check_labels(r#"{"a":"1","b":"x","b":""}"#, &[("a", "1")]);
        check_labels(r#"{"a b":"ü"}"#, &[("a b", "ü")]);
    }

    #[track_caller]
    fn check_error(alert: &str, error: &str) {
        let batch = batch(&format!(r#"[{{"labels":{{"good":"1"}}}},{alert}]"#));
        assert_eq!(batch.errors, [error]);
        assert_eq!(batch.alerts.len(), 1, "the other alert is taken");
        assert_eq!(batch.firing + batch.resolved, 2);
    }

    #[test]
    fn what_breaks_a_rule_is_named() {
        check_error(r#"{"labels":{}}"#, "at least one label pair required");
        check_error(r#"{"labels":{"a":""}}"#, "at least one label pair required");
        check_error(
            r#"{"labels":{"":"x"}}"#,
            "invalid label set: invalid name \"\"",
        );
        check_error(
            r#"{"labels":{"a":"b"},"annotations":{"":"x"}}"#,
            "invalid annotations: invalid name \"\"",
        );
        check_error(
            r#"{"labels":{"a":"b"},"startsAt":"2026-11-21T01:00:00Z","endsAt":"2026-11-20T01:00:00Z"}"#,
            "start time must be before end time",
        );
    }

    #[test]
    fn annotations_may_be_empty() {
        let batch = batch(r#"[{"labels":{"a":"b"},"annotations":{"e":""}}]"#);
        assert_eq!(batch.alerts[0].annotations.get("e"), Some(""));
    }
}
