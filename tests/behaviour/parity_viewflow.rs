//! Features that a Viewflow user has today: behaviours 1 to 14 of the parity list, a test each.
//!
//! The core alone cannot provide all of them. That a state is not assigned (1) and that names cannot be mistyped (3,
//! 13) is shown by programs that do not compile, under ui/. The indexes of 13, and 14 against a real database, are
//! the store's. The measured defects are in `parity_viewflow_defects.rs`.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::ops::DerefMut;

use tollgate::serde_json::{Value, json};
use tollgate::{Actor, BatchSink, Cause, Record, Sink, StateMachine, Subject, sink};

use crate::Tested;
use crate::faulty::{Both, Down};
use crate::trail::{moves, versions};

/// A parcel of a shop.
#[derive(Debug, Clone, PartialEq, Subject)]
pub(crate) struct Parcel {
    #[subject(id)]
    pub(crate) id: u32,
    pub(crate) weight: u32,
    pub(crate) is_paid: bool,
}

fn is_paid(parcel: &Parcel) -> Result<(), &'static str> {
    if parcel.is_paid { Ok(()) } else { Err("it is not paid") }
}

fn is_light(parcel: &Parcel) -> Result<(), String> {
    if parcel.weight <= 30 { Ok(()) } else { Err(format!("{} kg are too heavy", parcel.weight)) }
}

fn is_staff(_: &Parcel, actor: &Actor) -> bool {
    actor.id.as_str().is_some_and(|id| id.starts_with("staff/")) || *actor == Actor::system("night run")
}

#[derive(Debug, Clone, PartialEq, StateMachine)]
#[machine(subject = Parcel)]
#[transition(pack,   from = New,     to = Packed, guard = [is_paid, is_light])]
#[transition(ship,   from = Packed,  to = Shipped, permission = is_staff)]
#[transition(cancel, from = _,       to = Cancelled)]
#[transition(cancel, from = Shipped, to = Returned)]
#[transition(note,   from = _,       to = _, requires(reason))]
#[transition(close,  from = Shipped | Returned, to = Closed)]
pub(crate) enum ParcelStatus {
    #[state(initial)]
    New,
    Packed,
    #[state(record)]
    Shipped {
        tracking: String,
    },
    Returned,
    #[state(terminal)]
    Cancelled,
    #[state(terminal)]
    Closed,
}

fn parcel() -> Parcel {
    Parcel { id: 1, weight: 2, is_paid: true }
}

fn new(parcel: Parcel) -> (ParcelMachine<parcel_status::New>, Vec<Record>) {
    let mut log = Vec::new();
    let machine = ParcelMachine::create(parcel).commit(&mut log).expect("nothing guards a creation");
    (machine, log)
}

fn names(any: &AnyParcel) -> [Vec<&'static str>; 3] {
    let of = |edges: Vec<&'static tollgate::chart::Edge>| edges.iter().map(|edge| edge.transition).collect();
    [of(any.allowed()), of(any.available()), of(any.available_to(&Actor::user("staff/1")))]
}

/// If its bound holds, the inherent method wins; otherwise the method of the trait is found.
struct Probe<T>(PhantomData<T>);

trait Otherwise {
    fn lends_itself_for_change(&self) -> bool {
        false
    }

    fn is_copied(&self) -> bool {
        false
    }
}

impl<T> Otherwise for Probe<T> {}

#[allow(clippy::unused_self, reason = "it is found by its receiver")]
impl<T: DerefMut> Probe<T> {
    fn lends_itself_for_change(&self) -> bool {
        true
    }
}

#[allow(clippy::unused_self, reason = "it is found by its receiver")]
impl<T: Clone> Probe<T> {
    fn is_copied(&self) -> bool {
        true
    }
}

#[test]
fn behaviour_01_state_is_not_assigned_only_a_transition_changes_it() -> Tested {
    assert!(!Probe::<AnyParcel>(PhantomData).lends_itself_for_change());
    assert!(!Probe::<ParcelMachine<parcel_status::New>>(PhantomData).lends_itself_for_change());
    assert!(!Probe::<ParcelMachine<parcel_status::New>>(PhantomData).is_copied(), "a copy would be a second state");
    assert!(Probe::<Box<ParcelStatus>>(PhantomData).lends_itself_for_change(), "the probe can tell");
    assert!(Probe::<Parcel>(PhantomData).is_copied(), "this one too");

    // `into_parts` returns a plain value; a change of that value does not change the parcel.
    let (machine, mut log) = new(parcel());
    let (parcel, mut state, version) = machine.into_parts();
    state = if state == ParcelStatus::New { ParcelStatus::Closed } else { state };
    assert_eq!((state, version), (ParcelStatus::Closed, 1));
    assert_eq!(AnyParcel::replay(parcel.clone(), &log)?.into_parts().1, ParcelStatus::New);
    let AnyParcel::New(machine) = AnyParcel::replay(parcel, &log)? else { return Err("it is new".into()) };
    let _ = machine.pack().commit(&mut log)?;
    assert_eq!(moves(&log), ["create:  -> New", "pack: New -> Packed"]);
    Ok(())
}

