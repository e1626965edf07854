//! Templates: all texts of one integration, rendered in one call.

use std::sync::Arc;

use larum_engine::{Notification, model::TenantId};

use crate::{
    CallError, CallErrorKind, Component, CreateError,
    convert::{self, Alerts},
    guest::Class,
    instance::Exports,
    text::printable,
    usage::{Source, Use},
};

/// A template file that texts may refer to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TemplateSource {
    /// The file's name, for error messages.
    pub name: String,
    /// The file's text.
    pub text: String,
}

/// The texts of one integration, compiled. Its guest's object is dropped with it.
pub struct Template {
    usage: Arc<Use>,
    texts: usize,
}

impl Template {
    /// Renders every text, in their order; or says why that one could not be rendered.
    ///
    /// # Errors
    /// When the plugin gave no answer.
    pub async fn render(
        &self,
        notification: &Arc<Notification>,
    ) -> Result<Vec<Result<String, String>>, CallError> {
        let (wanted, notification) = (self.usage.clone(), notification.clone());
        let rendered = self
            .usage
            .run(move |worker| {
                worker.on_instance(&wanted, |instance| {
                    let (compiled, _) = instance.compiled_again(&wanted)?;
                    let Exports::Template(exports) = &instance.exports else {
                        unreachable!("a template is made from a template engine's component");
                    };
                    let exports = exports.compiled();
                    let loaded = wanted.component.loaded();
                    let view = Alerts::new(&notification, &loaded.program.limits.data.notification);
                    view.lend(&notification, &loaded.external_url, |notification| {
                        instance.guest.call(Class::Template, |store| {
                            exports.call_render(store, compiled, notification)
                        })
                    })
                })
            })
            .await??;
        let component = &self.usage.component;
        let limits = &component.loaded().program.limits;
        if rendered.len() != self.texts {
            let message = format!("rendered {} texts of {}", rendered.len(), self.texts);
            return Err(component.failure(CallErrorKind::Output, message));
        }
        let bytes: usize = rendered.iter().flatten().map(String::len).sum();
        if bytes > limits.template.output_bytes {
            let allowed = limits.template.output_bytes;
            let message = format!("rendered {bytes} bytes, and {allowed} are allowed");
            return Err(component.failure(CallErrorKind::Output, message));
        }
        let printable =
            |error: convert::RenderError| printable(&error.message, limits.data.message_bytes);
        Ok(rendered
            .into_iter()
            .map(|text| text.map_err(printable))
            .collect())
    }

    pub(crate) async fn create(
        component: Component,
        tenant: &TenantId,
        sources: Arc<[TemplateSource]>,
        texts: Vec<String>,
    ) -> Result<Self, CreateError> {
        let count = texts.len();
        let usage = Use::new(component, tenant, Source::Templates { sources, texts });
        let wanted = usage.clone();
        usage
            .run(move |worker| {
                worker.on_instance(&wanted, |instance| instance.compiled(&wanted).map(|_| ()))
            })
            .await??;
        Ok(Self {
            usage,
            texts: count,
        })
    }
}
