//! Word lists of the fact lock: numbers in words, months, units, currencies.

use domain::fact::{Period, Unit};

use super::mention::Mention;
use super::quantity::Currency;
use super::token::{Kind, Num, Text};
use super::topic::kind;

/// Letters and digits only.
pub fn alphanumeric(word: &str) -> String {
    word.chars().filter(|c| c.is_alphanumeric()).collect()
}

pub fn singular(word: &str) -> &str {
    word.strip_suffix('s')
        .filter(|stem| stem.len() > 2 && !stem.ends_with('s'))
        .unwrap_or(word)
}

fn small(word: &str) -> Option<f64> {
    Some(match word {
        "zero" => 0.0,
        "one" | "uno" | "una" | "eins" | "ein" | "eine" | "single" => 1.0,
        "two" | "dos" | "zwei" | "deux" | "double" => 2.0,
        "three" | "tres" | "drei" | "trois" | "triple" => 3.0,
        "four" | "cuatro" | "vier" | "quatre" => 4.0,
        "five" | "cinco" | "funf" | "cinq" => 5.0,
        "six" | "seis" | "sechs" => 6.0,
        "seven" | "siete" | "sieben" | "sept" => 7.0,
        "eight" | "ocho" | "acht" | "huit" => 8.0,
        "nine" | "nueve" | "neun" | "neuf" => 9.0,
        "ten" | "diez" | "zehn" | "dix" => 10.0,
        "eleven" => 11.0,
        "twelve" => 12.0,
        "thirteen" => 13.0,
        "fourteen" => 14.0,
        "fifteen" => 15.0,
        "sixteen" => 16.0,
        "seventeen" => 17.0,
        "eighteen" => 18.0,
        "nineteen" => 19.0,
        _ => return None,
    })
}

fn tens(word: &str) -> Option<f64> {
    Some(match word {
        "twenty" => 20.0,
        "thirty" => 30.0,
        "forty" => 40.0,
        "fifty" => 50.0,
        "sixty" => 60.0,
        "seventy" => 70.0,
        "eighty" => 80.0,
        "ninety" => 90.0,
        _ => return None,
    })
}

/// Words that are numbers only before something that can be counted.
fn is_doubtful(word: &str) -> bool {
    matches!(
        word,
        "one" | "ein" | "eine" | "uno" | "una" | "single" | "double" | "triple" | "sept"
    )
}

/// `first` to `tenth`.
pub fn ordinal(word: &str) -> Option<f64> {
    let all = [
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    ];
    all.iter().position(|known| *known == word).map(|i| i as f64 + 1.0)
}

/// A number written in words from token `i`, and the token after it.
pub fn number(text: &Text<'_>, i: usize, mentions: &[Mention]) -> Option<(Num, usize)> {
    let num = |value: f64| Num {
        value,
        grouped: None,
        plain: value.fract() == 0.0,
        digits: 0,
    };
    let word = text.word(i);
    // "half an acre", "a quarter of an acre", "three quarters of an acre", "half a million"
    let (part, after) = match word {
        "half" => (0.5, i + 1),
        "quarter" => (0.25, i + 1),
        "three" if singular(text.word(skip(text, i + 1))) == "quarter" => (0.75, skip(text, i + 1) + 1),
        "third" | "thirds" => (1.0 / 3.0, i + 1),
        _ => (0.0, i),
    };
    if after > i {
        let mut at = skip(text, after);
        for filler in ["of", "a", "an"] {
            if text.word(at) == filler {
                at += 1;
            }
        }
        if area_unit(text, at).is_some() || measure_unit(text, at).is_some() || text.word(at) == "million" {
            return Some((num(part), at));
        }
        if word != "three" {
            return None;
        }
    }
    let mut at = i;
    let (mut total, mut current, mut any) = (0.0, 0.0, false);
    loop {
        let word = text.word(at);
        let value = tens(word).or_else(|| small(word));
        if let Some(value) = value {
            if any
                && !(tens(text.word(at.wrapping_sub(1))).is_some()
                    || text.is_mark(at.wrapping_sub(1), '-')
                    || current % 100.0 == 0.0)
            {
                break;
            }
            current += value;
        } else if any && word == "hundred" {
            current *= 100.0;
        } else if any && word == "thousand" {
            total += current * 1000.0;
            current = 0.0;
        } else {
            break;
        }
        any = true;
        at += 1;
        let next = if text.is_mark(at, '-') || (text.word(at) == "and" && current % 100.0 == 0.0) {
            at + 1
        } else {
            at
        };
        let follows = text.word(next);
        let goes_on = small(follows).is_some()
            && (tens(text.word(at.wrapping_sub(1))).is_some() || current % 100.0 == 0.0)
            || tens(follows).is_some() && current % 100.0 == 0.0
            || matches!(follows, "hundred" | "thousand") && next == at;
        if !goes_on {
            break;
        }
        at = next;
    }
    if !any {
        return None;
    }
    let mut value = total + current;
    // "two and a half"
    if text.word(at) == "and" && text.word(at + 1) == "a" && text.word(at + 2) == "half" {
        value += 0.5;
        at += 3;
    }
    if at == i + 1 && is_doubtful(word) && !counts_something(text, at, mentions) {
        return None;
    }
    Some((num(value), at))
}

