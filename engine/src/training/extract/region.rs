//! Which parts of a page are not about this property: navigation, footers, forms, cookie notices,
//! mortgage calculators, and blocks of other properties.

use scraper::{ElementRef, Html};
use std::sync::LazyLock;

use super::fold::{fold, has_phrase};
use super::page::{Page, Tag};

/// Why a part of the page is left out of facts and passages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Out {
    Navigation,
    Footer,
    Notice,
    Form,
    Calculator,
    Advert,
    /// Other properties: similar, nearby, recently viewed, of the same agent.
    Others,
    /// The agent's own address and history.
    Agent,
}

/// Words of class, id, role or test id, split at punctuation and capitals, lower case.
pub(super) fn tokens(element: ElementRef<'_>) -> Vec<String> {
    let node = element.value();
    let mut found = Vec::new();
    for name in [
        "class",
        "id",
        "role",
        "data-testid",
        "data-test",
        "data-qa",
        "data-cy",
        "data-rf-test-id",
        "data-name",
    ] {
        if let Some(value) = node.attr(name) {
            split_name(&value[..super::fold::floor(value, 300)], &mut found);
        }
    }
    found
}

/// `propertyPrice-box` → `property`, `price`, `box`.
pub(super) fn split_name(name: &str, found: &mut Vec<String>) {
    let mut word = String::new();
    let mut lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && lower) {
            if !word.is_empty() {
                found.push(std::mem::take(&mut word));
            }
            lower = false;
        }
        if c.is_alphanumeric() {
            lower = c.is_lowercase() || c.is_ascii_digit();
            word.extend(c.to_lowercase());
        }
    }
    if !word.is_empty() {
        found.push(word);
    }
}

/// What an element's own name, role, class or id say it is.
pub(super) fn own(element: ElementRef<'_>, tag: Tag) -> Option<Out> {
    let node = element.value();
    match (node.name(), node.attr("role")) {
        ("nav", _) | (_, Some("navigation" | "menu" | "menubar" | "search")) => return Some(Out::Navigation),
        ("footer", _) | (_, Some("contentinfo")) => return Some(Out::Footer),
        ("select" | "textarea", _) => return Some(Out::Form),
        ("body" | "html" | "main", _) => return None,
        _ => {}
    }
    if matches!(tag, Tag::Inline | Tag::Strike) && node.attr("class").is_none() {
        return None;
    }
    let words = tokens(element);
    let any = |list: &[&str]| words.iter().any(|w| list.contains(&w.as_str()));
    let pair = |a: &str, list: &[&str]| words.windows(2).any(|w| w[0] == a && list.contains(&w[1].as_str()));
    static LISTINGS: LazyLock<Vec<&str>> = LazyLock::new(|| {
        "properties|property|listings|listing|homes|home|houses|ads|inmuebles|viewed|views|searches|\
            results|units|objects|sales"
            .split('|')
            .collect()
    });
    if any(&[
        "similar",
        "similars",
        "similares",
        "related",
        "relacionados",
        "recommended",
        "recommendation",
        "recommendations",
        "recommends",
        "comparables",
        "comparable",
        "comps",
        "aehnliche",
        "ahnliche",
        "simili",
        "semelhantes",
        "vergelijkbaar",
        "similaires",
        "suggestions",
        "suggested",
    ]) || pair("nearby", &LISTINGS)
        || pair("other", &LISTINGS)
        || pair("more", &LISTINGS)
        || pair("recent", &LISTINGS)
        || pair("recently", &["viewed", "sold", "added", "listed"])
        || pair("last", &["viewed", "seen"])
        || pair("latest", &LISTINGS)
        || pair("featured", &["properties", "listings", "homes"])
        || pair("new", &["properties", "listings", "homes"])
        || pair("price", &["history"])
        || pair("sale", &["history"])
        || pair("tax", &["history"])
        || pair("market", &["trends", "insights", "stats", "statistics"])
    {
        return Some(Out::Others);
    }
    if any(&[
        "mortgage",
        "mortgages",
        "calculator",
        "calculators",
        "affordability",
        "repayments",
        "repayment",
        "hipoteca",
        "hipotecas",
        "hypotheek",
        "financing",
        "finanzierung",
        "mutuo",
        "loan",
        "stampduty",
    ]) {
        return Some(Out::Calculator);
    }
    if any(&[
        "cookie",
        "cookies",
        "consent",
        "gdpr",
        "onetrust",
        "cookiebot",
        "didomi",
        "usercentrics",
    ]) || pair("cookie", &["banner", "notice"])
    {
        return Some(Out::Notice);
    }
    if any(&[
        "navbar",
        "navigation",
        "menu",
        "submenu",
        "megamenu",
        "dropdownmenu",
        "breadcrumb",
        "breadcrumbs",
        "topnav",
        "sitenav",
        "pagination",
    ]) || words.first().is_some_and(|w| w == "nav")
    {
        return Some(Out::Navigation);
    }
    if any(&["footer", "copyright", "disclaimer", "globalfooter", "colophon"]) {
        return Some(Out::Footer);
    }
    if any(&[
        "advert",
        "advertisement",
        "advertising",
        "adblock",
        "sponsored",
        "sponsor",
        "adsense",
        "adslot",
        "publicidad",
    ]) {
        return Some(Out::Advert);
    }
    if any(&["newsletter", "login", "signin", "signup", "subscribe", "registration"]) {
        return Some(Out::Form);
    }
    None
}

