use domain::{
    brand,
    chat::{Citation, Outcome, Receipt, Turn},
    fact::{Fact, FactKey, FactMethod, FactValue, Span},
    training::StoredFact,
};

use super::*;

const HOSTILE: &str = "\"'><script>steal()</script><img src=x onerror=steal()></textarea></title></style>&amp;";

fn stored(key: FactKey, value: FactValue) -> StoredFact {
    let span = Span {
        quote: value.display_for(key),
        locator: "table".into(),
    };
    let fact = Fact {
        key,
        label: None,
        value,
        method: FactMethod::Table,
        span,
    };
    StoredFact {
        id: id(),
        source_id: None,
        property_id: None,
        fact,
    }
}

/// Any id will do.
fn id<Id: std::str::FromStr<Err = Fault>>() -> Id {
    "00000000-0000-7000-8000-000000000000".parse().unwrap()
}

fn view() -> View {
    View {
        slug: "elm-street".into(),
        bot_name: "Elm".into(),
        greeting: "Hello.".into(),
        disclaimer: "May be mistaken.".into(),
        subject: "12 Elm Street, Springfield, IL 62704".into(),
        street: "12 Elm Street".into(),
        place: "Springfield, IL 62704".into(),
        facts: Vec::new(),
        realtor: "Dana Reyes".into(),
        organization: "Reyes Homes".into(),
        license: Some("IL licence 475.1".into()),
        logo: None,
        photos: Vec::new(),
        palette: brand::palette(&brand::DEFAULT_COLOUR.parse().unwrap()),
        answers: true,
    }
}

fn turn(question: &str, answer: &str, outcome: Option<Outcome>) -> Turn {
    Turn {
        id: id(),
        conversation_id: id(),
        question: question.into(),
        answer: answer.into(),
        outcome,
        citations: Vec::new(),
        receipt: Receipt::default(),
        charged_milli: 0,
        created_at: chrono::DateTime::UNIX_EPOCH,
        finished_at: None,
    }
}

/// The names of all elements that a browser would make of a page.
fn elements(html: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let name_end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let name = &rest[..name_end];
        if name.is_empty() {
            continue;
        }
        found.push(name);
        // To the end of the tag: an angle in a quoted value is not it.
        let mut quoted = false;
        let end = rest.find(|c| {
            quoted ^= c == '"';
            c == '>' && !quoted
        });
        rest = &rest[end.expect("every tag ends")..];
        if ["title", "textarea", "script", "style"].contains(&name) {
            rest = &rest[rest.find(&format!("</{name}")).expect("it is closed") + 2..];
        }
    }
    found
}

#[test]
fn nothing_that_was_typed_becomes_markup() {
    let mut hostile = view();
    for text in [
        &mut hostile.bot_name,
        &mut hostile.greeting,
        &mut hostile.disclaimer,
        &mut hostile.subject,
        &mut hostile.street,
        &mut hostile.place,
        &mut hostile.realtor,
        &mut hostile.organization,
    ] {
        *text = HOSTILE.into();
    }
    hostile.license = Some(HOSTILE.into());
    hostile.facts = vec![
        stored(FactKey::Price, FactValue::text(HOSTILE)),
        stored(FactKey::Bedrooms, FactValue::text(HOSTILE)),
        stored(FactKey::Description, FactValue::text(HOSTILE)),
        stored(
            FactKey::Features,
            FactValue::List {
                items: vec![HOSTILE.into()],
            },
        ),
    ];
    let mut other = stored(FactKey::Other, FactValue::text(HOSTILE));
    other.fact.label = Some(HOSTILE.into());
    hostile.facts.push(other);
    let mut said = turn(HOSTILE, HOSTILE, Some(Outcome::Unknown));
    said.citations = vec![Citation {
        label: HOSTILE.into(),
        quote: HOSTILE.into(),
        origin: HOSTILE.into(),
        source_id: None,
        fact_id: None,
        passage_id: None,
    }];
    let lead = LeadForm {
        name: HOSTILE.into(),
        email: HOSTILE.into(),
        phone: HOSTILE.into(),
        message: HOSTILE.into(),
    };
    let fault = Fault::field("email", HOSTILE);
    let visit = Visit {
        asked: Some((HOSTILE.into(), Fault::field("message_text", HOSTILE))),
        code: Some(HOSTILE.into()),
        lead,
        lead_fault: Some(fault),
        nonce: "n0nce".into(),
        ..Visit::default()
    };
    let html = render(&hostile, &[said], &visit);
    assert!(html.contains("steal()"), "the texts are on the page");
    let count = |name: &str| elements(&html).into_iter().filter(|element| *element == name).count();
    // One script, one style and the two boxes for text, all ours; no picture.
    assert_eq!(
        ["script", "style", "textarea", "title", "img"].map(count),
        [1, 1, 2, 1, 0]
    );
}

#[test]
fn suggested_questions_rest_on_facts_and_are_not_asked_twice() {
    let bare = view();
    assert_eq!(suggest::questions(&bare, &[]), Vec::<&str>::new());
    assert!(!render(&bare, &[], &Visit::default()).contains("Suggested questions"));

    let mut known = view();
    known.facts = vec![
        stored(FactKey::YearBuilt, FactValue::number(1972.0)),
        stored(FactKey::Heating, FactValue::text("Gas")),
        stored(FactKey::Roof, FactValue::text(" ")),
    ];
    assert_eq!(
        suggest::questions(&known, &[]),
        ["How is it heated?", "When was it built?"]
    );
    let asked = [turn("when was it built? ", "In 1972.", Some(Outcome::Answered))];
    assert_eq!(suggest::questions(&known, &asked), ["How is it heated?"]);
    known.facts.extend([
        stored(FactKey::HoaFee, FactValue::text("none")),
        stored(FactKey::Pool, FactValue::Flag { flag: false }),
        stored(FactKey::Taxes, FactValue::number(1.0)),
    ]);
    assert_eq!(suggest::questions(&known, &[]).len(), 3);
}

