//! A whole engine for tests: a store of its own, a clock that stands still, a registered realtor.

mod provider;

use std::{path::PathBuf, sync::Arc};

use chrono::{DateTime, Utc};
use domain::{
    account::Registration,
    bot::{Bot, PurposeForm},
    credits::{Credits, PriceList},
    listing::PropertyForm,
};

use crate::{
    Call, Clock, Config, Engine, account, bot,
    config::Mode,
    db::testing::TestDb,
    listing,
    porch::{self, Porch},
};

pub(crate) use provider::Provider;

/// How many cases a test tries: `few` in every run, `all` (the figure that is promised) times
/// `PORCHLIGHT_TEST_CASES` where that is set.
pub(crate) fn cases(few: usize, all: usize) -> usize {
    let many = std::env::var("PORCHLIGHT_TEST_CASES").ok();
    many.map_or(few, |many| {
        let times: usize = many
            .parse()
            .expect("PORCHLIGHT_TEST_CASES is a whole number, 1 or more");
        assert!(times > 0, "PORCHLIGHT_TEST_CASES is 1 or more");
        all * times
    })
}

fn memory(line: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("this process's state");
    let line = status
        .lines()
        .find_map(|found| found.strip_prefix(line))
        .expect("a size");
    let kibibytes = line.trim().trim_end_matches(" kB").parse::<usize>().expect("kibibytes");
    kibibytes << 10
}

/// The memory of this process now, in bytes; [`most_memory`] counts anew from here.
pub(crate) fn memory_from_here() -> usize {
    // "5" sets the peak back to what is in use (proc(5)).
    std::fs::write("/proc/self/clear_refs", "5").expect("the peak is set back");
    memory("VmRSS:")
}

/// The most memory of this process since then, in bytes.
pub(crate) fn most_memory() -> usize {
    memory("VmHWM:")
}

/// Of every realtor of [`World::realtor`].
pub(crate) const PASSWORD: &str = "a quiet street at dusk";

pub(crate) struct World {
    pub(crate) engine: Engine,
    pub(crate) clock: Clock,
    db: Arc<TestDb>,
    _folder: tempfile::TempDir,
}

impl World {
    pub(crate) async fn new(db: TestDb) -> Self {
        Self::with(db, |_| {}).await
    }

    pub(crate) async fn with(db: TestDb, change: impl FnOnce(&mut Config)) -> Self {
        Self::sharing(&Arc::new(db), change).await
    }

    /// One more engine on a store that other tests of the same case use too.
    pub(crate) async fn sharing(db: &Arc<TestDb>, change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let now: DateTime<Utc> = "2026-05-04T18:30:00Z".parse().expect("a time");
        let clock = Clock::fixed(now);
        let mut config = Config {
            mode: Mode::Demo,
            database_url: String::new(),
            database_owner_url: None,
            data_dir: folder.path().to_owned(),
            public_url: "http://127.0.0.1:3000".into(),
            prices: PriceList::default(),
            credits_low: Credits::milli(50_000),
            stripe: None,
            fetch_allow: String::new(),
            provider: None,
            token_secrets: vec!["only for tests, thirty-two bytes or more".into()],
            encryption_keys: vec!["only for tests, another thirty-two bytes".into()],
            require_factor: false,
            oidc: None,
            require_licence: false,
            licence_verifier: None,
            licence_check_every: chrono::TimeDelta::days(180),
            session_idle: chrono::TimeDelta::hours(1),
            session_life: chrono::TimeDelta::hours(24),
            smtp_url: None,
            mail_from: None,
            geoip: None,
            program: PathBuf::new(),
        };
        change(&mut config);
        let engine = Engine::with_db(db.db.clone(), config, clock.clone())
            .await
            .expect("an engine");
        Self {
            engine,
            clock,
            db: Arc::clone(db),
            _folder: folder,
        }
    }

    /// Its store, for one more engine on it.
    pub(crate) fn db(&self) -> Arc<TestDb> {
        Arc::clone(&self.db)
    }

    /// Registers a realtor and lets them in.
    pub(crate) async fn realtor(&self, name: &str) -> Call {
        let form = Registration {
            org_name: format!("{name} Homes"),
            first_name: name.into(),
            last_name: "Reyes".into(),
            email: format!("{}@example.com", name.to_lowercase()),
            password: PASSWORD.into(),
            ..Registration::default()
        };
        account::register(&self.engine, &form).await.expect("registered");
        let who = account::quietly(&self.engine, &form.email).await;
        who.call(&self.engine, None).await.expect("a caller")
    }

    /// A bot for one property, not published yet.
    pub(crate) async fn draft(&self, call: &Call) -> Bot {
        let form = PurposeForm {
            name: "Elm Street".into(),
            description: String::new(),
        };
        let made = bot::create(call, &form, None).await.expect("a bot");
        let property = PropertyForm {
            address: "12 Elm Street".into(),
            city: "Springfield".into(),
            state: "IL".into(),
            zip_code: "62704".into(),
            price: "489,000".into(),
            bedrooms: "3".into(),
            bathrooms: "2".into(),
            year_built: "1972".into(),
            ..PropertyForm::default()
        };
        listing::create(call, &property, Some(made.id))
            .await
            .expect("a property");
        made
    }

    /// A published bot for one property.
    pub(crate) async fn porch(&self, call: &Call) -> Porch {
        let made = self.draft(call).await;
        bot::publish(call, made.id).await.expect("published");
        porch::open(&self.engine, &made.slug, None)
            .await
            .expect("an open porch")
    }
}
