//! Matchers: verdicts from memory, and from the guest for what is new.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hashbrown::HashTable;
use larum_engine::model::{Alert, TenantId, Timestamp};

use crate::{
    CallError, CallErrorKind, Component, CreateError,
    batch::{Columns, Projection, Row},
    bindings::matcher::Verdict,
    component::Loaded,
    guest::Class,
    instance::{Exports, Instance},
    memo::{Key, Lookup, Memo},
    stats::add,
    text::printable,
    usage::{Source, Use},
};

/// A matcher with its settings. Its guest's object is dropped with it.
pub struct Matcher {
    usage: Arc<Use>,
    projection: Arc<Projection>,
    memo: Mutex<Memo>,
}

/// Alerts that the matcher sees as one, and whose verdict is not known yet.
struct Unknown {
    key: Key,
    row: Row,
    /// Where they stand among the alerts that were asked for.
    positions: Vec<usize>,
}

impl Matcher {
    /// Whether it matches, for each of the alerts in their order. `now` decides which are over.
    /// When all answers are known this returns without waiting for anything.
    ///
    /// # Errors
    /// When the plugin gave no answer for one of the alerts.
    pub async fn verdicts(
        &self,
        alerts: &[&Alert],
        now: Timestamp,
    ) -> Result<Vec<bool>, CallError> {
        let (mut verdicts, mut unknown) = self.remembered(alerts, now);
        while !unknown.is_empty() {
            let rest = unknown.split_off(self.batch_len(&unknown));
            let batch = std::mem::replace(&mut unknown, rest);
            let (rows, places): (Vec<Row>, Vec<_>) = batch
                .into_iter()
                .map(|it| (it.row, (it.key, it.positions)))
                .unzip();
            let answers = self.ask(rows).await?;
            let mut memo = self.memo();
            for ((key, positions), verdict) in places.into_iter().zip(answers) {
                memo.put(key, verdict);
                positions
                    .into_iter()
                    .for_each(|position| verdicts[position] = verdict);
            }
        }
        Ok(verdicts)
    }

    /// Why the alert gets its verdict, for people. None if the plugin has nothing to say.
    ///
    /// # Errors
    /// When the plugin gave no answer.
    pub async fn explain(
        &self,
        alert: &Alert,
        now: Timestamp,
    ) -> Result<Option<String>, CallError> {
        let rows = vec![row(alert, now)];
        let text = self
            .enter(rows, |instance, compiled, columns| {
                let Exports::Matcher(exports) = &instance.exports else {
                    unreachable!("a matcher is made from a matcher's component");
                };
                let exports = exports.compiled();
                instance.guest.call(Class::Matcher, |store| {
                    exports.call_explain(store, compiled, columns.as_wit())
                })
            })
            .await?;
        let bytes_max = self.loaded().program.limits.matcher.output_bytes;
        Ok(text.map(|text| printable(&text, bytes_max)))
    }

    pub(crate) async fn create(
        component: Component,
        tenant: &TenantId,
        settings: &str,
    ) -> Result<Self, CreateError> {
        let usage = Use::new(component, tenant, Source::Settings(settings.to_owned()));
        let wanted = usage.clone();
        let projection = usage
            .run(move |worker| {
                worker.on_instance(&wanted, |instance| {
                    let (compiled, _) = instance.compiled(&wanted)?;
                    Ok::<_, CreateError>(projection(instance, compiled)?)
                })
            })
            .await??;
        let data = &usage.component.loaded().program.limits.data;
        let memo = Mutex::new(Memo::new(data.memo_entries, data.memo_bytes));
        Ok(Self {
            usage,
            projection: Arc::new(projection),
            memo,
        })
    }

