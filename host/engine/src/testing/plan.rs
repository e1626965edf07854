//! A small language for plans, for the engine cannot read configurations.

use std::{sync::Arc, time::Duration};

use super::scenario::ScenarioError;
use crate::{
    GroupBy, Integration, Plan, PluginMatcherIndex, Receiver, ReceiverIndex, Route, RouteIndex,
    model::{IntegrationKey, MatcherList, parse_matchers},
};

/// Reads a plan: a line for each receiver, then the routes, indented by two spaces for each level.
/// What a route does not say, it has from the one above.
///
/// ```text
/// receiver team-web
/// receiver ops integrations 2 send_resolved no
/// route to team-web by alertname wait 30s interval 5m repeat 4h
///   route {severity="critical"} to ops by ... continue
///   route plugin 0 by none wait 0s
/// ```
///
/// # Errors
/// When a line is not understood.
pub fn parse_plan(text: &str) -> Result<Arc<Plan>, ScenarioError> {
    let mut plan = Plan {
        routes: Vec::new(),
        receivers: Vec::new(),
    };
    // The routes above the present line, by depth.
    let mut path: Vec<usize> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let error = |message: String| ScenarioError {
            line: number,
            message,
        };
        let depth = (line.len() - line.trim_start().len()) / 2;
        let line = line.trim();
        match line.split_once(' ') {
            None if line.is_empty() => {}
            Some(("receiver", rest)) => plan.receivers.push(receiver(rest).map_err(error)?),
            Some(("route", rest)) => {
                path.truncate(depth);
                let parent = path.last().copied();
                let route = route(rest, parent, &plan).map_err(error)?;
                let index = plan.routes.len();
                let short = u32::try_from(index).map_err(|_| error("too many routes".into()))?;
                if let Some(parent) = parent {
                    plan.routes[parent].children.push(RouteIndex(short));
                }
                path.push(index);
                plan.routes.push(route);
            }
            _ => return Err(error(format!("neither receiver nor route: {line}"))),
        }
    }
    match plan.routes.is_empty() {
        true => Err(ScenarioError {
            line: 1,
            message: "a plan needs a route".to_owned(),
        }),
        false => Ok(Arc::new(plan)),
    }
}

fn receiver(text: &str) -> Result<Receiver, String> {
    let mut words = text.split_whitespace();
    let name = words.next().ok_or("a receiver needs a name")?;
    let (mut count, mut send_resolved) = (1, true);
    while let Some(word) = words.next() {
        let value = words
            .next()
            .ok_or_else(|| format!("{word} needs a value"))?;
        match word {
            "integrations" => count = value.parse::<u32>().map_err(|error| error.to_string())?,
            "send_resolved" => send_resolved = value == "yes",
            _ => return Err(format!("receivers have no {word}")),
        }
    }
    let integration = |index: u32| Integration {
        key: IntegrationKey(Arc::from(format!("{name}/test/{index}"))),
        kind: Arc::from("test"),
        send_resolved,
    };
    let integrations = (0..count).map(integration).collect();
    Ok(Receiver {
        name: Arc::from(name),
        integrations,
    })
}

fn route(text: &str, parent: Option<usize>, plan: &Plan) -> Result<Route, String> {
    let mut route = match parent {
        Some(parent) => Route {
            children: Vec::new(),
            ..plan.routes[parent].clone()
        },
        None => root(),
    };
    route.continues = false;
    route.matchers.clear();
    route.plugin_matchers.clear();
    let mut rest = text;
    if rest.starts_with('{') {
        let end = rest.rfind('}').ok_or("the brace is not closed")? + 1;
        route.matchers = parse_matchers(&rest[..end]).map_err(|error| error.message)?;
        route.matchers.sort();
        rest = &rest[end..];
    }
    if parent.is_some() {
        let key = format!("{}/{}", route.key, MatcherList(&route.matchers));
        route.key = Arc::from(key);
    }
    let mut words = rest.split_whitespace();
    while let Some(word) = words.next() {
        if word == "continue" {
            route.continues = true;
            continue;
        }
        let value = words
            .next()
            .ok_or_else(|| format!("{word} needs a value"))?;
        set(&mut route, plan, word, value)?;
    }
    Ok(route)
}

fn root() -> Route {
    Route {
        key: Arc::from("{}"),
        receiver: ReceiverIndex(0),
        group_by: GroupBy::Labels(Vec::new()),
        matchers: Vec::new(),
        plugin_matchers: Vec::new(),
        continues: false,
        group_wait: Duration::from_secs(30),
        group_interval: Duration::from_secs(300),
        repeat_interval: Duration::from_secs(4 * 3600),
        children: Vec::new(),
    }
}

fn set(route: &mut Route, plan: &Plan, word: &str, value: &str) -> Result<(), String> {
    match word {
        "to" => {
            let found = (0..)
                .zip(&plan.receivers)
                .find(|(_, receiver)| *receiver.name == *value);
            let (index, _) = found.ok_or_else(|| format!("there is no receiver {value}"))?;
            route.receiver = ReceiverIndex(index);
        }
        "by" => {
            let mut names: Vec<Arc<str>> = value.split(',').map(Arc::from).collect();
            names.sort_unstable();
            route.group_by = match value {
                "..." => GroupBy::All,
                "none" => GroupBy::Labels(Vec::new()),
                _ => GroupBy::Labels(names),
            };
        }
        "plugin" => {
            let index = value.parse().map_err(|_| format!("{value} is no number"))?;
            route.plugin_matchers.push(PluginMatcherIndex(index));
        }
        "wait" => route.group_wait = duration(value)?,
        "interval" => route.group_interval = duration(value)?,
        "repeat" => route.repeat_interval = duration(value)?,
        _ => return Err(format!("routes have no {word}")),
    }
    Ok(())
}

/// Reads a duration such as `5m30s` or `500ms`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{text} is no duration");
    let mut total_ms: u64 = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let count: u64 = rest[..digits].parse().map_err(|_| wrong())?;
        rest = &rest[digits..];
        let unit = rest
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(rest.len());
        let unit_ms = match &rest[..unit] {
            "ms" => 1,
            "s" => 1000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return Err(wrong()),
        };
        total_ms = total_ms
            .checked_add(count.checked_mul(unit_ms).ok_or_else(wrong)?)
            .ok_or_else(wrong)?;
        rest = &rest[unit..];
    }
    Ok(Duration::from_millis(total_ms))
}
