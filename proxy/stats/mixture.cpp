#include "proxy/stats/mixture.hpp"

#include "proxy/base/assert.hpp"
#include "proxy/stats/root.hpp"
#include "proxy/stats/special.hpp"

#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace millrace::stats {

namespace {

// An s with log_value(s, v) above the limit. It grows at least like s ln s in every mixture, so
// doubling is over soon.
template <class Mixture>
double somewhere_above(const Mixture& mixture, double v, double limit) {
    double s = std::max(v, 1.0);
    while (mixture.log_value(s, v) <= limit) {
        MILLRACE_ASSERT(std::isfinite(s));
        s *= 2.0;
    }
    return s;
}

template <class Mixture>
double solved_bound(const Mixture& mixture, double v, double limit, double highest) {
    auto const excess = [&](double s) { return mixture.log_value(s, v) - limit; };
    return excess(highest) < 0.0 ? highest : bisected_root(excess, {.low = 0.0, .high = highest});
}

double log_incomplete_beta(double a, double b, double x) {
    return (x < 1.0 ? std::log(boost::math::ibeta(a, b, x)) : 0.0) + log_beta(a, b);
}

double threshold(double v, double alpha) {
    MILLRACE_ASSERT(v >= 0.0);
    MILLRACE_ASSERT(alpha > 0.0 && alpha < 1.0);
    return -std::log(alpha);
}

}  // namespace

double best_rho(const mixture_tuning& tuning, sides tails) {
    double const alpha = tails == sides::one ? 2.0 * tuning.alpha_opt : tuning.alpha_opt;
    MILLRACE_ASSERT(tuning.v_opt > 0.0);
    MILLRACE_ASSERT(alpha > 0.0 && alpha < 1.0);
    double const twice_log = -2.0 * std::log(alpha);
    return tuning.v_opt / (twice_log + std::log1p(twice_log));
}

normal_mixture::normal_mixture(const mixture_tuning& tuning, sides tails)
    : rho_(best_rho(tuning, tails)), tails_(tails) {}

double normal_mixture::log_value(double s, double v) const {
    double const total = v + rho_;
    double const two_sided = std::log(rho_ / total) / 2.0 + s * s / (2.0 * total);
    return tails_ == sides::two ? two_sided
                                : two_sided + std::log(2.0) + log_normal_cdf(s / std::sqrt(total));
}

double normal_mixture::bound(double v, double alpha) const {
    double const limit = threshold(v, alpha);
    if (tails_ == sides::two) {
        return std::sqrt((v + rho_) * (std::log1p(v / rho_) + 2.0 * limit));
    }
    return solved_bound(*this, v, limit, somewhere_above(*this, v, limit));
}

gamma_mixture::gamma_mixture(const mixture_tuning& tuning, double c)
    : rho_(best_rho(tuning, sides::one)), c_(c) {
    MILLRACE_ASSERT(c > 0.0);
}

bool gamma_mixture::contains(double s, double v) const noexcept {
    return v >= 0.0 && c_ * s + v + rho_ > 0.0;
}

gamma_exponential_mixture::gamma_exponential_mixture(const mixture_tuning& tuning, double c)
    : gamma_mixture(tuning, c) {
    double const shape = prior_shape();
    log_constant_ = shape * std::log(shape) - boost::math::lgamma(shape) -
                    std::log(boost::math::gamma_p(shape, shape));
}

double gamma_exponential_mixture::log_value(double s, double v) const {
    double const shape = (v + rho_) / (c_ * c_);
    double const sum = (c_ * s + v) / (c_ * c_);
    double const rate = sum + rho_ / (c_ * c_);
    return log_constant_ + boost::math::lgamma(shape) +
           std::log(boost::math::gamma_p(shape, rate)) - shape * std::log(rate) + sum;
}

double gamma_exponential_mixture::bound(double v, double alpha) const {
    double const limit = threshold(v, alpha);
    return solved_bound(*this, v, limit, somewhere_above(*this, v, limit));
}

gamma_poisson_mixture::gamma_poisson_mixture(const mixture_tuning& tuning, double c)
    : gamma_mixture(tuning, c) {
    double const shape = prior_shape();
    log_constant_ = shape * std::log(shape) - boost::math::lgamma(shape) -
                    std::log(boost::math::gamma_q(shape, shape));
}

double gamma_poisson_mixture::log_value(double s, double v) const {
    double const rate = (v + rho_) / (c_ * c_);
    double const shape = s / c_ + rate;
    return log_constant_ + boost::math::lgamma(shape) +
           std::log(boost::math::gamma_q(shape, rate)) - shape * std::log(rate) + v / (c_ * c_);
}

double gamma_poisson_mixture::bound(double v, double alpha) const {
    double const limit = threshold(v, alpha);
    return solved_bound(*this, v, limit, somewhere_above(*this, v, limit));
}

beta_binomial_mixture::beta_binomial_mixture(
    const mixture_tuning& tuning, const bernoulli_range& range, sides tails
)
    : range_(range), tails_(tails) {
    auto const [g, h] = range;
    MILLRACE_ASSERT(g > 0.0 && h > 0.0);
    // The normal tuning, less the variance that the beta prior has by itself; never quite 0.
    r_ = std::max(best_rho(tuning, tails) - g * h, 1e-3 * g * h);
    double const x = tails == sides::one ? h / (g + h) : 1.0;
    log_constant_ = log_incomplete_beta(r_ / (g * (g + h)), r_ / (h * (g + h)), x);
}

double beta_binomial_mixture::log_value(double s, double v) const {
    auto const [g, h] = range_;
    double const x = tails_ == sides::one ? h / (g + h) : 1.0;
    double const up = (v + h * s) / (h * (g + h));    // how many of the steps went up, by +h
    double const down = (v - g * s) / (g * (g + h));  // and down, by -g
    double const prior_up = r_ / (h * (g + h));
    double const prior_down = r_ / (g * (g + h));
    return v / (g * h) * std::log(g + h) - up * std::log(g) - down * std::log(h) +
           log_incomplete_beta(prior_down + down, prior_up + up, x) - log_constant_;
}

double beta_binomial_mixture::bound(double v, double alpha) const {
    return solved_bound(*this, v, threshold(v, alpha), v / range_.g);
}

bool beta_binomial_mixture::contains(double s, double v) const noexcept {
    return v >= 0.0 && v + r_ + range_.h * s > 0.0 && v + r_ - range_.g * s > 0.0;
}

}  // namespace millrace::stats
