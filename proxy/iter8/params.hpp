#pragma once

#include "proxy/providers/params.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// An experiment as Iter8's API group iter8.tools/v2alpha2 describes it
/// (github.com/iter8-tools/etc3, api/v2alpha2): plain data, filled by config/.
namespace millrace::iter8 {

enum class testing_pattern : std::uint8_t {
    conformance,  ///< one version against its objectives
    canary,       ///< a candidate that meets the objectives wins
    a_b,          ///< the best reward among those that meet the objectives wins
    a_b_n
};

enum class deployment_pattern : std::uint8_t { progressive, fixed_split, blue_green };

enum class direction : std::uint8_t { high, low };

struct variable {
    std::string name;
    std::string value;

    friend bool operator==(const variable&, const variable&) = default;
};

struct version {
    std::string name;
    std::vector<variable> variables;
};

/// A condition on the value of a metric; both limits belong to what is allowed.
struct objective {
    std::string metric;
    std::optional<double> upper_limit;
    std::optional<double> lower_limit;
    std::optional<bool> rollback_on_failure;
};

struct reward {
    std::string metric;
    direction preferred = direction::high;
};

/// Percent.
struct weight_limits {
    std::optional<double> candidate_max;
    std::optional<double> increment_max;

    friend bool operator==(const weight_limits&, const weight_limits&) = default;
};

struct duration {
    std::uint32_t interval_seconds = 20;
    std::uint32_t iterations_per_loop = 15;
    std::uint32_t loops_max = 1;
};

struct experiment {
    std::string name;
    std::string space;  ///< namespace; empty: not said
    std::string target;
    testing_pattern testing = testing_pattern::canary;
    deployment_pattern deployment = deployment_pattern::progressive;
    std::optional<weight_limits> weights;
    bool has_actions = false;
    std::vector<version> versions;  ///< the baseline, then the candidates
    bool has_objectives = false;    ///< an empty list is one, too
    std::vector<objective> objectives;
    std::vector<reward> rewards;
    std::vector<std::string> indicators;
    std::string request_count;  ///< a metric; empty: none
    bool has_strength = false;
    iter8::duration duration;

    // Of the status, what the analytics start from.
    std::vector<double> current_weights;  ///< percent by version; empty: not said

    /// Newest values: metric, version, value.
    struct value {
        std::string metric;
        std::string version;
        std::optional<double> number;
    };

    std::vector<std::string> metrics_known;  ///< that were aggregated at all
    std::vector<value> values;
};

/// A metric as its document says it.
struct metric {
    std::string space;  ///< namespace; empty: not said
    bool is_mock = false;
    providers::metric_params params;  ///< its secret_dir is the reference, NAME or NAMESPACE/NAME
};

/// What a file holds.
struct documents {
    std::vector<experiment> experiments;
    std::vector<metric> metrics;
};

}  // namespace millrace::iter8
