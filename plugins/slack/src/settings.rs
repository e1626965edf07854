//! The settings: their schema, their types, and the rules that a schema cannot say.

use larum_plugin_sdk::settings_error;
use larum_plugin_sdk::types::SettingsError;
use serde::Deserialize;

/// The JSON Schema of the settings, with Alertmanager's names and defaults.
pub(crate) const SCHEMA: &str = include_str!("settings.json");

/// The method that posts, as the end of `app_url`.
const POST_METHOD: &str = "/chat.postMessage";

/// The method that edits what was posted.
const UPDATE_METHOD: &str = "/chat.update";

/// Settings as the host gives them: templates as written at `create`, rendered at `start`;
/// secrets by name; the schema's defaults filled in.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Settings {
    pub(crate) api_url: Option<String>,
    pub(crate) app_token: Option<String>,
    pub(crate) app_url: String,
    pub(crate) channel: String,
    pub(crate) username: String,
    pub(crate) color: String,
    pub(crate) title: String,
    pub(crate) title_link: String,
    pub(crate) pretext: String,
    pub(crate) text: String,
    pub(crate) message_text: String,
    pub(crate) fields: Vec<Field>,
    pub(crate) short_fields: bool,
    pub(crate) footer: String,
    pub(crate) fallback: String,
    pub(crate) callback_id: String,
    pub(crate) icon_emoji: String,
    pub(crate) icon_url: String,
    pub(crate) image_url: String,
    pub(crate) thumb_url: String,
    pub(crate) link_names: bool,
    pub(crate) mrkdwn_in: Vec<String>,
    pub(crate) actions: Vec<Action>,
    pub(crate) update_message: bool,
    /// Milliseconds; 0 leaves it to the host.
    pub(crate) timeout: u64,
}

/// A short piece of the attachment with a heading.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Field {
    pub(crate) title: String,
    pub(crate) value: String,
    pub(crate) short: Option<bool>,
}

/// A button.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Action {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) text: String,
    pub(crate) url: String,
    pub(crate) style: String,
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) confirm: Option<Confirm>,
}

/// The question that a button asks first.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Confirm {
    pub(crate) text: String,
    pub(crate) title: String,
    pub(crate) ok_text: String,
    pub(crate) dismiss_text: String,
}

/// How Slack knows who posts. The strings are names of secrets, never their values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// An incoming webhook: whoever knows the URL may post.
    Webhook { url_secret: String },
    /// An app, by its token.
    App {
        token_secret: String,
        post_url: String,
        update_url: String,
    },
}

/// Settings that were found right.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) access: Access,
    /// For each of `actions`: whether it is a link. A link has no name, value or question,
    /// whatever the settings say (Alertmanager config/notifiers.go, v0.33).
    pub(crate) links: Vec<bool>,
    channel_is_missing: bool,
}

impl Checked {
    /// Checks settings as `create` gets them, by Alertmanager's rules.
    pub(crate) fn new(json: &str) -> Result<Self, SettingsError> {
        let settings: Settings = serde_json::from_str(json)
            .map_err(|error| settings_error("", format!("settings cannot be read: {error}")))?;
        let access = access(&settings)?;
        for (index, field) in settings.fields.iter().enumerate() {
            check_field(field).map_err(|(key, message)| {
                settings_error(format!("/fields/{index}/{key}"), message)
            })?;
        }
        for (index, action) in settings.actions.iter().enumerate() {
            check_action(action).map_err(|(key, message)| {
                settings_error(format!("/actions/{index}/{key}"), message)
            })?;
        }
        let is_app = matches!(access, Access::App { .. });
        Ok(Self {
            access,
            links: settings
                .actions
                .iter()
                .map(|action| !action.url.is_empty())
                .collect(),
            channel_is_missing: is_app && settings.channel.is_empty(),
        })
    }

    /// What is allowed and still looks wrong.
    pub(crate) fn warning(&self) -> Option<&'static str> {
        self.channel_is_missing.then_some(
            "app_token is set and channel is not: an app has no channel of its own, so Slack will \
             refuse every message. If the file says channel: #name, quote it: '#name'",
        )
    }
}

fn access(settings: &Settings) -> Result<Access, SettingsError> {
    match (&settings.api_url, &settings.app_token) {
        (None, None) => Err(settings_error(
            "",
            "neither api_url nor app_token is set: set api_url to the URL of an incoming webhook, \
             or app_token to the token of a Slack app (each may stand in global as slack_api_url \
             or slack_app_token, or in a file as api_url_file or app_token_file)",
        )),
        (Some(_), Some(_)) => Err(settings_error(
            "/app_token",
            "api_url and app_token are both set: remove one of them, an integration posts either \
             through an incoming webhook or as an app",
        )),
        (Some(url), None) => Ok(Access::Webhook {
            url_secret: url.clone(),
        }),
        (None, Some(token)) => app_access(settings, token),
    }
}

