//! Several initial states: each has a creation of its own.

use tollgate::StateMachine;

use crate::Tested;
use crate::trail::moves;

#[derive(Debug, PartialEq, StateMachine)]
#[transition(answer, from = Letter | Call | Visit, to = Answered)]
enum RequestState {
    #[state(initial)]
    Letter,
    #[state(initial, record)]
    Call(String, u16),
    #[state(initial, record)]
    Visit { guest: String, hour: u8 },
    #[state(terminal)]
    Answered,
}

#[test]
fn a_subject_is_created_in_each_initial_state() -> Tested {
    let mut log = Vec::new();
    let letter = RequestMachine::<request_state::Letter>::create(1).commit(&mut log)?;
    let call = RequestMachine::<request_state::Call>::create(2, "ann".to_owned(), 110).commit(&mut log)?;
    let visit: RequestMachine<request_state::Visit> =
        RequestMachine::<request_state::Visit>::create(3, "bob".to_owned(), 9).commit(&mut log)?;
    assert_eq!(*call.data(), ("ann".to_owned(), 110));
    assert_eq!((visit.data().guest.as_str(), visit.data().hour), ("bob", 9));
    assert_eq!(letter.answer().commit(&mut log)?.version(), 2);
    assert_eq!(call.answer().commit(&mut log)?.version(), 2);
    assert_eq!(visit.answer().commit(&mut log)?.into_parts().1, RequestState::Answered);
    let expected = [
        "create: -> Letter",
        "create: -> Call",
        "create: -> Visit",
        "answer: Letter -> Answered",
        "answer: Call -> Answered",
        "answer: Visit -> Answered",
    ];
    assert_eq!(moves(&log), expected);
    let replayed = AnyRequest::replay(3, [&log[2]])?;
    assert_eq!(replayed.into_parts().1, RequestState::Visit { guest: "bob".to_owned(), hour: 9 });
    Ok(())
}
