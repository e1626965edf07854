//! Where and why rendering fails. Every message is that of Go.

use crate::support::check_errors;

#[test]
fn argument_types() {
    check_errors(ARGUMENT_TYPES);
}

#[test]
fn index_slice_len_call() {
    check_errors(INDEX_SLICE_LEN_CALL);
}

#[test]
fn calls() {
    check_errors(CALLS);
}

#[test]
fn range() {
    check_errors(RANGE);
}

#[test]
fn fields() {
    check_errors(FIELDS);
}

#[test]
fn comparisons() {
    check_errors(COMPARISONS);
}

const ARGUMENT_TYPES: &[(&str, &str)] = &[
    (
        "{{0xFFFFFFFFFFFFFFFF}}",
        r#"template: :1:2: executing "" at <0xFFFFFFFFFFFFFFFF>: 0xFFFFFFFFFFFFFFFF overflows int"#,
    ),
    (
        "{{join 1 .CommonLabels.Names}}",
        r#"template: :1:7: executing "" at <1>: expected string; found 1"#,
    ),
    (
        r#"{{join "," 1}}"#,
        r#"template: :1:11: executing "" at <1>: can't handle 1 for arg of type []string"#,
    ),
    (
        r#"{{join "," "a"}}"#,
        r#"template: :1:11: executing "" at <"a">: can't handle "a" for arg of type []string"#,
    ),
    (
        r#"{{join (dict "a" 1).b .CommonLabels.Names}}"#,
        r#"template: :1:17: executing "" at <1>: wrong type for value; expected string; got interface {}"#,
    ),
    (
        r#"{{$d := (dict "a" 1).b}}{{join $d .CommonLabels.Names}}"#,
        r#"template: :1:31: executing "" at <$d>: invalid value; expected string"#,
    ),
    (
        "{{join nil nil}}",
        r#"template: :1:7: executing "" at <nil>: cannot assign nil to string"#,
    ),
    (
        "{{.CommonLabels.Remove 1}}",
        r#"template: :1:23: executing "" at <1>: can't handle 1 for arg of type []string"#,
    ),
    (
        r#"{{.CommonLabels.Remove (list "a")}}"#,
        r#"template: :1:29: executing "" at <"a">: wrong type for value; expected []string; got []interface {}"#,
    ),
    (
        "{{printf 1}}",
        r#"template: :1:9: executing "" at <1>: expected string; found 1"#,
    ),
    (
        "{{9223372036854775808}}",
        r#"template: :1:2: executing "" at <9223372036854775808>: 9223372036854775808 overflows int"#,
    ),
    (
        "{{toUpper 1}}",
        r#"template: :1:10: executing "" at <1>: expected string; found 1"#,
    ),
    (
        "{{toUpper nil}}",
        r#"template: :1:10: executing "" at <nil>: cannot assign nil to string"#,
    ),
    (
        "{{toUpper .}}",
        r#"template: :1:10: executing "" at <.>: wrong type for value; expected string; got template.Data"#,
    ),
    (
        "{{toUpper .Alerts}}",
        r#"template: :1:10: executing "" at <.Alerts>: wrong type for value; expected string; got template.Alerts"#,
    ),
    (
        "{{toUpper true}}",
        r#"template: :1:10: executing "" at <true>: expected string; found true"#,
    ),
    (
        "{{toUpper 'a'}}",
        r#"template: :1:10: executing "" at <'a'>: expected string; found 'a'"#,
    ),
    (
        "{{1 | toUpper}}",
        r#"template: :1:6: executing "" at <toUpper>: wrong type for value; expected string; got int"#,
    ),
    (
        "{{. | toUpper}}",
        r#"template: :1:6: executing "" at <toUpper>: wrong type for value; expected string; got template.Data"#,
    ),
    (
        "{{(dict).x | toUpper}}",
        r#"template: :1:13: executing "" at <toUpper>: invalid value; expected string"#,
    ),
    (
        r#"{{index (dict) "x" | toUpper}}"#,
        r#"template: :1:21: executing "" at <toUpper>: invalid value; expected string"#,
    ),
    (
        r#"{{toUpper (index (dict) "x")}}"#,
        r#"template: :1:24: executing "" at <"x">: invalid value; expected string"#,
    ),
    (
        "{{toUpper (1)}}",
        r#"template: :1:11: executing "" at <1>: wrong type for value; expected string; got int"#,
    ),
    (
        "{{printf 1 2}}",
        r#"template: :1:9: executing "" at <1>: expected string; found 1"#,
    ),
    (
        "{{1 | printf}}",
        r#"template: :1:6: executing "" at <printf>: wrong type for value; expected string; got int"#,
    ),
    (
        r#"{{with dict "x" nil}}{{toUpper .x}}{{end}}"#,
        r#"template: :1:31: executing "" at <.x>: wrong type for value; expected string; got interface {}"#,
    ),
    (
        r#"{{with dict "x" nil}}{{.x | toUpper}}{{end}}"#,
        r#"template: :1:28: executing "" at <toUpper>: invalid value; expected string"#,
    ),
    (
        r#"{{with dict "x" nil}}{{$y := .x}}{{$y.z}}{{toUpper $y}}{{end}}"#,
        r#"template: :1:51: executing "" at <$y>: invalid value; expected string"#,
    ),
    (
        r#"{{define "n"}}{{toUpper .x}}{{end}}{{template "n"}}"#,
        r#"template: :1:24: executing "n" at <.x>: invalid value; expected string"#,
    ),
    (
        r#"{{define "n"}}{{toUpper .}}{{end}}{{template "n"}}"#,
        r#"template: :1:24: executing "n" at <.>: invalid value; expected string"#,
    ),
    (
        r#"{{.GroupLabels.Remove "a"}}"#,
        r#"template: :1:22: executing "" at <"a">: can't handle "a" for arg of type []string"#,
    ),
    (
        "{{.GroupLabels.Remove .Alerts}}",
        r#"template: :1:22: executing "" at <.Alerts>: wrong type for value; expected []string; got template.Alerts"#,
    ),
];

