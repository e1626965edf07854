//! What a plugin is told: settings with their templates and secrets set apart.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
};

use serde_json::{Map, Value};

use crate::{Origin, SecretSource};

/// Checked settings of one use of a plugin.
#[derive(Clone, Debug)]
pub struct Settings {
    /// As the guest's `create` gets them: templates as written, defaults filled in, and in place
    /// of each secret its name.
    pub json: Value,
    /// What the template engine renders before each send.
    pub texts: Vec<Text>,
    /// Secrets by name: the JSON pointer of the setting.
    pub secrets: BTreeMap<String, SecretSource>,
}

/// A text to be rendered.
#[derive(Clone)]
pub struct Text {
    /// The template.
    pub source: String,
    /// Where the result belongs: a JSON pointer into [`Settings::json`], as it is there before
    /// anything is rendered.
    pub pointer: String,
    /// Whether the result names the member at `pointer`, rather than being its value.
    pub is_key: bool,
    /// What stands there when rendering fails.
    pub fallback: Fallback,
    /// Whether the result is a secret (`format: secret-template`).
    pub secret: bool,
    /// Where it was written.
    pub origin: Origin,
}

/// What stands in place of a text that cannot be rendered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fallback {
    /// Nothing.
    #[default]
    Empty,
    /// One plain line that the host makes.
    Title,
    /// A plain list of the alerts that the host makes.
    Body,
}

impl fmt::Debug for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = if self.secret {
            "<secret>"
        } else {
            &self.source
        };
        write!(
            formatter,
            "Text({} {source:?} at {:?})",
            self.pointer, self.origin
        )
    }
}

impl Settings {
    /// Settings without anything in them.
    pub fn empty() -> Self {
        Self {
            json: Value::Object(Map::new()),
            texts: Vec::new(),
            secrets: BTreeMap::new(),
        }
    }

    /// The settings for one notification: each of [`Settings::texts`] replaced by the result with
    /// the same index (by nothing if there is none), and the secrets that rendering made, by name.
    pub fn rendered(&self, texts: &[String]) -> (Value, BTreeMap<String, String>) {
        let mut secrets = BTreeMap::new();
        let mut places = HashMap::new();
        for (index, text) in self.texts.iter().enumerate() {
            let result = texts.get(index).map_or("", String::as_str);
            if text.secret {
                secrets.insert(text.pointer.clone(), result.to_owned());
            } else {
                places.insert((text.pointer.as_str(), text.is_key), result);
            }
        }
        let json = if places.is_empty() {
            self.json.clone()
        } else {
            replaced(&self.json, &mut String::new(), &places)
        };
        (json, secrets)
    }
}

type Places<'a> = HashMap<(&'a str, bool), &'a str>;

fn replaced(value: &Value, pointer: &mut String, places: &Places<'_>) -> Value {
    let length = pointer.len();
    match value {
        Value::Object(members) => {
            let mut result = Map::new();
            for (name, member) in members {
                push_token(pointer, name);
                let key = places
                    .get(&(pointer.as_str(), true))
                    .map_or(name.as_str(), |it| *it);
                result.insert(key.to_owned(), replaced(member, pointer, places));
                pointer.truncate(length);
            }
            Value::Object(result)
        }
        Value::Array(items) => {
            let mut result = Vec::with_capacity(items.len());
            for (index, item) in items.iter().enumerate() {
                push_token(pointer, &index.to_string());
                result.push(replaced(item, pointer, places));
                pointer.truncate(length);
            }
            Value::Array(result)
        }
        _ => match places.get(&(pointer.as_str(), false)) {
            Some(text) => Value::String((*text).to_owned()),
            None => value.clone(),
        },
    }
}

/// Appends a token to a JSON pointer (RFC 6901).
pub(crate) fn push_token(pointer: &mut String, token: &str) {
    pointer.push('/');
    for character in token.chars() {
        match character {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            other => pointer.push(other),
        }
    }
}
