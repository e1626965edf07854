//! The components that are part of the binary.

use std::{collections::BTreeMap, thread};

use anyhow::Context as _;
use larum_config::Schema;
use larum_sandbox::Sandbox;

use super::Loaded;

/// Name and bytes of each.
const COMPONENTS: [(&str, &[u8]); 4] = [
    ("cel", include_bytes!("../../../../plugins/dist/cel.wasm")),
    (
        "go-template",
        include_bytes!("../../../../plugins/dist/go-template.wasm"),
    ),
    (
        "slack",
        include_bytes!("../../../../plugins/dist/slack.wasm"),
    ),
    (
        "webhook",
        include_bytes!("../../../../plugins/dist/webhook.wasm"),
    ),
];

/// Loads all of them, each in a thread of its own: compiling is most of a first start.
pub(super) fn load(sandbox: &Sandbox) -> anyhow::Result<BTreeMap<String, Loaded>> {
    thread::scope(|scope| {
        let threads: Vec<_> = COMPONENTS
            .into_iter()
            .map(|(name, bytes)| (name, scope.spawn(move || load_one(sandbox, name, bytes))))
            .collect();
        let joined = threads.into_iter().map(|(name, thread)| {
            let loaded = thread
                .join()
                .map_err(|_| anyhow::anyhow!("loading it panicked"));
            let loaded = loaded
                .flatten()
                .with_context(|| format!("bundled plugin {name}"))?;
            Ok((name.to_owned(), loaded))
        });
        joined.collect()
    })
}

fn load_one(sandbox: &Sandbox, name: &str, bytes: &[u8]) -> anyhow::Result<Loaded> {
    let component = sandbox.load(name, bytes)?;
    let schema = Schema::parse(&component.info().settings_schema)?;
    Ok(Loaded { component, schema })
}
