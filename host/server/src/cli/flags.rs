//! Alertmanager's flags, all of them, and which of them do nothing yet.

use std::{path::PathBuf, time::Duration};

use clap::{ArgAction, ArgMatches, Args, CommandFactory as _, parser::ValueSource};

use super::go_duration;
use crate::telemetry::{Format, Level};

/// The flags of `larum` alone: those of Alertmanager 0.33, and the operator's spelling of one.
#[derive(Debug, Args)]
pub(super) struct ServeFlags {
    #[command(flatten)]
    pub(super) general: GeneralFlags,
    #[command(flatten)]
    pub(super) web: WebFlags,
    #[command(flatten)]
    pub(super) log: LogFlags,
    #[command(flatten)]
    state: StateFlags,
    #[command(flatten)]
    cluster: ClusterFlags,
}

#[derive(Debug, Args)]
pub(super) struct GeneralFlags {
    /// The configuration file.
    #[arg(
        long = "config.file",
        value_name = "FILE",
        default_value = "alertmanager.yml"
    )]
    pub(super) config_file: PathBuf,
    /// Where the process keeps what it stores.
    #[arg(
        long = "storage.path",
        value_name = "DIRECTORY",
        default_value = "data/"
    )]
    pub(super) storage_path: PathBuf,
    /// Experimental features, separated by commas.
    #[arg(
        long = "enable-feature",
        value_name = "NAMES",
        default_value = "",
        value_delimiter = ','
    )]
    pub(super) features: Vec<String>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Web")]
pub(super) struct WebFlags {
    /// Where to listen: `:9093`, `127.0.0.1:9093`, `[::1]:0`. May be repeated.
    #[arg(
        long = "web.listen-address",
        value_name = "ADDRESS",
        default_value = ":9093"
    )]
    pub(super) listen_address: Vec<String>,
    /// The URL under which people reach larum; links in messages begin with it.
    #[arg(long = "web.external-url", value_name = "URL")]
    pub(super) external_url: Option<String>,
    /// What all paths begin with [default: the path of the external URL]
    #[arg(long = "web.route-prefix", value_name = "PATH")]
    pub(super) route_prefix: Option<String>,
    /// GET requests that are served at once; 0 is the number of processors, 8 at least.
    #[arg(
        long = "web.get-concurrency",
        value_name = "COUNT",
        default_value = "0",
        allow_negative_numbers = true,
        value_parser = parse_count
    )]
    pub(super) get_concurrency: usize,
    /// How long a request may take; 0 is as long as it likes.
    #[arg(
        long = "web.timeout",
        value_name = "DURATION",
        default_value = "0",
        allow_hyphen_values = true,
        value_parser = go_duration::parse
    )]
    pub(super) timeout: Duration,
    /// A file that asks for TLS or authentication.
    #[arg(long = "web.config.file", value_name = "FILE", default_value = "")]
    pub(super) web_config_file: String,
    /// Take the listeners from systemd.
    #[arg(long = "web.systemd-socket", overrides_with = "no_systemd_socket")]
    systemd_socket: bool,
    #[arg(long = "no-web.systemd-socket", hide = true)]
    no_systemd_socket: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Logging")]
pub(super) struct LogFlags {
    /// The least severity that is logged.
    #[arg(long = "log.level", value_name = "LEVEL", default_value = "info")]
    pub(super) level: Level,
    /// The form of log lines.
    #[arg(long = "log.format", value_name = "FORMAT", default_value = "logfmt")]
    pub(super) format: Format,
    /// Log changes of silences.
    #[arg(long = "log.silences", overrides_with = "no_log_silences")]
    log_silences: bool,
    #[arg(long = "no-log.silences", hide = true)]
    no_log_silences: bool,
}

