#pragma once

#include "proxy/control/hook_port.hpp"
#include "proxy/rollout/experiment.hpp"

#include <vector>

namespace millrace::control {

/// Tells the hooks about decisions, each when it is in force: what waits to be recorded first is
/// held back until it is. Lifetime: the rollout's. Thread: the driver's.
class decision_announcer {
 public:
    /// @param hooks  null: nobody is told
    decision_announcer(hook_port* hooks, const rollout::params& chosen);

    void announce(const std::vector<decision_record>& made);

    /// Of a proposal.
    void hold(std::vector<decision_record> made);

    /// After each look: what was held is in force now, or will never be.
    void settle(const rollout::output& came, bool still_proposed);

 private:
    hook_port* hooks_;
    const rollout::params& chosen_;
    std::vector<decision_record> held_;
};

}  // namespace millrace::control
