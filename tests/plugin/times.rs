//! Times and UUIDs in recorded data and in properties, by way of `tollgate::chrono` and `tollgate::uuid`.

use tollgate::chrono::{DateTime, Utc};
use tollgate::serde::{Deserialize, Serialize};
use tollgate::uuid::Uuid;
use tollgate::{Event, StateMachine};

/// A comment that is shown at a time.
#[derive(Debug, PartialEq, StateMachine)]
#[transition(schedule, from = Written, to = Scheduled)]
#[transition(hide, from = Scheduled, to = Hidden)]
pub enum CommentState {
    /// Not shown.
    #[state(initial)]
    Written,
    /// Shown from a time on.
    #[state(record)]
    Scheduled {
        /// The time.
        at: DateTime<Utc>,
        /// The page, if one is named.
        page: Option<Uuid>,
    },
    /// No longer shown.
    #[state(record, terminal)]
    Hidden(Vec<DateTime<Utc>>),
}

/// A reminder.
#[derive(Debug, Clone, PartialEq, Event, Serialize, Deserialize)]
#[serde(crate = "tollgate::serde")]
pub struct Reminded {
    /// The time that it was set for.
    pub due: DateTime<Utc>,
    /// The comment.
    pub comment: Uuid,
}

#[cfg(test)]
mod tests {
    use tollgate::Record;
    use tollgate::serde_json::json;

    use super::*;

    type Tested = Result<(), Box<dyn std::error::Error>>;

    #[test]
    fn times_and_uuids_in_recorded_data_are_read_back() -> Tested {
        let at: DateTime<Utc> = "2026-03-01T12:00:00.000000001Z".parse()?;
        let page = Uuid::from_u128(7);
        let mut log: Vec<Record> = Vec::new();
        let comment = CommentMachine::create(1).commit(&mut log)?.schedule(at, Some(page)).commit(&mut log)?;
        let data = json!({ "at": "2026-03-01T12:00:00.000000001Z", "page": page.to_string() });
        assert_eq!(log[1].data, Some(data));
        let again = AnyComment::replay(1, &log)?.into_parts().1;
        assert_eq!(again, CommentState::Scheduled { at, page: Some(page) });
        comment.hide(vec![at]).commit(&mut log)?;
        assert_eq!(AnyComment::replay(1, &log)?.into_parts().1, CommentState::Hidden(vec![at]));
        let command: CommentTransition = tollgate::serde_json::from_value(json!({ "schedule": { "at": at } }))?;
        assert!(AnyComment::resume(2, CommentState::Written, 1).fire(command).is_ok());
        Ok(())
    }

    #[test]
    fn times_and_uuids_in_properties_are_read_back() -> Tested {
        let event = Reminded { due: "2026-03-01T12:00:00Z".parse()?, comment: Uuid::from_u128(7) };
        let mut log: Vec<Record> = Vec::new();
        event.clone().occurred().with("next", event.due).commit(&mut log)?;
        assert_eq!(Reminded::from_record(&log[0])?, Some(event));
        assert_eq!(log[0].context.get("next"), Some(&"2026-03-01T12:00:00Z".into()));
        Ok(())
    }
}
