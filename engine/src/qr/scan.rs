//! One visit through a code: durable before the redirect goes out, counted once a visitor an hour.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    net::IpAddr,
    sync::Arc,
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Fault,
    credits::{PriceList, Priced},
    id::{CodeId, OrganizationId, ScanId},
    qr::Visitor,
    webhook::EventKind,
};
use futures::{StreamExt, stream};
use hmac::{Hmac, KeyInit, Mac};
use moka::future::Cache;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::Sha256;

use super::{porch_path, spool::Spool, store};
use crate::{
    Config, Engine, Error,
    commit::GroupCommit,
    dashboard::{self, Tallied},
    db::{Db, DbError, Reach, Tx},
    failpoint,
    ledger::{self, Action, Move, Purpose},
    webhook::{Event, Outbox},
};

/// A store that does not answer within this is not waited for: the visit goes to the spool, the visitor goes on.
const PATIENCE: Duration = Duration::from_millis(50);
/// A visitor is counted, and charged for, once within this.
const COUNTED_ONCE: TimeDelta = TimeDelta::hours(1);
/// When a visit that was not stored is tried again.
const ONCE_MORE: Duration = Duration::from_secs(1);
/// How long a code's target is remembered.
const REMEMBER: Duration = Duration::from_secs(10);

/// What a visitor's browser tells by itself.
#[derive(Clone, Debug)]
pub struct Visit {
    pub address: Option<IpAddr>,
    pub user_agent: String,
    pub referrer: Option<String>,
}

/// Where a code leads, and whose it is.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) organization: OrganizationId,
    pub(super) code: CodeId,
    pub(super) bot_slug: String,
    /// The bot has been published: a buyer finds something there.
    pub(super) is_open: bool,
}

/// A visit on its way to the store.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Scan {
    pub(super) organization: OrganizationId,
    pub(super) id: ScanId,
    pub(super) code: CodeId,
    pub(super) at: DateTime<Utc>,
    pub(super) device: Cow<'static, str>,
    pub(super) referrer: Option<String>,
    pub(super) place: Option<String>,
    pub(super) visitor: String,
    pub(super) kind: Visitor,
    /// Led to a porch that was open; no other visit is charged for.
    #[serde(default = "yes")]
    pub(super) found: bool,
    /// Comes from the spool, so the store may have it already.
    #[serde(skip)]
    pub(super) again: bool,
}

/// A visit that was spooled before this was noted.
const fn yes() -> bool {
    true
}

pub(crate) struct Scans {
    writer: GroupCommit<Scan, ()>,
    outbox: Outbox,
    spool: Spool,
    targets: Cache<String, Arc<Target>>,
    places: Option<maxminddb::Reader<Vec<u8>>>,
    secret: SecretString,
}

impl Scans {
    pub(crate) fn start(db: Db, outbox: Outbox, config: &Config) -> Result<Self, Error> {
        let prices = config.prices;
        let places = match &config.geoip {
            Some(path) => Some(maxminddb::Reader::open_readfile(path).map_err(|error| {
                Error::Broken(format!("the GeoIP file {} cannot be read: {error}", path.display()))
            })?),
            None => None,
        };
        let own = outbox.clone();
        let writer = GroupCommit::start(db, failpoint::SCANS, move |tx, scans| {
            Box::pin(write(tx, own.clone(), prices, scans))
        });
        let targets = Cache::builder().max_capacity(10_000).time_to_live(REMEMBER).build();
        Ok(Self {
            writer,
            outbox,
            spool: Spool::new(&config.data_dir),
            targets,
            places,
            secret: config.token_secrets.first().cloned().unwrap_or_default(),
        })
    }

    pub(crate) async fn forget(&self, slug: &str) {
        self.targets.invalidate(slug).await;
    }

    /// A city or country, no finer.
    fn place(&self, address: Option<IpAddr>) -> Option<String> {
        let found = self.places.as_ref()?.lookup(address?).ok()?;
        let city = found.decode::<maxminddb::geoip2::City<'_>>().ok()??;
        let names = [city.city.names.english, city.country.names.english];
        let place = names.into_iter().flatten().collect::<Vec<_>>().join(", ");
        (!place.is_empty()).then_some(place)
    }

