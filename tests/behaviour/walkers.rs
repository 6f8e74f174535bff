//! Machines of varied shape, and how both layers walk them: by typed methods, and by fired commands.

use std::collections::VecDeque;
use std::fmt::Debug;

use tollgate::chrono::{DateTime, Utc};
use tollgate::serde_json::{self, Value, json};
use tollgate::{Record, ReplayError, Sink, StateMachine};

use crate::faulty::Down;

/// The input of one step of a walk.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    /// Picks the transition, among all that the machine has.
    pub(crate) pick: usize,
    /// The number in the data of the new state.
    pub(crate) number: u32,
    pub(crate) at: Option<DateTime<Utc>>,
    pub(crate) actor: &'static str,
}

/// The outcome of an attempt.
#[derive(Debug)]
pub(crate) enum Outcome<A> {
    Moved(A),
    Refused(A, String),
    Illegal(A),
}

/// The behaviour of a sink for one record.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Mood {
    Accept,
    Refuse,
    /// Writes it, and returns an error.
    Lose,
}

/// A sink that follows its moods, and then accepts. It stores a record once, by its id.
#[derive(Debug, Default)]
pub(crate) struct Moody {
    pub(crate) log: Vec<Record>,
    pub(crate) refusals: Vec<Record>,
    pub(crate) moods: VecDeque<Mood>,
    pub(crate) has_lost: bool,
}

impl Sink for Moody {
    type Error = Down;

    fn on_success(&mut self, record: &Record) -> Result<(), Down> {
        let mood = self.moods.pop_front().unwrap_or(Mood::Accept);
        let is_held = self.log.iter().any(|held| held.id == record.id);
        if !is_held && !matches!(mood, Mood::Refuse) {
            self.log.push(record.clone());
        }
        // A sink that refuses a stored record has lost its success.
        self.has_lost = matches!(mood, Mood::Lose) || is_held && matches!(mood, Mood::Refuse);
        if matches!(mood, Mood::Accept) { Ok(()) } else { Err(Down) }
    }

    fn on_refusal(&mut self, record: &Record) -> Result<(), Down> {
        self.refusals.push(record.clone());
        Ok(())
    }
}

/// A machine that both layers walk. The run-time layer tries every transition; the typed one has
/// those methods that [`walked!`] lists, and a method that is not there does not compile.
pub(crate) trait Walked: StateMachine + Clone + PartialEq + Debug {
    fn begin(sink: &mut Moody) -> Self::Any;
    fn typed(any: Self::Any, attempt: &Attempt, sink: &mut Moody) -> Outcome<Self::Any>;
    fn fired(any: Self::Any, attempt: &Attempt, sink: &mut Moody) -> Outcome<Self::Any>;
    fn replayed(log: &[Record]) -> Result<Self::Any, ReplayError>;
    /// State and version.
    fn whereabouts(any: Self::Any) -> (Self, u64);
    /// The same machine again, for another look at it.
    fn again(state: Self, version: u64, at: Option<DateTime<Utc>>) -> Self::Any;
    fn names(any: &Self::Any) -> Vec<&'static str>;

    /// The name of the transition that is tried.
    fn transition(attempt: &Attempt) -> &'static str {
        Self::CHART.transitions[attempt.pick % Self::CHART.transitions.len()].name
    }
}

/// Commits the step, with the values of the attempt, and again if the success was lost.
macro_rules! commit {
    ($step:expr, $attempt:expr, $sink:expr) => {{
        let step = $step.by($attempt.actor).because("a walk");
        let mut step = if let Some(at) = $attempt.at { step.at(at) } else { step };
        loop {
            $sink.has_lost = false;
            match step.commit(&mut *$sink) {
                Ok(machine) => break Outcome::Moved(machine.into()),
                Err(refused) if $sink.has_lost => step = refused.into_step(),
                Err(refused) => {
                    let words = refused.to_string();
                    break Outcome::Refused(refused.into_machine().into(), words);
                }
            }
        }
    }};
}

