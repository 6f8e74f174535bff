//! The allocations of a commit: none besides the values that the user passed in. A separate binary, because it counts
//! in the global allocator.

// An allocator is implemented by unsafe functions; these only count and pass on.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::convert::Infallible;

use tollgate::sink::{self, Scope};
use tollgate::{Actor, Id, NoAudit, Observer, Record, Sink, StateMachine, Subject};

/// Counts the allocations of each thread separately: the harness allocates on its own threads meanwhile.
struct Counting;

thread_local! {
    // Neither is initialised lazily or dropped, so that counting does not allocate.
    static ASKED: Cell<Asked> = const { Cell::new(Asked { times: 0, bytes: 0 }) };
}

/// The number of allocations, and their bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Asked {
    times: usize,
    bytes: usize,
}

impl Counting {
    fn count(bytes: usize) {
        let _ = ASKED.try_with(|asked| {
            let Asked { times, bytes: before } = asked.get();
            asked.set(Asked { times: times + 1, bytes: before + bytes });
        });
    }
}

// SAFETY: every call is passed on as it is to the system's allocator, which keeps the contract.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        Self::count(layout.size());
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        Self::count(layout.size());
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        Self::count(size);
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// Returns the allocations of this call, and its result.
fn asked<T>(run: impl FnOnce() -> T) -> (Asked, T) {
    let before = ASKED.get();
    let result = run();
    let after = ASKED.get();
    (Asked { times: after.times - before.times, bytes: after.bytes - before.bytes }, result)
}

const NOTHING: Asked = Asked { times: 0, bytes: 0 };

type Tested = Result<(), Box<dyn std::error::Error>>;

/// A machine with a subject type, guards, a permission, and data that is not recorded.
#[derive(Subject)]
struct Report {
    #[subject(id)]
    id: u64,
    title: String,
}

impl Report {
    fn has_title(&self) -> Result<(), String> {
        if self.title.is_empty() { Err("no title".to_owned()) } else { Ok(()) }
    }

    fn may(&self, actor: &Actor) -> bool {
        actor.id.as_u64() != Some(self.id)
    }
}

#[derive(StateMachine)]
#[machine(subject = Report)]
#[transition(submit,  from = Draft,  to = Review, guard = Report::has_title)]
#[transition(approve, from = Review, to = Published, permission = Report::may)]
#[transition(reject,  from = Review, to = Draft, requires(actor, reason))]
#[transition(touch,   from = _,      to = _)]
enum ReportState {
    #[state(initial)]
    Draft,
    Review {
        reviewer: String,
    },
    #[state(terminal)]
    Published,
}

/// A machine without a subject, named by a text or a UUID.
#[derive(StateMachine)]
#[transition(flip, from = Off, to = On)]
#[transition(flip, from = On, to = Off)]
enum LampState {
    #[state(initial)]
    Off,
    On,
}

/// A sink that counts records and keeps none: the commit made every allocation.
#[derive(Default)]
struct Count(usize);

impl Count {
    fn len(&self) -> usize {
        self.0
    }
}

impl Sink for Count {
    type Error = Infallible;

    fn on_success(&mut self, _: &Record) -> Result<(), Infallible> {
        self.0 += 1;
        Ok(())
    }
}

/// A sink on a thread that has made an id before: the first id of a thread draws its key.
fn counting() -> Result<Count, Box<dyn std::error::Error>> {
    let _ = LampMachine::create(0).commit(Count::default())?;
    Ok(Count::default())
}

fn draft(log: &mut Count) -> Result<ReportMachine<report_state::Draft>, Box<dyn std::error::Error>> {
    Ok(ReportMachine::create(Report { id: 7, title: "Water".to_owned() }).commit(log)?)
}

#[test]
fn the_counter_counts() {
    let (taken, text) = asked(|| String::with_capacity(100));
    assert_eq!((taken, text.capacity()), (Asked { times: 1, bytes: 100 }, 100));
    assert_eq!(asked(|| ()).0, NOTHING);
}

#[test]
fn a_transition_into_a_sink_that_keeps_nothing_allocates_nothing() -> Tested {
    let mut log = counting()?;
    let report = Report { id: 7, title: "Water".to_owned() };
    let (taken, report) = asked(|| ReportMachine::create(report).commit(&mut log));
    assert_eq!(taken, NOTHING, "the creation");
    let reviewer = "bob".to_owned();
    let (taken, report) = asked(|| report.map(|report| report.submit(reviewer).commit(&mut log)));
    assert_eq!(taken, NOTHING, "the transition with data and a guard");
    let (taken, report) = asked(|| report.map(|report| report.map(|report| report.touch().commit(&mut log))));
    assert_eq!(taken, NOTHING, "the stay");
    let report = report???;
    let (taken, report) = asked(|| report.approve().by(8).commit(&mut log));
    assert_eq!(taken, NOTHING, "the actor is a number, and the permission looks at it");
    assert_eq!((report?.version(), log.len()), (4, 4));
    Ok(())
}

#[test]
fn an_id_that_is_a_text_is_shared_and_not_copied() -> Tested {
    let mut log = counting()?;
    let lamp = LampMachine::create("a name of some length").commit(&mut log)?;
    let (taken, lamp) = asked(|| lamp.flip().commit(&mut log));
    assert_eq!(taken, NOTHING);
    let lamp = lamp?;
    let (taken, lamp) = asked(|| lamp.flip().commit(&mut log));
    assert_eq!((taken, lamp?.version()), (NOTHING, 3));
    Ok(())
}

