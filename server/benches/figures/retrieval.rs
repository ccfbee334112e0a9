//! Retrieval in the process: what a question costs in a bot's knowledge.

use std::time::Instant;

use engine::retrieval::index::{Doc, Index};

use crate::{
    Effort, load,
    report::{Goal, Report},
};

/// Passages of 60 words with a vocabulary in which few words are frequent, the same for the same seed.
pub fn corpus(passages: usize, seed: u64) -> Vec<String> {
    let mut random = Random(seed);
    let vocabulary: Vec<String> = (0..20_000).map(|n| word(n * 7 + 11)).collect();
    let pick = |random: &mut Random| {
        // The n-th most frequent word comes 1/n as often as the first.
        let at = (20_000_f64.powf(random.next()) - 1.0) as usize;
        vocabulary[at.min(19_999)].clone()
    };
    (0..passages)
        .map(|_| {
            let words: Vec<String> = (0..60).map(|_| pick(&mut random)).collect();
            words
                .chunks(12)
                .map(|words| words.join(" "))
                .collect::<Vec<_>>()
                .join(". ")
                + "."
        })
        .collect()
}

/// A pronounceable word for a number.
fn word(mut n: usize) -> String {
    let mut word = String::new();
    loop {
        word.push(char::from(b"bdfgklmnprstvz"[n % 14]));
        word.push(char::from(b"aeiou"[n / 14 % 5]));
        n /= 70;
        if n == 0 {
            return word + "n";
        }
    }
}

/// A generator that gives the same numbers everywhere (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

pub fn measure(report: &mut Report, effort: Effort) {
    report.part("Retrieval: five words of a passage, the eight best passages");
    for (passages, goal) in [(1_000, 0.15), (10_000, 1.2), (100_000, 3.0)] {
        let texts = corpus(passages, 3);
        let began = Instant::now();
        let index = Index::build(texts.iter().map(|text| Doc { title: None, text }));
        let built = began.elapsed().as_secs_f64() * 1e3;
        let mut random = Random(5);
        let mut took: Vec<f64> = (0..400 * effort.rounds)
            .map(|_| {
                let from = &texts[(random.next() * passages as f64) as usize];
                let words: Vec<&str> = from.split([' ', '.']).filter(|w| !w.is_empty()).collect();
                let query: Vec<&str> = (0..5)
                    .map(|_| words[(random.next() * words.len() as f64) as usize])
                    .collect();
                let query = query.join(" ");
                let began = Instant::now();
                let hits = index.search(&query, 8);
                assert!(!hits.is_empty());
                began.elapsed().as_secs_f64() * 1e3
            })
            .collect();
        report.figure(
            format!("search p50, {passages} passages"),
            load::quantile(&mut took, 0.5),
            "ms",
            Goal::AtMost(goal),
        );
        report.figure(
            format!("search p99, {passages} passages"),
            load::quantile(&mut took, 0.99),
            "ms",
            Goal::None,
        );
        report.figure(format!("index built, {passages} passages"), built, "ms", Goal::None);
        report.figure(
            format!("index in memory, {passages} passages"),
            index.memory_bytes() as f64 / 1e6,
            "MB",
            Goal::None,
        );
    }
}
