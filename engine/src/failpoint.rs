//! Named points at which a test makes this process die, fail or wait. Only debug builds have them.
//!
//! `PORCHLIGHT_FAILPOINTS` holds `point=action` or `point=action@n`, several of them divided by `;`. A point is one of
//! [`NAMES`] followed by `.before` or `.after`; actions are `abort`, `error` and `delay:MILLISECONDS`; `@n` means the
//! n-th time the point is passed, otherwise every time. To add a point, name it below and pass it in its place.

/// A place in the code. In a release build it is nothing at all.
#[derive(Clone, Copy, Debug)]
pub struct Point {
    #[cfg(debug_assertions)]
    name: &'static str,
}

impl Point {
    const fn named(name: &'static str) -> Self {
        #[cfg(not(debug_assertions))]
        let _ = name;
        Self {
            #[cfg(debug_assertions)]
            name,
        }
    }
}

macro_rules! points {
    ($($point:ident = $name:literal;)+) => {
        $(pub(crate) const $point: Point = Point::named($name);)+
        /// Every point; each has a `.before` and an `.after`.
        #[cfg(debug_assertions)]
        pub const NAMES: &[&str] = &[$($name),+];
        #[cfg(not(debug_assertions))]
        pub const NAMES: &[&str] = &[];
    };
}

points! {
    // Commits.
    REGISTER = "register";
    INVITE = "invitation.send";
    REVOKE = "invitation.revoke";
    JOIN = "invitation.accept";
    MEMBER_CHANGE = "member.change";
    SIGN_IN = "sign_in";
    SESSION_SEEN = "session.seen";
    SESSION_END = "session.end";
    REFRESH = "token.refresh";
    FACTOR_BEGIN = "factor.begin";
    FACTOR_ENROL = "factor.enrol";
    FACTOR_REMOVE = "factor.remove";
    FACTOR_GUESSED = "factor.guessed";
    FACTOR_PROVE = "factor.prove";
    PASSWORD_CHANGE = "password.change";
    LINK_SEND = "link.send";
    LINK_USE = "link.use";
    PURCHASE_ASK = "purchase.ask";
    PURCHASE_PENDING = "purchase.pending";
    PURCHASE_PAY = "purchase.pay";
    PURCHASE_FAIL = "purchase.fail";
    KEY_ROTATE = "key.rotate";
    KEY_MAKE = "key.make";
    SEAL = "seal";
    ERASE = "erase";
    WITHDRAW = "consent.withdraw";
    RETENTION_SET = "retention.set";
    ORGANIZATION_EXPORT = "organization.export";
    MAIL_SEND = "mail.send";
    BOT_CREATE = "bot.create";
    BOT_UPDATE = "bot.update";
    BOT_DELETE = "bot.delete";
    PROPERTY_CREATE = "property.create";
    PROPERTY_UPDATE = "property.update";
    PROPERTY_DELETE = "property.delete";
    SOURCE_ADD = "source.add";
    SOURCE_PROGRESS = "source.progress";
    SOURCE_FINISH = "source.finish";
    SOURCE_FAIL = "source.fail";
    SOURCE_REMOVE = "source.remove";
    JOB_FREE = "job.free";
    JOB_CLAIM = "job.claim";
    JOB_SETTLE = "job.settle";
    OPERATOR_CHANGE = "operator.change";
    SUPPORT_CHANGE = "support.change";
    LICENCE_SET = "licence.set";
    LICENCE_DECIDE = "licence.decide";
    CODE_CREATE = "code.create";
    CODE_CHANGE = "code.change";
    CODE_DELETE = "code.delete";
    LEAD_LEAVE = "lead.leave";
    LEADS_EXPORT = "leads.export";
    AUDIT_EXPORT = "audit.export";
    BRAND_SET = "brand.set";
    REQUEST_BEGIN = "request.begin";
    REQUEST_END = "request.end";
    REQUEST_FORGET = "request.forget";
    AI_CREATE = "ai.create";
    AI_CHANGE = "ai.change";
    AI_TEST = "ai.test";
    AI_DELETE = "ai.delete";
    WEBHOOK_CREATE = "webhook.create";
    WEBHOOK_CHANGE = "webhook.change";
    WEBHOOK_DELETE = "webhook.delete";
    WEBHOOK_ROLL = "webhook.roll";
    WEBHOOK_TEST = "webhook.test";
    WEBHOOK_REPLAY = "webhook.replay";
    WEBHOOK_SEND = "webhook.send";
    WEBHOOK_SWEEP = "webhook.sweep";
    API_KEY_CREATE = "api_key.create";
    API_KEY_SEEN = "api_key.seen";
    API_KEY_REVOKE = "api_key.revoke";
    SESSION_CREATE = "session.create";
    SESSION_SAVE = "session.save";
    SESSION_DELETE = "session.delete";
    SESSION_SWEEP = "session.sweep";
    HOLD_EXPIRE = "hold.expire";
    // The group commit of turns: the first of a turn holds, the second settles.
    TURNS = "turns";
    SCANS = "scans";
    // A commit that was given no name.
    OTHER = "other";
    // What a turn and a visit hand to their group commit.
    TURN_BEGIN = "turn.begin";
    TURN_FINISH = "turn.finish";
    SCAN = "scan";
    // Calls to the outside.
    FETCH = "fetch";
    PROVIDER = "provider";
    DOCUMENT = "document";
    LICENCE_VERIFY = "licence.verify";
    WEBHOOK_POST = "webhook.post";
    // Files.
    FILE_RENAME = "file.rename";
    FILE_REMOVE = "file.remove";
    SPOOL_RENAME = "spool.rename";
    SPOOL_REMOVE = "spool.remove";
    MAIL_FILE = "mail.file";
    BACKUP_RENAME = "backup.rename";
    RESTORE_RENAME = "restore.rename";
}

