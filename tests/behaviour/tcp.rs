//! A real machine: the TCP connection of RFC 9293, figure 5, walked along the paths in the RFC.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use tollgate::serde_json::{self, json};
use tollgate::{Record, StateMachine, Subject};

use crate::Tested;
use crate::trail::moves;

/// A connection, named by its local port.
#[derive(Debug, Clone, PartialEq, Subject)]
#[subject(kind = "connection")]
pub(crate) struct Connection {
    #[subject(id)]
    port: u16,
}

/// How a connection came to be opened.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Open {
    Active,
    Passive,
}

#[derive(Debug, PartialEq, StateMachine)]
#[machine(subject = Connection, name = "TCP", rename_all = "SCREAMING-KEBAB-CASE")]
#[transition(passive_open,       from = Closed,      to = Listen)]
#[transition(active_open,        from = Closed,      to = SynSent)]
#[transition(send,               from = Listen,      to = SynSent)]
#[transition(receive_syn,        from = Listen | SynSent, to = SynReceived)]
#[transition(receive_syn_ack,    from = SynSent,     to = Established)]
#[transition(receive_ack_of_syn, from = SynReceived, to = Established)]
#[transition(receive_rst,        from = SynReceived, to = Listen, guard = was_opened_passively)]
#[transition(receive_fin,        from = Established, to = CloseWait)]
#[transition(receive_fin,        from = FinWait1,    to = Closing)]
#[transition(receive_fin,        from = FinWait2,    to = TimeWait)]
#[transition(receive_ack_of_fin, from = FinWait1,    to = FinWait2)]
#[transition(receive_ack_of_fin, from = Closing,     to = TimeWait)]
#[transition(receive_ack_of_fin, from = LastAck,     to = Closed)]
#[transition(close,              from = Listen | SynSent, to = Closed)]
#[transition(close,              from = SynReceived | Established, to = FinWait1)]
#[transition(close,              from = CloseWait,   to = LastAck)]
#[transition(time_out,           from = TimeWait,    to = Closed)]
pub(crate) enum TcpState {
    #[state(initial)]
    Closed,
    Listen,
    SynSent,
    #[state(record)]
    SynReceived(Open),
    Established,
    #[state(rename = "FIN-WAIT-1")]
    FinWait1,
    #[state(rename = "FIN-WAIT-2")]
    FinWait2,
    CloseWait,
    Closing,
    LastAck,
    TimeWait,
}

/// Note 1 of the figure: a reset returns to LISTEN only a connection that came from LISTEN.
fn was_opened_passively(connection: &TcpMachine<tcp_state::SynReceived>) -> bool {
    *connection.data() == Open::Passive
}

/// The arrows of figure 5, copied manually and not from the declaration above.
const FIGURE_5: [(&str, &str, &str); 20] = [
    ("CLOSED", "passive_open", "LISTEN"),
    ("CLOSED", "active_open", "SYN-SENT"),
    ("LISTEN", "close", "CLOSED"),
    ("LISTEN", "receive_syn", "SYN-RECEIVED"),
    ("LISTEN", "send", "SYN-SENT"),
    ("SYN-SENT", "close", "CLOSED"),
    ("SYN-SENT", "receive_syn", "SYN-RECEIVED"),
    ("SYN-SENT", "receive_syn_ack", "ESTABLISHED"),
    ("SYN-RECEIVED", "receive_rst", "LISTEN"),
    ("SYN-RECEIVED", "receive_ack_of_syn", "ESTABLISHED"),
    ("SYN-RECEIVED", "close", "FIN-WAIT-1"),
    ("ESTABLISHED", "close", "FIN-WAIT-1"),
    ("ESTABLISHED", "receive_fin", "CLOSE-WAIT"),
    ("FIN-WAIT-1", "receive_ack_of_fin", "FIN-WAIT-2"),
    ("FIN-WAIT-1", "receive_fin", "CLOSING"),
    ("FIN-WAIT-2", "receive_fin", "TIME-WAIT"),
    ("CLOSING", "receive_ack_of_fin", "TIME-WAIT"),
    ("CLOSE-WAIT", "close", "LAST-ACK"),
    ("LAST-ACK", "receive_ack_of_fin", "CLOSED"),
    ("TIME-WAIT", "time_out", "CLOSED"),
];

/// The paths in sections 3.5 and 3.6 of the RFC, and those that its figure adds.
const PATHS: [&[&str]; 9] = [
    // Three-way handshake and normal close, on either side.
    &["active_open", "receive_syn_ack", "close", "receive_ack_of_fin", "receive_fin", "time_out"],
    &["passive_open", "receive_syn", "receive_ack_of_syn", "receive_fin", "close", "receive_ack_of_fin"],
    // Simultaneous open, simultaneous close.
    &["active_open", "receive_syn", "receive_ack_of_syn", "close", "receive_fin", "receive_ack_of_fin", "time_out"],
    // A listener that sends first.
    &["passive_open", "send", "receive_syn_ack"],
    // Closed before there is a connection.
    &["passive_open", "close"],
    &["active_open", "close"],
    &["passive_open", "receive_syn", "close", "receive_fin"],
    // After a reset the listener is back, and the next connection is another.
    &["passive_open", "receive_syn", "receive_rst", "receive_syn", "receive_ack_of_syn"],
    // Closed is not the end: the port is opened again.
    &["passive_open", "close", "active_open", "receive_syn_ack"],
];

fn command(name: &str, open: Open) -> serde_json::Result<TcpTransition> {
    let data = if name == "receive_syn" { json!(open) } else { json!(null) };
    serde_json::from_value(json!({ name: data }))
}

