//! Which routes an alert takes.

use std::sync::Arc;

use crate::{
    input::Verdicts,
    model::{Labels, Matcher},
    plan::{Plan, RouteIndex},
};

/// The routing tree, prepared: each route's cheapest matchers come first.
pub(crate) struct Router {
    plan: Arc<Plan>,
    /// For each route, its matchers in the order of their cost.
    matchers: Vec<Vec<Matcher>>,
}

impl Router {
    pub(crate) fn new(plan: Arc<Plan>) -> Self {
        let matchers = plan.routes.iter().map(|route| {
            let mut matchers = route.matchers.clone();
            // A comparison of text costs far less than a regular expression, and `=` fails for
            // more alerts than `!=`.
            matchers.sort_by_key(Matcher::operator);
            matchers
        });
        Self {
            matchers: matchers.collect(),
            plan,
        }
    }

    /// The routes of an alert, in depth-first order (Alertmanager `dispatch/route.go`, `Match`,
    /// v0.34): of each node's children those that match, up to the first one without `continue`;
    /// the node itself when no child matches.
    pub(crate) fn routes(&self, labels: &Labels, verdicts: &Verdicts) -> Vec<RouteIndex> {
        let mut found = Vec::with_capacity(1);
        if !self.plan.routes.is_empty() {
            self.visit(RouteIndex(0), labels, verdicts, &mut found);
        }
        found
    }

    fn visit(
        &self,
        index: RouteIndex,
        labels: &Labels,
        verdicts: &Verdicts,
        found: &mut Vec<RouteIndex>,
    ) -> bool {
        let route = &self.plan.routes[index.0 as usize];
        let matches = self.matchers[index.0 as usize]
            .iter()
            .all(|m| m.matches(labels))
            && route
                .plugin_matchers
                .iter()
                .all(|matcher| verdicts.matched(*matcher));
        if !matches {
            return false;
        }
        let before = found.len();
        for child in &route.children {
            let matched = self.visit(*child, labels, verdicts, found);
            if matched && !self.plan.routes[child.0 as usize].continues {
                break;
            }
        }
        if found.len() == before {
            found.push(index);
        }
        true
    }
}

#[cfg(test)]
mod tests;
