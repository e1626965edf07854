//! Sorted sets of names and values, hashed at most once, shared by reference.

use std::{
    cmp::Ordering,
    fmt,
    sync::{Arc, OnceLock},
};

use crate::model::quote::Quoted;

/// The 64-bit identity of a label set: FNV-1a over `name 0xff value 0xff` of each label in the
/// order of the names (Prometheus `model/labelset.go`). Printed as 16 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub u64);

impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:016x}", self.0)
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// Labels or annotations: sorted by name, no name twice. Cloning shares them.
///
/// All text stands in one allocation: nine labels cost their letters, 72 bytes of offsets and one
/// header, not eighteen strings.
#[derive(Clone)]
pub struct Labels(Arc<Inner>);

struct Inner {
    /// Computed when it is asked for first: nobody asks for that of annotations.
    fingerprint: OnceLock<Fingerprint>,
    /// Where each name and each value ends in `text`, in turn.
    ends: Box<[u32]>,
    text: Box<str>,
}

/// Why pairs are not a set of labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LabelError {
    /// The name occurs twice.
    Duplicate(String),
    /// All names and values together are longer than 4 GiB.
    TooLong,
}

impl fmt::Display for LabelError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Duplicate(name) => write!(formatter, "label name {name:?} occurs twice"),
            Self::TooLong => formatter.write_str("labels are longer than 4 GiB"),
        }
    }
}

impl std::error::Error for LabelError {}

impl Labels {
    /// A set of these pairs, in whatever order they come. Empty values are kept: whether they
    /// mean "absent" is the caller's rule.
    ///
    /// # Errors
    /// When a name occurs twice, or the text is too long.
    pub fn from_pairs<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, LabelError> {
        let pairs = pairs.into_iter();
        let mut builder = LabelsBuilder::with_capacity(pairs.size_hint().0);
        for (name, value) in pairs {
            builder.push(name, value);
        }
        builder.build()
    }

    /// The pairs, sorted by name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        (0..self.len()).map(|index| self.pair(index))
    }

    /// The value of a name, if it is there.
    pub fn get(&self, name: &str) -> Option<&str> {
        // Sets are small: a walk over lengths is faster than a search that compares text.
        let mut start = 0;
        for ends in self.0.ends.chunks_exact(2) {
            let (middle, end) = (ends[0] as usize, ends[1] as usize);
            if middle - start == name.len()
                && self.0.text.as_bytes()[start..middle] == *name.as_bytes()
            {
                return Some(&self.0.text[middle..end]);
            }
            start = end;
        }
        None
    }

    /// How many pairs there are.
    pub fn len(&self) -> usize {
        self.0.ends.len() / 2
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.ends.is_empty()
    }

    /// The identity of the set, computed when it is asked for first.
    pub fn fingerprint(&self) -> Fingerprint {
        *self.0.fingerprint.get_or_init(|| {
            let mut hash = Fnv::default();
            for (name, value) in self.iter() {
                hash.write_pair(name, value);
            }
            Fingerprint(hash.0)
        })
    }

    /// Those of these names that are here, as a set of their own. `names` must be sorted.
    pub(crate) fn restricted(&self, names: &[Arc<str>]) -> Self {
        let mut builder = LabelsBuilder::with_capacity(names.len());
        for name in names {
            if let Some(value) = self.get(name) {
                builder.push(name, value);
            }
        }
        builder.build().unwrap_or_default()
    }

    /// The fingerprint of [`Self::restricted`], without building the set.
    pub(crate) fn restricted_fingerprint(&self, names: &[Arc<str>]) -> Fingerprint {
        let mut hash = Fnv::default();
        for name in names {
            if let Some(value) = self.get(name) {
                hash.write_pair(name, value);
            }
        }
        Fingerprint(hash.0)
    }

    /// The pairs that all of these sets have: a name that is missing somewhere counts as empty
    /// there (Alertmanager `template/template.go`, `Data`, v0.34).
    pub(crate) fn common<'a>(mut sets: impl Iterator<Item = &'a Self>) -> Self {
        let Some(first) = sets.next() else {
            return Self::default();
        };
        let mut common: Vec<(&str, &str)> = first.iter().collect();
        for set in sets {
            common.retain(|(name, value)| set.get(name).unwrap_or("") == *value);
            if common.is_empty() {
                break;
            }
        }
        if common.len() == first.len() {
            return first.clone();
        }
        Self::from_pairs(common).unwrap_or_default()
    }

    /// The order of alerts and groups in lists: fewer labels first; else at the first name that
    /// differs, the set without it, or with the smaller value (prometheus/common
    /// `model/labelset.go`, `Before`).
    pub fn list_order(&self, other: &Self) -> Ordering {
        if Arc::ptr_eq(&self.0, &other.0) {
            return Ordering::Equal;
        }
        self.len().cmp(&other.len()).then_with(|| {
            for ((name, value), (other_name, other_value)) in self.iter().zip(other.iter()) {
                // The set that holds the smaller name has a name that the other one lacks.
                let order = other_name.cmp(name).then_with(|| value.cmp(other_value));
                if order != Ordering::Equal {
                    return order;
                }
            }
            Ordering::Equal
        })
    }

    fn pair(&self, index: usize) -> (&str, &str) {
        let start = match index {
            0 => 0,
            _ => self.0.ends[2 * index - 1] as usize,
        };
        let middle = self.0.ends[2 * index] as usize;
        let end = self.0.ends[2 * index + 1] as usize;
        (&self.0.text[start..middle], &self.0.text[middle..end])
    }
}

