use std::time::{Duration, Instant};

use flate2::{Compression, write::GzEncoder};

use super::super::{FetchError, Limits};
use super::rig::{Play, Rig, head, html, noon, quick};
use crate::testing::{cases, memory_from_here, most_memory};

const URL: &str = "http://home.test/";

async fn outcome(play: Play, limits: Limits) -> (Result<super::super::Fetched, FetchError>, Duration) {
    let rig = Rig::start().await;
    rig.name("home.test", &[&["93.184.216.34"]]).play(URL, play);
    let started = Instant::now();
    let result = rig.fetcher(limits, "").fetch(URL, noon()).await;
    (result, started.elapsed())
}

async fn error(play: Play) -> FetchError {
    outcome(play, quick()).await.0.expect_err("refused")
}

#[tokio::test]
async fn slow_servers_are_left() {
    let limits = Limits {
        first_byte: Duration::from_millis(200),
        total: Duration::from_millis(400),
        ..quick()
    };
    for (what, play) in [
        ("says nothing", Play::Hang(Vec::new())),
        (
            "stops inside of its head",
            Play::Hang(b"HTTP/1.1 200 OK\r\ncontent-ty".to_vec()),
        ),
        ("drips its head", Play::Drip(b"HTTP/1.1 200 OK\r\nx: ".to_vec())),
        (
            "stops inside of its body",
            Play::Hang(head("content-type: text/html\r\ncontent-length: 900")),
        ),
        (
            "drips its body",
            Play::Drip(head("content-type: text/html\r\ncontent-length: 90000")),
        ),
    ] {
        let (result, took) = outcome(play, limits.clone()).await;
        assert!(
            matches!(result, Err(FetchError::Unreachable { .. })),
            "{what}: {result:?}"
        );
        assert!(took >= Duration::from_millis(190), "{what}: {took:?}");
        assert!(took < Duration::from_secs(3), "{what}: {took:?}");
    }
}

#[tokio::test]
async fn a_machine_that_never_answers_a_dial_is_left() {
    let rig = Rig::start().await;
    rig.name("home.test", &[&["93.184.216.34"]]).silence("93.184.216.34");
    let limits = Limits {
        connect: Duration::from_millis(50),
        ..quick()
    };
    let result = rig.fetcher(limits, "").fetch(URL, noon()).await;
    assert!(result.is_err_and(|error| error.detail().contains("no connection in time")));
}

