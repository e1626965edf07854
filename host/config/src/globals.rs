//! The section `global`: what holds unless an integration says otherwise.

use std::{sync::Arc, time::Duration};

use crate::{
    HttpConfig, http, places,
    read::Reader,
    yaml::{Entry, Node},
};

/// Alertmanager's default (`config/config.go`, `DefaultGlobalConfig`, v0.34).
const RESOLVE_TIMEOUT: Duration = Duration::from_secs(300);

/// What `global` says.
pub(crate) struct Globals {
    pub(crate) resolve_timeout: Duration,
    pub(crate) http: HttpConfig,
    node: Option<Arc<Node>>,
}

impl Globals {
    /// The entry of a key that is set.
    pub(crate) fn entry(&self, key: &str) -> Option<&Entry> {
        self.node
            .as_ref()?
            .entry(key)
            .filter(|entry| crate::read::is_set(&entry.value))
    }
}

pub(crate) fn read(reader: &mut Reader, root: &Node) -> Globals {
    let mut globals = Globals {
        resolve_timeout: RESOLVE_TIMEOUT,
        http: HttpConfig::default(),
        node: None,
    };
    let Some(section) = root.entry("global") else {
        return globals;
    };
    if !reader.mapping(section, places::GLOBAL) {
        return globals;
    }
    let node = &section.value;
    for entry in node.entries() {
        match &*entry.key {
            "resolve_timeout" => {
                // Nothing is zero in Go, not the default.
                globals.resolve_timeout = reader.duration(entry).unwrap_or(Duration::ZERO);
            }
            "http_config" => globals.http = http::read(reader, entry),
            "smtp_require_tls" | "smtp_force_implicit_tls" => {
                reader.boolean(entry);
            }
            "smtp_tls_config" => http::check_tls(reader, entry),
            key if key.ends_with("_url") && places::GLOBAL.keys.contains(&key) => {
                let text = reader.text(entry);
                if let Some(text) = text.filter(|_| !entry.value.is_null()) {
                    reader.url(&entry.value, key, &text);
                }
            }
            key if places::GLOBAL.keys.contains(&key) => {
                let text = reader.text(entry).unwrap_or_default();
                if crate::masks::is_secret_key(key) {
                    reader.placeholder_secret(&entry.value, key, &text);
                }
            }
            _ => {}
        }
    }
    for key in places::GLOBAL.keys {
        if let Some(plain) = key.strip_suffix("_file") {
            reader.exclusive(node, plain, key);
        }
    }
    globals.node = Some(Arc::clone(node));
    globals
}
