//! Builds every use of a plugin, and says of each that cannot be built where and why.

use std::{collections::HashMap, sync::Arc};

use larum_config::{
    Diagnostic, Diagnostics, Integration, MatcherUse, Origin, Plan, Severity, TemplateFile, codes,
};
use larum_engine::model::TenantId;
use larum_sandbox::{CreateError, Template, TemplateOrigin, TemplateSource};
use serde_json::Value;

use super::{
    Available, Components,
    generation::{Generation, PreparedIntegration, PreparedMatcher},
};
use crate::delivery::{Clients, host_of_url};

/// Builds all uses. The generation is whole only if there is no error among the diagnostics.
pub(super) async fn generation(
    tenant: &TenantId,
    mut plan: Plan,
    components: &Components,
) -> (Generation, Diagnostics) {
    let mut builder = Builder::new(tenant, &plan, components);
    let mut matchers = Vec::with_capacity(plan.matchers.len());
    for used in &plan.matchers {
        matchers.extend(builder.matcher(used).await);
    }
    let mut integrations = HashMap::new();
    for receiver in &plan.receivers {
        for integration in &receiver.integrations {
            let before = builder.faults.len();
            let prepared = builder.integration(integration).await;
            // Alertmanager does not build a receiver that no route refers to, so a fault in one
            // must not keep a configuration from loading.
            if !receiver.used {
                for fault in &mut builder.faults[before..] {
                    fault.severity = Severity::Warning;
                }
            }
            integrations.extend(prepared.map(|prepared| (integration.key.clone(), prepared)));
        }
    }
    let (errors, warnings): (Vec<_>, Vec<_>) = builder
        .faults
        .into_iter()
        .partition(|fault| fault.severity == Severity::Error);
    plan.warnings.extend(Diagnostics::new(warnings));
    (
        Generation {
            plan,
            matchers,
            integrations,
        },
        Diagnostics::new(errors),
    )
}

struct Builder<'a> {
    tenant: &'a TenantId,
    components: &'a Components,
    files: Vec<TemplateFile>,
    sources: Arc<[TemplateSource]>,
    clients: Clients,
    faults: Vec<Diagnostic>,
}

impl<'a> Builder<'a> {
    fn new(tenant: &'a TenantId, plan: &Plan, components: &'a Components) -> Self {
        let source = |file: &TemplateFile| TemplateSource {
            name: file.path.display().to_string(),
            text: file.text.clone(),
        };
        Self {
            tenant,
            components,
            files: plan.templates.clone(),
            sources: plan.templates.iter().map(source).collect(),
            clients: Clients::default(),
            faults: Vec::new(),
        }
    }

    async fn matcher(&mut self, used: &MatcherUse) -> Option<PreparedMatcher> {
        let available = self.find(&used.plugin, &used.origin)?;
        let settings = used.settings.json.to_string();
        match available.component.matcher(self.tenant, &settings).await {
            Ok(matcher) => Some(PreparedMatcher::new(matcher)),
            Err(error) => {
                self.refused(&used.plugin, &used.origin, error);
                None
            }
        }
    }

    async fn integration(&mut self, integration: &Integration) -> Option<PreparedIntegration> {
        // Each part is built whatever becomes of the others, so that all faults are told at once.
        let template = self.template(integration).await;
        let client = match self.clients.client(&integration.http).await {
            Ok(client) => Some(client),
            Err(error) => {
                let origin = integration.origin.at("/http_config");
                self.faults
                    .push(origin.diagnostic(codes::HTTP_CONFIG, error.to_string(), vec![]));
                None
            }
        };
        let available = self.find(&integration.plugin, &integration.origin)?;
        let settings = integration.settings.json.to_string();
        let receiver = match available.component.receiver(self.tenant, &settings).await {
            Ok(receiver) => Some(receiver),
            Err(error) => {
                self.refused(&integration.plugin, &integration.origin, error);
                None
            }
        };
        let allow_hosts = available.allow_hosts.clone().map(|mut allowed| {
            let pointer = &mut String::new();
            collect_hosts(
                &integration.settings.json,
                &integration.origin,
                pointer,
                &mut allowed,
            );
            allowed
        });
        Some(PreparedIntegration {
            integration: integration.clone(),
            template: template?,
            receiver: receiver?,
            client: client?,
            allow_hosts,
        })
    }