/// Crossed out by style or by a class that says so.
pub(super) fn crossed_out(element: ElementRef<'_>) -> bool {
    let node = element.value();
    if node
        .attr("style")
        .is_some_and(|s| s.to_ascii_lowercase().contains("line-through"))
    {
        return true;
    }
    node.attr("class").is_some_and(|_| {
        let words = tokens(element);
        let old = words.iter().any(|w| {
            matches!(
                w.as_str(),
                "strike" | "strikethrough" | "crossed" | "oldprice" | "tachado"
            )
        });
        let was = words.windows(2).any(|w| {
            matches!(
                (w[0].as_str(), w[1].as_str()),
                ("old", "price")
                    | ("price", "old")
                    | ("previous", "price")
                    | ("price", "previous")
                    | ("was", "price")
                    | ("price", "was")
                    | ("original", "price")
                    | ("line", "through")
                    | ("precio", "anterior")
            )
        });
        old || was
    })
}

/// Headings of blocks that are about other properties or other things, folded.
static OTHERS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "similar|similars|similares|similaires|ahnliche|simili|semelhantes|semelhante|vergelijkbare|liknande|\
        lignende|you may also|you might|might be interested|may be interested|also like|also liked|\
        also viewed|also be interested|te podria interesar|te puede interesar|tambien te|podria interesarte|\
        vous aimerez|pourraient vous|peuvent vous|potrebbe interessarti|potrebbero interessarti|\
        interessieren|recently viewed|recently sold|recently added|last viewed|vistos recientemente|\
        nearby properties|nearby homes|nearby listings|homes nearby|homes near|homes for sale near|\
        properties near|properties nearby|other properties|other listings|other homes|more properties|\
        more listings|more homes|more from|otros inmuebles|otras propiedades|autres biens|autres annonces|\
        weitere immobilien|weitere objekte|weitere angebote|altri immobili|altri annunci|outros imoveis|\
        andere woningen|meer woningen|featured properties|featured listings|latest properties|\
        latest listings|comparable"
        .split('|')
        .collect()
});
static OTHERS_MORE: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "new listings|sold nearby|sold properties|price history|sale history|tax history|property history|\
        listing history|historico de precos|historial de precios|popular searches|related searches|\
        our other|properties in this area|properties you|homes you|inmuebles destacados|\
        propiedades destacadas|nos autres|a decouvrir aussi|das konnte|average price"
        .split('|')
        .collect()
});
static CALCULATOR: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "mortgage|calculator|hipoteca|hypotheek|finanzierung|finanzierungsrechner|repayments|monthly payment|\
        monthly payments|payment calculator|affordability|mutuo|pret immobilier|simulador|simulateur|\
        bond costs|stamp duty calculator|can you afford it"
        .split('|')
        .collect()
});
const NOTICE: [&str; 6] = [
    "cookie",
    "cookies",
    "we value your privacy",
    "your privacy",
    "newsletter",
    "javascript is required",
];
static AGENT: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "contact agent|contact the agent|about the agent|about this agency|about the agency|request details|\
        get in touch|contact us|send message|email agent|contacta con|contactar|kontakt|anbieter|\
        contacter l agence|contatta|staying secure|marketed by"
        .split('|')
        .collect()
});

fn heading(text: &str) -> Option<Out> {
    let folded = fold(text);
    let says = |list: &[&str]| list.iter().any(|p| has_phrase(&folded, p));
    if says(&OTHERS) || says(&OTHERS_MORE) {
        Some(Out::Others)
    } else if says(&CALCULATOR) {
        Some(Out::Calculator)
    } else if says(&NOTICE) {
        Some(Out::Notice)
    } else if AGENT.iter().any(|p| folded.starts_with(p)) {
        Some(Out::Agent)
    } else {
        None
    }
}

