//! Settings against a plugin's schema: each fault points at its place in the file.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Map, Number, Value as Json};

use crate::{
    Diagnostic, Fallback, Origin, Secret, SecretSource, Settings, Span, Text, codes, duration,
    limits,
    places::{listed, nearest},
    read::{Reader, is_set},
    scalar::{Resolved, integer_json},
    schema::{Additional, Format, Rule, Type},
    settings::push_token,
    yaml::{Entry, Node, Value},
};

/// The settings of one use of a plugin before they are checked.
pub(crate) struct Given<'a> {
    /// The members, those that `global` fills in among them.
    pub(crate) entries: Vec<Entry>,
    /// What is pointed at when something is missing.
    pub(crate) origin: &'a Origin,
    /// Who wants the settings, such as "the plugin `slack`".
    pub(crate) whose: &'a str,
    /// Whether a text without `{{` is known to render to itself.
    pub(crate) plain_texts_stay: bool,
}

/// Checks settings and sets templates and secrets apart. Faults go into the report.
pub(crate) fn settings(reader: &mut Reader, rule: &Rule, given: &Given<'_>) -> Settings {
    let mut checker = Checker {
        reader,
        origin: given.origin,
        whose: given.whose,
        plain_texts_stay: given.plain_texts_stay,
        texts: Vec::new(),
        secrets: BTreeMap::new(),
    };
    let mut at = At {
        pointer: String::new(),
        path: given.origin.path.to_string(),
    };
    let json = checker.object(rule, (&given.entries, given.origin.span), &mut at);
    if checker.texts.len() > limits::TEXTS_MAX {
        let message = format!(
            "more than {} templates in one integration",
            limits::TEXTS_MAX
        );
        checker
            .reader
            .error(codes::LIMIT, given.origin.span, message);
    }
    Settings {
        json,
        texts: checker.texts,
        secrets: checker.secrets,
    }
}

struct Checker<'a> {
    reader: &'a mut Reader,
    origin: &'a Origin,
    whose: &'a str,
    plain_texts_stay: bool,
    texts: Vec<Text>,
    secrets: BTreeMap<String, SecretSource>,
}

/// A place in the settings: for the plugin, and for people.
struct At {
    pointer: String,
    path: String,
}

/// A value with the key that it belongs to.
#[derive(Clone, Copy)]
struct Field<'a> {
    key: &'a str,
    node: &'a Arc<Node>,
    span: Span,
}

