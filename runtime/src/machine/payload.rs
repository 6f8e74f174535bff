//! What a step along a declared edge carries, and how a machine arrives with it.

use std::marker::PhantomData;

use serde_json::Value;

use super::{Accepted, State, Tracked};
use crate::record::ValueError;

/// What a step along a declared edge carries, and no other step does.
#[doc(hidden)]
pub trait Payload<From: State, To: State>: Carried {
    fn arrive(self, from: Tracked<From>, accepted: Accepted) -> Tracked<To>;
    fn recorded(&self, from: &Tracked<From>) -> Result<Option<Value>, ValueError>;
}

/// The two things that may be carried.
#[doc(hidden)]
pub trait Carried: Sized {
    const STAYS: bool;
}

/// What a step carries that moves to another state: that state's data.
#[derive(Debug)]
pub struct Moves<D>(#[doc(hidden)] pub D);

/// What a step carries that stays, and keeps the state and its data: nothing.
#[derive(Debug)]
pub struct Stays;

impl<D> Carried for Moves<D> {
    const STAYS: bool = false;
}

impl Carried for Stays {
    const STAYS: bool = true;
}

impl<From: State, To: State<Machine = From::Machine>> Payload<From, To> for Moves<To::Data> {
    #[inline]
    fn arrive(self, from: Tracked<From>, accepted: Accepted) -> Tracked<To> {
        Tracked { subject: from.subject, data: self.0, past: from.past.and(accepted), state: PhantomData }
    }

    fn recorded(&self, _: &Tracked<From>) -> Result<Option<Value>, ValueError> {
        To::recorded(&self.0)
    }
}

impl<S: State> Payload<S, S> for Stays {
    #[inline]
    fn arrive(self, from: Tracked<S>, accepted: Accepted) -> Tracked<S> {
        Tracked { past: from.past.and(accepted), ..from }
    }

    fn recorded(&self, from: &Tracked<S>) -> Result<Option<Value>, ValueError> {
        S::recorded(&from.data)
    }
}
