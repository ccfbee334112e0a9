//! The console's frame: a rail on a wide screen, a bar at the thumb on a phone, the balance on top.

use domain::tenancy::Action;
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::{components::Outlet, hooks::use_location};

use crate::{
    fns::auth::{SetTheme, SignOut, get_me},
    ui::{ConsoleKeys, Glyph, Icon, SearchForm, load, shown},
};

struct Place {
    href: &'static str,
    name: &'static str,
    glyph: Glyph,
    /// What who goes there wants to do.
    wish: Action,
}

const fn place(href: &'static str, name: &'static str, glyph: Glyph) -> Place {
    Place {
        href,
        name,
        glyph,
        wish: Action::Work,
    }
}

/// The id of what shows the balance, for those who draw it again.
pub(crate) const BALANCE: &str = "balance";

/// In the rail's order; the first [`IN_BAR`] are in the bar.
static PLACES: [Place; 15] = [
    place("/console", "Dashboard", Glyph::Grid),
    place("/console/conversations", "Conversations", Glyph::Chat),
    place("/console/bots", "Bots", Glyph::Bot),
    place("/console/leads", "Leads", Glyph::People),
    place("/console/properties", "Properties", Glyph::Home),
    place("/console/knowledge", "Knowledge", Glyph::Knowledge),
    place("/console/codes", "Codes", Glyph::Code),
    Place {
        wish: Action::SeeBilling,
        ..place("/console/credits", "Credits", Glyph::Coins)
    },
    place("/console/brand", "Brand", Glyph::Palette),
    place("/console/people", "People", Glyph::Team),
    place("/console/privacy", "Privacy", Glyph::Eye),
    Place {
        wish: Action::SeeAudit,
        ..place("/console/audit", "Audit log", Glyph::Clock)
    },
    Place {
        wish: Action::ManageAi,
        ..place("/console/ai", "AI keys", Glyph::Lamp)
    },
    Place {
        wish: Action::ManageWebhooks,
        ..place("/console/webhooks", "Webhooks", Glyph::Link)
    },
    place("/console/security", "Your account", Glyph::Key),
];
const IN_BAR: usize = 4;

#[component]
pub fn ConsoleLayout() -> impl IntoView {
    let me = load(|| (), |()| get_me());
    let top = shown(me, |me| {
        view! {
            <span class="who">{me.organization}<span class="muted">{me.name}</span></span>
            <a class="pill" id=BALANCE href="/console/credits"><Icon glyph=Glyph::Coins/>{me.available}<span class="sr-only">" credits"</span></a>
        }
        .into_any()
    });
    view! {
        <a class="skip" href="#main">"Skip to content"</a>
        <div class="console">
            <nav class="rail" aria-label="Console">
                <a class="brand" href="/console"><Icon glyph=Glyph::Lamp/>"Porchlight"</a>
                {links(&PLACES)}
                <Account/>
            </nav>
            <div class="stage">
                <header class="top">
                    <a class="brand" href="/console"><Icon glyph=Glyph::Lamp/><span class="sr-only">"Porchlight"</span></a>
                    <SearchForm id="search" label="Search the console"/>
                    <ConsoleKeys search="search"/>
                    <a class="btn btn-quiet to-search" href="/console/search"><Icon glyph=Glyph::Search/><span class="sr-only">"Search"</span></a>
                    {top}
                </header>
                <main id="main" tabindex="-1"><Outlet/></main>
            </div>
            <Bar/>
        </div>
    }
    .into_any()
}

fn links(places: &'static [Place]) -> AnyView {
    // Every page is made anew on the server, so the address does not change under it.
    let path = use_location().pathname.get_untracked();
    let link = |place: &'static Place| {
        let current = is_within(&path, place.href).then_some("page");
        view! { <li><a href=place.href aria-current=current><Icon glyph=place.glyph/>{place.name}</a></li> }
    };
    let open = places.iter().filter(|place| super::may(place.wish));
    view! { <ul>{open.map(link).collect_view()}</ul> }.into_any()
}

/// The first page is only itself; the others contain what is below them.
fn is_within(path: &str, place: &str) -> bool {
    let path = path.trim_end_matches('/');
    path == place || (place != "/console" && path.strip_prefix(place).is_some_and(|rest| rest.starts_with('/')))
}

/// The most used places, and the rest behind "More".
#[component]
fn Bar() -> impl IntoView {
    let (first, rest) = PLACES.split_at(IN_BAR);
    view! {
        <nav class="bar" aria-label="Console, short">
            {links(first)}
            <details>
                <summary><Icon glyph=Glyph::More/>"More"</summary>
                <div class="more">{links(rest)}<Account/></div>
            </details>
        </nav>
    }
    .into_any()
}

/// Colours, and signing out. Plain forms: each loads everything anew, so that nothing stays in memory.
#[component]
fn Account() -> impl IntoView {
    let theme = super::theme();
    let choice = |name: &'static str, value: &'static str| {
        let pressed = (theme.unwrap_or_default() == value).to_string();
        view! { <button type="submit" name="theme" value=value aria-pressed=pressed>{name}</button> }
    };
    view! {
        <form class="theme" method="post" action=SetTheme::PATH>
            <fieldset>
                <legend class="sr-only">"Colours"</legend>
                {choice("Auto", "")}
                {choice("Light", "light")}
                {choice("Dark", "dark")}
            </fieldset>
        </form>
        <form class="sign-out" method="post" action=SignOut::PATH>
            <button class="btn btn-quiet" type="submit"><Icon glyph=Glyph::SignOut/>"Sign out"</button>
        </form>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::is_within;

    #[test]
    fn a_place_is_marked_for_its_own_pages_only() {
        assert!(is_within("/console/", "/console") && is_within("/console/bots/1", "/console/bots"));
        assert!(!is_within("/console/bots", "/console") && !is_within("/console/botsy", "/console/bots"));
    }
}
