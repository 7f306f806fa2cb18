#include "proxy/stats/forecast.hpp"

#include "proxy/base/assert.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace millrace::stats {

double remaining_units(const forecast_input& now) {
    MILLRACE_ASSERT(now.alpha > 0.0 && now.alpha < 1.0);
    double const missing = std::max(0.0, -std::log(now.alpha) - now.log_e);
    if (missing == 0.0) {
        return 0.0;
    }
    return now.growth > 0.0 ? missing / now.growth : std::numeric_limits<double>::infinity();
}

}  // namespace millrace::stats
