//! Whether each word of a sentence is asserted, denied or left open.
//!
//! "No pool or garage, but a garden" denies the first two and asserts the third; "I don't know
//! whether there is a pool" and "Would you like to see the pool?" state nothing.

use super::mention::Mention;
use super::token::{Kind, Text};

use super::words;
use super::{WordSet, set};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stance {
    #[default]
    Asserted,
    Denied,
    /// Left out of what was said: it is there, as a rule, but what was said does not hold of it.
    Excepted,
    Open,
}

/// WordSet that end what a negation reaches.
static TURNS: WordSet = WordSet::new(|| {
    set("but however though although yet while whereas instead so because except pero aber mais sondern")
});
/// After "and" or a comma these begin something new.
static STARTS: WordSet = WordSet::new(|| {
    set(
        "a an the it its it's there there's this these they he she we you i has have is are was were includes \
    include offers comes come features with which plus including built listed priced located only all one \
    two three both also then that what please just un una el la ein eine der die das",
    )
});
static NEGATORS: WordSet = WordSet::new(|| {
    set(
        "no not without none never neither nor lack lacks lacking cannot excluding excludes sin ni kein keine \
    keinen ohne nicht pas sans aucun aucune",
    )
});
/// After "is not" these refer to what stood before.
static PASSIVES: WordSet = WordSet::new(|| {
    set(
        "allowed permitted included available present welcome accepted offered provided part there possible \
    considered here applicable erlaubt vorhanden permitidas permitidos",
    )
});
/// What a listing or a person may be silent about.
static SILENCES: WordSet = WordSet::new(|| {
    set(
        "mention mentions mentioned say says said state states stated specify specifies specified indicate \
    indicates indicated list listed lists note noted show shown know known sure certain confirm confirmed \
    tell information info detail details data record records disclosed documented clear described describe \
    given recorded answer idea find cover covered address addressed spell verify determine",
    )
});
/// With "about" or "on" after them, these speak of a subject without stating it.
static SUBJECTS: WordSet = WordSet::new(|| {
    set(
        "information info detail details question questions ask asked asking more know data record records \
    curious inquire answer answers wondering else talk hear learn",
    )
});

/// One stance for each token of a sentence.
pub fn stances(text: &Text<'_>, mentions: &[Mention]) -> Vec<Stance> {
    let count = text.tokens.len();
    let mut out = vec![Stance::Asserted; count];
    let asks = (0..count).rev().take(3).any(|i| text.is_mark(i, '?'));
    if asks && !(text.word(0) == "did" && text.word(1) == "you") {
        // A label with a question mark ("Pool? No") is read below like one with a colon.
        let short = count <= 6 && mentions.first().is_some_and(|m| m.from == 0);
        if !short {
            return vec![Stance::Open; count];
        }
    }
    let mut now = Stance::Asserted;
    let mut clause = 0;
    let mut aside = false;
    let mut i = 0;
    // What held before the latest turn, and where that was.
    let (mut before, mut turned) = (now, None);
    // Where a list of exceptions ends.
    let mut excepted = 0;
    while i < count {
        if resets(text, i) && i >= excepted {
            // "No pets, except cats": the comma and the word after it are one turn.
            if turned.is_none_or(|turned| turned + 1 != i) {
                before = now;
            }
            (now, clause, turned) = (Stance::Asserted, i + 1, Some(i));
        }
        if is_exception(text, i) {
            let held = if turned == Some(i) { before } else { now };
            now = match held {
                Stance::Asserted => Stance::Excepted,
                Stance::Denied => Stance::Asserted,
                other => other,
            };
            excepted = end_of_list(text, i + 1);
        }
        if let Some(stance) = label_value(text, mentions, i) {
            mark_back(&mut out, mentions, i, stance);
            out[i] = stance;
            i += 1;
            continue;
        }
        if is_negator(text, i) {
            let reach = end_of_clause(text, i + 1);
            if is_silence(text, clause, i, reach) {
                now = Stance::Open;
                out[clause..=i].fill(Stance::Open);
            } else if is_passive(text, i) {
                deny_subject(text, &mut out, clause, i);
            } else if now == Stance::Asserted {
                now = Stance::Denied;
            }
        } else if leaves_open(text, i, clause) {
            now = Stance::Open;
        } else if now == Stance::Denied && is_aside(text, i) {
            (now, aside) = (Stance::Open, true);
        } else if aside && (text.is_mark(i, ',') || text.word(i) == "and") {
            (now, aside) = (Stance::Asserted, false);
        }
        // A zero denies what it counts.
        let zero =
            text.word(i) == "zero" || matches!(text.tokens[i].kind, Kind::Number(n) if n.value == 0.0 && n.plain);
        if let Some(counted) = mentions.iter().find(|m| zero && m.from == i + 1) {
            out[counted.from..counted.to].fill(Stance::Denied);
            i = counted.to;
            continue;
        }
        out[i] = now;
        i += 1;
    }
    out
}

