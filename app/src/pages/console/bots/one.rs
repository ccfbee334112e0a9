use domain::bot::{BotStatus, DESCRIPTION_MAX, GREETING_MAX, NAME_MAX, Tone};
use leptos::{prelude::*, server_fn::ServerFn};

use super::badge;
use crate::{
    checks::Check,
    fns::{
        bot::{BotView, DeleteBot, PauseBot, PublishBot, SetBotAi, SetBotOrigins, UpdateBot, get_bot},
        wizard::step,
    },
    pages::console::parts::{id, query, saved_note},
    ui::{
        Badge, Banner, Card, Confirm, Field, Form, Glyph, Icon, Kind, LinkButton, Mood, PageHead, SelectField, Submit,
        load, shown,
    },
};

/// One bot: what it is called, how it speaks, whether it answers, and where everything else about it is.
#[component]
pub fn BotPage() -> impl IntoView {
    let id = id();
    shown(load(move || id.get(), get_bot), page)
}

fn page(bot: BotView) -> AnyView {
    let (mood, text) = badge(bot.status);
    let state = state_form(&bot);
    view! {
        <PageHead title=bot.name.clone() up=("/console/bots", "Bots")><Badge mood text/>{state}</PageHead>
        {saved_note()}
        {published_note(&bot)}
        {draft_note(&bot)}
        {places(&bot)}
        <div class="beside">
            <div>{settings(bot.clone())}{own_ai(&bot)}{sites(&bot)}{removal(&bot)}</div>
            {preview(&bot)}
        </div>
    }
    .into_any()
}

/// Publish, pause or publish again, whichever is next.
fn state_form(bot: &BotView) -> AnyView {
    let hidden = vec![("id", bot.id.clone())];
    match bot.status {
        BotStatus::Active => {
            view! { <Form to=PauseBot::PATH hidden><Submit kind=Kind::Secondary>"Pause"</Submit></Form> }.into_any()
        }
        BotStatus::Draft | BotStatus::Inactive => {
            let word = if bot.status == BotStatus::Draft {
                "Publish"
            } else {
                "Resume"
            };
            view! { <Form to=PublishBot::PATH hidden><Submit icon=Glyph::Check>{word}</Submit></Form> }.into_any()
        }
    }
}

/// After the setup's last step: what to do with a page that is open.
fn published_note(bot: &BotView) -> AnyView {
    let published = query("published");
    let code = format!("/console/codes?bot={}", bot.id);
    let note = move || {
        let code = code.clone();
        published.with(Option::is_some).then(|| {
            view! { <Banner mood=Mood::Good>"Buyers can ask it now. "<a href=code>"Make a code for the sign"</a></Banner> }
        })
    };
    view! { {note} }.into_any()
}

fn draft_note(bot: &BotView) -> AnyView {
    let note = match bot.status {
        BotStatus::Draft => {
            let href = step(&bot.id, "purpose");
            view! { <Banner>"Nobody sees this bot until you publish it. "<a href=href>"Go on with its setup"</a></Banner> }.into_any()
        }
        BotStatus::Inactive => view! {
            <Banner mood=Mood::Warn>"This bot is paused. Its page takes messages for you, but answers nothing."</Banner>
        }
        .into_any(),
        BotStatus::Active => ().into_any(),
    };
    view! { {note} }.into_any()
}

fn places(bot: &BotView) -> AnyView {
    let porch = (bot.status != BotStatus::Draft).then(|| {
        view! { <LinkButton href=bot.porch.clone() icon=Glyph::External external=true>"Open its page"</LinkButton> }
    });
    view! {
        <nav class="actions" aria-label="This bot">
            {porch}
            <LinkButton href=format!("/console/knowledge?bot={}", bot.id) icon=Glyph::Knowledge>"Knowledge"</LinkButton>
            <LinkButton href=format!("/console/codes?bot={}", bot.id) icon=Glyph::Code>"Codes"</LinkButton>
        </nav>
    }
    .into_any()
}

fn settings(bot: BotView) -> AnyView {
    let tones = Tone::ALL
        .map(|tone| (tone.as_str().to_owned(), tone.label().to_owned()))
        .to_vec();
    let (name_max, text_max, greeting_max) = (NAME_MAX as u32, DESCRIPTION_MAX as u32, GREETING_MAX as u32);
    view! {
        <Card title="Settings">
            <Form to=UpdateBot::PATH hidden=vec![("id", bot.id.clone())] check=Check::Settings>
                <Field name="name" label="Name" value=bot.name.clone() max=name_max hint="Buyers see it above every answer."/>
                <Field name="description" label="What it is for" value=bot.description.clone() rows=2 max=text_max optional=true hint="Only you see this."/>
                <Field name="greeting" label="Greeting" value=bot.greeting.clone() rows=3 max=greeting_max hint="The first thing it says."/>
                <SelectField name="tone" label="Tone" choices=tones value=bot.tone.as_str()/>
                <Field name="disclaimer" label="Disclaimer" value=bot.disclaimer.clone() rows=3 max=greeting_max optional=true hint="Stands under the greeting."/>
                <Submit>"Save"</Submit>
            </Form>
        </Card>
    }
    .into_any()
}

/// With whose AI key it is answered, where there is one to choose.
fn own_ai(bot: &BotView) -> AnyView {
    if bot.own_ais.is_empty() {
        return ().into_any();
    }
    let none = (String::new(), "Porchlight’s, at the price of a reply".to_owned());
    let own = bot.own_ais.iter().map(|key| (key.id.clone(), key.name.clone()));
    let choices: Vec<(String, String)> = std::iter::once(none).chain(own).collect();
    let (id, value) = (bot.id.clone(), bot.own_ai.clone());
    view! {
        <Card title="Who answers">
            <Form to=SetBotAi::PATH hidden=vec![("id", id)]>
                <SelectField name="api_key_id" label="AI" choices value hint="Replies with a key of your own cost no credits."/>
                <Submit>"Save who answers"</Submit>
            </Form>
        </Card>
    }
    .into_any()
}

/// Where else than on its own page it may be.
fn sites(bot: &BotView) -> AnyView {
    let (id, lines) = (bot.id.clone(), bot.origins.join("\n"));
    view! {
        <Card title="On other sites">
            <Form to=SetBotOrigins::PATH hidden=vec![("id", id)]>
                <Field name="allowed_origins" label="Sites" value=lines rows=4 optional=true hint="They may show its page in a frame, and ask it from their own scripts. One a line, as https://www.example.com; 20 at most."/>
                <Submit>"Save the sites"</Submit>
            </Form>
        </Card>
    }
    .into_any()
}

fn removal(bot: &BotView) -> AnyView {
    let question = format!(
        "“{}” goes, with its sources, codes and conversations. Signs that carry its codes will lead nowhere. Its properties and leads stay. This cannot be undone.",
        bot.name
    );
    view! {
        <Confirm to=DeleteBot::PATH hidden=vec![("id", bot.id.clone())] label="Delete this bot…" action="Delete bot" question/>
    }
    .into_any()
}

/// The porch as buyers see it, to be asked; it may be used while the bot is a draft.
fn preview(bot: &BotView) -> AnyView {
    let src = format!("/console/preview/{}", bot.id);
    view! {
        <aside class="preview" aria-label="Preview">
            <p class="muted">"What a buyer sees"</p>
            <iframe title="Preview of the page buyers see" src=src.clone()></iframe>
            <p><a href=src rel="external" target="_blank"><Icon glyph=Glyph::External/>"Open the preview"</a></p>
        </aside>
    }
    .into_any()
}
