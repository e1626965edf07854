//! The timeline language: what happens, and what must follow.

use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

use super::{BEGINNING, Behaviour, Event, World, parse_plan, plan::duration};
use crate::{
    AlertInput, FailureClass, Input, Notification, Plan, PluginMatcherIndex, Report, Verdicts,
    model::{Alert, AlertStatus, Labels, Timestamp},
};

/// Where a scenario fails, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioError {
    /// From 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for ScenarioError {}

/// Runs a scenario: plans, then a timeline. A `#` begins a comment.
///
/// ```text
/// plan
///   receiver team-web
///   route to team-web by alertname
/// 0s     fire     cpu{host=a}
/// 30s    notified team-web first-notification a
/// 5m30s  quiet
/// ```
///
/// Each line of the timeline has a time and says what happens then, or what must follow of what
/// happened until then:
/// - `fire NAME{..} [started D] [until D] [timeout D] [saying TEXT] [matched N]`: an alert is sent;
///   it began `D` ago (else now, or when it did before), is over in `D` (else never) or unless it
///   is sent again (`timeout`).
/// - `resolve NAME{..}`: it is sent as over.
/// - `receiver R takes [in D] [as ID]`, `receiver R hangs`, `receiver R fails retryable [after D]`,
///   `... fails permanent`, `... fails unauthorized`: how it answers from now on. `R` may be one
///   integration, such as `ops/test/0`.
/// - `reload [PLAN]`, `restart`.
/// - `notified R REASON FIRING.. [resolved RESOLVED..] [previous ID]`: it has just taken a
///   notification of these alerts, which are named by the values of their labels without
///   `alertname`, joined by `/`.
/// - `attempted R N`, `gave-up R N`: attempt `N` has just begun, or was the last one.
/// - `quiet [R]`, `alerts N`, `groups N`.
///
/// Each notification taken and each one given up must be in the timeline.
///
/// # Errors
/// When a line is not understood, or does not come true.
pub fn run_scenario(text: &str) -> Result<(), ScenarioError> {
    let script = Script::parse(text)?;
    let first = script.plans.values().next().cloned();
    let plan = script.plans.get("").cloned().or(first);
    let plan = plan.ok_or(ScenarioError {
        line: 1,
        message: "no plan".to_owned(),
    })?;
    let mut run = Run {
        world: World::new(plan),
        plans: &script.plans,
        fired: BTreeMap::new(),
    };
    let mut steps = &script.steps[..];
    while let Some(first) = steps.first() {
        let count = steps.iter().take_while(|step| step.at == first.at).count();
        let (now, later) = steps.split_at(count);
        run.moment(now)?;
        steps = later;
    }
    Ok(())
}

struct Script {
    plans: BTreeMap<String, Arc<Plan>>,
    steps: Vec<Step>,
}

struct Step {
    line: usize,
    at: Timestamp,
    words: Vec<String>,
}

impl Step {
    fn error(&self, message: impl Into<String>) -> ScenarioError {
        ScenarioError {
            line: self.line,
            message: message.into(),
        }
    }

    fn word(&self, index: usize) -> Result<&str, ScenarioError> {
        let word = self.words.get(index).map(String::as_str);
        word.ok_or_else(|| self.error("something is missing"))
    }

    fn number<T: std::str::FromStr>(&self, index: usize) -> Result<T, ScenarioError> {
        self.word(index)?
            .parse()
            .map_err(|_| self.error("a number is missing"))
    }

    fn duration(&self, index: usize) -> Result<Duration, ScenarioError> {
        duration(self.word(index)?).map_err(|message| self.error(message))
    }

    fn is_expectation(&self) -> bool {
        let verb = self.words.first().map_or("", |word| word);
        matches!(
            verb,
            "notified" | "attempted" | "gave-up" | "quiet" | "alerts" | "groups"
        )
    }
}

impl Script {
    fn parse(text: &str) -> Result<Self, ScenarioError> {
        let mut script = Self {
            plans: BTreeMap::new(),
            steps: Vec::new(),
        };
        let lines: Vec<_> = (1..)
            .zip(
                text.lines()
                    .map(|line| line.split(" #").next().unwrap_or("").trim_end()),
            )
            .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
            .collect();
        let mut lines = lines.into_iter().peekable();
        while let Some((number, line)) = lines.next() {
            if let Some(name) = line.strip_prefix("plan") {
                let mut plan = String::new();
                while let Some((_, indented)) = lines.next_if(|(_, line)| line.starts_with("  ")) {
                    plan.push_str(&indented[2..]);
                    plan.push('\n');
                }
                let plan = parse_plan(&plan).map_err(|error| ScenarioError {
                    line: number + error.line,
                    ..error
                })?;
                script.plans.insert(name.trim().to_owned(), plan);
                continue;
            }
            script.steps.push(step(number, line)?);
        }
        let times: Vec<_> = script.steps.iter().map(|step| step.at).collect();
        match script
            .steps
            .iter()
            .zip(&times)
            .skip(1)
            .zip(&times)
            .find(|((_, at), before)| at < before)
        {
            Some(((step, _), _)) => Err(step.error("time goes back")),
            None => Ok(script),
        }
    }
}

