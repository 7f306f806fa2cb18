#pragma once

#include "proxy/rollout/checkpoint.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::rollout {

using std::chrono::milliseconds;

/// Where a rollout stands.
///
/// A mirror_first rollout passes through `mirroring` between the first two.
///
///   initializing ──go──> progressing ──last step proven──> waiting ──approved──> succeeded
///        │                  │   ▲                             │
///        │                  ▼   │ evidence, or the horizon    ▼
///        └──────────────> failed <──a guardrail is violated, or a person says so──┘
enum class phase : std::uint8_t {
    initializing,  ///< waits for approval to start; the candidates get nothing
    mirroring,     ///< the candidates answer copies of requests; clients get none of it
    progressing,   ///< the candidates get the share of the step
    waiting,       ///< everything is proven; waits for approval to promote
    succeeded,     ///< a candidate is the primary now
    failed         ///< every candidate was taken out
};

/// What is known in the end, or so far.
enum class verdict : std::uint8_t {
    running,
    successful,    ///< a candidate was proven good enough, or a person said so
    failed,        ///< a guardrail was proven violated, or a person said so
    inconclusive,  ///< the horizon has passed with neither
    error          ///< assignments did not follow the coin: no verdict on the candidate
};

struct candidate_state {
    double share = 0;  ///< percent of the traffic of primary and candidates
    bool out = false;  ///< rolled back, for good
    std::string why_out;

    friend bool operator==(const candidate_state&, const candidate_state&) = default;
};

/// Everything of a rollout that decisions go on from, besides the evidence. A value; time is the
/// rollout's own: since it began, as its driver counts it, so no wall clock can disturb it.
struct state {
    rollout::phase phase = phase::initializing;
    rollout::verdict verdict = verdict::running;
    std::uint32_t step = 0;  ///< place in params.steps
    std::vector<candidate_state> candidates;
    std::uint32_t winner = 0;  ///< of a rollout that succeeded: place in candidates
    milliseconds step_since{0};
    bool paused = false;        ///< by a person: no more weight, no promotion; rollbacks go on
    bool approved = false;      ///< the next thing that waits for a person may happen
    bool incident = false;      ///< primary and candidate are in breach together: no more weight
    bool load = false;          ///< the route as a whole is in breach: no more weight
    bool stepped_down = false;  ///< because of this load
    std::uint32_t batch = 0;    ///< of a bandit
    milliseconds batch_since{0};
    milliseconds assignment_broken_since{-1};  ///< below 0: it is not
    checkpoint awaited = checkpoint::none;     ///< waits for somebody outside to confirm it
    bool confirmed = false;                    ///< what is awaited may happen

    friend bool operator==(const state&, const state&) = default;

    [[nodiscard]] bool ended() const noexcept {
        return phase == phase::succeeded || phase == phase::failed;
    }
};

[[nodiscard]] std::string_view name_of(phase of) noexcept;
[[nodiscard]] std::string_view name_of(verdict of) noexcept;

}  // namespace millrace::rollout
