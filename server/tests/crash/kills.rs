//! SIGKILL at random moments of a mixed load.

use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use futures::FutureExt;

use super::{
    audit, cases,
    load::{Caller, Record},
    on_both,
    provider::Provider,
    rig::{Dice, Home, PLAIN, Store},
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
    let provider = Provider::start(8).await;
    killed_at_random(store, 2 * cases(), &provider, true).await;
}

/// The check that every other test here relies on finds what is wrong, thing by thing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_audit_finds_what_is_planted() {
    let provider = Provider::start(0).await;
    let allow = format!("127.0.0.1:{}", provider.port);
    let mut settings = PLAIN.to_vec();
    settings.push(("PORCHLIGHT_FETCH_ALLOW", &allow));
    let mut home = Home::new(Store::Sqlite, &settings).await;
    let server = home.start("").await;
    let page = format!("http://127.0.0.1:{}/elm.html", provider.port);
    let caller = Caller {
        client: server.client(),
        record: Record::default(),
        page,
    };
    let owner = caller.establish().await;
    caller.ask(&owner.code).await.expect("an answer");
    for _ in 0..2 {
        caller.scan(&owner.sign).await.expect("a visit");
    }
    caller.lead(&owner.porch).await.expect("a lead");
    server.kill();
    let told = caller.record.all();
    audit::check(&home, &told).await;
    let free = "drop trigger ledger_entry_no_delete; drop trigger ledger_entry_no_update;
        drop trigger consent_no_delete;";
    let planted: [&'static str; 12] = [
        "delete from scan where id = (select min(id) from scan)",
        "update scan set counted = 0",
        "update scan set referrer = 'http://sign.test/'",
        "delete from lead",
        "delete from code",
        "update turn set answer = 'The roof is new.'",
        "update turn set charged = 0",
        "update turn set outcome = 'unavailable', charged = 0",
        "delete from turn",
        "update ledger_balance set available = available - 1000, spent = spent + 1000",
        "delete from ledger_entry where kind = 'spend' and purpose = 'bot_creation'",
        "update source set state = 'failed'",
    ];
    audit::execute(&home, free).await;
    for (i, plant) in planted.into_iter().enumerate() {
        // Each in a copy of its own.
        let copy = home.path(&format!("planted-{i}.db"));
        audit::copy(&home, &copy).await;
        let whole = std::mem::replace(&mut home.database, format!("sqlite:{}", copy.display()));
        audit::check(&home, &told).await;
        audit::execute(&home, plant).await;
        let found = AssertUnwindSafe(audit::check(&home, &told)).catch_unwind().await;
        assert!(found.is_err(), "not found: {plant}");
        home.database = whole;
    }
}

on_both!(nothing_is_lost_or_doubled_by_a_kill, nor_while_a_provider_is_speaking);