#[test]
fn behaviour_02_all_pairs_are_listed_wildcards_included_in_declaration_order() {
    let edges: Vec<_> = ParcelStatus::CHART.edges.iter().map(|edge| (edge.transition, edge.from, edge.to)).collect();
    let expected = [
        ("pack", "New", "Packed"),
        ("ship", "Packed", "Shipped"),
        ("cancel", "New", "Cancelled"),
        ("cancel", "Packed", "Cancelled"),
        ("cancel", "Returned", "Cancelled"),
        ("cancel", "Shipped", "Returned"),
        ("note", "New", "New"),
        ("note", "Packed", "Packed"),
        ("note", "Shipped", "Shipped"),
        ("note", "Returned", "Returned"),
        ("close", "Shipped", "Closed"),
        ("close", "Returned", "Closed"),
    ];
    assert_eq!(edges, expected);
    let shipped: Vec<_> = ParcelStatus::CHART.leaving("Shipped").map(|edge| edge.transition).collect();
    assert_eq!(shipped, ["cancel", "note", "close"]);
}

#[test]
fn behaviour_03_a_legal_path_runs_and_a_wrong_source_is_named() -> Tested {
    let (machine, mut log) = new(parcel());
    let machine = machine.pack().commit(&mut log)?;
    let machine = machine.ship("T1".to_owned()).by("staff/1").commit(&mut log)?;
    let closed = AnyParcel::from(machine.close().commit(&mut log)?);
    assert_eq!(versions(&log), [1, 2, 3, 4]);
    let error = closed.fire(ParcelTransition::Pack).expect_err("it is closed");
    assert_eq!((error.transition(), error.state()), ("pack", "Closed"));
    assert!(error.to_string().starts_with("illegal transition: `pack` does not leave `Closed` of Parcel"));
    Ok(())
}

#[test]
fn behaviour_04_can_it_proceed_before_and_after_with_and_without_guards() -> Tested {
    let heavy = Parcel { weight: 31, ..parcel() };
    let can = |any: &AnyParcel| {
        let [by_chart, by_guard, _] = names(any);
        (by_chart.contains(&"pack"), by_guard.contains(&"pack"))
    };
    let any = AnyParcel::resume(heavy, ParcelStatus::New, 1);
    assert_eq!(can(&any), (true, false));
    let (machine, mut log) = new(parcel());
    let any = AnyParcel::from(machine);
    assert_eq!(can(&any), (true, true));
    let any = any.fire(ParcelTransition::Pack)?.commit(&mut log)?;
    assert_eq!(can(&any), (false, false));
    Ok(())
}

#[test]
fn behaviour_05_an_exact_source_wins_over_a_wildcard() -> Tested {
    for (state, to) in [
        (ParcelStatus::New, "Cancelled"),
        (ParcelStatus::Packed, "Cancelled"),
        (ParcelStatus::Returned, "Cancelled"),
        (ParcelStatus::Shipped { tracking: "T1".to_owned() }, "Returned"),
    ] {
        let mut log = Vec::new();
        let any = AnyParcel::resume(parcel(), state, 1).fire(ParcelTransition::Cancel)?.commit(&mut log)?;
        assert_eq!((any.state().name, log[0].to.as_deref()), (to, Some(to)));
    }
    // The typed methods agree: the type is the new state.
    let (machine, mut log) = new(parcel());
    let machine = machine.pack().commit(&mut log)?.ship("T1".to_owned()).by("staff/1").commit(&mut log)?;
    let machine: ParcelMachine<parcel_status::Returned> = machine.cancel().commit(&mut log)?;
    let _: ParcelMachine<parcel_status::Cancelled> = machine.cancel().commit(&mut log)?;
    for terminal in [ParcelStatus::Cancelled, ParcelStatus::Closed] {
        assert!(AnyParcel::resume(parcel(), terminal, 1).fire(ParcelTransition::Cancel).is_err());
    }
    Ok(())
}

