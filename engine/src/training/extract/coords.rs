//! Where the property stands on the map, from what pages give to map scripts: data attributes, hidden
//! fields, variables, map calls and map links.

use domain::fact::{FactKey, FactMethod, FactValue};
use scraper::{ElementRef, Html};

use super::fold::{ceil, floor};
use super::found::{Found, trust};
use super::page::Page;
use super::values;

#[derive(Clone, Debug)]
struct Point {
    lat: f64,
    lon: f64,
    quote: String,
    place: &'static str,
    /// The centre of a map may be a town; a marker is the house.
    sure: bool,
}

/// `stated` are the places in the scripts' data that belong to no list and no agent.
pub(super) fn read(doc: &Html, page: &Page, scripts: &[(String, String)], stated: &[(f64, f64, String)]) -> Vec<Found> {
    let mut points: Vec<Point> = stated
        .iter()
        .map(|(lat, lon, quote)| Point {
            lat: *lat,
            lon: *lon,
            quote: quote.clone(),
            place: "map data",
            sure: true,
        })
        .collect();
    attributes(doc, page, &mut points);
    fields(doc, &mut points);
    for (_, text) in scripts.iter().filter(|(kind, _)| !kind.contains("json")) {
        variables(text, &mut points);
        calls(text, &mut points);
    }
    let sure: Vec<&Point> = points.iter().filter(|p| p.sure).collect();
    let list: Vec<&Point> = if sure.is_empty() { points.iter().collect() } else { sure };
    let Some(first) = list.first() else { return Vec::new() };
    // Several places on one page: no telling which is the house.
    if list
        .iter()
        .any(|p| (p.lat - first.lat).abs() > 0.0005 || (p.lon - first.lon).abs() > 0.0005)
    {
        return Vec::new();
    }
    let trust = if first.sure { trust::HINT + 8 } else { trust::SENTENCE };
    [(FactKey::Latitude, first.lat), (FactKey::Longitude, first.lon)]
        .into_iter()
        .map(|(key, n)| {
            Found::new(
                key,
                FactValue::number(n),
                FactMethod::State,
                trust,
                &first.quote,
                first.place,
            )
        })
        .collect()
}

/// A pair of texts as a point. Whole numbers are no coordinates.
fn point(lat: &str, lon: &str) -> Option<(f64, f64)> {
    let decimals = |t: &str| t.trim().split('.').nth(1).map_or(0, |d| d.len());
    if decimals(lat) < 3 || decimals(lon) < 3 {
        return None;
    }
    Some((values::coordinate(lat, 90.0)?, values::coordinate(lon, 180.0)?))
}

fn attributes(doc: &Html, page: &Page, points: &mut Vec<Point>) {
    const PAIRS: [(&str, &str); 9] = [
        ("data-lat", "data-lng"),
        ("data-lat", "data-lon"),
        ("data-lat", "data-long"),
        ("data-latitude", "data-longitude"),
        ("lat", "lng"),
        ("data-map-lat", "data-map-lng"),
        ("data-geo-lat", "data-geo-lng"),
        ("data-property-lat", "data-property-lng"),
        ("latitude", "longitude"),
    ];
    for i in 0..page.els.len() {
        let Some(element) = page.element(doc, i as u32) else {
            continue;
        };
        let mut add = |text: (&str, &str), place: &'static str| {
            if let Some((lat, lon)) = point(text.0, text.1)
                && !page.left_out(i as u32)
            {
                points.push(Point {
                    lat,
                    lon,
                    quote: format!("{}, {}", text.0, text.1),
                    place,
                    sure: true,
                });
            }
        };
        for (a, b) in PAIRS {
            if let (Some(lat), Some(lon)) = (element.attr(a), element.attr(b)) {
                add((lat, lon), "map attributes");
                break;
            }
        }
        let link = element
            .attr("href")
            .or_else(|| element.attr("src"))
            .or_else(|| element.attr("data-src"))
            .filter(|u| u.contains("map"));
        if let Some((lat, lon)) = link.and_then(in_link) {
            add((&lat, &lon), "map link");
        }
    }
    // Embedded maps are no visible words, so they are not among the page's elements.
    for element in doc
        .tree
        .nodes()
        .filter_map(ElementRef::wrap)
        .filter(|e| e.value().name() == "iframe")
    {
        let footer = element
            .ancestors()
            .filter_map(ElementRef::wrap)
            .any(|a| a.value().name() == "footer");
        if let Some((lat, lon)) = element
            .attr("src")
            .or_else(|| element.attr("data-src"))
            .filter(|u| u.contains("map") && !footer)
            .and_then(in_link)
            && let Some((a, b)) = point(&lat, &lon)
        {
            points.push(Point {
                lat: a,
                lon: b,
                quote: format!("{lat}, {lon}"),
                place: "map frame",
                sure: true,
            });
        }
    }
}

