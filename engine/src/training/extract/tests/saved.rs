//! Pages saved from real sites, where they are at hand.

use std::path::PathBuf;
use std::time::Instant;

use super::super::eval::{self, Verdict};
use super::super::{ExtractError, html};

/// The folder with saved pages: from the environment, or a `shared` folder beside one of the parents.
fn folder() -> Option<PathBuf> {
    let shared = std::env::var_os("PORCHLIGHT_SHARED").map(PathBuf::from).or_else(|| {
        let start = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        start
            .ancestors()
            .map(|p| p.join("shared"))
            .find(|p| p.join("listings").is_dir())
    })?;
    let listings = shared.join("listings");
    if listings.join("expected.json").is_file() {
        Some(listings)
    } else {
        None
    }
}

#[test]
fn no_field_is_wrong_and_nine_of_ten_are_right() {
    let Some(folder) = folder() else {
        println!("skipped: no saved pages at hand (set PORCHLIGHT_SHARED)");
        return;
    };
    let report = eval::run(&folder).unwrap();
    let wrong: Vec<_> = report
        .pages
        .iter()
        .flat_map(|p| {
            p.fields
                .iter()
                .filter(|(_, f)| f.verdict == Verdict::Wrong)
                .map(|(n, f)| format!("{} {n}: {} != {}", p.page, f.got, f.expected))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let all = report.right + report.wrong + report.missing;
    assert!(report.right * 10 >= all * 9, "{report}");
}

/// Cuts, swaps and repeats of real markup: nothing panics and nothing takes long.
#[test]
fn damaged_pages_are_read_or_refused() {
    let Some(folder) = folder() else {
        println!("skipped: no saved pages at hand (set PORCHLIGHT_SHARED)");
        return;
    };
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |limit: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % limit.max(1) as u64) as usize
    };
    for entry in std::fs::read_dir(folder.join("pages")).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let bytes = &bytes[..bytes.len().min(60_000)];
        for _ in 0..6 {
            let mut page = bytes.to_vec();
            for _ in 0..40 {
                let at = next(page.len());
                match next(4) {
                    0 => page[at] = next(256) as u8,
                    1 => page.truncate(at.max(1_000)),
                    2 => page.insert(at, b"<>\"'&/{}[]="[next(11)]),
                    _ => {
                        let end = (at + next(200)).min(page.len());
                        page.drain(at..end);
                    }
                }
                if page.is_empty() {
                    page.push(b'<');
                }
            }
            let started = Instant::now();
            match html(&page, None, None) {
                Ok(extract) => assert!(extract.images.len() <= 30),
                Err(ExtractError::Wall { reason }) => assert!(!reason.is_empty()),
                Err(_) => {}
            }
            assert!(started.elapsed().as_secs() < 20);
        }
    }
}
