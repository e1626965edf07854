//! The section `receivers`: who can be told, and how.

mod addresses;

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use larum_engine::model::IntegrationKey;

use self::addresses::{global_addresses, inherit, rules};
use crate::{
    Catalog, Diagnostic, HttpConfig, Integration, Origin, Receiver, Settings, Span, check, codes,
    globals::Globals,
    http,
    kinds::{KINDS, Kind, LATER},
    limits, places,
    plugins::{Role, find},
    read::{Reader, is_set},
    yaml::{Entry, Node, Value},
};

/// The template engine of those who name none, and of Alertmanager's own kinds.
pub(crate) const GO_TEMPLATE: &str = "go-template";

/// The receivers and where the name of each stands.
pub(crate) struct Receivers {
    pub(crate) all: Vec<Receiver>,
    pub(crate) by_name: HashMap<String, usize>,
    pub(crate) spans: Vec<Span>,
}

/// What reading a receiver needs besides the file.
#[derive(Clone, Copy)]
struct Surroundings<'a> {
    catalog: &'a Catalog,
    globals: &'a Globals,
    declared: &'a [String],
}

/// Reads all receivers, those that no route refers to among them.
pub(crate) fn read(
    reader: &mut Reader,
    root: &Node,
    catalog: &Catalog,
    globals: &Globals,
    declared: &[String],
) -> Receivers {
    let mut receivers = Receivers {
        all: Vec::new(),
        by_name: HashMap::new(),
        spans: Vec::new(),
    };
    global_addresses(reader, globals);
    let Some(section) = root.entry("receivers") else {
        return receivers;
    };
    let items = reader.list(section, "a list of receivers");
    if items.len() > limits::RECEIVERS_MAX {
        let message = format!("more than {} receivers", limits::RECEIVERS_MAX);
        reader.error(codes::LIMIT, section.key_span, message);
        return receivers;
    }
    let surroundings = Surroundings {
        catalog,
        globals,
        declared,
    };
    let mut integrations = 0;
    for (index, item) in items.iter().enumerate() {
        if item.is_null() {
            let message = "an entry of `receivers` is empty and is left out";
            let fault = Diagnostic::warning(codes::RECEIVER_NAME, message);
            reader
                .report
                .add(fault.at(section.key_span, format!("entry {index}, from 0")));
            continue;
        }
        let Some((receiver, span)) = receiver(reader, (item, index), surroundings) else {
            continue;
        };
        integrations += receiver.integrations.len();
        if let Some(first) = receivers.by_name.get(&receiver.name) {
            let message = format!("two receivers are called {:?}", receiver.name);
            let fault = Diagnostic::error(codes::RECEIVER_NAME, message)
                .at(span, "again here")
                .at(receivers.spans[*first], "first here");
            reader.report.add(fault);
            continue;
        }
        receivers
            .by_name
            .insert(receiver.name.clone(), receivers.all.len());
        receivers.all.push(receiver);
        receivers.spans.push(span);
    }
    if integrations > limits::INTEGRATIONS_MAX {
        let message = format!("more than {} integrations", limits::INTEGRATIONS_MAX);
        reader.error(codes::LIMIT, section.key_span, message);
    }
    receivers
}

