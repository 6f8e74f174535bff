// A foreign marker for a required actor, so that the commit does not check it.

use tollgate::__private::{EventType, NotRequired, serde_json};
use tollgate::chart::Requirement;
use tollgate::{Event, commit::RequirementState, Record};

struct Waived;

impl RequirementState for Waived {
    type WhenGiven = Waived;
}

struct Forged;

impl Event for Forged {
    const TYPE: &'static EventType = &EventType::new("clear", "", &[Requirement::Actor], &[]);
    type ActorRequirement = Waived;
    type ReasonRequirement = NotRequired;

    fn __properties(&self) -> Result<Option<serde_json::Value>, tollgate::ValueError> {
        Ok(None)
    }

    fn __stored(_: Option<&serde_json::Value>) -> Result<std::borrow::Cow<'_, serde_json::Value>, serde_json::Error> {
        Ok(std::borrow::Cow::Owned(serde_json::Value::Null))
    }
}

fn main() {
    let _ = Forged.occurred().commit(&mut Vec::<Record>::new());
}
