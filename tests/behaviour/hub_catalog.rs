//! The catalog: the registered types, the plugins and the subscriptions, word for word.

use plugin::{ClearComments, CommentOnTable};
use serde::{Deserialize, Serialize};
use tollgate::events::Login;
use tollgate::{Chart, Event, Hub, StateMachine};

use crate::Tested;
use crate::report::ReportState;

/// A payment, from the card to the bank.
///
/// # The end
///
/// With a bank, or with a refund:
///
/// ```text
/// # this is no heading
/// ```
#[derive(StateMachine)]
#[machine(was = "Charge")]
#[transition(capture, was = "take", from = Authorized, to = Captured, guard = is_open, doc = "Takes the money | all of it.")]
#[transition(renew, from = Authorized, to = _, permission = is_merchant, requires(reason))]
#[transition(void, from = Authorized, to = Void)]
enum PaymentState {
    /// The bank has promised
    /// the money.
    #[state(initial, record, was = "Promised")]
    Authorized { cents: u64, note: String },
    #[state(terminal)]
    Captured,
    #[state(terminal)]
    Void,
}

fn is_open(_: &tollgate::Id) -> bool {
    true
}

fn is_merchant(_: &tollgate::Id, actor: &tollgate::Actor) -> bool {
    !actor.id.to_string().is_empty()
}

#[derive(Default, Serialize, Deserialize)]
struct Options {
    strict: bool,
}

#[derive(Event, Serialize, Deserialize)]
#[event(name = "odd `name`")]
struct Odd {
    /// Either a | or b,
    /// over two lines.
    #[serde(rename = "a|b")]
    either: u64,
    #[event(redact)]
    secret: String,
    #[serde(flatten)]
    options: Options,
}

fn hub() -> Result<Hub<'static>, tollgate::hub::RegistrationError> {
    let mut hub = Hub::new();
    hub.register::<Odd>()?;
    hub.register_machine::<PaymentState>()?;
    hub.on::<CommentOnTable>(|_, _| ())?;
    hub.register::<ClearComments>()?;
    Ok(hub)
}

#[test]
fn the_page_has_every_event_and_every_machine() -> Tested {
    let fingerprint = PaymentState::CHART.fingerprint;
    let page = format!(
        "\
# Catalog

## Events

### `comment-on-table`

A comment was written on a table.

Requires an actor.

| property | meaning |
| --- | --- |
| `database` | The name of the database. |
| `table` | The name of the table. |
| `text` | The text of the comment, which only its readers may see. Redacted: records hold `[redacted]`. |

### `comments/clear`

A user asked to delete all comments.

Requires an actor and a reason.

### `` odd `name` ``

| property | meaning |
| --- | --- |
| `a\\|b` | Either a \\| or b, over two lines. |
| `secret` | Redacted: records hold `[redacted]`. |
| `options` | Its own fields stand in its place. |

## Machines

### `Payment`

A payment, from the card to the bank.

#### The end

With a bank, or with a refund:

```text
# this is no heading
```

Fingerprint `{fingerprint}`. Formerly `Charge`.

```mermaid
{}```

| state | kind | data | meaning |
| --- | --- | --- | --- |
| `Authorized` | initial | `cents`, `note` (recorded) | The bank has promised the money. Formerly `Promised`. |
| `Captured` | terminal | | |
| `Void` | terminal | | |

| transition | from | to | conditions | meaning |
| --- | --- | --- | --- | --- |
| `capture` | `Authorized` | `Captured` | guard `is_open` | Takes the money \\| all of it. Formerly `take`. |
| `renew` | `Authorized` | stays | an actor, a reason, permission `is_merchant` | |
| `void` | `Authorized` | `Void` | | |

## Subscriptions

| subscriber | receives |
| --- | --- |
| `on comment-on-table` | event `comment-on-table` |
",
        PaymentState::CHART.to_mermaid()
    );
    assert_eq!(hub()?.catalog().to_markdown(), page);
    Ok(())
}

#[test]
fn the_json_has_what_the_charts_and_the_types_say() -> Tested {
    let mut hub = Hub::new();
    hub.register::<CommentOnTable>()?;
    hub.register::<Login>()?;
    assert_eq!(
        hub.catalog().to_json(),
        r#"{
  "events": [
    {
      "name": "comment-on-table",
      "doc": "A comment was written on a table.",
      "requires": [
        "actor"
      ],
      "properties": [
        {
          "name": "database",
          "doc": "The name of the database."
        },
        {
          "name": "table",
          "doc": "The name of the table."
        },
        {
          "name": "text",
          "doc": "The text of the comment, which only its readers may see.",
          "redacted": true
        }
      ]
    },
    {
      "name": "login",
      "doc": "The actor signed in."
    }
  ],
  "machines": []
}"#
    );
    hub.register_machine::<ReportState>()?;
    hub.register_machine::<PaymentState>()?;
    let json: serde_json::Value = serde_json::from_str(&hub.catalog().to_json())?;
    let chart = |chart: &Chart| serde_json::from_str::<serde_json::Value>(&chart.to_json());
    assert_eq!(json["machines"], serde_json::json!([chart(PaymentState::CHART)?, chart(ReportState::CHART)?]));
    Ok(())
}

#[test]
fn catalog_of_types_does_not_depend_on_the_order_of_registration() -> Tested {
    let mut other = Hub::new();
    other.register::<ClearComments>()?;
    other.register_machine::<PaymentState>()?;
    other.register::<CommentOnTable>()?;
    other.register::<Odd>()?;
    other.register::<ClearComments>()?;
    let mut one = hub()?.catalog();
    one.subscriptions.clear();
    let other = other.catalog();
    assert_eq!((one.to_markdown(), one.to_json()), (other.to_markdown(), other.to_json()));
    Ok(())
}

#[test]
fn an_empty_catalog_says_so() {
    assert_eq!(Hub::new().catalog().to_markdown(), "# Catalog\n\nNothing is registered.\n");
}
