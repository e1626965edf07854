//! `cargo xtask components`: keeps `plugins/dist` in step with the sources of the plugins.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::component::{self, BUNDLED};
use crate::{say, sources};

/// What the manifest says of one component.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    /// Digest of everything the component is made from.
    source_sha256: String,
    /// Digest of the component's bytes.
    component_sha256: String,
    size_bytes: usize,
}

type Manifest = BTreeMap<String, Entry>;

/// Runs the command with what follows its name.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    let (options, names): (Vec<&str>, Vec<&str>) = arguments
        .iter()
        .partition(|argument| argument.starts_with("--"));
    if let Some(unknown) = names.iter().find(|name| !BUNDLED.contains(name)) {
        bail!(
            "no bundled component {unknown:?}; there are {}",
            BUNDLED.join(", ")
        );
    }
    let names = if names.is_empty() {
        BUNDLED.to_vec()
    } else {
        names
    };
    let root = workspace_root()?;
    match options.as_slice() {
        [] => build(&root, &names),
        ["--check"] => check(&root, &names),
        ["--verify-rebuild"] => verify_rebuild(&root, &names),
        other => bail!("unknown options {}", other.join(" ")),
    }
}

fn build(root: &Path, names: &[&str]) -> Result<()> {
    let mut manifest = read_manifest(root)?;
    for name in names {
        let source_sha256 = sources::digest(root, name)?;
        let bytes = component::build(root, name)?;
        fs::create_dir_all(dist(root))?;
        let path = component_path(root, name);
        fs::write(&path, &bytes).with_context(|| format!("cannot write {}", path.display()))?;
        let entry = Entry {
            source_sha256,
            component_sha256: sources::sha256(&bytes),
            size_bytes: bytes.len(),
        };
        say(&format!(
            "{name}: {} bytes, sha256 {}",
            entry.size_bytes, entry.component_sha256
        ));
        manifest.insert((*name).to_owned(), entry);
        // After each: if the next does not build, this one is still in step.
        write_manifest(root, &manifest)?;
    }
    Ok(())
}

fn check(root: &Path, names: &[&str]) -> Result<()> {
    let manifest = read_manifest(root)?;
    let mut faults = Vec::new();
    for name in names {
        if let Some(fault) = fault(root, name, manifest.get(*name))? {
            faults.push(format!("{name}: {fault}"));
        }
    }
    if !faults.is_empty() {
        bail!("{}\nrun: cargo xtask components", faults.join("\n"));
    }
    say(&format!("in step with their sources: {}", names.join(", ")));
    Ok(())
}

fn fault(root: &Path, name: &str, entry: Option<&Entry>) -> Result<Option<String>> {
    let Some(entry) = entry else {
        return Ok(Some("not in plugins/dist/manifest.json".to_owned()));
    };
    let Ok(bytes) = fs::read(component_path(root, name)) else {
        return Ok(Some(format!("plugins/dist/{name}.wasm is missing")));
    };
    if sources::sha256(&bytes) != entry.component_sha256 || bytes.len() != entry.size_bytes {
        return Ok(Some(format!(
            "plugins/dist/{name}.wasm is not what the manifest says"
        )));
    }
    if sources::digest(root, name)? != entry.source_sha256 {
        return Ok(Some("older than its sources".to_owned()));
    }
    Ok(None)
}

fn verify_rebuild(root: &Path, names: &[&str]) -> Result<()> {
    let mut different = Vec::new();
    for name in names {
        let path = component_path(root, name);
        let committed =
            fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let rebuilt = component::build(root, name)?;
        if committed == rebuilt {
            say(&format!("{name}: the same {} bytes", rebuilt.len()));
        } else {
            different.push(format!(
                "{name}: built anew it has sha256 {}, plugins/dist has {}",
                sources::sha256(&rebuilt),
                sources::sha256(&committed)
            ));
        }
    }
    if !different.is_empty() {
        bail!("{}", different.join("\n"));
    }
    Ok(())
}

pub(crate) fn workspace_root() -> Result<PathBuf> {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = xtask
        .parent()
        .context("xtask stands inside the workspace")?;
    Ok(root.to_owned())
}

fn dist(root: &Path) -> PathBuf {
    root.join("plugins/dist")
}

fn component_path(root: &Path, name: &str) -> PathBuf {
    dist(root).join(format!("{name}.wasm"))
}

fn manifest_path(root: &Path) -> PathBuf {
    dist(root).join("manifest.json")
}

fn read_manifest(root: &Path) -> Result<Manifest> {
    let Ok(text) = fs::read_to_string(manifest_path(root)) else {
        return Ok(Manifest::new());
    };
    let value: BTreeMap<String, Value> =
        serde_json::from_str(&text).context("plugins/dist/manifest.json cannot be read")?;
    let entry = |value: &Value| {
        let digest = |key: &str| value[key].as_str().map(str::to_owned);
        Some(Entry {
            source_sha256: digest("source_sha256")?,
            component_sha256: digest("component_sha256")?,
            size_bytes: usize::try_from(value["size_bytes"].as_u64()?).ok()?,
        })
    };
    // An entry that cannot be understood is as good as none: the component is built again.
    let entries = value
        .iter()
        .filter_map(|(name, value)| Some((name.clone(), entry(value)?)));
    Ok(entries.collect())
}

fn write_manifest(root: &Path, manifest: &Manifest) -> Result<()> {
    let entries: serde_json::Map<String, Value> = manifest
        .iter()
        .map(|(name, entry)| {
            let value = json!({
                "source_sha256": entry.source_sha256,
                "component_sha256": entry.component_sha256,
                "size_bytes": entry.size_bytes,
            });
            (name.clone(), value)
        })
        .collect();
    let mut text = serde_json::to_string_pretty(&entries)?;
    text.push('\n');
    fs::write(manifest_path(root), text).context("cannot write plugins/dist/manifest.json")
}
