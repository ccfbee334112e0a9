//! First step: what the bot is called and what it is for.

use domain::bot::{DESCRIPTION_MAX, NAME_MAX};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use super::frame::{framed, stepper};
use crate::{
    checks::Check,
    fns::wizard::{SavePurpose, Start, start_setup, step},
    pages::console::parts::credits,
    ui::{Banner, Field, Form, Mood, PageHead, Submit, load, shown},
};

const TITLE: &str = "Name your bot";
const LEAD: &str = "Usually one bot a listing. You can change everything later.";

/// Before there is a bot.
#[component]
pub fn NewBotPage() -> impl IntoView {
    let query = use_query_map();
    let start = load(move || query.with(|query| query.get("fresh").is_some()), start_setup);
    shown(start, |start| {
        view! {
            <PageHead title=TITLE lead=LEAD/>
            {stepper(&start.bot_id, 0, |_, _| false)}
            {notice(&start)}
            <div class="narrow">{form(start.bot_id, start.key, start.name, start.description)}</div>
        }
        .into_any()
    })
}

fn notice(start: &Start) -> AnyView {
    if start.bot_id.is_empty() {
        let cost = format!("A bot costs {}. You have {}.", credits(&start.price), start.available);
        return view! { <p class="muted">{cost}</p> }.into_any();
    }
    let (name, go_on) = (start.name.clone(), step(&start.bot_id, "voice"));
    view! {
        <Banner mood=Mood::Info>
            "You have begun to set up “"{name}"”. "
            <a href=go_on>"Go on with it"</a>" or "
            <a href="/console/bots/new?fresh=1">"start another"</a>"."
        </Banner>
    }
    .into_any()
}

/// The same step, once there is one.
#[component]
pub fn PurposePage() -> impl IntoView {
    framed(0, TITLE, LEAD, |setup| {
        form(setup.id, String::new(), setup.name, setup.description)
    })
}

fn form(bot_id: String, key: String, name: String, description: String) -> AnyView {
    view! {
        <Form to=SavePurpose::PATH hidden=vec![("bot_id", bot_id)] check=Check::Purpose>
            // Not among what tells forms apart: a new one is made for every showing of the page.
            <input type="hidden" name="key" value=key/>
            <Field name="name" label="Name" value=name max=NAME_MAX as u32 hint="Buyers see it, such as “Elm Street assistant”."/>
            <Field name="description" label="What it is for" value=description rows=3 max=DESCRIPTION_MAX as u32 optional=true
                hint="For you and your colleagues."/>
            <div class="below"><Submit>"Save and go on"</Submit></div>
        </Form>
    }
    .into_any()
}
