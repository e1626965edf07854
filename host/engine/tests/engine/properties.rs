//! What holds for all inputs: random histories of alerts, failures, new plans and restarts.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use larum_engine::{
    AlertInput, Attempt, Change, Engine, FailureClass, Input, NotificationReason, Outcome,
    OutcomeResult, Plan, PluginMatcherIndex, Verdicts,
    model::{Alert, AlertStatus, Fingerprint, Labels, NotificationId, TenantId, Timestamp},
    testing::{Behaviour, Event, World, parse_plan},
};
use proptest::prelude::*;

const PLANS: [&str; 3] = [
    "receiver r\nroute to r by alertname wait 30s interval 1m repeat 5m\n",
    "receiver x\nreceiver r integrations 2\n\
     route to x by none wait 10s interval 7s repeat 20s\n  \
     route {alertname=\"a0\"} to r by ... continue\n  route plugin 0 to r by host,alertname wait 0s\n",
    "receiver r send_resolved no\nroute to r wait 0s interval 3m repeat 10m\n",
];

#[derive(Clone, Debug)]
enum Step {
    Wait(Duration),
    Fire {
        alert: u8,
        host: u8,
        age: Duration,
        lasts: Duration,
        timeout: bool,
        matched: bool,
    },
    Resolve {
        alert: u8,
        host: u8,
    },
    Behave {
        integration: u8,
        behaviour: u8,
    },
    Reload(usize),
    Restart,
    /// Outcomes that nobody waits for.
    Noise(u32),
    /// The clock of the shell goes back.
    Back(Duration),
}

fn seconds(range: std::ops::Range<u64>) -> impl Strategy<Value = Duration> {
    range.prop_map(Duration::from_secs)
}

fn step() -> impl Strategy<Value = Step> {
    let fire = (
        0..3u8,
        0..3u8,
        seconds(0..90),
        seconds(0..400),
        any::<bool>(),
        any::<bool>(),
    );
    prop_oneof![
        6 => seconds(0..100).prop_map(Step::Wait),
        2 => (0..3000u64).prop_map(|ms| Step::Wait(Duration::from_millis(ms))),
        8 => fire.prop_map(|(alert, host, age, lasts, timeout, matched)| {
            Step::Fire { alert, host, age, lasts, timeout, matched }
        }),
        3 => (0..3u8, 0..3u8).prop_map(|(alert, host)| Step::Resolve { alert, host }),
        2 => (0..4u8, 0..6u8).prop_map(|(integration, behaviour)| {
            Step::Behave { integration, behaviour }
        }),
        1 => (0..PLANS.len()).prop_map(Step::Reload),
        1 => Just(Step::Restart),
        1 => any::<u32>().prop_map(Step::Noise),
        1 => seconds(0..100).prop_map(Step::Back),
    ]
}

pub(super) fn plan(index: usize) -> Arc<Plan> {
    parse_plan(PLANS[index]).unwrap()
}

fn behaviour(index: u8) -> Behaviour {
    let failing = |class| Behaviour {
        failure: Some(class),
        ..Behaviour::default()
    };
    let slow = |seconds| Behaviour {
        latency: Duration::from_secs(seconds),
        ..Behaviour::default()
    };
    match index {
        0 => failing(FailureClass::Retryable { after: None }),
        1 => failing(FailureClass::Permanent),
        2 => Behaviour {
            hangs: true,
            ..Behaviour::default()
        },
        3 => slow(45),
        4 => failing(FailureClass::Retryable {
            after: Some(Duration::from_secs(20)),
        }),
        _ => Behaviour {
            external_id: Some(Arc::from("id")),
            ..slow(0)
        },
    }
}

pub(super) fn alert(alert: u8, host: u8, starts_at: Timestamp, ends_at: Timestamp) -> Alert {
    let (alert, host) = (format!("a{alert}"), format!("h{host}"));
    Alert {
        labels: Labels::from_pairs([("alertname", &*alert), ("host", &*host)]).unwrap(),
        annotations: Labels::default(),
        starts_at,
        ends_at,
        updated_at: starts_at,
        generator_url: Box::default(),
        timeout: false,
    }
}

