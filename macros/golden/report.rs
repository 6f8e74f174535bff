#[doc(hidden)]
const __ReportMachine_is_generated_twice__write_machine_base_on_one_enum: () = ();
///The states of `ReportState`, as types, and the transitions that leave them.
#[allow(clippy::all, clippy::pedantic)]
pub mod report_state {
    /**The state `Draft` of [`ReportMachine`], as a type.

Recorded as `Draft`. Initial. From here:

- `submit` to `Review`
- `archive` to `Archived`
*/
    pub struct Draft;
    /**The state `Review` of [`ReportMachine`], as a type.

Recorded as `Review`. From here:

- `approve` to `Published`
- `reject` to `Draft`
*/
    pub struct Review;
    /**The state `Published` of [`ReportMachine`], as a type.

Recorded as `Published`. From here:

- `archive` to `Archived`
*/
    pub struct Published;
    /**The state `Archived` of [`ReportMachine`], as a type.

Recorded as `Archived`. Terminal.*/
    pub struct Archived;
    ///A subject in the state `S`. It derefs to the subject. You get it from `create`, or from a transition whose record a sink has accepted.
    pub struct ReportMachine<S: ::tollgate::State>(
        pub(super) ::tollgate::__private::Tracked<S>,
    );
    /// The transitions that have guards or a permission, as types.
    pub mod transition {
        ///The guards and the permission of the transition `submit`.
        pub enum submit {}
    }
    /// The states that each transition leaves.
    pub mod edge {
        ///The states that `submit` leaves: `Draft -> Review`.
        #[diagnostic::on_unimplemented(
            message = "illegal transition: `submit` does not leave `{S}`",
            label = "a `ReportMachine<{S}>` cannot `submit`",
            note = "`submit`: Draft -> Review"
        )]
        pub trait Submit<S> {}
        impl Submit<super::Draft> for super::ReportMachine<super::Draft> {}
        ///The states that `approve` leaves: `Review -> Published`.
        #[diagnostic::on_unimplemented(
            message = "illegal transition: `approve` does not leave `{S}`",
            label = "a `ReportMachine<{S}>` cannot `approve`",
            note = "`approve`: Review -> Published"
        )]
        pub trait Approve<S> {}
        impl Approve<super::Review> for super::ReportMachine<super::Review> {}
        ///The states that `reject` leaves: `Review -> Draft`.
        #[diagnostic::on_unimplemented(
            message = "illegal transition: `reject` does not leave `{S}`",
            label = "a `ReportMachine<{S}>` cannot `reject`",
            note = "`reject`: Review -> Draft"
        )]
        pub trait Reject<S> {}
        impl Reject<super::Review> for super::ReportMachine<super::Review> {}
        ///The states that `archive` leaves: `Draft | Published -> Archived`.
        #[diagnostic::on_unimplemented(
            message = "illegal transition: `archive` does not leave `{S}`",
            label = "a `ReportMachine<{S}>` cannot `archive`",
            note = "`archive`: Draft | Published -> Archived"
        )]
        pub trait Archive<S> {}
        impl Archive<super::Draft> for super::ReportMachine<super::Draft> {}
        impl Archive<super::Published> for super::ReportMachine<super::Published> {}
    }
}
/**The subject of `ReportState`, known to be in the state `S`.

A report on its way to the public.*/
#[doc(inline)]
pub use report_state::ReportMachine;
///The data of the state `Review`.
#[allow(clippy::all, clippy::pedantic)]
pub struct ReportReviewData {
    ///`reviewer` of the state `Review`.
    pub reviewer: String,
}
/**The subject of `ReportState`, in a state that is known only at run time.

A row from a database becomes this type. `match` returns the typed machine. It derefs to the subject.

A report on its way to the public.*/
#[allow(clippy::all, clippy::pedantic)]
pub enum AnyReport {
    ///In the state `Draft`.
    Draft(ReportMachine<report_state::Draft>),
    ///In the state `Review`.
    Review(ReportMachine<report_state::Review>),
    ///In the state `Published`.
    Published(ReportMachine<report_state::Published>),
    ///In the state `Archived`.
    Archived(ReportMachine<report_state::Archived>),
}
///A transition of `ReportState` as a value. It is read from the JSON that serde accepts for an enum, with the recorded names: `"reject"`, `{"submit": ..}`.
#[allow(clippy::all, clippy::pedantic)]
pub enum ReportTransition {
    /**The transition `submit`.

`Draft -> Review`

- guarded by `Report::has_title`
- recorded as `submit`*/
    Submit {
        ///`reviewer` of the state that it leads to.
        reviewer: String,
    },
    /**The transition `approve`.

`Review -> Published`

- requires an actor, `.by(..)`
- recorded as `approve`*/
    Approve(
        ///The data of the state that it leads to.
        Publication,
    ),
    /**The transition `reject`.

`Review -> Draft`

- requires an actor, `.by(..)`, and a reason, `.because(..)`
- recorded as `reject`*/
    Reject,
    /**The transition `archive`.

`Draft | Published -> Archived`

- recorded as `archive`*/
    Archive,
}
///A creation in an initial state of `ReportState`, as a value for [`AnyReport::create`]. It is read from JSON, with the recorded names of the states: `"Draft"`.
#[derive(::core::clone::Clone, ::core::marker::Copy)]
#[allow(clippy::all, clippy::pedantic)]
pub enum ReportCreation {
    ///The creation in the state `Draft`.
    Draft,
}
#[allow(clippy::all, clippy::pedantic)]
const _: () = {
    use ::tollgate::__private as __tollgate;
    use report_state::ReportMachine;
    /// Marks the states and edges of this machine. Other code cannot create it, because its field is private.
    pub struct __DeclarationToken(());
    #[automatically_derived]
    impl<S: __tollgate::State<Machine = ReportState, Typed = Self>> __tollgate::Typed
    for ReportMachine<S> {
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
    impl<S: __tollgate::State<Machine = ReportState>> ::core::ops::Deref
    for ReportMachine<S> {
        type Target = Report;
        #[inline]
        fn deref(&self) -> &Report {
            __tollgate::Tracked::subject(&self.0)
        }
    }
    #[automatically_derived]
    impl<S: __tollgate::State<Machine = ReportState>> ::core::fmt::Debug
    for ReportMachine<S> {
        fn fmt(
            &self,
            __formatter: &mut ::core::fmt::Formatter<'_>,
        ) -> ::core::fmt::Result {
            ::core::fmt::Debug::fmt(&self.0, __formatter)
        }
    }
    #[automatically_derived]
    impl<
        S: __tollgate::State<Machine = ReportState>,
    > ::core::convert::From<ReportMachine<S>> for AnyReport {
        #[inline]
        fn from(__machine: ReportMachine<S>) -> Self {
            __tollgate::Tracked::into_any(__machine.0)
        }
    }
    impl<S: __tollgate::State<Machine = ReportState>> ReportMachine<S> {
        /// Returns the fields of this state: `()`, the one field, a tuple, or a struct of the named fields.
        #[inline]
        pub fn data(&self) -> &<S as __tollgate::State>::Data {
            __tollgate::Tracked::data(&self.0)
        }
        /// Returns the version of the subject's last record, which is 1 after the creation.
        #[inline]
        pub fn version(&self) -> ::core::primitive::u64 {
            __tollgate::Tracked::version(&self.0)
        }
        /// Returns the subject, the state with its data, and the version, for example to store them.
        #[inline]
        pub fn into_parts(self) -> (Report, ReportState, ::core::primitive::u64) {
            __tollgate::Tracked::into_parts(self.0)
        }
    }
    #[automatically_derived]
    impl __tollgate::Initial for report_state::Draft {}
    impl ReportMachine<report_state::Draft> {
        ///Returns a step that creates a subject in the state `Draft`. It is recorded as `create` with version 1.
        #[inline]
        pub fn create(
            subject: Report,
        ) -> __tollgate::Step<
            __tollgate::CreatedIn<report_state::Draft>,
            __tollgate::NewSubject<ReportState>,
            __tollgate::NewState<()>,
        > {
            __tollgate::create::<report_state::Draft>(subject, ())
        }
    }
    #[automatically_derived]
    impl __tollgate::State for report_state::Draft {
        type Machine = ReportState;
        type Data = ();
        type Typed = ReportMachine<report_state::Draft>;
        const INDEX: __tollgate::Position<Self, __DeclarationToken> = __tollgate::Position::new(
            0,
            &__DeclarationToken(()),
        );
    }
    #[automatically_derived]
    impl __tollgate::State for report_state::Review {
        type Machine = ReportState;
        type Data = ReportReviewData;
        type Typed = ReportMachine<report_state::Review>;
        const INDEX: __tollgate::Position<Self, __DeclarationToken> = __tollgate::Position::new(
            1,
            &__DeclarationToken(()),
        );
        #[inline]
        fn value(ReportReviewData { reviewer }: ReportReviewData) -> ReportState {
            ReportState::Review { reviewer }
        }
        fn recorded(
            ReportReviewData { reviewer }: &ReportReviewData,
        ) -> ::core::result::Result<
            ::core::option::Option<__tollgate::serde_json::Value>,
            __tollgate::ValueError,
        > {
            ::core::result::Result::Ok(
                ::core::option::Option::Some(
                    __tollgate::json::object([
                        __tollgate::json::field("reviewer", reviewer)?,
                    ]),
                ),
            )
        }
    }
    #[automatically_derived]
    impl __tollgate::State for report_state::Published {
        type Machine = ReportState;
        type Data = Publication;
        type Typed = ReportMachine<report_state::Published>;
        const INDEX: __tollgate::Position<Self, __DeclarationToken> = __tollgate::Position::new(
            2,
            &__DeclarationToken(()),
        );
        #[inline]
        fn value(value: Publication) -> ReportState {
            ReportState::Published(value)
        }
    }
    #[automatically_derived]
    impl __tollgate::State for report_state::Archived {
        type Machine = ReportState;
        type Data = ();
        type Typed = ReportMachine<report_state::Archived>;
        const INDEX: __tollgate::Position<Self, __DeclarationToken> = __tollgate::Position::new(
            3,
            &__DeclarationToken(()),
        );
    }
    #[automatically_derived]
    impl ::core::fmt::Debug for ReportReviewData
    where
        for<'__a> __tollgate::Field<'__a, 0, ReportState>: ::core::fmt::Debug,
        for<'__a> __tollgate::Field<'__a, 1, String>: ::core::fmt::Debug,
    {
        fn fmt(
            &self,
            __formatter: &mut ::core::fmt::Formatter<'_>,
        ) -> ::core::fmt::Result {
            ::core::fmt::Formatter::debug_struct(__formatter, "ReportReviewData")
                .field("reviewer", &__tollgate::Field::<1, _>(&self.reviewer))
                .finish()
        }
    }
    #[automatically_derived]
    impl ::core::clone::Clone for ReportReviewData
    where
        for<'__a> __tollgate::Field<
            '__a,
            0,
            ReportState,
        >: __tollgate::CloneField<ReportState>,
        for<'__a> __tollgate::Field<'__a, 1, String>: __tollgate::CloneField<String>,
    {
        fn clone(&self) -> Self {
            Self {
                reviewer: __tollgate::CloneField::clone_field(
                    &__tollgate::Field::<1, _>(&self.reviewer),
                ),
            }
        }
    }
    #[automatically_derived]
    impl ::core::cmp::PartialEq for ReportReviewData
    where
        for<'__a> __tollgate::Field<'__a, 0, ReportState>: ::core::cmp::PartialEq,
        for<'__a> __tollgate::Field<'__a, 1, String>: ::core::cmp::PartialEq,
    {
        fn eq(&self, __other: &Self) -> ::core::primitive::bool {
            __tollgate::Field::<1, _>(&self.reviewer)
                == __tollgate::Field::<1, _>(&__other.reviewer)
        }
    }
    #[inline]
    fn __step<__S: __tollgate::State, __To>(
        __machine: ReportMachine<__S>,
    ) -> __tollgate::Step<__To, ReportMachine<__S>> {
        __step_with(__machine, __tollgate::NewState(()))
    }
    #[inline]
    fn __step_with<__S: __tollgate::State, __To, __P, __A, __R>(
        __machine: ReportMachine<__S>,
        __payload: __P,
    ) -> __tollgate::Step<__To, ReportMachine<__S>, __P, __A, __R> {
        __tollgate::step(__machine.0, ReportMachine, __payload)
    }
    impl<S: __tollgate::State> ReportMachine<S>
    where
        Self: report_state::edge::Submit<S>,
    {
        /**The transition `submit`.

`Draft -> Review`

- guarded by `Report::has_title`
- recorded as `submit`*/
        pub fn submit(
            self,
            reviewer: String,
        ) -> __tollgate::Step<
            __tollgate::AlongEdge<
                report_state::Review,
                0,
                report_state::transition::submit,
            >,
            Self,
            __tollgate::NewState<ReportReviewData>,
        > {
            __step_with(self, __tollgate::NewState(ReportReviewData { reviewer }))
        }
    }
    impl<S: __tollgate::State> ReportMachine<S>
    where
        Self: report_state::edge::Approve<S>,
    {
        /**The transition `approve`.

`Review -> Published`

- requires an actor, `.by(..)`
- recorded as `approve`*/
        pub fn approve(
            self,
            value: Publication,
        ) -> __tollgate::Step<
            __tollgate::AlongEdge<report_state::Published, 1>,
            Self,
            __tollgate::NewState<Publication>,
            __tollgate::NotGiven,
            __tollgate::NotRequired,
        > {
            __step_with(self, __tollgate::NewState(value))
        }
    }
    impl<S: __tollgate::State> ReportMachine<S>
    where
        Self: report_state::edge::Reject<S>,
    {
        /**The transition `reject`.

`Review -> Draft`

- requires an actor, `.by(..)`, and a reason, `.because(..)`
- recorded as `reject`*/
        pub fn reject(
            self,
        ) -> __tollgate::Step<
            __tollgate::AlongEdge<report_state::Draft, 2>,
            Self,
            __tollgate::NewState<()>,
            __tollgate::NotGiven,
            __tollgate::NotGiven,
        > {
            __step_with(self, __tollgate::NewState(()))
        }
    }
    impl<S: __tollgate::State> ReportMachine<S>
    where
        Self: report_state::edge::Archive<S>,
    {
        /**The transition `archive`.

`Draft | Published -> Archived`

- recorded as `archive`*/
        pub fn archive(
            self,
        ) -> __tollgate::Step<__tollgate::AlongEdge<report_state::Archived, 3>, Self> {
            __step(self)
        }
    }
    #[automatically_derived]
    impl __tollgate::Guarded<report_state::transition::submit>
    for ReportMachine<report_state::Draft> {
        fn check(&self) -> ::core::result::Result<(), __tollgate::Denied> {
            __tollgate::GuardAnswer::into_result(
                Report::has_title(self),
                "Report::has_title",
            )?;
            ::core::result::Result::Ok(())
        }
    }
    #[inline]
    fn __view<__S: __tollgate::State<Machine = ReportState>>(
        __machine: &ReportMachine<__S>,
    ) -> __tollgate::MachineView<'_, ReportState> {
        __tollgate::Tracked::view(&__machine.0)
    }
    #[inline]
    fn __into_parts<__S: __tollgate::State<Machine = ReportState>>(
        __machine: ReportMachine<__S>,
    ) -> (Report, ReportState, ::core::primitive::u64) {
        __tollgate::Tracked::into_parts(__machine.0)
    }
    #[automatically_derived]
    impl __tollgate::AnyMachine for AnyReport {
        type Machine = ReportState;
        #[inline]
        fn __view(&self) -> __tollgate::MachineView<'_, ReportState> {
            match self {
                AnyReport::Draft(__machine) => __view(__machine),
                AnyReport::Review(__machine) => __view(__machine),
                AnyReport::Published(__machine) => __view(__machine),
                AnyReport::Archived(__machine) => __view(__machine),
            }
        }
        #[inline]
        fn __into_parts(self) -> (Report, ReportState, ::core::primitive::u64) {
            match self {
                AnyReport::Draft(__machine) => __into_parts(__machine),
                AnyReport::Review(__machine) => __into_parts(__machine),
                AnyReport::Published(__machine) => __into_parts(__machine),
                AnyReport::Archived(__machine) => __into_parts(__machine),
            }
        }
        fn recorded(
            &self,
        ) -> ::core::result::Result<
            ::core::option::Option<__tollgate::serde_json::Value>,
            __tollgate::ValueError,
        > {
            match self {
                AnyReport::Review(__machine) => {
                    <report_state::Review as __tollgate::State>::recorded(
                        __tollgate::Tracked::data(&__machine.0),
                    )
                }
                _ => ::core::result::Result::Ok(::core::option::Option::None),
            }
        }
    }
    #[automatically_derived]
    impl ::core::ops::Deref for AnyReport {
        type Target = Report;
        #[inline]
        fn deref(&self) -> &Report {
            __tollgate::MachineView::subject(&__tollgate::AnyMachine::__view(self))
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Debug for AnyReport {
        fn fmt(
            &self,
            __formatter: &mut ::core::fmt::Formatter<'_>,
        ) -> ::core::fmt::Result {
            ::core::fmt::Debug::fmt(&__tollgate::AnyMachine::__view(self), __formatter)
        }
    }
    #[automatically_derived]
    impl __tollgate::StateMachine for ReportState {
        type Subject = Report;
        type Any = AnyReport;
        type Transition = ReportTransition;
        type Creation = ReportCreation;
        type DeclarationToken = __DeclarationToken;
        const CHART: &'static __tollgate::Chart = {
            use __tollgate::chart::{Chart, Edge, EdgeAt, Requirement, State, Transition};
            &Chart {
                machine: "Report",
                was: &[],
                doc: "A report on its way to the public.",
                fingerprint: __tollgate::Digest::from_hex(
                    "9b3302b4cbb6512018a7896ee47d7c92d955c602996cf65a7cf88af88d2f6063",
                ),
                text: "tollgate chart 1\nmachine \"Report\"\nstate \"Archived\" terminal\nstate \"Draft\" initial\nstate \"Published\" field \"0\"\nstate \"Review\" record field \"reviewer\"\ntransition \"approve\" actor\ntransition \"archive\"\ntransition \"reject\" actor reason\ntransition \"submit\"\nedge \"approve\" \"Review\" -> \"Published\"\nedge \"archive\" \"Draft\" -> \"Archived\"\nedge \"archive\" \"Published\" -> \"Archived\"\nedge \"reject\" \"Review\" -> \"Draft\"\nedge \"submit\" \"Draft\" -> \"Review\" guard \"Report::has_title\"\n",
                states: &[
                    State {
                        name: "Draft",
                        initial: true,
                        leaving: &[0, 3],
                        ..State::BASE
                    },
                    State {
                        name: "Review",
                        fields: &["reviewer"],
                        recorded: true,
                        leaving: &[1, 2],
                        ..State::BASE
                    },
                    State {
                        name: "Published",
                        fields: &["0"],
                        leaving: &[4],
                        ..State::BASE
                    },
                    State {
                        name: "Archived",
                        terminal: true,
                        ..State::BASE
                    },
                ],
                transitions: &[
                    Transition {
                        name: "submit",
                        ..Transition::BASE
                    },
                    Transition {
                        name: "approve",
                        requires: &[Requirement::Actor],
                        ..Transition::BASE
                    },
                    Transition {
                        name: "reject",
                        requires: &[Requirement::Actor, Requirement::Reason],
                        ..Transition::BASE
                    },
                    Transition {
                        name: "archive",
                        ..Transition::BASE
                    },
                ],
                edges: &[
                    Edge {
                        transition: "submit",
                        from: "Draft",
                        to: "Review",
                        guards: &["Report::has_title"],
                        at: EdgeAt {
                            transition: 0,
                            from: 0,
                            to: 1,
                        },
                        ..Edge::BASE
                    },
                    Edge {
                        transition: "approve",
                        from: "Review",
                        to: "Published",
                        requires: &[Requirement::Actor],
                        at: EdgeAt {
                            transition: 1,
                            from: 1,
                            to: 2,
                        },
                        ..Edge::BASE
                    },
                    Edge {
                        transition: "reject",
                        from: "Review",
                        to: "Draft",
                        requires: &[Requirement::Actor, Requirement::Reason],
                        at: EdgeAt {
                            transition: 2,
                            from: 1,
                            to: 0,
                        },
                        ..Edge::BASE
                    },
                    Edge {
                        transition: "archive",
                        from: "Draft",
                        to: "Archived",
                        at: EdgeAt {
                            transition: 3,
                            from: 0,
                            to: 3,
                        },
                        ..Edge::BASE
                    },
                    Edge {
                        transition: "archive",
                        from: "Published",
                        to: "Archived",
                        at: EdgeAt {
                            transition: 3,
                            from: 2,
                            to: 3,
                        },
                        ..Edge::BASE
                    },
                ],
            }
        };
        const SUBJECT: __tollgate::Naming<Report> = __tollgate::naming::<Report>();
        #[inline]
        fn enter(
            __incoming: __tollgate::IncomingSubject<Self>,
            __state: Self,
        ) -> AnyReport {
            match __state {
                ReportState::Draft {} => {
                    AnyReport::Draft(
                        __tollgate::IncomingSubject::into_state::<
                            report_state::Draft,
                        >(__incoming, ()),
                    )
                }
                ReportState::Review { reviewer } => {
                    AnyReport::Review(
                        __tollgate::IncomingSubject::into_state::<
                            report_state::Review,
                        >(__incoming, ReportReviewData { reviewer }),
                    )
                }
                ReportState::Published(value) => {
                    AnyReport::Published(
                        __tollgate::IncomingSubject::into_state::<
                            report_state::Published,
                        >(__incoming, value),
                    )
                }
                ReportState::Archived {} => {
                    AnyReport::Archived(
                        __tollgate::IncomingSubject::into_state::<
                            report_state::Archived,
                        >(__incoming, ()),
                    )
                }
            }
        }
        #[inline]
        fn bare(__state: ::core::primitive::usize) -> ::core::option::Option<Self> {
            match __state {
                0 => ::core::option::Option::Some(ReportState::Draft {}),
                3 => ::core::option::Option::Some(ReportState::Archived {}),
                _ => ::core::option::Option::None,
            }
        }
        fn restore(
            __state: ::core::primitive::usize,
            __data: ::core::option::Option<&__tollgate::serde_json::Value>,
        ) -> ::core::result::Result<Self, __tollgate::RestoreError> {
            match __state {
                1 => {
                    let __payload = __tollgate::json::StateJson::stored(__data)?;
                    let mut __fields = __tollgate::json::StateJson::object(__payload)?;
                    let reviewer: String = __tollgate::json::Fields::take(
                        &mut __fields,
                        "reviewer",
                    )?;
                    __tollgate::json::Fields::finish(__fields)?;
                    ::core::result::Result::Ok(ReportState::Review { reviewer })
                }
                _ => ::core::result::Result::Err(__tollgate::RestoreError::NotRecorded),
            }
        }
        fn recorded(
            &self,
        ) -> ::core::result::Result<
            ::core::option::Option<__tollgate::serde_json::Value>,
            __tollgate::ValueError,
        > {
            match self {
                ReportState::Review { reviewer } => {
                    ::core::result::Result::Ok(
                        ::core::option::Option::Some(
                            __tollgate::json::object([
                                __tollgate::json::field("reviewer", reviewer)?,
                            ]),
                        ),
                    )
                }
                _ => ::core::result::Result::Ok(::core::option::Option::None),
            }
        }
        fn check(
            __machine: &AnyReport,
            __edge: ::core::primitive::usize,
        ) -> ::core::result::Result<(), __tollgate::Denied> {
            match (__edge, __machine) {
                (0, AnyReport::Draft(__machine)) => {
                    __tollgate::Guarded::<
                        report_state::transition::submit,
                    >::check(__machine)
                }
                _ => ::core::result::Result::Ok(()),
            }
        }
    }
    impl ReportState {
        /// The machine as data: states, transitions, edges, and its fingerprint.
        pub const CHART: &'static __tollgate::Chart = <Self as __tollgate::StateMachine>::CHART;
    }
    impl AnyReport {
        ///Restores a subject in its stored state, at the version of its last record. **This is a trust boundary:** the values are not checked.
        #[inline]
        pub fn resume(
            subject: Report,
            state: ReportState,
            version: ::core::primitive::u64,
        ) -> Self {
            __tollgate::resume::<ReportState>(subject, state, version)
        }
        /**Restores a subject as [`resume`](Self::resume) does, in the state of this recorded name and with its recorded data.

# Errors

Returns an error if no state has or had this name, or if the data does not fit the state.*/
        pub fn resume_named(
            subject: Report,
            state: &::core::primitive::str,
            data: ::core::option::Option<&__tollgate::serde_json::Value>,
            version: ::core::primitive::u64,
        ) -> ::core::result::Result<Self, __tollgate::NotAState> {
            __tollgate::resume_named::<ReportState>(subject, state, data, version)
        }
        /**Restores a subject from its records, which must follow the chart. Skips refusals, events, and the records of other machines and other ids. If a reader yields results, collect them first: `let records = reader.collect::<Result<Vec<_>, _>>()?`.

# Errors

Returns an error if no record is about the subject, or if one of its records does not fit. The error then has the position of that record, and the reason. A record with this machine and id but another kind of subject does not fit.*/
        pub fn replay(
            subject: Report,
            records: impl ::core::iter::IntoIterator<
                Item: ::core::borrow::Borrow<__tollgate::Record>,
            >,
        ) -> ::core::result::Result<Self, __tollgate::ReplayError> {
            __tollgate::replay::<ReportState, _>(subject, records)
        }
        ///Sets the time of the subject's last record, so that the next record is not earlier. `resume` does not know this time.
        pub fn last_recorded_at(
            self,
            at: __tollgate::chrono::DateTime<__tollgate::chrono::Utc>,
        ) -> Self {
            __tollgate::last_recorded_at::<ReportState>(self, at)
        }
        /**Returns the step of this transition. Its requirements are checked when the step is committed.

# Errors

Returns an error if the transition does not leave the state. The error lists the transitions that do, and contains the machine and the transition.*/
        #[inline]
        pub fn fire(
            self,
            transition: ReportTransition,
        ) -> ::core::result::Result<
            __tollgate::AnyStep<ReportState>,
            __tollgate::NotAllowed<ReportState>,
        > {
            __tollgate::fire::<ReportState>(self, transition)
        }
        ///Returns the edges that leave the state, without a call of their guards.
        pub fn allowed(&self) -> ::std::vec::Vec<&'static __tollgate::chart::Edge> {
            __tollgate::allowed::<ReportState>(self)
        }
        ///Returns the edges that leave the state and whose guards pass, such as the buttons of a page.
        pub fn available(&self) -> ::std::vec::Vec<&'static __tollgate::chart::Edge> {
            __tollgate::available::<ReportState>(self)
        }
        ///Returns the available edges for which this actor has permission.
        pub fn available_to(
            &self,
            actor: &__tollgate::Actor,
        ) -> ::std::vec::Vec<&'static __tollgate::chart::Edge> {
            __tollgate::available_to::<ReportState>(self, actor)
        }
        ///Returns the description of the state in the chart.
        pub fn state(&self) -> &'static __tollgate::chart::State {
            __tollgate::MachineView::state(&__tollgate::AnyMachine::__view(self))
        }
        ///Returns the version of the subject's last record.
        pub fn version(&self) -> ::core::primitive::u64 {
            __tollgate::MachineView::version(&__tollgate::AnyMachine::__view(self))
        }
        ///Returns the subject, the state with its data, and the version, for example to store them.
        pub fn into_parts(self) -> (Report, ReportState, ::core::primitive::u64) {
            __tollgate::AnyMachine::__into_parts(self)
        }
    }
    #[automatically_derived]
    impl __tollgate::Command for ReportTransition {
        type Machine = ReportState;
        fn names() -> &'static [&'static ::core::primitive::str] {
            &["submit", "approve", "reject", "archive"]
        }
        #[inline]
        fn index(&self) -> ::core::primitive::usize {
            match self {
                Self::Submit { .. } => 0,
                Self::Approve { .. } => 1,
                Self::Reject { .. } => 2,
                Self::Archive { .. } => 3,
            }
        }
        #[inline]
        fn into_target(
            self,
            __to: ::core::primitive::usize,
        ) -> ::core::option::Option<ReportState> {
            match self {
                ReportTransition::Submit { reviewer } => {
                    ::core::option::Option::Some(ReportState::Review { reviewer })
                }
                ReportTransition::Approve(value) => {
                    ::core::option::Option::Some(ReportState::Published(value))
                }
                _ => ::core::option::Option::None,
            }
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Debug for ReportTransition {
        fn fmt(
            &self,
            __formatter: &mut ::core::fmt::Formatter<'_>,
        ) -> ::core::fmt::Result {
            __tollgate::debug_command(self, __formatter)
        }
    }
    #[automatically_derived]
    impl<'de> __tollgate::json::Read<'de> for ReportTransition
    where
        String: __tollgate::serde::Deserialize<'de>,
        Publication: __tollgate::serde::Deserialize<'de>,
    {
        fn form(__index: ::core::primitive::usize) -> __tollgate::json::DataForm {
            match __index {
                0 => __tollgate::json::DataForm::Fields(&["reviewer"], &[]),
                1 => __tollgate::json::DataForm::Value,
                _ => __tollgate::json::DataForm::Nothing,
            }
        }
        fn read(
            __index: ::core::primitive::usize,
            __payload: __tollgate::json::StateJson,
        ) -> ::core::result::Result<Self, __tollgate::serde_json::Error> {
            match __index {
                0 => {
                    let mut __fields = __tollgate::json::StateJson::object(__payload)?;
                    let reviewer: String = __tollgate::json::Fields::take(
                        &mut __fields,
                        "reviewer",
                    )?;
                    __tollgate::json::Fields::finish(__fields)?;
                    ::core::result::Result::Ok(ReportTransition::Submit {
                        reviewer,
                    })
                }
                1 => {
                    let value: Publication = __tollgate::json::StateJson::one(
                        __payload,
                    )?;
                    ::core::result::Result::Ok(ReportTransition::Approve(value))
                }
                2 => ::core::result::Result::Ok(ReportTransition::Reject {}),
                3 => ::core::result::Result::Ok(ReportTransition::Archive {}),
                _ => ::core::result::Result::Err(__tollgate::json::no_such_transition()),
            }
        }
    }
    #[automatically_derived]
    impl<'de> __tollgate::serde::Deserialize<'de> for ReportTransition
    where
        String: __tollgate::serde::Deserialize<'de>,
        Publication: __tollgate::serde::Deserialize<'de>,
    {
        fn deserialize<D>(__deserializer: D) -> ::core::result::Result<Self, D::Error>
        where
            D: __tollgate::serde::Deserializer<'de>,
        {
            __tollgate::json::read_command(__deserializer)
        }
    }
    #[automatically_derived]
    impl __tollgate::Creation for ReportCreation {
        type Machine = ReportState;
        fn index(&self) -> ::core::primitive::usize {
            match self {
                Self::Draft { .. } => 0,
            }
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Debug for ReportCreation {
        fn fmt(
            &self,
            __formatter: &mut ::core::fmt::Formatter<'_>,
        ) -> ::core::fmt::Result {
            __tollgate::debug_creation(self, __formatter)
        }
    }
    impl AnyReport {
        ///Returns a step that creates a subject in the initial state that the value names. It is recorded as `create` with version 1.
        #[inline]
        pub fn create(
            subject: Report,
            creation: ReportCreation,
        ) -> __tollgate::AnyCreation<ReportState> {
            __tollgate::create_as::<ReportState>(subject, creation)
        }
    }
    #[automatically_derived]
    impl<'de> __tollgate::serde::Deserialize<'de> for ReportCreation {
        fn deserialize<D>(__deserializer: D) -> ::core::result::Result<Self, D::Error>
        where
            D: __tollgate::serde::Deserializer<'de>,
        {
            __tollgate::json::read_creation(
                __deserializer,
                &["Draft"],
                |__index| __tollgate::json::DataForm::Nothing,
                |__state, __payload| match __state {
                    0 => ::core::result::Result::Ok(ReportCreation::Draft {}),
                    _ => ::core::result::Result::Err(__tollgate::json::no_such_state()),
                },
            )
        }
    }
    let _ = ReportMachine::<report_state::Draft>::submit;
    let _ = ReportMachine::<report_state::Review>::approve;
    let _ = ReportMachine::<report_state::Review>::reject;
    let _ = ReportMachine::<report_state::Draft>::archive;
    trait __SubjectProbe {
        fn submit(self: &Self) -> __tollgate::NotAMethod {
            __tollgate::NotAMethod
        }
        fn approve(self: &Self) -> __tollgate::NotAMethod {
            __tollgate::NotAMethod
        }
        fn reject(self: &Self) -> __tollgate::NotAMethod {
            __tollgate::NotAMethod
        }
        fn archive(self: &Self) -> __tollgate::NotAMethod {
            __tollgate::NotAMethod
        }
    }
    impl __SubjectProbe for &Report {}
    let _ = |__subject: &Report| {
        __tollgate::not_a_method(__subject, __subject.submit());
        __tollgate::not_a_method(__subject, __subject.approve());
        __tollgate::not_a_method(__subject, __subject.reject());
        __tollgate::not_a_method(__subject, __subject.archive());
    };
};
