//! The kinds of integrations: a row each.

/// A kind of integration that Alertmanager has and a component does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    /// The receiver's key, such as `slack_configs`.
    pub(crate) key: &'static str,
    /// As the delivery log and metrics name it.
    pub(crate) name: &'static str,
    /// As people write it.
    pub(crate) title: &'static str,
    /// The bundled component.
    pub(crate) plugin: &'static str,
    /// Whether it is told of alerts that are over unless it says otherwise.
    pub(crate) send_resolved: bool,
    /// Exactly one of these is needed: the integration's own, or else what `global` has.
    pub(crate) one_of: &'static [Inherited],
    /// What `global` fills in where the integration says nothing.
    pub(crate) inherited: &'static [Inherited],
    /// A setting with which `http_config` must not set an authorization of its own.
    pub(crate) authorizes: Option<&'static str>,
    /// A switch that works only with one setting, or with one value of another.
    pub(crate) only_with: Option<OnlyWith>,
}

/// A setting that `global` can give. Each may be a secret with an `_file` companion.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Inherited {
    pub(crate) setting: &'static str,
    pub(crate) global: &'static str,
}

/// `switch` needs `setting`, or `other` to be `value`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OnlyWith {
    pub(crate) switch: &'static str,
    pub(crate) setting: &'static str,
    pub(crate) other: &'static str,
    pub(crate) value: &'static str,
}

const PLAIN: Kind = Kind {
    key: "",
    name: "",
    title: "",
    plugin: "",
    send_resolved: true,
    one_of: &[],
    inherited: &[],
    authorizes: None,
    only_with: None,
};

/// In the order of Alertmanager's pipeline (`config/receiver/receiver.go`, v0.34).
pub(crate) const KINDS: &[Kind] = &[
    Kind {
        key: "webhook_configs",
        name: "webhook",
        title: "webhook",
        plugin: "webhook",
        ..PLAIN
    },
    Kind {
        key: "slack_configs",
        name: "slack",
        title: "Slack",
        plugin: "slack",
        send_resolved: false,
        one_of: &[
            Inherited {
                setting: "api_url",
                global: "slack_api_url",
            },
            Inherited {
                setting: "app_token",
                global: "slack_app_token",
            },
        ],
        inherited: &[Inherited {
            setting: "app_url",
            global: "slack_app_url",
        }],
        authorizes: Some("app_token"),
        only_with: Some(OnlyWith {
            switch: "update_message",
            setting: "app_token",
            other: "api_url",
            value: "https://slack.com/api/chat.postMessage",
        }),
    },
];

/// Alertmanager's kinds that have no component yet.
pub(crate) const LATER: &[&str] = &[
    "discord_configs",
    "email_configs",
    "incidentio_configs",
    "jira_configs",
    "mattermost_configs",
    "msteams_configs",
    "msteamsv2_configs",
    "opsgenie_configs",
    "pagerduty_configs",
    "pushover_configs",
    "rocketchat_configs",
    "sns_configs",
    "telegram_configs",
    "victorops_configs",
    "webex_configs",
    "wechat_configs",
];
