//! Files made to bring the reader down, sent in by a realtor: each is told about, none costs anything, and somebody
//! else's file beside them is read as ever.

use std::time::Instant;

use axum::http::StatusCode;
use futures::future::join_all;
use serde_json::json;

use crate::app::{Client, TestApp};

/// A PDF file of these objects, the first of which is the catalogue.
fn pdf(objects: &[String], trailer: &str) -> Vec<u8> {
    let mut out = String::from("%PDF-1.7\n");
    let mut places = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        places.push(out.len());
        out.push_str(&format!("{} 0 obj\n{object}\nendobj\n", at + 1));
    }
    let (start, count) = (out.len(), objects.len() + 1);
    out.push_str(&format!("xref\n0 {count}\n0000000000 65535 f \n"));
    for place in places {
        out.push_str(&format!("{place:010} 00000 n \n"));
    }
    out.push_str(&format!(
        "trailer\n<< /Size {count} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n"
    ));
    out.into_bytes()
}

/// Pages that say `text`; `catalogue` goes into the catalogue.
fn pages(count: usize, text: &str, catalogue: &str, trailer: &str) -> Vec<u8> {
    let kids: String = (0..count).map(|page| format!("{} 0 R ", 5 + page)).collect();
    let content = format!("BT /F1 12 Tf 72 700 Td ({text}) Tj ET");
    let mut objects = vec![
        format!("<< /Type /Catalog /Pages 2 0 R {catalogue} >>"),
        format!("<< /Type /Pages /Kids [{kids}] /Count {count} >>"),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".into(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
    ];
    let page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 3 0 R >> >> >>";
    objects.extend(std::iter::repeat_n(page.to_owned(), count));
    pdf(&objects, trailer)
}

async fn property(owner: &Client<'_>) -> String {
    let bot = owner.post("/v1/chatbots", json!({ "name": "Elm" })).await.id("bot_id");
    let body =
        json!({ "bot_id": bot, "address": "12 Elm Street", "city": "Springfield", "state": "IL", "zip_code": "62704" });
    owner.post("/v1/properties", body).await.id("property_id")
}

async fn taken_in(owner: &Client<'_>, property: &str, name: &str, file: &[u8]) -> String {
    let path = format!("/v1/properties/{property}/train/document");
    let sent = owner.upload(&path, (name, "application/pdf", file), &[]).await;
    sent.expect(StatusCode::ACCEPTED).id("job_id")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_files_are_told_about_and_cost_nothing() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.owner("ana").await, app.owner("ben").await);
    let (hers, his) = (property(&ana).await, property(&ben).await);
    let nested = "[".repeat(10_380) + &"]".repeat(10_380);
    let mut cut = pages(1, "hello", "", "");
    cut.truncate(cut.len() / 2);
    let files = [
        (
            "nested.pdf",
            pdf(
                &[
                    format!("<< /Type /Catalog /Pages 2 0 R /X {nested} >>"),
                    "<< /Type /Pages /Kids [] /Count 0 >>".into(),
                ],
                "",
            ),
        ),
        (
            "circle.pdf",
            pdf(
                &[
                    "<< /Type /Catalog /Pages 2 0 R >>".into(),
                    "<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 /Parent 2 0 R >>".into(),
                ],
                "",
            ),
        ),
        (
            "locked.pdf",
            pages(1, "secret", "", "/Encrypt << /Filter /Other /V 9 >>"),
        ),
        ("many.pdf", pages(501, "x", "", "")),
        ("cut.pdf", cut),
        ("empty.pdf", pages(1, "", "", "")),
    ];
    let before = (ana.balance().await, ben.balance().await);
    let started = Instant::now();
    let jobs = join_all(files.iter().map(|(name, file)| taken_in(&ana, &hers, name, file)));
    let good = pages(
        1,
        "The roof was replaced in 2019.",
        "/OpenAction << /S /Launch /F (/bin/sh) >>",
        "",
    );
    let (jobs, good) = tokio::join!(jobs, taken_in(&ben, &his, "good.pdf", &good));
    for (job, (name, _)) in jobs.iter().zip(&files) {
        let status = ana.finished(job).await;
        assert_eq!(status["status"], "failed", "{name}: {status}");
        assert!(status["details"].as_str().unwrap().len() > 20, "{name}: {status}");
        println!("{name}: {}", status["details"]);
    }
    assert_eq!(ben.finished(&good).await["status"], "ready");
    println!("{} files in {:?}", files.len() + 1, started.elapsed());
    let balance = ana.get("/v1/credits/balance").await.json();
    assert_eq!(
        (balance["held_milli"].clone(), ana.balance().await),
        (json!(0), before.0)
    );
    assert_eq!(ben.balance().await, before.1 - 5);
}
