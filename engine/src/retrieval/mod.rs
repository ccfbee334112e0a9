//! What one bot knows, ready to be asked: facts on record and an index over its passages.
//!
//! Built from the database and kept in memory by the bot's knowledge version, so that a change is answered from at
//! the next question and nothing has to be told to forget.

pub mod index;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use domain::{
    fact::{Fact, FactKey, FactMethod},
    id::{BotId, OrganizationId, PropertyId, SourceId},
    listing::{Property, is_another_house},
    training::StoredFact,
};
use index::{Doc, Index};
use moka::future::Cache as Moka;
use uuid::Uuid;

use crate::{
    Engine, Error,
    guard::fact_lock::{Record, Told},
    listing,
    training::{self, PassageRow},
};

/// Everything one bot may answer from.
#[derive(Debug)]
pub(crate) struct Knowledge {
    pub(crate) version: i64,
    pub(crate) properties: Vec<Arc<Property>>,
    pub(crate) passages: Vec<PassageRow>,
    photos: Vec<(SourceId, String)>,
    /// What may be stated about each property.
    known: HashMap<PropertyId, Known>,
    /// What may be stated where no property is meant.
    general: Known,
    /// Sources that give the address of another house than the property's: nothing of them is said about it.
    strangers: HashMap<PropertyId, HashSet<SourceId>>,
    sources: HashMap<SourceId, (String, String)>,
    index: Index,
}

/// The facts that may be stated about one property, in the forms that a turn takes them in.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) stored: Vec<StoredFact>,
    pub(crate) facts: Arc<[Fact]>,
    pub(crate) record: Arc<Record>,
}

impl Known {
    fn new(stored: Vec<StoredFact>) -> Self {
        let facts: Arc<[Fact]> = stored.iter().map(|stored| stored.fact.clone()).collect();
        let record = Arc::new(Record::new(&facts.iter().collect::<Vec<_>>()));
        Self { stored, facts, record }
    }
}

/// Knowledge of the bots that were asked lately.
pub(crate) struct Cache {
    bots: Moka<(OrganizationId, BotId), Arc<Knowledge>>,
    /// Passages as the fact lock reads them, by their ids: their text never changes.
    told: Moka<Uuid, Arc<Told>>,
}

impl Default for Cache {
    fn default() -> Self {
        let bytes = |weight: usize| u32::try_from(weight).unwrap_or(u32::MAX);
        Self {
            bots: Moka::builder()
                .weigher(move |_, knowledge: &Arc<Knowledge>| bytes(knowledge.weight()))
                .max_capacity(256 * 1024 * 1024)
                .build(),
            told: Moka::builder()
                .weigher(move |_, told: &Arc<Told>| bytes(told.weight()))
                .max_capacity(8 * 1024 * 1024)
                .build(),
        }
    }
}

/// The bot's knowledge at `version`, from memory or read anew.
pub(crate) async fn knowledge(
    engine: &Engine,
    organization: OrganizationId,
    bot: BotId,
    version: i64,
) -> Result<Arc<Knowledge>, Error> {
    let cache = &engine.knowledge_cache().bots;
    let key = (organization, bot);
    if let Some(known) = cache.get(&key).await.filter(|known| known.version >= version) {
        return Ok(known);
    }
    let built = Arc::new(read(engine, organization, bot, version).await?);
    cache.insert(key, Arc::clone(&built)).await;
    Ok(built)
}

/// Passages as the fact lock reads them, from memory where a turn has used them before.
pub(crate) async fn told(engine: &Engine, passages: impl Iterator<Item = &PassageRow>) -> Vec<Arc<Told>> {
    let mut all = Vec::new();
    for passage in passages {
        let fresh = async { Arc::new(Told::new(&passage.text)) };
        all.push(engine.knowledge_cache().told.get_with(passage.id, fresh).await);
    }
    all
}

async fn read(engine: &Engine, organization: OrganizationId, bot: BotId, version: i64) -> Result<Knowledge, Error> {
    let mut tx = engine.db().read(organization).await?;
    let properties = listing::of_bot(&mut tx, organization, bot).await?;
    let trained = training::facts_of_bot(&mut tx, organization, bot).await?;
    let passages = training::passages_of_bot(&mut tx, organization, bot).await?;
    let photos = training::photos_of_bot(&mut tx, organization, bot).await?;
    drop(tx);
    let built = tokio::task::spawn_blocking(move || Knowledge::build(version, properties, trained, passages, photos));
    built
        .await
        .map_err(|error| Error::Broken(format!("building the index of bot {bot}: {error}")))
}

