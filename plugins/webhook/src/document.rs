//! Alertmanager's webhook document, version 4, byte for byte (notify/webhook/webhook.go, v0.33).

use larum_plugin_sdk::json::{Object, push_array};
use larum_plugin_sdk::types::{Alert, AlertStatus, Notification};

/// A list of names and values, sorted by name.
type Pairs = [(String, String)];

/// What Go prints for an end that is not known.
const ZERO_TIME: &str = "0001-01-01T00:00:00Z";

/// Writes the document without its final newline. `alerts_max` bounds its alerts; 0 is no bound.
pub(crate) fn write(mut notification: Notification, alerts_max: usize) -> String {
    let mut truncated = notification.truncated_alerts;
    if alerts_max > 0 && notification.alerts.len() > alerts_max {
        let dropped = notification.alerts.len() - alerts_max;
        truncated = truncated.saturating_add(u64::try_from(dropped).unwrap_or(u64::MAX));
        notification.alerts.truncate(alerts_max);
        summarise_anew(&mut notification);
    }
    let mut out = String::with_capacity(512 + notification.alerts.len() * 512);
    let mut document = Object::open(&mut out);
    document
        .string("receiver", &quote_meta(&notification.receiver))
        .string("status", status(notification.status));
    push_array(document.key("alerts"), &notification.alerts, push_alert);
    document.string("notification_reason", &notification.reason);
    push_pairs(document.key("groupLabels"), &notification.group_labels);
    push_pairs(document.key("commonLabels"), &notification.common_labels);
    push_pairs(
        document.key("commonAnnotations"),
        &notification.common_annotations,
    );
    if !notification.route_labels.is_empty() {
        push_pairs(document.key("routeLabels"), &notification.route_labels);
    }
    document
        .string("externalURL", &notification.external_url)
        .string("version", "4")
        .string("groupKey", &notification.group_key)
        .plain("truncatedAlerts", truncated);
    document.close();
    out
}

/// Alertmanager leaves alerts out before it looks at what they have in common, so the status and
/// the common labels and annotations are those of the alerts that are left.
fn summarise_anew(notification: &mut Notification) {
    let alerts = &notification.alerts;
    let fires = alerts
        .iter()
        .any(|alert| alert.status == AlertStatus::Firing);
    notification.status = if fires {
        AlertStatus::Firing
    } else {
        AlertStatus::Resolved
    };
    notification.common_labels = common(alerts, |alert| &alert.labels);
    notification.common_annotations = common(alerts, |alert| &alert.annotations);
}

fn common(alerts: &[Alert], pairs: impl Fn(&Alert) -> &Pairs) -> Vec<(String, String)> {
    let Some((first, rest)) = alerts.split_first() else {
        return Vec::new();
    };
    let is_common = |pair: &&(String, String)| {
        rest.iter()
            .all(|alert| pairs(alert).binary_search(pair).is_ok())
    };
    pairs(first).iter().filter(is_common).cloned().collect()
}

fn push_alert(out: &mut String, alert: &Alert) {
    let ends_at = alert
        .ends_at
        .map_or_else(|| ZERO_TIME.to_owned(), timestamp);
    let mut object = Object::open(out);
    object.string("status", status(alert.status));
    push_pairs(object.key("labels"), &alert.labels);
    push_pairs(object.key("annotations"), &alert.annotations);
    object
        .string("startsAt", &timestamp(alert.starts_at))
        .string("endsAt", &ends_at)
        .string("generatorURL", &alert.generator_url)
        .string("fingerprint", &alert.fingerprint);
    object.close();
}

fn push_pairs(out: &mut String, pairs: &Pairs) {
    let mut object = Object::open(out);
    for (name, value) in pairs {
        object.string(name, value);
    }
    object.close();
}

fn status(status: AlertStatus) -> &'static str {
    match status {
        AlertStatus::Firing => "firing",
        AlertStatus::Resolved => "resolved",
    }
}

/// Escapes what means something in a regular expression: template data have the receiver's name
/// so (Alertmanager template/template.go).
fn quote_meta(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if r"\.+*?()|[]{}^$".contains(character) {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

/// RFC 3339 in UTC with as many digits after the second as are needed, as Go writes a time.
fn timestamp(milliseconds: u64) -> String {
    let (seconds, fraction) = (milliseconds / 1000, milliseconds % 1000);
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = date(days);
    let mut out = format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}",
        second / 3600,
        second / 60 % 60,
        second % 60
    );
    if fraction > 0 {
        let digits = format!(".{fraction:03}");
        out.push_str(digits.trim_end_matches('0'));
    }
    out.push('Z');
    out
}

/// Year, month and day of the Gregorian calendar, `days` after 1970-01-01. Years are counted from
/// March, so that the leap day is the last of its year.
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
#[path = "document_tests.rs"]
pub(crate) mod tests;
