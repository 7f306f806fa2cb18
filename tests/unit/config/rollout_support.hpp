#pragma once

#include "proxy/rollout/params.hpp"

#include <string>
#include <string_view>

/// Short ways to load rollouts in tests.
namespace millrace::config::test {

/// A document whose only route, "r" in line 4, splits between a (90), b (10) and c (0).
/// @param keys  of the route, behind its backend_refs, from column 95 on
[[nodiscard]] std::string with_split_route(std::string_view keys);

/// Every error of such a route whose rollout has these keys, from column 105 on. Its answers tell
/// scores, so rewards may be asked for.
[[nodiscard]] std::string rollout_errors(std::string_view keys);

/// The rollout; fails the test with the errors otherwise.
[[nodiscard]] rollout::params loaded_rollout(std::string_view keys);

}  // namespace millrace::config::test
