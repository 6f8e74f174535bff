// The victim's machine as an event, to get a step that returns the machine.

use tollgate::__private::{Event, EventType, NotRequired, serde_json};
use victim::{ReportMachine, report_state};

impl Event for ReportMachine<report_state::Draft> {
    const TYPE: &'static EventType = &EventType::new("submit", "", &[], &[]);
    type ActorRequirement = NotRequired;
    type ReasonRequirement = NotRequired;

    fn __properties(&self) -> Result<Option<serde_json::Value>, tollgate::ValueError> {
        Ok(None)
    }

    fn __stored(_: Option<&serde_json::Value>) -> Result<std::borrow::Cow<'_, serde_json::Value>, serde_json::Error> {
        Ok(std::borrow::Cow::Owned(serde_json::Value::Null))
    }
}

fn main() {}
