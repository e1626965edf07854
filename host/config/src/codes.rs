//! Every code of a diagnostic, with what it means.

/// What a code says.
#[derive(Clone, Copy, Debug)]
pub struct Code {
    /// Such as `L0041`.
    pub code: &'static str,
    /// One line.
    pub title: &'static str,
    /// Why it is a fault, and how to mend it.
    pub explanation: &'static str,
}

/// The entry of a code, if there is such a code.
pub fn find(code: &str) -> Option<&'static Code> {
    TABLE
        .iter()
        .find(|entry| entry.code.eq_ignore_ascii_case(code))
}

/// Declares each code once: its constant and its row of the table.
macro_rules! codes {
    ($($name:ident $code:literal $title:literal $explanation:literal)*) => {
        $(#[doc = $title] pub const $name: &str = $code;)*
        /// All codes, in order.
        pub const TABLE: &[Code] = &[
            $(Code { code: $code, title: $title, explanation: $explanation },)*
        ];
    };
}

codes! {
SYNTAX "L0001" "The file is not YAML."
    "The text breaks YAML's rules at the place shown, so nothing after it can be understood. Most often a \
     tab indents a line (YAML wants spaces), a line is indented by one space too many or too few, or a \
     quote is not closed."
DUPLICATE_KEY "L0002" "A key stands twice in one mapping."
    "One of the two values would be lost. Remove one, or merge them."
TOO_LARGE "L0003" "The file is larger, deeper or fuller than larum reads."
    "The limits keep a file from exhausting the process. Aliases count as often as they are used."
SECOND_DOCUMENT "L0004" "The file holds more than one YAML document."
    "Only the first document is read, as in Alertmanager. What follows `---` has no effect."
MERGE "L0005" "A merge key does not do what it seems to."
    "`<<` takes a mapping or a list of mappings. As in Alertmanager, keys take effect in the order in which \
     they stand: a `<<` overrides the keys before it, so write it first."
PROMETHEUS_FILE "L0010" "This is Prometheus' own configuration."
    "prometheus.yml says what is scraped and which rules are evaluated; the router's file says who is told. \
     In prometheus.yml the section `alerting` names the router's address."
RULES_FILE "L0011" "This is a file of rules."
    "Rules make alerts, and Prometheus evaluates them: list the file under `rule_files` in prometheus.yml."
MANIFEST "L0012" "This is a manifest or the file of another program."
    "The configuration may be inside it, often below `data` or `stringData`. Take it out and give that."
EMPTY_FILE "L0013" "The file is empty."
    "The least that works is a route with a receiver and that receiver."
UNKNOWN_KEY "L0020" "No such key."
    "Keys that are not known are refused rather than ignored, because a misspelled key silently changes who is told."
MISPLACED_KEY "L0021" "A key that belongs elsewhere."
    "The key is known, but not at this place. Most often the indentation puts it one level too high or too low."
WRONG_TYPE "L0022" "A value of the wrong kind."
    "Values are read as Alertmanager reads them: plain `yes`, `on` and `true` are switches, text in quotes is never a \
     switch or a number, and numbers are accepted where text is expected."
UNSUPPORTED "L0023" "Alertmanager has this, larum does not yet."
    "Ignoring the section would change who is told, so the file is refused."
MISSING "L0024" "A value that must be there is not."
    "Give the value; an empty one does not count."
BAD_VALUE "L0025" "A value that is not allowed."
    "The message says what is."
EXCLUSIVE "L0026" "Two settings that exclude each other."
    "Keep one of them."
COMMENT "L0027" "A comment swallowed the value."
    "In YAML ` #` begins a comment, so the value is empty. Put it in quotes."
DURATION "L0030" "Not a duration."
    "A duration is whole numbers with units, largest first: y, w, d, h, m, s, ms, each at most once; such as 1h30m."
URL "L0031" "Not a URL."
    "The whole address is needed: http:// or https://, the host, the path."
PLACEHOLDER "L0032" "A placeholder where a value is needed."
    "Environment variables and templates are not expanded here. Put the value into a file of its own and name that file \
     with the key that ends in `_file`; it is read at each use, so the secret can change without a reload."
MASKED "L0033" "The value is a mask, not a secret."
    "`<secret>` is what status pages print in place of a secret. Put the real value there."
UNREADABLE "L0034" "A file that is named cannot be read now."
    "It is read at each use, so it may appear later; until then every use fails."
NO_ROUTE "L0040" "There is no root route."
    "Every alert starts at `route`, and `route.receiver` is told of what no child route takes."
UNDEFINED_RECEIVER "L0041" "A route names a receiver that is not defined."
    "Define it below `receivers`, or correct the name. Names are compared letter by letter."
RECEIVER_NAME "L0042" "A receiver's name is missing or taken."
    "Routes refer to receivers by name, so each needs one of its own."
ROOT_ROUTE "L0043" "The root route must match everything."
    "It takes what no other route takes, so it has no matchers, no `continue` and no time intervals. Put a condition \
     into a child below `routes`."
MATCHER "L0044" "Not a matcher."
    "A matcher is a label's name, one of = != =~ !~ and a value, such as severity=\"critical\"."
REGEX "L0045" "Not a regular expression."
    "Go's syntax (RE2): no look-around, no back references. It must match the whole value."
GROUP_BY "L0046" "`group_by` cannot be used like this."
    "It lists label names, each once, or only '...' for every label."
ZERO_INTERVAL "L0047" "An interval that must not be zero."
    "With zero the group would be sent without a pause."
SHORT_REPEAT "L0048" "`repeat_interval` is shorter than `group_interval`."
    "A group is looked at once each `group_interval`, so it cannot repeat more often than that."
UNUSED_RECEIVER "L0049" "No route refers to this receiver."
    "It is checked and never told anything."
NO_ADDRESS "L0050" "Nothing says where messages go."
    "Give the address in the integration or, for all of its kind, in `global`."
HTTP_CONFIG "L0051" "An `http_config` that contradicts itself."
    "See the message; the rules are Prometheus'."
UNKNOWN_PLUGIN "L0060" "No such plugin."
    "Bundled plugins need no declaration; one of your own is declared below `plugins` with a name and a component."
PLUGIN_WORLD "L0061" "A plugin of another kind."
    "Matchers go into `plugin_matchers`, receivers into `plugin_configs`, template engines into `template_engine`."
PLUGIN_SPEC "L0062" "A plugin's declaration that cannot work."
    "It needs a `name` of its own and a `component`: the path of a .wasm file."
PLUGIN_REFUSED "L0063" "A plugin refuses its settings."
    "The message is the plugin's."
TEMPLATE_GLOB "L0070" "A pattern of `templates` matches no file."
    "Patterns resolve against the directory of this file. Without the files, texts that use their templates fail."
TEMPLATE_FILE "L0071" "A template file cannot be read."
    "It must be UTF-8 text that this process may read."
TEMPLATE "L0072" "A template does not compile."
    "Found now, because at the time of an alert the message would be lost."
LIMIT "L0080" "More than larum takes."
    "The limit protects the process."
}
