use super::super::FetchError;
use super::rig::{Play, Rig, head, html, moved};

async fn rig() -> Rig {
    let rig = Rig::start().await;
    for name in ["home.test", "www.home.test"] {
        rig.name(name, &[&["93.184.216.34"]]);
    }
    rig.name("inside.test", &[&["10.0.0.7"]]);
    rig
}

#[tokio::test]
async fn five_hops_are_followed_and_a_sixth_is_not() {
    let rig = rig().await;
    for hop in 0..6 {
        rig.play(&format!("http://home.test/{hop}"), moved(&format!("/{}", hop + 1)));
    }
    rig.play("http://home.test/6", html("<p>arrived"));
    let page = rig.fetch("http://home.test/1").await.expect("five hops");
    assert_eq!(page.final_url.as_str(), "http://home.test/6");
    assert_eq!(rig.fetch("http://home.test/0").await.err(), Some(FetchError::Redirects));
}

#[tokio::test]
async fn a_loop_ends() {
    let rig = rig().await;
    rig.play("http://home.test/a", moved("/b"))
        .play("http://home.test/b", moved("/a"));
    assert_eq!(rig.fetch("http://home.test/a").await.err(), Some(FetchError::Redirects));
    assert_eq!(rig.pages().len(), 6);
}

#[tokio::test]
async fn every_hop_is_checked_from_scratch() {
    for to in [
        "http://10.0.0.7/",
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://2130706433/",
        "http://inside.test/",
        "//inside.test/x",
        "http://home.test:8080/",
        "http://anna:secret@home.test/",
        "file:///etc/passwd",
        "gopher://home.test/",
        "javascript:alert(1)",
        "data:text/html,x",
        "http://169.254.169.254/latest",
        "http://",
        "http://unknown.test/",
        "http://localhost/",
    ] {
        let rig = rig().await;
        rig.play("http://home.test/", moved(to))
            .play("http://inside.test/", html("secret"));
        let error = rig.fetch("http://home.test/").await.expect_err(to);
        assert!(matches!(error, FetchError::Unreachable { .. }), "{to}: {error:?}");
        assert_eq!(rig.pages().len(), 1, "{to}");
        assert!(
            rig.dials().iter().all(|dial| dial.to_string() == "93.184.216.34:80"),
            "{to}"
        );
    }
}

#[tokio::test]
async fn secure_never_turns_insecure() {
    let rig = rig().await;
    rig.play("https://home.test/", moved("http://home.test/x"))
        .play("http://home.test/x", html("<p>x"));
    assert_eq!(rig.fetch("https://home.test/").await.err(), Some(FetchError::Downgrade));
    // The other way round is what most sites do.
    rig.play("http://home.test/up", moved("https://www.home.test/"))
        .play("https://www.home.test/", html("<p>x"));
    assert!(rig.fetch("http://home.test/up").await.is_ok());
}

#[tokio::test]
async fn nothing_is_carried_to_the_next_hop() {
    let rig = rig().await;
    rig.play("http://home.test/", moved("http://www.home.test/"))
        .play("http://www.home.test/", html("<p>x"));
    rig.fetch("http://home.test/").await.expect("a page");
    for seen in rig.seen() {
        let head = seen.head.to_lowercase();
        assert!(
            !head.contains("cookie") && !head.contains("referer") && !head.contains("authorization"),
            "{head}"
        );
    }
}

#[tokio::test]
async fn only_the_location_header_redirects() {
    let rig = rig().await;
    let page =
        r#"<meta http-equiv="refresh" content="0; url=http://10.0.0.7/"><script>location="http://10.0.0.7/"</script>"#;
    rig.play("http://home.test/meta", html(page));
    let extra = head("content-type: text/html\r\nrefresh: 0; url=http://10.0.0.7/\r\nlocation: http://10.0.0.7/");
    rig.play(
        "http://home.test/refresh",
        Play::Send([extra, b"<p>hello".to_vec()].concat()),
    );
    for path in ["meta", "refresh"] {
        assert!(rig.fetch(&format!("http://home.test/{path}")).await.is_ok());
    }
    assert_eq!(rig.pages().len(), 2);
}

#[tokio::test]
async fn a_location_with_line_ends_or_none_at_all_leads_nowhere() {
    let rig = rig().await;
    rig.play("http://home.test/crlf", moved("http://home.test/x\r\n y"));
    rig.play("http://home.test/tab", moved("http://home\t.test/x"));
    rig.play(
        "http://home.test/none",
        Play::Send(b"HTTP/1.1 302 Found\r\ncontent-length: 0\r\n\r\n".to_vec()),
    );
    for path in ["crlf", "tab", "none"] {
        let error = rig.fetch(&format!("http://home.test/{path}")).await.expect_err(path);
        assert!(matches!(error, FetchError::Unreachable { .. }), "{path}: {error:?}");
    }
    assert_eq!(rig.pages().len(), 3);
}
