//! Structs for named fields that hold themselves, the enum or each other.

#![deny(warnings)]
#![allow(dead_code)]

use std::sync::Mutex;

use tollgate::StateMachine;

#[derive(Debug, Clone, PartialEq, StateMachine)]
#[transition(pack, from = Open, to = Packed)]
enum OrderState {
    #[state(initial)]
    Open,
    #[state(terminal)]
    Packed { previous: Option<Box<OrderPackedData>>, weight: u8 },
}

/// Not `PartialEq`, so that one of the three traits is missing.
#[derive(Debug, Clone, StateMachine)]
#[transition(split, from = Leaf, to = Node)]
#[transition(join, from = Node, to = Tree)]
enum PlantState {
    #[state(initial)]
    Leaf { tree: Option<Box<PlantTreeData>> },
    Node { below: Option<Box<PlantTreeData>>, state: Option<Box<PlantState>>, size: u8 },
    #[state(terminal)]
    Tree { nodes: Vec<PlantNodeData>, height: u8 },
}

/// Without a trait on the enum, the fields need none.
#[derive(StateMachine)]
#[transition(take, from = Free, to = Taken)]
enum LockState {
    #[state(initial)]
    Free,
    #[state(terminal)]
    Taken { by: Mutex<u8> },
}

/// A list is the remedy if a type that contains the struct lacks a trait.
#[derive(StateMachine)]
#[machine(data(derive(Debug)))]
#[transition(take, from = Free, to = Taken)]
enum DeskState {
    #[state(initial)]
    Free,
    #[state(terminal)]
    Taken { before: Mutex<Option<Box<DeskTakenData>>> },
}

fn main() {
    let packed = OrderPackedData { previous: Some(Box::new(OrderPackedData { previous: None, weight: 1 })), weight: 2 };
    assert_eq!(packed.clone(), packed);
    assert_ne!(Some(&packed), packed.previous.as_deref());
    let words =
        "OrderPackedData { previous: Some(OrderPackedData { previous: None, weight: 1 }), weight: 2 }";
    assert_eq!(format!("{packed:?}"), words);

    let node = PlantNodeData { below: None, state: None, size: 1 };
    let tree = PlantTreeData { nodes: vec![node.clone(), node], height: 3 };
    assert_eq!(format!("{:?}", tree.clone()), format!("{tree:?}"));
    assert!(format!("{:?}", DeskTakenData { before: Mutex::new(None) }).starts_with("DeskTakenData"));
}
