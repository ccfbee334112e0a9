use super::*;

fn found(check: fn(&str) -> Option<Finding>, texts: &[&str]) -> Vec<String> {
    texts
        .iter()
        .filter_map(|text| check(text).map(|f| format!("{text} -> {} ({})", f.category, f.matched)))
        .collect()
}

fn missed<'t>(check: fn(&str) -> Option<Finding>, texts: &[&'t str]) -> Vec<&'t str> {
    texts.iter().copied().filter(|text| check(text).is_none()).collect()
}

const STEERING: &[&str] = &[
    "Who lives here?",
    "What kind of people live in this neighborhood?",
    "Is it a safe neighborhood?",
    "Is it safe?",
    "Is this area safe at night?",
    "How safe is the street?",
    "Is it safe to walk around here at night?",
    "What's the crime rate?",
    "Have there been any burglaries nearby?",
    "Any sex offenders in the area?",
    "Is it a good neighborhood?",
    "Is this a nice area?",
    "What's the neighborhood like?",
    "What are the neighbors like?",
    "Is it a family neighborhood?",
    "Is the area family-friendly?",
    "Is it good for families?",
    "Would this be a good place to raise kids?",
    "Are there many kids on the block?",
    "Are there other families with children in the building?",
    "Is this a Christian neighborhood?",
    "Is it a white neighborhood?",
    "Is it mostly Black around here?",
    "Are there many Asians in the area?",
    "Are there any Muslim families nearby?",
    "Is this a predominantly Hispanic area?",
    "Do a lot of immigrants live here?",
    "Is it a Jewish community?",
    "What are the demographics?",
    "How diverse is the neighborhood?",
    "Are the schools good?",
    "How good is the school district?",
    "What is the school rating?",
    "Are there any churches near the house?",
    "Is the building gay friendly?",
    "Are there a lot of old people in the building?",
    "Do mostly young professionals live there?",
    "Are there Section 8 tenants in the complex?",
    "Are there any mentally ill people or a group home nearby?",
    "Are kids allowed?",
    "Do they allow children in the building?",
    "Are the neighbors mostly Indian?",
    "¿Es un barrio seguro?",
    "¿Qué tipo de gente vive aquí?",
    "¿Hay muchos niños en el barrio?",
    "Ist die Gegend sicher?",
    "Wer wohnt in der Nachbarschaft?",
    "Is this the wrong side of town?",
    "Is this a bad part of town?",
    "Any gang activity?",
    "Are the people next door white?",
    "Is this a rough part of the city?",
    "What religion are most people here?",
    "Do many Black families live nearby?",
    "Would a gay couple feel welcome?",
    "Is the neighborhood mostly retirees?",
    "Has there been any crime on this street?",
    "Is it a good area for raising a family?",
    "Are the local schools any good?",
    "How's the neighborhood?",
    "Do you get a lot of students renting here?",
    "Is it near a Hindu temple?",
    "Any registered offenders close by?",
    "Do families with small children live in the building?",
    "Is it an Asian neighborhood?",
    "Would I be safe walking home late?",
    "Are there lots of foreigners?",
    "What's the ethnic mix of the area?",
    "Is this an area with a lot of immigrants?",
    "Is the block mostly owner families or singles?",
    "Are the neighbors friendly?",
    "Do people on welfare live in this complex?",
    "¿Es peligrosa la zona?",
    "Gibt es viele Ausländer in der Gegend?",
];