/// What follows is excepted from what was said: "furnished, except for the piano", "no pets apart from cats". Where nothing
/// was said yet it is added: "Apart from the pool there is a sauna".
fn is_exception(text: &Text<'_>, i: usize) -> bool {
    let begins = i.checked_sub(1).is_none_or(|i| match text.tokens[i].kind {
        Kind::Mark(mark) => mark != ',',
        _ => matches!(text.word(i), "set" | "sits" | "stands" | "built"),
    });
    !begins
        && match text.word(i) {
            "except" | "excepting" => true,
            "apart" | "aside" => text.word(i + 1) == "from",
            "other" => text.word(i + 1) == "than",
            "save" => text.word(i + 1) == "for",
            _ => false,
        }
}

/// A list goes on over "and" and commas to the end of its sentence, unless something else is said of the rest: it has a
/// verb of its own, or begins with "but" or "there's".
fn end_of_list(text: &Text<'_>, from: usize) -> usize {
    let count = text.tokens.len();
    let ends = |i: &usize| match text.tokens[*i].kind {
        Kind::Mark(mark) => mark != ',' && resets(text, *i),
        _ => TURNS.contains(text.word(*i)) || matches!(text.word(*i), "there" | "there's" | "it" | "it's"),
    };
    let end = (from..count).find(ends).unwrap_or(count);
    let Some(verb) = (from..end).find(|i| is_verb(text, *i)) else {
        return end;
    };
    (from..verb).rev().find(|i| resets(text, *i)).unwrap_or(from)
}

/// Something new begins at token `i`.
fn resets(text: &Text<'_>, i: usize) -> bool {
    match text.tokens[i].kind {
        Kind::Mark(';' | '\n' | '|' | '!' | '?' | '(' | ')' | ':') => true,
        Kind::Mark('.') => text.tokens.get(i + 1).is_some_and(|next| next.apart && next.capital),
        Kind::Mark('-') => text.tokens[i].apart && text.tokens.get(i + 1).is_some_and(|next| next.apart),
        Kind::Mark(',') => begins(text, i + 1),
        Kind::Word if text.word(i) == "and" => begins(text, i + 1),
        Kind::Word => TURNS.contains(text.word(i)) && !(text.word(i) == "so" && text.word(i + 1) == "no"),
        _ => false,
    }
}

fn begins(text: &Text<'_>, i: usize) -> bool {
    match text.tokens.get(i).map(|t| t.kind) {
        Some(Kind::Number(_)) => true,
        Some(Kind::Mark(mark)) => words::currency_sign(mark).is_some(),
        Some(Kind::Word) if text.word(i) == "and" => begins(text, i + 1),
        Some(Kind::Word) => STARTS.contains(text.word(i)) || TURNS.contains(text.word(i)) || is_negator(text, i),
        _ => false,
    }
}

fn end_of_clause(text: &Text<'_>, from: usize) -> usize {
    (from..text.tokens.len())
        .find(|i| resets(text, *i))
        .unwrap_or(text.tokens.len())
}

fn is_negator(text: &Text<'_>, i: usize) -> bool {
    let word = text.word(i);
    if word.ends_with("n't") || word == "cant" || word == "dont" || word == "doesnt" || word == "isnt" {
        return true;
    }
    if !NEGATORS.contains(word) {
        return false;
    }
    let next = text.word(i + 1);
    // "No, …" answers; "No. 5" numbers; "not only" and "no doubt" deny nothing.
    !(word == "no"
        && (text.is_mark(i + 1, ',')
            || text.is_mark(i + 1, '.')
            || matches!(next, "doubt" | "problem" | "matter" | "worries")))
        && !(word == "not" && matches!(next, "only" | "just" | "to" | "least"))
}