    /// What renders an integration's texts. The outer option is none when it cannot be built, the
    /// inner one when there is nothing to render.
    #[allow(
        clippy::option_option,
        reason = "the two mean different things, as said above"
    )]
    async fn template(&mut self, integration: &Integration) -> Option<Option<Template>> {
        let texts = &integration.settings.texts;
        if texts.is_empty() {
            return Some(None);
        }
        let available = self.find(&integration.template_engine, &integration.origin)?;
        let mut inline: Vec<_> = texts.iter().map(|text| text.source.clone()).collect();
        let mut whole = true;
        // An engine stops at its first fault. What is at fault is left out the next time, so that
        // every fault is told; each round leaves out one more.
        loop {
            let sources = Arc::clone(&self.sources);
            let created = available
                .component
                .template(self.tenant, sources, inline.clone())
                .await;
            let (origin, position, message) = match created {
                Ok(template) => return whole.then_some(Some(template)),
                Err(CreateError::Template {
                    origin,
                    line,
                    column,
                    message,
                }) => (origin, (line, column), message),
                Err(error) => {
                    self.refused(&integration.template_engine, &integration.origin, error);
                    return None;
                }
            };
            whole = false;
            let is_new = match origin {
                TemplateOrigin::Text(index) => emptied(inline.get_mut(index)),
                TemplateOrigin::Source(index) => self.emptied_source(index),
            };
            self.template_fault(integration, origin, position, message);
            if !is_new {
                return None;
            }
        }
    }

    /// Empties a template file, so that no other integration runs into its fault.
    fn emptied_source(&mut self, faulty: usize) -> bool {
        let mut is_new = false;
        let kept = self.sources.iter().enumerate().map(|(index, source)| {
            let mut text = source.text.clone();
            if index == faulty {
                is_new = emptied(Some(&mut text));
            }
            TemplateSource {
                name: source.name.clone(),
                text,
            }
        });
        self.sources = kept.collect();
        is_new
    }

    fn template_fault(
        &mut self,
        integration: &Integration,
        origin: TemplateOrigin,
        position: (u32, u32),
        message: String,
    ) {
        let message = format!("the template does not compile: {message}");
        let in_file = match origin {
            TemplateOrigin::Source(index) => self.files.get(index),
            TemplateOrigin::Text(_) => None,
        };
        if let Some(file) = in_file {
            self.faults
                .push(file.diagnostic(codes::TEMPLATE, message, position, Vec::new()));
            return;
        }
        let text = match origin {
            TemplateOrigin::Text(index) => integration.settings.texts.get(index),
            TemplateOrigin::Source(_) => None,
        };
        let origin = text.map_or_else(
            || integration.origin.clone(),
            |text| text.origin.within_text(position.0, position.1),
        );
        self.faults
            .push(origin.diagnostic(codes::TEMPLATE, message, Vec::new()));
    }

    fn refused(&mut self, plugin: &str, origin: &Origin, error: CreateError) {
        let fault = match error {
            CreateError::Settings { path, message } => {
                origin
                    .at(&path)
                    .diagnostic(codes::PLUGIN_REFUSED, message, Vec::new())
            }
            CreateError::WrongWorld { .. } => {
                origin.diagnostic(codes::PLUGIN_WORLD, error.to_string(), Vec::new())
            }
            CreateError::Call(_) | CreateError::Template { .. } => {
                let message = format!("plugin {plugin} could not take its settings: {error}");
                origin.diagnostic(codes::PLUGIN_REFUSED, message, Vec::new())
            }
        };
        self.faults.push(fault);
    }

    /// The plan has checked that each plugin is there; a miss would be a fault of that check.
    fn find(&mut self, plugin: &str, origin: &Origin) -> Option<&'a Available> {
        let found = self.components.get(plugin);
        if found.is_none() {
            let message = format!("there is no plugin {plugin}");
            self.faults
                .push(origin.diagnostic(codes::UNKNOWN_PLUGIN, message, Vec::new()));
        }
        found
    }
}

/// Empties a text; false if there was nothing to empty.
fn emptied(text: Option<&mut String>) -> bool {
    text.is_some_and(|text| !std::mem::take(text).is_empty())
}

/// The hosts of all URLs in a plugin's settings that the owner of the configuration wrote down.
/// A host that a template would fill in makes no URL, and a plugin's own defaults do not count:
/// otherwise it could allow itself to send anywhere.
fn collect_hosts(settings: &Value, origin: &Origin, pointer: &mut String, hosts: &mut Vec<String>) {
    let length = pointer.len();
    match settings {
        Value::String(text) => {
            let parent = pointer.rfind('/').map_or("", |slash| &pointer[..slash]);
            // What is not in the file has the place of what is above it.
            if origin.at(pointer).path() != origin.at(parent).path() {
                hosts.extend(host_of_url(text));
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                pointer.push_str(&format!("/{index}"));
                collect_hosts(item, origin, pointer, hosts);
                pointer.truncate(length);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                pointer.push('/');
                pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
                collect_hosts(member, origin, pointer, hosts);
                pointer.truncate(length);
            }
        }
        _ => {}
    }
}
