//! The program itself: bad settings are named before anything is opened, and no secret is printed.

use std::{
    process::{Command, Output},
    time::{Duration, Instant},
};

use sqlx::{Connection, Executor};

fn porchlight(data: &std::path::Path, words: &[&str], settings: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_porchlight"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("PORCHLIGHT_")) {
        command.env_remove(name);
    }
    command
        .current_dir(data)
        .env("PORCHLIGHT_DATA_DIR", data.join("data"))
        .args(words)
        .envs(settings.iter().copied())
        .output()
        .unwrap()
}

const PRODUCTION: (&str, &str) = ("PORCHLIGHT_MODE", "production");
const SECRET: &str = "a secret for tests of at least thirty-two bytes";

#[test]
fn bad_settings_are_named_and_no_secret_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let cases: &[(&[(&str, &str)], &str)] = &[
        (&[("PORCHLIGHT_ADDR", "nowhere")], "addr"),
        (&[("PORCHLIGHT_MODE", "party")], "mode"),
        (&[PRODUCTION], "PORCHLIGHT_TOKEN_SECRET"),
        (
            &[("PORCHLIGHT_TOKEN_SECRET", "hunter2-short")],
            "PORCHLIGHT_TOKEN_SECRET",
        ),
        (
            &[("PORCHLIGHT_DATABASE_URL", "mysql://u:hunter2@h/d")],
            "PORCHLIGHT_DATABASE_URL",
        ),
        (
            &[("PORCHLIGHT_DATABASE_URL", "sqlite:/proc/none/x.db")],
            "PORCHLIGHT_DATABASE_URL",
        ),
        (
            &[("PORCHLIGHT_DATABASE_URL", "postgres://u:hunter2@127.0.0.1:1/d")],
            "PORCHLIGHT_DATABASE_URL",
        ),
        (
            &[
                PRODUCTION,
                ("PORCHLIGHT_DATABASE_URL", "postgres://u:hunter2@127.0.0.1:1/d"),
            ],
            "PORCHLIGHT_DATABASE_OWNER_URL",
        ),
        (&[("PORCHLIGHT_DATA_DIR", "/proc/none")], "PORCHLIGHT_DATA_DIR"),
        (&[("PORCHLIGHT_PUBLIC_URL", "porch.example")], "PORCHLIGHT_PUBLIC_URL"),
        (
            &[("PORCHLIGHT_PUBLIC_URL", "https://porch.example/path")],
            "PORCHLIGHT_PUBLIC_URL",
        ),
        (
            &[PRODUCTION, ("PORCHLIGHT_ADDR", "0.0.0.0:3000")],
            "PORCHLIGHT_PUBLIC_URL: in production",
        ),
        (
            &[PRODUCTION, ("PORCHLIGHT_PUBLIC_URL", "http://porch.example")],
            "PORCHLIGHT_PUBLIC_URL: in production",
        ),
        (
            &[
                PRODUCTION,
                ("PORCHLIGHT_PROVIDER_BASE_URL", "http://127.0.0.1.example/v1"),
                ("PORCHLIGHT_PROVIDER_MODEL", "m"),
            ],
            "PORCHLIGHT_PROVIDER_BASE_URL: in production",
        ),
        (
            &[
                PRODUCTION,
                ("PORCHLIGHT_TOKEN_SECRET", SECRET),
                ("PORCHLIGHT_ENCRYPTION_KEY", SECRET),
                ("PORCHLIGHT_LICENCE_VERIFIER_URL", "http://h/licences"),
            ],
            "PORCHLIGHT_LICENCE_VERIFIER_URL: in production",
        ),
        (
            &[
                PRODUCTION,
                ("PORCHLIGHT_TOKEN_SECRET", SECRET),
                ("PORCHLIGHT_ENCRYPTION_KEY", SECRET),
                ("PORCHLIGHT_SMTP_URL", "smtp://mail.example:25?tls=opportunistic"),
                ("PORCHLIGHT_MAIL_FROM", "Porch <porch@porch.example>"),
            ],
            "PORCHLIGHT_SMTP_URL: in production",
        ),
        (&[("PORCHLIGHT_SITE_DIR", "/nothing/here")], "PORCHLIGHT_SITE_DIR"),
        (
            &[("PORCHLIGHT_PROVIDER_KEY", "hunter2")],
            "PORCHLIGHT_PROVIDER_BASE_URL",
        ),
        (
            &[
                ("PORCHLIGHT_PROVIDER_BASE_URL", "https://h/v1"),
                ("PORCHLIGHT_PROVIDER_KEY", "hunter2"),
            ],
            "PORCHLIGHT_PROVIDER_MODEL",
        ),
        (
            &[
                ("PORCHLIGHT_PROVIDER_BASE_URL", "h/v1"),
                ("PORCHLIGHT_PROVIDER_MODEL", "m"),
            ],
            "PORCHLIGHT_PROVIDER_BASE_URL",
        ),
        (&[("PORCHLIGHT_GEOIP", "/nothing/here.mmdb")], "PORCHLIGHT_GEOIP"),
        (&[("PORCHLIGHT_PRICE_BOT", "-1")], "price-bot"),
        (&[("PORCHLIGHT_PRICE_SOURCE", "1.0001")], "price-source"),
        (&[("PORCHLIGHT_GRANT", "much")], "grant"),
        (&[("PORCHLIGHT_TRUSTED_PROXIES", "-1")], "trusted-proxies"),
        (&[("PORCHLIGHT_LOG", "a=b=c=d")], "PORCHLIGHT_LOG"),
        (&[("PORCHLIGHT_ADDR", &taken)], "PORCHLIGHT_ADDR"),
    ];
    for (settings, named) in cases {
        let begun = Instant::now();
        let output = porchlight(folder.path(), &["serve"], settings);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "{settings:?}");
        assert!(told.contains(named), "{settings:?}: {told}");
        assert!(!told.contains("hunter2"), "{settings:?}: {told}");
        assert!(begun.elapsed() < Duration::from_secs(20), "{settings:?}");
    }
    let help = porchlight(
        folder.path(),
        &["--help"],
        &[
            ("PORCHLIGHT_TOKEN_SECRET", "hunter2"),
            ("PORCHLIGHT_PROVIDER_KEY", "hunter2"),
        ],
    );
    let help = String::from_utf8_lossy(&help.stdout).into_owned();
    assert!(help.contains("PORCHLIGHT_TOKEN_SECRET") && !help.contains("hunter2"));
    assert!(!help.contains("extract-document"));
}