/// What Alertmanager lets one say of how it keeps state.
#[derive(Debug, Args)]
#[command(next_help_heading = "State")]
struct StateFlags {
    /// How long to keep data.
    #[arg(long = "data.retention", value_name = "DURATION", default_value = "120h", value_parser = go_duration::parse)]
    data_retention: Duration,
    /// How often to clean up.
    #[arg(long = "data.maintenance-interval", value_name = "DURATION", default_value = "15m", value_parser = go_duration::parse)]
    data_maintenance_interval: Duration,
    /// Silences that there may be; 0 is any number.
    #[arg(long = "silences.max-silences", value_name = "COUNT", default_value = "0", allow_negative_numbers = true, value_parser = parse_count)]
    max_silences: usize,
    /// How large a silence may be; 0 is any size.
    #[arg(
        long = "silences.max-silence-size-bytes",
        alias = "silences.max-per-silence-bytes",
        value_name = "BYTES",
        default_value = "0",
        allow_negative_numbers = true,
        value_parser = parse_count
    )]
    max_silence_size_bytes: usize,
    /// How often to forget alerts that are over.
    #[arg(long = "alerts.gc-interval", value_name = "DURATION", default_value = "30m", value_parser = go_duration::parse)]
    alerts_gc_interval: Duration,
    /// Alerts of one name that there may be; 0 is any number.
    #[arg(long = "alerts.per-alertname-limit", value_name = "COUNT", default_value = "0", allow_negative_numbers = true, value_parser = parse_count)]
    alerts_per_alertname_limit: usize,
    /// How often to clean up groups.
    #[arg(long = "dispatch.maintenance-interval", value_name = "DURATION", default_value = "30s", value_parser = go_duration::parse)]
    dispatch_maintenance_interval: Duration,
    /// How long after the start nothing is sent.
    #[arg(long = "dispatch.start-delay", value_name = "DURATION", default_value = "0s", value_parser = go_duration::parse)]
    dispatch_start_delay: Duration,
    /// The share of memory that Go may fill.
    #[arg(
        long = "auto-gomemlimit.ratio",
        value_name = "SHARE",
        default_value = "0.9"
    )]
    auto_gomemlimit_ratio: f64,
}

/// What Alertmanager lets one say of its cluster.
#[derive(Debug, Args)]
#[command(next_help_heading = "Cluster")]
struct ClusterFlags {
    /// Where to listen for peers; empty for no cluster.
    #[arg(
        long = "cluster.listen-address",
        value_name = "ADDRESS",
        default_value = "0.0.0.0:9094"
    )]
    cluster_listen_address: String,
    /// The address that peers are told.
    #[arg(long = "cluster.advertise-address", value_name = "ADDRESS")]
    advertise_address: Option<String>,
    /// The name that peers are told.
    #[arg(long = "cluster.peer-name", value_name = "NAME", default_value = "")]
    peer_name: String,
    /// A peer to begin with. May be repeated.
    #[arg(long = "cluster.peer", value_name = "ADDRESS")]
    peer: Vec<String>,
    /// How long a peer waits for the one before it to notify.
    #[arg(long = "cluster.peer-timeout", value_name = "DURATION", default_value = "15s", value_parser = go_duration::parse)]
    peer_timeout: Duration,
    /// How long looking up peers may take.
    #[arg(long = "cluster.peers-resolve-timeout", value_name = "DURATION", default_value = "15s", value_parser = go_duration::parse)]
    peers_resolve_timeout: Duration,
    /// How often to gossip.
    #[arg(long = "cluster.gossip-interval", value_name = "DURATION", default_value = "200ms", value_parser = go_duration::parse)]
    gossip_interval: Duration,
    /// How often to exchange all state.
    #[arg(long = "cluster.pushpull-interval", value_name = "DURATION", default_value = "1m", value_parser = go_duration::parse)]
    pushpull_interval: Duration,
    /// How long a stream to a peer may take.
    #[arg(long = "cluster.tcp-timeout", value_name = "DURATION", default_value = "10s", value_parser = go_duration::parse)]
    tcp_timeout: Duration,
    /// How long a probe of a peer may take.
    #[arg(long = "cluster.probe-timeout", value_name = "DURATION", default_value = "500ms", value_parser = go_duration::parse)]
    probe_timeout: Duration,
    /// How often to probe a peer.
    #[arg(long = "cluster.probe-interval", value_name = "DURATION", default_value = "1s", value_parser = go_duration::parse)]
    probe_interval: Duration,
    /// How long to wait for peers at the start.
    #[arg(long = "cluster.settle-timeout", value_name = "DURATION", default_value = "1m", value_parser = go_duration::parse)]
    settle_timeout: Duration,
    /// How often to look for lost peers.
    #[arg(long = "cluster.reconnect-interval", value_name = "DURATION", default_value = "10s", value_parser = go_duration::parse)]
    reconnect_interval: Duration,
    /// How long to look for lost peers.
    #[arg(long = "cluster.reconnect-timeout", value_name = "DURATION", default_value = "6h", value_parser = go_duration::parse)]
    reconnect_timeout: Duration,
    /// A file that asks for TLS between peers.
    #[arg(long = "cluster.tls-config", value_name = "FILE", default_value = "")]
    tls_config: String,
    /// A name that keeps clusters apart.
    #[arg(long = "cluster.label", value_name = "NAME", default_value = "")]
    label: String,
    /// Allow to be found under a public address.
    #[arg(
        long = "cluster.allow-insecure-public-advertise-address-discovery",
        overrides_with = "no_public_advertise_address"
    )]
    public_advertise_address: bool,
    #[arg(
        long = "no-cluster.allow-insecure-public-advertise-address-discovery",
        hide = true
    )]
    no_public_advertise_address: bool,
}

