//! What is noted of the people of an organization, and of changes at the same time.

use domain::{
    bot::BotStatus,
    tenancy::{InviteForm, MemberChange, Role},
};
use serde_json::Value;

use super::{
    changes::{HERE, Log, from_here, joined},
    *,
};
use crate::{account, bot, organization};

on_every_db!(people_are_noted, two_changes_at_once_are_noted_as_they_came);

async fn people_are_noted(db: TestDb) {
    let world = World::new(db).await;
    let ana = from_here(&world, "Ana").await;
    let mut log = Log { call: &ana, seen: 0 };
    let form = |email: &str, role: Role| InviteForm {
        email: email.into(),
        role: role.as_str().into(),
    };
    let (invitation, path) = account::invite(&ana, &form("di@example.com", Role::Admin))
        .await
        .unwrap();
    let target = Some(("invitation", "di@example.com"));
    let noted = log
        .one("invitation.sent", target, Value::Null, json!({ "role": "admin" }))
        .await;
    assert_eq!(noted.target_id, Some(invitation.id.uuid()));
    let secret = path.as_deref().unwrap().rsplit('/').next().unwrap();
    assert!(
        !format!("{noted:?}").contains(secret),
        "the secret of the link is noted"
    );
    account::revoke(&ana, invitation.id).await.unwrap();
    log.one("invitation.withdrawn", target, json!({ "role": "admin" }), Value::Null)
        .await;

    let cy = joined(&ana, "cy@example.com", Role::Realtor).await.account();
    let [sent, accepted] = <[Entry; 2]>::try_from(log.more().await).unwrap();
    assert_eq!(
        (sent.action.as_str(), accepted.action.as_str()),
        ("invitation.sent", "invitation.accepted")
    );
    assert_eq!((accepted.actor_id, accepted.actor_name.as_str()), (Some(cy), "Cy Moss"));
    assert_eq!(
        (accepted.address.as_deref(), accepted.target_name.as_deref()),
        (Some(HERE), Some("cy@example.com"))
    );
    assert_eq!(
        (accepted.before, accepted.after),
        (None, Some(json!({ "role": "realtor" })))
    );
    assert_eq!(accepted.target_id, sent.target_id);

    let member = Some(("member", "Cy Moss"));
    let change = async |role, is_active| {
        account::change(&ana, cy, MemberChange { role, is_active })
            .await
            .unwrap()
    };
    change(Some(Role::Admin), None).await;
    let noted = log
        .one(
            "member.role_changed",
            member,
            json!({ "role": "realtor" }),
            json!({ "role": "admin" }),
        )
        .await;
    assert_eq!(noted.target_id, Some(cy.uuid()));
    // What is as it was is no change.
    change(Some(Role::Admin), Some(true)).await;
    assert_eq!(log.more().await, []);

    let credentials = domain::account::Credentials {
        email: "cy@example.com".into(),
        password: "a lane with old trees".into(),
    };
    let admin = account::sign_in(
        &world.engine,
        &credentials,
        account::Kind::Console,
        &account::Client::default(),
    )
    .await
    .unwrap();
    let admin = admin.call(&world.engine, None).await.unwrap();
    account::invite(&admin, &form("flo@example.com", Role::Realtor))
        .await
        .unwrap();
    assert_eq!(log.more().await[0].actor_id, Some(cy));
    change(None, Some(false)).await;
    let after = json!({ "active": false, "invitations_withdrawn": 1 });
    log.one("member.switched_off", member, json!({ "active": true }), after)
        .await;
    change(None, Some(true)).await;
    log.one(
        "member.switched_on",
        member,
        json!({ "active": false }),
        json!({ "active": true }),
    )
    .await;
    // Two things at once are two entries.
    change(Some(Role::Realtor), Some(false)).await;
    let both: Vec<String> = log.more().await.into_iter().map(|entry| entry.action).collect();
    assert_eq!(both, ["member.role_changed", "member.switched_off"]);
    change(None, Some(true)).await;
    log.more().await;
    change(Some(Role::Owner), None).await;
    log.one(
        "member.made_owner",
        member,
        json!({ "role": "realtor" }),
        json!({ "role": "owner" }),
    )
    .await;
}

/// Each change begins where the one before it ended, whoever was quicker.
async fn two_changes_at_once_are_noted_as_they_came(db: TestDb) {
    let world = World::new(db).await;
    let ana = from_here(&world, "Ana").await;
    let made = world.porch(&ana).await.bot.id;
    let mut log = Log { call: &ana, seen: 0 };
    log.more().await;
    let to = |status| {
        let change = bot::BotChange {
            status: Some(status),
            ..bot::BotChange::default()
        };
        bot::update(&ana, made, change)
    };
    for _ in 0..10 {
        let all = tokio::join!(to(BotStatus::Inactive), to(BotStatus::Active), to(BotStatus::Draft));
        assert!(all.0.is_ok() && all.1.is_ok() && all.2.is_ok());
    }
    let cy = joined(&ana, "cy@example.com", Role::Realtor).await.account();
    let role = |role| {
        let change = MemberChange {
            role: Some(role),
            is_active: None,
        };
        account::change(&ana, cy, change)
    };
    for _ in 0..10 {
        let both = tokio::join!(role(Role::Admin), role(Role::Realtor));
        assert!(both.0.is_ok() && both.1.is_ok());
    }
    let colours: Vec<String> = (0..10).map(|n| format!("#0000{n}{n}")).collect();
    let brands = colours.iter().map(|colour| organization::set_brand(&ana, colour, None));
    assert!(join_all(brands).await.iter().all(Result::is_ok));
    let new = log.more().await;
    let people = account::members(&ana).await.unwrap();
    for (noun, field, first, last) in [
        (
            "bot",
            "status",
            "active",
            json!(bot::get(&ana, made).await.unwrap().status),
        ),
        (
            "member",
            "role",
            "realtor",
            json!(people.iter().find(|member| member.id == cy).unwrap().role),
        ),
        (
            "organization",
            "colour",
            domain::brand::DEFAULT_COLOUR,
            json!(organization::get(&ana).await.unwrap().colour),
        ),
    ] {
        let steps: Vec<&Entry> = new.iter().filter(|e| e.target_kind.as_deref() == Some(noun)).collect();
        assert!(steps.len() >= 10, "{noun}: {}", steps.len());
        let mut now = json!(first);
        for step in steps {
            assert_eq!(step.before.as_ref().unwrap()[field], now, "{noun}: entry {}", step.seq);
            now = step.after.as_ref().unwrap()[field].clone();
        }
        assert_eq!(now, last, "{noun}: the log ends with what is");
    }
}