#[test]
fn only_facts_on_record_are_shown_in_the_headline() {
    let mut known = view();
    known.facts = vec![
        stored(FactKey::Bedrooms, FactValue::number(1.0)),
        stored(FactKey::Bathrooms, FactValue::number(2.5)),
        stored(FactKey::LivingArea, FactValue::number(1176.0)),
    ];
    let html = render(&known, &[], &Visit::default());
    for shown in ["1 bed<", "2.5 baths<", "1,176 living area<"] {
        assert!(html.contains(shown), "{shown}");
    }
    assert!(!html.contains("Built"));
    assert!(!html.contains("class=\"price\""));
}

#[test]
fn who_answers_is_said_at_every_point() {
    let turns = [turn("When was it built?", "In 1972.", Some(Outcome::Answered))];
    let html = render(&view(), &turns, &Visit::default());
    // In the greeting, at the answer and above the composer.
    assert_eq!(html.matches("AI assistant").count(), 3);
    assert_eq!(
        html.matches("AI assistant of").count() + html.matches("class=\"whose\"").count(),
        2
    );
    assert!(html.contains("IL licence 475.1"));
    let paused = View {
        answers: false,
        ..view()
    };
    let html = render(&paused, &[], &Visit::default());
    assert!(html.contains("AI assistant of"));
    assert!(!html.contains("name=\"question\""), "a paused bot takes no questions");
    assert!(html.contains("<details open"), "and offers the realtor instead");
}

#[test]
fn an_unanswered_question_is_ready_to_be_left() {
    let turns = [turn(
        "Is there a ghost?",
        "I don't have that on record.",
        Some(Outcome::Unknown),
    )];
    let html = render(&view(), &turns, &Visit::default());
    assert!(html.contains(">Is there a ghost?</textarea>"), "{html}");
    assert!(html.contains("<details open"));
    let sent = Visit {
        lead_sent: true,
        ..Visit::default()
    };
    let html = render(&view(), &turns, &sent);
    assert!(html.contains("id=\"thanks\"") && !html.contains("<details open"));
}

#[test]
fn what_was_typed_comes_back_with_its_faults() {
    let lead = LeadForm {
        name: "Sam".into(),
        email: "sam@".into(),
        ..LeadForm::default()
    };
    let fault = lead.check().unwrap_err();
    let told = fault.for_field("email").unwrap().to_owned();
    let visit = Visit {
        lead,
        lead_fault: Some(fault),
        ..Visit::default()
    };
    let html = render(&view(), &[], &visit);
    assert!(html.contains("value=\"Sam\"") && html.contains("value=\"sam@\""));
    assert!(html.contains(&told) && html.contains("aria-invalid"));

    let fault = Fault::field("message_text", "At most 2000 characters.");
    let visit = Visit {
        asked: Some(("A long story".into(), fault)),
        ..Visit::default()
    };
    let html = render(&view(), &[], &visit);
    assert!(html.contains(">A long story</textarea>") && html.contains("At most 2000 characters."));
}

#[test]
fn a_turn_under_way_can_be_taken_up() {
    let html = render(&view(), &[turn("Still there?", "", None)], &Visit::default());
    assert!(html.contains("data-pending") && html.contains("<noscript>"));
    let html = render(
        &view(),
        &[turn("Still there?", "", Some(Outcome::Unavailable))],
        &Visit::default(),
    );
    assert!(!html.contains("data-pending") && html.contains("Dana Reyes will get back to you"));
}

#[test]
fn no_attribute_breaks_a_strict_policy() {
    let visit = Visit {
        nonce: "n0nce".into(),
        code: Some("abc".into()),
        ..Visit::default()
    };
    for html in [render(&view(), &[], &visit), lost("n0nce")] {
        for forbidden in [
            " style=",
            " onclick=",
            " onsubmit=",
            "javascript:",
            "src=\"http",
            "href=\"http",
        ] {
            assert!(!html.contains(forbidden), "{forbidden}");
        }
        assert!(html.starts_with("<!DOCTYPE html>"));
        assert!(html.contains("<style nonce=\"n0nce\">"));
    }
    let html = render(&view(), &[], &visit);
    assert!(html.contains("action=\"/p/elm-street/ask\"") && html.contains("name=\"c\" value=\"abc\""));
    let preview = Visit {
        preview: true,
        base: "/console/preview/1".into(),
        ..Visit::default()
    };
    let html = render(&view(), &[], &preview);
    assert!(html.contains("class=\"ribbon\"") && html.contains("action=\"/console/preview/1/ask\""));
}

#[test]
fn text_in_any_brand_colour_can_be_read_on_light_and_dark() {
    for colour in [
        "#000000", "#ffffff", "#1f5f5b", "#0000ff", "#7a0019", "#f2c14e", "#808080",
    ] {
        let palette = brand::palette(&colour.parse().unwrap());
        let contrast = |text: String, surface| brand::contrast(brand::rgb(&text.parse().unwrap()), surface);
        assert!(
            contrast(view::on_light(&palette, shell::RAISED), shell::RAISED) >= 4.5,
            "{colour} on light"
        );
        assert!(
            contrast(view::on_dark(&palette, shell::DARK), shell::DARK) >= 4.5,
            "{colour} on dark"
        );
    }
}
