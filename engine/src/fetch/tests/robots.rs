use std::sync::Arc;

use chrono::TimeDelta;

use super::super::FetchError;
use super::{
    super::{
        AGENT,
        robots::{Cache, Rules},
    },
    rig::{Play, Rig, head, html, moved, noon, quick},
};

fn allows(text: impl AsRef<[u8]>, path: &str) -> bool {
    let url = format!("https://home.test{path}").parse().expect("an address");
    Rules::parse(text.as_ref(), AGENT).allow(&url)
}

#[test]
fn vectors() {
    let all = |rules: &str| format!("User-agent: *\n{rules}");
    let cases: &[(&str, &str, bool)] = &[
        ("", "/a", true),
        ("Disallow:", "/a", true),
        ("Disallow: /", "/a", false),
        ("Disallow: /", "/robots.txt", true),
        ("Disallow: /a", "/a", false),
        ("Disallow: /a", "/abc", false),
        ("Disallow: /a", "/b/a", true),
        ("Disallow: /a", "/A", true),
        ("Disallow: /a/", "/a", true),
        ("Disallow: /a/", "/a/b", false),
        ("Disallow: a", "/a", true),
        ("Allow: /p\nDisallow: /", "/page", true),
        ("Allow: /p\nDisallow: /", "/other", false),
        ("Allow: /folder\nDisallow: /folder", "/folder/page", true),
        ("Allow: /page\nDisallow: /*.htm", "/page.htm", false),
        ("Allow: /$\nDisallow: /", "/", true),
        ("Allow: /$\nDisallow: /", "/page.htm", false),
        ("Disallow: /*.php", "/a/b.php?x=1", false),
        ("Disallow: /*.php$", "/a/b.php", false),
        ("Disallow: /*.php$", "/a/b.php?x=1", true),
        ("Disallow: /*.php$", "/a.php/b.php", false),
        ("Disallow: /a*b*c", "/axxbyyc/d", false),
        ("Disallow: /a*b*c", "/axxcyyb", true),
        ("Disallow: *", "/a", false),
        ("Disallow: */x", "/a/b/x", false),
        ("Disallow: /*?", "/a?b", false),
        ("Disallow: /*?", "/a", true),
        ("Disallow: /a%3Cd.html", "/a%3cd.html", false),
        ("Disallow: /%62ook", "/book", false),
        ("Disallow: /book", "/%62ook", false),
        ("Disallow: /a%2fb", "/a/b", true),
        ("Disallow: /ü", "/%C3%BC", false),
        ("Disallow: /%C3%BC", "/%c3%bc", false),
        ("Disallow: /a-%2A.html", "/a-*.html", false),
        ("Disallow: /a-%2A.html", "/a-x.html", true),
        ("Disallow: /a-%24", "/a-$", false),
        ("disallow:/a#comment", "/a", false),
        ("  DISALLOW  :   /a   ", "/a", false),
        ("Crawl-delay: 9\nDisallow: /a", "/a", false),
        ("nonsense\n:\nDisallow: /a", "/a", false),
    ];
    for (rules, path, allowed) in cases {
        assert_eq!(allows(all(rules), path), *allowed, "{rules:?} for {path}");
    }
    assert!(cases.len() >= 40);
}

#[test]
fn groups() {
    let ours = "User-agent: *\nDisallow: /\n\nUser-agent: porchlightbot\nDisallow: /private\n";
    assert!(allows(ours, "/a") && !allows(ours, "/private"));
    let versioned = "User-agent: PorchlightBot/1.0 (+x)\nDisallow: /private";
    assert!(!allows(versioned, "/private"));
    let longer_name = "User-agent: PorchlightBot-Images\nDisallow: /";
    assert!(allows(longer_name, "/a"));
    let together = "User-agent: other\nUser-agent: PorchlightBot\nDisallow: /a\nUser-agent: third\nDisallow: /b";
    assert!(!allows(together, "/a") && allows(together, "/b"));
    let twice =
        "User-agent: PorchlightBot\nDisallow: /a\nUser-agent: x\nDisallow: /\nUser-agent: PorchlightBot\nDisallow: /b";
    assert!(!allows(twice, "/a") && !allows(twice, "/b") && allows(twice, "/c"));
    let free = "User-agent: *\nDisallow: /\nUser-agent: PorchlightBot\nAllow: /";
    assert!(allows(free, "/a"));
    assert!(allows("Disallow: /", "/a"), "a rule of no group");
    assert!(
        !allows("\u{feff}User-agent: *\r\nDisallow: /a\r\n", "/a"),
        "byte order mark and CRLF"
    );
    assert!(!allows("User-agent: *\rDisallow: /a", "/a"), "lone carriage returns");
    assert!(allows(b"\xff\xfe\0U\0s\0\0\x01".as_slice(), "/a"), "not text");
    let long = format!(
        "User-agent: *\n{}Disallow: /late",
        "# filler filler filler\n".repeat(23_000)
    );
    assert!(long.len() > 500 * 1024 && !allows(long, "/late"));
}

