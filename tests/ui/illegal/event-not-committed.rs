// An event of which a step was made, and no more.

#![deny(unused_must_use)]

use tollgate::Event;
use tollgate::events::Login;

fn main() {
    Login.occurred().by("ann");
}
