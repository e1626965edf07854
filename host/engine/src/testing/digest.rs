//! Durable state as text, to compare engines by.

use crate::Engine;

impl Engine {
    /// A line for each thing that replay must restore, sorted. The ends of alerts are not in it:
    /// they move without a change (see [`crate::Change`]).
    pub fn durable_state(&self) -> Vec<String> {
        let state = &self.state;
        let mut lines = vec![format!("last group {:?}", state.last_group)];
        lines.extend(state.alerts.iter().map(|(fingerprint, entry)| {
            let alert = &entry.alert;
            let said = (&alert.labels, &alert.annotations, &alert.generator_url);
            let begun = (alert.starts_at, alert.timeout);
            format!(
                "alert {fingerprint} {said:?} {begun:?} in {:?}",
                entry.groups
            )
        }));
        lines.extend(state.groups.iter().map(|(id, group)| {
            let mut members: Vec<_> = group.members.iter().collect();
            members.sort_unstable();
            let flushes = (group.flush_number, group.flush_at, group.in_flight);
            format!(
                "group {id:?} {} {} {flushes:?} {members:?}",
                group.key, group.labels
            )
        }));
        lines.extend(state.in_flight.values().map(|flight| {
            let told = (&flight.firing, &flight.resolved, flight.keep);
            format!("in flight {:?} {told:?}", flight.notification)
        }));
        lines.extend(state.log.iter().map(|entry| format!("log {entry:?}")));
        lines.sort_unstable();
        lines
    }
}
