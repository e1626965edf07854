//! One delivery: post, or edit what was posted, and understand the answer.

use larum_plugin_sdk::http;
use larum_plugin_sdk::receiver::{Event, Receipt, SendError, Step};
use larum_plugin_sdk::wire::{Encoding, Header, HttpRequest, HttpResponse, Method, Part};
use serde::{Deserialize, Serialize};

use crate::errors::Refusal;
use crate::message;
use crate::settings::{Access, Checked, Settings};

/// Where messages are edited if they were posted through `api_url`. Alertmanager allows that for
/// one value of `api_url` only, `https://slack.com/api/chat.postMessage`, with the token in
/// `http_config.authorization`; the guest cannot see the value.
const UPDATE_URL: &str = "https://slack.com/api/chat.update";

/// Characters of an answer that an error message shows.
const EXCERPT_CHARACTERS_MAX: usize = 256;

/// Refusals of an edit after which the message is posted anew.
const NOT_EDITABLE: [&str; 3] = [
    "message_not_found",
    "cant_update_message",
    "edit_window_closed",
];

/// A message that was posted: what the host keeps as the group's external id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Posted {
    /// Slack's timestamp of the message, which is its name within the channel.
    ts: String,
    /// Slack's id of the channel.
    channel: String,
}

/// One attempt to hand a notification over.
pub(crate) struct Delivery {
    settings: Settings,
    access: Access,
    links: Vec<bool>,
    /// The message that is being edited; none while a new one is posted.
    editing: Option<Posted>,
}

impl Delivery {
    /// Begins with rendered settings. `previous` is what the last receipt of the group named.
    pub(crate) fn new(checked: &Checked, rendered: Settings, previous: Option<&str>) -> Self {
        let editing = previous
            .filter(|_| rendered.update_message)
            .and_then(|text| serde_json::from_str(text).ok());
        Self {
            settings: rendered,
            access: checked.access.clone(),
            links: checked.links.clone(),
            editing,
        }
    }

    /// The next step, given the outcome of the last.
    pub(crate) fn next(&mut self, outcome: Option<Event>) -> Result<Step, SendError> {
        match outcome {
            None => Ok(Step::Request(self.request())),
            Some(Event::Failed(error)) => Err(http::transport_failure("Slack", error)),
            Some(Event::Response(response)) => self.answered(&response),
        }
    }

    fn request(&self) -> HttpRequest {
        let mut headers: Vec<Header> = vec![http::json_content_type()];
        if let Access::App { token_secret, .. } = &self.access {
            headers.push(Header {
                name: "Authorization".to_owned(),
                value: vec![
                    http::literal("Bearer "),
                    http::secret(token_secret, Encoding::Raw),
                ],
            });
        }
        let posted = self.editing.as_ref();
        let posted = posted.map(|posted| (posted.channel.as_str(), posted.ts.as_str()));
        let body = message::body(&self.settings, &self.links, posted);
        HttpRequest {
            method: Method::Post,
            url: vec![self.url()],
            headers,
            body: vec![http::literal(body)],
            timeout: (self.settings.timeout > 0).then_some(self.settings.timeout),
        }
    }

    fn url(&self) -> Part {
        match (&self.access, &self.editing) {
            (Access::Webhook { url_secret }, None) => http::secret(url_secret, Encoding::Raw),
            (Access::Webhook { .. }, Some(_)) => http::literal(UPDATE_URL),
            (Access::App { post_url, .. }, None) => http::literal(post_url),
            (Access::App { update_url, .. }, Some(_)) => http::literal(update_url),
        }
    }

    fn answered(&mut self, response: &HttpResponse) -> Result<Step, SendError> {
        let answer = Answer::read(response);
        if let Answer::Taken(posted) = answer {
            return Ok(Step::Done(self.receipt(posted)));
        }
        if let (Answer::Refused(code), Some(_)) = (&answer, &self.editing)
            && NOT_EDITABLE.contains(&code.as_str())
        {
            self.editing = None;
            return Ok(Step::Request(self.request()));
        }
        let status = Some(response.status).filter(|status| !(200..=299).contains(status));
        match answer {
            Answer::Unreadable if status.is_none() => Err(self.unreadable(response)),
            Answer::Refused(code) => Err(self.refusal(status, &code, response)),
            Answer::Unreadable | Answer::Taken(_) => {
                let excerpt = http::excerpt(&response.body, EXCERPT_CHARACTERS_MAX);
                Err(self.refusal(status, &excerpt, response))
            }
        }
    }

