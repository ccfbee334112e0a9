//! The demo organization: a realtor with one listing, ready to be asked. All of it is invented.

use std::{path::PathBuf, time::Duration};

use domain::{
    account::{Credentials, Registration},
    bot::{Bot, BotStatus, PurposeForm},
    id::SourceId,
    listing::{Property, PropertyForm},
    qr::CodeForm,
};
use engine::{
    Call, Engine, Error, account, bot, listing, qr,
    training::{self, Target},
};

pub const EMAIL: &str = "demo@porchlight.example";
pub const PASSWORD: &str = "a lamp on the porch";

const ADDRESS: &str = "418 Larkspur Lane";
const NOTES: &str = "\
About 418 Larkspur Lane

Roof and systems. The roof was replaced in 2019 with architectural shingles that carry a transferable 30-year warranty. \
The furnace is a two-stage gas furnace from 2016; central air conditioning was added the same year. The water heater is \
a 50-gallon tank from 2021.

Kitchen. The kitchen was remodeled in 2020 with quartz counters, a gas range and a walk-in pantry. The refrigerator, \
range, dishwasher, washer and dryer stay with the house.

Outside. The lot is a quarter of an acre and fenced on three sides. A covered back porch faces west, towards the maples. \
The detached garage holds two cars and has a 240-volt outlet that an electric car can be charged from.

Neighborhood. Alder Creek Park, with a playground and a walking trail, is two blocks away. The number 14 bus stops at \
the corner of Larkspur Lane and Third Street. There is no homeowners association.

Showings. The house can be seen by appointment, with a day's notice. Offers are reviewed as they come in.";

/// Where the demo is.
#[derive(Clone, Debug)]
pub struct Demo {
    pub sign_in: String,
    pub porch: String,
    /// What the code says.
    pub code: String,
    pub picture: PathBuf,
}

/// Makes what is missing of the demo; the rest stays as somebody left it. Needs a started engine, which reads the source.
pub async fn seed(engine: &Engine) -> Result<Demo, Error> {
    let call = sign_in(engine).await?;
    let bot = bot_of(&call).await?;
    let property = property_of(&call, &bot).await?;
    let sources = training::list(&call, Some(bot.id), None, Some(1)).await?;
    if sources.items.is_empty() {
        let target = Target {
            bot: bot.id,
            property: Some(property.id),
        };
        let source = training::add_text(&call, target, NOTES, None).await?;
        wait_until_read(&call, source.id).await?;
    }
    if bot.status == BotStatus::Draft {
        bot::publish(&call, bot.id).await?;
    }
    let codes = qr::list(&call, Some(bot.id), None, Some(1)).await?;
    let code = match codes.items.into_iter().next() {
        Some(code) => code,
        None => {
            let form = CodeForm {
                bot_id: bot.id.to_string(),
                property_id: property.id.to_string(),
                label: "Sign in the front yard".into(),
                ..CodeForm::default()
            };
            qr::create(&call, &form).await?
        }
    };
    let picture = engine.config().data_dir.join("demo-code.png");
    let png = qr::png(&call, code.id, 640).await?;
    tokio::fs::write(&picture, png)
        .await
        .map_err(Error::io("writing the demo code's picture"))?;
    let public = &engine.config().public_url;
    Ok(Demo {
        sign_in: format!("{public}/sign-in"),
        porch: format!("{public}/p/{}?c={}", bot.slug, code.slug),
        code: qr::address(engine, &code.slug),
        picture: std::path::absolute(&picture).unwrap_or(picture),
    })
}

async fn sign_in(engine: &Engine) -> Result<Call, Error> {
    let credentials = Credentials {
        email: EMAIL.into(),
        password: PASSWORD.into(),
    };
    if let Ok(who) = account::sign_in(engine, &credentials).await {
        return Ok(who.call(engine));
    }
    let form = Registration {
        org_name: "Porchlight Demo Realty".into(),
        first_name: "Demo".into(),
        last_name: "Realtor".into(),
        email: EMAIL.into(),
        password: PASSWORD.into(),
        license_number: Some("DEMO-0000".into()),
        license_state: Some("OR".into()),
    };
    account::register(engine, &form).await?;
    Ok(account::sign_in(engine, &credentials).await?.call(engine))
}

async fn bot_of(call: &Call) -> Result<Bot, Error> {
    if let Some(first) = bot::list(call, None, Some(1)).await?.items.into_iter().next() {
        return Ok(first.bot);
    }
    let form = PurposeForm {
        name: "Larkspur Lane assistant".into(),
        description: "Answers buyers who stand in front of 418 Larkspur Lane.".into(),
    };
    bot::create(call, &form, None).await
}

async fn property_of(call: &Call, bot: &Bot) -> Result<Property, Error> {
    if let Some(first) = listing::list(call, Some(bot.id), None, Some(1))
        .await?
        .items
        .into_iter()
        .next()
    {
        return Ok(first);
    }
    let form = PropertyForm {
        address: ADDRESS.into(),
        city: "Alder Falls".into(),
        state: "OR".into(),
        zip_code: "97000".into(),
        status: "active".into(),
        property_type: "Single-family home".into(),
        price: "489,000".into(),
        bedrooms: "3".into(),
        bathrooms: "2.5".into(),
        square_feet: "1840".into(),
        year_built: "1998".into(),
        taxes: "4,312".into(),
        features: "Covered back porch\nRemodeled kitchen\nTwo-car garage\nFenced yard".into(),
        description: "A three-bedroom house on a quiet street, two blocks from the park, with a porch that faces the evening sun."
            .into(),
        ..PropertyForm::default()
    };
    listing::create(call, &form, Some(bot.id)).await
}

/// The background worker reads the source; that takes milliseconds unless the machine is busy.
async fn wait_until_read(call: &Call, source: SourceId) -> Result<(), Error> {
    for _ in 0..600 {
        if training::source(call, source).await?.source.state.is_final() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(Error::Broken(
        "the demo's source was not read within half a minute".into(),
    ))
}
