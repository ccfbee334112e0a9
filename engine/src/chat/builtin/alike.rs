//! Other words for the same thing, and how a text is searched for what a question wants.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::text;

/// Groups of stems between bars: a stem stands for every other of its group.
const GROUPS: &str = "park garag|park carport|park driveway|garden yard backyard lawn|lift elev elevat ascensor|\
    internet broadband fiber fibr wifi|laundri washer|laundri dryer|washer wash|train rail railway|\
    metro subway|transport bus|transport train|transport metro|transit bus|transit train|transit metro|\
    shop store mall supermarket market|supermarket groceri|remodel renov updat refurbish upgrad redon|\
    replac new redon instal|paint repaint|cool ac air|heat furnac|heat boiler|\
    close near nearest nearbi far distanc walk away minut mile|cover includ pay maintain care|pet dog|\
    pet cat|pet anim|fireplac chimney|secur alarm|furnish furnitur|terrac patio|bath bathroom|bed bedroom|\
    bedroom suit|floor stori storey level|school elementari|vacant possess|rent leas|util electr|util water|\
    util gas|electr power|window glaze pane|view overlook|sewer septic|hospit clinic medic|\
    counter countertop|oven stove cooktop rang hob|restaur cafe dine|downtown center centr|\
    highway freeway motorway|smoke smoker|orient face south north east west|size big larg measur|\
    doorman concierg porter|solar photovolta panel|basement cellar|attic loft|offic studi|open hous|\
    hoa associ due|primari master main|sold sale sell";

static ALIKE: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let mut alike: HashMap<&'static str, Vec<&'static str>> = HashMap::new();
    for group in GROUPS.split('|') {
        for stem in group.split(' ') {
            alike
                .entry(stem)
                .or_default()
                .extend(group.split(' ').filter(|other| *other != stem));
        }
    }
    alike
});

/// A stem of the question with its other words.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub stem: String,
    alike: &'static [&'static str],
}

impl Wanted {
    pub fn new(stem: String) -> Self {
        let alike = ALIKE.get(stem.as_str()).map_or(&[][..], Vec::as_slice);
        Self { stem, alike }
    }

    /// The stem itself, or another word for it.
    pub fn is(&self, stem: &str) -> bool {
        self.stem == stem || self.alike.contains(&stem)
    }

    /// Could stand behind a word that begins with this byte; spares most words the stemmer.
    fn begins(&self, byte: u8) -> bool {
        self.stem.as_bytes().first() == Some(&byte) || self.alike.iter().any(|w| w.as_bytes().first() == Some(&byte))
    }
}

/// What a text holds of what is wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Found {
    /// Wanted stems that stand in the text, themselves or by another word; one bit each.
    pub any: u64,
    /// Those that stand there themselves.
    pub exact: u64,
    /// Words with a meaning of their own.
    pub words: usize,
}

impl Found {
    /// Looks through a text and adds what it holds. At most 64 stems are wanted.
    pub fn look(&mut self, text: &str, wanted: &[Wanted]) {
        let stemmer = text::stemmer();
        text::words(text, |word| {
            if text::is_stop(word) {
                return;
            }
            self.words += 1;
            let first = word.as_bytes()[0];
            if !wanted.iter().any(|w| w.begins(first)) {
                return;
            }
            let stem = stemmer.stem(word);
            for (i, wanted) in wanted.iter().enumerate().take(64) {
                if wanted.stem == stem {
                    self.exact |= 1 << i;
                }
                if wanted.is(&stem) {
                    self.any |= 1 << i;
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_searched_by_stem_and_by_other_words() {
        let wanted: Vec<Wanted> = ["furnac", "elev", "pool"].map(|stem| Wanted::new(stem.into())).to_vec();
        let mut found = Found::default();
        found.look("The heating and the elevators were renewed", &wanted);
        assert_eq!((found.exact, found.any), (0b010, 0b011));
    }
}
