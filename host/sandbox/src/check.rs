//! What a component asks for and offers, read before a single instruction of it is compiled.

use wasmparser::{Encoding, Parser, Payload, Validator, WasmFeatures};
use wasmtime::Engine;

use crate::{LoadError, World};

/// Imports that a plugin may have. `types` and `wire` hold nothing but types: a component names
/// them when its own interfaces use them.
const ALLOWED_IMPORTS: [&str; 3] = [
    "larum:plugin/log",
    "larum:plugin/types",
    "larum:plugin/wire",
];
const META: &str = "larum:plugin/meta";

/// What the outside of a component shows.
pub(crate) struct Outline {
    /// Which kind of plugin it is.
    pub(crate) world: World,
    /// The names of its imports.
    pub(crate) imports: Vec<String>,
}

/// Reads the outline, and refuses everything that cannot be a plugin.
pub(crate) fn outline(bytes: &[u8], bytes_max: usize) -> Result<Outline, LoadError> {
    if bytes.len() > bytes_max {
        return Err(LoadError::TooLarge {
            bytes: bytes.len(),
            limit: bytes_max,
        });
    }
    if Engine::detect_precompiled(bytes).is_some() {
        return Err(LoadError::Precompiled);
    }
    if !bytes.starts_with(b"\0asm") {
        return Err(LoadError::NotWasm);
    }
    let (imports, exports) = names(bytes)?;
    let forbidden: Vec<String> = imports
        .iter()
        .filter(|name| !is_allowed(name))
        .cloned()
        .collect();
    if !forbidden.is_empty() {
        return Err(LoadError::ForbiddenImports(forbidden));
    }
    if !exports.iter().any(|name| is_version_of(name, META)) {
        return Err(missing(META, exports));
    }
    let offers = |world: &World| {
        exports
            .iter()
            .any(|name| is_version_of(name, world.interface()))
    };
    let worlds: Vec<World> = World::ALL.into_iter().filter(offers).collect();
    match worlds[..] {
        [world] => Ok(Outline { world, imports }),
        [] => Err(missing(
            "larum:plugin/matcher, larum:plugin/template or larum:plugin/receiver",
            exports,
        )),
        _ => Err(LoadError::SeveralWorlds(worlds)),
    }
}

/// Validates every byte with the features that the engine allows. The compiler is never shown
/// bytes that have not passed.
pub(crate) fn validate(bytes: &[u8], features: WasmFeatures) -> Result<(), LoadError> {
    Validator::new_with_features(features)
        .validate_all(bytes)
        .map(|_| ())
        .map_err(|error| LoadError::Malformed(error.to_string()))
}

fn names(bytes: &[u8]) -> Result<(Vec<String>, Vec<String>), LoadError> {
    let (mut imports, mut exports) = (Vec::new(), Vec::new());
    // Only the outermost component's imports are the plugin's: those of what is nested inside
    // are satisfied by it.
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(malformed)? {
            Payload::Version {
                encoding: Encoding::Module,
                ..
            } if depth == 0 => {
                return Err(LoadError::CoreModule);
            }
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(section) if depth == 0 => {
                for import in section {
                    imports.push(import.map_err(malformed)?.name.name.to_owned());
                }
            }
            Payload::ComponentExportSection(section) if depth == 0 => {
                for export in section {
                    exports.push(export.map_err(malformed)?.name.name.to_owned());
                }
            }
            _ => {}
        }
    }
    Ok((imports, exports))
}

fn malformed(error: wasmparser::BinaryReaderError) -> LoadError {
    LoadError::Malformed(error.to_string())
}

fn missing(interface: &str, found: Vec<String>) -> LoadError {
    LoadError::MissingExport {
        wanted: format!("{interface}@0.1.0"),
        found,
    }
}

fn is_allowed(import: &str) -> bool {
    ALLOWED_IMPORTS
        .iter()
        .any(|allowed| is_version_of(import, allowed))
}

/// Whether `name` is `interface@0.1.x`. A pre-release is no version that anyone agreed on.
fn is_version_of(name: &str, interface: &str) -> bool {
    name.strip_prefix(interface)
        .and_then(|rest| rest.strip_prefix("@0.1."))
        .is_some_and(|patch| !patch.is_empty() && patch.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::is_allowed;

    #[track_caller]
    fn check(import: &str, allowed: bool) {
        assert_eq!(is_allowed(import), allowed, "{import}");
    }

    #[test]
    fn only_the_plugin_package_is_allowed() {
        check("larum:plugin/log@0.1.0", true);
        check("larum:plugin/log@0.1.12", true);
        check("larum:plugin/types@0.1.0", true);
        check("larum:plugin/wire@0.1.0", true);
        check("larum:plugin/log@0.2.0", false);
        check("larum:plugin/log@0.1.", false);
        check("larum:plugin/log@0.1.0-rc1", false);
        check("larum:plugin/log", false);
        check("larum:plugin/logs@0.1.0", false);
        check("larum:plugin/meta@0.1.0", false);
        check("wasi:io/poll@0.2.6", false);
        check("", false);
    }
}
