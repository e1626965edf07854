//! The server through its outermost surfaces: HTTP and the command line.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod api;
mod command_line;
mod process;
mod reload;
mod server;
