//! Verdicts that the host remembers: alerts repeat, so most calls into a matcher never happen.

use std::hash::BuildHasher as _;

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use larum_engine::model::{Alert, AlertStatus, Labels, Timestamp};

use crate::batch::{Names, Projection};

/// Verdicts by what the matcher reads of an alert. The key holds the text itself, not only its
/// hash: two alerts must never share a verdict by chance or by intent.
pub(crate) struct Memo {
    hasher: RandomState,
    young: Generation,
    /// What was young before. An entry that is asked for moves back; the others are forgotten
    /// all at once, so that remembering costs nothing but the insertion.
    old: Generation,
    entries_max: usize,
    bytes_max: usize,
    key: Vec<u8>,
}

#[derive(Default)]
struct Generation {
    entries: HashTable<Entry>,
    bytes: usize,
}

struct Entry {
    hash: u64,
    key: Box<[u8]>,
    verdict: bool,
}

/// What an alert is remembered by.
#[derive(Default, PartialEq, Eq)]
pub(crate) struct Key {
    hash: u64,
    bytes: Box<[u8]>,
}

impl Key {
    pub(crate) fn hash(&self) -> u64 {
        self.hash
    }

    /// All that the matcher reads of this alert.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Either the verdict or what to remember it by.
pub(crate) enum Lookup {
    Known(bool),
    Unknown(Key),
}

impl Memo {
    /// Each of two generations holds half of `entries_max` and of `bytes_max`.
    pub(crate) fn new(entries_max: usize, bytes_max: usize) -> Self {
        Self {
            hasher: RandomState::default(),
            young: Generation::default(),
            old: Generation::default(),
            entries_max: entries_max / 2,
            bytes_max: bytes_max / 2,
            key: Vec::new(),
        }
    }

    pub(crate) fn get(&mut self, projection: &Projection, alert: &Alert, now: Timestamp) -> Lookup {
        self.key.clear();
        write_key(&mut self.key, projection, alert, now);
        let hash = self.hasher.hash_one(&self.key[..]);
        let key = &self.key[..];
        if let Some(entry) = self.young.entries.find(hash, |entry| *entry.key == *key) {
            return Lookup::Known(entry.verdict);
        }
        if let Ok(entry) = self
            .old
            .entries
            .find_entry(hash, |entry| *entry.key == *key)
        {
            let (entry, _) = entry.remove();
            self.old.bytes -= entry.key.len();
            let verdict = entry.verdict;
            self.insert(entry);
            return Lookup::Known(verdict);
        }
        Lookup::Unknown(Key {
            hash,
            bytes: key.into(),
        })
    }

    pub(crate) fn put(&mut self, key: Key, verdict: bool) {
        let Key { hash, bytes } = key;
        if self
            .young
            .entries
            .find(hash, |entry| entry.key == bytes)
            .is_none()
        {
            self.insert(Entry {
                hash,
                key: bytes,
                verdict,
            });
        }
    }

    fn insert(&mut self, entry: Entry) {
        let is_full = self.young.entries.len() >= self.entries_max
            || self.young.bytes + entry.key.len() > self.bytes_max;
        if is_full {
            self.old = std::mem::take(&mut self.young);
        }
        if entry.key.len() > self.bytes_max || self.entries_max == 0 {
            return;
        }
        self.young.bytes += entry.key.len();
        self.young
            .entries
            .insert_unique(entry.hash, entry, |entry| entry.hash);
    }
}

/// Keys of one projection are equal exactly if the matcher sees the same.
fn write_key(key: &mut Vec<u8>, projection: &Projection, alert: &Alert, now: Timestamp) {
    write_names(key, &projection.labels, &alert.labels);
    write_names(key, &projection.annotations, &alert.annotations);
    if projection.status {
        key.push(u8::from(alert.status_at(now) == AlertStatus::Firing));
    }
}

fn write_names(key: &mut Vec<u8>, names: &Names, labels: &Labels) {
    match names {
        Names::Only(names) => {
            for name in names {
                write_text(key, labels.get(name));
            }
        }
        Names::All => {
            key.extend_from_slice(&labels.len().to_le_bytes());
            for (name, value) in labels.iter() {
                write_text(key, Some(name));
                write_text(key, Some(value));
            }
        }
    }
}

/// A length of one more than the text's, and zero for none.
fn write_text(key: &mut Vec<u8>, text: Option<&str>) {
    let length = text.map_or(0, |text| text.len() + 1);
    let text = text.unwrap_or_default().as_bytes();
    key.reserve(size_of::<usize>() + text.len());
    key.extend_from_slice(&length.to_le_bytes());
    key.extend_from_slice(text);
}

#[cfg(test)]
mod tests {
    use larum_engine::model::{Alert, Labels, Timestamp};