/// Flags that have an effect. Every other one is accepted, checked, and named in one warning.
const EFFECTIVE: [&str; 12] = [
    "version",
    "config.file",
    "storage.path",
    "web.listen-address",
    "web.external-url",
    "web.route-prefix",
    "web.get-concurrency",
    "web.timeout",
    "web.config.file",
    "log.level",
    "log.format",
    "help",
];

/// The feature names that Alertmanager knows (`featurecontrol/featurecontrol.go`, v0.33).
const FEATURES: [&str; 7] = [
    "alert-names-in-metrics",
    "receiver-name-in-metrics",
    "group-key-in-metrics",
    "classic-mode",
    "utf8-strict-mode",
    "auto-gomemlimit",
    "event-recorder",
];

/// The given flags that ask for something and get nothing yet, as they are written.
pub(super) fn idle(matches: &ArgMatches) -> Vec<String> {
    let command = super::Cli::command();
    let given = |id: &str| matches.value_source(id) == Some(ValueSource::CommandLine);
    let mut idle: Vec<_> = command
        .get_arguments()
        .filter(|argument| given(argument.get_id().as_str()))
        .filter(|argument| asks_for_something(matches, argument))
        .filter_map(|argument| argument.get_long())
        .filter(|long| !EFFECTIVE.contains(long))
        .map(|long| format!("--{long}"))
        .collect();
    idle.sort();
    idle
}

/// Whether the flag is more than a statement that nothing is wanted: an empty value, or `--no-…`.
fn asks_for_something(matches: &ArgMatches, argument: &clap::Arg) -> bool {
    if matches!(argument.get_action(), ArgAction::SetTrue) {
        let wanted = matches.get_flag(argument.get_id().as_str());
        return wanted
            && !argument
                .get_long()
                .is_some_and(|long| long.starts_with("no-"));
    }
    let raw = matches.get_raw(argument.get_id().as_str());
    raw.is_some_and(|mut values| values.any(|value| !value.is_empty()))
}

/// Whether these features can be asked for.
///
/// # Errors
/// When one is unknown, or two exclude one another.
pub(super) fn check_features(features: &[String]) -> Result<(), String> {
    let unknown = |name: &&String| !name.is_empty() && !FEATURES.contains(&name.as_str());
    if let Some(name) = features.iter().find(unknown) {
        let known = FEATURES.join(", ");
        return Err(format!(
            "unknown option {name:?} for --enable-feature; there are: {known}"
        ));
    }
    let has = |name: &str| features.iter().any(|feature| feature == name);
    if has("classic-mode") && has("utf8-strict-mode") {
        return Err("classic-mode and utf8-strict-mode exclude one another".to_owned());
    }
    Ok(())
}

