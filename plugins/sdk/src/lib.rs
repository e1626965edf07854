//! What a larum plugin is written with: the bindings of the three worlds, and a few helpers.
//!
//! A plugin crate (`crate-type = ["cdylib", "rlib"]`) depends on this crate only. It implements
//! [`meta::Guest`] and the `Guest` of its world for one type, and exports that type:
//!
//! ```
//! use larum_plugin_sdk::{matcher, meta, types};
//!
//! struct Plugin;
//!
//! impl meta::Guest for Plugin {
//!     fn describe() -> meta::Info {
//!         meta::Info {
//!             name: "everything".to_owned(),
//!             version: env!("CARGO_PKG_VERSION").to_owned(),
//!             settings_schema: r#"{"type":"object","additionalProperties":false}"#.to_owned(),
//!         }
//!     }
//! }
//!
//! impl matcher::Guest for Plugin {
//!     type Compiled = Everything;
//! }
//!
//! struct Everything;
//!
//! impl matcher::GuestCompiled for Everything {
//!     fn create(_settings: String) -> Result<matcher::Compiled, types::SettingsError> {
//!         Ok(matcher::Compiled::new(Self))
//!     }
//!     fn projection(&self) -> matcher::Projection {
//!         let none = || matcher::Names::Only(Vec::new());
//!         matcher::Projection { labels: none(), annotations: none(), status: false }
//!     }
//!     fn match_batch(&self, batch: matcher::Batch) -> Result<Vec<matcher::Verdict>, types::CallError> {
//!         Ok((0..batch.rows).map(|_| matcher::Verdict::Matched).collect())
//!     }
//!     fn explain(&self, _batch: matcher::Batch) -> Option<String> {
//!         None
//!     }
//! }
//!
//! larum_plugin_sdk::export_matcher!(Plugin);
//! # fn main() {}
//! ```
//!
//! Everything compiles for the machine at hand too, so that a plugin's logic is tested natively.
//! There, resources cannot be made (they live in the host's tables), and `log` says nothing.

// The generated code names this crate by its full path, from here as from the plugins.
extern crate self as larum_plugin_sdk;

#[doc(hidden)]
pub mod bindings;
pub mod http;
pub mod json;
pub mod log;

pub use bindings::matcher_part::exports::larum::plugin::matcher;
pub use bindings::meta_part::exports::larum::plugin::meta;
pub use bindings::meta_part::larum::plugin::types;
pub use bindings::receiver_part::exports::larum::plugin::receiver;
pub use bindings::receiver_part::larum::plugin::wire;
pub use bindings::template_part::exports::larum::plugin::template;

#[doc(hidden)]
pub use wit_bindgen;

/// Refuses a setting: `path` is its JSON pointer (empty for all settings together), `message` says
/// what is wrong and how to mend it.
pub fn settings_error(path: impl Into<String>, message: impl Into<String>) -> types::SettingsError {
    types::SettingsError {
        path: path.into(),
        message: message.into(),
    }
}

/// Makes a type the matcher of this component. It implements [`meta::Guest`] and [`matcher::Guest`].
#[macro_export]
macro_rules! export_matcher {
    ($plugin:ident) => {
        $crate::export_parts!($plugin, matcher, matcher_part, export_matcher_part);
    };
}

/// Makes a type the template engine of this component. It implements [`meta::Guest`] and
/// [`template::Guest`].
#[macro_export]
macro_rules! export_template {
    ($plugin:ident) => {
        $crate::export_parts!($plugin, template, template_part, export_template_part);
    };
}

/// Makes a type the receiver of this component. It implements [`meta::Guest`] and
/// [`receiver::Guest`].
#[macro_export]
macro_rules! export_receiver {
    ($plugin:ident) => {
        $crate::export_parts!($plugin, receiver, receiver_part, export_receiver_part);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! export_parts {
    ($plugin:ident, $interface:ident, $part:ident, $export:ident) => {
        // Elsewhere a linker would refuse the names of the exports; the traits are checked all the same.
        const _: fn() = {
            const fn exported<Plugin: $crate::meta::Guest + $crate::$interface::Guest>() -> fn() {
                || {}
            }
            exported::<$plugin>()
        };

        #[cfg(target_family = "wasm")]
        #[allow(
            unsafe_code,
            reason = "exports of a component are unmangled functions, and its constructors a section"
        )]
        const _: () = {
            $crate::bindings::meta_part::export_meta!(
                $plugin with_types_in $crate::bindings::meta_part
            );
            $crate::bindings::$part::$export!(
                $plugin with_types_in $crate::bindings::$part
            );

            // Runs before the first call, so that even a panic in `create` is heard of.
            #[used]
            #[unsafe(link_section = ".init_array")]
            static INSTALL_PANIC_HOOK: extern "C" fn() = {
                extern "C" fn install() {
                    $crate::log::panics_to_log();
                }
                install
            };
        };
    };
}
