#pragma once

#include "proxy/admin/rollout_status.hpp"
#include "proxy/control/rollout_runner.hpp"

/// The controller's view of a rollout as the admin API shows it. Pure.
namespace millrace::app {

[[nodiscard]] admin::rollout_status status_of(const control::rollout_view& view);

[[nodiscard]] admin::rollout_decision decision_of(const control::decision_record& record);

}  // namespace millrace::app
