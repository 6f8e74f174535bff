//! Methods of the subject that have the name of a transition and cannot be called through a machine.

use tollgate::{StateMachine, Subject};

use crate::Tested;
use crate::trail::moves;

/// A subject whose methods need more than a shared reference.
#[derive(Subject)]
pub(crate) struct Parcel {
    #[subject(id)]
    id: u64,
    /// A field is not a method.
    seal: u8,
}

impl Parcel {
    fn ship(&mut self, weight: u8) -> u8 {
        self.seal += weight;
        self.seal
    }

    fn pack() -> u8 {
        3
    }

    fn lose(self, reason: &str) -> usize {
        reason.len() + usize::from(self.seal)
    }
}

#[derive(Debug, PartialEq, StateMachine)]
#[machine(subject = Parcel)]
#[transition(pack, from = Loose, to = Packed)]
#[transition(seal, from = Packed, to = _)]
#[transition(ship, from = Packed, to = Gone)]
#[transition(r#move, from = Gone, to = _)]
#[transition(lose, from = Gone, to = Lost)]
// Names that references have too, and one of the probe itself.
#[transition(clone, from = Gone, to = _; into, from = Gone, to = _; to_owned, from = Gone, to = _)]
#[transition(try_into, from = Gone, to = _; not_a_method, from = Gone, to = _; eq, from = Gone, to = _)]
pub(crate) enum ParcelState {
    #[state(initial)]
    Loose,
    Packed,
    Gone,
    #[state(terminal)]
    Lost,
}

#[test]
fn transition_named_as_a_method_that_a_machine_cannot_reach_is_accepted() -> Tested {
    let mut parcel = Parcel { id: 7, seal: 1 };
    assert_eq!((parcel.ship(1), Parcel::pack()), (2, 3));
    let mut log = Vec::new();
    let parcel = ParcelMachine::create(parcel).commit(&mut log)?.pack().commit(&mut log)?;
    let parcel = parcel.seal().commit(&mut log)?.ship().commit(&mut log)?.r#move().commit(&mut log)?;
    let parcel = parcel.clone().commit(&mut log)?.into().commit(&mut log)?.to_owned().commit(&mut log)?;
    let parcel = parcel.try_into().commit(&mut log)?.not_a_method().commit(&mut log)?.eq().commit(&mut log)?;
    let (parcel, state, version) = parcel.lose().commit(&mut log)?.into_parts();
    assert_eq!((state, version, parcel.lose("wind")), (ParcelState::Lost, 12, 6));
    assert_eq!(moves(&log)[3..5], ["ship: Packed -> Gone", "move: Gone -> Gone"]);
    Ok(())
}

#[test]
fn subject_in_a_function_body_is_probed_there() -> Tested {
    #[derive(Subject)]
    struct Order {
        #[subject(id)]
        id: u64,
    }

    impl Order {
        fn pay(&mut self) {
            self.id += 1;
        }
    }

    #[derive(StateMachine)]
    #[machine(subject = Order)]
    #[transition(pay, from = Open, to = Paid)]
    enum OrderState {
        #[state(initial)]
        Open,
        #[state(terminal)]
        Paid,
    }

    let mut order = Order { id: 6 };
    order.pay();
    let order = OrderMachine::create(order).commit(tollgate::NoAudit)?.pay().commit(tollgate::NoAudit)?;
    assert_eq!((order.id, order.version()), (7, 2));
    Ok(())
}