macro_rules! walked {
    (
        $state:ident $machine:ident $any:ident $transition:ident, |$number:ident|
        begin($($first:expr),*)
        data { $($carrier:literal => $json:expr,)* }
        $($from:ident: $($method:ident($($data:expr),*))*;)*
    ) => {
        impl Walked for $state {
            fn begin(sink: &mut Moody) -> $any {
                $machine::create("w" $(, $first)*).commit(sink).expect("the first record is accepted").into()
            }

            #[allow(unused_variables, reason = "most machines carry no data")]
            fn typed(any: $any, attempt: &Attempt, sink: &mut Moody) -> Outcome<$any> {
                let $number = attempt.number;
                match (any, Self::transition(attempt)) {
                    $($(
                        ($any::$from(machine), stringify!($method)) => {
                            commit!(machine.$method($($data),*), attempt, sink)
                        }
                    )*)*
                    (any, _) => Outcome::Illegal(any),
                }
            }

            fn fired(any: $any, attempt: &Attempt, sink: &mut Moody) -> Outcome<$any> {
                let $number = attempt.number;
                let _ = $number;
                let name = Self::transition(attempt);
                let data = match name {
                    $($carrier => $json,)*
                    _ => Value::Null,
                };
                let command: $transition = serde_json::from_value(json!({ name: data })).expect("it is a command");
                match any.fire(command) {
                    Ok(step) => commit!(step, attempt, sink),
                    Err(not_allowed) => Outcome::Illegal(not_allowed.into_machine()),
                }
            }

            fn replayed(log: &[Record]) -> Result<$any, ReplayError> {
                $any::replay("w", log)
            }

            fn whereabouts(any: $any) -> (Self, u64) {
                let (_, state, version) = any.into_parts();
                (state, version)
            }

            fn again(state: Self, version: u64, at: Option<DateTime<Utc>>) -> $any {
                let any = $any::resume("w", state, version);
                if let Some(at) = at { any.last_recorded_at(at) } else { any }
            }

            fn names(any: &$any) -> Vec<&'static str> {
                any.allowed().iter().map(|edge| edge.transition).collect()
            }
        }
    };
}

/// A ring, where one name leads from each state to another.
#[derive(Debug, Clone, PartialEq, StateMachine)]
#[transition(turn, from = North, to = East)]
#[transition(turn, from = East,  to = South)]
#[transition(turn, from = South, to = West)]
#[transition(turn, from = West,  to = North, was = "rotate")]
#[transition(face_about, from = North, to = South)]
#[transition(face_about, from = South, to = North)]
pub(crate) enum RingState {
    #[state(initial)]
    North,
    East,
    South,
    West,
}

walked! {
    RingState RingMachine AnyRing RingTransition, |number|
    begin()
    data {}
    North: turn() face_about();
    East: turn();
    South: turn() face_about();
    West: turn();
}

/// A complete graph, whose transitions are named after their targets.
#[derive(Debug, Clone, PartialEq, StateMachine)]
#[transition(from = B | C | D, to = A)]
#[transition(from = A | C | D, to = B, requires(actor))]
#[transition(from = A | B | D, to = C, requires(reason))]
#[transition(from = A | B | C, to = D, requires(actor, reason))]
pub(crate) enum MeshState {
    #[state(initial)]
    A,
    B,
    C,
    D,
}

walked! {
    MeshState MeshMachine AnyMesh MeshTransition, |number|
    begin()
    data {}
    A: to_b() to_c() to_d();
    B: to_a() to_c() to_d();
    C: to_a() to_b() to_d();
    D: to_a() to_b() to_c();
}

