#pragma once

#include "proxy/rollout/outcome.hpp"
#include "proxy/simulation/draws.hpp"
#include "proxy/simulation/params.hpp"
#include "proxy/stats/tick.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace millrace::simulation {

/// What comes of the requests of one version under given conditions, as the outcomes of a rollout
/// see it: the joint distribution of "bad for this outcome" over all of them. Requests are sorted
/// by how they ended and between which thresholds, so that one multinomial draw answers every
/// question of a tick at once, with their dependence. Lifetime: a value, until conditions or
/// thresholds change. Thread: any.
///
///   request_law law{behaviour, outcomes, true, total_timeout};
///   law.draw(chance, 1'000, counts);
class request_law {
 public:
    /// @param is_primary  which of an outcome's thresholds the version is judged by
    request_law(
        const behaviour& like,
        const std::vector<rollout::outcome>& outcomes,
        bool is_primary,
        milliseconds total_timeout
    );

    /// Adds what became of `count` requests to `to`, by outcome. Outcomes that are not in force get
    /// nothing.
    void draw(draws& chance, std::uint64_t count, std::vector<stats::arm_tick>& to) const;

    /// The probability that a request (a label, for outcomes of labels) is bad for the outcome.
    [[nodiscard]] double rate(std::size_t outcome) const { return rates_[outcome]; }

 private:
    /// Requests that are bad for the same outcomes.
    struct kind {
        std::uint64_t bad_for = 0;  ///< a bit per outcome
        double probability = 0;
    };

    struct labels {
        std::size_t outcome = 0;
        double arrival = 0;  ///< of a label, per request, by the outcome's age
        double wrong = 0;    ///< per label
    };

    void add_kind(std::uint64_t bad_for, double probability);

    std::vector<kind> kinds_;  // by falling rarity; all together have probability 1
    std::vector<labels> labels_;
    std::vector<double> rates_;
    std::vector<std::size_t> counted_;  // outcomes that count every request
};

/// The latency that a request's is below with probability p, if it is answered.
[[nodiscard]] microseconds latency_quantile(const latency_law& of, double p);

}  // namespace millrace::simulation
