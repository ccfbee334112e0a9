//! Whether the time of an answer tells a stranger's id from a missing one. Measured where `PORCHLIGHT_TEST_CASES` is
//! set only: on a busy machine it says little.

use std::time::Instant;

use super::{
    Actor,
    routes::{API, Kind},
    world::{World, setup},
};
use crate::app::{Store, TestApp, cases};

/// The two-sided p of Mann and Whitney's test, by its normal approximation.
fn p_of(one: &[u64], other: &[u64]) -> f64 {
    let mut all: Vec<(u64, bool)> = one
        .iter()
        .map(|t| (*t, true))
        .chain(other.iter().map(|t| (*t, false)))
        .collect();
    all.sort_unstable();
    let (mut ranks, mut at) = (0.0, 0);
    while at < all.len() {
        let same = all[at..].iter().take_while(|(t, _)| *t == all[at].0).count();
        let rank = at as f64 + (same as f64 + 1.0) / 2.0;
        ranks += rank * all[at..at + same].iter().filter(|(_, of_one)| *of_one).count() as f64;
        at += same;
    }
    let (n, m) = (one.len() as f64, other.len() as f64);
    let u = ranks - n * (n + 1.0) / 2.0;
    let z = (u - n * m / 2.0).abs() / (n * m * (n + m + 1.0) / 12.0).sqrt();
    // Abramowitz and Stegun 7.1.26.
    let x = z / 2.0_f64.sqrt();
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let series = [
        0.254_829_592,
        -0.284_496_736,
        1.421_413_741,
        -1.453_152_027,
        1.061_405_429,
    ];
    let sum: f64 = series.iter().rev().fold(0.0, |sum, a| (sum + a) * t);
    sum * (-x * x).exp()
}

#[test]
fn the_test_tells_different_times_apart() {
    let times = |from: u64| (0..500).map(|n| from + n * 7919 % 101).collect::<Vec<u64>>();
    assert!(p_of(&times(100), &times(100)) > 0.9);
    assert!(p_of(&times(100), &times(120)) < 0.001);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_strangers_id_takes_as_long_as_a_missing_one() {
    let n = cases(0, 500);
    if n == 0 {
        return;
    }
    let app = TestApp::with(setup(Store::Sqlite)).await;
    let world = World::new(&app).await;
    let rows: Vec<_> = API
        .iter()
        .filter(|row| row.kind == Kind::Object && row.address.contains("/{") && !row.address.contains("{my_"))
        .collect();
    let mut least = 1.0_f64;
    for row in &rows {
        let mut times = [Vec::new(), Vec::new()];
        for round in 0..2 * n + 20 {
            // In turns, and the turns change places: a slow moment of the machine hits both alike.
            let missing = round % 2 == (round / 2) % 2;
            let started = Instant::now();
            let answer = world.ask(Actor::OtherToken, "/v1", row, missing).await;
            let taken = started.elapsed().as_nanos() as u64;
            assert_eq!(answer.status.as_u16(), 404);
            if round >= 20 {
                times[usize::from(missing)].push(taken);
            }
        }
        let median = |times: &[u64]| {
            let mut times = times.to_vec();
            times.sort_unstable();
            times[times.len() / 2] as f64
        };
        let (foreign, missing) = (median(&times[0]), median(&times[1]));
        let apart = (foreign - missing).abs();
        assert!(
            apart < 2e6 || apart < missing * 0.05,
            "{}: {foreign} and {missing} ns",
            row.address
        );
        let p = p_of(&times[0], &times[1]);
        println!(
            "{} {}: {:.3} and {:.3} ms, p = {p:.3}",
            row.method,
            row.address,
            foreign / 1e6,
            missing / 1e6
        );
        least = least.min(p);
    }
    // One in a hundred over all of them together (Bonferroni): so many routes by themselves would fail at random.
    assert!(least > 0.01 / rows.len() as f64, "least p = {least}");
}