    use super::{Lookup, Memo};
    use crate::batch::{Names, Projection};

    fn alert(labels: &[(&str, &str)]) -> Alert {
        Alert {
            labels: Labels::from_pairs(labels.iter().copied()).unwrap(),
            annotations: Labels::default(),
            starts_at: Timestamp::EPOCH,
            ends_at: Timestamp::from_unix_ms(1_000),
            updated_at: Timestamp::EPOCH,
            generator_url: "".into(),
            timeout: false,
        }
    }

    fn reads(labels: Names, status: bool) -> Projection {
        Projection {
            labels,
            annotations: Names::Only(Vec::new()),
            status,
        }
    }

    fn only(names: &[&str]) -> Names {
        Names::Only(names.iter().map(|name| (*name).to_owned()).collect())
    }

    /// Remembers a verdict for the first alert; is it found for the second?
    #[track_caller]
    fn check(reads: &Projection, first: &[(&str, &str)], second: &[(&str, &str)], found: bool) {
        let mut memo = Memo::new(16, 1_000);
        let now = Timestamp::EPOCH;
        let Lookup::Unknown(key) = memo.get(reads, &alert(first), now) else {
            panic!("nothing is known yet");
        };
        memo.put(key, true);
        assert!(matches!(
            memo.get(reads, &alert(first), now),
            Lookup::Known(true)
        ));
        assert_eq!(
            matches!(memo.get(reads, &alert(second), now), Lookup::Known(true)),
            found
        );
    }

    #[test]
    fn only_what_is_read_matters() {
        let job = reads(only(&["job"]), false);
        check(
            &job,
            &[("job", "a"), ("x", "1")],
            &[("job", "a"), ("x", "2")],
            true,
        );
        check(&job, &[("job", "a")], &[("job", "b")], false);
        check(&job, &[("job", "a")], &[("x", "a")], false);
        let two = reads(only(&["a", "b"]), false);
        check(&two, &[("a", "x")], &[("b", "x")], false);
        check(
            &two,
            &[("a", "x"), ("b", "yz")],
            &[("a", "xy"), ("b", "z")],
            false,
        );
        let all = reads(Names::All, false);
        check(
            &all,
            &[("a", "1"), ("b", "2")],
            &[("b", "2"), ("a", "1")],
            true,
        );
        check(&all, &[("a", "1")], &[("a", "1"), ("b", "2")], false);
        check(&all, &[("a", "bc")], &[("ab", "c")], false);
    }

    #[test]
    fn status_matters_if_it_is_read() {
        for (is_read, found) in [(true, false), (false, true)] {
            let reads = reads(only(&["a"]), is_read);
            let mut memo = Memo::new(16, 1_000);
            let alert = alert(&[("a", "1")]);
            let Lookup::Unknown(key) = memo.get(&reads, &alert, Timestamp::EPOCH) else {
                panic!("nothing is known yet");
            };
            memo.put(key, true);
            let later = Timestamp::from_unix_ms(2_000);
            assert_eq!(
                matches!(memo.get(&reads, &alert, later), Lookup::Known(_)),
                found
            );
        }
    }

    #[test]
    fn it_is_bounded_and_keeps_what_is_asked_for() {
        let reads = reads(only(&["a"]), false);
        let mut memo = Memo::new(8, 10_000);
        let hot = alert(&[("a", "hot")]);
        for number in 0..100 {
            for alert in [&hot, &alert(&[("a", &number.to_string())])] {
                match memo.get(&reads, alert, Timestamp::EPOCH) {
                    Lookup::Unknown(key) => memo.put(key, true),
                    Lookup::Known(_) => assert!(number > 0),
                }
            }
            assert!(memo.young.entries.len() + memo.old.entries.len() <= 8);
            let known = matches!(
                memo.get(&reads, &hot, Timestamp::EPOCH),
                Lookup::Known(true)
            );
            assert!(known, "forgotten after {number}");
        }
    }

    #[test]
    fn long_text_is_not_kept() {
        let reads = reads(only(&["a"]), false);
        let mut memo = Memo::new(8, 100);
        let Lookup::Unknown(key) =
            memo.get(&reads, &alert(&[("a", &"x".repeat(60))]), Timestamp::EPOCH)
        else {
            panic!("nothing is known yet");
        };
        memo.put(key, true);
        assert_eq!(memo.young.entries.len(), 0);
    }
}
