//! What a configuration comes to once everything in it is checked.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use larum_engine::model::IntegrationKey;

use crate::{
    Diagnostic, Diagnostics, HttpConfig, Origin, Schema, Settings,
    diagnostic::label_at,
    source::{SourceFile, Span},
};

/// The plugins that are there, by name.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// Receivers and the schemas of their settings.
    pub receivers: BTreeMap<String, Schema>,
    /// Matchers and the schemas of their settings.
    pub matchers: BTreeMap<String, Schema>,
    /// Template engines.
    pub templates: BTreeSet<String>,
}

/// A checked configuration.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What was read.
    pub file: FileInfo,
    /// When an alert without an end is over unless it is sent again.
    pub resolve_timeout: Duration,
    /// What the engine needs of it.
    pub routing: Arc<larum_engine::Plan>,
    /// Uses of plugin matchers, by [`larum_engine::PluginMatcherIndex`].
    pub matchers: Vec<MatcherUse>,
    /// The receivers, in the order and with the indices of the engine's plan.
    pub receivers: Vec<Receiver>,
    /// The template files, in the order in which they are loaded.
    pub templates: Vec<TemplateFile>,
    /// The declared plugins.
    pub plugins: Vec<PluginSpec>,
    /// What is odd but not wrong.
    pub warnings: Diagnostics,
    /// The file written anew as YAML, `<secret>` in place of each secret.
    pub redacted: String,
}

/// Which file was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileInfo {
    /// As it was given.
    pub path: PathBuf,
    /// SHA-256 of its bytes, 64 lower-case hex digits.
    pub sha256: String,
}

/// A plugin of one's own.
#[derive(Clone, Debug)]
pub struct PluginSpec {
    /// What the rest of the file calls it.
    pub name: String,
    /// The component's file, resolved.
    pub component: PathBuf,
    /// What its digest must be: 64 lower-case hex digits.
    pub sha256: Option<String>,
    /// Where a receiver may send; empty means that it may send nowhere but where settings say.
    pub allow_hosts: Vec<String>,
    /// Where it is declared.
    pub origin: Origin,
}

/// A plugin matcher of a route.
#[derive(Clone, Debug)]
pub struct MatcherUse {
    /// The plugin's name.
    pub plugin: String,
    /// What it is told.
    pub settings: Settings,
    /// What counts as its verdict when it fails.
    pub fail: FailMode,
    /// Where it is used.
    pub origin: Origin,
}

/// The verdict of a plugin matcher that fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FailMode {
    /// The route does not match.
    #[default]
    NoMatch,
    /// The route matches.
    Match,
}

/// Someone to be told.
#[derive(Clone, Debug)]
pub struct Receiver {
    /// The unique name.
    pub name: String,
    /// Labels that say what kind of receiver it is; `name` is always among them.
    pub labels: BTreeMap<String, String>,
    /// The ways of telling, in the order of Alertmanager's pipeline.
    pub integrations: Vec<Integration>,
    /// Whether a route refers to it. Alertmanager builds no integration of one that is unused.
    pub used: bool,
}

/// One way of telling a receiver.
#[derive(Clone, Debug)]
pub struct Integration {
    /// `receiver/kind/index`.
    pub key: IntegrationKey,
    /// The kind, such as `slack`; for plugins the plugin's name.
    pub kind: Arc<str>,
    /// The receiver plugin that does it.
    pub plugin: String,
    /// The template plugin that renders its texts.
    pub template_engine: String,
    /// Whether it is told of alerts that are over.
    pub send_resolved: bool,
    /// What the plugin is told.
    pub settings: Settings,
    /// How the host sends for it.
    pub http: HttpConfig,
    /// Where it is configured.
    pub origin: Origin,
}

/// A file with templates.
#[derive(Clone, Debug)]
pub struct TemplateFile {
    /// Resolved.
    pub path: PathBuf,
    /// What stands in it.
    pub text: String,
}

impl TemplateFile {
    /// A fault at a line and a column of this file, both from 1, 0 if unknown.
    pub fn diagnostic(
        &self,
        code: &'static str,
        message: impl Into<String>,
        position: (u32, u32),
        help: Vec<String>,
    ) -> Diagnostic {
        let file = Arc::new(SourceFile {
            path: self.path.clone(),
            text: Arc::from(self.text.as_str()),
            masks: crate::masks::of_raw_text(&self.text).into(),
        });
        let (line, column) = (position.0 as usize, position.1 as usize);
        let start = file.offset(line.max(1), column.max(1));
        let rest = &file.text[start..];
        let end = match column {
            0 => start + rest.find('\n').unwrap_or(rest.len()),
            _ => start + rest.chars().next().map_or(0, char::len_utf8),
        };
        let mut diagnostic = Diagnostic::error(code, message);
        diagnostic.help = help;
        diagnostic
            .labels
            .push(label_at(Span::new(start, end), "here"));
        diagnostic.in_file(&file)
    }
}
