//! How much a configuration may hold, so that no file can exhaust the process.

/// Bytes of the file.
pub const FILE_BYTES_MAX: usize = 16 << 20;
/// Values of the file, those that aliases repeat counted each time.
pub const NODES_MAX: usize = 2_000_000;
/// Mappings and lists within one another.
pub const DEPTH_MAX: usize = 128;
/// Entries of `plugins`.
pub const PLUGINS_MAX: usize = 256;
/// Entries of `receivers`.
pub const RECEIVERS_MAX: usize = 10_000;
/// Integrations of all receivers together.
pub const INTEGRATIONS_MAX: usize = 50_000;
/// Routes, the root among them.
pub const ROUTES_MAX: usize = 50_000;
/// Uses of plugin matchers in all routes together.
pub const PLUGIN_MATCHERS_MAX: usize = 4_096;
/// Template files after the patterns are resolved.
pub const TEMPLATE_FILES_MAX: usize = 1_024;
/// Bytes of one template file.
pub const TEMPLATE_BYTES_MAX: u64 = 4 << 20;
/// Texts to be rendered in one integration.
pub const TEXTS_MAX: usize = 4_096;
/// Directory entries that one pattern of `templates` may look at.
pub const GLOB_ENTRIES_MAX: usize = 100_000;
/// Diagnostics of one run; more are counted.
pub const DIAGNOSTICS_MAX: usize = 100;
/// Levels of a plugin's settings schema.
pub const SCHEMA_DEPTH_MAX: usize = 32;