fn receiver(
    reader: &mut Reader,
    (node, index): (&Arc<Node>, usize),
    surroundings: Surroundings<'_>,
) -> Option<(Receiver, Span)> {
    let path = format!("receivers[{index}]");
    if !matches!(node.value, Value::Mapping(_)) {
        reader.wrong_type((node, node.span), &path, "a mapping of keys to values");
        return None;
    }
    let name_entry = node.entry("name");
    let name = name_entry
        .and_then(|entry| reader.text(entry))
        .unwrap_or_default();
    if name.is_empty() {
        let span = name_entry.map_or_else(|| start_of(node), |entry| entry.key_span);
        let fault = Diagnostic::error(codes::RECEIVER_NAME, format!("missing name in {path}"));
        reader
            .report
            .add(fault.at(span, "every receiver needs a `name`"));
    }
    let span = name_entry.map_or_else(|| start_of(node), |entry| entry.value.span);
    let mut receiver = Receiver {
        labels: BTreeMap::from([("name".to_owned(), name.clone())]),
        name,
        integrations: Vec::new(),
        used: false,
    };
    for entry in node.entries() {
        match &*entry.key {
            "name" | "plugin_configs" => {}
            "labels" => labels(reader, entry, &mut receiver),
            key if KINDS.iter().any(|kind| kind.key == key) => {}
            key if LATER.contains(&key) => {
                reader.unsupported(entry, &format!(" (receiver {:?})", receiver.name));
            }
            _ => {
                let known = places::RECEIVER.keys.iter().chain(LATER);
                let known = known.copied().chain(KINDS.iter().map(|kind| kind.key));
                reader.unknown_key(entry, places::RECEIVER.name, known);
            }
        }
    }
    for kind in KINDS {
        let Some(entry) = node.entry(kind.key) else {
            continue;
        };
        let place = Place {
            receiver: &receiver.name,
            path: &path,
            surroundings,
        };
        receiver
            .integrations
            .extend(kind_integrations(reader, kind, entry, &place));
    }
    if let Some(entry) = node.entry("plugin_configs") {
        let place = Place {
            receiver: &receiver.name,
            path: &path,
            surroundings,
        };
        receiver
            .integrations
            .extend(plugin_integrations(reader, entry, &place));
    }
    Some((receiver, span))
}

/// The receiver around an integration.
struct Place<'a> {
    receiver: &'a str,
    path: &'a str,
    surroundings: Surroundings<'a>,
}

fn labels(reader: &mut Reader, entry: &Entry, receiver: &mut Receiver) {
    if !matches!(entry.value.value, Value::Mapping(_)) && !entry.value.is_null() {
        reader.wrong_type(
            (&entry.value, entry.key_span),
            "labels",
            "a mapping of names to texts",
        );
    }
    for label in entry.value.entries() {
        let Some(value) = reader.text(label) else {
            continue;
        };
        if *label.key == *"name" && value != receiver.name {
            let message = format!(
                "receiver label \"name\" must match receiver name {:?}, got {value:?}",
                receiver.name
            );
            reader.error(codes::BAD_VALUE, label.value.span, message);
        }
        receiver.labels.insert(label.key.to_string(), value);
    }
}

fn kind_integrations(
    reader: &mut Reader,
    kind: &Kind,
    section: &Entry,
    place: &Place<'_>,
) -> Vec<Integration> {
    let mut integrations = Vec::new();
    let schema = place.surroundings.catalog.receivers.get(kind.plugin);
    for (index, node) in reader
        .list(section, "a list of mappings")
        .iter()
        .enumerate()
    {
        let path = format!("{}.{}[{index}]", place.path, kind.key);
        let origin = integration_origin(reader, (section, node), &path);
        if !matches!(node.value, Value::Mapping(_)) && !node.is_null() {
            reader.wrong_type((node, node.span), &path, "a mapping of keys to values");
            continue;
        }
        let Some(schema) = schema else {
            let message = format!("the bundled plugin `{}` is not loaded", kind.plugin);
            reader.error(codes::UNKNOWN_PLUGIN, section.key_span, message);
            continue;
        };
        let is_own = |entry: &&Entry| !matches!(&*entry.key, "send_resolved" | "http_config");
        let own = || node.entries().iter().filter(is_own);
        let mut entries: Vec<Entry> = own().cloned().collect();
        inherit(reader, kind, &mut entries, (&origin, place));
        let send_resolved = node
            .entry("send_resolved")
            .and_then(|entry| reader.boolean(entry));
        let http = http_config(reader, node, place);
        rules(reader, kind, &entries, node);
        let whose = format!("`{}`", kind.key);
        let given = check::Given {
            entries,
            origin: &origin,
            whose: &whose,
            plain_texts_stay: true,
        };
        let settings = check::settings(reader, &schema.0, &given);
        integrations.push(Integration {
            key: key(place.receiver, kind.name, index),
            kind: kind.name.into(),
            plugin: kind.plugin.to_owned(),
            template_engine: GO_TEMPLATE.to_owned(),
            send_resolved: send_resolved.unwrap_or(kind.send_resolved),
            settings,
            http,
            origin,
        });
    }
    integrations
}

