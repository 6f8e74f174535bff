//! The payload of a step along a declared edge: the data of the new state, or nothing if the state stays the same.

use std::marker::PhantomData;

use serde_json::Value;

use super::{Accepted, State, Tracked};
use crate::record::ValueError;

/// The payload of a step along a declared edge. No other step has one.
#[doc(hidden)]
pub trait Payload<From: State, To: State>: PayloadKind {
    fn enter(self, from: Tracked<From>, accepted: Accepted) -> Tracked<To>;
    fn recorded(&self, from: &Tracked<From>) -> Result<Option<Value>, ValueError>;
}

/// The kind of a payload: [`NewState`] or [`SameState`].
#[doc(hidden)]
pub trait PayloadKind: Sized {
    const STAYS: bool;
}

/// The payload of a step to a state: the data of that state.
#[derive(Debug)]
pub struct NewState<D>(#[doc(hidden)] pub D);

/// The payload of a step that keeps the state and its data: nothing.
#[derive(Debug)]
pub struct SameState;

impl<D> PayloadKind for NewState<D> {
    const STAYS: bool = false;
}

impl PayloadKind for SameState {
    const STAYS: bool = true;
}

impl<From: State, To: State<Machine = From::Machine>> Payload<From, To> for NewState<To::Data> {
    #[inline]
    fn enter(self, from: Tracked<From>, accepted: Accepted) -> Tracked<To> {
        Tracked {
            subject: from.subject,
            data: self.0,
            last_record: from.last_record.next(accepted),
            state: PhantomData,
        }
    }

    fn recorded(&self, _: &Tracked<From>) -> Result<Option<Value>, ValueError> {
        To::recorded(&self.0)
    }
}

impl<S: State> Payload<S, S> for SameState {
    #[inline]
    fn enter(self, from: Tracked<S>, accepted: Accepted) -> Tracked<S> {
        Tracked { last_record: from.last_record.next(accepted), ..from }
    }

    fn recorded(&self, from: &Tracked<S>) -> Result<Option<Value>, ValueError> {
        S::recorded(&from.data)
    }
}
