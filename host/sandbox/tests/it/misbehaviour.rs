//! Guests that do what they must not: the call fails with the right name, and the next succeeds.

use std::{slice, time::Duration};

use larum_engine::model::{Alert, Timestamp};
use larum_sandbox::{CallErrorKind, CreateError, Limits};

use larum_test_guests::{Guest, MATCHER, if_bad};

use crate::{alert, failure, patient, sandbox, tenant, verdicts};

const NOW: Timestamp = Timestamp::EPOCH;

/// Limits under which an endless loop ends soon; what is not to fail has 30 s.
fn impatient() -> Limits {
    let mut limits = patient();
    limits.matcher.deadline = Duration::from_millis(200);
    limits
}

/// Asks for an alert that makes the guest misbehave, and for one that does not.
async fn check(guest: Guest<'_>, instructions: &str, limits: Limits, kind: CallErrorKind) {
    let on_call = if_bad(instructions);
    let sandbox = sandbox(limits, None);
    let component = sandbox
        .load(
            "mine",
            &Guest {
                on_call: &on_call,
                ..guest
            }
            .build(),
        )
        .unwrap();
    let matcher = component.matcher(&tenant("a"), "{}").await.unwrap();
    let (bad, good) = (alert(&[("bad", "1")]), alert(&[("job", "a")]));
    for _ in 0..2 {
        let error = failure(&matcher, &bad).await;
        assert_eq!(error.kind, kind, "{error}");
        assert_eq!(&*error.plugin, "mine");
    }
    assert_eq!(verdicts(&matcher, &[good]).await, [false]);
    let stats = &sandbox.stats().plugins["mine"];
    assert_eq!(stats.failed(kind), 2);
    // To describe, for the first call, after the first failure, after the second.
    assert_eq!(stats.instances_started, 4);
}

/// Asks for three alerts, the one in the middle of which makes the guest misbehave.
async fn check_others(instructions: &str, limits: Limits, kind: CallErrorKind) {
    let on_call = if_long(instructions);
    let sandbox = sandbox(limits, None);
    let guest = Guest {
        on_call: &on_call,
        ..MATCHER
    };
    let component = sandbox.load("mine", &guest.build()).unwrap();
    let matcher = component.matcher(&tenant("a"), "{}").await.unwrap();
    let alerts = [
        alert(&[("bad", "1")]),
        alert(&[("bad", "123456")]),
        alert(&[("job", "a")]),
    ];
    let alerts: Vec<&Alert> = alerts.iter().collect();
    // All of them, the last two, and the one at fault; then only that one.
    for failures in [3, 4] {
        let judged = matcher.verdicts(&alerts, NOW).await;
        assert_eq!(judged.verdicts, [Some(true), None, Some(false)]);
        assert_eq!(judged.error.map(|error| error.kind), Some(kind));
        let stats = &sandbox.stats().plugins["mine"];
        assert_eq!(stats.failed(kind), failures);
    }
}

/// Instructions that run for a batch with a text of six bytes.
fn if_long(instructions: &str) -> String {
    format!(
        "(loop $look
           (if (i32.lt_u (local.get $i) (local.get $strings_len))
             (then
               (if (i32.eq (i32.const 6) (i32.load offset=4
                     (i32.add (local.get $strings) (i32.mul (local.get $i) (i32.const 8)))))
                 (then {instructions}))
               (local.set $i (i32.add (local.get $i) (i32.const 1)))
               (br $look))))
         (local.set $i (i32.const 0))"
    )
}

#[tokio::test]
async fn one_alert_does_not_take_the_verdicts_of_others() {
    check_others("unreachable", patient(), CallErrorKind::Trap).await;
    let endless = "(loop $l (br $l))";
    check_others(endless, impatient(), CallErrorKind::Deadline).await;
}

#[tokio::test]
async fn the_search_for_what_fails_is_bounded() {
    let on_call = if_long("unreachable");
    let sandbox = sandbox(patient(), None);
    let guest = Guest {
        on_call: &on_call,
        ..MATCHER
    };
    let component = sandbox.load("mine", &guest.build()).unwrap();
    let matcher = component.matcher(&tenant("a"), "{}").await.unwrap();
    let known = alert(&[("bad", "1")]);
    assert_eq!(verdicts(&matcher, slice::from_ref(&known)).await, [true]);
    // How many alerts are asked for, which of them are at fault, and what that costs.
    let cases = [(1_024, 1..2, 11), (1_024, 0..1_024, 16), (16, 0..2, 6)];
    for (question, (count, at_fault, failures)) in cases.into_iter().enumerate() {
        let failed_before = sandbox.stats().plugins["mine"].failed(CallErrorKind::Trap);
        let alerts: Vec<Alert> = (0..count)
            .map(|number| match at_fault.contains(&number) {
                true => alert(&[("bad", &format!("{question}{number:05}"))]),
                false => alert(&[("bad", &format!("good {question} {number}"))]),
            })
            .collect();
        let mut asked: Vec<&Alert> = alerts.iter().collect();
        asked.push(&known);
        let judged = matcher.verdicts(&asked, NOW).await;
        let expected = (0..=count).map(|number| (!at_fault.contains(&number)).then_some(true));
        assert_eq!(judged.verdicts, expected.collect::<Vec<_>>());
        assert_eq!(judged.error.unwrap().kind, CallErrorKind::Trap);
        let failed = sandbox.stats().plugins["mine"].failed(CallErrorKind::Trap);
        assert_eq!(failed - failed_before, failures);
    }
}