fn skip(text: &Text<'_>, i: usize) -> usize {
    if text.is_mark(i, '-') { i + 1 } else { i }
}

/// Something that can be counted follows within two words.
fn counts_something(text: &Text<'_>, at: usize, mentions: &[Mention]) -> bool {
    let at = skip(text, at);
    area_unit(text, at).is_some()
        || measure_unit(text, at).is_some()
        || matches!(text.word(at), "million" | "hundred" | "thousand" | "full" | "half")
        || mentions.iter().any(|m| {
            (at..at + 3).contains(&m.from)
                && m.topic.kinds() & kind::COUNT != 0
                && m.topic.kinds() != kind::ANY
                && (at..m.from).all(|i| text.is_word(i) && !matches!(text.word(i), "of" | "the"))
        })
}

/// `k`, `million` and their like as a factor.
pub fn multiplier(text: &Text<'_>, i: usize) -> Option<f64> {
    let token = text.tokens.get(i)?;
    let joined = !token.apart;
    Some(match text.word(i) {
        "k" => 1e3,
        "thousand" | "tausend" => 1e3,
        "m" | "mm" if joined && !text.is_mark(i + 1, '2') => {
            // "180 m" is a length, "$1.2m" and "1.2m" with money before it is not.
            let number = i.checked_sub(1)?;
            let money =
                number > 0 && matches!(text.tokens[number - 1].kind, Kind::Mark(mark) if currency_sign(mark).is_some());
            if !money && text.word(i) == "m" {
                return None;
            }
            1e6
        }
        "million" | "millions" | "millionen" | "millones" | "mio" | "mn" | "mil" => 1e6,
        "b" | "bn" | "billion" => 1e9,
        "lakh" | "lakhs" | "lac" => 1e5,
        "crore" | "crores" | "cr" => 1e7,
        _ => return None,
    })
}

pub fn currency_sign(mark: char) -> Option<Currency> {
    Some(match mark {
        '$' => "$",
        '€' => "EUR",
        '£' => "GBP",
        '₹' => "INR",
        '¥' => "JPY",
        _ => return None,
    })
}

/// A currency in letters at token `i`. Single letters count only right before their number.
pub fn currency_word(text: &Text<'_>, i: usize) -> Option<Currency> {
    let before_number = matches!(text.tokens.get(i + 1).map(|t| t.kind), Some(Kind::Number(_)));
    Some(match text.word(i) {
        "usd" | "dollar" | "dollars" | "bucks" | "cad" | "aud" | "nzd" | "sgd" => "$",
        "eur" | "euro" | "euros" => "EUR",
        "gbp" | "pound" | "pounds" | "sterling" => "GBP",
        "inr" | "rupee" | "rupees" => "INR",
        "zar" | "rand" => "ZAR",
        "chf" | "francs" => "CHF",
        "aed" | "dirham" | "dirhams" => "AED",
        "jpy" | "yen" => "JPY",
        "rs" if before_number || text.is_mark(i + 1, '.') => "INR",
        "r" if before_number && text.tokens[i].capital => "ZAR",
        _ => return None,
    })
}

