// Every attribute of a field that is supported.
#![deny(warnings, missing_docs, clippy::pedantic)]
//! A crate with docs.

use tollgate::serde::{Deserialize, Deserializer};
use tollgate::serde_json::{from_value, json};
use tollgate::{Record, StateMachine};

/// A number that cannot be serialised.
#[derive(Default)]
pub struct Pin(u16);

fn pin<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Pin, D::Error> {
    u16::deserialize(deserializer).map(Pin)
}

fn anonymous() -> String {
    "anonymous".to_owned()
}

/// The states of a login.
#[derive(StateMachine)]
#[transition(log_in, from = Out, to = In)]
#[transition(log_out, from = In, to = Out)]
pub enum LoginState {
    /// No user is logged in.
    #[state(initial)]
    Out,
    /// A user is logged in.
    #[state(record)]
    In {
        /// The name of the user.
        #[serde(rename = "userName", alias = "user", default = "anonymous")]
        user: String,
        /// The user's secret.
        #[state(skip)]
        #[serde(deserialize_with = "pin")]
        pin: Pin,
        /// The user's address.
        #[state(redact)]
        address: String,
        /// The program that the user uses.
        #[serde(skip)]
        agent: String,
        /// The key to the session.
        #[serde(skip_serializing)]
        cookie: String,
        /// Attempts before this one.
        #[serde(default)]
        attempts: u8,
    },
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut log: Vec<Record> = Vec::new();
    let login = LoginMachine::create(7).commit(&mut log)?;
    let step = login.log_in("ann".into(), Pin(1234), "::1".into(), "lynx".into(), "c".into(), 1);
    assert_eq!(step.commit(&mut log)?.data().pin.0, 1234);
    assert_eq!(log[1].data, Some(json!({ "userName": "ann", "address": "[redacted]", "attempts": 1 })));
    let login = AnyLogin::replay(7, &log)?;
    let AnyLogin::In(login) = login else { return Err("ann is logged in".into()) };
    let LoginInData { user, pin, address, agent, cookie, attempts } = login.data();
    assert_eq!((user.as_str(), pin.0, attempts), ("ann", 0, &1));
    assert_eq!([address, agent, cookie], [""; 3]);
    let command = json!({ "log_in": { "user": "bob", "pin": 5678, "address": "", "agent": "", "cookie": "" } });
    let LoginTransition::LogIn { user, pin, attempts, .. } = from_value(command)? else {
        return Err("bob logs in".into());
    };
    assert_eq!((user.as_str(), pin.0, attempts), ("bob", 5678, 0));
    Ok(())
}
