//! A set with a few functions, data as a router has it, and the helpers that check one-line cases.

use larum_go_template::{
    Function, FunctionError, Functions, List, Method, Object, Options, Set, Signature, Text, Type,
    Value,
};

/// Renders each template with [`data`] and compares the text.
#[track_caller]
pub(crate) fn check(cases: &[(&str, &str)]) {
    let (set, data) = (set(), data());
    for (template, expected) in cases {
        let text = compile(&set, template);
        match text.render(&set, &data, &Options::default()) {
            Ok(rendered) => assert_eq!(rendered, *expected, "rendering {template:?}"),
            Err(error) => panic!("{template:?} failed: {error}"),
        }
    }
}

/// Renders each template with [`data`] and compares the error.
#[track_caller]
pub(crate) fn check_errors(cases: &[(&str, &str)]) {
    let (set, data) = (set(), data());
    for (template, expected) in cases {
        let text = compile(&set, template);
        match text.render(&set, &data, &Options::default()) {
            Ok(rendered) => panic!("{template:?} rendered {rendered:?}"),
            Err(error) => assert_eq!(error.to_string(), *expected, "rendering {template:?}"),
        }
    }
}

/// Compiles each template and compares the error.
#[track_caller]
pub(crate) fn check_parse_errors(cases: &[(&str, &str)]) {
    let set = set();
    for (template, expected) in cases {
        match set.compile_text("", template) {
            Ok(_) => panic!("{template:?} compiled"),
            Err(error) => assert_eq!(error.to_string(), *expected, "compiling {template:?}"),
        }
    }
}

#[track_caller]
pub(crate) fn compile(set: &Set, template: &str) -> Text {
    match set.compile_text("", template) {
        Ok(text) => text,
        Err(error) => panic!("{template:?} does not compile: {error}"),
    }
}

/// The predefined functions and `join`, `list`, `dict`, `toUpper` and `toJson`.
pub(crate) fn set() -> Set {
    let mut functions = Functions::builtin();
    functions.add(
        "join",
        &[Type::String, Type::Named("[]string")],
        |_, arguments| {
            let separator = string(&arguments[0])?;
            let items = arguments[1]
                .as_list()
                .ok_or_else(|| FunctionError::new("no list"))?;
            let items: Result<Vec<_>, _> = items.items().iter().map(string).collect();
            Ok(Value::from(items?.join(&separator)))
        },
    );
    functions.add_variadic("list", &[], Type::Any, |_, items| {
        Ok(Value::list(items.to_vec()))
    });
    functions.add_variadic("dict", &[], Type::Any, |_, arguments| {
        let pairs: Result<Vec<_>, FunctionError> = arguments
            .chunks_exact(2)
            .map(|pair| Ok((string(&pair[0])?, pair[1].clone())))
            .collect();
        Ok(Value::map(pairs?))
    });
    functions.add("toUpper", &[Type::String], |_, arguments| {
        Ok(Value::from(string(&arguments[0])?.to_uppercase()))
    });
    functions.add("toJson", &[Type::Any], |_, arguments| {
        arguments[0].to_json().map(Value::from)
    });
    functions.add_variadic("adder", &[Type::Int], Type::Int, |_, arguments| {
        let base = arguments[0].as_int().unwrap_or_default();
        const PARAMETERS: &[Type] = &[Type::Int];
        let adder = Function::new(Signature::new(PARAMETERS), move |_, arguments| {
            Ok(Value::Int(base + arguments[0].as_int().unwrap_or_default()))
        });
        Ok(Value::Function(adder))
    });
    Set::new(functions)
}

fn string(value: &Value) -> Result<String, FunctionError> {
    let text = value
        .as_str()
        .ok_or_else(|| FunctionError::new("no string"))?;
    Ok(text.to_string())
}

/// Two alerts, one of them resolved, in one group.
pub(crate) fn data() -> Value {
    Value::object(Data)
}

#[derive(Debug)]
struct Data;

