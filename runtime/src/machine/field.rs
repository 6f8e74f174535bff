//! The fields of a state's data: the bounds under which their struct has the traits of the enum and of the fields.

use std::fmt;

/// A field of a state's data, or the enum itself, as the subject of a bound that need not hold.
///
/// rustc refuses an implementation with the bound `Text: Clone` if the type `Text` is not `Clone`. With a lifetime in the
/// bound, the implementation is only not used. The index keeps two bounds distinct: if two fields have types that are equal
/// only after normalising, such as `u64` and `<Vec<u64> as IntoIterator>::Item`, rustc cannot choose between equal bounds.
pub struct Field<'a, const INDEX: usize, T>(pub &'a T);

impl<const INDEX: usize, T: fmt::Debug> fmt::Debug for Field<'_, INDEX, T> {
    #[inline]
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// Compares fields without the lints of `==`, such as that for functions. rustc does not report them in its own derives.
impl<const INDEX: usize, T: PartialEq> PartialEq for Field<'_, INDEX, T> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

/// A field whose value is `Clone`.
#[diagnostic::on_unimplemented(
    message = "the trait bound `{T}: Clone` is not satisfied",
    label = "the trait `Clone` is not implemented for `{T}`",
    note = "the data of a state is `Clone` if the enum of the states and the data's fields are"
)]
pub trait CloneField<T> {
    /// Returns a clone of the value.
    #[must_use]
    fn clone_field(&self) -> T;
}

#[diagnostic::do_not_recommend]
impl<const INDEX: usize, T: Clone> CloneField<T> for Field<'_, INDEX, T> {
    #[inline]
    fn clone_field(&self) -> T {
        self.0.clone()
    }
}

/// The type itself.
pub type TypeOf<T> = T;
