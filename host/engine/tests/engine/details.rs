//! What timelines cannot say: names, journals, views, and outcomes that nobody waits for.

use std::{sync::Arc, time::Duration};

use larum_engine::{
    Attempt, Change, Effect, Engine, Failure, FailureClass, Input, Outcome, OutcomeResult, Report,
    model::{Alert, Labels, TenantId, Timestamp},
    testing::{BEGINNING, Behaviour, Event, World, parse_plan},
};

use super::properties::{alert, plan};

#[test]
fn names_differ_between_processes_without_a_journal() {
    let first = |at: Timestamp| {
        let mut world = World::new(plan(2));
        world.jump_to(at);
        world.send(alert(0, 0, at, Timestamp::MAX));
        match world.events.pop_front() {
            Some((_, Event::Attempted(attempt))) => attempt.notification,
            other => panic!("{other:?}"),
        }
    };
    let (one, later) = (
        first(BEGINNING),
        first(BEGINNING + Duration::from_millis(1)),
    );
    assert_eq!(one.flush_number, later.flush_number);
    assert_ne!(one.id, later.id);
    assert!(one.group < later.group);
    assert_eq!(one.id, first(BEGINNING).id);
    assert_eq!(one.id.0.len(), 32);
}

#[test]
fn alerts_that_say_nothing_new_leave_no_trace() {
    let mut world = World::new(plan(0));
    let sent = alert(0, 0, BEGINNING, BEGINNING + Duration::from_secs(240));
    world.send(sent.clone());
    world.run_for(Duration::from_secs(45));
    world.events.clear();
    let before = world.journal.len();
    let ends_at = BEGINNING + Duration::from_secs(285);
    world.send(Alert {
        ends_at,
        ..sent.clone()
    });
    assert_eq!(world.journal.len(), before);
    assert_eq!(
        world.engine().alert(sent.fingerprint()).unwrap().ends_at,
        ends_at
    );
    let annotations = Labels::from_pairs([("summary", "news")]).unwrap();
    world.send(Alert {
        annotations,
        ends_at,
        ..sent
    });
    assert!(matches!(
        world.journal[before..],
        [Change::AlertStored { .. }]
    ));
}

#[test]
fn quiet_flushes_are_reported() {
    let mut world = World::new(plan(0));
    world.send(alert(0, 0, BEGINNING, Timestamp::MAX));
    world.run_for(Duration::from_secs(30));
    world.events.clear();
    world.run_for(Duration::from_secs(60));
    let events: Vec<_> = world.events.iter().map(|(_, event)| event).collect();
    assert!(
        matches!(events[..], [Event::Reported(Report::Unchanged { .. })]),
        "{events:?}"
    );
}

#[test]
fn views_show_alerts_and_groups_in_order() {
    let mut world = World::new(plan(1));
    for (name, host) in [(1, 0), (0, 1), (0, 0)] {
        world.send(alert(name, host, BEGINNING, Timestamp::MAX));
    }
    let alerts = world.engine().alerts();
    assert!(alerts.is_sorted_by_key(|view| view.alert.fingerprint()));
    let receivers = |name: &str, host: &str| -> Vec<String> {
        let view = alerts.iter().find(|view| {
            let labels = &view.alert.labels;
            labels.get("alertname") == Some(name) && labels.get("host") == Some(host)
        });
        view.unwrap()
            .receivers
            .iter()
            .map(ToString::to_string)
            .collect()
    };
    assert_eq!(receivers("a0", "h0"), ["r"]);
    assert_eq!(receivers("a1", "h0"), ["x"]);
    let groups: Vec<_> = world
        .engine()
        .groups()
        .iter()
        .map(|group| format!("{} {} {}", group.receiver, group.key, group.alerts.len()))
        .collect();
    assert_eq!(
        groups,
        [
            "x {}:{} 1",
            r#"r {}/{alertname="a0"}:{alertname="a0", host="h0"} 1"#,
            r#"r {}/{alertname="a0"}:{alertname="a0", host="h1"} 1"#,
        ]
    );
}

#[test]
fn groups_show_alerts_as_notifications_do() {
    let plan = "receiver r\nroute to r by none wait 0s interval 1m\n";
    let mut world = World::new(parse_plan(plan).unwrap());
    for (name, host) in [(2, 0), (0, 1), (1, 1), (1, 0), (0, 0)] {
        world.send(alert(name, host, BEGINNING, Timestamp::MAX));
    }
    world.run_for(Duration::from_secs(60));
    let told = world
        .events
        .iter()
        .rev()
        .find_map(|(_, event)| match event {
            Event::Attempted(attempt) => Some(&attempt.notification.alerts),
            _ => None,
        });
    let told: Vec<_> = told.unwrap().iter().map(|(alert, _)| alert).collect();
    let mut groups = world.engine().groups();
    groups[0].sort_alerts();
    assert_eq!(told.len(), 5);
    assert_eq!(groups[0].alerts.iter().collect::<Vec<_>>(), told);
}

