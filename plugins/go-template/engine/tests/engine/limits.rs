//! No template can take more than it is given: steps, output, depth, and the stack.

use std::fmt::Write as _;

use larum_go_template::{ExecError, Limits, Options, Value};

use crate::support::{compile, data, set};

fn render(template: &str, limits: Limits) -> Result<String, ExecError> {
    let set = set();
    compile(&set, template).render(&set, &data(), &Options { limits, host: None })
}

#[track_caller]
fn check_exceeds(template: &str, limits: Limits, expected: &str) {
    match render(template, limits) {
        Ok(rendered) => panic!("{template:?} rendered {} bytes", rendered.len()),
        Err(error) => assert!(error.message.contains(expected), "{template:?}: {error}"),
    }
}

#[test]
fn steps() {
    let limits = Limits {
        steps_max: 1_000,
        ..Limits::default()
    };
    check_exceeds("{{range 1000000000}}{{end}}", limits, "steps");
    check_exceeds("{{range 100}}{{range 100}}x{{end}}{{end}}", limits, "steps");
    check_exceeds(
        "{{range 200}}{{$x := print 1 (print 2 3) 4}}{{end}}",
        limits,
        "steps",
    );
    check_exceeds(
        r#"{{$x := printf "%30000d" 1}}{{range 9}}{{$y := html $x}}{{end}}"#,
        limits,
        "steps",
    );
    assert_eq!(render("{{range 100}}x{{end}}", limits).unwrap().len(), 100);
}

#[test]
fn steps_without_output_end_by_default() {
    check_exceeds(
        "{{range 9223372036854775807}}{{end}}",
        Limits::default(),
        "steps",
    );
}

#[test]
fn output() {
    let limits = Limits {
        output_bytes_max: 100,
        ..Limits::default()
    };
    assert_eq!(render("{{range 100}}x{{end}}", limits).unwrap().len(), 100);
    check_exceeds("{{range 101}}x{{end}}", limits, "100 bytes");
    check_exceeds("{{range 101}}{{1}}{{end}}", limits, "100 bytes");
    check_exceeds("{{.}}", limits, "100 bytes");
    check_exceeds(
        r#"{{$x := "0123456789"}}{{range 9}}{{$x = print $x $x}}{{end}}"#,
        limits,
        "limit of output",
    );
    check_exceeds(r#"{{$x := printf "%101d" 1}}"#, limits, "limit of output");
    check_exceeds(
        r#"{{$x := printf "%.101f" 1.0}}"#,
        limits,
        "limit of output",
    );
    check_exceeds(r#"{{$x := printf "%.101d" 1}}"#, limits, "limit of output");
    check_exceeds(r#"{{$x := printf "%.101U" 1}}"#, limits, "limit of output");
    check_exceeds(
        r#"{{$x := printf "%.101x" 1.5}}"#,
        limits,
        "limit of output",
    );
    check_exceeds(
        r#"{{$x := printf "%50d%50d%50d" 1 2 3}}"#,
        limits,
        "limit of output",
    );
    check_exceeds(
        r#"{{$x := printf "%60x" 1 | js | printf "%q%[1]q"}}"#,
        limits,
        "limit of output",
    );
}

#[test]
fn doubling_a_string_ends() {
    let template = r#"{{$x := "x"}}{{range 1000}}{{$x = print $x $x}}{{end}}"#;
    check_exceeds(template, Limits::default(), "limit of output");
}

#[test]
fn nesting_a_list_ends() {
    let template = "{{$x := list}}{{range 100000}}{{$x = list $x}}{{end}}";
    check_exceeds(template, Limits::default(), "values are nested deeper");
}

#[test]
fn template_depth() {
    let endless = r#"{{define "a"}}{{template "a" .}}{{end}}{{template "a" .}}"#;
    check_exceeds(
        endless,
        Limits::default(),
        "exceeded maximum template depth (200)",
    );
    let limits = Limits {
        call_depth_max: 3,
        ..Limits::default()
    };
    check_exceeds(endless, limits, "exceeded maximum template depth (3)");
    let countdown = r#"{{define "a"}}{{with .}}{{template "a" (slice . 1)}}{{end}}{{end}}{{template "a" (list 1 2)}}"#;
    assert_eq!(render(countdown, limits).unwrap(), "");
}

#[test]
fn mutual_recursion_through_blocks_ends() {
    let nested = format!(
        "{}{{{{template \"a\" .}}}}{}",
        "{{if 1}}".repeat(50),
        "{{end}}".repeat(50)
    );
    let template = format!("{{{{define \"a\"}}}}{nested}{{{{end}}}}{{{{template \"a\" .}}}}");
    check_exceeds(&template, Limits::default(), "actions are nested deeper");
}

#[test]
fn a_text_may_nest_only_so_deep() {
    let set = set();
    for (open, close) in [
        ("{{if 1}}", "{{end}}"),
        ("{{range 1}}", "{{end}}"),
        ("{{with 1}}", "{{end}}"),
    ] {
        let nest = |depth: usize| format!("{}x{}", open.repeat(depth), close.repeat(depth));
        let text = compile(&set, &nest(99));
        assert_eq!(
            text.render(&set, &Value::Nil, &Options::default()).unwrap(),
            "x"
        );
        for depth in [101, 1_000, 100_000] {
            let error = set.compile_text("", &nest(depth)).unwrap_err();
            assert!(error.message.contains("nested deeper"), "{error}");
        }
    }
}

#[test]
fn parentheses_may_nest_only_so_deep() {
    let set = set();
    let nest = |depth: usize| format!("{{{{{}1{}}}}}", "(".repeat(depth), ")".repeat(depth));
    let text = compile(&set, &nest(99));
    assert_eq!(
        text.render(&set, &Value::Nil, &Options::default()).unwrap(),
        "1"
    );
    for depth in [101, 100_000] {
        let error = set.compile_text("", &nest(depth)).unwrap_err();
        assert!(error.message.contains("nested deeper"), "{error}");
    }
}

#[test]
fn a_long_chain_of_else_does_not_nest() {
    let mut template = String::from("{{if 0}}{{else");
    for number in 0..10_000 {
        write!(template, " if eq 9999 {number}}}}}{number}{{{{else").unwrap();
    }
    template.push_str("}}{{end}}");
    assert_eq!(render(&template, Limits::default()).unwrap(), "9999");
}

#[test]
fn a_small_stack_suffices() {
    // What a component has, less what its caller may have used.
    let run = || {
        template_depth();
        mutual_recursion_through_blocks_ends();
        a_text_may_nest_only_so_deep();
        parentheses_may_nest_only_so_deep();
        nesting_a_list_ends();
    };
    let stack_bytes = if cfg!(debug_assertions) {
        2 * 1024 * 1024
    } else {
        512 * 1024
    };
    std::thread::Builder::new()
        .stack_size(stack_bytes)
        .spawn(run)
        .unwrap()
        .join()
        .unwrap();
}
