//! Backup while the server works, restore on an empty folder, and archives that are not what they were.

use std::{
    collections::BTreeMap,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use engine::{
    Clock,
    backup::{self, Place},
};

use super::{
    audit, cases,
    load::{Caller, Record},
    provider::Provider,
    rig::{Dice, Home, Store},
};

/// A home with something of everything, and an archive that was made while more was coming in.
async fn backed_up() -> (Home, Caller, super::load::Owner, PathBuf, Provider) {
    let provider = Provider::start(0).await;
    let allow = format!("127.0.0.1:{}", provider.port);
    let home = Home::new(Store::Sqlite, &[("PORCHLIGHT_FETCH_ALLOW", &allow)]).await;
    let server = home.start("").await;
    let page = format!("http://127.0.0.1:{}/elm.html", provider.port);
    let caller = Caller {
        client: server.client(),
        record: Record::default(),
        page,
    };
    let owner = caller.establish().await;
    let mut dice = Dice::new(7);
    for _ in 0..30 {
        caller.anything(&owner, &mut dice).await;
    }
    let told = Caller {
        record: Record::default(),
        ..caller.clone()
    };
    for one in caller.record.all() {
        told.record.note(one);
    }
    let busy = tokio::spawn({
        let (caller, owner) = (caller.clone(), owner.clone());
        async move {
            loop {
                caller.anything(&owner, &mut dice).await;
            }
        }
    });
    let archive = home.path("kept.zip");
    let made = home.run(&["backup", archive.to_str().unwrap()], "");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    busy.abort();
    server.kill();
    (home, told, owner, archive, provider)
}

/// Every file of a folder with its content.
fn content(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut left = vec![folder.to_owned()];
    while let Some(folder) = left.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => left.push(path),
                false => drop(found.insert(path.clone(), std::fs::read(&path).unwrap())),
            }
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_told_before_a_backup_is_there_after_a_restore() {
    let (home, told, owner, archive, _provider) = backed_up().await;
    assert_eq!(std::fs::metadata(&archive).unwrap().permissions().mode() & 0o777, 0o600);
    let again = home.run(&["backup", archive.to_str().unwrap()], "");
    assert!(String::from_utf8_lossy(&again.stderr).contains("is there already"));
    // A full folder is left as it is.
    let before = content(&home.path("data"));
    let refused = home.run(&["restore", archive.to_str().unwrap()], "");
    assert!(!refused.status.success());
    assert!(
        String::from_utf8_lossy(&refused.stderr).contains("--force"),
        "{refused:?}"
    );
    assert_eq!(content(&home.path("data")), before);

    // An empty one, but for the log of another database, which would be played into this one.
    std::fs::rename(home.path("data"), home.path("lost")).unwrap();
    std::fs::create_dir(home.path("data")).unwrap();
    for ending in ["wal", "shm"] {
        std::fs::write(
            home.path(&format!("data/porchlight.db-{ending}")),
            b"of another database",
        )
        .unwrap();
    }
    let begun = Instant::now();
    let restored = home.run(&["restore", archive.to_str().unwrap()], "");
    assert!(
        restored.status.success(),
        "{}",
        String::from_utf8_lossy(&restored.stderr)
    );
    let took = begun.elapsed();
    for ending in ["wal", "shm"] {
        assert!(!home.path(&format!("data/porchlight.db-{ending}")).exists());
    }
    let server = home.start("").await;
    assert_eq!(
        audit::settle(&home, Duration::from_secs(30)).await,
        Ok(()),
        "{}",
        server.tail()
    );
    let figures = audit::check(&home, &told.record.all()).await;
    let caller = Caller {
        client: server.client(),
        ..told
    };
    caller.ask(&owner.code).await.expect("an answer");
    server.kill();
    home.assert_well();
    audit::check(&home, &caller.record.all()).await;

    // Not while somebody uses it.
    let server = home.start("").await;
    let refused = home.run(&["restore", "--force", archive.to_str().unwrap()], "");
    assert!(
        String::from_utf8_lossy(&refused.stderr).contains("in use"),
        "{refused:?}"
    );
    server.kill();
    // What is there can be moved aside, whole.
    let before = content(&home.path("data"));
    let forced = home.run(&["restore", "--force", archive.to_str().unwrap()], "");
    assert!(forced.status.success(), "{}", String::from_utf8_lossy(&forced.stderr));
    let aside = std::fs::read_dir(home.path("data"))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let aside = aside
        .into_iter()
        .find(|path| path.file_name().unwrap().to_string_lossy().starts_with("aside-"));
    let (aside, data) = (aside.expect("moved aside"), home.path("data"));
    let moved = |map: BTreeMap<PathBuf, Vec<u8>>, from: &Path| -> BTreeMap<PathBuf, Vec<u8>> {
        map.into_iter()
            .map(|(path, bytes)| (path.strip_prefix(from).unwrap().to_owned(), bytes))
            .filter(|(path, _)| {
                !["token_secret", "encryption_key"]
                    .map(Path::new)
                    .contains(&path.as_path())
            })
            .collect()
    };
    assert_eq!(moved(content(&aside), &aside), moved(before, &data));
    // The archive was made while a turn may have been on its way: the next start ends it.
    let server = home.start("").await;
    assert_eq!(audit::settle(&home, Duration::from_secs(30)).await, Ok(()));
    server.kill();
    home.assert_well();
    eprintln!("restored in {took:?}: {figures:?}");
}

/// Checks D-07 and A-14: an archive does not bring back whom somebody had erased after it was made.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_erased_stays_erased_after_a_restore() {
    let (home, told, owner, _, _provider) = backed_up().await;
    let server = home.start("").await;
    let (client, porch) = (server.client(), owner.porch.clone());
    let caller = Caller {
        client: client.clone(),
        ..told
    };
    let (erased, stays) = (caller.known_buyer(&porch).await, caller.known_buyer(&porch).await);
    let (erased, stays) = (erased.expect("a buyer"), stays.expect("a buyer"));
    let archive = home.path("with-both.zip");
    let made = home.run(&["backup", archive.to_str().unwrap()], "");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let erase = client.request("POST", &format!("/p/{porch}/me/erase"));
    let erase = erase.header("cookie", &erased).header("sec-fetch-site", "same-origin");
    super::rig::Client::send(erase).await.expect("erased");
    server.kill();
    let restored = home.run(&["restore", "--force", archive.to_str().unwrap()], "");
    assert!(
        restored.status.success(),
        "{}",
        String::from_utf8_lossy(&restored.stderr)
    );
    for _ in 0..2 {
        let server = home.start("").await;
        let known = async |cookie: &str| {
            let known = server.client().request("GET", &format!("/p/{porch}/me.json"));
            let known = super::rig::Client::send(known.header("cookie", cookie)).await;
            known.expect("an answer").status
        };
        assert_eq!(known(&stays).await, 200);
        assert_eq!(known(&erased).await, 404);
        server.kill();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_archive_is_refused_before_anything_is_changed() {
    let (home, _, _, archive, _provider) = backed_up().await;
    let whole = std::fs::read(&archive).unwrap();
    let place = Place {
        data_dir: home.path("elsewhere"),
        database_url: format!("sqlite:{}", home.path("elsewhere/porchlight.db").display()),
        key: None,
    };
    let damaged = home.path("damaged.zip");
    let mut dice = Dice::new(whole.len() as u64);
    let cases = 100 * cases();
    for case in 0..cases {
        let mut bytes = whole.clone();
        let at = match case {
            // The ends of it, then anywhere.
            0 => 0,
            1 => bytes.len() - 1,
            _ => usize::try_from(dice.roll(bytes.len() as u64)).unwrap(),
        };
        match case % 4 {
            3 => bytes.truncate(at),
            _ => bytes[at] ^= 1 << dice.roll(8),
        }
        std::fs::write(&damaged, &bytes).unwrap();
        let refused = backup::restore(&place, &damaged, case % 2 == 0, &Clock::system()).await;
        let told = refused.expect_err("a damaged archive was taken").to_string();
        assert!(told.contains("damaged"), "{told}");
        assert!(!place.data_dir.exists(), "case {case} left something");
    }
    // A database that is kept elsewhere is moved aside as well.
    let apart = Place {
        data_dir: home.path("apart"),
        database_url: format!("sqlite:{}", home.path("apart.db").display()),
        key: None,
    };
    std::fs::write(home.path("apart.db"), b"an older one").unwrap();
    let refused = backup::restore(&apart, &archive, false, &Clock::system()).await;
    assert!(refused.unwrap_err().to_string().contains("--force"));
    backup::restore(&apart, &archive, true, &Clock::system()).await.unwrap();
    assert!(
        std::fs::read(home.path("apart.db"))
            .unwrap()
            .starts_with(b"SQLite format 3")
    );
    let aside = content(&apart.data_dir)
        .into_iter()
        .find(|(path, _)| path.ends_with("apart.db"));
    assert_eq!(aside.expect("moved aside").1, b"an older one");
    // The same place takes the whole one.
    backup::restore(&place, &archive, false, &Clock::system())
        .await
        .unwrap();
    assert!(place.data_dir.join("porchlight.db").is_file());
    eprintln!("{cases} damaged archives of {} bytes were refused", whole.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_encrypted_archive_is_read_with_its_own_key_only() {
    let (home, _, _, plain, _provider) = backed_up().await;
    let place = |folder: &str, key: Option<&str>| Place {
        data_dir: home.path(folder),
        database_url: format!("sqlite:{}", home.path(folder).join("porchlight.db").display()),
        key: key.map(Into::into),
    };
    let key = "a key of thirty-two bytes or more, for this test";
    let archive = home.path("secret.zip");
    let made = backup::backup(&place("data", Some(key)), &archive, false, &Clock::system()).await;
    let made = made.unwrap();
    for (path, is_secret) in [(&archive, true), (&plain, false)] {
        let mut zip = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
        assert!(zip.len() > 1);
        for i in 0..zip.len() {
            assert_eq!(zip.by_index_raw(i).unwrap().encrypted(), is_secret);
        }
    }
    for (wrong, told) in [
        (None, "PORCHLIGHT_BACKUP_KEY"),
        (Some("another key of thirty-two bytes or even more"), "another key"),
    ] {
        let refused = backup::restore(&place("there", wrong), &archive, false, &Clock::system()).await;
        let error = refused.expect_err("an archive was read without its key").to_string();
        assert!(error.contains(told), "{error}");
        assert!(!home.path("there").exists());
    }
    let put_back = backup::restore(&place("there", Some(key)), &archive, false, &Clock::system()).await;
    assert_eq!(put_back.unwrap(), made);
    let database = std::fs::read(home.path("there/porchlight.db")).unwrap();
    assert!(database.starts_with(b"SQLite format 3"));
    // One from before there was a key is read as well.
    backup::restore(&place("earlier", Some(key)), &plain, false, &Clock::system())
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_death_during_backup_or_restore_leaves_nothing_half_done() {
    let (home, told, _, archive, _provider) = backed_up().await;
    let second = home.path("second.zip");
    let words = ["backup", second.to_str().unwrap()];
    let died = home.run(&words, "backup.rename.before=abort");
    assert!(!died.status.success() && !second.exists());
    // A second attempt is not in the way of what the first left.
    let died = home.run(&words, "backup.rename.after=abort");
    assert!(!died.status.success() && second.exists());
    std::fs::remove_dir_all(home.path("data")).unwrap();
    let words = ["restore", archive.to_str().unwrap()];
    let died = home.run(&words, "restore.rename.before=abort");
    assert!(!died.status.success() && !home.path("data/porchlight.db").exists());
    let died = home.run(&words, "restore.rename.after=abort");
    assert!(!died.status.success() && home.path("data/porchlight.db").exists());
    let server = home.start("").await;
    assert_eq!(
        audit::settle(&home, Duration::from_secs(30)).await,
        Ok(()),
        "{}",
        server.tail()
    );
    audit::check(&home, &told.record.all()).await;
    server.kill();
    home.assert_well();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_is_left_to_its_own_tools() {
    if std::env::var_os("PORCHLIGHT_TEST_POSTGRES").is_none() {
        eprintln!("skipped: PORCHLIGHT_TEST_POSTGRES names no server");
        return;
    }
    let home = Home::new(Store::Postgres, &[]).await;
    let server = home.start("").await;
    let caller = Caller {
        client: server.client(),
        record: Record::default(),
        page: String::new(),
    };
    caller.establish().await;
    server.kill();
    let archive = home.path("kept.zip");
    let words = ["backup", archive.to_str().unwrap()];
    let refused = home.run(&words, "");
    assert!(!refused.status.success() && !archive.exists());
    assert!(
        String::from_utf8_lossy(&refused.stderr).contains("pg_dump"),
        "{refused:?}"
    );
    let made = home.run(&["backup", "--files-only", archive.to_str().unwrap()], "");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    std::fs::rename(home.path("data"), home.path("lost")).unwrap();
    let restored = home.run(&["restore", archive.to_str().unwrap()], "");
    assert!(
        restored.status.success(),
        "{}",
        String::from_utf8_lossy(&restored.stderr)
    );
    let files = |folder: &str| -> Vec<Vec<u8>> { content(&home.path(folder).join("files")).into_values().collect() };
    assert!(!files("data").is_empty());
    assert_eq!(files("data"), files("lost"));
}
