use domain::qr::CodeDesign;
use leptos::{prelude::*, server_fn::ServerFn};

use super::colour::colours;
use crate::{
    checks::Check,
    fns::code::{CodeOptions, CreateCode},
    pages::console::parts::{about, whose},
    ui::{Banner, Card, CheckField, Field, Form, Glyph, Submit},
};

/// The form for a new code; bot and property of the address are chosen beforehand.
pub(super) fn new_code(options: CodeOptions, bot: Option<String>, property: Option<String>) -> AnyView {
    if options.bots.is_empty() {
        return view! {
            <Banner>"A code leads to a bot's page. "<a href="/console/bots/new">"Set up a bot"</a>" first, then make its code here."</Banner>
        }
        .into_any();
    }
    let design = CodeDesign::default();
    let properties = options
        .properties
        .into_iter()
        .map(|property| (property.id, property.address))
        .collect();
    view! {
        <Card title="New code">
            <Form to=CreateCode::PATH check=Check::Code>
                <div class="pair">
                    {whose("Leads to the bot", options.bots, bot)}
                    {about(properties, property)}
                </div>
                <Field name="label" label="Where it will hang" max=100 optional=true placeholder="Yard sign" hint="Tells your codes apart in this list."/>
                {colours(&design.foreground, &design.background)}
                {logo(options.has_logo)}
                <Submit icon=Glyph::Code>"Make code"</Submit>
            </Form>
        </Card>
    }
    .into_any()
}

fn logo(has_logo: bool) -> AnyView {
    if has_logo {
        view! { <CheckField name="with_logo" label="Your logo in the middle"/> }.into_any()
    } else {
        view! { <p class="muted">"To have your logo in the middle, "<a href="/console/brand">"upload it"</a>" first."</p> }.into_any()
    }
}
