//! Second step: how the bot speaks.

use domain::bot::{GREETING_MAX, Tone};
use leptos::{prelude::*, server_fn::ServerFn};

use super::frame::{Below, framed};
use crate::{
    checks::Check,
    fns::wizard::{SaveVoice, Setup},
    ui::{Field, Form, SelectField, Submit},
};

#[component]
pub fn VoicePage() -> impl IntoView {
    framed(
        1,
        "How it speaks",
        "The first thing a buyer reads, and the tone of every answer.",
        form,
    )
}

fn form(setup: Setup) -> AnyView {
    let tones = Tone::ALL
        .map(|tone| (tone.as_str().to_owned(), tone.label().to_owned()))
        .to_vec();
    view! {
        <Form to=SaveVoice::PATH hidden=vec![("bot_id", setup.id.clone())] check=Check::Voice>
            <Field name="greeting" label="Greeting" value=setup.greeting rows=3 max=GREETING_MAX as u32
                hint="It must be clear that an AI is speaking; the page says so as well."/>
            <SelectField name="tone" label="Tone" choices=tones value=setup.tone/>
            <Field name="disclaimer" label="Disclaimer" value=setup.disclaimer rows=3 max=GREETING_MAX as u32 optional=true
                hint="Stands under the greeting."/>
            <Below id=setup.id back="purpose"><Submit>"Save and go on"</Submit></Below>
        </Form>
    }
    .into_any()
}
