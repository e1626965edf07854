//! The workers: threads of the sandbox's own, each with a bounded queue and its instances.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

use hashbrown::HashMap;
use larum_engine::model::TenantId;
use tokio::sync::{mpsc, oneshot};

use crate::{CallError, Limits, component::Loaded, instance::Instance, stats::add, usage::Use};

/// A guest runs on the stack of the worker: 512 KiB of it, and the rest is the host's.
const STACK_BYTES: usize = 4 << 20;

type Job = Box<dyn FnOnce(&mut Worker) + Send>;

/// The workers' threads. They end when the last handle to the sandbox is gone.
pub(crate) struct Pool {
    lanes: Vec<Lane>,
    wait: Duration,
    last_id: AtomicU64,
}

/// The way to one worker.
struct Lane {
    jobs: mpsc::Sender<Job>,
    /// What nobody holds any more. Dropping a handle cannot wait for a place in the queue, so
    /// this has no bound of its own: every handle gets in once, and handles are bounded.
    discarded: Arc<Mutex<Vec<Discarded>>>,
}

/// Something in the workers that nobody holds any more.
pub(crate) enum Discarded {
    Use {
        component: u64,
        tenant: TenantId,
        id: u64,
    },
    Delivery {
        component: u64,
        tenant: TenantId,
        serial: u64,
        id: u64,
    },
    Component {
        id: u64,
    },
}

/// Why a job was not done.
pub(crate) enum Unavailable {
    Overloaded,
    Panicked,
}

impl Pool {
    /// Starts the threads.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(crate) fn start(workers: usize, limits: &Limits) -> std::io::Result<Self> {
        let lanes = (0..workers.max(1)).map(|index| Lane::start(index, limits));
        Ok(Self {
            lanes: lanes.collect::<std::io::Result<_>>()?,
            wait: limits.queue.wait,
            last_id: AtomicU64::new(0),
        })
    }

    /// A number that was not given out before.
    pub(crate) fn next_id(&self) -> u64 {
        self.last_id.fetch_add(1, Relaxed) + 1
    }

    /// The worker for this hash.
    pub(crate) fn lane(&self, hash: u64) -> usize {
        let lanes = self.lanes.len() as u64;
        usize::try_from(hash % lanes).unwrap_or(0)
    }

    /// Runs `work` on a worker, after what waits there already. If nobody waits for the answer
    /// any more when its turn comes, it is not run.
    pub(crate) async fn run<R: Send + 'static>(
        &self,
        lane: usize,
        work: impl FnOnce(&mut Worker) -> R + Send + 'static,
    ) -> Result<R, Unavailable> {
        let jobs = &self.lanes[lane].jobs;
        let place = match jobs.try_reserve() {
            Ok(place) => place,
            Err(_) => match tokio::time::timeout(self.wait, jobs.reserve()).await {
                Ok(Ok(place)) => place,
                Ok(Err(_)) => return Err(Unavailable::Panicked),
                Err(_) => return Err(Unavailable::Overloaded),
            },
        };
        let (answer, answered) = oneshot::channel();
        place.send(Box::new(move |worker| {
            if !answer.is_closed() {
                // Whoever asked may be gone by now; what the answer holds cleans up by itself.
                let _ = answer.send(work(worker));
            }
        }));
        answered.await.map_err(|_| Unavailable::Panicked)
    }

    /// Has a worker drop something, soon.
    pub(crate) fn discard(&self, lane: usize, what: Discarded) {
        let lane = &self.lanes[lane];
        lane.discarded
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(what);
        // If the queue is full the worker will come by anyway.
        let _ = lane.jobs.try_send(Box::new(|_| ()));
    }

    /// Has all workers drop the instances of a component.
    pub(crate) fn discard_component(&self, id: u64) {
        for lane in 0..self.lanes.len() {
            self.discard(lane, Discarded::Component { id });
        }
    }
}

impl Lane {
    fn start(index: usize, limits: &Limits) -> std::io::Result<Self> {
        let (jobs, queue) = mpsc::channel(limits.queue.jobs_per_worker.max(1));
        let discarded = Arc::new(Mutex::new(Vec::new()));
        let mut worker = Worker {
            slots: HashMap::new(),
            discarded: discarded.clone(),
            kept: limits.instance.kept_per_worker.max(1),
            last_serial: 0,
            clock: 0,
        };
        thread::Builder::new()
            .name(format!("larum-plugins-{index}"))
            .stack_size(STACK_BYTES)
            .spawn(move || worker.work(queue))?;
        Ok(Self { jobs, discarded })
    }
}

/// Whose instance it is. Never two tenants in one instance.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    component: u64,
    tenant: TenantId,
}

/// Worn-out instances that are kept for their deliveries, for each component and tenant.
const RETIRING_MAX: usize = 4;

/// The instance that takes new work, and those before it for as long as deliveries live there.
#[derive(Default)]
struct Slot {
    current: Option<Instance>,
    /// From the oldest; at most [`RETIRING_MAX`].
    retiring: Vec<Instance>,
    last_used: u64,
}

/// One thread's share of the instances.
pub(crate) struct Worker {
    slots: HashMap<Key, Slot>,
    discarded: Arc<Mutex<Vec<Discarded>>>,
    /// How many instances are kept.
    kept: usize,
    last_serial: u64,
    /// Counts jobs, to know which instance is unused for longest.
    clock: u64,
}

