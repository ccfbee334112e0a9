//! States and their postal codes.

/// The states of the USA and the District of Columbia: code and name in small letters.
pub const US_STATES: [(&str, &str); 51] = [
    ("AL", "alabama"),
    ("AK", "alaska"),
    ("AZ", "arizona"),
    ("AR", "arkansas"),
    ("CA", "california"),
    ("CO", "colorado"),
    ("CT", "connecticut"),
    ("DE", "delaware"),
    ("DC", "district of columbia"),
    ("FL", "florida"),
    ("GA", "georgia"),
    ("HI", "hawaii"),
    ("ID", "idaho"),
    ("IL", "illinois"),
    ("IN", "indiana"),
    ("IA", "iowa"),
    ("KS", "kansas"),
    ("KY", "kentucky"),
    ("LA", "louisiana"),
    ("ME", "maine"),
    ("MD", "maryland"),
    ("MA", "massachusetts"),
    ("MI", "michigan"),
    ("MN", "minnesota"),
    ("MS", "mississippi"),
    ("MO", "missouri"),
    ("MT", "montana"),
    ("NE", "nebraska"),
    ("NV", "nevada"),
    ("NH", "new hampshire"),
    ("NJ", "new jersey"),
    ("NM", "new mexico"),
    ("NY", "new york"),
    ("NC", "north carolina"),
    ("ND", "north dakota"),
    ("OH", "ohio"),
    ("OK", "oklahoma"),
    ("OR", "oregon"),
    ("PA", "pennsylvania"),
    ("RI", "rhode island"),
    ("SC", "south carolina"),
    ("SD", "south dakota"),
    ("TN", "tennessee"),
    ("TX", "texas"),
    ("UT", "utah"),
    ("VT", "vermont"),
    ("VA", "virginia"),
    ("WA", "washington"),
    ("WV", "west virginia"),
    ("WI", "wisconsin"),
    ("WY", "wyoming"),
];

/// Whether a state, by its code or its name, is one of the USA.
pub fn is_us_state(state: &str) -> bool {
    let state = state.trim();
    US_STATES
        .iter()
        .any(|(code, name)| state.eq_ignore_ascii_case(code) || state.eq_ignore_ascii_case(name))
}

/// A ZIP code, with or without the four digits after it.
pub fn is_zip_code(text: &str) -> bool {
    let digits = |text: &str, n| text.len() == n && text.bytes().all(|b| b.is_ascii_digit());
    match text.trim().split_once('-') {
        Some((zip, plus)) => digits(zip, 5) && digits(plus, 4),
        None => digits(text.trim(), 5),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn american_codes_have_five_digits_or_nine() {
        assert!(is_us_state(" il ") && is_us_state("Illinois") && !is_us_state("Ontario"));
        assert!(is_zip_code("62704") && is_zip_code("62704-1234"));
        for no in ["", "6270", "627041", "62704-", "62704-12", "K1A 0B1", "６２７０４"] {
            assert!(!is_zip_code(no), "{no}");
        }
    }
}