fn app_access(settings: &Settings, token: &str) -> Result<Access, SettingsError> {
    let post_url = &settings.app_url;
    if !(post_url.starts_with("https://") || post_url.starts_with("http://")) {
        let message = format!("app_url is not an http or https URL: {post_url:?}");
        return Err(settings_error("/app_url", message));
    }
    let update_url = post_url
        .strip_suffix(POST_METHOD)
        .map(|base| format!("{base}{UPDATE_METHOD}"));
    if settings.update_message && update_url.is_none() {
        return Err(settings_error(
            "/update_message",
            format!(
                "update_message needs an app_url that ends in {POST_METHOD}, because the message \
                 is edited at {UPDATE_METHOD} beside it; app_url is {post_url:?}"
            ),
        ));
    }
    Ok(Access::App {
        token_secret: token.to_owned(),
        post_url: post_url.clone(),
        update_url: update_url.unwrap_or_default(),
    })
}

fn check_field(field: &Field) -> Result<(), (&'static str, &'static str)> {
    if field.title.is_empty() {
        return Err(("title", "missing title in Slack field configuration"));
    }
    if field.value.is_empty() {
        return Err(("value", "missing value in Slack field configuration"));
    }
    Ok(())
}

fn check_action(action: &Action) -> Result<(), (&'static str, &'static str)> {
    if action.kind.is_empty() {
        return Err((
            "type",
            "missing type in Slack action configuration: it is button, in nearly every case",
        ));
    }
    if action.text.is_empty() {
        return Err(("text", "missing text in Slack action configuration"));
    }
    if action.url.is_empty() && action.name.is_empty() {
        return Err((
            "url",
            "missing name or url in Slack action configuration: a button opens its url, or sends \
             its name to the app",
        ));
    }
    let asks_nothing = action
        .confirm
        .as_ref()
        .is_some_and(|confirm| confirm.text.is_empty());
    if action.url.is_empty() && asks_nothing {
        return Err((
            "confirm/text",
            "missing text in Slack confirmation configuration",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Access, Checked};

    fn refusal(json: &str) -> (String, String) {
        let error = Checked::new(json).unwrap_err();
        (error.path, error.message)
    }

    #[test]
    fn wrong_settings_are_refused_with_their_place() {
        let check = |json: &str, path: &str, message: &str| {
            let (got_path, got_message) = refusal(json);
            assert_eq!(got_path, path, "{json}");
            assert!(got_message.contains(message), "{json}: {got_message}");
        };
        let app = |rest: &str| format!(r#"{{"app_token":"/app_token",{rest}}}"#);
        let hook = |rest: &str| format!(r#"{{"api_url":"/api_url",{rest}}}"#);
        check("{}", "", "neither api_url nor app_token");
        check(
            &hook(r#""app_token":"/app_token""#),
            "/app_token",
            "both set",
        );
        check(
            &app(r#""app_url":"slack.com/api""#),
            "/app_url",
            "not an http",
        );
        check(
            &app(r#""app_url":"https://x/post","update_message":true"#),
            "/update_message",
            "ends in /chat.postMessage",
        );
        check(
            &hook(r#""fields":[{"title":"a"}]"#),
            "/fields/0/value",
            "missing value",
        );
        check(
            &hook(r#""fields":[{"title":"a","value":"b"},{"value":"b"}]"#),
            "/fields/1/title",
            "missing title",
        );
        check(
            &hook(r#""actions":[{"text":"a"}]"#),
            "/actions/0/type",
            "missing type",
        );
        check(
            &hook(r#""actions":[{"type":"button"}]"#),
            "/actions/0/text",
            "missing text",
        );
        check(
            &hook(r#""actions":[{"type":"button","text":"a"}]"#),
            "/actions/0/url",
            "missing name or url",
        );
        check(
            &hook(r#""actions":[{"type":"button","text":"a","name":"b","confirm":{"title":"c"}}]"#),
            "/actions/0/confirm/text",
            "missing text in Slack confirmation",
        );
        check(r#"{"api_url":5}"#, "", "cannot be read");
    }

    #[test]
    fn access_is_a_webhook_or_an_app() {
        let check = |json: &str, want: Access, warns: bool| {
            let checked = Checked::new(json).unwrap();
            assert_eq!(checked.access, want, "{json}");
            assert_eq!(checked.warning().is_some(), warns, "{json}");
        };
        let webhook = Access::Webhook {
            url_secret: "/api_url".to_owned(),
        };
        check(r#"{"api_url":"/api_url"}"#, webhook.clone(), false);
        check(
            r#"{"api_url":"/api_url","app_url":"ignored"}"#,
            webhook,
            false,
        );
        let app = Access::App {
            token_secret: "/app_token".to_owned(),
            post_url: "https://slack.com/api/chat.postMessage".to_owned(),
            update_url: "https://slack.com/api/chat.update".to_owned(),
        };
        let json = r##"{"app_token":"/app_token","app_url":"https://slack.com/api/chat.postMessage","channel":"#ops","update_message":true}"##;
        check(json, app.clone(), false);
        check(&json.replace("#ops", ""), app, true);
    }

    #[test]
    fn the_schema_is_json() {
        let schema: serde_json::Value = serde_json::from_str(super::SCHEMA).unwrap();
        assert_eq!(schema["properties"]["api_url"]["format"], "secret");
    }
}
