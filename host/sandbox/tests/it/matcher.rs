//! Verdicts: right, remembered, and never shared between tenants.

use larum_engine::model::{Alert, Timestamp};
use larum_sandbox::{CallErrorKind, CreateError, Limits, PluginStats, Sandbox, World};

use larum_test_guests::{Guest, MATCHER, RECEIVER};

use crate::{alert, failure, patient, sandbox, tenant, verdicts};

const NOW: Timestamp = Timestamp::EPOCH;

/// A matcher whose verdict tells whether its instance was never asked before.
const COUNTER: Guest<'static> = Guest {
    verdict: "(i32.eq (global.get $calls) (i32.const 1))",
    ..MATCHER
};

fn stats(sandbox: &Sandbox) -> PluginStats {
    sandbox.stats().plugins["mine"].clone()
}

fn bad(value: &str) -> Alert {
    alert(&[("job", "a"), ("bad", value)])
}

fn good() -> Alert {
    alert(&[("job", "a")])
}

#[tokio::test]
async fn verdicts_stand_in_the_order_of_the_alerts() {
    let sandbox = sandbox(patient(), None);
    let component = sandbox.load("mine", &MATCHER.build()).unwrap();
    let matcher = component.matcher(&tenant("a"), "{}").await.unwrap();
    let alerts = [bad("1"), good(), bad("2"), good(), bad("1")];
    for _ in 0..2 {
        assert_eq!(
            verdicts(&matcher, &alerts).await,
            [true, false, true, false, true]
        );
    }
    assert_eq!(verdicts(&matcher, &[]).await, [false; 0]);
}

#[tokio::test]
async fn what_is_remembered_is_not_asked_again() {
    let sandbox = sandbox(patient(), None);
    let component = sandbox.load("mine", &COUNTER.build()).unwrap();
    let matcher = component.matcher(&tenant("a"), "{}").await.unwrap();
    assert_eq!(
        verdicts(&matcher, &[bad("1"), good(), bad("1")]).await,
        [true, true, true]
    );
    let after_first = stats(&sandbox);
    assert_eq!((after_first.memo_hits, after_first.memo_misses), (0, 3));
    // The guest would say something else by now, so these come from memory.
    let other_job = alert(&[("job", "b"), ("bad", "1")]);
    assert_eq!(verdicts(&matcher, &[good(), other_job]).await, [true, true]);
    let after_second = stats(&sandbox);
    assert_eq!((after_second.memo_hits, after_second.memo_misses), (2, 3));
    assert_eq!(after_second.calls, after_first.calls);
    assert_eq!(verdicts(&matcher, &[bad("2"), good()]).await, [false, true]);
    assert_eq!(stats(&sandbox).calls, after_first.calls + 1);
}

#[tokio::test]
async fn tenants_have_instances_of_their_own() {
    let sandbox = sandbox(patient(), None);
    let component = sandbox.load("mine", &COUNTER.build()).unwrap();
    let first = component.matcher(&tenant("a"), "{}").await.unwrap();
    let second = component.matcher(&tenant("b"), "{}").await.unwrap();
    assert_eq!(verdicts(&first, &[good()]).await, [true]);
    assert_eq!(
        verdicts(&second, &[good()]).await,
        [true],
        "the instance knew another tenant"
    );
    assert_eq!(verdicts(&first, &[bad("1")]).await, [false]);
    // One more was started when the component was described.
    assert_eq!(stats(&sandbox).instances_started, 3);
}

#[tokio::test]
async fn instances_are_replaced_after_their_calls() {
    let mut limits = patient();
    limits.instance.calls = 5;
    let sandbox = sandbox(limits, None);
    let component = sandbox.load("mine", &MATCHER.build()).unwrap();
    let matcher = component.matcher(&tenant("a"), "{}").await.unwrap();
    for number in 0..40 {
        assert_eq!(
            verdicts(&matcher, &[bad(&number.to_string())]).await,
            [true]
        );
    }
    let stats = stats(&sandbox);
    assert!((6..=11).contains(&stats.instances_recycled), "{stats:?}");
    assert_eq!(stats.failures.iter().sum::<u64>(), 0);
}

