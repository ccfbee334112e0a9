//! The sites that a bot may be shown and asked on: origins, as a browser writes them.

use domain::{Fault, bot::ORIGINS_MAX};
use url::{Host, Url};

use crate::config::Mode;

/// A list as it was typed, each as a browser sends it (RFC 6454): scheme, host and port alone, in lower case, a name of other
/// letters in punycode, the port left out where it is the scheme's own. Each once, in the order given.
pub(super) fn read(typed: &[String], mode: Mode) -> Result<Vec<String>, Fault> {
    let mut known = Vec::new();
    for text in typed.iter().map(|text| text.trim()).filter(|text| !text.is_empty()) {
        let origin = origin(text, mode).map_err(|why| {
            let text: String = text.chars().filter(|c| !c.is_control()).take(100).collect();
            Fault::field("allowed_origins", format!("“{text}” cannot be used: {why}"))
        })?;
        if !known.contains(&origin) {
            known.push(origin);
        }
    }
    if known.len() > ORIGINS_MAX {
        return Err(Fault::field("allowed_origins", format!("At most {ORIGINS_MAX} sites.")));
    }
    Ok(known)
}

fn origin(text: &str, mode: Mode) -> Result<String, &'static str> {
    let url = Url::parse(text).map_err(|_| "give it as https://www.example.com.")?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if !bare || !url.username().is_empty() || url.password().is_some() || text.contains(['?', '#', '@', '\\']) {
        return Err("give the site alone, without a page or a name to sign in with.");
    }
    let host = url.host().ok_or("give it as https://www.example.com.")?;
    let is_here = match &host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    };
    match url.scheme() {
        "https" => {}
        "http" if is_here && mode == Mode::Demo => {}
        _ => return Err("it must begin with https://."),
    }
    // What a browser takes for a name may still mean something else in a header: `*`, `;`, a comma, a quotation mark.
    let plain = |name: &str| name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b));
    if matches!(&host, Host::Domain(name) if !plain(name) || name.ends_with('.')) {
        return Err("a name has letters, digits, dashes and dots alone, and each site is named by itself.");
    }
    Ok(url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str, mode: Mode) -> Option<String> {
        read(&[text.to_owned()], mode).ok()?.pop()
    }

    #[test]
    fn a_site_is_written_as_browsers_write_it() {
        for (typed, origin) in [
            ("https://www.example.com", "https://www.example.com"),
            (" https://www.example.com/ ", "https://www.example.com"),
            ("HTTPS://WWW.Example.COM:443", "https://www.example.com"),
            ("https://example.com:8443", "https://example.com:8443"),
            ("https://bücher.example", "https://xn--bcher-kva.example"),
            ("https://[2001:DB8::1]", "https://[2001:db8::1]"),
        ] {
            assert_eq!(one(typed, Mode::Production).as_deref(), Some(origin), "{typed}");
        }
        for here in ["http://localhost:3000", "http://127.0.0.1:8080", "http://[::1]:5000"] {
            assert_eq!(one(here, Mode::Demo).as_deref(), Some(here));
            assert_eq!(one(here, Mode::Production), None);
        }
    }

    #[test]
    fn nothing_else_is_taken() {
        for bad in [
            "example.com",
            "http://example.com",
            "http://localhost.example.com",
            "https://",
            "https://example.com/page",
            "https://example.com?",
            "https://example.com#",
            "https://ana@example.com",
            "https://ana:secret@example.com",
            "https://*.example.com",
            "https://*",
            "*",
            "null",
            "'self'",
            "https://example.com;script-src",
            "https://example.com,evil.test",
            "https://example.com'none'",
            "https://example.com.",
            "https://example.com\\@evil.test",
            "https://exa mple.com",
            "data:text/html,x",
            "javascript:alert(1)",
            "file:///etc",
            "blob:https://example.com",
            "wss://example.com",
        ] {
            assert_eq!(one(bad, Mode::Demo), None, "{bad}");
        }
    }

    #[test]
    fn twenty_at_most_each_once() {
        let sites = |n: usize| -> Vec<String> { (0..n).map(|i| format!("https://{i}.example.com")).collect() };
        assert_eq!(read(&sites(20), Mode::Production).unwrap().len(), 20);
        let fault = read(&sites(21), Mode::Production).unwrap_err();
        assert!(fault.for_field("allowed_origins").is_some());
        let twice = ["https://a.example", "", "https://A.example:443"].map(str::to_owned);
        assert_eq!(read(&twice, Mode::Production).unwrap(), ["https://a.example"]);
    }
}
