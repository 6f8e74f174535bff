//! Each query goes by an index, and the database itself says which.

use std::fmt::Write as _;

use tollgate::chrono::{DateTime, Utc};
use tollgate::{Id, RecordKind};
use tollgate_store::{Records, Store};

use super::world::{OrderMachine, OrderState, ReportMachine, ReportState};
use super::{Failure, Place, on_each};

on_each! {
    each_query_goes_by_its_index
}
