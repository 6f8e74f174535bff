//! The types that an id is made from: by value, by reference, as the field of a subject and as an actor.

use std::borrow::Cow;
use std::num::{
    NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64, NonZeroIsize, NonZeroU8, NonZeroU16, NonZeroU32, NonZeroU64,
    NonZeroUsize,
};
use std::rc::Rc;
use std::sync::Arc;

use tollgate::uuid::Uuid;
use tollgate::{Actor, Id, Subject};

use crate::Tested;
use crate::door::DoorMachine;

#[derive(Subject)]
struct Of<T>(#[subject(id)] T)
where
    for<'a> &'a T: Into<Id>;

/// By value, by reference, as a field, as an actor, and as the subject of a machine.
fn check<T>(value: T, expected: &Id)
where
    T: Into<Id> + Into<Actor> + Clone,
    for<'a> &'a T: Into<Id>,
{
    assert_eq!(&Into::<Id>::into(value.clone()), expected);
    assert_eq!(&Into::<Id>::into(&value), expected);
    assert_eq!(Into::<Actor>::into(value.clone()).id, *expected);
    assert_eq!(&Of(value.clone()).id(), expected);
    let door = DoorMachine::create(value.clone()).by(value).commit(tollgate::NoAudit).expect("nothing refuses");
    assert_eq!(&*door, expected);
}

#[test]
fn integers_are_ids() {
    macro_rules! check_integers {
        ($($integer:ty, $non_zero:ty;)*) => {$(
            check::<$integer>(7, &Id::from(7));
            check::<$integer>(<$integer>::MAX, &Id::from(<$integer>::MAX as u64));
            check::<$non_zero>(<$non_zero>::new(7).expect("it is not 0"), &Id::from(7));
            check::<$non_zero>(<$non_zero>::MIN, &Id::from(<$non_zero>::MIN.get()));
        )*};
    }
    check_integers! {
        u8, NonZeroU8; u16, NonZeroU16; u32, NonZeroU32; u64, NonZeroU64; usize, NonZeroUsize;
        i8, NonZeroI8; i16, NonZeroI16; i32, NonZeroI32; i64, NonZeroI64; isize, NonZeroIsize;
    }
    assert_eq!(Id::from(isize::MIN).as_i64(), i64::try_from(isize::MIN).ok());
}

#[test]
fn texts_are_ids() {
    let uuid = "00000000-0000-7000-8000-000000000007";
    for text in ["order-7", "7", "", uuid] {
        let expected = Id::from(text);
        check(text, &expected);
        check(text.to_owned(), &expected);
        check::<Box<str>>(text.into(), &expected);
        check::<Rc<str>>(text.into(), &expected);
        check::<Arc<str>>(text.into(), &expected);
        check::<Cow<'_, str>>(Cow::Borrowed(text), &expected);
        check::<Cow<'static, str>>(Cow::Owned(text.to_owned()), &expected);
    }
    check('x', &Id::from("x"));
    check('7', &Id::from("7"));
    assert!(Id::from(Arc::<str>::from(uuid)).as_uuid().is_some(), "a text of that form is a UUID");
    check(Uuid::from_u128(7), &Id::from(Uuid::from_u128(7)));
    check(Id::from(7), &Id::from(7));
}

#[test]
fn integer_of_128_bits_is_an_id_if_it_fits_64() -> Tested {
    assert_eq!(Id::try_from(7_u128)?, Id::from(7));
    assert_eq!(Id::try_from(u128::from(u64::MAX))?, Id::from(u64::MAX));
    assert_eq!(Id::try_from(i128::from(i64::MIN))?, Id::from(i64::MIN));
    assert_eq!(Id::try_from(i128::from(u64::MAX))?, Id::from(u64::MAX));
    let words = |number: &str| {
        format!("`{number}` does not fit an id, whose integers have up to 64 bits; use `Uuid::from_u128` or a text")
    };
    for (error, number) in [
        (Id::try_from(u128::from(u64::MAX) + 1).err(), "18446744073709551616"),
        (Id::try_from(u128::MAX).err(), "340282366920938463463374607431768211455"),
        (Id::try_from(i128::from(i64::MIN) - 1).err(), "-9223372036854775809"),
        (Id::try_from(i128::from(u64::MAX) + 1).err(), "18446744073709551616"),
    ] {
        let error = error.ok_or("it does not fit")?;
        assert_eq!((error.to_string(), &*error.integer), (words(number), number));
    }
    Ok(())
}

#[test]
fn newtype_is_an_id_by_its_conversion() {
    #[derive(Clone)]
    struct OrderId(u128);

    impl From<&OrderId> for Id {
        fn from(id: &OrderId) -> Self {
            Uuid::from_u128(id.0).into()
        }
    }

    let expected = Id::from(Uuid::from_u128(7));
    assert_eq!(Of(OrderId(7)).id(), expected);
    let door = DoorMachine::create(&OrderId(7)).commit(tollgate::NoAudit).expect("nothing refuses");
    assert_eq!(*door, expected);
}
