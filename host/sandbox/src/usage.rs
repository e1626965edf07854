//! A use of a plugin: a component with settings, for one tenant, on one worker.

use std::{hash::BuildHasher as _, sync::Arc};

use foldhash::fast::FixedState;
use larum_engine::model::TenantId;

use crate::{
    CallError, CallErrorKind, Component, TemplateSource,
    pool::{Discarded, Unavailable, Worker},
};

/// What the guest's object of a use is made from, whenever an instance is new.
#[derive(Hash)]
pub(crate) enum Source {
    /// Of a matcher or a receiver, in JSON.
    Settings(String),
    /// Of a template.
    Templates {
        sources: Arc<[TemplateSource]>,
        texts: Vec<String>,
    },
}

/// A use. The last one who holds it has the guest's object dropped.
pub(crate) struct Use {
    pub(crate) component: Component,
    pub(crate) tenant: TenantId,
    pub(crate) id: u64,
    pub(crate) source: Source,
    lane: usize,
}

impl Use {
    pub(crate) fn new(component: Component, tenant: &TenantId, source: Source) -> Arc<Self> {
        let hash = FixedState::default().hash_one((component.digest(), tenant, &source));
        let pool = component.pool();
        let (lane, id) = (pool.lane(hash), pool.next_id());
        Arc::new(Self {
            component,
            tenant: tenant.clone(),
            id,
            source,
            lane,
        })
    }

    /// Runs `work` on the worker that this use belongs to.
    pub(crate) async fn run<R: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Worker) -> R + Send + 'static,
    ) -> Result<R, CallError> {
        let pool = self.component.pool();
        pool.run(self.lane, work).await.map_err(|reason| {
            let (kind, message) = match reason {
                Unavailable::Overloaded => (
                    CallErrorKind::Overloaded,
                    "too many calls wait for a worker",
                ),
                Unavailable::Panicked => (CallErrorKind::Trap, "the host panicked"),
            };
            self.component.failure(kind, message)
        })
    }

    /// Has the worker drop something of this use.
    pub(crate) fn discard(&self, what: Discarded) {
        self.component.pool().discard(self.lane, what);
    }
}

impl Drop for Use {
    fn drop(&mut self) {
        self.discard(Discarded::Use {
            component: self.component.loaded().id,
            tenant: self.tenant.clone(),
            id: self.id,
        });
    }
}
