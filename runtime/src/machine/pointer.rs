//! A pointer to a subject is a subject: it has the kind, the table and the id of the value.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use super::{Subject, Table};
use crate::record::Id;

macro_rules! subject_by_pointer {
    ($($pointer:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<S: Subject + ?Sized> Subject for $pointer {
            const KIND: &'static str = S::KIND;
            const TABLE: Option<Table> = S::TABLE;

            #[inline]
            fn id(&self) -> Id {
                S::id(self)
            }
        }
    )*};
}

subject_by_pointer!(&S Box<S> Rc<S> Arc<S>);

#[diagnostic::do_not_recommend]
impl<S: Subject + ToOwned + ?Sized> Subject for Cow<'_, S> {
    const KIND: &'static str = S::KIND;
    const TABLE: Option<Table> = S::TABLE;

    #[inline]
    fn id(&self) -> Id {
        S::id(self)
    }
}
