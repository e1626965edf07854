//! The task that owns a tenant's engine: it feeds it and carries out what it decides.

use std::{collections::HashMap, sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use larum_engine::{
    AlertInput, Attempt, Effect, Engine, Input, Outcome, Report, Verdicts,
    model::{Alert, Fingerprint, TenantId, Timestamp},
};
use tokio::sync::{mpsc, oneshot, watch};

use super::{Command, Counts, Tenant, Unjudged};
use crate::{clock::Clock, delivery::Delivery, plugins::Generation, telemetry::Metrics};

/// Requests that may wait for the engine; further ones wait to be queued.
const COMMANDS_MAX: usize = 1_024;

/// Outcomes that may wait for the engine; deliveries beyond wait to report.
const OUTCOMES_MAX: usize = 1_024;

/// What is taken from each queue in one turn, so that a wake-up is never far off.
const TURN_MAX: usize = 256;

/// How long a stop waits for deliveries under way.
const DRAIN_MAX: Duration = Duration::from_secs(10);

/// What an actor is made of.
pub(crate) struct Parts {
    pub(crate) tenant: TenantId,
    pub(crate) clock: Clock,
    pub(crate) delivery: Arc<Delivery>,
    pub(crate) metrics: Arc<Metrics>,
}

/// The owner of one tenant's engine.
pub(crate) struct Actor {
    parts: Parts,
    engine: Engine,
    /// The time of the last input: the engine's time never goes back.
    last: Timestamp,
    /// The configuration in force.
    current: Arc<ArcSwap<Generation>>,
    commands: mpsc::Receiver<Command>,
    outcomes: mpsc::Receiver<Outcome>,
    report: mpsc::Sender<Outcome>,
    /// Deliveries begun and not reported.
    in_flight: usize,
    /// Kept between turns for its capacity.
    effects: Vec<Effect>,
    batch: Batch,
    stopping: bool,
}

/// Alerts of several requests that become one input, and who waits for it.
#[derive(Default)]
struct Batch {
    alerts: Vec<AlertInput>,
    waiting: Vec<oneshot::Sender<Result<(), Vec<AlertInput>>>>,
}

/// What woke the task.
enum Event {
    Command(Command),
    Outcome(Outcome),
    Wake,
    Stop,
}

impl Actor {
    /// An engine for this tenant under this generation, and the handle to it. Nothing happens
    /// before [`Actor::run`].
    pub(crate) fn new(parts: Parts, generation: Arc<Generation>) -> (Self, Tenant) {
        let (commands_in, commands) = mpsc::channel(COMMANDS_MAX);
        let (report, outcomes) = mpsc::channel(OUTCOMES_MAX);
        let last = parts.clock.now();
        let current = Arc::new(ArcSwap::from(Arc::clone(&generation)));
        let tenant = Tenant {
            id: parts.tenant.clone(),
            commands: commands_in,
            generation: Arc::clone(&current),
            clock: parts.clock.clone(),
        };
        let engine = Engine::new(parts.tenant.clone(), Arc::clone(&generation.plan.routing));
        parts.delivery.adopt(&parts.tenant, &generation);
        let actor = Self {
            parts,
            engine,
            last,
            current,
            commands,
            outcomes,
            report,
            in_flight: 0,
            effects: Vec::new(),
            batch: Batch::default(),
            stopping: false,
        };
        (actor, tenant)
    }

    /// Serves until `stop` turns true, then lets deliveries under way end.
    pub(crate) async fn run(mut self, mut stop: watch::Receiver<bool>) {
        loop {
            match self.next_event(&mut stop).await {
                Event::Stop => break,
                Event::Wake => {}
                Event::Command(command) => self.take_command(command),
                Event::Outcome(outcome) => self.take_outcome(outcome),
            }
            self.turn();
            // A turn does not wait for anything; others on this thread must get theirs.
            tokio::task::consume_budget().await;
        }
        self.drain().await;
    }

    async fn next_event(&mut self, stop: &mut watch::Receiver<bool>) -> Event {
        let wakeup = self.engine.next_wakeup();
        let clock = &self.parts.clock;
        let asleep = async {
            match wakeup {
                Some(wakeup) => clock.sleep_until(wakeup).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            // An error means that whoever could stop us is gone.
            _ = stop.wait_for(|stop| *stop) => Event::Stop,
            Some(outcome) = self.outcomes.recv() => Event::Outcome(outcome),
            Some(command) = self.commands.recv() => Event::Command(command),
            () = asleep => Event::Wake,
        }
    }

    /// Takes what else has arrived, then lets the engine act on what is due.
    fn turn(&mut self) {
        for _ in 0..TURN_MAX {
            let Ok(outcome) = self.outcomes.try_recv() else {
                break;
            };
            self.take_outcome(outcome);
        }
        for _ in 0..TURN_MAX {
            let Ok(command) = self.commands.try_recv() else {
                break;
            };
            self.take_command(command);
        }
        self.hand_over_batch();
        let now = self.now();
        if self
            .engine
            .next_wakeup()
            .is_some_and(|wakeup| wakeup <= now)
        {
            self.handle(now, Input::Wake);
        }
    }

    fn now(&mut self) -> Timestamp {
        self.last = self.last.max(self.parts.clock.now());
        self.last
    }

    fn take_outcome(&mut self, outcome: Outcome) {
        self.in_flight = self.in_flight.saturating_sub(1);
        let now = self.now();
        self.handle(now, Input::Outcome(outcome));
    }

    fn take_command(&mut self, command: Command) {
        if let Command::Store {
            alerts,
            generation,
            done,
        } = command
        {
            let current = self.current.load();
            if !Arc::ptr_eq(&current, &generation) && !current.plan.matchers.is_empty() {
                // The caller asks the matchers that are in force now.
                drop(done.send(Err(alerts)));
                return;
            }
            self.batch.push(alerts, done);
            return;
        }
        // What follows sees everything that was stored before it.
        self.hand_over_batch();
        // An answer that nobody waits for any more is dropped.
        match command {
            Command::Store { .. } => {}
            Command::Apply {
                generation,
                verdicts,
                anyway,
                done,
            } => {
                drop(done.send(self.apply(generation, verdicts, anyway)));
            }
            Command::Alerts(answer) => drop(answer.send(self.engine.alerts())),
            Command::Groups(answer) => drop(answer.send(self.engine.groups())),
            Command::Counts(answer) => drop(answer.send(self.counts())),
        }
    }

    fn hand_over_batch(&mut self) {
        if self.batch.waiting.is_empty() {
            return;
        }
        let Batch { alerts, waiting } = std::mem::take(&mut self.batch);
        let now = self.now();
        self.handle(now, Input::Alerts(alerts));
        for done in waiting {
            drop(done.send(Ok(())));
        }
    }

    fn apply(
        &mut self,
        generation: Arc<Generation>,
        verdicts: HashMap<Fingerprint, Verdicts>,
        anyway: bool,
    ) -> Result<(), Unjudged> {
        if !anyway {
            let unjudged = |alert: &&Arc<Alert>| !verdicts.contains_key(&alert.fingerprint());
            let alerts: Vec<_> = self.engine.stored().filter(unjudged).cloned().collect();
            if !alerts.is_empty() {
                return Err(Unjudged { verdicts, alerts });
            }
        }
        // What is due is flushed under the plan before.
        let now = self.now();
        self.handle(now, Input::Wake);
        let plan = Arc::clone(&generation.plan.routing);
        self.parts.delivery.adopt(&self.parts.tenant, &generation);
        self.current.store(generation);
        let verdicts = verdicts.into_iter().collect();
        self.handle(now, Input::Plan { plan, verdicts });
        Ok(())
    }

    fn counts(&mut self) -> Counts {
        let now = self.now();
        Counts {
            firing: self.engine.firing_count(now),
            groups: self.engine.group_count(),
        }
    }

    fn handle(&mut self, now: Timestamp, input: Input) {
        let mut effects = std::mem::take(&mut self.effects);
        self.engine.handle(now, input, &mut effects);
        for effect in effects.drain(..) {
            self.carry_out(effect);
        }
        self.effects = effects;
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            // There is no store yet, so nothing outlives the process: what is acknowledged is in
            // memory, and the senders repeat it. The journal will make this the one place that
            // waits for the disk.
            Effect::Persist(_change) => {
                self.parts.metrics.engine.changes.inc();
            }
            Effect::Deliver(attempt) => self.deliver(attempt),
            Effect::Report(report) => self.tell(&report),
        }
    }

    fn deliver(&mut self, attempt: Attempt) {
        if self.stopping {
            // It stays unsent, as everything does that comes due after a stop.
            return;
        }
        // An attempt under way keeps its generation; a further attempt is made with the settings
        // that are in force by then, which may be why it was configured anew.
        let generation = self.current.load_full();
        self.in_flight += 1;
        self.parts
            .delivery
            .dispatch(attempt, generation, self.report.clone());
    }

    fn tell(&self, report: &Report) {
        match report {
            Report::GaveUp {
                notification,
                attempts,
                message,
            } => {
                self.parts.metrics.engine.gave_up.inc();
                self.parts.delivery.gave_up(notification);
                tracing::error!(
                    tenant = %notification.tenant,
                    receiver = %notification.receiver_name,
                    integration = %notification.integration_key,
                    group_key = %notification.group_key,
                    num_alerts = notification.alerts.len(),
                    attempts,
                    err = %message,
                    "Notify for alerts failed"
                );
            }
            Report::Unchanged { .. } => {
                self.parts.metrics.engine.unchanged.inc();
            }
        }
    }

    async fn drain(mut self) {
        self.stopping = true;
        self.commands.close();
        if self.in_flight == 0 {
            return;
        }
        tracing::info!(
            deliveries = self.in_flight,
            "Waiting for deliveries under way"
        );
        let drained = async {
            while self.in_flight > 0 {
                let Some(outcome) = self.outcomes.recv().await else {
                    break;
                };
                self.take_outcome(outcome);
            }
        };
        if tokio::time::timeout(DRAIN_MAX, drained).await.is_err() {
            tracing::warn!(
                deliveries = self.in_flight,
                "Stopping with deliveries under way"
            );
        }
    }
}

impl Batch {
    fn push(
        &mut self,
        mut alerts: Vec<AlertInput>,
        done: oneshot::Sender<Result<(), Vec<AlertInput>>>,
    ) {
        if self.alerts.is_empty() {
            self.alerts = alerts;
        } else {
            self.alerts.append(&mut alerts);
        }
        self.waiting.push(done);
    }
}
