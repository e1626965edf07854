//! One attempt, stage by stage: words, settings, secrets, requests, receipt.

use std::{sync::Arc, time::Duration};

use larum_config::Text;
use larum_engine::{FailureClass, Notification};
use larum_sandbox::{CallError, CallErrorKind, Event, Receipt, SendError, Step, TransportError};

use super::{
    client, fallback,
    http::Exchange,
    metrics::{FailureReason, FallbackReason, Metrics},
    secrets::{Redactor, Secrets},
};
use crate::{clock::Clock, plugins::PreparedIntegration};

/// What an attempt needs, and what it leaves behind.
pub(super) struct Run<'a> {
    pub(super) clock: &'a Clock,
    pub(super) metrics: &'a Metrics,
    pub(super) notification: &'a Arc<Notification>,
    pub(super) integration: &'a PreparedIntegration,
}

/// How an attempt ended.
pub(super) enum Ending {
    Delivered(Receipt),
    Failed(Failed),
}

/// Why it failed. Holds no secret.
pub(super) struct Failed {
    pub(super) class: FailureClass,
    pub(super) message: String,
    pub(super) advice: Option<String>,
    pub(super) reason: FailureReason,
}

/// The words of one notification: a result for each of the settings' texts.
struct Words {
    texts: Vec<String>,
    /// A secret, such as a templated URL, could not be made. Nothing can stand in for it.
    missing_secret: Option<Failed>,
}

/// What a receiver component is given, and what it was answered so far.
struct Message {
    words: Vec<String>,
    /// Whether it is given only the first alerts: all of them may be what it breaks over.
    brief: bool,
    answers: Vec<Event>,
}

/// Why a notification was not handed over.
enum Obstacle {
    /// The component broke: the same words may have done it, or not.
    Component(CallError),
    /// Everything else.
    Other(Failed),
}

