//! Names of things that live longer than a call.

use std::{fmt, sync::Arc};

/// Whose state this is. Part of every key, record, metric and log line from the first line of
/// code; a single-tenant process has one tenant, [`TenantId::default`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TenantId(Arc<str>);

impl TenantId {
    /// A tenant by its name. The caller has checked the name's grammar.
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self(name.into())
    }

    /// The name, as it stands in `X-Scope-OrgID`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for TenantId {
    fn default() -> Self {
        Self(Arc::from("default"))
    }
}

impl fmt::Display for TenantId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for TenantId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, formatter)
    }
}

/// A group within its tenant. Never reused, not even after a restart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupId(pub u64);

/// An integration as the delivery log names it: `receiver/kind/index`, such as `ops/slack/0`.
/// The index counts within the kind, in the order of the configuration
/// (Alertmanager `notify/notify.go`, v0.34).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IntegrationKey(pub Arc<str>);

/// The idempotency key of a notification: the same for every attempt at it, different for every
/// other one, whether of another flush or of another process. 32 lower-case hex digits of a hash
/// over tenant, group, group key, integration, flush number and time of the flush.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NotificationId(pub Arc<str>);

impl fmt::Display for NotificationId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Display for IntegrationKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