/// Marks the lines that are not about the property, once all lines are known.
pub(super) fn settle(page: &mut Page, doc: &Html) {
    page.main = main_heading(page, doc);
    for el in 0..page.els.len() {
        if let Some(why) = page.els[el].region {
            mark(page, el as u32, why);
        }
    }
    forms(page, doc);
    headings(page, doc);
    cards(page, doc);
}

/// The `h1` that says most of what the page's title says, or the first one.
fn main_heading(page: &Page, doc: &Html) -> Option<u32> {
    let title = fold(&super::meta::title(doc).unwrap_or_default());
    let mut best: Option<(usize, u32)> = None;
    for (i, line) in page.lines.iter().enumerate().filter(|(_, l)| l.heading == 1) {
        let shared = fold(&line.text)
            .split(' ')
            .filter(|w| w.len() > 2 && has_phrase(&title, w))
            .count();
        if best.is_none_or(|(most, _)| shared > most) {
            best = Some((shared, i as u32));
        }
    }
    best.map(|(_, i)| i)
}

/// Marks an element's lines, unless it holds the main heading or most of the page.
fn mark(page: &mut Page, el: u32, why: Out) {
    let lines = page.lines_of(el);
    if lines.is_empty() || page.main.is_some_and(|main| lines.contains(&(main as usize))) {
        return;
    }
    let cells = &page.els[el as usize].cells;
    if page.main.is_none() && cells.len() * 2 > page.cells.len() && why != Out::Notice {
        return;
    }
    // An inline element may be only a part of its line.
    let (first, last) = (cells.start, cells.end);
    for line in &mut page.lines[lines] {
        let whole = line.cells.start >= first && line.cells.end <= last;
        if line.out.is_none() && whole {
            line.out = Some(why);
        }
    }
}

/// A form with fields to fill in is no description; a form around the whole page is none of these.
fn forms(page: &mut Page, doc: &Html) {
    for el in 0..page.els.len() {
        if page.els[el].tag != Tag::Form || page.els[el].cells.len() * 3 > page.cells.len() {
            continue;
        }
        let Some(form) = page.element(doc, el as u32) else {
            continue;
        };
        let fields = form.descendants().filter_map(ElementRef::wrap).any(|e| {
            e.value().name() == "textarea"
                || (e.value().name() == "input"
                    && !matches!(
                        e.attr("type").map(str::to_ascii_lowercase).as_deref(),
                        Some("hidden" | "submit" | "button" | "image")
                    ))
        });
        if fields {
            mark(page, el as u32, Out::Form);
        }
    }
}

/// A heading "Similar properties" takes its block with it: the block that it opens, or what follows up to the next heading.
fn headings(page: &mut Page, doc: &Html) {
    for i in 0..page.lines.len() {
        let line = &page.lines[i];
        if page.main == Some(i as u32) || line.text.len() > 120 {
            continue;
        }
        let titled = line.heading > 0 || title_like(page, doc, i);
        if !titled {
            continue;
        }
        let Some(why) = heading(&line.text) else { continue };
        let first = line.cells.start;
        let level = line.heading;
        // Climb while the heading is the first thing in the block, so that the whole block goes.
        let mut top = page.cells[first as usize].el;
        loop {
            let up = page.els[top as usize].parent;
            let opens = page.els[up as usize].cells.start == first;
            let holds_main = page.main.is_some_and(|m| page.lines_of(up).contains(&(m as usize)));
            if up == top || !opens || holds_main || matches!(page.els[up as usize].depth, 0 | 1) {
                break;
            }
            top = up;
        }
        let last = page.els[top as usize].cells.end;
        if last > page.lines[i].cells.end {
            mark(page, top, why);
            continue;
        }
        // The heading stands alone among its siblings: the ones after it, up to the next heading of its rank.
        let parent = page.els[top as usize].parent;
        let end = page.lines_of(parent).end;
        let mut until = i + 1;
        while until < end {
            let next = &page.lines[until];
            let ends = next.heading > 0 && (level == 0 || next.heading <= level) || page.main == Some(until as u32);
            if ends {
                break;
            }
            until += 1;
        }
        for line in &mut page.lines[i..until] {
            line.out.get_or_insert(why);
        }
    }
}

