//! The alerts that are sent: the same bytes for every router.

use std::fmt::Write as _;

/// Alerts with nine labels and two annotations each, in groups by the label `group`.
pub(super) struct Alerts {
    pub(super) count: usize,
    pub(super) group_size: usize,
}

impl Alerts {
    /// Request bodies of so many alerts each.
    pub(super) fn bodies(&self, per_body: usize) -> Vec<String> {
        let numbers: Vec<usize> = (0..self.count).collect();
        numbers
            .chunks(per_body)
            .map(|numbers| self.body(numbers))
            .collect()
    }

    fn body(&self, numbers: &[usize]) -> String {
        let mut body = String::from("[");
        for (position, number) in numbers.iter().enumerate() {
            if position > 0 {
                body.push(',');
            }
            let group = number / self.group_size;
            let node = number % 977;
            write!(
                body,
                r#"{{"labels":{{"alertname":"KubePodCrashLooping","group":"g{group}","namespace":"team-{node}","#
            )
            .ok();
            write!(
                body,
                r#""pod":"checkout-{number}-7f9c6d5b8-x2x4q","container":"app","instance":"10.0.{}.{}:8080","#,
                node / 256,
                node % 256
            )
            .ok();
            write!(
                body,
                r#""job":"kube-state-metrics","severity":"warning","cluster":"eu-1"}},"#
            )
            .ok();
            write!(
                body,
                r#""annotations":{{"summary":"Pod is crash looping.","description":"Pod team-{node}/checkout-{number} (app) is in waiting state (reason: CrashLoopBackOff)."}},"#
            )
            .ok();
            body.push_str(
                r#""generatorURL":"http://prometheus.example:9090/graph?g0.expr=max_over_time%28kube_pod%5B5m%5D%29&g0.tab=1"}"#,
            );
        }
        body.push(']');
        body
    }
}
