//! Told to stop with everything under way.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{
    audit, cases,
    load::{Caller, Record, deltas},
    on_both,
    provider::Provider,
    rig::{Client, Home, Store},
};

const STREAMS: usize = 50;
const JOBS: usize = 5;
/// For so long after the signal connections are still taken.
const TAKEN: Duration = Duration::from_millis(350);

struct World {
    home: Home,
    provider: Provider,
    record: Record,
    page: String,
}

impl World {
    async fn new(store: Store) -> Self {
        let provider = Provider::start(0).await;
        let settings = provider.settings();
        let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Self {
            home: Home::new(store, &settings).await,
            page: format!("http://127.0.0.1:{}/elm.html", provider.port),
            provider,
            record: Record::default(),
        }
    }

    fn caller(&self, client: Client) -> Caller {
        Caller {
            client,
            record: self.record.clone(),
            page: self.page.clone(),
        }
    }
}

/// A stream of an answer to its end: its text, and whether it ended in order.
async fn stream(client: Client, code: String) -> (String, bool) {
    let body = json!({ "message_text": "When was the roof replaced?" }).to_string();
    let request = client.request("POST", &format!("/v1/public/chat/{code}"));
    let request = request
        .header("accept", "text/event-stream")
        .header("content-type", "application/json");
    let Ok(mut response) = request.body(body).send().await else {
        return (String::new(), false);
    };
    let mut text = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(bytes)) => text.extend_from_slice(&bytes),
            Ok(None) => return (String::from_utf8_lossy(&text).into_owned(), true),
            Err(_) => return (String::from_utf8_lossy(&text).into_owned(), false),
        }
    }
}

/// One request on a connection of its own. `None`: it was not taken. False: it was taken and not answered.
async fn one_request(port: u16) -> Option<bool> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
    let request = "GET /v1/credits/balance HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    if stream.write_all(request.as_bytes()).await.is_err() {
        return Some(false);
    }
    let mut answer = String::new();
    let read = stream.read_to_string(&mut answer).await;
    Some(read.is_ok() && answer.starts_with("HTTP/1.1 401"))
}

