//! What templates render: data, variables, control, and calls. Every result is that of Go.

use crate::support::check;

#[test]
fn operands() {
    check(OPERANDS);
}

#[test]
fn range() {
    check(RANGE);
}

#[test]
fn fields_and_methods() {
    check(FIELDS_AND_METHODS);
}

#[test]
fn comparisons() {
    check(COMPARISONS);
}

#[test]
fn logic() {
    check(LOGIC);
}

#[test]
fn index_slice_len() {
    check(INDEX_SLICE_LEN);
}

#[test]
fn conditions() {
    check(CONDITIONS);
}

#[test]
fn templates() {
    check(TEMPLATES);
}

#[test]
fn text_and_trim() {
    check(TEXT_AND_TRIM);
}

#[test]
fn variables() {
    check(VARIABLES);
}

const OPERANDS: &[(&str, &str)] = &[
    ("{{1i}}", "(0+1i)"),
    (r#"{{join "," nil}}"#, ""),
    ("{{(1 | )}}", "1"),
    ("{{-1}}", "-1"),
    ("{{+1}}", "1"),
    (
        r#"{{1_000}} {{0x1F}} {{0b11}} {{0o17}} {{017}} {{1e3}} {{0x1p4}} {{.5}} {{1.}} {{'a'}} {{'\n'}} {{'\u00e9'}}"#,
        "1000 31 3 15 15 1000 16 0.5 1 97 10 233",
    ),
    (r#"{{ "\xff" }}"#, "\u{fffd}"),
    (
        r#"{{"a\tb\"\\ \u00e9 \x41 \101 \U0001F600"}}"#,
        "a\tb\"\\ é A A 😀",
    ),
    (r#"{{`raw \n "x"`}}"#, r#"raw \n "x""#),
    ("{{.1}}", "0.1"),
    (
        r#"{{'\x41'}} {{'\101'}} {{'\U0001F600'}} {{'\\'}} {{'\''}} {{'"'}}"#,
        "65 65 128512 92 39 34",
    ),
    (
        "{{0_7}} {{0x_1F}} {{1_0.2_5}} {{0x1.8p1}} {{0X1P-2}} {{1E3}} {{1e+3}} {{1e-3}} {{-0x10}} {{+0x10}} {{-0b11}}",
        "7 31 10.25 3 0.25 1000 1000 0.001 -16 16 -3",
    ),
    (
        "{{9223372036854775807}} {{-9223372036854775808}}",
        "9223372036854775807 -9223372036854775808",
    ),
    ("{{-1 -}} x", "-1x"),
    ("{ {1} }", "{ {1} }"),
    ("{{1}}}}", "1}}"),
    (r#"{{"}}"}}"#, "}}"),
    (r#"{{"{{"}}"#, "{{"),
    ("{{`}}`}}", "}}"),
    ("{{'}'}}", "125"),
    (r#"{{"%s"}}"#, "%s"),
    ("{{list}}", "[]"),
];

const RANGE: &[(&str, &str)] = &[
    ("{{range 3}}{{.}},{{end}}", "0,1,2,"),
    ("{{range -3}}x{{else}}e{{end}}", "e"),
    ("{{range 'a'}}{{break}}{{end}}ok", "ok"),
    ("{{range $i := 2}}{{$i}}{{end}}", "01"),
    ("{{range $x := list 5 6}}{{$x}},{{.}};{{end}}", "5,5;6,6;"),
    (
        "{{range $i, $x := list 5 6}}{{$i}}{{$x}},{{.}};{{end}}",
        "05,5;16,6;",
    ),
    (
        r#"{{range $k, $v := dict "b" 1 "a" 2}}{{$k}}={{$v}};{{end}}"#,
        "a=2;b=1;",
    ),
    (r#"{{range dict "b" 1 "a" 2}}{{.}};{{end}}"#, "2;1;"),
    (r#"{{range $v := dict "b" 1 "a" 2}}{{$v}};{{end}}"#, "2;1;"),
    (
        "{{range $k, $v := .GroupLabels}}{{$k}}={{$v}};{{end}}",
        "grouplabelkey1=grouplabelvalue1;grouplabelkey2=grouplabelvalue2;",
    ),
    (
        "{{range .GroupLabels.Names}}{{.}};{{end}}",
        "grouplabelkey1;grouplabelkey2;",
    ),
    ("{{range list}}x{{else}}empty{{end}}", "empty"),
    ("{{range dict}}x{{else}}empty{{end}}", "empty"),
    ("{{range 0}}x{{else}}empty{{end}}", "empty"),
    ("{{range (dict).x}}x{{else}}nil{{end}}", "nil"),
    (
        "{{range list 1 2 3}}{{if eq . 2}}{{continue}}{{end}}{{.}}{{end}}",
        "13",
    ),
    (
        "{{range list 1 2 3}}{{if eq . 2}}{{break}}{{end}}{{.}}{{else}}e{{end}}",
        "1",
    ),
    (
        "{{range list 1 2}}{{range list 3 4}}{{if eq . 4}}{{break}}{{end}}{{.}}{{end}}|{{.}}{{end}}",
        "3|13|2",
    ),
    (
        "{{range list 1 2}}{{with 5}}{{continue}}{{end}}x{{end}}|",
        "|",
    ),
    (
        "{{$x := 0}}{{range list 1 2 3}}{{$x = .}}{{end}}{{$x}}",
        "3",
    ),
    (
        "{{$x := 0}}{{$i := 9}}{{range $i, $x = list 5 6}}{{$i}}{{$x}};{{end}}{{$i}}{{$x}}",
        "05;16;16",
    ),
    (
        "{{$x := 0}}{{range $x = list 5 6}}{{$x}};{{end}}{{$x}}",
        "5;6;6",
    ),
    ("{{$x := 0}}{{range $x = list}}{{end}}{{$x}}", "[]"),
    ("{{$x := 1}}{{range $x := list 5}}{{$x}}{{end}}{{$x}}", "51"),
    (
        "{{range $x := .Alerts}}{{$x.Status}} {{end}}",
        "firing resolved ",
    ),
    (
        "{{range .Alerts}}{{.Status}}{{$.Receiver}} {{end}}",
        "firingreceiver resolvedreceiver ",
    ),
    (
        "{{range .Alerts.Firing}}{{.Labels.instance}}{{end}}",
        "foo.bar:1234",
    ),
    ("{{range list nil}}{{.}}{{end}}", "<no value>"),
    ("{{range list nil}}{{print .}}{{end}}", "<nil>"),
    (
        "{{range list 1 2 3}}{{if eq . 2}}{{continue}}{{end}}{{.}}{{end}}{{with 5}}{{.}}{{end}}",
        "135",
    ),
];

const FIELDS_AND_METHODS: &[(&str, &str)] = &[
    (r#"{{(dict "a" 1).b}}"#, "<no value>"),
    (
        "{{.GroupLabels.Names | .CommonLabels.Remove}}",
        "commonlabelkey1=commonlabelvalue1, commonlabelkey2=commonlabelvalue2",
    ),
    (
        r#"{{.GroupLabels.SortedPairs.Values | join " "}}"#,
        "grouplabelvalue1 grouplabelvalue2",
    ),
    ("{{.Status | toUpper}}", "ALERTSTATUS"),
    ("{{dict.X}}", "<no value>"),
    (r#"{{(dict "x" (dict "y" 1)).x.y}}"#, "1"),
    (
        "{{.GroupLabels.Remove nil}}",
        "grouplabelkey1=grouplabelvalue1, grouplabelkey2=grouplabelvalue2",
    ),
    (
        r#"{{.GroupLabels.SortedPairs.Values}} {{.GroupLabels.Names | join "," | toUpper}}"#,
        "[grouplabelvalue1 grouplabelvalue2] GROUPLABELKEY1,GROUPLABELKEY2",
    ),
    (
        "{{(.Status)}} {{((.Status) | toUpper)}}",
        "alertstatus ALERTSTATUS",
    ),
    (r#"{{(dict "a" nil)}}"#, "map[a:<nil>]"),
    ("{{.GroupLabels.Names}}", "[grouplabelkey1 grouplabelkey2]"),
    ("{{.GroupLabels.a}}", ""),
    ("{{toUpper .GroupLabels.a}}", ""),
];

const COMPARISONS: &[(&str, &str)] = &[
    ("{{eq nil nil}}", "true"),
    (r#"{{eq (dict "a" 1).b nil}}"#, "true"),
    ("{{eq .CommonLabels nil}}", "false"),
    (
        r#"{{eq "a" "b" "c" "a"}} {{eq 1 2 3}} {{ne 1 2}} {{lt 1.5 2.5}} {{le "a" "a"}} {{gt 2 1}} {{ge 1 2}}"#,
        "true false true true true true false",
    ),
    (
        "{{1 | eq 1}} {{eq true true}} {{eq 1.0 1.0}} {{eq 'a' 97}}",
        "true true true true",
    ),
    (
        r#"{{eq 1 nil}} {{eq nil 1}} {{ne nil nil}} {{eq "" nil}}"#,
        "false false false false",
    ),
    ("{{eq .Alerts nil}}", "false"),
    (r#"{{eq 1 1 "a"}}"#, "true"),
    (
        r#"{{lt "a" "b"}} {{lt "b" "a"}} {{le 1 1}} {{ge "b" "a"}} {{gt 1.5 0.5}} {{lt 'a' 98}}"#,
        "true false true true true true",
    ),
];

const LOGIC: &[(&str, &str)] = &[
    ("{{and 0 .Foo}}", "0"),
    ("{{1 | and 0}}", "0"),
    (
        r#"{{not nil}} {{not 0}} {{not ""}} {{not (list)}} {{not (dict)}} {{not .}}"#,
        "true true true true true false",
    ),
    ("{{1 | not}}", "false"),
    ("{{and true}}", "true"),
    (r#"{{or (and 1 2) 3}} {{and (or 0 5) ""}}"#, "2 "),
    (
        r#"{{and 1 2 3}} {{and 1 0 (index 1 2)}} {{or 0 1 (index 1 2)}} {{or 0 ""}} {{and "" 0}}"#,
        "3 0 1  ",
    ),
    (
        r#"{{0 | and 1}} {{1 | and 0}} {{5 | or 0}} {{and (dict).x 1}} {{or (dict).x "d"}}"#,
        "0 0 5 <no value> d",
    ),
    ("{{or nil 1}} {{and nil 1}}", "1 <no value>"),
];

const INDEX_SLICE_LEN: &[(&str, &str)] = &[
    ("{{slice (list 1 2 3) 1 2 3}}", "[2]"),
    ("{{index (list (list 1)) 0 0}}", "1"),
    ("{{.Alerts.Firing | len}}", "1"),
    (
        r#"{{len .Alerts}} {{len "héllo"}} {{len (dict "a" 1)}}"#,
        "2 6 1",
    ),
    (
        "{{index .CommonLabels}}",
        "commonlabelkey1=commonlabelvalue1, commonlabelkey2=commonlabelvalue2",
    ),
    (
        r#"{{index .CommonLabels "commonlabelkey1"}} [{{index .CommonLabels "x"}}]"#,
        "commonlabelvalue1 []",
    ),
    (r#"{{index (dict "a" 1) "x"}}"#, "<no value>"),
    (
        r#"{{index (index (list (dict "a" (list 1 2)))  0) "a" 1}}"#,
        "2",
    ),
    (
        r#"{{slice "abcdef" 1 3}} {{slice "abc"}} {{slice (list 1 2 3) 1}} {{slice (list 1 2 3) 0 2}}"#,
        "bc abc [2 3] [1 2]",
    ),
    ("{{(slice (list 1 2 3) 0 1) | len}}", "1"),
    ("{{(index .Alerts 0).Labels.instance}}", "foo.bar:1234"),
    (
        r#"{{index (dict "a" (dict "b" 2)) "a" "b"}} {{index (list (list 1 2) (list 3)) 0 1}}"#,
        "2 2",
    ),
    (r#"{{index (dict "a" 1) .Status}}"#, "<no value>"),
    (
        r#"{{index .GroupLabels "grouplabelkey1"}} {{index .GroupLabels.Names 0}}"#,
        "grouplabelvalue1 grouplabelkey1",
    ),
    (
        r#"{{slice (list 1 2 3) 1 2}} {{slice (list 1 2 3) 3}} {{slice (list) 0 0}} {{slice "abc" 3}}"#,
        "[2] [] [] ",
    ),
    (
        "{{slice .Alerts 0 1 | len}} {{slice .GroupLabels.Names 1}}",
        "1 [grouplabelkey2]",
    ),
    (
        "{{len .Alerts.Firing}} {{len .GroupLabels}} {{len .GroupLabels.Names}}",
        "1 2 2",
    ),
    (
        "{{.GroupLabels.Remove .GroupLabels.Names}}|{{.GroupLabels.Remove (slice .GroupLabels.Names 1)}}",
        "|grouplabelkey1=grouplabelvalue1",
    ),
    (
        "{{(.GroupLabels.Remove nil).Names}} {{len (.GroupLabels.Remove nil).Names}}",
        "[grouplabelkey1 grouplabelkey2] 2",
    ),
    ("{{.GroupLabels.Names | .CommonLabels.Remove | len}}", "2"),
    ("{{(index .Alerts.Firing 0).Status}}", "firing"),
    ("{{$.Alerts.Firing | len}}", "1"),
];

const CONDITIONS: &[(&str, &str)] = &[
    ("{{with 1}}{{.}}{{else with 2}}{{end}}", "1"),
    ("{{with 0}}{{.}}{{else with 2}}{{.}}{{else}}{{end}}", "2"),
    ("{{$x := 1}}{{if true}}{{$x = 2}}{{end}}{{$x}}", "2"),
    ("{{$x := 1}}{{if true}}{{$x := 2}}{{end}}{{$x}}", "1"),
    (r#"{{if and (eq .Status "x") .Foo}}{{end}}"#, ""),
    (
        "{{$.Status}} {{with 1}}{{$.Status}}{{end}}",
        "alertstatus alertstatus",
    ),
    (
        r#"{{if 0}}a{{else if ""}}b{{else if list}}c{{else if dict}}d{{else if 0.0}}e{{else if false}}f{{else if .GroupLabels}}g{{else}}h{{end}}"#,
        "g",
    ),
    ("{{if (dict).x}}t{{else}}f{{end}}", "f"),
    ("{{if not true}}1{{else if and 1 (eq 1 1)}}2{{end}}", "2"),
    ("{{with $x := 5}}{{$x}}{{.}}{{end}}", "55"),
    (
        "{{with .GroupLabels}}{{.grouplabelkey1}}{{end}}",
        "grouplabelvalue1",
    ),
    (
        "{{with .GroupLabels.nope}}x{{else}}{{.Status}}{{end}}",
        "alertstatus",
    ),
    (
        "{{with 0}}1{{else with 0}}2{{else with 3}}{{.}}{{else}}4{{end}}",
        "3",
    ),
    ("{{with 0}}1{{else with $y := 3}}{{$y}}{{end}}", "3"),
    ("{{with $y := 0}}1{{else}}{{$y}}{{end}}", "0"),
    ("{{with $y := 0}}1{{else with 2}}{{$y}}{{end}}", "0"),
    (
        "{{if $y := 0}}1{{else if $z := 2}}{{$y}}{{$z}}{{end}}",
        "02",
    ),
    ("{{with 1}}{{with 2}}{{.}}{{end}}{{.}}{{end}}", "21"),
    ("{{if ($x := 1)}}{{$x}}{{end}}", "1"),
    (
        r#"{{with dict "x" nil}}{{.x}}{{print .x}}{{end}}"#,
        "<no value><nil>",
    ),
];

const TEMPLATES: &[(&str, &str)] = &[
    (r#"{{block "a" .Status}}<{{.}}>{{end}}"#, "<alertstatus>"),
    (
        r#"{{define "a"}}1{{end}}{{define "a"}} {{end}}{{template "a"}}"#,
        "1",
    ),
    (
        r#"{{define "a"}}{{end}}{{define "a"}}2{{end}}{{template "a"}}"#,
        "2",
    ),
    (
        r#"{{define "a"}}{{.}}{{$}}{{end}}{{template "a"}}"#,
        "<no value><no value>",
    ),
    (r#"{{define "a"}}{{.}}{{$}}{{end}}{{template "a" 1}}"#, "11"),
    (
        r#"{{define "r"}}{{if .}}{{index . 0}}{{template "r" (slice . 1)}}{{end}}{{end}}{{template "r" (list 1 2 3)}}"#,
        "123",
    ),
    (
        r#"{{define "v"}}{{$}}{{.}}{{end}}{{with 5}}{{template "v" .}}{{template "v" $.Status}}{{end}}"#,
        "55alertstatusalertstatus",
    ),
    (
        r#"{{define "v"}}{{$x := 1}}{{$x}}{{end}}{{$x := 2}}{{template "v"}}{{$x}}"#,
        "12",
    ),
    (r#"{{template "v" 1}}{{define "v"}}[{{.}}]{{end}}"#, "[1]"),
    (
        r#"{{block "b" 1}}[{{.}}]{{end}}{{template "b" 2}}"#,
        "[1][2]",
    ),
    (r#"{{$x := 3}}{{block "b" $x}}{{.}}{{end}}"#, "3"),
    ("{{template `raw` .}}{{define `raw`}}r{{end}}", "r"),
    (
        r#"{{template "a" 1 | printf "%d"}}{{define "a"}}{{.}}{{end}}"#,
        "1",
    ),
    (
        r#"{{template "a"  (list 1 2)}}{{define "a"}}{{len .}}{{end}}"#,
        "2",
    ),
    (r#"{{define "x y\"z"}}ok{{end}}{{template "x y\"z"}}"#, "ok"),
    (
        r#"{{define "n"}}{{.x}}{{.x.y}}{{print .x}}{{end}}{{template "n"}}"#,
        "<no value><no value><nil>",
    ),
    (
        r#"{{define "n"}}{{range .}}x{{else}}y{{end}}{{end}}{{template "n"}}"#,
        "y",
    ),
    (
        r#"{{define "n"}}{{eq . nil}}{{eq nil .}}{{eq . 1}}{{ne . nil}}{{end}}{{template "n"}}"#,
        "truetruefalsefalse",
    ),
    (
        r#"{{define "n"}}{{.x 1}}{{end}}{{template "n"}}"#,
        "<no value>",
    ),
];

const TEXT_AND_TRIM: &[(&str, &str)] = &[
    ("{{1\n}}", "1"),
    ("{{- /* a */ -}}", ""),
    ("{{- 1 -}} x", "1x"),
    (r#"{{- "x" -}}{{/* c */}} {{- 1}}"#, "x1"),
    (r#"b"}}"#, r#"b"}}"#),
    ("{{`a\nb`}}", "a\nb"),
    ("{{/* c */}}\n{{- /* c */ -}}\n x {{- /* y */}} z", "x z"),
    ("a  {{- \"b\" -}}  \n\n c", "abc"),
    ("a\n{{- 1}}\n{{2 -}}\nb", "a1\n2b"),
    ("{{- -1 -}} x", "-1x"),
    ("{{/* a */}}b", "b"),
    ("{{/**/}}b", "b"),
    ("{{- /**/ -}}b", "b"),
    ("{{/* */ -}} b", "b"),
    ("}}", "}}"),
    ("a }} b", "a }} b"),
    (" text  text ", " text  text "),
];

const VARIABLES: &[(&str, &str)] = &[
    ("{{$x := 1}}{{$x := 2}}{{$x}}", "2"),
    ("{{$1 := 3}}{{$1}}", "3"),
    ("{{$ := 1}}", ""),
    ("{{$ := 1}}{{$}}", "1"),
    ("{{$x:=1}}{{$x}}", "1"),
    ("{{$x :=1}}{{$x}}", "1"),
    ("{{$x:= 1}}{{$x}}", "1"),
    ("{{($x := 1)}}{{$x}}", "11"),
    (
        r#"{{$d := dict "x" (dict "y" 1)}}{{$d.x.y}}{{$d.x.z}}"#,
        "1<no value>",
    ),
    (" -}} text  text {{$x := 1}}", " -}} text  text "),
];