impl Checker<'_> {
    fn object(&mut self, rule: &Rule, (entries, span): (&[Entry], Span), at: &mut At) -> Json {
        let mut members = Map::new();
        for entry in entries {
            let known = rule.properties.get(&*entry.key);
            let of_secret = entry.key.strip_suffix("_file").filter(|_| known.is_none());
            let of_secret =
                of_secret.filter(|name| rule.properties.get(*name).is_some_and(is_secret));
            let below = match (known, &rule.additional) {
                (Some(below), _) => below,
                (None, _) if of_secret.is_some() => {
                    self.secret_file(entry, entries, (of_secret.unwrap_or(""), &mut members), at);
                    continue;
                }
                (None, Additional::Any) => &ANY,
                (None, Additional::Each(below)) => below,
                (None, Additional::None) => {
                    self.unknown(rule, entry);
                    continue;
                }
            };
            self.reader.swallowed(entry);
            let field = Field {
                key: &entry.key,
                node: &entry.value,
                span: entry.key_span,
            };
            if let Some(value) = self.below(below, field, (&entry.key, at)) {
                members.insert(entry.key.to_string(), value);
            }
        }
        for name in &rule.required {
            let is_given = members
                .get(name)
                .is_some_and(|value| *value != Json::String(String::new()));
            let was_tried = entries
                .iter()
                .any(|entry| *entry.key == **name && is_set(&entry.value));
            if !is_given && !was_tried {
                self.missing(rule, name, span, &at.path);
            }
        }
        for (name, below) in &rule.properties {
            if let (Some(default), false) = (&below.default, members.contains_key(name)) {
                let length = at.pointer.len();
                push_token(&mut at.pointer, name);
                let value = self.default(below, default, at);
                at.pointer.truncate(length);
                members.insert(name.clone(), value);
            }
        }
        Json::Object(members)
    }

    /// Checks the value one level down.
    fn below(
        &mut self,
        rule: &Rule,
        field: Field<'_>,
        (token, at): (&str, &mut At),
    ) -> Option<Json> {
        let lengths = (at.pointer.len(), at.path.len());
        push_token(&mut at.pointer, token);
        match token.parse::<usize>() {
            Ok(_) => at.path.push_str(&format!("[{token}]")),
            Err(_) => at.path.push_str(&format!(".{token}")),
        }
        let result = self.value(rule, field, at);
        at.pointer.truncate(lengths.0);
        at.path.truncate(lengths.1);
        result
    }

    fn value(&mut self, rule: &Rule, field: Field<'_>, at: &mut At) -> Option<Json> {
        if rule.types.is_empty() {
            let templates = rule.format == Some(Format::Template);
            return Some(self.any(field.node, templates, at));
        }
        let wants = |kind: Type| rule.types.contains(&kind);
        let value = match &field.node.value {
            Value::Mapping(entries) if wants(Type::Object) => {
                return Some(self.object(rule, (entries, field.span), at));
            }
            Value::Sequence(items) if wants(Type::Array) => {
                return self.array(rule, items, (field, at));
            }
            Value::Scalar(_) if field.node.is_null() => return self.nothing(rule),
            Value::Scalar(scalar) => self.scalar(rule, field, &scalar.text),
            _ => None,
        };
        let Some(value) = value else {
            self.reader
                .wrong_type((field.node, field.span), field.key, &expected(rule));
            return None;
        };
        if let (Json::String(text), Some(format)) = (&value, rule.format) {
            return self.formatted((rule, format), field, text, at);
        }
        self.bounded(rule, field, &value).then_some(value)
    }

    /// What nothing is: null where that is allowed, else the zero of the type, as in Go, where
    /// it replaces the default; secrets and durations stay unset.
    fn nothing(&self, rule: &Rule) -> Option<Json> {
        if rule.types.contains(&Type::Null) {
            return Some(Json::Null);
        }
        rule.default.as_ref()?;
        match rule.types.first()? {
            Type::String if matches!(rule.format, None | Some(Format::Template)) => {
                Some(Json::String(String::new()))
            }
            Type::Boolean => Some(Json::Bool(false)),
            Type::Integer | Type::Number => Some(Json::Number(0.into())),
            _ => None,
        }
    }

    fn scalar(&self, rule: &Rule, field: Field<'_>, text: &str) -> Option<Json> {
        let wants = |kind: Type| rule.types.contains(&kind);
        let resolved = field.node.resolved()?;
        match resolved {
            Resolved::Bool(value) if wants(Type::Boolean) => Some(Json::Bool(value)),
            Resolved::Integer(value) if wants(Type::Integer) || wants(Type::Number) => {
                integer_json(value)
            }
            Resolved::Float(value) if wants(Type::Number) => {
                Number::from_f64(value).map(Json::Number)
            }
            // Go cuts the fraction off where a whole number is wanted.
            Resolved::Float(value) if wants(Type::Integer) && value.abs() < 9e15 => {
                Number::from_f64(value.trunc())
                    .and_then(|number| {
                        format!("{number:.0}", number = number.as_f64()?)
                            .parse()
                            .ok()
                    })
                    .and_then(integer_json)
            }
            _ if wants(Type::String) => Some(Json::String(text.to_owned())),
            _ => None,
        }
    }

    fn array(
        &mut self,
        rule: &Rule,
        items: &[Arc<Node>],
        (field, at): (Field<'_>, &mut At),
    ) -> Option<Json> {
        if items.len() < rule.items_min {
            let message = format!("`{}` needs at least {} entries", field.key, rule.items_min);
            self.reader.error(codes::BAD_VALUE, field.span, message);
            return None;
        }
        let below = rule.items.as_deref().unwrap_or(&ANY);
        let mut values = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let field = Field {
                key: field.key,
                node: item,
                span: item.span,
            };
            // In a list, nothing is a value of its own: the position counts.
            let value = self.below(below, field, (&index.to_string(), at));
            values.push(value.unwrap_or_else(|| zero(below)));
        }
        Some(Json::Array(values))
    }

    /// A value of which nothing is known, all its texts templates or none.
    fn any(&mut self, node: &Arc<Node>, templates: bool, at: &mut At) -> Json {
        let (pointer_length, path_length) = (at.pointer.len(), at.path.len());
        match &node.value {
            Value::Mapping(entries) => {
                let mut members = Map::new();
                for entry in entries {
                    push_token(&mut at.pointer, &entry.key);
                    at.path.push_str(&format!(".{}", entry.key));
                    if templates && self.needs_rendering(&entry.key) {
                        let origin = self.reader.origin(entry.key_span, None, &at.path);
                        let source = entry.key.to_string();
                        let text = self.text(source, (Fallback::Empty, origin), at);
                        self.texts.push(Text {
                            is_key: true,
                            ..text
                        });
                    }
                    members.insert(entry.key.to_string(), self.any(&entry.value, templates, at));
                    at.pointer.truncate(pointer_length);
                    at.path.truncate(path_length);
                }
                Json::Object(members)
            }
            Value::Sequence(items) => {
                let mut values = Vec::with_capacity(items.len());
                for (index, item) in items.iter().enumerate() {
                    push_token(&mut at.pointer, &index.to_string());
                    at.path.push_str(&format!("[{index}]"));
                    values.push(self.any(item, templates, at));
                    at.pointer.truncate(pointer_length);
                    at.path.truncate(path_length);
                }
                Json::Array(values)
            }
            Value::Scalar(_) => {
                let json = crate::scalar::to_json(node);
                if let (Json::String(source), true) = (&json, templates)
                    && self.needs_rendering(source)
                {
                    let origin = self.reader.origin(node.span, Some(node), &at.path);
                    let text = self.text(source.clone(), (Fallback::Empty, origin), at);
                    self.texts.push(text);
                }
                json
            }
        }
    }

    fn text(&self, source: String, (fallback, origin): (Fallback, Origin), at: &At) -> Text {
        let pointer = at.pointer.clone();
        Text {
            source,
            pointer,
            is_key: false,
            fallback,
            secret: false,
            origin,
        }
    }

    fn formatted(
        &mut self,
        (rule, format): (&Rule, Format),
        field: Field<'_>,
        text: &str,
        at: &At,
    ) -> Option<Json> {
        let source = || Secret::new(text);
        let is_address = field.key == "url" || field.key.ends_with("_url");
        match format {
            Format::Duration => match duration::parse(text) {
                Ok(value) => u64::try_from(value.as_millis()).ok().map(Json::from),
                Err(reason) => {
                    self.reader
                        .bad_duration(field.node, field.key, text, &reason);
                    None
                }
            },
            Format::Template => {
                if !self.bounded(rule, field, &Json::String(text.to_owned())) {
                    return None;
                }
                if self.needs_rendering(text) {
                    let origin = self
                        .reader
                        .origin(field.node.span, Some(field.node), &at.path);
                    let text = self.text(text.to_owned(), (rule.fallback, origin), at);
                    self.texts.push(text);
                }
                Some(Json::String(text.to_owned()))
            }
            Format::SecretTemplate if text.contains("{{") || !self.plain_texts_stay => {
                let origin = self
                    .reader
                    .origin(field.node.span, Some(field.node), &at.path);
                let text = self.text(text.to_owned(), (rule.fallback, origin), at);
                self.texts.push(Text {
                    secret: true,
                    ..text
                });
                Some(Json::String(at.pointer.clone()))
            }
            Format::Secret | Format::SecretTemplate if text.is_empty() && !is_address => None,
            Format::Secret | Format::SecretTemplate => {
                if is_address {
                    self.reader.url(field.node, field.key, text).then_some(())?;
                } else {
                    self.reader.placeholder_secret(field.node, field.key, text);
                }
                self.secrets
                    .insert(at.pointer.clone(), SecretSource::Inline(source()));
                Some(Json::String(at.pointer.clone()))
            }
        }
    }

    fn needs_rendering(&self, text: &str) -> bool {
        !text.is_empty() && (!self.plain_texts_stay || text.contains("{{"))
    }

    /// A default: taken as it stands, its templates rendered like any other.
    fn default(&mut self, rule: &Rule, value: &Json, at: &At) -> Json {
        match (value, rule.format) {
            (Json::String(source), Some(Format::Template)) => {
                if self.needs_rendering(source) {
                    let found = (rule.fallback, self.origin.clone());
                    let text = self.text(source.clone(), found, at);
                    self.texts.push(text);
                }
                value.clone()
            }
            (Json::String(text), Some(Format::Duration)) => {
                let millis = duration::parse(text)
                    .ok()
                    .and_then(|it| u64::try_from(it.as_millis()).ok());
                millis.map_or(Json::Null, Json::from)
            }
            (Json::String(text), Some(Format::Secret | Format::SecretTemplate)) => {
                let source = SecretSource::Inline(Secret::new(text.as_str()));
                self.secrets.insert(at.pointer.clone(), source);
                Json::String(at.pointer.clone())
            }
            _ => value.clone(),
        }
    }

    /// `X_file` beside the secret `X`.
    fn secret_file(
        &mut self,
        entry: &Entry,
        siblings: &[Entry],
        (name, members): (&str, &mut Map<String, Json>),
        at: &At,
    ) {
        let Some(file) = self.reader.set_text(entry) else {
            return;
        };
        let other = siblings
            .iter()
            .find(|other| *other.key == *name && is_set(&other.value));
        if let Some(other) = other {
            let message = format!("at most one of {name} & {name}_file must be configured");
            let fault = Diagnostic::error(codes::EXCLUSIVE, message)
                .at(entry.key_span, "remove this one")
                .at(other.key_span, "or this one");
            self.reader.report.add(fault);
            return;
        }
        let mut pointer = at.pointer.clone();
        push_token(&mut pointer, name);
        let path = self.reader.later_file(&entry.value, &file);
        members.insert(name.to_owned(), Json::String(pointer.clone()));
        self.secrets.insert(pointer, SecretSource::File(path));
    }

    fn unknown(&mut self, rule: &Rule, entry: &Entry) {
        let known = rule.properties.keys().map(String::as_str);
        self.reader.unknown_key(entry, self.whose, known);
    }

    fn missing(&mut self, rule: &Rule, name: &str, span: Span, path: &str) {
        let has_file = rule.properties.get(name).is_some_and(is_secret);
        let message = match has_file {
            true => format!("one of {name} or {name}_file must be configured in {path}"),
            false => format!("`{name}` is missing in {path}"),
        };
        let fault = Diagnostic::error(codes::MISSING, message);
        self.reader
            .report
            .add(fault.at(span, format!("needs `{name}`, and not an empty one")));
    }

    /// Checks `enum`, `minimum` and `maximum`.
    fn bounded(&mut self, rule: &Rule, field: Field<'_>, value: &Json) -> bool {
        let span = if field.node.span.end > field.node.span.start {
            field.node.span
        } else {
            field.span
        };
        if !rule.allowed.is_empty() && !rule.allowed.contains(value) {
            let names: Vec<String> = rule.allowed.iter().map(plain).collect();
            let message = format!("`{}` is not one of the allowed values", field.key);
            let near = nearest(&plain(value), names.iter().map(String::as_str)).map(str::to_owned);
            let label = near.map_or_else(String::new, |near| format!("did you mean `{near}`?"));
            let help = format!("allowed: {}", listed(names.iter().map(String::as_str)));
            let fault = Diagnostic::error(codes::BAD_VALUE, message)
                .at(span, label)
                .help(help);
            self.reader.report.add(fault);
            return false;
        }
        let number = value.as_f64();
        let limit = |limit: &Option<Number>| limit.as_ref().and_then(Number::as_f64);
        let low = limit(&rule.minimum).filter(|low| number.is_some_and(|it| it < *low));
        let high = limit(&rule.maximum).filter(|high| number.is_some_and(|it| it > *high));
        let fault = match (low, high) {
            (Some(low), _) => format!("`{}` must be {low} or more", field.key),
            (_, Some(high)) => format!("`{}` must be {high} or less", field.key),
            _ => return true,
        };
        self.reader.error(codes::BAD_VALUE, span, fault);
        false
    }
}

