//! Where an English sentence says something new: turns, subjects of their own, verbs.

use std::ops::Range;

use super::super::token::{Kind, Text};
use super::super::{WordSet, set};

/// Cuts a text where something with a subject of its own begins, and where `also` says so.
pub(super) fn statements(text: &Text<'_>, also: impl Fn(usize) -> bool) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut from = 0;
    for i in 0..text.tokens.len() {
        let own = || verb(text, from..i).is_some() && begins(text, i + 1);
        let turn = match text.tokens[i].kind {
            Kind::Mark(';' | '\n') => true,
            Kind::Mark(',') => TURNS.contains(text.word(i + 1)) || own(),
            Kind::Word if text.word(i) == "and" => own(),
            Kind::Word => TURNS.contains(text.word(i)),
            _ => false,
        };
        if turn || also(i) {
            out.push(from..i);
            from = i + 1;
        }
    }
    out.push(from..text.tokens.len());
    out.retain(|range| !range.is_empty());
    out
}

/// "… and **cooling is** by central air": a clause with a subject of its own.
fn begins(text: &Text<'_>, i: usize) -> bool {
    if RELATIVES.contains(text.word(i)) {
        return false;
    }
    // A list as a subject has its commas before its "and": "the range, the hob and the fridge are …".
    let mut list = false;
    for at in i..text.tokens.len().min(i + 14) {
        match text.tokens[at].kind {
            Kind::Mark(',') => list = true,
            Kind::Mark('-') => {}
            Kind::Mark(_) => return false,
            _ if text.word(at) == "and" => list = false,
            _ if verb(text, at..at + 1).is_some() => return !list && (at > i || text.word(at).contains('\'')),
            _ if !list && at >= i + 8 => return false,
            _ => {}
        }
    }
    false
}

/// The first verb of a clause.
pub(super) fn verb(text: &Text<'_>, range: Range<usize>) -> Option<usize> {
    range.into_iter().find(|i| {
        let word = text.word(*i);
        VERBS.contains(word)
            || word.ends_with("n't")
            || matches!(word, "it's" | "there's" | "that's" | "you'll" | "you're" | "you'd")
    })
}

pub(super) static PRONOUNS: WordSet = WordSet::new(|| set("it it's its they they're their"));

static TURNS: WordSet = WordSet::new(|| set("but while although though since because whereas however so plus"));

pub(super) static RELATIVES: WordSet = WordSet::new(|| set("that which who where whose"));

/// Verbs with a subject before them.
pub(super) static VERBS: WordSet = WordSet::new(|| {
    set(
        "is are was were has have had comes come came includes include stays stay sits sit opens open faces face covers \
    cover pays pay allows allow permits permit can may could will would must should does do did runs run measures measure \
    needs need wants want looks look averaged averages ran costs cost carries carry requires require gets get gives give \
    takes take offers offer keeps keep leads lead connects connect maintains maintain extends belongs goes go went seats \
    fits contains contain features feature uses use serves serve lies stands provides provide shares share becomes enters \
    leaves leave handles works adds makes boasts enjoys enjoy brings lets sells rents dates overlooks separates houses \
    heats cools cooks supplies takes",
    )
});
