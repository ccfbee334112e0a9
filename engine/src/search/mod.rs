//! Finds things of an organization by a part of their name, address, contact or question.

mod store;

use domain::search::{Found, QUERY_MAX};

use crate::{Call, Error};

/// What holds `wanted`, upper and lower case alike: at most eight of a kind, the newest. Nothing for a blank.
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
    let mut tx = call.engine().db().read(call.organization()).await?;
    Ok(store::find(&mut tx, call.organization(), &pattern(&wanted)).await?)
}

/// A `like` pattern for texts that hold these words as they stand.
fn pattern(wanted: &str) -> String {
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
        assert_eq!(kinds("Zoë").await, [Lead], "letters beyond ASCII as they stand");
        assert_eq!(kinds("\0").await, []);
        assert_eq!(kinds("   ").await, []);
        assert_eq!(find(&other, "elm").await.unwrap(), [], "another organization's");
    }

    #[test]
    fn what_is_looked_for_is_no_pattern() {
        assert_eq!(super::pattern("100%_Oak!"), "%100!%!_Oak!!%");
    }
}
