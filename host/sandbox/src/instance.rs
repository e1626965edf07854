//! An instance of a plugin for one tenant: its uses, its deliveries and its age.

use std::hash::BuildHasher as _;

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use larum_engine::model::TenantId;
use wasmtime::{
    Store,
    component::{self, InstancePre, ResourceAny},
};

use crate::{
    CallError, CallErrorKind, CreateError, World,
    bindings::{matcher, receiver, template},
    component::Loaded,
    convert,
    guest::{Class, Guest, State},
    usage::{Source, Use},
};

/// Where a world's functions are found in any instance of a component.
#[derive(Clone)]
pub(crate) enum Indices {
    Matcher(matcher::GuestIndices),
    Template(template::GuestIndices),
    Receiver(receiver::GuestIndices),
}

/// A world's functions in one instance.
pub(crate) enum Exports {
    Matcher(matcher::Guest),
    Template(template::Guest),
    Receiver(receiver::Guest),
}

impl Indices {
    pub(crate) fn new(world: World, pre: &InstancePre<State>) -> wasmtime::Result<Self> {
        Ok(match world {
            World::Matcher => Self::Matcher(matcher::GuestIndices::new(pre)?),
            World::Template => Self::Template(template::GuestIndices::new(pre)?),
            World::Receiver => Self::Receiver(receiver::GuestIndices::new(pre)?),
        })
    }

    pub(crate) fn load(
        &self,
        store: &mut Store<State>,
        instance: &component::Instance,
    ) -> wasmtime::Result<Exports> {
        Ok(match self {
            Self::Matcher(indices) => Exports::Matcher(indices.load(store, instance)?),
            Self::Template(indices) => Exports::Template(indices.load(store, instance)?),
            Self::Receiver(indices) => Exports::Receiver(indices.load(store, instance)?),
        })
    }
}

/// A guest with its handles.
pub(crate) struct Instance {
    /// Tells it from the instances before and after it.
    pub(crate) serial: u64,
    pub(crate) guest: Guest,
    pub(crate) exports: Exports,
    compiled: HashMap<u64, ResourceAny>,
    deliveries: HashMap<u64, ResourceAny>,
    calls_left: u64,
}

impl Instance {
    /// Starts one.
    pub(crate) fn start(
        loaded: &Loaded,
        tenant: &TenantId,
        serial: u64,
    ) -> Result<Self, CallError> {
        let program = loaded.program.clone();
        let calls = program.limits.instance.calls;
        let (guest, exports) = Guest::start(program, tenant, Class::Create, |store, instance| {
            loaded.indices.load(store, instance)
        })?;
        Ok(Self {
            serial,
            guest,
            exports,
            compiled: HashMap::new(),
            deliveries: HashMap::new(),
            calls_left: jittered(calls, serial),
        })
    }

    /// The guest's object for this use, and whether it was made just now: on the first call, and
    /// after the instance before was replaced.
    pub(crate) fn compiled(&mut self, wanted: &Use) -> Result<(ResourceAny, bool), CreateError> {
        self.calls_left = self.calls_left.saturating_sub(1);
        if let Some(compiled) = self.compiled.get(&wanted.id) {
            return Ok((*compiled, false));
        }
        let compiled = self.create(&wanted.source)?;
        self.compiled.insert(wanted.id, compiled);
        Ok((compiled, true))
    }

    /// As [`Self::compiled`], for a use whose settings were accepted before.
    pub(crate) fn compiled_again(
        &mut self,
        wanted: &Use,
    ) -> Result<(ResourceAny, bool), CallError> {
        self.compiled(wanted).map_err(|error| match error {
            CreateError::Call(error) => error,
            refusal => self.guest.failure(
                CallErrorKind::Guest,
                format!("accepted its settings once and now refuses them: {refusal}"),
            ),
        })
    }

    fn create(&mut self, source: &Source) -> Result<ResourceAny, CreateError> {
        let message_bytes = self.guest.limits().data.message_bytes;
        match (&self.exports, source) {
            (Exports::Matcher(exports), Source::Settings(settings)) => self
                .guest
                .call(Class::Create, |store| {
                    exports.compiled().call_create(store, settings)
                })?
                .map_err(|error| convert::settings_error(error, message_bytes)),
            (Exports::Receiver(exports), Source::Settings(settings)) => self
                .guest
                .call(Class::Create, |store| {
                    exports.compiled().call_create(store, settings)
                })?
                .map_err(|error| convert::settings_error(error, message_bytes)),
            (Exports::Template(exports), Source::Templates { sources, texts }) => {
                let sources = convert::template_sources(sources);
                let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
                self.guest
                    .call(Class::Create, |store| {
                        exports.compiled().call_create(store, &sources, &texts)
                    })?
                    .map_err(|error| convert::template_error(error, message_bytes))
            }
            _ => unreachable!("a use is made for the world of its component"),
        }
    }

    /// Keeps a delivery.
    ///
    /// # Errors
    /// When there are too many already.
    pub(crate) fn keep_delivery(
        &mut self,
        id: u64,
        delivery: ResourceAny,
    ) -> Result<(), CallError> {
        if self.deliveries.len() >= self.guest.limits().instance.deliveries {
            self.drop_resource(delivery);
            return Err(self.guest.failure(
                CallErrorKind::Overloaded,
                "too many deliveries are under way",
            ));
        }
        self.deliveries.insert(id, delivery);
        Ok(())
    }

    /// A delivery that was kept.
    pub(crate) fn delivery(&mut self, id: u64) -> Option<ResourceAny> {
        self.calls_left = self.calls_left.saturating_sub(1);
        self.deliveries.get(&id).copied()
    }

    /// Forgets a delivery, and tells the guest.
    pub(crate) fn drop_delivery(&mut self, id: u64) {
        if let Some(delivery) = self.deliveries.remove(&id) {
            self.drop_resource(delivery);
        }
    }

    /// Forgets a use, and tells the guest.
    pub(crate) fn drop_use(&mut self, id: u64) {
        if let Some(compiled) = self.compiled.remove(&id) {
            self.drop_resource(compiled);
        }
    }

    pub(crate) fn has_deliveries(&self) -> bool {
        !self.deliveries.is_empty()
    }

    /// Whether a new instance should take over.
    pub(crate) fn is_worn_out(&self) -> bool {
        let limits = &self.guest.limits().instance;
        let memory_max = limits.memory_bytes / 100 * limits.memory_recycle_percent;
        self.calls_left == 0 || self.guest.memory_bytes() > memory_max
    }

    /// A destructor is guest code as any other. If it fails the guest is dead, and counted so.
    fn drop_resource(&mut self, resource: ResourceAny) {
        if !self.guest.is_dead() {
            let _ = self
                .guest
                .call(Class::Create, |store| resource.resource_drop(store));
        }
    }
}

/// The number give or take a fifth, so that instances that started together do not end together.
fn jittered(calls: u64, serial: u64) -> u64 {
    let fifth = calls / 5;
    let spread = RandomState::default().hash_one(serial) % (2 * fifth + 1);
    (calls - fifth + spread).max(1)
}
