//! The same texts rendered by Alertmanager's own amtool and by this crate, byte for byte.
//!
//! amtool differs from a running Alertmanager in three things: its data is a struct where
//! Alertmanager has a pointer to one, it does not quote the receiver, and its clock is the machine's.
//! Texts that would show that (`%T` and `printf "%v"` of the whole data, `now`, `since`) are not here.
//! Version 0.33 has no `RouteLabels`, `routeLabels`, `toDate`, `mustToDate`, `base64encode` and
//! `base64decode`; `alertmanager.rs` has cases for these.

#[path = "alertmanager/data_sets.rs"]
mod data_sets;

use std::fs;
use std::path::Path;
use std::process::Command;

use larum_test_peers::Peer;

use data_sets::{DATA_SETS, DEFAULT_TEMPLATES, call, data_file, data_set, golden_directory};

/// Where Debian's package puts Alertmanager's own default templates.
const DEFAULTS: &str = "/usr/share/prometheus/alertmanager";
const TEXTS: &str = include_str!("golden/texts.txt");
/// A template file, by name and text.
type Source = (&'static str, &'static str);
const EXTRA: Source = ("extra.tmpl", include_str!("golden/extra.tmpl"));
const NO_FILE: Source = ("empty.tmpl", include_str!("golden/empty.tmpl"));

#[test]
fn default_templates_are_amtools() {
    if !is_amtool_there("default_templates_are_amtools") {
        return;
    }
    let mut failures = Vec::new();
    for set in DATA_SETS {
        let mut outputs = Vec::new();
        for name in DEFAULT_TEMPLATES {
            failures.extend(difference(&call(name), set, NO_FILE));
            outputs.push((name, amtool(&call(name), set, NO_FILE).unwrap()));
        }
        let golden = golden_directory().join(format!("{set}.txt"));
        if std::env::var_os("LARUM_WRITE_GOLDEN").is_some() {
            fs::write(&golden, data_sets::golden_text(&outputs)).unwrap();
        }
        let written = fs::read_to_string(&golden).unwrap_or_default();
        if written != data_sets::golden_text(&outputs) {
            failures.push(format!(
                "{} is stale; set LARUM_WRITE_GOLDEN",
                golden.display()
            ));
        }
    }
    assert!(
        failures.is_empty(),
        "{} differences\n{}",
        failures.len(),
        failures.join("\n")
    );
}

#[test]
fn texts_render_as_in_amtool() {
    if !is_amtool_there("texts_render_as_in_amtool") {
        return;
    }
    let mut failures = Vec::new();
    for text in TEXTS
        .lines()
        .filter(|text| !text.is_empty() && !text.starts_with('#'))
    {
        // Two data sets for each: with one alert, and with several of both states.
        for set in ["one-firing", "mixed"] {
            failures.extend(difference(text, set, EXTRA));
        }
    }
    assert!(
        failures.is_empty(),
        "{} differences\n{}",
        failures.len(),
        failures.join("\n")
    );
}

fn difference(text: &str, set: &str, source: Source) -> Option<String> {
    let expected = amtool(text, set, source);
    let found = data_sets::render(text, source, &data_set(set));
    let found = found.map_err(|message| message.replace("*template.Data", "template.Data"));
    (found != expected)
        .then(|| format!("{text} ({set})\n   amtool: {expected:?}\n   larum:  {found:?}"))
}

/// What amtool prints, or the message it fails with. amtool does not load the defaults by itself.
fn amtool(text: &str, set: &str, source: Source) -> Result<String, String> {
    let file = golden_directory().join(source.0);
    let output = Command::new("amtool")
        .args(["template", "render"])
        .arg(format!("--template.glob={DEFAULTS}/*.tmpl"))
        .arg(format!("--template.glob={}", file.display()))
        .arg(format!("--template.data={}", data_file(set).display()))
        .arg(format!("--template.text={text}"))
        .output()
        .expect("amtool is on PATH");
    let errors = String::from_utf8(output.stderr).expect("UTF-8");
    match output.status.success() {
        true => Ok(String::from_utf8(output.stdout).expect("UTF-8")),
        false => Err(errors
            .trim()
            .trim_start_matches("amtool: error: ")
            .to_owned()),
    }
}

/// Whether Alertmanager's amtool and its default templates are there to compare with.
fn is_amtool_there(test: &str) -> bool {
    if larum_test_peers::find(Peer::Amtool, test).is_none() {
        return false;
    }
    let has_defaults = Path::new(DEFAULTS).join("default.tmpl").exists();
    if !has_defaults {
        larum_test_peers::skip(
            test,
            &format!("there are no default templates in {DEFAULTS}"),
        );
    }
    has_defaults
}
