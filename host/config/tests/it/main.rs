//! What larum-config promises, tested through its public surface.

mod hostile;
mod oracle;
mod refused;
mod settings;
mod support;
mod understood;