#[tokio::test]
async fn endless_loops_end() {
    check(
        MATCHER,
        "(loop $l (br $l))",
        impatient(),
        CallErrorKind::Deadline,
    )
    .await;
}

#[tokio::test]
async fn large_copies_end() {
    let copies = "(loop $l (memory.copy (i32.const 0) (i32.const 65536) (i32.const 0x3000000))
                    (br $l))";
    let guest = Guest {
        pages: 1_000,
        ..MATCHER
    };
    let mut limits = impatient();
    limits.instance.memory_recycle_percent = 100;
    check(guest, copies, limits, CallErrorKind::Deadline).await;
}

#[tokio::test]
async fn traps_are_caught() {
    check(MATCHER, "unreachable", patient(), CallErrorKind::Trap).await;
    let division = "(drop (i32.div_u (i32.const 1) (i32.const 0)))";
    check(MATCHER, division, patient(), CallErrorKind::Trap).await;
}

#[tokio::test]
async fn deep_recursion_is_caught() {
    let guest = Guest {
        fields: "(func $deep (call $deep) (call $deep))",
        ..MATCHER
    };
    check(guest, "(call $deep)", patient(), CallErrorKind::Trap).await;
}

#[tokio::test]
async fn memory_is_bounded() {
    let bomb = "(loop $l
        (if (i32.eq (memory.grow (i32.const 16)) (i32.const -1)) (then unreachable))
        (br $l))";
    check(MATCHER, bomb, patient(), CallErrorKind::Memory).await;
}

#[tokio::test]
async fn tables_are_bounded() {
    let guest = Guest {
        fields: "(table $t 1 funcref)",
        ..MATCHER
    };
    let bomb = "(if (i32.eq (table.grow $t (ref.null func) (i32.const 1000000)) (i32.const -1))
                  (then unreachable))";
    check(guest, bomb, patient(), CallErrorKind::Memory).await;
}

#[tokio::test]
async fn large_results_are_refused() {
    // A result of so many verdicts, which all lie in memory that the guest has.
    let large = "(local.set $rows (i32.const 4000000))
        (i32.store8 (i32.const 8192) (i32.const 0))
        (i32.store offset=4 (i32.const 8192) (i32.const 65536))
        (i32.store offset=8 (i32.const 8192) (local.get $rows))
        (return (i32.const 8192))";
    let guest = Guest {
        pages: 100,
        ..MATCHER
    };
    check(guest, large, patient(), CallErrorKind::HostcallFuel).await;
}

#[tokio::test]
async fn results_outside_memory_are_refused() {
    let outside = "(i32.store8 (i32.const 8192) (i32.const 0))
        (i32.store offset=4 (i32.const 8192) (i32.const -16))
        (i32.store offset=8 (i32.const 8192) (i32.const 64))
        (return (i32.const 8192))";
    check(MATCHER, outside, patient(), CallErrorKind::Trap).await;
}

#[tokio::test]
async fn a_loop_while_arguments_are_handed_over_ends() {
    let mut limits = patient();
    limits.create.deadline = Duration::from_millis(50);
    let guest = Guest {
        on_realloc: "(loop $l (br $l))",
        ..MATCHER
    };
    let sandbox = sandbox(limits, None);
    let component = sandbox.load("mine", &guest.build()).unwrap();
    let error = component.matcher(&tenant("a"), "{}").await.err().unwrap();
    let CreateError::Call(error) = error else {
        panic!("{error}")
    };
    assert_eq!(error.kind, CallErrorKind::Deadline);
}

#[tokio::test]
async fn a_loop_in_create_ends() {
    let mut limits = patient();
    limits.create.deadline = Duration::from_millis(50);
    // Only settings of the length of `{"a":1}` make it loop.
    let on_create = "(if (i32.eq (local.get $settings_len) (i32.const 7))
        (then (loop $l (br $l))))";
    let sandbox = sandbox(limits, None);
    let component = sandbox
        .load(
            "mine",
            &Guest {
                on_create,
                ..MATCHER
            }
            .build(),
        )
        .unwrap();
    let error = component
        .matcher(&tenant("a"), r#"{"a":1}"#)
        .await
        .err()
        .unwrap();
    let CreateError::Call(error) = error else {
        panic!("{error}")
    };
    assert_eq!(error.kind, CallErrorKind::Deadline);
}

