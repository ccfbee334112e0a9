//! The buyer's page: which bot and property, in whose name and colours. Nobody signs in here; the address or the
//! scanned code names the tenant.

mod store;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use bytes::Bytes;
use domain::{
    Fault,
    bot::{Bot, BotStatus},
    brand::{self, Palette},
    id::{BotId, CodeId, OrganizationId, PropertyId, SourceId},
    listing::Property,
    training::StoredFact,
};

use crate::{
    Call, Engine, Error, chat,
    db::{Fresh, Reach},
    organization,
    retrieval::{self, Knowledge, Known},
};

/// An open porch. Carries the tenant; only this module makes one.
#[derive(Clone, Debug)]
pub struct Porch {
    engine: Engine,
    organization: OrganizationId,
    pub bot: Arc<Bot>,
    pub property: Option<Arc<Property>>,
    pub realtor: Arc<Realtor>,
    code: Option<CodeId>,
    preview: bool,
    knowledge: Arc<Knowledge>,
}

/// In whose name the porch answers.
#[derive(Clone, Debug)]
pub struct Realtor {
    pub name: String,
    pub organization: String,
    pub organization_slug: String,
    /// What stands after the name: `licensed real-estate agent, Illinois licence 475.123456`.
    pub license: Option<String>,
    pub colour: String,
    pub has_logo: bool,
}

/// What an address or a code leads to, of those that were asked for lately.
#[derive(Default)]
pub(crate) struct Cache(Fresh<Door, Arc<store::Found>>);

/// How somebody comes to a porch.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Door {
    Slug { slug: String, code: Option<String> },
    CodeId(CodeId),
    CodeSlug(String),
}

async fn look_up(engine: &Engine, door: Door, noun: &str) -> Result<Arc<store::Found>, Error> {
    let required = engine.config().require_licence;
    let look = async |door: &Door| {
        let mut tx = engine.db().read(Reach::Everyone).await?;
        let found = match door {
            Door::Slug { slug, code } => store::by_slug(&mut tx, slug, code.as_deref(), required).await?,
            Door::CodeId(id) => store::by_code_id(&mut tx, *id, required).await?,
            Door::CodeSlug(slug) => store::by_code_slug(&mut tx, slug, required).await?,
        };
        // Nobody but the realtor sees a draft.
        let found = found.filter(|found| found.bot.status != BotStatus::Draft);
        found.map(Arc::new).ok_or_else(|| Error::from(Fault::not_found(noun)))
    };
    engine.porches().0.get(engine.db(), door, look).await
}

/// Opens the porch at `/p/{slug}`. `code` is the short name of the code that led here and says which property is meant.
pub async fn open(engine: &Engine, slug: &str, code: Option<&str>) -> Result<Porch, Error> {
    let door = Door::Slug {
        slug: slug.to_owned(),
        code: code.map(str::to_owned),
    };
    let found = look_up(engine, door, "page").await?;
    enter(engine, &found).await
}

/// The porch at `/p/{slug}` for somebody who has said something there: also once its bot was made a draft again. Nobody else
/// learns that there is one.
pub async fn open_own(engine: &Engine, slug: &str, session: impl Fn(&Porch) -> Option<String>) -> Result<Porch, Error> {
    let required = engine.config().require_licence;
    let mut tx = engine.db().read(Reach::Everyone).await?;
    let found = store::by_slug(&mut tx, slug, None, required).await?;
    drop(tx);
    let gone = || Error::from(Fault::not_found("page"));
    let porch = enter(engine, &found.ok_or_else(gone)?).await?;
    if porch.bot.status == BotStatus::Draft
        && chat::conversation_of(&porch, session(&porch).as_deref())
            .await?
            .is_none()
    {
        return Err(gone());
    }
    Ok(porch)
}

/// Opens the porch that a code leads to, by the code's id or short name.
pub async fn open_code(engine: &Engine, code: &str) -> Result<Porch, Error> {
    let found = look_up(engine, door_of(code), "code").await?;
    enter(engine, &found).await
}

/// Whether the bot that a code leads to lists a site, which is written as a browser sends it.
pub async fn lists(engine: &Engine, code: &str, origin: &str) -> Result<bool, Error> {
    let found = look_up(engine, door_of(code), "code").await?;
    Ok(found.bot.origins.iter().any(|known| known == origin))
}

