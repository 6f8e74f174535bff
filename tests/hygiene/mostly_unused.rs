//! A private machine of which little is used, where every warning is an error.

#![deny(warnings, missing_docs, clippy::pedantic, missing_debug_implementations, unreachable_pub)]

use tollgate::{Actor, StateMachine, Subject};

use crate::Tested;
use crate::trail::moves;

#[derive(Subject)]
struct Page {
    #[subject(id)]
    number: u32,
    lines: Vec<String>,
}

impl Page {
    fn has_lines(&self) -> bool {
        !self.lines.is_empty()
    }

    fn is_open_to(&self, actor: &Actor) -> bool {
        self.has_lines() && actor.id.as_str() == Some("ann")
    }
}

#[derive(StateMachine)]
#[machine(subject = Page)]
#[transition(print, from = Blank, to = Printed, guard = Page::has_lines)]
#[transition(bind, from = Printed, to = Bound, permission = Page::is_open_to)]
#[transition(tear, from = _, to = Torn, requires(actor, reason))]
#[transition(turn, from = _, to = _)]
enum PageState {
    #[state(initial)]
    Blank,
    #[state(record)]
    Printed {
        colour: String,
        copies: u32,
    },
    Bound(String, u32),
    #[state(terminal)]
    Torn,
}

#[test]
fn one_call_is_enough() -> Tested {
    let mut log = Vec::new();
    let page = PageMachine::create(Page { number: 7, lines: Vec::new() }).commit(&mut log)?;
    assert_eq!((page.number, page.version()), (7, 1));
    assert_eq!(moves(&log), ["create: -> Blank"]);
    Ok(())
}

/// Nothing of this machine is used.
mod unused {
    #[derive(tollgate::StateMachine)]
    #[transition(go, from = Off, to = On)]
    enum SwitchState {
        #[state(initial)]
        Off,
        #[state(terminal, record)]
        On { level: u8 },
    }
}
