//! Expressions over batches as the host sends them.

use larum_plugin_sdk::matcher::{Batch, Names, Verdict};
use larum_plugin_sdk::types::AlertStatus;

use crate::{compile, verdicts};

fn settings(expression: &str) -> String {
    serde_json::json!({ "expression": expression }).to_string()
}

/// One alert: labels `severity=critical`, `instance=db-1`; annotation `runbook=http://r`; firing.
/// And one: label `severity=warning`; resolved.
fn batch() -> Batch {
    let strings = [
        "severity", "instance", "runbook", "critical", "db-1", "http://r", "warning",
    ];
    Batch {
        strings: strings.map(str::to_owned).to_vec(),
        label_columns: vec![0, 1],
        annotation_columns: vec![2],
        cells: vec![4, 5, 6, 7, 0, 0],
        statuses: vec![AlertStatus::Firing, AlertStatus::Resolved],
        rows: 2,
    }
}

#[test]
fn verdicts_of_two_alerts() {
    let check = |expression: &str, want: [bool; 2]| {
        let compiled = compile(&settings(expression)).unwrap_or_else(|error| {
            panic!("{expression}: {}", error.message);
        });
        let got = verdicts(&compiled, &batch()).unwrap();
        let got: Vec<bool> = got
            .iter()
            .map(|verdict| *verdict == Verdict::Matched)
            .collect();
        assert_eq!(got, want, "{expression}");
    };
    check("true", [true, true]);
    check(r#"labels.severity == "critical""#, [true, false]);
    check(r#"labels["severity"] == "critical""#, [true, false]);
    check(r#"labels.severity in ["critical", "page"]"#, [true, false]);
    check("has(labels.instance)", [true, false]);
    check("!has(labels.instance)", [false, true]);
    check(r#""instance" in labels"#, [true, false]);
    check(r#"status == "firing""#, [true, false]);
    check(
        r#"status == "resolved" || has(annotations.runbook)"#,
        [true, true],
    );
    check(r#"annotations.runbook.startsWith("http")"#, [true, false]);
    check(r#"labels.severity.matches("^crit.*l$")"#, [true, false]);
    check("size(labels) == 2", [true, false]);
    check(r#"labels.exists(name, name == "instance")"#, [true, false]);
    check(
        r#"["a", "db-1"].exists(x, x == labels.instance)"#,
        [true, false],
    );
    check(
        r#"has(labels.instance) ? labels.instance == "db-1" : true"#,
        [true, true],
    );
    // Reading what an alert lacks is an error, and an error is no match, negated or not.
    check(r#"labels.instance != "db-2""#, [true, false]);
    check(
        r#"labels.instance == "x" || labels.severity == "warning""#,
        [false, true],
    );
    check(r#"!(labels.instance == "x")"#, [true, false]);
    // So is a result that is not a boolean, where that is seen only then.
    check("[labels.severity][0]", [false, false]);
    check("int(labels.severity) > 5", [false, false]);
}

#[test]
fn only_what_is_named_is_read() {
    let check =
        |expression: &str, labels: Option<&[&str]>, annotations: Option<&[&str]>, status| {
            let projection = compile(&settings(expression)).unwrap().reads().projection();
            let names = |names: Names| match names {
                Names::All => None,
                Names::Only(names) => Some(names),
            };
            let wanted = |names: Option<&[&str]>| {
                names.map(|names| names.iter().map(ToString::to_string).collect::<Vec<_>>())
            };
            assert_eq!(names(projection.labels), wanted(labels), "{expression}");
            assert_eq!(
                names(projection.annotations),
                wanted(annotations),
                "{expression}"
            );
            assert_eq!(projection.status, status, "{expression}");
        };
    check("true", Some(&[]), Some(&[]), false);
    check(
        r#"labels.b == "x" && has(labels.a)"#,
        Some(&["a", "b"]),
        Some(&[]),
        false,
    );
    check(
        r#"labels["x.y"] == labels.a"#,
        Some(&["a", "x.y"]),
        Some(&[]),
        false,
    );
    check(
        r#""a" in labels || "b" in annotations"#,
        Some(&["a"]),
        Some(&["b"]),
        false,
    );
    check(r#"status == "firing""#, Some(&[]), Some(&[]), true);
    check(
        "labels[annotations.key] == status",
        None,
        Some(&["key"]),
        true,
    );
    check("size(labels) > 3", None, Some(&[]), false);
    check(r#"annotations.exists(k, k == "a")"#, Some(&[]), None, false);
    check(r#"["a"].exists(k, k in labels)"#, None, Some(&[]), false);
    check(
        r#"["a"].exists(k, k == labels.b)"#,
        Some(&["b"]),
        Some(&[]),
        false,
    );
    check(
        r#"{"k": labels.a}.k == "x""#,
        Some(&["a"]),
        Some(&[]),
        false,
    );
}

#[test]
fn wrong_expressions_are_refused() {
    let check = |expression: &str, message: &str| {
        let error = compile(&settings(expression)).err().expect(expression);
        assert_eq!(error.path, "/expression", "{expression}");
        assert!(
            error.message.contains(message),
            "{expression}: {}",
            error.message
        );
    };
    check("labels.a ==", "line 1, column ");
    check("labels.a == \"x\" &&\n  )", "line 2, column ");
    check("", "line ");
    check("severity == \"critical\"", "unknown name \"severity\"");
    check("labels.exists(k, k == other)", "unknown name \"other\"");
    check("labels.severity", "gives a string");
    check("status", "gives a string");
    check("labels", "gives a map");
    check("labels[\"a\"]", "gives a string");
    check("\"critical\"", "gives a string");
    check("1 + 2", "gives a sum");
    check("size(labels)", "gives a number");
    check("[true]", "gives a list");
    check("true ? 1 : 2", "gives a number");
}

#[test]
fn settings_must_hold_an_expression() {
    for json in ["{}", r#"{"expression":5}"#, "nonsense"] {
        let error = compile(json).err().expect(json);
        assert_eq!(error.path, "", "{json}");
    }
}

#[test]
fn explanations() {
    let check = |expression: &str, row: usize, want: &str| {
        let batch = batch();
        let rows = crate::rows::Rows::of(&batch).unwrap();
        assert_eq!(
            compile(&settings(expression))
                .unwrap()
                .explain_row(&rows, row),
            want
        );
    };
    check("has(labels.instance)", 0, "has(labels.instance) is true");
    check("has(labels.instance)", 1, "has(labels.instance) is false");
    check(
        "labels.instance == 'db-1'",
        1,
        "labels.instance == 'db-1' is no match: the alert has no instance, which the expression reads without has()",
    );
}

#[test]
fn batches_that_contradict_themselves_are_refused() {
    let expression = compile(&settings("has(labels.instance)")).unwrap();
    let check = |change: fn(&mut Batch), message: &str| {
        let mut batch = batch();
        change(&mut batch);
        let error = verdicts(&expression, &batch).unwrap_err();
        assert!(error.contains(message), "{error}");
    };
    check(
        |batch| batch.rows = 3,
        "6 cells are not 3 rows of 3 columns",
    );
    check(|batch| batch.cells[0] = 99, "cell");
    check(|batch| batch.label_columns[0] = 99, "column");
    let empty = Batch {
        rows: 0,
        cells: Vec::new(),
        statuses: Vec::new(),
        ..batch()
    };
    assert_eq!(verdicts(&expression, &empty).unwrap(), Vec::new());
}
