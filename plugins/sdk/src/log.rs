//! The host's log, where it stands under the plugin's name. Outside a component, nothing is logged.

pub use crate::bindings::meta_part::larum::plugin::log::Level;

/// Writes a line. The host bounds lines and bytes of a call; what is beyond is dropped and counted.
pub fn write(level: Level, message: &str) {
    #[cfg(target_family = "wasm")]
    crate::bindings::meta_part::larum::plugin::log::log(level, message);
    #[cfg(not(target_family = "wasm"))]
    let _ = (level, message);
}

/// Writes a line that matters to the plugin's author only.
pub fn debug(message: &str) {
    write(Level::Debug, message);
}

/// Writes a line that tells what happened.
pub fn info(message: &str) {
    write(Level::Info, message);
}

/// Writes a line that someone should look at.
pub fn warn(message: &str) {
    write(Level::Warn, message);
}

/// Writes a line that tells of a failure.
pub fn error(message: &str) {
    write(Level::Error, message);
}

/// Writes the message and place of a panic to the log before the instance traps: a trap itself
/// carries neither. The export macros call this.
pub fn panics_to_log() {
    std::panic::set_hook(Box::new(|info| error(&info.to_string())));
}
