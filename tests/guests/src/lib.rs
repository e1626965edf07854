//! Small components in WebAssembly text, well-behaved but for what a test adds to them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write as _;

use wit_component::{ComponentEncoder, StringEncoding};
use wit_parser::Resolve;

/// Where results are put.
const RESULT: u32 = 8_192;
/// Where lists in results are put.
const LIST: u32 = 12_288;
/// Where arguments are put; it grows from here.
const HEAP: u32 = 65_536;

/// A component. Snippets are instructions; what they can use is said at each.
pub struct Guest<'a> {
    /// `matcher`, `template` or `receiver`.
    pub world: &'a str,
    /// What the plugin calls itself.
    pub name: &'a str,
    /// Its own version.
    pub version: &'a str,
    /// The JSON Schema of its settings.
    pub schema: &'a str,
    /// Pages of memory at the start.
    pub pages: u32,
    /// Further fields of the module.
    pub fields: &'a str,
    pub on_start: &'a str,
    pub on_describe: &'a str,
    pub on_create: &'a str,
    /// Before the answer of `match-batch` (`$cells`, `$rows`), `render` or `next` (`$has`,
    /// `$body_len`).
    pub on_call: &'a str,
    /// At the start of a delivery, whose arguments stand at `$args`.
    pub on_begin: &'a str,
    pub on_drop: &'a str,
    pub on_realloc: &'a str,
    /// A matcher's verdict for row `$i`: whether the alert has the label `bad`, by default.
    pub verdict: &'a str,
    /// Whether a receiver reads alerts.
    pub reads_alerts: bool,
    /// The body of the request that a receiver wants sent.
    pub body: &'a str,
}

/// A matcher that reads the label `bad`, and refuses empty settings.
pub const MATCHER: Guest<'static> = Guest {
    world: "matcher",
    name: "test",
    version: "1.0.0",
    schema: "{}",
    pages: 2,
    fields: "",
    on_start: "",
    on_describe: "",
    on_create: "",
    on_call: "",
    on_begin: "",
    on_drop: "",
    on_realloc: "",
    verdict: "(i32.ne (i32.const 0) (i32.load (i32.add (local.get $cells) (i32.mul (local.get $i) \
              (i32.const 4)))))",
    reads_alerts: true,
    body: "hello",
};

/// A template engine that renders its texts as the receiver, the reason, an error that names the
/// group key, as many `a` as there are alerts, and as many as were truncated. It refuses an empty
/// list of texts.
pub const TEMPLATE: Guest<'static> = Guest {
    world: "template",
    ..MATCHER
};

/// A receiver that sends one request, and takes the response's body as the receipt's detail. It
/// refuses empty settings, at creation and at the start.
pub const RECEIVER: Guest<'static> = Guest {
    world: "receiver",
    ..MATCHER
};

/// Instructions that run only for an alert with the label `bad`.
pub fn if_bad(instructions: &str) -> String {
    format!("(if (i32.load (local.get $cells)) (then {instructions}))")
}

