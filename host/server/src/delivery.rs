//! Carries out what the engine decided: hands notifications over, and reports how it went.

mod attempt;
mod client;
mod dialer;
mod fallback;
mod http;
mod metrics;
mod secrets;
mod state;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use larum_engine::{
    Attempt, Failure, FailureClass, Notification, Outcome, OutcomeResult,
    model::{TenantId, Timestamp},
};
use prometheus_client::registry::Registry;
use tokio::sync::mpsc;

use self::{
    attempt::{Ending, Failed, Run},
    metrics::{FailureReason, Metrics},
    state::{IntegrationState, Integrations, Last},
};
pub(crate) use self::{
    client::{Clients, HttpClient},
    secrets::host as host_of_url,
};
use crate::{
    clock::Clock,
    plugins::{Generation, PreparedIntegration},
};

/// The delivery path of the process. One for all tenants: each integration of each tenant has
/// its own few places in it.
pub(crate) struct Delivery {
    clock: Clock,
    metrics: Metrics,
    integrations: Integrations,
}

/// How an integration fares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IntegrationStatus {
    /// The receiver's name.
    pub(crate) receiver: String,
    /// The integration as the delivery log names it: `receiver/kind/index`.
    pub(crate) integration: String,
    /// When the last attempt began; none if there was none since the process began.
    pub(crate) last_attempt: Option<Timestamp>,
    /// How long it took.
    pub(crate) last_duration: Duration,
    /// Why it failed, if it did.
    pub(crate) last_error: Option<String>,
    /// What to do about it.
    pub(crate) last_advice: Option<String>,
}

impl Delivery {
    /// A delivery path that counts in this registry.
    pub(crate) fn new(clock: Clock, registry: &mut Registry) -> Arc<Self> {
        let metrics = Metrics::register(registry);
        Arc::new(Self {
            clock,
            metrics,
            integrations: Integrations::new(),
        })
    }

    /// Takes note of a generation that a tenant uses from now on: its integrations are counted
    /// from zero, and those that are gone are forgotten.
    pub(crate) fn adopt(&self, tenant: &TenantId, generation: &Generation) {
        for integration in generation.integrations() {
            self.metrics.announce(&integration.integration.kind);
        }
        self.integrations
            .retain(tenant, |key| generation.integration(key).is_some());
    }

    /// Makes one attempt in the background, and reports exactly one outcome of it, whatever
    /// happens. The task may wait for a place; that time counts against the deadline.
    pub(crate) fn dispatch(
        self: &Arc<Self>,
        attempt: Attempt,
        generation: Arc<Generation>,
        outcomes: mpsc::Sender<Outcome>,
    ) {
        let delivery = Arc::clone(self);
        tokio::spawn(async move {
            let (id, number) = (attempt.notification.id.clone(), attempt.attempt);
            let made = tokio::spawn(async move { delivery.attempt(&attempt, &generation).await });
            let result = made.await.unwrap_or_else(|error| {
                // A panic has left its own line in the log.
                let class = FailureClass::Retryable { after: None };
                let message = if error.is_panic() {
                    "the delivery panicked"
                } else {
                    "cancelled"
                };
                OutcomeResult::Failed(Failure {
                    class,
                    message: message.into(),
                })
            });
            let outcome = Outcome {
                notification: id,
                attempt: number,
                result,
            };
            if outcomes.send(outcome).await.is_err() {
                tracing::debug!("A delivery ended after its tenant did");
            }
        });
    }

    /// Counts a notification that the engine gave up for its flush.
    pub(crate) fn gave_up(&self, notification: &Notification) {
        let state = self
            .integrations
            .state(&notification.tenant, &notification.integration_key);
        let reason = state.last().reason.unwrap_or(FailureReason::other);
        let kind = notification
            .integration_key
            .0
            .rsplit('/')
            .nth(1)
            .unwrap_or_default();
        self.metrics.gave_up(kind, reason);
    }

