//! Alerts come in.

use std::{collections::VecDeque, sync::Arc};

use super::{Engine, reload::OldGroups};
use crate::{
    alerts::{Entry, merge, only_prolongs},
    change::{Change, GroupIds},
    effect::Effect,
    groups::{first_flush, group_fingerprint, group_key, group_labels},
    input::{AlertInput, Verdicts},
    model::{Alert, Fingerprint, GroupId},
    plan::RouteIndex,
    timers::TimerKey,
};

impl Engine {
    /// Stores an alert and puts it into the groups of its routes.
    ///
    /// An alert never leaves a group because its plugin matchers changed their mind, only because
    /// it is over: whoever was told that it fires is told that it is over.
    pub(super) fn receive(&mut self, input: AlertInput, effects: &mut Vec<Effect>) {
        let fingerprint = input.alert.fingerprint();
        let rerouted = self.learn_verdicts(fingerprint, input.verdicts);
        let known = self.state.alerts.get(fingerprint);
        let (alert, mut groups) = match known {
            None => (input.alert, GroupIds::default()),
            Some(Entry {
                alert: old,
                groups,
                grouped,
            }) => {
                let alert = merge(old, input.alert, self.now);
                if *grouped && !rerouted && only_prolongs(old, &alert, self.now) {
                    self.state.alerts.prolong(fingerprint, &alert);
                    return;
                }
                (alert, groups.clone())
            }
        };
        for route in self.routes_of(fingerprint, &alert) {
            let group = self.group_for(route, &alert, &mut OldGroups::new(), effects);
            groups.insert(group);
        }
        self.commit(
            Change::AlertStored {
                alert: Arc::new(alert),
                groups,
            },
            effects,
        );
        if let Some(entry) = self.state.alerts.get_mut(fingerprint) {
            entry.grouped = true;
        }
    }

    /// Notes the verdicts and says whether they are other than before.
    fn learn_verdicts(&mut self, fingerprint: Fingerprint, verdicts: Verdicts) -> bool {
        if verdicts.is_empty() {
            return self.verdicts.remove(&fingerprint).is_some();
        }
        let before = self.verdicts.insert(fingerprint, verdicts);
        before.as_ref() != self.verdicts.get(&fingerprint)
    }

    /// The group of an alert on a route. If there is none, it is an old group with the same key,
    /// or else a new one.
    pub(super) fn group_for(
        &mut self,
        index: RouteIndex,
        alert: &Alert,
        old: &mut OldGroups,
        effects: &mut Vec<Effect>,
    ) -> GroupId {
        let route = &self.plan.routes[index.0 as usize];
        let slot = (index, group_fingerprint(route, &alert.labels));
        if let Some(group) = self.by_labels.get(&slot) {
            return *group;
        }
        let labels = group_labels(route, &alert.labels);
        let key = group_key(route, &labels);
        let flush_at = first_flush(route, alert, self.now);
        let kept = old.get_mut(&key).and_then(VecDeque::pop_front);
        let group = kept.unwrap_or_else(|| self.next_group_id());
        let change = match kept {
            Some(_) => Change::GroupRescheduled { group, flush_at },
            None => Change::GroupCreated {
                group,
                key,
                labels,
                flush_at,
            },
        };
        self.commit(change, effects);
        self.by_labels.insert(slot, group);
        if let Some(group) = self.state.groups.get_mut(&group) {
            group.route = index;
        }
        self.timers.schedule(flush_at, TimerKey::Flush(group));
        group
    }

    /// Numbers begin with the time, so that they are not used again by a process that starts
    /// without a journal: it would take a thousand new groups in each millisecond to overtake it.
    fn next_group_id(&self) -> GroupId {
        let from_time = u64::try_from(self.now.unix_ms())
            .unwrap_or(0)
            .saturating_mul(1024);
        GroupId(from_time.max(self.state.last_group.0.saturating_add(1)))
    }
}
