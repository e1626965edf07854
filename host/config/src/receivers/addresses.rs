//! Where an integration sends: its own address, or else what `global` has.

use crate::{
    Diagnostic, Origin, codes,
    globals::Globals,
    kinds::{Inherited, KINDS, Kind},
    read::{Reader, is_set},
    receivers::Place,
    yaml::{Entry, Node, Value},
};

/// Adds what `global` gives where the integration says nothing (Alertmanager
/// `config/config.go`, v0.34: one's own address of any form outdoes all global ones).
pub(super) fn inherit(
    reader: &mut Reader,
    kind: &Kind,
    entries: &mut Vec<Entry>,
    (origin, place): (&Origin, &Place<'_>),
) {
    let globals = place.surroundings.globals;
    if !kind.one_of.is_empty() {
        let own = chosen(kind.one_of, |name| {
            entries
                .iter()
                .find(|entry| *entry.key == *name && is_set(&entry.value))
                .cloned()
        });
        match &own[..] {
            [] => {
                let found = chosen(&globals_of(kind), |name| globals.entry(name).cloned());
                let found = without_same_address(kind, found, entries, globals);
                if found.is_empty() {
                    no_address(reader, kind, (origin, place));
                }
                entries.extend(
                    found
                        .into_iter()
                        .filter_map(|entry| renamed(&entry, kind.one_of)),
                );
            }
            _ => exclusive(reader, &own, kind.one_of),
        }
    }
    for inherited in kind.inherited {
        let own = entries
            .iter()
            .find(|entry| *entry.key == *inherited.setting);
        let is_own = own.is_some();
        if let Some(entry) = own.filter(|entry| entry.key.ends_with("_url") && is_set(&entry.value))
        {
            reader.url(&entry.value, &entry.key, text_of(&entry.value));
        }
        if let (Some(entry), false) = (globals.entry(inherited.global), is_own) {
            entries.push(entry.renamed(inherited.setting));
        }
    }
}

/// Reports addresses in `global` of which only one may be set, used or not.
pub(super) fn global_addresses(reader: &mut Reader, globals: &Globals) {
    for kind in KINDS.iter().filter(|kind| kind.one_of.len() > 1) {
        let inherited = globals_of(kind);
        let found = chosen(&inherited, |name| globals.entry(name).cloned());
        let found = without_same_address(kind, found, &[], globals);
        exclusive(reader, &found, &inherited);
    }
}

/// The keys of `global` that give one of the needed settings.
fn globals_of(kind: &Kind) -> Vec<Inherited> {
    kind.one_of
        .iter()
        .map(|it| Inherited {
            setting: it.global,
            ..*it
        })
        .collect()
}

/// Which of the settings, or their `_file` companions, are set.
fn chosen(settings: &[Inherited], find: impl Fn(&str) -> Option<Entry>) -> Vec<Entry> {
    let names = settings
        .iter()
        .flat_map(|it| [it.setting.to_owned(), format!("{}_file", it.setting)]);
    names.filter_map(|name| find(&name)).collect()
}

/// A global address that is the same as the one the token goes with is no contradiction.
fn without_same_address(
    kind: &Kind,
    mut found: Vec<Entry>,
    entries: &[Entry],
    globals: &Globals,
) -> Vec<Entry> {
    let (Some(only_with), true) = (kind.only_with, found.len() > 1) else {
        return found;
    };
    let is_address = |name: &str| {
        kind.one_of
            .iter()
            .any(|it| it.global == name && it.setting == only_with.other)
    };
    let own = |name: &str| entries.iter().find(|entry| *entry.key == *name);
    let fixed = kind
        .inherited
        .first()
        .and_then(|it| own(it.setting).or(globals.entry(it.global)));
    let fixed = fixed
        .map_or(only_with.value, |entry| text_of(&entry.value))
        .to_owned();
    found.retain(|entry| !is_address(&entry.key) || text_of(&entry.value) != fixed);
    found
}

fn text_of(node: &Node) -> &str {
    match &node.value {
        Value::Scalar(scalar) => &scalar.text,
        _ => "",
    }
}

fn renamed(entry: &Entry, settings: &[Inherited]) -> Option<Entry> {
    let key = settings
        .iter()
        .find_map(|it| match entry.key.strip_prefix(it.global)? {
            "" => Some(it.setting.to_owned()),
            "_file" => Some(format!("{}_file", it.setting)),
            _ => None,
        })?;
    Some(entry.renamed(&key))
}

/// Reports settings of different groups of which only one may be set.
fn exclusive(reader: &mut Reader, set: &[Entry], settings: &[Inherited]) {
    let group = |entry: &Entry| {
        let name = entry.key.strip_suffix("_file").unwrap_or(&entry.key);
        settings.iter().position(|it| it.setting == name)
    };
    let Some(first) = set.first() else { return };
    let Some(other) = set.iter().find(|entry| group(entry) != group(first)) else {
        return;
    };
    let names: Vec<String> = settings
        .iter()
        .map(|it| format!("{0}/{0}_file", it.setting))
        .collect();
    let message = format!("at most one of {} must be configured", names.join(" & "));
    let fault = Diagnostic::error(codes::EXCLUSIVE, message)
        .at(other.key_span, "remove this one")
        .at(first.key_span, "or this one");
    reader.report.add(fault);
}

fn no_address(reader: &mut Reader, kind: &Kind, (origin, place): (&Origin, &Place<'_>)) {
    let Some(first) = kind.one_of.first() else {
        return;
    };
    let message = format!(
        "receiver {:?} has no {} address",
        place.receiver, kind.title
    );
    let mut fault = Diagnostic::error(codes::NO_ADDRESS, message)
        .at(origin.span, format!("in {}", origin.path))
        .help(format!(
            "for all receivers: {0} or {0}_file in `global`",
            first.global
        ))
        .help(format!(
            "for this one alone: {0} or {0}_file here",
            first.setting
        ));
    for other in &kind.one_of[1..] {
        let line = format!(
            "or {0} or {0}_file here, or {1} in `global`",
            other.setting, other.global
        );
        fault = fault.help(line);
    }
    reader.report.add(fault);
}

/// The rules of a kind that a schema cannot say.
pub(super) fn rules(reader: &mut Reader, kind: &Kind, entries: &[Entry], node: &Node) {
    let find = |name: &str| {
        entries
            .iter()
            .find(|entry| *entry.key == *name && is_set(&entry.value))
    };
    let has = |name: &str| find(name).is_some() || find(&format!("{name}_file")).is_some();
    let authorization = node
        .get("http_config")
        .and_then(|http| http.entry("authorization"));
    if let (Some(setting), Some(entry)) = (kind.authorizes, authorization)
        && has(setting)
    {
        let message = format!("http authorization cannot be set beside {setting}");
        let fault = Diagnostic::error(codes::HTTP_CONFIG, message);
        reader
            .report
            .add(fault.at(entry.key_span, format!("{setting} is the authorization")));
    }
    if let Some(rule) = kind.only_with
        && let Some(entry) = find(rule.switch)
        && entry.value.resolved() == Some(crate::scalar::Resolved::Bool(true))
        && !has(rule.setting)
        && has(rule.other)
        && find(rule.other).is_none_or(|other| text_of(&other.value) != rule.value)
    {
        let message = format!("{} can only be used with a bot token", rule.switch);
        let fault = Diagnostic::error(codes::BAD_VALUE, message)
            .at(
                entry.key_span,
                "an incoming webhook cannot change what it sent",
            )
            .help(format!("set {} instead of {}", rule.setting, rule.other));
        reader.report.add(fault);
    }
}
