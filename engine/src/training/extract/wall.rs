//! Pages that a site shows instead of the listing: checks for robots, refusals, listings that are gone.

use scraper::{ElementRef, Html};
use std::sync::LazyLock;

use super::fold::{fold, has_phrase};
use super::meta::Head;
use super::page::Page;

const ROBOT: &str = "The site asked for proof of a human visitor instead of showing the listing. Save the page from your own browser and upload the file, or paste its text.";
const REFUSED: &str =
    "The site refused to show the page. Save it from your own browser and upload the file, or paste its text.";
const SCRIPT: &str = "The page shows its content only after running scripts. Save it from your own browser and upload the file, or paste its text.";
const GONE: &str = "The site says that this listing is not there. Check the address, or paste the listing's text.";

/// Phrases of checks for robots, folded.
static ASKS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "just a moment|verify you are human|verify you are a human|verifying you are human|\
        verify that you are human|are you a human|are you human|are you a robot|not a robot|robot or human|\
        human verification|security check|checking your browser|checking if the site connection is secure|\
        attention required|pardon our interruption|unusual traffic|automated access|automated requests|\
        press and hold|press hold to confirm|complete the captcha|solve the captcha|captcha|one more step|\
        ddos protection|please enable cookies|needs to review the security|prove you are human|\
        confirm you are human|bot detection|verifica que eres humano|no eres un robot|no soy un robot|\
        uso indebido|verifiez que vous etes|vous n etes pas un robot|je ne suis pas un robot|kein roboter|\
        ich bin kein roboter|non sei un robot|non sono un robot|nao sou um robo|geen robot|\
        confirme que es humano|sicherheitsuberprufung"
        .split('|')
        .collect()
});
static REFUSES: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "access denied|access to this page has been denied|request blocked|you have been blocked|\
        has been blocked|403 forbidden|forbidden|error 403|429 too many requests|too many requests|\
        request unsuccessful|service unavailable|not authorized|unauthorized|acceso denegado|acces refuse|\
        zugriff verweigert|accesso negato|acesso negado|toegang geweigerd|blocked|rate limited|\
        request could not be satisfied|bad gateway|error 1020"
        .split('|')
        .collect()
});
/// Phrases that a listing may use too ("just a moment from the beach"): they need a nearly empty page or a service's mark.
const COMMON: [&str; 7] = [
    "just a moment",
    "one more step",
    "security check",
    "attention required",
    "captcha",
    "bot detection",
    "blocked",
];
static NEEDS_SCRIPT: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "enable javascript|javascript is disabled|javascript is required|requires javascript|\
        turn on javascript|activer javascript|activa javascript|javascript aktivieren|abilita javascript|\
        ative o javascript"
        .split('|')
        .collect()
});
static MISSING: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "page not found|404 not found|404 error|error 404|404 page|not found|no longer available|\
        listing not found|property not found|has been removed|ya no esta disponible|pagina no encontrada|\
        n est plus disponible|page introuvable|nicht mehr verfugbar|seite nicht gefunden|\
        non e piu disponibile|pagina non trovata|nao esta mais disponivel|pagina nao encontrada|\
        niet meer beschikbaar|pagina niet gevonden"
        .split('|')
        .collect()
});
/// What scripts of protection services leave in a page.
static MARKS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "_cf_chl|challenge-platform|captcha-delivery|px-captcha|_pxappid|perimeterx|_incapsula_resource|\
        distil_r_captcha|sec-if-cpt|awswaf|aws-waf|g-recaptcha|h-captcha|hcaptcha|geetest|cf-turnstile|\
        datadome|kpsdk"
        .split('|')
        .collect()
});

/// Why the page is no listing, or `None`. `stated` is the number of facts that structured data give.
pub(super) fn reason(doc: &Html, page: &Page, head: &Head, markup: &str, stated: usize) -> Option<&'static str> {
    let words = page.lines.iter().map(|l| l.text.split(' ').count()).sum::<usize>();
    if stated >= 2 || words > 450 {
        return None;
    }
    let heading = page.main.map_or("", |m| page.lines[m as usize].text.as_str());
    let title = fold(&format!("{} {heading}", head.title));
    let mut text = fold(&page.text());
    let says = |text: &str, list: &[&str]| list.iter().any(|p| has_phrase(text, p));
    let marked = || {
        let lower = markup[..super::fold::floor(markup, 200_000)].to_ascii_lowercase();
        MARKS.iter().any(|m| lower.contains(m))
    };
    let asked = |text: &str| {
        ASKS.iter()
            .any(|p| has_phrase(text, p) && (!COMMON.contains(p) || words < 40 || marked()))
    };
    let titled = title.split(' ').count() <= 16;
    if (titled && asked(&title)) || (words < 200 && asked(&text)) {
        return Some(ROBOT);
    }
    if (titled
        && words < 250
        && REFUSES
            .iter()
            .any(|p| has_phrase(&title, p) && (!COMMON.contains(p) || words < 80)))
        || (words < 80 && REFUSES.iter().any(|p| has_phrase(&text, p) && !COMMON.contains(p)))
    {
        return Some(REFUSED);
    }
    if words < 60 && marked() {
        return Some(ROBOT);
    }
    if titled && says(&title, &MISSING) {
        return Some(GONE);
    }
    if words < 80 {
        // What is shown without scripts is written in `noscript`.
        for element in doc
            .tree
            .nodes()
            .filter_map(ElementRef::wrap)
            .filter(|e| e.value().name() == "noscript")
        {
            text.push(' ');
            text.push_str(&fold(&element.text().collect::<String>()));
        }
        if stated == 0 && says(&text, &NEEDS_SCRIPT) {
            return Some(SCRIPT);
        }
        if says(&text, &MISSING) && words < 40 {
            return Some(GONE);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(html: &str) -> Option<&'static str> {
        let doc = Html::parse_document(html);
        let head = Head::read(&doc, None);
        reason(&doc, &Page::read(&doc), &head, html, 0)
    }

    #[test]
    fn walls_of_several_kinds() {
        assert_eq!(
            of("<title>Just a moment...</title><body><noscript>Enable JavaScript and cookies to continue</noscript>"),
            Some(ROBOT)
        );
        assert_eq!(
            of("<title>example.com</title><p>Please verify you are a human</p><p>$500,000 3 beds</p>"),
            Some(ROBOT)
        );
        assert_eq!(of("<title>Access Denied</title><h1>Access Denied</h1>"), Some(REFUSED));
        assert_eq!(
            of("<html><head><script src='https://geo.captcha-delivery.com/c.js'></script></head><body></body>"),
            Some(ROBOT)
        );
        assert_eq!(of("<title>Haus</title><p>Ich bin kein Roboter</p>"), Some(ROBOT));
        assert_eq!(
            of(
                "<title>App</title><div id=root></div><noscript>You need to enable JavaScript to run this app.</noscript>"
            ),
            Some(SCRIPT)
        );
        assert_eq!(
            of("<title>Page not found</title><p>Similar homes: $1,000,000</p>"),
            Some(GONE)
        );
    }

    #[test]
    fn a_listing_is_no_wall() {
        assert_eq!(
            of(
                "<title>House for sale in Elm Road</title><h1>House</h1><p>3 beds, $400,000. Security gate; the road is blocked to through traffic.</p>"
            ),
            None
        );
    }
}