    /// A keyed hash of the day, the code and what tells visitors apart; the address itself is kept nowhere.
    fn visitor(&self, target: &Target, visit: &Visit, now: DateTime<Utc>) -> String {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.secret.expose_secret().as_bytes()) else {
            return String::new();
        };
        let address = visit.address.map(|a| a.to_string()).unwrap_or_default();
        mac.update(format!("{}|{}|{address}|{}", now.date_naive(), target.code, visit.user_agent).as_bytes());
        mac.finalize()
            .into_bytes()
            .iter()
            .take(12)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

/// Records a visit and says where it leads.
pub async fn scan(engine: &Engine, slug: &str, visit: &Visit) -> Result<String, Error> {
    let scans = engine.scans();
    let target = match scans.targets.get(slug).await {
        Some(target) => target,
        None => {
            let mut tx = engine.db().read(Reach::Everyone).await?;
            let target = store::target(&mut tx, slug)
                .await?
                .ok_or_else(|| Error::from(Fault::not_found("code")))?;
            let target = Arc::new(target);
            scans.targets.insert(slug.to_owned(), Arc::clone(&target)).await;
            target
        }
    };
    let now = engine.clock().now();
    let (device, kind) = device(&visit.user_agent);
    let event = Scan {
        organization: target.organization,
        id: engine.clock().new_id(),
        code: target.code,
        at: now,
        device: device.into(),
        referrer: visit.referrer.as_deref().map(|r| r.chars().take(300).collect()),
        place: scans.place(visit.address),
        visitor: scans.visitor(&target, visit, now),
        kind,
        found: target.is_open,
        again: false,
    };
    record(scans, event).await;
    scans.outbox.ring();
    Ok(porch_path(&target.bot_slug, slug))
}

/// Returns when the visit is in the store or, where that takes long or fails, in the spool. A visitor who leaves meanwhile
/// has handed the visit in already, unless the queue was full: nothing was promised to them yet.
async fn record(scans: &Scans, event: Scan) {
    let (writer, spool, copy) = (scans.writer.clone(), scans.spool.clone(), event.clone());
    let code = event.code;
    let mut written = Box::pin(async move {
        failpoint::before(failpoint::SCAN).await.map_err(lost)?;
        writer.run(event).await?;
        failpoint::after(failpoint::SCAN).await.map_err(lost)
    });
    let late = match tokio::time::timeout(PATIENCE, &mut written).await {
        Ok(Ok(())) => return,
        Ok(Err(error)) => {
            tracing::error!(code.id = %code, %error, "A visit through code `{code}` was not stored; it is spooled");
            false
        }
        Err(_) => {
            tracing::warn!(code.id = %code, "A visit through code `{code}` is waiting for the store");
            true
        }
    };
    if let Err(error) = spool.keep(&copy).await {
        tracing::error!(code.id = %code, %error, "A visit through code `{code}` could not be spooled");
    }
    let writer = scans.writer.clone();
    tokio::spawn(async move {
        let stored = if late {
            written.await.is_ok()
        } else {
            tokio::time::sleep(ONCE_MORE).await;
            writer
                .run(Scan {
                    again: true,
                    ..copy.clone()
                })
                .await
                .is_ok()
        };
        // Where this fails, too, the sweeper tries from time to time.
        if stored {
            spool.forget(copy.id).await;
        }
    });
}

fn lost(error: std::io::Error) -> Arc<DbError> {
    Arc::new(DbError::Sqlx(sqlx::Error::Io(error)))
}

/// Hands the spool's visits to the store: at the start, and now and then.
pub(crate) async fn store_waiting(engine: &Engine) -> Result<(), Error> {
    let scans = engine.scans();
    let waiting = scans
        .spool
        .waiting()
        .await
        .map_err(Error::io("reading the spool of visits"))?;
    // Many at a time, so that they share commits.
    stream::iter(waiting)
        .for_each_concurrent(64, async |scan| {
            let (id, code) = (scan.id, scan.code);
            match scans.writer.run(scan).await {
                Ok(()) => scans.spool.forget(id).await,
                Err(error) if error.is_foreign_key_violation() => {
                    tracing::warn!(code.id = %code, "A waiting visit was dropped, its code `{code}` is gone");
                    scans.spool.forget(id).await;
                }
                Err(error) => tracing::error!(code.id = %code, %error, "A waiting visit was not stored"),
            }
        })
        .await;
    Ok(())
}

/// What kind of device asks, and whether it says itself that it is no person.
fn device(user_agent: &str) -> (&'static str, Visitor) {
    let folded = user_agent.to_ascii_lowercase();
    let robot = [
        "bot",
        "crawler",
        "spider",
        "preview",
        "facebookexternalhit",
        "whatsapp",
        "curl/",
        "wget/",
        "monitor",
    ];
    if folded.is_empty() || robot.iter().any(|word| folded.contains(word)) {
        return ("bot", Visitor::Bot);
    }
    let known = woothee::parser::Parser::new()
        .parse(user_agent)
        .map(|known| known.category);
    match known {
        Some("smartphone" | "mobilephone") => ("phone", Visitor::Person),
        Some("pc") => ("computer", Visitor::Person),
        Some("crawler") => ("bot", Visitor::Bot),
        _ if folded.contains("tablet") || folded.contains("ipad") => ("tablet", Visitor::Person),
        _ => ("other", Visitor::Person),
    }
}

/// Stores a batch: which of them count is decided here, once, in the order they came.
async fn write(tx: &mut Tx, outbox: Outbox, prices: PriceList, scans: &[Scan]) -> Result<Vec<()>, DbError> {
    let again: Vec<&Scan> = scans.iter().filter(|scan| scan.again).collect();
    let mut known: HashSet<ScanId> = HashSet::new();
    if !again.is_empty() {
        known = store::stored(tx, &again).await?;
    }
    let fresh: Vec<&Scan> = scans.iter().filter(|scan| known.insert(scan.id)).collect();
    let people: Vec<&Scan> = fresh
        .iter()
        .copied()
        .filter(|scan| scan.kind == Visitor::Person)
        .collect();
    let mut seen: HashSet<(CodeId, String)> = HashSet::new();
    if let Some(first) = people.iter().map(|scan| scan.at).min() {
        seen = store::counted_since(tx, &people, first - COUNTED_ONCE).await?;
    }
    let counted: HashMap<ScanId, bool> = fresh
        .iter()
        .map(|scan| {
            let guest = scan.kind == Visitor::Person && scan.found;
            (scan.id, guest && seen.insert((scan.code, scan.visitor.clone())))
        })
        .collect();
    let charge = |scan: &Scan| {
        let purpose = Purpose {
            name: Priced::QrScan.as_str(),
            related: Some(scan.code.uuid()),
            description: "A visitor through a code".into(),
            price_version: prices.version,
        };
        Move::new(
            scan.organization,
            Action::Spend {
                amount: prices.scan,
                purpose,
            },
        )
    };
    let counts = |scan: &&Scan| counted.get(&scan.id).copied().unwrap_or(false);
    if prices.scan.is_positive() {
        let moves: Vec<Move> = fresh.iter().copied().filter(counts).map(charge).collect();
        if !moves.is_empty() {
            // An empty balance turns no visitor away: what cannot be paid is not charged.
            ledger::apply(tx, &outbox, &moves).await?;
        }
    }
    store::insert_scans(tx, &fresh, &counted).await?;
    store::tally(tx, &people).await?;
    dashboard::tally(
        tx,
        Tallied::Scan,
        people.iter().map(|scan| (scan.organization, scan.at)),
    )
    .await?;
    let told = fresh.iter().copied().filter(counts);
    let told = told.filter(|scan| outbox.wants(scan.organization, EventKind::ScanCounted));
    outbox.write(tx, told.map(Scan::told).collect()).await?;
    Ok(vec![(); scans.len()])
}

impl Scan {
    /// What endpoints are told of a visit that counts. What tells visitors apart is nobody's business.
    fn told(&self) -> Event {
        Event {
            organization: self.organization,
            id: self.id.uuid().into(),
            kind: EventKind::ScanCounted,
            at: self.at,
            data: json!({
                "scan_id": self.id,
                "qr_id": self.code,
                "device": self.device,
                "place": self.place,
            }),
            words: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_computers_and_robots_are_told_apart() {
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1";
        let computer = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36";
        assert_eq!(device(phone), ("phone", Visitor::Person));
        assert_eq!(device(computer), ("computer", Visitor::Person));
        for robot in [
            "",
            "Googlebot/2.1 (+http://www.google.com/bot.html)",
            "facebookexternalhit/1.1",
            "WhatsApp/2.23",
        ] {
            assert_eq!(device(robot).1, Visitor::Bot, "{robot}");
        }
    }
}
