//! The marker of a transition's name that the subject has no method of.

/// Returned by a call of a transition's name on the subject, if the subject has no such method that takes `&self`.
#[doc(hidden)]
#[derive(Debug)]
pub struct FreeName;

/// Holds for [`FreeName`] alone.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{S}` has a method with the name of this transition",
    label = "rename one of them: an illegal move would call the method of the subject"
)]
pub trait IsFreeName<S: ?Sized> {}

#[diagnostic::do_not_recommend]
impl<S: ?Sized> IsFreeName<S> for FreeName {}

/// Compiles if the call of a transition's name on the subject found no method of the subject.
#[doc(hidden)]
pub fn free_name<S: ?Sized, N: IsFreeName<S>>(_: &S, _: N) {}