fn step(line: usize, text: &str) -> Result<Step, ScenarioError> {
    let mut words = text.split_whitespace().map(str::to_owned);
    let at = duration(&words.next().unwrap_or_default())
        .map_err(|message| ScenarioError { line, message })?;
    Ok(Step {
        line,
        at: BEGINNING + at,
        words: words.collect(),
    })
}

struct Run<'a> {
    world: World,
    plans: &'a BTreeMap<String, Arc<Plan>>,
    /// Every alert that was sent, as it was sent last.
    fired: BTreeMap<String, Alert>,
}

impl Run<'_> {
    /// All that happens at one moment, then all that must follow from it.
    fn moment(&mut self, steps: &[Step]) -> Result<(), ScenarioError> {
        let Some(first) = steps.first() else {
            return Ok(());
        };
        self.world.run_until(first.at - Duration::from_millis(1));
        self.refuse_unexpected(first)?;
        self.world.jump_to(first.at);
        for step in steps.iter().filter(|step| !step.is_expectation()) {
            self.act(step)?;
        }
        self.world.run_until(first.at);
        for step in steps.iter().filter(|step| step.is_expectation()) {
            self.expect(step)?;
        }
        match steps.last() {
            Some(last) => self.refuse_unexpected(last),
            None => Ok(()),
        }
    }

    fn refuse_unexpected(&mut self, step: &Step) -> Result<(), ScenarioError> {
        for (at, event) in std::mem::take(&mut self.world.events) {
            let after = at.saturating_since(BEGINNING);
            let text = match &event {
                Event::Delivered(notification) => shown(notification),
                Event::Reported(Report::GaveUp {
                    notification,
                    attempts,
                    ..
                }) => {
                    format!("gave-up {} {attempts}", notification.receiver_name)
                }
                _ => continue,
            };
            return Err(step.error(format!("unexpected, at {after:?}: {text}")));
        }
        Ok(())
    }

    fn act(&mut self, step: &Step) -> Result<(), ScenarioError> {
        match step.word(0)? {
            "fire" => self.fire(step),
            "resolve" => {
                let name = step.word(1)?;
                let fired = self.fired.get(name).cloned();
                let fired = fired.ok_or_else(|| step.error("it did not fire"))?;
                let over = Alert {
                    ends_at: step.at,
                    timeout: false,
                    ..fired
                };
                self.fired.insert(name.to_owned(), over.clone());
                self.world.send(over);
                Ok(())
            }
            "receiver" => {
                let behaviour = behaviour(step)?;
                self.world.behave(step.word(1)?, behaviour);
                Ok(())
            }
            "reload" => {
                let name = step.words.get(1).map_or("", |name| name);
                let plan = self.plans.get(name).cloned();
                self.world
                    .change_plan(plan.ok_or_else(|| step.error("there is no such plan"))?);
                Ok(())
            }
            "restart" => {
                self.world.restart();
                Ok(())
            }
            verb => Err(step.error(format!("there is no verb {verb}"))),
        }
    }

    fn fire(&mut self, step: &Step) -> Result<(), ScenarioError> {
        let name = step.word(1)?;
        let labels = labels(name).map_err(|message| step.error(message))?;
        let before = self.fired.get(name);
        let mut alert = Alert {
            labels,
            annotations: Labels::default(),
            starts_at: before.map_or(step.at, |alert| alert.starts_at),
            ends_at: Timestamp::MAX,
            updated_at: step.at,
            generator_url: Box::default(),
            timeout: false,
        };
        // One that was over begins anew.
        if before.is_some_and(|alert| alert.ends_at <= step.at) {
            alert.starts_at = step.at;
        }
        let mut verdicts = Verdicts::default();
        for index in (2..step.words.len()).step_by(2) {
            match step.word(index)? {
                "started" => alert.starts_at = step.at - step.duration(index + 1)?,
                "until" => alert.ends_at = step.at + step.duration(index + 1)?,
                "timeout" => {
                    alert.ends_at = step.at + step.duration(index + 1)?;
                    alert.timeout = true;
                }
                "saying" => {
                    let text = [("summary", step.word(index + 1)?)];
                    alert.annotations = Labels::from_pairs(text).unwrap_or_default();
                }
                "matched" => verdicts.set(PluginMatcherIndex(step.number(index + 1)?)),
                word => return Err(step.error(format!("alerts have no {word}"))),
            }
        }
        self.fired.insert(name.to_owned(), alert.clone());
        self.world
            .handle(Input::Alerts(vec![AlertInput { alert, verdicts }]));
        Ok(())
    }

    fn expect(&mut self, step: &Step) -> Result<(), ScenarioError> {
        let counted = |found: usize| match step.number::<usize>(1)? == found {
            true => Ok(()),
            false => Err(step.error(format!("there are {found}"))),
        };
        match step.word(0)? {
            // All that was not expected is refused anyway.
            "quiet" => Ok(()),
            "alerts" => counted(self.world.engine().alert_count()),
            "groups" => counted(self.world.engine().group_count()),
            _ => self.take_event(step),
        }
    }

    /// Takes the first event that is as the step says.
    fn take_event(&mut self, step: &Step) -> Result<(), ScenarioError> {
        let wanted = step.words.join(" ");
        let matches = |event: &Event| match event {
            Event::Attempted(attempt) => {
                let (notification, number) = (&attempt.notification, attempt.attempt);
                wanted == format!("attempted {} {number}", notification.receiver_name)
            }
            Event::Reported(Report::GaveUp {
                notification,
                attempts,
                ..
            }) => wanted == format!("gave-up {} {attempts}", notification.receiver_name),
            Event::Reported(_) => false,
            Event::Delivered(notification) => {
                let shown = shown(notification);
                let previous = notification.previous.as_deref().unwrap_or_default();
                wanted == shown || wanted == format!("{shown} previous {previous}")
            }
        };
        let events = &mut self.world.events;
        match events
            .iter()
            .position(|(at, event)| *at == step.at && matches(event))
        {
            Some(position) => {
                events.remove(position);
                Ok(())
            }
            None => {
                let seen: Vec<_> = events
                    .iter()
                    .filter_map(|(_, event)| match event {
                        Event::Delivered(notification) => Some(shown(notification)),
                        _ => None,
                    })
                    .collect();
                Err(step.error(format!("it did not happen, but: {}", seen.join("; "))))
            }
        }
    }
}