impl Default for Labels {
    fn default() -> Self {
        LabelsBuilder::default()
            .build()
            .unwrap_or_else(|_| unreachable!("no pairs: nothing can occur twice"))
    }
}

impl PartialEq for Labels {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
            || (self.0.ends == other.0.ends && self.0.text == other.0.text)
    }
}

impl Eq for Labels {}

/// As a group key shows it: `{name="value", other="value"}`, with values in Go's quotes
/// (prometheus/common `model/labelset_string.go`).
impl fmt::Display for Labels {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("{")?;
        for (index, (name, value)) in self.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(formatter, "{comma}{name}={}", Quoted(value))?;
        }
        formatter.write_str("}")
    }
}

impl fmt::Debug for Labels {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_map().entries(self.iter()).finish()
    }
}

/// Collects pairs that borrow their text, so that a set is built with few allocations.
#[derive(Default)]
pub struct LabelsBuilder<'a> {
    pairs: Vec<(&'a str, &'a str)>,
}

impl<'a> LabelsBuilder<'a> {
    /// A builder that has room for this many pairs.
    pub fn with_capacity(pairs: usize) -> Self {
        Self {
            pairs: Vec::with_capacity(pairs),
        }
    }

    /// Adds a pair.
    pub fn push(&mut self, name: &'a str, value: &'a str) {
        self.pairs.push((name, value));
    }

    /// The set.
    ///
    /// # Errors
    /// When a name occurs twice, or the text is too long.
    pub fn build(mut self) -> Result<Labels, LabelError> {
        self.pairs.sort_unstable_by_key(|(name, _)| *name);
        if let Some(twice) = self.pairs.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(LabelError::Duplicate(twice[0].0.to_owned()));
        }
        let length: usize = self
            .pairs
            .iter()
            .map(|(name, value)| name.len() + value.len())
            .sum();
        u32::try_from(length).map_err(|_| LabelError::TooLong)?;
        let mut text = String::with_capacity(length);
        let mut ends = Vec::with_capacity(self.pairs.len() * 2);
        for part in self.pairs.iter().flat_map(|(name, value)| [*name, *value]) {
            text.push_str(part);
            ends.push(u32::try_from(text.len()).map_err(|_| LabelError::TooLong)?);
        }
        Ok(Labels(Arc::new(Inner {
            fingerprint: OnceLock::new(),
            ends: ends.into_boxed_slice(),
            text: text.into_boxed_str(),
        })))
    }
}

/// FNV-1a, 64 bits.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    fn write_pair(&mut self, name: &str, value: &str) {
        for part in [name, value] {
            self.write(part.as_bytes());
            self.write(&[0xff]);
        }
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}

#[cfg(test)]
mod tests;
