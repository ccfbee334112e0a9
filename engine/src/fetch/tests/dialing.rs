use std::{net::SocketAddr, sync::Arc};

use super::super::{FetchError, Fetcher, Parts, SystemDial, SystemResolver, is_public};
use super::rig::{Play, Rig, head, html, noon, quick};

const PUBLIC: &str = "93.184.216.34";

fn refused(result: &Result<super::super::Fetched, FetchError>) -> bool {
    matches!(result, Err(FetchError::Unreachable { .. }))
}

#[tokio::test]
async fn a_page_is_fetched_from_the_vetted_address_under_its_own_name() {
    let rig = Rig::start().await;
    rig.name("home.test", &[&[PUBLIC]])
        .play("https://home.test/a?b=c", html("<p>Three bedrooms"));
    let page = rig.fetch("https://home.test/a?b=c#part").await.expect("a page");
    assert_eq!((page.status, page.final_url.as_str()), (200, "https://home.test/a?b=c"));
    assert_eq!(page.content_type, "text/html");
    assert_eq!(page.body, "<p>Three bedrooms".as_bytes());
    // robots.txt and the page: one look-up and one dial each.
    assert_eq!(rig.lookups(), ["home.test", "home.test"]);
    assert_eq!(rig.dials(), [format!("{PUBLIC}:443").parse::<SocketAddr>().unwrap(); 2]);
    let head = rig.pages()[0].head.to_lowercase();
    assert!(
        head.contains("host: home.test\r\n") && head.contains("user-agent: porchlightbot/"),
        "{head}"
    );
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let rig = Rig::start().await;
    rig.name("other.test", &[&[PUBLIC]])
        .play("https://other.test/", html("<p>x"));
    assert!(refused(&rig.fetch("https://other.test/").await));
    assert_eq!(rig.seen().len(), 0);
}

#[tokio::test]
async fn names_that_lead_inside_are_never_dialled() {
    let inside: &[&[&[&str]]] = &[
        &[&["10.0.0.7"]],
        &[&["127.0.0.1"]],
        &[&["::1"]],
        &[&["::ffff:169.254.169.254"]],
        &[&[PUBLIC, "10.0.0.7"]], // mixed
        &[&["10.0.0.7", PUBLIC]],
        &[&[PUBLIC, "fd00::1"]], // AAAA inside, A public
        &[&["64:ff9b::a00:7"]],
        &[&[]],
    ];
    for answers in inside {
        let rig = Rig::start().await;
        rig.name("home.test", answers).play("http://home.test/", html("secret"));
        assert!(refused(&rig.fetch("http://home.test/").await), "{answers:?}");
        assert_eq!(rig.dials(), [], "{answers:?}");
    }
}

#[tokio::test]
async fn a_name_that_changes_its_mind_is_caught() {
    let rig = Rig::start().await;
    // Public for robots.txt, inside for the page.
    rig.name("home.test", &[&[PUBLIC], &["169.254.169.254"]])
        .play("http://home.test/", html("secret"));
    assert!(refused(&rig.fetch("http://home.test/").await));
    assert_eq!(rig.dials(), [format!("{PUBLIC}:80").parse::<SocketAddr>().unwrap()]);
    assert_eq!(rig.pages().len(), 0);
}

