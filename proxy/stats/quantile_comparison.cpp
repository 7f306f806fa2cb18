#include "proxy/stats/quantile_comparison.hpp"

#include "proxy/base/assert.hpp"
#include "proxy/stats/mixture.hpp"

#include <boost/math/tools/minima.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace millrace::stats {

namespace {

// The evidence of one arm that its quantile is not at x.
class arm_evidence {
 public:
    arm_evidence(std::span<const double> sorted, const quantile_comparison_params& params)
        : sorted_(sorted),
          p_(params.quantile_p),
          mixture_(
              {.v_opt = params.t_opt * p_ * (1.0 - p_), .alpha_opt = params.alpha_opt},
              {.g = p_, .h = 1.0 - p_},
              sides::two
          ),
          likeliest_(boost::math::tools::brent_find_minima(
                         [this](double share) { return log_value(share); }, 0.0, 1.0, 24
          )
                         .first) {}

    // ln M at the share that fits x best: any between those below x and up to x may be its F.
    [[nodiscard]] double at(double x) const {
        auto const [first, last] = std::equal_range(sorted_.begin(), sorted_.end(), x);
        double const below = static_cast<double>(first - sorted_.begin()) / count();
        double const up_to = static_cast<double>(last - sorted_.begin()) / count();
        return log_value(std::clamp(likeliest_, below, up_to));
    }

    // A value against which the arm has no evidence.
    [[nodiscard]] double quantile() const {
        auto const index = static_cast<std::size_t>(likeliest_ * count());
        return sorted_[std::min(index, sorted_.size() - 1)];
    }

 private:
    [[nodiscard]] double count() const { return static_cast<double>(sorted_.size()); }

    [[nodiscard]] double log_value(double share) const {
        return mixture_.log_value((share - p_) * count(), p_ * (1.0 - p_) * count());
    }

    std::span<const double> sorted_;
    double p_;
    beta_binomial_mixture mixture_;
    double likeliest_;
};

}  // namespace

double quantile_ab_p_value(
    std::span<const double> sorted_a,
    std::span<const double> sorted_b,
    const quantile_comparison_params& params
) {
    MILLRACE_ASSERT(!sorted_a.empty() && !sorted_b.empty());
    MILLRACE_ASSERT(params.quantile_p > 0.0 && params.quantile_p < 1.0);
    arm_evidence const a{sorted_a, params};
    arm_evidence const b{sorted_b, params};
    // Beyond both quantiles both arms have more evidence, so the least lies between them; and only
    // at values of the arms does either change.
    auto const [low, high] = std::minmax({a.quantile(), b.quantile()});
    double least = std::numeric_limits<double>::infinity();
    for (auto const& values : {sorted_a, sorted_b}) {
        auto const first = std::lower_bound(values.begin(), values.end(), low);
        auto const last = std::upper_bound(first, values.end(), high);
        for (auto x = first; x != last; x = std::upper_bound(x, last, *x)) {
            least = std::min(least, a.at(*x) + b.at(*x));
        }
    }
    return std::min(1.0, std::exp(-least));
}

}  // namespace millrace::stats