impl Run<'_> {
    /// Carries the attempt out.
    ///
    /// A component that breaks gets a second try in a fresh instance, in case the instance was at
    /// fault, and a third with plain words and few alerts, in case what it was given was: a killed
    /// component must lose nothing. The fresh instance is told the answers that the broken one
    /// got: what was sent is not sent again.
    pub(super) async fn run(&self) -> Ending {
        let words = self.rendered_words().await;
        if let Some(failed) = words.missing_secret {
            return Ending::Failed(failed);
        }
        let mut message = Message {
            words: words.texts,
            brief: false,
            answers: Vec::new(),
        };
        for tries_left in [2, 1, 0] {
            let error = match self.hand_over(&mut message).await {
                Ok(receipt) => return Ending::Delivered(receipt),
                Err(Obstacle::Other(failed)) => return Ending::Failed(failed),
                Err(Obstacle::Component(error)) => error,
            };
            self.log_broken(&error, tries_left);
            // A plugin that has too much to do gets no more of it.
            if tries_left == 0 || error.kind == CallErrorKind::Overloaded {
                return Ending::Failed(Failed::retryable(error.to_string()));
            }
            if tries_left == 1 {
                if message.answers.iter().any(was_taken) {
                    // Other words would be a second message. The next attempt is at least later,
                    // and has the same idempotency key.
                    return Ending::Failed(Failed::retryable(error.to_string()));
                }
                self.metrics.fell_back(
                    &self.notification.tenant,
                    &error.plugin,
                    FallbackReason::receiver_call,
                );
                message = Message {
                    words: self.plain_words(&message.words, &error),
                    brief: true,
                    answers: Vec::new(),
                };
            }
        }
        unreachable!("the last try returns")
    }

    /// Words by the template component; plain ones where it fails.
    async fn rendered_words(&self) -> Words {
        let texts = &self.integration.integration.settings.texts;
        let Some(template) = &self.integration.template else {
            return Words {
                texts: Vec::new(),
                missing_secret: None,
            };
        };
        let engine = &self.integration.integration.template_engine;
        let (results, reason) = match template.render(self.notification).await {
            Ok(results) => (results, FallbackReason::render_error),
            Err(error) => {
                let all_failed = texts.iter().map(|_| Err(error.to_string())).collect();
                (all_failed, FallbackReason::template_call)
            }
        };
        let mut words = Words {
            texts: Vec::with_capacity(texts.len()),
            missing_secret: None,
        };
        let mut failed = Vec::new();
        let mut results = results.into_iter();
        for text in texts {
            let why = match results.next() {
                Some(Ok(rendered)) => {
                    words.texts.push(rendered);
                    continue;
                }
                Some(Err(why)) => why,
                None => "the template engine gave too few texts".to_owned(),
            };
            if fallback::is_literal(&text.source) {
                words.texts.push(text.source.clone());
                continue;
            }
            if text.secret {
                words.missing_secret = Some(no_address(reason, &why));
            }
            words.texts.push(fallback::text(
                text.fallback,
                self.notification,
                "template",
                &why,
            ));
            failed.push((text, why));
        }
        self.note_fallback(reason, engine, &failed);
        words
    }

    /// Words that need no template. What addresses the message stays as it was rendered.
    fn plain_words(&self, rendered: &[String], error: &CallError) -> Vec<String> {
        let what = format!("receiver plugin {}", error.plugin);
        let texts = &self.integration.integration.settings.texts;
        let plain = texts.iter().zip(rendered).map(|(text, rendered)| {
            if text.secret {
                rendered.clone()
            } else if fallback::is_literal(&text.source) {
                text.source.clone()
            } else {
                fallback::text(text.fallback, self.notification, &what, &error.message)
            }
        });
        plain.collect()
    }

    /// Lets the receiver component say what to send, and sends it.
    async fn hand_over(&self, message: &mut Message) -> Result<Receipt, Obstacle> {
        let integration = &self.integration.integration;
        let (settings, made) = integration.settings.rendered(&message.words);
        let secrets = Secrets::read(&integration.settings.secrets, made).await;
        let secrets = secrets.map_err(|error| unusable(&error))?;
        let (configured_headers, header_secrets) = client::configured_headers(&integration.http)
            .await
            .map_err(|error| unusable(&error))?;
        let redactor = Redactor::new(
            secrets
                .values()
                .chain(header_secrets.iter().map(String::as_str)),
        );
        let allow_hosts = self.integration.allow_hosts(&secrets.hosts());
        let exchange = Exchange {
            client: &self.integration.client,
            secrets: &secrets,
            redactor: &redactor,
            allow_hosts: allow_hosts.as_deref(),
            idempotency_key: &self.notification.id.0,
            configured_headers: &configured_headers,
        };
        let mut last = Last::default();
        let conversation = Conversation {
            exchange: &exchange,
            brief: message.brief,
            answers: &mut message.answers,
            last: &mut last,
        };
        self.converse(settings.to_string(), conversation)
            .await
            .map_err(|error| match error {
                SendError::Call(error) => Obstacle::Component(error),
                other => Obstacle::Other(last.failed(other, &redactor)),
            })
    }

    /// The conversation with the receiver component.
    async fn converse(
        &self,
        settings: String,
        conversation: Conversation<'_>,
    ) -> Result<Receipt, SendError> {
        let Conversation {
            exchange,
            brief,
            answers,
            last,
        } = conversation;
        let receiver = &self.integration.receiver;
        let mut delivery = match brief {
            false => receiver.start(self.notification, settings).await?,
            true => receiver.start_brief(self.notification, settings).await?,
        };
        let mut outcome = None;
        let mut requests = 0;
        loop {
            // The sandbox bounds how many there are.
            let request = match delivery.next(outcome.take()).await? {
                Step::Done(receipt) => return Ok(receipt),
                Step::Request(request) => request,
            };
            if requests == answers.len() {
                let answer = exchange.send(&request, self.remaining()).await;
                last.note(&answer.event, answer.detail);
                answers.push(answer.event);
            }
            outcome = Some(answers[requests].clone());
            requests += 1;
        }
    }

    fn remaining(&self) -> Duration {
        self.notification
            .deadline
            .saturating_since(self.clock.now())
    }

    /// Says once for a notification which texts were replaced, and why.
    fn note_fallback(&self, reason: FallbackReason, plugin: &str, failed: &[(&Text, String)]) {
        let Some((_, why)) = failed.first() else {
            return;
        };
        let settings: Vec<_> = failed
            .iter()
            .map(|(text, _)| text.pointer.as_str())
            .collect();
        let notification = self.notification;
        self.metrics.fell_back(&notification.tenant, plugin, reason);
        tracing::error!(
            tenant = notification.tenant.as_str(),
            receiver = &*notification.receiver_name,
            integration = &*notification.integration_key.0,
            group_key = &*notification.group_key,
            plugin,
            settings = settings.join(","),
            error = why,
            "The template failed; a plain text goes out instead"
        );
    }

    fn log_broken(&self, error: &CallError, tries_left: u32) {
        let notification = self.notification;
        tracing::error!(
            tenant = notification.tenant.as_str(),
            receiver = &*notification.receiver_name,
            integration = &*notification.integration_key.0,
            group_key = &*notification.group_key,
            plugin = &*error.plugin,
            kind = error.kind.as_str(),
            error = error.message,
            tries_left,
            "The receiver plugin broke in the middle of a notification"
        );
    }
}

