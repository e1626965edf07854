//! What each integration knows of each group.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::model::{Fingerprint, IntegrationKey, Timestamp};

/// What an integration knows of a group (Alertmanager `nflog/nflog.go`, v0.34).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryEntry {
    /// The alerts that fired, sorted.
    pub firing: Arc<[Fingerprint]>,
    /// The alerts that were over, sorted, even if the integration does not want to hear of them.
    pub resolved: Arc<[Fingerprint]>,
    /// When it was told: the end of the delivery, not the tick that led to it.
    pub delivered_at: Timestamp,
    /// When the entry may be forgotten: `delivered_at` and twice the `repeat_interval`.
    pub expires_at: Timestamp,
    /// What the receiver gave as its own name for the notification, if it did.
    pub external_id: Option<Arc<str>>,
}

/// A group and an integration, by their durable names.
type Key = (Arc<str>, IntegrationKey);

/// The delivery log of a tenant.
#[derive(Debug, Default)]
pub(crate) struct DeliveryLog {
    entries: BTreeMap<Key, DeliveryEntry>,
    by_expiry: BTreeSet<(Timestamp, Key)>,
}

impl DeliveryLog {
    pub(crate) fn get(
        &self,
        group_key: &Arc<str>,
        integration: &IntegrationKey,
    ) -> Option<&DeliveryEntry> {
        self.entries
            .get(&(Arc::clone(group_key), integration.clone()))
    }

    pub(crate) fn insert(
        &mut self,
        group_key: &Arc<str>,
        integration: &IntegrationKey,
        entry: DeliveryEntry,
    ) {
        self.remove(group_key, integration);
        let key = (Arc::clone(group_key), integration.clone());
        self.by_expiry.insert((entry.expires_at, key.clone()));
        self.entries.insert(key, entry);
    }

    pub(crate) fn remove(&mut self, group_key: &Arc<str>, integration: &IntegrationKey) {
        let key = (Arc::clone(group_key), integration.clone());
        if let Some(entry) = self.entries.remove(&key) {
            self.by_expiry.remove(&(entry.expires_at, key));
        }
    }

    /// The entry that expires first, if it has expired before `now`.
    pub(crate) fn first_expired(&self, now: Timestamp) -> Option<Key> {
        self.by_expiry
            .first()
            .filter(|(at, _)| *at < now)
            .map(|(_, key)| key.clone())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    #[cfg(feature = "testing")]
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Key, &DeliveryEntry)> {
        self.entries.iter()
    }
}
