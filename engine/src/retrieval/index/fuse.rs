//! One list out of two: words and, once a bot has them, vectors.

use std::collections::HashMap;

use super::Hit;

/// Keeps a first place from outweighing everything else (Cormack, Clarke and Buettcher, 2009).
const DAMPING: f32 = 60.0;

/// Merges two ranked lists by reciprocal rank: each list gives a passage `1 / (60 + rank)`. Best
/// first, equal scores in order of number, at most `k`.
pub fn reciprocal_rank(left: &[Hit], right: &[Hit], k: usize) -> Vec<Hit> {
    let mut scores: HashMap<u32, f32> = HashMap::with_capacity(left.len() + right.len());
    for list in [left, right] {
        for (rank, hit) in list.iter().enumerate() {
            *scores.entry(hit.doc).or_default() += 1.0 / (DAMPING + 1.0 + rank as f32);
        }
    }
    let mut hits: Vec<Hit> = scores.into_iter().map(|(doc, score)| Hit { doc, score }).collect();
    hits.sort_unstable_by(|a, b| b.score.total_cmp(&a.score).then(a.doc.cmp(&b.doc)));
    hits.truncate(k);
    hits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(docs: &[u32]) -> Vec<Hit> {
        docs.iter().map(|doc| Hit { doc: *doc, score: 1.0 }).collect()
    }

    #[test]
    fn what_both_lists_hold_comes_first_and_ties_go_by_number() {
        let merged = reciprocal_rank(&list(&[7, 3, 9]), &list(&[3, 8, 1]), 4);
        assert_eq!(merged.iter().map(|hit| hit.doc).collect::<Vec<_>>(), [3, 7, 8, 1]);
        assert!(reciprocal_rank(&[], &[], 3).is_empty());
    }
}