#[test]
fn behaviour_06_a_transition_without_a_move_is_recorded_as_staying() -> Tested {
    let (machine, mut log) = new(parcel());
    let machine = machine.pack().commit(&mut log)?.ship("T1".to_owned()).by("staff/1").commit(&mut log)?;
    let machine = machine.note().because("the street was closed").commit(&mut log)?;
    assert_eq!((machine.data().tracking.as_str(), machine.version()), ("T1", 4));
    assert_eq!(moves(&log)[3], "note: Shipped -> Shipped");
    assert_eq!(log[3].data, Some(json!({"tracking": "T1"})));
    let stays: Vec<_> = ParcelStatus::CHART.edges.iter().filter(|edge| edge.stays).map(|edge| edge.from).collect();
    assert_eq!(stays, ["New", "Packed", "Shipped", "Returned"]);
    assert!(ParcelStatus::CHART.state("_").is_none(), "there is no marker among the states");
    Ok(())
}

#[test]
fn behaviour_07_guards_in_order_their_message_and_the_state_unchanged() -> Tested {
    for (parcel, words) in [
        (Parcel { is_paid: false, ..parcel() }, "guard `is_paid`: it is not paid"),
        (Parcel { weight: 31, ..parcel() }, "guard `is_light`: 31 kg are too heavy"),
        (Parcel { is_paid: false, weight: 31, id: 1 }, "guard `is_paid`: it is not paid"),
    ] {
        let (machine, mut log) = new(parcel);
        let refused = machine.pack().commit(&mut log).expect_err(words);
        assert_eq!(refused.cause().to_string(), words);
        let machine: ParcelMachine<parcel_status::New> = refused.into_machine();
        assert_eq!((machine.version(), log.len()), (1, 1));
    }
    let (machine, mut log) = new(parcel());
    assert_eq!(machine.pack().commit(&mut log)?.version(), 2);
    Ok(())
}

#[test]
fn behaviour_08_a_permission_is_enforced_in_the_call() -> Tested {
    let (machine, mut log) = new(parcel());
    let machine = machine.pack().commit(&mut log)?;
    let refused = machine.ship("T1".to_owned()).by("customer/7").commit(&mut log).expect_err("no staff");
    assert!(matches!(refused.cause(), Cause::Permission { name: "is_staff", .. }));
    // Without a declared permission, any actor is permitted.
    let machine = refused.into_machine().note().because("tried").by("customer/7").commit(&mut log)?;
    let machine = machine.ship("T1".to_owned()).by(Actor::system("night run")).commit(&mut log)?;
    assert_eq!(machine.version(), 4);
    assert_eq!(log[3].actor.as_ref().map(ToString::to_string).as_deref(), Some("system night run"));
    Ok(())
}

#[test]
fn behaviour_09_available_by_guard_then_by_permission() {
    let unpaid = AnyParcel::resume(Parcel { is_paid: false, ..parcel() }, ParcelStatus::New, 1);
    assert_eq!(names(&unpaid), [vec!["pack", "cancel", "note"], vec!["cancel", "note"], vec!["cancel", "note"]]);
    let packed = AnyParcel::resume(parcel(), ParcelStatus::Packed, 2);
    assert_eq!(names(&packed), [(); 3].map(|()| vec!["ship", "cancel", "note"]));
    let to_customer = packed.available_to(&Actor::user("customer/7"));
    assert_eq!(to_customer.iter().map(|edge| edge.transition).collect::<Vec<_>>(), ["cancel", "note"]);
}

#[test]
fn behaviour_10_a_stored_state_is_read_back_and_never_replaced() -> Tested {
    let tracking = json!({"tracking": ""});
    let any = AnyParcel::resume_named(parcel(), "Shipped", Some(&tracking), 3)?;
    assert_eq!(any.into_parts(), (parcel(), ParcelStatus::Shipped { tracking: String::new() }, 3));
    for (state, data) in [("", None), ("0", None), ("None", None), ("Shipped", Some(Value::Null)), ("Shipped", None)] {
        assert!(AnyParcel::resume_named(parcel(), state, data.as_ref(), 3).is_err(), "{state:?} became a state");
    }
    let error = AnyParcel::resume_named(parcel(), "Lost", None, 3).expect_err("it no longer exists");
    assert!(error.to_string().contains("its states are New, Packed, Shipped, Returned, Cancelled, Closed"));
    Ok(())
}