impl Object for Data {
    fn type_name(&self) -> &str {
        "template.Data"
    }

    fn fields(&self) -> &'static [&'static str] {
        &[
            "Receiver",
            "Status",
            "Alerts",
            "GroupLabels",
            "CommonLabels",
        ]
    }

    fn field(&self, name: &str) -> Option<Value> {
        Some(match name {
            "Receiver" => "receiver".into(),
            "Status" => "alertstatus".into(),
            "Alerts" => Value::object(Alerts(vec!["firing", "resolved"])),
            "GroupLabels" => labels("grouplabel"),
            "CommonLabels" => labels("commonlabel"),
            _ => return None,
        })
    }
}

#[derive(Debug)]
struct Alerts(Vec<&'static str>);

impl Alerts {
    fn list(&self) -> Value {
        let alerts = self.0.iter().map(|status| Value::object(Alert { status }));
        Value::List(List::new(Type::Named("template.Alert"), alerts))
    }
}

impl Object for Alerts {
    fn type_name(&self) -> &str {
        "template.Alerts"
    }

    fn underlying(&self) -> Option<Value> {
        Some(self.list())
    }

    fn methods(&self) -> &'static [Method] {
        const METHODS: &[Method] = &[Method::new("Firing", &[]), Method::new("Resolved", &[])];
        METHODS
    }

    fn call(&self, name: &str, _arguments: &[Value]) -> Result<Value, FunctionError> {
        let wanted = name.to_lowercase();
        Ok(Self(
            self.0
                .iter()
                .copied()
                .filter(|status| *status == wanted)
                .collect(),
        )
        .list())
    }
}

#[derive(Debug)]
struct Alert {
    status: &'static str,
}

impl Object for Alert {
    fn type_name(&self) -> &str {
        "template.Alert"
    }

    fn fields(&self) -> &'static [&'static str] {
        &["Status", "Labels"]
    }

    fn field(&self, name: &str) -> Option<Value> {
        Some(match name {
            "Status" => self.status.into(),
            "Labels" => Value::object(Labels(vec![("instance".into(), "foo.bar:1234".into())])),
            _ => return None,
        })
    }
}

/// `grouplabelkey1=grouplabelvalue1` and a second one.
fn labels(kind: &str) -> Value {
    let label = |number: u8| (format!("{kind}key{number}"), format!("{kind}value{number}"));
    Value::object(Labels(vec![label(1), label(2)]))
}

#[derive(Debug)]
struct Labels(Vec<(String, String)>);

impl Object for Labels {
    fn type_name(&self) -> &str {
        "template.KV"
    }

    fn underlying(&self) -> Option<Value> {
        Some(Value::string_map(
            self.0
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str())),
        ))
    }

    fn methods(&self) -> &'static [Method] {
        const METHODS: &[Method] = &[
            Method::new("Names", &[]),
            Method::new("Values", &[]),
            Method::new("SortedPairs", &[]),
            Method::new("Remove", &[Type::Named("[]string")]),
        ];
        METHODS
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Result<Value, FunctionError> {
        Ok(match name {
            "Names" => Value::strings(self.0.iter().map(|(name, _)| name.as_str())),
            "Values" => Value::strings(self.0.iter().map(|(_, value)| value.as_str())),
            "SortedPairs" => Value::object(Self(self.0.clone())),
            _ => {
                let removed = arguments[0]
                    .as_list()
                    .ok_or_else(|| FunctionError::new("no list"))?;
                let removed: Vec<_> = removed.items().iter().filter_map(Value::as_str).collect();
                let is_kept = |name: &str| removed.iter().all(|other| other.as_ref() != name);
                let kept = self.0.iter().filter(|(name, _)| is_kept(name)).cloned();
                Value::object(Self(kept.collect()))
            }
        })
    }

    fn display(&self) -> Option<String> {
        let pairs: Vec<_> = self
            .0
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        Some(pairs.join(", "))
    }
}
