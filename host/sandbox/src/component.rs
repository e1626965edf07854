//! A loaded component: checked, compiled or taken from the cache, and described.

use std::{
    fmt,
    hash::{Hash as _, Hasher},
    sync::{Arc, atomic::Ordering::Relaxed},
};

use larum_engine::model::TenantId;
use sha2::{Digest as _, Sha256};
use wasmtime::{Engine, component::InstancePre};

use crate::{
    CallError, CallErrorKind, CreateError, LoadError, Matcher, Receiver, Template, TemplateSource,
    bindings::meta,
    cache::{Cache, Trusted},
    check,
    guest::{Class, Guest, Program, State},
    instance::Indices,
    pool::Pool,
    stats::Registry,
};

/// Which kind of plugin a component is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum World {
    /// For `plugin_matchers`.
    Matcher,
    /// For `template_engine`.
    Template,
    /// For `plugin_configs`.
    Receiver,
}

impl World {
    pub(crate) const ALL: [Self; 3] = [Self::Matcher, Self::Template, Self::Receiver];

    /// As people call it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Matcher => "matcher",
            Self::Template => "template engine",
            Self::Receiver => "receiver",
        }
    }

    /// The interface that makes a component one, without its version.
    pub(crate) const fn interface(self) -> &'static str {
        match self {
            Self::Matcher => "larum:plugin/matcher",
            Self::Template => "larum:plugin/template",
            Self::Receiver => "larum:plugin/receiver",
        }
    }
}

impl fmt::Display for World {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// What a plugin says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Info {
    /// The plugin's own name, such as `slack`.
    pub name: String,
    /// The plugin's own version, such as `1.2.0`.
    pub version: String,
    /// JSON Schema of the settings: an object in JSON, or empty.
    pub settings_schema: String,
}

/// A plugin that is ready to be used. Cloning shares it.
#[derive(Clone)]
pub struct Component(Arc<Shared>);

/// A component and the way to its instances.
pub(crate) struct Shared {
    loaded: Loaded,
    pool: Arc<Pool>,
}

/// A component as the workers know it.
pub(crate) struct Loaded {
    /// Tells it from all other components of the sandbox.
    pub(crate) id: u64,
    pub(crate) program: Arc<Program>,
    pub(crate) indices: Indices,
    pub(crate) external_url: Arc<str>,
    world: World,
    info: Info,
    digest: String,
    imports: Vec<String>,
}

/// A component's file after it was read: what it is and what it asks for.
pub(crate) struct Candidate {
    pub(crate) world: World,
    pub(crate) imports: Vec<String>,
    pub(crate) digest: String,
}

impl Component {
    /// The plugin's name in the configuration.
    pub fn name(&self) -> &str {
        &self.0.loaded.program.name
    }

    /// Which kind of plugin it is.
    pub fn world(&self) -> World {
        self.0.loaded.world
    }

    /// What it says of itself.
    pub fn info(&self) -> &Info {
        &self.0.loaded.info
    }

    /// SHA-256 of the component's file, 64 lower-case hex digits.
    pub fn digest(&self) -> &str {
        &self.0.loaded.digest
    }

    /// The names of the component's imports.
    pub fn imports(&self) -> &[String] {
        &self.0.loaded.imports
    }

    /// A matcher with these settings, in JSON.
    ///
    /// # Errors
    /// When the plugin refuses the settings, gives no answer, or is no matcher.
    pub async fn matcher(&self, tenant: &TenantId, settings: &str) -> Result<Matcher, CreateError> {
        self.expect(World::Matcher)?;
        Matcher::create(self.clone(), tenant, settings).await
    }

    /// All texts of one integration, compiled; `sources` are the files that they may refer to.
    ///
    /// # Errors
    /// When a template does not compile, or the plugin gives no answer or is no template engine.
    pub async fn template(
        &self,
        tenant: &TenantId,
        sources: Arc<[TemplateSource]>,
        texts: Vec<String>,
    ) -> Result<Template, CreateError> {
        self.expect(World::Template)?;
        Template::create(self.clone(), tenant, sources, texts).await
    }

