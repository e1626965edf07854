//! The Slack receiver: `slack_configs`, with the bytes that Alertmanager sends.

mod delivery;
mod errors;
mod message;
mod settings;

use std::cell::RefCell;

use larum_plugin_sdk::receiver::{self, Event, SendError, Step};
use larum_plugin_sdk::types::{Notification, SettingsError};
use larum_plugin_sdk::{export_receiver, http, log, meta};

use crate::delivery::Delivery;
use crate::settings::{Checked, Settings};

struct Slack;

export_receiver!(Slack);

impl meta::Guest for Slack {
    fn describe() -> meta::Info {
        meta::Info {
            name: "slack".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            settings_schema: settings::SCHEMA.to_owned(),
        }
    }
}

impl receiver::Guest for Slack {
    type Compiled = Checked;
    type Delivery = Running;
}

impl receiver::GuestCompiled for Checked {
    fn create(settings: String) -> Result<receiver::Compiled, SettingsError> {
        let checked = Self::new(&settings)?;
        if let Some(warning) = checked.warning() {
            log::warn(warning);
        }
        Ok(receiver::Compiled::new(checked))
    }

    fn reads_alerts(&self) -> bool {
        false
    }

    fn start(
        &self,
        _notification: Notification,
        settings: String,
        previous: Option<String>,
    ) -> Result<receiver::Delivery, SendError> {
        let rendered: Settings = serde_json::from_str(&settings).map_err(|error| {
            let message = format!("the rendered settings cannot be read: {error}");
            SendError::Permanent(http::failure(message, None))
        })?;
        let delivery = Delivery::new(self, rendered, previous.as_deref());
        Ok(receiver::Delivery::new(Running(RefCell::new(delivery))))
    }
}

/// One delivery in the host's table.
struct Running(RefCell<Delivery>);

impl receiver::GuestDelivery for Running {
    fn next(&self, outcome: Option<Event>) -> Result<Step, SendError> {
        self.0.borrow_mut().next(outcome)
    }
}
