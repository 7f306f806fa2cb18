#pragma once

#include "proxy/simulation/binomial_interval.hpp"
#include "proxy/simulation/params.hpp"
#include "proxy/simulation/run.hpp"
#include "proxy/simulation/truth.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace millrace::simulation {

/// The middle and the ninth tenth of what was seen; 0 when nothing was.
struct spread {
    double median = 0;
    double p90 = 0;

    friend bool operator==(const spread&, const spread&) = default;
};

/// What many runs of one rule, ours or another's, came to in a world.
struct summary {
    proportion rolled_back;
    proportion promoted;
    proportion open;              ///< neither, when the run was given up
    proportion broken;            ///< ended with the verdict "error"
    proportion wrong;             ///< rolled back or promoted against the truth
    spread requests;              ///< until a decision, of all versions
    spread minutes;               ///< until a decision
    spread exposure;              ///< requests on candidates, of runs that were rolled back
    double excess_failures = 0;   ///< mean over all runs
    std::uint64_t simulated = 0;  ///< requests of all runs

    friend bool operator==(const summary&, const summary&) = default;
};

[[nodiscard]] summary summarize(const std::vector<run_result>& runs, const truth& of);

/// Runs something `runs` times, each with a seed of its own that follows from `seed`.
[[nodiscard]] std::vector<run_result> run_many(
    std::uint64_t runs, std::uint64_t seed, const std::function<run_result(std::uint64_t seed)>& run
);

/// What a target says about a summary: nothing when there is no such target.
struct target_verdict {
    std::optional<bool> wrong;  ///< the exact 99 % interval of wrong verdicts reaches below it
    std::optional<bool> requests;
    std::optional<bool> candidate_requests;

    [[nodiscard]] bool all_reached() const noexcept {
        return wrong.value_or(true) && requests.value_or(true) && candidate_requests.value_or(true);
    }
};

[[nodiscard]] target_verdict judge(const summary& seen, const target& by);

}  // namespace millrace::simulation