/// A number; below zero is zero, which means "no limit" where Alertmanager takes both.
fn parse_count(text: &str) -> Result<usize, String> {
    match text.strip_prefix('-') {
        Some(rest) => rest.parse::<usize>().map(|_| 0),
        None => text.parse(),
    }
    .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use clap::FromArgMatches as _;

    use super::*;
    use crate::cli::Cli;

    fn parse(line: &str) -> Result<(Cli, Vec<String>), clap::Error> {
        // An apostrophe pair stands for an empty argument.
        let words = line
            .split_whitespace()
            .map(|word| if word == "''" { "" } else { word });
        let matches = Cli::command().try_get_matches_from(std::iter::once("larum").chain(words))?;
        Ok((Cli::from_arg_matches(&matches)?, idle(&matches)))
    }

    #[track_caller]
    fn check(line: &str, expected_idle: &[&str]) -> ServeFlags {
        let (cli, idle) = parse(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        assert_eq!(idle, expected_idle, "{line}");
        cli.serve
    }

    #[test]
    fn values_come_in_both_forms() {
        let flags = check("--config.file=a.yml --web.listen-address 127.0.0.1:0", &[]);
        assert_eq!(flags.general.config_file, PathBuf::from("a.yml"));
        assert_eq!(flags.web.listen_address, ["127.0.0.1:0"]);
        let flags = check("--web.listen-address=:1 --web.listen-address=:2", &[]);
        assert_eq!(flags.web.listen_address, [":1", ":2"]);
        let flags = check(
            "--web.timeout=1m30s --web.get-concurrency -1 --log.level debug",
            &[],
        );
        assert_eq!(flags.web.timeout, Duration::from_secs(90));
        assert_eq!(flags.web.get_concurrency, 0);
        assert_eq!(flags.log.level, Level::Debug);
    }

    #[test]
    fn defaults_are_alertmanagers() {
        let flags = check("", &[]);
        assert_eq!(flags.general.config_file, PathBuf::from("alertmanager.yml"));
        assert_eq!(flags.web.listen_address, [":9093"]);
        assert_eq!(flags.log.level, Level::Info);
    }

    #[test]
    fn flags_without_effect_are_named_once() {
        // What the acceptance tests of Alertmanager, the operator and the chart pass.
        check(
            "--cluster.listen-address 127.0.0.1:0 --cluster.settle-timeout 0s",
            &["--cluster.listen-address", "--cluster.settle-timeout"],
        );
        check(
            "--cluster.listen-address= --data.retention=120h --cluster.reconnect-timeout=5m",
            &["--cluster.reconnect-timeout", "--data.retention"],
        );
        check("--cluster.peer=a:1 --cluster.peer=b:1", &["--cluster.peer"]);
        check(
            "--silences.max-per-silence-bytes=5",
            &["--silences.max-silence-size-bytes"],
        );
        check("--cluster.listen-address '' --cluster.label=", &[]);
        check("--enable-feature=classic-mode", &["--enable-feature"]);
    }

    #[test]
    fn switches_can_be_switched_off() {
        check("--log.silences", &["--log.silences"]);
        check("--no-log.silences", &[]);
        check("--no-web.systemd-socket", &[]);
        check(
            "--no-cluster.allow-insecure-public-advertise-address-discovery",
            &[],
        );
    }

    #[track_caller]
    fn check_refused(line: &str, needle: &str) {
        let error = parse(line).map(|_| ()).expect_err(line);
        assert_eq!(error.exit_code(), 2, "{line}");
        let text = error.to_string();
        assert!(text.contains(needle), "{line}: {text}");
    }

    #[test]
    fn what_cannot_be_understood_is_refused_with_advice() {
        check_refused("--config.fil=x", "--config.file");
        check_refused(
            "--config.file=a --config.file=b",
            "cannot be used multiple times",
        );
        check_refused("--log.level=bogus", "debug");
        check_refused("--data.retention=5d", "no unit");
        check_refused("extra", "extra");
    }

    #[test]
    fn features_are_alertmanagers() {
        let check = |names: &[&str]| {
            check_features(
                &names
                    .iter()
                    .map(|name| (*name).to_owned())
                    .collect::<Vec<_>>(),
            )
        };
        assert!(check(&[""]).is_ok());
        assert!(check(&["classic-mode", "event-recorder"]).is_ok());
        assert!(check(&["bogus"]).is_err());
        assert!(check(&["classic-mode", "utf8-strict-mode"]).is_err());
    }
}
