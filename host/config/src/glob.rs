//! File name patterns with Go's meaning (`path/filepath`, `Glob`): `*`, `?`, `[a-z]`, `\`.

use std::path::{Component, Path, PathBuf};

use crate::limits;

/// A pattern that cannot be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GlobError {
    /// A bracket is not closed, or a backslash stands at the end.
    Syntax,
    /// There are too many files to look at.
    TooMany,
}

/// Whether a path names more than one file.
pub(crate) fn is_pattern(path: &str) -> bool {
    path.contains(['*', '?', '[', '\\'])
}

/// The existing files that a pattern matches, sorted. Directories that cannot be read hold none.
pub(crate) fn find(pattern: &Path) -> Result<Vec<PathBuf>, GlobError> {
    let mut found = vec![PathBuf::new()];
    let mut looked_at = 0;
    for component in pattern.components() {
        let Component::Normal(name) = component else {
            found.iter_mut().for_each(|path| path.push(component));
            continue;
        };
        let Some(name) = name.to_str().filter(|name| is_pattern(name)) else {
            found.iter_mut().for_each(|path| path.push(name));
            continue;
        };
        let letters: Vec<char> = name.chars().collect();
        matches(&letters, &[])?;
        let mut next = Vec::new();
        for directory in &found {
            let here = if directory.as_os_str().is_empty() {
                Path::new(".")
            } else {
                directory
            };
            for entry in std::fs::read_dir(here).into_iter().flatten().flatten() {
                looked_at += 1;
                if looked_at > limits::GLOB_ENTRIES_MAX {
                    return Err(GlobError::TooMany);
                }
                let file_name = entry.file_name();
                let Some(file_name) = file_name.to_str() else {
                    continue;
                };
                let file_letters: Vec<char> = file_name.chars().collect();
                if matches(&letters, &file_letters)? {
                    next.push(directory.join(file_name));
                }
            }
        }
        found = next;
    }
    found.retain(|path| path.symlink_metadata().is_ok());
    found.sort();
    Ok(found)
}

/// Whether a pattern matches a name as a whole. The pattern is checked to its end either way.
fn matches(pattern: &[char], name: &[char]) -> Result<bool, GlobError> {
    let items = items(pattern)?;
    // Positions of the last star: in the items and in the name.
    let (mut item, mut letter, mut star) = (0, 0, None);
    while letter < name.len() {
        match items.get(item) {
            Some(Item::Star) => {
                star = Some((item, letter));
                item += 1;
            }
            Some(one) if one.takes(name[letter]) => {
                item += 1;
                letter += 1;
            }
            _ => {
                let Some((star_item, star_letter)) = star else {
                    return Ok(false);
                };
                star = Some((star_item, star_letter + 1));
                item = star_item + 1;
                letter = star_letter + 1;
            }
        }
    }
    Ok(items[item..].iter().all(|item| matches!(item, Item::Star)))
}

enum Item {
    Star,
    Any,
    Letter(char),
    Set {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
}

impl Item {
    fn takes(&self, letter: char) -> bool {
        match self {
            Self::Star => false,
            Self::Any => true,
            Self::Letter(own) => *own == letter,
            Self::Set { negated, ranges } => {
                let inside = ranges
                    .iter()
                    .any(|(low, high)| (*low..=*high).contains(&letter));
                inside != *negated
            }
        }
    }
}

fn items(pattern: &[char]) -> Result<Vec<Item>, GlobError> {
    let mut items = Vec::new();
    let mut letters = pattern.iter().copied().peekable();
    while let Some(letter) = letters.next() {
        items.push(match letter {
            '*' => Item::Star,
            '?' => Item::Any,
            '\\' => Item::Letter(letters.next().ok_or(GlobError::Syntax)?),
            '[' => {
                let negated = letters.next_if_eq(&'^').is_some();
                let mut ranges = Vec::new();
                loop {
                    if !ranges.is_empty() && letters.next_if_eq(&']').is_some() {
                        break;
                    }
                    let low = set_letter(&mut letters)?;
                    let high = match letters.next_if_eq(&'-') {
                        Some(_) => set_letter(&mut letters)?,
                        None => low,
                    };
                    ranges.push((low, high));
                }
                Item::Set { negated, ranges }
            }
            other => Item::Letter(other),
        });
    }
    Ok(items)
}

fn set_letter(letters: &mut impl Iterator<Item = char>) -> Result<char, GlobError> {
    match letters.next() {
        Some('\\') => letters.next().ok_or(GlobError::Syntax),
        Some('-' | ']') | None => Err(GlobError::Syntax),
        Some(letter) => Ok(letter),
    }
}

#[cfg(test)]
mod tests {
    use super::{GlobError, matches};

    fn check(pattern: &str, name: &str, expected: Result<bool, GlobError>) {
        let letters = |text: &str| text.chars().collect::<Vec<_>>();
        assert_eq!(
            matches(&letters(pattern), &letters(name)),
            expected,
            "{pattern} {name}"
        );
    }

    #[test]
    fn patterns_mean_what_they_mean_in_go() {
        check("*.tmpl", "a.tmpl", Ok(true));
        check("*.tmpl", "a.tmpl.bak", Ok(false));
        check("a*b*c", "aXbYbZc", Ok(true));
        check("a?c", "abc", Ok(true));
        check("[a-c]x", "bx", Ok(true));
        check("[^a-c]x", "bx", Ok(false));
        check(r"\*", "*", Ok(true));
        check("[a", "a", Err(GlobError::Syntax));
        check("a\\", "a", Err(GlobError::Syntax));
        check("[]a]", "a", Err(GlobError::Syntax));
        check("*", "", Ok(true));
    }
}
