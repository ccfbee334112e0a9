use domain::page::Page;
use leptos::prelude::*;

use crate::{
    fns::conversation::{ConversationRow, list_conversations},
    pages::console::parts::{count, query},
    ui::{Badge, Card, Cell, EmptyState, Glyph, LinkButton, Mood, PageHead, Pagination, Table, TimeText, load, shown},
};

const OPEN: &str = "/console/conversations?unanswered=1";

/// All conversations, or with `?unanswered=1` those that wait for the realtor.
#[component]
pub fn ConversationsPage() -> impl IntoView {
    let (unanswered, after) = (query("unanswered"), query("after"));
    let open_only = Memo::new(move |_| unanswered.with(Option::is_some));
    let conversations = load(
        move || (open_only.get(), after.get()),
        |(open, after)| list_conversations(open, after),
    );
    let current = move |open: bool| move || (open_only.get() == open).then_some("page");
    view! {
        <PageHead title="Conversations" lead="What buyers asked, what they were told, and why."/>
        <nav class="tabs" aria-label="Which conversations">
            <a href="/console/conversations" aria-current=current(false)>"All"</a>
            <a href=OPEN aria-current=current(true)>"Waiting for you"</a>
        </nav>
        {shown(conversations, move |page| rows(page, open_only.get_untracked(), after.get_untracked().is_none()))}
    }
    .into_any()
}

fn rows(page: Page<ConversationRow>, open_only: bool, first: bool) -> AnyView {
    if page.items.is_empty() && first {
        return empty(open_only);
    }
    let base = if open_only { OPEN } else { "/console/conversations" };
    view! {
        <Card class="list">
            <Table caption="Conversations" columns=&["Question", "About", "Questions", "State", "Last"]>
                {page.items.into_iter().map(row).collect_view()}
            </Table>
        </Card>
        <Pagination base next=page.next first/>
    }
    .into_any()
}

fn empty(open_only: bool) -> AnyView {
    if open_only {
        return view! {
            <EmptyState
                glyph=Glyph::Check title="Nothing waits for you"
                text="Questions that your bots could not answer from their knowledge appear here."
            />
        }
        .into_any();
    }
    view! {
        <EmptyState
            glyph=Glyph::Chat title="No conversations yet"
            text="They begin when a buyer scans a code and asks. Try it yourself: open a bot's page and ask about the roof."
        >
            <LinkButton href="/console/codes">"Make a code"</LinkButton>
        </EmptyState>
    }
    .into_any()
}

fn row(conversation: ConversationRow) -> AnyView {
    let open = (conversation.unanswered > 0).then(|| {
        view! { <Badge mood=Mood::Warn text=format!("{} open", conversation.unanswered)/> }
    });
    let lead = (conversation.leads > 0).then(|| {
        view! { <Badge mood=Mood::Good text=count(conversation.leads, "lead", "leads")/> }
    });
    let answered = (conversation.unanswered == 0 && conversation.leads == 0)
        .then(|| view! { <span class="muted">"Answered"</span> });
    let question = if conversation.question.is_empty() {
        "Erased".into()
    } else {
        conversation.question
    };
    view! {
        <tr>
            <Cell label="Question">
                <a href=format!("/console/conversations/{}", conversation.id)>{question}</a>
            </Cell>
            <Cell label="About">
                <div class="row-main">{conversation.property}<span class="muted">{conversation.bot}</span></div>
            </Cell>
            <Cell label="Questions" number=true>{conversation.turns}</Cell>
            <Cell label="State">{answered}{open}" "{lead}</Cell>
            <Cell label="Last"><TimeText when=conversation.last/></Cell>
        </tr>
    }
    .into_any()
}
