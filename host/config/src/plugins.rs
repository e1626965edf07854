//! The section `plugins`, and names of plugins wherever they are used.

use std::sync::Arc;

use crate::{
    Catalog, Diagnostic, Origin, PluginSpec, Schema, codes, limits,
    places::{self, listed, nearest},
    read::{Reader, is_set},
    yaml::{Entry, Node},
};

/// What a plugin is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Matcher,
    Receiver,
    Template,
}

impl Role {
    const ALL: [Self; 3] = [Self::Matcher, Self::Receiver, Self::Template];

    const fn described(self) -> &'static str {
        match self {
            Self::Matcher => "a matcher, for `plugin_matchers`",
            Self::Receiver => "a receiver, for `plugin_configs`",
            Self::Template => "a template engine, for `template_engine`",
        }
    }

    fn names<'a>(self, catalog: &'a Catalog) -> Box<dyn Iterator<Item = &'a str> + 'a> {
        match self {
            Self::Matcher => Box::new(catalog.matchers.keys().map(String::as_str)),
            Self::Receiver => Box::new(catalog.receivers.keys().map(String::as_str)),
            Self::Template => Box::new(catalog.templates.iter().map(String::as_str)),
        }
    }
}

/// Reads the declared plugins.
pub(crate) fn read(reader: &mut Reader, root: &Node) -> Vec<PluginSpec> {
    let Some(section) = root.entry("plugins") else {
        return Vec::new();
    };
    let items = reader.list(section, "a list of plugins");
    if items.len() > limits::PLUGINS_MAX {
        let message = format!("more than {} plugins", limits::PLUGINS_MAX);
        reader.error(codes::LIMIT, section.key_span, message);
        return Vec::new();
    }
    let mut plugins: Vec<PluginSpec> = Vec::new();
    for (index, node) in items.iter().enumerate() {
        let Some(plugin) = plugin(reader, node, index) else {
            continue;
        };
        if let Some(first) = plugins.iter().find(|first| first.name == plugin.name) {
            let message = format!("two plugins are called {:?}", plugin.name);
            let fault = Diagnostic::error(codes::PLUGIN_SPEC, message)
                .at(plugin.origin.span, "again here")
                .at(first.origin.span, "first here");
            reader.report.add(fault);
            continue;
        }
        plugins.push(plugin);
    }
    plugins
}

fn plugin(reader: &mut Reader, node: &Arc<Node>, index: usize) -> Option<PluginSpec> {
    let path = format!("plugins[{index}]");
    if node.is_null() || !reader.mapping_at(node, node.span, &path, places::PLUGIN) {
        if node.is_null() {
            reader.error(codes::PLUGIN_SPEC, node.span, format!("{path} is empty"));
        }
        return None;
    }
    let mut text = |key: &str| node.entry(key).and_then(|entry| reader.set_text(entry));
    let (name, component, sha256) = (text("name"), text("component"), text("sha256"));
    let start = crate::receivers::start_of(node);
    for (key, value) in [("name", &name), ("component", &component)] {
        if value.is_none() {
            let fault =
                Diagnostic::error(codes::PLUGIN_SPEC, format!("`{key}` is missing in {path}"));
            reader
                .report
                .add(fault.at(start, "a plugin needs a `name` and a `component`"));
        }
    }
    if let (Some(name), Some(entry)) = (&name, node.entry("name"))
        && !is_name(name)
    {
        let message = format!("{name:?} cannot be a plugin's name");
        let fault = Diagnostic::error(codes::PLUGIN_SPEC, message).at(entry.value.span, "");
        let help = "lower-case letters, digits, `-` and `_`, a letter first, at most 64 of them";
        reader.report.add(fault.help(help));
    }
    if let (Some(digest), Some(entry)) = (&sha256, node.entry("sha256"))
        && !is_digest(digest)
    {
        let message = "`sha256` is not a SHA-256 digest: 64 hex digits are needed";
        reader.error(codes::PLUGIN_SPEC, entry.value.span, message);
    }
    let hosts = node
        .entry("allow_hosts")
        .map(|entry| reader.texts(entry))
        .unwrap_or_default();
    let (name, component) = (name?, component?);
    let span = node.entry("name").map_or(start, |entry| entry.value.span);
    Some(PluginSpec {
        name,
        component: reader.resolved_path(&component),
        sha256: sha256.map(|digest| digest.to_ascii_lowercase()),
        allow_hosts: hosts.into_iter().map(|(host, _)| host).collect(),
        origin: reader.origin(span, Some(node), &path),
    })
}

fn is_name(name: &str) -> bool {
    name.len() <= 64
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_')
        })
}

fn is_digest(digest: &str) -> bool {
    digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The plugin that the key `plugin` of a mapping names, with the schema of its settings.
pub(crate) fn find<'c>(
    reader: &mut Reader,
    (node, origin): (&Node, &Origin),
    role: Role,
    (catalog, declared): (&'c Catalog, &[String]),
) -> Option<(String, &'c Schema)> {
    let Some(entry) = node.entry("plugin").filter(|entry| is_set(&entry.value)) else {
        let fault = Diagnostic::error(
            codes::MISSING,
            format!("`plugin` is missing in {}", origin.path),
        );
        reader.report.add(fault.at(origin.span, "which plugin?"));
        return None;
    };
    let name = reader.text(entry)?;
    if !known(reader, (entry, &name), role, (catalog, declared)) {
        return None;
    }
    let schemas = match role {
        Role::Matcher => &catalog.matchers,
        _ => &catalog.receivers,
    };
    let schema = schemas.get(&name)?;
    Some((name, schema))
}

/// Whether there is a plugin of this name in this role; if not, it is reported.
pub(crate) fn known(
    reader: &mut Reader,
    (entry, name): (&Entry, &str),
    role: Role,
    (catalog, declared): (&Catalog, &[String]),
) -> bool {
    let plays = |role: Role| role.names(catalog).any(|known| known == name);
    if plays(role) {
        return true;
    }
    let span = entry.value.span;
    if let Some(other) = Role::ALL.into_iter().find(|other| plays(*other)) {
        let message = format!("the plugin `{name}` is {}", other.described());
        reader.error(codes::PLUGIN_WORLD, span, message);
        return false;
    }
    if declared.iter().any(|declared| declared == name) {
        let message = format!("the plugin `{name}` is declared but could not be loaded");
        reader.error(codes::UNKNOWN_PLUGIN, span, message);
        return false;
    }
    let fault = Diagnostic::error(
        codes::UNKNOWN_PLUGIN,
        format!("there is no plugin `{name}`"),
    );
    let label = nearest(name, role.names(catalog));
    let label = label.map_or_else(String::new, |near| format!("did you mean `{near}`?"));
    let help = format!("known here: {}", listed(role.names(catalog)));
    let fault = fault.at(span, label).help(help);
    reader
        .report
        .add(fault.help("declare one of your own below `plugins`: name and component"));
    false
}
