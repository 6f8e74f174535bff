//! The promises of the core: a module for each promise, data in and data out.

#![forbid(unsafe_code)]

#[path = "../chains.rs"]
mod chains;
mod charts;
mod door;
mod faulty;
mod report;
mod trail;
mod vectors;
mod walkers;

mod adaptors;
mod asynchronous;
mod background;
mod background_batches;
mod background_end;
mod background_flush;
mod background_missed;
mod background_retry;
mod buffer;
mod causation;
mod causes;
mod chained;
mod chart;
mod clock;
mod codes;
mod command_traits;
mod commands;
mod commit_all;
mod commit_all_async;
mod creations;
mod data_traits;
mod dynamic;
mod event_changes;
mod event_fired;
mod event_properties;
mod events;
mod fingerprint;
mod guard_paths;
mod hub;
mod hub_asynchronous;
mod hub_catalog;
mod hub_filters;
mod hub_leaving;
mod hub_registration;
mod hub_shared;
mod hub_threads;
mod hub_unregistered;
mod ids;
mod json_line;
mod json_lines;
mod json_record;
mod observers;
mod observers_end;
mod order_of_a_commit;
mod parity_datasette_events;
mod parity_datasette_hub;
mod parity_datasette_observers;
mod parity_viewflow;
mod parity_viewflow_defects;
mod properties;
mod recordable;
mod redact;
mod redacted_reading;
mod redacted_variants;
mod refused;
mod replay;
mod replay_mixed;
mod resume_in;
mod scope;
mod sinks;
mod state_fields;
mod subject;
mod subject_pointers;
mod time_limit;
mod traced;
mod traced_background;
mod versions;

// Real machines.
mod fhir_task;
mod payment;
mod tcp;

/// The result of a test: `?` on an error fails it.
type Tested = Result<(), Box<dyn std::error::Error>>;