#[test]
fn behaviour_11_the_sink_is_told_once_for_each_success_and_never_for_a_failure() -> Tested {
    let mut log = Both::default();
    let mut told = Vec::new();
    let mut sink = sink::adapt(&mut log).observed_by(|record: &Record| told.push(record.clone()));
    let machine = ParcelMachine::create(Parcel { is_paid: false, ..parcel() }).commit(&mut sink)?;
    let refused = machine.pack().with("shelf", 7).commit(&mut sink).expect_err("it is not paid");
    let machine = refused.into_machine().cancel().by("ann").because("changed her mind").with("shelf", 7);
    let _ = machine.commit(&mut sink)?;
    drop(sink);
    assert_eq!(moves(&log.successes), ["create:  -> New", "cancel: New -> Cancelled"]);
    assert_eq!(told, log.successes, "after it, once, and nothing of the failure");
    let record = &log.successes[1];
    assert_eq!(record.context.get("shelf"), Some(&7.into()));
    assert_eq!((record.reason.as_deref(), record.actor.as_ref()), (Some("changed her mind"), Some(&"ann".into())));
    Ok(())
}

#[test]
fn behaviour_12_the_chart_is_exported_the_same_every_time() {
    let mermaid = "\
stateDiagram-v2
    [*] --> New
    New --> Packed : pack [is_paid, is_light]
    Packed --> Shipped : ship [is_staff]
    New --> Cancelled : cancel
    Packed --> Cancelled : cancel
    Returned --> Cancelled : cancel
    Shipped --> Returned : cancel
    New --> New : note
    Packed --> Packed : note
    Shipped --> Shipped : note
    Returned --> Returned : note
    Shipped --> Closed : close
    Returned --> Closed : close
    Cancelled --> [*]
    Closed --> [*]
";
    assert_eq!(ParcelStatus::CHART.to_mermaid(), mermaid);
    assert_eq!(ParcelStatus::CHART.to_dot(), ParcelStatus::CHART.to_dot());
    assert_eq!(ParcelStatus::CHART.to_dot().matches(" -> ").count(), 1 + 12);
}

#[test]
fn behaviour_13_the_row_holds_subject_time_source_target_and_what_users_add() -> Tested {
    let (machine, mut log) = new(parcel());
    let _ = machine.cancel().by("ann").with("ip", "::1").commit(&mut log)?;
    let row = tollgate::serde_json::to_value(&log[1])?;
    let columns = ["subject", "at", "from", "to", "transition", "actor", "context"];
    assert!(columns.iter().all(|column| row.get(column).is_some()), "{row}");
    assert_eq!(row["context"], json!({"ip": "::1"}));
    // Batched, for a busy machine; `asynchronous.rs` has the sink that waits.
    let mut batched = Vec::new();
    batched.on_success_all(&log)?;
    assert_eq!(batched, log);
    // Names cannot drift from the code: both come from one declaration.
    assert!(log.iter().all(|record| record.to.as_deref().is_some_and(|to| ParcelStatus::CHART.state(to).is_some())));
    assert!(log.iter().all(|record| record.chart == Some(ParcelStatus::CHART.fingerprint)));
    Ok(())
}

/// A shared database of two tables in memory: a transaction writes both or neither.
#[derive(Default)]
struct Database(RefCell<Tables>);

#[derive(Default)]
struct Tables {
    rows: BTreeMap<String, (String, u64)>,
    log: Vec<Record>,
    fails_at_the_row: bool,
}

impl Sink for &Database {
    type Error = Down;

    fn on_success(&mut self, record: &Record) -> Result<(), Down> {
        let mut database = self.0.borrow_mut();
        let (Some(subject), Some(to), Some(version)) = (&record.subject, &record.to, record.version) else {
            return Err(Down);
        };
        let before = database.log.len();
        database.log.push(record.clone());
        if database.fails_at_the_row {
            database.log.truncate(before);
            return Err(Down);
        }
        database.rows.insert(subject.to_string(), (to.to_string(), version));
        Ok(())
    }
}

#[test]
fn behaviour_14_logging_and_saving_are_one_transaction() -> Tested {
    let database = Database::default();
    let machine = ParcelMachine::create(parcel()).commit(&database)?;
    let machine = machine.pack().commit(&database)?;
    database.0.borrow_mut().fails_at_the_row = true;
    let refused = machine.cancel().commit(&database).expect_err("the row is not written");
    assert_eq!(versions(&database.0.borrow().log), [1, 2], "a row of the log without a row of the parcel");
    database.0.borrow_mut().fails_at_the_row = false;
    let _ = refused.into_step().commit(&database)?;
    let database = database.0.into_inner();
    assert_eq!(database.rows["Parcel 1"], ("Cancelled".to_owned(), 3));
    assert_eq!(versions(&database.log), [1, 2, 3]);
    Ok(())
}
