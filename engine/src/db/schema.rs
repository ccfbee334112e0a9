//! What the catalogs of both databases say about tenants and numbers, and raw rows that point into another tenant.

use std::collections::{BTreeMap, BTreeSet};

use domain::{lead::LeadForm, licence::LicenceForm, operator::GrantForm, qr::CodeForm, tenancy::InviteForm};
use sqlx::AssertSqlSafe;

use super::{
    Db, Reach, Ready,
    testing::raw_conn,
    testing::{TestDb, on_every_db},
};
use crate::{Call, account, chat, lead, licence, qr, request, support, testing::World, training};

/// Tables that belong to no tenant.
const PLATFORM: [&str; 6] = [
    "_sqlx_migrations",
    "mail",
    "operator",
    "operator_session",
    "organization",
    "web_session",
];

/// Columns that name anything at all, for a person to look up: nothing is ever read through them.
const NOTES: [(&str, &str); 6] = [
    ("audit_entry", "actor_id"),
    ("audit_entry", "target_id"),
    ("ledger_entry", "related_id"),
    ("ledger_hold", "related_id"),
    ("tombstone", "subject_id"),
    ("webhook_delivery", "about_id"),
];

/// References without a foreign key, because they outlive what they name; triggers keep them at home.
const OUTLIVING: [(&str, &str, &str); 7] = [
    ("conversation", "code_id", "code"),
    ("conversation", "property_id", "property"),
    ("lead", "bot_id", "bot"),
    ("lead", "conversation_id", "conversation"),
    ("lead", "property_id", "property"),
    ("source", "hold_id", "ledger_hold"),
    ("source", "job_id", "job"),
];

#[derive(Debug, Default)]
pub(super) struct Table {
    columns: Vec<Column>,
    /// Each a list of `(own column, target table, target column)`.
    foreign: Vec<Vec<(String, String, String)>>,
    strict: bool,
}

impl Table {
    /// The names of its columns.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.name.as_str())
    }
}

#[derive(Debug)]
struct Column {
    name: String,
    kind: String,
    required: bool,
    /// Its place in the primary key, from 1; 0 when it is no part of it.
    key: i64,
}

const COLUMNS: [&str; 2] = [
    "select t.name, c.name, lower(c.type), c.\"notnull\" or c.pk > 0, c.pk, t.strict = 1 from pragma_table_list t
        join pragma_table_info(t.name) c where t.schema = 'main' and t.type = 'table' and t.name not like 'sqlite_%' order by t.name, c.cid",
    "select c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull,
        coalesce(array_position(p.conkey, a.attnum), 0)::bigint, true from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        left join pg_constraint p on p.conrelid = c.oid and p.contype = 'p'
        where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace order by 1, a.attnum",
];

const FOREIGN: [&str; 2] = [
    "select t.name, f.id, f.\"from\", f.\"table\", f.\"to\" from pragma_table_list t
        join pragma_foreign_key_list(t.name) f where t.schema = 'main' and t.type = 'table' order by t.name, f.id, f.seq",
    "select c.relname::text, k.oid::bigint, a.attname::text, t.relname::text, b.attname::text from pg_constraint k
        join pg_class c on c.oid = k.conrelid join pg_class t on t.oid = k.confrelid
        cross join lateral unnest(k.conkey, k.confkey) with ordinality as pair (own, other, at)
        join pg_attribute a on a.attrelid = k.conrelid and a.attnum = pair.own
        join pg_attribute b on b.attrelid = k.confrelid and b.attnum = pair.other
        where k.contype = 'f' order by 1, 2, pair.at",
];

pub(super) async fn rows<Row>(db: &Db, sql: [&str; 2]) -> Vec<Row>
where
    Row: for<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow>
        + for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow>
        + Send
        + Unpin,
{
    let mut tx = db.read(Reach::Everyone).await.unwrap();
    match raw_conn(&mut tx).await {
        Ready::Sqlite(conn, _) => sqlx::query_as(AssertSqlSafe(sql[0].to_owned())).fetch_all(conn).await,
        Ready::Postgres(conn, _) => sqlx::query_as(AssertSqlSafe(sql[1].to_owned())).fetch_all(conn).await,
    }
    .unwrap()
}

pub(super) async fn catalog(db: &Db) -> BTreeMap<String, Table> {
    let mut tables = BTreeMap::<String, Table>::new();
    for (table, name, kind, required, key, strict) in
        rows::<(String, String, String, bool, i64, bool)>(db, COLUMNS).await
    {
        let table = tables.entry(table).or_default();
        table.strict = strict;
        table.columns.push(Column {
            name,
            kind,
            required,
            key,
        });
    }
    let mut last = None;
    for (table, id, own, target, other) in rows::<(String, i64, String, String, String)>(db, FOREIGN).await {
        let foreign = &mut tables.get_mut(&table).unwrap().foreign;
        if last.replace((table.clone(), id)) != Some((table, id)) {
            foreign.push(Vec::new());
        }
        foreign.last_mut().unwrap().push((own, target, other));
    }
    tables
}

