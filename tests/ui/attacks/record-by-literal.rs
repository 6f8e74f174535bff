// A record, by a struct literal.

fn forge(like: tollgate::Record) -> tollgate::Record {
    tollgate::Record { to: Some("Published".into()), ..like }
}

fn main() {}