async fn one_stop(world: &World) -> Duration {
    let mut server = world.home.start("").await;
    world.provider.pause.store(0, Ordering::SeqCst);
    world.provider.page_pause.store(0, Ordering::SeqCst);
    let caller = world.caller(server.client());
    let owner = caller.establish().await;
    // From here on an answer takes far longer than a process may take to end, and so do pages.
    world.provider.pause.store(1_500, Ordering::SeqCst);
    world.provider.page_pause.store(4_000, Ordering::SeqCst);
    let streams: Vec<_> = (0..STREAMS)
        .map(|_| tokio::spawn(stream(server.client(), owner.code.clone())))
        .collect();
    let whole: Vec<_> = (0..5)
        .map(|_| {
            let (caller, code) = (caller.clone(), owner.code.clone());
            tokio::spawn(async move { caller.ask(&code).await })
        })
        .collect();
    for _ in 0..JOBS {
        caller.web_page(&owner.token, &owner.property).await.expect("a source");
    }
    let (over, dropped, taken) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicUsize::new(0)),
        Arc::new(AtomicUsize::new(0)),
    );
    let told_at = Arc::new(std::sync::Mutex::new(None::<Instant>));
    let traffic = {
        let (over, dropped, taken, told_at, port) = (
            over.clone(),
            dropped.clone(),
            taken.clone(),
            told_at.clone(),
            server.port,
        );
        tokio::spawn(async move {
            while !over.load(Ordering::SeqCst) {
                let (dropped, taken, told_at) = (dropped.clone(), taken.clone(), told_at.clone());
                tokio::spawn(async move {
                    let late = told_at.lock().unwrap().is_some_and(|at| at.elapsed() > TAKEN);
                    match one_request(port).await {
                        Some(true) => taken.fetch_add(1, Ordering::SeqCst),
                        // The door may close between knocking and coming in, but not before it is time.
                        Some(false) | None if !late => dropped.fetch_add(1, Ordering::SeqCst),
                        _ => 0,
                    };
                });
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        })
    };
    // Every question is being answered.
    let asked = world.provider.asked.load(Ordering::SeqCst);
    let end = Instant::now() + Duration::from_secs(20);
    while audit::unsettled(&world.home).await.1 < (STREAMS + 5) as i64 {
        assert!(Instant::now() < end, "{asked} questions arrived");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let begun = Instant::now();
    *told_at.lock().unwrap() = Some(begun);
    server.tell_to_stop();
    let status = server.end_within(Duration::from_secs(15)).await;
    let took = begun.elapsed();
    over.store(true, Ordering::SeqCst);
    traffic.await.unwrap();
    assert!(
        status.is_some_and(|status| status.success()),
        "{status:?}\n{}",
        server.tail()
    );
    assert!(took <= Duration::from_secs(10), "it took {took:?}");
    assert_eq!(
        dropped.load(Ordering::SeqCst),
        0,
        "requests were taken and not answered\n{}",
        server.tail()
    );
    assert!(taken.load(Ordering::SeqCst) > 0);
    for answered in whole {
        assert!(
            answered.await.unwrap().is_some(),
            "a question that waited was not answered"
        );
    }
    let mut turns = Vec::new();
    for stream in streams {
        let (text, in_order) = stream.await.unwrap();
        assert!(in_order, "a stream was cut off: {text}");
        let events = deltas(&text);
        let session = events[0]["user_session_id"].as_str().unwrap().to_owned();
        turns.push((events[1]["turn_id"].as_str().unwrap().to_owned(), session));
    }
    // What is still held belongs to jobs that the next process takes up.
    let (holds, open, jobs, visits) = audit::unsettled(&world.home).await;
    assert_eq!((open, visits), (0, 0));
    assert_eq!(holds, jobs);

    world.provider.pause.store(0, Ordering::SeqCst);
    world.provider.page_pause.store(0, Ordering::SeqCst);
    let server = world.home.start("").await;
    let client = server.client();
    for (turn, session) in &turns {
        let request = client.request("GET", &format!("/v1/public/chat/{}/turns/{turn}", owner.code));
        let rest = Client::send(request.header("x-user-session-id", session))
            .await
            .unwrap();
        let done = deltas(&rest.body)
            .into_iter()
            .find(|event| event["type"] == "done")
            .unwrap();
        assert!(!done["text"].as_str().unwrap().is_empty(), "{done}");
    }
    let settled = audit::settle(&world.home, Duration::from_secs(60)).await;
    assert_eq!(settled, Ok(()), "{}", server.tail());
    audit::check(&world.home, &world.record.all()).await;
    took
}

async fn it_stops_in_order_with_everything_under_way(store: Store) {
    let world = World::new(store).await;
    let mut longest = Duration::ZERO;
    for _ in 0..cases().min(50) {
        longest = longest.max(one_stop(&world).await);
    }
    world.home.assert_well();
    eprintln!("{} stops on {store:?}: the longest took {longest:?}", cases().min(50));
}

async fn a_second_signal_ends_it_at_once(store: Store) {
    let world = World::new(store).await;
    let mut server = world.home.start("").await;
    let caller = world.caller(server.client());
    let owner = caller.establish().await;
    world.provider.pause.store(1_500, Ordering::SeqCst);
    let waiting = tokio::spawn(stream(server.client(), owner.code.clone()));
    let asking = tokio::spawn({
        let (caller, code) = (caller.clone(), owner.code.clone());
        async move { caller.ask(&code).await }
    });
    let end = Instant::now() + Duration::from_secs(10);
    while audit::unsettled(&world.home).await.1 < 2 {
        assert!(Instant::now() < end, "the questions did not arrive");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    server.tell_to_stop();
    assert_eq!(
        server.end_within(Duration::from_millis(800)).await,
        None,
        "it did not wait"
    );
    server.tell_to_stop();
    let status = server
        .end_within(Duration::from_secs(1))
        .await
        .expect("it ended at once");
    assert_eq!(status.code(), Some(130));
    drop((waiting.await, asking.await));
    let server = world.home.start("").await;
    let settled = audit::settle(&world.home, Duration::from_secs(30)).await;
    assert_eq!(settled, Ok(()), "{}", server.tail());
    audit::check(&world.home, &world.record.all()).await;
}

on_both!(
    it_stops_in_order_with_everything_under_way,
    a_second_signal_ends_it_at_once
);
