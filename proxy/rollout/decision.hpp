#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::rollout {

/// What a person or a pipeline asked for, once. `promote` means the candidate that is proven, else
/// the first that is not out; a rollout that has ended takes no command.
/// `confirm` is the word of the webhooks on what the rollout awaits.
enum class command : std::uint8_t { pause, resume, approve, promote, rollback, confirm };

[[nodiscard]] std::string_view name_of(command of) noexcept;

/// Why something was decided.
enum class reason : std::uint8_t {
    started,
    step_opened,
    guardrail_violated,
    assignment_broken,
    promoted,
    horizon_passed,
    incident_began,
    incident_ended,
    load_began,  ///< the route as a whole is in breach of its guard
    load_ended,
    load,      ///< one step down because of it: no verdict
    mirrored,  ///< the candidates get copies
    batch,     ///< a bandit's next shares
    ready_to_promote,
    not_ready_any_more,  ///< what waited for approval is not proven any more
    commanded,
    waits_for_confirmation
};

[[nodiscard]] std::string_view name_of(reason of) noexcept;

/// One decision: what changed and why, without the evidence, which the record adds.
struct decision {
    rollout::reason why = reason::started;
    std::string detail;                      ///< for people: the guardrail, the candidate, who
    std::optional<std::uint32_t> candidate;  ///< the one it is about
};

}  // namespace millrace::rollout
