//! Matchers: verdicts from memory, and from the guest for what is new.

use std::{
    collections::VecDeque,
    ops::Range,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

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

/// What a matcher says of some alerts.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Whether it matches, for each of the alerts in their order. None where the plugin gave no
    /// answer: an alert that makes it fail takes the answer from no other alert.
    pub verdicts: Vec<Option<bool>>,
    /// Why an alert has no verdict. Set exactly if one has none.
    pub error: Option<CallError>,
}

/// Failed calls that one question may cost. Each may last as long as the deadline of a call, and
/// others wait for the worker. One bad row among a thousand is found with eleven.
const FAILED_CALLS_MAX: usize = 16;

/// Alerts whose verdict is not known yet. Those that the matcher sees as one share a row.
#[derive(Default)]
struct Unknown {
    rows: Vec<Row>,
    /// Of each row.
    places: Vec<Place>,
}

/// Where a verdict belongs.
struct Place {
    key: Key,
    /// The first of the alerts it is for, among those that were asked for.
    position: usize,
    /// The other ones, if any.
    others: Vec<usize>,
}

/// Rows for one call. They are shared, so that a call that fails does not take them with it.
struct Batch {
    rows: Arc<Vec<Row>>,
    range: Range<usize>,
}

impl Matcher {
    /// Whether it matches, for each of the alerts in their order. `now` decides which are over.
    /// When all answers are known this returns without waiting for anything.
    ///
    /// A batch that fails is asked again in halves, until what makes it fail is alone.
    pub async fn verdicts(&self, alerts: &[&Alert], now: Timestamp) -> Judged {
        let (verdicts, unknown) = self.remembered(alerts, now);
        let mut judged = Judged {
            verdicts,
            error: None,
        };
        if !unknown.rows.is_empty() {
            self.judge(unknown, &mut judged).await;
        }
        judged
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
        let batch = Batch {
            rows: Arc::new(vec![row(alert, now)]),
            range: 0..1,
        };
        let text = self
            .enter(batch, |instance, compiled, columns| {
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
    fn remembered(&self, alerts: &[&Alert], now: Timestamp) -> (Vec<Option<bool>>, Unknown) {
        let mut verdicts = vec![None; alerts.len()];
        let mut unknown = Unknown::default();
        let mut seen: HashTable<usize> = HashTable::new();
        let mut asked = 0;
        let mut memo = self.memo();
        for (position, alert) in alerts.iter().enumerate() {
            let key = match memo.get(&self.projection, alert, now) {
                Lookup::Known(verdict) => {
                    verdicts[position] = Some(verdict);
                    continue;
                }
                Lookup::Unknown(key) => key,
            };
            asked += 1;
            let places = &mut unknown.places;
            if let Some(index) = seen.find(key.hash(), |index| places[*index].key == key) {
                places[*index].others.push(position);
                continue;
            }
            seen.insert_unique(key.hash(), places.len(), |it| places[*it].key.hash());
            places.push(Place {
                key,
                position,
                others: Vec::new(),
            });
            unknown.rows.push(row(alert, now));
        }
        let counters = &self.loaded().program.counters;
        add(&counters.memo_hits, alerts.len() - asked);
        add(&counters.memo_misses, asked);
        (verdicts, unknown)
    }

    /// Asks for all of them. The batches that nobody has asked for yet come first, then halves
    /// by their size: if the failed calls run out, as few rows as possible are left.
    async fn judge(&self, unknown: Unknown, judged: &mut Judged) {
        let Unknown { rows, mut places } = unknown;
        let rows = Arc::new(rows);
        let mut waiting = VecDeque::new();
        waiting.push_back(0..rows.len());
        let mut failed_calls = 0;
        while let Some(Range { start, end }) = waiting.pop_front() {
            let middle = start + self.batch_len(&rows[start..end], &places[start..end]);
            if middle < end {
                waiting.push_front(middle..end);
            }
            let batch = Batch {
                rows: rows.clone(),
                range: start..middle,
            };
            let error = match self.ask(batch).await {
                Ok(answers) => {
                    self.learn(&mut places[start..middle], answers, judged);
                    continue;
                }
                Err(error) => error,
            };
            failed_calls += 1;
            // Whoever is overloaded is not helped by more calls.
            let is_last =
                failed_calls == FAILED_CALLS_MAX || error.kind == CallErrorKind::Overloaded;
            if is_last || middle - start == 1 {
                judged.error.get_or_insert(error);
            } else {
                let half = start.midpoint(middle);
                waiting.extend([start..half, half..middle]);
            }
            if is_last {
                return;
            }
        }
    }

    /// Remembers the verdicts, and notes them for all alerts that they are for.
    fn learn(&self, places: &mut [Place], answers: Vec<bool>, judged: &mut Judged) {
        let mut memo = self.memo();
        for (place, verdict) in places.iter_mut().zip(answers) {
            memo.put(std::mem::take(&mut place.key), verdict);
            judged.verdicts[place.position] = Some(verdict);
            for position in &place.others {
                judged.verdicts[*position] = Some(verdict);
            }
        }
    }

    /// How many of them, from the first, fit into one call: at least one.
    fn batch_len(&self, rows: &[Row], places: &[Place]) -> usize {
        let data = &self.loaded().program.limits.data;
        let mut bytes = 0;
        let fits = |it: &&Place| {
            bytes += it.key.bytes().len();
            bytes <= data.batch_bytes
        };
        let count = places.iter().take(data.batch_rows).take_while(fits).count();
        let rows = rows[..count].iter();
        self.projection.rows_that_fit(rows, data.batch_cells).max(1)
    }

    async fn ask(&self, batch: Batch) -> Result<Vec<bool>, CallError> {
        let count = batch.range.len();
        let answer = self
            .enter(batch, |instance, compiled, columns| {
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
        batch: Batch,
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
            let rows = &batch.rows[batch.range];
            call(instance, compiled, &Columns::new(rows, &reads))
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
