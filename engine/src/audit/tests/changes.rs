//! Every change that is noted: once, with who did it, from where, and what was before and after.

use domain::{
    bot::{BotStatus, PurposeForm},
    listing::PropertyForm,
    qr::CodeForm,
    tenancy::{InviteForm, JoinForm, MemberChange, Role},
};
use serde_json::Value;

use super::*;
use crate::{
    account::{self, SignedIn},
    bot, lead, listing, organization, qr, training,
};

on_every_db!(
    the_brand_is_noted,
    bots_and_what_they_know_are_noted,
    what_is_refused_is_not_noted,
);

pub(super) const HERE: &str = "192.0.2.7";

/// Somebody of the caller's organization.
pub(super) async fn joined(call: &Call, email: &str, role: Role) -> SignedIn {
    let form = InviteForm {
        email: email.into(),
        role: role.as_str().into(),
    };
    let (_, path) = account::invite(call, &form).await.unwrap();
    let form = JoinForm {
        first_name: "Cy".into(),
        last_name: "Moss".into(),
        password: "a lane with old trees".into(),
    };
    let token = path.as_deref().unwrap().rsplit('/').next().unwrap();
    account::accept(
        call.engine(),
        token,
        &form,
        &account::Client {
            address: HERE.parse().ok(),
            ..account::Client::default()
        },
    )
    .await
    .unwrap()
}

/// The caller, with a connection.
pub(super) async fn from_here(world: &World, name: &str) -> Call {
    world.realtor(name).await;
    let who = account::quietly(&world.engine, &format!("{}@example.com", name.to_lowercase())).await;
    who.call(&world.engine, HERE.parse().ok()).await.unwrap()
}

/// What was noted since the last time, oldest first, and that the chain is whole.
pub(super) struct Log<'a> {
    pub(super) call: &'a Call,
    pub(super) seen: i64,
}

impl Log<'_> {
    pub(super) async fn more(&mut self) -> Vec<Entry> {
        assert_eq!(verify(self.call.engine()).await.unwrap().broken, []);
        let page = list(self.call, &Filter::default(), None, Some(100)).await.unwrap();
        let mut new: Vec<Entry> = page.items.into_iter().filter(|entry| entry.seq > self.seen).collect();
        new.reverse();
        self.seen = new.last().map_or(self.seen, |entry| entry.seq);
        new
    }

    /// Exactly one entry, by the caller from here.
    pub(super) async fn one(
        &mut self,
        action: &str,
        target: Option<(&str, &str)>,
        before: Value,
        after: Value,
    ) -> Entry {
        let [entry] = <[Entry; 1]>::try_from(self.more().await).unwrap();
        assert_eq!(entry.action, action);
        assert_eq!(
            (entry.actor_id, entry.actor_name.as_str()),
            (Some(self.call.account()), "Ana Reyes"),
            "{action}"
        );
        assert_eq!(entry.address.as_deref(), Some(HERE), "{action}");
        let named = entry.target_kind.as_deref().zip(entry.target_name.as_deref());
        assert_eq!(named, target, "{action}");
        assert_eq!(
            (
                entry.before.clone().unwrap_or_default(),
                entry.after.clone().unwrap_or_default()
            ),
            (before, after),
            "{action}"
        );
        entry
    }
}

async fn the_brand_is_noted(db: TestDb) {
    let world = World::new(db).await;
    let ana = from_here(&world, "Ana").await;
    let mut log = Log { call: &ana, seen: 0 };
    let target = Some(("organization", "Ana Homes"));
    let first = domain::brand::DEFAULT_COLOUR;
    organization::set_brand(&ana, "#0b3d3a", None).await.unwrap();
    let (before, after) = (
        json!({ "colour": first, "logo": false }),
        json!({ "colour": "#0b3d3a", "logo": false }),
    );
    let noted = log.one("brand.changed", target, before, after.clone()).await;
    assert_eq!(noted.target_id, Some(ana.organization().uuid()));
    organization::set_brand(&ana, "#0b3d3a", None).await.unwrap();
    assert_eq!(log.more().await, []);
    let design = qr::image::Design {
        foreground: [0; 3],
        background: [255; 3],
        logo: None,
    };
    let picture = qr::image::png("a logo", &design, 128).unwrap();
    organization::set_brand(&ana, "#0b3d3a", Some(&picture)).await.unwrap();
    let with_logo = json!({ "colour": "#0b3d3a", "logo": true });
    log.one("brand.changed", target, after, with_logo.clone()).await;
    organization::set_brand(&ana, "#0b3d3a", Some(&picture)).await.unwrap();
    let another = json!({ "colour": "#0b3d3a", "logo": true, "new_logo": true });
    log.one("brand.changed", target, with_logo, another).await;
}

