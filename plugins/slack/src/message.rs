//! The JSON of a message, byte for byte as Alertmanager writes it (notify/slack/slack.go, v0.33).

use larum_plugin_sdk::json::{Object, push_array, push_string};
use larum_plugin_sdk::log;

use crate::settings::{Action, Confirm, Field, Settings};

/// Characters of a title, above which Slack refuses the attachment.
const TITLE_CHARACTERS_MAX: usize = 1024;

/// Characters of a text, above which Slack refuses the message (`msg_too_long`). Alertmanager does
/// not cut here, and loses the message.
const TEXT_CHARACTERS_MAX: usize = 40_000;

/// Where mrkdwn is read if the settings do not say.
const MRKDWN_IN: [&str; 3] = ["fallback", "pretext", "text"];

/// Writes a message. `links` says of each action whether it is a link; `posted` names channel and
/// timestamp of the message to edit.
pub(crate) fn body(settings: &Settings, links: &[bool], posted: Option<(&str, &str)>) -> String {
    let mut out = String::with_capacity(512);
    let mut message = Object::open(&mut out);
    match posted {
        Some((channel, timestamp)) => message.string("channel", channel).string("ts", timestamp),
        None => message.string_unless_empty("channel", &settings.channel),
    };
    message
        .string_unless_empty("username", &settings.username)
        .string_unless_empty("icon_emoji", &settings.icon_emoji)
        .string_unless_empty("icon_url", &settings.icon_url);
    if settings.link_names {
        message.plain("link_names", true);
    }
    let text = cut("message_text", &settings.message_text, TEXT_CHARACTERS_MAX);
    message.string_unless_empty("text", &text);
    let attachments = message.key("attachments");
    attachments.push('[');
    push_attachment(attachments, settings, links);
    attachments.push(']');
    message.close();
    out.push('\n');
    out
}

fn push_attachment(out: &mut String, settings: &Settings, links: &[bool]) {
    let mut attachment = Object::open(out);
    attachment
        .string_unless_empty(
            "title",
            &cut("title", &settings.title, TITLE_CHARACTERS_MAX),
        )
        .string_unless_empty("title_link", &settings.title_link)
        .string_unless_empty("pretext", &settings.pretext)
        .string("text", &cut("text", &settings.text, TEXT_CHARACTERS_MAX))
        .string("fallback", &settings.fallback)
        .string("callback_id", &settings.callback_id);
    if !settings.fields.is_empty() {
        push_array(attachment.key("fields"), &settings.fields, |out, field| {
            push_field(out, field, settings.short_fields);
        });
    }
    if !settings.actions.is_empty() {
        let actions = settings.actions.iter().zip(links);
        push_array(
            attachment.key("actions"),
            actions,
            |out, (action, is_link)| {
                push_action(out, action, *is_link);
            },
        );
    }
    attachment
        .string_unless_empty("image_url", &settings.image_url)
        .string_unless_empty("thumb_url", &settings.thumb_url)
        .string("footer", &settings.footer)
        .string_unless_empty("color", &settings.color);
    let mrkdwn_in = attachment.key("mrkdwn_in");
    if settings.mrkdwn_in.is_empty() {
        push_array(mrkdwn_in, MRKDWN_IN, push_string);
    } else {
        push_array(mrkdwn_in, &settings.mrkdwn_in, |out, part| {
            push_string(out, part)
        });
    }
    attachment.close();
}

fn push_field(out: &mut String, field: &Field, short_by_default: bool) {
    let mut object = Object::open(out);
    object
        .string("title", &field.title)
        .string("value", &field.value)
        .plain("short", field.short.unwrap_or(short_by_default));
    object.close();
}

fn push_action(out: &mut String, action: &Action, is_link: bool) {
    let mut object = Object::open(out);
    object
        .string("type", &action.kind)
        .string("text", &action.text)
        .string_unless_empty("url", &action.url)
        .string_unless_empty("style", &action.style);
    if !is_link {
        object
            .string_unless_empty("name", &action.name)
            .string_unless_empty("value", &action.value);
        if let Some(confirm) = &action.confirm {
            push_confirm(object.key("confirm"), confirm);
        }
    }
    object.close();
}

fn push_confirm(out: &mut String, confirm: &Confirm) {
    let mut object = Object::open(out);
    object
        .string("text", &confirm.text)
        .string_unless_empty("title", &confirm.title)
        .string_unless_empty("ok_text", &confirm.ok_text)
        .string_unless_empty("dismiss_text", &confirm.dismiss_text);
    object.close();
}

/// Cuts `text` to `characters_max`, the last of which is then an ellipsis.
fn cut<'a>(setting: &str, text: &'a str, characters_max: usize) -> std::borrow::Cow<'a, str> {
    // Bytes are never fewer than characters, and most texts are short: mostly nothing is counted.
    if text.len() <= characters_max || text.chars().count() <= characters_max {
        return text.into();
    }
    log::warn(&format!("{setting} was cut to {characters_max} characters"));
    let kept = text.chars().take(characters_max - 1);
    kept.chain(['\u{2026}']).collect::<String>().into()
}

#[cfg(test)]
#[path = "message_tests.rs"]
mod tests;
