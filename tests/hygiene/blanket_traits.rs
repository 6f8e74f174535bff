//! A trait in scope that gives every type methods with the names of the runtime's methods.

use tollgate::{StateMachine, Subject};

use crate::Tested;
use crate::trail::moves;

macro_rules! blanket {
    ($($method:ident)*) => {
        /// Its methods take values, and so are found before those that take references.
        #[allow(dead_code, reason = "they are there to be taken for others")]
        trait Blanket: Sized {
            $(fn $method(self) -> &'static str {
                stringify!($method)
            })*
        }

        impl<T> Blanket for T {}
    };
}

blanket! {
    subject data version look open wrap into_parts into_any into_state state one list object finish take next
    recorded check permit place bare get judge arrive index carry
}

#[derive(Subject)]
struct Thing {
    #[subject(id)]
    number: u64,
}

impl Thing {
    fn is_so(&self) -> bool {
        self.number == 7
    }
}

#[derive(Debug, PartialEq, StateMachine)]
#[machine(subject = Thing)]
#[transition(go, from = Off, to = On, guard = Thing::is_so)]
#[transition(end, from = On, to = Gone)]
enum ThingState {
    #[state(initial)]
    Off,
    #[state(record)]
    On { level: u8 },
    #[state(terminal, record)]
    Gone(u8, u8),
}

#[test]
fn methods_of_a_trait_in_scope_are_not_taken_for_those_of_the_runtime() -> Tested {
    let mut log = Vec::new();
    let on = ThingMachine::create(Thing { number: 7 }).commit(&mut log)?.go(3).commit(&mut log)?;
    assert_eq!((on.number, 1.subject()), (7, "subject"));
    let command = tollgate::serde_json::from_str(r#"{ "end": [1, 2] }"#)?;
    let gone = AnyThing::from(on).fire(command)?.commit(&mut log)?;
    assert_eq!(AnyThing::into_parts(gone).1, ThingState::Gone(1, 2));
    assert_eq!(AnyThing::replay(Thing { number: 7 }, &log)?.number, 7);
    assert_eq!(moves(&log), ["create: -> Off", "go: Off -> On", "end: On -> Gone"]);
    Ok(())
}
