// A declaration whose parts come from a macro, some of them empty.
#![deny(warnings)]

macro_rules! machine {
    ($enum:ident { $($state:ident $(($($flag:ident),*))?),* $(,)? } $($name:ident: $from:ident -> $to:ident if $guard:path;)*) => {
        #[derive(tollgate::StateMachine)]
        #[machine()]
        #[transition($($name, from = $from, to = $to, guard = $guard);*)]
        enum $enum {
            $(#[state($($($flag),*)?)] $state),*
        }
    };
}

fn always(_: &tollgate::Id) -> bool {
    true
}

machine! {
    DoorState { Shut(initial), Ajar, Locked(terminal) }
    open: Shut -> Ajar if always;
    shut: Ajar -> Shut if self::always;
    lock: Shut -> Locked if crate::always;
}

fn main() {
    let door = DoorMachine::create(7).commit(tollgate::NoAudit).unwrap();
    let door = door.open().commit(tollgate::NoAudit).unwrap();
    let door = door.shut().commit(tollgate::NoAudit).unwrap();
    assert_eq!(door.lock().commit(tollgate::NoAudit).unwrap().version(), 4);
}
