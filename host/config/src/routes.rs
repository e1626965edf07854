//! The routing tree: who is told of which alerts, and when.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use larum_engine::{
    GroupBy, PluginMatcherIndex, ReceiverIndex, Route, RouteIndex,
    model::{MatchOperator, Matcher, MatcherList, parse_matchers},
};

use crate::{
    Catalog, Diagnostic, FailMode, MatcherUse, Origin, Span, codes, limits,
    places::{self, listed, nearest},
    plugins::{Role, find},
    read::{Reader, is_set},
    receivers::{Receivers, plugin_settings, start_of},
    yaml::{Entry, Node, Value},
};

/// Alertmanager's defaults (`dispatch/route.go`, `DefaultRouteOpts`, v0.34).
const GROUP_WAIT: Duration = Duration::from_secs(30);
const GROUP_INTERVAL: Duration = Duration::from_secs(5 * 60);
const REPEAT_INTERVAL: Duration = Duration::from_secs(4 * 3600);

/// The tree, root first, and the plugin matchers in it.
pub(crate) struct Routes {
    pub(crate) all: Vec<Route>,
    pub(crate) matchers: Vec<MatcherUse>,
}

/// Reads the tree; marks the receivers that it refers to.
pub(crate) fn read(
    reader: &mut Reader,
    root: &Node,
    receivers: &mut Receivers,
    catalog: (&Catalog, &[String]),
) -> Routes {
    let routes = Routes {
        all: Vec::new(),
        matchers: Vec::new(),
    };
    let Some(section) = root.entry("route").filter(|entry| !entry.value.is_null()) else {
        let span = root
            .entry("route")
            .map_or_else(|| start_of(root), |entry| entry.key_span);
        let fault = Diagnostic::error(codes::NO_ROUTE, "no route provided in config")
            .at(span, "")
            .help("the least that works: route: { receiver: NAME }, and that receiver below `receivers`");
        reader.report.add(fault);
        return routes;
    };
    let mut walk = Walk {
        reader,
        receivers,
        catalog,
        routes,
    };
    if walk.reader.mapping(section, places::ROUTE) {
        walk.root_rules(&section.value, section.key_span);
        let defaults = Inherited {
            key: None,
            receiver: None,
            group_by: GroupBy::Labels(Vec::new()),
            group_wait: GROUP_WAIT,
            group_interval: GROUP_INTERVAL,
            repeat_interval: REPEAT_INTERVAL,
        };
        walk.route((&section.value, section.key_span), "route", &defaults);
    }
    walk.routes
}

/// What a route takes from its parent.
#[derive(Clone)]
struct Inherited {
    /// The parent's key; none for the root.
    key: Option<Arc<str>>,
    receiver: Option<ReceiverIndex>,
    group_by: GroupBy,
    group_wait: Duration,
    group_interval: Duration,
    repeat_interval: Duration,
}

struct Walk<'a> {
    reader: &'a mut Reader,
    receivers: &'a mut Receivers,
    catalog: (&'a Catalog, &'a [String]),
    routes: Routes,
}

