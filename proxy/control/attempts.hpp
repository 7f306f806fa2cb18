#pragma once

#include "proxy/journal/records.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::control {

/// A rollout that there was, as the count of attempts sees it.
struct past_rollout {
    std::string route;
    journal::rollout_id rollout;
    std::string artifacts;   ///< of its candidates, in any order, with blanks between them
    bool begun = false;      ///< a candidate got traffic
    bool succeeded = false;  ///< a candidate became the primary
};

/// How often the same artifact was tried on a route: who tries often enough gets a bad version
/// through by luck, so each attempt is promoted at a smaller alpha (params.attempt).
/// Lifetime: the driver's. Thread: the driver's.
class attempts {
 public:
    /// One that is known by its number already is replaced.
    void add(past_rollout seen);

    /// The number of the next attempt, from 1: one more than the most tried of the artifacts has
    /// behind it, counting rollouts that were begun and did not succeed.
    [[nodiscard]] std::uint32_t next(std::string_view route, std::string_view artifacts) const;

 private:
    std::vector<past_rollout> past_;
};

}  // namespace millrace::control
