//! Charts are stored, and one without a state in use is refused.

use tollgate_store::Error;

use crate::machines::{Failure, ask, store};

mod before {
    use tollgate::StateMachine;

    #[derive(Debug, StateMachine)]
    #[machine(name = "Order")]
    #[transition(pay, from = Open, to = Paid)]
    #[transition(ship, from = Paid, to = Sent)]
    pub(crate) enum OrderState {
        #[state(initial)]
        Open,
        Paid,
        #[state(terminal)]
        Sent,
    }
}

mod without {
    use tollgate::StateMachine;

    #[derive(Debug, StateMachine)]
    #[machine(name = "Order")]
    #[transition(ship, from = Open, to = Sent)]
    pub(crate) enum OrderState {
        #[state(initial)]
        Open,
        #[state(terminal)]
        Sent,
    }
}

mod renamed {
    use tollgate::StateMachine;

    #[derive(Debug, StateMachine)]
    #[machine(name = "Purchase", was = "Order")]
    #[transition(settle, from = Open, to = Settled)]
    #[transition(ship, from = Settled, to = Sent)]
    pub(crate) enum PurchaseState {
        #[state(initial)]
        Open,
        #[state(was = "Paid")]
        Settled,
        #[state(terminal)]
        Sent,
    }
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn chart_without_a_state_in_use_is_refused_with_its_subjects() -> Result<(), Failure> {
    let url = tollgate_cluster::database("charts");
    let (store, pool) = store(&url).await?;
    for id in 1..=5 {
        let order = before::OrderMachine::create(id).commit_async(&store).await?.pay().commit_async(&store).await?;
        if id == 1 {
            order.ship().commit_async(&store).await?;
        }
    }
    let refused = store.register::<without::OrderState>().await.expect_err("four are paid");
    let Error::StatesInUse(in_use) = &refused else { panic!("{refused}") };
    let some = ["2", "3", "4", "5"].map(str::to_owned).to_vec();
    assert_eq!(in_use.states, [("Paid".to_owned(), 4, some)]);
    assert_eq!(ask(&pool, "SELECT count(*) FROM tollgate_chart").await?.as_deref(), Some("1"));

    // With a former name the chart is accepted, and the history continues under the new names.
    store.register::<renamed::PurchaseState>().await?;
    let renamed::AnyPurchase::Settled(order) = store.resume::<renamed::PurchaseState>(3.into()).await? else {
        panic!("it was paid");
    };
    order.ship().commit_async(&store).await?;
    assert_eq!(ask(&pool, "SELECT count(*) FROM tollgate_machine").await?.as_deref(), Some("1"));
    Ok(())
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn two_machines_on_record_do_not_become_one() -> Result<(), Failure> {
    mod purchase {
        use tollgate::StateMachine;

        #[derive(Debug, StateMachine)]
        #[machine(name = "Purchase")]
        #[transition(pay, from = Open, to = Paid)]
        pub(crate) enum PurchaseState {
            #[state(initial)]
            Open,
            #[state(terminal)]
            Paid,
        }
    }
    let url = tollgate_cluster::database("charts");
    let (store, _) = store(&url).await?;
    store.register::<before::OrderState>().await?;
    store.register::<purchase::PurchaseState>().await?;
    let refused = store.register::<renamed::PurchaseState>().await.expect_err("there are two");
    let said = "`Purchase` was `Order`, but both are registered as separate machines; remove the former name";
    assert_eq!(refused.to_string(), said);
    Ok(())
}