/// A short line in an element whose class says that it is a title.
fn title_like(page: &Page, doc: &Html, line: usize) -> bool {
    let line = &page.lines[line];
    if line.text.len() > 70 || line.link {
        return false;
    }
    let el = page.cells[line.cells.start as usize].el;
    [el, page.els[el as usize].parent].iter().any(|el| {
        page.element(doc, *el).is_some_and(|e| {
            tokens(e)
                .iter()
                .any(|t| matches!(t.as_str(), "title" | "heading" | "headline" | "header"))
        })
    })
}

/// Three or more sisters that each show a price and link elsewhere are other properties.
fn cards(page: &mut Page, doc: &Html) {
    let mut money = Vec::with_capacity(page.cells.len() + 1);
    let mut sum = 0u32;
    money.push(0);
    for cell in &page.cells {
        sum += u32::from(priced(&cell.text));
        money.push(sum);
    }
    let mut sisters: std::collections::HashMap<u32, Vec<u32>> = std::collections::HashMap::new();
    for (i, el) in page.els.iter().enumerate().skip(1) {
        let prices = money[el.cells.end as usize] - money[el.cells.start as usize];
        if (1..=4).contains(&prices)
            && (2..=60).contains(&el.cells.len())
            && !matches!(el.tag, Tag::Cell | Tag::HeadCell | Tag::Inline)
        {
            sisters.entry(el.parent).or_default().push(i as u32);
        }
    }
    let mut parents: Vec<(u32, Vec<u32>)> = sisters.into_iter().collect();
    parents.sort_unstable();
    for (_, group) in parents {
        if group.len() < 2
            || page
                .main
                .is_some_and(|m| group.iter().any(|el| page.lines_of(*el).contains(&(m as usize))))
        {
            continue;
        }
        let linked = |el: &u32| {
            page.element(doc, *el).is_some_and(|e| {
                e.value().name() == "a"
                    || e.descendants().filter_map(ElementRef::wrap).any(|d| {
                        d.value().name() == "a"
                            && d.attr("href").is_some_and(|h| {
                                !h.starts_with(['#']) && !h.starts_with("tel:") && !h.starts_with("mailto:")
                            })
                    })
            })
        };
        let pictured = |el: &u32| {
            page.element(doc, *el).is_some_and(|e| {
                e.descendants()
                    .filter_map(ElementRef::wrap)
                    .any(|d| d.value().name() == "img")
            })
        };
        let links = group.iter().filter(|el| linked(el)).count();
        let pictures = group.iter().filter(|el| pictured(el)).count();
        if links == group.len() && (group.len() >= 3 || pictures == group.len()) {
            for el in group {
                mark(page, el, Out::Others);
            }
        }
    }
}

/// Looks like a price, without reading it.
fn priced(text: &str) -> bool {
    let sign =
        text.contains(['$', '€', '£', '₹', '¥']) || ["Rs", "EUR", "CHF", "AED", "R "].iter().any(|s| text.contains(s));
    sign && text.bytes().filter(u8::is_ascii_digit).count() >= 3
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(html: &str) -> Vec<String> {
        let doc = Html::parse_document(html);
        Page::read(&doc).about().map(|(_, l)| l.text.clone()).collect()
    }

    #[test]
    fn names_are_split_into_words() {
        let mut found = Vec::new();
        split_name("propertyPrice-box_v2", &mut found);
        assert_eq!(found, ["property", "price", "box", "v2"]);
    }

    #[test]
    fn navigation_footer_and_similar_blocks_are_left_out() {
        let html = "<nav>Menu</nav><div class=similarListings>Other $1</div><h1>Home</h1><p>Words</p><section><h2>You may also like</h2><div>House $300,000</div></section><p>After</p><footer>End</footer>";
        assert_eq!(kept(html), ["Home", "Words", "After"]);
    }

    #[test]
    fn a_heading_among_sisters_takes_what_follows_it() {
        let html = "<div><h1>Home</h1><h2>Details</h2><p>3 beds</p><h2>Recently viewed</h2><p>x</p><p>y</p><h2>Location</h2><p>z</p></div>";
        assert_eq!(kept(html), ["Home", "Details", "3 beds", "Location", "z"]);
    }

    #[test]
    fn cards_of_other_properties_are_left_out() {
        let card = |p: u32| format!("<li><a href=/x{p}><img src=a.jpg>House</a><span>${p}00,000</span></li>");
        let html = format!("<ul>{}{}{}</ul><h1>Home</h1><p>$450,000</p>", card(3), card(4), card(5));
        assert_eq!(kept(&html), ["Home", "$450,000"]);
    }
}
