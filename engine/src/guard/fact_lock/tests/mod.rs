//! Invented claims must all fall, true ones nearly all stand. The sentences are made here, from
//! the records of five made-up properties and many ways to put the same thing.

mod by_hand;
mod records;
mod sentences;
mod unseen;

use std::sync::Arc;

use domain::fact::Period;

use super::FactLock;
use records::Record;
use sentences::Said;

fn lock(record: &Record) -> FactLock<'_> {
    let facts: Vec<_> = record.facts.iter().collect();
    let passages: Vec<_> = record.passages.iter().map(String::as_str).collect();
    FactLock::new(Arc::new(super::Record::new(&facts)), super::Told::all(&passages)).knowing(record.realtor)
}

fn every(record: &Record, said: &Said) -> Vec<String> {
    [
        sentences::price(record, said),
        sentences::beds(said),
        sentences::baths(said),
        sentences::both(said),
        sentences::area(record, said),
        sentences::lot(said),
        sentences::year(said),
        sentences::fee(record, said),
        sentences::taxes(record, said),
        sentences::spaces(said),
        sentences::stories(said),
        sentences::mixed(record, said),
    ]
    .concat()
}

fn true_ones(record: &Record) -> Vec<String> {
    let mut out = every(record, &Said::of(record));
    out.extend(sentences::having(record.has));
    out.extend(sentences::lacking(record.lacks));
    match record.pets {
        Some(true) => {
            out.extend(["Yes, pets are allowed.", "It is pet friendly.", "Pets are welcome."].map(String::from))
        }
        Some(false) => out.extend(
            [
                "No, pets are not allowed.",
                "Pets aren't permitted.",
                "There is a no pets rule.",
            ]
            .map(String::from),
        ),
        None => {}
    }
    let who = record.realtor;
    out.extend([
        format!("I don't have that on record, but I can pass your question to {who}."),
        "I'm an AI assistant, so I can only tell you what the listing says.".to_owned(),
        "Would you like to know more about the garage or the garden?".to_owned(),
        "I don't have any information about a hot tub.".to_owned(),
        format!("You can ask {who} whether there is a wine cellar."),
        "The listing doesn't mention a sauna.".to_owned(),
        "Is there anything else you would like to know?".to_owned(),
    ]);
    out
}

/// Wrong values, one at a time, so that each sentence holds exactly one invention.
fn wrong(record: &Record) -> Vec<String> {
    let truth = Said::of(record);
    let mut out = Vec::new();
    let mut said = truth.clone();
    for price in [truth.price + 10_000, truth.price / 10, truth.area, truth.year] {
        said.price = price;
        out.extend(sentences::price(record, &said));
    }
    said = truth.clone();
    for beds in [truth.beds + 1, truth.beds + 2, 8] {
        said.beds = beds;
        out.extend(sentences::beds(&said));
        out.extend(sentences::both(&said));
    }
    said = truth.clone();
    for baths in [truth.baths + 1.0, truth.baths + 0.5, 7.0] {
        said.baths = baths;
        out.extend(sentences::baths(&said));
    }
    said = truth.clone();
    for area in [truth.area + 100, truth.price, truth.year] {
        said.area = area;
        out.extend(sentences::area(record, &said));
    }
    said = truth.clone();
    said.lot = truth.lot.map(|(size, unit)| (size * 2.0, unit));
    out.extend(sentences::lot(&said));
    said = truth.clone();
    for year in [truth.year + 3, truth.year - 20, 2024] {
        said.year = year;
        out.extend(sentences::year(&said));
    }
    said = truth.clone();
    // A fee where none is on record, the price or the taxes as a fee, the wrong period.
    for fee in [
        (275, Period::Month),
        (truth.price, Period::Month),
        (truth.fee.map_or(99, |fee| fee.0), Period::Year),
    ] {
        said.fee = Some(fee);
        out.extend(sentences::fee(record, &said).into_iter().filter(|s| {
            truth
                .fee
                .is_none_or(|t| t.0 != fee.0 || s.contains("year") || s.contains("annual") || s.contains("/yr"))
        }));
    }
    for taxes in [truth.taxes.unwrap_or(0) + 700, truth.price] {
        said.taxes = Some(taxes);
        out.extend(sentences::taxes(record, &said));
    }
    said.spaces = Some(truth.spaces.unwrap_or(2) + 3);
    out.extend(sentences::spaces(&said));
    said.stories = Some(truth.stories.unwrap_or(1) + 3);
    out.extend(sentences::stories(&said));
    out
}

