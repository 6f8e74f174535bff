//! The chart as text: Mermaid, Graphviz, JSON and canonical, to the letter, and the same every time.

use tollgate::chart::{DrawOptions, Edge, EdgeAt, Requirement, State, Transition};
use tollgate::serde_json::{self, Value};
use tollgate::{Actor, Chart, Digest, Id, StateMachine};

use crate::Tested;
use crate::charts::all;

fn is_clear(_: &Id) -> bool {
    true
}

fn is_signalman(_: &Id, _: &Actor) -> bool {
    true
}

/// A level crossing.
///
/// Between `Open` and `Closed` run two edges side by side.
#[derive(Debug, StateMachine)]
#[machine(name = "Crossing", was = "Gate", was = "Barrier")]
#[transition(close,  from = Open,   to = Closed, guard = is_clear, doc = "A train comes.")]
#[transition(slam,   from = Open,   to = Closed, requires(reason), was = "fall", was = "drop")]
#[transition(open,   from = Closed, to = Open, guard = [is_clear, self::is_clear], permission = is_signalman)]
#[transition(report, from = _,      to = _, requires(reason, actor))]
#[transition(fail,   from = _,      to = Broken)]
pub(crate) enum CrossingState {
    /// Cars pass.
    #[state(initial)]
    Open,
    /// Trains pass.
    #[state(record, was = "Down", was = "Barred")]
    Closed { trains: u8 },
    #[state(terminal)]
    Broken,
}

#[test]
fn mermaid_draws_parallel_and_wildcard_edges() {
    let text = "\
stateDiagram-v2
    [*] --> Open
    Open --> Closed : close [is_clear]
    Open --> Closed : slam
    Closed --> Open : open [is_clear, self#58;#58;is_clear, is_signalman]
    Open --> Open : report
    Closed --> Closed : report
    Open --> Broken : fail
    Closed --> Broken : fail
    Broken --> [*]
";
    assert_eq!(CrossingState::CHART.to_mermaid(), text);
}

#[test]
fn graphviz_draws_parallel_and_wildcard_edges() {
    let text = r#"digraph "Crossing" {
    rankdir=LR;
    node [shape=box, style=rounded, fontname="sans-serif"];
    edge [fontname="sans-serif", fontsize=10];
    s0 [label="Open"];
    s1 [label="Closed"];
    s2 [label="Broken", peripheries=2];
    start0 [shape=point, width=0.15];
    start0 -> s0;
    s0 -> s1 [label="close [is_clear]"];
    s0 -> s1 [label="slam"];
    s1 -> s0 [label="open [is_clear, self::is_clear, is_signalman]"];
    s0 -> s0 [label="report"];
    s1 -> s1 [label="report"];
    s0 -> s2 [label="fail"];
    s1 -> s2 [label="fail"];
}
"#;
    assert_eq!(CrossingState::CHART.to_dot(), text);
}

