//! Transitions with the names of keywords, of keys of the attributes, and of methods of generated code.

use tollgate::{StateMachine, Subject};

use crate::Tested;
use crate::trail::moves;

macro_rules! machine_with {
    ($($transition:ident)*) => {
        const NAMES: &[&str] = &[$(stringify!($transition)),*];
    };
}

machine_with! {
    move type match next clone deref from commit by fmt into to guard requires permission doc rename was
    look open wrap drop subject transition edge sized send option s t a resume replay fire state allowed
    available machine place bare check permit eq hash cmp default borrow as_ref
}

#[derive(Clone, Subject)]
struct Thing {
    #[subject(id)]
    id: u64,
}

#[derive(StateMachine)]
#[machine(subject = Thing)]
#[transition(r#move, from = A, to = B)]
#[transition(r#type, from = A, to = B)]
#[transition(r#match, from = A, to = B)]
#[transition(next, from = A, to = B)]
#[transition(clone, from = A, to = B)]
#[transition(deref, from = A, to = B)]
#[transition(from, from = A, to = B)]
#[transition(commit, from = A, to = B)]
#[transition(by, from = A, to = B)]
#[transition(fmt, from = A, to = B)]
#[transition(into, from = A, to = B)]
#[transition(to, from = A, to = B)]
#[transition(guard, from = A, to = B)]
#[transition(requires, from = A, to = B)]
#[transition(permission, from = A, to = B)]
#[transition(doc, from = A, to = B)]
#[transition(rename, from = A, to = B)]
#[transition(was, from = A, to = B)]
#[transition(look, from = A, to = B)]
#[transition(open, from = A, to = B)]
#[transition(wrap, from = A, to = B)]
#[transition(drop, from = A, to = B)]
#[transition(subject, from = A, to = B)]
#[transition(transition, from = A, to = B)]
#[transition(edge, from = A, to = B)]
#[transition(sized, from = A, to = B)]
#[transition(send, from = A, to = B)]
#[transition(option, from = A, to = B)]
#[transition(s, from = A, to = B)]
#[transition(t, from = A, to = B)]
#[transition(a, from = A, to = B)]
#[transition(resume, from = A, to = B)]
#[transition(replay, from = A, to = B)]
#[transition(fire, from = A, to = B)]
#[transition(state, from = A, to = B)]
#[transition(allowed, from = A, to = B)]
#[transition(available, from = A, to = B)]
#[transition(machine, from = A, to = B)]
#[transition(place, from = A, to = B)]
#[transition(bare, from = A, to = B)]
#[transition(check, from = A, to = B)]
#[transition(permit, from = A, to = B)]
#[transition(eq, from = A, to = B)]
#[transition(hash, from = A, to = B)]
#[transition(cmp, from = A, to = B)]
#[transition(default, from = A, to = B)]
#[transition(borrow, from = A, to = B)]
#[transition(as_ref, from = A, to = B)]
enum ThingState {
    #[state(initial)]
    A,
    #[state(terminal)]
    B { why: u8 },
}

#[test]
fn transitions_are_methods_whatever_they_are_called() -> Tested {
    let mut log = Vec::new();
    macro_rules! walk {
        ($($transition:ident)*) => {$(
            let thing: ThingMachine<thing_state::A> = ThingMachine::create(Thing { id: 7 }).commit(&mut log)?;
            let thing: ThingMachine<thing_state::B> = thing.$transition(3).commit(&mut log)?;
            assert_eq!((thing.id, thing.data().why), (7, 3));
        )*};
    }
    walk!(r#move r#type r#match next clone deref from commit by fmt into to guard requires permission doc rename was);
    walk!(look open wrap drop subject transition edge sized send option s t a resume replay fire state allowed);
    walk!(available machine place bare check permit eq hash cmp default borrow as_ref);
    let expected: Vec<_> = NAMES.iter().map(|name| format!("{name}: A -> B")).collect();
    assert_eq!(moves(&log).into_iter().skip(1).step_by(2).collect::<Vec<_>>(), expected);
    Ok(())
}

#[test]
fn commands_are_called_the_same() -> Tested {
    let mut log = Vec::new();
    for name in NAMES {
        let created = AnyThing::from(ThingMachine::create(Thing { id: 7 }).commit(&mut log)?);
        let command = tollgate::serde_json::json!({ *name: { "why": 3 } });
        let thing = created.fire(tollgate::serde_json::from_value(command)?)?.commit(&mut log)?;
        assert_eq!((thing.id, thing.version()), (7, 2));
    }
    let expected: Vec<_> = NAMES.iter().map(|name| format!("{name}: A -> B")).collect();
    assert_eq!(moves(&log).into_iter().skip(1).step_by(2).collect::<Vec<_>>(), expected);
    Ok(())
}
