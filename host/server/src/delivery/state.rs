//! What is remembered of each integration between attempts: how many run, and how the last ended.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use larum_engine::model::{IntegrationKey, TenantId, Timestamp};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::metrics::FailureReason;

/// How many attempts of one integration run at once: one that hangs holds up only itself. Waiting
/// counts against a notification's deadline, so a receiver that is slow, but answers, must not make
/// its groups queue for each other.
const RUNNING_PER_INTEGRATION_MAX: usize = 64;
/// How many attempts run at once in the whole process.
const RUNNING_MAX: usize = 512;

/// The integrations that were used since the process began.
pub(super) struct Integrations {
    running: Arc<Semaphore>,
    each: Mutex<HashMap<(TenantId, IntegrationKey), Arc<IntegrationState>>>,
}

/// One of them.
pub(super) struct IntegrationState {
    running: Arc<Semaphore>,
    last: Mutex<Last>,
}

/// How the last attempt ended.
#[derive(Clone, Debug, Default)]
pub(super) struct Last {
    /// When it began.
    pub(super) at: Option<Timestamp>,
    /// How long it took.
    pub(super) took: Duration,
    /// Why it failed, if it did.
    pub(super) error: Option<String>,
    /// What to do about it.
    pub(super) advice: Option<String>,
    /// The metric's word for it.
    pub(super) reason: Option<FailureReason>,
}

/// A place among the running attempts.
pub(super) struct Permit {
    _of_integration: OwnedSemaphorePermit,
    _of_process: OwnedSemaphorePermit,
}

impl Integrations {
    pub(super) fn new() -> Self {
        Self {
            running: Arc::new(Semaphore::new(RUNNING_MAX)),
            each: Mutex::default(),
        }
    }

    /// What is remembered of an integration.
    pub(super) fn state(&self, tenant: &TenantId, key: &IntegrationKey) -> Arc<IntegrationState> {
        let mut each = self.each.lock().unwrap_or_else(PoisonError::into_inner);
        let state = each
            .entry((tenant.clone(), key.clone()))
            .or_insert_with(|| {
                Arc::new(IntegrationState {
                    running: Arc::new(Semaphore::new(RUNNING_PER_INTEGRATION_MAX)),
                    last: Mutex::default(),
                })
            });
        Arc::clone(state)
    }

    /// Forgets the tenant's integrations that `keep` does not want and that nothing uses.
    pub(super) fn retain(&self, tenant: &TenantId, keep: impl Fn(&IntegrationKey) -> bool) {
        let mut each = self.each.lock().unwrap_or_else(PoisonError::into_inner);
        each.retain(|(owner, key), state| {
            owner != tenant || keep(key) || Arc::strong_count(state) > 1
        });
    }

    /// Waits for a place: first among the integration's attempts, so that those which wait for
    /// their own kind hold none of the process's places.
    pub(super) async fn enter(&self, state: &IntegrationState) -> Option<Permit> {
        let of_integration = Arc::clone(&state.running).acquire_owned().await.ok()?;
        let of_process = Arc::clone(&self.running).acquire_owned().await.ok()?;
        Some(Permit {
            _of_integration: of_integration,
            _of_process: of_process,
        })
    }
}

impl IntegrationState {
    pub(super) fn last(&self) -> Last {
        self.last
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(super) fn set_last(&self, last: Last) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = last;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> IntegrationKey {
        IntegrationKey(name.into())
    }

    #[tokio::test]
    async fn an_integration_fills_only_its_own_places() {
        let (integrations, tenant) = (Integrations::new(), TenantId::default());
        let hung = integrations.state(&tenant, &key("ops/slack/0"));
        let mut permits = Vec::new();
        for _ in 0..RUNNING_PER_INTEGRATION_MAX {
            permits.push(integrations.enter(&hung).await.unwrap());
        }
        let mut another = Box::pin(integrations.enter(&hung));
        assert!(
            futures_poll(&mut another).is_none(),
            "one attempt more must wait"
        );
        let other = integrations.state(&tenant, &key("ops/webhook/0"));
        assert!(integrations.enter(&other).await.is_some());
        permits.pop();
        assert!(
            futures_poll(&mut another).is_some(),
            "a place was given back"
        );
    }

    fn futures_poll<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match std::pin::Pin::new(future).poll(&mut context) {
            std::task::Poll::Ready(output) => Some(output),
            std::task::Poll::Pending => None,
        }
    }

    #[test]
    fn what_is_gone_is_forgotten_unless_it_runs() {
        let (integrations, tenant) = (Integrations::new(), TenantId::default());
        let kept = integrations.state(&tenant, &key("kept"));
        kept.set_last(Last {
            error: Some("refused".into()),
            ..Last::default()
        });
        drop(kept);
        let running = integrations.state(&tenant, &key("running"));
        running.set_last(Last {
            error: Some("runs".into()),
            ..Last::default()
        });
        integrations
            .state(&tenant, &key("gone"))
            .set_last(Last::default());
        integrations.retain(&tenant, |key| &*key.0 == "kept");
        assert_eq!(integrations.each.lock().unwrap().len(), 2);
        assert_eq!(
            integrations
                .state(&tenant, &key("kept"))
                .last()
                .error
                .unwrap(),
            "refused"
        );
    }
}