#[test]
fn mermaid_with_options_hides_stays_and_shows_requirements() {
    let options = DrawOptions::default().stays(false).requirements(true);
    let text = "\
stateDiagram-v2
    [*] --> Open
    Open --> Closed : close [is_clear]
    Open --> Closed : slam [requires reason]
    Closed --> Open : open [is_clear, self#58;#58;is_clear, is_signalman, requires actor]
    Open --> Broken : fail
    Closed --> Broken : fail
    Broken --> [*]
";
    assert_eq!(CrossingState::CHART.to_mermaid_with(options), text);
    let bare = DrawOptions::default().guards(false).permissions(false);
    let text = CrossingState::CHART.to_mermaid_with(bare);
    assert!(text.contains("    Closed --> Open : open\n    Open --> Open : report\n"), "{text}");
    let permissions = CrossingState::CHART.to_mermaid_with(DrawOptions::default().guards(false));
    assert!(permissions.contains(" : close\n") && permissions.contains(" : open [is_signalman]\n"), "{permissions}");
    let guards = CrossingState::CHART.to_mermaid_with(DrawOptions::default().permissions(false));
    assert!(guards.contains(" : open [is_clear, self#58;#58;is_clear]\n"), "{guards}");
}

#[test]
fn graphviz_with_options_hides_stays_and_shows_requirements() {
    let text = CrossingState::CHART.to_dot_with(DrawOptions::default().stays(false).requirements(true));
    let edges: Vec<&str> = text.lines().filter(|line| line.starts_with("    s") && line.contains(" -> s")).collect();
    assert_eq!(
        edges,
        [
            "    start0 -> s0;",
            r#"    s0 -> s1 [label="close [is_clear]"];"#,
            r#"    s0 -> s1 [label="slam [requires reason]"];"#,
            r#"    s1 -> s0 [label="open [is_clear, self::is_clear, is_signalman, requires actor]"];"#,
            r#"    s0 -> s2 [label="fail"];"#,
            r#"    s1 -> s2 [label="fail"];"#,
        ]
    );
    let stays = CrossingState::CHART.to_dot_with(DrawOptions::default().requirements(true));
    assert!(stays.contains(r#"    s0 -> s0 [label="report [requires actor, requires reason]"];"#), "{stays}");
}

#[test]
fn drawing_without_options_is_that_of_the_default() {
    for chart in all() {
        assert_eq!(chart.to_mermaid(), chart.to_mermaid_with(DrawOptions::default()));
        assert_eq!(chart.to_dot(), chart.to_dot_with(DrawOptions::default()));
        let moves = chart.edges.iter().filter(|edge| !edge.stays).count();
        let moving = DrawOptions::default().stays(false);
        let ends = chart.initial().count() + chart.states.iter().filter(|state| state.terminal).count();
        let arrows = chart.to_mermaid_with(moving).lines().filter(|line| line.contains(" --> ")).count();
        assert_eq!(arrows, moves + ends, "{}", chart.machine);
        let arrows = chart.to_dot_with(moving).lines().filter(|line| line.contains(" -> s")).count();
        assert_eq!(arrows, moves + chart.initial().count(), "{}", chart.machine);
    }
}

/// A chart whose guards are syntax in both languages.
const HOSTILE_GUARDS: &Chart = &Chart {
    machine: "R&amp;D",
    was: &[],
    fingerprint: Digest::from_hex("0000000000000000000000000000000000000000000000000000000000000000"),
    doc: "",
    states: &[
        State { name: "R&amp;D", initial: true, leaving: &[0], ..State::BASE },
        State { name: "B", terminal: true, ..State::BASE },
    ],
    transitions: &[Transition { name: "go", ..Transition::BASE }],
    edges: &[Edge {
        transition: "go",
        from: "R&amp;D",
        to: "B",
        guards: &["<&Report as Checks>::ok", "check::<3>", "is::<\"a;b:#c\">", "at::<'\\\\'>", "%%{init}%%"],
        permission: Some("may::<&lt;>"),
        requires: &[Requirement::Actor],
        at: EdgeAt { transition: 0, from: 0, to: 1 },
        ..Edge::BASE
    }],
    text: "",
};

#[test]
fn guard_that_is_syntax_stays_a_text() {
    let options = DrawOptions::default().requirements(true);
    let mermaid = "\
stateDiagram-v2
    state \"R#38;amp#59;D\" as alias_0
    [*] --> alias_0
    alias_0 --> B : go [#60;#38;Report as Checks#62;#58;#58;ok, check#58;#58;#60;3#62;, \
        is#58;#58;#60;#34;a#59;b#58;#35;c#34;#62;, at#58;#58;#60;#39;#92;#92;#39;#62;, \
        #37;#37;#123;init#125;#37;#37;, may#58;#58;#60;#38;lt#59;#62;, requires actor]
    B --> [*]
";
    assert_eq!(HOSTILE_GUARDS.to_mermaid_with(options), mermaid);
    let dot = HOSTILE_GUARDS.to_dot_with(options);
    let edge = r#"    s0 -> s1 [label="go [<&amp;Report as Checks>::ok, check::<3>, is::<\"a;b:#c\">, at::<'\\\\'>, %%{init}%%, may::<&amp;lt;>, requires actor]"];"#;
    assert!(dot.contains(edge), "{dot}");
    assert!(dot.contains(r#"    s0 [label="R&amp;amp;D"];"#), "{dot}");
}

#[test]
fn canonical_says_all_but_docs_and_order() {
    let text = r#"tollgate chart 1
machine "Crossing" was "Barrier" was "Gate"
state "Broken" terminal
state "Closed" record field "trains" was "Barred" was "Down"
state "Open" initial
transition "close"
transition "fail"
transition "open" actor
transition "report" actor reason
transition "slam" reason was "drop" was "fall"
edge "close" "Open" -> "Closed" guard "is_clear"
edge "fail" "Closed" -> "Broken"
edge "fail" "Open" -> "Broken"
edge "open" "Closed" -> "Open" guard "is_clear" guard "self::is_clear" permission "is_signalman"
edge "report" "Closed" stays "Closed"
edge "report" "Open" stays "Open"
edge "slam" "Open" -> "Closed"
"#;
    assert_eq!(CrossingState::CHART.canonical(), text);
}

#[test]
fn json_says_all_in_the_order_of_declaration() -> Tested {
    let text = CrossingState::CHART.to_json();
    let fingerprint = CrossingState::CHART.fingerprint;
    let expected = format!(
        r#"{{
  "machine": "Crossing",
  "was": [
    "Gate",
    "Barrier"
  ],
  "fingerprint": "{fingerprint}",
  "doc": "A level crossing.\n\nBetween `Open` and `Closed` run two edges side by side.",
  "states": [
    {{
      "name": "Open",
      "doc": "Cars pass.",
      "initial": true,
      "terminal": false,
      "recorded": false
    }},
    {{
      "name": "Closed",
      "was": [
        "Down",
        "Barred"
      ],
      "doc": "Trains pass.",
      "initial": false,
      "terminal": false,
      "fields": [
        "trains"
      ],
      "recorded": true
    }},
"#
    );
    assert!(text.starts_with(&expected), "{text}");
    let json: Value = serde_json::from_str(&text)?;
    let edges = json["edges"].as_array().ok_or("there are edges")?;
    assert_eq!(edges.len(), CrossingState::CHART.edges.len());
    assert_eq!(
        edges[2],
        serde_json::json!({
            "transition": "open", "from": "Closed", "to": "Open", "stays": false, "requires": ["actor"],
            "guards": ["is_clear", "self::is_clear"], "permission": "is_signalman",
        })
    );
    assert_eq!(
        json["transitions"][1],
        serde_json::json!({"name": "slam", "was": ["fall", "drop"], "requires": ["reason"]})
    );
    assert_eq!(json["transitions"][0]["doc"], "A train comes.");
    Ok(())
}

/// Names that are syntax elsewhere.
#[derive(Debug, StateMachine)]
#[machine(name = "The \"machine\" { \\N }")]
#[transition(go, from = _, to = End, rename = "go --> [*] : <b>;\"%%")]
#[transition(on, from = End, to = Note, rename = "é ok")]
pub(crate) enum HostileState {
    #[state(initial, rename = "a b")]
    Spaced,
    #[state(rename = "end")]
    End,
    #[state(rename = "note")]
    Note,
    #[state(initial, rename = "alias_1")]
    Alias,
    #[state(initial, rename = "x\"]; y -> z [label=\"")]
    Injection,
    #[state(initial, record, rename = "état")]
    State { r#type: u8 },
}

#[test]
fn names_that_are_syntax_stay_names() {
    let mermaid = r#"stateDiagram-v2
    state "a b" as alias_0
    state "end" as alias_1
    state "note" as alias_2
    state "alias_1" as alias_3
    state "x#34;]#59; y -#62; z [label#61;#34;" as alias_4
    state "état" as alias_5
    [*] --> alias_0
    [*] --> alias_3
    [*] --> alias_4
    [*] --> alias_5
    alias_0 --> alias_1 : go --#62; [#42;] #58; #60;b#62;#59;#34;#37;#37;
    alias_1 --> alias_1 : go --#62; [#42;] #58; #60;b#62;#59;#34;#37;#37;
    alias_2 --> alias_1 : go --#62; [#42;] #58; #60;b#62;#59;#34;#37;#37;
    alias_3 --> alias_1 : go --#62; [#42;] #58; #60;b#62;#59;#34;#37;#37;
    alias_4 --> alias_1 : go --#62; [#42;] #58; #60;b#62;#59;#34;#37;#37;
    alias_5 --> alias_1 : go --#62; [#42;] #58; #60;b#62;#59;#34;#37;#37;
    alias_1 --> alias_2 : é ok
"#;
    assert_eq!(HostileState::CHART.to_mermaid(), mermaid);
    let dot = HostileState::CHART.to_dot();
    assert!(dot.starts_with("digraph \"The \\\"machine\\\" { \\\\N }\" {\n"), "{dot}");
    assert!(dot.contains("    s4 [label=\"x\\\"]; y -> z [label=\\\"\"];\n"), "{dot}");
    assert!(HostileState::CHART.canonical().contains("state \"état\" initial record field \"type\"\n"));
}

#[test]
fn every_text_is_the_same_every_time_and_speaks_of_every_edge() -> Tested {
    for chart in all() {
        assert_eq!(chart.to_mermaid(), chart.to_mermaid());
        assert_eq!(chart.canonical(), chart.canonical());
        let initial = chart.initial().count();
        let terminal = chart.states.iter().filter(|state| state.terminal).count();
        let arrows = chart.to_mermaid().lines().filter(|line| line.contains(" --> ")).count();
        assert_eq!(arrows, initial + chart.edges.len() + terminal, "{}", chart.machine);
        let arrows = chart.to_dot().lines().filter(|line| line.trim_start().contains(" -> s")).count();
        assert_eq!(arrows, initial + chart.edges.len(), "{}", chart.machine);
        let json: Value = serde_json::from_str(&chart.to_json())?;
        assert_eq!(json["edges"].as_array().map(Vec::len), Some(chart.edges.len()));
        assert_eq!(
            chart.canonical().lines().count(),
            2 + chart.states.len() + chart.transitions.len() + chart.edges.len()
        );
    }
    Ok(())
}

#[test]
fn a_chart_can_be_asked() {
    let chart = CrossingState::CHART;
    assert_eq!(chart.state("Down").map(|state| state.name), Some("Closed"), "by a former name too");
    assert_eq!(chart.transition("drop").map(|transition| transition.name), Some("slam"));
    assert!(chart.state("down").is_none() && chart.transition("Slam").is_none() && chart.state("").is_none());
    assert_eq!(chart.leaving("Open").count(), 4);
    assert_eq!(chart.leaving("Broken").count() + chart.leaving("Nowhere").count(), 0);
}
