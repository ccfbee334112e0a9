//! Buying credits.
//!
//! A purchase is written down before the payment provider is asked, so that whatever dies afterwards, the provider's event finds
//! it. The credits come with that event and not before, in one commit with the purchase's end, once.

mod store;
mod stripe;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use domain::{
    Fault, FaultCode, audit as log,
    credits::Credits,
    id::{OrganizationId, PurchaseId},
    page::{self, Page},
    purchase::{Purchase, PurchaseForm, PurchaseState},
    tenancy::Action,
};
use serde_json::json;

use crate::{
    Call, Engine, Error,
    audit::{self, Actor, Event as Noted, Target},
    db::{Reach, Tx},
    failpoint,
    ledger::{self, LedgerError, Move, Purpose},
    request,
};
use store::Kept;
pub(crate) use stripe::Stripe;
use stripe::{Answer, Charge, Event};

/// Asks for credits and their payment. They are there when the provider has said that they are paid: see [`get`].
pub async fn buy(call: &Call, form: &PurchaseForm) -> Result<Purchase, Error> {
    call.must(Action::BuyCredits)?;
    form.check()?;
    let engine = call.engine();
    let key = call.key("credits.purchase").ok_or_else(key_needed)?;
    let stripe = engine.payments().ok_or_else(not_for_sale)?;
    let asked = ask(call, form, &key.key).await?;
    let asked = match asked.is_asked {
        true => charge(call, stripe, asked).await?,
        false => asked,
    };
    match (asked.purchase.state, &asked.purchase.failure) {
        (PurchaseState::Failed, reason) => Err(refused(reason.as_deref())),
        _ => Ok(asked.purchase),
    }
}

fn not_for_sale() -> Error {
    let text = "Credits cannot be bought on this server: whoever runs it has not set up payments.";
    Fault::new(FaultCode::Conflict, text).into()
}

fn key_needed() -> Error {
    let text = "What costs money needs a key of your own in the header Idempotency-Key: then it is paid once, however often you ask.";
    Fault::field("idempotency_key", text).into()
}

fn refused(reason: Option<&str>) -> Error {
    let reason = reason.unwrap_or_default();
    Fault::field(
        "payment_method_id",
        format!("The payment was refused, and nothing was bought. {reason}"),
    )
    .into()
}

/// Writes down what is asked for; under a key that is known, what was.
async fn ask(call: &Call, form: &PurchaseForm, key: &str) -> Result<Kept, Error> {
    let (engine, organization) = (call.engine(), call.organization());
    let prices = engine.config().prices;
    let too_much = || Fault::field("amount", "This is more than can be bought at once.");
    let new = store::New {
        id: engine.clock().new_id(),
        account: call.account(),
        client_key: key,
        payment_method: &form.payment_method_id,
        credits: Credits::whole(form.amount).ok_or_else(too_much)?,
        price_minor: prices.cents_of(form.amount).ok_or_else(too_much)?,
        price_version: prices.version,
    };
    let mut tx = engine.db().begin(organization).await?;
    if store::insert(&mut tx, organization, &new, engine.clock().now()).await? {
        let event = Noted {
            action: log::CREDITS_BOUGHT,
            target: Some(target(new.id, new.credits)),
            before: None,
            after: Some(json!({ "credits": form.amount, "price_minor": new.price_minor, "currency": "usd" })),
        };
        audit::note(&mut tx, call, event).await?;
        let kept = found(store::find(&mut tx, organization, new.id).await?)?;
        tx.commit_at(failpoint::PURCHASE_ASK).await?;
        return Ok(kept);
    }
    let known = found(store::by_key(&mut tx, organization, call.account(), key).await?)?;
    let same = known.purchase.credits == new.credits && known.payment_method == new.payment_method;
    same.then_some(known).ok_or_else(|| LedgerError::KeyReused.into())
}

fn found(kept: Option<Kept>) -> Result<Kept, Error> {
    kept.ok_or_else(|| Fault::not_found("purchase").into())
}

fn target(id: PurchaseId, credits: Credits) -> Target<'static> {
    Target {
        kind: "purchase",
        id: Some(id.uuid()),
        name: Cow::Owned(format!("{credits} credits")),
    }
}

/// Has the provider charge what was asked for. Where it cannot be told whether it has, the purchase stays as it is, and whoever
/// asks again under the same key is led here again.
async fn charge(call: &Call, stripe: &Stripe, asked: Kept) -> Result<Kept, Error> {
    let (engine, organization, id) = (call.engine(), call.organization(), asked.purchase.id);
    let description = format!("{} credits", asked.purchase.credits);
    let charge = Charge {
        purchase: id,
        amount: asked.purchase.price_minor,
        method: &asked.payment_method,
        description: &description,
    };
    let answer = stripe.charge(&charge).await.map_err(|error| {
        tracing::error!(%error, purchase.id = %id, "A payment could not be asked for: {error}");
        let text = "The payment provider cannot be reached right now. Send the same request with the same key again in a moment: it is \
                    paid once.";
        Error::from(Fault::new(FaultCode::Unavailable, text))
    })?;
    let mut tx = engine.db().begin(organization).await?;
    let point = match &answer {
        Answer::UnderWay(payment) => {
            // Nothing is changed where an event was quicker.
            store::pending(&mut tx, organization, id, payment).await?;
            request::done(&mut tx, call).await?;
            failpoint::PURCHASE_PENDING
        }
        Answer::Refused(reason) => {
            store::failed(&mut tx, organization, id, reason, engine.clock().now()).await?;
            failpoint::PURCHASE_FAIL
        }
    };
    let kept = found(store::find(&mut tx, organization, id).await?)?;
    tx.commit_counts(point).await?;
    Ok(kept)
}