/// A tree with terminal leaves.
#[derive(Debug, Clone, PartialEq, StateMachine)]
#[transition(left,  from = Root,  to = Left)]
#[transition(right, from = Root,  to = Right)]
#[transition(left,  from = Left,  to = LeftLeft)]
#[transition(right, from = Left,  to = LeftRight)]
#[transition(left,  from = Right, to = RightLeft)]
#[transition(right, from = Right, to = RightRight)]
#[transition(look,  from = LeftLeft | RightRight, to = _)]
pub(crate) enum TreeState {
    #[state(initial)]
    Root,
    Left,
    Right,
    #[state(terminal)]
    LeftLeft,
    #[state(terminal)]
    LeftRight,
    #[state(terminal)]
    RightLeft,
    #[state(terminal)]
    RightRight,
}

walked! {
    TreeState TreeMachine AnyTree TreeTransition, |number|
    begin()
    data {}
    Root: left() right();
    Left: left() right();
    Right: left() right();
    LeftLeft: look();
    RightRight: look();
}

/// Wildcards, and exact sources that win over them.
#[derive(Debug, Clone, PartialEq, StateMachine)]
#[transition(stop,  from = _,    to = Idle)]
#[transition(stop,  from = Idle, to = Off)]
#[transition(run,   from = _,    to = Busy)]
#[transition(touch, from = _,    to = _)]
#[transition(touch, from = Off,  to = _)]
pub(crate) enum EngineState {
    #[state(initial)]
    Idle,
    Busy,
    #[state(terminal)]
    Off,
}

walked! {
    EngineState EngineMachine AnyEngine EngineTransition, |number|
    begin()
    data {}
    Idle: stop() run() touch();
    Busy: stop() run() touch();
    Off: touch();
}

/// Data in the states, of every shape, and guards that read it.
#[derive(Debug, Clone, PartialEq, StateMachine)]
#[transition(pour,  from = Cup | Spilt, to = Cup, guard = has_room)]
#[transition(sip,   from = Cup,   to = _, guard = [is_full, is_even])]
#[transition(spill, from = Cup,   to = Spilt)]
#[transition(shelve, from = _,    to = Shelved)]
#[transition(smash, from = _,     to = Smashed)]
pub(crate) enum CupState {
    #[state(initial, record)]
    Cup { level: u32, note: Option<String> },
    #[state(record)]
    Spilt(u32, bool),
    #[state(record, terminal)]
    Shelved(Option<u32>),
    #[state(terminal)]
    Smashed,
}

fn level(machine: &impl AsLevel) -> u32 {
    machine.level()
}

/// The level of a cup in either state in which it can be filled.
pub(crate) trait AsLevel {
    fn level(&self) -> u32;
}

impl AsLevel for CupMachine<cup_state::Cup> {
    fn level(&self) -> u32 {
        self.data().level
    }
}

impl AsLevel for CupMachine<cup_state::Spilt> {
    fn level(&self) -> u32 {
        self.data().0
    }
}

fn has_room(machine: &impl AsLevel) -> Result<(), String> {
    let level = level(machine);
    if level < 80 { Ok(()) } else { Err(format!("{level} is enough")) }
}

fn is_full(machine: &CupMachine<cup_state::Cup>) -> bool {
    machine.data().level > 10
}

fn is_even(machine: &CupMachine<cup_state::Cup>) -> Result<(), &'static str> {
    if machine.data().level.is_multiple_of(2) { Ok(()) } else { Err("it is odd") }
}

fn note(number: u32) -> Option<String> {
    number.is_multiple_of(3).then(|| number.to_string())
}

walked! {
    CupState CupMachine AnyCup CupTransition, |number|
    begin(0, None)
    data {
        "pour" => json!({"level": number, "note": note(number)}),
        "spill" => json!([number, number.is_multiple_of(2)]),
        "shelve" => json!(number.checked_sub(1)),
    }
    Cup: pour(number, note(number)) sip() spill(number, number.is_multiple_of(2)) shelve(number.checked_sub(1)) smash();
    Spilt: pour(number, note(number)) shelve(number.checked_sub(1)) smash();
}
