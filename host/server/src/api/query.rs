//! Parameters of `GET /alerts` and `GET /alerts/groups`.

use std::sync::Arc;

use larum_engine::model::{
    Alert, Labels, MatchOperator, Matcher, ParseError, Timestamp, parse_matcher,
};

/// Which alerts are asked for.
#[derive(Debug)]
pub(crate) struct Query {
    matchers: Vec<Matcher>,
    receiver: Option<Matcher>,
    receiver_matchers: Vec<Matcher>,
    active: bool,
}

impl Query {
    /// Reads a query string. Unknown parameters are ignored, as Alertmanager does; so are
    /// `silenced`, `inhibited`, `muted` and `unprocessed`: they take away alerts of states that
    /// none can be in before there are silences, inhibition and time intervals.
    ///
    /// # Errors
    /// When a matcher or the receiver's regular expression cannot be read.
    pub(crate) fn parse(query: Option<&str>) -> Result<Self, String> {
        let mut parsed = Self {
            matchers: Vec::new(),
            receiver: None,
            receiver_matchers: Vec::new(),
            active: true,
        };
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            match &*name {
                "filter" => parsed
                    .matchers
                    .push(parse_matcher(&value).map_err(message)?),
                "receiver_matchers" => parsed.receiver_matchers.push(receiver_matcher(&value)?),
                "receiver" if !value.is_empty() => {
                    let matcher = Matcher::new("receiver", MatchOperator::Regex, &*value)
                        .map_err(|error| format!("failed to parse receiver param: {error}"))?;
                    parsed.receiver = Some(matcher);
                }
                "active" => parsed.active = is_true(&value),
                _ => {}
            }
        }
        Ok(parsed)
    }

    /// Whether this alert is asked for, whoever receives it.
    pub(crate) fn wants(&self, alert: &Alert, now: Timestamp) -> bool {
        // Every alert that is not over is active: see `parse`.
        self.active
            && alert.ends_at >= now
            && self.matchers.iter().all(|it| it.matches(&alert.labels))
    }

    /// Whether what goes to this receiver is asked for.
    pub(crate) fn wants_receiver(&self, name: &str, labels: &ReceiverLabels) -> bool {
        if self.receiver.is_none() && self.receiver_matchers.is_empty() {
            return true;
        }
        self.receiver
            .as_ref()
            .is_none_or(|matcher| matcher.matches_value(name))
            && match labels.get(name) {
                Some(labels) => self.receiver_matchers.iter().all(|it| it.matches(labels)),
                None => self.receiver_matchers.is_empty(),
            }
    }
}

/// The `receiver_matchers` of `GET /receivers`.
///
/// # Errors
/// When one cannot be read.
pub(crate) fn receiver_matchers(query: Option<&str>) -> Result<Vec<Matcher>, String> {
    form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .filter(|(name, _)| name == "receiver_matchers")
        .map(|(_, value)| receiver_matcher(&value))
        .collect()
}

/// Names of receivers with their labels.
pub(crate) type ReceiverLabels = std::collections::HashMap<Arc<str>, Labels>;

fn receiver_matcher(text: &str) -> Result<Matcher, String> {
    parse_matcher(text)
        .map_err(|error| format!("failed to parse receiver_matchers param: {}", error.message))
}

fn message(error: ParseError) -> String {
    error.message
}

/// What go-openapi takes for true (`swag`, `ConvertBool`); everything else is false.
fn is_true(value: &str) -> bool {
    const TRUE: [&str; 10] = [
        "true", "1", "yes", "ok", "y", "on", "selected", "checked", "t", "enabled",
    ];
    TRUE.iter().any(|word| value.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(query: &str, wanted: bool) {
        let alert = Alert {
            labels: Labels::from_pairs([("alertname", "Down"), ("job", "node")]).unwrap(),
            annotations: Labels::default(),
            starts_at: Timestamp::EPOCH,
            ends_at: Timestamp::from_unix_ms(1_000),
            updated_at: Timestamp::EPOCH,
            generator_url: "".into(),
            timeout: false,
        };
        let receiver = Labels::from_pairs([("name", "ops"), ("team", "db")]).unwrap();
        let receivers = ReceiverLabels::from([(Arc::from("ops"), receiver)]);
        let query_parsed = Query::parse(Some(query)).unwrap();
        let answer = query_parsed.wants(&alert, Timestamp::from_unix_ms(1_000))
            && query_parsed.wants_receiver("ops", &receivers);
        assert_eq!(answer, wanted, "{query}");
        assert!(
            !query_parsed.wants(&alert, Timestamp::from_unix_ms(1_001)),
            "it is over"
        );
    }

    #[test]
    fn each_parameter_narrows() {
        check("", true);
        check("unknown=x", true);
        check(
            "silenced=false&inhibited=false&muted=false&unprocessed=false",
            true,
        );
        check("active=false", false);
        check("active=maybe", false);
        check("active=yes", true);
        check("filter=job%3D%22node%22", true);
        check(
            "filter=job%3D%22node%22&filter=alertname%3D~%22Up%22",
            false,
        );
        check("filter=absent%3D%22%22", true);
        check("filter=absent!%3D%22%22", false);
        check("receiver=op", false);
        check("receiver=op.", true);
        check("receiver_matchers=team%3D%22db%22", true);
        check("receiver_matchers=team%3D%22web%22", false);
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        assert!(Query::parse(Some("filter=bogus")).is_err());
        assert!(Query::parse(Some("filter=%7Ba%3D%22b%22%7D")).is_err());
        let error = Query::parse(Some("receiver=(")).unwrap_err();
        assert!(
            error.starts_with("failed to parse receiver param: "),
            "{error}"
        );
        let error = receiver_matchers(Some("receiver_matchers=bogus")).unwrap_err();
        assert!(
            error.starts_with("failed to parse receiver_matchers param: "),
            "{error}"
        );
    }
}
