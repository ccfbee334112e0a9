use std::time::{Duration, Instant};

use super::super::{FetchError, Limits};
use super::rig::{Play, Rig, head, moved, quick};

const URL: &str = "https://home.test/hook";

async fn posted(rig: &Rig, limits: Limits) -> Result<u16, FetchError> {
    let headers = [("webhook-id", "7".to_owned())];
    rig.fetcher(limits, "").post(URL, &headers, "{}".into()).await
}

#[tokio::test]
async fn the_status_is_what_counts() {
    let rig = Rig::start().await;
    rig.name("home.test", &[&["93.184.216.34"]]);
    let long = Play::Endless(head("content-type: text/html"), vec![b'x'; 65_536]);
    for (play, status) in [
        (Play::Send(b"HTTP/1.1 204 No Content\r\n\r\n".to_vec()), 204),
        (moved("https://home.test/else"), 302),
        (
            Play::Send(b"HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n".to_vec()),
            410,
        ),
        (long, 200),
        (Play::Hang(head("content-length: 900")), 200),
        (Play::Send(head("content-length: 900")), 200),
    ] {
        rig.play(URL, play);
        assert_eq!(posted(&rig, quick()).await, Ok(status));
    }
    let seen = rig.seen();
    assert_eq!(seen.len(), 6, "no redirect was followed, and no robots.txt asked for");
    assert!(seen.iter().all(|seen| seen.head.starts_with("POST /hook HTTP/1.1\r\n")));
    assert!(seen[0].head.contains("\r\nwebhook-id: 7\r\n"), "{}", seen[0].head);
}

#[tokio::test]
async fn who_does_not_answer_within_fifteen_seconds_has_not() {
    assert_eq!(Limits::default().post, Duration::from_secs(15));
    let rig = Rig::start().await;
    rig.name("home.test", &[&["93.184.216.34"]]);
    let limits = Limits {
        post: Duration::from_millis(200),
        ..quick()
    };
    for play in [
        Play::Hang(Vec::new()),
        Play::Hang(b"HTTP/1.1 200 OK\r\ncontent-ty".to_vec()),
        Play::Drip(b"HTTP/1.1 200 OK\r\nx: ".to_vec()),
    ] {
        rig.play(URL, play);
        let began = Instant::now();
        let outcome = posted(&rig, limits.clone()).await;
        assert!(matches!(outcome, Err(FetchError::Unreachable { .. })), "{outcome:?}");
        let took = began.elapsed();
        assert!((190..3_000).contains(&took.as_millis()), "{took:?}");
    }
}

#[tokio::test]
async fn nothing_is_sent_into_our_own_network() {
    let rig = Rig::start().await;
    // A name that leads outside first and inside later; and one that leads to both.
    rig.name("home.test", &[&["93.184.216.34"], &["10.0.0.7"]]);
    rig.play(
        URL,
        Play::Send(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec()),
    );
    assert_eq!(posted(&rig, quick()).await, Ok(200));
    let dialled = rig.dials().len();
    assert!(posted(&rig, quick()).await.is_err());
    rig.name("home.test", &[&["93.184.216.34", "127.0.0.1"]]);
    assert!(posted(&rig, quick()).await.is_err());
    let fetcher = rig.fetcher(quick(), "");
    for inside in [
        "https://127.0.0.1/",
        "https://[::ffff:10.0.0.1]/",
        "https://169.254.169.254/",
    ] {
        assert!(fetcher.post(inside, &[], String::new()).await.is_err(), "{inside}");
    }
    assert_eq!(rig.dials().len(), dialled);
}
