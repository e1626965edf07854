//! Tables of matchers: how they are read, printed, compared and applied. What they expect was
//! compared with Alertmanager 0.33.1.

use super::{MatchOperator, Matcher, MatcherList, MatcherSyntax, parse_matcher, parse_matchers};
use crate::model::Labels;

fn printed(matchers: &[Matcher]) -> String {
    MatcherList(matchers).to_string()
}

#[test]
fn lists_are_read_as_alertmanager_reads_them() {
    let check = |text: &str, expected: &str| match parse_matchers(text) {
        Ok(matchers) => assert_eq!(printed(&matchers), expected, "{text}"),
        Err(error) => panic!("{text}: {error}"),
    };
    // Both grammars agree.
    check("", "{}");
    check("{}", "{}");
    check("foo=bar", r#"{foo="bar"}"#);
    check("{foo=bar}", r#"{foo="bar"}"#);
    check(r#"foo="bar""#, r#"{foo="bar"}"#);
    check(r#" { foo = "bar" , baz != x } "#, r#"{foo="bar",baz!="x"}"#);
    check("{foo=bar,}", r#"{foo="bar"}"#);
    check("foo=bar,", r#"{foo="bar"}"#);
    check("foo=a,b=c", r#"{foo="a",b="c"}"#);
    check(r#"foo="a,b""#, r#"{foo="a,b"}"#);
    check("foo=~a|b", r#"{foo=~"a|b"}"#);
    check(r#"foo!~"x""#, r#"{foo!~"x"}"#);
    check(r#"foo="a\nb""#, r#"{foo="a\nb"}"#);
    check(r#"foo=~"\\d+""#, r#"{foo=~"\\d+"}"#);
    check("foo:x=1", r#"{foo:x="1"}"#);
    // Only the UTF-8 grammar reads these.
    check(r#""foo"="bar""#, r#"{foo="bar"}"#);
    check("foo🙂=bar", r#"{foo🙂="bar"}"#);
    check(r#""foo bar"=baz"#, r#"{"foo bar"="baz"}"#);
    check(r#""foo\"bar"="a\tb""#, r#"{"foo\"bar"="a\tb"}"#);
    check("1foo=x", r#"{1foo="x"}"#);
    check(r#""1foo"=x"#, r#"{1foo="x"}"#);
    check(r#""🙂"="\u65e5\xf0\x9f\x99\x82\101""#, r#"{🙂="日🙂A"}"#);
    // Only the classic grammar reads these.
    check("{", "{}");
    check("}", "{}");
    check("foo=", r#"{foo=""}"#);
    check("foo=bar}", r#"{foo="bar"}"#);
    check("{foo=bar", r#"{foo="bar"}"#);
    check("{foo=bar}}", r#"{foo="bar}"}"#);
    check("foo={bar}", r#"{foo="{bar"}"#);
    check("foo==bar", r#"{foo="=bar"}"#);
    check("foo=bar baz", r#"{foo="bar baz"}"#);
    check("foo=bar {", r#"{foo="bar {"}"#);
    check("foo='bar'", r#"{foo="'bar'"}"#);
    check(r"foo=a\nb", r#"{foo="a\nb"}"#);
    check(r#"foo=\""#, r#"{foo="\""}"#);
    check(r"foo=bar\", r#"{foo="bar\\"}"#);
    check(r#"foo="\d""#, r#"{foo="\\d"}"#);
    check(r#"foo="\'""#, r#"{foo="\\'"}"#);
    check("foo=\"a\nb\"", r#"{foo="a\nb"}"#);
    // They disagree, and the classic one wins.
    check(r#"foo="a\tb""#, r#"{foo="a\\tb"}"#);
    check(r#"foo="\u65e5""#, r#"{foo="\\u65e5"}"#);
    check(r#"foo="\101""#, r#"{foo="\\101"}"#);
    check(r#"foo="\xff""#, r#"{foo="\\xff"}"#);
}

#[test]
fn what_neither_grammar_reads_is_refused_with_a_place() {
    let check = |text: &str, offset: usize, message: &str| {
        let error = parse_matchers(text).expect_err(text);
        assert_eq!((error.offset, &*error.message), (offset, message), "{text}");
    };
    let operators = "one of the operators =, !=, =~ and !~";
    check("foo", 3, &format!("expected {operators}, found the end"));
    check("foo!bar", 3, &format!("expected {operators}, found `!`"));
    check("foo=bar,,", 8, "expected a label name, found `,`");
    check(",", 0, "expected a label name, found `,`");
    check("{{foo=bar}", 1, "expected a label name, found `{`");
    check(r#"foo="bar"#, 4, "the closing quote is missing");
    check(
        r#"foo=bar""#,
        7,
        "expected a comma or a closing brace, found `\"`",
    );
    check(
        r#"foo=a"b"#,
        5,
        "expected a comma or a closing brace, found `\"`",
    );
    check(
        "🙂=x y",
        7,
        "expected a comma or a closing brace, found `y`",
    );
    check("{🙂=x", 7, "the closing brace is missing");
    check("🙂=x}", 6, "nothing opens this brace");
    check(r#""🙂"="\q""#, 8, "no such escape in a quoted text");
    check(
        r#""🙂"="\xff""#,
        7,
        "the escapes in this text are not UTF-8",
    );
    check(
        "a=b, foo=~[a-z",
        5,
        "\"[a-z\" is not a regular expression: unclosed character class",
    );
}

#[test]
fn the_syntax_can_be_chosen() {
    let check = |syntax: MatcherSyntax, text: &str, expected: Option<&str>| {
        let read = syntax
            .parse_list(text)
            .ok()
            .map(|matchers| printed(&matchers));
        assert_eq!(read.as_deref(), expected, "{syntax:?} {text}");
    };
    check(MatcherSyntax::Utf8, r#"foo="\t""#, Some("{foo=\"\t\"}"));
    check(
        MatcherSyntax::Classic,
        r#"foo="\t""#,
        Some(r#"{foo="\\t"}"#),
    );
    check(MatcherSyntax::Utf8, "foo=", None);
    check(MatcherSyntax::Classic, "foo=", Some(r#"{foo=""}"#));
    check(MatcherSyntax::Utf8, "foo🙂=bar", Some(r#"{foo🙂="bar"}"#));
    check(MatcherSyntax::Classic, "foo🙂=bar", None);
    check(
        MatcherSyntax::Classic,
        "foo=bar🙂",
        Some(r#"{foo="bar🙂"}"#),
    );
}

#[test]
fn one_matcher_is_read_without_braces() {
    let check = |text: &str, expected: Option<&str>| {
        let read = parse_matcher(text).ok().map(|matcher| matcher.to_string());
        assert_eq!(read.as_deref(), expected, "{text}");
    };
    check("foo=bar", Some(r#"foo="bar""#));
    check("foo🙂=bar", Some(r#"foo🙂="bar""#));
    // The classic grammar knows no list here.
    check("foo=bar,baz", Some(r#"foo="bar,baz""#));
    check("a=b,c=d", Some(r#"a="b,c=d""#));
    check("{foo=bar}", None);
    check("foo=bar}", None);
    check("", None);
    assert_eq!(
        parse_matcher("{foo=bar}").unwrap_err().message,
        "unexpected open or close brace: {foo=bar}"
    );
}

#[test]
fn matchers_print_and_read_back() {
    let check = |name: &str, value: &str, expected: &str| {
        let matcher = Matcher::new(name, MatchOperator::Equal, value).unwrap();
        assert_eq!(matcher.to_string(), expected);
        assert_eq!(parse_matchers(expected).unwrap(), [matcher]);
    };
    check("foo", "bar", r#"foo="bar""#);
    check("foo", "a\"b\\c\nd", r#"foo="a\"b\\c\nd""#);
    check("foo bar", "a\tb", r#""foo bar"="a\tb""#);
    check("ö", "日本 x", r#"ö="日本 x""#);
    check("a,b", "", r#""a,b"="""#);
}

#[test]
fn matchers_are_sorted_by_name_value_and_operator() {
    let mut matchers = parse_matchers("b=1,a!~2,a=2,a=~1,a!=2,a=~2").unwrap();
    matchers.sort();
    assert_eq!(
        printed(&matchers),
        r#"{a=~"1",a="2",a!="2",a=~"2",a!~"2",b="1"}"#
    );
}

#[test]
fn matchers_match() {
    let labels = Labels::from_pairs([("foo", "bar"), ("line", "a\nb")]).unwrap();
    let check = |text: &str, expected: bool| {
        assert_eq!(
            parse_matcher(text).unwrap().matches(&labels),
            expected,
            "{text}"
        );
    };
    check("foo=bar", true);
    check("foo=ba", false);
    check("foo!=bar", false);
    check("foo!=x", true);
    check("foo=~ba.", true);
    check("foo=~ba", false);
    check("foo=~a|bar|c", true);
    check("foo!~ba.", false);
    check("foo!~ba", true);
    // A label that is absent is empty.
    check("none=", true);
    check("none!=", false);
    check("none=~.*", true);
    check("none=~.+", false);
    check("none!~.+", true);
    // A dot matches no line feed, and the end is the end of the text.
    check("line=~a.b", false);
    check("line=~(?s)a.b", true);
    check("line=~a", false);
    check("line=~(?m)a$", false);
}

#[test]
fn regular_expressions_have_gos_meaning() {
    let check = |pattern: &str, text: &str, expected: bool| {
        let matcher = Matcher::new("x", MatchOperator::Regex, pattern).unwrap();
        assert_eq!(matcher.matches_value(text), expected, "{pattern} {text:?}");
    };
    check(r"\d+", "12", true);
    check(r"\d", "٣", false);
    check(r"\D", "٣", true);
    check(r"\w+", "aZ_9", true);
    check(r"\w", "ö", false);
    check(r"\W", "ö", true);
    check(r"a\sb", "a b", true);
    check(r"a\sb", "a\u{b}b", false);
    check(r"[\d.]+", "1.2", true);
    check(r"[^\d]", "5", false);
    check(r"[\D5]", "5", true);
    check(r"[\D5]", "6", false);
    check(r"a\b.b", "aöb", true);
    check(r"a\Bbc", "abc", true);
    check(r"\Qa.b\E.", "a.bx", true);
    check(r"\Qa.b", "a.b", true);
    check(r"\Qa.b", "axb", false);
    check(r"\101\x42\x{43}", "ABC", true);
    check("a{b}", "a{b}", true);
    check("a{,2}", "a{,2}", true);
    check("a{2}", "aa", true);
    check("a{1,}", "aaa", true);
    check(r"\<a\>", "<a>", true);
    check("[[a]+", "[a", true);
    check("[a&&b]+", "a&b", true);
    check("[a~~b]+", "a~b", true);
    check("[+--]+", "+,-", true);
    check("[]a]+", "]a", true);
    check("[^]a]", "b", true);
    check("[a-]+", "a-", true);
    check("[[:alpha:]]+", "abC", true);
    check("[[:^alpha:]]+", "123", true);
    check(r"\pL+", "öA", true);
    check(r"\p{Greek}[\p{Greek}x]\x{3b1}", "αxα", true);
    check("(?i)abc", "aBC", true);
    check("(?P<x>a)", "a", true);
    check("", "", true);
    check("", "a", false);
    let refuse = |pattern: &str| {
        assert!(
            Matcher::new("x", MatchOperator::Regex, pattern).is_err(),
            "{pattern}"
        );
    };
    refuse("a)(b");
    refuse("(");
    refuse("[a-z");
    refuse("*");
    refuse(r"\1");
    refuse(r"\q");
    refuse("(?=a)");
    refuse("a{3,2}");
    refuse(r"\pX");
    refuse("((a{1000}){1000}){1000}");
}
