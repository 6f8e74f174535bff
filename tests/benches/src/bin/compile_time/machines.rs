//! The generated machines: the same states and edges, in the source form of each contender.

/// The declaration of a machine in one library.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    /// The line under `[dependencies]`; `{root}` is the root of this repository.
    pub(crate) dependency: &'static str,
    pub(crate) source: fn(states: usize) -> String,
}

pub(crate) const TYPED_BY_HAND: &str = "hand-written, typed only";
pub(crate) const DISPATCHED_BY_HAND: &str = "hand-written, typed + dispatch";

// The peers' versions are those of this package's own manifest, whose build downloads them.
pub(crate) const CONTENDERS: &[Contender] = &[
    Contender { name: TYPED_BY_HAND, dependency: "", source: typed_by_hand },
    Contender { name: DISPATCHED_BY_HAND, dependency: "", source: dispatched_by_hand },
    // The code that gives the same compile error: no peer has it, and no machine can have it for less.
    Contender { name: "hand-written, dispatch + own errors", dependency: "", source: dispatched_with_errors_by_hand },
    Contender { name: "tollgate", dependency: "tollgate = { path = '{root}/runtime' }", source: tollgate },
    // The time before a machine is compiled: cargo and rustc read tollgate and its dependencies.
    Contender {
        name: "an empty crate with tollgate",
        dependency: "tollgate = { path = '{root}/runtime' }",
        source: |_| String::new(),
    },
    Contender { name: "statum", dependency: "statum = '=0.9.0'", source: statum },
    Contender { name: "smlang", dependency: "smlang = '=0.8.0'", source: smlang },
    Contender { name: "statig", dependency: "statig = '=0.4.1'", source: statig },
    Contender { name: "rust-fsm", dependency: "rust-fsm = '=0.8.0'", source: rust_fsm },
];

/// One way out of a state: `t3_a` as a method, `T3A` as an event.
struct Edge {
    from: usize,
    to: usize,
    method: String,
    event: String,
}

/// One text for each edge of a state: to the next three, around in a ring, so all are reached.
fn per_edge(states: usize, from: usize, text: impl Fn(Edge) -> String) -> String {
    [('a', 'A'), ('b', 'B'), ('c', 'C')]
        .into_iter()
        .zip(from + 1..)
        .map(|((small, capital), to)| {
            text(Edge { from, to: to % states, method: format!("t{from}_{small}"), event: format!("T{from}{capital}") })
        })
        .collect()
}

fn per_state(states: usize, text: impl Fn(usize) -> String) -> String {
    (0..states).map(text).collect()
}

fn event_enum(states: usize) -> String {
    let variants = per_state(states, |from| per_edge(states, from, |edge| format!("    {},\n", edge.event)));
    format!("pub enum Event {{\n{variants}}}\n")
}

fn typed_by_hand(states: usize) -> String {
    let impls = per_state(states, |from| {
        let methods = per_edge(states, from, |Edge { method, to, .. }| {
            format!("    pub fn {method}(self) -> Machine<S{to}> {{ self.enter() }}\n")
        });
        format!("\npub struct S{from};\n\nimpl Machine<S{from}> {{\n{methods}}}\n")
    });
    typed_head() + &impls
}

fn typed_head() -> String {
    "use std::marker::PhantomData;

pub struct Subject {
    pub id: u64,
}

pub struct Machine<S> {
    subject: Subject,
    version: u64,
    state: PhantomData<S>,
}

impl<S> Machine<S> {
    pub fn subject(&self) -> &Subject { &self.subject }

    fn enter<T>(self) -> Machine<T> {
        Machine { subject: self.subject, version: self.version + 1, state: PhantomData }
    }
}

impl Machine<S0> {
    pub fn create(subject: Subject) -> Self {
        Machine { subject, version: 1, state: PhantomData }
    }
}
"
    .to_owned()
}

/// The typed machine, and the code for a state that is known at run time.
fn dispatched_by_hand(states: usize) -> String {
    dispatched(&typed_by_hand(states), states)
}

