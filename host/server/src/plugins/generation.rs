//! A configuration in force: its plan, and a running component for every use of a plugin.

use std::{
    collections::HashMap,
    sync::atomic::{AtomicI64, Ordering::Relaxed},
    time::Duration,
};

use larum_config::{FailMode, Integration, MatcherUse, Plan};
use larum_engine::{
    PluginMatcherIndex, Verdicts,
    model::{Alert, IntegrationKey, Timestamp},
};
use larum_sandbox::{CallError, Matcher, Receiver, Template};

use crate::delivery::HttpClient;

/// How often a matcher that keeps failing says so.
const COMPLAINT_INTERVAL: Duration = Duration::from_secs(30);

/// A checked configuration with everything that it runs. Whoever works with one keeps it alive,
/// so what is in flight is not disturbed when another one takes its place.
pub(crate) struct Generation {
    /// The checked configuration.
    pub(crate) plan: Plan,
    /// By [`PluginMatcherIndex`].
    pub(super) matchers: Vec<PreparedMatcher>,
    pub(super) integrations: HashMap<IntegrationKey, PreparedIntegration>,
}

/// A use of a plugin matcher, ready to judge.
pub(super) struct PreparedMatcher {
    pub(super) matcher: Matcher,
    /// When it last complained, in milliseconds since the Unix epoch.
    complained_at_ms: AtomicI64,
}

/// An integration, ready to send.
pub(crate) struct PreparedIntegration {
    /// As it is configured.
    pub(crate) integration: Integration,
    /// What renders its texts; none if it has none.
    pub(crate) template: Option<Template>,
    /// What says what to send.
    pub(crate) receiver: Receiver,
    /// What sends it.
    pub(crate) client: HttpClient,
    /// Where a foreign plugin may send: what its declaration allows, and the hosts that stand in
    /// the settings in plain sight. None for a bundled plugin, which may send anywhere.
    pub(super) allow_hosts: Option<Vec<String>>,
}

impl PreparedMatcher {
    pub(super) fn new(matcher: Matcher) -> Self {
        Self {
            matcher,
            complained_at_ms: AtomicI64::new(i64::MIN),
        }
    }
}

impl PreparedIntegration {
    /// Where requests may go, the hosts of these secrets included; none means anywhere.
    pub(crate) fn allow_hosts(&self, hosts_of_secrets: &[String]) -> Option<Vec<String>> {
        self.allow_hosts
            .as_ref()
            .map(|allowed| [allowed, hosts_of_secrets].concat())
    }
}

impl Generation {
    /// The integration of this name in the delivery log.
    pub(crate) fn integration(&self, key: &IntegrationKey) -> Option<&PreparedIntegration> {
        self.integrations.get(key)
    }

    /// All integrations, in no order.
    pub(crate) fn integrations(&self) -> impl Iterator<Item = &PreparedIntegration> {
        self.integrations.values()
    }

    /// What every plugin matcher says of these alerts, in their order. An alert that a matcher
    /// gives no verdict for gets the one that the matcher's use asks for in that case.
    pub(crate) async fn verdicts(&self, alerts: &[&Alert], now: Timestamp) -> Vec<Verdicts> {
        let mut all = vec![Verdicts::default(); alerts.len()];
        for (index, prepared) in (0..).map(PluginMatcherIndex).zip(&self.matchers) {
            let used = &self.plan.matchers[index.0 as usize];
            let judged = prepared.matcher.verdicts(alerts, now).await;
            if let Some(error) = &judged.error {
                let unjudged = judged.verdicts.iter().filter(|it| it.is_none()).count();
                prepared.complain(used, error, unjudged, now);
            }
            let otherwise = used.fail == FailMode::Match;
            let matching = all
                .iter_mut()
                .zip(judged.verdicts)
                .filter(|(_, verdict)| verdict.unwrap_or(otherwise));
            matching.for_each(|(verdicts, _)| verdicts.set(index));
        }
        all
    }
}

impl PreparedMatcher {
    /// Says that it gave no verdict for so many alerts, unless it has done so a moment ago. The sandbox counts each failure.
    fn complain(&self, used: &MatcherUse, error: &CallError, unjudged: usize, now: Timestamp) {
        let last = Timestamp::from_unix_ms(self.complained_at_ms.load(Relaxed));
        if now.saturating_since(last) < COMPLAINT_INTERVAL {
            return;
        }
        self.complained_at_ms.store(now.unix_ms(), Relaxed);
        let (line, _) = used.origin.position();
        tracing::error!(
            plugin = &*error.plugin,
            kind = error.kind.as_str(),
            route = used.origin.path(),
            line,
            alerts = unjudged,
            verdict = if used.fail == FailMode::Match {
                "match"
            } else {
                "no-match"
            },
            error = error.message,
            "A plugin matcher failed; its use's fail mode decides"
        );
    }
}
