///The states of `ReportState`, as types, and which transitions leave them.
#[allow(dead_code, non_camel_case_types, clippy::all, clippy::pedantic)]
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
    /**The subject of `ReportState`, known to be in the state `S`.

It derefs to the subject. It comes from `create`, or from a transition whose record a sink has accepted.

A report on its way to the public.*/
    pub struct ReportMachine<S: ::tollgate::State>(
        pub(super) ::tollgate::__private::Tracked<S>,
    );
    /// The transitions that have guards or a permission, as types.
    pub mod transition {
        ///What the transition `submit` asks.
        pub enum submit {}
    }
    /// Which states each transition leaves.
    pub mod edge {
        use super::ReportMachine as __Machine;
        ::tollgate::__private::edges! {
            [pub] Submit > {} "The states that `submit` leaves: `Draft -> Review`."
            "illegal transition: `submit` does not leave `{S}`"
            "a `ReportMachine<{S}>` cannot `submit`" "`submit`: Draft -> Review"[Draft
            {}] [pub] Approve > {}
            "The states that `approve` leaves: `Review -> Published`."
            "illegal transition: `approve` does not leave `{S}`"
            "a `ReportMachine<{S}>` cannot `approve`"
            "`approve`: Review -> Published"[Review {}] [pub] Reject > {}
            "The states that `reject` leaves: `Review -> Draft`."
            "illegal transition: `reject` does not leave `{S}`"
            "a `ReportMachine<{S}>` cannot `reject`" "`reject`: Review -> Draft"[Review
            {}] [pub] Archive > {}
            "The states that `archive` leaves: `Draft | Published -> Archived`."
            "illegal transition: `archive` does not leave `{S}`"
            "a `ReportMachine<{S}>` cannot `archive`"
            "`archive`: Draft | Published -> Archived"[Draft {} Published {}]
        }
    }
}
#[doc(inline)]
#[allow(unused_imports)]
pub use report_state::ReportMachine;
///The data of the state `Review`.
#[allow(dead_code, clippy::all, clippy::pedantic)]
pub struct ReportReviewData {
    ///`reviewer` of the state `Review`.
    pub reviewer: String,
}
::tollgate::__private::any! {
    [#[doc =
    "The subject of `ReportState`, in a state that is known only at run time.\n\nIt is what a row from a database becomes. `match` gives the typed machine back. It derefs to the subject.\n\nA report on its way to the public."]]
    [pub] enum AnyReport of ReportMachine report_state : Draft Draft
    "In the state `Draft`." Review Review "In the state `Review`." Published Published
    "In the state `Published`." Archived Archived "In the state `Archived`."
}
::tollgate::__private::commands! {
    [#[doc =
    "A transition of `ReportState` as a value. It reads from JSON as serde reads an enum, under the recorded names: `\"reject\"`, `{\"submit\": ..}`."]]
    [pub] enum ReportTransition : Submit
    "The transition `submit`.\n\n`Draft -> Review`\n\n- guarded by `Report::has_title`\n- recorded as `submit`"[{
    #[doc = "`reviewer` of the state that it leads to."] reviewer : String }] Approve
    "The transition `approve`.\n\n`Review -> Published`\n\n- requires an actor, `.by(..)`\n- recorded as `approve`"[(#[doc
    = "What the state that it leads to holds."] Publication)] Reject
    "The transition `reject`.\n\n`Review -> Draft`\n\n- requires an actor, `.by(..)`, and a reason, `.because(..)`\n- recorded as `reject`"[]
    Archive
    "The transition `archive`.\n\n`Draft | Published -> Archived`\n\n- recorded as `archive`"[]
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
        const STATES: [__tollgate::chart::State; 4] = {
            use __tollgate::build::StateMark;
            __tollgate::build::states(
                ["Draft", "Review", "Published", "Archived"],
                b"\x02\0\0\0\x04\0\0\0\x05\0\0\0\x05\0\0\0",
                &[
                    StateMark::Initial(0),
                    StateMark::Fields(1, &["reviewer"]),
                    StateMark::Recorded(1),
                    StateMark::Fields(2, &["0"]),
                    StateMark::Terminal(3),
                ],
            )
        };
        const TRANSITIONS: [__tollgate::chart::Transition; 4] = {
            use __tollgate::build::TransitionMark;
            __tollgate::build::transitions(
                ["submit", "approve", "reject", "archive"],
                &[
                    TransitionMark::Requires(
                        1,
                        &[__tollgate::chart::Requirement::Actor],
                    ),
                    TransitionMark::Requires(
                        2,
                        &[
                            __tollgate::chart::Requirement::Actor,
                            __tollgate::chart::Requirement::Reason,
                        ],
                    ),
                ],
            )
        };
        const EDGES: [__tollgate::chart::Edge; 5] = {
            use __tollgate::build::EdgeMark;
            __tollgate::build::edges(
                &Self::STATES,
                &Self::TRANSITIONS,
                b"\0\0\0\0\0\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\0\0\x02\0\0\0\x02\0\0\0\x01\0\0\0\0\0\0\0\x03\0\0\0\0\0\0\0\x03\0\0\0\x03\0\0\0\x02\0\0\0\x03\0\0\0",
                &[EdgeMark::Guards(0, &["Report::has_title"])],
            )
        };
        const WHOLE: &'static __tollgate::Chart = &__tollgate::Chart::new(
            "Report",
            &[],
            [
                155, 51, 2, 180, 203, 182, 81, 32, 24, 167, 137, 110, 228, 125, 124, 146,
                217, 85, 198, 2, 153, 108, 246, 90, 124, 248, 138, 248, 141, 47, 96, 99,
            ],
            "A report on its way to the public.",
            &Self::STATES,
            &Self::TRANSITIONS,
            &Self::EDGES,
            &Self::LEAVING,
        );
        const LEAVING: [::core::primitive::u32; 5] = __tollgate::build::positions(
            b"\0\0\0\0\x03\0\0\0\x01\0\0\0\x02\0\0\0\x04\0\0\0",
        );
        const NAMES: &'static [&'static ::core::primitive::str] = &__tollgate::build::names::<
            4,
        >(&Self::TRANSITIONS);
    }
    const fn __chart<__T>() -> &'static __tollgate::Chart {
        __Chart::<__T>::WHOLE
    }
    impl ReportState {
        /// The machine as data: states, transitions, edges, and its fingerprint.
        pub const CHART: &'static __tollgate::Chart = __chart::<()>();
    }
    #[automatically_derived]
    impl<S: __tollgate::State<Machine = ReportState, Typed = Self>> __tollgate::Typed
    for ReportMachine<S> {
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
        /// What is known in this state alone: `()`, the one field, a tuple, or a struct of the named fields.
        #[inline]
        pub fn data(&self) -> &<S as __tollgate::State>::Data {
            __tollgate::Tracked::data(&self.0)
        }
        /// The version of the subject's last record: 1 after the creation.
        #[inline]
        pub fn version(&self) -> ::core::primitive::u64 {
            __tollgate::Tracked::version(&self.0)
        }
        /// The subject, the state with its data, and the version: what is to be stored.
        #[inline]
        pub fn into_parts(self) -> (Report, ReportState, ::core::primitive::u64) {
            __tollgate::Tracked::into_parts(self.0)
        }
    }
    #[automatically_derived]
    impl __tollgate::Initial for report_state::Draft {}
    impl ReportMachine<report_state::Draft> {
        ///Creates a subject in the state `Draft`: a step like any other, recorded as `create` with version 1.
        #[inline]
        pub fn create(
            subject: Report,
        ) -> __tollgate::Step<
            __tollgate::CreatedIn<report_state::Draft>,
            __tollgate::NewSubject<report_state::Draft>,
            __tollgate::Moves<()>,
        > {
            __tollgate::create::<report_state::Draft>(subject, ())
        }
    }
    __tollgate::states! {
        ReportState ReportMachine report_state : Draft 0[()] [] Review
        1[ReportReviewData] [#[inline] fn value(ReportReviewData { reviewer } :
        ReportReviewData) -> ReportState { ReportState::Review { reviewer } } fn
        recorded(ReportReviewData { reviewer } : & ReportReviewData) ->
        ::core::result::Result < ::core::option::Option < __tollgate::serde_json::Value
        >, __tollgate::ValueError > {
        ::core::result::Result::Ok(::core::option::Option::Some(__tollgate::json::object([__tollgate::json::field("reviewer",
        reviewer) ?]))) }] Published 2[Publication] [#[inline] fn value(value :
        Publication) -> ReportState { ReportState::Published(value) }] Archived 3[()] []
    }
    #[inline]
    fn __begin<__S: __tollgate::State, __T>(
        __machine: ReportMachine<__S>,
    ) -> __tollgate::Step<__T, ReportMachine<__S>> {
        __begin_with(__machine, __tollgate::Moves(()))
    }
    #[inline]
    fn __begin_with<__S: __tollgate::State, __T, __P, __A, __R>(
        __machine: ReportMachine<__S>,
        __payload: __P,
    ) -> __tollgate::Step<__T, ReportMachine<__S>, __P, __A, __R> {
        __tollgate::step(__machine.0, ReportMachine, __payload)
    }
    __tollgate::methods! {
        ReportMachine < S > report_state Submit >
        "The transition `submit`.\n\n`Draft -> Review`\n\n- guarded by `Report::has_title`\n- recorded as `submit`"[pub]
        fn submit(self, reviewer : String) [report_state::Review, 0,
        report_state::transition::submit] [, __tollgate::Moves < ReportReviewData >] {
        __begin_with(self, __tollgate::Moves(ReportReviewData { reviewer })) }
        report_state Approve >
        "The transition `approve`.\n\n`Review -> Published`\n\n- requires an actor, `.by(..)`\n- recorded as `approve`"[pub]
        fn approve(self, value : Publication) [report_state::Published, 1] [,
        __tollgate::Moves < Publication >, __tollgate::NotGiven, __tollgate::NotRequired]
        { __begin_with(self, __tollgate::Moves(value)) } report_state Reject >
        "The transition `reject`.\n\n`Review -> Draft`\n\n- requires an actor, `.by(..)`, and a reason, `.because(..)`\n- recorded as `reject`"[pub]
        fn reject(self) [report_state::Draft, 2] [, __tollgate::Moves < () >,
        __tollgate::NotGiven, __tollgate::NotGiven] { __begin_with(self,
        __tollgate::Moves(())) } report_state Archive >
        "The transition `archive`.\n\n`Draft | Published -> Archived`\n\n- recorded as `archive`"[pub]
        fn archive(self) [report_state::Archived, 3] [] { __begin(self) }
    }
    #[automatically_derived]
    impl __tollgate::Guarded<report_state::transition::submit>
    for ReportMachine<report_state::Draft> {
        fn check(&self) -> ::core::result::Result<(), __tollgate::Denied> {
            __tollgate::GuardAnswer::judge(
                Report::has_title(self),
                "Report::has_title",
            )?;
            ::core::result::Result::Ok(())
        }
    }
    #[inline]
    fn __look<__S: __tollgate::State<Machine = ReportState>>(
        __machine: &ReportMachine<__S>,
    ) -> __tollgate::Look<'_, ReportState> {
        __tollgate::Tracked::look(&__machine.0)
    }
    #[inline]
    fn __into_parts<__S: __tollgate::State<Machine = ReportState>>(
        __machine: ReportMachine<__S>,
    ) -> (Report, ReportState, ::core::primitive::u64) {
        __tollgate::Tracked::into_parts(__machine.0)
    }
    #[inline]
    fn __into_state<
        __S: __tollgate::State<Machine = ReportState, Typed = ReportMachine<__S>>,
    >(__entry: __tollgate::Entry<ReportState>, __data: __S::Data) -> ReportMachine<__S> {
        __tollgate::Entry::into_state::<__S>(__entry, __data)
    }
    #[automatically_derived]
    impl __tollgate::AnyMachine for AnyReport {
        type Machine = ReportState;
        #[inline]
        fn __look(&self) -> __tollgate::Look<'_, ReportState> {
            __tollgate::each!(self AnyReport __look : Draft Review Published Archived)
        }
        #[inline]
        fn __into_parts(self) -> (Report, ReportState, ::core::primitive::u64) {
            __tollgate::each!(
                self AnyReport __into_parts : Draft Review Published Archived
            )
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
            __tollgate::Look::subject(&__tollgate::AnyMachine::__look(self))
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Debug for AnyReport {
        fn fmt(
            &self,
            __formatter: &mut ::core::fmt::Formatter<'_>,
        ) -> ::core::fmt::Result {
            ::core::fmt::Debug::fmt(&__tollgate::AnyMachine::__look(self), __formatter)
        }
    }
    #[automatically_derived]
    impl __tollgate::StateMachine for ReportState {
        type Subject = Report;
        type Any = AnyReport;
        type Transition = ReportTransition;
        type Seal = __Seal;
        const CHART: &'static __tollgate::Chart = __chart::<()>();
        const SUBJECT: __tollgate::Naming<Report> = __tollgate::naming::<Report>();
        #[inline]
        fn place(__entry: __tollgate::Entry<Self>, __state: Self) -> AnyReport {
            __tollgate::place!(
                __state __entry ReportState AnyReport : Draft {} [()] Review { reviewer }
                [ReportReviewData { reviewer }] Published(value) [value] Archived {} [()]
            )
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
        ) -> ::core::result::Result<Self, __tollgate::Unrestored> {
            match __state {
                1 => {
                    let __payload = __tollgate::json::Payload::stored(__data)?;
                    let mut __fields = __tollgate::json::Payload::object(__payload)?;
                    let reviewer: String = __tollgate::json::Fields::take(
                        &mut __fields,
                        "reviewer",
                    )?;
                    __tollgate::json::Fields::finish(__fields)?;
                    ::core::result::Result::Ok(ReportState::Review { reviewer })
                }
                _ => ::core::result::Result::Err(__tollgate::Unrestored::NotRecorded),
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
    impl AnyReport {
        ///Brings a subject back into the state that was stored, at the version of its last record: a trust boundary.
        #[inline]
        pub fn resume(
            subject: Report,
            state: ReportState,
            version: ::core::primitive::u64,
        ) -> Self {
            __tollgate::resume::<ReportState>(subject, state, version)
        }
        /**[`resume`](Self::resume) into the state of this recorded name, with the data that was recorded with it.

# Errors

Where no state has or had this name, or the data is not that of the state.*/
        pub fn resume_named(
            subject: Report,
            state: &::core::primitive::str,
            data: ::core::option::Option<&__tollgate::serde_json::Value>,
            version: ::core::primitive::u64,
        ) -> ::core::result::Result<Self, __tollgate::NotAState> {
            __tollgate::resume_named::<ReportState>(subject, state, data, version)
        }
        /**Brings a subject back by walking its records along the chart. Refusals and events are passed over.

# Errors

At the first record that does not fit: its position, and why.*/
        pub fn replay(
            subject: Report,
            records: impl ::core::iter::IntoIterator<
                Item: ::core::borrow::Borrow<__tollgate::Record>,
            >,
        ) -> ::core::result::Result<Self, __tollgate::ReplayError> {
            __tollgate::replay::<ReportState, _>(subject, records)
        }
        ///Says when the subject's last record was made, so that the next is not before it: what `resume` does not know.
        pub fn last_recorded_at(
            self,
            at: __tollgate::chrono::DateTime<__tollgate::chrono::Utc>,
        ) -> Self {
            __tollgate::last_recorded_at::<ReportState>(self, at)
        }
        /**The step of this transition. What the transition requires is checked when the step is committed.

# Errors

Where the transition does not leave the state: what would, and machine and transition as they were.*/
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
        ///The edges that leave the state, by the chart alone.
        pub fn allowed(&self) -> ::std::vec::Vec<&'static __tollgate::chart::Edge> {
            __tollgate::allowed::<ReportState>(self)
        }
        ///The edges that leave the state and whose guards hold: what a page shows as buttons.
        pub fn available(&self) -> ::std::vec::Vec<&'static __tollgate::chart::Edge> {
            __tollgate::available::<ReportState>(self)
        }
        ///The edges that are available, and for which this actor has permission.
        pub fn available_to(
            &self,
            actor: &__tollgate::Actor,
        ) -> ::std::vec::Vec<&'static __tollgate::chart::Edge> {
            __tollgate::available_to::<ReportState>(self, actor)
        }
        ///The state, as the chart has it.
        pub fn state(&self) -> &'static __tollgate::chart::State {
            __tollgate::Look::state(&__tollgate::AnyMachine::__look(self))
        }
        ///The version of the subject's last record.
        pub fn version(&self) -> ::core::primitive::u64 {
            __tollgate::Look::version(&__tollgate::AnyMachine::__look(self))
        }
        ///The subject, the state with its data, and the version: what is to be stored.
        pub fn into_parts(self) -> (Report, ReportState, ::core::primitive::u64) {
            __tollgate::AnyMachine::__into_parts(self)
        }
    }
    #[automatically_derived]
    impl __tollgate::Command for ReportTransition {
        type Machine = ReportState;
        fn names() -> &'static [&'static ::core::primitive::str] {
            __Chart::<()>::NAMES
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
        fn carry(
            self,
            __to: ::core::primitive::usize,
        ) -> ::core::option::Option<ReportState> {
            match self {
                ReportTransition::Submit { reviewer } => {
                    ::core::option::Option::Some(
                        match __to {
                            _ => ReportState::Review { reviewer },
                        },
                    )
                }
                ReportTransition::Approve(value) => {
                    ::core::option::Option::Some(
                        match __to {
                            _ => ReportState::Published(value),
                        },
                    )
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
        fn carries_data(__index: ::core::primitive::usize) -> ::core::primitive::bool {
            ::core::matches!(__index, 0 | 1)
        }
        fn read(
            __index: ::core::primitive::usize,
            __payload: __tollgate::json::Payload,
        ) -> ::core::result::Result<Self, __tollgate::serde_json::Error> {
            ::core::result::Result::Ok(
                match __index {
                    0 => {
                        let mut __fields = __tollgate::json::Payload::object(__payload)?;
                        let reviewer: String = __tollgate::json::Fields::take(
                            &mut __fields,
                            "reviewer",
                        )?;
                        __tollgate::json::Fields::finish(__fields)?;
                        ReportTransition::Submit {
                            reviewer,
                        }
                    }
                    1 => {
                        let value: Publication = __tollgate::json::Payload::one(
                            __payload,
                        )?;
                        ReportTransition::Approve(value)
                    }
                    2 => ReportTransition::Reject {},
                    3 => ReportTransition::Archive {},
                    _ => {
                        return ::core::result::Result::Err(
                            __tollgate::json::no_such_transition(),
                        );
                    }
                },
            )
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
};