const INDEX_SLICE_LEN_CALL: &[(&str, &str)] = &[
    (
        "{{len 3}}",
        r#"template: :1:2: executing "" at <len 3>: error calling len: len of type int"#,
    ),
    (
        "{{index nil 1}}",
        r#"template: :1:2: executing "" at <index nil 1>: error calling index: index of untyped nil"#,
    ),
    (
        r#"{{slice "abc" 1 5}}"#,
        r#"template: :1:2: executing "" at <slice "abc" 1 5>: error calling slice: index out of range: 5"#,
    ),
    (
        r#"{{slice "abc" 2 1}}"#,
        r#"template: :1:2: executing "" at <slice "abc" 2 1>: error calling slice: invalid slice index: 2 > 1"#,
    ),
    (
        r#"{{slice "abc" 1 2 3}}"#,
        r#"template: :1:2: executing "" at <slice "abc" 1 2 3>: error calling slice: cannot 3-index slice a string"#,
    ),
    (
        r#"{{slice "abc" "x"}}"#,
        r#"template: :1:2: executing "" at <slice "abc" "x">: error calling slice: cannot index slice/array with type string"#,
    ),
    (
        "{{slice (list 1 2 3) 1 4 3}}",
        r#"template: :1:2: executing "" at <slice (list 1 2 3) 1 4 3>: error calling slice: index out of range: 4"#,
    ),
    (
        "{{slice 1 2}}",
        r#"template: :1:2: executing "" at <slice 1 2>: error calling slice: can't slice item of type int"#,
    ),
    (
        "{{slice nil 1}}",
        r#"template: :1:2: executing "" at <slice nil 1>: error calling slice: slice of untyped nil"#,
    ),
    (
        "{{index (list 1 2) 5}}",
        r#"template: :1:2: executing "" at <index (list 1 2) 5>: error calling index: index out of range: 5"#,
    ),
    (
        r#"{{index (list 1 2) "a"}}"#,
        r#"template: :1:2: executing "" at <index (list 1 2) "a">: error calling index: cannot index slice/array with type string"#,
    ),
    (
        "{{index .CommonLabels 1}}",
        r#"template: :1:2: executing "" at <index .CommonLabels 1>: error calling index: value has type int; should be string"#,
    ),
    (
        "{{index .CommonLabels nil}}",
        r#"template: :1:2: executing "" at <index .CommonLabels nil>: error calling index: value is nil; should be of type string"#,
    ),
    (
        "{{index (list 1 2) nil}}",
        r#"template: :1:2: executing "" at <index (list 1 2) nil>: error calling index: cannot index slice/array with nil"#,
    ),
    (
        "{{index 1 2}}",
        r#"template: :1:2: executing "" at <index 1 2>: error calling index: can't index item of type int"#,
    ),
    (
        r#"{{index (dict "a" nil) "a" "b"}}"#,
        r#"template: :1:2: executing "" at <index (dict "a" nil) "a" "b">: error calling index: index of nil pointer"#,
    ),
    (
        "{{call 1}}",
        r#"template: :1:2: executing "" at <call 1>: error calling call: non-function 1 of type int"#,
    ),
    (
        "{{call nil}}",
        r#"template: :1:2: executing "" at <call nil>: error calling call: call of nil"#,
    ),
    (
        "{{call .CommonLabels.Names}}",
        r#"template: :1:2: executing "" at <call .CommonLabels.Names>: error calling call: non-function .CommonLabels.Names of type []string"#,
    ),
    (
        r#"{{index "abc" 3}}"#,
        r#"template: :1:2: executing "" at <index "abc" 3>: error calling index: reflect: string index out of range"#,
    ),
    (
        r#"{{index "abc" -1}}"#,
        r#"template: :1:2: executing "" at <index "abc" -1>: error calling index: index out of range: -1"#,
    ),
    (
        "{{index (list 1 2) 1.0}}",
        r#"template: :1:2: executing "" at <index (list 1 2) 1.0>: error calling index: cannot index slice/array with type float64"#,
    ),
    (
        r#"{{slice (dict "a" 1) 0}}"#,
        r#"template: :1:2: executing "" at <slice (dict "a" 1) 0>: error calling slice: can't slice item of type map[string]interface {}"#,
    ),
    (
        r#"{{slice "abc" nil}}"#,
        r#"template: :1:2: executing "" at <slice "abc" nil>: error calling slice: cannot index slice/array with nil"#,
    ),
    (
        r#"{{slice "abc" -1}}"#,
        r#"template: :1:2: executing "" at <slice "abc" -1>: error calling slice: index out of range: -1"#,
    ),
    (
        "{{index (list 1 2 3) 1e0}}",
        r#"template: :1:2: executing "" at <index (list 1 2 3) 1e0>: error calling index: cannot index slice/array with type float64"#,
    ),
    (
        r#"{{slice "abc" 1.0}}"#,
        r#"template: :1:2: executing "" at <slice "abc" 1.0>: error calling slice: cannot index slice/array with type float64"#,
    ),
    (
        r#"{{define "n"}}{{index . 1}}{{end}}{{template "n"}}"#,
        r#"template: :1:16: executing "n" at <index . 1>: error calling index: index of untyped nil"#,
    ),
    (
        "{{and 1 (index 1 2)}}",
        r#"template: :1:9: executing "" at <index 1 2>: error calling index: can't index item of type int"#,
    ),
    (
        r#"{{index (dict "a" 1) 1}}"#,
        r#"template: :1:2: executing "" at <index (dict "a" 1) 1>: error calling index: value has type int; should be string"#,
    ),
    (
        r#"{{index (dict "a" 1) nil}}"#,
        r#"template: :1:2: executing "" at <index (dict "a" 1) nil>: error calling index: value is nil; should be of type string"#,
    ),
    (
        "{{index .Alerts 5}}",
        r#"template: :1:2: executing "" at <index .Alerts 5>: error calling index: index out of range: 5"#,
    ),
    (
        "{{index .Alerts 2}}",
        r#"template: :1:2: executing "" at <index .Alerts 2>: error calling index: reflect: slice index out of range"#,
    ),
    (
        r#"{{index . "Status"}}"#,
        r#"template: :1:2: executing "" at <index . "Status">: error calling index: can't index item of type template.Data"#,
    ),
    (
        "{{index true 1}}",
        r#"template: :1:2: executing "" at <index true 1>: error calling index: can't index item of type bool"#,
    ),
    (
        "{{index (list 1) true}}",
        r#"template: :1:2: executing "" at <index (list 1) true>: error calling index: cannot index slice/array with type bool"#,
    ),
    (
        "{{index (list 1) -1}}",
        r#"template: :1:2: executing "" at <index (list 1) -1>: error calling index: index out of range: -1"#,
    ),
    (
        "{{index (list) 0}}",
        r#"template: :1:2: executing "" at <index (list) 0>: error calling index: reflect: slice index out of range"#,
    ),
    (
        "{{slice (list 1 2 3) 4}}",
        r#"template: :1:2: executing "" at <slice (list 1 2 3) 4>: error calling slice: index out of range: 4"#,
    ),
    (
        "{{slice (list 1 2 3) 2 1}}",
        r#"template: :1:2: executing "" at <slice (list 1 2 3) 2 1>: error calling slice: invalid slice index: 2 > 1"#,
    ),
    (
        "{{slice (list 1 2 3) 0 2 1}}",
        r#"template: :1:2: executing "" at <slice (list 1 2 3) 0 2 1>: error calling slice: invalid slice index: 2 > 1"#,
    ),
    (
        "{{slice (list 1 2 3) 0 1 2 3}}",
        r#"template: :1:2: executing "" at <slice (list 1 2 3) 0 1 2 3>: error calling slice: too many slice indexes: 4"#,
    ),
    (
        r#"{{slice "abc" 0 1 2 3}}"#,
        r#"template: :1:2: executing "" at <slice "abc" 0 1 2 3>: error calling slice: too many slice indexes: 4"#,
    ),
    (
        "{{slice .GroupLabels 0}}",
        r#"template: :1:2: executing "" at <slice .GroupLabels 0>: error calling slice: can't slice item of type template.KV"#,
    ),
    (
        "{{slice true}}",
        r#"template: :1:2: executing "" at <slice true>: error calling slice: can't slice item of type bool"#,
    ),
    (
        "{{slice nil}}",
        r#"template: :1:2: executing "" at <slice nil>: error calling slice: slice of untyped nil"#,
    ),
    (
        "{{len true}}",
        r#"template: :1:2: executing "" at <len true>: error calling len: len of type bool"#,
    ),
    (
        "{{len .}}",
        r#"template: :1:2: executing "" at <len .>: error calling len: len of type template.Data"#,
    ),
    (
        "{{len (dict).x}}",
        r#"template: :1:2: executing "" at <len (dict).x>: error calling len: len of nil pointer"#,
    ),
    (
        "{{call .Status}}",
        r#"template: :1:2: executing "" at <call .Status>: error calling call: non-function .Status of type string"#,
    ),
    (
        "{{call (list)}}",
        r#"template: :1:2: executing "" at <call (list)>: error calling call: non-function list of type []interface {}"#,
    ),
    (
        "{{call (dict).x}}",
        r#"template: :1:2: executing "" at <call (dict).x>: error calling call: call of nil"#,
    ),
];

