//! Who reads what of the log.

use domain::{FaultCode, audit::FilterForm, tenancy::Role};

use super::*;

on_every_db!(
    the_log_is_read_by_filters_and_pages,
    organizations_do_not_see_each_other
);

async fn the_log_is_read_by_filters_and_pages(db: TestDb) {
    let world = World::new(db).await;
    let ana = world.realtor("Ana").await;
    entry(&ana, "Elm").await;
    world.clock.advance(TimeDelta::days(1));
    let actor = Actor {
        organization: ana.organization(),
        account: None,
        name: "somebody".into(),
        address: "2001:db8::1".parse().ok(),
    };
    for action in [domain::audit::PASSWORD_RESET_ASKED, domain::audit::PASSWORD_RESET] {
        let mut tx = world.engine.db().begin(Reach::Everyone).await.unwrap();
        let event = Event {
            action,
            target: None,
            before: None,
            after: None,
        };
        note_as(&mut tx, &world.engine, &actor, event).await.unwrap();
        tx.commit().await.unwrap();
    }
    // What leaves the house asks for a proof of the last minutes.
    let stale = export(&ana, Filter::default()).await.map(drop).unwrap_err();
    assert_eq!(stale.into_fault().code, FaultCode::ProofNeeded);
    let ana = crate::account::quietly(&world.engine, "ana@example.com").await;
    let ana = ana.call(&world.engine, None).await.unwrap();
    let me = ana.account().to_string();
    let mut listed = Vec::new();
    let cases: [([&str; 4], &[i64]); 10] = [
        (["", "", "", ""], &[3, 2, 1]),
        (["password", "", "", ""], &[3, 2]),
        (["password.reset", "", "", ""], &[3]),
        (["password.reset_asked", "", "", ""], &[2]),
        (["code", "", "", ""], &[]),
        (["", &me, "", ""], &[1]),
        (["", "", "2026-05-04", "2026-05-04"], &[1]),
        (["", "", "2026-05-05", ""], &[3, 2]),
        (["", "", "", "2026-05-03"], &[]),
        (["bot", &me, "2026-05-01", "2026-05-31"], &[1]),
    ];
    for (asked, wanted) in cases {
        let [action, actor, from, to] = asked.map(|text| Some(text.to_owned()));
        let form = FilterForm {
            action,
            actor,
            from,
            to,
        };
        let filter = form.check().unwrap();
        let page = list(&ana, &filter, None, None).await.unwrap();
        let seqs: Vec<i64> = page.items.iter().map(|entry| entry.seq).collect();
        assert_eq!(seqs, wanted, "{asked:?}");
        listed.push((filter, page.items));
    }
    let page = list(&ana, &Filter::default(), None, Some(2)).await.unwrap();
    let last = &page.items[1];
    assert_eq!((last.actor_id, last.actor_name.as_str()), (None, "somebody"));
    assert_eq!(last.address.as_deref(), Some("2001:db8::1"));
    assert_eq!(page.next.as_deref(), Some("2"));
    let page = list(&ana, &Filter::default(), page.next.as_deref(), Some(2))
        .await
        .unwrap();
    assert_eq!((page.items.len(), page.next), (1, None));
    assert_eq!(
        (page.items[0].actor_name.as_str(), page.items[0].actor_id),
        ("Ana Reyes", Some(ana.account()))
    );
    assert_eq!(page.items[0].change(), "Status: active → inactive; A: was 1");
    let fault = list(&ana, &Filter::default(), Some("x"), None).await.unwrap_err();
    assert!(fault.into_fault().for_field("after").is_some());
    // An export has the same, and is noted itself.
    for (filter, items) in listed {
        let mut all = exported(&ana, filter).await;
        all.retain(|entry| entry.action != domain::audit::AUDIT_EXPORTED);
        assert_eq!(all, items);
    }
    let only = Filter {
        action: Some(domain::audit::AUDIT_EXPORTED.into()),
        ..Filter::default()
    };
    assert_eq!(list(&ana, &only, None, None).await.unwrap().items.len(), cases.len());
}

async fn organizations_do_not_see_each_other(db: TestDb) {
    let (world, ana, ben) = world(db).await;
    let names = async |call: &Call, filter: Filter| {
        let page = list(call, &filter, None, None).await.unwrap();
        page.items.into_iter().filter_map(|e| e.target_name).collect::<Vec<_>>()
    };
    assert_eq!(
        names(&ana, Filter::default()).await,
        ["Elm 5", "Elm 4", "Elm 3", "Elm 2", "Elm 1"]
    );
    assert_eq!(
        names(&ben, Filter::default()).await,
        ["Oak 5", "Oak 4", "Oak 3", "Oak 2", "Oak 1"]
    );
    let anas = Filter {
        actor: Some(ana.account()),
        ..Filter::default()
    };
    assert!(names(&ben, anas).await.is_empty());
    // Not everybody of one's own sees it either.
    let realtor = changes::joined(&ana, "cy@example.com", Role::Realtor).await;
    let realtor = realtor.call(&world.engine, None).await.unwrap();
    let refused = [
        list(&realtor, &Filter::default(), None, None).await.map(drop),
        export(&realtor, Filter::default()).await.map(drop),
    ];
    for refused in refused {
        assert_eq!(refused.unwrap_err().into_fault().code, FaultCode::Forbidden);
    }
    let admin = changes::joined(&ana, "di@example.com", Role::Admin).await;
    let admin = admin.call(&world.engine, None).await.unwrap();
    assert_eq!(
        list(&admin, &Filter::default(), None, None).await.unwrap().items.len(),
        9
    );
}
