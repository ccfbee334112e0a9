use domain::fact::{FactKey, FactMethod, FactValue, Period, Span, Unit};

use std::sync::Arc;

use super::fact_lock::{FactLock, Record, Sentences, Told};
use super::*;

fn fact(key: FactKey, value: FactValue) -> Fact {
    Fact {
        key,
        label: None,
        value,
        method: FactMethod::JsonLd,
        span: Span::default(),
    }
}

fn labelled(label: &str, value: &str) -> Fact {
    Fact {
        label: Some(label.into()),
        ..fact(FactKey::Other, FactValue::text(value))
    }
}

fn record() -> Vec<Fact> {
    let text = |key, words: &str| fact(key, FactValue::text(words));
    let money = |key, whole: i64, period| {
        fact(
            key,
            FactValue::Money {
                minor: whole * 100,
                currency: Some("USD".into()),
                period,
            },
        )
    };
    vec![
        money(FactKey::Price, 489_000, None),
        text(FactKey::Offer, "sale"),
        text(FactKey::Status, "active"),
        fact(FactKey::Bedrooms, FactValue::number(3.0)),
        fact(FactKey::Bathrooms, FactValue::number(2.5)),
        fact(FactKey::LivingArea, FactValue::measure(1176.0, Unit::SquareFeet)),
        fact(FactKey::LotArea, FactValue::measure(0.25, Unit::Acres)),
        fact(FactKey::YearBuilt, FactValue::number(1972.0)),
        text(FactKey::PropertyType, "SingleFamilyResidence"),
        text(FactKey::Address, "1547 Larkspur Ct"),
        text(FactKey::City, "San Mateo"),
        text(FactKey::Region, "CA"),
        text(FactKey::PostalCode, "94403"),
        money(FactKey::HoaFee, 396, Some(Period::Month)),
        money(FactKey::Taxes, 5870, Some(Period::Year)),
        fact(FactKey::Parking, FactValue::measure(2.0, Unit::Spaces)),
        fact(FactKey::Stories, FactValue::number(2.0)),
        text(FactKey::Heating, "Gas forced air"),
        text(FactKey::Cooling, "Central air"),
        text(FactKey::Roof, "Composition shingle"),
        text(FactKey::Flooring, "Hardwood, tile"),
        fact(FactKey::Basement, FactValue::Flag { flag: false }),
        fact(FactKey::Pool, FactValue::Flag { flag: true }),
        fact(FactKey::Pets, FactValue::Flag { flag: true }),
        fact(
            FactKey::School,
            FactValue::List {
                items: vec!["Beresford Elementary".into(), "Hillsdale High".into()],
            },
        ),
        text(FactKey::EnergyRating, "C"),
        text(FactKey::Tenure, "FREEHOLD"),
        text(FactKey::Reference, "ML81643266"),
        fact(
            FactKey::Features,
            FactValue::List {
                items: vec!["Gas fireplace".into(), "Walk-in closet".into(), "Solar panels".into()],
            },
        ),
        text(FactKey::AgentName, "Dana Whitfield"),
        text(FactKey::AgentCompany, "Bay Homes"),
        text(
            FactKey::Description,
            "A bright home near the park. The kitchen was remodeled in 2018 with granite counters.",
        ),
        labelled("Internet", "Fiber"),
    ]
}

const PASSAGES: &[&str] = &[
    "The roof was replaced in 2019 and the furnace in 2020. The water heater is original. The garage has an EV charger.",
    "The train station is 0.8 miles away. Open house Saturday May 17, 1 PM to 4 PM. The association covers water and garbage.\nDouble glazing\nYes\nSauna\nNo",
    "For showings call (650) 555-0142. The backyard faces south and has a lemon tree.",
];

fn answered(question: &str) -> Answer {
    let facts = record();
    let refs: Vec<FactRef<'_>> = facts.iter().zip(0..).map(|(fact, id)| FactRef { id, fact }).collect();
    let passages: Vec<PassageRef<'_>> = PASSAGES
        .iter()
        .zip(100..)
        .map(|(text, id)| PassageRef {
            id,
            heading: None,
            text,
            score: 1.0,
        })
        .collect();
    answer(&Ask {
        question,
        property_name: Some("1547 Larkspur Ct, San Mateo"),
        realtor: Some("Dana Whitfield"),
        facts: &refs,
        passages: &passages,
    })
}