/// The currency of a fact, in the terms of a sign.
pub fn currency_of_code(code: &str) -> Currency {
    match code {
        "EUR" => "EUR",
        "GBP" => "GBP",
        "INR" => "INR",
        "ZAR" => "ZAR",
        "CHF" => "CHF",
        "AED" => "AED",
        "JPY" => "JPY",
        "USD" | "CAD" | "AUD" | "NZD" | "SGD" | "HKD" | "MXN" => "$",
        _ => "another",
    }
}

/// A unit of area from token `i`, and the token after it.
pub fn area_unit(text: &Text<'_>, i: usize) -> Option<(Unit, usize)> {
    let i = if text.is_mark(i, '-') { i + 1 } else { i };
    let dot = |at: usize| if text.is_mark(at, '.') { at + 1 } else { at };
    let unit = |word: &str| match word {
        "ft" | "feet" | "foot" | "footage" => Some(Unit::SquareFeet),
        "m" | "metre" | "metres" | "meter" | "meters" | "mtr" | "mtrs" => Some(Unit::SquareMetres),
        "yd" | "yds" | "yard" | "yards" => Some(Unit::SquareYards),
        _ => None,
    };
    match text.word(i) {
        "sqft" | "sf" | "ft2" => Some((Unit::SquareFeet, i + 1)),
        "sqm" | "m2" | "qm" | "quadratmeter" => Some((Unit::SquareMetres, i + 1)),
        "metros" | "metres" if matches!(text.word(i + 1), "cuadrados" | "carres") => Some((Unit::SquareMetres, i + 2)),
        "sqyd" => Some((Unit::SquareYards, i + 1)),
        "acre" | "acres" | "ac" => Some((Unit::Acres, i + 1)),
        "hectare" | "hectares" | "ha" | "hektar" | "hectareas" => Some((Unit::Hectares, i + 1)),
        "sq" | "square" => {
            let at = skip(text, dot(i + 1));
            unit(text.word(at)).map(|found| {
                (
                    found,
                    if text.word(i) == "sq" && text.is_mark(i + 1, '.') {
                        dot(at + 1)
                    } else {
                        at + 1
                    },
                )
            })
        }
        _ => None,
    }
}

/// A unit of length or time from token `i`, and the token after it.
pub fn measure_unit(text: &Text<'_>, i: usize) -> Option<(&'static str, usize)> {
    let i = if text.is_mark(i, '-') { i + 1 } else { i };
    let unit = match text.word(i) {
        "ft" | "feet" | "foot" | "'" => "foot",
        "inch" | "inches" => "inch",
        "m" | "metre" | "metres" | "meter" | "meters" => "metre",
        "km" | "kms" | "kilometre" | "kilometres" | "kilometer" | "kilometers" => "kilometre",
        "mi" | "mile" | "miles" => "mile",
        "yard" | "yards" | "yd" => "yard",
        "block" | "blocks" => "block",
        "minute" | "minutes" | "min" | "mins" | "minuten" | "minutos" => "minute",
        "hour" | "hours" | "hr" | "hrs" => "hour",
        "day" | "days" => "day",
        "week" | "weeks" => "week",
        "month" | "months" => "month",
        "year" | "years" | "yr" | "yrs" => "year",
        "kw" | "kwh" => "kilowatt",
        "gallon" | "gallons" => "gallon",
        "amp" | "amps" => "amp",
        _ => return None,
    };
    Some((unit, i + 1))
}

/// `per month`, `/yr`, `per sq ft` from token `i`.
pub fn rate(text: &Text<'_>, i: usize) -> (Option<Period>, bool, usize) {
    let direct = period_adverb(text.word(i)).or((text.word(i) == "pm").then_some(Period::Month));
    if direct.is_some() {
        return (direct, false, i + 1);
    }
    if !is_linked(text, i) {
        return (None, false, i);
    }
    if area_unit(text, i + 1).is_some_and(|_| text.word(i) != "a" && text.word(i) != "an") {
        let to = area_unit(text, i + 1).map_or(i, |(_, to)| to);
        return (None, true, to);
    }
    let period = match text.word(i + 1) {
        "month" | "mo" | "mth" | "monat" | "mes" | "mois" => Some(Period::Month),
        "year" | "yr" | "annum" | "jahr" | "ano" | "an" => Some(Period::Year),
        "week" | "wk" | "woche" => Some(Period::Week),
        "quarter" | "qtr" | "quartal" => Some(Period::Quarter),
        _ => None,
    };
    match period {
        Some(_) => (period, false, i + 2),
        None => (None, false, i),
    }
}

