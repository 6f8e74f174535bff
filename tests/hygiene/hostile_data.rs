//! Fields with the names of the variables in generated code.

use tollgate::StateMachine;
use tollgate::serde_json::{from_value, json};

use crate::Tested;
use crate::trail::moves;

#[derive(Debug, Clone, PartialEq, StateMachine)]
#[transition(fill, from = Open, to = Full)]
#[transition(refill, from = Full, to = _, requires(reason))]
enum HostileState {
    #[state(initial)]
    Open,
    #[state(terminal, record)]
    Full {
        self_: u8,
        tracked: u8,
        payload: u8,
        data: u8,
        machine: u8,
        edge: u8,
        index: u8,
        actor: u8,
        r#type: u8,
        to: u8,
        state: u8,
        s: u8,
        subject: u8,
        version: u8,
        value: u8,
        this: u8,
        formatter: u8,
        deserializer: u8,
        transition: u8,
        records: u8,
        seal: u8,
    },
}

#[test]
fn fields_have_the_names_of_generated_bindings() -> Tested {
    let mut log = Vec::new();
    let open = HostileMachine::create(1).commit(&mut log)?;
    let step = open.fill(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21);
    let full = step.commit(&mut log)?.refill().because("it leaks").commit(&mut log)?;
    let HostileFullData { self_, r#type, to, subject, seal, .. } = full.data();
    assert_eq!((*self_, *r#type, *to, *subject, *seal), (1, 9, 10, 13, 21));
    assert_eq!(moves(&log), ["create: -> Open", "fill: Open -> Full", "refill: Full -> Full"]);
    Ok(())
}

#[test]
fn such_fields_are_recorded_and_read_by_their_names() -> Tested {
    let mut log = Vec::new();
    let fields = json!({
        "self_": 1, "tracked": 2, "payload": 3, "data": 4, "machine": 5, "edge": 6, "index": 7, "actor": 8,
        "type": 9, "to": 10, "state": 11, "s": 12, "subject": 13, "version": 14, "value": 15, "this": 16,
        "formatter": 17, "deserializer": 18, "transition": 19, "records": 20, "seal": 21,
    });
    let created = HostileMachine::create(1).commit(&mut log)?;
    let command = from_value(json!({ "fill": fields }))?;
    let full = AnyHostile::from(created).fire(command)?.commit(&mut log)?;
    assert_eq!(log[1].data.as_ref(), Some(&fields));
    let replayed = AnyHostile::replay(1, &log)?;
    assert_eq!(replayed.into_parts().1, full.into_parts().1);
    Ok(())
}
