#[doc(hidden)]
const __DoorMachine_is_generated_twice__write_machine_base_on_one_enum: () = ();
///The states of `DoorState`, as types, and the transitions that leave them.
#[allow(clippy::all, clippy::pedantic)]
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

It derefs to the subject. You get it from `create`, or from a transition whose record a sink has accepted.*/
    pub(super) struct DoorMachine<S: ::tollgate::State>(
        pub(super) ::tollgate::__private::Tracked<S>,
    );
    /// The states that each transition leaves.
    pub(super) mod edge {
        ///The states that `open` leaves: `Shut -> Ajar`.
        #[diagnostic::on_unimplemented(
            message = "illegal transition: `open` does not leave `{S}`",
            label = "a `DoorMachine<{S}>` cannot `open`",
            note = "`open`: Shut -> Ajar"
        )]
        pub(in super::super) trait Open<S> {}
        impl Open<super::Shut> for super::DoorMachine<super::Shut> {}
        ///The states that `shut` leaves: `Ajar -> Shut`.
        #[diagnostic::on_unimplemented(
            message = "illegal transition: `shut` does not leave `{S}`",
            label = "a `DoorMachine<{S}>` cannot `shut`",
            note = "`shut`: Ajar -> Shut"
        )]
        pub(in super::super) trait Shut<S> {}
        impl Shut<super::Ajar> for super::DoorMachine<super::Ajar> {}
    }
}
#[doc(inline)]
use door_state::DoorMachine;
/**The subject of `DoorState`, in a state that is known only at run time.

A row from a database becomes this type. `match` returns the typed machine. It derefs to the subject.*/
#[allow(clippy::all, clippy::pedantic)]
enum AnyDoor {
    ///In the state `Shut`.
    Shut(DoorMachine<door_state::Shut>),
    ///In the state `Ajar`.
    Ajar(DoorMachine<door_state::Ajar>),
}
///A transition of `DoorState` as a value. It is read from the JSON that serde accepts for an enum, with the recorded names: `"open"`.
#[derive(::core::clone::Clone, ::core::marker::Copy)]
#[allow(clippy::all, clippy::pedantic)]
enum DoorTransition {
    /**The transition `open`.

`Shut -> Ajar`

- recorded as `open`*/
    Open,
    /**The transition `shut`.

`Ajar -> Shut`

- recorded as `shut`*/
    Shut,
}
///A creation in an initial state of `DoorState`, as a value for [`AnyDoor::create`]. It is read from JSON, with the recorded names of the states: `"Shut"`.
#[derive(::core::clone::Clone, ::core::marker::Copy)]
#[allow(clippy::all, clippy::pedantic)]
enum DoorCreation {
    ///The creation in the state `Shut`.
    Shut,
}
#[allow(clippy::all, clippy::pedantic)]
const _: () = {
    use ::tollgate::__private as __tollgate;
    use door_state::DoorMachine;
    /// Marks the states and edges of this machine. Other code cannot create it, because its field is private.
    pub struct __DeclarationToken(());
    #[automatically_derived]
    impl<S: __tollgate::State<Machine = DoorState, Typed = Self>> __tollgate::Typed
    for DoorMachine<S> {
        type State = S;
        #[inline]
        fn __wrap(__tracked: __tollgate::Tracked<S>) -> Self {
            Self(__tracked)
        }
        #[inline]
        fn __view(&self) -> &__tollgate::Tracked<S> {
            &self.0
        }
        #[inline]
        fn __take_tracked(self, _: __tollgate::TrackedKey<S>) -> __tollgate::Tracked<S> {
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
        /// Returns the fields of this state: `()`, the one field, a tuple, or a struct of the named fields.
        #[inline]
        fn data(&self) -> &<S as __tollgate::State>::Data {
            __tollgate::Tracked::data(&self.0)
        }
        /// Returns the version of the subject's last record, which is 1 after the creation.
        #[inline]
        fn version(&self) -> ::core::primitive::u64 {
            __tollgate::Tracked::version(&self.0)
        }
        /// Returns the subject, the state with its data, and the version, for example to store them.
        #[inline]
        fn into_parts(self) -> (__tollgate::Id, DoorState, ::core::primitive::u64) {
            __tollgate::Tracked::into_parts(self.0)
        }
    }
    #[automatically_derived]
    impl __tollgate::Initial for door_state::Shut {}
    impl DoorMachine<door_state::Shut> {
        ///Returns a step that creates a subject in the state `Shut`. It is recorded as `create` with version 1.
        #[inline]
        fn create(
            subject: impl ::core::convert::Into<__tollgate::Id>,
        ) -> __tollgate::Step<
            __tollgate::CreatedIn<door_state::Shut>,
            __tollgate::NewSubject<DoorState>,
            __tollgate::NewState<()>,
        > {
            __tollgate::create::<
                door_state::Shut,
            >(<_ as ::core::convert::Into<__tollgate::Id>>::into(subject), ())
        }
    }
    #[automatically_derived]
    impl __tollgate::State for door_state::Shut {
        type Machine = DoorState;
        type Data = ();
        type Typed = DoorMachine<door_state::Shut>;
        const INDEX: __tollgate::Position<Self, __DeclarationToken> = __tollgate::Position::new(
            0,
            &__DeclarationToken(()),
        );
    }
    #[automatically_derived]
    impl __tollgate::State for door_state::Ajar {
        type Machine = DoorState;
        type Data = ();
        type Typed = DoorMachine<door_state::Ajar>;
        const INDEX: __tollgate::Position<Self, __DeclarationToken> = __tollgate::Position::new(
            1,
            &__DeclarationToken(()),
        );
    }
    #[inline]
    fn __step<__S: __tollgate::State, __To>(
        __machine: DoorMachine<__S>,
    ) -> __tollgate::Step<__To, DoorMachine<__S>> {
        __step_with(__machine, __tollgate::NewState(()))
    }
    #[inline]
    fn __step_with<__S: __tollgate::State, __To, __P, __A, __R>(
        __machine: DoorMachine<__S>,
        __payload: __P,
    ) -> __tollgate::Step<__To, DoorMachine<__S>, __P, __A, __R> {
        __tollgate::step(__machine.0, DoorMachine, __payload)
    }
    impl<S: __tollgate::State> DoorMachine<S>
    where
        Self: door_state::edge::Open<S>,
    {
        /**The transition `open`.

`Shut -> Ajar`

- recorded as `open`*/
        fn open(
            self,
        ) -> __tollgate::Step<__tollgate::AlongEdge<door_state::Ajar, 0>, Self> {
            __step(self)
        }
    }
    impl<S: __tollgate::State> DoorMachine<S>
    where
        Self: door_state::edge::Shut<S>,
    {
        /**The transition `shut`.

`Ajar -> Shut`

- recorded as `shut`*/
        fn shut(
            self,
        ) -> __tollgate::Step<__tollgate::AlongEdge<door_state::Shut, 1>, Self> {
            __step(self)
        }
    }
    #[inline]
    fn __view<__S: __tollgate::State<Machine = DoorState>>(
        __machine: &DoorMachine<__S>,
    ) -> __tollgate::MachineView<'_, DoorState> {
        __tollgate::Tracked::view(&__machine.0)
    }
    #[inline]
    fn __into_parts<__S: __tollgate::State<Machine = DoorState>>(
        __machine: DoorMachine<__S>,
    ) -> (__tollgate::Id, DoorState, ::core::primitive::u64) {
        __tollgate::Tracked::into_parts(__machine.0)
    }
    #[automatically_derived]
    impl __tollgate::AnyMachine for AnyDoor {
        type Machine = DoorState;
        #[inline]
        fn __view(&self) -> __tollgate::MachineView<'_, DoorState> {
            match self {
                AnyDoor::Shut(__machine) => __view(__machine),
                AnyDoor::Ajar(__machine) => __view(__machine),
            }
        }
        #[inline]
        fn __into_parts(self) -> (__tollgate::Id, DoorState, ::core::primitive::u64) {
            match self {
                AnyDoor::Shut(__machine) => __into_parts(__machine),
                AnyDoor::Ajar(__machine) => __into_parts(__machine),
            }
        }
    }
    #[automatically_derived]
    impl ::core::ops::Deref for AnyDoor {
        type Target = __tollgate::Id;
        #[inline]
        fn deref(&self) -> &__tollgate::Id {
            __tollgate::MachineView::subject(&__tollgate::AnyMachine::__view(self))
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Debug for AnyDoor {
        fn fmt(
            &self,
            __formatter: &mut ::core::fmt::Formatter<'_>,
        ) -> ::core::fmt::Result {
            ::core::fmt::Debug::fmt(&__tollgate::AnyMachine::__view(self), __formatter)
        }
    }
    #[automatically_derived]
    impl __tollgate::StateMachine for DoorState {
        type Subject = __tollgate::Id;
        type Any = AnyDoor;
        type Transition = DoorTransition;
        type Creation = DoorCreation;
        type DeclarationToken = __DeclarationToken;
        const CHART: &'static __tollgate::Chart = {
            use __tollgate::chart::{Chart, Edge, EdgeAt, Requirement, State, Transition};
            &Chart {
                machine: "Door",
                was: &[],
                doc: "",
                fingerprint: __tollgate::Digest::from_hex(
                    "be2bfac76b051939993b1287a766dbbc4e08348cff317a4ea670ab0ee8a493a6",
                ),
                text: "tollgate chart 1\nmachine \"Door\"\nstate \"Ajar\"\nstate \"Shut\" initial\ntransition \"open\"\ntransition \"shut\"\nedge \"open\" \"Shut\" -> \"Ajar\"\nedge \"shut\" \"Ajar\" -> \"Shut\"\n",
                states: &[
                    State {
                        name: "Shut",
                        initial: true,
                        leaving: &[0],
                        ..State::BASE
                    },
                    State {
                        name: "Ajar",
                        leaving: &[1],
                        ..State::BASE
                    },
                ],
                transitions: &[
                    Transition {
                        name: "open",
                        ..Transition::BASE
                    },
                    Transition {
                        name: "shut",
                        ..Transition::BASE
                    },
                ],
                edges: &[
                    Edge {
                        transition: "open",
                        from: "Shut",
                        to: "Ajar",
                        at: EdgeAt {
                            transition: 0,
                            from: 0,
                            to: 1,
                        },
                        ..Edge::BASE
                    },
                    Edge {
                        transition: "shut",
                        from: "Ajar",
                        to: "Shut",
                        at: EdgeAt {
                            transition: 1,
                            from: 1,
                            to: 0,
                        },
                        ..Edge::BASE
                    },
                ],
            }
        };
        const SUBJECT: __tollgate::Naming<__tollgate::Id> = __tollgate::bare_naming(
            "Door",
        );
        #[inline]
        fn enter(
            __incoming: __tollgate::IncomingSubject<Self>,
            __state: Self,
        ) -> AnyDoor {
            match __state {
                DoorState::Shut {} => {
                    AnyDoor::Shut(
                        __tollgate::IncomingSubject::into_state::<
                            door_state::Shut,
                        >(__incoming, ()),
                    )
                }
                DoorState::Ajar {} => {
                    AnyDoor::Ajar(
                        __tollgate::IncomingSubject::into_state::<
                            door_state::Ajar,
                        >(__incoming, ()),
                    )
                }
            }
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
    impl DoorState {
        /// The machine as data: states, transitions, edges, and its fingerprint.
        const CHART: &'static __tollgate::Chart = <Self as __tollgate::StateMachine>::CHART;
    }
    impl AnyDoor {
        ///Restores a subject in its stored state, at the version of its last record. **This is a trust boundary:** the values are not checked.
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
        /**Restores a subject as [`resume`](Self::resume) does, in the state of this recorded name and with its recorded data.

# Errors

Returns an error if no state has or had this name, or if the data does not fit the state.*/
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
        /**Restores a subject from its records, which must follow the chart. Skips refusals, events, and the records of other machines and other ids. If a reader yields results, collect them first: `let records = reader.collect::<Result<Vec<_>, _>>()?`.

# Errors

Returns an error if no record is about the subject, or if one of its records does not fit. The error then has the position of that record, and the reason. A record with this machine and id but another kind of subject does not fit.*/
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
        ///Sets the time of the subject's last record, so that the next record is not earlier. `resume` does not know this time.
        fn last_recorded_at(
            self,
            at: __tollgate::chrono::DateTime<__tollgate::chrono::Utc>,
        ) -> Self {
            __tollgate::last_recorded_at::<DoorState>(self, at)
        }
        /**Returns the step of this transition. Its requirements are checked when the step is committed.

# Errors

Returns an error if the transition does not leave the state. The error lists the transitions that do, and contains the machine and the transition.*/
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
        ///Returns the edges that leave the state, without a call of their guards.
        fn allowed(&self) -> ::std::vec::Vec<&'static __tollgate::chart::Edge> {
            __tollgate::allowed::<DoorState>(self)
        }
        ///Returns the edges that leave the state and whose guards pass, such as the buttons of a page.
        fn available(&self) -> ::std::vec::Vec<&'static __tollgate::chart::Edge> {
            __tollgate::available::<DoorState>(self)
        }
        ///Returns the available edges for which this actor has permission.
        fn available_to(
            &self,
            actor: &__tollgate::Actor,
        ) -> ::std::vec::Vec<&'static __tollgate::chart::Edge> {
            __tollgate::available_to::<DoorState>(self, actor)
        }
        ///Returns the description of the state in the chart.
        fn state(&self) -> &'static __tollgate::chart::State {
            __tollgate::MachineView::state(&__tollgate::AnyMachine::__view(self))
        }
        ///Returns the version of the subject's last record.
        fn version(&self) -> ::core::primitive::u64 {
            __tollgate::MachineView::version(&__tollgate::AnyMachine::__view(self))
        }
        ///Returns the subject, the state with its data, and the version, for example to store them.
        fn into_parts(self) -> (__tollgate::Id, DoorState, ::core::primitive::u64) {
            __tollgate::AnyMachine::__into_parts(self)
        }
    }
    #[automatically_derived]
    impl __tollgate::Command for DoorTransition {
        type Machine = DoorState;
        fn names() -> &'static [&'static ::core::primitive::str] {
            &["open", "shut"]
        }
        #[inline]
        fn index(&self) -> ::core::primitive::usize {
            *self as ::core::primitive::usize
        }
        #[inline]
        fn into_target(
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
        fn form(__index: ::core::primitive::usize) -> __tollgate::json::DataForm {
            __tollgate::json::DataForm::Nothing
        }
        fn read(
            __index: ::core::primitive::usize,
            __payload: __tollgate::json::StateJson,
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
    #[automatically_derived]
    impl __tollgate::Creation for DoorCreation {
        type Machine = DoorState;
        fn index(&self) -> ::core::primitive::usize {
            match self {
                Self::Shut { .. } => 0,
            }
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Debug for DoorCreation {
        fn fmt(
            &self,
            __formatter: &mut ::core::fmt::Formatter<'_>,
        ) -> ::core::fmt::Result {
            __tollgate::debug_creation(self, __formatter)
        }
    }
    impl AnyDoor {
        ///Returns a step that creates a subject in the initial state that the value names. It is recorded as `create` with version 1.
        #[inline]
        fn create(
            subject: impl ::core::convert::Into<__tollgate::Id>,
            creation: DoorCreation,
        ) -> __tollgate::AnyCreation<DoorState> {
            __tollgate::create_as::<
                DoorState,
            >(<_ as ::core::convert::Into<__tollgate::Id>>::into(subject), creation)
        }
    }
    #[automatically_derived]
    impl<'de> __tollgate::serde::Deserialize<'de> for DoorCreation {
        fn deserialize<D>(__deserializer: D) -> ::core::result::Result<Self, D::Error>
        where
            D: __tollgate::serde::Deserializer<'de>,
        {
            __tollgate::json::read_creation(
                __deserializer,
                &["Shut"],
                |__index| __tollgate::json::DataForm::Nothing,
                |__state, __payload| match __state {
                    0 => ::core::result::Result::Ok(DoorCreation::Shut {}),
                    _ => ::core::result::Result::Err(__tollgate::json::no_such_state()),
                },
            )
        }
    }
    let _ = DoorMachine::<door_state::Shut>::open;
    let _ = DoorMachine::<door_state::Ajar>::shut;
};
