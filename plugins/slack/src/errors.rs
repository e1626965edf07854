//! What Slack's refusals mean, and what to do about them at three in the morning.
//!
//! Sources: Slack's documentation of incoming webhooks ("Handling errors") and of `chat.postMessage`
//! and `chat.update` ("Errors").

use larum_plugin_sdk::http;
use larum_plugin_sdk::receiver::SendError;

/// What becomes of a message that was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// It may be taken later.
    Retryable,
    /// It never will as it is.
    Permanent,
    /// The webhook, the token or its rights are at fault.
    Unauthorized,
}

/// What one of Slack's error codes means.
struct Meaning {
    code: &'static str,
    class: Class,
    advice: &'static str,
}

/// Slack's answer, as far as it is a refusal.
pub(crate) struct Refusal<'a> {
    /// The channel as the settings have it; may be empty.
    pub(crate) channel: &'a str,
    /// The status, unless it is 200.
    pub(crate) status: Option<u16>,
    /// Slack's error code, or the beginning of whatever else came; may be empty.
    pub(crate) code: &'a str,
    /// How long to stay away, in milliseconds.
    pub(crate) retry_after_ms: Option<u64>,
}

impl Refusal<'_> {
    /// The error to report. Its message has neither URL nor token.
    pub(crate) fn into_error(self) -> SendError {
        let (class, advice) = self.meaning();
        let failure = http::failure(self.message(), Some(advice));
        match class {
            Class::Retryable => http::retryable(failure, self.retry_after_ms),
            Class::Permanent => SendError::Permanent(failure),
            Class::Unauthorized => SendError::Unauthorized(failure),
        }
    }

    fn meaning(&self) -> (Class, &'static str) {
        let (class, advice) = MEANINGS
            .iter()
            .find(|meaning| meaning.code == self.code)
            .map(|meaning| (meaning.class, meaning.advice))
            .unwrap_or_else(|| by_status(self.status));
        // A server in trouble is asked again, whatever it says.
        if self
            .status
            .is_some_and(|status| status == 429 || status >= 500)
        {
            return (Class::Retryable, advice);
        }
        (class, advice)
    }

    fn message(&self) -> String {
        let mut message = String::new();
        if !self.channel.is_empty() {
            message.push_str(&format!("channel {:?}: ", self.channel));
        }
        match self.status {
            Some(status) => message.push_str(&format!("unexpected status code {status}")),
            None => message.push_str("error response from Slack"),
        }
        if !self.code.is_empty() {
            message.push_str(&format!(": {}", self.code));
        }
        message
    }
}

fn by_status(status: Option<u16>) -> (Class, &'static str) {
    match status {
        Some(401 | 403) => (
            Class::Unauthorized,
            "Slack, or a proxy before it, refuses access: check api_url or app_token, and that the app is still installed in the workspace",
        ),
        Some(404) => (
            Class::Permanent,
            "nothing is at this address: the webhook was deleted, or the URL in api_url (slack_api_url) or app_url is mistyped",
        ),
        Some(410) => (
            Class::Permanent,
            "the webhook or its channel is gone: make a new incoming webhook for a channel that exists",
        ),
        Some(408) => (Class::Retryable, "Slack waited too long for the request"),
        Some(413) => (
            Class::Permanent,
            "the message is too large: shorten text and title, or group the alerts more finely with group_by",
        ),
        Some(429) => (Class::Retryable, RATE_LIMITED),
        Some(status) if status >= 500 => (
            Class::Retryable,
            "Slack has trouble of its own: see https://status.slack.com",
        ),
        Some(300..=399) => (
            Class::Permanent,
            "redirects are not followed: put the address that it leads to into api_url or app_url",
        ),
        Some(_) => (
            Class::Permanent,
            "Slack does not take the message as it is: check channel, fields, actions and the templates of title and text",
        ),
        None => (
            Class::Permanent,
            "this is not how Slack answers: check that api_url (slack_api_url) or app_url is Slack's address, not that of a web page or proxy",
        ),
    }
}

const RATE_LIMITED: &str = "Slack takes about one message a second in a channel: group the alerts more coarsely with group_by, or raise group_interval; this message is sent again by itself";

const TOKEN_REFUSED: &str = "the app's token is refused: it was revoked, mistyped or cut when pasted; copy the Bot User OAuth Token at https://api.slack.com/apps \u{2192} your app \u{2192} OAuth & Permissions, and put it into slack_app_token / app_token";

const REINSTALL: &str = "the app may not do this: add the scope chat:write at https://api.slack.com/apps \u{2192} your app \u{2192} OAuth & Permissions, and install the app again";

const ARCHIVED: &str = "the channel is archived: unarchive it in Slack, or name another channel";

const INVITE: &str = "the app is not in the channel: write /invite @your-app in it, or give the app the scope chat:write.public";

const MALFORMED: &str = "Slack cannot read the message: check fields, actions, color and the URLs in the settings; a template that renders to nothing is a common cause";

