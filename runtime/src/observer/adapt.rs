//! An observer under another name, in another place, or borrowed.

use std::borrow::Cow;
use std::future::Future;

use super::{AsyncObserver, BatchError, Observer, ObserverError, ObserverPlace};
use crate::record::Record;

/// An observer under another name; see [`Observer::named`].
#[derive(Debug, Clone)]
pub struct Named<O> {
    pub(super) observer: O,
    pub(super) name: Cow<'static, str>,
}

/// An observer in another place; see [`Observer::first`] and [`Observer::last`].
#[derive(Debug, Clone)]
pub struct PlacedObserver<O> {
    pub(super) observer: O,
    pub(super) place: ObserverPlace,
}

/// An observer that is borrowed; see [`Observer::by_ref`].
#[derive(Debug)]
pub struct ByRef<'a, O>(pub(super) &'a mut O);

/// Both traits for an adaptor: the inner observer's, except the name and the place.
macro_rules! adapted {
    ($(<$($life:lifetime)?> $Adaptor:ident: |$self:ident| $inner:expr, $name:expr, $place:expr;)*) => {$(
        impl<$($life,)? O: Observer> Observer for $Adaptor<$($life,)? O> {
            fn observe(&mut $self, record: &Record) -> Result<(), ObserverError> {
                $inner.observe(record)
            }

            fn observe_all(&mut $self, records: &[Record]) -> Result<(), BatchError> {
                $inner.observe_all(records)
            }

            fn missed(&mut $self, count: u64) {
                $inner.missed(count);
            }

            fn name(&$self) -> Cow<'_, str> {
                $name
            }

            fn place(&$self) -> ObserverPlace {
                $place
            }
        }

        impl<$($life,)? O: AsyncObserver> AsyncObserver for $Adaptor<$($life,)? O> {
            fn observe(&mut $self, record: &Record) -> impl Future<Output = Result<(), ObserverError>> + Send {
                $inner.observe(record)
            }

            fn observe_all(
                &mut $self,
                records: &[Record],
            ) -> impl Future<Output = Result<(), BatchError>> + Send {
                $inner.observe_all(records)
            }

            fn missed(&mut $self, count: u64) -> impl Future<Output = ()> + Send {
                $inner.missed(count)
            }

            fn name(&$self) -> Cow<'_, str> {
                $name
            }

            fn place(&$self) -> ObserverPlace {
                $place
            }
        }
    )*};
}

adapted! {
    <> Named: |self| self.observer, Cow::Borrowed(&self.name), self.observer.place();
    <> PlacedObserver: |self| self.observer, self.observer.name(), self.place;
    <'a> ByRef: |self| self.0, self.0.name(), self.0.place();
}

/// Returns the name of a type for reports: the last part of its path; for a closure, the function that contains it.
pub(super) fn type_name<T: ?Sized>() -> Cow<'static, str> {
    named_after(std::any::type_name::<T>())
}

fn named_after(path: &'static str) -> Cow<'static, str> {
    let path = path.trim_start_matches("&mut ");
    if let Some(place) = path.strip_suffix("::{{closure}}") {
        // An asynchronous function is a closure to the compiler, around the closures that it contains.
        return Cow::Owned(format!("closure in {}", place.trim_end_matches("::{{closure}}")));
    }
    if path.contains('(') {
        return Cow::Borrowed("closure"); // a pointer to a function, or a box of some closure
    }
    let path = path.split('<').next().unwrap_or(path);
    Cow::Borrowed(path.rsplit("::").next().unwrap_or(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_of_a_type_is_the_last_part_of_its_path() {
        for (path, name) in [
            ("shop::metrics::Usage", "Usage"),
            ("shop::metrics::Usage<shop::Store>", "Usage"),
            ("shop::metrics::count", "count"),
            ("shop::metrics::install::{{closure}}", "closure in shop::metrics::install"),
            ("&mut shop::metrics::install::{{closure}}::{{closure}}", "closure in shop::metrics::install"),
            ("fn(&tollgate::record::Record)", "closure"),
            ("alloc::boxed::Box<dyn core::ops::function::FnMut(&tollgate::record::Record)>", "closure"),
        ] {
            assert_eq!(named_after(path), name);
        }
    }
}
