//! The surroundings of one number, and where its subject stands in them.

use super::claim::{BREAKS, is_border, is_thing, same_kind};
use super::mention::Mention;
use super::quantity::{Quantity, Value};
use super::token::{Kind, Text};
use super::topic::{Topic, Topics, kind};
use super::{WordSet, set};

/// WordSet that may tie a number to the noun behind it.
static TIES: WordSet = WordSet::new(|| set("of in for as towards toward"));
/// WordSet that put a noun aside: "a condo **with** garage", "the fee **for** this home".
static ASIDES: WordSet = WordSet::new(|| {
    set("with without plus including near for of on in at from by to includes covers include cover like")
});

pub struct View<'v> {
    pub text: &'v Text<'v>,
    pub mentions: &'v [Mention],
    pub quantities: &'v [Quantity],
    pub taken: &'v [bool],
    pub at: usize,
}

impl View<'_> {
    fn quantity(&self) -> &Quantity {
        &self.quantities[self.at]
    }

    pub fn subject(&self) -> Option<usize> {
        let kind = self.quantity().value.kind();
        let kinds = match self.quantity().value {
            // A bare number may be a price or a size when its label stands before it.
            Value::Count(_) => kind::ANY,
            _ => kind,
        };
        let label = |m: &Mention| m.topic.kinds() & kinds != 0;
        let behind = |m: &Mention| m.topic.kinds() & kind != 0;
        // Money first looks for words of money; a thing that is paid for comes second. A year goes
        // to an event, a bare number to what can be counted or to a plain label.
        let first = |m: &Mention| {
            label(m)
                && match kind {
                    kind::MONEY | kind::TIME => !is_thing(m.topic),
                    kind::COUNT => m.topic.kinds() & kind::COUNT != 0 || !is_thing(m.topic) && !m.topic.is_whole(),
                    _ => true,
                }
        };
        self.table_label(&first)
            .or_else(|| {
                self.noun_behind(&|m| behind(m) && !(kind == kind::MONEY && is_thing(m.topic) && !m.topic.is_whole()))
            })
            .or_else(|| self.linked_label(&first))
            .or_else(|| self.label_before(&first, false))
            .or_else(|| self.tied_behind(&|m| first(m) && behind(m)))
            .or_else(|| self.label_before(&first, true))
            .or_else(|| {
                if kind == kind::TIME {
                    self.event_behind(&first)
                } else {
                    None
                }
            })
            .or_else(|| self.label_beyond(&first))
            .or_else(|| {
                if kind == kind::MONEY {
                    self.label_before(&|m| label(m) && m.topic.kinds() != kind::ANY, true)
                } else {
                    None
                }
            })
    }

    /// `Beds 3`, `Beds: 3`, and the label on the line above.
    fn table_label(&self, fits: &dyn Fn(&Mention) -> bool) -> Option<usize> {
        let from = self.quantity().from;
        let mark = from
            .checked_sub(1)
            .filter(|i| matches!(self.text.tokens[*i].kind, Kind::Mark(':' | '=' | '\n' | '|')));
        let end = mark.unwrap_or(from);
        let (index, _) = self.before(end).find(|(_, m)| m.to == end)?;
        let mention = self.mentions[index];
        let prose = mention.from.checked_sub(1).is_some_and(|i| {
            matches!(
                self.text.word(i),
                "the" | "a" | "an" | "this" | "its" | "it" | "of" | "in"
            )
        });
        let free = !self.taken[index]
            && fits(&mention)
            && !mention.topic.is_whole()
            && (mark.is_some() || !is_thing(mention.topic));
        // A noun right behind competes; without a colon the label must open a run of labels.
        (free && (mark.is_some() || !prose)).then_some(index)
    }

    /// "3 spacious bedrooms", "2-car garage", "$396 monthly HOA fee".
    fn noun_behind(&self, fits: &dyn Fn(&Mention) -> bool) -> Option<usize> {
        let mut i = self.quantity().to;
        let mut skipped = 0;
        let limit = i + 7;
        while i < self.text.tokens.len().min(limit) {
            if let Some((index, mention)) = self.mentions.iter().enumerate().find(|(_, m)| m.from == i) {
                if !self.taken[index] && fits(mention) {
                    return Some(index);
                }
                i = mention.to;
                skipped += 1;
            } else if let Some(next) = self.quantities.iter().find(|q| q.from == i) {
                if !self.is_range(i) {
                    return None;
                }
                i = next.to;
            } else {
                match self.text.tokens[i].kind {
                    Kind::Mark('-') => {}
                    Kind::Mark('/') | Kind::Mark('+') if i == self.quantity().to => {}
                    Kind::Mark('\n') if i == self.quantity().to => {}
                    Kind::Mark('.') if !self.text.tokens.get(i + 1).is_some_and(|t| t.capital) => {}
                    Kind::Word if self.is_connector(i) => {}
                    Kind::Word if BREAKS.contains(self.text.word(i)) => return None,
                    Kind::Word => skipped += 1,
                    _ => return None,
                }
                i += 1;
            }
            if skipped > 3 {
                return None;
            }
        }
        None
    }

    /// Token `i` is a number that ends a range begun by this one: "3-4 bedrooms".
    fn is_range(&self, i: usize) -> bool {
        let to = self.quantity().to;
        i == to + 1 && (self.text.is_mark(to, '-') || matches!(self.text.word(to), "to" | "or" | "and"))
    }

    fn is_connector(&self, i: usize) -> bool {
        i == self.quantity().to
            && matches!(self.text.word(i), "to" | "or" | "and")
            && self
                .quantities
                .iter()
                .any(|q| q.from == i + 1 && same_kind(&q.value, &self.quantity().value))
    }

    pub fn continues_range(&self) -> bool {
        let before = &self.quantities[self.at - 1];
        let from = self.quantity().from;
        from == before.to + 1
            && (self.text.is_mark(before.to, '-') || matches!(self.text.word(before.to), "to" | "or" | "and"))
            && same_kind(&before.value, &self.quantity().value)
    }

    /// "a lot of 5,000 sq ft", "asking price at $489,000".
    fn linked_label(&self, fits: &dyn Fn(&Mention) -> bool) -> Option<usize> {
        let from = self.quantity().from;
        let mut link = from.checked_sub(1)?;
        while link > 0
            && matches!(
                self.text.word(link),
                "about" | "approximately" | "roughly" | "around" | "just" | "only" | "exactly" | "some"
            )
        {
            link -= 1;
        }
        if !matches!(
            self.text.word(link),
            "of" | "at" | "in" | "from" | "measuring" | "totaling"
        ) {
            return None;
        }
        self.before(link)
            .find(|(index, m)| m.to == link && fits(m) && !self.taken[*index])
            .map(|(index, _)| index)
    }

    /// The nearest free label between the number before and this one.
    fn label_before(&self, fits: &dyn Fn(&Mention) -> bool, aside: bool) -> Option<usize> {
        if matches!(self.quantity().value, Value::Count(_)) && !self.follows_verb() {
            return None;
        }
        let wall = self.wall();
        let free = |(index, m): &(usize, &Mention)| {
            m.from >= wall && !self.taken[*index] && fits(m) && (aside || !self.is_aside(m))
        };
        self.before(self.quantity().from).find(free).map(|(index, _)| index)
    }

    /// "$5,200 a year in property taxes".
    fn tied_behind(&self, fits: &dyn Fn(&Mention) -> bool) -> Option<usize> {
        let mut i = self.quantity().to;
        if !TIES.contains(self.text.word(i)) {
            return None;
        }
        i += 1;
        for _ in 0..4 {
            if let Some((index, _)) = self
                .mentions
                .iter()
                .enumerate()
                .find(|(index, m)| m.from == i && fits(m) && !self.taken[*index])
            {
                return Some(index);
            }
            if !self.text.is_word(i) || matches!(self.text.word(i), "and" | "or" | "with" | "is" | "are") {
                return None;
            }
            i += 1;
        }
        None
    }

    /// "In 2015 the kitchen was remodeled".
    fn event_behind(&self, fits: &dyn Fn(&Mention) -> bool) -> Option<usize> {
        let end = self
            .quantities
            .get(self.at + 1)
            .map_or(self.text.tokens.len(), |next| next.from);
        let from = self.quantity().to;
        let until = (from..end).find(|i| is_border(self.text, *i)).unwrap_or(end);
        let inside = |m: &Mention| (from..until).contains(&m.from) && !m.topic.is_whole();
        self.mentions
            .iter()
            .enumerate()
            .find(|(index, m)| inside(m) && fits(m) && !self.taken[*index])
            .map(|(index, _)| index)
    }

    /// "The HOA fee of this $489,000 home is $396": across another number.
    fn label_beyond(&self, fits: &dyn Fn(&Mention) -> bool) -> Option<usize> {
        let border = self.border();
        let verb = self.follows_verb();
        let free =
            |(index, m): &(usize, &Mention)| m.from >= border && !self.taken[*index] && fits(m) && !m.topic.is_whole();
        if verb {
            self.before(self.quantity().from).find(free).map(|(index, _)| index)
        } else {
            None
        }
    }

    /// "is 3", "comes to 3", "of about 3".
    fn follows_verb(&self) -> bool {
        let mut i = self.quantity().from;
        while let Some(before) = i.checked_sub(1) {
            i = before;
            match self.text.word(i) {
                "about" | "approximately" | "roughly" | "around" | "just" | "only" | "exactly" | "currently"
                | "listed" | "given" | "recorded" | "as" => {}
                word => {
                    return self.text.is_mark(i, ':')
                        || matches!(
                            word,
                            "is" | "are"
                                | "was"
                                | "be"
                                | "at"
                                | "of"
                                | "to"
                                | "equals"
                                | "totals"
                                | "total"
                                | "being"
                                | "remains"
                                | "ist"
                                | "es"
                                | "est"
                                | "reads"
                        );
                }
            }
        }
        false
    }

    /// Mentions that end at or before a token, nearest first.
    fn before(&self, end: usize) -> impl Iterator<Item = (usize, &Mention)> {
        self.mentions.iter().enumerate().rev().filter(move |(_, m)| m.to <= end)
    }

    /// The end of the number before, or of the sentence before.
    fn wall(&self) -> usize {
        let number = self.at.checked_sub(1).map_or(0, |i| self.quantities[i].to);
        number.max(self.border())
    }

    fn border(&self) -> usize {
        (0..self.quantity().from)
            .rev()
            .find(|i| is_border(self.text, *i))
            .map_or(0, |i| i + 1)
    }

    fn is_aside(&self, mention: &Mention) -> bool {
        let mut i = mention.from;
        for _ in 0..3 {
            let Some(before) = i.checked_sub(1) else { return false };
            i = before;
            let word = self.text.word(i);
            if ASIDES.contains(word) {
                return true;
            }
            if !matches!(word, "the" | "this" | "a" | "an" | "its" | "your" | "that") && i + 1 != mention.from {
                return false;
            }
        }
        false
    }

    /// Things named near the number: between its neighbours, in the same stretch.
    pub fn objects(&self) -> Topics {
        let wall = self.wall();
        let next = self
            .quantities
            .get(self.at + 1)
            .map_or(self.text.tokens.len(), |q| q.from);
        let until = (self.quantity().to..next)
            .find(|i| is_border(self.text, *i))
            .unwrap_or(next);
        let dated = self.quantity().value.kind() == kind::TIME;
        let collect = |from: usize, to: usize| {
            let mut set = Topics::default();
            // A date shares its thing with other numbers: "the 6 kW panels were added in 2021".
            for (_, m) in self
                .mentions
                .iter()
                .enumerate()
                .filter(|(i, m)| m.from >= from && m.to <= to && (dated || !self.taken[*i]))
            {
                if is_thing(m.topic) && !m.topic.is_whole()
                    || matches!(m.topic, Topic::Bathrooms | Topic::Bedrooms | Topic::Station)
                {
                    set.insert(m.topic);
                }
            }
            set
        };
        let date_before = (0..self.at)
            .rev()
            .map(|i| &self.quantities[i])
            .find(|q| q.value.kind() == kind::TIME);
        let wall = if dated {
            date_before.map_or(0, |q| q.to).max(self.border())
        } else {
            wall
        };
        let found = collect(wall, self.quantity().from);
        if found.is_empty() {
            collect(self.quantity().to, until)
        } else {
            found
        }
    }

    /// A number without any label: what such a number says about a house.
    pub fn fallback(&self, objects: Topics) -> Option<Topic> {
        match self.quantity().value.kind() {
            kind::MONEY if objects.is_empty() && self.quantity().period.is_some() => Some(Topic::Rent),
            kind::MONEY if objects.is_empty() => Some(Topic::Price),
            kind::AREA if objects.is_empty() => Some(Topic::LivingArea),
            kind::TIME if !objects.is_empty() && matches!(self.quantity().value, Value::Year(_) | Value::Date(_)) => {
                Some(Topic::Works)
            }
            _ => None,
        }
    }
}
