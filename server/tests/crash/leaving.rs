//! Visitors who close the page while they are being answered.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{
    audit, cases,
    load::{Caller, Record, Told},
    on_both,
    provider::{Provider, SAYS},
    rig::{Dice, Home, PLAIN, Store},
};

/// Milliseconds between two words of an answer.
const PAUSE: u64 = 60;

/// Asks and hangs up after a while, by a reset or in order; gives how much had come.
async fn ask_and_leave(port: u16, code: String, after: Duration, reset: bool) -> usize {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let body = json!({ "message_text": "When was the roof replaced?" }).to_string();
    let request = format!(
        "POST /v1/public/chat/{code} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut read = Vec::new();
    let reading = async { while stream.read_buf(&mut read).await.is_ok_and(|n| n > 0) {} };
    let _ = tokio::time::timeout(after, reading).await;
    if reset {
        stream.set_zero_linger().unwrap();
    }
    read.len()
}

async fn who_leaves_is_settled_all_the_same(store: Store) {
    let visitors = 40 * cases().min(25);
    let provider = Provider::start(PAUSE).await;
    let settings = provider.settings();
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let home = Home::new(store, &settings).await;
    let server = home.start("").await;
    let caller = Caller {
        client: server.client(),
        record: Record::default(),
        page: String::new(),
    };
    let owner = caller.establish().await;
    let whole = PAUSE * SAYS.split_inclusive(' ').count() as u64;
    let mut dice = Dice::new(visitors as u64);
    // All at once would be a test of the machine: forty are under way at a time.
    let (mut none, mut some) = (0, 0);
    for _ in 0..visitors / 40 {
        let leaving: Vec<_> = (0..40)
            .map(|_| {
                let after = Duration::from_millis(dice.roll(whole + whole / 4));
                tokio::spawn(ask_and_leave(server.port, owner.code.clone(), after, dice.roll(2) == 0))
            })
            .collect();
        for left in leaving {
            match left.await.unwrap() {
                0 => none += 1,
                _ => some += 1,
            }
        }
    }
    assert!(some > 0, "nobody heard a word");
    provider.silent().await;
    let ended = Instant::now();
    let settled = audit::settle(&home, Duration::from_secs(5)).await;
    assert_eq!(
        settled,
        Ok(()),
        "open holds, turns, jobs, visits 5 s after the last word\n{}",
        server.tail()
    );
    let took = ended.elapsed();
    let figures = audit::check(&home, &caller.record.all()).await;
    // A question whose request never arrived whole was never asked; every other was answered, heard or not, and charged.
    assert_eq!(figures.turns, provider.asked.load(std::sync::atomic::Ordering::SeqCst));
    assert!(figures.turns >= some, "{} turns of {some} heard", figures.turns);
    eprintln!(
        "{visitors} left on {store:?}, {none} before the first byte: settled {took:?} after the end; {figures:?}"
    );
}

/// Its turns go with it, and so do their charges.
async fn a_bot_that_is_deleted_while_it_speaks_charges_nothing(store: Store) {
    let provider = Provider::start(PAUSE).await;
    let settings = provider.settings();
    let mut settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    settings.extend(PLAIN);
    let home = Home::new(store, &settings).await;
    let server = home.start("").await;
    let record = Record::default();
    let caller = Caller {
        client: server.client(),
        record: record.clone(),
        page: String::new(),
    };
    let owner = caller.establish().await;
    let asking = tokio::spawn({
        let (caller, code) = (caller.clone(), owner.code.clone());
        // What is heard of a bot that goes is no promise that anything of it stays.
        let caller = Caller {
            record: Record::default(),
            ..caller
        };
        async move { caller.ask(&code).await }
    });
    let end = Instant::now() + Duration::from_secs(10);
    while audit::unsettled(&home).await.1 == 0 {
        assert!(Instant::now() < end, "the question did not arrive");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    for id in [&owner.bot, &owner.code] {
        record.note(Told::MayBeGone { id: id.clone() });
    }
    for told in record.all() {
        if let Told::Source { id } = told {
            record.note(Told::MayBeGone { id });
        }
    }
    let path = format!("/v1/chatbots/{}", owner.bot);
    let deleted = caller.client.call(&owner.token, "DELETE", &path, None).await.unwrap();
    assert_eq!(deleted.status, 200, "{}", deleted.body);
    assert!(asking.await.unwrap().is_some(), "the buyer was left without an answer");
    let settled = audit::settle(&home, Duration::from_secs(5)).await;
    assert_eq!(settled, Ok(()), "{}", server.tail());
    audit::check(&home, &record.all()).await;
    let mut conn = audit::connect(&home).await;
    let captured = audit::captured(&mut conn, "ai_conversation").await;
    assert_eq!(captured, 0, "a turn that is gone was charged");
}

on_both!(
    who_leaves_is_settled_all_the_same,
    a_bot_that_is_deleted_while_it_speaks_charges_nothing,
);
