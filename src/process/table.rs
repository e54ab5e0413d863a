//! All processes of a node, by pid and by registered name.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::RwLock;

use super::entry::Entry;
use crate::signal::{NodeName, Pid, Reference};

/// Ids are handed out in order, so their low bits spread evenly over the shards.
const SHARDS: usize = 64;

/// Ids are handed out in order, so the id itself, without the bits that chose the shard,
/// is the best hash: neighbours in time are neighbours in memory. Hash maps take a tag
/// from the highest bits.
#[derive(Default)]
pub(super) struct ById(u64);

impl Hasher for ById {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, id: u64) {
        let id = id / SHARDS as u64;
        self.0 = id ^ (id << 57);
    }
}

type Shard = RwLock<HashMap<u64, Arc<Entry>, BuildHasherDefault<ById>>>;

/// The processes of one node.
pub(super) struct Table {
    node: NodeName,
    creation: u32,
    shards: Vec<Shard>,
    names: RwLock<BTreeMap<Arc<str>, Arc<Entry>>>,
    next_process: AtomicU64,
    next_reference: AtomicU64,
}

/// The first pids of a node look like those of an Erlang node, where the system's own
/// processes come first.
const FIRST: u64 = 100;

fn key(id: u32, serial: u32) -> u64 {
    u64::from(serial) << 32 | u64::from(id)
}

impl Table {
    pub(super) fn new(node: NodeName, creation: u32) -> Self {
        Self {
            node,
            creation,
            shards: (0..SHARDS).map(|_| Shard::default()).collect(),
            names: RwLock::default(),
            next_process: AtomicU64::new(FIRST),
            next_reference: AtomicU64::new(1),
        }
    }

    pub(super) fn node(&self) -> NodeName {
        self.node
    }

    pub(super) fn creation(&self) -> u32 {
        self.creation
    }

    pub(super) fn new_pid(&self) -> Pid {
        let next = self.next_process.fetch_add(1, Ordering::Relaxed);
        let id = (next & u64::from(u32::MAX)) as u32;
        Pid {
            node: self.node,
            id,
            serial: (next >> 32) as u32,
            creation: self.creation,
        }
    }

    /// The pid of a process of this incarnation.
    pub(super) fn pid(&self, (id, serial): (u32, u32)) -> Pid {
        Pid { node: self.node, id, serial, creation: self.creation }
    }

    pub(super) fn new_reference(&self) -> Reference {
        let id = self.next_reference.fetch_add(1, Ordering::Relaxed);
        Reference { node: self.node, creation: self.creation, id }
    }

    fn shard(&self, id: u32) -> &Shard {
        &self.shards[id as usize % SHARDS]
    }

    pub(super) fn insert(&self, entry: Arc<Entry>) {
        let Pid { id, serial, .. } = entry.pid();
        self.shard(id).write().insert(key(id, serial), entry);
    }

    pub(super) fn remove(&self, pid: Pid) {
        self.shard(pid.id).write().remove(&key(pid.id, pid.serial));
    }

    /// Does something with a process, if there is one with this pid.
    pub(super) fn with<T>(
        &self,
        (id, serial): (u32, u32),
        act: impl FnOnce(&Arc<Entry>) -> T,
    ) -> Option<T> {
        self.shard(id).read().get(&key(id, serial)).map(act)
    }

    /// The process with this pid: of this incarnation of this node, and alive.
    pub(super) fn get(&self, pid: Pid) -> Option<Arc<Entry>> {
        if pid.node != self.node || pid.creation != self.creation {
            return None;
        }
        self.with((pid.id, pid.serial), Arc::clone)
    }

    pub(super) fn all(&self) -> Vec<Arc<Entry>> {
        let shards = self.shards.iter();
        shards
            .flat_map(|shard| shard.read().values().cloned().collect::<Vec<_>>())
            .collect()
    }

    /// Registers a name; `false` if it is taken.
    pub(super) fn register(&self, name: Arc<str>, entry: Arc<Entry>) -> bool {
        let mut names = self.names.write();
        if names.contains_key(&name) {
            return false;
        }
        names.insert(name, entry);
        true
    }

    pub(super) fn unregister(&self, name: &str) -> Option<Arc<Entry>> {
        self.names.write().remove(name)
    }

    pub(super) fn whereis(&self, name: &str) -> Option<Arc<Entry>> {
        self.names.read().get(name).cloned()
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.names.read().keys().map(ToString::to_string).collect()
    }
}
