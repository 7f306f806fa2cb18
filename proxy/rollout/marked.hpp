#pragma once

#include "proxy/rollout/state.hpp"

#include <string>
#include <vector>

namespace millrace::rollout {

/// Why a candidate is out that a mark was found of.
inline constexpr const char* why_out_of_marked = "rolled back";

/// What clients saw being rolled back stays so, though the commit of it is missing. Pure.
/// @param candidates  of the params, as the state has them
/// @param marked      names of those to take out; others are ignored
void take_out_marked(
    state& of, const std::vector<std::string>& candidates, const std::vector<std::string>& marked
);

}  // namespace millrace::rollout