    fn refusal(&self, status: Option<u16>, code: &str, response: &HttpResponse) -> SendError {
        let refusal = Refusal {
            channel: &self.settings.channel,
            status,
            code,
            retry_after_ms: http::retry_after_ms(response),
        };
        refusal.into_error()
    }

    /// Alertmanager asks again when a success cannot be read; it may have been a proxy's.
    fn unreadable(&self, response: &HttpResponse) -> SendError {
        let excerpt = http::excerpt(&response.body, EXCERPT_CHARACTERS_MAX);
        let message = format!("could not read the JSON of Slack's answer: {excerpt}");
        let advice = "something between here and Slack changes its answers: check proxies, and app_url or api_url";
        http::retryable(
            http::failure(message, Some(advice)),
            http::retry_after_ms(response),
        )
    }

    fn receipt(&self, posted: Option<Posted>) -> Receipt {
        let verb = if self.editing.is_some() {
            "edited"
        } else {
            "posted"
        };
        let posted = posted.or_else(|| self.editing.clone());
        let detail = match (&posted, self.settings.channel.as_str()) {
            (Some(posted), _) => format!("{verb} {} in {}", posted.ts, posted.channel),
            (None, "") => verb.to_owned(),
            (None, channel) => format!("{verb} in {channel}"),
        };
        let external_id = posted
            .filter(|_| self.settings.update_message)
            .and_then(|posted| serde_json::to_string(&posted).ok());
        Receipt {
            external_id,
            detail,
        }
    }
}

/// What an answer says.
enum Answer {
    /// The message is there; a bot is told which it is.
    Taken(Option<Posted>),
    /// It is not, for the reason of this code or text.
    Refused(String),
    /// The answer should be JSON, and is not.
    Unreadable,
}

/// What `chat.postMessage` and `chat.update` answer.
#[derive(Default, Deserialize)]
#[serde(default)]
struct ApiAnswer {
    ok: bool,
    error: String,
    ts: String,
    channel: String,
}

impl Answer {
    fn read(response: &HttpResponse) -> Self {
        let body = response.body.trim();
        let success = (200..=299).contains(&response.status);
        if !is_json(response, body) {
            // A webhook says `ok`, and anything else is a refusal, whatever the status.
            return if success && body == "ok" {
                Self::Taken(None)
            } else {
                Self::Refused(http::excerpt(body, EXCERPT_CHARACTERS_MAX))
            };
        }
        let answer = match serde_json::from_str::<ApiAnswer>(body) {
            Ok(answer) => answer,
            // Slack repeats the message in its answer, so a long one may be cut; what counts
            // stands first.
            Err(_) if response.body_truncated => beginning(body),
            Err(_) => return Self::Unreadable,
        };
        if !(success && answer.ok) {
            return Self::Refused(answer.error);
        }
        let is_named = !answer.ts.is_empty() && !answer.channel.is_empty();
        Self::Taken(is_named.then_some(Posted {
            ts: answer.ts,
            channel: answer.channel,
        }))
    }
}

fn is_json(response: &HttpResponse, body: &str) -> bool {
    match http::response_header(response, "content-type") {
        Some(content_type) => content_type.starts_with("application/json"),
        None => body.starts_with('{'),
    }
}

/// Reads what it can of an answer whose end is missing.
fn beginning(body: &str) -> ApiAnswer {
    let member = |name: &str| {
        let (_, rest) = body.split_once(&format!("\"{name}\":\""))?;
        let (value, _) = rest.split_once('"')?;
        Some(value.to_owned())
    };
    ApiAnswer {
        ok: body.replace(' ', "").starts_with("{\"ok\":true"),
        error: member("error").unwrap_or_default(),
        ts: member("ts").unwrap_or_default(),
        channel: member("channel").unwrap_or_default(),
    }
}

#[cfg(test)]
#[path = "delivery_tests.rs"]
mod tests;
