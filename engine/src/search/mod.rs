//! Finds things of an organization by a part of their name, address, contact or question.

mod sealed;
mod store;

use domain::search::{Found, FoundKind, QUERY_MAX};

use crate::{Call, Error, vault};

/// Of a kind, at most.
const MOST: usize = 8;

/// What holds `wanted`, upper and lower case alike: at most eight of a kind, the newest. Nothing for a blank. Of leads and
/// questions, which are sealed, the newest few thousand are looked through.
pub async fn find(call: &Call, wanted: &str) -> Result<Vec<Found>, Error> {
    let wanted: String = wanted
        .trim()
        .chars()
        .filter(|c| !c.is_control())
        .take(QUERY_MAX)
        .collect();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let keys = vault::to_open(call.engine(), call.organization()).await?;
    let mut tx = call.engine().db().read(call.organization()).await?;
    let mut found = store::find(&mut tx, call.organization(), &pattern(&wanted)).await?;
    let wanted = wanted.to_lowercase();
    let leads = sealed::leads(&mut tx, &keys, call.organization(), &wanted).await?;
    let at = found.partition_point(|found| matches!(found.kind, FoundKind::Bot | FoundKind::Property));
    found.splice(at..at, leads);
    found.extend(sealed::conversations(&mut tx, &keys, call.organization(), &wanted).await?);
    Ok(found)
}

/// A `like` pattern for texts that hold these words as they stand.
pub(crate) fn pattern(wanted: &str) -> String {
    let mut pattern = String::from("%");
    for c in wanted.chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use domain::{lead::LeadForm, search::FoundKind};

    use super::find;
    use crate::{
        chat,
        db::testing::{TestDb, on_every_db},
        lead,
        testing::World,
    };

    on_every_db!(what_an_organization_has_is_found_by_a_part_of_it,);

    async fn what_an_organization_has_is_found_by_a_part_of_it(db: TestDb) {
        let world = World::new(db).await;
        let (call, other) = (world.realtor("Ana").await, world.realtor("Ben").await);
        let porch = world.porch(&call).await;
        let asked = chat::ask(&porch, None, "Is the asking price firm?").await.unwrap();
        asked.finished().await.unwrap();
        let left = LeadForm {
            name: "Ida Moss".into(),
            email: "ida@example.com".into(),
            message: "100% sure about the oak. Zoë sends me.".into(),
            ..LeadForm::default()
        };
        lead::leave(&porch, None, &left).await.unwrap();
        let kinds = async |wanted: &str| -> Vec<FoundKind> {
            let found = find(&call, wanted).await.unwrap();
            found.into_iter().map(|found| found.kind).collect()
        };
        use FoundKind::{Bot, Conversation, Lead, Property};
        assert_eq!(kinds("elm street").await, [Bot, Property]);
        assert_eq!(kinds(" ASKING ").await, [Conversation]);
        assert_eq!(kinds("ida@").await, [Lead]);
        assert_eq!(kinds("100%").await, [Lead]);
        assert_eq!(kinds("1_0").await, [], "a mark is no joker");
        assert_eq!(kinds("ZOË").await, [Lead], "letters beyond ASCII");
        assert_eq!(kinds("\0").await, []);
        assert_eq!(kinds("   ").await, []);
        assert_eq!(find(&other, "elm").await.unwrap(), [], "another organization's");
    }

    #[test]
    fn what_is_looked_for_is_no_pattern() {
        assert_eq!(super::pattern("100%_Oak!"), "%100!%!_Oak!!%");
    }
}