/// What a conversation with a receiver component goes through, and what it leaves behind.
struct Conversation<'a> {
    exchange: &'a Exchange<'a>,
    brief: bool,
    answers: &'a mut Vec<Event>,
    last: &'a mut Last,
}

/// Whether the other end said that it took the message.
fn was_taken(answer: &Event) -> bool {
    matches!(answer, Event::Response(response) if (200..300).contains(&response.status))
}

/// A template that fails fails again with the same alerts; a component that did not answer may.
fn no_address(reason: FallbackReason, why: &str) -> Failed {
    let failed = Failed::retryable(format!("no address to send to: {why}"));
    match reason {
        FallbackReason::render_error => Failed {
            class: FailureClass::Permanent,
            advice: Some("mend the template of the address".to_owned()),
            ..failed
        },
        FallbackReason::template_call | FallbackReason::receiver_call => failed,
    }
}

impl Failed {
    /// A failure that may pass, for which the receiver gave no hint.
    pub(super) fn retryable(message: String) -> Self {
        Self {
            class: FailureClass::Retryable { after: None },
            message,
            advice: None,
            reason: FailureReason::other,
        }
    }
}

/// A secret or a header that could not be had: its file may be back at the next attempt.
fn unusable(error: &dyn std::fmt::Display) -> Obstacle {
    Obstacle::Other(Failed {
        advice: Some("check the file or value that the message names".to_owned()),
        ..Failed::retryable(error.to_string())
    })
}

/// What the last request came to: the plugin's words leave the cause out, which it never saw.
#[derive(Default)]
struct Last {
    status: Option<u16>,
    timed_out: bool,
    detail: Option<String>,
}

impl Last {
    fn note(&mut self, event: &Event, detail: Option<String>) {
        self.detail = detail;
        self.status = match event {
            Event::Response(response) => Some(response.status),
            Event::Failed(_) => None,
        };
        self.timed_out = matches!(event, Event::Failed(TransportError::Timeout));
    }

    fn failed(self, error: SendError, redactor: &Redactor) -> Failed {
        let (class, failure) = match error {
            SendError::Retryable { failure, after } => (FailureClass::Retryable { after }, failure),
            SendError::Permanent(failure) => (FailureClass::Permanent, failure),
            SendError::Unauthorized(failure) => (FailureClass::Unauthorized, failure),
            SendError::Call(error) => return Failed::retryable(error.to_string()),
        };
        let reason = match (self.status, self.timed_out) {
            (Some(status), _) => FailureReason::of_status(status),
            (None, true) => FailureReason::contextDeadlineExceeded,
            (None, false) => FailureReason::other,
        };
        let message = match &self.detail {
            Some(detail) => format!("{}: {detail}", failure.message),
            None => failure.message,
        };
        Failed {
            class,
            message: redactor.redact(&message),
            advice: failure.advice.map(|advice| redactor.redact(&advice)),
            reason,
        }
    }
}
