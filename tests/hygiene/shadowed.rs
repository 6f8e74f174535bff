//! A scope in which the prelude, the primitive types, the crates and the macros are shadowed.

use crate::Tested;
use crate::trail::moves;

#[allow(dead_code, non_camel_case_types, unused_macros)]
mod names {
    macro_rules! types {
        ($($name:ident)*) => {$(
            #[derive(::core::fmt::Debug, ::core::cmp::PartialEq)]
            pub(crate) struct $name;
        )*};
    }

    types! {
        Result Option Ok Err Some None Vec String Box From Into Debug Deref Sized Send Sync Iterator IntoIterator
        Clone Copy Drop Fn Default ToOwned ToString AsRef Borrow Formatter PhantomData Value
    }

    macro_rules! aliases {
        ($($name:ident)*) => {$( pub(crate) type $name = (); )*};
    }

    aliases!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize str bool char f32 f64);

    pub(crate) mod core {}
    pub(crate) mod std {}
    pub(crate) mod alloc {}
    pub(crate) mod tollgate {}
    pub(crate) mod serde {}
    pub(crate) mod serde_json {}
    pub(crate) mod chrono {}
    pub(crate) mod uuid {}
    pub(crate) mod __private {}
    pub(crate) mod transition {}
    pub(crate) mod edge {}
    pub(crate) mod chart {}
    pub(crate) mod diagnostic {}
}

mod scope {
    #[allow(unused_imports)]
    use super::names::{
        __private, AsRef, Borrow, Box, Clone, Copy, Debug, Default, Deref, Drop, Err, Fn, Formatter, From, Into,
        IntoIterator, Iterator, None, Ok, Option, PhantomData, Result, Send, Sized, Some, String, Sync, ToOwned,
        ToString, Value, Vec, alloc, bool, char, chart, chrono, core, diagnostic, edge, f32, f64, i8, i16, i32, i64,
        i128, isize, serde, serde_json, std, str, tollgate, transition, u8, u16, u32, u64, u128, usize, uuid,
    };

    #[allow(unused_macros)]
    macro_rules! matches {
        () => {};
    }
    #[allow(unused_macros)]
    macro_rules! vec {
        () => {};
    }
    #[allow(unused_macros)]
    macro_rules! format {
        () => {};
    }

    #[derive(::tollgate::Subject)]
    pub(crate) struct Thing {
        #[subject(id)]
        pub(crate) id: ::core::primitive::u64,
    }

    impl Thing {
        fn is_so(&self) -> ::core::primitive::bool {
            self.id == 7
        }

        fn is_open_to(&self, _: &::tollgate::Actor) -> ::core::result::Result<(), &'static ::core::primitive::str> {
            ::core::result::Result::Ok(())
        }
    }

    fn nothing() {}

    #[derive(::tollgate::StateMachine)]
    #[machine(subject = Thing)]
    #[transition(go, from = Off, to = On, guard = Thing::is_so, permission = Thing::is_open_to)]
    #[transition(wait, from = _, to = _, requires(reason))]
    #[transition(end, from = On, to = Gone)]
    pub(crate) enum ThingState {
        #[state(initial)]
        Off,
        #[state(record)]
        On {
            level: u64,
            #[state(skip)]
            text: bool,
            whole: ::core::primitive::u8,
            #[state(redact)]
            #[serde(default = "nothing")]
            hidden: char,
            #[serde(default, rename = "Default", alias = "mark")]
            marked: f32,
        },
        #[state(terminal)]
        Gone(Option, Result, Vec, String, Box),
    }
}

#[test]
fn nothing_that_is_generated_looks_into_the_scope() -> Tested {
    use scope::{AnyThing, Thing, ThingMachine, ThingState, ThingTransition};

    let mut log = Vec::new();
    let off = ThingMachine::create(Thing { id: 7 }).commit(&mut log)?;
    let on = off.go((), (), 7, (), ()).by("ann").commit(&mut log)?.wait().because("rain").commit(&mut log)?;
    assert_eq!(on.data().whole, 7);
    let on = AnyThing::from(on);
    assert_eq!((on.available().len(), on.version()), (2, 3));
    let end = ThingTransition::End(names::Option, names::Result, names::Vec, names::String, names::Box);
    let gone = on.fire(end)?.commit(&mut log)?;
    assert!(matches!(gone.into_parts().1, ThingState::Gone(names::Option, ..)));
    let replayed = AnyThing::replay(Thing { id: 7 }, &log[..3])?;
    assert!(matches!(replayed.into_parts().1, ThingState::On { level: (), whole: 7, .. }));
    assert_eq!(moves(&log), ["create: -> Off", "go: Off -> On", "wait: On -> On", "end: On -> Gone"]);
    Ok(())
}
