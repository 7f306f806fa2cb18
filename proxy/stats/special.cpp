#include "proxy/stats/special.hpp"

#include <boost/math/constants/constants.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/gamma.hpp>

#include <cmath>

namespace millrace::stats {

double log_beta(double a, double b) {
    return boost::math::lgamma(a) + boost::math::lgamma(b) - boost::math::lgamma(a + b);
}

double log_normal_cdf(double z) {
    if (z > -30.0) {
        return std::log(boost::math::erfc(-z / boost::math::constants::root_two<double>()) / 2.0);
    }
    // Abramowitz & Stegun 26.2.12; four terms are exact to 1e-10 here.
    double const u = 1.0 / (z * z);
    double const series = 1.0 - u * (1.0 - 3.0 * u * (1.0 - 5.0 * u));
    return -z * z / 2.0 - std::log(-z * boost::math::constants::root_two_pi<double>()) +
           std::log(series);
}

}  // namespace millrace::stats
