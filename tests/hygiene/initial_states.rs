//! Several initial states: each has a creation, as a method and as data.

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
    let letter = RequestMachine::create_letter(1).commit(&mut log)?;
    let call = RequestMachine::create_call(2, "ann".to_owned(), 110).commit(&mut log)?;
    let visit: RequestMachine<request_state::Visit> =
        RequestMachine::create_visit(3, "bob".to_owned(), 9).commit(&mut log)?;
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

#[test]
fn creation_as_data_in_a_function_is_read_and_committed() -> Tested {
    #[allow(non_camel_case_types, reason = "a raw name is the hostile one")]
    #[derive(StateMachine)]
    #[transition(end, from = Option | Result | r#type | Vec | Eé, to = Some)]
    enum HostileState {
        #[state(initial)]
        Option,
        #[state(initial, record)]
        Result { subject: String, creation: u8, r#self_: (), machine: u8, index: u8, state: u8 },
        #[state(initial)]
        r#type(u8),
        #[state(initial)]
        Vec(std::option::Option<u8>, u8),
        #[state(initial)]
        Eé,
        #[state(terminal)]
        Some,
    }

    let mut log = Vec::new();
    let result = r#"{"Result": {"subject": "a", "creation": 1, "self_": null, "machine": 2, "index": 3, "state": 4}}"#;
    let forms = [r#""Option""#, result, r#"{"type": 1}"#, r#"{"Vec": [null, 1]}"#, r#""Eé""#];
    for form in forms {
        let creation: HostileCreation = tollgate::serde_json::from_str(form)?;
        let created = AnyHostile::create("x-1", creation).commit(&mut log)?;
        assert_eq!(created.fire(HostileTransition::End)?.commit(&mut log)?.version(), 2);
    }
    let _ = HostileMachine::create_option(1).commit(&mut log)?;
    let _ = HostileMachine::create_result(1, "a".to_owned(), 1, (), 2, 3, 4).commit(&mut log)?;
    let _ = HostileMachine::create_type(1, 2).commit(&mut log)?;
    let _ = HostileMachine::create_vec(1, None, 2).commit(&mut log)?;
    let _ = HostileMachine::create_eé(1).commit(&mut log)?;
    assert_eq!(log.len(), 15);
    Ok(())
}

/// A machine that a public function can return, with an enum that is private otherwise.
mod private {
    use tollgate::StateMachine;

    /// It cannot be read or printed.
    pub(super) struct Opaque;

    #[derive(StateMachine)]
    #[transition(end, from = _, to = Ended)]
    enum JobState {
        #[state(initial)]
        Queued(Opaque),
        #[state(initial)]
        Running,
        #[state(terminal)]
        Ended,
    }

    #[test]
    fn creation_whose_data_cannot_be_read_is_made_by_its_variant() -> crate::Tested {
        let mut log = Vec::new();
        let queued = AnyJob::create(1, JobCreation::Queued(Opaque)).commit(&mut log)?;
        let running = AnyJob::create(2, JobCreation::Running).commit(&mut log)?;
        assert_eq!((queued.state().name, running.state().name), ("Queued", "Running"));
        Ok(())
    }
}