fn take(world: &mut World, step: &Step) {
    let now = world.now();
    match step {
        Step::Wait(duration) => world.run_for(*duration),
        Step::Fire {
            alert: name,
            host,
            age,
            lasts,
            timeout,
            matched,
        } => {
            let mut verdicts = Verdicts::default();
            if *matched {
                verdicts.set(PluginMatcherIndex(0));
            }
            let sent = alert(*name, *host, now - *age, now + *lasts);
            let alert = Alert {
                updated_at: now,
                timeout: *timeout,
                ..sent
            };
            world.handle(Input::Alerts(vec![AlertInput { alert, verdicts }]));
        }
        Step::Resolve { alert: name, host } => {
            world.send(alert(*name, *host, now - Duration::from_secs(5), now));
        }
        Step::Behave {
            integration,
            behaviour: index,
        } => {
            let keys = ["r/test/0", "r/test/1", "x/test/0", "r"];
            world.behave(keys[usize::from(*integration)], behaviour(*index));
        }
        Step::Reload(index) => world.change_plan(plan(*index)),
        Step::Restart => world.restart(),
        Step::Noise(number) => world.handle(Input::Outcome(Outcome {
            notification: NotificationId(Arc::from(format!("{number:032x}"))),
            attempt: number % 3,
            result: OutcomeResult::Delivered { external_id: None },
        })),
        Step::Back(duration) => {
            let mut effects = Vec::new();
            let mut engine = Engine::restore(TenantId::default(), world.journal.iter().cloned());
            let input = Input::Plan {
                plan: plan(0),
                verdicts: Vec::new(),
            };
            engine.handle(now, input, &mut effects);
            let before = effects.len();
            engine.handle(now - *duration, Input::Wake, &mut effects);
            // Nothing is due twice.
            assert_eq!(effects.len(), before);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    /// The journal is the state, after each step; ids are never used for two notifications;
    /// attempts count up and stay within their deadline.
    #[test]
    fn the_journal_is_the_state(
        first in 0..PLANS.len(),
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut world = World::new(plan(first));
        let mut begun: BTreeMap<NotificationId, Attempt> = BTreeMap::new();
        for step in &steps {
            take(&mut world, step);
            let restored = Engine::restore(TenantId::default(), world.journal.iter().cloned());
            prop_assert_eq!(restored.durable_state(), world.engine().durable_state());
            if let Some(wakeup) = world.engine().next_wakeup() {
                prop_assert!(wakeup > world.now());
            }
            for (at, event) in world.events.drain(..) {
                let Event::Attempted(attempt) = event else { continue };
                prop_assert!(at < attempt.notification.deadline);
                prop_assert!(!attempt.notification.alerts.is_empty());
                if let Some(before) = begun.get(&attempt.notification.id) {
                    let (new, old) = (&attempt.notification, &before.notification);
                    prop_assert_eq!((new.group, new.flush_number), (old.group, old.flush_number));
                    prop_assert_eq!(&new.integration_key, &old.integration_key);
                    // A new process counts from 1.
                    prop_assert!(attempt.attempt == before.attempt + 1 || attempt.attempt == 1);
                }
                begun.insert(attempt.notification.id.clone(), attempt);
            }
        }
        prop_assert!(is_planned_before_delivered(&world.journal));
    }

    /// The same history gives the same journal.
    #[test]
    fn histories_repeat(steps in prop::collection::vec(step(), 1..40)) {
        let mut worlds = [World::new(plan(1)), World::new(plan(1))];
        for world in &mut worlds {
            steps.iter().for_each(|step| take(world, step));
        }
        prop_assert_eq!(&worlds[0].journal, &worlds[1].journal);
    }

    /// However it was before: once receivers answer and nothing new happens, everyone has been told
    /// of what fires, and then of its end, once.
    #[test]
    fn all_are_told_in_the_end(
        first in 0..PLANS.len(),
        steps in prop::collection::vec(step(), 1..40),
    ) {
        let mut world = World::new(plan(first));
        let mut known = Known::default();
        for step in &steps {
            take(&mut world, step);
            known.learn(&mut world);
        }
        world.change_plan(plan(0));
        for name in ["r/test/0", "r/test/1", "x/test/0", "r"] {
            world.behave(name, behaviour(5));
        }
        let now = world.now();
        let far = now + Duration::from_secs(100_000);
        for host in 0..3 {
            world.send(alert(0, host, now, far));
        }
        world.run_for(Duration::from_secs(600));
        known.learn(&mut world);
        let firing: Vec<_> = (0..3).map(|host| alert(0, host, now, far).fingerprint()).collect();
        for fingerprint in &firing {
            prop_assert_eq!(known.by_alert.get(fingerprint), Some(&AlertStatus::Firing));
        }
        let now = world.now();
        for host in 0..3 {
            world.send(alert(0, host, now - Duration::from_secs(1), now));
        }
        world.run_for(Duration::from_secs(600));
        known.learn(&mut world);
        for fingerprint in &firing {
            prop_assert_eq!(known.by_alert.get(fingerprint), Some(&AlertStatus::Resolved));
        }
        world.run_for(Duration::from_secs(7200));
        prop_assert_eq!(world.engine().group_count(), 0);
        prop_assert_eq!(world.engine().alert_count(), 0);
        prop_assert!(world.events.iter().all(|(_, event)| !matches!(event, Event::Delivered(_))));
    }

    /// While all goes well: no flush before group_wait is over, the next ones on the group's beat,
    /// repeats no sooner than repeat_interval and no later than that and one group_interval.
    #[test]
    fn flushes_keep_time(
        fires in prop::collection::vec((0..3u8, 0..4u8, 0..200u64), 1..20),
    ) {
        let (wait, interval, repeat) = (30_000, 60_000, 300_000);
        let mut world = World::new(plan(0));
        let mut last: BTreeMap<String, (Timestamp, Timestamp)> = BTreeMap::new();
        for (name, host, pause) in fires {
            let now = world.now();
            world.send(alert(name, host, now, Timestamp::MAX));
            world.run_for(Duration::from_secs(pause));
        }
        world.run_for(Duration::from_secs(3600));
        for (at, event) in world.events.drain(..) {
            let Event::Delivered(notification) = event else { continue };
            let key = notification.group_key.to_string();
            let Some((first, before)) = last.get(&key).copied() else {
                prop_assert_eq!(notification.reason, NotificationReason::FirstNotification);
                let oldest = notification.alerts.iter().map(|(alert, _)| alert.starts_at).min();
                prop_assert_eq!(at, oldest.unwrap() + Duration::from_millis(wait));
                last.insert(key, (at, at));
                continue;
            };
            prop_assert_eq!(at.saturating_since(first).as_millis() % u128::from(interval), 0);
            if notification.reason == NotificationReason::RepeatIntervalElapsed {
                // Strictly longer, so one beat later when it is a multiple.
                prop_assert_eq!(at, before + Duration::from_millis(repeat + interval));
            }
            last.insert(key, (first, at));
        }
        prop_assert!(!last.is_empty());
    }
}

/// What receivers know of each alert.
#[derive(Default)]
struct Known {
    by_alert: BTreeMap<Fingerprint, AlertStatus>,
}

impl Known {
    fn learn(&mut self, world: &mut World) {
        for (_, event) in world.events.drain(..) {
            let Event::Delivered(notification) = event else {
                continue;
            };
            for (alert, status) in &notification.alerts {
                self.by_alert.insert(alert.fingerprint(), *status);
            }
        }
    }
}

fn is_planned_before_delivered(journal: &[Change]) -> bool {
    let mut planned = std::collections::BTreeSet::new();
    journal.iter().all(|change| match change {
        Change::NotificationPlanned { notification, .. } => planned.insert(notification.id.clone()),
        Change::DeliveryLogged {
            notification: Some(id),
            ..
        } => planned.contains(id),
        _ => true,
    })
}
