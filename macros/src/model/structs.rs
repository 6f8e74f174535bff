//! The structs for the named fields of states: the types of their fields, and the structs that hold each other.

use std::collections::HashMap;

use quote::ToTokens;
use syn::{Ident, Type};

use super::identifiers::collect_identifiers;
use super::{Data, Field, Machine};

/// The structs of a machine.
pub(crate) struct Structs<'a> {
    all: Vec<(&'a Ident, &'a [Field])>,
    /// The structs that each struct's fields name.
    named: Vec<Vec<Vec<usize>>>,
    /// The position of each type among those of the machine.
    positions: HashMap<String, usize>,
}

impl<'a> Structs<'a> {
    pub(crate) fn of(machine: &'a Machine) -> Self {
        let structs = machine.states.iter().filter_map(|state| match &state.data {
            Data::Named(ident, fields) => Some((ident, fields.as_slice())),
            Data::Unit | Data::Tuple(_) => None,
        });
        let all: Vec<_> = structs.collect();
        let known: HashMap<String, usize> =
            all.iter().enumerate().map(|(index, (ident, _))| (ident.to_string(), index)).collect();
        let named_by = |field: &Field| {
            let mut words = Vec::new();
            collect_identifiers(field.ty.to_token_stream(), &mut words);
            words.iter().filter_map(|word| known.get(word).copied()).collect()
        };
        let named = all.iter().map(|(_, fields)| fields.iter().map(named_by).collect()).collect();
        let mut positions = HashMap::new();
        for field in all.iter().flat_map(|(_, fields)| *fields) {
            let next = positions.len();
            positions.entry(text(field)).or_insert(next);
        }
        Self { all, named, positions }
    }

    /// Returns the index, the name and the fields of each struct.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, &'a Ident, &'a [Field])> + '_ {
        self.all.iter().enumerate().map(|(index, (ident, fields))| (index, *ident, *fields))
    }

    /// Returns the position of the field's type among the types of the machine. Fields of one type have one position.
    pub(crate) fn position(&self, field: &Field) -> usize {
        self.positions[&text(field)]
    }

    /// Returns the types that must implement a trait so that the struct can implement it, each once and with its position.
    /// Structs that hold each other have these types in common. The types that name one of the structs are left out, because
    /// such a bound would depend on itself.
    pub(crate) fn needed(&self, of: usize) -> Vec<(usize, &'a Type)> {
        let holds_each_other = |other: &usize| {
            *other == of || self.reaches(of, *other, &mut Vec::new()) && self.reaches(*other, of, &mut Vec::new())
        };
        let circle: Vec<usize> = (0..self.all.len()).filter(holds_each_other).collect();
        let mut needed: Vec<(usize, &Type)> = Vec::new();
        for &index in &circle {
            for (field, named) in self.all[index].1.iter().zip(&self.named[index]) {
                let position = self.position(field);
                let is_fresh = !needed.iter().any(|(known, _)| *known == position);
                if is_fresh && !named.iter().any(|name| circle.contains(name)) {
                    needed.push((position, &field.ty));
                }
            }
        }
        needed
    }

    /// Returns whether one struct holds the other, directly or in another struct.
    fn reaches(&self, from: usize, to: usize, passed: &mut Vec<usize>) -> bool {
        self.named[from].iter().flatten().any(|&next| {
            next == to
                || !passed.contains(&next) && {
                    passed.push(next);
                    self.reaches(next, to, passed)
                }
        })
    }
}

fn text(field: &Field) -> String {
    field.ty.to_token_stream().to_string()
}
