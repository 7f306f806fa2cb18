#pragma once

#include "proxy/rollout/params.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// A described world to try a rollout's policy in: plain data, filled by config/.
namespace millrace::simulation {

using std::chrono::microseconds;
using std::chrono::milliseconds;

/// How long answers take: lognormal.
struct latency_law {
    microseconds median{50'000};
    double sigma = 0.6;  ///< of the logarithm, in (0, 5]

    friend bool operator==(const latency_law&, const latency_law&) = default;
};

/// What a version is like at some time. Rates are in [0, 1].
struct behaviour {
    double error_rate = 0;  ///< of answers that are failures; they take as long as others
    double hang_rate = 0;   ///< of requests that get no answer: they fail at the route's time-out
    latency_law latency{};
    double first_byte = 0.5;           ///< when it comes, as a part of the latency, in (0, 1]
    double accuracy = 1;               ///< of labelled answers
    double labelled = 0;               ///< of good answers that get a label, some time
    milliseconds label_delay_mean{0};  ///< until it comes, exponential
    double reward = 0.5;               ///< mean of the scores of good answers
    double reward_sd = 0.2;            ///< 0: all alike; at most that of scores that are 0 or 1
    double scored = 0;  ///< of good answers that get a score, by the age of the reward

    friend bool operator==(const behaviour&, const behaviour&) = default;
};

/// What is different from a moment on; the rest stays as it was.
struct behaviour_change {
    milliseconds at{0};
    std::optional<double> error_rate = std::nullopt;
    std::optional<double> hang_rate = std::nullopt;
    std::optional<double> accuracy = std::nullopt;
    std::optional<double> reward = std::nullopt;
    std::optional<microseconds> latency_median = std::nullopt;

    friend bool operator==(const behaviour_change&, const behaviour_change&) = default;
};

struct version_params {
    std::string name;
    behaviour from_start;
    std::vector<behaviour_change> changes;  ///< times rise

    friend bool operator==(const version_params&, const version_params&) = default;
};

/// A point of what all versions go through together; straight lines between points, constant before
/// the first and after the last one.
struct course_point {
    milliseconds at{0};
    double traffic_factor = 1;
    double error_factor = 1;
    double latency_factor = 1;

    friend bool operator==(const course_point&, const course_point&) = default;
};

/// Something that hits all versions for a while.
struct incident {
    milliseconds at{0};
    milliseconds lasts{0};
    milliseconds every{0};  ///< it comes again after this; 0: once
    double error_factor = 1;
    double latency_factor = 1;

    friend bool operator==(const incident&, const incident&) = default;
};

/// What a run of this world should reach; `simulate` says whether it does.
struct target {
    /// Of wrong verdicts: reached when the exact 99 % interval reaches below it.
    std::optional<double> wrong = std::nullopt;
    std::optional<std::uint64_t> requests = std::nullopt;  ///< median, of all versions
    std::optional<std::uint64_t> candidate_requests =
        std::nullopt;  ///< median, of rolled back runs

    friend bool operator==(const target&, const target&) = default;
};

/// Clients that come back to their version: the units of a sticky route.
struct user_params {
    std::uint32_t count = 10'000;
    /// Intraclass correlation of a user's failures: how much users differ, in [0, 1).
    double icc = 0.2;
    milliseconds window{60'000};  ///< of a user's requests that are judged together

    friend bool operator==(const user_params&, const user_params&) = default;
};

/// What a run of mirror_first needs to know.
struct mirror_params {
    double share = 1;     ///< of requests that are copied
    double shared = 0.5;  ///< of the failures of the better version that come with the request

    friend bool operator==(const mirror_params&, const mirror_params&) = default;
};

struct world_params {
    std::vector<version_params> versions;
    double requests_per_minute = 600;
    std::vector<course_point> course;  ///< times rise
    std::vector<incident> incidents;
    milliseconds total_timeout{10'000};      ///< of the route; at most the age of an error
    std::uint32_t history = 5'000;           ///< requests of the primary before the rollout
    std::uint64_t requests_max = 2'000'000;  ///< a run that is open then is over
    milliseconds time_max = std::chrono::hours{24 * 30};
    milliseconds tick{0};  ///< length of a tick; 0: about 25 requests, at least 250 ms
    std::optional<user_params> users = std::nullopt;  ///< none: each request is a unit
    mirror_params mirror{};
    std::optional<rollout::params> rollout = std::nullopt;
    simulation::target target{};

    friend bool operator==(const world_params&, const world_params&) = default;
};

/// A world with its name: one of a file's.
struct world_case {
    std::string name;
    world_params world;
};

}  // namespace millrace::simulation
