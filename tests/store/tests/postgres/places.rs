//! Wrong search paths: the errors name the problem and the solution.

use sqlx::{AssertSqlSafe, PgPool};
use tollgate::Id;
use tollgate_store::{Error, Store};

use crate::machines::{DoorMachine, DoorState, Failure, ask, door};

async fn run(url: &str, sql: &str) -> Result<(), Failure> {
    let pool = PgPool::connect(url).await?;
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&pool).await?;
    pool.close().await;
    Ok(())
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn open_with_a_search_path_to_nowhere_names_the_path() -> Result<(), Failure> {
    let url = tollgate_cluster::database("nowhere");
    for path in ["nowhere", "nowhere,elsewhere", "%22No%20Where%22"] {
        let error = Store::open(&format!("{url}?options[search_path]={path}")).await.expect_err("there is no schema");
        let said = error.to_string();
        assert!(
            matches!(error, Error::NoSchema { .. }) && said.starts_with("no schema of the search path `"),
            "{said}"
        );
    }
    run(&url, "CREATE SCHEMA nowhere").await?;
    Store::open(&format!("{url}?options[search_path]=nowhere")).await?;
    Ok(())
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn open_on_a_table_of_another_program_names_it_and_changes_nothing() -> Result<(), Failure> {
    let foreign = [
        ("CREATE TABLE tollgate_record (note text)", "public.tollgate_record"),
        ("CREATE TABLE tollgate_schema (name text)", "public.tollgate_schema"),
        ("CREATE TABLE tollgate_schema (version text)", "public.tollgate_schema"),
        ("CREATE VIEW tollgate_history AS SELECT 1 AS one", "public.tollgate_history"),
        ("CREATE TABLE tollgate_schema (version integer); CREATE TABLE tollgate_edge (a text)", "public.tollgate_edge"),
    ];
    for (sql, table) in foreign {
        let url = tollgate_cluster::database("foreign");
        run(&url, sql).await?;
        let pool = PgPool::connect(&url).await?;
        let tables =
            "SELECT string_agg(relname, ',' ORDER BY 1) FROM pg_class WHERE relnamespace = 'public'::regnamespace";
        let before = ask(&pool, tables).await?;
        let error = Store::open(&url).await.expect_err("it is another program's");
        let expected =
            format!("`{table}` is not a table of this store; rename it, or give the store a separate schema");
        assert_eq!(error.to_string(), expected, "{sql}");
        assert_eq!(ask(&pool, tables).await?, before);
    }
    Ok(())
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn open_with_a_foreign_table_before_the_stores_own_names_it() -> Result<(), Failure> {
    let url = tollgate_cluster::database("before");
    Store::open(&url).await?;
    run(&url, "CREATE SCHEMA app; CREATE TABLE app.tollgate_record (id uuid)").await?;
    let error = Store::open(&format!("{url}?options[search_path]=app,public")).await.expect_err("it hides the records");
    assert!(matches!(&error, Error::ForeignTable { table, .. } if table == "app.tollgate_record"), "{error}");
    Ok(())
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn renamed_schema_is_named_by_each_operation_and_opens_again_after_a_restore() -> Result<(), Failure> {
    let url = tollgate_cluster::database("renamed");
    let store = Store::open(&url).await?;
    let one = door(&store, 1).await?;
    run(&url, "ALTER SCHEMA public RENAME TO former; CREATE SCHEMA public").await?;
    let said = |error: &Error| {
        let said = error.to_string();
        assert!(matches!(error, Error::TablesGone { .. }), "{said}");
        assert!(said.starts_with("`tollgate_") && said.contains("set `search_path` to the new name"), "{said}");
    };
    let refused = one.open().commit_async(&store).await.expect_err("the tables are gone");
    let tollgate::Cause::Sink(error) = refused.cause() else { return Err("the store refuses it".into()) };
    said(error);
    said(&store.resume::<DoorState>(Id::from(1)).await.expect_err("the tables are gone"));
    said(&store.records().all().await.expect_err("the tables are gone"));
    let refused =
        DoorMachine::create(Id::from(2)).commit_async(&store.batching()).await.expect_err("the tables are gone");
    let tollgate::Cause::Sink(error) = refused.cause() else { return Err("the store refuses it".into()) };
    said(error);

    let renamed = format!("{url}?options[search_path]=former");
    let error = Store::open(&renamed).await.expect_err("functions have the former path");
    assert!(error.to_string().contains("has the search path of another schema"), "{error}");
    let store = Store::options(&renamed).restore_protection().open().await?;
    assert_eq!(store.resume::<DoorState>(Id::from(1)).await?.version(), 1);
    door(&store, 2).await?;
    Ok(())
}
