//! A field `subject` of an initial state, with a subject and with a bare id.

use tollgate::{StateMachine, Subject};

use crate::Tested;
use crate::trail::moves;

#[derive(Subject)]
struct Letter {
    #[subject(id)]
    id: u64,
}

#[derive(Debug, PartialEq, StateMachine)]
#[machine(subject = Letter)]
#[transition(send, from = Written, to = Sent)]
enum LetterState {
    #[state(initial)]
    Written { subject: String },
    #[state(terminal)]
    Sent,
}

#[derive(Debug, PartialEq, StateMachine)]
#[transition(send, from = Written, to = Sent)]
enum MailState {
    #[state(initial)]
    Written { subject: String },
    #[state(terminal)]
    Sent,
}

#[test]
fn a_field_of_an_initial_state_is_called_subject() -> Tested {
    let mut log = Vec::new();
    let letter = LetterMachine::create(Letter { id: 7 }, "rain".to_owned()).commit(&mut log)?;
    assert_eq!((letter.id, letter.data().subject.as_str()), (7, "rain"));
    assert_eq!(letter.send().commit(&mut log)?.into_parts().1, LetterState::Sent);
    let mail = MailMachine::create("mail", "sun".to_owned()).commit(&mut log)?;
    assert_eq!((mail.as_str(), mail.data().subject.as_str()), (Some("mail"), "sun"));
    assert_eq!(mail.send().commit(&mut log)?.into_parts().1, MailState::Sent);
    assert_eq!(moves(&log)[..2], ["create: -> Written", "send: Written -> Sent"]);
    Ok(())
}