async fn with(robots: Play) -> (Rig, Result<super::super::Fetched, FetchError>) {
    let rig = Rig::start().await;
    rig.name("home.test", &[&["93.184.216.34"]]);
    rig.play("http://home.test/robots.txt", robots)
        .play("http://home.test/a", html("<p>hello"));
    let result = rig.fetch("http://home.test/a").await;
    (rig, result)
}

fn status(line: &str) -> Play {
    Play::Send(format!("HTTP/1.1 {line}\r\ncontent-length: 0\r\n\r\n").into_bytes())
}

#[tokio::test]
async fn what_the_host_answers_decides() {
    let text = |text: &str| {
        let length = text.len();
        Play::Send(
            [
                head(&format!("content-type: text/plain\r\ncontent-length: {length}")),
                text.into(),
            ]
            .concat(),
        )
    };
    for (robots, allowed) in [
        (text("User-agent: *\nDisallow: /b"), true),
        (text("User-agent: *\nDisallow: /a"), false),
        (text("<html>not found</html>"), true),
        (status("404 Not Found"), true),
        (status("401 Unauthorized"), true),
        (status("403 Forbidden"), true),
        (status("500 Oops"), false),
        (status("503 Unavailable"), false),
    ] {
        let (rig, result) = with(robots).await;
        assert_eq!(result.is_ok(), allowed, "{result:?}");
        assert_eq!(rig.pages().len(), usize::from(allowed));
        assert!(allowed || result.err() == Some(FetchError::Robots));
    }
}

#[tokio::test]
async fn a_host_that_cannot_be_asked_is_not_fetched_from() {
    for robots in [
        Play::Hang(Vec::new()),
        Play::Send(Vec::new()),
        moved("http://10.0.0.7/robots.txt"),
    ] {
        let (rig, result) = with(robots).await;
        assert!(matches!(result, Err(FetchError::Unreachable { .. })), "{result:?}");
        assert_eq!(rig.pages().len(), 0);
    }
}

#[tokio::test]
async fn robots_txt_may_move_five_times() {
    let rig = Rig::start().await;
    rig.name("home.test", &[&["93.184.216.34"]])
        .play("http://home.test/a", html("<p>hello"));
    for hop in 0..6 {
        rig.play(&format!("http://home.test/r{hop}"), moved(&format!("/r{}", hop + 1)));
    }
    rig.play(
        "http://home.test/r6",
        Play::Send([head("content-length: 24"), b"User-agent: *\nDisallow:/".to_vec()].concat()),
    );
    rig.play("http://home.test/robots.txt", moved("/r2"));
    assert_eq!(
        rig.fetch("http://home.test/a").await.err(),
        Some(FetchError::Robots),
        "five redirects are followed"
    );
    rig.play("http://home.test/robots.txt", moved("/r1"));
    assert!(
        rig.fetch("http://home.test/a").await.is_ok(),
        "after six there are no rules"
    );
}

#[tokio::test]
async fn a_longer_robots_txt_is_read_as_far_as_it_goes() {
    let limits = super::super::Limits {
        total: std::time::Duration::from_secs(5),
        ..quick()
    };
    let rig = Rig::start().await;
    rig.name("home.test", &[&["93.184.216.34"]])
        .play("http://home.test/a", html("<p>hello"));
    let first = [
        head("content-type: text/plain"),
        b"User-agent: *\nDisallow: /a\n".to_vec(),
    ]
    .concat();
    rig.play(
        "http://home.test/robots.txt",
        Play::Endless(first, b"# filler filler filler\n".repeat(50)),
    );
    let result = rig.fetcher(limits, "").fetch("http://home.test/a", noon()).await;
    assert_eq!(result.err(), Some(FetchError::Robots));
}

#[tokio::test]
async fn rules_are_kept_for_a_day_and_failures_are_not() {
    let rig = Rig::start().await;
    rig.name("home.test", &[&["93.184.216.34"]])
        .play("http://home.test/a", html("<p>hello"));
    let fetcher = rig.fetcher(quick(), "");
    let asked = || rig.seen().len() - rig.pages().len();
    rig.play("http://home.test/robots.txt", status("500 Oops"));
    assert!(fetcher.fetch("http://home.test/a", noon()).await.is_err());
    rig.play("http://home.test/robots.txt", status("404 Not Found"));
    for (hours, times) in [(0, 2), (1, 2), (23, 2), (24, 3), (25, 3)] {
        assert!(
            fetcher
                .fetch("http://home.test/a", noon() + TimeDelta::hours(hours))
                .await
                .is_ok()
        );
        assert_eq!(asked(), times, "after {hours} hours");
    }
}

#[test]
fn the_cache_stays_small() {
    let cache = Cache::default();
    for host in 0..1_500 {
        cache.put(
            format!("https://h{host}.test"),
            noon() + TimeDelta::seconds(host),
            Arc::default(),
        );
    }
    let later = noon() + TimeDelta::seconds(1_500);
    let kept = (0..1_500)
        .filter(|host| cache.get(&format!("https://h{host}.test"), later).is_some())
        .count();
    assert_eq!(kept, 1_000);
    assert!(cache.get("https://h1499.test", later).is_some() && cache.get("https://h0.test", later).is_none());
}
