//! What a browser loads, compressed as it is served: every address a page names, fetched as a browser would.

use std::collections::BTreeSet;

use hyper::header;

use crate::{
    http,
    load::{self, Client, Reply},
    process::{Server, site},
    report::{Goal, Report},
};

pub async fn measure(report: &mut Report) {
    let server = Server::start(&[]).await;
    let mut realtor = http::realtor(&server).await;
    let cookie = http::session(&server).await;
    let mut browser = Client::connect(server.address)
        .await
        .expect("a connection")
        .with(header::ACCEPT_ENCODING, "br, gzip")
        .with(header::COOKIE, &cookie);

    report.part("Bytes of a first visit, compressed as served");
    let code = realtor.get("/v1/qr_codes").await.expect("an answer").good().json()[0].clone();
    let slug = code["qr_code_url"]
        .as_str()
        .unwrap_or_default()
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .to_owned();
    let scanned = fetch(&mut browser, &format!("/q/{slug}")).await;
    let porch = scanned.headers[header::LOCATION]
        .to_str()
        .expect("an address")
        .to_owned();
    let path = porch
        .split_once("/p/")
        .map_or(porch.clone(), |(_, rest)| format!("/p/{rest}"));
    let visit = visit(&mut browser, &path).await;
    report.figure("porch, scripts and WASM", kb(visit.scripts), "kB", Goal::AtMost(100.0));
    report.figure("porch, everything", kb(visit.all), "kB", Goal::AtMost(250.0));

    // The sign-in page is for those who are not signed in.
    let stranger = Client::connect(server.address).await.expect("a connection");
    let mut stranger = stranger.with(header::ACCEPT_ENCODING, "br, gzip");
    let pages = [
        ("sign-in page", self::visit(&mut stranger, "/sign-in").await),
        ("console's dashboard", self::visit(&mut browser, "/console").await),
    ];
    for (name, visit) in pages {
        report.figure(
            format!("{name}, scripts and WASM"),
            kb(visit.scripts),
            "kB",
            Goal::AtMost(210.0),
        );
        report.figure(format!("{name}, everything"), kb(visit.all), "kB", Goal::None);
    }
    let first = self::visit(&mut browser, "/console").await;
    for path in [
        "/console/bots",
        "/console/bots/new",
        "/console/properties",
        "/console/knowledge",
        "/console/codes",
        "/console/conversations",
        "/console/leads",
        "/console/credits",
        "/console/brand",
    ] {
        let more = self::visit(&mut browser, path).await;
        let added = more
            .files
            .iter()
            .filter(|(file, _)| !first.files.iter().any(|(known, _)| known == file));
        let added: usize = added.map(|(_, size)| size).sum();
        report.figure(
            format!("{path}, what it loads beyond the dashboard's"),
            kb(added),
            "kB",
            Goal::AtMost(40.0),
        );
    }
    let total: u64 = std::fs::read_dir(site().join("pkg"))
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .filter(|file| file.path().to_string_lossy().ends_with(".wasm.br"))
        .filter_map(|file| file.metadata().ok())
        .map(|meta| meta.len())
        .sum();
    report.figure("all of the console's WASM", total as f64 / 1e3, "kB", Goal::None);
}

fn kb(bytes: usize) -> f64 {
    bytes as f64 / 1e3
}

struct Visited {
    /// Scripts and WASM with their sizes.
    files: Vec<(String, usize)>,
    scripts: usize,
    all: usize,
}

/// Loads a page and everything that it names, and what its scripts import.
async fn visit(browser: &mut Client, path: &str) -> Visited {
    let page = fetch(browser, path).await;
    let mut seen = BTreeSet::new();
    let mut all = page.body.len();
    let mut files = Vec::new();
    let mut wanted = addresses(&text(browser, path).await);
    while let Some(file) = wanted.pop() {
        if !seen.insert(file.clone()) {
            continue;
        }
        let reply = fetch(browser, &file).await;
        all += reply.body.len();
        if file.ends_with(".js") || file.ends_with(".wasm") {
            files.push((file, reply.body.len()));
        }
    }
    Visited {
        scripts: files.iter().map(|(_, size)| size).sum(),
        files,
        all,
    }
}

/// The page as text: asked for without compression.
async fn text(browser: &mut Client, path: &str) -> String {
    let mut request = load::get(path);
    request
        .headers_mut()
        .insert(header::ACCEPT_ENCODING, header::HeaderValue::from_static("identity"));
    let reply = browser.send(request).await.expect("an answer").good();
    String::from_utf8_lossy(&reply.body).into_owned()
}

/// Files of this server that the page loads by itself.
fn addresses(html: &str) -> Vec<String> {
    let mut found: Vec<String> = html
        .split('"')
        .filter(|word| word.starts_with('/') && !word.starts_with("//"))
        .filter(|word| {
            [".js", ".wasm", ".css", ".woff2", ".png", ".jpg", ".webp", ".svg"]
                .iter()
                .any(|end| word.ends_with(end))
        })
        .map(str::to_owned)
        .collect();
    found.sort();
    found.dedup();
    found
}

async fn fetch(browser: &mut Client, path: &str) -> Reply {
    browser.get(path).await.expect("an answer").good()
}
