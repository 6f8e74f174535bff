//! The subject of a step: a typed machine along an edge, a run-time machine along a fired one. A new subject is in `creation`;
//! an event is in the folder `event`.
//!
//! [`Advance`] is public because it is in a public bound. No other crate can name it, so that only a commit can call
//! [`__enter`](Advance::__enter).

use std::marker::PhantomData;

use serde_json::Value;

use crate::chart::{Chart, Edge, Requirement};
use crate::machine::{
    Accepted, AnyMachine, Declaration, Denied, Guarded, IncomingSubject, MachineView, Payload, PayloadKind, State,
    StateMachine, TrackedKey, Typed, Unguarded,
};
use crate::record::{Actor, Description, RecordKind, Timestamp, ValueError};

/// A machine that can take the step `T` with the payload `P`.
pub trait Advance<T, P>: Sized {
    /// The machine in its new state.
    type To;

    /// Returns the edge. A creation and an event have none.
    fn edge(&self, payload: &P) -> Option<&'static Edge>;
    /// Returns the requirements of the step.
    #[inline]
    fn requires(&self, payload: &P) -> &'static [Requirement] {
        self.edge(payload).map_or(&[], |edge| edge.requires)
    }
    fn last_at(&self, payload: &P) -> Option<Timestamp>;
    /// Returns the version of the subject's last record; 0 for a creation and an event.
    #[inline]
    fn last_version(&self, payload: &P) -> u64 {
        let _ = payload;
        0
    }
    fn check(&self, payload: &P) -> Result<(), Denied>;
    fn permit(&self, payload: &P, actor: &Actor) -> Result<(), Denied>;
    fn recorded(&self, payload: &P) -> Result<Option<Value>, ValueError>;
    /// Returns the part of its record that needs no details: subject, machine, version, transition and states, or the event,
    /// and the recorded data.
    fn describe(&self, payload: &P, recorded: Option<Value>) -> Description;
    /// Returns the declaration of its machine. An event has none.
    #[inline]
    fn declaration() -> Option<&'static Declaration> {
        None
    }
    fn __enter(self, payload: P, accepted: Accepted) -> Self::To;
}

/// The transition at position `N` of the chart, along a declared edge to the state `To`, under the guards of `G`.
///
/// Only the method of a transition makes such a step, from a machine that only the declaring module can take apart. So the
/// parameters are those of the declaration.
#[derive(Debug)]
pub struct AlongEdge<To, const N: usize, G = Unguarded>(PhantomData<fn() -> (To, G)>);

/// The declared edge of the transition at position `N`, from `From` to `To`, with the payload `P`.
struct DeclaredEdge<From, To, P, const N: usize>(PhantomData<(From, To, P)>);

impl<From: State, To: State, P: PayloadKind, const N: usize> DeclaredEdge<From, To, P, N> {
    const CHART: &Chart = From::Machine::CHART;

    /// Its position in the chart, found at compile time. An edge that is not in the chart does not compile.
    const POSITION: usize = {
        let (from, to) = (From::INDEX.get(), To::INDEX.get());
        let mut position = 0;
        loop {
            assert!(position < Self::CHART.edges.len(), "the edge is not one of the chart");
            let edge = &Self::CHART.edges[position];
            if edge.at.transition == N && edge.at.from == from && edge.at.to == to && edge.stays == P::STAYS {
                break position;
            }
            position += 1;
        }
    };
}

