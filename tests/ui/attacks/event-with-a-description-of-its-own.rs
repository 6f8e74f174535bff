// An event that fills in its record itself: a transition, a version.

use serde::{Deserialize, Serialize};
use tollgate::__private::{EventType, NotRequired, serde_json};
use tollgate::{commit::About, Event, Record, RecordKind};

#[derive(Serialize, Deserialize)]
struct Forged;

impl Event for Forged {
    const TYPE: &'static EventType = &EventType::new("submit", "", &[], &[]);
    type ActorRequirement = NotRequired;
    type ReasonRequirement = NotRequired;

    fn __properties(&self) -> Result<Option<serde_json::Value>, tollgate::ValueError> {
        Ok(None)
    }

    fn __stored(_: Option<&serde_json::Value>) -> Result<std::borrow::Cow<'_, serde_json::Value>, serde_json::Error> {
        Ok(std::borrow::Cow::Owned(serde_json::Value::Null))
    }

    fn describe(&self, _: &About, record: &mut Record) {
        record.kind = RecordKind::Transition;
        record.transition = Some("submit".into());
        record.version = Some(2);
    }
}

fn main() {}
