//! Templates: what they are shown, and what becomes of what they render.

use std::sync::Arc;

use larum_engine::model::TenantId;
use larum_sandbox::{
    CallErrorKind, CreateError, Limits, Sandbox, Template, TemplateOrigin, TemplateSource,
};

use larum_test_guests::{Guest, TEMPLATE};

use crate::{notification, patient, sandbox};

async fn template(limits: Limits, guest: Guest<'_>, texts: usize) -> (Arc<Sandbox>, Template) {
    let sandbox = sandbox(limits, None);
    let component = sandbox.load("mine", &guest.build()).unwrap();
    let source = TemplateSource {
        name: "a.tmpl".to_owned(),
        text: "{{ }}".to_owned(),
    };
    let texts = vec!["{{ . }}".to_owned(); texts];
    let template = component
        .template(&TenantId::default(), [source].into(), texts)
        .await
        .unwrap();
    (sandbox, template)
}

#[tokio::test]
async fn notifications_are_handed_over() {
    let (_sandbox, template) = template(patient(), TEMPLATE, 5).await;
    let rendered = template.render(&notification(3)).await.unwrap();
    let expected = [
        Ok("team".to_owned()),
        Ok("first notification".to_owned()),
        Err("{}:{job=\"a\"}".to_owned()),
        Ok("aaa".to_owned()),
        Ok(String::new()),
    ];
    assert_eq!(rendered, expected);
}

#[tokio::test]
async fn alerts_beyond_the_limits_are_counted() {
    async fn check(limit: impl FnOnce(&mut Limits), expected: [&str; 2]) {
        let mut limits = patient();
        limit(&mut limits);
        let (_sandbox, template) = template(limits, TEMPLATE, 5).await;
        let rendered = template.render(&notification(7)).await.unwrap();
        let rendered: Vec<&str> = rendered[3..]
            .iter()
            .map(|text| text.as_deref().unwrap())
            .collect();
        assert_eq!(rendered, expected);
    }
    check(|_| (), ["aaaaaaa", ""]).await;
    check(
        |limits| limits.data.notification.alerts = 3,
        ["aaa", "aaaa"],
    )
    .await;
    // An alert has 55 bytes of text.
    check(
        |limits| limits.data.notification.bytes = 120,
        ["aa", "aaaaa"],
    )
    .await;
    check(|limits| limits.data.notification.bytes = 0, ["a", "aaaaaa"]).await;
}

#[tokio::test]
async fn faults_have_a_place() {
    let sandbox = sandbox(patient(), None);
    let component = sandbox.load("mine", &TEMPLATE.build()).unwrap();
    let tenant = TenantId::default();
    let error = component
        .template(&tenant, Arc::default(), Vec::new())
        .await
        .err()
        .unwrap();
    assert_eq!(error.to_string(), "line 3, column 5: unexpected }");
    let CreateError::Template { origin, .. } = error else {
        panic!("{error}")
    };
    assert_eq!(origin, TemplateOrigin::Text(0));
}

#[tokio::test]
async fn too_much_text_is_refused() {
    let mut limits = patient();
    limits.template.output_bytes = 20;
    let (_sandbox, template) = template(limits, TEMPLATE, 4).await;
    let error = template.render(&notification(1)).await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::Output);
    assert!(
        error
            .message
            .contains("rendered 23 bytes, and 20 are allowed"),
        "{error}"
    );
}

#[tokio::test]
async fn a_result_for_each_text_is_wanted() {
    let on_call = "(global.set $texts (i32.const 1))";
    let (_sandbox, template) = template(
        patient(),
        Guest {
            on_call,
            ..TEMPLATE
        },
        2,
    )
    .await;
    let error = template.render(&notification(1)).await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::Output);
    assert!(error.message.contains("rendered 1 texts of 2"), "{error}");
}

#[tokio::test]
async fn templates_survive_a_crash_of_the_instance() {
    // The first call of an instance that follows another traps.
    let on_call = "(global.set $calls (i32.add (global.get $calls) (i32.const 1)))
        (if (i32.eq (global.get $calls) (i32.const 2)) (then unreachable))";
    let (_sandbox, template) = template(
        patient(),
        Guest {
            on_call,
            ..TEMPLATE
        },
        1,
    )
    .await;
    for _ in 0..3 {
        assert!(template.render(&notification(1)).await.is_ok());
        assert_eq!(
            template.render(&notification(1)).await.unwrap_err().kind,
            CallErrorKind::Trap
        );
    }
}
