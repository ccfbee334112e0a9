//! The demo organization: a realtor with one listing, ready to be asked. All of it is invented.

use std::{path::PathBuf, time::Duration};

use domain::{
    account::{Credentials, Registration},
    bot::{Bot, BotStatus, PurposeForm},
    id::SourceId,
    listing::{Property, PropertyForm},
    page::MAX_LIMIT,
    qr::{Code, CodeForm},
};
use engine::{
    Call, Engine, Error,
    account::{self, Client, Kind, Visitor},
    bot, listing, qr,
    training::{self, Target},
};

pub const EMAIL: &str = "demo@porchlight.example";
pub const PASSWORD: &str = "a lamp on the porch";

const BOT: &str = "Larkspur Lane assistant";
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
    /// None where whoever tries it has taken the last code away, or the account for themselves.
    pub code: Option<Shown>,
}

/// A code to try.
#[derive(Clone, Debug)]
pub struct Shown {
    pub porch: String,
    /// What the code says.
    pub says: String,
    pub picture: PathBuf,
}

/// Makes the demo, or what an interrupted start left undone of it. What somebody has made of it since stays theirs.
/// Needs a started engine, which reads the source.
pub async fn seed(engine: &Engine) -> Result<Demo, Error> {
    let sign_in_page = format!("{}/sign-in", engine.config().public_url);
    let Some(call) = sign_in(engine).await? else {
        return Ok(Demo {
            sign_in: sign_in_page,
            code: None,
        });
    };
    if let Some(bot) = unfinished(&call).await? {
        finish(&call, &bot).await?;
    }
    // Newest first: the oldest is the demo's own.
    let codes = qr::list(&call, None, None, Some(MAX_LIMIT)).await?.items;
    let code = match codes.into_iter().next_back() {
        Some(code) => Some(shown(&call, &code).await?),
        None => None,
    };
    Ok(Demo {
        sign_in: sign_in_page,
        code,
    })
}

/// The demo's bot, where it is yet to be made or was not made ready.
async fn unfinished(call: &Call) -> Result<Option<Bot>, Error> {
    let bots = bot::list(call, None, Some(MAX_LIMIT)).await?.items;
    if bots.is_empty() {
        let form = PurposeForm {
            name: BOT.into(),
            description: "Answers buyers who stand in front of 418 Larkspur Lane.".into(),
        };
        return bot::create(call, &form, None).await.map(Some);
    }
    let oldest = bots.into_iter().next_back().map(|row| row.bot);
    Ok(oldest.filter(|bot| bot.name == BOT && bot.status == BotStatus::Draft))
}

/// Publishing is the last step: a bot that is published is finished.
async fn finish(call: &Call, bot: &Bot) -> Result<(), Error> {
    let property = property_of(call, bot).await?;
    let sources = training::list(call, Some(bot.id), None, Some(1)).await?;
    if sources.items.is_empty() {
        let target = Target {
            bot: bot.id,
            property: Some(property.id),
        };
        let source = training::add_text(call, target, NOTES, None).await?;
        wait_until_read(call, source.id).await?;
    }
    if qr::list(call, Some(bot.id), None, Some(1)).await?.items.is_empty() {
        let form = CodeForm {
            bot_id: bot.id.to_string(),
            property_id: property.id.to_string(),
            label: "Sign in the front yard".into(),
            ..CodeForm::default()
        };
        qr::create(call, &form).await?;
    }
    bot::publish(call, bot.id).await.map(drop)
}

async fn shown(call: &Call, code: &Code) -> Result<Shown, Error> {
    let config = call.engine().config();
    let bot = bot::get(call, code.bot_id).await?;
    let picture = config.data_dir.join("demo-code.png");
    let png = qr::png(call, code.id, 640).await?;
    tokio::fs::write(&picture, png)
        .await
        .map_err(Error::io("writing the demo code's picture"))?;
    Ok(Shown {
        porch: format!("{}/p/{}?c={}", config.public_url, bot.slug, code.slug),
        says: qr::address(call.engine(), &code.slug),
        picture: std::path::absolute(&picture).unwrap_or(picture),
    })
}

/// None where whoever tries the demo has given it a second factor, or another password.
async fn sign_in(engine: &Engine) -> Result<Option<Call>, Error> {
    let credentials = Credentials {
        email: EMAIL.into(),
        password: PASSWORD.into(),
    };
    let form = Registration {
        org_name: "Porchlight Demo Realty".into(),
        first_name: "Demo".into(),
        last_name: "Realtor".into(),
        email: EMAIL.into(),
        password: PASSWORD.into(),
        license_number: Some("DEMO-0000".into()),
        license_state: Some("OR".into()),
    };
    let from = Client {
        agent: "porchlight",
        ..Client::default()
    };
    // Where they are registered already this is refused, and changes nothing.
    match account::register(engine, &form).await {
        Err(error) if error.is_internal() => return Err(error),
        _ => {}
    }
    let who = match account::sign_in(engine, &credentials, Kind::Program, &from).await {
        Ok(who) => who,
        Err(error) if error.is_internal() => return Err(error),
        Err(_) => return Ok(None),
    };
    match who.visitor(engine, None).await? {
        Visitor::In(call) => Ok(Some(call)),
        Visitor::Halfway(_) => Ok(None),
    }
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
