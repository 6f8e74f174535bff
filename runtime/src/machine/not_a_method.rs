//! The marker for a transition's name that is not a method of the subject.

/// Returned by a call of a transition's name on the subject, if the subject has no such method that takes `&self`.
#[doc(hidden)]
#[derive(Debug)]
pub struct NotAMethod;

/// A trait that only [`NotAMethod`] implements.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{S}` has a method with the name of this transition",
    label = "rename one of them: an illegal move would call the method of the subject"
)]
pub trait NotAMethodOf<S: ?Sized> {}

#[diagnostic::do_not_recommend]
impl<S: ?Sized> NotAMethodOf<S> for NotAMethod {}

/// Compiles if the call of a transition's name on the subject found no method of the subject.
#[doc(hidden)]
pub fn not_a_method<S: ?Sized, N: NotAMethodOf<S>>(_: &S, _: N) {}
