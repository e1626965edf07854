//! Files of other programs, given by mistake.

use crate::{
    Diagnostic, codes,
    places::{PROMETHEUS_TOP, TOP, listed},
    read::Reader,
    yaml::{Entry, Node, Value},
};

/// Tells a file of another program by its keys. True when it is one; that is then the only error.
pub(crate) fn refuse(reader: &mut Reader, root: &Node) -> bool {
    let is_ours = root.entry("route").is_some() || root.entry("receivers").is_some();
    let fault = if is_ours { None } else { foreign(reader, root) };
    let is_foreign = fault.is_some();
    if let Some(fault) = fault {
        reader.report.add(fault);
    }
    is_foreign
}

fn foreign(reader: &Reader, root: &Node) -> Option<Diagnostic> {
    let prometheus: Vec<&Entry> = prometheus_keys(root).collect();
    if let Some(first) = prometheus.first() {
        let message = "this looks like Prometheus' own configuration, not the router's";
        return Some(prometheus_fault(reader, codes::PROMETHEUS_FILE, message, &prometheus)
            .help("give the file with `route` and `receivers` instead")
            .help(format!("this file may contain: {}", listed(TOP.keys.iter().copied())))
            .help(format!("`{}` and the other keys stay in prometheus.yml; its section `alerting` names the router's address", first.key)));
    }
    if let Some(groups) = root.entry("groups")
        && groups
            .value
            .items()
            .iter()
            .any(|group| group.get("rules").is_some())
    {
        let message = "this is a file of rules, not the router's configuration";
        let fault = Diagnostic::error(codes::RULES_FILE, message);
        return Some(fault.at(groups.key_span, "rules are evaluated by Prometheus").help(
            "list this file under `rule_files` in prometheus.yml; give the file with `route` and `receivers` here",
        ));
    }
    if let (Some(version), Some(kind)) = (root.entry("apiVersion"), root.entry("kind")) {
        let Value::Scalar(name) = &kind.value.value else {
            return None;
        };
        let message = format!(
            "this is a Kubernetes manifest ({}), not the configuration",
            name.text
        );
        let help = match &*name.text {
            "ConfigMap" => "the configuration is the text inside `data`; give that text as a file",
            "Secret" => {
                "the configuration is inside `stringData`, or in base64 inside `data`; give that text as a file"
            }
            "AlertmanagerConfig" => {
                "this resource is for prometheus-operator, which makes the configuration of it; its keys are spelled differently"
            }
            _ => "give the configuration itself: the text with `route` and `receivers`",
        };
        let fault = Diagnostic::error(codes::MANIFEST, message).at(kind.key_span, "");
        return Some(fault.at(version.key_span, "").help(help));
    }
    let others = [
        ("services", "a file of Docker Compose"),
        ("contactPoints", "Grafana's provisioning of alerting"),
        ("policies", "Grafana's provisioning of alerting"),
        (
            "modules",
            "a configuration of blackbox_exporter or snmp_exporter",
        ),
        (
            "alertmanager",
            "a file of Helm values; the configuration may be at `alertmanager.config` in it",
        ),
        ("prometheus", "a file of Helm values"),
    ];
    let (entry, what) = others
        .iter()
        .find_map(|(key, what)| Some((root.entry(key)?, what)))?;
    let fault = Diagnostic::error(codes::MANIFEST, format!("this looks like {what}"));
    Some(
        fault
            .at(entry.key_span, "")
            .help("give the file with `route` and `receivers` instead"),
    )
}

/// Reports Prometheus' keys in a file that is otherwise the router's: all of them at once.
pub(crate) fn strays(reader: &mut Reader, root: &Node) {
    let strays: Vec<&Entry> = prometheus_keys(root).collect();
    let Some(first) = strays.first() else { return };
    let message = format!(
        "`{}` belongs in prometheus.yml, not in the router's configuration",
        first.key
    );
    let fault = prometheus_fault(reader, codes::MISPLACED_KEY, &message, &strays);
    let help = match &*first.key {
        "rule_files" => {
            "rules make alerts, and Prometheus evaluates them: move the key to prometheus.yml"
        }
        _ => "move it to prometheus.yml",
    };
    reader.report.add(fault.help(help));
}

/// Whether a key is reported by [`strays`].
pub(crate) fn is_stray(key: &str) -> bool {
    PROMETHEUS_TOP.contains(&key)
}

fn prometheus_keys(root: &Node) -> impl Iterator<Item = &Entry> {
    let mut keys: Vec<&Entry> = root
        .entries()
        .iter()
        .filter(|entry| is_stray(&entry.key))
        .collect();
    keys.sort_by_key(|entry| entry.key_span.start);
    keys.into_iter()
}

fn prometheus_fault(
    reader: &Reader,
    code: &'static str,
    message: &str,
    keys: &[&Entry],
) -> Diagnostic {
    let mut fault = Diagnostic::error(code, message);
    if let Some(first) = keys.first() {
        fault = fault.at(
            first.key_span,
            format!("`{}` belongs in prometheus.yml", first.key),
        );
    }
    if let Some(rest) = keys.get(1..).filter(|rest| !rest.is_empty()) {
        let places: Vec<String> = rest
            .iter()
            .map(|entry| {
                let (line, _) = reader.file.position(entry.key_span.start);
                format!("`{}` (line {line})", entry.key)
            })
            .collect();
        fault = fault.help(format!("also found here: {}", places.join(", ")));
    }
    fault
}
