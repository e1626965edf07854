//! Alerts as columns over one table of strings, which is how a matcher gets them.

use std::collections::BTreeSet;

use hashbrown::HashMap;
use larum_engine::model::{AlertStatus, Labels};

use crate::bindings::{matcher, types};

/// Which parts of an alert a matcher reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Projection {
    pub(crate) labels: Names,
    pub(crate) annotations: Names,
    pub(crate) status: bool,
}

/// A choice of names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Names {
    All,
    Only(Vec<String>),
}

/// One alert of a batch. Its parts are shared with the alert, not copied.
pub(crate) struct Row {
    pub(crate) labels: Labels,
    pub(crate) annotations: Labels,
    pub(crate) status: AlertStatus,
}

/// A batch that borrows its text from the rows.
pub(crate) struct Columns<'a> {
    table: Table<'a>,
    label_columns: Vec<u32>,
    annotation_columns: Vec<u32>,
    cells: Vec<u32>,
    statuses: Vec<types::AlertStatus>,
    rows: u32,
}

/// Every string once.
struct Table<'a> {
    strings: Vec<&'a str>,
    indices: HashMap<&'a str, u32>,
}

impl From<matcher::Projection> for Projection {
    fn from(projection: matcher::Projection) -> Self {
        Self {
            labels: projection.labels.into(),
            annotations: projection.annotations.into(),
            status: projection.status,
        }
    }
}

impl From<matcher::Names> for Names {
    fn from(names: matcher::Names) -> Self {
        match names {
            matcher::Names::All => Self::All,
            matcher::Names::Only(names) => Self::Only(names),
        }
    }
}

impl Projection {
    /// How many of the rows, from the first, make a batch of at most `cells_max` cells: at least
    /// one.
    pub(crate) fn rows_that_fit<'a>(
        &self,
        rows: impl Iterator<Item = &'a Row>,
        cells_max: usize,
    ) -> usize {
        let (mut labels, mut annotations) = (BTreeSet::new(), BTreeSet::new());
        let mut count = 0;
        for row in rows {
            let columns = self.labels.widen(&mut labels, &row.labels)
                + self.annotations.widen(&mut annotations, &row.annotations);
            if count > 0 && columns * (count + 1) > cells_max {
                break;
            }
            count += 1;
        }
        count
    }
}

impl Names {
    /// Notes the names of a row, and says how many columns there are with it.
    fn widen<'a>(&self, seen: &mut BTreeSet<&'a str>, labels: &'a Labels) -> usize {
        match self {
            Self::Only(names) => names.len(),
            Self::All => {
                seen.extend(labels.iter().map(|(name, _)| name));
                seen.len()
            }
        }
    }

    fn of<'a>(&'a self, rows: impl Iterator<Item = &'a Labels>) -> Vec<&'a str> {
        match self {
            Self::Only(names) => names.iter().map(String::as_str).collect(),
            Self::All => {
                let names: BTreeSet<&str> = rows
                    .flat_map(|labels| labels.iter().map(|(name, _)| name))
                    .collect();
                names.into_iter().collect()
            }
        }
    }
}

impl<'a> Columns<'a> {
    /// The rows' projection.
    pub(crate) fn new(rows: &'a [Row], projection: &'a Projection) -> Self {
        let labels = projection.labels.of(rows.iter().map(|row| &row.labels));
        let annotations = projection
            .annotations
            .of(rows.iter().map(|row| &row.annotations));
        // Most often one text of a row stands in no other.
        let mut table = Table::with_capacity(rows.len() + labels.len() + annotations.len());
        let label_columns = labels.iter().map(|name| table.index(name)).collect();
        let annotation_columns = annotations.iter().map(|name| table.index(name)).collect();
        let mut cells = Vec::with_capacity(rows.len() * (labels.len() + annotations.len()));
        for row in rows {
            let values = labels.iter().map(|name| row.labels.get(name));
            let values = values.chain(annotations.iter().map(|name| row.annotations.get(name)));
            cells.extend(values.map(|value| value.map_or(0, |value| table.index(value) + 1)));
        }
        let statuses = match projection.status {
            true => rows.iter().map(|row| row.status.into()).collect(),
            false => Vec::new(),
        };
        let rows = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        Self {
            table,
            label_columns,
            annotation_columns,
            cells,
            statuses,
            rows,
        }
    }