fn invented(record: &Record) -> Vec<String> {
    let mut out = wrong(record);
    out.extend(sentences::having(record.silent));
    out.extend(sentences::lacking(record.silent));
    out.extend(sentences::having(record.lacks));
    out.extend(sentences::lacking(record.has));
    match record.pets {
        Some(true) => out.extend(["No pets are allowed.", "Pets are not permitted."].map(String::from)),
        _ => out.extend(
            [
                "Yes, pets are allowed.",
                "The building is pet friendly.",
                "Dogs are welcome.",
            ]
            .map(String::from),
        ),
    }
    out.extend(
        [
            "The assigned school is Lincoln Elementary.",
            "It is in the Maple Grove school district.",
            "There is an open house on Sunday from 2 to 5 pm.",
            "The roof was replaced in 2015.",
            "The kitchen was renovated in 2022.",
            "It was last sold in 2014 for $310,000.",
            "The home has been sold.",
            "The price was reduced by 5% last week.",
            "You can reach the agent at 415-555-0199.",
            "The seller is offering a $10,000 credit.",
            "It is 3 minutes from the beach.",
            "The price per square foot is $999.",
            "The energy rating is A.",
            "Utilities run about $150 a month.",
            "The property is a duplex.",
            "It is held on a leasehold basis with 90 years left.",
            "The home comes with a 2-10 home warranty.",
            "Closing can happen by August 15, 2026.",
            "More than 9 offers have been received.",
            "It is located at 742 Evergreen Terrace.",
        ]
        .map(String::from),
    );
    out
}

/// Sentences the lock judges otherwise than expected.
fn misjudged(all: &[(String, Vec<String>)], keep: bool) -> (usize, Vec<String>) {
    let mut count = 0;
    let mut bad = Vec::new();
    for (record, (city, said)) in records::all().iter().zip(all) {
        let lock = lock(record);
        for sentence in said {
            count += 1;
            let verdict = lock.check(sentence);
            if verdict.is_keep() != keep {
                bad.push(format!("{city}: {sentence} -> {verdict:?}"));
            }
        }
    }
    (count, bad)
}

fn sets(make: fn(&Record) -> Vec<String>) -> Vec<(String, Vec<String>)> {
    records::all()
        .iter()
        .enumerate()
        .map(|(i, record)| (format!("record {i}"), make(record)))
        .collect()
}

#[test]
fn no_invented_claim_passes() {
    let (count, bad) = misjudged(&sets(invented), false);
    println!("{count} invented, {} passed", bad.len());
    assert!(
        count >= 300 && bad.is_empty(),
        "{} of {count} passed:\n{}",
        bad.len(),
        bad.join("\n")
    );
}

#[test]
fn hardly_any_true_sentence_is_lost() {
    let (count, bad) = misjudged(&sets(true_ones), true);
    println!("{count} true, {} lost: {bad:#?}", bad.len());
    assert!(
        count >= 300 && bad.len() * 50 <= count,
        "{} of {count} lost:\n{}",
        bad.len(),
        bad.join("\n")
    );
}

#[test]
fn sentences_written_by_hand_are_judged_alike() {
    let records = records::all();
    let misjudged = |all: &[(usize, &str)], keep: bool| -> Vec<String> {
        all.iter()
            .map(|(record, sentence)| (record, sentence, lock(&records[*record]).check(sentence)))
            .filter(|(_, _, verdict)| verdict.is_keep() != keep)
            .map(|(record, sentence, verdict)| format!("{record}: {sentence} -> {verdict:?}"))
            .collect()
    };
    let passed = misjudged(by_hand::INVENTED, false);
    let lost = misjudged(by_hand::TRUE, true);
    assert!(
        passed.is_empty() && lost.is_empty(),
        "passed:\n{}\nlost:\n{}",
        passed.join("\n"),
        lost.join("\n")
    );
}
