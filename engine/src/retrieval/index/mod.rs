//! Word retrieval over one bot's passages: BM25 with stemming, held in memory.
//!
//! An index is built once for a version of a bot's knowledge and only read afterwards. Every
//! posting carries its whole BM25 contribution as a 16-bit integer, so a query is nothing but
//! integer additions: the same passages give the same order on every machine and every database.
//!
//! Source of the formula: Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and
//! Beyond" (2009), with the non-negative idf of Lucene, `ln(1 + (N - n + 0.5) / (n + 0.5))`.

mod build;
pub mod eval;
mod fuse;
pub mod list;
mod search;
pub mod words;

use std::collections::HashMap;

pub use fuse::reciprocal_rank;

/// How soon more of the same word stops to count. Between 1.2 and 2.4, and with `B` between 0.5 and
/// 0.85, both halves of a test collection differ by less than their own noise: nothing is fitted.
const K1: f32 = 1.6;
/// How much a passage's length counts, 0 to 1.
const B: f32 = 0.65;
/// A word of the title counts as this many words of the text.
const TITLE_WEIGHT: u32 = 2;

/// A passage as it is indexed. Its position in the input is its number.
#[derive(Clone, Copy, Debug)]
pub struct Doc<'a> {
    pub title: Option<&'a str>,
    pub text: &'a str,
}

/// A passage that was found. Scores compare within one search only.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    pub doc: u32,
    pub score: f32,
}

/// Passages of one bot, ready to be searched. Read-only and shared freely between threads.
#[derive(Debug, Default)]
pub struct Index {
    docs: u32,
    /// Stem to number of its term.
    terms: HashMap<Box<str>, u32>,
    /// Term `t` of block `b` owns `postings[starts[b * terms + t] .. starts[b * terms + t + 1]]`.
    starts: Vec<u32>,
    /// Low half: number of the passage within its block. High half: impact. Ascending by passage.
    postings: Vec<u32>,
    /// What one impact step is worth in BM25 points.
    step: f32,
}

/// Passages in a block; the number of a passage within its block fits 16 bits.
const BLOCK: u32 = 1 << 16;

impl Index {
    /// Reads every passage once. The order of the input decides the numbers of the hits.
    pub fn build<'a>(docs: impl IntoIterator<Item = Doc<'a>>) -> Index {
        build::build(docs)
    }

    /// The `k` best passages for a question, best first; equal scores in order of number.
    /// A passage that shares no word with the question is never returned.
    pub fn search(&self, query: &str, k: usize) -> Vec<Hit> {
        search::search(self, query, k)
    }

    /// Number of passages.
    pub fn len(&self) -> usize {
        self.docs as usize
    }

    pub fn is_empty(&self) -> bool {
        self.docs == 0
    }

    /// Bytes held, allocator overhead left out.
    pub fn memory_bytes(&self) -> usize {
        let entry = size_of::<(Box<str>, u32)>() + 1;
        let words: usize = self.terms.keys().map(|stem| stem.len()).sum();
        size_of::<Self>()
            + self.terms.capacity() * entry
            + words
            + self.starts.capacity() * size_of::<u32>()
            + self.postings.capacity() * size_of::<u32>()
    }
}

#[cfg(test)]
mod tests;