impl<M, To, P, G, const N: usize> Advance<AlongEdge<To, N, G>, P> for M
where
    M: Typed + Guarded<G>,
    To: State,
    P: PayloadKind + Payload<M::State, To>,
{
    type To = To::Typed;

    #[inline]
    fn edge(&self, _: &P) -> Option<&'static Edge> {
        Some(&DeclaredEdge::<M::State, To, P, N>::CHART.edges[DeclaredEdge::<M::State, To, P, N>::POSITION])
    }

    #[inline]
    fn last_at(&self, _: &P) -> Option<Timestamp> {
        self.__view().last_at()
    }

    #[inline]
    fn last_version(&self, _: &P) -> u64 {
        self.__view().version()
    }

    #[inline]
    fn check(&self, _: &P) -> Result<(), Denied> {
        Guarded::check(self)
    }

    #[inline]
    fn permit(&self, _: &P, actor: &Actor) -> Result<(), Denied> {
        Guarded::permit(self, actor)
    }

    #[inline]
    fn recorded(&self, payload: &P) -> Result<Option<Value>, ValueError> {
        payload.recorded(self.__view())
    }

    #[inline]
    fn describe(&self, _: &P, recorded: Option<Value>) -> Description {
        describe(&self.__view().view(), DeclaredEdge::<M::State, To, P, N>::POSITION, recorded)
    }

    #[inline]
    fn declaration() -> Option<&'static Declaration> {
        Some(Declaration::of::<<M::State as State>::Machine>())
    }

    #[inline]
    fn __enter(self, payload: P, accepted: Accepted) -> To::Typed {
        To::Typed::__wrap(payload.enter(self.__take_tracked(TrackedKey::new()), accepted))
    }
}

/// A transition that was fired as a value.
#[derive(Debug)]
pub struct FiredEdge<M>(PhantomData<fn() -> M>);

/// The payload of a fired transition: the edge, and the state that it leads to, unless it keeps the state.
#[derive(Debug)]
pub struct Target<M> {
    pub(crate) edge: usize,
    pub(crate) state: Option<M>,
}

impl<A: AnyMachine> Advance<FiredEdge<A::Machine>, Target<A::Machine>> for A {
    type To = A;

    #[inline]
    fn edge(&self, target: &Target<A::Machine>) -> Option<&'static Edge> {
        A::Machine::CHART.edges.get(target.edge)
    }

    #[inline]
    fn last_at(&self, _: &Target<A::Machine>) -> Option<Timestamp> {
        self.__view().last_record.last_at
    }

    #[inline]
    fn last_version(&self, _: &Target<A::Machine>) -> u64 {
        self.__view().last_record.version
    }

    #[inline]
    fn check(&self, target: &Target<A::Machine>) -> Result<(), Denied> {
        <A::Machine as StateMachine>::check(self, target.edge)
    }

    #[inline]
    fn permit(&self, target: &Target<A::Machine>, actor: &Actor) -> Result<(), Denied> {
        <A::Machine as StateMachine>::permit(self, target.edge, actor)
    }

    fn recorded(&self, target: &Target<A::Machine>) -> Result<Option<Value>, ValueError> {
        match &target.state {
            Some(state) => state.recorded(),
            None => AnyMachine::recorded(self),
        }
    }

    #[inline]
    fn describe(&self, target: &Target<A::Machine>, recorded: Option<Value>) -> Description {
        describe(&self.__view(), target.edge, recorded)
    }

    #[inline]
    fn declaration() -> Option<&'static Declaration> {
        Some(Declaration::of::<A::Machine>())
    }

    #[inline]
    fn __enter(self, target: Target<A::Machine>, accepted: Accepted) -> A {
        let last_record = self.__view().last_record.next(accepted);
        let (subject, state, _) = self.__into_parts();
        A::Machine::enter(IncomingSubject::new(subject, last_record), target.state.unwrap_or(state))
    }
}

#[inline]
fn describe<M: StateMachine>(view: &MachineView<'_, M>, edge: usize, recorded: Option<Value>) -> Description {
    let edge = &M::CHART.edges[edge];
    Description {
        kind: RecordKind::Transition,
        subject: Some(M::subject_ref(view.subject)),
        machine: Some(M::CHART.machine.into()),
        chart: Some(M::CHART.fingerprint),
        version: view.last_record.next_version(),
        transition: Some(edge.transition.into()),
        from: Some(edge.from.into()),
        to: Some(edge.to.into()),
        data: recorded,
        prev: view.last_record.head,
        event: None,
        properties: None,
    }
}
