//! From passages to postings.

use std::collections::HashMap;

use super::{B, BLOCK, Doc, Index, K1, TITLE_WEIGHT, words};

/// A count of one term in one passage, before scores are known.
#[derive(Clone, Copy)]
struct Count {
    term: u32,
    doc: u32,
    times: u32,
}

pub(super) fn build<'a>(docs: impl IntoIterator<Item = Doc<'a>>) -> Index {
    let mut reader = Reader::default();
    let mut counts = Vec::new();
    let mut lengths = Vec::new();
    for doc in docs {
        lengths.push(reader.read(doc, lengths.len() as u32, &mut counts));
    }
    let docs = lengths.len() as u32;
    let term_count = reader.terms.len();
    let idf = inverse_frequencies(&counts, term_count, docs);

    let average = lengths.iter().map(|l| *l as f32).sum::<f32>() / lengths.len().max(1) as f32;
    let score = |count: &Count| {
        let times = count.times as f32;
        let length = lengths[count.doc as usize] as f32 / average.max(1.0);
        idf[count.term as usize] * times * (K1 + 1.0) / (times + K1 * (1.0 - B + B * length))
    };
    let highest = counts.iter().map(score).fold(0.0_f32, f32::max);
    let step = if highest > 0.0 {
        highest / f32::from(u16::MAX)
    } else {
        1.0
    };

    // Counting sort by (block, term); within a slot the passages stay ascending because they were
    // read in order.
    let blocks = docs.div_ceil(BLOCK) as usize;
    let slot = |count: &Count| (count.doc / BLOCK) as usize * term_count + count.term as usize;
    let mut starts = vec![0_u32; blocks * term_count + 1];
    for count in &counts {
        starts[slot(count) + 1] += 1;
    }
    for i in 1..starts.len() {
        starts[i] += starts[i - 1];
    }
    let mut next = starts.clone();
    let mut postings = vec![0_u32; counts.len()];
    for count in &counts {
        let place = &mut next[slot(count)];
        // At least one step: a passage with the word always beats one without it.
        let impact = (score(count) / step).round().clamp(1.0, f32::from(u16::MAX)) as u32;
        postings[*place as usize] = (impact << 16) | (count.doc % BLOCK);
        *place += 1;
    }
    let mut terms = reader.terms;
    terms.shrink_to_fit();
    Index {
        docs,
        terms,
        starts,
        postings,
        step,
    }
}

/// `ln(1 + (N - n + 0.5) / (n + 0.5))` for every term, `n` passages of `N` holding it.
fn inverse_frequencies(counts: &[Count], terms: usize, docs: u32) -> Vec<f32> {
    let mut holders = vec![0_u32; terms];
    for count in counts {
        holders[count.term as usize] += 1;
    }
    let docs = docs as f32;
    holders
        .iter()
        .map(|n| (1.0 + (docs - *n as f32 + 0.5) / (*n as f32 + 0.5)).ln())
        .collect()
}

/// Stems once per distinct word, not once per occurrence.
#[derive(Default)]
struct Reader {
    terms: HashMap<Box<str>, u32>,
    /// Word as written (lower case) to its term; `None` for a stop word.
    seen: HashMap<Box<str>, Option<u32>>,
    /// For each term: where in `counts` its entry for the current passage stands, plus one.
    place: Vec<u32>,
}

impl Reader {
    /// Adds the counts of one passage and gives back its length in words.
    fn read(&mut self, doc: Doc<'_>, number: u32, counts: &mut Vec<Count>) -> u32 {
        let first = counts.len();
        let mut length = 0;
        for (text, weight) in [(doc.title.unwrap_or(""), TITLE_WEIGHT), (doc.text, 1)] {
            words::words(text, |word| {
                let Some(term) = self.term(word) else { return };
                length += weight;
                match self.place[term as usize] {
                    0 => {
                        counts.push(Count {
                            term,
                            doc: number,
                            times: weight,
                        });
                        self.place[term as usize] = (counts.len() - first) as u32;
                    }
                    place => counts[first + place as usize - 1].times += weight,
                }
            });
        }
        for count in &counts[first..] {
            self.place[count.term as usize] = 0;
        }
        length
    }

    fn term(&mut self, word: &str) -> Option<u32> {
        if let Some(term) = self.seen.get(word) {
            return *term;
        }
        let term = (!words::is_stop(word)).then(|| {
            let stem = words::stemmer().stem(word).into_owned().into_boxed_str();
            let next = self.terms.len() as u32;
            *self.terms.entry(stem).or_insert_with(|| {
                self.place.push(0);
                next
            })
        });
        self.seen.insert(word.into(), term);
        term
    }
}
