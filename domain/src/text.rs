//! Small validated texts. Browser and server accept and refuse with this same code.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::Fault;

macro_rules! validated_text {
    ($($(#[$doc:meta])* $name:ident => $parse:expr;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            pub fn as_str(&self) -> &str { &self.0 }
        }
        impl FromStr for $name {
            type Err = Fault;
            fn from_str(text: &str) -> Result<Self, Fault> {
                let parse: fn(&str) -> Result<String, &'static str> = $parse;
                parse(text).map(Self).map_err(Fault::invalid)
            }
        }
        impl TryFrom<String> for $name {
            type Error = Fault;
            fn try_from(text: String) -> Result<Self, Fault> { text.parse() }
        }
        impl From<$name> for String {
            fn from(value: $name) -> String { value.0 }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) }
        }
    )+};
}

validated_text! {
    /// An email address in lower case, at most 254 characters. Only what a mail server would refuse
    /// anyway is refused here: whether it exists is for a message to find out.
    Email => |text| {
        let text = text.trim().to_lowercase();
        let bad = "This does not look like an email address, such as name@example.com.";
        let (local, host) = text.rsplit_once('@').ok_or(bad)?;
        let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"()<>[]:;,\\\"".contains(c);
        let label = |l: &str| !l.is_empty() && !l.starts_with('-') && !l.ends_with('-')
            && l.chars().all(|c| c.is_alphanumeric() || c == '-');
        let good = text.len() <= 254 && !local.is_empty() && local.len() <= 64 && local.chars().all(plain)
            && !local.starts_with('.') && !local.ends_with('.') && !local.contains("..") && !local.contains('@')
            && host.contains('.') && host.split('.').all(label);
        if good { Ok(text) } else { Err(bad) }
    };
    /// The readable end of an address: lower-case letters, digits and single hyphens, 3 to 60.
    Slug => |text| {
        let good = (3..=60).contains(&text.len()) && !text.starts_with('-') && !text.ends_with('-')
            && !text.contains("--") && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if good { Ok(text.to_owned()) } else { Err("Use 3 to 60 lower-case letters, digits and hyphens.") }
    };
    /// A colour as `#rrggbb`, in lower case.
    HexColour => |text| {
        let text = text.trim().to_lowercase();
        let digits = text.strip_prefix('#').unwrap_or(&text);
        let good = digits.len() == 6 && digits.chars().all(|c| c.is_ascii_hexdigit());
        if good { Ok(format!("#{digits}")) } else { Err("Give a colour as six hexadecimal digits, such as #1f6f5c.") }
    };
    /// A telephone number as a person writes it: 7 to 15 digits with spaces, dots, dashes, brackets, a leading plus.
    Phone => |text| {
        let text = text.trim();
        let digits = text.chars().filter(char::is_ascii_digit).count();
        let plain = text.chars().enumerate()
            .all(|(i, c)| c.is_ascii_digit() || " .-()/".contains(c) || (c == '+' && i == 0));
        if (7..=15).contains(&digits) && plain { Ok(text.to_owned()) } else {
            Err("This does not look like a telephone number, such as (555) 010-2000.")
        }
    };
    /// An address of a web page, `http` or `https`, at most 2,048 characters. The server checks where it leads.
    WebAddress => |text| {
        let text = text.trim();
        let bad = "Give the full address of a page, starting with https://.";
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).ok_or(bad)?;
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let good = text.len() <= 2048 && !host.is_empty() && !host.contains('@')
            && !text.chars().any(|c| c.is_whitespace() || c.is_control());
        if good { Ok(text.to_owned()) } else { Err(bad) }
    };
}

impl Slug {
    /// A slug made of any title; `None` when nothing of it can be used.
    pub fn from_title(title: &str) -> Option<Slug> {
        let mut out = String::new();
        for c in title.to_lowercase().chars() {
            match c {
                'a'..='z' | '0'..='9' => out.push(c),
                '\'' | '’' => {}
                _ if !out.is_empty() && !out.ends_with('-') => out.push('-'),
                _ => {}
            }
            if out.len() >= 48 {
                break;
            }
        }
        out.trim_end_matches('-').parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn emails_are_folded_and_nonsense_is_refused() {
        assert_eq!(
            "  Ann.Lee+x@Example.COM ".parse::<Email>().unwrap().as_str(),
            "ann.lee+x@example.com"
        );
        for bad in [
            "",
            "a",
            "a@b",
            "a b@c.de",
            "@c.de",
            "a@.de",
            "a@c..de",
            "a@@c.de",
            "a..b@c.de",
            "x@-a.de",
            "a\u{0}@c.de",
        ] {
            assert!(bad.parse::<Email>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn colours_phones_and_pages() {
        assert_eq!("1F6F5C".parse::<HexColour>().unwrap().as_str(), "#1f6f5c");
        assert!("#12345".parse::<HexColour>().is_err());
        assert!("+1 (555) 010-2000".parse::<Phone>().is_ok());
        assert!("call me".parse::<Phone>().is_err());
        assert!("https://example.com/x?y=1".parse::<WebAddress>().is_ok());
        for bad in [
            "ftp://x.y",
            "https://",
            "https://a b",
            "https://me@x.y/",
            "javascript:alert(1)",
        ] {
            assert!(bad.parse::<WebAddress>().is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_slug_made_of_a_title_is_a_slug(title in ".{0,80}") {
            if let Some(slug) = Slug::from_title(&title) {
                prop_assert!(slug.as_str().parse::<Slug>().is_ok());
            }
        }
        #[test]
        fn parsing_never_panics(text in ".{0,300}") {
            let _ = text.parse::<Email>();
            let _ = text.parse::<Phone>();
            let _ = text.parse::<WebAddress>();
            let _ = text.parse::<HexColour>();
        }
    }
}