#[test]
fn receivers_are_named_in_the_order_of_the_routes() {
    let plan = "receiver a\nreceiver b\nreceiver c\n\
        route to c by none wait 0s interval 1m\n  \
          route to b continue\n  \
          route to a continue\n  \
          route to b by ...\n";
    let mut world = World::new(parse_plan(plan).unwrap());
    let mut check = |ends_at: Timestamp, groups: usize| {
        let sent = alert(0, 0, BEGINNING, ends_at);
        world.send(sent);
        world.run_for(Duration::from_secs(120));
        let views = world.engine().alerts();
        let names: Vec<_> = views[0].receivers.iter().map(AsRef::as_ref).collect();
        assert_eq!(names, ["b", "a"]);
        assert_eq!(world.engine().group_count(), groups);
    };
    check(Timestamp::MAX, 3);
    // It is over and its groups have let it go.
    check(BEGINNING + Duration::from_secs(1), 0);
}

#[test]
fn time_does_not_go_back_over_a_restart() {
    let mut world = World::new(plan(0));
    world.send(alert(0, 0, BEGINNING, Timestamp::MAX));
    world.run_for(Duration::from_secs(30));
    let told_at = world.now();
    let mut engine = Engine::restore(TenantId::default(), world.journal.iter().cloned());
    let mut effects = Vec::new();
    let input = Input::Plan {
        plan: plan(0),
        verdicts: Vec::new(),
    };
    engine.handle(BEGINNING, input, &mut effects);
    assert!(engine.next_wakeup().unwrap() > told_at);
}

/// An engine with one notification under way.
fn attempted() -> (Engine, Attempt) {
    let mut engine = Engine::new(TenantId::default(), plan(2));
    let sent = alert(0, 0, BEGINNING, Timestamp::MAX);
    let input = larum_engine::AlertInput {
        alert: sent,
        verdicts: Default::default(),
    };
    let mut effects = Vec::new();
    engine.handle(BEGINNING, Input::Alerts(vec![input]), &mut effects);
    match effects.pop() {
        Some(Effect::Deliver(attempt)) => (engine, attempt),
        other => panic!("{other:?}"),
    }
}

#[test]
fn outcomes_of_other_attempts_change_nothing() {
    let (mut engine, attempt) = attempted();
    let mut check = |attempt_number: u32, delivered: bool, expected: usize| {
        let failed = Failure {
            class: FailureClass::Retryable { after: None },
            message: Arc::from("no"),
        };
        let outcome = Outcome {
            notification: attempt.notification.id.clone(),
            attempt: attempt_number,
            result: match delivered {
                true => OutcomeResult::Delivered { external_id: None },
                false => OutcomeResult::Failed(failed),
            },
        };
        let mut effects = Vec::new();
        engine.handle(BEGINNING, Input::Outcome(outcome), &mut effects);
        assert_eq!(effects.len(), expected, "{effects:?}");
    };
    check(0, true, 0);
    check(2, true, 0);
    check(1, false, 0);
    // It has failed: it cannot succeed any more.
    check(1, true, 0);
    let mut effects = Vec::new();
    engine.handle(
        BEGINNING + Duration::from_secs(1),
        Input::Wake,
        &mut effects,
    );
    assert!(
        matches!(effects[..], [Effect::Deliver(Attempt { attempt: 2, .. })]),
        "{effects:?}"
    );
}

#[test]
fn facts_come_before_what_depends_on_them() {
    let mut engine = Engine::new(TenantId::default(), plan(2));
    let sent = alert(0, 0, BEGINNING, Timestamp::MAX);
    let input = larum_engine::AlertInput {
        alert: sent,
        verdicts: Default::default(),
    };
    let mut effects = Vec::new();
    engine.handle(BEGINNING, Input::Alerts(vec![input]), &mut effects);
    let [
        ..,
        Effect::Persist(Change::NotificationPlanned { notification, .. }),
        Effect::Deliver(attempt),
    ] = &effects[..]
    else {
        panic!("{effects:?}");
    };
    assert!(Arc::ptr_eq(notification, &attempt.notification));
}

#[test]
fn attempts_follow_the_integration_to_its_new_place() {
    let mut world = World::new(plan(0));
    world.behave(
        "r",
        Behaviour {
            failure: Some(FailureClass::Retryable { after: None }),
            ..Behaviour::default()
        },
    );
    world.send(alert(0, 0, BEGINNING, Timestamp::MAX));
    world.run_for(Duration::from_secs(30));
    let moved = "receiver x\nreceiver y\nreceiver r\nroute to r by alertname wait 1h interval 1m\n";
    world.change_plan(parse_plan(moved).unwrap());
    world.run_for(Duration::from_secs(5));
    let places: Vec<_> = world
        .events
        .iter()
        .filter_map(|(_, event)| match event {
            Event::Attempted(attempt) => Some(attempt.notification.receiver.0),
            _ => None,
        })
        .collect();
    assert!(places.len() > 2);
    assert_eq!(places[0], 0);
    assert!(places[1..].iter().all(|place| *place == 2), "{places:?}");
}
