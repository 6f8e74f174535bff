// The step of an event, by the function that makes it.

use tollgate::events::Login;

fn main() {
    let _ = tollgate::__private::occurred(Login);
}
