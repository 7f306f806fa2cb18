#pragma once

#include "proxy/rollout/assessment.hpp"
#include "proxy/rollout/decision.hpp"
#include "proxy/rollout/params.hpp"
#include "proxy/rollout/state.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace millrace::rollout {

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
/// @param now         the rollout's own time
/// @param to_confirm  what waits for a confirm besides; a rollback never does
[[nodiscard]] step_result step(
    const params& chosen,
    const state& from,
    const assessment& evidence,
    const std::vector<command>& commands,
    milliseconds now,
    const checkpoints& to_confirm = {}
);

/// Takes a candidate out for good. Without any other the rollout has failed.
void take_out(state& of, std::size_t candidate, std::string_view why);

/// What the primary keeps, in percent.
[[nodiscard]] double primary_share(const state& of) noexcept;

/// True when `to` gives some candidate more than `from` did, or makes it the primary: such a change
/// is recorded before it takes effect; everything else takes effect first.
[[nodiscard]] bool gives_more(const state& from, const state& to) noexcept;

}  // namespace millrace::rollout
