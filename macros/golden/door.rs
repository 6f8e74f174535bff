///The states of `DoorState`, as types, and which transitions leave them.
#[allow(dead_code, non_camel_case_types, clippy::all, clippy::pedantic)]
mod door_state {
    /**The state `Shut` of [`DoorMachine`], as a type.

Recorded as `Shut`. Initial. From here:

- `open` to `Ajar`
*/
    pub(super) struct Shut;
    /**The state `Ajar` of [`DoorMachine`], as a type.

Recorded as `Ajar`. From here:

- `shut` to `Shut`
*/
    pub(super) struct Ajar;
    /**The subject of `DoorState`, known to be in the state `S`.

It derefs to the subject. It comes from `create`, or from a transition whose record a sink has accepted.*/
    pub(super) struct DoorMachine<S: ::tollgate::State>(
        pub(super) ::tollgate::__private::Tracked<S>,
    );
    /// Which states each transition leaves.
    pub(super) mod edge {
        use super::DoorMachine as __Machine;
        ::tollgate::__private::edges! {
            [pub (in super::super)] Open > {}
            "The states that `open` leaves: `Shut -> Ajar`."
            "illegal transition: `open` does not leave `{S}`"
            "a `DoorMachine<{S}>` cannot `open`" "`open`: Shut -> Ajar"[Shut {}] [pub (in
            super::super)] Shut > {} "The states that `shut` leaves: `Ajar -> Shut`."
            "illegal transition: `shut` does not leave `{S}`"
            "a `DoorMachine<{S}>` cannot `shut`" "`shut`: Ajar -> Shut"[Ajar {}]
        }
    }
}
#[doc(inline)]
#[allow(unused_imports)]
use door_state::DoorMachine;
::tollgate::__private::any! {
    [#[doc =
    "The subject of `DoorState`, in a state that is known only at run time.\n\nIt is what a row from a database becomes. `match` gives the typed machine back. It derefs to the subject."]]
    [] enum AnyDoor of DoorMachine door_state : Shut Shut "In the state `Shut`." Ajar
    Ajar "In the state `Ajar`."
}
::tollgate::__private::commands! {
    [#[doc =
    "A transition of `DoorState` as a value. It reads from JSON as serde reads an enum, under the recorded names: `\"open\"`."]
    #[derive(::core::clone::Clone, ::core::marker::Copy)]] [] enum DoorTransition : Open
    "The transition `open`.\n\n`Shut -> Ajar`\n\n- recorded as `open`"[] Shut
    "The transition `shut`.\n\n`Ajar -> Shut`\n\n- recorded as `shut`"[]
}
#[allow(
    dead_code,
    deprecated,
    unreachable_code,
    unreachable_patterns,
    unused_variables,
    clippy::all,
    clippy::pedantic
)]
const _: () = {
    use ::tollgate::__private as __tollgate;
    /// The proof that a state or an edge is this machine's own: its field is private.
    pub struct __Seal(());
    type __At<K> = __tollgate::Position<K, __Seal>;
    const fn __at<K>(__index: ::core::primitive::usize) -> __At<K> {
        __tollgate::Position::new(__index, &__Seal(()))
    }
    /// What the chart is made of. The parameter says nothing: constants of a generic type are evaluated where they
    /// are used, and not each time that the crate is checked.
    struct __Chart<__T>(__T);
    impl<__T> __Chart<__T> {
        const STATES: [__tollgate::chart::State; 2] = {
            use __tollgate::build::StateMark;
            __tollgate::build::states(
                ["Shut", "Ajar"],
                b"\x01\0\0\0\x02\0\0\0",
                &[StateMark::Initial(0)],
            )
        };
        const TRANSITIONS: [__tollgate::chart::Transition; 2] = {
            use __tollgate::build::TransitionMark;
            __tollgate::build::transitions(["open", "shut"], &[])
        };
        const EDGES: [__tollgate::chart::Edge; 2] = {
            use __tollgate::build::EdgeMark;
            __tollgate::build::edges(
                &Self::STATES,
                &Self::TRANSITIONS,
                b"\0\0\0\0\0\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\0\0\0\0\0\0",
                &[],
            )
        };
        const WHOLE: &'static __tollgate::Chart = &__tollgate::Chart::new(
            "Door",
            &[],
            [
                190, 43, 250, 199, 107, 5, 25, 57, 153, 59, 18, 135, 167, 102, 219, 188,
                78, 8, 52, 140, 255, 49, 122, 78, 166, 112, 171, 14, 232, 164, 147, 166,
            ],
            "",
            &Self::STATES,
            &Self::TRANSITIONS,
            &Self::EDGES,
            &Self::LEAVING,
        );
        const LEAVING: [::core::primitive::u32; 2] = __tollgate::build::positions(
            b"\0\0\0\0\x01\0\0\0",
        );
        const NAMES: &'static [&'static ::core::primitive::str] = &__tollgate::build::names::<
            2,
        >(&Self::TRANSITIONS);
    }
    const fn __chart<__T>() -> &'static __tollgate::Chart {
        __Chart::<__T>::WHOLE
    }
    impl DoorState {
        /// The machine as data: states, transitions, edges, and its fingerprint.
        const CHART: &'static __tollgate::Chart = __chart::<()>();
    }
    #[automatically_derived]
    impl<S: __tollgate::State<Machine = DoorState, Typed = Self>> __tollgate::Typed
    for DoorMachine<S> {
        type State = S;
        #[inline]
        fn __wrap(__tracked: __tollgate::Tracked<S>) -> Self {
            Self(__tracked)
        }
        #[inline]
        fn __look(&self) -> &__tollgate::Tracked<S> {
            &self.0
        }
        #[inline]
        fn __take_tracked(self, _: __tollgate::Key<S>) -> __tollgate::Tracked<S> {
            self.0
        }
    }
    #[automatically_derived]
    impl<S: __tollgate::State<Machine = DoorState>> ::core::ops::Deref
    for DoorMachine<S> {
        type Target = __tollgate::Id;
        #[inline]
        fn deref(&self) -> &__tollgate::Id {
            __tollgate::Tracked::subject(&self.0)
        }
    }
    #[automatically_derived]
    impl<S: __tollgate::State<Machine = DoorState>> ::core::fmt::Debug
    for DoorMachine<S> {
        fn fmt(
            &self,
            __formatter: &mut ::core::fmt::Formatter<'_>,
        ) -> ::core::fmt::Result {
            ::core::fmt::Debug::fmt(&self.0, __formatter)
        }
    }
    #[automatically_derived]
    impl<S: __tollgate::State<Machine = DoorState>> ::core::convert::From<DoorMachine<S>>
    for AnyDoor {
        #[inline]
        fn from(__machine: DoorMachine<S>) -> Self {
            __tollgate::Tracked::into_any(__machine.0)
        }
    }
    impl<S: __tollgate::State<Machine = DoorState>> DoorMachine<S> {
        /// What is known in this state alone: `()`, the one field, a tuple, or a struct of the named fields.
        #[inline]
        fn data(&self) -> &<S as __tollgate::State>::Data {
            __tollgate::Tracked::data(&self.0)
        }
        /// The version of the subject's last record: 1 after the creation.
        #[inline]
        fn version(&self) -> ::core::primitive::u64 {
            __tollgate::Tracked::version(&self.0)
        }
        /// The subject, the state with its data, and the version: what is to be stored.
        #[inline]
        fn into_parts(self) -> (__tollgate::Id, DoorState, ::core::primitive::u64) {
            __tollgate::Tracked::into_parts(self.0)
        }
    }
    #[automatically_derived]
    impl __tollgate::Initial for door_state::Shut {}
    impl DoorMachine<door_state::Shut> {
        ///Creates a subject in the state `Shut`: a step like any other, recorded as `create` with version 1.
        #[inline]
        fn create(
            subject: impl ::core::convert::Into<__tollgate::Id>,
        ) -> __tollgate::Step<
            __tollgate::CreatedIn<door_state::Shut>,
            __tollgate::NewSubject<door_state::Shut>,
            __tollgate::Moves<()>,
        > {
            __tollgate::create::<
                door_state::Shut,
            >(<_ as ::core::convert::Into<__tollgate::Id>>::into(subject), ())
        }
    }
    __tollgate::states! {
        DoorState DoorMachine door_state : Shut 0[()] [] Ajar 1[()] []
    }
    #[inline]
    fn __begin<__S: __tollgate::State, __T>(
        __machine: DoorMachine<__S>,
    ) -> __tollgate::Step<__T, DoorMachine<__S>> {
        __begin_with(__machine, __tollgate::Moves(()))
    }
    #[inline]
    fn __begin_with<__S: __tollgate::State, __T, __P, __A, __R>(
        __machine: DoorMachine<__S>,
        __payload: __P,
    ) -> __tollgate::Step<__T, DoorMachine<__S>, __P, __A, __R> {
        __tollgate::step(__machine.0, DoorMachine, __payload)
    }
    __tollgate::methods! {
        DoorMachine < S > door_state Open >
        "The transition `open`.\n\n`Shut -> Ajar`\n\n- recorded as `open`"[] fn
        open(self) [door_state::Ajar, 0] [] { __begin(self) } door_state Shut >
        "The transition `shut`.\n\n`Ajar -> Shut`\n\n- recorded as `shut`"[] fn
        shut(self) [door_state::Shut, 1] [] { __begin(self) }
    }
    #[inline]
    fn __look<__S: __tollgate::State<Machine = DoorState>>(
        __machine: &DoorMachine<__S>,
    ) -> __tollgate::Look<'_, DoorState> {
        __tollgate::Tracked::look(&__machine.0)
    }
    #[inline]
    fn __into_parts<__S: __tollgate::State<Machine = DoorState>>(
        __machine: DoorMachine<__S>,
    ) -> (__tollgate::Id, DoorState, ::core::primitive::u64) {
        __tollgate::Tracked::into_parts(__machine.0)
    }
    #[inline]
    fn __into_state<
        __S: __tollgate::State<Machine = DoorState, Typed = DoorMachine<__S>>,
    >(__entry: __tollgate::Entry<DoorState>, __data: __S::Data) -> DoorMachine<__S> {
        __tollgate::Entry::into_state::<__S>(__entry, __data)
    }
    #[automatically_derived]
    impl __tollgate::AnyMachine for AnyDoor {
        type Machine = DoorState;
        #[inline]
        fn __look(&self) -> __tollgate::Look<'_, DoorState> {
            __tollgate::each!(self AnyDoor __look : Shut Ajar)
        }
        #[inline]
        fn __into_parts(self) -> (__tollgate::Id, DoorState, ::core::primitive::u64) {
            __tollgate::each!(self AnyDoor __into_parts : Shut Ajar)
        }
    }
    #[automatically_derived]
    impl ::core::ops::Deref for AnyDoor {
        type Target = __tollgate::Id;
        #[inline]
        fn deref(&self) -> &__tollgate::Id {
            __tollgate::Look::subject(&__tollgate::AnyMachine::__look(self))
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Debug for AnyDoor {
        fn fmt(
            &self,
            __formatter: &mut ::core::fmt::Formatter<'_>,
        ) -> ::core::fmt::Result {
            ::core::fmt::Debug::fmt(&__tollgate::AnyMachine::__look(self), __formatter)
        }
    }
    #[automatically_derived]
    impl __tollgate::StateMachine for DoorState {
        type Subject = __tollgate::Id;
        type Any = AnyDoor;
        type Transition = DoorTransition;
        type Seal = __Seal;
        const CHART: &'static __tollgate::Chart = __chart::<()>();
        const SUBJECT: __tollgate::Naming<__tollgate::Id> = __tollgate::bare_naming(
            "Door",
        );
        #[inline]
        fn place(__entry: __tollgate::Entry<Self>, __state: Self) -> AnyDoor {
            __tollgate::place!(
                __state __entry DoorState AnyDoor : Shut {} [()] Ajar {} [()]
            )
        }
        #[inline]
        fn bare(__state: ::core::primitive::usize) -> ::core::option::Option<Self> {
            match __state {
                0 => ::core::option::Option::Some(DoorState::Shut {}),
                1 => ::core::option::Option::Some(DoorState::Ajar {}),
                _ => ::core::option::Option::None,
            }
        }
    }
    impl AnyDoor {
        ///Brings a subject back into the state that was stored, at the version of its last record: a trust boundary.
        #[inline]
        fn resume(
            subject: impl ::core::convert::Into<__tollgate::Id>,
            state: DoorState,
            version: ::core::primitive::u64,
        ) -> Self {
            __tollgate::resume::<
                DoorState,
            >(
                <_ as ::core::convert::Into<__tollgate::Id>>::into(subject),
                state,
                version,
            )
        }
        /**[`resume`](Self::resume) into the state of this recorded name, with the data that was recorded with it.

# Errors

Where no state has or had this name, or the data is not that of the state.*/
        fn resume_named(
            subject: impl ::core::convert::Into<__tollgate::Id>,
            state: &::core::primitive::str,
            data: ::core::option::Option<&__tollgate::serde_json::Value>,
            version: ::core::primitive::u64,
        ) -> ::core::result::Result<Self, __tollgate::NotAState> {
            __tollgate::resume_named::<
                DoorState,
            >(
                <_ as ::core::convert::Into<__tollgate::Id>>::into(subject),
                state,
                data,
                version,
            )
        }
        /**Brings a subject back by walking its records along the chart. Refusals and events are passed over.

# Errors

At the first record that does not fit: its position, and why.*/
        fn replay(
            subject: impl ::core::convert::Into<__tollgate::Id>,
            records: impl ::core::iter::IntoIterator<
                Item: ::core::borrow::Borrow<__tollgate::Record>,
            >,
        ) -> ::core::result::Result<Self, __tollgate::ReplayError> {
            __tollgate::replay::<
                DoorState,
                _,
            >(<_ as ::core::convert::Into<__tollgate::Id>>::into(subject), records)
        }
        ///Says when the subject's last record was made, so that the next is not before it: what `resume` does not know.
        fn last_recorded_at(
            self,
            at: __tollgate::chrono::DateTime<__tollgate::chrono::Utc>,
        ) -> Self {
            __tollgate::last_recorded_at::<DoorState>(self, at)
        }
        /**The step of this transition. What the transition requires is checked when the step is committed.

# Errors

Where the transition does not leave the state: what would, and machine and transition as they were.*/
        #[inline]
        fn fire(
            self,
            transition: DoorTransition,
        ) -> ::core::result::Result<
            __tollgate::AnyStep<DoorState>,
            __tollgate::NotAllowed<DoorState>,
        > {
            __tollgate::fire::<DoorState>(self, transition)
        }
        ///The edges that leave the state, by the chart alone.
        fn allowed(&self) -> ::std::vec::Vec<&'static __tollgate::chart::Edge> {
            __tollgate::allowed::<DoorState>(self)
        }
        ///The edges that leave the state and whose guards hold: what a page shows as buttons.
        fn available(&self) -> ::std::vec::Vec<&'static __tollgate::chart::Edge> {
            __tollgate::available::<DoorState>(self)
        }
        ///The edges that are available, and for which this actor has permission.
        fn available_to(
            &self,
            actor: &__tollgate::Actor,
        ) -> ::std::vec::Vec<&'static __tollgate::chart::Edge> {
            __tollgate::available_to::<DoorState>(self, actor)
        }
        ///The state, as the chart has it.
        fn state(&self) -> &'static __tollgate::chart::State {
            __tollgate::Look::state(&__tollgate::AnyMachine::__look(self))
        }
        ///The version of the subject's last record.
        fn version(&self) -> ::core::primitive::u64 {
            __tollgate::Look::version(&__tollgate::AnyMachine::__look(self))
        }
        ///The subject, the state with its data, and the version: what is to be stored.
        fn into_parts(self) -> (__tollgate::Id, DoorState, ::core::primitive::u64) {
            __tollgate::AnyMachine::__into_parts(self)
        }
    }
    #[automatically_derived]
    impl __tollgate::Command for DoorTransition {
        type Machine = DoorState;
        fn names() -> &'static [&'static ::core::primitive::str] {
            __Chart::<()>::NAMES
        }
        #[inline]
        fn index(&self) -> ::core::primitive::usize {
            *self as ::core::primitive::usize
        }
        #[inline]
        fn carry(
            self,
            __to: ::core::primitive::usize,
        ) -> ::core::option::Option<DoorState> {
            match self {
                _ => ::core::option::Option::None,
            }
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Debug for DoorTransition {
        fn fmt(
            &self,
            __formatter: &mut ::core::fmt::Formatter<'_>,
        ) -> ::core::fmt::Result {
            __tollgate::debug_command(self, __formatter)
        }
    }
    #[automatically_derived]
    impl<'de> __tollgate::json::Read<'de> for DoorTransition {
        fn carries_data(__index: ::core::primitive::usize) -> ::core::primitive::bool {
            false
        }
        fn read(
            __index: ::core::primitive::usize,
            __payload: __tollgate::json::Payload,
        ) -> ::core::result::Result<Self, __tollgate::serde_json::Error> {
            __tollgate::json::nth(&[Self::Open, Self::Shut], __index)
        }
    }
    #[automatically_derived]
    impl<'de> __tollgate::serde::Deserialize<'de> for DoorTransition {
        fn deserialize<D>(__deserializer: D) -> ::core::result::Result<Self, D::Error>
        where
            D: __tollgate::serde::Deserializer<'de>,
        {
            __tollgate::json::read_command(__deserializer)
        }
    }
};