/// Question, and words that the answer must hold.
const KNOWN: &[(&str, &str)] = &[
    ("What is the asking price?", "The asking price is $489,000."),
    ("how much", "$489,000"),
    ("How much does this house cost?", "$489,000"),
    ("What are they asking for it?", "$489,000"),
    ("price?", "$489,000"),
    ("How many bedrooms does it have?", "It has 3 bedrooms."),
    (
        "How many beds and baths and what year?",
        "It has 3 bedrooms and 2.5 bathrooms. It was built in 1972.",
    ),
    (
        "How many bedrooms and bathrooms are there?",
        "It has 3 bedrooms and 2.5 bathrooms.",
    ),
    ("Is it a 3 bedroom?", "3 bedrooms"),
    ("How big is it?", "1,176 sq ft"),
    ("What's the square footage?", "1,176 sq ft"),
    ("How large is the lot?", "The lot size is 0.25 acres."),
    ("How much land does it come with?", "0.25 acres"),
    ("When was it built?", "It was built in 1972."),
    ("How old is the house?", "1972"),
    ("What year was the home constructed?", "1972"),
    ("What is the HOA fee?", "The HOA fee is $396 per month."),
    ("Is there an HOA?", "$396 per month"),
    ("How much are the HOA dues per month?", "$396"),
    ("What are the property taxes?", "$5,870 per year"),
    ("How much are taxes?", "$5,870"),
    ("How many parking spaces are there?", "2 parking spaces"),
    ("Is there parking?", "2 parking spaces"),
    ("What type of heating does it have?", "Gas forced air"),
    ("Is the heating gas?", "Gas forced air"),
    ("Does it have air conditioning?", "Central air"),
    ("Is there AC?", "Central air"),
    ("What is the roof made of?", "Composition shingle"),
    ("What kind of flooring is there?", "Hardwood, tile"),
    ("Is there a basement?", "No, it has no basement."),
    ("Does it have a pool?", "Yes, it has a pool."),
    ("Are pets allowed?", "Yes, pets are allowed."),
    ("Can I bring my dog?", "pets are allowed"),
    ("What schools is it zoned for?", "Beresford Elementary"),
    ("Which school district?", "Hillsdale High"),
    ("What is the address?", "1547 Larkspur Ct, San Mateo, CA 94403"),
    ("Where is it located?", "1547 Larkspur Ct"),
    ("What city is it in?", "San Mateo"),
    ("What's the zip code?", "94403"),
    ("Is it still available?", "still available"),
    ("Is the house for sale?", "for sale"),
    ("What type of property is it?", "single family residence"),
    ("How many stories?", "2 stories"),
    ("How many floors does it have?", "2 stories"),
    ("What is the energy rating?", "The energy rating is C."),
    ("Is it freehold or leasehold?", "freehold"),
    ("What is the MLS number?", "ML81643266"),
    ("Who is the listing agent?", "Dana Whitfield of Bay Homes"),
    ("What features does it have?", "Gas fireplace"),
    (
        "Is there a fireplace?",
        "Yes, the features on record include “Gas fireplace”.",
    ),
    ("Does it have solar panels?", "Solar panels"),
    ("Tell me about the house", "A bright home near the park"),
    ("When was the roof replaced?", "The roof was replaced in 2019"),
    ("How old is the roof?", "2019"),
    ("When was the kitchen remodeled?", "2018"),
    ("Is there an EV charger?", "EV charger"),
    ("How far is the train station?", "0.8 miles"),
    ("When is the open house?", "Saturday May 17"),
    ("What does the HOA cover?", "covers water and garbage"),
    ("Is there double glazing?", "Double glazing: Yes"),
    ("Is there a sauna?", "Sauna: No"),
    ("What phone number can I call?", "(650) 555-0142"),
    ("What internet is available?", "Fiber"),
    ("Which way does the backyard face?", "south"),
    ("¿Cuánto cuesta la casa?", "$489,000"),
    ("¿Cuántos dormitorios tiene?", "3 bedrooms"),
    ("¿Hay piscina?", "has a pool"),
    ("¿Cuándo fue construida?", "1972"),
    ("¿Se permiten mascotas?", "pets are allowed"),
    ("Was kostet das Haus?", "$489,000"),
    ("Wie viele Schlafzimmer hat es?", "3 bedrooms"),
    ("Wie groß ist das Grundstück?", "0.25 acres"),
    ("Wann wurde das Haus gebaut?", "1972"),
    ("Gibt es eine Klimaanlage?", "Central air"),
    ("Combien de chambres ?", "3 bedrooms"),
    ("Quel est le prix ?", "$489,000"),
    ("Y a-t-il une piscine ?", "has a pool"),
];

