//! A pointer to a subject is a subject: in machines, in records and in events.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use tollgate::machine::{Declaration, resume_from};
use tollgate::{Actor, Event, Id, Record, StateMachine, Subject};

use crate::Tested;

#[derive(Debug, Clone, PartialEq, Subject)]
#[subject(kind = "order", table = "orders", version = "version")]
struct Order {
    #[subject(id)]
    number: u64,
    lines: u8,
}

impl Order {
    fn has_lines(&self) -> bool {
        self.lines > 0
    }
}

fn is_not_itself(order: &Order, actor: &Actor) -> bool {
    actor.id != Id::from(order.number)
}

static FIRST: Order = Order { number: 7, lines: 1 };

macro_rules! machine_of {
    ($name:ident, $subject:ty, $make:expr) => {
        #[allow(dead_code, reason = "the test needs only a part of each machine")]
        mod $name {
            use super::*;

            #[derive(Debug, PartialEq, StateMachine)]
            #[machine(subject = $subject)]
            #[transition(pay, from = Open, to = Paid, guard = Order::has_lines)]
            #[transition(ship, from = Paid, to = Shipped, permission = is_not_itself)]
            pub(super) enum OrderState {
                #[state(initial)]
                Open,
                Paid,
                #[state(terminal)]
                Shipped,
            }

            #[test]
            fn machine_of_a_pointer_is_committed_resumed_and_replayed() -> Tested {
                let make: fn(Order) -> $subject = $make;
                let mut log: Vec<Record> = Vec::new();
                let order = OrderMachine::create(make(FIRST.clone())).commit(&mut log)?;
                assert_eq!(order.lines, 1, "a field of the value is read through the machine");
                let order = order.pay().commit(&mut log)?;
                tollgate::events::Login.occurred().by("ann").about(&order).commit(&mut log)?;
                let refused = order.ship().by(7).commit(&mut log).expect_err("an order does not ship itself");
                let _ = refused.into_step().into_machine();
                let names: Vec<_> = log.iter().filter_map(|record| record.subject.as_ref()).collect();
                assert!(names.iter().all(|name| (&*name.kind, &name.id) == ("order", &Id::from(7))), "{names:?}");
                assert_eq!((names.len(), Declaration::of::<OrderState>().table()), (3, Order::TABLE.as_ref()));
                let again = AnyOrder::replay(make(FIRST.clone()), &log)?;
                assert_eq!((again.state().name, again.version()), ("Paid", 2));
                let again = resume_from::<OrderState>(make(FIRST.clone()), &log[1], None)?;
                assert!(again.fire(OrderTransition::Ship)?.by("ann").commit(&mut log).is_ok());
                Ok(())
            }
        }
    };
}

machine_of!(shared, Arc<Order>, Arc::new);
machine_of!(counted, Rc<Order>, Rc::new);
machine_of!(boxed, Box<Order>, Box::new);
machine_of!(borrowed, &'static Order, |_| &FIRST);
machine_of!(cloned_on_write, Cow<'static, Order>, Cow::Owned);
machine_of!(twice, Arc<Box<Order>>, |order| Arc::new(Box::new(order)));

#[test]
fn pointer_has_kind_table_and_id_of_the_value() {
    fn names<S: Subject>(subject: S) -> (&'static str, Option<tollgate::Table>, Id) {
        (S::KIND, S::TABLE, subject.id())
    }
    let expected = ("order", Order::TABLE, Id::from(7));
    let order = FIRST.clone();
    assert_eq!(names(&order), expected);
    assert_eq!(names(Arc::new(order.clone())), expected);
    assert_eq!(names(Rc::new(&order)), expected);
    assert_eq!(names(Cow::Borrowed(&order)), expected);
    assert_eq!(names(Box::new(order)), expected);
}

#[test]
fn event_about_a_pointer_names_the_value() -> Tested {
    let mut log: Vec<Record> = Vec::new();
    let order = Arc::new(FIRST.clone());
    let login = || tollgate::events::Login.occurred().by("ann");
    login().about(&order).commit(&mut log)?;
    login().about(&&FIRST).commit(&mut log)?;
    login().about(&Box::new(FIRST.clone())).commit(&mut log)?;
    login().about(&*order).commit(&mut log)?;
    assert!(log.iter().all(|record| record.subject.as_ref().is_some_and(|name| &*name.kind == "order")));
    Ok(())
}

/// A subject of several types.
trait Parcel: Send + Sync {
    fn number(&self) -> u64;
}

impl Subject for dyn Parcel {
    const KIND: &'static str = "parcel";

    fn id(&self) -> Id {
        Id::from(self.number())
    }
}

impl Parcel for Order {
    fn number(&self) -> u64 {
        self.number
    }
}

fn is_numbered(parcel: &Arc<dyn Parcel>) -> bool {
    parcel.number() != 0
}

#[derive(Debug, PartialEq, StateMachine)]
#[machine(subject = Arc<dyn Parcel>)]
#[transition(send, from = Here, to = Sent, guard = is_numbered)]
enum ParcelState {
    #[state(initial)]
    Here,
    #[state(terminal)]
    Sent,
}

#[derive(Debug, PartialEq, StateMachine)]
#[machine(subject = Box<dyn Parcel>)]
#[transition(open, from = Shut, to = Open)]
enum BoxState {
    #[state(initial)]
    Shut,
    #[state(terminal)]
    Open,
}

#[test]
fn machine_of_a_pointer_to_a_trait_object_is_committed_and_replayed() -> Tested {
    let parcel: Arc<dyn Parcel> = Arc::new(FIRST.clone());
    let mut log: Vec<Record> = Vec::new();
    let sent = ParcelMachine::create(parcel.clone()).commit(&mut log)?.send().commit(&mut log)?;
    assert_eq!(sent.number(), 7);
    tollgate::events::Login.occurred().by("ann").about(&parcel).commit(&mut log)?;
    tollgate::events::Login.occurred().by("ann").about(&*parcel).commit(&mut log)?;
    let names: Vec<_> = log.iter().filter_map(|record| record.subject.as_ref()).collect();
    assert!(names.iter().all(|name| (&*name.kind, &name.id) == ("parcel", &Id::from(7))), "{names:?}");
    assert_eq!((names.len(), AnyParcel::replay(parcel, &log)?.into_parts().1), (4, ParcelState::Sent));

    let boxed = BoxMachine::create(Box::new(FIRST.clone())).commit(&mut log)?.open().commit(&mut log)?;
    assert_eq!((boxed.version(), Cow::<Order>::Borrowed(&FIRST).id()), (2, Id::from(7)));
    Ok(())
}
