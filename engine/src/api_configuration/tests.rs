//! Keys of an organization's own, on both databases, with a provider on a socket of its own.

use std::io::Read;

use domain::{
    api_configuration::{ModelSettings, TestOutcome},
    bot::BotStatus,
    chat::Outcome,
    id::BotId,
    tenancy::Role,
};
use sqlx::{AssertSqlSafe, Executor};

use super::*;
use crate::{
    account,
    bot::{self, BotChange},
    chat,
    config::ProviderConfig,
    db::{
        Ready,
        testing::{TestDb, on_every_db, raw_conn},
    },
    ledger,
    porch::Porch,
    privacy,
    testing::{Provider, World},
};

on_every_db!(
    a_bot_is_answered_by_its_own_provider_for_nothing,
    one_that_fails_is_stood_in_for_and_costs_nothing,
    a_key_is_seen_by_its_provider_alone,
    a_key_goes_to_the_address_that_it_was_given_with,
    sealed_keys_open_in_their_own_row_only,
    a_test_says_what_happened,
    whose_keys_they_are,
);

const KEY: &str = "sk-canary-0123456789-WXYZ";

fn form(provider: &Provider) -> ApiConfigurationForm {
    ApiConfigurationForm {
        provider_name: "other".into(),
        base_url: provider.url() + "/",
        api_key: KEY.into(),
        settings: ModelSettings {
            model: "stand-in".into(),
            temperature: Some(0.5),
            max_tokens: Some(300),
        },
        is_active: true,
    }
}

async fn choose(call: &Call, bot: BotId, id: Option<ApiConfigurationId>) -> Result<(), Error> {
    let model = AiModelConfig {
        api_key_id: id.map(|id| id.to_string()),
        ..AiModelConfig::default()
    };
    let change = BotChange {
        model: Some(model),
        ..BotChange::default()
    };
    bot::update(call, bot, change).await.map(|_| ())
}

/// Asks for an answer in one piece; what was said, and the receipt.
async fn ask(call: &Call, porch: &Porch) -> (chat::Finished, domain::chat::Receipt) {
    // As a buyer comes: by the address of the page.
    let porch = crate::porch::open(call.engine(), &porch.bot.slug, None).await.unwrap();
    let asked = chat::ask_for_whole(&porch, None, "How many bedrooms?").await.unwrap();
    let told = asked.finished().await.unwrap();
    let seen = chat::conversation(call, asked.conversation).await.unwrap();
    (told, seen.turns[0].receipt.clone())
}

async fn available(call: &Call) -> i64 {
    ledger::balance(call).await.unwrap().available.as_milli()
}

