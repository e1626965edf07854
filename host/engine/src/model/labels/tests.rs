//! Tables of label sets. The fingerprints were compared with Alertmanager 0.33.1.

use std::cmp::Ordering;

use super::{LabelError, Labels};

fn labels(pairs: &[(&str, &str)]) -> Labels {
    Labels::from_pairs(pairs.iter().copied()).unwrap()
}

#[test]
fn fingerprints_are_those_of_alertmanager() {
    let check = |pairs: &[(&str, &str)], expected: &str| {
        assert_eq!(labels(pairs).fingerprint().to_string(), expected);
    };
    check(&[], "cbf29ce484222325");
    check(&[("alertname", "x")], "d240efc3896bf266");
    check(&[("job", "node"), ("a", "b")], "1c95c54d7231ee87");
    check(&[("größe", "1")], "c35a9ee5b089272f");
    check(
        &[("e", "\u{301}\u{200b}\u{fffd}\u{e000}")],
        "bf84c9b78940aa11",
    );
    check(
        &[
            ("a", "1"),
            ("alertname", "x"),
            ("b", "xyz"),
            ("a b", "c\td"),
        ],
        "ff43e7bdfc9f31ce",
    );
    check(
        &[
            ("alertname", "CPU \"high\" 90%\n"),
            ("größe", "ä\u{a0}🙂\t"),
            ("foo bar", "1"),
            ("instance", "a:9100"),
        ],
        "214a381ceebfc5ff",
    );
}

#[test]
fn values_are_found_by_name() {
    let set = labels(&[("b", "2"), ("a", "1"), ("c", ""), ("ab", "3")]);
    assert_eq!(
        set.iter().collect::<Vec<_>>(),
        [("a", "1"), ("ab", "3"), ("b", "2"), ("c", "")]
    );
    let check = |name: &str, expected: Option<&str>| assert_eq!(set.get(name), expected);
    check("a", Some("1"));
    check("ab", Some("3"));
    check("b", Some("2"));
    check("c", Some(""));
    check("", None);
    check("aa", None);
    check("d", None);
    assert_eq!(
        Labels::from_pairs([("a", "1"), ("a", "2")]).err(),
        Some(LabelError::Duplicate("a".into()))
    );
}

#[test]
fn common_labels_are_those_of_all() {
    let check = |sets: &[&[(&str, &str)]], expected: &[(&str, &str)]| {
        let sets: Vec<_> = sets.iter().map(|pairs| labels(pairs)).collect();
        assert_eq!(Labels::common(sets.iter()), labels(expected));
    };
    check(&[], &[]);
    check(&[&[("a", "1"), ("b", "2")]], &[("a", "1"), ("b", "2")]);
    check(
        &[
            &[("a", "1"), ("b", "2")],
            &[("a", "1"), ("b", "3"), ("c", "4")],
        ],
        &[("a", "1")],
    );
    check(&[&[("a", "1")], &[("b", "1")]], &[]);
    // What is empty in one and absent in another is the same.
    check(
        &[&[("a", ""), ("b", "1")], &[("b", "1")]],
        &[("a", ""), ("b", "1")],
    );
}

#[test]
fn lists_have_an_order() {
    let sorted: [&[(&str, &str)]; 6] = [
        &[],
        &[("b", "0")],
        &[("a", "1")],
        &[("a", "2")],
        &[("a", "1"), ("c", "1")],
        &[("a", "1"), ("b", "9")],
    ];
    for (index, one) in sorted.iter().enumerate() {
        for (other_index, other) in sorted.iter().enumerate() {
            let found: Ordering = labels(one).list_order(&labels(other));
            assert_eq!(found, index.cmp(&other_index), "{one:?} {other:?}");
        }
    }
}
