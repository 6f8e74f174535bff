//! A field `fields`, among others.

use tollgate::StateMachine;
use tollgate::serde_json::{from_value, json};

use crate::Tested;
use crate::trail::moves;

#[derive(Debug, PartialEq, StateMachine)]
#[transition(fill, from = Open, to = Full)]
enum FormState {
    #[state(initial)]
    Open,
    #[state(terminal, record)]
    Full { fields: u8, later: u8 },
}

#[test]
fn a_field_is_called_fields() -> Tested {
    let mut log = Vec::new();
    let form = AnyForm::from(FormMachine::create(1).commit(&mut log)?);
    let form = form.fire(from_value(json!({ "fill": { "fields": 1, "later": 2 } }))?)?.commit(&mut log)?;
    assert_eq!(form.into_parts().1, FormState::Full { fields: 1, later: 2 });
    assert_eq!(AnyForm::replay(1, &log)?.into_parts().1, FormState::Full { fields: 1, later: 2 });
    assert_eq!(moves(&log), ["create: -> Open", "fill: Open -> Full"]);
    Ok(())
}
