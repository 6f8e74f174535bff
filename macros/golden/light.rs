#[doc(hidden)]
const __LightMachine_is_generated_twice__write_machine_base_on_one_enum: () = ();
///The states of `Light`, as types, and the transitions that leave them.
#[allow(clippy::all, clippy::pedantic)]
pub(crate) mod light {
    /**The state `Red` of [`LightMachine`], as a type.

Recorded as `red`. Initial. From here:

- `next` to `Green`
- `inspect` stays
- `to_off` to `Off`
*/
    pub(crate) struct Red;
    /**The state `Green` of [`LightMachine`], as a type.

Recorded as `green`. From here:

- `next` to `Yellow`
- `inspect` stays
- `to_off` to `Off`
*/
    pub(crate) struct Green;
    /**The state `Yellow` of [`LightMachine`], as a type.

Recorded as `yellow`. From here:

- `next` to `Red`
- `inspect` stays
- `to_off` to `Off`
*/
    pub(crate) struct Yellow;
    /**The state `Off` of [`LightMachine`], as a type.

Recorded as `off`. Terminal.*/
    pub(crate) struct Off;
    /**The subject of `Light`, known to be in the state `S`.

It derefs to the subject. You get it from `create`, or from a transition whose record a sink has accepted.*/
    pub(crate) struct LightMachine<S: audit::State>(
        pub(super) audit::__private::Tracked<S>,
    );
    /// The transitions that have guards or a permission, as types.
    pub(crate) mod transition {
        ///The guards and the permission of the transition `inspect`.
        pub(crate) enum inspect {}
    }
    /// The states that each transition leaves.
    pub(crate) mod edge {
        ///The states that `next` leaves: `Red -> Green, Green -> Yellow, Yellow -> Red`.
        #[diagnostic::on_unimplemented(
            message = "illegal transition: `next` does not leave `{S}`",
            label = "a `LightMachine<{S}>` cannot `next`",
            note = "`next`: Red -> Green, Green -> Yellow, Yellow -> Red"
        )]
        pub(crate) trait Next<S> {
            /// The state that is reached.
            type To;
        }
        impl Next<super::Red> for super::LightMachine<super::Red> {
            type To = super::Green;
        }
        impl Next<super::Green> for super::LightMachine<super::Green> {
            type To = super::Yellow;
        }
        impl Next<super::Yellow> for super::LightMachine<super::Yellow> {
            type To = super::Red;
        }
        ///The states that `inspect` leaves: `_ stays`.
        #[diagnostic::on_unimplemented(
            message = "illegal transition: `inspect` does not leave `{S}`",
            label = "a `LightMachine<{S}>` cannot `inspect`",
            note = "`inspect`: _ stays"
        )]
        pub(crate) trait Inspect<S> {}
        impl Inspect<super::Red> for super::LightMachine<super::Red> {}
        impl Inspect<super::Green> for super::LightMachine<super::Green> {}
        impl Inspect<super::Yellow> for super::LightMachine<super::Yellow> {}
        ///The states that `to_off` leaves: `_ -> Off`.
        #[diagnostic::on_unimplemented(
            message = "illegal transition: `to_off` does not leave `{S}`",
            label = "a `LightMachine<{S}>` cannot `to_off`",
            note = "`to_off`: _ -> Off"
        )]
        pub(crate) trait ToOff<S> {}
        impl ToOff<super::Red> for super::LightMachine<super::Red> {}
        impl ToOff<super::Green> for super::LightMachine<super::Green> {}
        impl ToOff<super::Yellow> for super::LightMachine<super::Yellow> {}
    }
}
#[doc(inline)]
pub(crate) use light::LightMachine;
/**The subject of `Light`, in a state that is known only at run time.

A row from a database becomes this type. `match` returns the typed machine. It derefs to the subject.*/
#[allow(clippy::all, clippy::pedantic)]
pub(crate) enum AnyLight {
    ///In the state `Red`.
    Red(LightMachine<light::Red>),
    ///In the state `Green`.
    Green(LightMachine<light::Green>),
    ///In the state `Yellow`.
    Yellow(LightMachine<light::Yellow>),
    ///In the state `Off`.
    Off(LightMachine<light::Off>),
}
///A transition of `Light` as a value. It is read from the JSON that serde accepts for an enum, with the recorded names: `"next"`.
#[derive(::core::clone::Clone, ::core::marker::Copy)]
#[allow(clippy::all, clippy::pedantic)]
pub(crate) enum LightTransition {
    /**The transition `next`.

`Red -> Green, Green -> Yellow, Yellow -> Red`

- recorded as `next`*/
    Next,
    /**A look at the lamps.

`_ stays`

- with the permission `may_inspect`
- requires an actor, `.by(..)`
- recorded as `inspect`*/
    Inspect,
    /**The transition `to_off`.

`_ -> Off`

- recorded as `to_off`*/
    ToOff,
}
///A creation in an initial state of `Light`, as a value for [`AnyLight::create`]. It is read from JSON, with the recorded names of the states: `"red"`.
#[derive(::core::clone::Clone, ::core::marker::Copy)]
#[allow(clippy::all, clippy::pedantic)]
pub(crate) enum LightCreation {
    ///The creation in the state `Red`.
    Red,
}
#[allow(clippy::all, clippy::pedantic)]
const _: () = {
    use audit::__private as __tollgate;
    use light::LightMachine;
    /// Marks the states and edges of this machine. Other code cannot create it, because its field is private.
    pub struct __DeclarationToken(());
    #[automatically_derived]
    impl<S: __tollgate::State<Machine = Light, Typed = Self>> __tollgate::Typed
    for LightMachine<S> {
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
    impl<S: __tollgate::State<Machine = Light>> ::core::ops::Deref for LightMachine<S> {
        type Target = __tollgate::Id;
        #[inline]
        fn deref(&self) -> &__tollgate::Id {
            __tollgate::Tracked::subject(&self.0)
        }
    }
    #[automatically_derived]
    impl<S: __tollgate::State<Machine = Light>> ::core::fmt::Debug for LightMachine<S> {
        fn fmt(
            &self,
            __formatter: &mut ::core::fmt::Formatter<'_>,
        ) -> ::core::fmt::Result {
            ::core::fmt::Debug::fmt(&self.0, __formatter)
        }
    }
    #[automatically_derived]
    impl<S: __tollgate::State<Machine = Light>> ::core::convert::From<LightMachine<S>>
    for AnyLight {
        #[inline]
        fn from(__machine: LightMachine<S>) -> Self {
            __tollgate::Tracked::into_any(__machine.0)
        }
    }
    impl<S: __tollgate::State<Machine = Light>> LightMachine<S> {
        /// Returns the fields of this state: `()`, the one field, a tuple, or a struct of the named fields.
        #[inline]
        pub(crate) fn data(&self) -> &<S as __tollgate::State>::Data {
            __tollgate::Tracked::data(&self.0)
        }
        /// Returns the version of the subject's last record, which is 1 after the creation.
        #[inline]
        pub(crate) fn version(&self) -> ::core::primitive::u64 {
            __tollgate::Tracked::version(&self.0)
        }
        /// Returns the subject, the state with its data, and the version, for example to store them.
        #[inline]
        pub(crate) fn into_parts(
            self,
        ) -> (__tollgate::Id, Light, ::core::primitive::u64) {
            __tollgate::Tracked::into_parts(self.0)
        }
    }
    #[automatically_derived]
    impl __tollgate::Initial for light::Red {}
    impl LightMachine<light::Red> {
        ///Returns a step that creates a subject in the state `Red`. It is recorded as `create` with version 1.
        #[inline]
        pub(crate) fn create(
            subject: impl ::core::convert::Into<__tollgate::Id>,
        ) -> __tollgate::Step<
            __tollgate::CreatedIn<light::Red>,
            __tollgate::NewSubject<Light>,
            __tollgate::NewState<()>,
        > {
            __tollgate::create::<
                light::Red,
            >(<_ as ::core::convert::Into<__tollgate::Id>>::into(subject), ())
        }
    }
    #[automatically_derived]
    impl __tollgate::State for light::Red {
        type Machine = Light;
        type Data = ();
        type Typed = LightMachine<light::Red>;
        const INDEX: __tollgate::Position<Self, __DeclarationToken> = __tollgate::Position::new(
            0,
            &__DeclarationToken(()),
        );
    }
    #[automatically_derived]
    impl __tollgate::State for light::Green {
        type Machine = Light;
        type Data = ();
        type Typed = LightMachine<light::Green>;
        const INDEX: __tollgate::Position<Self, __DeclarationToken> = __tollgate::Position::new(
            1,
            &__DeclarationToken(()),
        );
    }
    #[automatically_derived]
    impl __tollgate::State for light::Yellow {
        type Machine = Light;
        type Data = ();
        type Typed = LightMachine<light::Yellow>;
        const INDEX: __tollgate::Position<Self, __DeclarationToken> = __tollgate::Position::new(
            2,
            &__DeclarationToken(()),
        );
    }
    #[automatically_derived]
    impl __tollgate::State for light::Off {
        type Machine = Light;
        type Data = ();
        type Typed = LightMachine<light::Off>;
        const INDEX: __tollgate::Position<Self, __DeclarationToken> = __tollgate::Position::new(
            3,
            &__DeclarationToken(()),
        );
    }
    #[inline]
    fn __step<__S: __tollgate::State, __To>(
        __machine: LightMachine<__S>,
    ) -> __tollgate::Step<__To, LightMachine<__S>> {
        __step_with(__machine, __tollgate::NewState(()))
    }
    #[inline]
    fn __step_with<__S: __tollgate::State, __To, __P, __A, __R>(
        __machine: LightMachine<__S>,
        __payload: __P,
    ) -> __tollgate::Step<__To, LightMachine<__S>, __P, __A, __R> {
        __tollgate::step(__machine.0, LightMachine, __payload)
    }
    impl<S: __tollgate::State> LightMachine<S>
    where
        Self: light::edge::Next<S>,
    {
        /**The transition `next`.

`Red -> Green, Green -> Yellow, Yellow -> Red`

- recorded as `next`*/
        pub(crate) fn next(
            self,
        ) -> __tollgate::Step<
            __tollgate::AlongEdge<<Self as light::edge::Next<S>>::To, 0>,
            Self,
        > {
            __step(self)
        }
    }
    impl<S: __tollgate::State> LightMachine<S>
    where
        Self: light::edge::Inspect<S>,
    {
        /**A look at the lamps.

`_ stays`

- with the permission `may_inspect`
- requires an actor, `.by(..)`
- recorded as `inspect`*/
        pub(crate) fn inspect(
            self,
        ) -> __tollgate::Step<
            __tollgate::AlongEdge<S, 1, light::transition::inspect>,
            Self,
            __tollgate::SameState,
            __tollgate::NotGiven,
            __tollgate::NotRequired,
        > {
            __step_with(self, __tollgate::SameState)
        }
    }
    impl<S: __tollgate::State> LightMachine<S>
    where
        Self: light::edge::ToOff<S>,
    {
        /**The transition `to_off`.

`_ -> Off`

- recorded as `to_off`*/
        pub(crate) fn to_off(
            self,
        ) -> __tollgate::Step<__tollgate::AlongEdge<light::Off, 2>, Self> {
            __step(self)
        }
    }
    #[automatically_derived]
    impl __tollgate::Guarded<light::transition::inspect> for LightMachine<light::Red> {
        fn permit(
            &self,
            __actor: &__tollgate::Actor,
        ) -> ::core::result::Result<(), __tollgate::Denied> {
            __tollgate::GuardAnswer::into_result(
                may_inspect(self, __actor),
                "may_inspect",
            )
        }
    }
    #[automatically_derived]
    impl __tollgate::Guarded<light::transition::inspect> for LightMachine<light::Green> {
        fn permit(
            &self,
            __actor: &__tollgate::Actor,
        ) -> ::core::result::Result<(), __tollgate::Denied> {
            __tollgate::GuardAnswer::into_result(
                may_inspect(self, __actor),
                "may_inspect",
            )
        }
    }
    #[automatically_derived]
    impl __tollgate::Guarded<light::transition::inspect>
    for LightMachine<light::Yellow> {
        fn permit(
            &self,
            __actor: &__tollgate::Actor,
        ) -> ::core::result::Result<(), __tollgate::Denied> {
            __tollgate::GuardAnswer::into_result(
                may_inspect(self, __actor),
                "may_inspect",
            )
        }
    }
    #[inline]
    fn __view<__S: __tollgate::State<Machine = Light>>(
        __machine: &LightMachine<__S>,
    ) -> __tollgate::MachineView<'_, Light> {
        __tollgate::Tracked::view(&__machine.0)
    }
    #[inline]
    fn __into_parts<__S: __tollgate::State<Machine = Light>>(
        __machine: LightMachine<__S>,
    ) -> (__tollgate::Id, Light, ::core::primitive::u64) {
        __tollgate::Tracked::into_parts(__machine.0)
    }
    #[automatically_derived]
    impl __tollgate::AnyMachine for AnyLight {
        type Machine = Light;
        #[inline]
        fn __view(&self) -> __tollgate::MachineView<'_, Light> {
            match self {
                AnyLight::Red(__machine) => __view(__machine),
                AnyLight::Green(__machine) => __view(__machine),
                AnyLight::Yellow(__machine) => __view(__machine),
                AnyLight::Off(__machine) => __view(__machine),
            }
        }
        #[inline]
        fn __into_parts(self) -> (__tollgate::Id, Light, ::core::primitive::u64) {
            match self {
                AnyLight::Red(__machine) => __into_parts(__machine),
                AnyLight::Green(__machine) => __into_parts(__machine),
                AnyLight::Yellow(__machine) => __into_parts(__machine),
                AnyLight::Off(__machine) => __into_parts(__machine),
            }
        }
    }
    #[automatically_derived]
    impl ::core::ops::Deref for AnyLight {
        type Target = __tollgate::Id;
        #[inline]
        fn deref(&self) -> &__tollgate::Id {
            __tollgate::MachineView::subject(&__tollgate::AnyMachine::__view(self))
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Debug for AnyLight {
        fn fmt(
            &self,
            __formatter: &mut ::core::fmt::Formatter<'_>,
        ) -> ::core::fmt::Result {
            ::core::fmt::Debug::fmt(&__tollgate::AnyMachine::__view(self), __formatter)
        }
    }
    #[automatically_derived]
    impl __tollgate::StateMachine for Light {
        type Subject = __tollgate::Id;
        type Any = AnyLight;
        type Transition = LightTransition;
        type Creation = LightCreation;
        type DeclarationToken = __DeclarationToken;
        const CHART: &'static __tollgate::Chart = {
            use __tollgate::chart::{Chart, Edge, EdgeAt, Requirement, State, Transition};
            &Chart {
                machine: "traffic-light",
                was: &[],
                doc: "",
                fingerprint: __tollgate::Digest::from_hex(
                    "73a533cefdbfe890bd0c2dd47a3b9796dc7c60f252ba087b6dbfe91fe2d21529",
                ),
                text: "tollgate chart 1\nmachine \"traffic-light\"\nstate \"green\"\nstate \"off\" terminal\nstate \"red\" initial\nstate \"yellow\" was \"amber\"\ntransition \"inspect\" actor\ntransition \"next\"\ntransition \"to_off\" was \"switch-off\"\nedge \"inspect\" \"green\" stays \"green\" permission \"may_inspect\"\nedge \"inspect\" \"red\" stays \"red\" permission \"may_inspect\"\nedge \"inspect\" \"yellow\" stays \"yellow\" permission \"may_inspect\"\nedge \"next\" \"green\" -> \"yellow\"\nedge \"next\" \"red\" -> \"green\"\nedge \"next\" \"yellow\" -> \"red\"\nedge \"to_off\" \"green\" -> \"off\"\nedge \"to_off\" \"red\" -> \"off\"\nedge \"to_off\" \"yellow\" -> \"off\"\n",
                states: &[
                    State {
                        name: "red",
                        initial: true,
                        leaving: &[0, 3, 6],
                        ..State::BASE
                    },
                    State {
                        name: "green",
                        leaving: &[1, 4, 7],
                        ..State::BASE
                    },
                    State {
                        name: "yellow",
                        was: &["amber"],
                        leaving: &[2, 5, 8],
                        ..State::BASE
                    },
                    State {
                        name: "off",
                        terminal: true,
                        ..State::BASE
                    },
                ],
                transitions: &[
                    Transition {
                        name: "next",
                        ..Transition::BASE
                    },
                    Transition {
                        name: "inspect",
                        doc: "A look at the lamps.",
                        requires: &[Requirement::Actor],
                        ..Transition::BASE
                    },
                    Transition {
                        name: "to_off",
                        was: &["switch-off"],
                        ..Transition::BASE
                    },
                ],
                edges: &[
                    Edge {
                        transition: "next",
                        from: "red",
                        to: "green",
                        at: EdgeAt {
                            transition: 0,
                            from: 0,
                            to: 1,
                        },
                        ..Edge::BASE
                    },
                    Edge {
                        transition: "next",
                        from: "green",
                        to: "yellow",
                        at: EdgeAt {
                            transition: 0,
                            from: 1,
                            to: 2,
                        },
                        ..Edge::BASE
                    },
                    Edge {
                        transition: "next",
                        from: "yellow",
                        to: "red",
                        at: EdgeAt {
                            transition: 0,
                            from: 2,
                            to: 0,
                        },
                        ..Edge::BASE
                    },
                    Edge {
                        transition: "inspect",
                        from: "red",
                        to: "red",
                        stays: true,
                        requires: &[Requirement::Actor],
                        permission: ::core::option::Option::Some("may_inspect"),
                        at: EdgeAt {
                            transition: 1,
                            from: 0,
                            to: 0,
                        },
                        ..Edge::BASE
                    },
                    Edge {
                        transition: "inspect",
                        from: "green",
                        to: "green",
                        stays: true,
                        requires: &[Requirement::Actor],
                        permission: ::core::option::Option::Some("may_inspect"),
                        at: EdgeAt {
                            transition: 1,
                            from: 1,
                            to: 1,
                        },
                        ..Edge::BASE
                    },
                    Edge {
                        transition: "inspect",
                        from: "yellow",
                        to: "yellow",
                        stays: true,
                        requires: &[Requirement::Actor],
                        permission: ::core::option::Option::Some("may_inspect"),
                        at: EdgeAt {
                            transition: 1,
                            from: 2,
                            to: 2,
                        },
                        ..Edge::BASE
                    },
                    Edge {
                        transition: "to_off",
                        from: "red",
                        to: "off",
                        at: EdgeAt {
                            transition: 2,
                            from: 0,
                            to: 3,
                        },
                        ..Edge::BASE
                    },
                    Edge {
                        transition: "to_off",
                        from: "green",
                        to: "off",
                        at: EdgeAt {
                            transition: 2,
                            from: 1,
                            to: 3,
                        },
                        ..Edge::BASE
                    },
                    Edge {
                        transition: "to_off",
                        from: "yellow",
                        to: "off",
                        at: EdgeAt {
                            transition: 2,
                            from: 2,
                            to: 3,
                        },
                        ..Edge::BASE
                    },
                ],
            }
        };
        const SUBJECT: __tollgate::Naming<__tollgate::Id> = __tollgate::bare_naming(
            "traffic-light",
        );
        #[inline]
        fn enter(
            __incoming: __tollgate::IncomingSubject<Self>,
            __state: Self,
        ) -> AnyLight {
            match __state {
                Light::Red {} => {
                    AnyLight::Red(
                        __tollgate::IncomingSubject::into_state::<
                            light::Red,
                        >(__incoming, ()),
                    )
                }
                Light::Green {} => {
                    AnyLight::Green(
                        __tollgate::IncomingSubject::into_state::<
                            light::Green,
                        >(__incoming, ()),
                    )
                }
                Light::Yellow {} => {
                    AnyLight::Yellow(
                        __tollgate::IncomingSubject::into_state::<
                            light::Yellow,
                        >(__incoming, ()),
                    )
                }
                Light::Off {} => {
                    AnyLight::Off(
                        __tollgate::IncomingSubject::into_state::<
                            light::Off,
                        >(__incoming, ()),
                    )
                }
            }
        }
        #[inline]
        fn bare(__state: ::core::primitive::usize) -> ::core::option::Option<Self> {
            match __state {
                0 => ::core::option::Option::Some(Light::Red {}),
                1 => ::core::option::Option::Some(Light::Green {}),
                2 => ::core::option::Option::Some(Light::Yellow {}),
                3 => ::core::option::Option::Some(Light::Off {}),
                _ => ::core::option::Option::None,
            }
        }
        fn permit(
            __machine: &AnyLight,
            __edge: ::core::primitive::usize,
            __actor: &__tollgate::Actor,
        ) -> ::core::result::Result<(), __tollgate::Denied> {
            match (__edge, __machine) {
                (3, AnyLight::Red(__machine)) => {
                    __tollgate::Guarded::<
                        light::transition::inspect,
                    >::permit(__machine, __actor)
                }
                (4, AnyLight::Green(__machine)) => {
                    __tollgate::Guarded::<
                        light::transition::inspect,
                    >::permit(__machine, __actor)
                }
                (5, AnyLight::Yellow(__machine)) => {
                    __tollgate::Guarded::<
                        light::transition::inspect,
                    >::permit(__machine, __actor)
                }
                _ => ::core::result::Result::Ok(()),
            }
        }
    }
    impl Light {
        /// The machine as data: states, transitions, edges, and its fingerprint.
        pub(crate) const CHART: &'static __tollgate::Chart = <Self as __tollgate::StateMachine>::CHART;
    }
    impl AnyLight {
        ///Restores a subject in its stored state, at the version of its last record. **This is a trust boundary:** the values are not checked.
        #[inline]
        pub(crate) fn resume(
            subject: impl ::core::convert::Into<__tollgate::Id>,
            state: Light,
            version: ::core::primitive::u64,
        ) -> Self {
            __tollgate::resume::<
                Light,
            >(
                <_ as ::core::convert::Into<__tollgate::Id>>::into(subject),
                state,
                version,
            )
        }
        /**Restores a subject as [`resume`](Self::resume) does, in the state of this recorded name and with its recorded data.

# Errors

Returns an error if no state has or had this name, or if the data does not fit the state.*/
        pub(crate) fn resume_named(
            subject: impl ::core::convert::Into<__tollgate::Id>,
            state: &::core::primitive::str,
            data: ::core::option::Option<&__tollgate::serde_json::Value>,
            version: ::core::primitive::u64,
        ) -> ::core::result::Result<Self, __tollgate::NotAState> {
            __tollgate::resume_named::<
                Light,
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
        pub(crate) fn replay(
            subject: impl ::core::convert::Into<__tollgate::Id>,
            records: impl ::core::iter::IntoIterator<
                Item: ::core::borrow::Borrow<__tollgate::Record>,
            >,
        ) -> ::core::result::Result<Self, __tollgate::ReplayError> {
            __tollgate::replay::<
                Light,
                _,
            >(<_ as ::core::convert::Into<__tollgate::Id>>::into(subject), records)
        }
        ///Sets the time of the subject's last record, so that the next record is not earlier. `resume` does not know this time.
        pub(crate) fn last_recorded_at(
            self,
            at: __tollgate::chrono::DateTime<__tollgate::chrono::Utc>,
        ) -> Self {
            __tollgate::last_recorded_at::<Light>(self, at)
        }
        /**Returns the step of this transition. Its requirements are checked when the step is committed.

# Errors

Returns an error if the transition does not leave the state. The error lists the transitions that do, and contains the machine and the transition.*/
        #[inline]
        pub(crate) fn fire(
            self,
            transition: LightTransition,
        ) -> ::core::result::Result<
            __tollgate::AnyStep<Light>,
            __tollgate::NotAllowed<Light>,
        > {
            __tollgate::fire::<Light>(self, transition)
        }
        ///Returns the edges that leave the state, without a call of their guards.
        pub(crate) fn allowed(
            &self,
        ) -> ::std::vec::Vec<&'static __tollgate::chart::Edge> {
            __tollgate::allowed::<Light>(self)
        }
        ///Returns the edges that leave the state and whose guards pass, such as the buttons of a page.
        pub(crate) fn available(
            &self,
        ) -> ::std::vec::Vec<&'static __tollgate::chart::Edge> {
            __tollgate::available::<Light>(self)
        }
        ///Returns the available edges for which this actor has permission.
        pub(crate) fn available_to(
            &self,
            actor: &__tollgate::Actor,
        ) -> ::std::vec::Vec<&'static __tollgate::chart::Edge> {
            __tollgate::available_to::<Light>(self, actor)
        }
        ///Returns the description of the state in the chart.
        pub(crate) fn state(&self) -> &'static __tollgate::chart::State {
            __tollgate::MachineView::state(&__tollgate::AnyMachine::__view(self))
        }
        ///Returns the version of the subject's last record.
        pub(crate) fn version(&self) -> ::core::primitive::u64 {
            __tollgate::MachineView::version(&__tollgate::AnyMachine::__view(self))
        }
        ///Returns the subject, the state with its data, and the version, for example to store them.
        pub(crate) fn into_parts(
            self,
        ) -> (__tollgate::Id, Light, ::core::primitive::u64) {
            __tollgate::AnyMachine::__into_parts(self)
        }
    }
    #[automatically_derived]
    impl __tollgate::Command for LightTransition {
        type Machine = Light;
        fn names() -> &'static [&'static ::core::primitive::str] {
            &["next", "inspect", "to_off", "switch-off"]
        }
        #[inline]
        fn index(&self) -> ::core::primitive::usize {
            *self as ::core::primitive::usize
        }
        #[inline]
        fn into_target(
            self,
            __to: ::core::primitive::usize,
        ) -> ::core::option::Option<Light> {
            match self {
                _ => ::core::option::Option::None,
            }
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Debug for LightTransition {
        fn fmt(
            &self,
            __formatter: &mut ::core::fmt::Formatter<'_>,
        ) -> ::core::fmt::Result {
            __tollgate::debug_command(self, __formatter)
        }
    }
    #[automatically_derived]
    impl<'de> __tollgate::json::Read<'de> for LightTransition {
        fn form(__index: ::core::primitive::usize) -> __tollgate::json::DataForm {
            __tollgate::json::DataForm::Nothing
        }
        fn read(
            __index: ::core::primitive::usize,
            __payload: __tollgate::json::StateJson,
        ) -> ::core::result::Result<Self, __tollgate::serde_json::Error> {
            __tollgate::json::nth(&[Self::Next, Self::Inspect, Self::ToOff], __index)
        }
    }
    #[automatically_derived]
    impl<'de> __tollgate::serde::Deserialize<'de> for LightTransition {
        fn deserialize<D>(__deserializer: D) -> ::core::result::Result<Self, D::Error>
        where
            D: __tollgate::serde::Deserializer<'de>,
        {
            __tollgate::json::read_command(__deserializer)
        }
    }
    #[automatically_derived]
    impl __tollgate::Creation for LightCreation {
        type Machine = Light;
        fn index(&self) -> ::core::primitive::usize {
            match self {
                Self::Red { .. } => 0,
            }
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Debug for LightCreation {
        fn fmt(
            &self,
            __formatter: &mut ::core::fmt::Formatter<'_>,
        ) -> ::core::fmt::Result {
            __tollgate::debug_creation(self, __formatter)
        }
    }
    impl AnyLight {
        ///Returns a step that creates a subject in the initial state that the value names. It is recorded as `create` with version 1.
        #[inline]
        pub(crate) fn create(
            subject: impl ::core::convert::Into<__tollgate::Id>,
            creation: LightCreation,
        ) -> __tollgate::AnyCreation<Light> {
            __tollgate::create_as::<
                Light,
            >(<_ as ::core::convert::Into<__tollgate::Id>>::into(subject), creation)
        }
    }
    #[automatically_derived]
    impl<'de> __tollgate::serde::Deserialize<'de> for LightCreation {
        fn deserialize<D>(__deserializer: D) -> ::core::result::Result<Self, D::Error>
        where
            D: __tollgate::serde::Deserializer<'de>,
        {
            __tollgate::json::read_creation(
                __deserializer,
                &["red"],
                |__index| __tollgate::json::DataForm::Nothing,
                |__state, __payload| match __state {
                    0 => ::core::result::Result::Ok(LightCreation::Red {}),
                    _ => ::core::result::Result::Err(__tollgate::json::no_such_state()),
                },
            )
        }
    }
    let _ = LightMachine::<light::Red>::next;
    let _ = LightMachine::<light::Red>::inspect;
    let _ = LightMachine::<light::Red>::to_off;
};