impl Walk<'_> {
    fn root_rules(&mut self, node: &Node, span: Span) {
        if !node.get("receiver").is_some_and(|value| is_set(value)) {
            let message = "root route must specify a default receiver";
            let fault = Diagnostic::error(codes::NO_ROUTE, message);
            self.reader.report.add(fault.at(span, "needs a `receiver`"));
        }
        for key in ["match", "match_re", "matchers", "plugin_matchers"] {
            let Some(entry) = node.entry(key) else {
                continue;
            };
            if entry.value.items().is_empty() && entry.value.entries().is_empty() {
                continue;
            }
            let fault =
                Diagnostic::error(codes::ROOT_ROUTE, "root route must not have any matchers")
                    .at(entry.key_span, "the root takes every alert")
                    .help("put the condition into a route below `routes`");
            self.reader.report.add(fault);
        }
        let continues = node.entry("continue");
        if let Some(entry) = continues.filter(|entry| self.reader.boolean(entry) == Some(true)) {
            let fault = Diagnostic::error(codes::ROOT_ROUTE, "cannot have continue in root route");
            self.reader
                .report
                .add(fault.at(entry.key_span, "nothing comes after the root"));
        }
    }

    fn route(
        &mut self,
        (node, span): (&Arc<Node>, Span),
        path: &str,
        parent: &Inherited,
    ) -> Option<RouteIndex> {
        let position = self.routes.all.len();
        if position >= limits::ROUTES_MAX {
            if position == limits::ROUTES_MAX {
                let message = format!("more than {} routes", limits::ROUTES_MAX);
                self.reader.error(codes::LIMIT, span, message);
            }
            return None;
        }
        let index = RouteIndex(u32::try_from(position).ok()?);
        let mut own = parent.clone();
        for entry in node.entries() {
            match &*entry.key {
                "mute_time_intervals" | "active_time_intervals" => {
                    self.reader.unsupported(entry, " in a route");
                }
                "labels" => self.reader.unsupported(entry, " in a route"),
                "receiver" => own.receiver = self.receiver(entry, path).or(own.receiver),
                "group_by" => own.group_by = self.group_by(entry).unwrap_or(own.group_by),
                _ => {}
            }
        }
        self.timers(node, &mut own);
        let mut matchers = self.matchers(node);
        matchers.sort();
        let plugin_matchers = self.plugin_matchers(node, path);
        let key = self.key(parent, &matchers, &plugin_matchers);
        own.key = Some(Arc::clone(&key));
        let continues = node.entry("continue").filter(|_| parent.key.is_some());
        let continues = continues
            .and_then(|entry| self.reader.boolean(entry))
            .unwrap_or_default();
        self.routes.all.push(Route {
            key,
            // A missing receiver was reported, so this plan is never used.
            receiver: own.receiver.unwrap_or(ReceiverIndex(0)),
            group_by: own.group_by.clone(),
            matchers,
            plugin_matchers,
            continues,
            group_wait: own.group_wait,
            group_interval: own.group_interval,
            repeat_interval: own.repeat_interval,
            children: Vec::new(),
        });
        let children = self.children(node, path, &own);
        if let Some(route) = self.routes.all.get_mut(position) {
            route.children = children;
        }
        Some(index)
    }

    fn children(&mut self, node: &Node, path: &str, own: &Inherited) -> Vec<RouteIndex> {
        let Some(entry) = node.entry("routes") else {
            return Vec::new();
        };
        let mut children = Vec::new();
        for (index, child) in self
            .reader
            .list(entry, "a list of routes")
            .iter()
            .enumerate()
        {
            let path = format!("{path}.routes[{index}]");
            if child.is_null() {
                let fault = Diagnostic::error(codes::MISSING, format!("{path} is empty"));
                self.reader.report.add(fault.at(
                    entry.key_span,
                    "remove it, or write {} for a route like its parent",
                ));
                continue;
            }
            if self
                .reader
                .mapping_at(child, child.span, &path, places::ROUTE)
            {
                children.extend(self.route((child, start_of(child)), &path, own));
            }
        }
        children
    }

    fn receiver(&mut self, entry: &Entry, path: &str) -> Option<ReceiverIndex> {
        let name = self.reader.set_text(entry)?;
        if let Some(index) = self.receivers.by_name.get(&name) {
            self.receivers.all[*index].used = true;
            return Some(ReceiverIndex(u32::try_from(*index).ok()?));
        }
        let names = || {
            self.receivers
                .all
                .iter()
                .map(|receiver| receiver.name.as_str())
        };
        let message = format!("{path} refers to receiver {name:?}, which is not defined");
        let label = nearest(&name, names());
        let label = label.map_or_else(
            || "not defined".to_owned(),
            |it| format!("did you mean `{it}`?"),
        );
        let fault =
            Diagnostic::error(codes::UNDEFINED_RECEIVER, message).at(entry.value.span, label);
        let help = match self.receivers.all.is_empty() {
            true => "no receivers are defined; add one below `receivers`".to_owned(),
            false => format!("defined are {}", listed(names())),
        };
        self.reader.report.add(fault.help(help));
        None
    }

    fn group_by(&mut self, entry: &Entry) -> Option<GroupBy> {
        if entry.value.is_null() {
            return None;
        }
        let mut labels: BTreeSet<Arc<str>> = BTreeSet::new();
        let mut all = None;
        for (label, node) in self.reader.texts(entry) {
            let fault = if label == "..." {
                all = Some(node.span);
                None
            } else if label.is_empty() {
                Some(format!("invalid label name {label:?} in group_by list"))
            } else if !labels.insert(label.as_str().into()) {
                Some(format!("duplicated label {label:?} in group_by"))
            } else {
                None
            };
            if let Some(message) = fault {
                let span = if node.is_null() {
                    entry.key_span
                } else {
                    node.span
                };
                self.reader.error(codes::GROUP_BY, span, message);
            }
        }
        if let Some(span) = all.filter(|_| !labels.is_empty()) {
            let message = "cannot have wildcard group_by (`...`) and other labels at the same time";
            self.reader.error(codes::GROUP_BY, span, message);
        }
        Some(match all {
            Some(_) => GroupBy::All,
            None => GroupBy::Labels(labels.into_iter().collect()),
        })
    }

    fn timers(&mut self, node: &Node, own: &mut Inherited) {
        let mut read = |key: &str, value: &mut Duration, may_be_zero: bool| {
            let entry = node.entry(key)?;
            *value = self.reader.duration(entry)?;
            if value.is_zero() && !may_be_zero {
                let message = format!("{key} cannot be zero");
                self.reader
                    .error(codes::ZERO_INTERVAL, entry.value.span, message);
            }
            Some(entry.value.span)
        };
        read("group_wait", &mut own.group_wait, true);
        let interval = read("group_interval", &mut own.group_interval, false);
        let repeat = read("repeat_interval", &mut own.repeat_interval, false);
        let Some(span) = repeat.or(interval) else {
            return;
        };
        if own.repeat_interval < own.group_interval {
            let message =
                "repeat_interval is shorter than group_interval and has no effect of its own";
            let fault = Diagnostic::warning(codes::SHORT_REPEAT, message)
                .at(span, "")
                .help("a group is looked at once each group_interval, so that is how often it repeats");
            self.reader.report.add(fault);
        }
    }

    fn matchers(&mut self, node: &Node) -> Vec<Matcher> {
        let mut matchers = Vec::new();
        for (key, operator) in [
            ("match", MatchOperator::Equal),
            ("match_re", MatchOperator::Regex),
        ] {
            let Some(entry) = node.entry(key) else {
                continue;
            };
            if !matches!(entry.value.value, Value::Mapping(_)) && !entry.value.is_null() {
                let expected = "a mapping of label names to values";
                self.reader
                    .wrong_type((&entry.value, entry.key_span), key, expected);
            }
            for label in entry.value.entries() {
                matchers.extend(self.label_matcher(label, operator));
            }
        }
        let Some(entry) = node.entry("matchers") else {
            return matchers;
        };
        for (text, item) in self.reader.texts(entry) {
            match parse_matchers(&text) {
                Ok(parsed) => matchers.extend(parsed),
                Err(error) => {
                    let span = within(self.reader, &item, &text, error.offset);
                    let message = format!("not a matcher: {text:?}");
                    let fault = Diagnostic::error(codes::MATCHER, message)
                        .at(span, error.message)
                        .help("a matcher is a label name, one of = != =~ !~ and a value: severity=\"critical\"");
                    self.reader.report.add(fault);
                }
            }
        }
        matchers
    }

    fn label_matcher(&mut self, label: &Entry, operator: MatchOperator) -> Option<Matcher> {
        let value = self.reader.text(label)?;
        // These older keys take only names of the classic form (`config/common`, v0.34).
        let is_name = label
            .key
            .starts_with(|it: char| it.is_ascii_alphabetic() || it == '_')
            && label
                .key
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !is_name {
            let message = format!("invalid label name {:?}", label.key);
            let fault = Diagnostic::error(codes::MATCHER, message).at(label.key_span, "");
            self.reader
                .report
                .add(fault.help("names of other forms can be matched with `matchers`"));
            return None;
        }
        match Matcher::new(&*label.key, operator, value.as_str()) {
            Ok(matcher) => Some(matcher),
            Err(error) => {
                let message = format!("{value:?} is not a regular expression");
                let fault = Diagnostic::error(codes::REGEX, message);
                self.reader
                    .report
                    .add(fault.at(label.value.span, one_line(&error.message)));
                None
            }
        }
    }

    fn plugin_matchers(&mut self, node: &Node, path: &str) -> Vec<PluginMatcherIndex> {
        let Some(entry) = node.entry("plugin_matchers") else {
            return Vec::new();
        };
        let mut indices = Vec::new();
        for (index, item) in self
            .reader
            .list(entry, "a list of mappings")
            .iter()
            .enumerate()
        {
            let path = format!("{path}.plugin_matchers[{index}]");
            let position = self.routes.matchers.len();
            if position >= limits::PLUGIN_MATCHERS_MAX {
                let message = format!("more than {} plugin matchers", limits::PLUGIN_MATCHERS_MAX);
                self.reader.error(codes::LIMIT, entry.key_span, message);
                break;
            }
            let Some(used) = self.plugin_matcher(item, (&path, entry.key_span)) else {
                continue;
            };
            self.routes.matchers.push(used);
            indices.extend(u32::try_from(position).ok().map(PluginMatcherIndex));
        }
        indices
    }

    fn plugin_matcher(
        &mut self,
        node: &Arc<Node>,
        (path, span): (&str, Span),
    ) -> Option<MatcherUse> {
        if node.is_null() {
            self.reader.error(
                codes::MISSING,
                span,
                format!("`plugin` is missing in {path}"),
            );
            return None;
        }
        if !self
            .reader
            .mapping_at(node, node.span, path, places::PLUGIN_MATCHER)
        {
            return None;
        }
        let origin = self.reader.origin(start_of(node), Some(node), path);
        let (plugin, schema) = find(self.reader, (node, &origin), Role::Matcher, self.catalog)?;
        let fail = node
            .entry("fail")
            .and_then(|entry| self.fail_mode(entry))
            .unwrap_or_default();
        let entry = node.entry("settings");
        let origin = match entry {
            Some(_) => origin.at("/settings"),
            None => Origin {
                node: None,
                ..origin
            },
        };
        let settings = plugin_settings(self.reader, &schema.0, (entry, &origin), (&plugin, true));
        Some(MatcherUse {
            plugin,
            settings,
            fail,
            origin,
        })
    }

    fn fail_mode(&mut self, entry: &Entry) -> Option<FailMode> {
        match self.reader.set_text(entry)?.as_str() {
            "no-match" => Some(FailMode::NoMatch),
            "match" => Some(FailMode::Match),
            other => {
                let message = format!("`fail` must be `no-match` or `match`, not {other:?}");
                let fault = Diagnostic::error(codes::BAD_VALUE, message);
                let label = "the verdict that counts when the plugin fails";
                self.reader.report.add(fault.at(entry.value.span, label));
                None
            }
        }
    }

    /// Alertmanager's route key (`dispatch/route.go`, `Key`, v0.34).
    fn key(
        &self,
        parent: &Inherited,
        matchers: &[Matcher],
        plugin_matchers: &[PluginMatcherIndex],
    ) -> Arc<str> {
        let Some(parent) = &parent.key else {
            return "{}".into();
        };
        let mut list = MatcherList(matchers).to_string();
        for index in plugin_matchers {
            let Some(used) = self.routes.matchers.get(index.0 as usize) else {
                continue;
            };
            list.pop();
            let comma = if list.len() > 1 { "," } else { "" };
            list.push_str(&format!("{comma}plugin:{}}}", used.plugin));
        }
        format!("{parent}/{list}").into()
    }
}

/// The place of a byte of a text within its scalar; the whole scalar if YAML writes it differently.
fn within(reader: &Reader, node: &Node, text: &str, offset: usize) -> Span {
    let raw = reader
        .file
        .text
        .get(node.span.start..node.span.end)
        .unwrap_or("");
    let Some(base) = raw
        .find(text)
        .filter(|_| !text.is_empty() && !text.contains('\n'))
    else {
        return node.span;
    };
    let start = node.span.start + base + offset.min(text.len());
    match text.get(offset..).and_then(|rest| rest.chars().next()) {
        Some(character) => Span::new(start, start + character.len_utf8()),
        None => Span::new(node.span.start + base, node.span.start + base + text.len()),
    }
}

fn one_line(message: &str) -> String {
    let line = message
        .lines()
        .rev()
        .find(|line| !line.trim().is_empty())
        .unwrap_or(message);
    line.trim().trim_start_matches("error: ").to_owned()
}
