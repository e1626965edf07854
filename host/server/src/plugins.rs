//! From a configuration to running components: loads plugins, and builds every use of them.

mod bundled;
mod foreign;
mod generation;
mod metrics;
mod prepare;

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
};

use larum_config::{Catalog, Diagnostics, Document, Schema};
use larum_engine::model::TenantId;
use larum_sandbox::{Component, Sandbox, World};
use prometheus_client::registry::Registry;

use self::foreign::Declared;
pub(crate) use self::generation::{Generation, PreparedIntegration};

/// The components of the process: the bundled ones, and those that configurations brought.
pub(crate) struct Plugins {
    sandbox: Arc<Sandbox>,
    bundled: BTreeMap<String, Loaded>,
    /// Foreign components by name and digest, so that a reload compiles only what is new.
    foreign: Mutex<HashMap<(String, String), Loaded>>,
}

/// A component with the schema of its settings.
#[derive(Clone)]
struct Loaded {
    component: Component,
    schema: Schema,
}

/// The components that one configuration can use, by the name that it calls them.
struct Components {
    loaded: BTreeMap<String, Available>,
}

/// A component, and what it may do.
#[derive(Clone)]
struct Available {
    component: Component,
    schema: Schema,
    /// Where it may send; none for a bundled one, which may send anywhere.
    allow_hosts: Option<Vec<String>>,
}

impl Plugins {
    /// Loads the bundled components. Blocks while they are compiled or read from the cache.
    ///
    /// # Errors
    /// When a bundled component cannot be loaded: the binary is damaged or badly built.
    pub(crate) fn new(sandbox: Arc<Sandbox>) -> anyhow::Result<Self> {
        let bundled = bundled::load(&sandbox)?;
        Ok(Self {
            sandbox,
            bundled,
            foreign: Mutex::default(),
        })
    }

    /// Shows what plugins do and how they fail in this registry.
    pub(crate) fn register(&self, registry: &mut Registry) {
        metrics::register(Arc::clone(&self.sandbox), registry);
    }

    /// Loads what a configuration declares, checks it against the plugins' schemas, and builds
    /// every use of a plugin. The old generation serves until the caller puts this one in force.
    ///
    /// # Errors
    /// With everything that is wrong, warnings among it.
    pub(crate) async fn activate(
        &self,
        tenant: &TenantId,
        document: Document,
    ) -> Result<Arc<Generation>, Diagnostics> {
        let (declared, mut faults) = self.load_declared(&document).await;
        let components = self.components(declared);
        let plan = match document.plan(&components.catalog()) {
            Ok(plan) => plan,
            Err(more) => {
                faults.extend(more);
                return Err(faults);
            }
        };
        let (generation, more) = prepare::generation(tenant, plan, &components).await;
        faults.extend(more);
        if faults.has_errors() {
            faults.extend(generation.plan.warnings);
            return Err(faults);
        }
        Ok(Arc::new(generation))
    }

    async fn load_declared(&self, document: &Document) -> (Vec<Declared>, Diagnostics) {
        let mut declared = Vec::new();
        let mut faults = Diagnostics::none();
        for spec in document.plugins() {
            match self.declared(&spec).await {
                Ok(plugin) => declared.push(plugin),
                Err(fault) => faults.push(fault),
            }
        }
        (declared, faults)
    }

    fn components(&self, declared: Vec<Declared>) -> Components {
        let bundled = self.bundled.iter().map(|(name, loaded)| {
            let Loaded { component, schema } = loaded.clone();
            (
                name.clone(),
                Available {
                    component,
                    schema,
                    allow_hosts: None,
                },
            )
        });
        let mut loaded: BTreeMap<_, _> = bundled.collect();
        for Declared {
            name,
            loaded: Loaded { component, schema },
            allow_hosts,
        } in declared
        {
            let allow_hosts = Some(allow_hosts);
            loaded.insert(
                name,
                Available {
                    component,
                    schema,
                    allow_hosts,
                },
            );
        }
        Components { loaded }
    }
}

impl Components {
    fn catalog(&self) -> Catalog {
        let mut catalog = Catalog::default();
        for (name, available) in &self.loaded {
            match available.component.world() {
                World::Matcher => {
                    catalog
                        .matchers
                        .insert(name.clone(), available.schema.clone());
                }
                World::Receiver => {
                    catalog
                        .receivers
                        .insert(name.clone(), available.schema.clone());
                }
                World::Template => {
                    catalog.templates.insert(name.clone());
                }
            }
        }
        catalog
    }

    fn get(&self, name: &str) -> Option<&Available> {
        self.loaded.get(name)
    }
}
