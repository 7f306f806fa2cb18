#pragma once

#include "proxy/rollout/assessment.hpp"

#include <boost/json/array.hpp>

namespace millrace::admin::rendering {

/// The custom metrics of a candidate: objectives, then indicators.
[[nodiscard]] boost::json::array metrics_of(const rollout::candidate_assessment& one);

}  // namespace millrace::admin::rendering
