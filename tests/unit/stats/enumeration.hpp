#pragma once

#include "proxy/base/random.hpp"
#include "proxy/stats/tick.hpp"

#include <cmath>
#include <cstdint>

/// Worlds small enough to be counted out, and larger ones to be drawn.
namespace millrace::stats::testing {

inline double choose(unsigned n, unsigned k) {
    return std::exp(std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0));
}

inline double binomial(unsigned n, unsigned k, double p) {
    return choose(n, k) * std::pow(p, k) * std::pow(1.0 - p, n - k);
}

/// Calls visit(probability, tick) for every tick of `outcomes` outcomes that a world can give.
template <class Visit>
void for_each_tick(const rates& world, unsigned outcomes, const Visit& visit) {
    for (unsigned in_b = 0; in_b <= outcomes; ++in_b) {
        unsigned const in_a = outcomes - in_b;
        for (unsigned bad_b = 0; bad_b <= in_b; ++bad_b) {
            for (unsigned bad_a = 0; bad_a <= in_a; ++bad_a) {
                double const probability = binomial(outcomes, in_b, world.pi) *
                                           binomial(in_b, bad_b, world.b) *
                                           binomial(in_a, bad_a, world.a);
                visit(probability, tick{world.pi, in_a, in_b, bad_a, bad_b});
            }
        }
    }
}

/// The mean of E after a tick / E before it, exactly: at most 1 under the null hypothesis.
template <class Process, class State>
double mean_factor(
    const Process& process, const State& before, const rates& world, unsigned outcomes = 3
) {
    double const start = log_e(before).value();
    double mean = 0.0;
    for_each_tick(world, outcomes, [&](double probability, const tick& seen) {
        mean += probability * std::exp(log_e(process.observe(before, seen)).value() - start);
    });
    return mean;
}

inline double uniform(random_source& random) {
    return static_cast<double>(random.next() >> 11) * 0x1p-53;
}

/// A tick drawn outcome by outcome.
inline tick drawn_tick(const rates& world, unsigned outcomes, random_source& random) {
    tick seen{.pi = world.pi};
    for (unsigned i = 0; i < outcomes; ++i) {
        bool const in_b = uniform(random) < world.pi;
        bool const bad = uniform(random) < (in_b ? world.b : world.a);
        (in_b ? seen.count_b : seen.count_a) += 1;
        (in_b ? seen.bad_b : seen.bad_a) += bad ? 1 : 0;
    }
    return seen;
}

/// The state after some ticks of a world.
template <class Process, class State>
State after_history(
    const Process& process, State state, const rates& world, unsigned ticks, std::uint64_t seed
) {
    random_source random{seed};
    for (unsigned i = 0; i < ticks; ++i) {
        state = process.observe(state, drawn_tick(world, 50, random));
    }
    return state;
}

/// Outcomes until E reaches 1 / alpha, or `limit` when it does not before.
template <class Process>
std::uint64_t outcomes_until(
    const Process& process,
    const rates& world,
    double alpha,
    std::uint64_t limit,
    random_source& random
) {
    auto state = process.start();
    std::uint64_t outcomes = 0;
    while (outcomes < limit && log_e(state).value() < -std::log(alpha)) {
        state = process.observe(state, drawn_tick(world, 20, random));
        outcomes += 20;
    }
    return outcomes;
}

}  // namespace millrace::stats::testing