const MEANINGS: &[Meaning] = &[
    // The webhook or the token.
    unauthorized(
        "invalid_token",
        "the webhook URL's token is refused: it was revoked, mistyped or cut when pasted; make a new incoming webhook at https://api.slack.com/apps \u{2192} your app \u{2192} Incoming Webhooks, and put it into slack_api_url / api_url",
    ),
    unauthorized("invalid_auth", TOKEN_REFUSED),
    unauthorized(
        "not_authed",
        "no token reached Slack: app_token is empty, or its file is; check app_token / app_token_file (or slack_app_token in global)",
    ),
    unauthorized(
        "token_revoked",
        "the app's token was revoked: the app was removed from the workspace, or its token was rotated; install the app again and put the new token into slack_app_token / app_token",
    ),
    unauthorized(
        "token_expired",
        "the app's token has expired: switch token rotation off for this app, or renew the token in app_token_file, which is read at each send",
    ),
    unauthorized(
        "account_inactive",
        "the token's account or workspace was deactivated: make a token with an account that is active",
    ),
    unauthorized("missing_scope", REINSTALL),
    unauthorized("no_permission", REINSTALL),
    unauthorized(
        "not_allowed_token_type",
        "a token of this kind may not post: take the Bot User OAuth Token (xoxb-...)",
    ),
    unauthorized(
        "no_service",
        "the incoming webhook is switched off, deleted or mistyped: make a new one at https://api.slack.com/apps \u{2192} your app \u{2192} Incoming Webhooks, and put it into slack_api_url / api_url",
    ),
    unauthorized(
        "no_service_id",
        "the webhook's URL lacks its middle part (B...): it was cut when pasted; copy it again",
    ),
    unauthorized(
        "no_team",
        "the workspace of the webhook's URL does not exist: the part T... is mistyped, or the workspace was deleted",
    ),
    unauthorized("team_disabled", "the workspace is disabled: ask its owners"),
    unauthorized(
        "action_prohibited",
        "an administrator of the workspace has forbidden this: ask for leave to post into this channel, or choose another",
    ),
    // The channel.
    permanent(
        "channel_not_found",
        "no such channel, or a private one that the app is not in: check channel (quoted, as in '#ops'), or write /invite @your-app in it",
    ),
    permanent("channel_is_archived", ARCHIVED),
    permanent("is_archived", ARCHIVED),
    permanent("not_in_channel", INVITE),
    permanent(
        "posting_to_general_channel_denied",
        "only chosen people may post into #general: choose another channel, or let an administrator allow the app to",
    ),
    permanent(
        "restricted_action",
        "the workspace's rules keep the app from posting here: ask an administrator, or choose another channel",
    ),
    permanent(
        "user_not_found",
        "the person in channel does not exist: names of people do not work, take the member ID (U...) from their profile",
    ),
    permanent(
        "messages_tab_disabled",
        "the app takes no direct messages: switch on its Messages Tab, or choose a channel",
    ),
    // The message.
    permanent("invalid_payload", MALFORMED),
    permanent("invalid_attachments", MALFORMED),
    permanent("invalid_arguments", MALFORMED),
    permanent("invalid_blocks", MALFORMED),
    permanent("invalid_blocks_format", MALFORMED),
    permanent(
        "no_text",
        "the message is empty: the templates of title, text and fallback render to nothing; check them, and the templates files they use",
    ),
    permanent(
        "msg_too_long",
        "the message is too long for Slack: shorten text, or group the alerts more finely with group_by",
    ),
    permanent(
        "too_many_attachments",
        "the message has too many attachments: Slack takes 100",
    ),
    permanent("message_not_found", "the message to edit was deleted"),
    permanent(
        "cant_update_message",
        "the message to edit is another app's: was the token changed?",
    ),
    permanent(
        "edit_window_closed",
        "the message is too old to edit by the workspace's rules",
    ),
    // Slack itself.
    retryable("rate_limited", RATE_LIMITED),
    retryable("ratelimited", RATE_LIMITED),
    retryable("message_limit_exceeded", RATE_LIMITED),
    retryable("rollup_error", SLACK_TROUBLE),
    retryable("internal_error", SLACK_TROUBLE),
    retryable("fatal_error", SLACK_TROUBLE),
    retryable("service_unavailable", SLACK_TROUBLE),
    retryable("request_timeout", SLACK_TROUBLE),
    retryable(
        "team_added_to_org",
        "the workspace is being moved into an organisation: Slack takes messages again when that is done",
    ),
];

const SLACK_TROUBLE: &str = "Slack has trouble of its own: see https://status.slack.com";

const fn unauthorized(code: &'static str, advice: &'static str) -> Meaning {
    Meaning {
        code,
        class: Class::Unauthorized,
        advice,
    }
}

const fn permanent(code: &'static str, advice: &'static str) -> Meaning {
    Meaning {
        code,
        class: Class::Permanent,
        advice,
    }
}

const fn retryable(code: &'static str, advice: &'static str) -> Meaning {
    Meaning {
        code,
        class: Class::Retryable,
        advice,
    }
}
