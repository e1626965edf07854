//! The engine's share of a configuration: routes and receivers, checked, by index.

use std::{sync::Arc, time::Duration};

use crate::model::{IntegrationKey, Matcher};

/// What the engine needs of a configuration. Built by larum-config, which has checked that every
/// index points somewhere and that `routes[0]` is the root.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The routing tree in depth-first order; the root comes first.
    pub routes: Vec<Route>,
    /// All receivers, in the order of the configuration.
    pub receivers: Vec<Receiver>,
}

/// Position of a route in [`Plan::routes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RouteIndex(pub u32);

/// Position of a receiver in [`Plan::receivers`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReceiverIndex(pub u32);

/// Position of an integration in [`Receiver::integrations`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IntegrationIndex(pub u32);

/// Number of a use of a plugin matcher: the bit of [`crate::Verdicts`] that holds its verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PluginMatcherIndex(pub u32);

/// One node of the routing tree, with everything that it inherits filled in.
#[derive(Clone, Debug)]
pub struct Route {
    /// Alertmanager's route key: `{}` for the root, else the parent's key, `/` and the sorted
    /// matchers in braces (Alertmanager `dispatch/route.go`, `Key`, v0.34). Plugin matchers
    /// follow the matchers, as `plugin:name` each.
    pub key: Arc<str>,
    /// Who is told.
    pub receiver: ReceiverIndex,
    /// What makes a group.
    pub group_by: GroupBy,
    /// All must match.
    pub matchers: Vec<Matcher>,
    /// All must have matched.
    pub plugin_matchers: Vec<PluginMatcherIndex>,
    /// Whether the siblings after this one are tried as well when this one matches.
    pub continues: bool,
    /// How long a new group waits for company.
    pub group_wait: Duration,
    /// How long a group waits between flushes; more than zero.
    pub group_interval: Duration,
    /// How long an unchanged group stays quiet; more than zero.
    pub repeat_interval: Duration,
    /// The nodes below, in order.
    pub children: Vec<RouteIndex>,
}

/// The labels that make a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupBy {
    /// `...`: every label, so each alert stands alone.
    All,
    /// These, sorted; alerts without one of them leave it out.
    Labels(Vec<Arc<str>>),
}

/// Someone to be told, in one or more ways.
#[derive(Clone, Debug)]
pub struct Receiver {
    /// As the configuration has it.
    pub name: Arc<str>,
    /// The ways, in the order of the configuration.
    pub integrations: Vec<Integration>,
}

/// One way of telling a receiver.
#[derive(Clone, Debug)]
pub struct Integration {
    /// As the delivery log names it.
    pub key: IntegrationKey,
    /// The kind, such as `slack`; for plugins the plugin's name.
    pub kind: Arc<str>,
    /// Whether it is told of alerts that are over.
    pub send_resolved: bool,
}
