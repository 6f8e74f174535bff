//! A record's fields, for loggers.

/// Logs the record's fields as texts and numbers, its time left out: each logger has its own way to read and write
/// one, and that is what its users pay.
#[macro_export]
macro_rules! fields {
    ($log:ident, $record:ident) => {
        $log!(
            $record,
            v = ::tollgate::Record::WIRE_VERSION,
            id = $record.id.to_string(),
            kind = "transition",
            subject_kind = "Report",
            subject = $record.subject.as_ref().and_then(|subject| subject.id.as_u64()).unwrap_or_default(),
            machine = "Report",
            chart = $record.chart.map(|chart| chart.to_string()).unwrap_or_default(),
            version = $record.version.unwrap_or_default(),
            transition = $record.transition.as_deref().unwrap_or_default(),
            from = $record.from.as_deref().unwrap_or_default(),
            to = $record.to.as_deref().unwrap_or_default(),
            actor_kind = "user",
            actor = $record.actor.as_ref().map(|actor| actor.id.to_string()).unwrap_or_default(),
            reason = $record.reason.as_deref().unwrap_or_default()
        )
    };
}
