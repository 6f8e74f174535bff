//! A field `entry`.

use tollgate::StateMachine;

use crate::Tested;
use crate::trail::moves;

#[derive(Debug, PartialEq, StateMachine)]
#[transition(write, from = Open, to = Full)]
enum DiaryState {
    #[state(initial)]
    Open,
    #[state(terminal)]
    Full { entry: String },
}

#[test]
fn a_field_is_called_entry() -> Tested {
    let mut log = Vec::new();
    let diary = DiaryMachine::create(1).commit(&mut log)?.write("rain".to_owned()).commit(&mut log)?;
    assert_eq!(diary.data().entry, "rain");
    let diary = AnyDiary::from(diary);
    assert_eq!(diary.into_parts().1, DiaryState::Full { entry: "rain".to_owned() });
    assert_eq!(moves(&log), ["create: -> Open", "write: Open -> Full"]);
    Ok(())
}