/// The negation says that something is not known or not written.
fn is_silence(text: &Text<'_>, clause: usize, at: usize, end: usize) -> bool {
    // "I don't have a pool on record": who speaks lacks knowledge, not the house a pool.
    let speaker = at.checked_sub(1).filter(|i| *i >= clause).map_or("", |i| text.word(i));
    let speaker = match speaker {
        "do" | "can" | "could" | "am" | "have" | "was" | "were" => at.checked_sub(2).map_or("", |i| text.word(i)),
        word => word,
    };
    if matches!(speaker, "i" | "we" | "i'm" | "we're") || text.word(at) == "cannot" && matches!(speaker, "i" | "we") {
        return true;
    }
    (at + 1..end.min(at + 5)).any(|i| SILENCES.contains(text.word(i)))
}

/// "… are not allowed", "… is not included", or the sentence ends with "not".
fn is_passive(text: &Text<'_>, i: usize) -> bool {
    let word = text.word(i);
    if !(word == "not" || word.ends_with("n't") || word == "nicht" || word == "never") {
        return false;
    }
    let mut next = i + 1;
    while matches!(text.word(next), "be" | "been" | "currently" | "generally" | "being") {
        next += 1;
    }
    PASSIVES.contains(text.word(next)) || next >= text.tokens.len() || text.is_mark(next, '.')
}

/// Denies the words before a passive negation, back to the verb or the start of the clause.
fn deny_subject(text: &Text<'_>, out: &mut [Stance], clause: usize, at: usize) {
    // The first verb on the way back is the negated one itself.
    let own = at.checked_sub(1).filter(|i| is_verb(text, *i)).unwrap_or(at);
    let other = (clause..own).rev().find(|i| is_verb(text, *i));
    let from = match other {
        // "There is an elevator, and smoking is not allowed": only the nearest part is meant.
        Some(verb) => {
            (verb..own)
                .rev()
                .find(|i| text.is_mark(*i, ',') || text.word(*i) == "and")
                .unwrap_or(verb)
                + 1
        }
        None => clause,
    };
    out[from..=at].fill(Stance::Denied);
}

fn is_verb(text: &Text<'_>, i: usize) -> bool {
    matches!(
        text.word(i),
        "is" | "are"
            | "was"
            | "were"
            | "do"
            | "does"
            | "has"
            | "have"
            | "can"
            | "may"
            | "will"
            | "offers"
            | "includes"
            | "features"
            | "with"
            | "stay"
            | "stays"
            | "come"
            | "comes"
            | "convey"
            | "conveys"
    )
}

/// `Pool: No`, `Garage - yes`, `Basement? none`, also with the value on the next line.
fn label_value(text: &Text<'_>, mentions: &[Mention], i: usize) -> Option<Stance> {
    if !matches!(text.tokens[i].kind, Kind::Mark(':' | '=' | '?' | '\n' | '-'))
        || !mentions
            .iter()
            .any(|m| m.to == i || m.to + 1 == i && text.is_mark(m.to, '?'))
    {
        return None;
    }
    let ends = |at: usize| {
        at >= text.tokens.len() || matches!(text.tokens[at].kind, Kind::Mark('\n' | ',' | ';' | '|' | '.' | ')'))
    };
    match text.word(i + 1) {
        "no" | "none" | "n" | "false" | "nein" | "non" | "ninguno" | "ninguna" | "keine" | "kein" | "0" => {
            let alone = ends(i + 2) || matches!(text.word(i + 1), "none" | "false" | "0");
            alone.then_some(Stance::Denied)
        }
        "not" => Some(Stance::Denied),
        "unknown" | "unspecified" | "ask" | "tbd" | "other" if ends(i + 2) => Some(Stance::Open),
        "n/a" | "na" => Some(Stance::Open),
        _ => None,
    }
}

fn mark_back(out: &mut [Stance], mentions: &[Mention], i: usize, stance: Stance) {
    if let Some(label) = mentions.iter().rev().find(|m| m.to <= i) {
        out[label.from..label.to].fill(stance);
    }
}

