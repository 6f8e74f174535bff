//! The filters of a query for records, and the part of the table that they select.

use std::sync::Arc;

use tollgate::chart::Chart;
use tollgate::{Actor, Id, RecordKind};

use super::cursor::{Cursor, CursorPosition};
use super::range::Range;
use crate::Error;
use crate::backend::Executor;
use crate::backend::edges::{self, Machine};
use crate::row::id_text;
use crate::row::{actor_text, kind_text};
use crate::schema::names::{has_transition, no_state, no_transition, state_name, transition_name};
use crate::schema::sql::{Condition, Dialect, Order, Select, record_columns};

/// With more edges than this, the database reads all records in the order of time and skips those of other edges. Most
/// records of the database then belong to the machine, and a merge of so many branches would cost more.
const MANY: usize = 64;

/// The filters of a query.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    pub(crate) scope: Scope,
    pub(crate) actor: Option<(&'static str, String)>,
    pub(crate) transition: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) kind: Option<RecordKind>,
    pub(crate) range: Range,
    pub(crate) newest_first: bool,
    pub(crate) after: Option<Cursor>,
}

/// The records of everything, of one machine or of one subject.
#[derive(Debug, Clone, Default)]
pub(crate) enum Scope {
    #[default]
    Everything,
    Machine(&'static Chart),
    Subject(&'static Chart, Id),
}

impl Scope {
    fn chart(&self) -> Option<&'static Chart> {
        match self {
            Self::Everything => None,
            Self::Machine(chart) | Self::Subject(chart, _) => Some(chart),
        }
    }
}

impl Filter {
    pub(crate) fn by(&mut self, actor: &Actor) {
        self.actor = Some((actor_text(actor.kind), id_text::to_text(&actor.id).into_owned()));
    }

    /// Returns the order: a subject's history is in the order of its versions. A refusal has no version.
    pub(crate) fn order(&self) -> Order {
        match (&self.scope, self.kind) {
            (Scope::Subject(..), kind) if kind != Some(RecordKind::Refusal) => Order::Version,
            _ => Order::Id,
        }
    }

    /// Returns the part of the table; `None` if no record can match, because the machine is not stored yet or has no such
    /// edge.
    pub(crate) async fn select<E: Executor>(&self, executor: &E, limit: Option<u32>) -> Result<Option<Select>, Error> {
        self.check()?;
        let position =
            self.after.as_ref().map(|cursor| cursor.position_in(self.order(), self.newest_first)).transpose()?;
        if executor.dialect() == Dialect::Postgres && self.has_nul() {
            return Ok(None);
        }
        let machine = self.machine(executor).await?;
        let branches = self.branches(machine.as_deref(), position)?;
        let columns = record_columns(executor.dialect());
        let branches: Vec<_> = branches.into_iter().map(|branch| (columns.clone(), branch)).collect();
        let limit = limit.map(|limit| i64::from(limit) + 1);
        let select = Select { branches, order: self.order(), newest_first: self.newest_first, limit };
        Ok((!select.branches.is_empty()).then_some(select))
    }

    /// Whether it names a subject or an actor with a NUL, which a text of Postgres cannot contain.
    fn has_nul(&self) -> bool {
        let subject = match &self.scope {
            Scope::Subject(_, subject) => id_text::to_text(subject).contains('\0'),
            _ => false,
        };
        subject || self.actor.as_ref().is_some_and(|(_, actor)| actor.contains('\0'))
    }

    /// Refuses filters that no record can match.
    fn check(&self) -> Result<(), Error> {
        let refuse = |why: String| Err(Error::Query(why));
        if self.scope.chart().is_none() {
            if let Some(transition) = &self.transition {
                return refuse(format!(
                    "the filter for transition `{transition}` needs a machine; add `.machine::<..>()`"
                ));
            }
            if let Some(state) = &self.state {
                return refuse(format!("the filter for state `{state}` needs a machine; add `.machine::<..>()`"));
            }
        }
        match (self.kind, self.scope.chart(), &self.state) {
            (Some(RecordKind::Event), Some(chart), _) => {
                refuse(format!("events do not belong to a machine; remove the filter for {}", chart.machine))
            }
            (Some(RecordKind::Refusal), _, Some(state)) => {
                refuse(format!("a refusal does not reach `{state}`; filter refusals by machine, subject or transition"))
            }
            _ => Ok(()),
        }
    }

    async fn machine<E: Executor>(&self, executor: &E) -> Result<Option<Arc<Machine>>, Error> {
        let needs_edges = self.transition.is_some() || self.state.is_some();
        match &self.scope {
            Scope::Everything => Ok(None),
            Scope::Subject(chart, _) if !needs_edges => edges::machine_before(executor, chart).await,
            Scope::Machine(chart) | Scope::Subject(chart, _) => edges::machine(executor, chart).await,
        }
    }

