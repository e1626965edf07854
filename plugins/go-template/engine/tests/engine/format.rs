//! Go's print functions, escapers and JSON. Every result is that of Go.

use crate::support::check;

#[test]
fn printf_composites() {
    check(PRINTF_COMPOSITES);
}

#[test]
fn print() {
    check(PRINT);
}

#[test]
fn printf() {
    check(PRINTF);
}

#[test]
fn printf_floats() {
    check(PRINTF_FLOATS);
}

#[test]
fn printf_mixed() {
    check(PRINTF_MIXED);
}

#[test]
fn escapers() {
    check(ESCAPERS);
}

#[test]
fn printf_arguments() {
    check(PRINTF_ARGUMENTS);
}

#[test]
fn json() {
    check(JSON);
}

const PRINTF_COMPOSITES: &[(&str, &str)] = &[
    (
        r#"{{index "abc" 1 | printf "%T %v"}}"#,
        "uint8 %!v(MISSING)",
    ),
    (
        r#"{{printf "%s|%d|%q|%x|%X|%v|%+v|%#v" .GroupLabels .GroupLabels .GroupLabels .GroupLabels .GroupLabels .GroupLabels .GroupLabels .GroupLabels}}"#,
        r#"grouplabelkey1=grouplabelvalue1, grouplabelkey2=grouplabelvalue2|map[%!d(string=grouplabelkey1):%!d(string=grouplabelvalue1) %!d(string=grouplabelkey2):%!d(string=grouplabelvalue2)]|"grouplabelkey1=grouplabelvalue1, grouplabelkey2=grouplabelvalue2"|67726f75706c6162656c6b6579313d67726f75706c6162656c76616c7565312c2067726f75706c6162656c6b6579323d67726f75706c6162656c76616c756532|67726F75706C6162656C6B6579313D67726F75706C6162656C76616C7565312C2067726F75706C6162656C6B6579323D67726F75706C6162656C76616C756532|grouplabelkey1=grouplabelvalue1, grouplabelkey2=grouplabelvalue2|grouplabelkey1=grouplabelvalue1, grouplabelkey2=grouplabelvalue2|template.KV{"grouplabelkey1":"grouplabelvalue1", "grouplabelkey2":"grouplabelvalue2"}"#,
    ),
    (
        r#"{{printf "%w" 1}} {{printf "%p" 1}} {{printf "%é" 1}} {{printf "%T" nil}} {{printf "%Ts" 1}} {{printf "%10T|" 1}} {{printf "%-10T|%.2T" 1 "a"}}"#,
        "%!w(int=1) %!p(int=1) %!é(int=1) <nil> ints        int| int       |st",
    ),
    (
        r#"{{printf "%s %d" (list "a" (list 1 "b")) (dict "a" (list 1))}}"#,
        "[a [%!s(int=1) b]] map[%!d(string=a):[1]]",
    ),
    (
        r#"{{printf "%v %s %+v %#v" (list) (list) (dict) (dict)}}"#,
        "[] [] map[] map[string]interface {}{}",
    ),
    (
        r#"{{printf "%T %T %T" (index .Alerts 0) .GroupLabels.Names .Alerts.Firing}}"#,
        "template.Alert []string []template.Alert",
    ),
    (r#"{{printf "%T" (len "a")}}"#, "int"),
];

const PRINT: &[(&str, &str)] = &[
    (
        r#"{{$d := (dict "a" 1).b}}{{$d.c}}|{{print $d}}"#,
        "<no value>|<nil>",
    ),
    ("{{print\n  1\n  2 -}}\n x", "1 2x"),
    ("{{print nil}}", "<nil>"),
    (
        r#"{{true}} {{false}} {{print true 1 "a" 2 3 "b" "c"}} {{println 1 "a"}}|"#,
        "true false true 1a2 3bc 1 a\n|",
    ),
    (
        "{{print (1)}} {{(1)}} {{((1))}} {{(print 1) | len}}",
        "1 1 1 1",
    ),
    (
        r#"{{print "a" 1 2 "b" 3.0 true nil nil "c"}}"#,
        "a1 2b3 true <nil> <nil>c",
    ),
    (
        "{{println}}|{{print}}|{{print nil nil}}|{{print true false}}",
        "\n||<nil> <nil>|true false",
    ),
    (r#"{{print (list 1 2) (dict "a" 1) 1}}"#, "[1 2] map[a:1] 1"),
    ("{{print ($y := 2) $y}}", "2 2"),
    ("{{toUpper (print 1)}}", "1"),
    ("{{print dict.X}}", "<nil>"),
];

const PRINTF: &[(&str, &str)] = &[
    (r#"{{printf "%d" "hi"}}"#, "%!d(string=hi)"),
    (r#"{{printf "%d" 1 | printf "%s" | len}}"#, "1"),
    (r#"{{- printf "%s" "a" -}}"#, "a"),
    (
        r#"{{printf "%d %d %!|%z|%-|%" 1}}"#,
        "1 %!d(MISSING) %!!(MISSING)|%!z(MISSING)|%!|(MISSING)%!(NOVERB)",
    ),
    (r#"{{printf "%!" 1}}"#, "%!!(int=1)"),
    (r#"{{printf "%"}}"#, "%!(NOVERB)"),
    (r#"{{printf "%z %!" 1 2}}"#, "%!z(int=1) %!!(int=2)"),
    (r#"{{printf "%12345678d" 1}}"#, "%!(NOVERB)%!(EXTRA int=1)"),
    (
        r#"{{printf "%5d|%-5d|%05d|%+5d|% 5d|%x|%#x|%08x|%#08x" 7 7 7 7 7 7 7 7 7}}"#,
        "    7|7    |00007|   +7|    7|7|0x7|00000007|0x00000007",
    ),
    (
        r#"{{printf "%c%c%c|%5c|%-5c|" 'é' 0x1F600 -1 'x' 'x'}}"#,
        "é😀\u{fffd}|    x|x    |",
    ),
    (
        r#"{{printf "%q %q %+q %#q %q %q" 'x' '\'' 'é' 'x' 0x110000 10}}"#,
        "'x' '\\'' '\\u00e9' 'x' '\u{fffd}' '\\n'",
    ),
    (
        r#"{{printf "%U %U %#U %.6U %10U|%-10U|%#.2U" -1 0x1F600 0x1F600 65 65 65 7}}"#,
        "U+FFFFFFFFFFFFFFFF U+1F600 U+1F600 '😀' U+000041     U+0041|U+0041    |U+0007",
    ),
    (
        r#"{{printf "%q %q %q %+q %#q %#q %#q" "" "a`b" "\x00\x7f" "日本😀" "a`b" "a\tb" "a\nb"}}"#,
        "\"\" \"a`b\" \"\\x00\\x7f\" \"\\u65e5\\u672c\\U0001f600\" \"a`b\" `a\tb` \"a\\nb\"",
    ),
    (
        r#"{{printf "%q" "\u200b\ufeff\u00a0\u0301\u2028"}}"#,
        "\"\\u200b\\ufeff\\u00a0\u{301}\\u2028\"",
    ),
    (
        r#"{{printf "%x|% x|%#x|%# x|%X|%.1x|%5x|%-5x|%05x" "" "ab" "" "ab" "é" "abc" "a" "a" "a"}}"#,
        "|61 62||0x61 0x62|C3A9|61|   61|61   |00061",
    ),
    (
        r#"{{printf "%v %s %d %t %q %x %f" true true true true true true true}}"#,
        "true %!s(bool=true) %!d(bool=true) true %!q(bool=true) %!x(bool=true) %!f(bool=true)",
    ),
    (
        r#"{{printf "%+v %+d %+s %+q" 1 1 "x" "x"}}"#,
        r#"1 +1 x "x""#,
    ),
    (
        r#"{{printf "%6v|%-6v|%06v" true true true}}"#,
        "  true|true  |00true",
    ),
    (r#"{{printf "%v|%d|%s" 'a' 'a' 'a'}}"#, "97|97|%!s(int=97)"),
    (r#"{{printf "%s" "a" | printf "%s%s" "b"}}"#, "ba"),
    (r#"{{printf "%%|%5%|%-5%|%.2%"}}"#, "%|%|%|%"),
    (r#"{{printf "%%%d%%" 5}}"#, "%5%"),
    (r#"{{printf "100%"}}"#, "100%!(NOVERB)"),
    (r#"{{printf "100% d" 5}}"#, "100 5"),
    (r#"{{printf "no verbs" 5}}"#, "no verbs%!(EXTRA int=5)"),
    (r#"{{printf "%v%v" 1}}"#, "1%!v(MISSING)"),
    (
        r#"{{printf "%-+5d|%+-5d|%- 5d|" 3 3 3}}"#,
        "+3   |+3   | 3   |",
    ),
    (r#"{{printf "%#+v %+#v" 1 "x"}}"#, r#"1 "x""#),
    (
        r#"{{printf "%6s|%-6s|%06s|%6q|%6x" "ab" "ab" "ab" "ab" "ab"}}"#,
        r#"    ab|ab    |0000ab|  "ab"|  6162"#,
    ),
    (r#"{{printf "%v" (slice "abc" 1)}}"#, "bc"),
    (
        r#"{{printf "%d" (index "abc" 1)}} {{index "abc" 1}} {{eq (index "abc" 1) 98}}"#,
        "98 98 true",
    ),
    (
        r#"{{printf "%c %q %U %x %s" (index "abc" 1) (index "abc" 1) (index "abc" 1) (index "abc" 1) (index "abc" 1)}}"#,
        "b 'b' U+0062 62 %!s(uint8=98)",
    ),
    (r#"{{(($x := 1) | printf "%d")}}{{$x}}"#, "11"),
    (r#"{{printf "%d" ($x := 3)}}"#, "3"),
];

const PRINTF_FLOATS: &[(&str, &str)] = &[
    (r#"{{1e19}} {{printf "%d" 1e3}}"#, "1e+19 %!d(float64=1000)"),
    (
        r#"{{1.5 | printf "%.2f"}} {{"x" | printf "%s-%s" "y"}}"#,
        "1.50 y-x",
    ),
    (
        r#"{{1e5}} {{123456.0}} {{1234567.0}} {{1e20}} {{1e21}} {{100000000.0}} {{123456789.0}} {{printf "%v %g" 1e6 1e6}}"#,
        "100000 123456 1.234567e+06 1e+20 1e+21 1e+08 1.23456789e+08 1e+06 1e+06",
    ),
    (
        r#"{{printf "%.3g %.10g %#g %#.3g %#v %#.0f %#.0e %#g" 1234567.0 1234567.0 1234567.0 1.0 1e6 1.0 1.0 1e6}}"#,
        "1.23e+06 1234567 1.234567e+06 1.00 1e+06 1. 1.e+00 1.00000e+06",
    ),
    (
        r#"{{printf "%05s|%-05s|%05d|%-05d|%05.1f|%+05d|%x|%X|% x|%#x|%# x|%05t|%05v|%q|%#q|%+q|%.2q" "hi" "hi" 42 42 1.5 42 "hi" "hi" "hi" "hi" "hi" true "x" "a\"é\n" "ab" "é" "abc"}}"#,
        r#"000hi|hi   |00042|42   |001.5|+0042|6869|6869|68 69|0x6869|0x68 0x69|0true|0000x|"a\"é\n"|`ab`|"\u00e9"|"ab""#,
    ),
    (
        r#"{{printf "%d %s" 1}} {{printf "%d" 1 2 "x" nil 1.5}} {{printf "%s" nil}} {{printf "%d" nil}} {{printf "%v %+v %#v" nil nil nil}}"#,
        "1 %!s(MISSING) 1%!(EXTRA int=2, string=x, <nil>, float64=1.5) %!s(<nil>) %!d(<nil>) <nil> <nil> <nil>",
    ),
    (
        r#"{{printf "%b %o %O %x %X %c %q %U %#U %#x %#o %#b %e %E %G %b %x %X" 5 8 8 255 255 65 65 65 233 255 8 5 1234.5678 1234.5678 1e10 1.5 1.5 1.5}}"#,
        "101 10 0o10 ff FF A 'A' U+0041 U+00E9 'é' 0xff 010 0b101 1.234568e+03 1.234568E+03 1E+10 6755399441055744p-52 0x1.8p+00 0X1.8P+00",
    ),
    (
        r#"{{printf "%t %t %d %s %d %f %v %s" true 1 true true "x" "x" 1.5 1}}"#,
        "true %!t(int=1) %!d(bool=true) %!s(bool=true) %!d(string=x) %!f(string=x) 1.5 %!s(int=1)",
    ),
    (
        r#"{{printf "%6.2f|%-8.3f|%+.1e|%08.3f|% d|% d|%+d|%3c|%-3c|%03c|%+v|%x|%5%|%.3d|%.0d|%8.3d|%08.3d" 3.14159 3.14159 12345.678 -3.14159 5 -5 5 65 65 65 1 -255 7 0 7 7}}"#,
        "  3.14|3.142   |+1.2e+04|-003.142| 5|-5|+5|  A|A  |00A|1|-ff|%|007||     007|     007",
    ),
    (
        r#"{{printf "%v %v %d %s %q %x" (list 1 "a" nil true 1.5) (dict "b" 1 "a" "x") (list 1 "a") (list 1 "a") (list "a" "b") (list "a" 10)}}"#,
        r#"[1 a <nil> true 1.5] map[a:x b:1] [1 %!d(string=a)] [%!s(int=1) a] ["a" "b"] [61 a]"#,
    ),
    (
        r#"{{printf "%#v %#v %#v %#v %T %T %T %T" (list 1 "a" nil) (dict "b" 1) "x" 1.0 (list) (dict) 1 "s"}} {{printf "%+v" (dict "a" (list 1))}}"#,
        r#"[]interface {}{1, "a", interface {}(nil)} map[string]interface {}{"b":1} "x" 1 []interface {} map[string]interface {} int string map[a:[1]]"#,
    ),
    (
        r#"{{printf "%5v|%5v|%-5v|%05d" (list 1 2) true "a" (list 1 2)}} {{printf "%6.2v|%.2v" 3.14159 "abc"}}"#,
        "[    1     2]| true|a    |[00001 00002]    3.1|ab",
    ),
    (
        r#"{{printf "%f %f %g %v %5.1f|%+f|%05f|% f" (printf "x") 1 -0.0 -0.0 1e100 1.0 1.0 1.0}}"#,
        "%!f(string=x) %!f(int=1) -0 -0 10000000000000000159028911097599180468360808563945281389781327557747838772170381060813469985856815104.0|+1.000000|1.000000| 1.000000",
    ),
    (
        r#"{{printf "%d %d" 1_000 0x10}} {{printf "%s %v" true false}} {{print 1.0 2.0}} {{1_000.5}} {{0.1}} {{1e-5}} {{0.0001}} {{1e-4}} {{0.00001234}} {{1e22}} {{2.5e15}}"#,
        "1000 16 %!s(bool=true) false 1 2 1000.5 0.1 1e-05 0.0001 0.0001 1.234e-05 1e+22 2.5e+15",
    ),
    (
        r#"{{printf "%x %X %x %#x %.2x %.0x %.3x" 0.1 0.1 0.0 1.0 3.14159 1.5 1e300}}"#,
        "0x1.999999999999ap-04 0X1.999999999999AP-04 0x0p+00 0x1.0000p+00 0x1.92p+01 0x1p+01 0x1.7e4p+996",
    ),
    (
        r#"{{printf "%+x %x %x" 1.0 -2.5 5e-324}}"#,
        "+0x1p+00 -0x1.4p+01 0x1p-1074",
    ),
    (
        r#"{{printf "%b %b %b" 0.0 -1.0 1e300}}"#,
        "0p-1074 -4503599627370496p-52 6724873095247260p+944",
    ),
    (
        r#"{{printf "%g %g %g %e %f" 1e-4 1e-5 5e-324 5e-324 1e-10}}"#,
        "0.0001 1e-05 5e-324 4.940656e-324 0.000000",
    ),
    (
        r#"{{printf "%.0f %.0f %.0f %.1f %.2f" 0.5 1.5 2.5 0.25 1.005}}"#,
        "0 2 2 0.2 1.00",
    ),
    (
        r#"{{printf "%.0e %.0g %.1g %.2g %.3g" 15.0 15.0 15.0 15.0 15.0}}"#,
        "2e+01 2e+01 2e+01 15 15",
    ),
    (
        r#"{{printf "%g %.17g %.20g %.1g" 0.1 0.1 0.1 0.95}}"#,
        "0.1 0.10000000000000001 0.10000000000000000555 0.9",
    ),
    (
        r#"{{printf "%05d|%-05d|%+05d|%5.3d|%-5.3d|%05.3d|% 05d" -7 -7 -7 -7 -7 -7 -7}}"#,
        "-0007|-7   |-0007| -007|-007 | -007|-0007",
    ),
    (
        r#"{{printf "%o %#o %#o %O %b %#b %#.5o %#10.4o|" 0 0 8 0 0 0 8 8}}"#,
        "0 0 010 0o0 0 0b0 00010       0010|",
    ),
    (
        r#"{{printf "%s|%5s|%-5s|%.1s|%5.1s|%.0s|%.10s" "é" "é" "é" "éa" "éa" "a" "a"}}"#,
        "é|    é|é    |é|    é||a",
    ),
    (
        r#"{{printf "%#v" (list (list) (dict "a" nil) 1.5 true "x\n")}}"#,
        r#"[]interface {}{[]interface {}{}, map[string]interface {}{"a":interface {}(nil)}, 1.5, true, "x\n"}"#,
    ),
    (
        r#"{{printf "%#v %#v %#v %#v" true 1 "a\"b" 1e21}}"#,
        r#"true 1 "a\"b" 1e+21"#,
    ),
    (
        r#"{{printf "%T %T %T %T %T" true 1.5 .GroupLabels .Alerts .}}"#,
        "bool float64 template.KV template.Alerts template.Data",
    ),
    (
        r#"{{printf "%6v|%-6v|%06v" 1.5 1.5 1.5}}"#,
        "   1.5|1.5   |0001.5",
    ),
    (
        r#"{{printf "%+.3v|%.3v|%10.3v|" 3.14159 3.14159 3.14159}}"#,
        "3.14|3.14|      3.14|",
    ),
    (
        r#"{{printf "% v|%+v|% f|%+f" 1 1 1.0 1.0}}"#,
        " 1|1| 1.000000|+1.000000",
    ),
    (r#"{{printf "%.f|%.d" 1.5 3}}"#, "2|3"),
    (
        r#"{{1i}} {{printf "%T" 1i}} {{1+2i}} {{-1.5-2.5e3i}} {{eq 1i 1i}} {{0i}}"#,
        "(0+1i) complex128 (1+2i) (-1.5-2500i) true (0+0i)",
    ),
    (
        r#"{{1e18 | printf "%T"}} {{1e18}} {{1.0e3 | printf "%T"}} {{0x1p3 | printf "%T"}}"#,
        "float64 1e+18 float64 float64",
    ),
];

const PRINTF_MIXED: &[(&str, &str)] = &[
    ("{{html}}", ""),
    ("{{html urlquery | print}}", ""),
    ("{{or js}}", ""),
    ("{{print .Status}}", "alertstatus"),
    (
        r#"{{printf "%[2]*.x|%-*.v|%[2]*.0e|" 1e21}}"#,
        "%!(BADWIDTH)%!x(BADINDEX)|%!(BADWIDTH)%!v(MISSING)|%!(BADWIDTH)%!e(BADINDEX)|",
    ),
    (
        r#"{{printf "%05[2]v%*.[1]*s|" "" 100000.0}}"#,
        "100000%!(BADWIDTH)%!(BADPREC)%!s(float64=100000)|",
    ),
    (r#"{{printf "% [2]q" 0 true}}"#, "%!q(bool=true)"),
    (
        r#"{{printf "%[1][9]G|" 255 123456789.0 "hi" 100000.0}}"#,
        "%![(int=255)9]G|",
    ),
    (
        r#"{{printf "%0#5.7p|% +12.0[2]g|%.[1]*z|" }}"#,
        "%!p(MISSING)|%!g(BADINDEX)|%!(BADPREC)%!z(BADINDEX)|",
    ),
    (
        r#"{{printf "%#.[1]*T|%5.7[2]x" 'x' (list 1 "a" nil)}}"#,
        "[]interface {}|[0000001    61 <nil>]",
    ),
    (
        r#"{{printf "%#.0f%.7[9]b%0[2]*.*[9]U|" (dict "k" 1.5) nil}}"#,
        "map[%!f(string=):2.]%!b(BADINDEX)%!(BADWIDTH)%!(BADPREC)%!U(BADINDEX)|",
    ),
    (
        r#"{{printf "%-.7q|" 1e21 "hi" 1e21 'x'}}"#,
        "%!q(float64=1e+21)|%!(EXTRA string=hi, float64=1e+21, int=120)",
    ),
    (
        r#"{{printf "%+.[1]*[9]d%[1].2s" 0}}"#,
        "%!d(BADINDEX)%!s(BADINDEX)",
    ),
    (
        r#"{{printf "%.X|%s%.[1]*s|" true (dict "k" 1.5)}}"#,
        "%!X(bool=true)|map[k:%!s(float64=1.5)]%!(BADPREC)map[k:%!s(float64=1.5)]|",
    ),
    (
        r#"{{printf "%#*f%-x|%0[2]*.%" (dict "k" 1.5)}}"#,
        "%!(BADWIDTH)%!f(MISSING)%!x(MISSING)|%!(BADWIDTH)%",
    ),
    (
        r#"{{printf "%-5.2o%.0[2]c" 0 100000.0 (dict "k" 1.5) 1.5}}"#,
        "00   %!c(float64=1e+05)",
    ),
    (
        r#"{{printf "%5[2]T|" (dict "k" 1.5) "" 65 nil}}"#,
        "string|",
    ),
    (
        r#"{{printf "%.0T|%[2]*.0t|%+c|" (list 1 "a" nil) nil}}"#,
        "|%!(BADWIDTH)%!t(MISSING)|%!c(MISSING)|",
    ),
    (
        r#"{{printf "%-*d|%++.0[2]v%-*.[1]*[9]e" }}"#,
        "%!(BADWIDTH)%!d(MISSING)|%!v(BADINDEX)%!(BADWIDTH)%!(BADPREC)%!e(BADINDEX)",
    ),
    (
        r#"{{printf "%[1].7[2]s|%+ *.[1]*[2]é|% #[2]s|" -7}}"#,
        "%!s(BADINDEX)|%!(BADPREC)%!é(BADINDEX)|%!s(BADINDEX)|",
    ),
    (
        r#"{{printf "%.[1]*[9]d|%*.7[9]s%-z" 255 0 nil -0.001}}"#,
        "%!d(BADINDEX)|%!s(BADINDEX)%!z(<nil>)",
    ),
    (
        r#"{{printf "% +5.[2]b|%-5.[1]*[9]q% [2]*.0%|" (list 1 "a" nil) 1e21 1.5}}"#,
        "+7629394531250000p+17|%!(BADPREC)%!q(BADINDEX)%!(BADWIDTH)%|",
    ),
    (
        r#"{{printf "%[2]*[9]E%12.[1]*%|%+*.0[2]d" 'x'}}"#,
        "%!E(BADINDEX)%|%!(BADWIDTH)%!d(BADINDEX)",
    ),
    (r#"{{printf "%0T|" 'x' true}}"#, "int|%!(EXTRA bool=true)"),
    (
        r#"{{printf "%# [1].2T%05x|" "" nil}}"#,
        "%!T(BADINDEX)00000|",
    ),
    (
        r#"{{printf "%#.0[9]é|%*.x" 123456789.0 nil 100000.0 123456789.0}}"#,
        "%!é(BADINDEX)|%!(BADWIDTH)%!x(<nil>)",
    ),
    (
        r#"{{printf "%*.*s%*T|%.[1]*t|" true 100000.0 (list 1 "a" nil)}}"#,
        "%!(BADWIDTH)%!(BADPREC)[%!s(int=1) a <nil>]%!(BADWIDTH)%!T(MISSING)|%!(BADPREC)%!t(float64=100000)|",
    ),
    (
        r#"{{printf "% #*.2p%00.[1]*[2]b" 1e21}}"#,
        "%!(BADWIDTH)%!p(MISSING)%!(BADPREC)%!b(BADINDEX)",
    ),
    (
        r#"{{printf "%0*[9]d|" (dict "k" 1.5) 1 1.5 (dict "k" 1.5)}}"#,
        "%!(BADWIDTH)%!d(BADINDEX)|",
    ),
    (r#"{{printf "%12.*T" 'x'}}"#, "%!T(MISSING)"),
    (
        r#"{{printf "%+[1][2]t|%#.[1]*[9]O%[1].v" 'x' -7 -7 1e21}}"#,
        "%![(int=+120)2]t|%!O(BADINDEX)%!v(BADINDEX)",
    ),
    (
        r#"{{printf "%5.[1]*U%.[1]*b%#012.0[2]t|" }}"#,
        "%!(BADPREC)%!U(BADINDEX)%!(BADPREC)%!b(BADINDEX)%!t(BADINDEX)|",
    ),
    (r#"{{printf "%*.U|" ""}}"#, "%!(BADWIDTH)%!U(MISSING)|"),
    (r#"{{printf "%-[2]*U|" nil}}"#, "%!(BADWIDTH)%!U(BADINDEX)|"),
    (
        r#"{{printf "%5.*[2]T%.7%|" true -0.001}}"#,
        "%!(BADPREC)float64%|",
    ),
    (
        r#"{{printf "%[2]*t|%12.[2]o|%  12.[1]*[9]t|" "" 1.5 "" -0.001}}"#,
        "%!(BADWIDTH)%!t(string=)|%!o(float64=           2)|%!(BADPREC)%!t(BADINDEX)|",
    ),
    (
        r#"{{printf "%*.7G" (dict "k" 1.5) nil}}"#,
        "%!(BADWIDTH)%!G(<nil>)",
    ),
    (
        r#"{{printf "%+[2]*o|%  12.[9]!" 'x'}}"#,
        "%!o(BADINDEX)|%!!(BADINDEX)",
    ),
    (
        r#"{{printf "%#5.*U|%12v|% [2]*.2O" 65 65}}"#,
        "U+00000000000000000000000000000000000000000000000000000000000000041 'A'|%!v(MISSING)|%!O(MISSING)",
    ),
    (
        r#"{{printf "%-*.2[2]%|%*.7g" nil true}}"#,
        "%!(BADWIDTH)%|%!(BADWIDTH)%!g(MISSING)",
    ),
    (r#"{{printf "%[1]t%.T" }}"#, "%!t(BADINDEX)%!T(MISSING)"),
    (
        r#"{{printf "%-.[9]U%[1].0o|" 0 -0.001 1.5}}"#,
        "%!U(BADINDEX)%!o(BADINDEX)|",
    ),
    (
        r#"{{printf "%q%*.c" }}"#,
        "%!q(MISSING)%!(BADWIDTH)%!c(MISSING)",
    ),
    (
        r#"{{printf "%*.0q|" (list 1 "a" nil) (dict "k" 1.5)}}"#,
        r#"%!(BADWIDTH)map["":%!q(float64=2)]|"#,
    ),
    (
        r#"{{printf "%+[2]*X%*[2]O" 65 1 123456789.0}}"#,
        "+0X1.D6F3454P+26%!(BADWIDTH)0o1",
    ),
    (
        r#"{{printf "%*.7[9]x%0+[2]*.[2]X" "" 1 'x' (dict "k" 1.5)}}"#,
        "%!(BADWIDTH)%!x(BADINDEX)+1",
    ),
    (
        r#"{{printf "%[1].7o% 5.2z%##12.*p|" 0 100000.0}}"#,
        "%!o(BADINDEX)%!z(int=   00)%!(BADPREC)%!p(MISSING)|",
    ),
    (
        r#"{{printf "%[1][9]b|" "" (dict "k" 1.5) 1 0}}"#,
        "%![(string=)9]b|",
    ),
    (
        r#"{{printf "%.7q|%#.[1]*q%#5f|" ""}}"#,
        r#"""|%!(BADPREC)%!q(MISSING)%!f(MISSING)|"#,
    ),
    (
        r#"{{printf "% 012.[1]*G|%.d% 5.2[9]d|" 1 0 0}}"#,
        "%!G(int=           0)|%!d(BADINDEX)|",
    ),
    (
        r#"{{printf "%[2]*.[1]*e|" -0.001 1.5 255 -0.001}}"#,
        "%!(BADWIDTH)%!(BADPREC)1.500000e+00|",
    ),
    (
        r#"{{printf "%#.o%#.0%|%[1].[1]*q|" nil -7 (list 1 "a" nil)}}"#,
        "%!o(<nil>)%|%!(BADPREC)%!q(BADINDEX)|",
    ),
    (
        r#"{{printf "% 5.2O" nil (list 1 "a" nil) -0.001 1.5}}"#,
        "%!O(<nil>)%!(EXTRA []interface {}=[1 a <nil>], float64=-0.001, float64=1.5)",
    ),
    (
        r#"{{printf "% 12.*U|%#+*G" 100000.0}}"#,
        "%!(BADPREC)%!U(MISSING)|%!(BADWIDTH)%!G(MISSING)",
    ),
    (
        r#"{{printf "%#[1].v|%[2]*c|%# 5.t" true "hi"}}"#,
        "%!v(BADINDEX)|%!(BADWIDTH)%!c(MISSING)|%!t(MISSING)",
    ),
    (
        r#"{{printf "%- .0[9]s%0-5q%-#.7f|" 1 "" (dict "k" 1.5) 'x'}}"#,
        r#"%!s(BADINDEX)'\x01'%!f(string=)|"#,
    ),
    (
        r#"{{printf "%0+.0T%.2[9]O|% [9]é|" }}"#,
        "%!T(MISSING)%!O(BADINDEX)|%!é(BADINDEX)|",
    ),
    (r#"{{printf "%.q" true}}"#, "%!q(bool=true)"),
    (
        r#"{{printf "%0-[2]*.7[2]U%5.7T%*.0o|" nil 100000.0 -7}}"#,
        "%!(BADWIDTH)%!U(float64=100000)  int%!(BADWIDTH)%!o(MISSING)|",
    ),
    (r#"{{printf "%[2]*.0%" 0}}"#, "%"),
    (
        r#"{{printf "%*!%#.[1]*z" true}}"#,
        "%!(BADWIDTH)%!!(MISSING)%!(BADPREC)%!z(MISSING)",
    ),
    (r#"{{printf "%-[1].[9]d|%O" -7 255}}"#, "%!d(BADINDEX)|-0o7"),
    (
        r#"{{printf "%[1].z%#[2]*c%[1]b" true 'x' nil "hi"}}"#,
        "%!z(BADINDEX)%!c(<nil>)%!b(bool=true)",
    ),
    (
        r#"{{printf "%+.7[2]é|%d" 255 (list 1 "a" nil)}}"#,
        "[%!é(int=+0000001) %!é(string=a) <nil>]|%!d(MISSING)",
    ),
    (
        r#"{{printf "%#5[2]p|%-[2]*.s|%+.[9]d" }}"#,
        "%!p(BADINDEX)|%!(BADWIDTH)%!s(BADINDEX)|%!d(BADINDEX)",
    ),
    (
        r#"{{printf "%.0[9]f|%*.7X|" -0.001 1 1.5}}"#,
        "%!f(BADINDEX)|%!(BADWIDTH)0000001|",
    ),
    (r#"{{printf "% +.2q|" }}"#, "%!q(MISSING)|"),
    (
        r#"{{printf "%.g%0*.[1]*[9]U%05.[1]*x|" "" 65}}"#,
        "%!g(string=)%!(BADPREC)%!U(BADINDEX)%!(BADPREC)00041|",
    ),
    (
        r#"{{printf "%12.[9]v|%0[9]e|%[2]*.*[9]o" 65 (list 1 "a" nil) 65 true}}"#,
        "%!v(BADINDEX)|%!e(BADINDEX)|%!(BADWIDTH)%!o(BADINDEX)",
    ),
    (
        r#"{{printf "%-12.[1]*z%#12.[1]*s|" "hi"}}"#,
        "%!(BADPREC)%!z(MISSING)%!(BADPREC)%!s(MISSING)|",
    ),
    (
        r#"{{printf "%#.2[9]d|% .7[9]O|" nil}}"#,
        "%!d(BADINDEX)|%!O(BADINDEX)|",
    ),
    (
        r#"{{printf "%-.[1]*g% .b|" (dict "k" 1.5) 1.5}}"#,
        "%!(BADPREC)1.5%!b(MISSING)|",
    ),
    (
        r#"{{printf "%.f%*d|" 1e21 1.5 'x'}}"#,
        "1000000000000000000000%!(BADWIDTH)120|",
    ),
    (
        r#"{{printf "%.2[2]O|%#-[1].7G%-*.*z" 1e21 1e21 1 "hi"}}"#,
        "%!O(float64=1e+21)|%!G(BADINDEX)%!(BADWIDTH)%!(BADPREC)%!z(int=1)",
    ),
    (
        r#"{{printf "%5.0o|%.*[9]!" 123456789.0 255 "hi" 1e21}}"#,
        "%!o(float64=1e+08)|%!!(BADINDEX)",
    ),
    (
        r#"{{printf "% *q|%+[1].0p" -7 "" 65}}"#,
        r#"""     |%!p(BADINDEX)"#,
    ),
    (
        r#"{{printf "% [2]*.[1]*d|%+.[1]*[9]G" }}"#,
        "%!(BADWIDTH)%!(BADPREC)%!d(BADINDEX)|%!(BADPREC)%!G(BADINDEX)",
    ),
    (
        r#"{{printf "%-12.[1]*é%g" (dict "k" 1.5) "" 123456789.0}}"#,
        "%!(BADPREC)%!é(string=            )1.23456789e+08",
    ),
    (
        r#"{{printf "%0*.O|%*.2[9]t" 'x' nil 65}}"#,
        "%!O(<nil>)|%!t(BADINDEX)",
    ),
    (
        r#"{{printf "%#.*g|%*X|%*.0[2]v" 65}}"#,
        "%!g(MISSING)|%!(BADWIDTH)%!X(MISSING)|%!(BADWIDTH)%!v(BADINDEX)",
    ),
    (
        r#"{{printf "% 12.0é|%*G" (list 1 "a" nil) -7}}"#,
        "[%!é(int=           1) %!é(string=            ) <nil>]|%!G(MISSING)",
    ),
    (
        r#"{{printf "% +é%0.[9]E|" 65 1.5 100000.0 255}}"#,
        "%!é(int=+65)%!E(BADINDEX)|",
    ),
    (r#"{{printf "%#12.0[9]%" nil 1.5 'x'}}"#, "%"),
    (r#"{{printf "%0s%0+12O" }}"#, "%!s(MISSING)%!O(MISSING)"),
    (
        r#"{{printf "%[2]*[2]U%5.*%%*.*s" 255 -7 -0.001 true}}"#,
        "U+FFFFFFFFFFFFFFF9%!(BADPREC)%%!(BADWIDTH)%!(BADPREC)%!s(MISSING)",
    ),
    (
        r#"{{printf "%++12.7T%[2]*.*[2]O|" 100000.0 1 'x' (list 1 "a" nil)}}"#,
        "     float640o000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001|",
    ),
    (
        r#"{{printf "%*.[1]*[2]X" -0.001 100000.0 ""}}"#,
        "%!(BADWIDTH)%!(BADPREC)0X1.86AP+16",
    ),
    (r#"{{printf "%5.*[9]q|" 'x' 255}}"#, "%!q(BADINDEX)|"),
    (
        r#"{{printf "% 5.*[2]v|%+.z" 123456789.0 (dict "k" 1.5) (dict "k" 1.5)}}"#,
        "%!(BADPREC)map[    k:  1.5]|map[%!z(string=):%!z(float64=+2)]",
    ),
];

const ESCAPERS: &[(&str, &str)] = &[
    (
        r#"{{html "<a href='x'>&\""}} {{html 1 2 "a" "b" 3}} {{html nil}} {{html .CommonLabels}}"#,
        "&lt;a href=&#39;x&#39;&gt;&amp;&#34; 1 2ab3 &lt;no value&gt; commonlabelkey1=commonlabelvalue1, commonlabelkey2=commonlabelvalue2",
    ),
    (
        r#"{{js "it'd <a> \"x\" \\ & = \n é \u2028 \x01"}} {{js 1}}"#,
        r#"it\'d \u003Ca\u003E \"x\" \\ \u0026 \u003D \u000A é \u2028 \u0001 1"#,
    ),
    (
        r#"{{urlquery "a b&c/d?e=é~-_.*+"}} {{urlquery 1 2}} {{urlquery nil}}"#,
        "a+b%26c%2Fd%3Fe%3D%C3%A9~-_.%2A%2B 1+2 %3Cno+value%3E",
    ),
    (
        r#"{{html 1.5 true nil "<"}} {{js nil "'" 1}} {{urlquery nil " "}}"#,
        r#"1.5 true&lt;no value&gt;&lt; \u003Cno value\u003E\'1 %3Cno+value%3E+"#,
    ),
    (
        r#"{{html (list "<" ">")}} {{js (dict "a" "'")}} {{html "\x00"}} {{js "\x00\t\x7f"}} {{js "\u2028é日\u200b"}}"#,
        "[&lt; &gt;] map[a:\\'] \u{fffd} \\u0000\\u0009\u{7f} \\u2028é日\\u200B",
    ),
];

const PRINTF_ARGUMENTS: &[(&str, &str)] = &[
    (
        r#"{{printf "%[2]d %[1]d|%[3]d|%[x]d|%[2]*[1]d|%*d|%-*d|%.*f|%[5]d" 1 2}}"#,
        "2 1|%!d(BADINDEX)|%!d(BADINDEX)| 1|%!d(MISSING)|%!(BADWIDTH)%!d(MISSING)|%!(BADPREC)%!f(MISSING)|%!d(BADINDEX)",
    ),
    (r#"{{printf "%[1]d %d %[1]*d" 3 4}}"#, "3 4   4"),
    (r#"{{printf "%[3]*.[2]*[1]f" 12.0 2 6}}"#, " 12.00"),
    (r#"{{printf "%[1]" 1}}"#, "%!(NOVERB)"),
    (r#"{{printf "%[" 1}}"#, "%!(NOVERB)"),
    (r#"{{printf "%[1" 1}}"#, "%!(NOVERB)"),
    (r#"{{printf "%[]d" 1}}"#, "%!d(BADINDEX)"),
    (r#"{{printf "%[0]d" 1}}"#, "%!d(BADINDEX)"),
    (r#"{{printf "%[-1]d" 1}}"#, "%!d(BADINDEX)"),
    (r#"{{printf "%[99]d" 1}}"#, "%!d(BADINDEX)"),
    (r#"{{printf "%[1]2d" 1}}"#, "%!d(BADINDEX)"),
    (r#"{{printf "%[1].2f" 1.0}}"#, "%!f(BADINDEX)"),
    (r#"{{printf "%.[1]*f" 1 2.0}}"#, "2.0"),
    (r#"{{printf "%2[1]d" 1}}"#, " 1"),
    (
        r#"{{printf "%*d|%-*d|%.*f|%*d" 5 1 5 1 2 3.14159 "x" 1}}"#,
        "    1|1    |3.14|%!(BADWIDTH)1",
    ),
    (
        r#"{{printf "%*d|%.*d|%.*d" -5 1 -1 5 "x" 5}}"#,
        "1    |%!(BADPREC)5|%!(BADPREC)5",
    ),
    (r#"{{printf "%*d" 10000000 1}}"#, "%!(BADWIDTH)1"),
    (r#"{{printf "%[1]s %[1]q" "x"}}"#, r#"x "x""#),
    (r#"{{printf "%[2]s %s" "a" "b"}}"#, "b %!s(MISSING)"),
    (r#"{{printf "%s %[1]s %s" "a" "b"}}"#, "a a b"),
];

const JSON: &[(&str, &str)] = &[
    (
        r#"{{toJson (list 1 "a<b>&\"\\\n\u2028" 1.5 true nil (dict "b" 1 "a" 2))}}"#,
        r#"[1,"a\u003cb\u003e\u0026\"\\\n\u2028",1.5,true,null,{"a":2,"b":1}]"#,
    ),
    (
        "{{toJson 1e21}} {{toJson 1e20}} {{toJson 1e-6}} {{toJson 1e-7}} {{toJson 1.0}} {{toJson 123456789.123}} {{toJson -0.0}}",
        "1e+21 100000000000000000000 0.000001 1e-7 1 123456789.123 -0",
    ),
    (
        r#"{{toJson .GroupLabels}} {{toJson .GroupLabels.Names}} {{toJson "\x08\x0c\x01\r\t"}}"#,
        r#"{"grouplabelkey1":"grouplabelvalue1","grouplabelkey2":"grouplabelvalue2"} ["grouplabelkey1","grouplabelkey2"] "\b\f\u0001\r\t""#,
    ),
];
