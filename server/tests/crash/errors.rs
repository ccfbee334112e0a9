//! Commits that fail, and commits that are durable although they seem to have failed, for each priced action.

use std::time::Duration;

use super::{
    audit,
    load::{Caller, Record},
    on_both,
    provider::Provider,
    rig::{Home, PLAIN, Store},
};

async fn charge_and_effect_fail_together(store: Store) {
    let provider = Provider::start(0).await;
    let settings = provider.settings();
    let mut settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    settings.extend(PLAIN);
    let home = Home::new(store, &settings).await;
    let record = Record::default();
    let page = format!("http://127.0.0.1:{}/elm.html", provider.port);
    let server = home.start("").await;
    let owner = Caller {
        client: server.client(),
        record: record.clone(),
        page: page.clone(),
    }
    .establish()
    .await;
    server.kill();
    // Each side of each commit fails once; the second passing of the near side is the first of the far one.
    let mut armed = Vec::new();
    for name in [
        "register",
        "bot.create",
        "source.add",
        "source.finish",
        "job.settle",
        "scans",
    ] {
        armed.push(format!("{name}.before=error@1;{name}.after=error@1"));
    }
    // A turn passes its commit twice, and an end that was not stored is tried again.
    for nth in [1, 3, 6] {
        armed.push(format!("turns.before=error@{nth}"));
    }
    for nth in [1, 4, 6] {
        armed.push(format!("turns.after=error@{nth}"));
    }
    armed.push("provider.before=error@2;fetch.before=error@1;document.before=error@1".into());
    let server = home.start(&armed.join(";")).await;
    let caller = Caller {
        client: server.client(),
        record: record.clone(),
        page,
    };
    for _ in 0..4 {
        caller.register().await;
        caller.bot(&owner.token).await;
        caller.text(&owner.token, &owner.property).await;
        caller.file(&owner.token, &owner.property).await;
        caller.pdf(&owner.token, &owner.property).await;
        caller.web_page(&owner.token, &owner.property).await;
        for _ in 0..4 {
            caller.ask(&owner.code).await;
            caller.scan(&owner.sign).await;
        }
    }
    // Without a restart all of this comes to its end: visits with the sweeper, jobs with their next attempts.
    let settled = audit::settle(&home, Duration::from_secs(60)).await;
    assert_eq!(settled, Ok(()), "open holds, turns, jobs, visits\n{}", server.tail());
    let figures = audit::check(&home, &record.all()).await;
    let log = std::fs::read_to_string(home.path("server.log")).unwrap();
    for one in armed.join(";").split(';') {
        let point = one.split('=').next().unwrap();
        assert!(
            log.contains(&format!("Failpoint `{point}`: Error")),
            "{point} was not passed"
        );
    }
    eprintln!("errors on {store:?}: {figures:?}");
}

on_both!(charge_and_effect_fail_together);
