//! Sets and texts as their users hold them: redefinition, errors with their places, own types and functions.

use larum_go_template::{
    Context, Function, FunctionError, Functions, Json, Limits, List, Map, Method, Object, Options,
    Set, Signature, Type, Value,
};

use crate::support::{compile, data, set};

#[track_caller]
fn render(set: &Set, template: &str, data: &Value) -> String {
    compile(set, template)
        .render(set, data, &Options::default())
        .unwrap_or_else(|error| panic!("{template:?} failed: {error}"))
}

#[test]
fn a_later_source_redefines() {
    let mut set = set();
    let mut parse = |name: &str, text: &str| set.parse_source(name, text).unwrap();
    parse(
        "first",
        r#"{{define "a"}}1{{end}}{{define "b"}}{{template "a"}}{{end}}root"#,
    );
    parse("second", r#"{{define "a"}}2{{end}}"#);
    parse(
        "third",
        "{{define \"a\"}} \n {{end}}{{define \"empty\"}}{{end}}",
    );
    parse("fourth", r#"{{define "empty"}}now{{end}}"#);
    assert_eq!(
        render(
            &set,
            r#"{{template "b"}} {{template "empty"}}"#,
            &Value::Nil
        ),
        "2 now"
    );
    assert_eq!(
        render(
            &set,
            r#"{{template "first"}}[{{template "second"}}]"#,
            &Value::Nil
        ),
        "root[]"
    );
    let names: Vec<_> = set.template_names().collect();
    assert_eq!(
        names,
        ["a", "b", "empty", "first", "fourth", "second", "third"]
    );
}

#[test]
fn a_source_that_does_not_parse_changes_nothing() {
    let mut set = set();
    set.parse_source("good", r#"{{define "a"}}1{{end}}"#)
        .unwrap();
    set.parse_source("bad", r#"{{define "a"}}2{{end}}{{end}}"#)
        .unwrap_err();
    assert_eq!(render(&set, r#"{{template "a"}}"#, &Value::Nil), "1");
    assert!(set.template_names().all(|name| name != "bad"));
}

#[test]
fn what_a_text_defines_it_alone_sees() {
    let mut set = set();
    set.parse_source(
        "source",
        r#"{{define "a"}}set{{end}}{{define "b"}}<{{template "a"}}>{{end}}"#,
    )
    .unwrap();
    let own = compile(
        &set,
        r#"{{define "a"}}own{{end}}{{template "a"}}{{template "b"}}"#,
    );
    let empty = compile(&set, r#"{{define "a"}} {{end}}{{template "a"}}"#);
    let other = compile(&set, r#"{{template "a"}}"#);
    let render = |text: &larum_go_template::Text| {
        text.render(&set, &Value::Nil, &Options::default()).unwrap()
    };
    assert_eq!(render(&own), "own<own>");
    assert_eq!(render(&empty), "set");
    assert_eq!(render(&other), "set");
}

#[test]
fn a_parse_error_names_its_place() {
    let error = set()
        .compile_text("mail", "one\ntwo {{ .A | }}{{ nope }}")
        .unwrap_err();
    assert_eq!(
        (error.name.as_str(), error.line, error.column),
        ("mail", 2, Some(18))
    );
    assert_eq!(error.message, r#"function "nope" not defined"#);
    assert_eq!(
        error.to_string(),
        r#"template: mail:2: function "nope" not defined"#
    );
}

#[test]
fn an_execution_error_names_source_and_template() {
    let mut set = set();
    set.parse_source(
        "file.tmpl",
        "{{define \"a \\\"b\\\"\"}}\n  {{.Nope.X}}{{end}}",
    )
    .unwrap();
    let text = compile(&set, r#"{{template "a \"b\"" .}}"#);
    let error = text.render(&set, &data(), &Options::default()).unwrap_err();
    assert_eq!(
        (error.source_name.as_str(), error.line, error.column),
        ("file.tmpl", 2, 9)
    );
    assert_eq!(
        (error.template.as_str(), error.context.as_str()),
        ("a \"b\"", ".Nope.X")
    );
    let expected = r#"template: file.tmpl:2:9: executing "a \"b\"" at <.Nope.X>: can't evaluate field Nope in type template.Data"#;
    assert_eq!(error.to_string(), expected);
}

#[test]
fn an_empty_text_renders_nothing() {
    assert_eq!(render(&set(), "", &data()), "");
    assert_eq!(render(&set(), " \n", &data()), " \n");
}

#[test]
fn sets_and_texts_cross_threads() {
    fn crosses<T: Send + Sync>(_: &T) {}
    let set = set();
    crosses(&set);
    crosses(&compile(&set, "x"));
}

#[test]
fn functions_see_their_context() {
    struct Host {
        now: i64,
    }
    let mut functions = Functions::builtin();
    functions.add("now", &[], |context: &mut Context<'_>, _| {
        let host: &Host = context
            .host()
            .ok_or_else(|| FunctionError::new("no clock"))?;
        Ok(Value::Int(host.now))
    });
    functions.add("root", &[], |context, _| Ok(context.root().clone()));
    functions.add("costly", &[], |context, _| {
        context.spend(10_000).map(|()| Value::Nil)
    });
    let set = Set::new(functions);
    let host = Host { now: 42 };
    let limits = Limits {
        steps_max: 1_000,
        ..Limits::default()
    };
    let options = Options {
        limits,
        host: Some(&host),
    };
    let render = |template: &str| compile(&set, template).render(&set, &Value::Int(7), &options);
    assert_eq!(render("{{now}} {{with 1}}{{root}}{{end}}").unwrap(), "42 7");
    let error = render("{{costly}}").unwrap_err();
    assert_eq!(
        (error.context.as_str(), error.message.as_str()),
        (
            "costly",
            "error calling costly: exceeded the limit of steps"
        )
    );
    let error = compile(&set, "{{now}}")
        .render(&set, &Value::Nil, &Options::default())
        .unwrap_err();
    assert_eq!(error.message, "error calling now: no clock");
}

#[test]
fn functions_are_values() {
    const ONE_STRING: &[Type] = &[Type::String];
    let twice = Function::new(Signature::new(ONE_STRING), |_, arguments| {
        let text = arguments[0].as_str().unwrap_or_default();
        Ok(Value::from(format!("{text}{text}")))
    });
    let data = Value::map([("twice", Value::Function(twice))]);
    let set = set();
    assert_eq!(
        render(&set, r#"{{call .twice "x"}}{{"y" | call .twice}}"#, &data),
        "xxyy"
    );
    assert_eq!(
        render(&set, "{{if .twice}}{{call (adder 2) 3}}{{end}}", &data),
        "5"
    );
    let fails = |template: &str| {
        compile(&set, template)
            .render(&set, &data, &Options::default())
            .unwrap_err()
            .message
    };
    assert_eq!(
        fails("{{call .twice}}"),
        "error calling call: wrong number of args for .twice: got 0 want 1"
    );
    assert_eq!(
        fails("{{call .twice 1}}"),
        "error calling call: arg 0: value has type int; should be string"
    );
    assert_eq!(
        fails("{{call .twice nil}}"),
        "error calling call: arg 0: value is nil; should be of type string"
    );
    assert_eq!(
        fails("{{.twice}}"),
        "can't print {{.twice}} of type func(string)"
    );
    assert_eq!(
        fails("{{.twice 1}}"),
        "twice is not a method but has arguments"
    );
}

/// A named string with a method that takes arguments of named types.
#[derive(Debug)]
struct Level(&'static str);

impl Object for Level {
    fn type_name(&self) -> &str {
        "model.Level"
    }

    fn underlying(&self) -> Option<Value> {
        Some(self.0.into())
    }

    fn methods(&self) -> &'static [Method] {
        const METHODS: &[Method] = &[
            Method::new("Add", &[Type::NamedInt("time.Duration")]),
            Method::variadic("Join", &[Type::Named("*model.Crate")], Type::Float),
            Method::new("Fail", &[]),
        ];
        METHODS
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Result<Value, FunctionError> {
        match name {
            "Add" => Ok(Value::Int(arguments[0].as_int().unwrap_or_default() + 1)),
            "Join" => Ok(Value::list(arguments.to_vec())),
            _ => Err(FunctionError::new("out of order")),
        }
    }

    fn display(&self) -> Option<String> {
        Some(self.0.to_uppercase())
    }
}

/// A pointer to a struct that can be compared.
#[derive(Debug)]
struct Crate(i64);

impl Object for Crate {
    fn type_name(&self) -> &str {
        "*model.Crate"
    }

    fn fields(&self) -> &'static [&'static str] {
        &["Size", "Level"]
    }

    fn field(&self, name: &str) -> Option<Value> {
        match name {
            "Size" => Some(Value::Int(self.0)),
            "Level" => Some(Value::object(Level("low"))),
            "Promoted" => Some("yes".into()),
            _ => None,
        }
    }

    fn equals(&self, other: &dyn Object) -> Option<bool> {
        let other: &dyn std::any::Any = other;
        Some(
            other
                .downcast_ref::<Self>()
                .is_some_and(|other| other.0 == self.0),
        )
    }

    fn to_json(&self) -> Json {
        Json::Members(vec![
            ("size", Value::Int(self.0)),
            ("level", Value::object(Level("low"))),
        ])
    }
}

fn own_types() -> Value {
    Value::map([
        ("level", Value::object(Level("warn"))),
        ("box", Value::object(Crate(3))),
        ("same", Value::object(Crate(3))),
        ("other", Value::object(Crate(4))),
        ("day", Value::named("time.Duration", Value::Int(86_400))),
        (
            "list",
            Value::List(List::new(Type::NamedInt("uint8"), [Value::Int(1)])),
        ),
        (
            "counts",
            Value::Map(Map::new(Type::Int, [("a", Value::Int(1))])),
        ),
        (
            "flags",
            Value::Map(Map::new(Type::Bool, [("a", Value::Bool(true))])),
        ),
    ])
}

#[test]
fn own_types_act_as_what_they_are_made_from() {
    let (set, data) = (set(), own_types());
    for (template, expected) in [
        (
            "{{.level}} {{printf `%s %v %q %d` .level .level .level .level}}",
            r#"WARN WARN WARN "WARN" %!d(model.Level=warn)"#,
        ),
        (
            r#"{{eq .level "warn"}} {{lt .level "x"}} {{len .level}} {{if .level}}t{{end}}"#,
            "true true 4 t",
        ),
        (
            "{{print .level 1 .level}} {{html .level}}",
            "WARN1WARN WARN",
        ),
        (
            "{{.level.Add 5}} {{.level.Add .day}} {{.day | .level.Add}}",
            "6 86401 86401",
        ),
        (
            "{{.level.Join .box 1 2.5}} {{.level.Join nil}}",
            "[{3 LOW} 1 2.5] [<nil>]",
        ),
        (
            "{{.box}} {{print .box}} {{printf `%v %+v %T` .box .box .box}}",
            "{3 LOW} &{3 LOW} &{3 LOW} &{Size:3 Level:LOW} *model.Crate",
        ),
        (
            "{{.box.Size}} {{.box.Level}} {{.box.Promoted}} {{if .box}}t{{end}}",
            "3 LOW yes t",
        ),
        (
            "{{eq .box .same}} {{eq .box .other}} {{eq .box nil}}",
            "true false false",
        ),
        (
            "{{.day}} {{eq .day 86400}} {{printf `%T %d` .day .day}} {{range .counts}}{{.}}{{end}}",
            "86400 true time.Duration 86400 1",
        ),
        (
            "{{printf `%T %T %T` .list .counts .flags}} {{.counts.b}} {{.flags.b}}",
            "[]uint8 map[string]int map[string]bool 0 false",
        ),
        (
            "{{toJson .box}} {{toJson .level}} {{toJson .day}}",
            r#"{"size":3,"level":"low"} "warn" 86400"#,
        ),
    ] {
        assert_eq!(
            render(&set, template, &data),
            expected,
            "rendering {template:?}"
        );
    }
}

#[test]
fn own_types_refuse_what_go_refuses() {
    let (set, data) = (set(), own_types());
    for (template, expected) in [
        (
            "{{toUpper .level}}",
            "wrong type for value; expected string; got model.Level",
        ),
        (
            "{{1 | .level.Add}}",
            "wrong type for value; expected time.Duration; got int",
        ),
        ("{{.level.Add 1.5}}", "expected integer; found 1.5"),
        (
            "{{.level.Add .box}}",
            "wrong type for value; expected time.Duration; got *model.Crate",
        ),
        ("{{.level.Add nil}}", "cannot assign nil to time.Duration"),
        (
            "{{.level.Add}}",
            "wrong number of args for Add: want 1 got 0",
        ),
        (
            "{{.level.Join}}",
            "wrong number of args for Join: want at least 1 got 0",
        ),
        (
            "{{.level.Join 1}}",
            "can't handle 1 for arg of type *model.Crate",
        ),
        (
            r#"{{.level.Join .box "x"}}"#,
            r#"expected float; found "x""#,
        ),
        (
            "{{.level.Join .box .day}}",
            "wrong type for value; expected float64; got time.Duration",
        ),
        ("{{.level.Fail}}", "error calling Fail: out of order"),
        (
            "{{.level.Nope}}",
            "can't evaluate field Nope in type interface {}",
        ),
        (
            "{{.box.Nope}}",
            "can't evaluate field Nope in type interface {}",
        ),
        (
            "{{$b := .box}}{{$b.Nope}}",
            "can't evaluate field Nope in type *model.Crate",
        ),
        (
            "{{.box.Size 1}}",
            "Size has arguments but cannot be invoked as function",
        ),
        ("{{range .box}}{{end}}", "range can't iterate over {3 LOW}"),
        (
            "{{eq .box .level}}",
            "error calling eq: incompatible types for comparison: *model.Crate and model.Level",
        ),
        (
            "{{lt .box .same}}",
            "error calling lt: invalid type for comparison",
        ),
    ] {
        let error = compile(&set, template)
            .render(&set, &data, &Options::default())
            .unwrap_err();
        assert_eq!(error.message, expected, "rendering {template:?}");
    }
}

#[test]
fn values_answer_for_themselves() {
    assert!(
        Value::strings(["a"])
            .as_list()
            .is_some_and(|list| list.len() == 1)
    );
    assert!(Value::Nil.as_list().is_some_and(|list| list.is_empty()));
    assert_eq!(Value::object(Level("x")).as_str().as_deref(), Some("x"));
    assert!(Value::object(Level("x")).downcast_ref::<Level>().is_some());
    assert!(Value::object(Level("x")).downcast_ref::<Crate>().is_none());
    assert_eq!(Value::list([Value::list([])]).depth(), 2);
    assert_eq!(
        Value::Float(f64::NAN).to_json().unwrap_err().message(),
        "json: unsupported value: NaN"
    );
}