async fn bots_and_what_they_know_are_noted(db: TestDb) {
    let world = World::new(db).await;
    let ana = from_here(&world, "Ana").await;
    let mut log = Log { call: &ana, seen: 0 };
    let form = PurposeForm {
        name: "Elm".into(),
        description: String::new(),
    };
    let key = crate::ledger::ClientKey::new("bots", "once").unwrap();
    let made = bot::create(&ana, &form, Some(key.clone())).await.unwrap().id;
    let target = Some(("bot", "Elm"));
    let noted = log.one("bot.created", target, Value::Null, Value::Null).await;
    assert_eq!(noted.target_id, Some(made.uuid()));
    bot::create(&ana, &form, Some(key)).await.unwrap();
    assert_eq!(log.more().await, [], "a repeated request makes no second bot");

    let house = PropertyForm {
        address: "12 Elm Street".into(),
        city: "Springfield".into(),
        state: "IL".into(),
        zip_code: "62704".into(),
        ..PropertyForm::default()
    };
    let property = listing::create(&ana, &house, Some(made)).await.unwrap().id;
    assert_eq!(log.more().await, []);
    let to = async |status| {
        let change = bot::BotChange {
            status: Some(status),
            ..bot::BotChange::default()
        };
        bot::update(&ana, made, change).await.unwrap();
    };
    let status = |status: &str| json!({ "status": status });
    bot::publish(&ana, made).await.unwrap();
    log.one("bot.published", target, status("draft"), status("active"))
        .await;
    to(BotStatus::Inactive).await;
    log.one("bot.paused", target, status("active"), status("inactive"))
        .await;
    to(BotStatus::Draft).await;
    log.one("bot.unpublished", target, status("inactive"), status("draft"))
        .await;
    to(BotStatus::Draft).await;
    let renamed = bot::BotChange {
        name: Some("Oak".into()),
        ..bot::BotChange::default()
    };
    bot::update(&ana, made, renamed).await.unwrap();
    assert_eq!(log.more().await, []);

    let mut code = CodeForm {
        bot_id: made.to_string(),
        label: "Yard sign".into(),
        ..CodeForm::default()
    };
    let sign = qr::create(&ana, &code).await.unwrap();
    log.one("code.created", Some(("code", "Yard sign")), Value::Null, Value::Null)
        .await;
    code.label = String::new();
    let plain = qr::create(&ana, &code).await.unwrap();
    log.one("code.created", Some(("code", &plain.slug)), Value::Null, Value::Null)
        .await;
    qr::delete(&ana, sign.id).await.unwrap();
    let noted = log
        .one("code.deleted", Some(("code", "Yard sign")), Value::Null, Value::Null)
        .await;
    assert_eq!(noted.target_id, Some(sign.id.uuid()));

    let about = training::Target {
        bot: made,
        property: Some(property),
    };
    let source = training::add_text(&ana, about, "The roof was replaced in 2019.", None)
        .await
        .unwrap();
    assert_eq!(log.more().await, []);
    training::remove(&ana, source.id).await.unwrap();
    log.one(
        "source.removed",
        Some(("source", &source.title)),
        Value::Null,
        Value::Null,
    )
    .await;
    listing::delete(&ana, property).await.unwrap();
    log.one(
        "property.deleted",
        Some(("property", "12 Elm Street")),
        Value::Null,
        Value::Null,
    )
    .await;
    assert_eq!(lead::export(&ana).await.unwrap(), []);
    log.one("leads.exported", None, Value::Null, json!({ "leads": 0 }))
        .await;
    bot::delete(&ana, made).await.unwrap();
    log.one("bot.deleted", Some(("bot", "Oak")), status("draft"), Value::Null)
        .await;
}

async fn what_is_refused_is_not_noted(db: TestDb) {
    let world = World::with(db, |config| {
        config.prices.registration_grant = domain::credits::Credits::ZERO
    })
    .await;
    let (ana, ben) = (from_here(&world, "Ana").await, world.realtor("Ben").await);
    let form = PurposeForm {
        name: "Elm".into(),
        description: String::new(),
    };
    // Without credits there is no bot.
    bot::create(&ana, &form, None).await.unwrap_err();
    let invite = InviteForm {
        email: "ana@example.com".into(),
        role: "realtor".into(),
    };
    account::invite(&ana, &invite).await.unwrap_err();
    organization::set_brand(&ana, "blue", None).await.unwrap_err();
    bot::delete(&ana, world.clock.new_id()).await.unwrap_err();
    bot::update(&ana, world.clock.new_id(), bot::BotChange::default())
        .await
        .unwrap_err();
    qr::delete(&ana, world.clock.new_id()).await.unwrap_err();
    listing::delete(&ana, world.clock.new_id()).await.unwrap_err();
    training::remove(&ana, world.clock.new_id()).await.unwrap_err();
    account::revoke(&ana, world.clock.new_id()).await.unwrap_err();
    account::change(&ben, ana.account(), MemberChange::default())
        .await
        .unwrap_err();
    // An address that is taken elsewhere: the account and what was noted of it go together.
    let (_, path) = account::invite(
        &ana,
        &InviteForm {
            email: "ben@example.com".into(),
            role: "realtor".into(),
        },
    )
    .await
    .unwrap();
    let joining = JoinForm {
        first_name: "Ben".into(),
        last_name: "Moss".into(),
        password: "a lane with old trees".into(),
    };
    let token = path.as_deref().unwrap().rsplit('/').next().unwrap();
    account::accept(&world.engine, token, &joining, &account::Client::default())
        .await
        .unwrap_err();
    let found = verify(&world.engine).await.unwrap();
    assert_eq!(
        (found.organizations, found.entries, found.broken),
        (1, 1, Vec::new()),
        "only that Ben was invited"
    );
}