/// Passes the near side of a point.
pub(crate) async fn before(point: Point) -> std::io::Result<()> {
    pass(point, "before").await
}

/// Passes the far side.
pub(crate) async fn after(point: Point) -> std::io::Result<()> {
    pass(point, "after").await
}

#[cfg(not(debug_assertions))]
async fn pass(_point: Point, _side: &'static str) -> std::io::Result<()> {
    Ok(())
}

#[cfg(debug_assertions)]
async fn pass(point: Point, side: &'static str) -> std::io::Result<()> {
    armed::pass(point.name, side).await
}

#[cfg(debug_assertions)]
mod armed {
    use std::{
        io,
        sync::{
            OnceLock,
            atomic::{AtomicU64, Ordering},
        },
        time::Duration,
    };

    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(super) enum Action {
        Abort,
        Error,
        Delay(Duration),
    }

    #[derive(Debug)]
    pub(super) struct Armed {
        pub(super) point: String,
        pub(super) action: Action,
        pub(super) at: Option<u64>,
        passed: AtomicU64,
    }

    impl Armed {
        /// Counts a passing, and says what is to happen at it.
        pub(super) fn count(&self) -> Option<Action> {
            let nth = self.passed.fetch_add(1, Ordering::Relaxed) + 1;
            self.at.is_none_or(|at| at == nth).then_some(self.action)
        }
    }

    fn all() -> &'static [Armed] {
        static ALL: OnceLock<Vec<Armed>> = OnceLock::new();
        ALL.get_or_init(|| {
            let text = std::env::var("PORCHLIGHT_FAILPOINTS").unwrap_or_default();
            // A test that armed nothing would prove nothing.
            read(&text).unwrap_or_else(|part| panic!("PORCHLIGHT_FAILPOINTS: `{part}` arms no point"))
        })
    }

    pub(super) fn read(text: &str) -> Result<Vec<Armed>, String> {
        text.split(';')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(|part| one(part).ok_or_else(|| part.to_owned()))
            .collect()
    }

    fn one(part: &str) -> Option<Armed> {
        let (point, action) = part.split_once('=')?;
        let (name, side) = point.rsplit_once('.')?;
        if !super::NAMES.contains(&name) || !["before", "after"].contains(&side) {
            return None;
        }
        let (action, at) = match action.split_once('@') {
            Some((action, at)) => (action, Some(at.parse().ok()?)),
            None => (action, None),
        };
        let action = match action.split_once(':') {
            Some(("delay", ms)) => Action::Delay(Duration::from_millis(ms.parse().ok()?)),
            None if action == "abort" => Action::Abort,
            None if action == "error" => Action::Error,
            _ => return None,
        };
        Some(Armed {
            point: point.to_owned(),
            action,
            at,
            passed: AtomicU64::new(0),
        })
    }

    pub(super) async fn pass(name: &'static str, side: &'static str) -> io::Result<()> {
        for armed in all() {
            let here = armed.point.strip_suffix(side).and_then(|rest| rest.strip_suffix('.')) == Some(name);
            let Some(action) = here.then(|| armed.count()).flatten() else {
                continue;
            };
            tracing::warn!("Failpoint `{}`: {action:?}", armed.point);
            match action {
                Action::Abort => std::process::abort(),
                Action::Error => return Err(io::Error::other(format!("failpoint {}", armed.point))),
                Action::Delay(time) => tokio::time::sleep(time).await,
            }
        }
        Ok(())
    }
}

#[cfg(all(test, debug_assertions))]
mod tests {
    use super::armed::{Action, read};

    #[test]
    fn points_are_armed_by_name_action_and_turn() {
        let armed = read("bot.create.before=abort@3; turns.after=error;scans.before=delay:70").unwrap();
        assert_eq!(armed[0].action, Action::Abort);
        assert_eq!(
            (0..4).map(|_| armed[0].count()).collect::<Vec<_>>(),
            [None, None, Some(Action::Abort), None]
        );
        assert_eq!(armed[1].count(), Some(Action::Error));
        assert_eq!(armed[1].count(), Some(Action::Error));
        assert_eq!(armed[2].action, Action::Delay(std::time::Duration::from_millis(70)));
        for bad in [
            "nowhere.before=abort",
            "turns=abort",
            "turns.after=explode",
            "turns.after=abort@x",
            "turns.after",
        ] {
            assert_eq!(read(bad).unwrap_err(), bad);
        }
    }

    #[test]
    fn every_point_has_a_name_of_its_own() {
        let mut names = super::NAMES.to_vec();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), super::NAMES.len());
    }
}
