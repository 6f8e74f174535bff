//! The values that a guard or a permission may return.

use std::fmt;

/// The reason of a guard or a permission that returned `false` and so gave none.
pub(crate) const NO_REASON: &str = "does not hold";

/// The denial of a guard or a permission.
#[doc(hidden)]
#[derive(Debug)]
pub struct Denied {
    pub(crate) name: &'static str,
    pub(crate) reason: String,
}

/// A value that a guard or a permission may return: `bool`, or a `Result` whose error is the reason.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an answer of a guard",
    label = "a guard and a permission answer `bool` or `Result<(), impl Display>`"
)]
pub trait GuardAnswer {
    #[doc(hidden)]
    fn into_result(self, name: &'static str) -> Result<(), Denied>;
}

impl GuardAnswer for bool {
    #[inline]
    fn into_result(self, name: &'static str) -> Result<(), Denied> {
        if self { Ok(()) } else { Err(Denied { name, reason: NO_REASON.to_owned() }) }
    }
}

impl<E: fmt::Display> GuardAnswer for Result<(), E> {
    #[inline]
    fn into_result(self, name: &'static str) -> Result<(), Denied> {
        self.map_err(|why| Denied { name, reason: why.to_string() })
    }
}
