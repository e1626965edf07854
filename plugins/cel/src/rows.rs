//! The columns of a batch, as the maps that expressions read.

use std::collections::HashMap;
use std::sync::Arc;

use cel::Value;
use cel::objects::{Key, Map};
use larum_plugin_sdk::matcher::Batch;
use larum_plugin_sdk::types::AlertStatus;

/// A batch whose indices were found right. Strings are shared by all rows that have them.
pub(crate) struct Rows<'a> {
    batch: &'a Batch,
    strings: Vec<Arc<String>>,
}

impl<'a> Rows<'a> {
    /// Checks a batch; the error says how it contradicts itself.
    pub(crate) fn of(batch: &'a Batch) -> Result<Self, String> {
        let rows = Self {
            batch,
            strings: batch.strings.iter().cloned().map(Arc::new).collect(),
        };
        let strings = rows.strings.len();
        let width = rows.width();
        let columns = batch.label_columns.iter().chain(&batch.annotation_columns);
        if columns.clone().any(|index| usize_of(*index) >= strings) {
            return Err("a column's name is not among the strings".to_owned());
        }
        if batch.cells.iter().any(|cell| usize_of(*cell) > strings) {
            return Err("a cell's value is not among the strings".to_owned());
        }
        if Some(batch.cells.len()) != rows.count().checked_mul(width) {
            return Err(format!(
                "{} cells are not {} rows of {width} columns",
                batch.cells.len(),
                batch.rows
            ));
        }
        Ok(rows)
    }

    /// How many rows there are.
    pub(crate) fn count(&self) -> usize {
        usize_of(self.batch.rows)
    }

    fn width(&self) -> usize {
        self.batch.label_columns.len() + self.batch.annotation_columns.len()
    }

    /// The labels of a row.
    pub(crate) fn labels(&self, row: usize) -> Value {
        self.map(row, &self.batch.label_columns, 0)
    }

    /// The annotations of a row.
    pub(crate) fn annotations(&self, row: usize) -> Value {
        self.map(
            row,
            &self.batch.annotation_columns,
            self.batch.label_columns.len(),
        )
    }

    /// The status of a row, if the batch has statuses.
    pub(crate) fn status(&self, row: usize) -> Option<&'static str> {
        match self.batch.statuses.get(row)? {
            AlertStatus::Firing => Some("firing"),
            AlertStatus::Resolved => Some("resolved"),
        }
    }

    fn map(&self, row: usize, columns: &[u32], first_column: usize) -> Value {
        let cells = &self.batch.cells[row * self.width() + first_column..];
        let mut map = HashMap::with_capacity(columns.len());
        for (column, cell) in columns.iter().zip(cells) {
            // A cell is an index plus one; 0 is "this alert has none".
            if let Some(index) = usize_of(*cell).checked_sub(1) {
                let name = Arc::clone(&self.strings[usize_of(*column)]);
                let value = Value::String(Arc::clone(&self.strings[index]));
                map.insert(Key::String(name), value);
            }
        }
        Value::Map(Map { map: Arc::new(map) })
    }
}

fn usize_of(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
