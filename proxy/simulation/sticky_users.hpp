#pragma once

#include "proxy/rollout/outcome.hpp"
#include "proxy/simulation/draws.hpp"
#include "proxy/simulation/params.hpp"
#include "proxy/stats/unit_window.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace millrace::simulation {

/// Clients that come back and stay at their version: each has a place, which the partition gives to
/// the primary or the candidate, a failure rate of its own, and a coin that its history left
/// (statistics README, "sticky units"). Lifetime: a run's. Thread: one.
class sticky_users {
 public:
    /// @param rate  of failures in the primary at the start: what users' own rates average to
    sticky_users(const user_params& like, double rate, draws& chance);

    /// Where the candidate's part of the partition ends, in units of 2^-16; it begins at 0. Windows
    /// that are open are not told any more: take them before.
    void begin_epoch(std::uint32_t number, std::uint32_t candidate_mass);

    /// Requests of users drawn at random, some of them again.
    /// @param rates  of failures now, of the primary and the candidate
    /// @return       how many came to each of the two
    std::array<std::uint64_t, 2> serve(
        draws& chance,
        std::uint64_t requests,
        std::uint64_t tick,
        const std::array<double, 2>& rates
    );

    /// Whose window was opened before the tick, with the coin that gave them their version.
    [[nodiscard]] std::vector<rollout::unit_outcome> take_opened_before(
        std::uint64_t tick, stats::unit_outcome judged_by
    );

 private:
    struct user {
        std::uint32_t point = 0;
        double rate = 0;
        // Where the point is known to lie: [begin, end).
        std::uint32_t begin = 0;
        std::uint32_t end = 65'536;
        std::uint32_t epoch = 0;  // of the latest contact
        bool is_open = false;
        std::uint64_t opened = 0;
        std::array<std::uint32_t, 2> masses{};  // of the coin: primary, candidate
        stats::unit_window window{};
    };

    void meet(std::size_t who, std::uint64_t tick);

    double mean_rate_;
    std::vector<user> users_;
    std::deque<std::size_t> open_;  // in order of their opening
    std::uint32_t epoch_ = 0;
    std::uint32_t candidate_mass_ = 0;
};

}  // namespace millrace::simulation