    fn branches(
        &self,
        machine: Option<&Machine>,
        position: Option<CursorPosition>,
    ) -> Result<Vec<Vec<Condition>>, Error> {
        let mut branches = match (self.scope.chart(), machine) {
            (None, _) => vec![self.of_everything()],
            (Some(chart), machine) => {
                let edges = self.edges(chart, machine)?;
                match (machine, &self.scope) {
                    (None, _) => Vec::new(),
                    (Some(machine), Scope::Subject(_, subject)) => self.of_subject(machine, subject, edges),
                    (Some(machine), _) => self.of_machine(machine, edges),
                }
            }
        };
        let range = self.range.conditions(self.order(), self.newest_first, position);
        for branch in &mut branches {
            branch.extend(range.iter().cloned());
        }
        Ok(branches)
    }

    /// Returns the edges that the filters select, if they name any; a former name selects its edges too.
    fn edges(&self, chart: &'static Chart, machine: Option<&Machine>) -> Result<Option<Vec<i32>>, Error> {
        let on_record = machine.map_or(&[][..], |machine| &machine.edges[..]);
        let is_transition =
            |name: &&String| has_transition(chart, name) || on_record.iter().any(|edge| edge.transition == **name);
        let is_state = |name: &&String| {
            chart.state(name).is_some()
                || on_record.iter().any(|edge| edge.to == **name || edge.from.as_deref() == Some(name.as_str()))
        };
        if let Some(name) = self.transition.as_ref().filter(|name| !is_transition(name)) {
            return Err(no_transition(chart, name));
        }
        if let Some(name) = self.state.as_ref().filter(|name| !is_state(name)) {
            return Err(no_state(chart, name));
        }
        if self.transition.is_none() && self.state.is_none() {
            return Ok(None);
        }
        let transition = self.transition.as_ref().map(|name| transition_name(chart, name));
        let state = self.state.as_ref().map(|name| state_name(chart, name));
        Ok(machine.map(|machine| {
            machine.edges_that(|edge| {
                transition.as_ref().is_none_or(|name| transition_name(chart, &edge.transition) == *name)
                    && state.as_ref().is_none_or(|name| state_name(chart, &edge.to) == *name)
            })
        }))
    }

    fn kind_condition(&self) -> Option<Condition> {
        self.kind.map(|kind| Condition::Kind(kind_text(kind)))
    }

    /// Selects by actor, by kind if that is rare, or only by time.
    fn of_everything(&self) -> Vec<Condition> {
        let mut branch = Vec::new();
        match (&self.actor, self.kind) {
            (Some((kind, actor)), _) => branch.push(Condition::Actor(kind, actor.clone())),
            (None, Some(RecordKind::Event | RecordKind::Refusal)) => branch.push(Condition::NoChange),
            _ => {}
        }
        branch.extend(self.kind_condition());
        branch
    }

    fn of_subject(&self, machine: &Machine, subject: &Id, edges: Option<Vec<i32>>) -> Vec<Vec<Condition>> {
        if edges.as_ref().is_some_and(Vec::is_empty) {
            return Vec::new();
        }
        let is_change = self.order() == Order::Version;
        let moved = if is_change { Condition::Change } else { Condition::NoChange };
        let subject = Condition::Subject(id_text::to_text(subject).into_owned());
        let mut branch = vec![Condition::Machine(machine.id), subject, moved];
        branch.extend(self.kind_condition());
        branch.extend(edges.map(Condition::AmongEdges));
        branch.extend(self.actor.clone().map(|(kind, actor)| Condition::ByActor(kind, actor)));
        vec![branch]
    }

    fn of_machine(&self, machine: &Machine, edges: Option<Vec<i32>>) -> Vec<Vec<Condition>> {
        if edges.as_ref().is_some_and(Vec::is_empty) {
            return Vec::new();
        }
        if let Some((kind, actor)) = &self.actor {
            let mut branch = vec![Condition::Actor(kind, actor.clone()), Condition::Machine(machine.id)];
            branch.extend(self.kind_condition());
            branch.extend(edges.map(Condition::AmongEdges));
            branch.extend(self.state.is_some().then_some(Condition::Change));
            return vec![branch];
        }
        let mut branches = Vec::new();
        if self.kind != Some(RecordKind::Refusal) {
            branches = along(machine.edges_that(|edge| {
                let is_of_kind = match self.kind {
                    Some(RecordKind::Creation) => edge.from.is_none(),
                    None | Some(RecordKind::Adoption) => true,
                    Some(_) => edge.from.is_some(),
                };
                is_of_kind && edges.as_ref().is_none_or(|edges| edges.contains(&edge.id))
            }));
        }
        if self.kind == Some(RecordKind::Adoption) {
            for branch in &mut branches {
                branch.extend(self.kind_condition());
            }
        }
        // A refusal reaches no state.
        if self.state.is_none() && self.kind.is_none_or(|kind| kind == RecordKind::Refusal) {
            let mut refusals = vec![Condition::NoChange, Condition::Kind(kind_text(RecordKind::Refusal))];
            refusals.push(Condition::Machine(machine.id));
            refusals.extend(edges.map(Condition::AmongEdges));
            branches.push(refusals);
        }
        branches
    }
}

/// Returns a branch for each edge, or a single branch for more than [`MANY`] edges.
fn along(edges: Vec<i32>) -> Vec<Vec<Condition>> {
    if edges.len() > MANY {
        return vec![vec![Condition::AmongEdges(edges), Condition::Change]];
    }
    edges.into_iter().map(|edge| vec![Condition::Edge(edge), Condition::Change]).collect()
}
