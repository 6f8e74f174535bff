//! The output of `#[derive(Subject)]`: the subject's kind, its id, and its table.

use tollgate::{Id, Subject, Table};

#[derive(Subject)]
struct Plain {
    #[subject(id)]
    id: u64,
}

#[derive(Subject)]
#[subject(table = "reports")]
struct Numbered {
    #[subject(id)]
    number: i64,
}

#[derive(Subject)]
#[subject(kind = "Paper", table = "press.papers")]
#[subject(key = "paper_id", state = "phase", version = "rev")]
struct Named {
    #[subject(id)]
    r#type: String,
}

#[derive(Subject)]
#[subject(table = "tuples")]
struct Tuple(String, #[subject(id)] u64);

#[derive(Subject)]
#[subject(table = "pairs", version = "version")]
struct Generic<T>(#[subject(id)] T)
where
    for<'a> &'a T: Into<Id>;

#[derive(Subject)]
#[subject(table = "kinds")]
struct Keyword {
    #[subject(id)]
    r#type: u64,
}

#[test]
fn a_subject_has_no_table_unless_it_names_one() {
    struct ByHand;
    impl Subject for ByHand {
        const KIND: &'static str = "ByHand";
        fn id(&self) -> Id {
            1.into()
        }
    }
    assert_eq!((Plain::TABLE, ByHand::TABLE), (None, None));
    assert_eq!((Plain { id: 7 }.id(), ByHand.id()), (Id::from(7), Id::from(1)));
}

#[test]
fn the_key_is_the_column_of_the_fields_name_and_the_state_is_called_state() {
    let table = Table { name: "reports", id: "number", state: "state", version: None };
    assert_eq!(Numbered::TABLE, Some(table));
    assert_eq!(Numbered { number: 7 }.id(), Id::from(7));
    assert_eq!(Keyword::TABLE.map(|table| table.id), Some("type"), "without the mark of a raw word");
    assert_eq!(Keyword { r#type: 7 }.id(), Id::from(7));
}

#[test]
fn every_column_can_be_called_otherwise() {
    let table = Table { name: "press.papers", id: "paper_id", state: "phase", version: Some("rev") };
    assert_eq!((Named::KIND, Named::TABLE), ("Paper", Some(table)));
    assert_eq!(Named { r#type: "a".to_owned() }.id(), Id::from("a"));
}

#[test]
fn a_field_without_a_name_is_kept_in_the_column_id() {
    assert_eq!(Tuple::TABLE, Some(Table { name: "tuples", id: "id", state: "state", version: None }));
    let tuple = Tuple("Water".to_owned(), 7);
    assert_eq!((tuple.id(), tuple.0.as_str()), (Id::from(7), "Water"));
    let table = Generic::<u64>::TABLE;
    assert_eq!(table.map(|table| (table.id, table.version)), Some(("id", Some("version"))));
    assert_eq!(Generic(7_u64).id(), Id::from(7));
}