#[test]
fn who_and_why_cost_what_was_passed_in() -> Tested {
    let mut log = counting()?;
    let report = draft(&mut log)?.submit("bob".to_owned()).commit(&mut log)?;
    let (actor, reason) = (Actor::user("bob"), "no sources".to_owned());
    let (taken, report) = asked(|| report.reject().by(actor).because(reason).commit(&mut log));
    assert_eq!(taken, NOTHING, "what was made before is moved");
    let report = report?.submit("bob".to_owned()).commit(&mut log)?;

    let (taken, report) = asked(|| report.reject().by("bob").because("no sources").commit(&mut log));
    // A shared text holds two counts next to its letters.
    let name = Layout::new::<[usize; 2]>().size() + Layout::new::<usize>().align();
    assert_eq!(taken, Asked { times: 2, bytes: name + "no sources".len() }, "a text is taken over once");
    assert_eq!((report?.version(), log.len()), (5, 5));
    Ok(())
}

#[test]
fn a_name_that_is_static_costs_the_context_its_list_alone() -> Tested {
    let mut log = counting()?;
    let report = draft(&mut log)?;
    let (taken, report) = asked(|| report.touch().with("attempt", 1).with("is_late", false).commit(&mut log));
    assert_eq!((taken.times, report?.version()), (1, 2));
    Ok(())
}

#[test]
fn a_redaction_that_finds_nothing_costs_nothing() -> Tested {
    let mut log = counting()?;
    let report = draft(&mut log)?;
    let mut redacting = sink::adapt(&mut log).redact(["token", "password"]);
    let step = report.touch().with("attempt", 1);
    let (taken, report) = asked(|| step.commit(&mut redacting));
    assert_eq!((taken, report?.version()), (NOTHING, 2));
    Ok(())
}

#[test]
fn a_scope_is_cloned_for_nothing_and_gives_a_copy_of_what_it_holds() -> Tested {
    let mut log = counting()?;
    let report = draft(&mut log)?;
    let request = Scope::new().by(8).ip([192, 0, 2, 1]).request_id(7);
    let (taken, mut scoped) = asked(|| sink::adapt(&mut log).scoped(&request.clone()));
    assert_eq!(taken, NOTHING);
    let (taken, report) = asked(|| report.touch().commit(&mut scoped));
    assert_eq!((taken.times, report?.version()), (2, 2), "the context's list, and the text of the ip");
    Ok(())
}

#[test]
fn without_an_audit_nothing_is_allocated_from_the_first() -> Tested {
    // No id is made, so that not even the first one of this thread costs anything.
    let report = Report { id: 7, title: "Water".to_owned() };
    let reviewer = "bob".to_owned();
    let (taken, version) = asked(|| -> Result<u64, Box<dyn std::error::Error>> {
        let report = ReportMachine::create(report).commit(NoAudit)?;
        let report = report.submit(reviewer).commit(NoAudit)?;
        let report = report.touch().commit(NoAudit)?;
        Ok(report.approve().by(8).commit(NoAudit)?.version())
    });
    assert_eq!((taken, version?), (NOTHING, 4));
    let any = AnyLamp::resume(7, LampState::Off, 1);
    let (taken, any) = asked(|| any.fire(LampTransition::Flip).map(|step| step.commit(NoAudit)));
    assert_eq!((taken, any??.version()), (NOTHING, 2));
    Ok(())
}

#[test]
fn a_fired_transition_allocates_no_more_than_a_typed_one() -> Tested {
    let mut log = counting()?;
    let any = AnyReport::from(draft(&mut log)?);
    let command = ReportTransition::Submit { reviewer: "bob".to_owned() };
    let (taken, any) = asked(|| any.fire(command).map(|step| step.commit(&mut log)));
    assert_eq!(taken, NOTHING);
    let any = any??;
    let (taken, any) = asked(|| any.fire(ReportTransition::Approve).map(|step| step.by(8).commit(&mut log)));
    assert_eq!((taken, any??.version()), (NOTHING, 3));
    Ok(())
}

#[test]
fn a_filling_adaptor_costs_the_copy_of_what_it_fills_in() -> Tested {
    let mut log = counting()?;
    let mut filling = sink::adapt(&mut log).by(8);
    let lamp = LampMachine::create(Id::from(1)).commit(&mut filling)?;
    let (taken, lamp) = asked(|| lamp.flip().commit(&mut filling));
    assert_eq!((taken, lamp?.version()), (NOTHING, 2), "a number is copied without a box");
    Ok(())
}

#[test]
fn observers_are_told_without_an_allocation() -> Tested {
    let mut log = counting()?;
    let mut told = [0, 0];
    let [first, last] = &mut told;
    let mut observed =
        sink::adapt(&mut log).observed_by(|_: &Record| *first += 1).observed_by((|_: &Record| *last += 1).last());
    let lamp = LampMachine::create(Id::from(1)).commit(&mut observed)?;
    let (taken, lamp) = asked(|| lamp.flip().commit(&mut observed));
    assert_eq!((taken, lamp?.version()), (NOTHING, 2));
    drop(observed);
    assert_eq!(told, [2, 2]);
    Ok(())
}
