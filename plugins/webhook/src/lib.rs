//! The webhook receiver: `webhook_configs`, with the bytes that Alertmanager sends.

mod answer;
mod document;
mod payload;
mod scalar;
mod settings;
mod yaml;

use std::cell::RefCell;

use larum_plugin_sdk::receiver::{self, Event, SendError, Step};
use larum_plugin_sdk::types::{Notification, SettingsError};
use larum_plugin_sdk::wire::HttpRequest;
use larum_plugin_sdk::{export_receiver, http, meta};

use crate::settings::{Checked, Settings};

struct Webhook;

export_receiver!(Webhook);

impl meta::Guest for Webhook {
    fn describe() -> meta::Info {
        meta::Info {
            name: "webhook".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            settings_schema: settings::SCHEMA.to_owned(),
        }
    }
}

impl receiver::Guest for Webhook {
    type Compiled = Checked;
    type Delivery = Delivery;
}

impl receiver::GuestCompiled for Checked {
    fn create(settings: String) -> Result<receiver::Compiled, SettingsError> {
        Self::new(&settings).map(receiver::Compiled::new)
    }

    fn reads_alerts(&self) -> bool {
        self.reads_alerts
    }

    fn start(
        &self,
        notification: Notification,
        settings: String,
        _previous: Option<String>,
    ) -> Result<receiver::Delivery, SendError> {
        let request = Settings::read(&settings)
            .map_err(|error| error.message)
            .and_then(|rendered| rendered.request(&self.url_secret, notification))
            .map_err(|message| SendError::Permanent(http::failure(message, None)))?;
        Ok(receiver::Delivery::new(Delivery(RefCell::new(Some(
            request,
        )))))
    }
}

/// One attempt: the request that is still to be sent.
struct Delivery(RefCell<Option<HttpRequest>>);

impl receiver::GuestDelivery for Delivery {
    fn next(&self, outcome: Option<Event>) -> Result<Step, SendError> {
        match outcome {
            Some(Event::Response(response)) => answer::understand(&response).map(Step::Done),
            Some(Event::Failed(error)) => Err(http::transport_failure("webhook", error)),
            None => self.0.take().map(Step::Request).ok_or_else(|| {
                let message = "this delivery's request was handed out already";
                SendError::Permanent(http::failure(message, None))
            }),
        }
    }
}
