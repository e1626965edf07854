//! Who there is: a handle for each tenant, and the task behind it that owns the tenant's engine.

mod actor;

use std::{collections::HashMap, fmt, sync::Arc};

use arc_swap::ArcSwap;
use larum_engine::{
    AlertInput, AlertView, GroupView, Verdicts,
    model::{Alert, Fingerprint, TenantId},
};
use tokio::sync::{mpsc, oneshot};

use crate::{clock::Clock, plugins::Generation};

pub(crate) use actor::{Actor, Parts};

/// All tenants of the process. There is one so far, `default`.
#[derive(Clone)]
pub(crate) struct Tenants {
    only: Tenant,
}

impl Tenants {
    /// A process with this tenant alone.
    pub(crate) fn single(tenant: Tenant) -> Self {
        Self { only: tenant }
    }

    /// The tenant that requests without a tenant's name belong to.
    pub(crate) fn default_tenant(&self) -> &Tenant {
        &self.only
    }
}

/// A handle to a tenant. Cloning shares the tenant.
#[derive(Clone)]
pub(crate) struct Tenant {
    id: TenantId,
    commands: mpsc::Sender<Command>,
    generation: Arc<ArcSwap<Generation>>,
    clock: Clock,
}

/// The tenant's task has ended: the process is about to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopped;

impl fmt::Display for Stopped {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("larum is shutting down")
    }
}

impl std::error::Error for Stopped {}

/// How much a tenant holds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    /// Alerts that are not over.
    pub(crate) firing: usize,
    pub(crate) groups: usize,
}

/// What a handle asks of the task. Each carries the way back.
enum Command {
    /// Take these alerts in; their verdicts are those of `generation`. They come back when another
    /// generation with plugin matchers has taken its place meanwhile.
    Store {
        alerts: Vec<AlertInput>,
        generation: Arc<Generation>,
        done: oneshot::Sender<Result<(), Vec<AlertInput>>>,
    },
    /// Put this generation in force. Alerts without verdicts come back, and nothing happens,
    /// unless `anyway`.
    Apply {
        generation: Arc<Generation>,
        verdicts: HashMap<Fingerprint, Verdicts>,
        anyway: bool,
        done: oneshot::Sender<Result<(), Unjudged>>,
    },
    Alerts(oneshot::Sender<Vec<AlertView>>),
    Groups(oneshot::Sender<Vec<GroupView>>),
    Counts(oneshot::Sender<Counts>),
}

/// A generation that was not put in force, with the verdicts that are already known and the alerts
/// that lack one.
struct Unjudged {
    verdicts: HashMap<Fingerprint, Verdicts>,
    alerts: Vec<Arc<Alert>>,
}

/// How often a reload asks the matchers about alerts that arrived while it asked about others.
const APPLY_ROUNDS_MAX: usize = 5;

impl Tenant {
    /// Whose it is.
    pub(crate) fn id(&self) -> &TenantId {
        &self.id
    }

    /// The configuration in force and its plugins.
    pub(crate) fn generation(&self) -> Arc<Generation> {
        self.generation.load_full()
    }

    /// Hands alerts to the engine; returns when it has taken them and what it decided at once is
    /// under way.
    ///
    /// # Errors
    /// When the tenant's task has ended.
    pub(crate) async fn store(&self, alerts: Vec<Alert>) -> Result<(), Stopped> {
        let mut inputs: Vec<AlertInput> = alerts
            .into_iter()
            .map(|alert| AlertInput {
                alert,
                verdicts: Verdicts::default(),
            })
            .collect();
        loop {
            let generation = self.generation();
            self.judge(&generation, &mut inputs).await;
            let alerts = std::mem::take(&mut inputs);
            match self
                .ask(|done| Command::Store {
                    alerts,
                    generation,
                    done,
                })
                .await?
            {
                Ok(()) => return Ok(()),
                Err(refused) => inputs = refused,
            }
        }
    }

    async fn judge(&self, generation: &Generation, inputs: &mut [AlertInput]) {
        if generation.plan.matchers.is_empty() || inputs.is_empty() {
            return;
        }
        let alerts: Vec<&Alert> = inputs.iter().map(|input| &input.alert).collect();
        let verdicts = generation.verdicts(&alerts, self.clock.now()).await;
        for (input, verdicts) in inputs.iter_mut().zip(verdicts) {
            input.verdicts = verdicts;
        }
    }

    /// Puts a generation in force, after its matchers have judged every alert that there is.
    ///
    /// # Errors
    /// When the tenant's task has ended.
    pub(crate) async fn apply(&self, generation: Arc<Generation>) -> Result<(), Stopped> {
        let mut verdicts = HashMap::new();
        for round in 1.. {
            // Alerts may arrive as fast as they are judged. The few of the last round match no
            // plugin matcher until they are sent again.
            let anyway = round >= APPLY_ROUNDS_MAX || generation.plan.matchers.is_empty();
            let command = |done| {
                let generation = Arc::clone(&generation);
                Command::Apply {
                    generation,
                    verdicts,
                    anyway,
                    done,
                }
            };
            let Err(unjudged) = self.ask(command).await? else {
                break;
            };
            let alerts: Vec<&Alert> = unjudged.alerts.iter().map(AsRef::as_ref).collect();
            let judged = generation.verdicts(&alerts, self.clock.now()).await;
            verdicts = unjudged.verdicts;
            verdicts.extend(alerts.iter().map(|alert| alert.fingerprint()).zip(judged));
        }
        Ok(())
    }

    /// All alerts that the engine holds.
    ///
    /// # Errors
    /// When the tenant's task has ended.
    pub(crate) async fn alerts(&self) -> Result<Vec<AlertView>, Stopped> {
        self.ask(Command::Alerts).await
    }

    /// All groups that exist.
    ///
    /// # Errors
    /// When the tenant's task has ended.
    pub(crate) async fn groups(&self) -> Result<Vec<GroupView>, Stopped> {
        self.ask(Command::Groups).await
    }

    /// How much there is.
    ///
    /// # Errors
    /// When the tenant's task has ended.
    pub(crate) async fn counts(&self) -> Result<Counts, Stopped> {
        self.ask(Command::Counts).await
    }

    async fn ask<T>(
        &self,
        command: impl FnOnce(oneshot::Sender<T>) -> Command,
    ) -> Result<T, Stopped> {
        let (done, answer) = oneshot::channel();
        self.commands
            .send(command(done))
            .await
            .map_err(|_| Stopped)?;
        answer.await.map_err(|_| Stopped)
    }
}