    /// How the integrations of a tenant fare, in the order of the configuration.
    pub(crate) fn statuses(
        &self,
        tenant: &TenantId,
        generation: &Generation,
    ) -> Vec<IntegrationStatus> {
        let receivers = generation.plan.receivers.iter();
        let integrations = receivers
            .flat_map(|receiver| receiver.integrations.iter().map(move |it| (receiver, it)));
        let status =
            |(receiver, integration): (&larum_config::Receiver, &larum_config::Integration)| {
                let last = self.integrations.state(tenant, &integration.key).last();
                IntegrationStatus {
                    receiver: receiver.name.clone(),
                    integration: integration.key.to_string(),
                    last_attempt: last.at,
                    last_duration: last.took,
                    last_error: last.error,
                    last_advice: last.advice,
                }
            };
        integrations.map(status).collect()
    }

    async fn attempt(&self, attempt: &Attempt, generation: &Generation) -> OutcomeResult {
        let notification = &attempt.notification;
        let Some(integration) = generation.integration(&notification.integration_key) else {
            return OutcomeResult::Failed(Failure {
                class: FailureClass::Permanent,
                message: "the integration is no longer configured".into(),
            });
        };
        let state = self
            .integrations
            .state(&notification.tenant, &notification.integration_key);
        self.metrics
            .began(&integration.integration.kind, attempt.attempt);
        let (began_at, began) = (self.clock.now(), self.clock.monotonic());
        let remaining = notification.deadline.saturating_since(began_at);
        let ending = tokio::time::timeout(remaining, self.run(notification, integration, &state))
            .await
            .unwrap_or_else(|_| Ending::Failed(out_of_time(remaining)));
        let took = self.clock.monotonic().saturating_sub(began);
        let delivered = matches!(ending, Ending::Delivered(_));
        self.metrics
            .ended(&integration.integration.kind, took, delivered);
        let mut last = Last {
            at: Some(began_at),
            took,
            ..Last::default()
        };
        let result = match ending {
            Ending::Delivered(receipt) => {
                log_delivered(attempt, &receipt.detail, took);
                OutcomeResult::Delivered {
                    external_id: receipt.external_id.map(Into::into),
                }
            }
            Ending::Failed(failed) => {
                log_failed(attempt, &failed);
                last.error = Some(failed.message.clone());
                last.advice = failed.advice.clone();
                last.reason = Some(failed.reason);
                OutcomeResult::Failed(failed.into_failure())
            }
        };
        state.set_last(last);
        result
    }

    async fn run(
        &self,
        notification: &Arc<Notification>,
        integration: &PreparedIntegration,
        state: &IntegrationState,
    ) -> Ending {
        let Some(_permit) = self.integrations.enter(state).await else {
            return Ending::Failed(Failed::retryable("the process is ending".to_owned()));
        };
        Run {
            clock: &self.clock,
            metrics: &self.metrics,
            notification,
            integration,
        }
        .run()
        .await
    }
}

fn out_of_time(allowed: Duration) -> Failed {
    Failed {
        reason: FailureReason::contextDeadlineExceeded,
        ..Failed::retryable(format!(
            "the notification's deadline passed {} ms after this attempt began",
            allowed.as_millis()
        ))
    }
}

impl Failed {
    /// As the engine takes it: the advice goes along, so that the last word on a notification
    /// says what to do.
    fn into_failure(self) -> Failure {
        let message = match self.advice {
            Some(advice) => format!("{}; {advice}", self.message),
            None => self.message,
        };
        Failure {
            class: self.class,
            message: message.into(),
        }
    }
}

fn log_delivered(attempt: &Attempt, detail: &str, took: Duration) {
    let notification = &attempt.notification;
    tracing::debug!(
        tenant = notification.tenant.as_str(),
        receiver = &*notification.receiver_name,
        integration = &*notification.integration_key.0,
        group_key = &*notification.group_key,
        attempt = attempt.attempt,
        duration = ?took,
        detail,
        "Notify success"
    );
}

fn log_failed(attempt: &Attempt, failed: &Failed) {
    let notification = &attempt.notification;
    let class = match failed.class {
        FailureClass::Retryable { .. } => "retryable",
        FailureClass::Permanent => "permanent",
        FailureClass::Unauthorized => "unauthorized",
    };
    tracing::warn!(
        tenant = notification.tenant.as_str(),
        receiver = &*notification.receiver_name,
        integration = &*notification.integration_key.0,
        group_key = &*notification.group_key,
        attempt = attempt.attempt,
        class,
        error = failed.message,
        advice = failed.advice.as_deref(),
        "Notify attempt failed"
    );
}