fn door_of(code: &str) -> Door {
    match code.parse::<CodeId>() {
        Ok(id) => Door::CodeId(id),
        Err(_) => Door::CodeSlug(code.to_owned()),
    }
}

/// The realtor's own look at a porch, also while it is a draft.
pub async fn preview(call: &Call, bot: BotId) -> Result<Porch, Error> {
    let mut tx = call.engine().db().read(call.organization()).await?;
    let required = call.engine().config().require_licence;
    let found = store::by_id(&mut tx, call.organization(), bot, required).await?;
    let found = found.ok_or_else(|| Error::from(Fault::not_found("bot")))?;
    drop(tx);
    let porch = enter(call.engine(), &found).await?;
    Ok(Porch { preview: true, ..porch })
}

async fn enter(engine: &Engine, found: &store::Found) -> Result<Porch, Error> {
    let organization = found.bot.organization_id;
    let knowledge = retrieval::knowledge(engine, organization, found.bot.id, found.knowledge_version).await?;
    let property = match (found.property, knowledge.properties.as_slice()) {
        (Some(id), properties) => properties.iter().find(|p| p.id == id).map(Arc::clone),
        (None, [one]) => Some(Arc::clone(one)),
        (None, _) => None,
    };
    Ok(Porch {
        engine: engine.clone(),
        organization,
        bot: Arc::clone(&found.bot),
        property,
        realtor: Arc::clone(&found.realtor),
        code: found.code,
        preview: false,
        knowledge,
    })
}

/// The organization's logo for its public pages, by its slug.
pub async fn logo(engine: &Engine, organization_slug: &str) -> Result<Option<Vec<u8>>, Error> {
    let mut tx = engine.db().read(Reach::Nobody).await?;
    match store::organization_by_slug(&mut tx, organization_slug).await? {
        Some(id) => Ok(organization::logo_of(&mut tx, id).await?),
        None => Ok(None),
    }
}

/// A photo of a listing, by its number within its source, and whether anybody may see it: of a draft those of its own
/// organization alone.
pub async fn photo(
    engine: &Engine,
    call: Option<&Call>,
    source: SourceId,
    number: usize,
) -> Result<Option<(Bytes, bool)>, Error> {
    let mut tx = engine.db().read(Reach::Everyone).await?;
    let found = store::source_shown(&mut tx, source).await?;
    drop(tx);
    let own = |organization| call.is_some_and(|call| call.organization() == organization);
    let Some((organization, is_draft)) = found.filter(|(organization, is_draft)| !is_draft || own(*organization))
    else {
        return Ok(None);
    };
    let photo = engine.files().photo(organization, source, number).await?;
    Ok(photo.map(|photo| (photo, !is_draft)))
}

impl Porch {
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }
    pub(crate) const fn organization(&self) -> OrganizationId {
        self.organization
    }
    pub const fn code(&self) -> Option<CodeId> {
        self.code
    }
    /// The realtor's own look: its questions cost nothing and are counted nowhere.
    pub const fn is_preview(&self) -> bool {
        self.preview
    }
    pub(crate) const fn knowledge(&self) -> &Arc<Knowledge> {
        &self.knowledge
    }
    pub fn property_id(&self) -> Option<PropertyId> {
        self.property.as_ref().map(|p| p.id)
    }
    /// A paused bot takes messages but answers nothing.
    pub fn answers(&self) -> bool {
        self.bot.status != BotStatus::Inactive
    }
    pub(crate) fn known(&self) -> &Known {
        self.knowledge.known(self.property_id())
    }
    pub fn facts(&self) -> &[StoredFact] {
        &self.known().stored
    }
    /// Addresses of photos, the main one first.
    pub fn photos(&self) -> impl Iterator<Item = &str> {
        self.knowledge.photos(self.property_id())
    }
    pub fn palette(&self) -> Palette {
        let colour = self.realtor.colour.parse().or_else(|_| brand::DEFAULT_COLOUR.parse());
        colour.map_or_else(
            |_: Fault| Palette {
                fill: brand::DEFAULT_COLOUR.into(),
                on_fill: "#ffffff",
                text: brand::DEFAULT_COLOUR.into(),
                tint: "#eef3f3".into(),
            },
            |colour| brand::palette(&colour),
        )
    }
    /// What the porch is about: the property's address, or the bot's name.
    pub fn subject(&self) -> String {
        self.property
            .as_ref()
            .map_or_else(|| self.bot.name.clone(), |property| property.full_address())
    }
}