impl Worker {
    /// Uses the instance of a component for a tenant; starts one if there is none.
    pub(crate) fn on_instance<R, E: From<CallError>>(
        &mut self,
        wanted: &Use,
        work: impl FnOnce(&mut Instance) -> Result<R, E>,
    ) -> Result<R, E> {
        let loaded = wanted.component.loaded();
        let key = Key {
            component: loaded.id,
            tenant: wanted.tenant.clone(),
        };
        if self
            .slots
            .get(&key)
            .is_none_or(|slot| slot.current.is_none())
        {
            self.start_instance(loaded, &key)?;
        }
        self.clock += 1;
        let slot = self.slots.entry(key.clone()).or_default();
        slot.last_used = self.clock;
        let Some(instance) = slot.current.as_mut() else {
            unreachable!("an instance was started if there was none");
        };
        let result = work(instance);
        self.settle(&key);
        result
    }

    /// Uses the instance with this serial number, if it still lives.
    pub(crate) fn on_serial<R>(
        &mut self,
        wanted: &Use,
        serial: u64,
        work: impl FnOnce(&mut Instance) -> Result<R, CallError>,
    ) -> Option<Result<R, CallError>> {
        let loaded = wanted.component.loaded();
        let key = Key {
            component: loaded.id,
            tenant: wanted.tenant.clone(),
        };
        self.clock += 1;
        let clock = self.clock;
        let slot = self.slots.get_mut(&key)?;
        slot.last_used = clock;
        let result = work(slot.instance(serial)?);
        self.settle(&key);
        Some(result)
    }

    fn work(&mut self, mut queue: mpsc::Receiver<Job>) {
        while let Some(job) = queue.blocking_recv() {
            self.drop_discarded();
            if catch_unwind(AssertUnwindSafe(|| job(self))).is_err() {
                // Which instance it was in is not known, nor what state it left there.
                self.slots.clear();
                tracing::error!("a worker panicked; its plugin instances are started anew");
            }
        }
    }

    fn start_instance(&mut self, loaded: &Loaded, key: &Key) -> Result<(), CallError> {
        self.make_room();
        self.last_serial += 1;
        let instance = Instance::start(loaded, &key.tenant, self.last_serial)?;
        self.slots.entry(key.clone()).or_default().current = Some(instance);
        Ok(())
    }

    /// Drops the instance that is unused for longest, one without deliveries if there is one.
    fn make_room(&mut self) {
        while self.slots.values().map(Slot::instances).sum::<usize>() >= self.kept {
            let oldest = self
                .slots
                .iter()
                .min_by_key(|(_, slot)| (slot.has_deliveries(), slot.last_used))
                .map(|(key, _)| key.clone());
            let Some(oldest) = oldest else { return };
            self.slots.remove(&oldest);
        }
    }

    /// Drops what died, and replaces what is worn out.
    fn settle(&mut self, key: &Key) {
        let Some(slot) = self.slots.get_mut(key) else {
            return;
        };
        if slot.current.as_ref().is_some_and(|it| it.guest.is_dead()) {
            slot.current = None;
        }
        if let Some(worn_out) = slot.current.take_if(|it| it.is_worn_out()) {
            add(&worn_out.guest.counters().instances_recycled, 1);
            slot.retiring.push(worn_out);
        }
        slot.retiring
            .retain(|it| !it.guest.is_dead() && it.has_deliveries());
        if slot.retiring.len() > RETIRING_MAX {
            // Its deliveries hear that it was replaced.
            slot.retiring.remove(0);
        }
        if slot.instances() == 0 {
            self.slots.remove(key);
        }
    }

    fn drop_discarded(&mut self) {
        let discarded = std::mem::take(
            &mut *self
                .discarded
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        );
        for what in discarded {
            match what {
                Discarded::Use {
                    component,
                    tenant,
                    id,
                } => {
                    self.on_slot(Key { component, tenant }, |slot| {
                        slot.each(|instance| instance.drop_use(id));
                    });
                }
                Discarded::Delivery {
                    component,
                    tenant,
                    serial,
                    id,
                } => {
                    self.on_slot(Key { component, tenant }, |slot| {
                        if let Some(instance) = slot.instance(serial) {
                            instance.drop_delivery(id);
                        }
                    });
                }
                Discarded::Component { id } => self.slots.retain(|key, _| key.component != id),
            }
        }
    }

    fn on_slot(&mut self, key: Key, work: impl FnOnce(&mut Slot)) {
        if let Some(slot) = self.slots.get_mut(&key) {
            work(slot);
            self.settle(&key);
        }
    }
}

impl Slot {
    fn instance(&mut self, serial: u64) -> Option<&mut Instance> {
        let mut all = self.current.iter_mut().chain(&mut self.retiring);
        all.find(|instance| instance.serial == serial)
    }

    fn each(&mut self, work: impl FnMut(&mut Instance)) {
        self.current
            .iter_mut()
            .chain(&mut self.retiring)
            .for_each(work);
    }

    fn instances(&self) -> usize {
        usize::from(self.current.is_some()) + self.retiring.len()
    }

    fn has_deliveries(&self) -> bool {
        self.current
            .iter()
            .chain(&self.retiring)
            .any(Instance::has_deliveries)
    }
}
