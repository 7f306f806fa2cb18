#pragma once

#include "proxy/rollout/params.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Custom metrics as a rollout sees them: the newest value of each for each version, and whether it
/// keeps to the objectives. Pure. A value is a condition for more weight and for promotion; it
/// never takes a candidate out, and never keeps one in.
namespace millrace::rollout {

/// What is known of a metric of a version.
enum class reading_state : std::uint8_t {
    fresh,          ///< its value is new enough
    stale,          ///< there was a value, but no new one for too long
    no_value,       ///< the provider answered that there is none; or it was not asked yet
    provider_down,  ///< nobody answered: name, connection, TLS
    slow,           ///< no whole answer, or no result of the expression, in time
    wrong           ///< an answer that is none: its status, no JSON, no number, a failed expression
};

/// "fresh", "stale", "no value", "provider down", "slow", "wrong".
[[nodiscard]] std::string_view name_of(reading_state of) noexcept;

/// One version's newest value.
struct version_reading {
    reading_state state = reading_state::no_value;
    double value = 0;                   ///< finite; of states but fresh and stale: 0
    std::optional<double> sample_size;  ///< when the metric has one and it is fresh

    friend bool operator==(const version_reading&, const version_reading&) = default;
};

/// A metric at one tick.
struct metric_reading {
    std::uint16_t metric = 0;               ///< place in watched_metrics()
    std::vector<version_reading> versions;  ///< by arm: the primary, then the candidates

    friend bool operator==(const metric_reading&, const metric_reading&) = default;
};

/// The metrics of a rollout by name: of its objectives in their order, then its indicators.
[[nodiscard]] std::vector<std::string> watched_metrics(const params& chosen);

/// What a custom metric says about one candidate.
struct metric_assessment {
    std::string name;
    bool is_objective = false;
    version_reading primary;
    version_reading candidate;
    bool holds = true;  ///< nothing speaks against more weight
    std::string lack;   ///< why it does not hold: "mean-latency: 426.95, more than 420"

    friend bool operator==(const metric_assessment&, const metric_assessment&) = default;
};

/// One per watched metric.
/// @param readings   the newest of each; of a metric without one nothing is known
/// @param candidate  from 0
[[nodiscard]] std::vector<metric_assessment> assess_metrics(
    const params& chosen, const std::vector<metric_reading>& readings, std::size_t candidate
);

/// True when every objective holds.
[[nodiscard]] bool all_hold(const std::vector<metric_assessment>& all) noexcept;

}  // namespace millrace::rollout
