//! Go's regular expressions: RE2's syntax and replacement texts, run by the `regex` crate.

mod translate;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A compiled expression with the names of its groups.
#[derive(Debug)]
pub(super) struct Regexp {
    regex: regex::Regex,
    /// Names and numbers of the named groups, in order; Go lets several have the same name.
    names: Vec<(String, usize)>,
}

impl Regexp {
    /// # Errors
    /// What Go says of an expression that is none: `error parsing regexp: ...`.
    pub(super) fn new(pattern: &str) -> Result<Self, String> {
        let fail = |message: String| format!("error parsing regexp: {message}");
        let translated = translate::translate(pattern).map_err(fail)?;
        let regex = regex::Regex::new(&translated.pattern).map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => fail(format!("expression too large: `{pattern}`")),
            _ => fail(format!("invalid or unsupported syntax: `{pattern}`")),
        })?;
        Ok(Self {
            regex,
            names: translated.names,
        })
    }

    pub(super) fn is_match(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    /// Replaces every match by the template, in which `$1`, `${1}`, `$name` and `${name}` stand for
    /// groups and `$$` for a dollar sign. None once the output outgrows its bound.
    pub(super) fn replace_all(
        &self,
        text: &str,
        template: &str,
        bytes_max: usize,
    ) -> Option<String> {
        let mut output = String::with_capacity(text.len());
        let mut copied = 0;
        for captures in self.regex.captures_iter(text) {
            let Some(whole) = captures.get(0) else {
                continue;
            };
            output.push_str(&text[copied..whole.start()]);
            self.expand(&mut output, template, &captures);
            copied = whole.end();
            if output.len() > bytes_max {
                return None;
            }
        }
        output.push_str(&text[copied..]);
        (output.len() <= bytes_max).then_some(output)
    }

    fn expand(&self, output: &mut String, template: &str, captures: &regex::Captures<'_>) {
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('$') {
            output.push_str(before);
            if let Some(after_dollar) = after.strip_prefix('$') {
                output.push('$');
                rest = after_dollar;
                continue;
            }
            let Some((name, after_name)) = group_name(after) else {
                output.push('$');
                rest = after;
                continue;
            };
            rest = after_name;
            output.push_str(self.group(name, captures));
        }
        output.push_str(rest);
    }

    /// What the group of that name or number matched; empty if there is none.
    fn group<'t>(&self, name: &str, captures: &regex::Captures<'t>) -> &'t str {
        let is_number = name.bytes().all(|byte| byte.is_ascii_digit());
        // `$01` is a name, as in Go.
        let found = if is_number && (name == "0" || !name.starts_with('0')) {
            name.parse()
                .ok()
                .and_then(|index: usize| captures.get(index))
        } else {
            let indices = self.names.iter().filter(|(known, _)| known == name);
            indices.filter_map(|(_, index)| captures.get(*index)).next()
        };
        found.map_or("", |group| group.as_str())
    }
}

/// The longest name at the start of the text, or the one in braces, and what follows it.
fn group_name(text: &str) -> Option<(&str, &str)> {
    let in_braces = text.strip_prefix('{');
    let start = in_braces.unwrap_or(text);
    let end = start
        .find(|next: char| !(next.is_alphanumeric() || next == '_'))
        .unwrap_or(start.len());
    let (name, rest) = start.split_at(end);
    let rest = if in_braces.is_some() {
        rest.strip_prefix('}')?
    } else {
        rest
    };
    (!name.is_empty()).then_some((name, rest))
}

/// Expressions that were used before. Patterns may be made from labels, so their number is bounded.
#[derive(Debug, Default)]
pub(super) struct Cache {
    by_pattern: Mutex<BTreeMap<String, Arc<Regexp>>>,
}

impl Cache {
    const PATTERNS_MAX: usize = 64;

    pub(super) fn get(&self, pattern: &str) -> Result<Arc<Regexp>, String> {
        let mut by_pattern = self
            .by_pattern
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = by_pattern.get(pattern) {
            return Ok(known.clone());
        }
        let compiled = Arc::new(Regexp::new(pattern)?);
        if by_pattern.len() == Self::PATTERNS_MAX {
            by_pattern.clear();
        }
        by_pattern.insert(pattern.to_owned(), compiled.clone());
        Ok(compiled)
    }
}
