//! Messages against what Alertmanager 0.33 sends for the same settings, recorded from it.

use super::body;
use crate::settings::Settings;

/// What every message ends in that sets nothing of it.
const PLAIN: &str = r#""text":"","fallback":"","callback_id":"","footer":"","mrkdwn_in":["fallback","pretext","text"]}]}"#;

fn check(settings: &str, want: &str) {
    let settings: Settings = serde_json::from_str(settings).unwrap();
    let links: Vec<bool> = settings
        .actions
        .iter()
        .map(|action| !action.url.is_empty())
        .collect();
    assert_eq!(body(&settings, &links, None), format!("{want}\n"));
}

#[test]
fn a_message_of_defaults() {
    check(
        r#"{"username":"Alertmanager","color":"danger","title":"[FIRING:1] A<b> (i2 page)",
            "title_link":"http://am.example:9093/x/#/alerts?receiver=all",
            "fallback":"[FIRING:1] A<b> (i2 page) | http://am.example:9093/x/#/alerts?receiver=all"}"#,
        r#"{"username":"Alertmanager","attachments":[{"title":"[FIRING:1] A\u003cb\u003e (i2 page)","title_link":"http://am.example:9093/x/#/alerts?receiver=all","text":"","fallback":"[FIRING:1] A\u003cb\u003e (i2 page) | http://am.example:9093/x/#/alerts?receiver=all","callback_id":"","footer":"","color":"danger","mrkdwn_in":["fallback","pretext","text"]}]}"#,
    );
}

#[test]
fn a_message_of_everything() {
    check(
        r##"{"channel":"#c<h>","username":"u","color":"#fff","title":"T & firing","title_link":"http://x/?a=1&b=2",
            "pretext":"pre","text":"te\txt\u2028","message_text":"mt","short_fields":true,"footer":"foot",
            "fields":[{"title":"a","value":"b"},{"title":"c","value":"d","short":true},{"title":"e","value":"f","short":false}],
            "fallback":"fb","callback_id":"cb","icon_emoji":":x:","icon_url":"http://i","image_url":"http://im",
            "thumb_url":"http://th","link_names":true,"mrkdwn_in":["text"],"timeout":10000,
            "actions":[{"type":"button","text":"go","url":"http://g","style":"danger","name":"n","value":"v","confirm":{"text":"sure"}},
              {"type":"button","text":"go2","name":"n2","confirm":{"text":"sure","title":"ti","ok_text":"ok","dismiss_text":"no"}},
              {"type":"button","text":"go3","name":"n3","confirm":{"text":"sure"}}]}"##,
        r##"{"channel":"#c\u003ch\u003e","username":"u","icon_emoji":":x:","icon_url":"http://i","link_names":true,"text":"mt","attachments":[{"title":"T \u0026 firing","title_link":"http://x/?a=1\u0026b=2","pretext":"pre","text":"te\txt\u2028","fallback":"fb","callback_id":"cb","fields":[{"title":"a","value":"b","short":true},{"title":"c","value":"d","short":true},{"title":"e","value":"f","short":false}],"actions":[{"type":"button","text":"go","url":"http://g","style":"danger"},{"type":"button","text":"go2","name":"n2","confirm":{"text":"sure","title":"ti","ok_text":"ok","dismiss_text":"no"}},{"type":"button","text":"go3","name":"n3","confirm":{"text":"sure"}}],"image_url":"http://im","thumb_url":"http://th","footer":"foot","color":"#fff","mrkdwn_in":["text"]}]}"##,
    );
}

#[test]
fn what_is_empty_is_left_out_or_not() {
    let check_head = |settings: &str, head: &str| check(settings, &format!("{head}{PLAIN}"));
    check_head("{}", r#"{"attachments":[{"#);
    check_head(
        r#"{"fields":[],"actions":[],"mrkdwn_in":[]}"#,
        r#"{"attachments":[{"#,
    );
    check_head(r#"{"link_names":false}"#, r#"{"attachments":[{"#);
    check_head(
        r##"{"channel":"#x"}"##,
        r##"{"channel":"#x","attachments":[{"##,
    );
    check_head(r#"{"message_text":"m"}"#, r#"{"text":"m","attachments":[{"#);
    check_head(r#"{"title":"t"}"#, r#"{"attachments":[{"title":"t","#);
    check_head(r#"{"pretext":"p"}"#, r#"{"attachments":[{"pretext":"p","#);
}

#[test]
fn short_fields_is_the_default_of_fields() {
    let fields = r#""fields":[{"title":"a","value":"b"},{"title":"c","value":"d","short":SHORT}]"#;
    let check = |default: bool, own: bool| {
        let json = fields.replace("SHORT", &own.to_string());
        let settings: Settings =
            serde_json::from_str(&format!(r#"{{"short_fields":{default},{json}}}"#)).unwrap();
        let got = body(&settings, &[], None);
        let want = format!(
            r#"[{{"title":"a","value":"b","short":{default}}},{{"title":"c","value":"d","short":{own}}}]"#
        );
        assert!(got.contains(&want), "{got}");
    };
    check(false, true);
    check(true, false);
}

#[test]
fn an_edit_names_the_message() {
    let settings: Settings =
        serde_json::from_str(r##"{"channel":"#u","username":"Alertmanager","message_text":"m"}"##)
            .unwrap();
    assert_eq!(
        body(&settings, &[], Some(("C1", "123.456"))),
        format!(
            "{}{PLAIN}\n",
            r#"{"channel":"C1","ts":"123.456","username":"Alertmanager","text":"m","attachments":[{"#
        )
    );
}

#[test]
fn long_texts_are_cut() {
    let check = |setting: &str, text: &str, want: &str| {
        let json = serde_json::json!({ setting: text }).to_string();
        let settings: Settings = serde_json::from_str(&json).unwrap();
        let got = body(&settings, &[], None);
        let key = if setting == "message_text" {
            "text"
        } else {
            setting
        };
        assert!(got.contains(&format!(r#""{key}":"{want}""#)), "{setting}");
    };
    let title = "\u{e9}".repeat(1024);
    check("title", &title, &title);
    check(
        "title",
        &format!("{title}x"),
        &format!("{}\u{2026}", "\u{e9}".repeat(1023)),
    );
    let text = "x".repeat(40_001);
    let cut = format!("{}\u{2026}", &text[..39_999]);
    check("text", &text, &cut);
    check("message_text", &text, &cut);
    check("fallback", &text, &text);
}
