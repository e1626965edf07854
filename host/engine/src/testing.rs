//! Virtual time: an engine, its receivers as a script has them, and a clock that jumps from one
//! wake-up to the next.

mod digest;
mod plan;
mod scenario;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::Duration,
};

pub use self::{
    plan::parse_plan,
    scenario::{ScenarioError, run_scenario},
};
use crate::{
    AlertInput, Attempt, Change, Effect, Engine, Failure, FailureClass, Input, Notification,
    Outcome, OutcomeResult, Plan, Report, Verdicts,
    model::{Alert, TenantId, Timestamp},
};

/// The moment at which every world begins: far enough from zero that alerts can be old.
pub const BEGINNING: Timestamp = Timestamp::from_unix_ms(1_000_000_000_000);

/// How a receiver answers attempts.
#[derive(Clone, Debug, Default)]
pub struct Behaviour {
    /// The failure of each attempt; none when it takes what it gets.
    pub failure: Option<FailureClass>,
    /// Whether it never answers.
    pub hangs: bool,
    /// How long it takes to answer.
    pub latency: Duration,
    /// What it hands back when it takes something.
    pub external_id: Option<Arc<str>>,
}

/// Something that a world saw.
#[derive(Clone, Debug)]
pub enum Event {
    /// An attempt began.
    Attempted(Attempt),
    /// A receiver took a notification.
    Delivered(Arc<Notification>),
    /// The engine reported something.
    Reported(Report),
}

/// An engine in virtual time.
pub struct World {
    engine: Engine,
    plan: Arc<Plan>,
    now: Timestamp,
    /// Everything that the engine asked to remember.
    pub journal: Vec<Change>,
    /// What happened and when, oldest first, until it is taken.
    pub events: VecDeque<(Timestamp, Event)>,
    behaviours: BTreeMap<Arc<str>, Behaviour>,
    /// Answers under way, by time and order.
    answers: BTreeMap<(Timestamp, u64), (Arc<Notification>, Outcome)>,
    answer_number: u64,
}

impl World {
    /// A world at [`BEGINNING`], without alerts.
    pub fn new(plan: Arc<Plan>) -> Self {
        Self {
            engine: Engine::new(TenantId::default(), Arc::clone(&plan)),
            plan,
            now: BEGINNING,
            journal: Vec::new(),
            events: VecDeque::new(),
            behaviours: BTreeMap::new(),
            answers: BTreeMap::new(),
            answer_number: 0,
        }
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The present.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Hands the engine an input at the present moment and carries out what follows.
    pub fn handle(&mut self, input: Input) {
        let mut effects = Vec::new();
        self.engine.handle(self.now, input, &mut effects);
        self.carry_out(effects);
    }

    /// Sends an alert that no plugin matcher matches, as of now.
    pub fn send(&mut self, alert: Alert) {
        let alert = Alert {
            updated_at: self.now,
            ..alert
        };
        self.handle(Input::Alerts(vec![AlertInput {
            alert,
            verdicts: Verdicts::default(),
        }]));
    }

    /// Puts a plan into force.
    pub fn change_plan(&mut self, plan: Arc<Plan>) {
        self.plan = Arc::clone(&plan);
        self.handle(Input::Plan {
            plan,
            verdicts: Vec::new(),
        });
    }

    /// Ends the process and starts another one from the journal. Answers under way are lost.
    pub fn restart(&mut self) {
        self.answers.clear();
        self.engine = Engine::restore(TenantId::default(), self.journal.iter().cloned());
        self.change_plan(Arc::clone(&self.plan));
    }

    /// Says how a receiver, or one integration by its key, answers from now on.
    pub fn behave(&mut self, receiver: &str, behaviour: Behaviour) {
        self.behaviours.insert(Arc::from(receiver), behaviour);
    }

    /// Moves the clock and lets nothing happen: what comes next happens before the timers that
    /// ring at `at`.
    pub fn jump_to(&mut self, at: Timestamp) {
        self.now = self.now.max(at);
    }

    /// Lets time pass until nothing is left to do before or at `end`.
    pub fn run_until(&mut self, end: Timestamp) {
        loop {
            let answer = self.answers.first_key_value().map(|((at, _), _)| *at);
            let wakeup = self.engine.next_wakeup();
            let next = answer.into_iter().chain(wakeup).min();
            let Some(next) = next.filter(|next| *next <= end) else {
                break;
            };
            self.now = self.now.max(next);
            match answer {
                Some(at) if at <= next => self.answer(),
                _ => self.handle(Input::Wake),
            }
        }
        self.now = self.now.max(end);
    }

    /// Lets this much time pass.
    pub fn run_for(&mut self, duration: Duration) {
        self.run_until(self.now + duration);
    }

    fn answer(&mut self) {
        let Some((_, (notification, outcome))) = self.answers.pop_first() else {
            return;
        };
        if let OutcomeResult::Delivered { .. } = outcome.result {
            self.events
                .push_back((self.now, Event::Delivered(notification)));
        }
        self.handle(Input::Outcome(outcome));
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Persist(change) => self.journal.push(change),
                Effect::Deliver(attempt) => self.deliver(attempt),
                Effect::Report(report) => {
                    self.events.push_back((self.now, Event::Reported(report)));
                }
            }
        }
    }

    fn behaviour(&self, notification: &Notification) -> Behaviour {
        let of = |name: &Arc<str>| self.behaviours.get(name).cloned();
        of(&notification.integration_key.0)
            .or_else(|| of(&notification.receiver_name))
            .unwrap_or_default()
    }

    fn deliver(&mut self, attempt: Attempt) {
        let behaviour = self.behaviour(&attempt.notification);
        let outcome = Outcome {
            notification: attempt.notification.id.clone(),
            attempt: attempt.attempt,
            result: match behaviour.failure {
                None => OutcomeResult::Delivered {
                    external_id: behaviour.external_id,
                },
                Some(class) => {
                    let message = Arc::from("the script says so");
                    OutcomeResult::Failed(Failure { class, message })
                }
            },
        };
        let notification = Arc::clone(&attempt.notification);
        self.events.push_back((self.now, Event::Attempted(attempt)));
        if !behaviour.hangs {
            self.answer_number += 1;
            let at = (self.now + behaviour.latency, self.answer_number);
            self.answers.insert(at, (notification, outcome));
        }
    }
}
