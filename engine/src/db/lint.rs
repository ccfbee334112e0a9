//! Where SQL may stand: read from the sources themselves, so that a new file is covered by being there.

use std::path::{Path, PathBuf};

/// Only the db module may take a connection, begin a transaction or run a text. Its `begin` is the one that takes
/// SQLite's write lock at once.
const CONNECTIONS: [&str; 15] = [
    "sqlx::query",
    "sqlx::raw_sql",
    "QueryBuilder",
    "AssertSqlSafe",
    "SqlStr",
    "query_as(",
    "query_as::<",
    "query_scalar",
    "raw_sql(",
    "SqlitePool",
    "PgPool",
    "pool.begin(",
    "begin_with(",
    "try_begin(",
    "pool.acquire(",
];

/// Only a store may declare and run statements.
const STATEMENTS: [&str; 8] = [
    "statements!",
    "fetch_one!",
    "fetch_all!",
    "fetch_optional!",
    "execute!",
    "\"insert into ",
    "\"delete from ",
    "\"pragma ",
];

/// Who may reach past the walls between organizations ([`super::Reach::Everyone`]), and in how many places: where a secret, an
/// address or a public name says whose a row is, and in work for everybody. Another place needs a reason as good.
const EVERYONE: [(&str, usize); 26] = [
    ("account/api_key/mod.rs", 1),
    ("account/identity/mod.rs", 1),
    ("account/invitation.rs", 1),
    ("account/link/mod.rs", 3),
    ("account/mod.rs", 2),
    ("account/passkey/mod.rs", 1),
    ("account/refresh/mod.rs", 1),
    ("account/session/mod.rs", 1),
    ("audit/verify.rs", 1),
    ("chat/sealed.rs", 1),
    ("chat/turn.rs", 1),
    ("commit.rs", 1),
    ("jobs/mod.rs", 3),
    ("lead/mod.rs", 1),
    ("ledger/mod.rs", 2),
    ("licence/sweep.rs", 1),
    ("licence/verify.rs", 1),
    ("operator/mod.rs", 2),
    ("porch/mod.rs", 3),
    ("privacy/erased.rs", 1),
    ("purchase/mod.rs", 1),
    ("qr/scan.rs", 1),
    ("request/mod.rs", 1),
    ("vault/mod.rs", 2),
    ("webhook/outbox.rs", 1),
    ("webhook/sender.rs", 2),
];

fn is_store(path: &Path) -> bool {
    // Sessions are one file: rows that only the web server reads.
    path.ends_with("session.rs") || path.ends_with("store.rs")
}

/// The lines of a file that are product: neither comment nor test.
fn product(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let text = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let numbered = text.lines().enumerate().map(|(at, line)| (at + 1, line));
    numbered.filter(|(_, line)| !line.trim_start().starts_with("//"))
}

fn faults(path: &Path, text: &str) -> Vec<String> {
    let in_db = path.components().any(|part| part.as_os_str() == "db");
    let mut found = Vec::new();
    for (number, line) in product(text) {
        let mut report = |what: &str| found.push(format!("{}:{number}: {what}: {}", path.display(), line.trim()));
        if in_db {
            continue;
        }
        for word in CONNECTIONS.into_iter().filter(|word| line.contains(word)) {
            report(word);
        }
        // Whatever begins a transaction outside of the db module must be its `Db`.
        for (before, _) in line.match_indices(".begin(").map(|(at, _)| line.split_at(at)) {
            if !(before.ends_with("db()") || before.ends_with("db")) {
                report("begin");
            }
        }
        if !is_store(path) {
            let lower = line.to_ascii_lowercase();
            for word in STATEMENTS.into_iter().filter(|word| lower.contains(word)) {
                report(word);
            }
            let read = lower.contains("\"select ") && lower.contains(" from ");
            let change = lower.contains("\"update ") && lower.contains(" set ");
            if read || change {
                report("SQL");
            }
        }
    }
    found
}

fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() {
            if name != "tests" {
                sources(&path, into);
            }
        } else if name.ends_with(".rs") && name != "tests.rs" && name != "testing.rs" {
            into.push(path);
        }
    }
}

#[test]
fn sql_stands_in_stores_only() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    let mut files = Vec::new();
    for crate_ in ["domain", "engine", "app", "server"] {
        sources(&root.join(crate_).join("src"), &mut files);
    }
    assert!(files.len() > 250, "only {} sources were found", files.len());
    assert!(files.iter().filter(|path| is_store(path)).count() > 10);
    let found: Vec<String> = files
        .iter()
        .flat_map(|path| faults(path, &std::fs::read_to_string(path).expect("a source")))
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
    // What has no database driver cannot get round the stores.
    for crate_ in ["domain", "app", "server"] {
        let manifest = std::fs::read_to_string(root.join(crate_).join("Cargo.toml")).expect("a manifest");
        let normal = manifest.split("[dev-dependencies]").next().unwrap_or_default();
        assert!(!normal.contains("sqlx"), "{crate_} depends on sqlx");
    }
}

#[test]
fn few_reach_everyone() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut found = Vec::new();
    for path in &files {
        let own = path.strip_prefix(&root).expect("a source of the engine");
        if own.starts_with("db") {
            continue;
        }
        let text = std::fs::read_to_string(path).expect("a source");
        let times = product(&text)
            .map(|(_, line)| line.matches("Reach::Everyone").count())
            .sum();
        if times > 0 {
            found.push((own.display().to_string(), times));
        }
    }
    found.sort();
    assert_eq!(found, EVERYONE.map(|(file, times)| (file.to_owned(), times)));
}

#[test]
fn the_lint_finds_what_it_looks_for() {
    for bad in [
        "    let rows = sqlx::query(\"select 1\").fetch_all(pool).await?;",
        "    let tx = self.pool.begin().await?;",
        "    let tx = pool.begin_with(\"begin\").await?;",
        "    let conn = pool.acquire().await?;",
        "statements! {",
        "    let row = fetch_one!(tx, Row, FIND)?;",
        "    let text = \"select id from bot where id = $1\";",
        "    let text = \"update bot set name = 'x'\";",
        "    let text = \"delete from bot\";",
    ] {
        assert!(!faults(Path::new("engine/src/bot/mod.rs"), bad).is_empty(), "{bad}");
    }
    for good in [
        "    let mut tx = call.engine().db().begin(call.organization()).await?;",
        "    let mut tx = db.begin().await?;",
        "// sqlx::query is for the db module",
        "    let text = \"select a file\";",
    ] {
        assert!(faults(Path::new("engine/src/bot/mod.rs"), good).is_empty(), "{good}");
    }
    assert!(faults(Path::new("engine/src/bot/store.rs"), "statements! {").is_empty());
    assert_eq!(faults(Path::new("engine/src/bot/store.rs"), "sqlx::query(x)").len(), 1);
}