impl Knowledge {
    fn build(
        version: i64,
        properties: Vec<Property>,
        trained: Vec<StoredFact>,
        passages: Vec<PassageRow>,
        photos: Vec<(SourceId, String)>,
    ) -> Self {
        let index = Index::build(passages.iter().map(|p| Doc {
            title: p.heading.as_deref(),
            text: &p.text,
        }));
        let sources = passages
            .iter()
            .map(|p| (SourceId::from(p.source_id), (p.title.clone(), p.locator.clone())))
            .collect();
        // A lone property is what the bot is about, also where the sources name none.
        let lone = match properties.as_slice() {
            [one] => Some(one.id),
            _ => None,
        };
        let addresses = || trained.iter().filter(|f| f.fact.key == FactKey::Address);
        let strangers: HashMap<PropertyId, HashSet<SourceId>> = properties
            .iter()
            .map(|property| {
                let other = |f: &&StoredFact| is_another_house(&f.fact.display(), &property.address);
                (
                    property.id,
                    addresses().filter(other).filter_map(|f| f.source_id).collect(),
                )
            })
            .collect();
        let mut known = HashMap::new();
        for property in &properties {
            let own = property.facts().into_iter().map(|fact| StoredFact {
                id: domain::id::FactId::from(property.id.uuid()),
                source_id: None,
                property_id: Some(property.id),
                fact,
            });
            let about = trained
                .iter()
                .filter(|f| f.property_id == Some(property.id) || (f.property_id.is_none() && lone.is_some()))
                .filter(|f| !is_of_another(&strangers, Some(property.id), f.source_id));
            known.insert(property.id, Known::new(settle(own.chain(about.cloned()))));
        }
        let general = match lone.and_then(|id| known.get(&id).cloned()) {
            Some(same) => same,
            None => Known::new(settle(trained.into_iter().filter(|f| f.property_id.is_none()))),
        };
        Self {
            version,
            properties: properties.into_iter().map(Arc::new).collect(),
            passages,
            photos,
            known,
            general,
            strangers,
            sources,
            index,
        }
    }

    /// What may be stated about a property, or where none is meant.
    pub(crate) fn known(&self, property: Option<PropertyId>) -> &Known {
        property.and_then(|id| self.known.get(&id)).unwrap_or(&self.general)
    }

    /// The passages that fit a question best, those of other properties left out.
    pub(crate) fn search(&self, question: &str, property: Option<PropertyId>, k: usize) -> Vec<(&PassageRow, f32)> {
        let fits = |p: &PassageRow| {
            let meant =
                property.is_none() || p.property_id.is_none() || p.property_id.map(PropertyId::from) == property;
            meant && !is_of_another(&self.strangers, property, Some(SourceId::from(p.source_id)))
        };
        let hits = self.index.search(question, k * 4);
        let found = hits
            .into_iter()
            .filter_map(|hit| Some((self.passages.get(hit.doc as usize)?, hit.score)));
        found.filter(|(passage, _)| fits(passage)).take(k).collect()
    }

    /// Addresses of photos of a property, the main one first.
    pub(crate) fn photos(&self, property: Option<PropertyId>) -> impl Iterator<Item = &str> {
        let own = move |(source, _): &&(SourceId, String)| !is_of_another(&self.strangers, property, Some(*source));
        self.photos.iter().filter(own).map(|(_, address)| address.as_str())
    }

    /// The title and the address or file name of a source.
    pub(crate) fn source(&self, id: SourceId) -> Option<(&str, &str)> {
        self.sources
            .get(&id)
            .map(|(title, locator)| (title.as_str(), locator.as_str()))
    }

    fn weight(&self) -> usize {
        let text: usize = self.passages.iter().map(|p| p.text.len() + 200).sum();
        // Twice as facts and once as the fact lock reads them.
        let facts: usize = self.known.values().map(|known| known.facts.len() * 2000).sum();
        text + facts + self.index.memory_bytes() + 1000
    }
}

fn is_of_another(
    strangers: &HashMap<PropertyId, HashSet<SourceId>>,
    property: Option<PropertyId>,
    source: Option<SourceId>,
) -> bool {
    let of_property = property.and_then(|property| strangers.get(&property));
    of_property
        .zip(source)
        .is_some_and(|(strangers, source)| strangers.contains(&source))
}

/// Chooses what may be stated: for each field the most trusted value. Where equally trusted sources disagree the field
/// is left out: missing beats wrong.
fn settle(facts: impl Iterator<Item = StoredFact>) -> Vec<StoredFact> {
    let mut by_field: BTreeMap<(FactKey, Option<String>), Vec<StoredFact>> = BTreeMap::new();
    for fact in facts {
        let label = (fact.fact.key == FactKey::Other).then(|| fact.fact.name().to_lowercase());
        by_field.entry((fact.fact.key, label)).or_default().push(fact);
    }
    let mut settled = Vec::new();
    for ((key, _), mut candidates) in by_field {
        let realtor = |f: &StoredFact| f.fact.method == FactMethod::Realtor;
        if candidates.iter().any(realtor) {
            candidates.retain(realtor);
        }
        candidates.sort_by_key(|f| f.fact.method);
        match key {
            // Several of these can be true at once.
            FactKey::Features | FactKey::School | FactKey::Description => settled.append(&mut candidates),
            _ => {
                let agree = candidates.windows(2).all(|pair| same_value(&pair[0], &pair[1]));
                settled.extend(candidates.into_iter().next().filter(|_| agree));
            }
        }
    }
    settled
}

fn same_value(a: &StoredFact, b: &StoredFact) -> bool {
    a.fact.value == b.fact.value || a.fact.display().to_lowercase() == b.fact.display().to_lowercase()
}
