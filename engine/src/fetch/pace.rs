//! One connection and one request a second for each host, a few connections in all.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{Mutex as Turn, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore},
    time::{Instant, sleep_until},
};

/// Hosts that are remembered before the idle ones are dropped.
const REMEMBERED: usize = 1_000;

type Host = Arc<Turn<Option<Instant>>>;

pub(super) struct Pace {
    gap: Duration,
    all: Arc<Semaphore>,
    hosts: Mutex<HashMap<String, Host>>,
}

/// The right to one request; ends when dropped.
pub(super) struct Held {
    _host: Option<OwnedMutexGuard<Option<Instant>>>,
    _all: Option<OwnedSemaphorePermit>,
}

impl Pace {
    pub fn new(gap: Duration, at_once: usize) -> Self {
        Self {
            gap,
            all: Arc::new(Semaphore::new(at_once)),
            hosts: Mutex::default(),
        }
    }

    /// Waits until `host` may be asked again. `spared` hosts are not waited for.
    pub async fn turn(&self, host: &str, spared: bool) -> Held {
        if spared {
            return Held {
                _host: None,
                _all: self.all.clone().acquire_owned().await.ok(),
            };
        }
        let mut last = self.host(host).lock_owned().await;
        if let Some(before) = *last {
            sleep_until(before + self.gap).await;
        }
        // The place among all is taken last, so that nobody holds one while waiting for a slow host.
        let all = self.all.clone().acquire_owned().await.ok();
        *last = Some(Instant::now());
        Held {
            _host: Some(last),
            _all: all,
        }
    }

    fn host(&self, host: &str) -> Host {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.len() >= REMEMBERED {
            let gap = self.gap;
            hosts.retain(|_, turn| {
                Arc::strong_count(turn) > 1
                    || turn
                        .try_lock()
                        .map_or(true, |last| last.is_some_and(|last| last.elapsed() < gap))
            });
        }
        hosts.entry(host.to_owned()).or_default().clone()
    }
}
