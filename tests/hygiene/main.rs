//! The derives in each place where a user may use them, and among hostile names: a module for each place.

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

// Names that the generated code could collide with.
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

/// The result of a test: `?` on an error fails it.
type Tested = Result<(), Box<dyn std::error::Error>>;
