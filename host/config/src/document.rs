//! From a text to a plan.

use std::{collections::BTreeSet, sync::Arc};

use sha2::{Digest, Sha256};

use crate::{
    Catalog, Diagnostic, Diagnostics, FileInfo, Origin, Plan, PluginSpec, Source, Span, codes,
    diagnostic::Report,
    foreign, globals,
    kinds::KINDS,
    masks, places, plugins,
    read::Reader,
    receivers::{self, Receivers},
    redact, routes,
    source::SourceFile,
    templates,
    yaml::{self, Node, Value},
};

/// A file that was read as YAML and not yet understood.
#[derive(Clone, Debug)]
pub struct Document {
    file: Arc<SourceFile>,
    root: Option<Arc<Node>>,
    faults: Vec<Diagnostic>,
    sha256: String,
}

/// Reads a file as YAML. What else is wrong with it, [`Document::plan`] tells.
///
/// # Errors
/// When it is not YAML at all, or too much of it.
pub fn parse(source: Source) -> Result<Document, Diagnostics> {
    let digest = Sha256::digest(source.text.as_bytes());
    let sha256 = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let text: Arc<str> = source
        .text
        .strip_prefix('\u{feff}')
        .unwrap_or(&source.text)
        .into();
    let file = |masks: Vec<Span>| {
        let (path, text) = (source.path.clone(), Arc::clone(&text));
        Arc::new(SourceFile {
            path,
            text,
            masks: masks.into(),
        })
    };
    match yaml::read(&text) {
        Ok(tree) => {
            let masks = tree.root.as_ref().map(|root| masks::of_tree(&text, root));
            let file = file(masks::merged(masks.unwrap_or_default()));
            Ok(Document {
                file,
                root: tree.root,
                faults: tree.faults,
                sha256,
            })
        }
        Err(fault) => {
            let file = file(masks::of_raw_text(&text));
            Err(Diagnostics::new(vec![fault.in_file(&file)]))
        }
    }
}

impl Document {
    /// What was read.
    pub fn file(&self) -> FileInfo {
        FileInfo {
            path: self.file.path.clone(),
            sha256: self.sha256.clone(),
        }
    }

    /// The plugins that the file declares, so that they can be loaded. Declarations that are
    /// wrong are left out here and reported by [`Self::plan`].
    pub fn plugins(&self) -> Vec<PluginSpec> {
        let mut reader = Reader::new(Arc::clone(&self.file));
        self.root
            .as_ref()
            .map(|root| plugins::read(&mut reader, root))
            .unwrap_or_default()
    }

    /// A fault at a place of this file that was found after it was read.
    pub fn diagnostic(
        &self,
        origin: &Origin,
        code: &'static str,
        message: impl Into<String>,
        help: Vec<String>,
    ) -> Diagnostic {
        origin.diagnostic(code, message, help)
    }

    /// Checks everything and makes a plan of it.
    ///
    /// # Errors
    /// All that is wrong, when anything is an error.
    pub fn plan(&self, catalog: &Catalog) -> Result<Plan, Diagnostics> {
        let secrets = self.secrets(catalog);
        let file = self.masked(&secrets);
        let mut reader = Reader::new(file);
        for fault in &self.faults {
            reader.report.add(fault.clone());
        }
        let Some(root) = self.root(&mut reader) else {
            return Err(reader.report.finish());
        };
        if foreign::refuse(&mut reader, root) {
            return Err(reader.report.finish());
        }
        top_keys(&mut reader, root);
        let globals = globals::read(&mut reader, root);
        let plugins = plugins::read(&mut reader, root);
        let declared: Vec<String> = plugins.iter().map(|plugin| plugin.name.clone()).collect();
        let mut receivers = receivers::read(&mut reader, root, catalog, &globals, &declared);
        let routes = routes::read(&mut reader, root, &mut receivers, (catalog, &declared));
        let templates = templates::read(&mut reader, root);
        unused(&mut reader.report, &receivers);
        let warnings = reader.report.finish();
        if warnings.has_errors() {
            return Err(warnings);
        }
        let routing = larum_engine::Plan {
            routes: routes.all,
            receivers: receivers.all.iter().map(engine_receiver).collect(),
        };
        Ok(Plan {
            file: self.file(),
            resolve_timeout: globals.resolve_timeout,
            routing: Arc::new(routing),
            matchers: routes.matchers,
            receivers: receivers.all,
            templates,
            plugins,
            warnings,
            redacted: redact::redacted(root, &secrets),
        })
    }

