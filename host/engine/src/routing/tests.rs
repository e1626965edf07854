//! The table of routes.

use std::{sync::Arc, time::Duration};

use super::Router;
use crate::{
    input::Verdicts,
    model::{Labels, parse_matchers},
    plan::{GroupBy, Plan, PluginMatcherIndex, ReceiverIndex, Route, RouteIndex},
};

/// A tree from lines of `matchers`, `plugin:N` and `continue`, indented by two spaces for each
/// level. The root comes first.
fn tree(text: &str) -> Router {
    let mut routes: Vec<Route> = Vec::new();
    let mut path: Vec<usize> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let depth = (line.len() - line.trim_start().len()) / 2;
        let mut route = Route {
            key: Arc::from(line),
            receiver: ReceiverIndex(0),
            group_by: GroupBy::Labels(Vec::new()),
            matchers: Vec::new(),
            plugin_matchers: Vec::new(),
            continues: false,
            group_wait: Duration::ZERO,
            group_interval: Duration::from_secs(1),
            repeat_interval: Duration::from_secs(1),
            children: Vec::new(),
        };
        for word in line.split_whitespace() {
            match word.strip_prefix("plugin:") {
                Some(number) => {
                    route
                        .plugin_matchers
                        .push(PluginMatcherIndex(number.parse().unwrap()));
                }
                None if word == "continue" => route.continues = true,
                None => route.matchers.extend(parse_matchers(word).unwrap()),
            }
        }
        path.truncate(depth);
        if let Some(parent) = path.last() {
            let index = RouteIndex(u32::try_from(routes.len()).unwrap());
            routes[*parent].children.push(index);
        }
        path.push(routes.len());
        routes.push(route);
    }
    Router::new(Arc::new(Plan {
        routes,
        receivers: Vec::new(),
    }))
}

const TREE: &str = "
{}
  {owner=team-A}
    {env=testing}
    {env=~produ.*,env!=staging}
  {owner=~team-(B|C)} continue
    {env=testing} continue
    {env!~production|testing}
  {group_by=role}
    {env=testing} continue
    {env=testing} continue
    {long=yes}
  {owner=team-B}
";

#[test]
fn alerts_take_these_routes() {
    let router = tree(TREE);
    let check = |labels: &str, expected: &[u32]| {
        let pairs = labels
            .split_whitespace()
            .map(|pair| pair.split_once('=').unwrap());
        let labels = Labels::from_pairs(pairs).unwrap();
        let routes = router.routes(&labels, &Verdicts::default());
        assert_eq!(
            routes,
            expected.iter().copied().map(RouteIndex).collect::<Vec<_>>()
        );
    };
    check("", &[0]);
    check("owner=team-D", &[0]);
    check("owner=team-A", &[1]);
    check("owner=team-A env=testing", &[2]);
    check("owner=team-A env=production", &[3]);
    check("owner=team-A env=staging", &[1]);
    // `continue` goes on among the siblings, not below.
    check("owner=team-B env=testing", &[5, 11]);
    check("owner=team-B env=production", &[4, 11]);
    check("owner=team-C env=production", &[4]);
    check("owner=team-C", &[6]);
    check("owner=team-C env=x group_by=role", &[6, 7]);
    check("group_by=role env=testing", &[8, 9]);
    check("group_by=role env=testing long=yes", &[8, 9, 10]);
}

#[test]
fn plugin_matchers_must_have_matched() {
    let router = tree("{}\n  plugin:0 continue\n  {a=b} plugin:1 plugin:70 continue\n");
    let labels = Labels::from_pairs([("a", "b")]).unwrap();
    let check = |matched: &[u32], expected: &[u32]| {
        let mut verdicts = Verdicts::default();
        matched
            .iter()
            .for_each(|index| verdicts.set(PluginMatcherIndex(*index)));
        let routes = router.routes(&labels, &verdicts);
        assert_eq!(
            routes,
            expected.iter().copied().map(RouteIndex).collect::<Vec<_>>()
        );
    };
    check(&[], &[0]);
    check(&[0], &[1]);
    check(&[1], &[0]);
    check(&[1, 70], &[2]);
    check(&[0, 1, 70], &[1, 2]);
    check(&[64, 71], &[0]);
}

#[test]
fn no_plan_has_no_routes() {
    assert!(
        tree("")
            .routes(&Labels::default(), &Verdicts::default())
            .is_empty()
    );
}
