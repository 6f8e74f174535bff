// A machine, read from a text.

fn forge(text: &str) -> victim::AnyReport {
    tollgate::serde_json::from_str(text).unwrap()
}

fn main() {}