/// `?q=51.5,-0.1`, `/@51.5,-0.1,15z`, `!3d51.5!4d-0.1`, `marker=51.5%2C-0.1`.
fn in_link(url: &str) -> Option<(String, String)> {
    let url = url
        .replace("%2C", ",")
        .replace("%2c", ",")
        .replace("%20", "")
        .replace('+', "");
    for lead in [
        "/@",
        "q=",
        "ll=",
        "daddr=",
        "destination=",
        "query=",
        "marker=",
        "markers=",
        "center=",
        "loc:",
        "cp=",
        "!3d",
    ] {
        let mut from = 0;
        while let Some(at) = url[from..].find(lead).map(|i| from + i + lead.len()) {
            let rest = &url[at..];
            let rest = rest.rsplit('|').next().filter(|_| lead == "markers=").unwrap_or(rest);
            let number = |t: &str| -> String {
                t.chars()
                    .take_while(|c| c.is_ascii_digit() || matches!(c, '.' | '-'))
                    .collect()
            };
            let lat = number(rest);
            let tail = &rest[lat.len()..];
            let tail = tail
                .strip_prefix(',')
                .or_else(|| tail.strip_prefix("!4d"))
                .or_else(|| tail.strip_prefix('~'));
            if let Some(lon) = tail.map(number)
                && point(&lat, &lon).is_some()
            {
                return Some((lat, lon));
            }
            from = at;
        }
    }
    None
}

/// `<input type="hidden" id="latitude" value="…">`.
fn fields(doc: &Html, points: &mut Vec<Point>) {
    let (mut lat, mut lon) = (None, None);
    for element in doc
        .tree
        .nodes()
        .filter_map(ElementRef::wrap)
        .filter(|e| e.value().name() == "input")
    {
        let name = element
            .attr("id")
            .or_else(|| element.attr("name"))
            .unwrap_or("")
            .to_ascii_lowercase();
        let value = element.attr("value").map(str::to_owned);
        if name.ends_with("latitude") || name == "lat" || name.ends_with("_lat") {
            lat = lat.or(value);
        } else if name.ends_with("longitude")
            || matches!(name.as_str(), "lng" | "lon" | "long")
            || name.ends_with("_lng")
        {
            lon = lon.or(value);
        }
    }
    if let (Some(a), Some(b)) = (lat, lon)
        && let Some((lat, lon)) = point(&a, &b)
    {
        points.push(Point {
            lat,
            lon,
            quote: format!("{a}, {b}"),
            place: "hidden field",
            sure: true,
        });
    }
}

