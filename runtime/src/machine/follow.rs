//! What generated types need to be `Clone` and `PartialEq` if others are.

/// A type that is `Clone`, in a form that a bound need not fulfil.
///
/// rustc refuses an implementation with the bound `Text: Clone` if the type `Text` is not `Clone`. With a lifetime in the
/// bound, the implementation is only not used.
#[diagnostic::on_unimplemented(
    message = "the trait bound `{Self}: Clone` is not satisfied",
    label = "the trait `Clone` is not implemented for `{Self}`",
    note = "the data of a state is `Clone` if the enum of the states and the data's fields are"
)]
pub trait CloneAs<'a> {
    /// Returns a clone.
    #[must_use]
    fn clone_as(&self) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Clone> CloneAs<'_> for T {
    #[inline]
    fn clone_as(&self) -> Self {
        self.clone()
    }
}

/// Returns whether both are equal. The operator would have lints, such as that for the comparison of functions, which rustc
/// spares its own derives.
#[inline]
pub fn is_equal<T: PartialEq>(one: &T, other: &T) -> bool {
    one == other
}