    /// As the matcher gets it.
    pub(crate) fn as_wit(&self) -> matcher::Batch<'_> {
        matcher::Batch {
            strings: &self.table.strings,
            label_columns: &self.label_columns,
            annotation_columns: &self.annotation_columns,
            cells: &self.cells,
            statuses: &self.statuses,
            rows: self.rows,
        }
    }
}

impl<'a> Table<'a> {
    fn with_capacity(strings: usize) -> Self {
        Self {
            strings: Vec::with_capacity(strings),
            indices: HashMap::with_capacity(strings),
        }
    }

    fn index(&mut self, text: &'a str) -> u32 {
        let next = u32::try_from(self.strings.len()).unwrap_or(u32::MAX);
        *self.indices.entry(text).or_insert_with(|| {
            self.strings.push(text);
            next
        })
    }
}

#[cfg(test)]
mod tests {
    use larum_engine::model::{AlertStatus, Labels};

    use super::{Columns, Names, Projection, Row};

    fn row(labels: &[(&str, &str)], annotations: &[(&str, &str)], status: AlertStatus) -> Row {
        Row {
            labels: Labels::from_pairs(labels.iter().copied()).unwrap(),
            annotations: Labels::from_pairs(annotations.iter().copied()).unwrap(),
            status,
        }
    }

    fn only(names: &[&str]) -> Names {
        Names::Only(names.iter().map(|name| (*name).to_owned()).collect())
    }

    /// Columns and cells as text, `-` where an alert has nothing.
    #[track_caller]
    fn check(projection: &Projection, rows: &[Row], expected: &str) {
        let columns = Columns::new(rows, projection);
        let wit = columns.as_wit();
        let text = |index: &u32| wit.strings[*index as usize].to_owned();
        let cell = |cell: &u32| {
            cell.checked_sub(1)
                .map_or("-".to_owned(), |index| text(&index))
        };
        let names = |list: &[u32]| list.iter().map(text).collect::<Vec<_>>().join(",");
        let width = wit.label_columns.len() + wit.annotation_columns.len();
        let mut lines = vec![format!(
            "{};{}",
            names(wit.label_columns),
            names(wit.annotation_columns)
        )];
        for row in wit.cells.chunks(width.max(1)) {
            lines.push(row.iter().map(cell).collect::<Vec<_>>().join(","));
        }
        let statuses: Vec<String> = wit.statuses.iter().map(|it| format!("{it:?}")).collect();
        lines.push(statuses.join(","));
        assert_eq!(lines.join(" | "), expected);
        let mut distinct = wit.strings.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), wit.strings.len(), "a string stands twice");
        assert_eq!(wit.rows as usize, rows.len());
    }

    #[test]
    fn columns_hold_the_projection() {
        let rows = [
            row(
                &[("job", "a"), ("x", "a")],
                &[("note", "job")],
                AlertStatus::Firing,
            ),
            row(&[("job", "b"), ("z", "a")], &[], AlertStatus::Resolved),
        ];
        let reads = |labels, annotations, status| Projection {
            labels,
            annotations,
            status,
        };
        check(
            &reads(only(&["z", "job"]), only(&["note"]), true),
            &rows,
            "z,job;note | -,a,job | a,b,- | AlertStatus::Firing,AlertStatus::Resolved",
        );
        check(
            &reads(Names::All, Names::All, false),
            &rows,
            "job,x,z;note | a,a,-,job | b,-,a,- | ",
        );
        check(&reads(only(&[]), only(&[]), false), &rows, "; | ");
    }

    #[test]
    fn batches_have_bounded_cells() {
        let rows: Vec<Row> = (0..10)
            .map(|number| {
                row(
                    &[(&format!("name_{number}"), "x")],
                    &[],
                    AlertStatus::Firing,
                )
            })
            .collect();
        let all = Projection {
            labels: Names::All,
            annotations: only(&[]),
            status: false,
        };
        // n rows make n columns.
        assert_eq!(all.rows_that_fit(rows.iter(), 16), 4);
        assert_eq!(all.rows_that_fit(rows.iter(), 0), 1);
        assert_eq!(all.rows_that_fit(rows.iter(), 1_000), 10);
        let one = Projection {
            labels: only(&["name_0"]),
            annotations: only(&[]),
            status: false,
        };
        assert_eq!(one.rows_that_fit(rows.iter(), 7), 7);
    }
}
