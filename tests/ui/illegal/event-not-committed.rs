// An event whose step is not committed.

#![deny(unused_must_use)]

use tollgate::Event;
use tollgate::events::Login;

fn main() {
    Login.occurred().by("ann");
}