/// Nothing on record answers these.
const UNKNOWN: &[&str] = &[
    "Is the price negotiable?",
    "How old is the water heater?",
    "Is there an elevator?",
    "How big is the garage?",
    "What are the average utility bills?",
    "How much is the home insurance?",
    "Has the house ever flooded?",
    "Why are they selling?",
    "Is the basement finished?",
    "What did it sell for last time?",
    "How big are the bedrooms?",
    "When can I move in?",
    "Is there a wine cellar?",
    "Are the appliances included?",
    "How many fireplaces are there?",
    "Is there a homeowners insurance discount?",
    "How long has it been on the market?",
    "What is the price per square foot?",
    "Who built the house?",
    "Does it have a heated driveway?",
    "Is the pool heated?",
    "When was the pool built?",
    "How much does the pool cost to maintain?",
    "What is the ceiling height?",
    "Is there a mother-in-law unit?",
];

#[test]
fn what_is_on_record_is_said_with_its_source() {
    let mut bad = Vec::new();
    for (question, wanted) in KNOWN {
        let got = answered(question);
        if got.outcome != Outcome::Answered || !got.text.contains(wanted) || got.citations.is_empty() {
            bad.push(format!("{question} -> {:?}: {}", got.outcome, got.text));
        }
    }
    assert!(bad.is_empty(), "{} of {}:\n{}", bad.len(), KNOWN.len(), bad.join("\n"));
}

#[test]
fn what_is_not_on_record_is_not_guessed() {
    let mut bad = Vec::new();
    for question in UNKNOWN {
        let got = answered(question);
        if got.outcome != Outcome::Unknown || !got.text.contains("Dana Whitfield") {
            bad.push(format!("{question} -> {:?}: {}", got.outcome, got.text));
        }
    }
    assert!(
        bad.is_empty(),
        "{} of {}:\n{}",
        bad.len(),
        UNKNOWN.len(),
        bad.join("\n")
    );
}