#[tokio::test]
async fn heads_are_bounded() {
    let endless = Play::Endless(
        b"HTTP/1.1 200 OK\r\n".to_vec(),
        b"x-filler: aaaaaaaaaaaaaaaaaaaaaaaa\r\n".to_vec(),
    );
    let one_line = Play::Endless(b"HTTP/1.1 200 OK\r\nx: ".to_vec(), vec![b'a'; 1_024]);
    let informed = Play::Endless(Vec::new(), b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n".to_vec());
    for play in [endless, one_line, informed] {
        assert!(matches!(error(play).await, FetchError::Unreachable { .. }));
    }
}

#[tokio::test]
async fn bodies_are_bounded() {
    let limits = Limits {
        body: 100_000,
        total: Duration::from_secs(5),
        ..quick()
    };
    let chunk = [b"800\r\n".as_slice(), &[b'a'; 0x800], b"\r\n"].concat();
    let chunked = Play::Endless(head("content-type: text/html\r\ntransfer-encoding: chunked"), chunk);
    let to_the_end = Play::Endless(head("content-type: text/html"), vec![b'a'; 4_096]);
    let announced = Play::Send(head("content-type: text/html\r\ncontent-length: 100001"));
    for play in [chunked, to_the_end, announced] {
        let (result, _) = outcome(play, limits.clone()).await;
        assert!(matches!(result, Err(FetchError::TooLarge { .. })), "{result:?}");
    }
    let just = outcome(html(&"a".repeat(100_000)), limits.clone())
        .await
        .0
        .expect("exactly at the limit");
    assert_eq!(just.body.len(), 100_000);
    let (over, _) = outcome(html(&"a".repeat(100_001)), limits).await;
    assert!(matches!(over, Err(FetchError::TooLarge { .. })));
}

#[tokio::test]
async fn a_wrong_length_is_noticed() {
    let short = [head("content-type: text/html\r\ncontent-length: 900"), b"<p>".to_vec()].concat();
    assert!(matches!(error(Play::Send(short)).await, FetchError::CutOff { .. }));
    let chunk = [
        head("content-type: text/html\r\ntransfer-encoding: chunked"),
        b"8\r\n<p>".to_vec(),
    ]
    .concat();
    assert!(matches!(error(Play::Send(chunk)).await, FetchError::CutOff { .. }));
    let two = head("content-type: text/html\r\ncontent-length: 3\r\ncontent-length: 9");
    assert!(matches!(
        error(Play::Send([two, b"<p>abcdef".to_vec()].concat())).await,
        FetchError::Unreachable { .. }
    ));
    // More than announced: the rest is not read.
    let long = [
        head("content-type: text/html\r\ncontent-length: 3"),
        b"<p>abcdef".to_vec(),
    ]
    .concat();
    assert_eq!(
        outcome(Play::Send(long), quick()).await.0.expect("a page").body,
        "<p>".as_bytes()
    );
}

#[tokio::test]
async fn a_bomb_over_the_wire_is_stopped() {
    use std::io::Write;
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    let block = vec![0_u8; 1 << 20];
    for _ in 0..64 {
        gzip.write_all(&block).expect("a bomb");
    }
    let bomb = gzip.finish().expect("a bomb");
    let play = [head("content-type: text/html\r\ncontent-encoding: gzip"), bomb].concat();
    assert!(matches!(error(Play::Send(play)).await, FetchError::TooLarge { .. }));
}

#[test]
fn the_limits_are_those_that_are_promised() {
    let limits = Limits::default();
    let seconds = [limits.connect, limits.first_byte, limits.total].map(|limit| limit.as_secs());
    assert_eq!(seconds, [3, 10, 30]);
    assert_eq!((limits.head, limits.body), (32 * 1024, 5 * 1024 * 1024));
    assert_eq!((limits.ratio, limits.redirects), (100, 5));
}

/// Every way to fill us up, under the product's own limits: each ends in a refusal, and this process never grew by more
/// than 32 MiB over what it had before.
#[tokio::test]
async fn memory_is_bounded_whatever_a_server_sends() {
    use std::io::Write;
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    let block = vec![0_u8; 1 << 20];
    let mebibytes = cases(256, 10_240);
    for _ in 0..mebibytes {
        gzip.write_all(&block).expect("a bomb");
    }
    let gzip = gzip.finish().expect("a bomb");
    let mut brotli = Vec::new();
    {
        let mut writer = brotli::CompressorWriter::new(&mut brotli, 4_096, 1, 22);
        for _ in 0..64 {
            writer.write_all(&block).expect("a bomb");
        }
    }
    let mut nested = GzEncoder::new(Vec::new(), Compression::fast());
    nested.write_all(&gzip[..gzip.len().min(1 << 20)]).expect("a bomb");
    let nested = nested.finish().expect("a bomb");
    let packed = |coding: &str, body: &[u8]| {
        let head = head(&format!("content-type: text/html\r\ncontent-encoding: {coding}"));
        Play::Send([head.as_slice(), body].concat())
    };
    let chunk = [b"10000\r\n".as_slice(), &[b'a'; 0x10000], b"\r\n"].concat();
    let plays = [
        ("gzip bomb", packed("gzip", &gzip)),
        ("brotli bomb", packed("br", &brotli)),
        ("gzip in gzip", packed("gzip, gzip", &nested)),
        ("gzip in gzip, one told", packed("gzip", &nested)),
        (
            "endless head",
            Play::Endless(
                b"HTTP/1.1 200 OK\r\n".to_vec(),
                b"x-filler: aaaaaaaaaaaaaaaaaaaaaaaa\r\n".to_vec(),
            ),
        ),
        (
            "endless chunks",
            Play::Endless(head("content-type: text/html\r\ntransfer-encoding: chunked"), chunk),
        ),
        (
            "endless body",
            Play::Endless(head("content-type: text/html"), vec![b'a'; 0x10000]),
        ),
        (
            "a false length",
            Play::Endless(
                head("content-type: text/html\r\ncontent-length: 99999999999"),
                vec![b'a'; 0x10000],
            ),
        ),
    ];
    let limits = Limits {
        gap: Duration::ZERO,
        ..Limits::default()
    };
    for (what, play) in plays {
        let before = memory_from_here();
        let (result, took) = outcome(play, limits.clone()).await;
        let grown = most_memory().saturating_sub(before);
        println!("{what}: {} MiB more, {took:?}", grown >> 20);
        assert!(result.is_err(), "{what}: {result:?}");
        assert!(grown <= 32 << 20, "{what}: {grown} bytes more");
        assert!(took < Duration::from_secs(31), "{what}: {took:?}");
    }
}

/// The limits in real time, each met within a tenth. Half a minute of waiting, so only where `PORCHLIGHT_TEST_CASES`
/// is set.
#[tokio::test]
async fn the_promised_times_are_kept() {
    if cases(0, 1) == 0 {
        return;
    }
    let limits = Limits {
        gap: Duration::ZERO,
        ..Limits::default()
    };
    let drip = |first: Vec<u8>| Play::Drip(first);
    let body = head("content-type: text/html\r\ncontent-length: 90000");
    let (silent, dripped_head, dripped, stopped) = tokio::join!(
        outcome(Play::Hang(Vec::new()), limits.clone()),
        outcome(drip(b"HTTP/1.1 200 OK\r\nx: ".to_vec()), limits.clone()),
        outcome(drip(body.clone()), limits.clone()),
        outcome(Play::Hang(body), limits.clone()),
    );
    for (what, (result, took), wanted) in [
        ("says nothing", silent, 10.0),
        ("drips its head", dripped_head, 10.0),
        ("drips its body", dripped, 30.0),
        ("stops inside of its body", stopped, 30.0),
    ] {
        println!("{what}: {took:?}");
        assert!(result.is_err(), "{what}");
        let seconds = took.as_secs_f64();
        assert!((wanted * 0.9..wanted * 1.1).contains(&seconds), "{what}: {seconds} s");
    }
    let rig = Rig::start().await;
    rig.name("home.test", &[&["93.184.216.34"]]).silence("93.184.216.34");
    let started = Instant::now();
    assert!(rig.fetcher(limits, "").fetch(URL, noon()).await.is_err());
    let seconds = started.elapsed().as_secs_f64();
    println!("never answers a dial: {seconds} s");
    assert!((2.7..3.3).contains(&seconds), "{seconds} s");
}

#[tokio::test]
async fn packed_once_only_and_by_means_that_we_know() {
    for coding in [
        "gzip, gzip",
        "gzip\r\ncontent-encoding: br",
        "zstd",
        "compress",
        "gzip, identity, br",
    ] {
        let play = head(&format!("content-type: text/html\r\ncontent-encoding: {coding}"));
        assert!(
            matches!(error(Play::Send(play)).await, FetchError::NotAPage { .. }),
            "{coding}"
        );
    }
}

#[tokio::test]
async fn statuses_become_reasons() {
    let status = |line: &str| Play::Send(format!("HTTP/1.1 {line}\r\ncontent-length: 0\r\n\r\n").into_bytes());
    assert_eq!(error(status("404 Not Found")).await, FetchError::NotFound);
    assert_eq!(error(status("410 Gone")).await, FetchError::NotFound);
    assert_eq!(
        error(status("403 Forbidden")).await,
        FetchError::Refused { status: 403 }
    );
    assert_eq!(
        error(status("429 Too Many Requests")).await,
        FetchError::Refused { status: 429 }
    );
    assert_eq!(
        error(status("503 Unavailable")).await,
        FetchError::SiteFault { status: 503 }
    );
    assert!(matches!(
        error(Play::Send(b"SSH-2.0-x\r\n".to_vec())).await,
        FetchError::Unreachable { .. }
    ));
    assert!(matches!(
        error(Play::Send(Vec::new())).await,
        FetchError::Unreachable { .. }
    ));
}

#[tokio::test]
async fn only_pages_are_pages() {
    let page = |kind: &str, body: &[u8]| {
        let kind = if kind.is_empty() {
            String::new()
        } else {
            format!("content-type: {kind}\r\n")
        };
        Play::Send([head(&format!("{kind}content-length: {}", body.len())), body.to_vec()].concat())
    };
    for (kind, body) in [
        ("image/png", b"\x89PNG\r\n".as_slice()),
        ("application/zip", b"PK\x03\x04"),
        ("application/json", b"{}"),
        ("text/html", b"%PDF-1.7 x"),
        ("text/html", b"\x7fELF\x02\x01"),
        ("text/html", b"PK\x03\x04abc"),
        ("text/html", b"<p>a\0b"),
        ("text/plain", b"\x1f\x8b\x08\0"),
        ("application/pdf", b"<html>"),
        ("", b"\x89PNG\r\n"),
        ("text/html", b" \r\n "),
        ("text/html", b""),
    ] {
        let error = error(page(kind, body)).await;
        assert!(
            matches!(error, FetchError::NotAPage { .. }),
            "{kind} {body:?}: {error:?}"
        );
    }
    for (kind, body) in [
        ("text/html; charset=UTF-8", b"<p>hello".as_slice()),
        ("TEXT/HTML", b"<p>hello"),
        ("application/xhtml+xml", b"<html/>"),
        ("text/plain", b"Three bedrooms"),
        ("application/pdf", b"%PDF-1.7 x"),
        ("", b"<p>hello"),
        ("text/html; charset=utf-16", b"\xff\xfe<\0p\0>\0"),
    ] {
        assert!(outcome(page(kind, body), quick()).await.0.is_ok(), "{kind}");
    }
}

#[tokio::test(start_paused = true)]
async fn one_request_a_second_for_each_host() {
    let pace = super::super::pace::Pace::new(Duration::from_secs(1), 2);
    let started = tokio::time::Instant::now();
    for turn in 0..4 {
        let held = pace.turn("a.test", false).await;
        assert_eq!(started.elapsed().as_secs(), turn);
        drop(held);
    }
    drop(pace.turn("b.test", false).await);
    assert_eq!(started.elapsed().as_secs(), 3, "another host does not wait");
    // One connection for each host, and as many in all as were set.
    let first = pace.turn("c.test", false).await;
    let second = pace.turn("d.test", false).await;
    let wait = Duration::from_secs(60);
    assert!(tokio::time::timeout(wait, pace.turn("c.test", false)).await.is_err());
    assert!(tokio::time::timeout(wait, pace.turn("e.test", false)).await.is_err());
    drop((first, second));
    assert!(tokio::time::timeout(wait, pace.turn("e.test", false)).await.is_ok());
}
