#pragma once

#include "proxy/iter8/params.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <vector>

namespace millrace::iter8 {

/// A configuration of ours that was made of an experiment.
struct imported {
    boost::json::object document;  ///< as the file would hold it, without its metrics
    std::vector<providers::metric_params> metrics;  ///< that it uses
    std::vector<std::string>
        notes;  ///< what was not carried over, or has to be looked at; sentences
};

/// One listener, a backend per version, one route with a rollout. The rollout's guardrails decide,
/// by proof; objectives on metrics become conditions beside them; rewards and indicators are shown.
///
/// @param of       with at least one version
/// @param metrics  of which it refers to some
[[nodiscard]] imported import_experiment(const experiment& of, const std::vector<metric>& metrics);

}  // namespace millrace::iter8
