//! Which keys are valid where.

/// A kind of mapping and its keys.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// Such as `a route`.
    pub(crate) name: &'static str,
    pub(crate) keys: &'static [&'static str],
}

pub(crate) const TOP: Place = Place {
    name: "the top level",
    keys: &[
        "global",
        "route",
        "receivers",
        "inhibit_rules",
        "templates",
        "time_intervals",
        "mute_time_intervals",
        "tracing",
        "event_recorder",
        "plugins",
    ],
};

pub(crate) const ROUTE: Place = Place {
    name: "a route",
    keys: &[
        "receiver",
        "group_by",
        "continue",
        "match",
        "match_re",
        "matchers",
        "plugin_matchers",
        "group_wait",
        "group_interval",
        "repeat_interval",
        "routes",
        "mute_time_intervals",
        "active_time_intervals",
        "labels",
    ],
};

/// Its other keys are those of [`crate::kinds::KINDS`] and [`crate::kinds::LATER`].
pub(crate) const RECEIVER: Place = Place {
    name: "a receiver",
    keys: &["name", "labels", "plugin_configs"],
};

pub(crate) const GLOBAL: Place = Place {
    name: "`global`",
    keys: &[
        "resolve_timeout",
        "http_config",
        "jira_api_url",
        "smtp_from",
        "smtp_hello",
        "smtp_smarthost",
        "smtp_auth_username",
        "smtp_auth_password",
        "smtp_auth_password_file",
        "smtp_auth_secret",
        "smtp_auth_secret_file",
        "smtp_auth_identity",
        "smtp_require_tls",
        "smtp_tls_config",
        "smtp_force_implicit_tls",
        "slack_api_url",
        "slack_api_url_file",
        "slack_app_token",
        "slack_app_token_file",
        "slack_app_url",
        "pagerduty_url",
        "opsgenie_api_url",
        "opsgenie_api_key",
        "opsgenie_api_key_file",
        "wechat_api_url",
        "wechat_api_secret",
        "wechat_api_secret_file",
        "wechat_api_corp_id",
        "victorops_api_url",
        "victorops_api_key",
        "victorops_api_key_file",
        "telegram_api_url",
        "telegram_bot_token",
        "telegram_bot_token_file",
        "webex_api_url",
        "rocketchat_api_url",
        "rocketchat_token",
        "rocketchat_token_file",
        "rocketchat_token_id",
        "rocketchat_token_id_file",
        "mattermost_webhook_url",
        "mattermost_webhook_url_file",
    ],
};

pub(crate) const HTTP_CONFIG: Place = Place {
    name: "`http_config`",
    keys: &[
        "authorization",
        "basic_auth",
        "oauth2",
        "bearer_token",
        "bearer_token_file",
        "proxy_url",
        "no_proxy",
        "proxy_from_environment",
        "proxy_connect_header",
        "follow_redirects",
        "enable_http2",
        "tls_config",
        "http_headers",
    ],
};

pub(crate) const AUTHORIZATION: Place = Place {
    name: "`authorization`",
    keys: &["type", "credentials", "credentials_file"],
};

pub(crate) const BASIC_AUTH: Place = Place {
    name: "`basic_auth`",
    keys: &["username", "username_file", "password", "password_file"],
};

pub(crate) const TLS_CONFIG: Place = Place {
    name: "`tls_config`",
    keys: &[
        "ca",
        "ca_file",
        "cert",
        "cert_file",
        "key",
        "key_file",
        "server_name",
        "insecure_skip_verify",
        "min_version",
        "max_version",
    ],
};

pub(crate) const HEADER: Place = Place {
    name: "a header",
    keys: &["values", "secrets", "files"],
};

pub(crate) const PLUGIN: Place = Place {
    name: "a plugin",
    keys: &["name", "component", "sha256", "allow_hosts"],
};

pub(crate) const PLUGIN_MATCHER: Place = Place {
    name: "a plugin matcher",
    keys: &["plugin", "settings", "fail"],
};

pub(crate) const PLUGIN_CONFIG: Place = Place {
    name: "an entry of `plugin_configs`",
    keys: &[
        "plugin",
        "template_engine",
        "send_resolved",
        "http_config",
        "settings",
    ],
};

/// Keys of Prometheus' own configuration, at its top level.
pub(crate) const PROMETHEUS_TOP: &[&str] = &[
    "alerting",
    "otlp",
    "remote_read",
    "remote_write",
    "rule_files",
    "runtime",
    "scrape_config_files",
    "scrape_configs",
    "storage",
];

/// Keys of the `global` section of Prometheus' own configuration.
pub(crate) const PROMETHEUS_GLOBAL: &[&str] = &[
    "evaluation_interval",
    "external_labels",
    "query_log_file",
    "rule_query_offset",
    "scrape_failure_log_file",
    "scrape_interval",
    "scrape_protocols",
    "scrape_timeout",
];

/// The places in which a misplaced key is looked for, the likeliest first.
const SEARCHED: &[Place] = &[
    ROUTE,
    RECEIVER,
    TOP,
    GLOBAL,
    HTTP_CONFIG,
    TLS_CONFIG,
    BASIC_AUTH,
    AUTHORIZATION,
    PLUGIN_CONFIG,
    PLUGIN,
];

/// Where a key is valid, if it is anywhere.
pub(crate) fn place_of(key: &str) -> Option<&'static str> {
    let is_receiver_list = crate::kinds::KINDS.iter().any(|kind| kind.key == key)
        || crate::kinds::LATER.contains(&key);
    if is_receiver_list {
        return Some(RECEIVER.name);
    }
    let place = SEARCHED.iter().find(|place| place.keys.contains(&key));
    place.map(|place| place.name)
}

/// The name nearest to one that is not known, if any is near.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (name.chars().count() / 3).clamp(1, 4);
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= limit && candidate.len() > *distance)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Names for a person: `a`, `b` and so on, the first dozen of them.
pub(crate) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let shown: Vec<String> = names
        .iter()
        .take(16)
        .map(|name| format!("`{name}`"))
        .collect();
    let more = names.len() - shown.len();
    let rest = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!("{}{rest}", shown.join(", "))
}
