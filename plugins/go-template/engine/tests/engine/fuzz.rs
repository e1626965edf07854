//! Whatever stands in a template, the engine answers with text or an error.

use larum_go_template::{Limits, Options};
use proptest::prelude::{ProptestConfig, Strategy, prop, proptest};

use crate::support::{data, set};

/// Pieces that, strung together, often make a template that parses.
const PIECES: &[&str] = &[
    "{{",
    "}}",
    "{{- ",
    " -}}",
    "{{end}}",
    "{{else}}",
    "{{if .}}",
    "{{range .Alerts}}",
    "{{range 3}}",
    "{{with .GroupLabels}}",
    "{{else if 1}}",
    "{{break}}",
    "{{continue}}",
    "{{define \"a\"}}",
    "{{block \"b\" .}}",
    "{{template \"a\" .}}",
    "{{template \"b\"}}",
    "{{/* c */}}",
    ".",
    "$",
    "$x",
    ":=",
    "=",
    "$x := ",
    "$x = ",
    "|",
    "(",
    ")",
    ",",
    " ",
    "\n",
    "text",
    "é",
    "\"s\"",
    "`r`",
    "'c'",
    "1",
    "-2",
    "1.5",
    "0x1p4",
    "1e400",
    "3i",
    "1_0",
    "nil",
    "true",
    ".Alerts",
    ".GroupLabels.Names",
    ".Status",
    ".Nope",
    "printf",
    "\"%v %d %s %5.2f %[2]*d\"",
    "print",
    "len",
    "index",
    "slice",
    "eq",
    "lt",
    "and",
    "or",
    "not",
    "html",
    "js",
    "urlquery",
    "call",
    "list",
    "dict",
    "join",
    "toJson",
    "adder 1",
    "\"%1000000d\"",
    "if",
    "range",
    "with",
    "end",
    "else",
    "\u{0}",
    "\\",
    "\"",
    "'",
];

fn answers(template: &str) {
    let set = set();
    if let Ok(text) = set.compile_text("fuzz", template) {
        let limits = Limits {
            steps_max: 2_000,
            output_bytes_max: 1_100_000,
            call_depth_max: 50,
        };
        let options = Options { limits, host: None };
        let _ = text.render(&set, &data(), &options);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(template in ".{0,80}") {
        answers(&template);
    }

    #[test]
    fn any_action(action in "[ -~é\n]{0,40}") {
        answers(&format!("{{{{{action}}}}}"));
    }

    #[test]
    fn any_pieces(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..40)) {
        answers(&pieces.concat());
    }

    #[test]
    fn any_words(words in prop::collection::vec(prop::sample::select(PIECES), 1..8)
        .prop_map(|words| words.join(" ")))
    {
        answers(&format!("{{{{{words}}}}}"));
    }

    #[test]
    fn any_format(format in "(%[-+# 0]{0,3}(\\[[0-9]{0,2}\\])?[0-9*]{0,2}(\\.[0-9*]{0,2})?[a-zA-Z%!é]?|[a-z]){0,5}") {
        let arguments = "1 -2.5 \"s\" true nil 'x' (list 1 \"a\" nil) .GroupLabels 1e300";
        answers(&format!("{{{{printf {format:?} {arguments}}}}}"));
    }
}
