use leptos::{prelude::*, server_fn::ServerFn};

use super::bot_field;
use crate::{
    AppError,
    checks::Check,
    fns::{
        bot::{Choice, bot_choices},
        property::{DeleteProperty, PropertyView, UpdateProperty, get_property},
    },
    pages::console::{parts::saved_note, wizard::property_fields},
    ui::{Card, Confirm, Form, Glyph, LinkButton, PageHead, Submit, load, shown},
};

/// One property: everything that was typed about it.
pub(super) fn page(id: Memo<String>) -> AnyView {
    shown(load(move || id.get(), read), |(property, bots)| {
        settings(property, bots)
    })
}

async fn read(id: String) -> Result<(PropertyView, Vec<Choice>), AppError> {
    Ok((get_property(id).await?, bot_choices().await?))
}

fn settings(property: PropertyView, bots: Vec<Choice>) -> AnyView {
    let PropertyView { id, bot_id, form } = property;
    let (title, lead) = (
        form.address.clone(),
        format!("{}, {} {}", form.city, form.state, form.zip_code),
    );
    let question = format!("“{title}” goes. Its sources and codes stay with the bot. This cannot be undone.");
    let places = (!bot_id.is_empty()).then(|| {
        view! {
            <LinkButton href=format!("/console/bots/{bot_id}") icon=Glyph::Bot>"Its bot"</LinkButton>
            <LinkButton href=format!("/console/codes?bot={bot_id}&property={id}") icon=Glyph::Code>"Make a code"</LinkButton>
        }
    });
    let (changed, gone) = (vec![("id", id.clone())], vec![("id", id)]);
    view! {
        <PageHead title lead up=("/console/properties", "Properties")>{places}</PageHead>
        {saved_note()}
        <Card>
            <Form to=UpdateProperty::PATH hidden=changed check=Check::Property>
                {bot_field(bots, bot_id)}
                {property_fields(form)}
                <Submit>"Save"</Submit>
            </Form>
        </Card>
        <Confirm to=DeleteProperty::PATH hidden=gone label="Delete this property…" action="Delete property" question/>
    }
    .into_any()
}
