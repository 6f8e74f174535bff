//! Variants, fields, transitions and marks that depend on configuration.

use tollgate::StateMachine;

use crate::Tested;
use crate::trail::moves;

/// `any()` is never set, `all()` always, and `test` in these tests.
#[derive(StateMachine)]
#[cfg_attr(all(), machine(name = "present"))]
#[cfg_attr(any(), machine(name = "absent"))]
#[transition(pack, from = Loose, to = Packed)]
#[cfg_attr(all(), transition(send, from = Packed, to = Sent))]
#[cfg_attr(any(), transition(lose, from = Sent, to = Lost))]
#[cfg_attr(all(), transition(unpack, from = Packed, to = Loose), transition(weigh, from = Packed, to = _))]
enum ParcelState {
    #[cfg_attr(all(), state(initial))]
    Loose,
    #[cfg_attr(any(), state(terminal))]
    Packed {
        #[cfg(test)]
        weight: u32,
        #[cfg(any())]
        label: Nothing,
    },
    #[cfg(any())]
    Lost(Nothing),
    #[cfg(test)]
    #[cfg_attr(all(), state(terminal), state(record), doc = "On its way.")]
    Sent(#[cfg(any())] Nothing, #[cfg(test)] u8),
}

#[test]
fn what_is_configured_away_is_not_in_the_machine() -> Tested {
    let mut log = Vec::new();
    let parcel = ParcelMachine::create(1).commit(&mut log)?.pack(900).commit(&mut log)?;
    assert_eq!(parcel.data().weight, 900);
    let parcel = parcel.weigh().commit(&mut log)?.unpack().commit(&mut log)?.pack(901).commit(&mut log)?;
    assert_eq!(*parcel.send(7).commit(&mut log)?.data(), 7);
    let expected = [
        "create: -> Loose",
        "pack: Loose -> Packed",
        "weigh: Packed -> Packed",
        "unpack: Packed -> Loose",
        "pack: Loose -> Packed",
        "send: Packed -> Sent",
    ];
    assert_eq!(moves(&log), expected);
    assert_eq!(log[5].data, Some(7.into()));
    assert_eq!(ParcelState::CHART.machine, "present");
    let states: Vec<_> = ParcelState::CHART.states.iter().map(|state| state.name).collect();
    assert_eq!(states, ["Loose", "Packed", "Sent"]);
    assert!(matches!(AnyParcel::resume(1, ParcelState::Sent(3), 4), AnyParcel::Sent(_)));
    Ok(())
}