impl Guest<'_> {
    /// The component.
    pub fn build(&self) -> Vec<u8> {
        let mut module = wat::parse_str(self.module()).unwrap();
        let mut resolve = Resolve::default();
        let wit = concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit");
        let (package, _) = resolve.push_path(wit).unwrap();
        let world = format!("{}-plugin", self.world);
        let world = resolve.select_world(&[package], Some(&world)).unwrap();
        let encoding = StringEncoding::UTF8;
        wit_component::embed_component_metadata(&mut module, &resolve, world, encoding, false)
            .unwrap();
        let mut encoder = ComponentEncoder::default();
        encoder.module(&module).unwrap().encode().unwrap()
    }

    fn module(&self) -> String {
        let mut data = Data::default();
        let functions = match self.world {
            "matcher" => self.matcher(&mut data),
            "template" => self.template(&mut data),
            "receiver" => self.receiver(&mut data),
            other => panic!("there is no world {other}"),
        };
        let info = [self.name, self.version, self.schema]
            .map(|text| data.text(text))
            .concat();
        let info = data.place(&info);
        let Guest {
            world,
            pages,
            fields,
            on_start,
            on_describe,
            on_drop,
            on_realloc,
            ..
        } = self;
        let second_resource = match *world {
            "receiver" => {
                r#"(import "[export]larum:plugin/receiver@0.1.0" "[resource-new]delivery"
                     (func $new_delivery (param i32) (result i32)))"#
            }
            _ => "",
        };
        let data = data.segments;
        format!(
            r#"(module
  (import "larum:plugin/log@0.1.0" "log" (func $log (param i32 i32 i32)))
  (import "[export]larum:plugin/{world}@0.1.0" "[resource-new]compiled"
    (func $new (param i32) (result i32)))
  {second_resource}
  (memory (export "memory") {pages})
  (global $heap (mut i32) (i32.const {HEAP}))
  (global $calls (mut i32) (i32.const 0))
  {fields}
  {data}
  (func $start {on_start})
  (start $start)
  (func (export "cabi_realloc")
    (param $old i32) (param $old_size i32) (param $align i32) (param $size i32) (result i32)
    (local $at i32)
    {on_realloc}
    (local.set $at (i32.and
      (i32.add (global.get $heap) (i32.sub (local.get $align) (i32.const 1)))
      (i32.sub (i32.const 0) (local.get $align))))
    (global.set $heap (i32.add (local.get $at) (local.get $size)))
    (loop $more
      (if (i32.gt_u (global.get $heap) (i32.mul (memory.size) (i32.const 65536)))
        (then
          (if (i32.eq (memory.grow (i32.const 1)) (i32.const -1)) (then unreachable))
          (br $more))))
    (local.get $at))
  (func (export "larum:plugin/meta@0.1.0#describe") (result i32)
    {on_describe}
    (i32.const {info}))
  (func (export "larum:plugin/{world}@0.1.0#[dtor]compiled") (param i32) {on_drop})
  {functions})"#
        )
    }

    fn create_from_settings(&self, data: &mut Data) -> String {
        let refusal = [
            vec![1, 0, 0, 0],
            data.text("/sound"),
            data.text("no\nsound"),
        ]
        .concat();
        let refusal = data.place(&refusal);
        let Guest {
            world, on_create, ..
        } = self;
        format!(
            r#"(func (export "larum:plugin/{world}@0.1.0#[static]compiled.create")
    (param $settings i32) (param $settings_len i32) (result i32)
    {on_create}
    (if (i32.eqz (local.get $settings_len)) (then (return (i32.const {refusal}))))
    (i32.store8 (i32.const {RESULT}) (i32.const 0))
    (i32.store offset=4 (i32.const {RESULT}) (call $new (i32.const 7)))
    (i32.const {RESULT}))"#
        )
    }

    fn matcher(&self, data: &mut Data) -> String {
        let create = self.create_from_settings(data);
        let names = data.text("bad");
        let names = data.place(&names);
        let only = |at: u32, count: u32| [1, at, count].map(u32::to_le_bytes).concat();
        let projection = [only(names, 1), only(0, 0), vec![0; 4]].concat();
        let projection = data.place(&projection);
        let why = [vec![1, 0, 0, 0], data.text("because\x1b[2J")].concat();
        let why = data.place(&why);
        let Guest {
            on_call, verdict, ..
        } = self;
        let batch = "(param $self i32) (param $strings i32) (param $strings_len i32)
    (param $labels i32) (param $labels_len i32) (param $annotations i32)
    (param $annotations_len i32) (param $cells i32) (param $cells_len i32)
    (param $statuses i32) (param $statuses_len i32) (param $rows i32) (result i32)";
        format!(
            r#"{create}
  (func (export "larum:plugin/matcher@0.1.0#[method]compiled.projection")
    (param i32) (result i32) (i32.const {projection}))
  (func (export "larum:plugin/matcher@0.1.0#[method]compiled.explain")
    {batch} (i32.const {why}))
  (func (export "larum:plugin/matcher@0.1.0#[method]compiled.match-batch")
    {batch} (local $i i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    {on_call}
    (loop $next
      (if (i32.lt_u (local.get $i) (local.get $rows))
        (then
          (i32.store8 (i32.add (i32.const {LIST}) (local.get $i)) {verdict})
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br $next))))
    (i32.store8 (i32.const {RESULT}) (i32.const 0))
    (i32.store offset=4 (i32.const {RESULT}) (i32.const {LIST}))
    (i32.store offset=8 (i32.const {RESULT}) (local.get $rows))
    (i32.const {RESULT}))
  (func (export "cabi_post_larum:plugin/matcher@0.1.0#[method]compiled.match-batch")
    (param i32) (global.set $heap (i32.const {HEAP})))"#
        )
    }

    fn template(&self, data: &mut Data) -> String {
        let fault = [1_u32, 1, 0, 3, 5].map(u32::to_le_bytes).concat();
        let fault = [fault, data.text("unexpected }")].concat();
        let fault = data.place(&fault);
        let letters = data.place("a".repeat(64).as_bytes());
        let Guest {
            on_create, on_call, ..
        } = self;
        // Where a notification's fields are: after the handle, and in the order of the record.
        let (receiver, reason, group_key, alerts, truncated) = (24, 36, 44, 84, 96);
        let copy = |field: u32| {
            format!(
                "(i32.store offset=4 (local.get $at) (i32.load offset={field} (local.get $args)))
          (i32.store offset=8 (local.get $at)
            (i32.load offset={} (local.get $args)))",
                field + 4
            )
        };
        let count = |field: u32| {
            format!(
                "(i32.store offset=4 (local.get $at) (i32.const {letters}))
          (i32.store offset=8 (local.get $at) (i32.load offset={field} (local.get $args)))"
            )
        };
        let (receiver, reason, group_key) = (copy(receiver), copy(reason), copy(group_key));
        let (alerts, truncated) = (count(alerts + 4), count(truncated));
        format!(
            r#"(global $texts (mut i32) (i32.const 0))
  (func (export "larum:plugin/template@0.1.0#[static]compiled.create")
    (param $sources i32) (param $sources_len i32) (param $texts i32) (param $texts_len i32)
    (result i32)
    {on_create}
    (if (i32.eqz (local.get $texts_len)) (then (return (i32.const {fault}))))
    (global.set $texts (local.get $texts_len))
    (i32.store8 (i32.const {RESULT}) (i32.const 0))
    (i32.store offset=4 (i32.const {RESULT}) (call $new (i32.const 7)))
    (i32.const {RESULT}))
  (func (export "larum:plugin/template@0.1.0#[method]compiled.render")
    (param $args i32) (result i32) (local $i i32) (local $at i32)
    {on_call}
    (loop $next
      (if (i32.lt_u (local.get $i) (global.get $texts))
        (then
          (local.set $at
            (i32.add (i32.const {LIST}) (i32.mul (local.get $i) (i32.const 12))))
          (i32.store8 (local.get $at) (i32.eq (local.get $i) (i32.const 2)))
          (if (i32.eq (local.get $i) (i32.const 0)) (then {receiver}))
          (if (i32.eq (local.get $i) (i32.const 1)) (then {reason}))
          (if (i32.eq (local.get $i) (i32.const 2)) (then {group_key}))
          (if (i32.eq (local.get $i) (i32.const 3)) (then {alerts}))
          (if (i32.eq (local.get $i) (i32.const 4)) (then {truncated}))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br $next))))
    (i32.store (i32.const {RESULT}) (i32.const {LIST}))
    (i32.store offset=4 (i32.const {RESULT}) (global.get $texts))
    (i32.const {RESULT}))
  (func (export "cabi_post_larum:plugin/template@0.1.0#[method]compiled.render")
    (param i32) (global.set $heap (i32.const {HEAP})))"#
        )
    }

    /// A step that wants a request sent.
    fn request(&self, data: &mut Data) -> u32 {
        let url = [words(&[1]), data.text("/api_url"), words(&[0])].concat();
        let url = data.place(&url);
        let header_value = [words(&[0]), data.text("text/plain"), words(&[0])].concat();
        let header_value = data.place(&header_value);
        let header = [data.text("content-type"), words(&[header_value, 1])].concat();
        let header = data.place(&header);
        let body = [words(&[0]), data.text(self.body), words(&[0])].concat();
        let body = data.place(&body);
        let request = words(&[0, 0, 0, 0, 1, url, 1, header, 1, body, 1, 0, 1, 0, 1_500, 0]);
        data.place(&request)
    }

    fn receiver(&self, data: &mut Data) -> String {
        let create = self.create_from_settings(data);
        let failure = |data: &mut Data| data.text("it\u{202e} failed");
        // A result's error, a send-error of the case, its failure without advice.
        let error = |data: &mut Data, case: u32, after: &[u32]| {
            let failure = failure(data);
            let after = words(after);
            data.place(
                &[
                    words(&[1, 0, case, 0]),
                    failure,
                    words(&[0, 0, 0, 0]),
                    after,
                ]
                .concat(),
            )
        };
        let retry = error(data, 0, &[1, 0, 7_000, 0]);
        let retry_any_time = error(data, 0, &[0, 0, 0, 0]);
        let permanent = error(data, 1, &[]);
        let unauthorized = error(data, 2, &[]);
        let request = self.request(data);
        let id = data.text("id-1");
        let receipt = [words(&[0, 0, 1, 0, 1]), id, words(&[0, 0])].concat();
        let receipt = data.place(&receipt);
        let Guest {
            on_call, on_begin, ..
        } = self;
        let reads_alerts = u8::from(self.reads_alerts);
        format!(
            r#"{create}
  (func (export "larum:plugin/receiver@0.1.0#[dtor]delivery") (param i32))
  (func (export "larum:plugin/receiver@0.1.0#[method]compiled.reads-alerts")
    (param i32) (result i32) (i32.const {reads_alerts}))
  (func (export "larum:plugin/receiver@0.1.0#[method]compiled.start")
    (param $args i32) (result i32)
    {on_begin}
    (if (i32.eqz (i32.load offset=132 (local.get $args)))
      (then (return (i32.const {permanent}))))
    (i32.store8 (i32.const {RESULT}) (i32.const 0))
    (i32.store offset=8 (i32.const {RESULT}) (call $new_delivery (i32.const 9)))
    (i32.const {RESULT}))
  (func (export "larum:plugin/receiver@0.1.0#[method]delivery.next")
    (param $self i32) (param $has i32) (param $event i32) (param $status i32)
    (param $headers i32) (param $headers_len i32) (param $body i32) (param $body_len i32)
    (param $truncated i32) (result i32)
    {on_call}
    (if (i32.eqz (local.get $has)) (then (return (i32.const {request}))))
    (if (local.get $event) (then (return (i32.const {retry_any_time}))))
    (if (i32.eq (local.get $status) (i32.const 429)) (then (return (i32.const {retry}))))
    (if (i32.eq (local.get $status) (i32.const 401)) (then (return (i32.const {unauthorized}))))
    (if (i32.eq (local.get $status) (i32.const 100)) (then (return (i32.const {request}))))
    (i32.store offset=28 (i32.const {receipt}) (local.get $body))
    (i32.store offset=32 (i32.const {receipt}) (local.get $body_len))
    (i32.const {receipt}))
  (func (export "cabi_post_larum:plugin/receiver@0.1.0#[method]delivery.next")
    (param i32) (global.set $heap (i32.const {HEAP})))"#
        )
    }
}

