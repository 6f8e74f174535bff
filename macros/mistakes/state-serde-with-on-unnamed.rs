// A recorded field without a name and with another serde form.

use tollgate::StateMachine;

mod text {
    use tollgate::serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(pin: &super::Pin, serializer: S) -> Result<S::Ok, S::Error> {
        pin.0.to_string().serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<super::Pin, D::Error> {
        u16::deserialize(deserializer).map(super::Pin)
    }
}

struct Pin(u16);

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(record)]
    Review(#[serde(with = "text")] Pin),
//                 ^^^^ records do not honour `with` on an unnamed field; use a newtype with that serde form
    #[state(terminal)]
    Published,
}

use_report!(7, submit(Pin(1234)));
