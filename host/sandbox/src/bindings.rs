//! The contract in `wit/`, as wasmtime sees it. Nothing in here leaves the crate.

wasmtime::component::bindgen!({
    // One world of all interfaces, so that they share their types; which of them a component
    // has is found out by looking, interface by interface.
    inline: "
        package larum:host;

        world all {
            import larum:plugin/log@0.1.0;
            export larum:plugin/meta@0.1.0;
            export larum:plugin/matcher@0.1.0;
            export larum:plugin/template@0.1.0;
            export larum:plugin/receiver@0.1.0;
        }
    ",
    path: "../../wit",
    world: "larum:host/all",
    ownership: Borrowing { duplicate_if_necessary: true },
});

pub(crate) use exports::larum::plugin::{matcher, meta, receiver, template};
pub(crate) use larum::plugin::{log, types, wire};