    /// A receiver with these settings, in JSON: templates as written, secrets by name.
    ///
    /// # Errors
    /// When the plugin refuses the settings, gives no answer, or is no receiver.
    pub async fn receiver(
        &self,
        tenant: &TenantId,
        settings: &str,
    ) -> Result<Receiver, CreateError> {
        self.expect(World::Receiver)?;
        Receiver::create(self.clone(), tenant, settings).await
    }

    pub(crate) fn new(loaded: Loaded, pool: Arc<Pool>) -> Self {
        Self(Arc::new(Shared { loaded, pool }))
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.0
    }

    pub(crate) fn from_shared(shared: Arc<Shared>) -> Self {
        Self(shared)
    }

    pub(crate) fn loaded(&self) -> &Loaded {
        &self.0.loaded
    }

    pub(crate) fn pool(&self) -> &Pool {
        &self.0.pool
    }

    /// An error in the plugin's name, counted.
    pub(crate) fn failure(&self, kind: CallErrorKind, message: impl Into<String>) -> CallError {
        let program = &self.0.loaded.program;
        program.counters.failure(&program.name, kind, message)
    }

    fn expect(&self, wanted: World) -> Result<(), CreateError> {
        let found = self.world();
        if found == wanted {
            return Ok(());
        }
        let plugin = self.0.loaded.program.name.clone();
        Err(CreateError::WrongWorld {
            plugin,
            wanted,
            found,
        })
    }
}

impl fmt::Debug for Component {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Component")
            .field("name", &self.name())
            .field("world", &self.world())
            .field("digest", &self.digest())
            .finish_non_exhaustive()
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.pool.discard_component(self.loaded.id);
    }
}

impl Candidate {
    /// Reads what is to be loaded, and refuses what cannot be a plugin.
    pub(crate) fn read(bytes: &[u8], bytes_max: usize) -> Result<Self, LoadError> {
        let outline = check::outline(bytes, bytes_max)?;
        let digest = hex(&Sha256::digest(bytes));
        Ok(Self {
            world: outline.world,
            imports: outline.imports,
            digest,
        })
    }
}

/// Turns the file into machine code, or takes what an earlier run turned it into.
pub(crate) fn compile(
    engine: &Engine,
    cache: Option<&Cache>,
    registry: &Registry,
    bytes: &[u8],
    digest: &str,
) -> Result<wasmtime::component::Component, LoadError> {
    let entry = cache.map(|cache| (cache, cache_name(engine, digest)));
    if let Some((cache, name)) = &entry {
        match cache
            .get(name)
            .and_then(|it| it.map(|it| deserialize(engine, &it)).transpose())
        {
            Ok(Some(component)) => {
                registry.components_from_cache.fetch_add(1, Relaxed);
                return Ok(component);
            }
            Ok(None) => {}
            Err(error) => {
                registry.cache_rejected.fetch_add(1, Relaxed);
                let error = format!("{error:#}");
                tracing::warn!(
                    file = name,
                    error,
                    "ignoring a compiled component in the cache"
                );
            }
        }
    }
    check::validate(bytes, engine.get_wasm_features())?;
    let component = wasmtime::component::Component::from_binary(engine, bytes)
        .map_err(|error| LoadError::Compile(format!("{error:#}")))?;
    registry.components_compiled.fetch_add(1, Relaxed);
    if let Some((cache, name)) = &entry {
        let stored = component.serialize().map_err(|error| format!("{error:#}"));
        let stored = stored.and_then(|it| cache.put(name, &it).map_err(|error| error.to_string()));
        if let Err(error) = stored {
            tracing::warn!(file = name, error, "cannot keep a compiled component");
        }
    }
    Ok(component)
}

