//! Types of fields: equal only after normalising, and functions, with or without a result.

#![deny(warnings)]
#![allow(dead_code)]

use tollgate::{NoAudit, StateMachine};

type Item = <Vec<u64> as IntoIterator>::Item;

#[derive(Debug, Clone, PartialEq, StateMachine)]
#[transition(pack, from = Open, to = Packed)]
#[transition(drop, from = Open, to = Dropped)]
enum OrderState {
    #[state(initial)]
    Open,
    #[state(terminal)]
    Packed { first: <Vec<u64> as IntoIterator>::Item, alias: Item, plain: u64, some: Option<Item>, other: Option<u64> },
    #[state(terminal)]
    Dropped(<Vec<u64> as IntoIterator>::Item, u64),
}

#[derive(Debug, StateMachine)]
#[transition(hook, from = Free, to = Hooked)]
#[transition(bind, from = Free, to = Bound)]
enum HookState {
    #[state(initial)]
    Free,
    #[state(terminal)]
    Hooked {
        takes: fn(u8),
        nothing: fn(),
        foreign: extern "C" fn(u8),
        borrows: for<'x> fn(&'x u8),
        loan: &'static fn(u8),
        pointer: *const fn(u8),
        answers: fn(u8) -> u8,
        list: [fn(); 2],
        within: Option<for<'x> fn(&'x u8)>,
    },
    #[state(terminal)]
    Bound(fn(u8), for<'x> fn(&'x u8), &'static fn()),
}

fn take(_: u8) {}

extern "C" fn take_from_c(_: u8) {}

fn main() {
    let packed = OrderPackedData { first: 1, alias: 2, plain: 3, some: None, other: Some(4) };
    assert_eq!(packed.clone(), packed);
    assert_ne!(packed, OrderPackedData { other: None, ..packed.clone() });
    let words = "OrderPackedData { first: 1, alias: 2, plain: 3, some: None, other: Some(4) }";
    assert_eq!(format!("{packed:?}"), words);
    let order = OrderMachine::create(1).commit(NoAudit).unwrap().pack(1, 2, 3, None, Some(4)).commit(NoAudit).unwrap();
    assert_eq!(*order.data(), packed);

    let takes: fn(u8) = take;
    let hooked = HookHookedData {
        takes,
        nothing: || (),
        foreign: take_from_c,
        borrows: |_| (),
        loan: &(take as fn(u8)),
        pointer: &takes,
        answers: |number| number,
        list: [|| (), || ()],
        within: None,
    };
    assert!(format!("{hooked:?}").starts_with("HookHookedData { takes: 0x"));
    let hook = HookMachine::create(1).commit(NoAudit).unwrap().bind(take, |_| (), &(main as fn())).commit(NoAudit);
    assert_eq!(hook.unwrap().version(), 2);
}