async fn a_bot_is_answered_by_its_own_provider_for_nothing(db: TestDb) {
    let provider = Provider::start().await;
    let world = provider.world(db).await;
    let ana = world.realtor("Ana").await;
    let porch = world.porch(&ana).await;
    let made = create(&ana, &form(&provider)).await.unwrap();
    assert_eq!((made.key_end.as_str(), made.base_url), ("WXYZ", provider.url()));
    let before = available(&ana).await;
    ask(&ana, &porch).await;
    assert_eq!(available(&ana).await, before - 1_000, "no bot names it yet");
    assert!(provider.take().is_empty());

    choose(&ana, porch.bot.id, Some(made.id)).await.unwrap();
    let before = available(&ana).await;
    for _ in 0..3 {
        let (told, receipt) = ask(&ana, &porch).await;
        assert_eq!(
            (told.outcome, told.text.as_str()),
            (Outcome::Answered, "It has 3 bedrooms.")
        );
        assert_eq!(receipt.engine, "stand-in, own key");
        assert!(receipt.failures.is_empty(), "{receipt:?}");
    }
    assert_eq!(available(&ana).await, before);
    assert_eq!(ledger::totals(&world.engine).await.unwrap().pending_holds, 0);
    let asked = provider.take();
    assert_eq!(asked.len(), 3);
    let (head, body) = asked[0].split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /v1/chat/completions HTTP/1.1\r\n"), "{head}");
    assert!(
        head.to_lowercase()
            .contains(&format!("authorization: bearer {}", KEY.to_lowercase()))
    );
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!(
        (&body["model"], &body["temperature"]),
        (&json!("stand-in"), &json!(0.5))
    );
    assert_eq!(body["max_tokens"], 300);

    // A change holds at once.
    let other = ApiConfigurationChange {
        settings: Some(ModelSettings {
            model: "another".into(),
            ..ModelSettings::default()
        }),
        ..ApiConfigurationChange::default()
    };
    update(&ana, made.id, other).await.unwrap();
    assert_eq!(ask(&ana, &porch).await.1.engine, "another, own key");
    let body = provider.take().remove(0);
    assert!(
        body.contains(r#""max_tokens":700"#) && !body.contains("temperature"),
        "{body}"
    );
    let off = ApiConfigurationChange {
        is_active: Some(false),
        ..ApiConfigurationChange::default()
    };
    let before = available(&ana).await;
    update(&ana, made.id, off).await.unwrap();
    assert_eq!(ask(&ana, &porch).await.1.engine, "built-in");
    assert_eq!(available(&ana).await, before - 1_000);
    delete(&ana, made.id).await.unwrap();
    assert_eq!(ask(&ana, &porch).await.1.engine, "built-in");
    assert!(provider.take().is_empty());
    choose(&ana, porch.bot.id, None).await.unwrap();
    let log = audit::list(&ana, &domain::audit::Filter::default(), None, None)
        .await
        .unwrap()
        .items;
    let actions: Vec<&str> = log.iter().map(|entry| entry.action.as_str()).take(6).collect();
    assert_eq!(
        actions,
        [
            "bot.ai_changed",
            "ai.deleted",
            "ai.changed",
            "ai.changed",
            "bot.ai_changed",
            "ai.created"
        ]
    );
}

async fn one_that_fails_is_stood_in_for_and_costs_nothing(db: TestDb) {
    let (own, deployments) = (Provider::start().await, Provider::start().await);
    let world = World::with(db, |config| {
        config.fetch_allow = own.address.to_string();
        config.provider = Some(ProviderConfig {
            base_url: deployments.url(),
            api_key: "of the deployment".into(),
            model: "paid-by-others".into(),
        });
    })
    .await;
    let ana = world.realtor("Ana").await;
    let porch = world.porch(&ana).await;
    let made = create(&ana, &form(&own)).await.unwrap();
    choose(&ana, porch.bot.id, Some(made.id)).await.unwrap();
    let before = available(&ana).await;
    let echo =
        json!({ "error": { "message": format!("Incorrect API key provided: {KEY}."), "code": "invalid_api_key" } });
    for (status, body) in [
        (401, echo),
        (500, json!({})),
        (200, json!({ "x": "y".repeat(3 << 20) })),
    ] {
        own.says(status, &body);
        let (told, receipt) = ask(&ana, &porch).await;
        assert_eq!(told.outcome, Outcome::Answered, "{status}");
        assert!(told.text.contains('3'), "{status}: {}", told.text);
        assert_eq!(
            (receipt.engine.as_str(), receipt.failures.len()),
            ("built-in", 1),
            "{status}"
        );
        assert!(!receipt.failures[0].contains("canary"), "{}", receipt.failures[0]);
        assert!(receipt.failures[0].chars().count() < 400);
    }
    assert_eq!(own.take().len(), 3, "each was asked once");
    assert_eq!(available(&ana).await, before);
    assert!(
        deployments.take().is_empty(),
        "a wrong key gives nobody the deployment's for nothing"
    );
    // Without credits the bot still answers, since it is asked for none.
    own.answers("It has 3 bedrooms [F1].");
    let all = ledger::Action::Spend {
        amount: ledger::balance(&ana).await.unwrap().available,
        purpose: ledger::Purpose {
            name: "test",
            related: None,
            description: "All there is".into(),
            price_version: 1,
        },
    };
    let mut tx = world.engine.db().begin(ana.organization()).await.unwrap();
    ledger::apply_one(&mut tx, &world.engine, ledger::Move::new(ana.organization(), all))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(ask(&ana, &porch).await.0.text, "It has 3 bedrooms.");
}

/// All texts of an export.
async fn exported(call: &Call) -> String {
    let mut archive = zip::ZipArchive::new(privacy::export(call).await.unwrap()).unwrap();
    let mut all = String::new();
    for i in 0..archive.len() {
        archive.by_index(i).unwrap().read_to_string(&mut all).unwrap();
    }
    all
}

async fn a_key_is_seen_by_its_provider_alone(db: TestDb) {
    let provider = Provider::start().await;
    let world = provider.world(db).await;
    let ana = world.realtor("Ana").await;
    let porch = world.porch(&ana).await;
    let made = create(&ana, &form(&provider)).await.unwrap();
    choose(&ana, porch.bot.id, Some(made.id)).await.unwrap();
    ask(&ana, &porch).await;
    let another = ApiConfigurationChange {
        api_key: Some("sk-canary-of-another-year-1234".into()),
        ..ApiConfigurationChange::default()
    };
    let changed = update(&ana, made.id, another).await.unwrap();
    assert_eq!(changed.key_end, "1234");
    ask(&ana, &porch).await;
    assert!(provider.take()[1].contains("sk-canary-of-another-year-1234"));

    let log = audit::list(&ana, &domain::audit::Filter::default(), None, None)
        .await
        .unwrap()
        .items;
    let entry = log.iter().find(|entry| entry.action == "ai.changed").unwrap();
    assert_eq!(entry.before.as_ref().unwrap()["key_ends_in"], "WXYZ");
    assert_eq!(entry.after.as_ref().unwrap()["key_ends_in"], "1234");
    let exported = exported(&ana).await;
    assert!(exported.contains("stand-in"), "it is part of an export");
    let seen = [
        format!("{log:?}"),
        format!("{:?}", list(&ana).await.unwrap()),
        format!("{:?}", get(&ana, made.id).await.unwrap()),
        serde_json::to_string(&changed).unwrap(),
        exported,
    ];
    for text in &seen {
        assert!(!text.contains("canary"), "{text}");
    }
    let kept = find(&ana, made.id).await.unwrap();
    assert!(!kept.sealed.windows(6).any(|part| part == b"canary"));
}

async fn a_key_goes_to_the_address_that_it_was_given_with(db: TestDb) {
    let (provider, thief) = (Provider::start().await, Provider::start().await);
    let world = World::with(db, |config| {
        config.fetch_allow = format!("{},{}", provider.address, thief.address);
    })
    .await;
    let ana = world.realtor("Ana").await;
    let made = create(&ana, &form(&provider)).await.unwrap();
    let to = |base_url: String, api_key: Option<&str>| ApiConfigurationChange {
        base_url: Some(base_url),
        api_key: api_key.map(str::to_owned),
        ..ApiConfigurationChange::default()
    };
    let refused = update(&ana, made.id, to(thief.url(), None))
        .await
        .unwrap_err()
        .into_fault();
    assert!(refused.for_field("api_key").is_some(), "{refused}");
    let openai = ApiConfigurationChange {
        provider_name: Some("openai".into()),
        ..ApiConfigurationChange::default()
    };
    let refused = update(&ana, made.id, openai).await.unwrap_err().into_fault();
    assert!(refused.for_field("api_key").is_some(), "{refused}");
    test(&ana, made.id).await.unwrap();
    assert!(thief.take().is_empty() && provider.take()[0].contains(KEY));
    let anew = "sk-given-for-this-address-alone";
    update(&ana, made.id, to(thief.url(), Some(anew))).await.unwrap();
    test(&ana, made.id).await.unwrap();
    assert!(provider.take().is_empty());
    let asked = thief.take();
    assert!(asked[0].contains(anew) && !asked[0].contains(KEY));

    for bad in [
        "http://ai.example.com/v1",
        "https://127.0.0.1/v1",
        "https://10.1.2.3/v1",
        "https://[::1]/v1",
        "https://localhost/v1",
        "https://me:secret@ai.example.com/v1",
        "https://ai.example.com:8443/v1",
        "https://ai.example.com/v1?x=1",
        "file:///etc/passwd",
        "not an address",
    ] {
        let form = ApiConfigurationForm {
            base_url: bad.into(),
            ..form(&provider)
        };
        let refused = create(&ana, &form).await.unwrap_err().into_fault();
        assert!(refused.for_field("base_url").is_some(), "{bad}: {refused}");
    }
}

/// Runs one statement as somebody with a shell would.
async fn run(world: &World, text: String) {
    let mut tx = world.engine.db().begin(crate::db::Reach::Everyone).await.unwrap();
    match raw_conn(&mut tx).await {
        Ready::Sqlite(conn, _) => conn.execute(AssertSqlSafe(text)).await.map(|_| ()).unwrap(),
        Ready::Postgres(conn, _) => conn.execute(AssertSqlSafe(text)).await.map(|_| ()).unwrap(),
    }
    tx.commit_at(failpoint::OTHER).await.unwrap();
}

async fn sealed_keys_open_in_their_own_row_only(db: TestDb) {
    let provider = Provider::start().await;
    let world = provider.world(db).await;
    let (ana, ben) = (world.realtor("Ana").await, world.realtor("Ben").await);
    let hers = create(&ana, &form(&provider)).await.unwrap();
    let second = create(&ana, &form(&provider)).await.unwrap();
    let his = create(&ben, &form(&provider)).await.unwrap();
    let sealed = find(&ben, his.id).await.unwrap().sealed;
    let swap = |from: ApiConfigurationId, to: ApiConfigurationId| {
        let literal = |id: ApiConfigurationId| match world.engine.db().kind() {
            "SQLite" => format!("x'{}'", id.uuid().simple()),
            _ => format!("'{id}'"),
        };
        let text = format!(
            "update api_configuration set api_key = (select api_key from api_configuration where id = {}) where id = {}",
            literal(from),
            literal(to)
        );
        run(&world, text)
    };
    for (from, to) in [(his.id, hers.id), (hers.id, second.id)] {
        swap(from, to).await;
        assert!(matches!(test(&ana, to).await, Err(Error::Broken(_))));
    }
    assert_eq!(find(&ana, hers.id).await.unwrap().sealed, sealed, "it was swapped");
    assert!(provider.take().is_empty(), "nothing was sent with another's key");
    // A bot goes on as if it had none.
    let porch = world.porch(&ana).await;
    choose(&ana, porch.bot.id, Some(hers.id)).await.unwrap();
    assert_eq!(ask(&ana, &porch).await.1.engine, "built-in");
    assert_eq!(test(&ben, his.id).await.unwrap().outcome, TestOutcome::Ok);
}

async fn a_test_says_what_happened(db: TestDb) {
    let provider = Provider::start().await;
    let db = Arc::new(db);
    let world = World::sharing(&db, |config| config.fetch_allow = provider.address.to_string()).await;
    let ana = world.realtor("Ana").await;
    let made = create(&ana, &form(&provider)).await.unwrap();
    let good = test(&ana, made.id).await.unwrap();
    assert_eq!(good.outcome, TestOutcome::Ok);
    assert!((0..20_000).contains(&good.duration_ms));
    let error = |message: &str| json!({ "error": { "message": message } });
    for (status, said, is) in [
        (401, error("Incorrect API key provided"), TestOutcome::KeyRefused),
        (
            404,
            error("The model `stand-in` does not exist"),
            TestOutcome::ModelUnknown,
        ),
        (429, error("You exceeded your current quota"), TestOutcome::OutOfQuota),
        (500, json!({}), TestOutcome::NoAnswer),
        (307, json!({}), TestOutcome::NoAnswer),
    ] {
        provider.says(status, &said);
        assert_eq!(test(&ana, made.id).await.unwrap().outcome, is, "{status}");
    }
    // A closed port.
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let world = World::sharing(&db, |config| config.fetch_allow = closed.to_string()).await;
    let bea = world.realtor("Bea").await;
    let nowhere = ApiConfigurationForm {
        base_url: format!("http://{closed}"),
        ..form(&provider)
    };
    let made = create(&bea, &nowhere).await.unwrap();
    assert_eq!(test(&bea, made.id).await.unwrap().outcome, TestOutcome::NotReachable);
}

async fn whose_keys_they_are(db: TestDb) {
    let provider = Provider::start().await;
    let world = provider.world(db).await;
    let (ana, ben) = (world.realtor("Ana").await, world.realtor("Ben").await);
    let hers = create(&ana, &form(&provider)).await.unwrap().id;
    let code = |fault: Error| fault.into_fault().code;
    assert_eq!(code(get(&ben, hers).await.unwrap_err()), FaultCode::NotFound);
    assert_eq!(code(test(&ben, hers).await.unwrap_err()), FaultCode::NotFound);
    assert_eq!(code(delete(&ben, hers).await.unwrap_err()), FaultCode::NotFound);
    let change = ApiConfigurationChange::default();
    assert_eq!(code(update(&ben, hers, change).await.unwrap_err()), FaultCode::NotFound);
    assert!(list(&ben).await.unwrap().is_empty());
    let bot = world.draft(&ben).await;
    assert_eq!(bot.status, BotStatus::Draft);
    let refused = choose(&ben, bot.id, Some(hers)).await.unwrap_err().into_fault();
    assert!(refused.for_field("api_key_id").is_some(), "{refused}");

    let cy = account::joined(&ana, "cy@example.com", Role::Realtor).await;
    let cy = cy.call(&world.engine, None).await.unwrap();
    let own = world.draft(&ana).await;
    for refused in [
        create(&cy, &form(&provider)).await.map(|_| ()),
        list(&cy).await.map(|_| ()),
        test(&cy, hers).await.map(|_| ()),
        delete(&cy, hers).await,
        choose(&cy, own.id, Some(hers)).await,
    ] {
        assert_eq!(code(refused.unwrap_err()), FaultCode::Forbidden);
    }

    // Whoever has not said who they are for a while says so again; a change of the model alone needs nothing.
    world.clock.advance(chrono::TimeDelta::minutes(6));
    assert_eq!(
        code(create(&ana, &form(&provider)).await.unwrap_err()),
        FaultCode::ProofNeeded
    );
    let key = ApiConfigurationChange {
        api_key: Some(KEY.into()),
        ..ApiConfigurationChange::default()
    };
    assert_eq!(code(update(&ana, hers, key).await.unwrap_err()), FaultCode::ProofNeeded);
    let off = ApiConfigurationChange {
        is_active: Some(false),
        ..ApiConfigurationChange::default()
    };
    update(&ana, hers, off).await.unwrap();

    let dee = world.realtor("Dee").await;
    for _ in 0..CONFIGURATIONS_MAX {
        create(&dee, &form(&provider)).await.unwrap();
    }
    assert_eq!(
        code(create(&dee, &form(&provider)).await.unwrap_err()),
        FaultCode::Conflict
    );
}
