//! The charts of all machines of these tests, for the promises that every chart keeps.

use tollgate::Chart;

use crate::chart::{CrossingState, HostileState};
use crate::fhir_task::TaskStatus;
use crate::parity_viewflow::ParcelStatus;
use crate::parity_viewflow_defects::{FeeState, LampState};
use crate::payment::PaymentState;
use crate::report::ReportState;
use crate::tcp::TcpState;
use crate::walkers::{CupState, EngineState, MeshState, RingState, TreeState};

pub(crate) fn all() -> Vec<&'static Chart> {
    vec![
        CrossingState::CHART,
        HostileState::CHART,
        TaskStatus::CHART,
        ParcelStatus::CHART,
        FeeState::CHART,
        LampState::CHART,
        PaymentState::CHART,
        ReportState::CHART,
        TcpState::CHART,
        CupState::CHART,
        EngineState::CHART,
        MeshState::CHART,
        RingState::CHART,
        TreeState::CHART,
    ]
}
