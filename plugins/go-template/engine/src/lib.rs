//! Go's `text/template` as Alertmanager uses it: parse once, render often, within limits.
//!
//! A [`Set`] holds the functions and the named templates of several sources. A [`Text`] is one more
//! template that sees the set, such as one setting of a receiver. Both are immutable once parsed, and
//! rendering neither parses nor copies a syntax tree.
//!
//! ```
//! use larum_go_template::{Functions, Options, Set, Value};
//!
//! let mut set = Set::new(Functions::builtin());
//! set.parse_source("greet.tmpl", r#"{{ define "greet" }}Hello, {{ . }}!{{ end }}"#)?;
//! let text = set.compile_text("title", r#"{{ template "greet" .name }}"#)?;
//! let data = Value::string_map([("name", "world")]);
//! assert_eq!(text.render(&set, &data, &Options::default())?, "Hello, world!");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The language is that of Go 1.25, with option `missingkey=zero`. What the value model leaves out:
//! channels and iterator functions, since no template for alerts can meet one, and strings that are not
//! UTF-8, since no alert has one: bytes that a template cuts out of a character become U+FFFD.
//! A nil item of a list is nothing at all inside `range`, so a field of it is nothing, too, where Go
//! reports a nil pointer.

pub mod alertmanager;
mod ast;
mod builtins;
mod compare;
mod error;
mod exec;
mod format;
mod functions;
pub mod go_time;
mod json;
mod lexer;
mod limits;
mod number;
mod parse;
mod set;
mod unquote;
pub mod value;

pub use error::{ExecError, ParseError};
pub use functions::{Context, Functions};
pub use limits::{Limits, Options};
pub use set::{Set, Text};
pub use value::{Function, FunctionError, Json, List, Map, Method, Object, Signature, Type, Value};
