//! A machine for each of many common states. With the feature `illegal` each one takes a transition that does not leave
//! its state, and `tests/illegal_transitions.rs` reads how rustc names the state.

// So that its names are in the crate graph, as in a program that uses the store.
use tollgate_store as _;

macro_rules! machines {
    ($($module:ident $state:ident)*) => {
        /// The states, as the errors should name them.
        pub const STATES: &[&str] = &[$(stringify!($state)),*];

        $(
            #[allow(missing_docs, reason = "nobody reads them")]
            pub mod $module {
                use tollgate::StateMachine;

                #[derive(StateMachine)]
                #[transition(leave, from = $state, to = Elsewhere)]
                #[transition(come_back, from = Elsewhere, to = $state)]
                pub enum ThingState {
                    #[state(initial)]
                    $state,
                    Elsewhere,
                }

                #[cfg(feature = "illegal")]
                pub fn illegal(thing: ThingMachine<thing_state::$state>) {
                    thing.come_back();
                }
            }
        )*
    };
}

machines! {
    draft Draft
    review Review
    published Published
    archived Archived
    open Open
    closed Closed
    new New
    created Created
    pending Pending
    ready Ready
    running Running
    done Done
    failed Failed
    cancelled Cancelled
    complete Complete
    completed Completed
    approved Approved
    rejected Rejected
    submitted Submitted
    active Active
    inactive Inactive
    suspended Suspended
    blocked Blocked
    paused Paused
    started Started
    stopped Stopped
    queued Queued
    scheduled Scheduled
    processing Processing
    shipped Shipped
    delivered Delivered
    returned Returned
    refunded Refunded
    paid Paid
    unpaid Unpaid
    authorized Authorized
    captured Captured
    settled Settled
    declined Declined
    expired Expired
    locked Locked
    unlocked Unlocked
    enabled Enabled
    disabled Disabled
    missing Missing
    given Given
    optional Optional
    fired Fired
    refused Refused
    denied Denied
    accepted Accepted
    received Received
    sent Sent
    recorded Recorded
    registered Registered
    verified Verified
    unknown Unknown
    idle Idle
    waiting Waiting
    assigned Assigned
    resolved Resolved
    observed Observed
    placed Placed
    held Held
    written Written
    occurred Occurred
    blank Blank
    deleted Deleted
    removed Removed
}
