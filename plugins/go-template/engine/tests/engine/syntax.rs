//! What is not a template, and how the message says so. Every message is that of Go.

use crate::support::check_parse_errors;

#[test]
fn blocks() {
    check_parse_errors(BLOCKS);
}

#[test]
fn declarations() {
    check_parse_errors(DECLARATIONS);
}

#[test]
fn numbers_and_strings() {
    check_parse_errors(NUMBERS_AND_STRINGS);
}

#[test]
fn lines() {
    check_parse_errors(LINES);
}

const BLOCKS: &[(&str, &str)] = &[
    (
        "{{if true}}a{{break}}{{end}}",
        "template: :1: {{break}} outside {{range}}",
    ),
    (
        "{{range 3}}{{break}}{{end}}{{continue}}",
        "template: :1: {{continue}} outside {{range}}",
    ),
    (
        r#"{{and 1 0 2}}|{{or 0 "" 2 x}}"#,
        r#"template: :1: function "x" not defined"#,
    ),
    ("{{foo}}", r#"template: :1: function "foo" not defined"#),
    (
        "{{.Alerts | foo}}",
        r#"template: :1: function "foo" not defined"#,
    ),
    (
        "{{1 | 2}}",
        "template: :1: non executable command in pipeline stage 2",
    ),
    (
        r#"{{"x" | "y"}}"#,
        "template: :1: non executable command in pipeline stage 2",
    ),
    (
        "{{true.False}}",
        r#"template: :1: unexpected . after term "true""#,
    ),
    (
        "{{nil.X}}",
        r#"template: :1: unexpected . after term "nil""#,
    ),
    (
        r#"{{"a".X}}"#,
        r#"template: :1: unexpected . after term "\"a\"""#,
    ),
    ("{{if}}{{end}}", "template: :1: missing value for if"),
    ("{{if .}}", "template: :1: unexpected EOF"),
    ("{{end}}", "template: :1: unexpected {{end}}"),
    ("{{else}}", "template: :1: unexpected {{else}}"),
    (
        "{{if true}}{{else}}{{else}}{{end}}",
        "template: :1: expected end; found {{else}}",
    ),
    (
        "{{with 0}}{{.}}{{else if 2}}{{.}}{{else}}{{end}}",
        "template: :1: unexpected <if> in input",
    ),
    (
        "{{range 0}}{{else if 1}}{{end}}",
        "template: :1: unexpected <if> in input",
    ),
    (
        "{{range 0}}{{else with 1}}{{end}}",
        "template: :1: unexpected <with> in input",
    ),
    (r#"{{define "a"}}"#, "template: :1: unexpected EOF"),
    (
        "{{define a}}{{end}}",
        r#"template: :1: unexpected "a" in define clause"#,
    ),
    (
        r#"{{define "a"}}{{else}}{{end}}"#,
        "template: :1: unexpected {{else}} in define clause",
    ),
    (
        r#"{{if true}}{{define "a"}}{{end}}{{end}}"#,
        "template: :1: unexpected <define> in command",
    ),
    (
        "{{template}}",
        r#"template: :1: unexpected "}}" in template clause"#,
    ),
    (
        "{{template a}}",
        r#"template: :1: unexpected "a" in template clause"#,
    ),
    (
        r#"{{block "a"}}{{end}}"#,
        "template: :1: missing value for block clause",
    ),
    ("{{ | .}}", r#"template: :1: unexpected "|" in command"#),
    ("{{1 | | 2}}", r#"template: :1: unexpected "|" in command"#),
    ("{{$x := 1", "template: :1: unclosed action"),
    (
        "{{ /* a */ }}",
        r#"template: :1: unexpected "/" in command"#,
    ),
    ("{{.}}{{é}}", r#"template: :1: function "é" not defined"#),
    ("{{@}}", r#"template: :1: unexpected "@" in command"#),
    ("{{1,2}}", r#"template: :1: unexpected "," in operand"#),
    (
        "{{range $a,}}{{end}}",
        "template: :1: missing value for range",
    ),
    ("{{break}}", "template: :1: {{break}} outside {{range}}"),
    (
        "{{break 1}}",
        r#"template: :1: unexpected "1" in {{break}}"#,
    ),
    (
        "{{range 1}}{{break 1}}{{end}}",
        r#"template: :1: unexpected "1" in {{break}}"#,
    ),
    (
        "{{range 1}}{{else}}{{break}}{{end}}",
        "template: :1: {{break}} outside {{range}}",
    ),
    ("{{end 1}}", r#"template: :1: unexpected "1" in end"#),
    ("{{else 1}}", r#"template: :1: unexpected "1" in else"#),
    (
        "{{if 1}}{{else 1}}{{end}}",
        r#"template: :1: unexpected "1" in else"#,
    ),
    (
        "{{if 1}}{{end 1}}",
        r#"template: :1: unexpected "1" in end"#,
    ),
    (
        r#"{{range 2}}{{block "b" .}}{{break}}{{end}}{{end}}"#,
        "template: :1: {{break}} outside {{range}}",
    ),
    (
        r#"{{define "a"}}1{{end}}{{define "a"}}2{{end}}"#,
        r#"template: :1: template: multiple definition of template "a""#,
    ),
    (
        r#"{{define "a" .}}{{end}}"#,
        "template: :1: unexpected <.> in define clause",
    ),
    (
        r#"{{define "a" "b"}}{{end}}"#,
        r#"template: :1: unexpected "\"b\"" in define clause"#,
    ),
    ("{{ print", "template: :1: unclosed action"),
    ("{{print(1)}}", r#"template: :1: unexpected "(" in operand"#),
    (
        "{{print (1)(2)}}",
        r#"template: :1: unexpected "(" in operand"#,
    ),
    (
        r#"{{print "a""b"}}"#,
        r#"template: :1: unexpected "\"b\"" in operand"#,
    ),
    (
        r#"{{print 1"a"}}"#,
        r#"template: :1: unexpected "\"a\"" in operand"#,
    ),
    (
        r#"{{print "a".Foo}}"#,
        r#"template: :1: unexpected . after term "\"a\"""#,
    ),
    ("{{..}}", "template: :1: unexpected <.> in operand"),
    ("{{.Status.}}", "template: :1: unexpected <.> in operand"),
    ("{{$.}}", "template: :1: unexpected <.> in operand"),
    ("{{_}}", r#"template: :1: function "_" not defined"#),
    ("{{_1}}", r#"template: :1: function "_1" not defined"#),
    ("{{1.5.5}}", r#"template: :1: unexpected ".5" in operand"#),
    ("{{1..2}}", r#"template: :1: unexpected ".2" in operand"#),
    (
        r#"{{template "a" | printf "x"}}{{define "a"}}{{end}}"#,
        r#"template: :1: unexpected "|" in template clause"#,
    ),
    (
        "{{template .Status}}",
        r#"template: :1: unexpected ".Status" in template clause"#,
    ),
    (
        r#"{{define "a"}}{{define "b"}}{{end}}{{end}}"#,
        "template: :1: unexpected <define> in command",
    ),
    (
        r#"{{define ""}}x{{end}}{{template ""}}"#,
        r#"template: :1: template: multiple definition of template """#,
    ),
    ("{{ -}}", "template: :1: missing value for command"),
    ("{{- }}", "template: :1: missing value for command"),
    ("{{}}", "template: :1: missing value for command"),
    ("{{ }}", "template: :1: missing value for command"),
    ("{{{1}}}", r#"template: :1: unexpected "{" in command"#),
    ("{{{}}}", r#"template: :1: unexpected "{" in command"#),
    (
        r#"{{print "a"}}{{print "b""#,
        "template: :1: unclosed action",
    ),
    ("{{if true}}a", "template: :1: unexpected EOF"),
    (
        "{{range list 1}}a{{end}}{{end}}",
        "template: :1: unexpected {{end}}",
    ),
    (
        "{{if true}}a{{else}}b{{else}}c{{end}}",
        "template: :1: expected end; found {{else}}",
    ),
    (
        "{{if true}}a{{else if}}b{{end}}",
        "template: :1: missing value for if",
    ),
    (
        "{{if true}}{{else foo}}{{end}}",
        r#"template: :1: unexpected "foo" in else"#,
    ),
    ("{{with}}{{end}}", "template: :1: missing value for with"),
    ("{{range}}{{end}}", "template: :1: missing value for range"),
    (
        "{{range $x :=}}{{end}}",
        "template: :1: missing value for range",
    ),
    ("{{$x :=}}", "template: :1: missing value for command"),
    ("{{= 1}}", r#"template: :1: unexpected "=" in command"#),
    (
        "{{end}}{{break}}{{$x := 1}}}}{{- {{if $x}}{{/* c */}}",
        "template: :1: unexpected {{end}}",
    ),
    ("{{else if 1}} text }}", "template: :1: unexpected {{else}}"),
    (
        "}}{{- {{continue}}{{continue}}{{- ",
        r#"template: :1: unexpected "{" in command"#,
    ),
    (
        "{{- {{/* c */}}{{continue}}}}{{if $x}}",
        r#"template: :1: unexpected "{" in command"#,
    ),
    (
        "{{range .Alerts}}{{$x := 1}}{{$x := 1}}",
        "template: :1: unexpected EOF",
    ),
    (
        "{{/* c */}} -}} text {{range list 1 2}}",
        "template: :1: unexpected EOF",
    ),
    (
        "{{else if 1}} -}}{{/* c */}}{{$x = 2}}{{- ",
        "template: :1: unexpected {{else}}",
    ),
    (
        "{{range .Alerts}}{{$.Status}}{{else}}{{$x = 2}}{{.Status}}{{range .Alerts}}",
        "template: :1: unexpected EOF",
    ),
    (
        r#" text {{range list 1 2}}{{template "a" .}}"#,
        "template: :1: unexpected EOF",
    ),
    (
        r#"{{.Status}}{{with .GroupLabels}}{{end}}{{block "b" .}}"#,
        "template: :1: unexpected EOF",
    ),
    (
        r#"{{- {{if $x}}{{- {{range 3}}{{block "b" .}}{{$x = 2}}{{$x}}{{- }}"#,
        r#"template: :1: unexpected "{" in command"#,
    ),
    (
        r#"{{$x := 1}} text {{$x}}{{if $x}}{{define "a"}}{{range list 1 2}}"#,
        "template: :1: unexpected <define> in command",
    ),
    (
        "{{$x = 2}}{{continue}}{{else if 1}}{{$x}}{{break}}{{range .Alerts}}",
        "template: :1: {{continue}} outside {{range}}",
    ),
    (
        "{{- {{else}}{{end}}{{range .Alerts}}",
        r#"template: :1: unexpected "{" in command"#,
    ),
    (
        r#"{{{{block "b" .}}{{if $x}} text {{else}}"#,
        r#"template: :1: unexpected "{" in command"#,
    ),
    (
        "{{range list 1 2}}{{{{end}}{{continue}}{{/* c */}}{{else if 1}}",
        r#"template: :1: unexpected "{" in command"#,
    ),
    (
        "{{end}}{{$x = 2}}{{print $x 1}}{{template \"a\" .}}\n{{$x := 1}}{{$x}}",
        "template: :1: unexpected {{end}}",
    ),
    (
        r#"{{break}}{{break}}{{break}} -}}{{block "b" .}}{{$x := 1}}{{break}}}}"#,
        "template: :1: {{break}} outside {{range}}",
    ),
    (
        r#"{{- {{if .Status}}{{define "a"}}{{else}} -}}"#,
        r#"template: :1: unexpected "{" in command"#,
    ),
    ("{{else if 1}}\n{{", "template: :1: unexpected {{else}}"),
    (
        "{{end}}{{$x := 1}}{{range 3}}{{else if 1}}\n{{else if 1}}{{block \"b\" .}} -}}",
        "template: :1: unexpected {{end}}",
    ),
    (
        "{{$x := 1}}{{print $x 1}}{{- {{$x = 2}}{{print $x 1}}{{range 3}}",
        r#"template: :1: unexpected "{" in command"#,
    ),
    (
        r#"{{if .Status}}{{template "a" .}}{{block "b" .}}{{else if 1}}{{.}}"#,
        "template: :1: unexpected {{else}} in block clause",
    ),
    (
        "{{{{$.Status}}",
        r#"template: :1: unexpected "{" in command"#,
    ),
    (
        r#"{{block "b" .}}{{$x := 1}}"#,
        "template: :1: unexpected EOF",
    ),
    (
        "{{$.Status}}{{$x := 1}}{{- {{if $x}}{{$x}} -}}{{break}}",
        r#"template: :1: unexpected "{" in command"#,
    ),
    (
        r#"{{block "b" .}}{{else}}{{continue}}{{$.Status}}{{$x := 1}}"#,
        "template: :1: unexpected {{else}} in block clause",
    ),
    (
        r#"{{- {{$.Status}}{{.}}{{break}}{{define "a"}}{{break}}{{.}}"#,
        r#"template: :1: unexpected "{" in command"#,
    ),
    ("{{.}}{{else}}{{else}}", "template: :1: unexpected {{else}}"),
    (
        r#"{{{{end}} text {{define "a"}}"#,
        r#"template: :1: unexpected "{" in command"#,
    ),
    (
        "{{end}}{{/* c */}}{{/* c */}}{{end}}{{{{{{$.Status}}",
        "template: :1: unexpected {{end}}",
    ),
    (
        r#"{{template "a" .}}{{.}}{{end}}"#,
        "template: :1: unexpected {{end}}",
    ),
    (
        "{{.Status}}{{else}}\n{{{{.Status}}{{$.Status}}{{end}}{{else}}{{end}}",
        "template: :1: unexpected {{else}}",
    ),
    (
        r#"{{template "a" .}}{{define "a"}}{{/* c */}}"#,
        "template: :1: unexpected EOF",
    ),
    ("{{.Status}}{{- ", "template: :1: unclosed action"),
    (
        r#"{{continue}} -}}{{break}}{{define "a"}}"#,
        "template: :1: {{continue}} outside {{range}}",
    ),
    (
        "{{- {{$x}}{{range .Alerts}}{{continue}}{{- {{if .Status}}{{$x}}",
        r#"template: :1: unexpected "{" in command"#,
    ),
    (
        "{{$.Status}} -}}{{.Status}}{{end}}{{$x = 2}}{{$x := 1}}",
        "template: :1: unexpected {{end}}",
    ),
    (
        r#"{{end}}{{range 3}}{{end}}{{define "a"}}{{range .Alerts}}{{.}} -}}"#,
        "template: :1: unexpected {{end}}",
    ),
    (
        "{{with .GroupLabels}}{{/* c */}}",
        "template: :1: unexpected EOF",
    ),
    (
        " -}}{{$.Status}}{{range .Alerts}}",
        "template: :1: unexpected EOF",
    ),
    (
        "{{- {{range 3}}{{range 3}}",
        r#"template: :1: unexpected "{" in command"#,
    ),
    ("{{.Status}}{{else}}", "template: :1: unexpected {{else}}"),
    (
        "{{.Status}}{{end}}{{if $x}}{{continue}}{{print $x 1}}{{$x}}",
        "template: :1: unexpected {{end}}",
    ),
    (
        r#"{{break}}{{end}}{{/* c */}}{{template "a" .}} text {{block "b" .}}"#,
        "template: :1: {{break}} outside {{range}}",
    ),
    (
        "{{- {{range 3}}}}{{$.Status}}{{$x = 2}}{{else}}{{continue}}",
        r#"template: :1: unexpected "{" in command"#,
    ),
    (
        "{{range 3}}{{{{$x := 1}}",
        r#"template: :1: unexpected "{" in command"#,
    ),
    (
        "{{$.Status}}{{range 3}}{{- ",
        "template: :1: unclosed action",
    ),
    (
        r#"{{- {{range 3}}{{print $x 1}} -}}{{define "a"}}"#,
        r#"template: :1: unexpected "{" in command"#,
    ),
    (
        "{{range 3}}}}{{else}}{{if .Status}}",
        "template: :1: unexpected EOF",
    ),
    ("{{{{.}}", r#"template: :1: unexpected "{" in command"#),
    (
        r#"{{template "a" .}}{{block "b" .}}{{range .Alerts}}{{define "a"}} -}}"#,
        "template: :1: unexpected <define> in command",
    ),
    (
        "{{| toUpper}}",
        r#"template: :1: unexpected "|" in command"#,
    ),
    ("{{. =}}", r#"template: :1: unexpected "=" in operand"#),
    (
        r#"{{| printf "%q" lt $x := . print @}}"#,
        r#"template: :1: unexpected "|" in command"#,
    ),
    (
        r#"{{| printf "%q" | (index .Alerts 0).Status}}"#,
        r#"template: :1: unexpected "|" in command"#,
    ),
    (
        "{{-2 1 | `r` nil}}",
        "template: :1: non executable command in pipeline stage 2",
    ),
    (
        r#"{{| printf "%q" 'c'}}"#,
        r#"template: :1: unexpected "|" in command"#,
    ),
    (
        r#"{{.Alerts.Firing | len @ .GroupLabels.Names (1) "%s"}}"#,
        r#"template: :1: unexpected "@" in operand"#,
    ),
    (
        "{{call true @ toUpper call true}}",
        r#"template: :1: unexpected "@" in operand"#,
    ),
    (
        "{{@ ne | index (list 1 2) true $x :=}}",
        r#"template: :1: unexpected "@" in command"#,
    ),
    (
        "{{@ print html}}",
        r#"template: :1: unexpected "@" in command"#,
    ),
    ("{{not =}}", r#"template: :1: unexpected "=" in operand"#),
    (
        r#"{{| printf "%q" .Nope index join :=}}"#,
        r#"template: :1: unexpected "|" in command"#,
    ),
    (
        r#"{{list @ (dict "a" nil) ) print | printf "%q"}}"#,
        r#"template: :1: unexpected "@" in operand"#,
    ),
    (
        r#"{{"%s" html , print}}"#,
        r#"template: :1: unexpected "," in operand"#,
    ),
    (
        r#"{{| printf "%q" call urlquery}}"#,
        r#"template: :1: unexpected "|" in command"#,
    ),
];

const DECLARATIONS: &[(&str, &str)] = &[
    ("{{$x}}", r#"template: :1: undefined variable "$x""#),
    (
        "{{range $a, $b, $c := .}}{{end}}",
        "template: :1: too many declarations in range",
    ),
    (
        "{{range $a, 1}}{{end}}",
        "template: :1: range can only initialize variables",
    ),
    (
        "{{$a, $b := 1}}",
        "template: :1: too many declarations in command",
    ),
    (
        "{{if $a, $b := 1}}{{end}}",
        "template: :1: too many declarations in if",
    ),
    (
        "{{with $x := 1}}{{$x}}{{end}}{{$x}}",
        r#"template: :1: undefined variable "$x""#,
    ),
    (
        "{{if $x := 1}}{{end}}{{$x}}",
        r#"template: :1: undefined variable "$x""#,
    ),
    (
        "{{.Foo := 1}}",
        r#"template: :1: unexpected ":=" in operand"#,
    ),
    ("{{$x.Y := 1}}", r#"template: :1: undefined variable "$x""#),
    (
        r#"{{define "a"}}{{$x}}{{end}}{{$x := 1}}{{template "a" 1}}"#,
        r#"template: :1: undefined variable "$x""#,
    ),
    (
        "{{if $y := 0}}1{{else if $z := 2}}{{$y}}{{$z}}{{end}}{{$z}}",
        r#"template: :1: undefined variable "$z""#,
    ),
    (
        r#"{{block "b" 1}}{{$x := .}}{{$x}}{{end}}{{$x}}"#,
        r#"template: :1: undefined variable "$x""#,
    ),
    (
        "{{range $x}}{{end}}",
        r#"template: :1: undefined variable "$x""#,
    ),
    ("{{:= 1}}", r#"template: :1: unexpected ":=" in command"#),
    ("{{$x ,}}", "template: :1: too many declarations in command"),
    ("{{. := 1}}", r#"template: :1: unexpected ":=" in operand"#),
    (
        "{{print $x := 1}}",
        r#"template: :1: undefined variable "$x""#,
    ),
    (
        "{{1 | $x := 2}}",
        r#"template: :1: undefined variable "$x""#,
    ),
    (
        "}}{{$x}}{{- {{.Status}}{{/* c */}} text {{$.Status}}{{if $x}}",
        r#"template: :1: undefined variable "$x""#,
    ),
    (
        "{{$x}}{{else if 1}}{{{{define \"a\"}}{{else if 1}}{{else}}\n -}}",
        r#"template: :1: undefined variable "$x""#,
    ),
    (
        r#"{{define "a"}}{{print $x 1}}"#,
        r#"template: :1: undefined variable "$x""#,
    ),
    (
        "{{print $x 1}}{{if .Status}}\n",
        r#"template: :1: undefined variable "$x""#,
    ),
    (
        r#"{{print $x 1}}{{block "b" .}}{{define "a"}}"#,
        r#"template: :1: undefined variable "$x""#,
    ),
    (
        "{{$.Status}}{{range .Alerts}}{{if $x}}{{break}}{{.}}",
        r#"template: :1: undefined variable "$x""#,
    ),
    (
        r#"{{if $x}}{{end}}}}{{.}}{{else if 1}}{{define "a"}}{{$x}} text "#,
        r#"template: :1: undefined variable "$x""#,
    ),
    (
        "{{range .Alerts}}{{with .GroupLabels}}{{if .Status}}{{if $x}}{{$x = 2}}",
        r#"template: :1: undefined variable "$x""#,
    ),
    (
        "{{urlquery $x :=}}",
        r#"template: :1: undefined variable "$x""#,
    ),
    (
        "{{$x 1 (list 1 2)}}",
        r#"template: :1: undefined variable "$x""#,
    ),
    (
        "{{$y index and = (}}",
        r#"template: :1: undefined variable "$y""#,
    ),
    (
        "{{html $.Receiver | index (list 1 2) :=}}",
        r#"template: :1: unexpected ":=" in operand"#,
    ),
    (
        "{{(1) $ $ | $y}}",
        r#"template: :1: undefined variable "$y""#,
    ),
    ("{{$x true}}", r#"template: :1: undefined variable "$x""#),
    (
        r#"{{and $x "%s" := (.Status)}}"#,
        r#"template: :1: undefined variable "$x""#,
    ),
    (
        "{{:= .GroupLabels.Names and , toUpper}}",
        r#"template: :1: unexpected ":=" in command"#,
    ),
    (
        "{{(.Status) $y slice list}}",
        r#"template: :1: undefined variable "$y""#,
    ),
    (
        "{{or .Alerts.Firing | len $y $x call |}}",
        r#"template: :1: undefined variable "$y""#,
    ),
    (
        r#"{{3i $x "s" (}}"#,
        r#"template: :1: undefined variable "$x""#,
    ),
    ("{{:=}}", r#"template: :1: unexpected ":=" in command"#),
    ("{{js or $y ,}}", r#"template: :1: undefined variable "$y""#),
    (
        r#"{{js "%s" . $y}}"#,
        r#"template: :1: undefined variable "$y""#,
    ),
    (
        "{{:= (.Status) $}}",
        r#"template: :1: unexpected ":=" in command"#,
    ),
    (
        "{{$y $.Receiver eq true (print 1) list}}",
        r#"template: :1: undefined variable "$y""#,
    ),
];

const NUMBERS_AND_STRINGS: &[(&str, &str)] = &[
    ("{{1.X}}", r#"template: :1: bad number syntax: "1.X""#),
    (
        "{{()}}",
        "template: :1: missing value for parenthesized pipeline",
    ),
    (
        r#"{{printf "%d" ( ) }}"#,
        "template: :1: missing value for parenthesized pipeline",
    ),
    (r#"{{"abc}}"#, "template: :1: unterminated quoted string"),
    ("{{`abc}}", "template: :1: unterminated raw quoted string"),
    ("{{'a}}", "template: :1: unterminated character constant"),
    (
        "{{'ab'}}",
        "template: :1: malformed character constant: 'ab'",
    ),
    ("{{''}}", "template: :1: invalid syntax"),
    ("{{/* a", "template: :1: unclosed comment"),
    (
        "{{/* a */ x}}",
        "template: :1: comment ends before closing delimiter",
    ),
    ("{{--1}}", r#"template: :1: bad number syntax: "--1""#),
    ("{{1__0}}", r#"template: :1: illegal number syntax: "1__0""#),
    ("{{089}}", r#"template: :1: integer overflow: "089""#),
    (
        "{{99999999999999999999}}",
        r#"template: :1: integer overflow: "99999999999999999999""#,
    ),
    (
        "{{1e400}}",
        r#"template: :1: illegal number syntax: "1e400""#,
    ),
    ("{{)}}", "template: :1: unexpected right paren"),
    ("{{(1}}", "template: :1: unclosed left paren"),
    ("{{.Status)}}", "template: :1: unexpected right paren"),
    ("{{$x+2}}", "template: :1: bad character U+002B '+'"),
    ("{{.x+2}}", "template: :1: bad character U+002B '+'"),
    ("{{foo+}}", "template: :1: bad character U+002B '+'"),
    (r#"{{ "\q" }}"#, "template: :1: invalid syntax"),
    ("{{$x=3}}", "template: :1: bad character U+003D '='"),
    ("{{$$}}", "template: :1: bad character U+0024 '$'"),
    ("{{1+2}}", r#"template: :1: bad number syntax: "1+2""#),
    ("{{1+2j}}", r#"template: :1: bad number syntax: "1+2j""#),
    ("{{1i2}}", r#"template: :1: bad number syntax: "1i2""#),
    (r#"{{'\"'}}"#, "template: :1: invalid syntax"),
    (r#"{{"\'"}}"#, "template: :1: invalid syntax"),
    (r#"{{'\xZZ'}}"#, "template: :1: invalid syntax"),
    (r#"{{'\400'}}"#, "template: :1: invalid syntax"),
    (r#"{{"\400"}}"#, "template: :1: invalid syntax"),
    (r#"{{"\ud800"}}"#, "template: :1: invalid syntax"),
    (r#"{{"a\"#, "template: :1: unterminated quoted string"),
    ("{{\"a\nb\"}}", "template: :1: unterminated quoted string"),
    ("{{0x}}", r#"template: :1: illegal number syntax: "0x""#),
    ("{{0b2}}", r#"template: :1: bad number syntax: "0b2""#),
    ("{{0o8}}", r#"template: :1: bad number syntax: "0o8""#),
    (
        "{{0x1.8}}",
        r#"template: :1: illegal number syntax: "0x1.8""#,
    ),
    ("{{0x1p}}", r#"template: :1: illegal number syntax: "0x1p""#),
    ("{{1e}}", r#"template: :1: illegal number syntax: "1e""#),
    ("{{1_}}", r#"template: :1: illegal number syntax: "1_""#),
    ("{{1ee5}}", r#"template: :1: bad number syntax: "1ee""#),
    (
        "{{-9223372036854775809}}",
        r#"template: :1: integer overflow: "-9223372036854775809""#,
    ),
    (
        "{{18446744073709551616}}",
        r#"template: :1: integer overflow: "18446744073709551616""#,
    ),
    ("{{-}}", r#"template: :1: illegal number syntax: "-""#),
    (
        "{{/* a */ }}",
        "template: :1: comment ends before closing delimiter",
    ),
    ("{{/*}}", "template: :1: unclosed comment"),
    ("{{\"\n{{.Foo}}", "template: :1: unterminated quoted string"),
    ("{{/*\n\n", "template: :1: unclosed comment"),
    ("{{`\n\n", "template: :1: unterminated raw quoted string"),
    ("{{) call}}", "template: :1: unexpected right paren"),
    (
        r#"{{) | printf "%q" join true}}"#,
        "template: :1: unexpected right paren",
    ),
    (
        "{{) $ 3i $x := 'c'}}",
        "template: :1: unexpected right paren",
    ),
    ("{{(}}", "template: :1: unclosed left paren"),
    ("{{) print}}", "template: :1: unexpected right paren"),
    ("{{( and .}}", "template: :1: unclosed left paren"),
    (
        "{{.Nope ) toUpper 1.5 call call}}",
        "template: :1: unexpected right paren",
    ),
    (
        "{{(.Status) not js (}}",
        "template: :1: unclosed left paren",
    ),
    (
        "{{printf \"%5.0[2]t|%#5.*b% .*T\" \"é\n\"}}",
        "template: :1: unterminated quoted string",
    ),
    (
        "{{printf \"% [1].T% .[9]x|%.0[2]X\" 123456789.0 (dict \"k\" 1.5) \"é\n\" \"hi\"}}",
        "template: :1: unterminated quoted string",
    ),
    (
        "{{printf \"%.0[9]q|\" 1e21 \"é\n\" (dict \"k\" 1.5) \"\"}}",
        "template: :1: unterminated quoted string",
    ),
    (
        "{{printf \"%0.7z%.7[9]U|%*.*[9]x|\" \"é\n\" 65}}",
        "template: :1: unterminated quoted string",
    ),
    (
        "{{printf \"%#.0[2]%|%--12.0s|%0+[1].[1]*[2]c\" \"é\n\"}}",
        "template: :1: unterminated quoted string",
    ),
];

const LINES: &[(&str, &str)] = &[
    (
        "{{\n\n\"a\n}}",
        "template: :3: unterminated quoted string in action started at :1",
    ),
    ("{{if\n\n.}}", "template: :3: unexpected EOF"),
    (
        "{{ $x := 1\n\n}}{{$y}}",
        r#"template: :3: undefined variable "$y""#,
    ),
    ("\n\n{{if}}\n{{end}}", "template: :3: missing value for if"),
    (
        "{{\n)}}",
        "template: :2: unexpected right paren in action started at :1",
    ),
    (
        "{{(\n1}}",
        "template: :2: unclosed left paren in action started at :1",
    ),
    ("\n{{end}}", "template: :2: unexpected {{end}}"),
    (
        "{{if 1}}\n\n{{end\n 1}}",
        r#"template: :4: unexpected "1" in end"#,
    ),
    (
        "{{define \"a\"}}\n{{end}}\n{{define \"a\"}}x{{end}}{{define \"a\"}}\ny{{end}}",
        r#"template: :4: template: multiple definition of template "a""#,
    ),
    ("{{\n\n@\n}}", r#"template: :3: unexpected "@" in command"#),
    (
        "{{printf\n\"%d\"\n(1\n}}",
        "template: :4: unclosed left paren in action started at :1",
    ),
    ("\n{{if .Status}}", "template: :2: unexpected EOF"),
    (
        "\n}} -}}{{ text {{end}}{{/* c */}}",
        r#"template: :2: function "text" not defined"#,
    ),
    (
        "{{block \"b\" .}}{{range 3}}{{if .Status}}{{$x = 2}}\n{{else if 1}}",
        "template: :2: unexpected EOF",
    ),
    (
        "{{with .GroupLabels}}{{if .Status}}{{block \"b\" .}}\n\n",
        "template: :3: unexpected EOF",
    ),
    (
        "\n{{if $x}}\n{{block \"b\" .}}",
        r#"template: :2: undefined variable "$x""#,
    ),
    (
        "{{range 3}}\n{{end}}}}{{template \"a\" .}}{{$x = 2}}{{range .Alerts}} -}}",
        "template: :2: unexpected EOF",
    ),
];
