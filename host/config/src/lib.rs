//! larum-config reads: the text of a configuration goes in, a checked [`Plan`] or all
//! [`Diagnostics`] come out.
//!
//! The file is Alertmanager's, with keys that are larum's beside. [`parse`] builds a tree in which
//! every key and value knows its place; [`Document::plugins`] says which plugins must be loaded;
//! [`Document::plan`] checks everything against the schemas of the loaded plugins.
//!
//! The tree is built from the events of `saphyr-parser` rather than deserialised, because Go's
//! YAML decides by the expected type what a scalar is (`yes` is true for a switch and text for a
//! channel), and only a tree of raw scalars with their places can do the same.

mod check;
pub mod codes;
mod diagnostic;
mod document;
mod duration;
mod foreign;
mod glob;
mod globals;
mod http;
mod kinds;
pub mod limits;
mod masks;
mod origin;
mod places;
mod plan;
mod plugins;
mod read;
mod receivers;
mod redact;
mod routes;
mod scalar;
mod schema;
mod secret;
mod settings;
mod source;
mod templates;
mod url;
mod yaml;

pub use diagnostic::{Diagnostic, Diagnostics, Label, Severity};
pub use document::{Document, parse};
pub use http::{Authorization, BasicAuth, Credential, Header, HttpConfig, TlsConfig, TlsVersion};
pub use origin::Origin;
pub use plan::{
    Catalog, FailMode, FileInfo, Integration, MatcherUse, Plan, PluginSpec, Receiver, TemplateFile,
};
pub use schema::{Schema, SchemaError};
pub use secret::{Secret, SecretSource};
pub use settings::{Fallback, Settings, Text};
pub use source::{Source, Span};
