//! A machine that comes out of `macro_rules!`: as tokens, by metavariables, with a path from `$crate`.

use crate::Tested;
use crate::trail::moves;

/// The items that a crate with a macro exports for its macro.
mod reexported {
    pub(crate) use ::tollgate;
}

macro_rules! given_as_tokens {
    ($($tokens:tt)*) => { $($tokens)* };
}

given_as_tokens! {
    #[derive(tollgate::StateMachine)]
    #[transition(fill, from = Empty, to = Full)]
    #[transition(drink, from = Full, to = Empty)]
    enum CupState {
        #[state(initial)]
        Empty,
        Full { liquid: String },
    }
}

#[test]
fn the_whole_enum_is_given_as_tokens() -> Tested {
    let mut log = Vec::new();
    let cup = CupMachine::create(1).commit(&mut log)?.fill("tea".to_owned()).commit(&mut log)?;
    assert_eq!(cup.data().liquid, "tea");
    let cup = AnyCup::from(cup).fire(CupTransition::Drink)?.commit(&mut log)?;
    assert!(matches!(cup.into_parts().1, CupState::Empty));
    assert_eq!(moves(&log), ["create: -> Empty", "fill: Empty -> Full", "drink: Full -> Empty"]);
    Ok(())
}

macro_rules! given_as_an_item {
    ($item:item) => {
        #[derive(tollgate::StateMachine)]
        #[transition(fill, from = Empty, to = Full)]
        $item
    };
}

given_as_an_item! {
    enum PotState {
        #[state(initial)]
        Empty,
        #[state(terminal)]
        Full(u8),
    }
}

#[test]
fn the_enum_is_given_as_an_item() -> Tested {
    let mut log = Vec::new();
    assert_eq!(*PotMachine::create(1).commit(&mut log)?.fill(7).commit(&mut log)?.data(), 7);
    assert_eq!(moves(&log), ["create: -> Empty", "fill: Empty -> Full"]);
    Ok(())
}

/// Everything but the transitions' names comes from the caller: types, states, fields, texts, functions.
macro_rules! given_in_parts {
    (
        $(#[$attribute:meta])*
        $visibility:vis $name:ident of $subject:ty, known as $recorded:literal, within $module:ident,
        guarded by $guard:path, permitted by $permission:path,
        $first:ident -> $second:ident { $field:ident: $ty:ty } -> $third:ident($($value:ty),*)
    ) => {
        $(#[$attribute])*
        #[derive(tollgate::StateMachine)]
        #[machine(subject = $subject, name = $recorded, module = $module)]
        #[transition(advance, from = $first, to = $second, guard = $guard, doc = $recorded)]
        #[transition(finish, from = $second, to = $third, permission = $permission, rename = $recorded)]
        $visibility enum $name {
            #[doc = $recorded]
            #[state(initial)]
            $first,
            #[state(record, rename = $recorded)]
            $second { $field: $ty },
            #[state(terminal, record)]
            $third($($value),*),
        }
    };
}

#[derive(tollgate::Subject)]
pub(crate) struct Trip<T: Copy + Into<tollgate::Id> + 'static> {
    #[subject(id)]
    number: Number<T>,
}

/// A user-defined id with its own recorded form.
#[derive(Clone, Copy)]
struct Number<T>(T);

impl<T: Copy + Into<tollgate::Id>> From<&Number<T>> for tollgate::Id {
    fn from(number: &Number<T>) -> Self {
        number.0.into()
    }
}

impl<T: Copy + Into<tollgate::Id>> Trip<T> {
    fn is_planned(&self) -> Result<(), &'static str> {
        Ok(())
    }

    fn is_for(&self, actor: &tollgate::Actor) -> bool {
        actor.id.as_str() == Some("ann")
    }
}

given_in_parts! {
    /// A trip.
    #[derive(Debug, PartialEq)]
    pub(crate) TripState of Trip<u64>, known as "journey", within way,
    guarded by Trip::<u64>::is_planned, permitted by Trip::<u64>::is_for,
    Home -> Away { place: Option<Vec<(u8, &'static str)>> } -> Back(String, u8)
}

#[test]
fn types_states_fields_and_functions_are_given_in_parts() -> Tested {
    let mut log = Vec::new();
    let home: TripMachine<way::Home> = TripMachine::create(Trip { number: Number(7) }).commit(&mut log)?;
    let away: TripMachine<way::Away> = home.advance(Some(vec![(1, "sea")])).commit(&mut log)?;
    assert_eq!(away.data().place, Some(vec![(1, "sea")]));
    let back = away.finish("tired".to_owned(), 3).by("ann").commit(&mut log)?;
    assert_eq!(back.into_parts().1, TripState::Back("tired".to_owned(), 3));
    assert_eq!(moves(&log), ["create: -> Home", "advance: Home -> journey", "journey: journey -> Back"]);
    assert_eq!(log[1].data, Some(tollgate::serde_json::json!({ "place": [[1, "sea"]] })));
    assert_eq!(TripState::CHART.machine, "journey");
    Ok(())
}

/// A source of several states as one metavariable, and a list of states.
macro_rules! given_as_a_list {
    ($name:ident { $($state:ident),* } $sources:pat => $target:ident) => {
        #[derive(tollgate::StateMachine)]
        #[transition(close, from = $sources, to = $target)]
        enum $name {
            $(#[state(initial)] $state,)*
            #[state(terminal)]
            $target,
        }
    };
}

given_as_a_list!(CaseState { Asked, Told } Asked | Told => Closed);

#[test]
fn states_are_given_as_a_list_and_sources_as_a_pattern() -> Tested {
    let mut log = Vec::new();
    let case = CaseMachine::create_told(1).commit(&mut log)?;
    assert_eq!(case.close().commit(&mut log)?.version(), 2);
    assert_eq!(CaseState::CHART.edges.len(), 2);
    assert_eq!(moves(&log), ["create: -> Told", "close: Told -> Closed"]);
    Ok(())
}

macro_rules! with_a_path_from_the_macro {
    ($subject:ident, $name:ident) => {
        #[derive($crate::from_a_macro::reexported::tollgate::Subject)]
        #[subject(crate = $crate::from_a_macro::reexported::tollgate)]
        struct $subject {
            #[subject(id)]
            id: u64,
        }

        #[derive($crate::from_a_macro::reexported::tollgate::StateMachine)]
        #[machine(crate = $crate::from_a_macro::reexported::tollgate, subject = $subject)]
        #[transition(fill, from = Empty, to = Full)]
        enum $name {
            #[state(initial)]
            Empty,
            #[state(terminal, record)]
            Full { level: u8 },
        }
    };
}

with_a_path_from_the_macro!(Jug, JugState);

#[test]
fn the_crate_is_named_by_a_path_from_the_macro() -> Tested {
    let mut log = Vec::new();
    let jug = JugMachine::create(Jug { id: 7 }).commit(&mut log)?.fill(2).commit(&mut log)?;
    assert_eq!((jug.id, jug.data().level), (7, 2));
    assert_eq!(moves(&log), ["create: -> Empty", "fill: Empty -> Full"]);
    Ok(())
}

#[test]
fn a_macro_declares_a_machine_in_a_function() -> Tested {
    with_a_path_from_the_macro!(Barrel, BarrelState);
    let mut log = Vec::new();
    let barrel = BarrelMachine::create(Barrel { id: 7 }).commit(&mut log)?;
    assert_eq!(AnyBarrel::from(barrel).allowed().len(), 1);
    assert_eq!(moves(&log), ["create: -> Empty"]);
    Ok(())
}
