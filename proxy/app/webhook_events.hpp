#pragma once

#include "proxy/control/hook_port.hpp"
#include "proxy/control/rollout_runner.hpp"
#include "proxy/webhooks/event.hpp"

#include <optional>
#include <string>
#include <vector>

/// What webhooks are told, from what the controller says. Pure but for ids and the wall clock.
namespace millrace::app {

/// Nothing: nobody is told of such a decision.
[[nodiscard]] std::optional<webhooks::event> event_of(
    const control::decision_record& made, const rollout::params& chosen
);

/// A question, for those who confirm.
[[nodiscard]] webhooks::event question_of(const control::question& asked);

/// What a reload came to; no errors: it is in force.
[[nodiscard]] webhooks::event reload_event(const std::vector<std::string>& errors);

/// The same place under the names of the two folders; not for checkpoint::none.
[[nodiscard]] webhooks::confirmation confirmation_of(rollout::checkpoint what) noexcept;

}  // namespace millrace::app
