//! Answers that need no source: greetings, thanks, who is speaking, how to reach a person.

use std::sync::LazyLock;

use super::Ask;
use super::list::{Phrases, WordSet, set};
use super::question::Question;

/// "Are you human?" is answered by code, never by a model, anywhere in a message.
pub fn identity(question: &Question, realtor: Option<&str>) -> Option<String> {
    // "Are you the agent who …" about the house goes on to the facts.
    let asked = question.has_one(&ASKED);
    asked.then(|| match realtor {
        Some(realtor) => format!("I am an AI assistant that answers for {realtor}. I am not a person, and I can pass your question on to {realtor} if you like."),
        None => "I am an AI assistant. I am not a person, and I can pass your question on to the agent if you like.".to_owned(),
    })
}

/// The neutral answer to a question that would steer.
pub fn neutral() -> String {
    "I can't describe who lives in an area, or rate neighborhoods, safety or schools. Official sources can tell you more about these: the census bureau, the police, and the local education authority. \
     I'm glad to answer questions about the property itself, such as its price, size, rooms and condition."
        .to_owned()
}

/// Greetings, thanks, goodbyes, and wishes that only a person can fulfil.
pub fn courtesy(question: &Question, ask: &Ask<'_>) -> Option<String> {
    let who = ask.realtor.unwrap_or("the agent");
    let short = question.words.len() <= 5 && question.content.is_empty() && question.intents.is_empty();
    let first = |words: &[&str]| question.words.first().is_some_and(|w| words.contains(&w.as_str()));
    let place = ask
        .property_name
        .map_or("this property".to_owned(), |name| name.to_owned());
    if question.words.is_empty() {
        return Some(format!("What would you like to know about {place}?"));
    }
    let greets = first(&[
        "hi",
        "hello",
        "hey",
        "hola",
        "hallo",
        "bonjour",
        "good",
        "buenas",
        "buenos",
        "guten",
        "yo",
        "greetings",
        "howdy",
        "servus",
        "salut",
    ]);
    let greeting = matches!(question.content.as_slice(), [word] if matches!(word.as_str(), "good" | "morning" | "afternoon" | "evening" | "hola" | "hallo" | "bonjour" | "greetings" | "howdy" | "tag" | "dias" | "servus" | "salut"))
        || question.has_any("good morning|good afternoon|good evening|guten tag|buenos dias|buenas tardes|how are you");
    if question.words.len() <= 5 && greets && (short || greeting) {
        return Some(format!(
            "Hello. I am the AI assistant for {place}. What would you like to know?"
        ));
    }
    if question.words.len() <= 7 && question.has_any("thanks|thank you|thank|thx|great thanks|perfect|awesome|cool|gracias|danke|merci|got it|ok|okay|great|bye|goodbye|see you|adios") && question.intents.is_empty() && question.rest.iter().all(|w| is_closing(w)) {
        return Some(format!("You're welcome. If anything else comes to mind, just ask, or I can pass a message to {who}."));
    }
    if question.has_any("schedule|book a|book an appointment|arrange a|set up a showing|set up a tour|can i see|could i see|come see|come and see|visit the|visit it|showing|viewing|take a tour|tour the|tour it|tour of|a tour|make an offer|submit an offer|put in an offer|besichtigung|besichtigen|visitar|visita|visiter|see the house in person|see it in person|walk through|walkthrough|appointment")
        && !question.has_any("open house|virtual tour|video tour|3d tour")
    {
        return Some(format!("I can pass that on to {who}. Leave your name and a phone number or email, and {who} will get back to you."));
    }
    if question.has_any("talk to|speak to|speak with|talk with|contact|get in touch|reach|call me|call back|have someone|a human|a person|hablar con|sprechen mit|parler a") && question.has_any("agent|realtor|broker|person|human|someone|somebody|owner|seller|you|him|her|makler|agente|anyone") && !question.has_any("phone number|telephone|email|who is") {
        return Some(format!("I can pass your question on to {who}. Leave your name and a phone number or email, and {who} will get back to you."));
    }
    if question.has_any("photo|photos|picture|pictures|images|fotos|bilder|see pics|pics")
        && question.rest.iter().all(|w| {
            matches!(
                w.as_str(),
                "photo"
                    | "photos"
                    | "picture"
                    | "pictures"
                    | "images"
                    | "more"
                    | "fotos"
                    | "bilder"
                    | "pics"
                    | "interior"
                    | "any"
            )
        })
    {
        return Some(format!(
            "The photos that came with the listing are shown on this page. For more, I can ask {who}."
        ));
    }
    None
}

fn is_closing(word: &str) -> bool {
    CLOSINGS.contains(word)
}

static CLOSINGS: WordSet = WordSet::new(|| {
    set(
        "great perfect awesome cool bye goodbye gracias danke merci help helps helped helpful nice lot okay thx \
    adios good very day appreciate wonderful later alright vielen muchas beaucoup soon",
    )
});

/// Ways to ask whether a person speaks, in four languages.
static ASKED: LazyLock<Phrases<()>> = LazyLock::new(|| {
    Phrases::new([(
        (),
        "are you human|are you a human|are you a real|are you real|are you a person|are you an actual|are you actually a|are you really a|are you a live|are you a bot|are you a robot|are you bot|are you a chatbot|\
         are you an ai|are you ai|are you a machine|are you a computer|are you artificial|are you chatgpt|are you gpt|are you automated|are you an automated|are you an agent|are you the agent|are you the realtor|are you a realtor|are you the owner|\
         are you the seller|is this a bot|is this a robot|is this an ai|is this ai|is this a human|is this a real|is this a person|is this chatgpt|is this automated|is this an automated|is this a chatbot|is this a machine|is this a live|is this a computer|is anyone real|\
         am i talking to|am i speaking to|am i speaking with|am i talking with|am i chatting with|who am i|who are you|what are you|real person|real human|human or|a human being|or a bot|or a robot|or a machine|or an ai|talk to a bot|speaking to a bot|bot or|person or|ai or|\
         living person|you a bot|you a human|you human|you a robot|you a person|you an ai|you real|not a human|not a bot|not human|youre human|youre a bot|youre a human|youre an ai|you are human|you are a human|you are a bot|you are an ai|you are a real|\
         eres humano|eres humana|eres un bot|eres un robot|eres una persona|eres una maquina|eres real|eres una ia|eres una inteligencia|es usted humano|es usted una persona|es usted un robot|es usted un bot|persona real|hablo con un|hablo con una|hablando con un|hablando con una|estoy hablando con|quien eres|quien es usted|que eres|eres de verdad|eres ia|\
         bist du ein|bist du eine|bist du echt|bist du mensch|bist du menschlich|bist du ki|sind sie ein|sind sie eine|sind sie echt|sind sie menschlich|wer bist du|wer sind sie|was bist du|spreche ich mit|rede ich mit|schreibe ich mit|chatte ich mit|echter mensch|echte person|mensch oder|bot oder|ki oder|maschine oder|\
         etes vous humain|etes vous un|etes vous une|es tu humain|es tu un|es tu une|qui es tu|qui etes vous",
    )])
});