    fn root(&self, reader: &mut Reader) -> Option<&Arc<Node>> {
        let root = self.root.as_ref().filter(|root| !root.is_null());
        let Some(root) = root else {
            let fault = Diagnostic::error(
                codes::EMPTY_FILE,
                "no route provided in config: the file is empty",
            );
            let help = "the least that works: route: { receiver: NAME }, and that receiver below `receivers`";
            reader.report.add(fault.at(Span::default(), "").help(help));
            return None;
        };
        if !matches!(root.value, Value::Mapping(_)) {
            reader.wrong_type((root, root.span), "the file", "a mapping of keys to values");
            return None;
        }
        Some(root)
    }

    /// The file with all that is secret by form, by name or by a plugin's schema masked.
    fn masked(&self, secrets: &BTreeSet<Span>) -> Arc<SourceFile> {
        let all = self.file.masks.iter().chain(secrets).copied();
        let masks = masks::merged(all).into();
        Arc::new(SourceFile {
            masks,
            ..(*self.file).clone()
        })
    }

    /// Values that are secret as a whole.
    fn secrets(&self, catalog: &Catalog) -> BTreeSet<Span> {
        let Some(root) = &self.root else {
            return BTreeSet::new();
        };
        let mut secrets = masks::of_names(root, masks::is_surely_secret_key);
        for receiver in root
            .get("receivers")
            .map(|it| it.items())
            .unwrap_or_default()
        {
            for kind in KINDS {
                let Some(schema) = catalog.receivers.get(kind.plugin) else {
                    continue;
                };
                for item in receiver
                    .get(kind.key)
                    .map(|it| it.items())
                    .unwrap_or_default()
                {
                    masks::of_settings(&schema.0, item, &mut secrets);
                }
            }
            plugin_secrets(
                receiver.get("plugin_configs"),
                &catalog.receivers,
                &mut secrets,
            );
        }
        let mut routes: Vec<&Arc<Node>> = root.get("route").into_iter().collect();
        while let Some(route) = routes.pop() {
            plugin_secrets(
                route.get("plugin_matchers"),
                &catalog.matchers,
                &mut secrets,
            );
            routes.extend(route.get("routes").map(|it| it.items()).unwrap_or_default());
        }
        secrets
    }
}

fn plugin_secrets(
    list: Option<&Arc<Node>>,
    schemas: &std::collections::BTreeMap<String, crate::Schema>,
    secrets: &mut BTreeSet<Span>,
) {
    for item in list.map(|list| list.items()).unwrap_or_default() {
        let name = item.get("plugin").map(|name| match &name.value {
            Value::Scalar(scalar) => &*scalar.text,
            _ => "",
        });
        let schema = name.and_then(|name| schemas.get(name));
        if let (Some(schema), Some(settings)) = (schema, item.get("settings")) {
            masks::of_settings(&schema.0, settings, secrets);
        }
    }
}

fn top_keys(reader: &mut Reader, root: &Node) {
    foreign::strays(reader, root);
    for entry in root.entries() {
        match &*entry.key {
            "inhibit_rules"
            | "time_intervals"
            | "mute_time_intervals"
            | "tracing"
            | "event_recorder" => reader.unsupported(entry, ""),
            key if places::TOP.keys.contains(&key) || foreign::is_stray(key) => {}
            _ => reader.unknown_key(entry, places::TOP.name, places::TOP.keys.iter().copied()),
        }
    }
}

/// Alertmanager says nothing of a receiver that no route refers to; here it is a remark.
fn unused(report: &mut Report, receivers: &Receivers) {
    for (receiver, span) in receivers.all.iter().zip(&receivers.spans) {
        if !receiver.used && !report.has_errors() {
            let message = format!("no route refers to receiver {:?}", receiver.name);
            report.add(Diagnostic::info(codes::UNUSED_RECEIVER, message).at(*span, "never told"));
        }
    }
}

fn engine_receiver(receiver: &crate::Receiver) -> larum_engine::Receiver {
    larum_engine::Receiver {
        name: receiver.name.as_str().into(),
        integrations: receiver
            .integrations
            .iter()
            .map(|integration| larum_engine::Integration {
                key: integration.key.clone(),
                kind: Arc::clone(&integration.kind),
                send_resolved: integration.send_resolved,
            })
            .collect(),
    }
}