const CALLS: &[(&str, &str)] = &[
    (
        "{{nil}}",
        r#"template: :1:2: executing "" at <nil>: nil is not a command"#,
    ),
    (
        "{{range nil}}{{end}}",
        r#"template: :1:8: executing "" at <nil>: nil is not a command"#,
    ),
    (
        r#"{{join ","}}"#,
        r#"template: :1:2: executing "" at <join>: wrong number of args for join: want 2 got 1"#,
    ),
    (
        "{{.CommonLabels.Remove}}",
        r#"template: :1:15: executing "" at <.CommonLabels.Remove>: wrong number of args for Remove: want 1 got 0"#,
    ),
    (
        r#"{{.CommonLabels.Names "x"}}"#,
        r#"template: :1:15: executing "" at <.CommonLabels.Names>: wrong number of args for Names: want 0 got 1"#,
    ),
    (
        "{{eq}}",
        r#"template: :1:2: executing "" at <eq>: wrong number of args for eq: want at least 1 got 0"#,
    ),
    (
        "{{and}}",
        r#"template: :1:2: executing "" at <and>: wrong number of args for and: want at least 1 got 0"#,
    ),
    (
        "{{not}}",
        r#"template: :1:2: executing "" at <not>: wrong number of args for not: want 1 got 0"#,
    ),
    (
        "{{not 1 2}}",
        r#"template: :1:2: executing "" at <not>: wrong number of args for not: want 1 got 2"#,
    ),
    (
        "{{printf}}",
        r#"template: :1:2: executing "" at <printf>: wrong number of args for printf: want at least 1 got 0"#,
    ),
    (
        "{{slice}}",
        r#"template: :1:2: executing "" at <slice>: wrong number of args for slice: want at least 1 got 0"#,
    ),
    (
        "{{call}}",
        r#"template: :1:2: executing "" at <call>: wrong number of args for call: want at least 1 got 0"#,
    ),
    (
        r#"{{template "nope"}}"#,
        r#"template: :1:11: executing "" at <{{template "nope"}}>: template "nope" not defined"#,
    ),
    (
        r#"{{template "nope" .Foo}}"#,
        r#"template: :1:11: executing "" at <{{template "nope" .Foo}}>: template "nope" not defined"#,
    ),
    (
        "{{1 2}}",
        r#"template: :1:2: executing "" at <1>: can't give argument to non-function 1"#,
    ),
    (
        r#"{{"a" "b"}}"#,
        r#"template: :1:2: executing "" at <"a">: can't give argument to non-function "a""#,
    ),
    (
        "{{. 1}}",
        r#"template: :1:2: executing "" at <.>: can't give argument to non-function ."#,
    ),
    (
        "{{(1) 2}}",
        r#"template: :1:2: executing "" at <(1) 2>: can't give argument to non-function 1"#,
    ),
    (
        "{{1 | (2)}}",
        r#"template: :1:2: executing "" at <1>: can't give argument to non-function 2"#,
    ),
    (
        "{{$x = 1}}",
        r#"template: :1:7: executing "" at <1>: undefined variable: $x"#,
    ),
    (
        "{{$x := 1}}{{$x 2}}",
        r#"template: :1:13: executing "" at <$x>: can't give argument to non-function $x"#,
    ),
    (
        "{{(nil).X}}",
        r#"template: :1:3: executing "" at <nil>: nil is not a command"#,
    ),
    (
        "{{'a' 'b'}}",
        r#"template: :1:2: executing "" at <'a'>: can't give argument to non-function 'a'"#,
    ),
    (
        r#"{{template "a" . .}}"#,
        r#"template: :1:11: executing "" at <{{template "a" . .}}>: template "a" not defined"#,
    ),
    (
        "{{nil | print}}",
        r#"template: :1:2: executing "" at <nil>: nil is not a command"#,
    ),
    (
        "{{.Alerts.Firing 1}}",
        r#"template: :1:9: executing "" at <.Alerts.Firing>: wrong number of args for Firing: want 0 got 1"#,
    ),
    (
        "{{or}} ",
        r#"template: :1:2: executing "" at <or>: wrong number of args for or: want at least 1 got 0"#,
    ),
    (
        "{{1 | or 0}} {{0 | or 0}} {{nil | or 0}}",
        r#"template: :1:28: executing "" at <nil>: nil is not a command"#,
    ),
    (
        "{{ne 1 2 3}}",
        r#"template: :1:2: executing "" at <ne>: wrong number of args for ne: want 2 got 3"#,
    ),
    (
        "{{lt 1}}",
        r#"template: :1:2: executing "" at <lt>: wrong number of args for lt: want 2 got 1"#,
    ),
    (
        "{{index}}",
        r#"template: :1:2: executing "" at <index>: wrong number of args for index: want at least 1 got 0"#,
    ),
    (
        "{{1 (2)}}",
        r#"template: :1:2: executing "" at <1>: can't give argument to non-function 1"#,
    ),
    (
        "{{len (1) (2)}}",
        r#"template: :1:2: executing "" at <len>: wrong number of args for len: want 1 got 2"#,
    ),
    (
        "{{. .}}",
        r#"template: :1:2: executing "" at <.>: can't give argument to non-function ."#,
    ),
    (
        "{{true false}}",
        r#"template: :1:2: executing "" at <true>: can't give argument to non-function true"#,
    ),
    (
        "{{range $i, $x = list 1}}{{end}}",
        r#"template: :1:22: executing "" at <1>: undefined variable: $i"#,
    ),
    (
        r#"{{template "a" "x" 1}}{{define "a"}}{{end}}"#,
        r#"template: :1:15: executing "" at <"x">: can't give argument to non-function "x""#,
    ),
    (
        r#"{{template "a" nil}}{{define "a"}}{{end}}"#,
        r#"template: :1:15: executing "" at <nil>: nil is not a command"#,
    ),
    (
        "{{$x := $x}}",
        r#"template: :1:8: executing "" at <$x>: undefined variable: $x"#,
    ),
    (
        "{{$x := 1 2}}",
        r#"template: :1:8: executing "" at <1>: can't give argument to non-function 1"#,
    ),
    (
        r#"{{toUpper "a" "b"}}"#,
        r#"template: :1:2: executing "" at <toUpper>: wrong number of args for toUpper: want 1 got 2"#,
    ),
    (
        r#"{{"a" | toUpper "b"}}"#,
        r#"template: :1:8: executing "" at <toUpper>: wrong number of args for toUpper: want 1 got 2"#,
    ),
    (
        "{{print toUpper}}",
        r#"template: :1:8: executing "" at <toUpper>: wrong number of args for toUpper: want 1 got 0"#,
    ),
    (
        "{{toUpper}}",
        r#"template: :1:2: executing "" at <toUpper>: wrong number of args for toUpper: want 1 got 0"#,
    ),
    (
        "{{toUpper.X}}",
        r#"template: :1:2: executing "" at <toUpper>: wrong number of args for toUpper: want 1 got 0"#,
    ),
    (
        r#"{{define "n"}}{{. | printf "%v"}}{{. 1}}{{end}}{{template "n"}}"#,
        r#"template: :1:35: executing "n" at <.>: can't give argument to non-function ."#,
    ),
    (
        "{{gt}}",
        r#"template: :1:2: executing "" at <gt>: wrong number of args for gt: want 2 got 0"#,
    ),
    (
        "{{not}} ",
        r#"template: :1:2: executing "" at <not>: wrong number of args for not: want 1 got 0"#,
    ),
    (
        "{{$r := .CommonLabels.Remove}}",
        r#"template: :1:21: executing "" at <.CommonLabels.Remove>: wrong number of args for Remove: want 1 got 0"#,
    ),
    (
        r#"{{.Status}}{{template "a" .}}"#,
        r#"template: :1:22: executing "" at <{{template "a" .}}>: template "a" not defined"#,
    ),
    (
        r#"{{(dict "a" nil) -2}}"#,
        r#"template: :1:2: executing "" at <(dict "a" nil) -2>: can't give argument to non-function dict "a" nil"#,
    ),
    (
        r#"{{(dict "a" nil) list .Alerts.Firing | len 1.5 js `r`}}"#,
        r#"template: :1:2: executing "" at <(dict "a" nil) list .Alerts.Firing | len 1.5 js `r`>: can't give argument to non-function dict "a" nil"#,
    ),
    (
        "{{-2 html}}",
        r#"template: :1:2: executing "" at <-2>: can't give argument to non-function -2"#,
    ),
    (
        r#"{{(dict "a" nil) 3i (1)}}"#,
        r#"template: :1:2: executing "" at <(dict "a" nil) 3i (1)>: can't give argument to non-function dict "a" nil"#,
    ),
    (
        r#"{{(.Status) (dict "a" nil) | printf "%q"}}"#,
        r#"template: :1:2: executing "" at <(.Status) (dict "a" nil) | printf "%q">: can't give argument to non-function .Status"#,
    ),
    (
        "{{index ne $ and}}",
        r#"template: :1:8: executing "" at <ne>: wrong number of args for ne: want 2 got 0"#,
    ),
    (
        "{{html slice and 3i (list 1 2) index}}",
        r#"template: :1:7: executing "" at <slice>: wrong number of args for slice: want at least 1 got 0"#,
    ),
    (
        "{{js ne $.Receiver true}}",
        r#"template: :1:5: executing "" at <ne>: wrong number of args for ne: want 2 got 0"#,
    ),
    (
        "{{join html}}",
        r#"template: :1:2: executing "" at <join>: wrong number of args for join: want 2 got 1"#,
    ),
    (
        "{{(list 1 2) print urlquery | len}}",
        r#"template: :1:2: executing "" at <(list 1 2) print urlquery | len>: can't give argument to non-function list 1 2"#,
    ),
    (
        r#"{{(dict "a" nil) len | len}}"#,
        r#"template: :1:2: executing "" at <(dict "a" nil) len | len>: can't give argument to non-function dict "a" nil"#,
    ),
    (
        r#"{{3i | printf "%q" len}}"#,
        r#"template: :1:19: executing "" at <len>: wrong number of args for len: want 1 got 0"#,
    ),
    (
        "{{list . printf | and -2}}",
        r#"template: :1:9: executing "" at <printf>: wrong number of args for printf: want at least 1 got 0"#,
    ),
    (
        "{{1.5 ne join $}}",
        r#"template: :1:2: executing "" at <1.5>: can't give argument to non-function 1.5"#,
    ),
    (
        "{{( ne ) | toUpper}}",
        r#"template: :1:4: executing "" at <ne>: wrong number of args for ne: want 2 got 0"#,
    ),
    (
        "{{true 3i .GroupLabels.a}}",
        r#"template: :1:2: executing "" at <true>: can't give argument to non-function true"#,
    ),
    (
        r#"{{"s" | len slice call (list 1 2)}}"#,
        r#"template: :1:8: executing "" at <len>: wrong number of args for len: want 1 got 4"#,
    ),
    (
        r#"{{'c' dict "a" 1 "%v %d" 1.5 not}}"#,
        r#"template: :1:2: executing "" at <'c'>: can't give argument to non-function 'c'"#,
    ),
    (
        "{{printf slice | index (list 1 2) not `r` call}}",
        r#"template: :1:9: executing "" at <slice>: wrong number of args for slice: want at least 1 got 0"#,
    ),
    (
        "{{ne or}}",
        r#"template: :1:2: executing "" at <ne>: wrong number of args for ne: want 2 got 1"#,
    ),
    (
        "{{not .GroupLabels.Names lt}}",
        r#"template: :1:2: executing "" at <not>: wrong number of args for not: want 1 got 2"#,
    ),
    (
        r#"{{"s" | toUpper 0x1p4}}"#,
        r#"template: :1:8: executing "" at <toUpper>: wrong number of args for toUpper: want 1 got 2"#,
    ),
    (
        r#"{{"%v %d" | len index .Nope .GroupLabels.a}}"#,
        r#"template: :1:12: executing "" at <len>: wrong number of args for len: want 1 got 4"#,
    ),
    (
        "{{(1) | len and}}",
        r#"template: :1:8: executing "" at <len>: wrong number of args for len: want 1 got 2"#,
    ),
];

