//! From a question to the best passages.
//!
//! Scores are summed into a window of passages that fits the first-level cache, term after term,
//! then the window is swept for scores above the worst that is still among the best. Pruning
//! (MaxScore) was left out on purpose: with additions this cheap it costs more than it saves.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::{BLOCK, Hit, Index, words};

/// Passages scored at a time: 4,096 sums of 4 bytes are 16 kB.
const WINDOW: u32 = 4096;
/// More distinct words than this in one question are cut off.
const MOST_TERMS: usize = 256;

/// A term of the question with what is left of its postings in the current block.
struct Cursor<'a> {
    term: u32,
    /// How often the question holds the word.
    times: u32,
    rest: &'a [u32],
}

pub(super) fn search(index: &Index, query: &str, k: usize) -> Vec<Hit> {
    let mut cursors = cursors(index, query);
    if cursors.is_empty() || k == 0 {
        return Vec::new();
    }
    let term_count = index.terms.len();
    let mut best = Best::new(k.min(index.len()));
    let mut sums = vec![0_u32; WINDOW.min(index.docs) as usize];
    for block in 0..index.docs.div_ceil(BLOCK) {
        for cursor in &mut cursors {
            let slot = block as usize * term_count + cursor.term as usize;
            let range = index.starts[slot] as usize..index.starts[slot + 1] as usize;
            cursor.rest = &index.postings[range];
        }
        let docs = (index.docs - block * BLOCK).min(BLOCK);
        for low in (0..docs).step_by(WINDOW as usize) {
            let sums = &mut sums[..(docs - low).min(WINDOW) as usize];
            if add(&mut cursors, sums, low) {
                best.sweep(sums, block * BLOCK + low);
            }
        }
    }
    best.into_hits(index.step)
}

fn cursors<'a>(index: &Index, query: &str) -> Vec<Cursor<'a>> {
    let stemmer = words::stemmer();
    let mut cursors: Vec<Cursor<'a>> = Vec::new();
    words::words(query, |word| {
        if words::is_stop(word) {
            return;
        }
        let Some(term) = index.terms.get(stemmer.stem(word).as_ref()) else {
            return;
        };
        if let Some(cursor) = cursors.iter_mut().find(|cursor| cursor.term == *term) {
            cursor.times = (cursor.times + 1).min(4);
        } else if cursors.len() < MOST_TERMS {
            cursors.push(Cursor {
                term: *term,
                times: 1,
                rest: &[],
            });
        }
    });
    cursors
}

/// Adds every impact of the window; false when no term occurs in it.
fn add(cursors: &mut [Cursor<'_>], sums: &mut [u32], low: u32) -> bool {
    let high = low + sums.len() as u32;
    let mut any = false;
    for cursor in cursors {
        // The passage number is the low half, so the window's end is found by it alone.
        let end = match cursor.rest.last() {
            Some(last) if last & 0xffff < high => cursor.rest.len(),
            _ => cursor.rest.partition_point(|posting| posting & 0xffff < high),
        };
        let (now, rest) = cursor.rest.split_at(end);
        for posting in now {
            sums[((posting & 0xffff) - low) as usize] += (posting >> 16) * cursor.times;
        }
        cursor.rest = rest;
        any |= !now.is_empty();
    }
    any
}

/// The best so far: higher sum first, then lower number.
struct Best {
    k: usize,
    heap: BinaryHeap<Reverse<(u32, Reverse<u32>)>>,
    /// A sum must be above this to be kept.
    bar: u32,
}

impl Best {
    fn new(k: usize) -> Self {
        Self {
            k,
            heap: BinaryHeap::with_capacity(k + 1),
            bar: 0,
        }
    }

    /// Takes what is good enough out of a window and leaves the window zeroed.
    fn sweep(&mut self, sums: &mut [u32], first: u32) {
        // Groups of 16 are compared at once; nearly all of them hold nothing good enough.
        for (group, chunk) in sums.chunks_mut(16).enumerate() {
            if chunk.iter().fold(0, |highest, sum| highest.max(*sum)) > self.bar {
                for (i, sum) in chunk.iter().enumerate() {
                    if *sum > self.bar {
                        self.take(*sum, first + (group * 16 + i) as u32);
                    }
                }
            }
            chunk.fill(0);
        }
    }

    /// Passages come in ascending order, so an equal sum never displaces an earlier one.
    fn take(&mut self, sum: u32, doc: u32) {
        self.heap.push(Reverse((sum, Reverse(doc))));
        if self.heap.len() > self.k {
            self.heap.pop();
        }
        if self.heap.len() == self.k {
            self.bar = self.heap.peek().map_or(0, |Reverse((sum, _))| *sum);
        }
    }

    fn into_hits(self, step: f32) -> Vec<Hit> {
        let ordered = self.heap.into_sorted_vec();
        ordered
            .into_iter()
            .map(|Reverse((sum, Reverse(doc)))| Hit {
                doc,
                score: sum as f32 * step,
            })
            .collect()
    }
}