pub(super) fn tenants(tables: &BTreeMap<String, Table>) -> impl Iterator<Item = (&String, &Table)> {
    tables.iter().filter(|(name, _)| !PLATFORM.contains(&name.as_str()))
}

/// Every reference from a tenant's row to another: by a foreign key, or kept at home by a trigger.
fn references(tables: &BTreeMap<String, Table>) -> BTreeSet<(String, String, String)> {
    let by_key = tenants(tables).flat_map(|(table, found)| {
        let pairs = found.foreign.iter().flatten();
        let pairs = pairs.filter(|(own, ..)| own != "organization_id");
        pairs.map(|(own, target, _)| (table.clone(), own.clone(), target.clone()))
    });
    let kept = OUTLIVING.map(|(table, column, target)| (table.to_owned(), column.to_owned(), target.to_owned()));
    by_key.chain(kept).collect()
}

async fn the_tenant_leads_every_key(test: TestDb) {
    let tables = catalog(&test.db).await;
    assert!(tables.len() >= 19, "{:?}", tables.keys());
    let references = references(&tables);
    let mut faults = Vec::new();
    for (name, table) in tenants(&tables) {
        let tenant = table.columns.iter().find(|column| column.name == "organization_id");
        if !tenant.is_some_and(|column| column.required && column.key == 1) {
            faults.push(format!("{name}: organization_id does not lead the primary key"));
        }
        for key in &table.foreign {
            let (own, target, other) = &key[0];
            let leads = own == "organization_id" && (other == "organization_id" || target == "organization");
            if !leads {
                faults.push(format!(
                    "{name}: a foreign key to {target} does not begin with the tenant"
                ));
            }
        }
        for column in table.columns.iter().filter(|column| column.name.ends_with("_id")) {
            let known = column.name == "organization_id"
                || NOTES.contains(&(name.as_str(), column.name.as_str()))
                || references
                    .iter()
                    .any(|(table, own, _)| table == name && *own == column.name);
            if !known {
                faults.push(format!(
                    "{name}.{}: a reference that nothing keeps within its tenant",
                    column.name
                ));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

async fn numbers_are_whole(test: TestDb) {
    let tables = catalog(&test.db).await;
    let mut amounts = 0;
    for (name, table) in &tables {
        assert!(
            table.strict || name == "_sqlx_migrations",
            "{name} takes values of any type"
        );
        for Column { name: column, kind, .. } in &table.columns {
            let inexact = ["real", "numeric", "float", "double", "decimal", "money", "any"];
            assert!(
                !inexact.iter().any(|word| kind.contains(word)),
                "{name}.{column} is {kind}"
            );
            if name.starts_with("ledger_") && (kind == "integer" || kind == "bigint") {
                amounts += 1;
            }
        }
    }
    assert!(amounts >= 9, "only {amounts} whole numbers in the ledger");
}

/// Runs a text and takes it back; true when the database took it.
async fn takes(db: &Db, sql: &str) -> Result<u64, String> {
    let mut tx = db.begin(Reach::Everyone).await.unwrap();
    let done = match raw_conn(&mut tx).await {
        Ready::Sqlite(conn, _) => sqlx::query(AssertSqlSafe(sql.to_owned()))
            .execute(conn)
            .await
            .map(|done| done.rows_affected()),
        Ready::Postgres(conn, _) => sqlx::query(AssertSqlSafe(sql.to_owned()))
            .execute(conn)
            .await
            .map(|done| done.rows_affected()),
    };
    done.map_err(|error| error.to_string())
}

async fn run(db: &Db, sql: &str) {
    let mut tx = db.begin(Reach::Everyone).await.unwrap();
    let rows = match raw_conn(&mut tx).await {
        Ready::Sqlite(conn, _) => sqlx::query(AssertSqlSafe(sql.to_owned()))
            .execute(conn)
            .await
            .map(|done| done.rows_affected()),
        Ready::Postgres(conn, _) => sqlx::query(AssertSqlSafe(sql.to_owned()))
            .execute(conn)
            .await
            .map(|done| done.rows_affected()),
    };
    assert_eq!(rows.unwrap_or_else(|error| panic!("{sql}: {error}")), 1, "{sql}");
    tx.commit().await.unwrap();
}

fn is_sqlite(db: &Db) -> bool {
    db.kind() == "SQLite"
}

pub(super) fn literal(db: &Db, id: uuid::Uuid) -> String {
    match is_sqlite(db) {
        true => format!("x'{}'", id.simple()),
        false => format!("'{id}'::uuid"),
    }
}

/// `insert … select` of one row of the organization's, with some columns set to something else.
fn copy(db: &Db, tables: &BTreeMap<String, Table>, table: &str, organization: &str, set: &[(&str, String)]) -> String {
    let columns: Vec<&str> = tables[table]
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    let fresh = uuid::Uuid::new_v4();
    let values = columns.iter().map(|column| {
        let set = set
            .iter()
            .find(|(name, _)| name == column)
            .map(|(_, value)| value.clone());
        set.unwrap_or_else(|| match *column {
            "id" => literal(db, fresh),
            "slug" | "client_key" | "subject" => format!("'{}'", fresh.simple()),
            "token_hash" | "hash" | "credential" if is_sqlite(db) => format!("x'{}'", fresh.simple()),
            "token_hash" | "hash" | "credential" => format!("decode('{}', 'hex')", fresh.simple()),
            other => other.to_owned(),
        })
    });
    let values: Vec<String> = values.collect();
    format!(
        "insert into {table} ({}) select {} from {table} where organization_id = {organization} limit 1",
        columns.join(", "),
        values.join(", ")
    )
}

/// A row of the tenant's in every table that has or is the end of a reference.
pub(super) async fn furnish(world: &World, tables: &BTreeMap<String, Table>, call: &Call) {
    let db = world.engine.db();
    let organization = literal(db, call.organization().uuid());
    let porch = world.porch(call).await;
    let (bot, property) = (porch.bot.id, porch.property_id().unwrap());
    let form = CodeForm {
        bot_id: bot.to_string(),
        property_id: property.to_string(),
        ..CodeForm::default()
    };
    // A second one that nobody visits, for a copied count.
    qr::create(call, &form).await.unwrap();
    let code = qr::create(call, &form).await.unwrap();
    let visit = qr::Visit {
        address: None,
        user_agent: "Mozilla/5.0".into(),
        referrer: None,
    };
    qr::scan(&world.engine, &code.slug, &visit).await.unwrap();
    let target = training::Target {
        bot,
        property: Some(property),
    };
    let source = training::add_text(call, target, "The roof was replaced in 2019.", None)
        .await
        .unwrap();
    let asked = chat::ask(&porch, None, "How many bedrooms are there?").await.unwrap();
    asked.finished().await.unwrap();
    let form = LeadForm {
        name: "Cy".into(),
        email: "cy@example.com".into(),
        message: "Call me".into(),
        ..LeadForm::default()
    };
    lead::leave(&porch, Some(&asked.session), &form).await.unwrap();
    run(db, &copy(db, tables, "lead", &organization, &[])).await;
    let guest = InviteForm {
        email: "di@example.com".into(),
        role: "realtor".into(),
    };
    account::invite(call, &guest).await.unwrap();
    let keyed = request::Keyed {
        route: "POST /properties",
        key: "one",
        hash: [0; 32],
    };
    request::begin(call, keyed).await.unwrap();
    let (source, account) = (literal(db, source.id.uuid()), literal(db, call.account().uuid()));
    let hash = match is_sqlite(db) {
        true => "x'00'",
        false => "decode('00', 'hex')",
    };
    run(
        db,
        &format!(
            "insert into recovery_code (organization_id, account_id, hash) values ({organization}, {account}, {hash})"
        ),
    )
    .await;
    let (now, fresh) = ("'2026-05-04T18:30:00Z'", uuid::Uuid::new_v4());
    let id = literal(db, fresh);
    let credential = match is_sqlite(db) {
        true => id.clone(),
        false => format!("decode('{}', 'hex')", fresh.simple()),
    };
    for way_in in [
        format!(
            "insert into passkey (organization_id, id, account_id, credential, name, public_key, sign_count, created_at)
             values ({organization}, {id}, {account}, {credential}, 'Phone', '{{}}', 0, {now})"
        ),
        format!(
            "insert into identity (organization_id, id, account_id, issuer, subject, created_at)
             values ({organization}, {id}, {account}, 'https://id.example', '{fresh}', {now})"
        ),
    ] {
        run(db, &way_in).await;
    }
    let claim = LicenceForm {
        state: "IL".into(),
        number: "475.123456".into(),
        kind: String::new(),
    };
    licence::set(call, &claim).await.unwrap();
    // One that was replaced, so that a copied claim may be beside it.
    run(
        db,
        &format!("update licence set status = 'replaced' where organization_id = {organization}"),
    )
    .await;
    let let_in = GrantForm {
        reason: "A lead is missing".into(),
        minutes: String::new(),
    };
    support::grant(call, &let_in).await.unwrap();
    let who = call.person().signed_in();
    account::first_refresh(&world.engine, who).await.unwrap();
    let fresh = || literal(db, uuid::Uuid::new_v4());
    run(db, &format!("insert into purchase (organization_id, id, account_id, client_key, payment_method, credits, price_minor, price_version, state, created_at)
        values ({organization}, {}, {}, 'a key', 'pm_1', 1000, 2, 1, 'asked', '2026-05-04T18:30:00+00:00')", fresh(), literal(db, call.account().uuid()))).await;
    run(db, &format!("insert into api_key (organization_id, id, account_id, name, secret_hash, scopes, created_at, expires_at) values ({organization}, {}, {account}, 'CRM', {hash}, 'read', '2026-05-04T18:30:00+00:00', '2026-06-04T18:30:00+00:00')", fresh())).await;
    run(db, &format!("insert into api_configuration (organization_id, id, provider, base_url, api_key, key_end, settings, is_active, created_at, updated_at)
        values ({organization}, {}, 'openai', 'https://example.com', {hash}, 'abcd', '{{}}', true, '2026-05-04T18:30:00+00:00', '2026-05-04T18:30:00+00:00')", fresh())).await;
    let webhook = fresh();
    run(db, &format!("insert into webhook (organization_id, id, url, events, secret, created_at) values ({organization}, {webhook}, 'https://example.com/', '[]', {hash}, '2026-05-04T18:30:00+00:00')")).await;
    run(db, &format!("insert into webhook_delivery (organization_id, webhook_id, id, event, payload, created_at, run_at, next_at)
        values ({organization}, {webhook}, {}, 'webhook.test', '{{}}', '2026-05-04T18:30:00+00:00', '2026-05-04T18:30:00+00:00', '2026-05-04T18:30:00+00:00')", fresh())).await;
    run(db, &format!("insert into fact (organization_id, id, source_id, fact, position) values ({organization}, {}, {source}, '{{}}', 0)", fresh())).await;
    run(db, &format!("insert into passage (organization_id, id, source_id, text, position) values ({organization}, {}, {source}, 'x', 0)", fresh())).await;
    // A hold that no entry speaks of yet, so that a copied entry may.
    run(
        db,
        &copy(
            db,
            tables,
            "ledger_hold",
            &organization,
            &[("id", literal(db, SPARE)), ("state", "'voided'".into())],
        )
        .replace(&literal(db, SPARE), &fresh()),
    )
    .await;
}

const SPARE: uuid::Uuid = uuid::Uuid::from_u128(7);

/// The id of a row of an organization's; of a hold without entries, of a code without visits, of a
/// lead without consents, for these are unique to them.
fn id_of(table: &str, organization: &str) -> String {
    let spare = match table {
        "ledger_hold" => " and id not in (select hold_id from ledger_entry where hold_id is not null)",
        "code" => " and id not in (select code_id from code_tally)",
        "lead" => " and id not in (select lead_id from consent)",
        _ => "",
    };
    format!("(select id from {table} where organization_id = {organization}{spare} limit 1)")
}

async fn no_row_points_into_another_tenant(test: TestDb) {
    let world = World::new(test).await;
    let db = world.engine.db();
    let tables = catalog(db).await;
    let (ana, ben) = (world.realtor("Ana").await, world.realtor("Ben").await);
    furnish(&world, &tables, &ana).await;
    furnish(&world, &tables, &ben).await;
    let organization = |call: &Call| literal(db, call.organization().uuid());
    let mut tried = 0;
    for (table, column, target) in references(&tables) {
        if target == "organization" || target == "ledger_balance" {
            continue;
        }
        for (own, other) in [(&ana, &ben), (&ben, &ana)] {
            let (own, other) = (organization(own), organization(other));
            // An entry's own kind must be one that has a hold.
            let mut fixed = Vec::new();
            if table == "ledger_entry" {
                fixed = vec![
                    ("kind", "'hold'".to_owned()),
                    ("debit_account", "'available'".to_owned()),
                    ("credit_account", "'held'".to_owned()),
                ];
            }
            let set = |id: String| [fixed.as_slice(), &[(column.as_str(), id)]].concat();
            let home = copy(db, &tables, &table, &own, &set(id_of(&target, &own)));
            assert_eq!(takes(db, &home).await, Ok(1), "{home}");
            let abroad = copy(db, &tables, &table, &own, &set(id_of(&target, &other)));
            assert!(takes(db, &abroad).await.is_err(), "{abroad}");
            let moved = format!(
                "update {table} set {column} = {} where organization_id = {own}",
                id_of(&target, &other)
            );
            assert!(takes(db, &moved).await.is_err(), "{moved}");
            let given = format!("update {table} set organization_id = {other} where organization_id = {own}");
            assert!(takes(db, &given).await.is_err(), "{given}");
            tried += 3;
        }
    }
    assert!(tried >= 100, "only {tried} rows were tried");
}

on_every_db!(
    the_tenant_leads_every_key,
    numbers_are_whole,
    no_row_points_into_another_tenant
);