const RANGE: &[(&str, &str)] = &[
    (
        r#"{{range "aé"}}{{.}},{{end}}"#,
        r#"template: :1:8: executing "" at <"aé">: range can't iterate over aé"#,
    ),
    (
        r#"{{range $i,$c := "aé"}}{{$i}}={{$c}},{{end}}"#,
        r#"template: :1:17: executing "" at <"aé">: range can't iterate over aé"#,
    ),
    (
        "{{range $i,$c := 3}}{{$i}}={{$c}},{{end}}",
        r#"template: :1:17: executing "" at <3>: can't use 3 to iterate over more than one variable"#,
    ),
    (
        "{{range 1.5}}{{end}}",
        r#"template: :1:8: executing "" at <1.5>: range can't iterate over 1.5"#,
    ),
    (
        "{{range true}}{{end}}",
        r#"template: :1:8: executing "" at <true>: range can't iterate over true"#,
    ),
    (
        "{{range 2e0}}x{{end}}",
        r#"template: :1:8: executing "" at <2e0>: range can't iterate over 2"#,
    ),
    (
        r#"{{range "abc"}}{{end}}"#,
        r#"template: :1:8: executing "" at <"abc">: range can't iterate over abc"#,
    ),
    (
        "{{range .Status}}{{end}}",
        r#"template: :1:8: executing "" at <.Status>: range can't iterate over alertstatus"#,
    ),
];

