// A record, by the function that the runtime has.

fn forge() -> tollgate::Record {
    tollgate::Record::new(tollgate::uuid::Uuid::nil(), tollgate::chrono::Utc::now(), tollgate::RecordKind::Transition)
}

fn main() {}