/// Runs `describe` in an instance of its own, and checks what it says.
pub(crate) fn describe(program: &Arc<Program>, indices: &Indices) -> Result<Info, LoadError> {
    let pre = &program.pre;
    let meta = meta::GuestIndices::new(pre).map_err(type_error)?;
    let tenant = TenantId::default();
    let (mut guest, exports) = Guest::start(
        program.clone(),
        &tenant,
        Class::Describe,
        |store, instance| {
            // A function of the wrong type is no fault of this call.
            Ok(indices
                .load(store, instance)
                .and_then(|_| meta.load(store, instance)))
        },
    )
    .map_err(LoadError::Describe)?;
    let exports = exports.map_err(type_error)?;
    let info = guest
        .call(Class::Describe, |store| exports.call_describe(store))
        .map_err(LoadError::Describe)?;
    let info = Info {
        name: info.name,
        version: info.version,
        settings_schema: info.settings_schema,
    };
    let bytes_max = program.limits.data.info_bytes;
    refuse_info(&info, bytes_max).map_or(Ok(info), |fault| Err(LoadError::Info(fault)))
}

impl Loaded {
    pub(crate) fn new(
        id: u64,
        program: Arc<Program>,
        candidate: Candidate,
        external_url: Arc<str>,
    ) -> Result<Self, LoadError> {
        let indices = indices(candidate.world, &program.pre)?;
        let info = describe(&program, &indices)?;
        let Candidate {
            world,
            imports,
            digest,
        } = candidate;
        Ok(Self {
            id,
            program,
            indices,
            external_url,
            world,
            info,
            digest,
            imports,
        })
    }
}

fn indices(world: World, pre: &InstancePre<State>) -> Result<Indices, LoadError> {
    Indices::new(world, pre).map_err(type_error)
}

fn refuse_info(info: &Info, bytes_max: usize) -> Option<String> {
    let bytes = info.name.len() + info.version.len() + info.settings_schema.len();
    if bytes > bytes_max {
        return Some(format!("{bytes} bytes, and {bytes_max} are allowed"));
    }
    for (what, text) in [("name", &info.name), ("version", &info.version)] {
        if text.is_empty() {
            return Some(format!("an empty {what}"));
        }
        if text.chars().any(char::is_control) {
            return Some(format!("a {what} with control characters: {text:?}"));
        }
    }
    if info.settings_schema.is_empty() {
        return None;
    }
    match serde_json::from_str::<serde_json::Value>(&info.settings_schema) {
        Ok(serde_json::Value::Object(_)) => None,
        Ok(_) => Some("a settings-schema that is not a JSON object".to_owned()),
        Err(error) => Some(format!("a settings-schema that is not JSON: {error}")),
    }
}

pub(crate) fn type_error(error: wasmtime::Error) -> LoadError {
    LoadError::Type(format!("{error:#}"))
}

#[expect(
    unsafe_code,
    reason = "machine code is only as safe as where it comes from; see inside"
)]
fn deserialize(
    engine: &Engine,
    trusted: &Trusted,
) -> anyhow::Result<wasmtime::component::Component> {
    // SAFETY: `Component::deserialize` must be given what `Component::serialize` made. A `Trusted`
    // is made only by `Cache::get`, after a message authentication code over the very bytes that
    // are handed over here was verified. Only `Cache::put` makes such codes, with a key that no
    // other user can read, and it is only called with the result of `serialize`. The bytes are in
    // memory, so nobody can change them in between. The code covers the file's name, which holds
    // the digest of the component and of the engine's settings, so one component's code cannot be
    // passed off as another's.
    let component = unsafe { wasmtime::component::Component::deserialize(engine, trusted.bytes()) };
    component.map_err(|error| anyhow::anyhow!("{error:#}"))
}

/// One file for each component and each way of compiling it.
fn cache_name(engine: &Engine, digest: &str) -> String {
    let mut settings = Sha256Hasher(Sha256::new());
    engine.precompile_compatibility_hash().hash(&mut settings);
    let settings = hex(&settings.0.finalize());
    format!("{digest}-{}.cwasm", &settings[..16])
}

/// The hash of the standard library may change with the compiler, and this one names files.
struct Sha256Hasher(Sha256);

impl Hasher for Sha256Hasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        let digest = self.0.clone().finalize();
        digest
            .iter()
            .take(8)
            .fold(0, |value, byte| value << 8 | u64::from(*byte))
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