const PLAIN_QUESTIONS: &[&str] = &[
    "How many bedrooms are there?",
    "Is there a family room?",
    "Is it a single-family home?",
    "Is it a single story house?",
    "Does it have a white kitchen?",
    "Are the countertops black granite?",
    "Is it on Christian Street?",
    "How far is White Plains?",
    "Is the house on Church Street?",
    "Is this in Indian Wells?",
    "Is it wheelchair accessible?",
    "Is there a ramp or step-free access?",
    "Are service dogs allowed?",
    "Does the building have accessible parking?",
    "Can grab bars be installed in the bathroom?",
    "Is this a 55+ community?",
    "Is there a playground?",
    "Which school district is it in?",
    "What schools are nearby?",
    "What neighborhood is it in?",
    "Is there a Chinese restaurant nearby?",
    "Does it have Italian marble floors?",
    "Is there a wall safe?",
    "Is the deck safe?",
    "Is the tap water safe to drink?",
    "Do you accept Section 8?",
    "What are the property taxes in this area?",
    "Is it close to shops and a bus stop?",
    "Is there street parking?",
    "How big is the lot?",
    "What's the HOA community fee?",
    "Is there a community pool?",
    "Is the home vacant or tenant occupied?",
    "Does it have a mother-in-law suite?",
    "Is the master bedroom on the first floor?",
    "Who is the listing agent?",
    "Who pays the water bill?",
    "Is there a bachelor apartment over the garage?",
    "Are pets allowed?",
    "What is the roof like?",
    "Is the neighborhood gated?",
    "Is there a good view?",
    "Is it a nice kitchen?",
    "Does the street get a lot of traffic?",
    "Is there a children's room?",
    "Are there double ovens?",
    "Any Spanish style features?",
    "Is there a security system?",
    "Is it a quiet street?",
    "What part of San Jose is it in?",
    "Is there a bus to the city?",
    "Does the kitchen have white cabinets?",
    "Is it close to Saint Mary's Hospital?",
    "Are there steps at the front door?",
    "Is the bathroom wheelchair accessible?",
    "Is there an elevator for my mother who uses a walker?",
    "How far is Indian School Road?",
    "Is it a family room or a den?",
    "Can kids' furniture fit in the third bedroom?",
    "Is there a community garden?",
    "Are service animals OK?",
    "What is the school district?",
    "Who are the utility providers?",
    "Is there a good cell signal?",
    "Does the HOA allow rentals?",
    "Is the single garage attached?",
    "What's the neighborhood called?",
    "Is the water safe to drink from the well?",
    "How old is the building?",
    "Is the street paved?",
    "Is there a safe room?",
    "Who maintains the community areas?",
    "Does it have a native plant garden?",
    "What color are the walls, white or gray?",
    "Is the area zoned for horses?",
];

const STATEMENTS: &[&str] = &[
    "The neighborhood is very safe and family friendly.",
    "It's a safe area with low crime.",
    "Perfect for young professionals.",
    "The schools are excellent.",
    "No children allowed.",
    "Adults only building.",
    "Christians preferred.",
    "This is a predominantly white neighborhood.",
    "Ideal for empty nesters.",
    "No Section 8 vouchers are accepted.",
    "Most residents are retirees.",
    "It's a good neighborhood to raise a family.",
];

const PLAIN_STATEMENTS: &[&str] = &[
    "It has 3 bedrooms and 2 bathrooms.",
    "The family room has a fireplace.",
    "It's a single-family home with a white kitchen.",
    "The home is on Christian Street in White Plains.",
    "The assigned school is Beresford Elementary.",
    "The entrance is wheelchair accessible.",
    "Pets are not allowed.",
    "There is a playground in the park.",
    "The master bedroom has a walk-in closet.",
    "I can't describe who lives in an area, but I can tell you about the house.",
    "Black granite counters and stainless appliances.",
    "The community pool is covered by the HOA.",
    "There are no children's rooms.",
    "It is a quiet street close to shops.",
    "No smoking and no pets.",
];

#[test]
fn steering_questions_are_found_and_others_are_not() {
    let (missed, alarms) = (missed(question, STEERING), found(question, PLAIN_QUESTIONS));
    assert!(
        missed.is_empty() && alarms.is_empty(),
        "missed {missed:#?}\nfalse alarms {alarms:#?}"
    );
}

#[test]
fn statements_about_people_are_found_and_others_are_not() {
    let (missed, alarms) = (missed(answer, STATEMENTS), found(answer, PLAIN_STATEMENTS));
    assert!(
        missed.is_empty() && alarms.is_empty(),
        "missed {missed:#?}\nfalse alarms {alarms:#?}"
    );
}

#[test]
fn listing_copy_may_praise_a_house() {
    let fine = [
        "Great school district nearby",
        "apartment complex with chapel",
        "mother-in-law suite",
        "walk to bus-stop",
        "master bedroom",
        "quiet streets",
    ];
    assert_eq!(found(copy, &fine), Vec::<String>::new());
    let not = [
        "No kids under 12 allowed",
        "preference for adults, couples or singles",
        "no Irish",
        "Christian home",
        "white family home",
    ];
    assert_eq!(missed(copy, &not), Vec::<&str>::new());
    assert_eq!(question("Is it safe?").map(|f| f.category), Some(Category::Safety));
}
