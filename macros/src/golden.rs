//! Golden expansions: the formatted output for three machines and an event, so that a review shows each change.
//!
//! `UPDATE_EXPECT=1 cargo test -p tollgate-macros --lib golden` writes the files.

use expect_test::expect_file;
use proc_macro2::TokenStream;
use quote::quote;

fn formatted(expansion: TokenStream) -> String {
    let file = syn::parse2(expansion).expect("the expansion is Rust");
    prettyplease::unparse(&file)
}

#[test]
fn door_machine_expands_to_the_golden_file() {
    let machine = quote! {
        #[transition(open, from = Shut, to = Ajar)]
        #[transition(shut, from = Ajar, to = Shut)]
        enum DoorState {
            #[state(initial)]
            Shut,
            Ajar,
        }
    };
    expect_file![concat!(env!("CARGO_MANIFEST_DIR"), "/golden/door.rs")]
        .assert_eq(&formatted(crate::state_machine(machine)));
}

#[test]
fn report_machine_expands_to_the_golden_file() {
    let machine = quote! {
        /// A report on its way to the public.
        #[machine(subject = Report)]
        #[transition(submit, from = Draft, to = Review, guard = Report::has_title)]
        #[transition(approve, from = Review, to = Published, requires(actor))]
        #[transition(reject, from = Review, to = Draft, requires(actor, reason))]
        #[transition(archive, from = Draft | Published, to = Archived)]
        pub enum ReportState {
            #[state(initial)]
            Draft,
            #[state(record)]
            Review { reviewer: String },
            Published(Publication),
            #[state(terminal)]
            Archived,
        }
    };
    expect_file![concat!(env!("CARGO_MANIFEST_DIR"), "/golden/report.rs")]
        .assert_eq(&formatted(crate::state_machine(machine)));
}

#[test]
fn light_machine_expands_to_the_golden_file() {
    let machine = quote! {
        #[machine(name = "traffic-light", rename_all = "kebab-case", crate = audit)]
        #[transition(next, from = Red, to = Green; next, from = Green, to = Yellow; next, from = Yellow, to = Red)]
        #[transition(inspect, from = _, to = _, permission = may_inspect, doc = "A look at the lamps.")]
        #[transition(from = _, to = Off, was = "switch-off")]
        pub(crate) enum Light {
            #[state(initial)]
            Red,
            Green,
            #[state(was = "amber")]
            Yellow,
            #[state(terminal)]
            Off,
        }
    };
    expect_file![concat!(env!("CARGO_MANIFEST_DIR"), "/golden/light.rs")]
        .assert_eq(&formatted(crate::state_machine(machine)));
}

#[test]
fn create_table_event_expands_to_the_golden_file() {
    let event = quote! {
        /// A user created a table.
        #[event(requires(actor))]
        #[serde(rename_all = "camelCase")]
        pub struct CreateTable {
            /// The database it is in.
            database_name: String,
            #[serde(flatten)]
            options: Options,
            #[event(redact)]
            schema: String,
            #[event(skip)]
            #[serde(default)]
            cache: Cache,
        }
    };
    expect_file![concat!(env!("CARGO_MANIFEST_DIR"), "/golden/create_table.rs")]
        .assert_eq(&formatted(crate::event::event(event)));
}

#[test]
fn two_enums_of_one_base_define_one_item_that_names_the_remedy() {
    let taken = |machine: TokenStream| {
        let file: syn::File = syn::parse2(crate::state_machine(machine)).expect("the expansion is Rust");
        let names = file.items.iter().filter_map(|item| match item {
            syn::Item::Const(item) if item.ident != "_" => Some(item.ident.to_string()),
            _ => None,
        });
        names.collect::<Vec<_>>()
    };
    let state = taken(quote!(
        enum OrderState {
            #[state(initial, terminal)]
            Open,
        }
    ));
    let status = taken(quote!(
        enum OrderStatus {
            #[state(initial, terminal)]
            Open,
        }
    ));
    let with_base = taken(quote!(
        #[machine(base = Payment)]
        enum OrderStatus {
            #[state(initial, terminal)]
            Open,
        }
    ));
    assert_eq!(state, ["__OrderMachine_is_generated_twice__write_machine_base_on_one_enum"]);
    assert_eq!(state, status);
    assert_ne!(state, with_base);
}
