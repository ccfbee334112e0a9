//! Credits: what there is, what things cost, and what every move was for.

use domain::{page::Page, purchase::PurchaseState, tenancy::Action};
use leptos::prelude::*;

use super::parts::query;
use crate::{
    fns::credits::{CreditsView, PurchaseRow, TransactionRow, credits_balance, list_purchases, list_transactions},
    layout::may,
    ui::{Badge, Banner, Card, Cell, Mood, PageHead, Pagination, StatCard, Table, TimeText, load, shown},
};

/// Balance, price list and history.
#[component]
pub fn CreditsPage() -> impl IntoView {
    let after = query("after");
    let balance = load(|| (), |()| credits_balance());
    let billing = if may(Action::SeeBilling) {
        let history = load(move || after.get(), list_transactions);
        let purchases = load(|| (), |()| list_purchases());
        view! {
            {shown(purchases, bought)}
            {shown(history, move |page| rows(page, after.get_untracked().is_none()))}
        }
        .into_any()
    } else {
        view! { <p class="muted">"What was bought, and what each credit went for, the owner and the admins see."</p> }
            .into_any()
    };
    view! {
        <PageHead title="Credits" lead="What your bots cost: only what was delivered is charged."/>
        {shown(balance, head)}
        {billing}
    }
    .into_any()
}

fn head(view: CreditsView) -> AnyView {
    let empty = view.is_empty.then(used_up);
    let price = |(what, price): (String, String)| view! { <div><dt>{what}</dt><dd>{price}</dd></div> };
    view! {
        {empty}
        <dl class="stats">
            <StatCard label="Available" value=view.available note="can be spent now"/>
            <StatCard label="Held" value=view.held note="reserved for work that is going on"/>
            <StatCard label="Used this month" value=view.used_this_month note="since the first of the month"/>
        </dl>
        <Card title="Prices"><dl class="summary">{view.prices.into_iter().map(price).collect_view()}</dl></Card>
    }
    .into_any()
}

/// What was bought, where anything was.
fn bought(purchases: Vec<PurchaseRow>) -> AnyView {
    if purchases.is_empty() {
        return ().into_any();
    }
    let row = |purchase: PurchaseRow| {
        let (mood, text) = match purchase.state {
            PurchaseState::Pending => (Mood::Info, "Being paid"),
            PurchaseState::Paid => (Mood::Good, "Paid"),
            PurchaseState::Failed => (Mood::Bad, "Not paid"),
        };
        let why = purchase.failure.map(|why| view! { <p class="muted">{why}</p> });
        view! {
            <tr>
                <Cell label="Credits" number=true>{purchase.credits}</Cell>
                <Cell label="Price" number=true>{purchase.price}</Cell>
                <Cell label="How far"><Badge mood text/>{why}</Cell>
                <Cell label="When"><TimeText when=purchase.at/></Cell>
            </tr>
        }
        .into_any()
    };
    view! {
        <Card title="Purchases">
            <Table caption="Purchases of credits" columns=&["Credits", "Price", "How far", "When"]>
                {purchases.into_iter().map(row).collect_view()}
            </Table>
        </Card>
    }
    .into_any()
}

/// What it means that nothing is left.
pub(super) fn used_up() -> AnyView {
    view! {
        <Banner mood=Mood::Warn>
            "There are no credits for another answer. Your pages still work and take messages, but your bots do not answer."
        </Banner>
    }
    .into_any()
}

fn rows(page: Page<TransactionRow>, first: bool) -> AnyView {
    if page.items.is_empty() && first {
        return view! { <Card title="History"><p class="muted">"Nothing has been added or charged yet."</p></Card> }
            .into_any();
    }
    view! {
        <Card title="History">
            <Table caption="History of credits" columns=&["What", "For", "Change", "When"]>
                {page.items.into_iter().map(row).collect_view()}
            </Table>
            <Pagination base="/console/credits" next=page.next first/>
        </Card>
    }
    .into_any()
}

fn row(transaction: TransactionRow) -> AnyView {
    let purpose = match transaction.link {
        Some(link) => view! { <a href=link>{transaction.purpose}</a> }.into_any(),
        None => transaction.purpose.into_any(),
    };
    view! {
        <tr>
            <Cell label="What">{transaction.what}</Cell>
            <Cell label="For">{purpose}</Cell>
            <Cell label="Change" number=true>{transaction.change}</Cell>
            <Cell label="When"><TimeText when=transaction.at/></Cell>
        </tr>
    }
    .into_any()
}
