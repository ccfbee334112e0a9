//! Reads a store as it is and compares it with itself and with what clients were told.

use std::{
    collections::{HashMap, HashSet},
    time::{Duration, Instant},
};

use sqlx::{Connection, PgConnection, Postgres, Sqlite, SqliteConnection, sqlite::SqliteConnectOptions};
use uuid::Uuid;

use secrecy::SecretString;

use super::{
    load::Told,
    rig::{Home, SERVER_KEY},
};

pub enum Conn {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

pub async fn connect(home: &Home) -> Conn {
    match home.database.strip_prefix("sqlite:") {
        Some(path) => {
            let options = SqliteConnectOptions::new()
                .filename(path)
                .busy_timeout(Duration::from_secs(10));
            Conn::Sqlite(SqliteConnection::connect_with(&options).await.unwrap())
        }
        None => {
            // Past the walls between organizations.
            let mut address = url::Url::parse(&home.database).unwrap();
            address
                .query_pairs_mut()
                .append_pair("options", "-c porchlight.reach=everyone");
            Conn::Postgres(PgConnection::connect(address.as_str()).await.unwrap())
        }
    }
}

macro_rules! rows {
    ($conn:expr, $row:ty, $text:expr) => {
        match $conn {
            Conn::Sqlite(conn) => sqlx::query_as::<Sqlite, $row>($text).fetch_all(conn).await.unwrap(),
            Conn::Postgres(conn) => sqlx::query_as::<Postgres, $row>($text).fetch_all(conn).await.unwrap(),
        }
    };
}

pub async fn execute(home: &Home, text: &'static str) {
    match connect(home).await {
        Conn::Sqlite(mut conn) => drop(sqlx::query(text).execute(&mut conn).await.unwrap()),
        Conn::Postgres(mut conn) => drop(sqlx::query(text).execute(&mut conn).await.unwrap()),
    }
}

/// What was captured for a purpose, in milli-credits.
pub async fn captured(conn: &mut Conn, purpose: &str) -> i64 {
    let all = rows!(conn, (String, i64), "select purpose, captured from ledger_hold");
    all.into_iter()
        .filter(|(known, _)| known == purpose)
        .map(|(_, amount)| amount)
        .sum()
}

/// A SQLite store as one file.
pub async fn copy(home: &Home, to: &std::path::Path) {
    let Conn::Sqlite(mut conn) = connect(home).await else {
        panic!("not SQLite")
    };
    let copy = sqlx::query("vacuum into $1").bind(to.display().to_string());
    copy.execute(&mut conn).await.unwrap();
}

/// How many holds, turns, jobs and spooled visits are not at their end.
pub async fn unsettled(home: &Home) -> (i64, i64, i64, usize) {
    let mut conn = connect(home).await;
    let open = rows!(
        &mut conn,
        (i64, i64, i64),
        "select (select count(*) from ledger_hold where state = 'pending'), (select count(*) from turn where outcome is null),
        (select count(*) from job where state in ('queued', 'running'))"
    );
    let (holds, turns, jobs) = open[0];
    let waits = |entry: &std::io::Result<std::fs::DirEntry>| {
        entry
            .as_ref()
            .is_ok_and(|entry| entry.path().extension().is_some_and(|extension| extension == "json"))
    };
    let visits = std::fs::read_dir(home.path("data/visits")).map_or(0, |folder| folder.filter(waits).count());
    (holds, turns, jobs, visits)
}

/// Waits until everything is at its end; says what is not after `most`.
pub async fn settle(home: &Home, most: Duration) -> Result<(), (i64, i64, i64, usize)> {
    let end = Instant::now() + most;
    loop {
        let open = unsettled(home).await;
        if open == (0, 0, 0, 0) {
            return Ok(());
        }
        if Instant::now() >= end {
            return Err(open);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[derive(Debug, sqlx::FromRow)]
struct Entry {
    organization_id: Uuid,
    kind: String,
    amount: i64,
    hold_id: Option<Uuid>,
    purpose: String,
    related_id: Option<Uuid>,
}

#[derive(Debug, sqlx::FromRow)]
struct Hold {
    id: Uuid,
    amount: i64,
    captured: i64,
    state: String,
    purpose: String,
    related_id: Option<Uuid>,
}

#[derive(Debug, sqlx::FromRow)]
struct Turn {
    organization_id: Uuid,
    id: Uuid,
    outcome: Option<String>,
    answer: String,
    sealed: i64,
    /// 1 for what is no more.
    erased: i64,
    hold_id: Option<Uuid>,
    charged: i64,
    receipt: String,
}

/// What is sealed under an organization's key: what cannot be opened is not what was kept.
fn opened(keys: &[(Uuid, Uuid, Vec<u8>)], organization: Uuid, place: (&'static str, Uuid), kept: &str) -> String {
    let key = keys.iter().find(|(of, ..)| *of == organization).expect("a key");
    let server_key = SecretString::from(SERVER_KEY);
    let key = (key.1, key.2.clone());
    engine::vault::open_stored(&server_key, organization.into(), key, place, kept).expect("what was sealed")
}

/// What was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub told: usize,
    pub entries: usize,
    pub holds: usize,
    pub turns: usize,
    pub scans: usize,
}

/// Panics on the first thing that is wrong. The store must be settled; nobody may be writing.
pub async fn check(home: &Home, told: &[Told]) -> Figures {
    let mut conn = connect(home).await;
    let entries = rows!(
        &mut conn,
        Entry,
        "select organization_id, kind, amount, hold_id, purpose, related_id from ledger_entry"
    );
    let balances = rows!(
        &mut conn,
        (Uuid, i64, i64, i64, i64),
        "select organization_id, available, held, granted, spent from ledger_balance"
    );
    let holds = rows!(
        &mut conn,
        Hold,
        "select id, amount, captured, state, purpose, related_id from ledger_hold"
    );
    let mut turns = rows!(
        &mut conn,
        Turn,
        "select organization_id, id, outcome, answer, cast(case when sealed then 1 else 0 end as bigint) as sealed,
        cast(case when question = '' then 1 else 0 end as bigint) as erased, hold_id, charged,
        cast(receipt as text) as receipt from turn"
    );
    let bots = rows!(&mut conn, (Uuid, String), "select id, name from bot");
    let sources = rows!(
        &mut conn,
        (Uuid, Uuid, String, Uuid, Uuid, String),
        "select organization_id, id, state, hold_id, job_id, kind from source"
    );
    let jobs = rows!(&mut conn, (Uuid, String), "select id, state from job");
    let scans = rows!(
        &mut conn,
        (Uuid, Option<String>, i64),
        "select code_id, referrer, cast(case when counted then 1 else 0 end as bigint) from scan"
    );
    let accounts = rows!(&mut conn, (Uuid, String), "select organization_id, email from account");
    let leads = rows!(
        &mut conn,
        (Uuid, Uuid, String, i64),
        "select organization_id, id, message, cast(case when sealed then 1 else 0 end as bigint) from lead"
    );
    let keys = rows!(
        &mut conn,
        (Uuid, Uuid, Vec<u8>),
        "select organization_id, id, wrapped from data_key"
    );
    let open = |organization: Uuid, place: (&'static str, Uuid), kept: String, sealed: i64| match sealed {
        _ if kept.is_empty() => kept,
        0 => kept,
        _ => opened(&keys, organization, place, &kept),
    };
    for turn in &mut turns {
        let kept = std::mem::take(&mut turn.answer);
        let said = open(turn.organization_id, ("turn.answer", turn.id), kept, turn.sealed);
        turn.answer = match serde_json::from_str::<serde_json::Value>(&said) {
            Ok(said) => said["text"].as_str().unwrap().to_owned(),
            Err(_) => said,
        };
    }
    let leads: Vec<(Uuid, String)> = leads
        .into_iter()
        .map(|(organization, id, kept, sealed)| (id, open(organization, ("lead.message", id), kept, sealed)))
        // What was erased says nothing.
        .filter(|(_, message)| !message.is_empty())
        .collect();
    let codes = rows!(&mut conn, (Uuid, String), "select id, slug from code");
    let may_be_gone: HashSet<&str> = told
        .iter()
        .filter_map(|told| match told {
            Told::MayBeGone { id } => Some(id.as_str()),
            _ => None,
        })
        .collect();
    let gone = |id: &Uuid| may_be_gone.contains(id.to_string().as_str());

    // Every balance is the sum of its entries, and all of them together are nothing.
    let mut sums: HashMap<Uuid, [i64; 4]> = HashMap::new();
    for entry in &entries {
        let [available, held, granted, spent] = sums.entry(entry.organization_id).or_default();
        match entry.kind.as_str() {
            "grant" => (*granted, *available) = (*granted + entry.amount, *available + entry.amount),
            "hold" => (*available, *held) = (*available - entry.amount, *held + entry.amount),
            "capture" => (*held, *spent) = (*held - entry.amount, *spent + entry.amount),
            "release" => (*held, *available) = (*held - entry.amount, *available + entry.amount),
            "spend" => (*available, *spent) = (*available - entry.amount, *spent + entry.amount),
            kind => panic!("an entry of kind {kind}"),
        }
    }
    for (organization, available, held, granted, spent) in &balances {
        let sum = sums.get(organization).copied().unwrap_or_default();
        assert_eq!(sum, [*available, *held, *granted, *spent], "balance of {organization}");
        assert_eq!(granted - available - held - spent, 0);
        assert_eq!(*held, 0, "held of {organization}");
    }

    // Every hold went out once and came back whole.
    for hold in &holds {
        let sum = |kind: &str| -> (usize, i64) {
            let of = entries
                .iter()
                .filter(|entry| entry.hold_id == Some(hold.id) && entry.kind == kind);
            of.fold((0, 0), |(n, sum), entry| (n + 1, sum + entry.amount))
        };
        assert_eq!(sum("hold"), (1, hold.amount), "{hold:?}");
        assert_eq!(sum("capture").1, hold.captured, "{hold:?}");
        assert_eq!(sum("release").1, hold.amount - hold.captured, "{hold:?}");
        assert_eq!(hold.state == "captured", hold.captured > 0, "{hold:?}");
        assert_ne!(hold.state, "pending", "{hold:?}");
    }
    let by_id: HashMap<Uuid, &Hold> = holds.iter().map(|hold| (hold.id, hold)).collect();

    // Charge and effect, in both directions, for each priced action.
    let spent_on = |purpose: &str| -> HashMap<Uuid, usize> {
        let mut found: HashMap<Uuid, usize> = HashMap::new();
        for entry in entries
            .iter()
            .filter(|entry| entry.kind == "spend" && entry.purpose == purpose)
        {
            *found.entry(entry.related_id.unwrap()).or_default() += 1;
        }
        found
    };
    let mut paid = spent_on("bot_creation");
    for (id, name) in &bots {
        assert_eq!(paid.remove(id), Some(1), "bot {name} was not paid for once");
    }
    paid.retain(|id, _| !gone(id));
    assert!(paid.is_empty(), "paid for bots that are not there: {paid:?}");

    let mut paid = spent_on("qr_scan");
    let mut counted: HashMap<Uuid, usize> = HashMap::new();
    for (code, _, count) in &scans {
        *counted.entry(*code).or_default() += usize::try_from(*count).unwrap();
    }
    counted.retain(|_, count| *count > 0);
    paid.retain(|id, _| !gone(id));
    assert_eq!(paid, counted, "visits paid for and visits counted, by code");

    let states: HashMap<Uuid, &str> = jobs.iter().map(|(id, state)| (*id, state.as_str())).collect();
    let mut ours: HashSet<Uuid> = HashSet::new();
    for (organization, id, state, hold, job, kind) in &sources {
        let held = by_id[hold];
        assert_eq!((held.purpose.as_str(), held.related_id), ("data_training", Some(*id)));
        // A hold that ran out before its work was done is the platform's cost.
        let fits = match state.as_str() {
            "ready" => ["captured", "expired"].contains(&held.state.as_str()),
            "failed" => held.captured == 0,
            _ => false,
        };
        assert!(fits, "source {id} is {state} and its hold is {}", held.state);
        assert!(
            ["done", "failed"].contains(&states[job]),
            "job {job} is {}",
            states[job]
        );
        let copy = home.path(&format!("data/files/{organization}/{id}"));
        assert!(kind == "url" || copy.is_file(), "the raw copy of source {id} is gone");
        ours.insert(*hold);
    }
    let mut answered = 0;
    for turn in &turns {
        let held = turn.hold_id.map(|id| by_id[&id]);
        assert!(turn.outcome.is_some(), "{turn:?}");
        assert_eq!(held.map_or(0, |hold| hold.captured), turn.charged, "{turn:?}");
        let outcome = turn.outcome.as_deref().unwrap_or_default();
        if turn.charged > 0 {
            assert_eq!(outcome, "answered", "{turn:?}");
            assert!(turn.erased == 1 || !turn.answer.is_empty(), "{turn:?}");
        } else if outcome == "answered" && turn.erased == 0 {
            // Given free of charge only where the engine that was asked failed.
            assert!(turn.receipt.contains("stand-in"), "{turn:?}");
        }
        ours.extend(turn.hold_id);
        answered += usize::from(turn.charged > 0);
    }
    for hold in &holds {
        let lost = !ours.contains(&hold.id) && hold.captured > 0 && !hold.related_id.as_ref().is_some_and(gone);
        assert!(!lost, "charged for nothing: {hold:?}");
    }

    // What clients were told is there once, and nothing that they tried is there twice.
    let once = |what: &str, found: usize| assert_eq!(found, 1, "{what} is there {found} times");
    let mut referrers: HashMap<&str, usize> = HashMap::new();
    for referrer in scans.iter().filter_map(|(_, referrer, _)| referrer.as_deref()) {
        *referrers.entry(referrer).or_default() += 1;
    }
    assert!(referrers.values().all(|n| *n == 1), "a visit was stored twice");
    for names in [
        bots.iter().map(|(_, name)| name).collect::<Vec<_>>(),
        accounts.iter().map(|(_, email)| email).collect(),
        leads.iter().map(|(_, message)| message).collect(),
    ] {
        assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len());
    }
    // What was bought was added once.
    let bought: Vec<_> = entries
        .iter()
        .filter(|e| e.purpose == "purchase")
        .map(|e| e.related_id)
        .collect();
    assert_eq!(bought.iter().collect::<HashSet<_>>().len(), bought.len());
    let turns_by_id: HashMap<String, &Turn> = turns.iter().map(|turn| (turn.id.to_string(), turn)).collect();
    for one in told {
        match one {
            Told::Registered { email } => {
                let owned: Vec<Uuid> = accounts
                    .iter()
                    .filter(|(_, known)| known == email)
                    .map(|(org, _)| *org)
                    .collect();
                once(email, owned.len());
                let grants = entries
                    .iter()
                    .filter(|e| e.purpose == "registration" && e.organization_id == owned[0]);
                once("the grant", grants.count());
            }
            Told::Bot { id } if may_be_gone.contains(id.as_str()) => {}
            Told::Bot { id } => once(id, bots.iter().filter(|(bot, _)| bot.to_string() == *id).count()),
            Told::Source { id } if may_be_gone.contains(id.as_str()) => {}
            Told::Source { id } => once(
                id,
                sources
                    .iter()
                    .filter(|(_, source, ..)| source.to_string() == *id)
                    .count(),
            ),
            Told::Code { id } if may_be_gone.contains(id.as_str()) => {}
            Told::Code { id } => once(id, codes.iter().filter(|(code, _)| code.to_string() == *id).count()),
            Told::Lead { message } => once(message, leads.iter().filter(|(_, known)| known == message).count()),
            Told::Scanned { referrer } => once(referrer, referrers.get(referrer.as_str()).copied().unwrap_or(0)),
            // Without a store that could take the question there is nothing to be stored, and nothing was charged.
            Told::Answered { turn, outcome, .. } if outcome == "unavailable" && !turns_by_id.contains_key(turn) => {}
            Told::Answered { turn, outcome, text } => {
                let stored = turns_by_id.get(turn).unwrap_or_else(|| panic!("turn {turn} is gone"));
                assert_eq!(
                    (stored.outcome.as_deref(), &stored.answer),
                    (Some(outcome.as_str()), text),
                    "{stored:?}"
                );
            }
            Told::MayBeGone { .. } => {}
        }
    }
    Figures {
        told: told.len(),
        entries: entries.len(),
        holds: holds.len(),
        turns: answered,
        scans: scans.len(),
    }
}