#[test]
fn the_demo_is_made_once_and_the_doctor_finds_it_well() {
    let folder = tempfile::tempdir().unwrap();
    let made = |command: &str| {
        let output = porchlight(folder.path(), &[command], &[]);
        assert!(
            output.status.success(),
            "{command}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let first = made("demo");
    assert!(
        first.contains("demo@porchlight.example") && first.contains("/p/") && first.contains("demo-code.png"),
        "{first}"
    );
    assert_eq!(made("demo"), first);
    let picture = std::fs::read(folder.path().join("data/demo-code.png")).unwrap();
    assert_eq!(&picture[..4], b"\x89PNG");
    let told = made("doctor");
    assert!(
        told.contains("SQLite") && told.contains("difference 0, drifted 0, pending holds 0"),
        "{told}"
    );
    made("migrate");
}

#[test]
fn of_a_page_that_cannot_be_read_nothing_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("pages");
    std::fs::create_dir(&pages).unwrap();
    let listing = "<title>12 Elm Street</title><h1>12 Elm Street, Springfield</h1><table><tr><th>Price</th><td>$489,000</td></tr>\
        <tr><th>Bedrooms</th><td>3</td></tr><tr><th>Bathrooms</th><td>2</td></tr></table>";
    std::fs::write(pages.join("listing.html"), listing).unwrap();
    let wall = "<title>Just a moment...</title><body>Enable JavaScript and cookies to continue</body>";
    std::fs::write(pages.join("wall.html"), wall).unwrap();
    let questions = r#"{"page": "listing.html", "question": "How many bedrooms does it have?", "answer": "3"}
{"page": "wall.html", "question": "How many bedrooms does it have?", "answer": null}
"#;
    std::fs::write(folder.path().join("questions.jsonl"), questions).unwrap();
    let told = porchlight(folder.path(), &["eval", "answers", ".", "--json"], &[]);
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let report: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap();
    assert_eq!((&report["right"], &report["wrong"]), (&2.into(), &0.into()), "{report}");
}

#[tokio::test]
async fn a_changed_audit_log_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let verify = |json: bool| {
        let words = [&["verify", "audit"][..], if json { &["--json"] } else { &[] }].concat();
        porchlight(folder.path(), &words, &[])
    };
    let told = |output: &Output| String::from_utf8_lossy(&output.stdout).into_owned();
    let empty = verify(false);
    assert!(
        empty.status.success() && told(&empty).contains("0 audit entries of 0 organizations"),
        "{}",
        told(&empty)
    );
    assert!(porchlight(folder.path(), &["demo"], &[]).status.success());
    let well = verify(true);
    assert_eq!(well.status.code(), Some(0));
    let report: serde_json::Value = serde_json::from_slice(&well.stdout).unwrap();
    assert_eq!(
        (&report["organizations"], &report["broken"]),
        (&1.into(), &serde_json::json!([])),
        "{report}"
    );
    let entries = report["entries"].as_i64().unwrap();
    assert!(entries > 1, "{report}");
    assert!(told(&verify(false)).contains(&format!("Checked {entries} audit entries of 1 organization: all")));

    let store = format!("sqlite:{}", folder.path().join("data/porchlight.db").display());
    let mut store = sqlx::SqliteConnection::connect(&store).await.unwrap();
    store.execute("drop trigger audit_entry_no_update").await.unwrap();
    store
        .execute("update audit_entry set actor_name = 'Nobody' where seq = 2")
        .await
        .unwrap();
    let (id,): (uuid::Uuid,) = sqlx::query_as("select organization_id from audit_head")
        .fetch_one(&mut store)
        .await
        .unwrap();
    store.close().await.unwrap();
    let found = verify(false);
    assert_eq!(found.status.code(), Some(1));
    assert!(
        told(&found).contains(&format!(
            "Organization {id}, entry 2: its hash was made of something else than it says"
        )),
        "{}",
        told(&found)
    );
    let found = verify(true);
    assert_eq!(found.status.code(), Some(1));
    let report: serde_json::Value = serde_json::from_slice(&found.stdout).unwrap();
    let broken = serde_json::json!([{ "organization": id, "seq": 2, "what": "hash" }]);
    assert_eq!(
        (&report["entries"], &report["broken"]),
        (&1.into(), &broken),
        "{report}"
    );
}