    /// What is known, and what must be asked for: each distinct row once.
    fn remembered(&self, alerts: &[&Alert], now: Timestamp) -> (Vec<bool>, Vec<Unknown>) {
        let mut verdicts = vec![false; alerts.len()];
        let mut unknown: Vec<Unknown> = Vec::new();
        let mut seen: HashTable<usize> = HashTable::new();
        let mut memo = self.memo();
        for (position, alert) in alerts.iter().enumerate() {
            match memo.get(&self.projection, alert, now) {
                Lookup::Known(verdict) => verdicts[position] = verdict,
                Lookup::Unknown(key) => {
                    let same = |index: &usize| unknown[*index].key == key;
                    match seen.find(key.hash(), same) {
                        Some(index) => unknown[*index].positions.push(position),
                        None => {
                            let next = unknown.len();
                            seen.insert_unique(key.hash(), next, |it| unknown[*it].key.hash());
                            let row = row(alert, now);
                            unknown.push(Unknown {
                                key,
                                row,
                                positions: vec![position],
                            });
                        }
                    }
                }
            }
        }
        let asked: usize = unknown.iter().map(|it| it.positions.len()).sum();
        let counters = &self.loaded().program.counters;
        add(&counters.memo_hits, alerts.len() - asked);
        add(&counters.memo_misses, asked);
        (verdicts, unknown)
    }

    /// How many of them, from the first, fit into one call: at least one.
    fn batch_len(&self, unknown: &[Unknown]) -> usize {
        let data = &self.loaded().program.limits.data;
        let mut bytes = 0;
        let fits = |it: &&Unknown| {
            bytes += it.key.bytes().len();
            bytes <= data.batch_bytes
        };
        let count = unknown
            .iter()
            .take(data.batch_rows)
            .take_while(fits)
            .count();
        let rows = unknown[..count].iter().map(|it| &it.row);
        self.projection.rows_that_fit(rows, data.batch_cells).max(1)
    }

    async fn ask(&self, rows: Vec<Row>) -> Result<Vec<bool>, CallError> {
        let count = rows.len();
        let answer = self
            .enter(rows, |instance, compiled, columns| {
                let Exports::Matcher(exports) = &instance.exports else {
                    unreachable!("a matcher is made from a matcher's component");
                };
                let exports = exports.compiled();
                instance.guest.call(Class::Matcher, |store| {
                    exports.call_match_batch(store, compiled, columns.as_wit())
                })
            })
            .await?;
        let component = &self.usage.component;
        let verdicts = answer.map_err(|error| {
            let bytes_max = self.loaded().program.limits.data.message_bytes;
            component.failure(CallErrorKind::Guest, printable(&error.message, bytes_max))
        })?;
        if verdicts.len() != count {
            let message = format!("gave {} verdicts for {count} alerts", verdicts.len());
            return Err(component.failure(CallErrorKind::Output, message));
        }
        Ok(verdicts
            .into_iter()
            .map(|verdict| verdict == Verdict::Matched)
            .collect())
    }

    async fn enter<R: Send + 'static>(
        &self,
        rows: Vec<Row>,
        call: impl FnOnce(
            &mut Instance,
            wasmtime::component::ResourceAny,
            &Columns<'_>,
        ) -> Result<R, CallError>
        + Send
        + 'static,
    ) -> Result<R, CallError> {
        let (wanted, reads) = (self.usage.clone(), self.projection.clone());
        let work = move |instance: &mut Instance| {
            let (compiled, is_new) = instance.compiled_again(&wanted)?;
            // The host sends and remembers by the first projection.
            if is_new && projection(instance, compiled)? != *reads {
                let message = "reads other labels than when it was first created";
                return Err(instance.guest.failure(CallErrorKind::Output, message));
            }
            call(instance, compiled, &Columns::new(&rows, &reads))
        };
        let wanted = self.usage.clone();
        self.usage
            .run(move |worker| worker.on_instance(&wanted, work))
            .await?
    }

    fn memo(&self) -> MutexGuard<'_, Memo> {
        self.memo.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn loaded(&self) -> &Loaded {
        self.usage.component.loaded()
    }
}

fn projection(
    instance: &mut Instance,
    compiled: wasmtime::component::ResourceAny,
) -> Result<Projection, CallError> {
    let Exports::Matcher(exports) = &instance.exports else {
        unreachable!("a matcher is made from a matcher's component");
    };
    let exports = exports.compiled();
    let projection = instance.guest.call(Class::Create, |store| {
        exports.call_projection(store, compiled)
    })?;
    Ok(projection.into())
}

fn row(alert: &Alert, now: Timestamp) -> Row {
    Row {
        labels: alert.labels.clone(),
        annotations: alert.annotations.clone(),
        status: alert.status_at(now),
    }
}
