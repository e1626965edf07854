//! What wit-bindgen makes of `wit/`. Each world is taken apart into its exports, so that `meta`,
//! `types` and `log` exist once; the macros of the crate root put the worlds together again.
#![allow(
    unsafe_code,
    reason = "generated code calls across the component boundary"
)]
#![allow(
    unreachable_pub,
    clippy::allow_attributes_without_reason,
    clippy::too_many_lines,
    reason = "the generated code is not held to the style of the house"
)]

/// What all plugins share: the import `log`, the types, and the export `meta`.
pub mod meta_part {
    wit_bindgen::generate!({
        inline: "package larum:sdk; world meta-part { import larum:plugin/types@0.1.0; import larum:plugin/log@0.1.0; export larum:plugin/meta@0.1.0; }",
        path: ["../../wit"],
        pub_export_macro: true,
        export_macro_name: "export_meta",
        default_bindings_module: "larum_plugin_sdk::bindings::meta_part",
        runtime_path: "larum_plugin_sdk::wit_bindgen::rt",
        generate_all,
        generate_unused_types: true,
    });
}

/// The export `matcher`.
pub mod matcher_part {
    wit_bindgen::generate!({
        inline: "package larum:sdk; world matcher-part { export larum:plugin/matcher@0.1.0; }",
        path: ["../../wit"],
        pub_export_macro: true,
        export_macro_name: "export_matcher_part",
        default_bindings_module: "larum_plugin_sdk::bindings::matcher_part",
        runtime_path: "larum_plugin_sdk::wit_bindgen::rt",
        with: { "larum:plugin/types@0.1.0": crate::types },
        generate_all,
        generate_unused_types: true,
    });
}

/// The export `template`.
pub mod template_part {
    wit_bindgen::generate!({
        inline: "package larum:sdk; world template-part { export larum:plugin/template@0.1.0; }",
        path: ["../../wit"],
        pub_export_macro: true,
        export_macro_name: "export_template_part",
        default_bindings_module: "larum_plugin_sdk::bindings::template_part",
        runtime_path: "larum_plugin_sdk::wit_bindgen::rt",
        with: { "larum:plugin/types@0.1.0": crate::types },
        generate_all,
        generate_unused_types: true,
    });
}

/// The export `receiver`.
pub mod receiver_part {
    wit_bindgen::generate!({
        inline: "package larum:sdk; world receiver-part { export larum:plugin/receiver@0.1.0; }",
        path: ["../../wit"],
        pub_export_macro: true,
        export_macro_name: "export_receiver_part",
        default_bindings_module: "larum_plugin_sdk::bindings::receiver_part",
        runtime_path: "larum_plugin_sdk::wit_bindgen::rt",
        with: { "larum:plugin/types@0.1.0": crate::types },
        generate_all,
        generate_unused_types: true,
    });
}
