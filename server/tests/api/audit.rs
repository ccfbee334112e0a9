//! The audit log as its readers get it: a list, a page, a file.

use axum::http::StatusCode;
use chrono::TimeDelta;
use domain::tenancy::Role;
use serde_json::{Value, json};
use server::state::Web;

use crate::{
    app::{Answer, Client, Setup, Store, TestApp, on_both},
    console::signed_in,
    matrix::joined,
};

const HERE: &str = "203.0.113.4";

async fn app(store: Store) -> TestApp {
    TestApp::with(Setup {
        store,
        web: Web {
            trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()],
            chat_per_minute: 0,
            login_per_minute: 0,
            ..Web::default()
        },
        ..Setup::default()
    })
    .await
}

/// Somebody who calls from an address.
fn from_here(client: Client<'_>) -> Client<'_> {
    client.with("x-forwarded-for", HERE)
}

fn seqs(answer: &Answer) -> Vec<i64> {
    let list = answer.expect(StatusCode::OK).json();
    let entries = list.as_array().unwrap().iter();
    entries.map(|entry| entry["seq"].as_i64().unwrap()).collect()
}

/// Ana's browser, and the id of Cy, who joined her: Ana signs in by a program and by her browser (entries 1 and 2), invites
/// Cy, who joins and becomes an admin (3 to 5); the day after she signs in again, makes a bot and exports (6 to 8).
async fn with_entries(app: &TestApp) -> (Client<'_>, String) {
    let ana = app.owner("ana").await;
    let session = from_here(signed_in(app, "ana@example.com").await);
    joined(&session, "cy@example.com", Role::Realtor).await;
    let members = ana.get("/v1/members").await.json();
    let cy = members[1]["user_id"].as_str().unwrap().to_owned();
    let role = json!({ "role": "admin" });
    session
        .put(&format!("/v1/members/{cy}"), role)
        .await
        .expect(StatusCode::OK);
    app.clock.advance(TimeDelta::days(1));
    let session = from_here(signed_in(app, "ana@example.com").await);
    let bot = json!({ "bot_name": "=1+1" });
    session.post("/v1/chatbots", bot).await.expect(StatusCode::CREATED);
    session.get("/console/leads.csv").await.expect(StatusCode::OK);
    (session, cy)
}

async fn the_list_is_filtered_and_comes_in_pages(store: Store) {
    let app = app(store).await;
    let (ana, cy) = with_entries(&app).await;
    let all = ana.get("/v1/audit").await;
    assert_eq!(seqs(&all), [8, 7, 6, 5, 4, 3, 2, 1]);
    let all = all.json();
    let me = ana.get("/v1/users/me").await.id("user_id");
    let changed = &all[3];
    for (name, value) in [
        ("at", json!("2026-06-01T12:00:00Z")),
        ("actor_id", json!(me)),
        ("actor_name", json!("Ana Reyes")),
        ("address", json!(HERE)),
        ("action", json!("member.role_changed")),
        ("description", json!("Changed a member’s role")),
        ("target_kind", json!("member")),
        ("target_id", json!(cy)),
        ("target_name", json!("Cy Moss")),
        ("change", json!("Role: realtor → admin")),
        ("before", json!({ "role": "realtor" })),
        ("after", json!({ "role": "admin" })),
    ] {
        assert_eq!(changed[name], value, "{name}");
    }
    assert!(changed["hash"].as_str().unwrap().len() == 64 && changed["hash"] != all[4]["hash"]);
    assert_eq!(
        (&all[4]["actor_name"], &all[4]["actor_id"]),
        (&json!("Cy Moss"), &json!(cy))
    );
    assert_eq!(all[4]["address"], HERE);

    for (query, wanted) in [
        ("action=invitation", &[4, 3][..]),
        ("action=invitation.sent", &[3]),
        ("action=session.signed_in", &[6, 2, 1]),
        ("action=&actor=", &[8, 7, 6, 5, 4, 3, 2, 1]),
        (&format!("actor={cy}"), &[4]),
        ("from=2026-06-02", &[8, 7, 6]),
        ("to=2026-06-01", &[5, 4, 3, 2, 1]),
        ("from=2026-06-01&to=2026-06-02&action=bot", &[7]),
        ("action=brand", &[]),
    ] {
        assert_eq!(seqs(&ana.get(&format!("/v1/audit?{query}")).await), wanted, "{query}");
    }
    // The way to the next page keeps the filters.
    let mut path = "/v1/audit?limit=2&from=2026-06-01&action=".to_owned();
    let mut pages = Vec::new();
    while !path.is_empty() {
        let page = ana.get(&path).await;
        pages.push(seqs(&page));
        let link = page.header("link").to_owned();
        path = link.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
        assert!(path.is_empty() || path.contains("from=2026-06-01"), "{path}");
    }
    assert_eq!(pages, [[8, 7], [6, 5], [4, 3], [2, 1]]);

    for (query, field) in [
        ("action=member.promoted", "action"),
        ("actor=cy", "actor"),
        ("from=yesterday", "from"),
        ("to=2026-13-01", "to"),
        ("from=2026-06-02&to=2026-06-01", "to"),
        ("limit=0", "limit"),
        ("after=018f3e8e-1111-7000-8000-000000000001", "after"),
    ] {
        assert_eq!(
            ana.get(&format!("/v1/audit?{query}")).await.faulty(),
            [field],
            "{query}"
        );
        if !query.contains("limit") {
            assert_eq!(
                ana.get(&format!("/console/audit.csv?{query}")).await.faulty(),
                [field],
                "{query}"
            );
        }
    }
}

async fn the_log_is_exported_as_texts(store: Store) {
    let app = app(store).await;
    let (ana, cy) = with_entries(&app).await;
    let file = ana.get("/console/audit.csv").await;
    assert_eq!(
        file.expect(StatusCode::OK).header("content-type"),
        "text/csv; charset=utf-8"
    );
    assert!(file.header("content-disposition").contains("audit.csv"));
    let rows = read(&file);
    assert_eq!(
        rows.iter().map(|row| &row["seq"]).collect::<Vec<_>>(),
        ["9", "8", "7", "6", "5", "4", "3", "2", "1"],
        "its own entry first"
    );
    assert_eq!(rows[2]["target_name"], "'=1+1", "no cell is a formula");
    let listed = ana.get("/v1/audit").await.json();
    for (row, entry) in rows.iter().zip(listed.as_array().unwrap()) {
        for name in [
            "actor_id",
            "actor_name",
            "address",
            "action",
            "description",
            "change",
            "hash",
        ] {
            assert_eq!(row[name], entry[name].as_str().unwrap_or_default(), "{name}");
        }
    }
    assert_eq!(
        (&rows[4]["before"], &rows[4]["at"]),
        (&json!("{\"role\":\"realtor\"}"), &json!("2026-06-01T12:00:00+00:00"))
    );
    let file = ana
        .get(&format!("/console/audit.csv?actor={cy}&action=invitation"))
        .await;
    assert_eq!(read(&file).iter().map(|row| &row["seq"]).collect::<Vec<_>>(), ["4"]);
}

/// The rows of a CSV by the names in its head.
fn read(file: &Answer) -> Vec<serde_json::Map<String, Value>> {
    let text = file.text();
    let mut csv = csv::Reader::from_reader(text.as_bytes());
    let head = csv.headers().unwrap().clone();
    let row = |row: Result<csv::StringRecord, csv::Error>| {
        let row = row.unwrap();
        let cells = head.iter().zip(&row).map(|(name, cell)| (name.to_owned(), json!(cell)));
        cells.collect()
    };
    csv.records().map(row).collect()
}

async fn the_page_says_it_in_words(store: Store) {
    let app = app(store).await;
    let (ana, cy) = with_entries(&app).await;
    let page = ana.get("/console/audit").await;
    let text = page.expect(StatusCode::OK).text();
    for said in [
        "Changed a member’s role",
        "Role: realtor → admin",
        "Ana Reyes",
        HERE,
        "2026-06-01 12:00",
        "Exported the leads",
        "href=\"/console/audit.csv\"",
    ] {
        assert!(text.contains(said), "{said}");
    }
    let query = "action=member&actor=&from=2026-06-01&to=2026-06-01";
    let page = ana.get(&format!("/console/audit?{query}")).await.text();
    assert!(page.contains("Changed a member’s role") && !page.contains("Exported the leads"));
    assert!(
        page.contains("<option value=\"member\" selected"),
        "the filters stay as they were chosen"
    );
    assert!(page.contains("/console/audit.csv?action=member&amp;from=2026-06-01&amp;to=2026-06-01"));
    let page = ana.get(&format!("/console/audit?actor={cy}&action=brand")).await.text();
    assert!(page.contains("Nothing like that"));
    let bad = ana.get("/console/audit?from=yesterday").await;
    assert!(
        bad.expect(StatusCode::BAD_REQUEST)
            .text()
            .contains("Give a day as 2026-05-31.")
    );
    // Shown to those who may.
    let link = "href=\"/console/audit\"";
    assert!(ana.get("/console").await.text().contains(link));
    let admin = signed_in(&app, "cy@example.com").await;
    assert!(admin.get("/console").await.text().contains(link));
    admin.get("/v1/audit").await.expect(StatusCode::OK);
    ana.put(&format!("/v1/members/{cy}"), json!({ "role": "realtor" }))
        .await;
    let other = signed_in(&app, "cy@example.com").await;
    let answer = admin.get("/console").await;
    assert!(!answer.text().contains(link));
    assert_ne!(
        answer.cookie("porchlight_session"),
        "",
        "another role, another name for the session"
    );
    admin.get("/v1/users/me").await.problem(StatusCode::UNAUTHORIZED);
    let admin = other;
    for path in ["/v1/audit", "/console/audit.csv"] {
        admin.get(path).await.problem(StatusCode::FORBIDDEN);
    }
    let page = admin.get("/console/audit").await;
    assert!(
        !page
            .expect(StatusCode::FORBIDDEN)
            .text()
            .contains("Changed a member’s role")
    );
}

on_both!(
    the_list_is_filtered_and_comes_in_pages,
    the_log_is_exported_as_texts,
    the_page_says_it_in_words,
);
