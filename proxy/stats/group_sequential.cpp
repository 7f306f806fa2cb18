#include "proxy/stats/group_sequential.hpp"

#include "proxy/base/assert.hpp"

#include <boost/math/constants/constants.hpp>
#include <boost/math/distributions/normal.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace millrace::stats {

namespace {

constexpr double bound_max = 8.0;
constexpr double grid_step = 0.05;  // in standard deviations of the increment
constexpr double cells_max = 1000.0;
constexpr double spending_tolerance = 1e-7;
constexpr double information_step_min = 1e-5;
constexpr double kernel_reach = 9.0;  // standard deviations; what lies beyond is below 1e-18

double upper_tail(double z) {
    return std::erfc(z / std::sqrt(2.0)) / 2.0;
}

double normal_density(double z) {
    return std::exp(-z * z / 2.0) / boost::math::constants::root_two_pi<double>();
}

// The density of the sum S at a look among the runs that go on, on an equidistant grid.
struct density {
    double low = 0.0;
    double high = 0.0;
    std::vector<double> values;

    density(double from, double to, double cells)
        : low(from), high(to), values(static_cast<std::size_t>(cells) + 1) {}

    [[nodiscard]] double step() const {
        return (high - low) / static_cast<double>(values.size() - 1);
    }

    [[nodiscard]] double place(std::size_t index) const {
        return low + step() * static_cast<double>(index);
    }

    // The weight of a grid point in the trapezoidal rule.
    [[nodiscard]] double weight(std::size_t index) const {
        return index == 0 || index + 1 == values.size() ? step() / 2.0 : step();
    }
};

// The density at the first look, for S with this standard deviation.
density first_density(double bound, double deviation) {
    double const low = -bound_max * deviation;
    double const high = bound * deviation;
    density made{low, high, std::ceil((high - low) / (grid_step * deviation))};
    for (std::size_t i = 0; i < made.values.size(); ++i) {
        made.values[i] = normal_density(made.place(i) / deviation) / deviation;
    }
    return made;
}

// The probability that S goes on from `before` and then, with an increment of this standard
// deviation, exceeds the limit.
double crossing_probability(const density& before, double limit, double deviation) {
    double sum = 0.0;
    for (std::size_t i = 0; i < before.values.size(); ++i) {
        double const tail = upper_tail((limit - before.place(i)) / deviation);
        sum += before.weight(i) * before.values[i] * tail;
    }
    return sum;
}

// The density at x one increment later.
double convolved_at(const density& before, double x, double deviation) {
    double const cells = static_cast<double>(before.values.size() - 1);
    double const reach = kernel_reach * deviation;
    auto const index_of = [&](double place) {
        return std::clamp(std::ceil((place - before.low) / before.step()), 0.0, cells + 1.0);
    };
    auto const first = static_cast<std::size_t>(index_of(x - reach));
    auto const last = static_cast<std::size_t>(index_of(x + reach));
    double sum = 0.0;
    for (std::size_t i = first; i < last; ++i) {
        sum +=
            before.weight(i) * before.values[i] * normal_density((before.place(i) - x) / deviation);
    }
    return sum / deviation;
}

density next_density(const density& before, double low, double high, double deviation) {
    density made{low, high, std::min(std::ceil((high - low) / (grid_step * deviation)), cells_max)};
    for (std::size_t i = 0; i < made.values.size(); ++i) {
        made.values[i] = convolved_at(before, made.place(i), deviation);
    }
    return made;
}

// A limit whose crossing probability is `wanted` to within the tolerance, from the limit before, by
// steps of 1, .1, .01 .. that turn round at each crossing. The established programs search in this
// way, and where the tolerance is not small beside `wanted` their bounds depend on it.
double solved_limit(const density& before, double wanted, double deviation) {
    constexpr int steps_max = 50;
    double limit = before.high;
    double found = crossing_probability(before, limit, deviation);
    for (double step = 1.0; std::abs(found - wanted) > spending_tolerance; step /= 10.0) {
        double const direction = found > wanted + spending_tolerance ? 1.0 : -1.0;
        for (int i = 0; i < steps_max; ++i) {
            limit += direction * step;
            found = crossing_probability(before, limit, deviation);
            if (direction * (wanted - found) >= -spending_tolerance) {
                break;
            }
        }
    }
    return limit;
}

// One look after the other.
class boundary {
 public:
    boundary(double alpha, double phi) : alpha_(alpha), phi_(phi) {}

    double next(double fraction) {
        if (looked_at_ == 0.0) {
            return first(fraction);
        }
        if (fraction - looked_at_ <= information_step_min) {
            return bound_;
        }
        double const scale = std::sqrt(fraction);
        double const deviation = std::sqrt(fraction - looked_at_);
        double const planned = spent_until(fraction);
        double const spending = planned - spent_;
        bound_ = spending < spending_tolerance
                     ? bound_max
                     : solved_limit(running_, spending, deviation) / scale;
        if (bound_ > bound_max) {
            bound_ = bound_max;
            spent_ += crossing_probability(running_, bound_max * scale, deviation);
        } else {
            spent_ = planned;
        }
        running_ = next_density(running_, -bound_max * scale, bound_ * scale, deviation);
        looked_at_ = fraction;
        return bound_;
    }

 private:
    [[nodiscard]] double spent_until(double fraction) const {
        return alpha_ * std::pow(fraction, phi_);
    }

    double first(double fraction) {
        double const planned = spent_until(fraction);
        boost::math::normal const standard;
        bound_ = planned > upper_tail(bound_max)
                     ? boost::math::quantile(boost::math::complement(standard, planned))
                     : bound_max;
        spent_ = upper_tail(bound_);
        running_ = first_density(bound_, std::sqrt(fraction));
        looked_at_ = fraction;
        return bound_;
    }

    double alpha_;
    double phi_;
    double looked_at_ = 0.0;  // information fraction of the last look that was used
    double spent_ = 0.0;
    double bound_ = bound_max;
    density running_{0.0, 1.0, 1.0};
};

}  // namespace

std::vector<double> group_sequential_bounds(
    std::span<const double> fractions, const group_sequential_params& params
) {
    MILLRACE_ASSERT(!fractions.empty());
    MILLRACE_ASSERT(fractions.front() > 0.0 && fractions.back() <= 1.0);
    MILLRACE_ASSERT(std::is_sorted(fractions.begin(), fractions.end()));
    MILLRACE_ASSERT(params.alpha > 0.0 && params.alpha < 1.0);
    MILLRACE_ASSERT(params.sides == 1 || params.sides == 2);
    MILLRACE_ASSERT(params.phi > 0.0);
    boundary looks{params.alpha / params.sides, params.phi};
    std::vector<double> bounds;
    bounds.reserve(fractions.size());
    for (double const fraction : fractions) {
        bounds.push_back(looks.next(fraction));
    }
    return bounds;
}

}  // namespace millrace::stats