const FIELDS: &[(&str, &str)] = &[
    (
        "{{.Alerts.Foo.Bar}}",
        r#"template: :1:9: executing "" at <.Alerts.Foo.Bar>: can't evaluate field Foo in type template.Alerts"#,
    ),
    (
        "{{(index .Alerts 0).Foo.Bar}}",
        r#"template: :1:17: executing "" at <0>: can't evaluate field Foo in type template.Alert"#,
    ),
    (
        "{{$x := .}}{{$x.Foo.Bar}}",
        r#"template: :1:15: executing "" at <$x.Foo.Bar>: can't evaluate field Foo in type template.Data"#,
    ),
    (
        "{{$x := .}}{{$x.CommonLabels.Foo.Bar}}",
        r#"template: :1:15: executing "" at <$x.CommonLabels.Foo.Bar>: can't evaluate field Bar in type string"#,
    ),
    (
        "{{.CommonLabels.Foo.Bar}}",
        r#"template: :1:15: executing "" at <.CommonLabels.Foo.Bar>: can't evaluate field Bar in type string"#,
    ),
    (
        r#"{{(dict "a" 1).b.c}}"#,
        r#"template: :1:12: executing "" at <1>: nil pointer evaluating interface {}.c"#,
    ),
    (
        r#"{{$d := dict "a" 1}}{{$d.b.c}}"#,
        r#"template: :1:24: executing "" at <$d.b.c>: nil pointer evaluating interface {}.c"#,
    ),
    (
        "{{.Status 1}}",
        r#"template: :1:2: executing "" at <.Status>: Status has arguments but cannot be invoked as function"#,
    ),
    (
        "{{1 | .Status}}",
        r#"template: :1:6: executing "" at <.Status>: Status has arguments but cannot be invoked as function"#,
    ),
    (
        "{{.CommonLabels.foo 1}}",
        r#"template: :1:15: executing "" at <.CommonLabels.foo>: foo is not a method but has arguments"#,
    ),
    (
        "{{eq .Foo nil}}",
        r#"template: :1:5: executing "" at <.Foo>: can't evaluate field Foo in type template.Data"#,
    ),
    (
        "{{or 0 .Foo}}",
        r#"template: :1:7: executing "" at <.Foo>: can't evaluate field Foo in type template.Data"#,
    ),
    (
        r#"{{("a").X}}"#,
        r#"template: :1:3: executing "" at <"a">: can't evaluate field X in type string"#,
    ),
    (
        "{{(1).X}}",
        r#"template: :1:3: executing "" at <1>: can't evaluate field X in type int"#,
    ),
    (
        r#"{{(print "x").Y}}"#,
        r#"template: :1:9: executing "" at <"x">: can't evaluate field Y in type string"#,
    ),
    (
        r#"{{define "a"}}{{.Foo}}{{end}}{{template "a" .}}"#,
        r#"template: :1:16: executing "a" at <.Foo>: can't evaluate field Foo in type template.Data"#,
    ),
    (
        r#"{{$x := 1 | printf "%d" | len}}{{$x.Foo}}"#,
        r#"template: :1:35: executing "" at <$x.Foo>: can't evaluate field Foo in type int"#,
    ),
    (
        r#"{{printf "%d %s" 1 (print "x" | printf "%q") | .Foo}}"#,
        r#"template: :1:47: executing "" at <.Foo>: can't evaluate field Foo in type template.Data"#,
    ),
    (
        "{{$x := .Foo}}",
        r#"template: :1:8: executing "" at <.Foo>: can't evaluate field Foo in type template.Data"#,
    ),
    (
        r#"{{(.Foo).Bar 1 "x" true nil 'c' 0x10}}"#,
        r#"template: :1:3: executing "" at <.Foo>: can't evaluate field Foo in type template.Data"#,
    ),
    (
        "{{print (.Alerts).Firing.Foo}}",
        r#"template: :1:9: executing "" at <.Alerts>: can't evaluate field Foo in type []template.Alert"#,
    ),
    (
        "{{with $y := 1 | .Foo.Bar}}{{end}}",
        r#"template: :1:21: executing "" at <.Foo.Bar>: can't evaluate field Foo in type template.Data"#,
    ),
    (
        "{{$x := 1}}{{$x = .Foo}}",
        r#"template: :1:18: executing "" at <.Foo>: can't evaluate field Foo in type template.Data"#,
    ),
    (
        "{{range $i, $e := .Foo}}{{end}}",
        r#"template: :1:18: executing "" at <.Foo>: can't evaluate field Foo in type template.Data"#,
    ),
    (
        "{{range $i, $e := .Alerts}}{{$e.Foo}}{{end}}",
        r#"template: :1:31: executing "" at <$e.Foo>: can't evaluate field Foo in type template.Alert"#,
    ),
    (
        "{{range .Alerts}}{{.Labels.Foo.Bar}}{{end}}",
        r#"template: :1:26: executing "" at <.Labels.Foo.Bar>: can't evaluate field Bar in type string"#,
    ),
    (
        r#"{{printf "%v" .Foo}}"#,
        r#"template: :1:14: executing "" at <.Foo>: can't evaluate field Foo in type template.Data"#,
    ),
    (
        "{{.X.Y.Z}}",
        r#"template: :1:4: executing "" at <.X.Y.Z>: can't evaluate field X in type template.Data"#,
    ),
    (
        "{{.Status.Foo 1}}",
        r#"template: :1:9: executing "" at <.Status.Foo>: can't evaluate field Foo in type string"#,
    ),
    (
        "{{print .Foo}}",
        r#"template: :1:8: executing "" at <.Foo>: can't evaluate field Foo in type template.Data"#,
    ),
    (
        "{{.Alerts.Firing.Foo}}",
        r#"template: :1:9: executing "" at <.Alerts.Firing.Foo>: can't evaluate field Foo in type []template.Alert"#,
    ),
    (
        r#"{{define "a"}}{{.Foo}}{{end}}{{template "a" 5}}"#,
        r#"template: :1:16: executing "a" at <.Foo>: can't evaluate field Foo in type int"#,
    ),
    (
        "line1\n{{define \"p%d\"}}\n  {{.Foo}}{{end}}\n{{template \"p%d\" 5}}",
        r#"template: :3:4: executing "p%d" at <.Foo>: can't evaluate field Foo in type int"#,
    ),
    (
        r#"{{.Foo | printf "x"}}"#,
        r#"template: :1:2: executing "" at <.Foo>: can't evaluate field Foo in type template.Data"#,
    ),
    (
        "{{print .Alerts.Foo}}",
        r#"template: :1:15: executing "" at <.Alerts.Foo>: can't evaluate field Foo in type template.Alerts"#,
    ),
    (
        "{{print (.Alerts).Foo}}",
        r#"template: :1:9: executing "" at <.Alerts>: can't evaluate field Foo in type template.Alerts"#,
    ),
    (
        "{{print ((.Alerts)).Foo}}",
        r#"template: :1:10: executing "" at <.Alerts>: can't evaluate field Foo in type template.Alerts"#,
    ),
    (
        "{{list.X}}",
        r#"template: :1:2: executing "" at <list>: can't evaluate field X in type []interface {}"#,
    ),
    (
        r#"{{$d := dict "x" 1}}{{$d.x.z}}"#,
        r#"template: :1:24: executing "" at <$d.x.z>: can't evaluate field z in type interface {}"#,
    ),
    (
        r#"{{$d := dict "x" nil}}{{$d.x}}{{$d.x.z}}"#,
        r#"template: :1:34: executing "" at <$d.x.z>: nil pointer evaluating interface {}.z"#,
    ),
    (
        r#"{{(dict "x" nil).x.z}}"#,
        r#"template: :1:12: executing "" at <nil>: nil pointer evaluating interface {}.z"#,
    ),
    (
        r#"{{with dict "x" nil}}{{.x.z}}{{end}}"#,
        r#"template: :1:25: executing "" at <.x.z>: nil pointer evaluating interface {}.z"#,
    ),
    (
        "{{.GroupLabels.Remove .Foo}}",
        r#"template: :1:22: executing "" at <.Foo>: can't evaluate field Foo in type template.Data"#,
    ),
    (
        "{{.GroupLabels.Names.Foo}}",
        r#"template: :1:14: executing "" at <.GroupLabels.Names.Foo>: can't evaluate field Foo in type []string"#,
    ),
    (
        "{{.Alerts.Firing.Status}}",
        r#"template: :1:9: executing "" at <.Alerts.Firing.Status>: can't evaluate field Status in type []template.Alert"#,
    ),
    (
        "{{$a := index .Alerts 0}}{{$a.Status}} {{$a.Labels.instance}} [{{$a.Labels.nope}}] {{$a.Nope}}",
        r#"template: :1:87: executing "" at <$a.Nope>: can't evaluate field Nope in type template.Alert"#,
    ),
    (
        "{{.Status.X}}",
        r#"template: :1:9: executing "" at <.Status.X>: can't evaluate field X in type string"#,
    ),
    (
        "{{.Alerts.X.Y}}",
        r#"template: :1:9: executing "" at <.Alerts.X.Y>: can't evaluate field X in type template.Alerts"#,
    ),
    (
        "{{if true}}\n\n   {{.Foo}}\n{{end}}",
        r#"template: :3:5: executing "" at <.Foo>: can't evaluate field Foo in type template.Data"#,
    ),
    (
        "é{{.Foo}}",
        r#"template: :1:4: executing "" at <.Foo>: can't evaluate field Foo in type template.Data"#,
    ),
    (
        "é\né{{.Foo}}",
        r#"template: :2:4: executing "" at <.Foo>: can't evaluate field Foo in type template.Data"#,
    ),
    (
        "a{{range $i, $e :=\n .Foo.Bar}}{{end}}",
        r#"template: :2:5: executing "" at <.Foo.Bar>: can't evaluate field Foo in type template.Data"#,
    ),
    (
        "{{template \"x\"\n .Foo}}{{define \"x\"}}{{end}}",
        r#"template: :2:1: executing "" at <.Foo>: can't evaluate field Foo in type template.Data"#,
    ),
    (
        "{{1 |\n printf \"%d\" |\n toUpper |\n .Foo}}",
        r#"template: :4:1: executing "" at <.Foo>: can't evaluate field Foo in type template.Data"#,
    ),
    (
        "{{(index .Alerts 0).Status lt $.Receiver true -2}}",
        r#"template: :1:17: executing "" at <0>: Status has arguments but cannot be invoked as function"#,
    ),
    (
        r#"{{.Status "s" | len}}"#,
        r#"template: :1:2: executing "" at <.Status>: Status has arguments but cannot be invoked as function"#,
    ),
    (
        "{{.Nope}}",
        r#"template: :1:2: executing "" at <.Nope>: can't evaluate field Nope in type template.Data"#,
    ),
    (
        "{{.GroupLabels.a 1.5 nil $ | len urlquery}}",
        r#"template: :1:14: executing "" at <.GroupLabels.a>: a is not a method but has arguments"#,
    ),
    (
        r#"{{.GroupLabels.a "%s" 1 (1)}}"#,
        r#"template: :1:14: executing "" at <.GroupLabels.a>: a is not a method but has arguments"#,
    ),
    (
        r#"{{.Status "%s" 3i}}"#,
        r#"template: :1:2: executing "" at <.Status>: Status has arguments but cannot be invoked as function"#,
    ),
    (
        r#"{{.Nope dict "a" 1 1}}"#,
        r#"template: :1:2: executing "" at <.Nope>: can't evaluate field Nope in type template.Data"#,
    ),
    (
        "{{.Status 'c'}}",
        r#"template: :1:2: executing "" at <.Status>: Status has arguments but cannot be invoked as function"#,
    ),
];

