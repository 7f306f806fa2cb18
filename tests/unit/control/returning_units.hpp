#pragma once

#include "proxy/control/unit_collector.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace millrace::control {

/// A sticky route with two or three versions, a collector of its units, and a worker that the test
/// plays.
struct sticky_route {
    explicit sticky_route(const unit_collector_params& chosen, std::size_t versions = 2);

    /// Other weights from `now` on, by the smallest movement; the epoch before ends at once.
    void set_weights(const std::vector<std::uint32_t>& weights);

    /// A request of the unit now; it ends after a millisecond.
    void serve(std::uint64_t unit, bool failed);
    void serve_alone(std::uint64_t draw, bool failed);

    [[nodiscard]] std::uint16_t version_of(std::uint64_t unit) const;

    /// All that has come of outcome 0 until `now`.
    [[nodiscard]] std::vector<rollout::unit_tick> read();

    time_point now{std::chrono::hours{1000}};
    std::uint32_t epoch = 0;
    routing::traffic_split split;
    unit_collector units;

 private:
    void tell(std::uint64_t unit, bool failed, bool alone);

    std::size_t versions_;
    std::shared_ptr<metrics::route_evidence> counts_;
};

[[nodiscard]] unit_collector_params some_params();

/// A hash whose point is that.
[[nodiscard]] constexpr std::uint64_t unit_at(std::uint64_t point, std::uint64_t rest = 1) {
    return point << 48 | rest;
}

}  // namespace millrace::control