#[tokio::test]
async fn a_loop_in_a_destructor_ends() {
    let mut limits = patient();
    limits.create.deadline = Duration::from_millis(500);
    let sandbox = sandbox(limits, None);
    let guest = Guest {
        on_drop: "(loop $l (br $l))",
        ..MATCHER
    };
    let component = sandbox.load("mine", &guest.build()).unwrap();
    let first = component.matcher(&tenant("a"), "{}").await.unwrap();
    let second = component.matcher(&tenant("a"), "{}").await.unwrap();
    drop(first);
    // The worker drops it before it does anything else, and starts a new instance for this.
    let good = alert(&[("job", "a")]);
    assert_eq!(verdicts(&second, &[good]).await, [false]);
    assert_eq!(
        sandbox.stats().plugins["mine"].failed(CallErrorKind::Deadline),
        1
    );
}

#[tokio::test]
async fn log_floods_are_cut() {
    let on_call = "(loop $l
          (call $log (i32.const 1) (i32.const 256) (i32.const 10))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if $l (i32.lt_u (local.get $i) (i32.const 1000))))
        (local.set $i (i32.const 0))";
    let sandbox = sandbox(patient(), None);
    let guest = Guest { on_call, ..MATCHER };
    let component = sandbox.load("mine", &guest.build()).unwrap();
    let matcher = component.matcher(&tenant("a"), "{}").await.unwrap();
    let good = alert(&[("job", "a")]);
    assert_eq!(verdicts(&matcher, &[good]).await, [false]);
    let stats = &sandbox.stats().plugins["mine"];
    assert_eq!((stats.log_lines, stats.log_lines_dropped), (20, 980));
}

#[tokio::test]
async fn long_log_lines_are_cut() {
    // Two lines of 3 KiB: the budget of 4 KiB is empty after them.
    let on_call = "(call $log (i32.const 3) (i32.const 65536) (i32.const 3072))
        (call $log (i32.const 3) (i32.const 65536) (i32.const 3072))
        (call $log (i32.const 3) (i32.const 65536) (i32.const 1))";
    let sandbox = sandbox(patient(), None);
    let component = sandbox
        .load("mine", &Guest { on_call, ..MATCHER }.build())
        .unwrap();
    let matcher = component.matcher(&tenant("a"), "{}").await.unwrap();
    let good = alert(&[("job", "a")]);
    assert_eq!(verdicts(&matcher, &[good]).await, [false]);
    let stats = &sandbox.stats().plugins["mine"];
    assert_eq!((stats.log_lines, stats.log_lines_dropped), (2, 1));
}

#[tokio::test]
async fn text_that_is_no_utf8_is_refused() {
    let on_call = if_bad(
        "(i32.store8 (i32.const 70000) (i32.const 255))
         (call $log (i32.const 0) (i32.const 70000) (i32.const 1))",
    );
    let sandbox = sandbox(patient(), None);
    let component = sandbox
        .load(
            "mine",
            &Guest {
                on_call: &on_call,
                ..MATCHER
            }
            .build(),
        )
        .unwrap();
    let matcher = component.matcher(&tenant("a"), "{}").await.unwrap();
    let error = failure(&matcher, &alert(&[("bad", "1")])).await;
    assert_eq!(error.kind, CallErrorKind::Trap);
}

#[tokio::test]
async fn who_waits_too_long_hears_so() {
    let mut limits = patient();
    limits.matcher.deadline = Duration::from_millis(500);
    limits.queue.jobs_per_worker = 1;
    limits.queue.wait = Duration::from_millis(20);
    let on_call = if_bad("(loop $l (br $l))");
    let sandbox = sandbox(limits, None);
    let guest = Guest {
        on_call: &on_call,
        ..MATCHER
    };
    let component = sandbox.load("mine", &guest.build()).unwrap();
    let matcher = component.matcher(&tenant("a"), "{}").await.unwrap();
    let bad = alert(&[("bad", "1")]);
    let asked = (0..4).map(|_| async { failure(&matcher, &bad).await.kind });
    let mut kinds = Vec::new();
    let [first, second, third, fourth] = asked.collect::<Vec<_>>().try_into().ok().unwrap();
    kinds.extend(<[_; 4]>::from(tokio::join!(first, second, third, fourth)));
    // One runs and one waits in the queue.
    assert!(kinds.contains(&CallErrorKind::Overloaded), "{kinds:?}");
    assert!(kinds.contains(&CallErrorKind::Deadline), "{kinds:?}");
}
