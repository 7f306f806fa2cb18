#include "proxy/simulation/request_law.hpp"

#include "proxy/base/assert.hpp"

#include <boost/math/special_functions/erf.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <set>

namespace millrace::simulation {

namespace {

constexpr double never = std::numeric_limits<double>::infinity();

double microseconds_of(microseconds of) {
    return static_cast<double>(of.count());
}

/// P(latency <= limit).
double below(const latency_law& law, double limit) {
    if (limit == never) {
        return 1.0;
    }
    if (limit <= 0.0) {
        return 0.0;
    }
    auto const z = std::log(limit / microseconds_of(law.median)) / law.sigma;
    return 0.5 * std::erfc(-z / std::numbers::sqrt2);
}

double threshold_of(const rollout::outcome& of, bool is_primary) {
    return microseconds_of(is_primary ? of.primary_threshold : of.candidate_threshold);
}

/// What the outcomes ask of one version: until when what has to have happened, in latency.
class questions {
 public:
    questions(
        const behaviour& like,
        const std::vector<rollout::outcome>& outcomes,
        bool is_primary,
        milliseconds total_timeout
    )
        : outcomes_{outcomes}, total_{microseconds_of(total_timeout)} {
        for (auto const& each : outcomes) {
            auto limit = threshold_of(each, is_primary);
            if (each.kind == rollout::outcome_kind::failed_within) {
                limit = microseconds_of(each.age);
            } else if (each.kind == rollout::outcome_kind::no_first_byte_within) {
                limit /= like.first_byte;
            }
            limits_.push_back(limit);
        }
    }

    /// Latencies between which every answer is the same.
    [[nodiscard]] std::vector<double> cuts() const {
        std::set<double> cuts{limits_.begin(), limits_.end()};
        cuts.insert(total_);
        cuts.insert(never);
        cuts.erase(cuts.begin(), cuts.upper_bound(0.0));
        return {cuts.begin(), cuts.end()};
    }

    /// Which outcomes call it bad: a request that ended so, with a latency up to `latency` (one of
    /// the cuts, `never` for what hangs).
    [[nodiscard]] std::uint64_t bad_for(bool failed, double latency) const {
        std::uint64_t bad = 0;
        for (std::size_t i = 0; i < outcomes_.size(); ++i) {
            if (is_bad(i, failed || latency > total_, latency)) {
                bad |= std::uint64_t{1} << i;
            }
        }
        return bad;
    }

 private:
    [[nodiscard]] bool is_bad(std::size_t outcome, bool failed, double latency) const {
        switch (outcomes_[outcome].kind) {
            case rollout::outcome_kind::failed_within:
                return failed && std::min(latency, total_) <= limits_[outcome];
            case rollout::outcome_kind::failed_or_unfinished:
            case rollout::outcome_kind::not_good_within:
            case rollout::outcome_kind::no_first_byte_within:
                return rollout::is_in_force(outcomes_[outcome]) &&
                       (failed || latency > limits_[outcome]);
            case rollout::outcome_kind::label_wrong:
            case rollout::outcome_kind::reward:
                return false;
        }
        return false;
    }

    const std::vector<rollout::outcome>& outcomes_;
    double total_;
    std::vector<double> limits_;  // by outcome
};

double label_arrival(const behaviour& like, milliseconds age) {
    auto const mean = static_cast<double>(like.label_delay_mean.count());
    auto const in_time = mean > 0 ? -std::expm1(-static_cast<double>(age.count()) / mean) : 1.0;
    return (1.0 - like.error_rate) * (1.0 - like.hang_rate) * like.labelled * in_time;
}

}  // namespace

request_law::request_law(
    const behaviour& like,
    const std::vector<rollout::outcome>& outcomes,
    bool is_primary,
    milliseconds total_timeout
) {
    MILLRACE_ASSERT(outcomes.size() <= 64);
    questions const asked{like, outcomes, is_primary, total_timeout};
    auto const answered = 1.0 - like.hang_rate;
    add_kind(asked.bad_for(true, never), like.hang_rate);
    double before = 0;
    for (auto const cut : asked.cuts()) {
        auto const part = below(like.latency, cut) - before;
        before += part;
        add_kind(asked.bad_for(false, cut), answered * (1.0 - like.error_rate) * part);
        add_kind(asked.bad_for(true, cut), answered * like.error_rate * part);
    }
    std::sort(kinds_.begin(), kinds_.end(), [](const auto& a, const auto& b) {
        return a.probability < b.probability;
    });
    rates_.assign(outcomes.size(), 0.0);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        if (outcomes[i].kind == rollout::outcome_kind::label_wrong) {
            labels_.push_back({i, label_arrival(like, outcomes[i].age), 1.0 - like.accuracy});
            rates_[i] = 1.0 - like.accuracy;
            continue;
        }
        if (rollout::is_counted(outcomes[i])) {
            counted_.push_back(i);
        }
        for (auto const& each : kinds_) {
            rates_[i] += (each.bad_for >> i & 1U) != 0 ? each.probability : 0.0;
        }
    }
}

void request_law::add_kind(std::uint64_t bad_for, double probability) {
    if (probability <= 0.0) {
        return;
    }
    for (auto& each : kinds_) {
        if (each.bad_for == bad_for) {
            each.probability += probability;
            return;
        }
    }
    kinds_.push_back({bad_for, probability});
}

void request_law::draw(draws& chance, std::uint64_t count, std::vector<stats::arm_tick>& to) const {
    for (auto const outcome : counted_) {
        to[outcome].count += count;
    }
    auto rest = count;
    double rest_probability = 1.0;
    for (std::size_t i = 0; i < kinds_.size() && rest > 0; ++i) {
        // The last kind takes what is left; it is the commonest, and mostly bad for nothing.
        bool const is_last = i + 1 == kinds_.size();
        auto const hits =
            is_last
                ? rest
                : chance.binomial(rest, std::min(kinds_[i].probability / rest_probability, 1.0));
        rest -= hits;
        rest_probability -= kinds_[i].probability;
        if (hits == 0 || kinds_[i].bad_for == 0) {
            continue;
        }
        for (auto const outcome : counted_) {
            to[outcome].bad += (kinds_[i].bad_for >> outcome & 1U) != 0 ? hits : 0;
        }
    }
    for (auto const& each : labels_) {
        auto const arrived = chance.binomial(count, each.arrival);
        to[each.outcome].count += arrived;
        to[each.outcome].bad += chance.binomial(arrived, each.wrong);
    }
}

microseconds latency_quantile(const latency_law& of, double p) {
    auto const z = -std::numbers::sqrt2 * boost::math::erfc_inv(2.0 * p);
    auto const value = microseconds_of(of.median) * std::exp(of.sigma * z);
    return microseconds{std::max(std::llround(value), 1LL)};
}

}  // namespace millrace::simulation
