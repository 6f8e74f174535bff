//! The canonical form does not depend on features of `serde_json`: the vectors of FORMAT.md hold with all of them.

use std::error::Error;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tollgate::{Cause, CommitError, Event, Id, JsonLines, Record, StateMachine, canonical};

type Tested = Result<(), Box<dyn Error>>;

fn vectors(name: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors").join(name);
    let lines: Vec<String> = fs::read_to_string(path)?.split('\n').map(str::to_owned).collect();
    Ok(lines.into_iter().filter(|line| !line.is_empty()).collect())
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Measured {
    b: f64,
    a: Value,
}

#[derive(Debug, Clone, PartialEq, StateMachine)]
#[machine(transition(derive(Clone, PartialEq, Serialize)))]
#[transition(fill, from = Empty | Full, to = Full)]
#[transition(end, from = Full, to = Ended)]
enum BoxState {
    #[state(initial)]
    Empty,
    #[state(record)]
    Full(Measured),
    #[state(terminal)]
    Ended,
}

#[derive(Debug, PartialEq, Event, Serialize, Deserialize)]
struct Noted {
    value: Value,
}

#[test]
fn features_of_serde_json_are_on() -> Tested {
    assert_eq!(serde_json::from_str::<Value>("1.10")?.to_string(), "1.10", "arbitrary_precision");
    assert_eq!(json!({ "b": 1, "a": 2 }).to_string(), r#"{"b":1,"a":2}"#, "preserve_order");
    Ok(())
}

#[test]
fn vectors_hold_with_all_features() -> Tested {
    let (lines, digests) = (vectors("records.jsonl")?, vectors("digests.txt")?);
    assert!(!lines.is_empty() && lines.len() == digests.len());
    for (line, digest) in lines.iter().zip(&digests) {
        let record: Record = serde_json::from_str(line)?;
        assert_eq!(String::from_utf8(record.canonical())?, *line);
        let found: String =
            hmac_sha256::Hash::hash(&record.canonical()).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(found, *digest);
        // Through a map in another order, and numbers in another form.
        let value: Value = serde_json::from_str(line)?;
        let backwards: Vec<_> = value.as_object().ok_or("an object")?.clone().into_iter().rev().collect();
        let record: Record = serde_json::from_value(Value::Object(backwards.into_iter().collect()))?;
        assert_eq!(record.canonical(), line.as_bytes());
    }
    for line in vectors("values.jsonl")? {
        let vector: Value = serde_json::from_str(&line)?;
        let (given, expected) = (vector["given"].as_str().unwrap_or(""), vector["canonical"].as_str().unwrap_or(""));
        assert_eq!(canonical::to_string(&serde_json::from_str(given)?), expected);
    }
    for line in vectors("refused.jsonl")? {
        let vector: Value = serde_json::from_str(&line)?;
        let given = vector["given"].as_str().ok_or("a text")?;
        assert!(serde_json::from_str::<Record>(given).is_err(), "{given}");
    }
    Ok(())
}

#[test]
fn floats_of_the_vectors_keep_their_bits_and_text() -> Tested {
    for line in vectors("floats.txt")? {
        let (bits, text) = line.split_once(' ').ok_or("bits and text")?;
        let float = f64::from_bits(u64::from_str_radix(bits, 16)?);
        assert_eq!(canonical::to_string(&Value::from(float)), text);
        assert_eq!(serde_json::from_str::<Value>(text)?.as_f64().map(f64::to_bits), Some(float.to_bits()));
    }
    Ok(())
}

#[test]
fn committed_values_are_read_back_equal_and_replayed() -> Tested {
    let mut log: Vec<Record> = Vec::new();
    let empty = BoxMachine::create(Id::from(1)).commit(&mut log)?;
    let raw = RawValue::from_string(r#"{"z":1.50,"a":[1e2,-0]}"#.to_owned())?;
    let measured = Measured { b: 0.1, a: serde_json::from_str(r#"{"y":1.10,"x":{"n":2,"m":1e16}}"#)? };
    let full = empty.fill(measured).with("raw", &raw).commit(&mut log)?;
    let noted = Noted { value: serde_json::from_str("[12.5e-1, 7, -7]")? }.occurred().commit(&mut log)?;

    let line = String::from_utf8(log[1].canonical())?;
    assert!(line.contains(r#""context":{"raw":{"a":[100.0,-0.0],"z":1.5}}"#), "{line}");
    assert!(line.contains(r#""data":{"a":{"x":{"m":1e+16,"n":2},"y":1.1},"b":0.1}"#), "{line}");
    let written: Vec<u8> = log.iter().flat_map(|record| [record.canonical(), b"\n".to_vec()].concat()).collect();
    let read = JsonLines::read_from(&written[..]).collect::<Result<Vec<_>, _>>()?;
    assert_eq!(read, log);
    let AnyBox::Full(back) = AnyBox::replay(Id::from(1), &read[..2])? else { return Err("it is full".into()) };
    assert_eq!((back.data().b, full.data().b), (0.1, 0.1));
    assert_eq!(back.data().a["x"]["m"].as_f64(), Some(1e16));
    let back = Noted::from_record(&read[2])?.ok_or("the event")?;
    assert_eq!(canonical::to_string(&back.value), canonical::to_string(&noted.value));
    Ok(())
}

#[test]
fn numbers_that_64_bits_do_not_hold_are_refused_by_name() -> Tested {
    for number in ["18446744073709551616", "1e+400", "0.10000000000000000001", "123456789012345678901234567890"] {
        let value: Value = serde_json::from_str(&format!(r#"{{"amounts":[1,{number}]}}"#))?;
        let mut log: Vec<Record> = Vec::new();
        let refused = Noted { value }.occurred().commit(&mut log).map_err(CommitError::into_cause);
        let Err(Cause::Data(error)) = refused else { return Err(format!("{number} was recorded").into()) };
        assert_eq!(error.field, "properties.value.amounts[1]");
        assert!(error.to_string().contains(number), "{error}");
        assert!(log.is_empty());
    }
    Ok(())
}

#[test]
fn commands_are_read_strictly_and_written_back_with_all_features() -> Tested {
    let command: BoxTransition =
        serde_json::from_str(r#"{"fill":{"b":1.50,"a":{"z":[2,-7,1e2],"y":18446744073709551615}}}"#)?;
    let BoxTransition::Fill(measured) = &command else { return Err("it fills".into()) };
    assert_eq!(measured.b, 1.5);
    assert_eq!(measured.a["z"][2].as_f64(), Some(100.0));
    let text = serde_json::to_string(&command)?;
    let back: BoxTransition = serde_json::from_str(&text)?;
    assert_eq!(serde_json::to_string(&back)?, text);
    for twice in [r#"{"fill":{"b":1.5,"b":2.5,"a":1}}"#, r#"{"fill":{"b":1.5,"a":[{"c":1.0,"c":1.0}]}}"#] {
        let error = serde_json::from_str::<BoxTransition>(twice).err().ok_or("it is refused")?.to_string();
        assert!(error.starts_with("transition `fill`: `") && error.contains("` is given twice"), "{error}");
    }
    Ok(())
}
