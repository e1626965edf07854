//! Whether a text is a URL that can be sent to, and what it is if not.

use crate::{Diagnostic, codes, masks::is_placeholder, read::Reader, yaml::Node};

impl Reader {
    /// Checks a URL as Alertmanager does (`config/common/url.go`, v0.34): http or https, and a host.
    /// What is wrong is told without the URL itself, which may be a secret.
    pub(crate) fn url(&mut self, node: &Node, key: &str, text: &str) -> bool {
        if text == "<secret>" {
            let message = format!("`{key}` is the mask that status pages print, not an address");
            let fault = Diagnostic::warning(codes::MASKED, message);
            self.report
                .add(fault.at(node.span, "put the real value here"));
            return true;
        }
        let Some(reason) = fault_of(text) else {
            return true;
        };
        let has_file = !matches!(key, "slack_app_url" | "app_url" | "proxy_url");
        let fault = if is_placeholder(text) || text.contains("${") || text.contains("{{") {
            let fault = placeholder(key, text);
            let advice =
                format!("put the address into a file and name it: {key}_file: /path/to/file");
            let fault = fault.at(node.span, "taken literally, so it is not a URL");
            if has_file { fault.help(advice) } else { fault }
        } else {
            let message = format!("`{key}` is not a URL: {reason}");
            let fault = Diagnostic::error(codes::URL, message).at(node.span, "");
            fault.help("the whole address is needed, such as https://example.com/path")
        };
        self.report.add(fault);
        false
    }

    /// Warns of a secret that is a placeholder or a mask: Alertmanager accepts any text there.
    pub(crate) fn placeholder_secret(&mut self, node: &Node, key: &str, text: &str) {
        if text == "<secret>" {
            let message = format!("`{key}` is the mask that status pages print, not a secret");
            let fault = Diagnostic::warning(codes::MASKED, message);
            self.report
                .add(fault.at(node.span, "put the real value here"));
        } else if text.starts_with("${") && is_placeholder(text) {
            let mut fault = placeholder(key, text);
            fault.severity = crate::Severity::Warning;
            let advice =
                format!("put the secret into a file and name it: {key}_file: /path/to/file");
            self.report
                .add(fault.at(node.span, "taken literally").help(advice));
        }
    }
}

fn placeholder(key: &str, text: &str) -> Diagnostic {
    let what = if text.contains("{{") {
        "templates"
    } else {
        "environment variables"
    };
    let message = format!("`{key}` holds a placeholder; {what} are not expanded here");
    Diagnostic::error(codes::PLACEHOLDER, message)
}

/// Why a text is not a URL to send to; none if it is one.
fn fault_of(text: &str) -> Option<String> {
    if text.chars().any(char::is_control) {
        return Some("it holds control characters or line breaks".to_owned());
    }
    let (scheme, rest) = text.split_once(':').unwrap_or(("", text));
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|it| it.is_ascii_alphanumeric() || "+-.".contains(it));
    if !is_scheme {
        return Some("it does not begin with http:// or https://".to_owned());
    }
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return Some("its scheme is neither http nor https".to_owned());
    }
    let authority = rest
        .strip_prefix("//")
        .unwrap_or("")
        .split(['/', '?', '#'])
        .next()?;
    let host = authority.rsplit('@').next().unwrap_or(authority);
    if host.is_empty() {
        return Some("the host is missing".to_owned());
    }
    if host.contains([' ', '<', '>', '"', '{', '}', '\\', '^', '|', '`']) {
        return Some("the host holds characters that no host has".to_owned());
    }
    if host.starts_with('[') {
        return (!host.contains(']')).then(|| "a `]` is missing after the address".to_owned());
    }
    let port = host.split_once(':').map_or("", |(_, port)| port);
    if !port.chars().all(|digit| digit.is_ascii_digit()) {
        return Some("the port is not a number".to_owned());
    }
    None
}
