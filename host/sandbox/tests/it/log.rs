//! What plugins log: on one line, under their name and their tenant's.

use std::{
    fmt::Debug,
    sync::{Arc, Mutex},
};

use larum_engine::model::Timestamp;
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

use larum_test_guests::{Guest, MATCHER};

use crate::{alert, patient, sandbox, tenant};

/// Keeps what plugins log, as text.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.push_str(&format!(" {field}={value:?}"));
    }
}

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "larum::plugin"
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

#[tokio::test]
async fn lines_carry_plugin_and_tenant_and_cannot_be_forged() {
    // Workers are threads of their own, so the subscriber must be the process's.
    let lines = Lines::default();
    tracing::subscriber::set_global_default(lines.clone()).unwrap();
    let guest = Guest {
        fields: r#"(data (i32.const 70000) "one\0aERROR two\1b[2J")"#,
        on_call: "(call $log (i32.const 0) (i32.const 70000) (i32.const 3))
            (call $log (i32.const 1) (i32.const 70000) (i32.const 3))
            (call $log (i32.const 2) (i32.const 70000) (i32.const 17))
            (call $log (i32.const 3) (i32.const 70000) (i32.const 0))",
        ..MATCHER
    };
    let sandbox = sandbox(patient(), None);
    let component = sandbox.load("talkative", &guest.build()).unwrap();
    let matcher = component.matcher(&tenant("team-a"), "{}").await.unwrap();
    let asked = alert(&[("job", "a")]);
    let judged = matcher.verdicts(&[&asked], Timestamp::EPOCH).await;
    assert!(judged.error.is_none(), "{judged:?}");
    let lines = lines.0.lock().unwrap();
    let lines: Vec<&String> = lines
        .iter()
        .filter(|line| line.contains("talkative"))
        .collect();
    assert_eq!(
        lines,
        [
            "DEBUG message=one plugin=talkative tenant=team-a",
            "INFO message=one plugin=talkative tenant=team-a",
            "WARN message=one\\nERROR two\\u{1b}[2J plugin=talkative tenant=team-a",
            "ERROR message= plugin=talkative tenant=team-a",
        ]
    );
}
