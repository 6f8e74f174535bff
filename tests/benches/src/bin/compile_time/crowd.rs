//! A crate of many small machines, as a service has: 40 of 6 states and 10 edges each, with a guard and a state with data.

use std::fmt::Write as _;

/// The declaration of each contender that has typed states and can declare this machine.
pub(crate) const CROWD: [(&str, Source); 3] = [
    (crate::machines::DISPATCHED_BY_HAND, || crate_of(&by_hand())),
    ("tollgate", || crate_of(&tollgate())),
    ("statum", || crate_of(&statum())),
];

type Source = fn() -> String;

pub(crate) const MACHINES: usize = 40;
/// The guard is on the first edge. State 3 has a count.
const EDGES: [(usize, usize); 10] = [(0, 1), (0, 2), (1, 2), (1, 3), (2, 3), (2, 4), (3, 4), (3, 5), (4, 5), (5, 0)];
const STATES: usize = 6;
const GUARDED: usize = 0;
const WITH_DATA: usize = 3;

/// Each machine has its own module, so all have the same text.
fn crate_of(machine: &str) -> String {
    let mut source = String::new();
    for index in 0..MACHINES {
        let _ = writeln!(source, "pub mod m{index} {{\n{machine}}}\n");
    }
    source
}

fn tollgate() -> String {
    let transitions = EDGES.iter().enumerate().map(|(index, (from, to))| {
        let guard = if index == GUARDED { ", guard = is_ready" } else { "" };
        format!("    #[transition(t{index}, from = S{from}, to = S{to}{guard})]\n")
    });
    let transitions: String = transitions.collect();
    format!(
        "    fn is_ready(id: &tollgate::Id) -> bool {{ *id != tollgate::Id::from(0) }}

    #[derive(tollgate::StateMachine)]
{transitions}    pub enum SmallState {{
        #[state(initial)]
        S0,
        S1,
        S2,
        S3 {{ count: u64 }},
        S4,
        S5,
    }}
"
    )
}

fn statum() -> String {
    let impls: String = (0..STATES)
        .map(|state| {
            let methods = EDGES.iter().enumerate().filter(|(_, (from, _))| *from == state).map(|(index, (_, to))| {
                if index == GUARDED {
                    format!(
                        "        pub fn t{index}(self) -> ::core::result::Result<Machine<S{to}>, Refused> {{
            if is_ready(self.id) {{ Ok(self.transition()) }} else {{ Err(Refused) }}
        }}\n"
                    )
                } else if *to == WITH_DATA {
                    format!(
                        "        pub fn t{index}(self, count: u64) -> Machine<S{to}> {{
            self.transition_with(Count {{ count }})
        }}\n"
                    )
                } else {
                    format!("        pub fn t{index}(self) -> Machine<S{to}> {{ self.transition() }}\n")
                }
            });
            format!("\n    #[transition]\n    impl Machine<S{state}> {{\n{}    }}\n", methods.collect::<String>())
        })
        .collect();
    format!(
        "    use statum::{{machine, state, transition}};

    fn is_ready(id: u64) -> bool {{ id != 0 }}

    pub struct Refused;

    pub struct Count {{
        pub count: u64,
    }}

    #[state]
    pub enum SmallState {{
        S0,
        S1,
        S2,
        S3(Count),
        S4,
        S5,
    }}

    #[machine]
    pub struct Machine<SmallState> {{
        id: u64,
    }}
{impls}"
    )
}

fn by_hand() -> String {
    let data = |state: usize| if state == WITH_DATA { " { pub count: u64 }" } else { ";" };
    let structs: String = (0..STATES).map(|state| format!("    pub struct S{state}{}\n", data(state))).collect();
    let impls: String = (0..STATES)
        .map(|state| {
            let methods = EDGES.iter().enumerate().filter(|(_, (from, _))| *from == state).map(|(index, (_, to))| {
                let (parameter, value) = if *to == WITH_DATA { (", count: u64", " { count }") } else { ("", "") };
                if index == GUARDED {
                    format!(
                        "        pub fn t{index}(self{parameter}) -> Result<Machine<S{to}>, Self> {{
            if is_ready(self.id) {{ Ok(self.enter(S{to}{value})) }} else {{ Err(self) }}
        }}\n"
                    )
                } else {
                    format!(
                        "        pub fn t{index}(self{parameter}) -> Machine<S{to}> {{ self.enter(S{to}{value}) }}\n"
                    )
                }
            });
            format!("\n    impl Machine<S{state}> {{\n{}    }}\n", methods.collect::<String>())
        })
        .collect();
    let events = EDGES.iter().enumerate().map(|(index, (_, to))| {
        let data = if *to == WITH_DATA { " { count: u64 }" } else { "" };
        format!("        T{index}{data},\n")
    });
    let events: String = events.collect();
    let variants: String = (0..STATES).map(|state| format!("        S{state}(Machine<S{state}>),\n")).collect();
    let arms = EDGES.iter().enumerate().map(|(index, (from, to))| {
        let (pattern, argument) = if *to == WITH_DATA { (" { count }", "count") } else { ("", "") };
        let arm = format!("                (Self::S{from}(machine), Event::T{index}{pattern}) =>");
        if index == GUARDED {
            format!(
                "{arm} machine.t{index}({argument}).map(Self::S{to}).map_err(|it| NotAllowed(Self::S{from}(it))),\n"
            )
        } else {
            format!("{arm} Ok(Self::S{to}(machine.t{index}({argument}))),\n")
        }
    });
    let arms: String = arms.collect();
    format!(
        "    fn is_ready(id: u64) -> bool {{ id != 0 }}

    pub struct Machine<S> {{
        id: u64,
        version: u64,
        pub state: S,
    }}

    impl<S> Machine<S> {{
        pub fn version(&self) -> u64 {{ self.version }}

        fn enter<T>(self, state: T) -> Machine<T> {{
            Machine {{ id: self.id, version: self.version + 1, state }}
        }}
    }}

    impl Machine<S0> {{
        pub fn create(id: u64) -> Self {{ Machine {{ id, version: 1, state: S0 }} }}
    }}

{structs}{impls}
    pub enum Event {{
{events}    }}

    pub enum AnyMachine {{
{variants}    }}

    pub struct NotAllowed(pub AnyMachine);

    impl AnyMachine {{
        pub fn fire(self, event: Event) -> Result<Self, NotAllowed> {{
            match (self, event) {{
{arms}                (machine, _) => Err(NotAllowed(machine)),
            }}
        }}
    }}
"
    )
}
