#pragma once

#include "proxy/config/object_shape.hpp"
#include "proxy/config/shapes.hpp"

namespace millrace::config {

/// Adds objectives, indicators and variables to a rollout.
void add_metric_keys(object<rollout::params>& rollout);

/// Variables are those of the rollout's versions, as far as they are named.
void check_variables(reader& in, const node& from, const rollout::params& read);

}  // namespace millrace::config