/// Fires the transitions one after another at a new connection.
fn walk(path: &[&str]) -> Result<(AnyTcp, Vec<Record>), Box<dyn std::error::Error>> {
    let mut log = Vec::new();
    let mut any = AnyTcp::from(TcpMachine::create(Connection { port: 443 }).commit(&mut log)?);
    for name in path {
        let open = if any.state().name == "LISTEN" { Open::Passive } else { Open::Active };
        any = any.fire(command(name, open)?)?.commit(&mut log)?;
    }
    Ok((any, log))
}

#[test]
fn the_chart_is_figure_5() {
    let chart = TcpState::CHART;
    assert_eq!(chart.states.len(), 11);
    let edges: BTreeSet<_> = chart.edges.iter().map(|edge| (edge.from, edge.transition, edge.to)).collect();
    assert_eq!(edges, BTreeSet::from(FIGURE_5));
    assert_eq!(chart.edges.len(), 20, "no arrow is drawn twice");
    assert!(chart.states.iter().all(|state| !state.terminal));
    assert_eq!(chart.initial().map(|state| state.name).collect::<Vec<_>>(), ["CLOSED"]);
}

#[test]
fn the_paths_of_the_rfc_walk_every_arrow() -> Tested {
    let mut walked = BTreeSet::new();
    for path in PATHS {
        let (any, log) = walk(path).map_err(|error| format!("{path:?}: {error}"))?;
        assert_eq!(log.len(), path.len() + 1);
        let replayed = AnyTcp::replay(Connection { port: 443 }, &log)?;
        assert_eq!(replayed.into_parts(), any.into_parts());
        walked.extend(log.into_iter().skip(1).map(|record| (record.from, record.transition, record.to)));
    }
    let figure = FIGURE_5.map(|(from, name, to)| (Some(from.into()), Some(name.into()), Some(to.into())));
    assert_eq!(walked, BTreeSet::from(figure));
    Ok(())
}

#[test]
fn what_the_figure_does_not_draw_is_not_allowed() -> Tested {
    let mut refused = 0;
    for state in TcpState::CHART.states {
        for transition in TcpState::CHART.transitions {
            let data = json!("passive");
            let any = AnyTcp::resume_named(Connection { port: 1 }, state.name, Some(&data), 1)?;
            let drawn = FIGURE_5.iter().any(|(from, name, _)| (*from, *name) == (state.name, transition.name));
            match any.fire(command(transition.name, Open::Active)?) {
                Ok(_) => assert!(drawn, "{} from {}", transition.name, state.name),
                Err(not_allowed) => {
                    assert!(!drawn, "{not_allowed}");
                    refused += 1;
                }
            }
        }
    }
    assert_eq!(refused, 11 * TcpState::CHART.transitions.len() - 20);
    Ok(())
}

#[test]
fn both_ends_of_a_connection_by_their_types() -> Tested {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let server = TcpMachine::create(Connection { port: 80 }).commit(&mut theirs)?.passive_open().commit(&mut theirs)?;
    let client = TcpMachine::create(Connection { port: 5000 }).commit(&mut ours)?.active_open().commit(&mut ours)?;
    let server = server.receive_syn(Open::Passive).commit(&mut theirs)?;
    let client = client.receive_syn_ack().commit(&mut ours)?;
    let server = server.receive_ack_of_syn().commit(&mut theirs)?;
    let client = client.close().commit(&mut ours)?;
    let server = server.receive_fin().commit(&mut theirs)?;
    let client = client.receive_ack_of_fin().commit(&mut ours)?;
    let server = server.close().commit(&mut theirs)?;
    let client = client.receive_fin().commit(&mut ours)?;
    let server: TcpMachine<tcp_state::Closed> = server.receive_ack_of_fin().commit(&mut theirs)?;
    let client: TcpMachine<tcp_state::Closed> = client.time_out().commit(&mut ours)?;
    assert_eq!((client.version(), server.version()), (7, 7));
    assert_eq!(
        moves(&ours),
        [
            "create:  -> CLOSED",
            "active_open: CLOSED -> SYN-SENT",
            "receive_syn_ack: SYN-SENT -> ESTABLISHED",
            "close: ESTABLISHED -> FIN-WAIT-1",
            "receive_ack_of_fin: FIN-WAIT-1 -> FIN-WAIT-2",
            "receive_fin: FIN-WAIT-2 -> TIME-WAIT",
            "time_out: TIME-WAIT -> CLOSED",
        ]
    );
    assert_eq!(
        moves(&theirs)[2..4],
        ["receive_syn: LISTEN -> SYN-RECEIVED", "receive_ack_of_syn: SYN-RECEIVED -> ESTABLISHED"]
    );
    Ok(())
}

#[test]
fn a_reset_goes_back_to_listen_only_after_a_passive_open() -> Tested {
    let (any, mut log) = walk(&["active_open", "receive_syn"])?;
    assert_eq!(any.available().iter().map(|edge| edge.transition).collect::<Vec<_>>(), ["receive_ack_of_syn", "close"]);
    let AnyTcp::SynReceived(connection) = any else { return Err("it has received a SYN".into()) };
    let refused = connection.receive_rst().commit(&mut log).expect_err("it was opened actively");
    assert_eq!(
        refused.to_string(),
        "`receive_rst` of connection 443 from `SYN-RECEIVED`: guard `was_opened_passively`: does not hold"
    );
    let (any, _) = walk(&["passive_open", "receive_syn", "receive_rst"])?;
    assert_eq!(any.state().name, "LISTEN");
    Ok(())
}
