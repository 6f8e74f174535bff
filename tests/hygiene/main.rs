//! The derives wherever a user may put them, and among names that are hostile to them: a module a place.

#![forbid(unsafe_code)]

mod trail;

// Places.
mod configured;
mod events;
mod from_a_macro;
mod in_a_function;
mod transition_from_a_macro;
mod visibilities;

// Names.
mod hostile_data;
mod hostile_enums;
mod hostile_states;
mod hostile_transitions;
mod shadowed;
mod state_fields;

// Declarations.
mod bare_ids;
mod every_attribute;
mod initial_states;
mod mostly_unused;
mod tuple_states;

// Names that the generated code might have met.
mod blanket_traits;
mod deprecated;
mod entry_field;
mod fields_field;
mod forbidden;
mod like_parameters;
mod lonely_state;
mod lower_states;
mod subject_field;
mod subject_methods;
mod to_field;

/// What a test gives back: `?` says what went wrong.
type Tested = Result<(), Box<dyn std::error::Error>>;