/// `var lat = 42.85; var lng = -106.28;`, `lat: 42.85, lng: -106.28`.
fn variables(text: &str, points: &mut Vec<Point>) {
    let mut last: Option<(usize, String)> = None;
    let bytes = text.as_bytes();
    for (at, b) in bytes.iter().enumerate() {
        if !matches!(b, b'=' | b':') || bytes.get(at + 1) == Some(b) {
            continue;
        }
        let rest = text
            .get(at + 1..)
            .unwrap_or("")
            .trim_start_matches([' ', '"', '\'', '(']);
        if !rest.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
            continue;
        }
        let number: String = rest
            .chars()
            .take_while(|c| c.is_ascii_digit() || matches!(c, '.' | '-'))
            .take(24)
            .collect();
        let before = text[ceil(text, at.saturating_sub(40))..at].trim_end();
        // Quoted names are data, which is read as such: there it is known whose place it is.
        if before.ends_with(['"', '\'']) {
            continue;
        }
        let name: String = before
            .chars()
            .rev()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .collect();
        let lower = name.to_ascii_lowercase();
        let is = |ends: &[&str]| {
            ends.iter().any(|e| {
                lower == *e
                    || lower.ends_with(&format!("_{e}"))
                    || (e.len() > 3 && lower.ends_with(e))
                    || name.ends_with(&capital(e))
            })
        };
        if is(&["lat", "latitude"]) {
            last = Some((at, number));
        } else if is(&["lng", "lon", "long", "longitude"])
            && let Some((_, lat)) = last.take().filter(|(i, _)| at - i < 160)
            && let Some((a, b)) = point(&lat, &number)
        {
            let near = &text[ceil(text, at.saturating_sub(140))..at];
            let near = near.rsplit([';', '}']).next().unwrap_or(near);
            let centre = near.to_ascii_lowercase().contains("center");
            points.push(Point {
                lat: a,
                lon: b,
                quote: format!("{lat}, {number}"),
                place: "map variables",
                sure: !centre,
            });
        }
    }
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars
        .next()
        .map_or_else(String::new, |c| c.to_ascii_uppercase().to_string() + chars.as_str())
}

/// `LatLng(42.85, -106.28)`, `L.marker([42.85, -106.28])`, `setView([…])`.
fn calls(text: &str, points: &mut Vec<Point>) {
    for lead in ["LatLng(", "latLng(", "marker([", "Marker([", "setView([", "setLngLat(["] {
        let mut from = 0;
        while let Some(at) = text[from..].find(lead).map(|i| from + i + lead.len()) {
            from = at;
            let inside = &text[at..floor(text, at + 60)];
            let Some(end) = inside.find([')', ']']) else { continue };
            let Some((a, b)) = inside[..end].split_once(',') else {
                continue;
            };
            let trim = |t: &str| t.trim().trim_matches(['"', '\'', ' ']).to_owned();
            let (a, b) = if lead == "setLngLat([" {
                (trim(b), trim(a))
            } else {
                (trim(a), trim(b))
            };
            if let Some((lat, lon)) = point(&a, &b) {
                let before = text[ceil(text, at.saturating_sub(60))..at].to_ascii_lowercase();
                let sure = lead.to_ascii_lowercase().starts_with("marker")
                    || before.contains("marker")
                    || before.contains("position");
                points.push(Point {
                    lat,
                    lon,
                    quote: format!("{a}, {b}"),
                    place: "map call",
                    sure: sure && !before.contains("center"),
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(html: &str) -> Option<(f64, f64)> {
        let doc = Html::parse_document(html);
        let page = Page::read(&doc);
        let found = read(&doc, &page, &super::super::scripts::texts(&doc), &[]);
        (found.len() == 2).then(|| (found[0].number().unwrap_or(0.0), found[1].number().unwrap_or(0.0)))
    }

    #[test]
    fn places_in_scripts_attributes_and_links() {
        let here = Some((42.852_044, -106.282_27));
        assert_eq!(
            of(
                "<script>center: new google.maps.LatLng(42.866698, -106.313088); var hub_lat = 42.852044; var hub_long = -106.28227;</script>"
            ),
            here
        );
        assert_eq!(of("<div id=map data-lat=42.852044 data-lng=-106.28227></div>"), here);
        assert_eq!(
            of("<input type=hidden id=latitude value=42.852044><input type=hidden id=longitude value=-106.28227>"),
            here
        );
        assert_eq!(
            of("<iframe src='https://maps.example.com/maps?q=42.852044,-106.28227&z=15'></iframe>"),
            here
        );
        assert_eq!(
            of("<script>L.marker([42.852044, -106.28227]).addTo(map)</script>"),
            here
        );
    }

    #[test]
    fn several_places_or_none() {
        assert_eq!(
            of("<script>a.marker([42.1234,-106.1234]);a.marker([43.1234,-106.1234]);</script>"),
            None
        );
        assert_eq!(of("<div data-lat=0 data-lng=0></div>"), None);
        assert_eq!(of("<script>lat = 40; lng = -3;</script>"), None);
    }
}
