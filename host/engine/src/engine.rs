//! One tenant's engine: the loop over its inputs, and what people may see of its state.

mod flush;
mod outcome;
mod receive;
mod reload;
mod sweep;

use std::{collections::VecDeque, sync::Arc};

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use crate::{
    alerts::Entry,
    change::Change,
    effect::Effect,
    groups::Group,
    input::{Input, Verdicts},
    model::{Alert, AlertStatus, Fingerprint, GroupId, TenantId, Timestamp},
    plan::{Plan, Route, RouteIndex},
    routing::Router,
    state::State,
    timers::{TimerKey, Timers},
    view::{AlertView, GroupView},
};

/// Decides for one tenant who must hear of which alerts, when and why.
///
/// Everything that lasts is in changes, which [`Self::restore`] replays. The rest follows from the
/// plan and is made anew by [`Input::Plan`].
pub struct Engine {
    tenant: TenantId,
    pub(crate) state: State,
    /// The latest moment that was handed in.
    now: Timestamp,
    plan: Arc<Plan>,
    router: Router,
    /// What the plan's plugin matchers say; alerts that none of them matches are not in it.
    verdicts: HashMap<Fingerprint, Verdicts, FixedState>,
    /// Groups by route and identity of their labels. Group labels whose fingerprints collide are
    /// one group, as in Alertmanager.
    by_labels: HashMap<(RouteIndex, Fingerprint), GroupId, FixedState>,
    timers: Timers,
    /// Alerts that left their last group, and when they may be forgotten.
    retired: VecDeque<(Timestamp, Fingerprint)>,
    sweep_scheduled: bool,
}

impl Engine {
    /// A tenant without alerts.
    pub fn new(tenant: TenantId, plan: Arc<Plan>) -> Self {
        Self {
            tenant,
            state: State::default(),
            now: Timestamp::from_unix_ms(i64::MIN),
            router: Router::new(Arc::clone(&plan)),
            plan,
            verdicts: HashMap::default(),
            by_labels: HashMap::default(),
            timers: Timers::default(),
            retired: VecDeque::new(),
            sweep_scheduled: false,
        }
    }

    /// The tenant of which these are all changes, in order. It does nothing of its own until an
    /// [`Input::Plan`] follows.
    pub fn restore(tenant: TenantId, changes: impl IntoIterator<Item = Change>) -> Self {
        let no_plan = Plan {
            routes: Vec::new(),
            receivers: Vec::new(),
        };
        let mut engine = Self::new(tenant, Arc::new(no_plan));
        for change in changes {
            engine.state.apply(&change);
        }
        engine.now = engine.state.latest;
        engine
    }

    /// Takes in what happened at `now` and decides what follows. Effects are appended, in order.
    /// A `now` before the latest one counts as the latest one.
    ///
    /// Timers that rang before `now` are served first, then the input, then timers that ring at
    /// `now`: an alert that arrives as its group's wait ends is part of the flush.
    pub fn handle(&mut self, now: Timestamp, input: Input, effects: &mut Vec<Effect>) {
        self.now = self.now.max(now);
        self.serve_timers(
            Timestamp::from_unix_ms(self.now.unix_ms().saturating_sub(1)),
            effects,
        );
        match input {
            Input::Alerts(alerts) => {
                for alert in alerts {
                    self.receive(alert, effects);
                }
            }
            Input::Plan { plan, verdicts } => self.change_plan(plan, verdicts, effects),
            Input::Outcome(outcome) => self.conclude(outcome, effects),
            Input::Wake => {}
        }
        self.serve_timers(self.now, effects);
    }

    /// When [`Self::handle`] wants to be called again, with [`Input::Wake`] if nothing else
    /// happens.
    pub fn next_wakeup(&self) -> Option<Timestamp> {
        self.timers.next()
    }

    fn serve_timers(&mut self, through: Timestamp, effects: &mut Vec<Effect>) {
        while let Some((at, key)) = self.timers.pop_due(through) {
            match key {
                TimerKey::Deadline(id) => self.give_up(&id, effects),
                TimerKey::Attempt(id) => self.attempt(&id, effects),
                TimerKey::Flush(group) => self.flush(group, at, effects),
                TimerKey::Sweep => self.sweep(effects),
            }
        }
    }

    /// Makes a fact true and has it remembered.
    fn commit(&mut self, change: Change, effects: &mut Vec<Effect>) {
        self.state.apply(&change);
        effects.push(Effect::Persist(change));
    }

