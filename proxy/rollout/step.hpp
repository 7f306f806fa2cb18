#pragma once

#include "proxy/rollout/assessment.hpp"
#include "proxy/rollout/params.hpp"
#include "proxy/rollout/state.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace millrace::rollout {

/// What a person or a pipeline asked for, once. `promote` means the candidate that is proven, else
/// the first that is not out; a rollout that has ended takes no command.
enum class command : std::uint8_t { pause, resume, approve, promote, rollback };

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
    ready_to_promote,
    not_ready_any_more,  ///< what waited for approval is not proven any more
    commanded
};

[[nodiscard]] std::string_view name_of(reason of) noexcept;

/// One decision: what changed and why, without the evidence, which the record adds.
struct decision {
    rollout::reason why = reason::started;
    std::string detail;                      ///< for people: the guardrail, the candidate, who
    std::optional<std::uint32_t> candidate;  ///< the one it is about
};

struct step_result {
    rollout::state state;
    std::vector<decision> decisions;  ///< in order; none: nothing changed
};

/// The state of a rollout that has not begun.
[[nodiscard]] state begin(const params& chosen);

/// Decides: rollback looks first, then a person's word, then promotion, then the next step. Pure:
/// the same arguments give the same result. Nothing suspends a rollback, neither a pause nor an
/// incident nor a missing approval.
///
/// @param now  the rollout's own time
[[nodiscard]] step_result step(
    const params& chosen,
    const state& from,
    const assessment& evidence,
    const std::vector<command>& commands,
    milliseconds now
);

/// What the primary keeps, in percent.
[[nodiscard]] double primary_share(const state& of) noexcept;

/// True when `to` gives some candidate more than `from` did, or makes it the primary: such a change
/// is recorded before it takes effect; everything else takes effect first.
[[nodiscard]] bool gives_more(const state& from, const state& to) noexcept;

}  // namespace millrace::rollout