/// "per", "a", `/` before what an amount is for.
pub fn is_linked(text: &Text<'_>, i: usize) -> bool {
    let word = text.word(i);
    matches!(
        word,
        "per" | "a" | "an" | "each" | "every" | "pro" | "al" | "par" | "por"
    ) || text.is_mark(i, '/')
}

/// "a day", "per night", "an hour".
pub fn each(text: &Text<'_>, i: usize) -> Option<&'static str> {
    let often = match text.word(i + 1) {
        "day" => "day",
        "night" => "night",
        "hour" => "hour",
        _ => return None,
    };
    is_linked(text, i).then_some(often)
}

/// A word that says how often by itself.
pub fn period_adverb(word: &str) -> Option<Period> {
    Some(match word {
        "monthly" | "pcm" | "mtl" | "monatlich" | "mensual" => Period::Month,
        "yearly" | "annually" | "annual" | "pa" | "jahrlich" | "anual" => Period::Year,
        "weekly" | "pw" => Period::Week,
        "quarterly" => Period::Quarter,
        _ => return None,
    })
}

/// 1 to 12 for the name of a month in English, Spanish, German or French.
pub fn month(word: &str) -> Option<u8> {
    Some(match word {
        "january" | "jan" | "enero" | "januar" | "janvier" => 1,
        "february" | "feb" | "febrero" | "februar" | "fevrier" => 2,
        "march" | "mar" | "marzo" | "marz" | "mars" => 3,
        "april" | "apr" | "abril" | "avril" => 4,
        "may" | "mayo" | "mai" => 5,
        "june" | "jun" | "junio" | "juni" | "juin" => 6,
        "july" | "jul" | "julio" | "juli" | "juillet" => 7,
        "august" | "aug" | "agosto" | "aout" => 8,
        "september" | "sept" | "sep" | "septiembre" | "septembre" => 9,
        "october" | "oct" | "octubre" | "oktober" | "octobre" => 10,
        "november" | "nov" | "noviembre" | "novembre" => 11,
        "december" | "dec" | "diciembre" | "dezember" | "decembre" => 12,
        _ => return None,
    })
}

/// The month at token `i` is no other word: long names are sure, "may", "march" and the short ones
/// need a preposition before them, or a day. Within a sentence a capital is enough for "May" and "March", where no
/// name goes on after it.
pub fn is_certain_month(text: &Text<'_>, i: usize, has_day: bool) -> bool {
    let word = text.word(i);
    let is_capital = |i: usize| text.tokens.get(i).is_some_and(|t| t.capital);
    let capital = is_capital(i);
    match word {
        "may" | "march"
            if capital
                && i > 0
                && text.tokens[i - 1].kind == super::token::Kind::Word
                && !is_capital(i - 1)
                && !is_capital(i + 1) =>
        {
            true
        }
        "may" | "march" | "mar" | "jan" | "mars" | "mai" | "dec" | "sep" | "sept" | "oct" | "nov" | "aug" | "jun"
        | "jul" | "feb" | "apr" => {
            has_day && capital
                || capital
                    && i > 0
                    && matches!(
                        text.word(i - 1),
                        "in" | "since"
                            | "until"
                            | "by"
                            | "last"
                            | "of"
                            | "early"
                            | "late"
                            | "next"
                            | "this"
                            | "mid"
                            | "from"
                    )
        }
        _ => capital || has_day,
    }
}

/// Monday is 0; short forms need no check because they are only compared.
pub fn weekday(word: &str) -> Option<u8> {
    let word = singular(word);
    let all = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    all.iter().position(|day| *day == word).map(|i| i as u8)
}