#[test]
fn every_sentence_of_its_own_passes_the_fact_lock() {
    let facts = record();
    let refs: Vec<&Fact> = facts.iter().collect();
    let mut bad = Vec::new();
    let asked = KNOWN.iter().map(|(q, _)| *q).chain(UNKNOWN.iter().copied()).chain([
        "Hi",
        "Is it safe?",
        "Are you human?",
        "Thanks",
        "Can I see it on Monday?",
        "Any photos?",
    ]);
    let record = Arc::new(Record::new(&refs));
    for question in asked {
        let lock = FactLock::new(Arc::clone(&record), Told::all(PASSAGES))
            .asked(question)
            .knowing("Dana Whitfield")
            .knowing("1547 Larkspur Ct, San Mateo");
        let text = answered(question).text;
        let mut cut = Sentences::default();
        let sentences: Vec<String> = cut.push(&text).chain(Sentences::default().finish()).collect();
        for sentence in sentences.into_iter().chain(cut.finish()) {
            let verdict = lock.check(&sentence);
            if !verdict.is_keep() {
                bad.push(format!("{question}: {sentence} -> {verdict:?}"));
            }
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn quotations_stand_in_their_passage_word_for_word() {
    for (question, _) in KNOWN {
        for cite in answered(question).citations {
            if let Cite::Passage { id, quote } = cite {
                assert!(PASSAGES[id as usize - 100].contains(&quote), "{question}: {quote}");
            }
        }
    }
}

#[test]
fn people_are_not_described_and_courtesy_needs_no_source() {
    assert_eq!(
        answered("Is it a safe neighborhood?").outcome,
        Outcome::Refused(Refusal::FairHousing)
    );
    assert_eq!(
        answered("Who lives around here?").outcome,
        Outcome::Refused(Refusal::FairHousing)
    );
    for question in [
        "Hi",
        "Hello there!",
        "Thanks a lot",
        "Thank you, that helps",
        "Good morning",
        "Hola",
        "Can I schedule a showing?",
        "I'd like to talk to the agent",
        "Do you have photos?",
    ] {
        assert_eq!(
            answered(question).outcome,
            Outcome::SmallTalk,
            "{question}: {}",
            answered(question).text
        );
    }
}

/// 50 ways to ask in each of three languages, alone and inside longer messages.
#[test]
fn it_always_says_that_it_is_no_person() {
    let english = [
        "are you human",
        "are you a human",
        "are you a real person",
        "are you real",
        "are you a bot",
        "are you a robot",
        "are you an AI",
        "are you AI",
        "are you a machine",
        "are you a computer",
        "are you ChatGPT",
        "are you an actual person",
        "are you a live agent",
        "are you automated",
        "is this a bot",
        "is this a real person",
        "is this an AI",
        "is this a chatbot",
        "is this automated",
        "is this a human",
        "am I talking to a human",
        "am I talking to a robot",
        "am I speaking to a person",
        "am I chatting with a real person",
        "who am I talking to",
        "who are you",
        "what are you",
        "human or bot",
        "are you a person or a machine",
        "you're a bot right",
        "are you the agent",
        "are you the realtor",
        "are you the owner",
        "is this ChatGPT",
        "is this a live person",
        "are you a human being",
        "are you really a person",
        "you are human, aren't you",
        "you're not a bot are you",
        "be honest, are you an AI",
        "tell me, are you a human",
        "am I talking with AI",
        "is anyone real there",
        "you human",
        "you a bot",
        "are you artificial intelligence",
        "am I speaking with a person",
        "are you actually a human",
        "is this a machine",
        "is this a computer",
    ];
    let spanish = [
        "¿eres humano?",
        "¿eres humana?",
        "¿eres un bot?",
        "¿eres un robot?",
        "¿eres una persona?",
        "¿eres una persona real?",
        "¿eres una máquina?",
        "¿eres real?",
        "¿eres una IA?",
        "¿eres una inteligencia artificial?",
        "¿es usted humano?",
        "¿es usted una persona?",
        "¿es usted un robot?",
        "¿hablo con un humano?",
        "¿hablo con una persona?",
        "¿estoy hablando con un robot?",
        "¿estoy hablando con una persona?",
        "¿quién eres?",
        "¿qué eres?",
        "¿quién es usted?",
    ];
    let german = [
        "Bist du ein Mensch?",
        "Bist du ein Bot?",
        "Bist du ein Roboter?",
        "Bist du eine KI?",
        "Bist du eine Maschine?",
        "Bist du echt?",
        "Sind Sie ein Mensch?",
        "Sind Sie eine echte Person?",
        "Sind Sie ein Bot?",
        "Sind Sie eine KI?",
        "Spreche ich mit einem Menschen?",
        "Rede ich mit einem Roboter?",
        "Schreibe ich mit einer Person?",
        "Wer bist du?",
        "Was bist du?",
        "Wer sind Sie?",
        "Mensch oder Maschine?",
        "Bist du ein echter Mensch?",
        "Chatte ich mit einer KI?",
        "Bist du menschlich?",
    ];
    for asked in english.iter().chain(&spanish).chain(&german) {
        for message in [
            (*asked).to_owned(),
            format!("Nice house. {asked} And what is the price?"),
            format!("hello, {asked}"),
        ] {
            let got = answered(&message);
            assert!(
                got.outcome == Outcome::SmallTalk && got.text.contains("I am an AI assistant"),
                "{message}: {got:?}"
            );
        }
    }
}

#[test]
fn without_anything_on_record_it_knows_nothing() {
    let got = answer(&Ask {
        question: "What is the price?",
        property_name: None,
        realtor: None,
        facts: &[],
        passages: &[],
    });
    assert_eq!((got.outcome, got.citations.is_empty()), (Outcome::Unknown, true));
    assert!(got.text.contains("I can pass your question to the agent."));
    assert_eq!(
        answer(&Ask {
            question: "",
            property_name: None,
            realtor: None,
            facts: &[],
            passages: &[]
        })
        .outcome,
        Outcome::SmallTalk
    );
}