#[tokio::test]
async fn the_instance_unused_for_longest_makes_room() {
    let mut limits = patient();
    limits.instance.kept_per_worker = 2;
    let sandbox = sandbox(limits, None);
    let component = sandbox.load("mine", &COUNTER.build()).unwrap();
    let mut matchers = Vec::new();
    for number in 0..12 {
        let matcher = component
            .matcher(&tenant(&number.to_string()), "{}")
            .await
            .unwrap();
        assert_eq!(verdicts(&matcher, &[good()]).await, [true]);
        matchers.push(matcher);
    }
    // Two workers keep two each. Whose instance is gone gets a new one, which was never asked.
    let mut fresh = 0;
    for matcher in &matchers {
        fresh += usize::from(verdicts(matcher, &[bad("1")]).await[0]);
    }
    assert!(fresh >= 8, "{fresh} of 12 tenants had a fresh instance");
}

#[tokio::test]
async fn large_questions_are_asked_in_batches() {
    #[track_caller]
    fn check(limit: impl FnOnce(&mut Limits)) -> Limits {
        let mut limits = patient();
        limit(&mut limits);
        limits
    }
    let cases = [
        (check(|limits| limits.data.batch_rows = 10), 10),
        (check(|limits| limits.data.batch_cells = 20), 5),
        // A row's key is the length and the text of its one value.
        (check(|limits| limits.data.batch_bytes = 11 * 25), 4),
        (check(|_| ()), 1),
    ];
    for (limits, batches) in cases {
        let sandbox = sandbox(limits, None);
        let component = sandbox.load("mine", &MATCHER.build()).unwrap();
        let matcher = component.matcher(&tenant("a"), "{}").await.unwrap();
        let before = stats(&sandbox).calls;
        let alerts: Vec<Alert> = (100..200).map(|number| bad(&number.to_string())).collect();
        assert_eq!(verdicts(&matcher, &alerts).await, [true; 100]);
        assert_eq!(stats(&sandbox).calls - before, batches);
    }
}

#[tokio::test]
async fn many_ask_at_once() {
    let sandbox = sandbox(patient(), None);
    let component = sandbox.load("mine", &MATCHER.build()).unwrap();
    let tasks: Vec<_> = (0..8)
        .map(|number: u32| {
            let component = component.clone();
            tokio::spawn(async move {
                let tenant = tenant(&(number % 3).to_string());
                let matcher = component.matcher(&tenant, "{}").await.unwrap();
                for round in 0..20 {
                    let asked = [bad(&format!("{number} {round}")), good()];
                    assert_eq!(verdicts(&matcher, &asked).await, [true, false]);
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

#[tokio::test]
async fn settings_can_be_refused() {
    let sandbox = sandbox(patient(), None);
    let component = sandbox.load("mine", &MATCHER.build()).unwrap();
    let error = component.matcher(&tenant("a"), "").await.err().unwrap();
    let CreateError::Settings { path, message } = error else {
        panic!("{error}")
    };
    assert_eq!((&*path, &*message), ("/sound", "no\\nsound"));
}

#[tokio::test]
async fn a_receiver_is_no_matcher() {
    let sandbox = sandbox(patient(), None);
    let component = sandbox.load("mine", &RECEIVER.build()).unwrap();
    let error = component.matcher(&tenant("a"), "{}").await.err().unwrap();
    assert!(matches!(
        error,
        CreateError::WrongWorld {
            found: World::Receiver,
            ..
        }
    ));
    assert_eq!(
        error.to_string(),
        "plugin mine is a receiver, not a matcher"
    );
}

#[tokio::test]
async fn explanations_are_printable() {
    let sandbox = sandbox(patient(), None);
    let component = sandbox.load("mine", &MATCHER.build()).unwrap();
    let matcher = component.matcher(&tenant("a"), "{}").await.unwrap();
    let why = matcher.explain(&good(), NOW).await.unwrap();
    assert_eq!(why.as_deref(), Some("because\\u{1b}[2J"));
}

#[tokio::test]
async fn a_verdict_for_each_row_is_wanted() {
    for change in ["i32.add", "i32.sub"] {
        let on_call = format!("(local.set $rows ({change} (local.get $rows) (i32.const 1)))");
        let sandbox = sandbox(patient(), None);
        let guest = Guest {
            on_call: &on_call,
            ..MATCHER
        };
        let component = sandbox.load("mine", &guest.build()).unwrap();
        let matcher = component.matcher(&tenant("a"), "{}").await.unwrap();
        let error = failure(&matcher, &good()).await;
        assert_eq!(error.kind, CallErrorKind::Output);
        assert!(error.message.contains("verdicts for 1 alerts"), "{error}");
    }
}
