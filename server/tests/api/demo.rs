//! The demo is made once; what somebody makes of it afterwards is theirs.

use domain::{
    account::Credentials,
    bot::{BotStatus, PurposeForm},
};
use engine::{account, bot, ledger, qr, training};
use server::demo;

use crate::app::TestApp;

#[tokio::test]
async fn a_second_start_adds_nothing_to_the_demo() {
    let app = TestApp::new().await;
    let first = demo::seed(&app.engine).await.unwrap().code.expect("a code to try");
    let credentials = Credentials {
        email: demo::EMAIL.into(),
        password: demo::PASSWORD.into(),
    };
    let call = account::sign_in(
        &app.engine,
        &credentials,
        account::Kind::Console,
        &account::Client::default(),
    )
    .await
    .unwrap()
    .call(&app.engine, None)
    .await
    .unwrap();
    let form = PurposeForm {
        name: "Oak Avenue".into(),
        description: String::new(),
    };
    let own = bot::create(&call, &form, None).await.unwrap();
    let before = ledger::balance(&call).await.unwrap().available;

    let again = demo::seed(&app.engine).await.unwrap().code.expect("a code to try");
    assert_eq!((again.says, again.porch), (first.says, first.porch));
    assert_eq!(ledger::balance(&call).await.unwrap().available, before);
    assert_eq!(bot::get(&call, own.id).await.unwrap().status, BotStatus::Draft);
    assert!(
        training::list(&call, Some(own.id), None, None)
            .await
            .unwrap()
            .items
            .is_empty()
    );

    // Whoever takes the code away does not find it there again.
    let codes = qr::list(&call, None, None, None).await.unwrap().items;
    assert_eq!(codes.len(), 1);
    qr::delete(&call, codes[0].id).await.unwrap();
    assert!(demo::seed(&app.engine).await.unwrap().code.is_none());
}