fn words(numbers: &[u32]) -> Vec<u8> {
    let bytes = numbers.iter().flat_map(|number| number.to_le_bytes());
    bytes.collect()
}

/// Constants in a module's memory.
struct Data {
    next: u32,
    segments: String,
}

impl Default for Data {
    fn default() -> Self {
        Self {
            next: 256,
            segments: String::new(),
        }
    }
}

impl Data {
    /// Places bytes, and says where.
    fn place(&mut self, bytes: &[u8]) -> u32 {
        let at = self.next;
        let mut escaped = String::new();
        for byte in bytes {
            write!(escaped, "\\{byte:02x}").unwrap();
        }
        writeln!(self.segments, "(data (i32.const {at}) \"{escaped}\")").unwrap();
        self.next = (at + u32::try_from(bytes.len()).unwrap()).next_multiple_of(8);
        assert!(
            self.next <= RESULT || at >= LONG,
            "constants reach into the results"
        );
        at
    }

    /// Places a text, and gives its address and length as a record holds them. Long ones stand
    /// out of the way.
    fn text(&mut self, text: &str) -> Vec<u8> {
        let next = self.next;
        if text.len() > 2_000 {
            self.next = LONG;
        }
        let at = self.place(text.as_bytes());
        if text.len() > 2_000 {
            self.next = next;
        }
        [at, u32::try_from(text.len()).unwrap()]
            .map(u32::to_le_bytes)
            .concat()
    }
}

/// Where the one long text of a guest stands: such a guest needs memory for it.
const LONG: u32 = 1 << 20;