/// Takes an event of the payment provider. `false` where it is not signed by it: then it is nobody's.
pub async fn take_event(engine: &Engine, body: &[u8], signature: &str) -> Result<bool, Error> {
    let event = match engine.payments() {
        Some(stripe) => stripe.event(body, signature, engine.clock().now()),
        None => None,
    };
    match event {
        None => return Ok(false),
        Some(Event::Other) => {}
        Some(Event::Succeeded {
            purchase,
            payment,
            amount,
            currency,
        }) => {
            if let Some(organization) = owner(engine, purchase).await? {
                settle(engine, organization, purchase, &payment, (amount, &currency)).await?;
            }
        }
        Some(Event::Failed { purchase, reason }) => {
            if let Some(organization) = owner(engine, purchase).await? {
                let mut tx = engine.db().begin(organization).await?;
                store::failed(&mut tx, organization, purchase, &reason, engine.clock().now()).await?;
                tx.commit_counts(failpoint::PURCHASE_FAIL).await?;
            }
        }
    }
    Ok(true)
}

/// Whose purchase an event tells of; `None` where it is of another installation with the same provider.
async fn owner(engine: &Engine, purchase: PurchaseId) -> Result<Option<OrganizationId>, Error> {
    Ok(store::organization_of(&mut engine.db().read(Reach::Everyone).await?, purchase).await?)
}

/// Adds the credits of a purchase that is paid, once.
async fn settle(
    engine: &Engine,
    organization: OrganizationId,
    id: PurchaseId,
    payment: &str,
    (amount, currency): (i64, &str),
) -> Result<(), Error> {
    let now = engine.clock().now();
    let mut tx = engine.db().begin(organization).await?;
    let kept = found(store::to_change(&mut tx, organization, id).await?)?;
    if kept.purchase.state == PurchaseState::Paid {
        return Ok(());
    }
    if (amount, currency) != (kept.purchase.price_minor, "usd") {
        tracing::error!(
            purchase.id = %id,
            "{amount} {currency} were paid where {} usd were asked for: no credits were added, somebody has to look",
            kept.purchase.price_minor
        );
        return Ok(());
    }
    let credits = kept.purchase.credits;
    let grant = ledger::Action::Grant {
        amount: credits,
        purpose: Purpose {
            name: "purchase",
            related: Some(id.uuid()),
            description: format!("{credits} credits bought"),
            price_version: kept.price_version,
        },
    };
    ledger::apply_one(&mut tx, engine, Move::new(organization, grant)).await?;
    let balance = ledger::balance_in(&mut tx, organization, now).await?.available;
    store::paid(&mut tx, organization, id, payment, balance, now).await?;
    note_paid(&mut tx, engine, organization, id, credits).await?;
    tx.commit_at(failpoint::PURCHASE_PAY).await?;
    Ok(())
}

async fn note_paid(
    tx: &mut Tx,
    engine: &Engine,
    organization: OrganizationId,
    id: PurchaseId,
    credits: Credits,
) -> Result<(), Error> {
    let platform = Actor {
        organization,
        account: None,
        name: "Porchlight".into(),
        address: None,
    };
    let event = Noted {
        action: log::CREDITS_PAID,
        target: Some(target(id, credits)),
        before: None,
        after: None,
    };
    audit::note_as(tx, engine, &platform, event).await
}

/// One purchase.
pub async fn get(call: &Call, id: PurchaseId) -> Result<Purchase, Error> {
    call.must(Action::SeeBilling)?;
    let mut tx = call.engine().db().read(call.organization()).await?;
    Ok(found(store::find(&mut tx, call.organization(), id).await?)?.purchase)
}

/// All purchases, newest first.
pub async fn list(call: &Call, after: Option<&str>, limit: Option<u32>) -> Result<Page<Purchase>, Error> {
    call.must(Action::SeeBilling)?;
    let after = after.map(str::parse::<PurchaseId>).transpose()?;
    let limit = page::limit(limit);
    let mut tx = call.engine().db().read(call.organization()).await?;
    let rows = store::list(&mut tx, call.organization(), after, i64::from(limit) + 1).await?;
    Ok(Page::cut(rows, limit, |purchase| purchase.id.to_string()))
}