/// "There is no basement **with this condo**": what is denied is over; what comes after the aside is said again.
fn is_aside(text: &Text<'_>, i: usize) -> bool {
    matches!(text.word(i), "with" | "in" | "on" | "at" | "for" | "of") && matches!(text.word(i + 1), "this" | "that")
}

/// From here on the clause only speaks about its subject.
fn leaves_open(text: &Text<'_>, i: usize, clause: usize) -> bool {
    match text.word(i) {
        "whether" | "if" => true,
        "about" | "regarding" | "concerning" | "on" => {
            let from = i.saturating_sub(4).max(clause);
            (from..i).any(|j| SUBJECTS.contains(text.word(j)))
        }
        "ask" | "asking" => (clause..i).any(|j| {
            matches!(
                text.word(j),
                "i" | "we" | "i'll" | "we'll" | "you" | "can" | "to" | "please"
            )
        }),
        // "I can arrange a showing", "Please contact …"
        "confirm" | "check" | "verify" => matches!(text.word(i + 1), "with" | "whether" | "if"),
        "schedule" | "arrange" | "inquire" => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::mention::mentions;
    use super::super::topic::Topic;
    use super::*;

    fn read(sentence: &str) -> Vec<(Topic, Stance)> {
        let text = Text::new(sentence);
        let found = mentions(&text);
        let stances = stances(&text, &found);
        found
            .iter()
            .filter(|m| m.topic.is_stated())
            .map(|m| (m.topic, stances[m.from]))
            .collect()
    }

    #[test]
    fn an_exception_is_neither_said_nor_denied() {
        use Stance::{Asserted, Denied, Excepted};
        use Topic::{Cats, Garage, Garden, Pets, Pool};
        assert_eq!(
            read("It is all here except for the pool and the garage."),
            [(Pool, Excepted), (Garage, Excepted)]
        );
        for and in [
            "apart from the pool, and the garage is new",
            "other than the pool, but the garage fits two cars",
            "except the pool, but there's a garage",
        ] {
            let read = read(&format!("It is all here, {and}."));
            assert_eq!(read[..2], [(Pool, Excepted), (Garage, Asserted)], "{and}");
        }
        assert_eq!(read("No pets, except cats."), [(Pets, Denied), (Cats, Asserted)]);
        assert_eq!(
            read("Apart from the pool, there is a garden set apart from the garage."),
            [(Pool, Asserted), (Garden, Asserted), (Garage, Asserted)]
        );
    }

    #[test]
    fn a_negation_reaches_as_far_as_a_reader_takes_it() {
        use Stance::{Asserted, Denied, Open};
        use Topic::{Basement, Cats, Dogs, Garage, Garden, Hoa, Pets, Pool};
        assert_eq!(
            read("There is no pool or garage, but it has a garden."),
            [(Pool, Denied), (Garage, Denied), (Garden, Asserted)]
        );
        assert_eq!(
            read("No pool, garage or basement."),
            [(Pool, Denied), (Garage, Denied), (Basement, Denied)]
        );
        assert_eq!(
            read("It doesn't have a pool, and the garage is new."),
            [(Pool, Denied), (Garage, Asserted)]
        );
        assert_eq!(read("Dogs and cats are not allowed."), [(Dogs, Denied), (Cats, Denied)]);
        assert_eq!(read("Pets aren't allowed."), [(Pets, Denied)]);
        assert_eq!(read("Pool: No"), [(Pool, Denied)]);
        assert_eq!(read("Pool: none; Garage: yes"), [(Pool, Denied), (Garage, Asserted)]);
        assert_eq!(
            read("Yes, pets are allowed, and there is no HOA."),
            [(Pets, Asserted), (Hoa, Denied)]
        );
        assert_eq!(read("No, there is a garage."), [(Garage, Asserted)]);
        assert_eq!(read("I don't know whether there is a pool."), [(Pool, Open)]);
        assert_eq!(
            read("The listing does not mention a pool, but there is a garage."),
            [(Pool, Open), (Garage, Asserted)]
        );
        assert_eq!(read("Would you like to see the pool?"), [(Pool, Open)]);
        assert_eq!(read("A pool is not mentioned."), [(Pool, Open)]);
        assert_eq!(read("I can ask about the pool."), [(Pool, Open)]);
        assert_eq!(read("0 garage spaces"), [(Garage, Denied)]);
    }
}
