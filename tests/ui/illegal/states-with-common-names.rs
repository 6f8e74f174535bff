// rustc names each of these states without its path: tollgate has no public item of that name.

macro_rules! machines {
    ($($module:ident $state:ident)*) => {$(
        mod $module {
            use tollgate::StateMachine;

            #[derive(StateMachine)]
            #[transition(leave, from = $state, to = Elsewhere)]
            #[transition(come_back, from = Elsewhere, to = $state)]
            pub enum ThingState {
                #[state(initial)]
                $state,
                Elsewhere,
            }

            pub fn illegal(thing: ThingMachine<thing_state::$state>) {
                thing.come_back();
            }
        }
    )*};
}

machines! {
    draft Draft
    refused Refused
    missing Missing
}

fn main() {}
