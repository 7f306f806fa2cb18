#include "proxy/rollout/decision.hpp"

namespace millrace::rollout {

std::string_view name_of(command of) noexcept {
    switch (of) {
        case command::pause:
            return "pause";
        case command::resume:
            return "resume";
        case command::approve:
            return "approve";
        case command::promote:
            return "promote";
        case command::rollback:
            return "rollback";
        case command::confirm:
            return "confirm";
    }
    return {};
}

std::string_view name_of(reason of) noexcept {
    switch (of) {
        case reason::started:
            return "started";
        case reason::step_opened:
            return "step opened";
        case reason::guardrail_violated:
            return "guardrail violated";
        case reason::assignment_broken:
            return "assignment broken";
        case reason::promoted:
            return "promoted";
        case reason::horizon_passed:
            return "horizon passed";
        case reason::incident_began:
            return "incident began";
        case reason::incident_ended:
            return "incident ended";
        case reason::load_began:
            return "load began";
        case reason::load_ended:
            return "load ended";
        case reason::load:
            return "load";
        case reason::mirrored:
            return "mirrored";
        case reason::batch:
            return "batch";
        case reason::ready_to_promote:
            return "ready to promote";
        case reason::not_ready_any_more:
            return "not ready any more";
        case reason::commanded:
            return "commanded";
        case reason::waits_for_confirmation:
            return "waits for confirmation";
    }
    return {};
}

}  // namespace millrace::rollout