#[tokio::test]
async fn a_thousand_random_answers_never_lead_inside() {
    let pool = [
        PUBLIC,
        "1.1.1.1",
        "2606:4700::1111",
        "8.8.4.4",
        "9.9.9.9",
        "10.1.2.3",
        "127.0.0.1",
        "::1",
        "fd00:ec2::254",
        "169.254.169.254",
        "::ffff:192.168.0.1",
        "64:ff9b::7f00:1",
        "2002:a9fe:a9fe::",
        "100.64.0.1",
        "0.0.0.0",
    ];
    let mut seed = 20_261_122_u64;
    let mut next = |below: usize| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    let rig = Rig::start().await;
    let (mut reached, mut refusals) = (0, 0);
    for round in 0..1_000 {
        let host = format!("h{round}.test");
        // Mostly public ones, so that both outcomes occur.
        let sets: Vec<Vec<&str>> = (0..1 + next(3))
            .map(|_| {
                (0..1 + next(3))
                    .map(|_| pool[if next(4) > 0 { next(5) } else { next(pool.len()) }])
                    .collect()
            })
            .collect();
        let answers: Vec<&[&str]> = sets.iter().map(Vec::as_slice).collect();
        let url = format!("http://{host}/");
        rig.name(&host, &answers).play(&url, html("<p>hello"));
        let before = rig.dials().len();
        let result = rig.fetch(&url).await;
        // One request for robots.txt, one for the page, each with its own look-up.
        let vetted = |at: usize| {
            let set = &sets[at.min(sets.len() - 1)];
            let ips: Vec<std::net::IpAddr> = set.iter().map(|ip| ip.parse().unwrap()).collect();
            ips.iter().all(|ip| is_public(*ip)).then_some(ips)
        };
        let dials = rig.dials()[before..].to_vec();
        for (at, dial) in dials.iter().enumerate() {
            assert!(
                vetted(at).is_some_and(|ips| ips.contains(&dial.ip())),
                "round {round}: {dial} of {sets:?}"
            );
        }
        let through = vetted(0).is_some() && vetted(1).is_some();
        assert_eq!(result.is_ok(), through, "round {round}: {sets:?} {result:?}");
        if through { reached += 1 } else { refusals += 1 }
    }
    assert!(reached > 200 && refusals > 200, "{reached} reached, {refusals} refused");
}

#[tokio::test]
async fn an_address_that_does_not_answer_is_passed_over() {
    let rig = Rig::start().await;
    rig.name("home.test", &[&["1.1.1.1", PUBLIC]])
        .silence("1.1.1.1")
        .play("http://home.test/", html("<p>hello"));
    let limits = super::super::Limits {
        connect: std::time::Duration::from_millis(50),
        ..quick()
    };
    assert!(rig.fetcher(limits, "").fetch("http://home.test/", noon()).await.is_ok());
    assert_eq!(rig.dials().len(), 4);
}

#[tokio::test]
async fn what_was_opened_by_hand_is_reached_and_nothing_beside_it() {
    let rig = Rig::start().await;
    rig.name("localhost", &[&["127.0.0.1"]])
        .play("http://127.0.0.1:3999/", html("<p>test page"))
        .play("http://localhost:3999/", Play::Send(head("content-type: text/html")));
    let fetcher = rig.fetcher(quick(), "127.0.0.1:3999");
    let page = fetcher.fetch("http://127.0.0.1:3999/", noon()).await.expect("a page");
    assert_eq!(page.body, "<p>test page".as_bytes());
    assert_eq!(rig.dials(), ["127.0.0.1:3999".parse::<SocketAddr>().unwrap(); 2]);
    for closed in [
        "http://127.0.0.1/",
        "http://127.0.0.1:4000/",
        "http://localhost:3999/",
        "http://[::1]:3999/",
    ] {
        assert!(fetcher.fetch(closed, noon()).await.is_err(), "{closed}");
    }
    assert_eq!(rig.dials().len(), 2);
}

#[tokio::test]
async fn real_sockets_and_the_real_resolver_work_together() {
    let rig = Rig::start().await;
    let port = rig.plain().port();
    rig.play(&format!("http://localhost:{port}/"), html("<p>hello"));
    let allow = format!("localhost:{port}").parse().expect("a list");
    let parts = Parts {
        limits: quick(),
        resolver: Arc::new(SystemResolver),
        dial: Arc::new(SystemDial),
        ..Parts::system(allow).expect("TLS")
    };
    let page = Fetcher::new(parts)
        .fetch(&format!("http://localhost:{port}/"), noon())
        .await
        .expect("a page");
    assert_eq!(page.body, "<p>hello".as_bytes());
}
