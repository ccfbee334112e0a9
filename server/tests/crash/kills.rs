//! SIGKILL at random moments of a mixed load.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use super::{
    audit, cases,
    load::{Caller, Record},
    on_both,
    provider::Provider,
    rig::{Dice, Home, Store},
};

/// Clients at once.
const CLIENTS: u64 = 6;
const SETTLED: Duration = Duration::from_secs(60);

async fn killed_at_random(store: Store, kills: usize, provider: &Provider, with_provider: bool) {
    let seed: u64 = std::env::var("PORCHLIGHT_TEST_SEED")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or_else(|| uuid::Uuid::new_v4().as_u64_pair().0);
    eprintln!("PORCHLIGHT_TEST_SEED={seed}");
    let mut dice = Dice::new(seed);
    let settings = provider.settings();
    // Without a provider the built-in engine answers; pages come from the stand-in either way.
    let settings: Vec<(&str, &str)> = settings
        .iter()
        .filter(|(name, _)| with_provider || name.ends_with("FETCH_ALLOW"))
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let home = Home::new(store, &settings).await;
    let record = Record::default();
    let page = format!("http://127.0.0.1:{}/elm.html", provider.port);
    let mut server = home.start("").await;
    let mut owner = Caller {
        client: server.client(),
        record: record.clone(),
        page: page.clone(),
    }
    .establish()
    .await;
    let (mut acknowledged, begun) = (0, Instant::now());
    for kill in 0..kills {
        let caller = Caller {
            client: server.client(),
            record: record.clone(),
            page: page.clone(),
        };
        // Tokens run out after ten minutes.
        owner.token = caller.client.token(&owner.email).await.expect("signed in");
        let stop = Arc::new(AtomicBool::new(false));
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                let (caller, owner, stop) = (caller.clone(), owner.clone(), Arc::clone(&stop));
                let mut dice = Dice::new(seed ^ ((kill as u64) << 8) ^ client);
                tokio::spawn(async move {
                    while !stop.load(Ordering::SeqCst) {
                        caller.anything(&owner, &mut dice).await;
                    }
                })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(50 + dice.roll(800))).await;
        server.kill();
        stop.store(true, Ordering::SeqCst);
        for client in clients {
            client.await.unwrap();
        }
        server = home.start("").await;
        let settled = audit::settle(&home, SETTLED).await;
        assert_eq!(
            settled,
            Ok(()),
            "holds, turns, jobs, visits that are open after kill {kill}\n{}",
            server.tail()
        );
        acknowledged = audit::check(&home, &record.all()).await.told;
    }
    let figures = audit::check(&home, &record.all()).await;
    server.kill();
    home.assert_well();
    assert!(acknowledged > kills, "the load did next to nothing");
    eprintln!("{kills} kills on {store:?} in {:?}: {figures:?}", begun.elapsed());
}

async fn nothing_is_lost_or_doubled_by_a_kill(store: Store) {
    let provider = Provider::start(0).await;
    killed_at_random(store, 3 * cases(), &provider, false).await;
}

async fn nor_while_a_provider_is_speaking(store: Store) {
    let provider = Provider::start(25).await;
    killed_at_random(store, 2 * cases(), &provider, true).await;
}

on_both!(nothing_is_lost_or_doubled_by_a_kill, nor_while_a_provider_is_speaking);
