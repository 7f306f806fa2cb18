#pragma once

#include "proxy/base/clock.hpp"
#include "proxy/rollout/custom_metric.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace millrace::providers {

/// How many fetches of a metric ended how.
struct fetch_totals {
    /// By rollout::reading_state; stale is no end of a fetch and stays 0.
    std::array<std::uint64_t, 6> by_state{};
    std::chrono::nanoseconds time{0};  ///< of all of them
};

/// A value with whose it is.
struct shown_value {
    std::string route;
    std::string metric;
    std::string version;
    double value = 0;
};

/// Where the newest values lie between the thread that fetches and the one that decides. Lifetime:
/// the gateway's. Thread: any; its mutex is held for a look-up or a copy, never for I/O.
class metric_board {
 public:
    /// What a fetch brought: a value, or a state with a detail.
    struct outcome {
        rollout::reading_state state = rollout::reading_state::no_value;  ///< fresh: a value
        double value = 0;
        std::string detail;
        std::chrono::nanoseconds took{0};
    };

    struct key {
        std::string route;
        std::string metric;
        std::string version;

        friend bool operator<(const key& a, const key& b) {
            return std::tie(a.route, a.metric, a.version) < std::tie(b.route, b.metric, b.version);
        }
    };

    /// @param max_age  after which the value is stale
    /// @return  true when the state is another one than before
    bool put(const key& where, outcome what, time_point at, std::chrono::milliseconds max_age);

    /// With its sample size, if that is fresh.
    [[nodiscard]] rollout::version_reading reading(const key& where, time_point now) const;

    /// By metric: the one that tells how much it was computed from; empty: none does.
    void set_sample_sizes(std::map<std::string, std::string, std::less<>> names);

    /// A rollout asks: its metrics are wanted, and it has run for that long.
    void want(std::string_view route, std::chrono::milliseconds running, time_point now);

    /// When the rollout began; nothing when it did not ask lately, so that nobody needs to.
    [[nodiscard]] std::optional<time_point> wanted_since(std::string_view route, time_point now)
        const;

    /// Forgets what is of no configured rollout any more.
    void keep_routes(const std::vector<std::string>& routes);

    [[nodiscard]] std::map<std::string, fetch_totals> totals() const;
    /// Fresh ones.
    [[nodiscard]] std::vector<shown_value> values(time_point now) const;

 private:
    struct sample {
        outcome last;
        time_point at;
        std::chrono::milliseconds max_age{0};
    };

    struct wish {
        time_point began;
        time_point asked;
    };

    [[nodiscard]] static rollout::version_reading reading_of(const sample& from, time_point now);

    // With the mutex held.
    [[nodiscard]] rollout::version_reading find(const key& where, time_point now) const;

    mutable std::mutex mutex_;
    std::map<key, sample> samples_;
    std::map<std::string, std::string, std::less<>> sample_sizes_;
    std::map<std::string, wish, std::less<>> wishes_;
    std::map<std::string, fetch_totals> totals_;
};

}  // namespace millrace::providers
