// A recorded field with a serde form that is not that of its type.

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
    Review {
        reviewer: String,
        #[serde(with = "text")]
        pin: Pin,
    },
    #[state(terminal)]
    Published,
}

fn main() {
    let mut log = Vec::new();
    let report = ReportMachine::create(7).commit(&mut log).unwrap();
    let report = report.submit("bob".into(), Pin(1234)).commit(&mut log).unwrap();
    let report = report.publish().by("bob").commit(&mut log).unwrap();
    println!("{report:?} {}", log.len());
    match AnyReport::resume(7, ReportState::Draft, 1) {
        AnyReport::Draft(report) => drop(report.submit("bob".into(), Pin(1234))),
        AnyReport::Review(report) => drop(report.reject().because("no sources")),
        AnyReport::Published(report) => drop(report.into_parts()),
    }
}