fn plugin_integrations(
    reader: &mut Reader,
    section: &Entry,
    place: &Place<'_>,
) -> Vec<Integration> {
    let mut integrations: Vec<Integration> = Vec::new();
    for (index, node) in reader
        .list(section, "a list of mappings")
        .iter()
        .enumerate()
    {
        let path = format!("{}.plugin_configs[{index}]", place.path);
        let origin = integration_origin(reader, (section, node), &path);
        if node.is_null() || !reader.mapping_at(node, node.span, &path, places::PLUGIN_CONFIG) {
            if node.is_null() {
                reader.error(
                    codes::MISSING,
                    origin.span,
                    format!("`plugin` is missing in {path}"),
                );
            }
            continue;
        }
        let surroundings = place.surroundings;
        let (catalog, declared) = (surroundings.catalog, surroundings.declared);
        let Some((plugin, schema)) =
            find(reader, (node, &origin), Role::Receiver, (catalog, declared))
        else {
            continue;
        };
        let template_engine = template_engine(reader, node, (catalog, declared));
        let settings = node.get("settings");
        let settings_origin = match settings {
            Some(_) => origin.at("/settings"),
            None => Origin {
                node: None,
                ..origin.clone()
            },
        };
        let settings = plugin_settings(
            reader,
            &schema.0,
            (node.entry("settings"), &settings_origin),
            (&plugin, template_engine == GO_TEMPLATE),
        );
        let count = integrations.iter().filter(|it| it.plugin == plugin).count();
        let send_resolved = node
            .entry("send_resolved")
            .and_then(|entry| reader.boolean(entry));
        integrations.push(Integration {
            key: key(place.receiver, &plugin, count),
            kind: plugin.as_str().into(),
            template_engine,
            send_resolved: send_resolved.unwrap_or(true),
            settings,
            http: http_config(reader, node, place),
            origin: settings_origin,
            plugin,
        });
    }
    integrations
}

/// The settings below `settings`, checked.
pub(crate) fn plugin_settings(
    reader: &mut Reader,
    rule: &crate::schema::Rule,
    (entry, origin): (Option<&Entry>, &Origin),
    (plugin, plain_texts_stay): (&str, bool),
) -> Settings {
    if let Some(entry) = entry
        && !matches!(entry.value.value, Value::Mapping(_))
        && !entry.value.is_null()
    {
        reader.wrong_type(
            (&entry.value, entry.key_span),
            "settings",
            "a mapping of keys to values",
        );
        return Settings::empty();
    }
    let entries = entry
        .map(|entry| entry.value.entries().to_vec())
        .unwrap_or_default();
    let whose = format!("the settings of `{plugin}`");
    let given = check::Given {
        entries,
        origin,
        whose: &whose,
        plain_texts_stay,
    };
    check::settings(reader, rule, &given)
}

fn template_engine(
    reader: &mut Reader,
    node: &Node,
    (catalog, declared): (&Catalog, &[String]),
) -> String {
    let entry = node
        .entry("template_engine")
        .filter(|entry| is_set(&entry.value));
    let Some(entry) = entry else {
        return GO_TEMPLATE.to_owned();
    };
    let name = reader.text(entry).unwrap_or_default();
    crate::plugins::known(reader, (entry, &name), Role::Template, (catalog, declared));
    name
}

fn http_config(reader: &mut Reader, node: &Node, place: &Place<'_>) -> HttpConfig {
    match node.entry("http_config") {
        Some(entry) if !entry.value.is_null() => http::read(reader, entry),
        _ => place.surroundings.globals.http.clone(),
    }
}

fn integration_origin(
    reader: &Reader,
    (section, node): (&Entry, &Arc<Node>),
    path: &str,
) -> Origin {
    let span = if node.is_null() {
        section.key_span
    } else {
        start_of(node)
    };
    reader.origin(span, Some(node), path)
}

/// Where a mapping begins: its first key.
pub(crate) fn start_of(node: &Node) -> Span {
    node.entries().first().map_or(node.span, |entry| {
        match entry.key_span.start >= node.span.start && entry.key_span.end <= node.span.end {
            true => entry.key_span,
            false => node.span,
        }
    })
}

fn key(receiver: &str, kind: &str, index: usize) -> IntegrationKey {
    IntegrationKey(format!("{receiver}/{kind}/{index}").into())
}
