///The states of `Light`, as types, and which transitions leave them.
#[allow(dead_code, non_camel_case_types, clippy::all, clippy::pedantic)]
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

It derefs to the subject. It comes from `create`, or from a transition whose record a sink has accepted.*/
    pub(crate) struct LightMachine<S: audit::State>(
        pub(super) audit::__private::Tracked<S>,
    );
    /// The transitions that have guards or a permission, as types.
    pub(crate) mod transition {
        ///What the transition `inspect` asks.
        pub(crate) enum inspect {}
    }
    /// Which states each transition leaves.
    pub(crate) mod edge {
        use super::LightMachine as __Machine;
        audit::__private::edges! {
            [pub (in crate)] Next > { #[doc = " The state that is reached."] type To; }
            "The states that `next` leaves: `Red -> Green, Green -> Yellow, Yellow -> Red`."
            "illegal transition: `next` does not leave `{S}`"
            "a `LightMachine<{S}>` cannot `next`"
            "`next`: Red -> Green, Green -> Yellow, Yellow -> Red"[Red { type To =
            super::Green; } Green { type To = super::Yellow; } Yellow { type To =
            super::Red; }] [pub (in crate)] Inspect > {}
            "The states that `inspect` leaves: `_ stays`."
            "illegal transition: `inspect` does not leave `{S}`"
            "a `LightMachine<{S}>` cannot `inspect`" "`inspect`: _ stays"[Red {} Green {}
            Yellow {}] [pub (in crate)] ToOff > {}
            "The states that `to_off` leaves: `_ -> Off`."
            "illegal transition: `to_off` does not leave `{S}`"
            "a `LightMachine<{S}>` cannot `to_off`" "`to_off`: _ -> Off"[Red {} Green {}
            Yellow {}]
        }
    }
}
#[doc(inline)]
#[allow(unused_imports)]
pub(crate) use light::LightMachine;
audit::__private::any! {
    [#[doc =
    "The subject of `Light`, in a state that is known only at run time.\n\nIt is what a row from a database becomes. `match` gives the typed machine back. It derefs to the subject."]]
    [pub (crate)] enum AnyLight of LightMachine light : Red Red "In the state `Red`."
    Green Green "In the state `Green`." Yellow Yellow "In the state `Yellow`." Off Off
    "In the state `Off`."
}
audit::__private::commands! {
    [#[doc =
    "A transition of `Light` as a value. It reads from JSON as serde reads an enum, under the recorded names: `\"next\"`."]
    #[derive(::core::clone::Clone, ::core::marker::Copy)]] [pub (crate)] enum
    LightTransition : Next
    "The transition `next`.\n\n`Red -> Green, Green -> Yellow, Yellow -> Red`\n\n- recorded as `next`"[]
    Inspect
    "A look at the lamps.\n\n`_ stays`\n\n- with the permission `may_inspect`\n- requires an actor, `.by(..)`\n- recorded as `inspect`"[]
    ToOff "The transition `to_off`.\n\n`_ -> Off`\n\n- recorded as `to_off`"[]
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
    use audit::__private as __tollgate;
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
                ["red", "green", "yellow", "off"],
                b"\x03\0\0\0\x06\0\0\0\t\0\0\0\t\0\0\0",
                &[
                    StateMark::Initial(0),
                    StateMark::Was(2, &["amber"]),
                    StateMark::Terminal(3),
                ],
            )
        };
        const TRANSITIONS: [__tollgate::chart::Transition; 3] = {
            use __tollgate::build::TransitionMark;
            __tollgate::build::transitions(
                ["next", "inspect", "to_off"],
                &[
                    TransitionMark::Doc(1, "A look at the lamps."),
                    TransitionMark::Requires(
                        1,
                        &[__tollgate::chart::Requirement::Actor],
                    ),
                    TransitionMark::Was(2, &["switch-off"]),
                ],
            )
        };
        const EDGES: [__tollgate::chart::Edge; 9] = {
            use __tollgate::build::EdgeMark;
            __tollgate::build::edges(
                &Self::STATES,
                &Self::TRANSITIONS,
                b"\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\x01\0\0\0\x02\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\0\0\x02\0\0\0\x02\0\0\0\x02\0\0\0\0\0\0\0\x03\0\0\0\x02\0\0\0\x01\0\0\0\x03\0\0\0\x02\0\0\0\x02\0\0\0\x03\0\0\0",
                &[
                    EdgeMark::Stays(3),
                    EdgeMark::Permission(3, "may_inspect"),
                    EdgeMark::Stays(4),
                    EdgeMark::Permission(4, "may_inspect"),
                    EdgeMark::Stays(5),
                    EdgeMark::Permission(5, "may_inspect"),
                ],
            )
        };
        const WHOLE: &'static __tollgate::Chart = &__tollgate::Chart::new(
            "traffic-light",
            &[],
            [
                115, 165, 51, 206, 253, 191, 232, 144, 189, 12, 45, 212, 122, 59, 151,
                150, 220, 124, 96, 242, 82, 186, 8, 123, 109, 191, 233, 31, 226, 210, 21,
                41,
            ],
            "",
            &Self::STATES,
            &Self::TRANSITIONS,
            &Self::EDGES,
            &Self::LEAVING,
        );
        const LEAVING: [::core::primitive::u32; 9] = __tollgate::build::positions(
            b"\0\0\0\0\x03\0\0\0\x06\0\0\0\x01\0\0\0\x04\0\0\0\x07\0\0\0\x02\0\0\0\x05\0\0\0\x08\0\0\0",
        );
        const NAMES: &'static [&'static ::core::primitive::str] = &__tollgate::build::names::<
            3,
        >(&Self::TRANSITIONS);
    }
    const fn __chart<__T>() -> &'static __tollgate::Chart {
        __Chart::<__T>::WHOLE
    }
    impl Light {
        /// The machine as data: states, transitions, edges, and its fingerprint.
        pub(crate) const CHART: &'static __tollgate::Chart = __chart::<()>();
    }
    #[automatically_derived]
    impl<S: __tollgate::State<Machine = Light, Typed = Self>> __tollgate::Typed
    for LightMachine<S> {
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
        /// What is known in this state alone: `()`, the one field, a tuple, or a struct of the named fields.
        #[inline]
        pub(crate) fn data(&self) -> &<S as __tollgate::State>::Data {
            __tollgate::Tracked::data(&self.0)
        }
        /// The version of the subject's last record: 1 after the creation.
        #[inline]
        pub(crate) fn version(&self) -> ::core::primitive::u64 {
            __tollgate::Tracked::version(&self.0)
        }
        /// The subject, the state with its data, and the version: what is to be stored.
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
        ///Creates a subject in the state `Red`: a step like any other, recorded as `create` with version 1.
        #[inline]
        pub(crate) fn create(
            subject: impl ::core::convert::Into<__tollgate::Id>,
        ) -> __tollgate::Step<
            __tollgate::CreatedIn<light::Red>,
            __tollgate::NewSubject<light::Red>,
            __tollgate::Moves<()>,
        > {
            __tollgate::create::<
                light::Red,
            >(<_ as ::core::convert::Into<__tollgate::Id>>::into(subject), ())
        }
    }
    __tollgate::states! {
        Light LightMachine light : Red 0[()] [] Green 1[()] [] Yellow 2[()] [] Off 3[()]
        []
    }
    #[inline]
    fn __begin<__S: __tollgate::State, __T>(
        __machine: LightMachine<__S>,
    ) -> __tollgate::Step<__T, LightMachine<__S>> {
        __begin_with(__machine, __tollgate::Moves(()))
    }
    #[inline]
    fn __begin_with<__S: __tollgate::State, __T, __P, __A, __R>(
        __machine: LightMachine<__S>,
        __payload: __P,
    ) -> __tollgate::Step<__T, LightMachine<__S>, __P, __A, __R> {
        __tollgate::step(__machine.0, LightMachine, __payload)
    }
    __tollgate::methods! {
        LightMachine < S > light Next >
        "The transition `next`.\n\n`Red -> Green, Green -> Yellow, Yellow -> Red`\n\n- recorded as `next`"[pub
        (crate)] fn next(self) [< Self as light::edge::Next < S >> ::To, 0] [] {
        __begin(self) } light Inspect >
        "A look at the lamps.\n\n`_ stays`\n\n- with the permission `may_inspect`\n- requires an actor, `.by(..)`\n- recorded as `inspect`"[pub
        (crate)] fn inspect(self) [S, 1, light::transition::inspect] [,
        __tollgate::Stays, __tollgate::NotGiven, __tollgate::NotRequired] {
        __begin_with(self, __tollgate::Stays) } light ToOff >
        "The transition `to_off`.\n\n`_ -> Off`\n\n- recorded as `to_off`"[pub (crate)]
        fn to_off(self) [light::Off, 2] [] { __begin(self) }
    }
    #[automatically_derived]
    impl __tollgate::Guarded<light::transition::inspect> for LightMachine<light::Red> {
        fn permit(
            &self,
            __actor: &__tollgate::Actor,
        ) -> ::core::result::Result<(), __tollgate::Denied> {
            __tollgate::GuardAnswer::judge(may_inspect(self, __actor), "may_inspect")
        }
    }
    #[automatically_derived]
    impl __tollgate::Guarded<light::transition::inspect> for LightMachine<light::Green> {
        fn permit(
            &self,
            __actor: &__tollgate::Actor,
        ) -> ::core::result::Result<(), __tollgate::Denied> {
            __tollgate::GuardAnswer::judge(may_inspect(self, __actor), "may_inspect")
        }
    }
    #[automatically_derived]
    impl __tollgate::Guarded<light::transition::inspect>
    for LightMachine<light::Yellow> {
        fn permit(
            &self,
            __actor: &__tollgate::Actor,
        ) -> ::core::result::Result<(), __tollgate::Denied> {
            __tollgate::GuardAnswer::judge(may_inspect(self, __actor), "may_inspect")
        }
    }
    #[inline]
    fn __look<__S: __tollgate::State<Machine = Light>>(
        __machine: &LightMachine<__S>,
    ) -> __tollgate::Look<'_, Light> {
        __tollgate::Tracked::look(&__machine.0)
    }
    #[inline]
    fn __into_parts<__S: __tollgate::State<Machine = Light>>(
        __machine: LightMachine<__S>,
    ) -> (__tollgate::Id, Light, ::core::primitive::u64) {
        __tollgate::Tracked::into_parts(__machine.0)
    }
    #[inline]
    fn __into_state<__S: __tollgate::State<Machine = Light, Typed = LightMachine<__S>>>(
        __entry: __tollgate::Entry<Light>,
        __data: __S::Data,
    ) -> LightMachine<__S> {
        __tollgate::Entry::into_state::<__S>(__entry, __data)
    }
    #[automatically_derived]
    impl __tollgate::AnyMachine for AnyLight {
        type Machine = Light;
        #[inline]
        fn __look(&self) -> __tollgate::Look<'_, Light> {
            __tollgate::each!(self AnyLight __look : Red Green Yellow Off)
        }
        #[inline]
        fn __into_parts(self) -> (__tollgate::Id, Light, ::core::primitive::u64) {
            __tollgate::each!(self AnyLight __into_parts : Red Green Yellow Off)
        }
    }
    #[automatically_derived]
    impl ::core::ops::Deref for AnyLight {
        type Target = __tollgate::Id;
        #[inline]
        fn deref(&self) -> &__tollgate::Id {
            __tollgate::Look::subject(&__tollgate::AnyMachine::__look(self))
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Debug for AnyLight {
        fn fmt(
            &self,
            __formatter: &mut ::core::fmt::Formatter<'_>,
        ) -> ::core::fmt::Result {
            ::core::fmt::Debug::fmt(&__tollgate::AnyMachine::__look(self), __formatter)
        }
    }
    #[automatically_derived]
    impl __tollgate::StateMachine for Light {
        type Subject = __tollgate::Id;
        type Any = AnyLight;
        type Transition = LightTransition;
        type Seal = __Seal;
        const CHART: &'static __tollgate::Chart = __chart::<()>();
        const SUBJECT: __tollgate::Naming<__tollgate::Id> = __tollgate::bare_naming(
            "traffic-light",
        );
        #[inline]
        fn place(__entry: __tollgate::Entry<Self>, __state: Self) -> AnyLight {
            __tollgate::place!(
                __state __entry Light AnyLight : Red {} [()] Green {} [()] Yellow {} [()]
                Off {} [()]
            )
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
    impl AnyLight {
        ///Brings a subject back into the state that was stored, at the version of its last record: a trust boundary.
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
        /**[`resume`](Self::resume) into the state of this recorded name, with the data that was recorded with it.

# Errors

Where no state has or had this name, or the data is not that of the state.*/
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
        /**Brings a subject back by walking its records along the chart. Refusals and events are passed over.

# Errors

At the first record that does not fit: its position, and why.*/
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
        ///Says when the subject's last record was made, so that the next is not before it: what `resume` does not know.
        pub(crate) fn last_recorded_at(
            self,
            at: __tollgate::chrono::DateTime<__tollgate::chrono::Utc>,
        ) -> Self {
            __tollgate::last_recorded_at::<Light>(self, at)
        }
        /**The step of this transition. What the transition requires is checked when the step is committed.

# Errors

Where the transition does not leave the state: what would, and machine and transition as they were.*/
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
        ///The edges that leave the state, by the chart alone.
        pub(crate) fn allowed(
            &self,
        ) -> ::std::vec::Vec<&'static __tollgate::chart::Edge> {
            __tollgate::allowed::<Light>(self)
        }
        ///The edges that leave the state and whose guards hold: what a page shows as buttons.
        pub(crate) fn available(
            &self,
        ) -> ::std::vec::Vec<&'static __tollgate::chart::Edge> {
            __tollgate::available::<Light>(self)
        }
        ///The edges that are available, and for which this actor has permission.
        pub(crate) fn available_to(
            &self,
            actor: &__tollgate::Actor,
        ) -> ::std::vec::Vec<&'static __tollgate::chart::Edge> {
            __tollgate::available_to::<Light>(self, actor)
        }
        ///The state, as the chart has it.
        pub(crate) fn state(&self) -> &'static __tollgate::chart::State {
            __tollgate::Look::state(&__tollgate::AnyMachine::__look(self))
        }
        ///The version of the subject's last record.
        pub(crate) fn version(&self) -> ::core::primitive::u64 {
            __tollgate::Look::version(&__tollgate::AnyMachine::__look(self))
        }
        ///The subject, the state with its data, and the version: what is to be stored.
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
            __Chart::<()>::NAMES
        }
        #[inline]
        fn index(&self) -> ::core::primitive::usize {
            *self as ::core::primitive::usize
        }
        #[inline]
        fn carry(self, __to: ::core::primitive::usize) -> ::core::option::Option<Light> {
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
        fn carries_data(__index: ::core::primitive::usize) -> ::core::primitive::bool {
            false
        }
        fn read(
            __index: ::core::primitive::usize,
            __payload: __tollgate::json::Payload,
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
};
