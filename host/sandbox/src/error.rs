//! What can go wrong with a plugin, in words for the person who has to mend it.

use std::{fmt, sync::Arc};

use crate::World;

/// A call into a plugin that gave no answer.
#[derive(Clone, Debug)]
pub struct CallError {
    /// The plugin's name in the configuration.
    pub plugin: Arc<str>,
    /// What kind of failure it was.
    pub kind: CallErrorKind,
    /// What happened. Control characters are escaped.
    pub message: String,
}

/// Kinds of failed calls. After any of `Deadline`, `Memory`, `Trap` and `HostcallFuel` the
/// instance is gone, and the next call starts a fresh one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CallErrorKind {
    /// The call took too long and was ended.
    Deadline,
    /// The plugin wanted more memory than it may have.
    Memory,
    /// The plugin crashed, or the instance that held the delivery was replaced.
    Trap,
    /// The plugin made the host handle more data in one call than it may.
    HostcallFuel,
    /// The answer does not keep the contract: too long, or not as many verdicts as rows.
    Output,
    /// Too many calls wait already.
    Overloaded,
    /// The plugin itself reported that it cannot answer for this input.
    Guest,
}

impl CallErrorKind {
    /// All kinds, in the order of [`crate::PluginStats::failures`].
    pub const ALL: [Self; 7] = [
        Self::Deadline,
        Self::Memory,
        Self::Trap,
        Self::HostcallFuel,
        Self::Output,
        Self::Overloaded,
        Self::Guest,
    ];

    /// As metrics and logs name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deadline => "deadline",
            Self::Memory => "memory",
            Self::Trap => "trap",
            Self::HostcallFuel => "hostcall_fuel",
            Self::Output => "output",
            Self::Overloaded => "overloaded",
            Self::Guest => "guest",
        }
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "plugin {}: {} ({})",
            self.plugin,
            self.message,
            self.kind.as_str()
        )
    }
}

impl std::error::Error for CallError {}

/// Why a matcher, template or receiver could not be made.
#[derive(Clone, Debug)]
pub enum CreateError {
    /// The plugin refuses its settings.
    Settings {
        /// JSON pointer of the setting at fault; empty for all of them.
        path: String,
        /// What is wrong.
        message: String,
    },
    /// A template does not compile.
    Template {
        /// Where the fault is.
        origin: TemplateOrigin,
        /// Line of the fault, from 1; 0 if unknown.
        line: u32,
        /// Column of the fault, from 1; 0 if unknown.
        column: u32,
        /// What is wrong.
        message: String,
    },
    /// The plugin gave no answer.
    Call(CallError),
    /// The component is a plugin of another kind.
    WrongWorld {
        /// The plugin's name in the configuration.
        plugin: Arc<str>,
        /// What was asked for.
        wanted: World,
        /// What the component is.
        found: World,
    },
}

/// Which of the inputs of a template is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TemplateOrigin {
    /// One of the files, by index.
    Source(usize),
    /// One of the texts, by index.
    Text(usize),
}

impl From<CallError> for CreateError {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}

impl fmt::Display for CreateError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Settings { path, message } if path.is_empty() => formatter.write_str(message),
            Self::Settings { path, message } => write!(formatter, "{path}: {message}"),
            Self::Template {
                line: 0, message, ..
            } => formatter.write_str(message),
            Self::Template {
                line,
                column,
                message,
                ..
            } => {
                write!(formatter, "line {line}, column {column}: {message}")
            }
            Self::Call(error) => fmt::Display::fmt(error, formatter),
            Self::WrongWorld {
                plugin,
                wanted,
                found,
            } => {
                write!(formatter, "plugin {plugin} is a {found}, not a {wanted}")
            }
        }
    }
}

impl std::error::Error for CreateError {}

/// Why a component was not loaded.
#[derive(Clone, Debug)]
pub enum LoadError {
    /// The file is larger than a component may be.
    TooLarge {
        /// Its size in bytes.
        bytes: usize,
        /// What is allowed, in bytes.
        limit: usize,
    },
    /// WebAssembly, but a core module.
    CoreModule,
    /// Machine code that wasmtime compiled earlier.
    Precompiled,
    /// Not WebAssembly at all.
    NotWasm,
    /// WebAssembly that is broken, or uses what the sandbox does not allow.
    Malformed(String),
    /// It asks for more than a plugin gets.
    ForbiddenImports(Vec<String>),
    /// It lacks what a plugin must offer.
    MissingExport {
        /// The name of what is missing.
        wanted: String,
        /// The names of what is there.
        found: Vec<String>,
    },
    /// It is more than one kind of plugin at once.
    SeveralWorlds(Vec<World>),
    /// An import or export has the right name and another type.
    Type(String),
    /// The compiler refused it.
    Compile(String),
    /// `describe` failed.
    Describe(CallError),
    /// What `describe` says cannot be used.
    Info(String),
}

impl fmt::Display for LoadError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { bytes, limit } => write!(
                formatter,
                "the component is {bytes} bytes long, and {limit} are allowed: build it optimised \
                 for size and stripped"
            ),
            Self::CoreModule => formatter.write_str(
                "this is a core WebAssembly module, not a component: wrap it with `wasm-tools \
                 component new module.wasm -o component.wasm`, or build it with your language's \
                 component tool",
            ),
            Self::Precompiled => formatter.write_str(
                "this is a component that wasmtime has compiled to machine code: give the \
                 original .wasm file, larum compiles it itself",
            ),
            Self::NotWasm => formatter.write_str(
                "this is not WebAssembly: a component's file begins with the bytes 00 61 73 6d",
            ),
            Self::Malformed(message) => write!(formatter, "the component is malformed: {message}"),
            Self::ForbiddenImports(names) => write_forbidden(formatter, names),
            Self::MissingExport { wanted, found } => write_missing(formatter, wanted, found),
            Self::SeveralWorlds(worlds) => {
                let worlds: Vec<String> = worlds.iter().map(World::to_string).collect();
                write!(
                    formatter,
                    "the component is a {}: a plugin is one of them",
                    worlds.join(" and a ")
                )
            }
            Self::Type(message) => {
                write!(
                    formatter,
                    "the component does not fit larum:plugin@0.1.0: {message}"
                )
            }
            Self::Compile(message) => {
                write!(formatter, "the component cannot be compiled: {message}")
            }
            Self::Describe(error) => write!(formatter, "describe failed: {error}"),
            Self::Info(message) => write!(formatter, "describe gives {message}"),
        }
    }
}

impl std::error::Error for LoadError {}

fn write_forbidden(formatter: &mut fmt::Formatter<'_>, names: &[String]) -> fmt::Result {
    write!(
        formatter,
        "the component imports {}; a plugin gets nothing but larum:plugin/log@0.1.0",
        names.join(", ")
    )?;
    if names.iter().any(|name| name.starts_with("wasi:")) {
        formatter.write_str(
            ". Build it without WASI: in Rust for the target wasm32-unknown-unknown, in JavaScript \
             with `componentize-qjs --stub-wasi`, in Python with `componentize-py componentize \
             --stub-wasi`",
        )?;
    }
    Ok(())
}

fn write_missing(
    formatter: &mut fmt::Formatter<'_>,
    wanted: &str,
    found: &[String],
) -> fmt::Result {
    write!(formatter, "the component does not export {wanted}")?;
    match found {
        [] => formatter.write_str("; it exports nothing"),
        names => write!(formatter, "; it exports {}", names.join(", ")),
    }
}
