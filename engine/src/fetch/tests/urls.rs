use super::{
    super::{Allow, FetchError, canonical},
    rig::Rig,
};

/// What becomes of an address.
enum Is {
    Fetched(&'static str),
    /// Refused, and the reason is told.
    Bad,
    /// Refused without a reason: it points inside.
    Inside,
}
use Is::{Bad, Fetched, Inside};

const FORMS: &[(&str, Is)] = &[
    (
        "https://example.com/home?id=7",
        Fetched("https://example.com/home?id=7"),
    ),
    ("http://example.com", Fetched("http://example.com/")),
    ("  https://example.com/  ", Fetched("https://example.com/")),
    ("HTTPS://EXAMPLE.com/A", Fetched("https://example.com/A")),
    ("example.com/home", Fetched("https://example.com/home")),
    ("example.com:443/home", Fetched("https://example.com/home")),
    ("www.example.com", Fetched("https://www.example.com/")),
    ("https://example.com./x", Fetched("https://example.com/x")),
    ("https://example.com/x#top", Fetched("https://example.com/x")),
    ("https://example.com:443/x", Fetched("https://example.com/x")),
    ("http://example.com:80/", Fetched("http://example.com/")),
    ("http://example.com:443/", Fetched("http://example.com:443/")),
    ("https://example.com:80/", Fetched("https://example.com:80/")),
    ("https://example.com/a b", Fetched("https://example.com/a%20b")),
    ("https://example.com/ü", Fetched("https://example.com/%C3%BC")),
    ("https://bücher.example/", Fetched("https://xn--bcher-kva.example/")),
    ("https://exa%6Dple.com/", Fetched("https://example.com/")),
    ("https://example.com/a/../b/./c", Fetched("https://example.com/b/c")),
    ("https:example.com/x", Fetched("https://example.com/x")),
    ("https:///example.com/x", Fetched("https://example.com/x")),
    ("https://93.184.216.34/x", Fetched("https://93.184.216.34/x")),
    ("http://[2606:4700::1111]/", Fetched("http://[2606:4700::1111]/")),
    ("http://[::ffff:93.184.216.34]/", Fetched("http://[::ffff:5db8:d822]/")),
    ("http://1572395042/", Fetched("http://93.184.216.34/")),
    (
        "https://example.com?x=http://10.0.0.1/",
        Fetched("https://example.com/?x=http://10.0.0.1/"),
    ),
    (
        "https://example.com/@10.0.0.1",
        Fetched("https://example.com/@10.0.0.1"),
    ),
    ("", Bad),
    ("   ", Bad),
    ("home", Bad),
    ("http://", Bad),
    ("https://?x", Bad),
    ("ftp://example.com/", Bad),
    ("file:///etc/passwd", Bad),
    ("gopher://example.com/_x", Bad),
    ("data:text/html,hello", Bad),
    ("javascript:alert(1)", Bad),
    ("mailto:anna@example.com", Bad),
    ("blob:https://example.com/x", Bad),
    ("ws://example.com/", Bad),
    ("//example.com/x", Bad),
    ("/x", Bad),
    ("https://anna@example.com/", Bad),
    ("https://anna:secret@example.com/", Bad),
    ("https://example.com@10.0.0.1/", Bad),
    ("https://:secret@example.com/", Bad),
    ("https://example.com:8080/", Bad),
    ("https://example.com:0/", Bad),
    ("https://example.com:22/", Bad),
    ("https://example.com:99999/", Bad),
    ("https://example.com\\@10.0.0.1/", Bad),
    ("http:\\\\10.0.0.1\\", Bad),
    ("https://exam\tple.com/", Bad),
    ("https://example.com/\r\nHost: x", Bad),
    ("https://example.com/\0", Bad),
    ("https://exa mple.com/", Bad),
    ("https://[::1/", Bad),
    ("https://[fe80::1%25eth0]/", Bad),
    ("https://example..com/", Bad),
    ("https://-/", Bad),
    ("https://intranet/", Bad),
    ("http://localhost/", Bad),
    ("http://localhost:3000/", Bad),
    ("http://999.1.1.1/", Bad),
    ("http://127.0.0.1/", Inside),
    ("http://127.1/", Inside),
    ("http://2130706433/", Inside),
    ("http://0x7f.1/", Inside),
    ("http://0x7f000001/", Inside),
    ("http://0177.0.0.1/", Inside),
    ("http://127。0。0。1/", Inside),
    ("http://①②⑦.0.0.1/", Inside),
    ("http://%31%32%37.0.0.1/", Inside),
    ("http://127.0.0.1./", Inside),
    ("http:10.0.0.1", Inside),
    ("10.0.0.1/admin", Inside),
    ("http://0/", Inside),
    ("http://0.0.0.0/", Inside),
    ("http://169.254.169.254/latest/meta-data/", Inside),
    ("http://100.100.100.200/", Inside),
    ("http://168.63.129.16/", Inside),
    ("http://255.255.255.255/", Inside),
    ("http://[::1]/", Inside),
    ("http://[::]/", Inside),
    ("http://[::ffff:127.0.0.1]/", Inside),
    ("http://[::ffff:7f00:1]/", Inside),
    ("http://[::127.0.0.1]/", Inside),
    ("http://[64:ff9b::10.0.0.1]/", Inside),
    ("http://[2002:7f00:1::]/", Inside),
    ("http://[fd00:ec2::254]/", Inside),
    ("http://[fe80::1]/", Inside),
    ("https://@127.0.0.1/", Inside),
];

#[test]
fn each_form_is_canonical_or_refused() {
    for (input, expected) in FORMS {
        let got = canonical(input, &Allow::default());
        match (expected, &got) {
            (Fetched(url), Ok(got)) => assert_eq!(got.as_str(), *url, "{input:?}"),
            (Bad, Err(FetchError::BadAddress(_))) | (Inside, Err(FetchError::Unreachable { .. })) => {}
            _ => panic!("{input:?} became {got:?}"),
        }
    }
    assert!(FORMS.len() >= 60);
}

/// What is refused is refused before anybody is asked about it.
#[tokio::test]
async fn a_refused_form_is_neither_looked_up_nor_dialled() {
    let rig = Rig::start().await;
    let mut refused = 0;
    for (input, expected) in FORMS {
        if !matches!(expected, Fetched(_)) {
            assert!(rig.fetch(input).await.is_err(), "{input:?}");
            refused += 1;
        }
    }
    assert_eq!((rig.lookups().len(), rig.dials().len()), (0, 0));
    assert!(refused > 50);
    println!("{} forms, {refused} of them refused, 0 dials", FORMS.len());
}

#[test]
fn a_canonical_address_stays_as_it_is() {
    for (input, _) in FORMS {
        if let Ok(url) = canonical(input, &Allow::default()) {
            assert_eq!(
                canonical(url.as_str(), &Allow::default()).as_ref(),
                Ok(&url),
                "{input:?}"
            );
        }
    }
}

#[test]
fn lengths_are_bounded_before_and_after_encoding() {
    let path = |length: usize, filler: &str| format!("https://example.com/{}", filler.repeat(length));
    assert!(canonical(&path(2_028, "a"), &Allow::default()).is_ok());
    assert!(canonical(&path(2_029, "a"), &Allow::default()).is_err());
    assert!(
        canonical(&path(700, "ü"), &Allow::default()).is_err(),
        "encoded it is longer than allowed"
    );
    let host = |labels: usize| format!("https://{}com/", "abcdefghi.".repeat(labels));
    assert!(canonical(&host(25), &Allow::default()).is_ok());
    assert!(canonical(&host(26), &Allow::default()).is_err());
    assert!(canonical(&format!("https://{}.com/", "a".repeat(64)), &Allow::default()).is_err());
}

#[test]
fn the_allow_list_opens_exactly_a_host_with_its_port() {
    let allow: Allow = "127.0.0.1:3999, localhost:4000,[::1]:80,".parse().expect("a list");
    for open in [
        "http://127.0.0.1:3999/x",
        "http://0x7f.1:3999/",
        "http://localhost:4000/",
        "http://[::1]/",
    ] {
        assert!(canonical(open, &allow).is_ok(), "{open}");
    }
    for closed in [
        "http://127.0.0.1:3998/",
        "http://127.0.0.1/",
        "http://127.0.0.2:3999/",
        "http://localhost:3999/",
        "http://localhost/",
        "http://sub.localhost:4000/",
        "https://[::1]/",
        "ftp://127.0.0.1:3999/",
        "http://anna@127.0.0.1:3999/",
    ] {
        assert!(canonical(closed, &allow).is_err(), "{closed}");
    }
    assert_eq!("".parse(), Ok(Allow::default()));
    for wrong in [
        "127.0.0.1",
        "localhost:",
        "localhost:0",
        "localhost:70000",
        "a/b:80",
        "a@b:80",
        ":80",
        "a?b:80",
    ] {
        assert!(wrong.parse::<Allow>().is_err(), "{wrong}");
    }
}

#[test]
fn what_the_realtor_reads_tells_nothing_about_our_network() {
    let inside = canonical("http://10.0.0.1/", &Allow::default()).expect_err("refused");
    assert!(!inside.to_string().contains("10.0.0.1") && !inside.to_string().contains("public"));
    assert!(inside.detail().contains("10.0.0.1"));
}