const COMPARISONS: &[(&str, &str)] = &[
    (
        "{{eq 1}}",
        r#"template: :1:2: executing "" at <eq 1>: error calling eq: missing argument for comparison"#,
    ),
    (
        "{{eq 1 1.0}}",
        r#"template: :1:2: executing "" at <eq 1 1.0>: error calling eq: incompatible types for comparison: int and float64"#,
    ),
    (
        r#"{{eq 1 "1"}}"#,
        r#"template: :1:2: executing "" at <eq 1 "1">: error calling eq: incompatible types for comparison: int and string"#,
    ),
    (
        "{{eq .CommonLabels .CommonLabels}}",
        r#"template: :1:2: executing "" at <eq .CommonLabels .CommonLabels>: error calling eq: non-comparable type commonlabelkey1=commonlabelvalue1, commonlabelkey2=commonlabelvalue2: template.KV"#,
    ),
    (
        "{{eq .CommonLabels 1}}",
        r#"template: :1:2: executing "" at <eq .CommonLabels 1>: error calling eq: incompatible types for comparison: template.KV and int"#,
    ),
    (
        "{{eq 1 .CommonLabels}}",
        r#"template: :1:2: executing "" at <eq 1 .CommonLabels>: error calling eq: incompatible types for comparison: int and template.KV"#,
    ),
    (
        "{{eq (list 1) (list 1)}}",
        r#"template: :1:2: executing "" at <eq (list 1) (list 1)>: error calling eq: non-comparable type [%!s(int=1)]: []interface {}"#,
    ),
    (
        "{{lt nil 1}}",
        r#"template: :1:2: executing "" at <lt nil 1>: error calling lt: invalid type for comparison"#,
    ),
    (
        "{{lt true false}}",
        r#"template: :1:2: executing "" at <lt true false>: error calling lt: invalid type for comparison"#,
    ),
    (
        r#"{{lt 1 "a"}}"#,
        r#"template: :1:2: executing "" at <lt 1 "a">: error calling lt: incompatible types for comparison: int and string"#,
    ),
    (
        "{{lt .CommonLabels 1}}",
        r#"template: :1:2: executing "" at <lt .CommonLabels 1>: error calling lt: invalid type for comparison"#,
    ),
    (
        "{{lt 1 .CommonLabels}}",
        r#"template: :1:2: executing "" at <lt 1 .CommonLabels>: error calling lt: invalid type for comparison"#,
    ),
    (
        "{{lt 1 1.5}}",
        r#"template: :1:2: executing "" at <lt 1 1.5>: error calling lt: incompatible types for comparison: int and float64"#,
    ),
    (
        "{{eq (list) (dict)}}",
        r#"template: :1:2: executing "" at <eq (list) (dict)>: error calling eq: non-comparable types []: []interface {}, map[string]interface {}: map[]"#,
    ),
    (
        "{{eq . 1}}",
        r#"template: :1:2: executing "" at <eq . 1>: error calling eq: incompatible types for comparison: template.Data and int"#,
    ),
    (
        "{{eq true 1}}",
        r#"template: :1:2: executing "" at <eq true 1>: error calling eq: incompatible types for comparison: bool and int"#,
    ),
    (
        r#"{{eq "a" 'a'}}"#,
        r#"template: :1:2: executing "" at <eq "a" 'a'>: error calling eq: incompatible types for comparison: string and int"#,
    ),
    (
        r#"{{eq 1 2 "a"}}"#,
        r#"template: :1:2: executing "" at <eq 1 2 "a">: error calling eq: incompatible types for comparison: int and string"#,
    ),
    (
        "{{lt 1 nil}}",
        r#"template: :1:2: executing "" at <lt 1 nil>: error calling lt: invalid type for comparison"#,
    ),
    (
        "{{lt (list) (list)}}",
        r#"template: :1:2: executing "" at <lt (list) (list)>: error calling lt: invalid type for comparison"#,
    ),
    (
        "{{le true true}}",
        r#"template: :1:2: executing "" at <le true true>: error calling le: invalid type for comparison"#,
    ),
    (
        "{{ge 1 1.0}}",
        r#"template: :1:2: executing "" at <ge 1 1.0>: error calling ge: incompatible types for comparison: int and float64"#,
    ),
    (
        r#"{{lt "a" 1}}"#,
        r#"template: :1:2: executing "" at <lt "a" 1>: error calling lt: incompatible types for comparison: string and int"#,
    ),
    (
        "{{eq (list 1) (list 2)}}",
        r#"template: :1:2: executing "" at <eq (list 1) (list 2)>: error calling eq: non-comparable type [%!s(int=2)]: []interface {}"#,
    ),
    (
        r#"{{ne (dict "a" 1) (dict)}}"#,
        r#"template: :1:2: executing "" at <ne (dict "a" 1) (dict)>: error calling ne: non-comparable type map[]: map[string]interface {}"#,
    ),
    (
        "{{eq (list 1) .GroupLabels.Names}}",
        r#"template: :1:2: executing "" at <eq (list 1) .GroupLabels.Names>: error calling eq: non-comparable type [grouplabelkey1 grouplabelkey2]: []string"#,
    ),
    (
        "{{eq (1) `r` $}}",
        r#"template: :1:2: executing "" at <eq (1) `r` $>: error calling eq: incompatible types for comparison: int and string"#,
    ),
];
