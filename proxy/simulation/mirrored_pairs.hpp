#pragma once

#include "proxy/simulation/draws.hpp"
#include "proxy/simulation/params.hpp"
#include "proxy/stats/pair_comparison.hpp"

#include <cstdint>

namespace millrace::simulation {

/// How often each version's answer is bad for one outcome.
struct pair_rates {
    double primary = 0;
    double candidate = 0;
};

/// What comes of `count` requests that both versions answer. Of the failures of the version that
/// fails less, the part `shared` is the request's own and hits both.
[[nodiscard]] stats::pair_tick draw_pairs(
    draws& chance, std::uint64_t count, const pair_rates& rates, double shared
);

}  // namespace millrace::simulation