    fn route(&self, index: RouteIndex) -> &Route {
        &self.plan.routes[index.0 as usize]
    }
}

/// What people may see.
impl Engine {
    /// All alerts that are kept, also those that are over, sorted by fingerprint.
    pub fn alerts(&self) -> Vec<AlertView> {
        let mut entries: Vec<_> = self.state.alerts.iter().collect();
        entries.sort_unstable_by_key(|(fingerprint, _)| *fingerprint);
        entries
            .into_iter()
            .map(|(fingerprint, entry)| AlertView {
                receivers: self.receivers_of(fingerprint, entry),
                alert: Arc::clone(&entry.alert),
            })
            .collect()
    }

    /// All alerts that are kept, also those that are over, in no order.
    pub fn stored(&self) -> impl Iterator<Item = &Arc<Alert>> {
        self.state.alerts.iter().map(|(_, entry)| &entry.alert)
    }

    /// All groups, sorted by labels, then by receiver (Alertmanager `dispatch/dispatch.go`,
    /// `AlertGroups`, v0.34). A group may hold alerts that are over. The alerts of each are in no
    /// order: [`GroupView::sort_alerts`] can be called where it holds up nothing else.
    pub fn groups(&self) -> Vec<GroupView> {
        let view = |(id, group): (&GroupId, &Group)| GroupView {
            id: *id,
            key: Arc::clone(&group.key),
            labels: group.labels.clone(),
            receiver: self.receiver_name(group.route).cloned().unwrap_or_default(),
            alerts: self.members(group),
            flush_at: group.flush_at,
        };
        let mut views: Vec<_> = self.state.groups.iter().map(view).collect();
        views.sort_unstable_by(|one, other| {
            let by_labels = one.labels.list_order(&other.labels);
            by_labels.then_with(|| (&one.receiver, one.id).cmp(&(&other.receiver, other.id)))
        });
        views
    }

    /// One alert.
    pub fn alert(&self, fingerprint: Fingerprint) -> Option<Arc<Alert>> {
        self.state
            .alerts
            .get(fingerprint)
            .map(|entry| Arc::clone(&entry.alert))
    }

    /// How many alerts are kept, also those that are over.
    pub fn alert_count(&self) -> usize {
        self.state.alerts.len()
    }

    /// How many alerts fire at `now`.
    pub fn firing_count(&self, now: Timestamp) -> usize {
        let fires = |alert: &Alert| alert.status_at(now) == AlertStatus::Firing;
        self.state
            .alerts
            .iter()
            .filter(|(_, entry)| fires(&entry.alert))
            .count()
    }

    /// How many groups there are.
    pub fn group_count(&self) -> usize {
        self.state.groups.len()
    }

    fn members(&self, group: &Group) -> Vec<Arc<Alert>> {
        let mut alerts = Vec::with_capacity(group.members.len());
        alerts.extend(
            group
                .members
                .iter()
                .filter_map(|member| self.alert(*member)),
        );
        alerts
    }

    /// Nobody before there is a plan.
    fn receiver_name(&self, route: RouteIndex) -> Option<&Arc<str>> {
        let route = self.plan.routes.get(route.0 as usize)?;
        Some(&self.plan.receivers[route.receiver.0 as usize].name)
    }

    /// Names of the receivers of an alert, in the order of the routes, none twice.
    fn receivers_of(&self, fingerprint: Fingerprint, entry: &Entry) -> Vec<Arc<str>> {
        let groups = entry.groups.as_slice().iter();
        let mut routes: Vec<_> = groups
            .filter_map(|group| Some(self.state.groups.get(group)?.route))
            .collect();
        if routes.is_empty() {
            // Its groups have let it go.
            routes = self.routes_of(fingerprint, &entry.alert);
        }
        routes.sort_unstable();
        let mut names: Vec<Arc<str>> = Vec::with_capacity(routes.len());
        for name in routes
            .into_iter()
            .filter_map(|route| self.receiver_name(route))
        {
            if !names.contains(name) {
                names.push(Arc::clone(name));
            }
        }
        names
    }

    fn routes_of(&self, fingerprint: Fingerprint, alert: &Alert) -> Vec<RouteIndex> {
        match self.verdicts.get(&fingerprint) {
            Some(verdicts) => self.router.routes(&alert.labels, verdicts),
            None => self.router.routes(&alert.labels, &Verdicts::default()),
        }
    }
}
