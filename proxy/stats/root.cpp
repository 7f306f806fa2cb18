#include "proxy/stats/root.hpp"

#include "proxy/base/assert.hpp"

#include <boost/math/tools/roots.hpp>

#include <cmath>
#include <limits>
#include <utility>

namespace millrace::stats {

namespace {

struct sample {
    double x = 0.0;
    double y = 0.0;
};

// The three points of Brent's method: `best` is the estimate, `across` has the other sign, `last`
// is the estimate before.
struct brent_points {
    sample last;
    sample best;
    sample across;

    void put_smaller_first() {
        if (std::abs(across.y) < std::abs(best.y)) {
            last = best;
            best = across;
            across = last;
        }
    }
};

// The step as p / q with p >= 0, from the secant or the inverse quadratic through the points.
std::pair<double, double> interpolated(const brent_points& at) {
    double const width = at.across.x - at.best.x;
    double const s = at.best.y / at.last.y;
    double p = 0.0;
    double q = 0.0;
    if (at.last.x == at.across.x) {
        p = width * s;
        q = 1.0 - s;
    } else {
        double const r = at.best.y / at.across.y;
        double const t = at.last.y / at.across.y;
        p = s * (width * t * (t - r) - (at.best.x - at.last.x) * (r - 1.0));
        q = (t - 1.0) * (r - 1.0) * (s - 1.0);
    }
    return p > 0.0 ? std::pair{p, -q} : std::pair{-p, q};
}

double next_step(const brent_points& at, double previous_step, double least_step) {
    double const half = (at.across.x - at.best.x) / 2.0;
    double step = half;
    if (std::abs(previous_step) >= least_step && std::abs(at.last.y) > std::abs(at.best.y)) {
        auto const [p, q] = interpolated(at);
        double const limit = 1.5 * half * q - std::abs(least_step * q) / 2.0;
        if (p < limit && p < std::abs(previous_step * q / 2.0)) {
            step = p / q;
        }
    }
    return std::abs(step) < least_step ? std::copysign(least_step, step) : step;
}

bool same_sign(double a, double b) {
    return (a > 0.0 && b > 0.0) || (a < 0.0 && b < 0.0);
}

}  // namespace

double bisected_root(const real_function& function, const bracket& ends) {
    auto const found = boost::math::tools::bisect(
        function, ends.low, ends.high, boost::math::tools::eps_tolerance<double>(48)
    );
    return (found.first + found.second) / 2.0;
}

double brent_root(const real_function& function, const bracket& ends, double tolerance) {
    constexpr int steps_max = 1000;
    sample const low{ends.low, function(ends.low)};
    sample const high{ends.high, function(ends.high)};
    if (low.y == 0.0) {
        return low.x;
    }
    MILLRACE_ASSERT(!same_sign(low.y, high.y));
    brent_points at{.last = low, .best = high, .across = low};
    for (int i = 0; i < steps_max; ++i) {
        double const previous_step = at.best.x - at.last.x;
        at.put_smaller_first();
        double const least_step =
            2.0 * std::numeric_limits<double>::epsilon() * std::abs(at.best.x) + tolerance / 2.0;
        if (std::abs(at.across.x - at.best.x) / 2.0 <= least_step || at.best.y == 0.0) {
            break;
        }
        double const step = next_step(at, previous_step, least_step);
        at.last = at.best;
        at.best.x += step;
        at.best.y = function(at.best.x);
        if (same_sign(at.best.y, at.across.y)) {
            at.across = at.last;
        }
    }
    return at.best.x;
}

}  // namespace millrace::stats