fn behaviour(step: &Step) -> Result<Behaviour, ScenarioError> {
    let mut behaviour = Behaviour::default();
    let failure = |class: FailureClass| Some(class);
    match (step.word(2)?, step.words.get(3).map(String::as_str)) {
        ("hangs", None) => behaviour.hangs = true,
        ("fails", Some("permanent")) => behaviour.failure = failure(FailureClass::Permanent),
        ("fails", Some("unauthorized")) => behaviour.failure = failure(FailureClass::Unauthorized),
        ("fails", Some("retryable")) => {
            let after = if step.words.len() > 4 {
                Some(step.duration(5)?)
            } else {
                None
            };
            behaviour.failure = failure(FailureClass::Retryable { after });
        }
        ("takes", _) => {
            for index in (3..step.words.len()).step_by(2) {
                match step.word(index)? {
                    "in" => behaviour.latency = step.duration(index + 1)?,
                    "as" => behaviour.external_id = Some(Arc::from(step.word(index + 1)?)),
                    word => return Err(step.error(format!("receivers take nothing {word}"))),
                }
            }
        }
        _ => return Err(step.error("receivers take, hang or fail")),
    }
    Ok(behaviour)
}

/// The labels of `cpu{host=a,zone=b}`.
fn labels(name: &str) -> Result<Labels, String> {
    let (alertname, rest) = name.split_once('{').unwrap_or((name, "}"));
    let rest = rest.strip_suffix('}').ok_or("the brace is not closed")?;
    let pairs: Option<Vec<_>> = rest
        .split(',')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('='))
        .collect();
    let pairs = pairs.ok_or("labels are written name=value")?;
    Labels::from_pairs([("alertname", alertname)].into_iter().chain(pairs))
        .map_err(|error| error.to_string())
}

/// A notification as a timeline has it.
fn shown(notification: &Notification) -> String {
    let reason = notification.reason.as_str().replace(' ', "-");
    let mut text = format!("notified {} {reason}", notification.receiver_name);
    let mut of = |status: AlertStatus, before: &str| {
        let alerts = notification
            .alerts
            .iter()
            .filter(|(_, found)| *found == status);
        let mut names: Vec<_> = alerts.map(|(alert, _)| short_name(alert)).collect();
        names.sort();
        if !names.is_empty() {
            text.push_str(before);
        }
        for name in names {
            text.push(' ');
            text.push_str(&name);
        }
    };
    of(AlertStatus::Firing, "");
    of(AlertStatus::Resolved, " resolved");
    text
}

fn short_name(alert: &Alert) -> String {
    let values: Vec<_> = alert
        .labels
        .iter()
        .filter(|(name, _)| *name != "alertname")
        .map(|(_, value)| value)
        .collect();
    match values.is_empty() {
        true => alert.labels.get("alertname").unwrap_or_default().to_owned(),
        false => values.join("/"),
    }
}