/// Anything at all.
static ANY: Rule = Rule {
    types: Vec::new(),
    properties: BTreeMap::new(),
    required: Vec::new(),
    additional: Additional::Any,
    items: None,
    allowed: Vec::new(),
    default: None,
    format: None,
    minimum: None,
    maximum: None,
    items_min: 0,
    fallback: Fallback::Empty,
};

fn is_secret(rule: &Rule) -> bool {
    matches!(rule.format, Some(Format::Secret | Format::SecretTemplate))
}

fn zero(rule: &Rule) -> Json {
    match rule.types.first() {
        Some(Type::String) => Json::String(String::new()),
        Some(Type::Boolean) => Json::Bool(false),
        Some(Type::Integer | Type::Number) => Json::Number(0.into()),
        _ => Json::Null,
    }
}

fn plain(value: &Json) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn expected(rule: &Rule) -> String {
    let names: Vec<&str> = rule
        .types
        .iter()
        .filter(|kind| **kind != Type::Null)
        .map(|kind| match kind {
            Type::String if rule.format == Some(Format::Duration) => "a duration such as 10s",
            Type::String => "text",
            Type::Integer if rule.minimum.as_ref().and_then(Number::as_f64) == Some(0.0) => {
                "a whole number, 0 or more"
            }
            Type::Integer => "a whole number",
            Type::Number => "a number",
            Type::Boolean => "true or false, without quotes",
            Type::Object => "a mapping of keys to values",
            Type::Array => "a list",
            Type::Null => "nothing",
        })
        .collect();
    names.join(" or ")
}