/// The same, with methods whose errors for an illegal call are those of tollgate.
fn dispatched_with_errors_by_hand(states: usize) -> String {
    let impls = per_state(states, |from| {
        let methods = per_edge(states, from, |Edge { method, event, to, .. }| {
            format!(
                "
#[diagnostic::on_unimplemented(
    message = \"illegal transition: `{method}` does not leave `{{S}}`\",
    label = \"a `Machine<{{S}}>` cannot `{method}`\",
    note = \"`{method}`: S{from} -> S{to}\",
)]
pub trait {event}<S> {{}}

impl {event}<S{from}> for Machine<S{from}> {{}}

impl<S> Machine<S> where Self: {event}<S> {{
    pub fn {method}(self) -> Machine<S{to}> {{ self.enter() }}
}}
"
            )
        });
        format!("\npub struct S{from};\n{methods}")
    });
    dispatched(&(typed_head() + &impls), states)
}

fn dispatched(typed: &str, states: usize) -> String {
    let events = event_enum(states);
    let variants = per_state(states, |state| format!("    S{state}(Machine<S{state}>),\n"));
    let arms = per_state(states, |from| {
        per_edge(states, from, |Edge { event, to, method, .. }| {
            format!("            (Self::S{from}(machine), Event::{event}) => Ok(Self::S{to}(machine.{method}())),\n")
        })
    });
    format!(
        "{typed}
{events}
pub enum AnyMachine {{
{variants}}}

pub struct NotAllowed(pub AnyMachine);

impl AnyMachine {{
    pub fn fire(self, event: Event) -> Result<Self, NotAllowed> {{
        match (self, event) {{
{arms}            (machine, _) => Err(NotAllowed(machine)),
        }}
    }}
}}
"
    )
}

fn tollgate(states: usize) -> String {
    let transitions = per_state(states, |from| {
        per_edge(states, from, |Edge { method, to, .. }| {
            format!("#[transition({method}, from = S{from}, to = S{to})]\n")
        })
    });
    let others = per_state(states - 1, |state| format!("    S{},\n", state + 1));
    // Rustc counts each helper attribute of an item as a step of one expansion, and stops at 128.
    let limit = 128 + 3 * states;
    format!(
        "#![recursion_limit = \"{limit}\"]

#[derive(tollgate::StateMachine)]
{transitions}pub enum BigState {{
    #[state(initial)]
    S0,
{others}}}
"
    )
}

fn statum(states: usize) -> String {
    let variants = per_state(states, |state| format!("    S{state},\n"));
    let impls = per_state(states, |from| {
        let methods = per_edge(states, from, |Edge { method, to, .. }| {
            format!("    pub fn {method}(self) -> Machine<S{to}> {{ self.transition() }}\n")
        });
        format!("\n#[transition]\nimpl Machine<S{from}> {{\n{methods}}}\n")
    });
    format!(
        "use statum::{{machine, state, transition}};

#[state]
pub enum BigState {{
{variants}}}

#[machine]
pub struct Machine<BigState> {{
    id: u64,
}}
{impls}"
    )
}

fn smlang(states: usize) -> String {
    let transitions = per_state(states, |from| {
        per_edge(states, from, |Edge { event, from, to, .. }| {
            // The star marks the initial state, once.
            let star = if event == "T0A" { "*" } else { "" };
            format!("        {star}S{from} + {event} = S{to},\n")
        })
    });
    format!(
        "smlang::statemachine! {{
    transitions: {{
{transitions}    }},
}}

pub struct Context {{
    pub id: u64,
}}

impl StateMachineContext for Context {{}}
"
    )
}

fn statig(states: usize) -> String {
    let events = event_enum(states);
    let handlers = per_state(states, |from| {
        let arms = per_edge(states, from, |Edge { event, to, .. }| {
            format!("            Event::{event} => Transition(State::s{to}()),\n")
        });
        format!(
            "    #[state]
    fn s{from}(event: &Event) -> Outcome<State> {{
        match event {{
{arms}            _ => Super,
        }}
    }}
"
        )
    });
    format!(
        "use statig::prelude::*;

{events}
pub struct Machine {{
    pub id: u64,
}}

#[state_machine(initial = \"State::s0()\")]
impl Machine {{
{handlers}}}
"
    )
}

fn rust_fsm(states: usize) -> String {
    let transitions = per_state(states, |from| {
        let inputs = per_edge(states, from, |Edge { event, to, .. }| format!("        {event} => S{to},\n"));
        format!("    S{from} => {{\n{inputs}    }},\n")
    });
    format!("rust_fsm::state_machine! {{\n    pub machine(S0)\n\n{transitions}}}\n")
}
