//! Components that a configuration declares: read, pinned, loaded, remembered.

use std::{
    path::Path,
    sync::{Arc, PoisonError},
};

use larum_config::{Diagnostic, PluginSpec, Schema, codes};
use sha2::{Digest as _, Sha256};

use super::{Loaded, Plugins};

/// The largest file that is read at all; the sandbox's own limit is below it.
const COMPONENT_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// How many components are remembered. A configuration uses a handful.
const REMEMBERED_MAX: usize = 256;

/// A foreign component that was loaded.
pub(super) struct Declared {
    pub(super) name: String,
    pub(super) loaded: Loaded,
    pub(super) allow_hosts: Vec<String>,
}

impl Plugins {
    /// Loads what `spec` declares, unless the same bytes are loaded under this name already.
    pub(super) async fn declared(&self, spec: &PluginSpec) -> Result<Declared, Diagnostic> {
        let path = &spec.component;
        let bytes = read(path).await.map_err(|error| {
            let message = format!("cannot read the component {}: {error}", path.display());
            let help = "a relative path resolves against the directory of this file".to_owned();
            fault(spec, "/component", message, vec![help])
        })?;
        let digest: String = Sha256::digest(&bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        if spec
            .sha256
            .as_ref()
            .is_some_and(|pinned| !pinned.eq_ignore_ascii_case(&digest))
        {
            let message = format!("the component {} is not the one pinned", path.display());
            let help = format!("its sha256 is {digest}; if that is the one you trust, pin it");
            return Err(fault(spec, "/sha256", message, vec![help]));
        }
        let loaded = self.loaded(spec, digest, bytes).await?;
        let allow_hosts = spec.allow_hosts.clone();
        Ok(Declared {
            name: spec.name.clone(),
            loaded,
            allow_hosts,
        })
    }

    async fn loaded(
        &self,
        spec: &PluginSpec,
        digest: String,
        bytes: Vec<u8>,
    ) -> Result<Loaded, Diagnostic> {
        let key = (spec.name.clone(), digest);
        let known = self
            .foreign
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
            .cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let sandbox = Arc::clone(&self.sandbox);
        let name = spec.name.clone();
        let loading = tokio::task::spawn_blocking(move || {
            let component = sandbox
                .load(&name, &bytes)
                .map_err(|error| error.to_string())?;
            let schema = Schema::parse(&component.info().settings_schema)
                .map_err(|error| error.to_string())?;
            Ok(Loaded { component, schema })
        });
        let loaded = loading
            .await
            .unwrap_or_else(|_| Err("loading it panicked".to_owned()));
        let loaded = loaded.map_err(|error: String| {
            fault(
                spec,
                "/component",
                format!("plugin {}: {error}", spec.name),
                Vec::new(),
            )
        })?;
        let mut remembered = self.foreign.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= REMEMBERED_MAX {
            // Whoever uses one holds it; only the memory of it goes.
            remembered.clear();
        }
        remembered.insert(key, loaded.clone());
        Ok(loaded)
    }
}

async fn read(path: &Path) -> Result<Vec<u8>, String> {
    let length = tokio::fs::metadata(path)
        .await
        .map_err(|error| error.to_string())?
        .len();
    if length > COMPONENT_BYTES_MAX {
        return Err(format!(
            "it has {length} bytes, at most {COMPONENT_BYTES_MAX} are read"
        ));
    }
    tokio::fs::read(path)
        .await
        .map_err(|error| error.to_string())
}

fn fault(spec: &PluginSpec, key: &str, message: String, help: Vec<String>) -> Diagnostic {
    spec.origin
        .at(key)
        .diagnostic(codes::PLUGIN_SPEC, message, help)
}
