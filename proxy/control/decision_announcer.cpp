#include "proxy/control/decision_announcer.hpp"

#include <utility>

namespace millrace::control {

decision_announcer::decision_announcer(hook_port* hooks, const rollout::params& chosen)
    : hooks_{hooks}, chosen_{chosen} {}

void decision_announcer::announce(const std::vector<decision_record>& made) {
    for (auto const& each : made) {
        if (hooks_ != nullptr) {
            hooks_->decided(each, chosen_);
        }
    }
}

void decision_announcer::hold(std::vector<decision_record> made) {
    held_ = std::move(made);
}

void decision_announcer::settle(const rollout::output& came, bool still_proposed) {
    if (held_.empty() || still_proposed) {
        return;
    }
    auto const made = std::exchange(held_, {});
    // A decision beside new shares is another one, which overtook the proposal.
    if (came.shares_changed && came.decisions.empty()) {
        announce(made);
    }
}

}  // namespace millrace::control
