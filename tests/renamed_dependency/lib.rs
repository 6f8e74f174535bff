//! Machines and an event in a package in which nothing is called `tollgate`: at module scope, in a function, out of a macro.

#![deny(warnings, missing_docs, clippy::pedantic)]

use audit::serde::{Deserialize, Serialize};
use audit::{Actor, Event, StateMachine, Subject};

/// Something that is lent.
#[derive(Debug, Subject)]
#[subject(crate = audit, kind = "book")]
pub struct Book {
    /// The number in the catalogue.
    #[subject(id)]
    pub shelf_mark: String,
    /// Returns whether it can be lent.
    pub is_whole: bool,
}

impl Book {
    fn is_whole(&self) -> Result<(), &'static str> {
        if self.is_whole { Ok(()) } else { Err("pages are missing") }
    }

    fn is_open_to(&self, actor: &Actor) -> bool {
        self.is_whole && !actor.id.is_blank()
    }
}

/// The number on a card, which no record holds.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(crate = "audit::serde")]
pub struct Card(u32);

fn fortnight() -> u16 {
    14
}

/// The states of a book.
#[derive(Debug, PartialEq, StateMachine)]
#[machine(crate = audit, subject = Book)]
#[transition(lend, from = Shelved, to = Lent, guard = Book::is_whole, permission = Book::is_open_to)]
#[transition(renew, from = Lent, to = _, requires(reason))]
#[transition(give_back, from = Lent, to = Shelved)]
#[transition(discard, from = _, to = Discarded)]
pub enum BookState {
    /// It can be lent.
    #[state(initial)]
    Shelved,
    /// It is lent.
    #[state(record)]
    Lent {
        /// The reader.
        reader: String,
        /// The number of days.
        #[serde(rename = "forDays", default = "fortnight")]
        days: u16,
        /// The number on the reader's card.
        #[state(skip)]
        card: Card,
        /// A telephone number.
        #[state(redact)]
        #[serde(default)]
        telephone: String,
    },
    /// It can no longer be lent.
    #[state(terminal)]
    Discarded,
}

/// A book was found where it does not belong.
#[derive(Debug, PartialEq, Event, Serialize, Deserialize)]
#[serde(crate = "audit::serde")]
#[event(crate = audit, requires(actor))]
pub struct Misplaced {
    /// The place.
    pub shelf_mark: String,
    /// The suspect.
    #[event(redact)]
    pub suspect: Option<String>,
}

/// The same, by a macro that leaves the name of the dependency to `$crate`.
#[doc(hidden)]
pub mod reexported {
    pub use ::audit;
}

/// Declares a machine of two states.
#[macro_export]
macro_rules! switch {
    ($name:ident) => {
        #[derive($crate::reexported::audit::StateMachine)]
        #[machine(crate = $crate::reexported::audit)]
        #[transition(go, from = Off, to = On)]
        enum $name {
            #[state(initial)]
            Off,
            #[state(terminal)]
            On { level: u8 },
        }
    };
}

#[cfg(test)]
mod tests {
    use audit::{NoAudit, Record};

    use super::*;

    type Tested = Result<(), Box<dyn std::error::Error>>;

    fn whole() -> Book {
        Book { shelf_mark: "QA76".to_owned(), is_whole: true }
    }

    fn transitions(log: &[Record]) -> Vec<&str> {
        log.iter().filter_map(|record| record.transition.as_deref()).collect()
    }

    #[test]
    fn a_machine_works_under_another_name_of_its_crate() -> Tested {
        let mut log = Vec::new();
        let book: BookMachine<book_state::Shelved> = BookMachine::create(whole()).commit(&mut log)?;
        let book: BookMachine<book_state::Lent> =
            book.lend("ann".to_owned(), 14, Card(7), "2368".to_owned()).by("bob").commit(&mut log)?;
        let BookLentData { reader, days, card, .. } = book.data();
        assert_eq!((reader.as_str(), *days, card.0, book.shelf_mark.as_str()), ("ann", 14, 7, "QA76"));
        let book = AnyBook::from(book.renew().because("it is long").commit(&mut log)?);
        let command = audit::serde_json::from_str("\"give_back\"")?;
        let book = book.fire(command)?.commit(&mut log)?;
        assert_eq!(book.into_parts().1, BookState::Shelved);
        assert_eq!(transitions(&log), ["create", "lend", "renew", "give_back"]);
        let data = audit::serde_json::json!({ "reader": "ann", "forDays": 14, "telephone": "[redacted]" });
        assert_eq!(log[1].data, Some(data));
        let lent = AnyBook::replay(whole(), &log[..2])?.into_parts().1;
        let (reader, telephone) = ("ann".to_owned(), String::new());
        assert_eq!(lent, BookState::Lent { reader, days: 14, card: Card(0), telephone });
        let command = audit::serde_json::json!({ "lend": { "reader": "ann", "card": 7 } });
        let command: BookTransition = audit::serde_json::from_value(command)?;
        assert!(matches!(command, BookTransition::Lend { days: 14, card: Card(7), .. }));
        assert_eq!(AnyBook::replay(whole(), &log)?.version(), 4);
        Ok(())
    }

    #[test]
    fn a_guard_refuses_under_another_name_of_its_crate() -> Tested {
        let book = BookMachine::create(Book { is_whole: false, ..whole() }).commit(NoAudit)?;
        let Err(refused) = book.lend("ann".to_owned(), 14, Card(7), String::new()).by("bob").commit(NoAudit) else {
            return Err("a book with missing pages was lent".into());
        };
        assert!(refused.to_string().contains("pages are missing"));
        assert_eq!(refused.into_machine().discard().commit(NoAudit)?.version(), 2);
        Ok(())
    }

    #[test]
    fn a_machine_in_a_function_works_under_another_name_of_its_crate() -> Tested {
        #[derive(StateMachine)]
        #[machine(crate = ::audit)]
        #[transition(go, from = Off, to = On)]
        enum LampState {
            #[state(initial)]
            Off,
            #[state(terminal)]
            On { level: u8 },
        }

        let mut log = Vec::new();
        let lamp = LampMachine::create("lamp").commit(&mut log)?.go(3).commit(&mut log)?;
        assert_eq!(lamp.data().level, 3);
        assert_eq!(transitions(&log), ["create", "go"]);
        Ok(())
    }

    #[test]
    fn an_event_works_under_another_name_of_its_crate() -> Tested {
        let mut log: Vec<Record> = Vec::new();
        let event = Misplaced { shelf_mark: "QA77".to_owned(), suspect: Some("bob".to_owned()) };
        event.occurred().by("ann").about(&whole()).commit(&mut log)?;
        let properties = audit::serde_json::json!({ "shelf_mark": "QA77", "suspect": "[redacted]" });
        assert_eq!(log[0].properties, Some(properties));
        let event = Misplaced { shelf_mark: "QA77".to_owned(), suspect: None };
        assert_eq!(Misplaced::from_record(&log[0])?, Some(event));
        Ok(())
    }

    switch!(SwitchState);

    #[test]
    fn a_macro_names_the_crate_from_where_it_is_declared() -> Tested {
        let mut log = Vec::new();
        let switch = SwitchMachine::create("switch").commit(&mut log)?.go(3).commit(&mut log)?;
        assert_eq!(switch.data().level, 3);
        assert_eq!(transitions(&log), ["create", "go"]);
        Ok(())
    }
}
