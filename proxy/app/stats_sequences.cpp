// Functions of `millrace stats`: confidence sequences and planned looks.
#include "proxy/app/stats_functions.hpp"
#include "proxy/stats/bernoulli_interval.hpp"
#include "proxy/stats/group_sequential.hpp"
#include "proxy/stats/mixture.hpp"
#include "proxy/stats/quantile_comparison.hpp"
#include "proxy/stats/stitching.hpp"

namespace millrace::app {

namespace {

using stats::mixture_tuning;
using stats::sides;

auto const s = number("s", any_number());
auto const v = number("v", at_least(0.0));
auto const alpha = number("alpha", between(0.0, 1.0));
auto const v_opt = number("v_opt", above(0.0));
auto const t_opt = number("t_opt", above(0.0));
auto const alpha_opt = number("alpha_opt", between(0.0, 1.0)).or_else(0.05);
auto const alpha_opt_one_sided = number("alpha_opt", between(0.0, 0.5)).or_else(0.05);
auto const scale = number("c", above(0.0));
auto const g = number("g", above(0.0));
auto const h = number("h", above(0.0));
auto const one_sided = flag("one_sided").or_else(true);
auto const epoch_exponent = number("s", above(1.0)).or_else(1.4);
auto const epoch_length = number("eta", above(1.0)).or_else(2.0);
auto const quantile_p = number("quantile_p", between(0.0, 1.0));

constexpr sides tails_of(bool is_one_sided) {
    return is_one_sided ? sides::one : sides::two;
}

// A one-sided mixture is tuned with 2 alpha_opt.
template <class Result>
stats_answer if_tunable(double given_alpha_opt, bool is_one_sided, const Result& result) {
    if (is_one_sided && given_alpha_opt >= 0.5) {
        return stats_answer::wrong("argument 'alpha_opt' must be below 0.5 when one_sided is true");
    }
    return result();
}

template <class Mixture>
stats_answer log_value_within(const Mixture& mixture, double at_s, double at_v) {
    if (!mixture.contains(at_s, at_v)) {
        return stats_answer::wrong("argument 's' is out of the range that a sum can reach at 'v'");
    }
    return mixture.log_value(at_s, at_v);
}

void add_normal(std::vector<stats_function>& to) {
    to.push_back(define(
        "normal_log_mixture",
        "ln of the normal mixture supermartingale",
        [](double at_s, double at_v, double at, double tuned_alpha, bool one) {
            return if_tunable(tuned_alpha, one, [&] {
                return stats_answer{
                    stats::normal_mixture{{at, tuned_alpha}, tails_of(one)}.log_value(at_s, at_v)};
            });
        },
        s,
        v,
        v_opt,
        alpha_opt,
        one_sided
    ));
    to.push_back(define(
        "normal_mixture_bound",
        "normal mixture bound of a sub-Gaussian sum",
        [](double at_v, double level, double at, double tuned_alpha, bool one) {
            return if_tunable(tuned_alpha, one, [&] {
                return stats_answer{
                    stats::normal_mixture{{at, tuned_alpha}, tails_of(one)}.bound(at_v, level)};
            });
        },
        v,
        alpha,
        v_opt,
        alpha_opt,
        one_sided
    ));
    to.push_back(define(
        "normal_mixture_best_rho",
        "the rho that makes a normal mixture tightest at v",
        [](double at_v, double level, bool one) {
            return if_tunable(level, one, [&] {
                return stats_answer{stats::best_rho({at_v, level}, tails_of(one))};
            });
        },
        number("v", above(0.0)),
        alpha,
        one_sided
    ));
}

// The one-sided mixtures with a scale.
template <class Mixture>
void add_scaled(std::vector<stats_function>& to, const std::string& name, const std::string& kind) {
    to.push_back(define(
        name + "_log_mixture",
        "ln of the " + name + " mixture supermartingale",
        [](double at_s, double at_v, double at, double c, double tuned_alpha) {
            return log_value_within(Mixture{{at, tuned_alpha}, c}, at_s, at_v);
        },
        s,
        v,
        v_opt,
        scale,
        alpha_opt_one_sided
    ));
    to.push_back(define(
        name + "_mixture_bound",
        name + " mixture bound of a " + kind + " sum, one-sided",
        [](double at_v, double level, double at, double c, double tuned_alpha) {
            return Mixture{{at, tuned_alpha}, c}.bound(at_v, level);
        },
        v,
        alpha,
        v_opt,
        scale,
        alpha_opt_one_sided
    ));
}

void add_beta_binomial(std::vector<stats_function>& to) {
    using stats::beta_binomial_mixture;
    to.push_back(define(
        "beta_binomial_log_mixture",
        "ln of the beta-binomial mixture supermartingale",
        [](double at_s, double at_v, double at, double down, double up, double tuned_alpha, bool one
        ) {
            return if_tunable(tuned_alpha, one, [&] {
                beta_binomial_mixture const mixture{{at, tuned_alpha}, {down, up}, tails_of(one)};
                return log_value_within(mixture, at_s, at_v);
            });
        },
        s,
        v,
        v_opt,
        g,
        h,
        alpha_opt,
        one_sided
    ));
    to.push_back(define(
        "beta_binomial_mixture_bound",
        "beta-binomial mixture bound of a sub-Bernoulli sum",
        [](double at_v,
           double level,
           double at,
           double down,
           double up,
           double tuned_alpha,
           bool one) {
            return if_tunable(tuned_alpha, one, [&] {
                beta_binomial_mixture const mixture{{at, tuned_alpha}, {down, up}, tails_of(one)};
                return stats_answer{mixture.bound(at_v, level)};
            });
        },
        v,
        alpha,
        v_opt,
        g,
        h,
        alpha_opt,
        one_sided
    ));
}

void add_stitched(std::vector<stats_function>& to) {
    to.push_back(define(
        "poly_stitching_bound",
        "polynomial stitched bound of a sub-gamma sum, one-sided",
        [](double at_v, double level, double v_min, double c, double exponent, double length) {
            return stats::poly_stitching_bound(at_v, {level, v_min, c, {exponent, length}});
        },
        v,
        alpha,
        number("v_min", above(0.0)),
        number("c", any_number()).or_else(0.0),
        epoch_exponent,
        epoch_length
    ));
    to.push_back(define(
        "empirical_process_lil_bound",
        "deviation of an empirical distribution function, all times",
        [](double t, double level, double t_min, double a) {
            return stats::empirical_process_lil_bound(t, {level, t_min, a});
        },
        number("t", above(0.0)),
        alpha,
        number("t_min", at_least(1.0)),
        number("A", above(0.70711)).or_else(0.85)
    ));
    to.push_back(define(
        "double_stitching_bound",
        "deviation of the count up to a quantile, all quantiles and times",
        [](double p, double t, double level, double at, double delta, double exponent, double length
        ) {
            return stats::double_stitching_bound(p, t, {level, at, delta, {exponent, length}});
        },
        quantile_p,
        number("t", above(0.0)),
        alpha,
        number("t_opt", at_least(1.0)),
        number("delta", above(0.0)).or_else(0.5),
        epoch_exponent,
        epoch_length
    ));
}

void add_samples(std::vector<stats_function>& to) {
    to.push_back(define(
        "bernoulli_confidence_interval",
        "confidence sequence of a mean in [0, 1]",
        [](double successes, double trials, double level, double at, double tuned_alpha) {
            if (successes > trials) {
                return stats_answer::wrong("argument 'successes' must not exceed 'trials'");
            }
            return stats_answer{
                stats::bernoulli_confidence_interval(successes, trials, {level, at, tuned_alpha})};
        },
        number("successes", at_least(0.0)),
        number("trials", above(0.0)),
        alpha,
        t_opt,
        alpha_opt
    ));
    to.push_back(define(
        "quantile_ab_p_value",
        "p-value of equal quantiles of two samples, valid at any time",
        [](std::vector<double> a, std::vector<double> b, double p, double at, double tuned_alpha) {
            std::sort(a.begin(), a.end());
            std::sort(b.begin(), b.end());
            return stats::quantile_ab_p_value(a, b, {p, at, tuned_alpha});
        },
        numbers("a_values", any_number(), 1),
        numbers("b_values", any_number(), 1),
        quantile_p,
        t_opt,
        alpha_opt
    ));
    to.push_back(define(
        "group_sequential_bounds_power_family_phi2",
        "z boundaries at planned looks, spending alpha t^2",
        [](const std::vector<double>& fractions, double level, double given_sides) {
            if (!std::is_sorted(fractions.begin(), fractions.end())) {
                return stats_answer::wrong("argument 'information_fractions' must not fall");
            }
            if (given_sides != 1.0 && given_sides != 2.0) {
                return stats_answer::wrong("argument 'sides' must be 1 or 2");
            }
            return stats_answer{stats::group_sequential_bounds(
                fractions, {.alpha = level, .sides = static_cast<int>(given_sides), .phi = 2.0}
            )};
        },
        numbers(
            "information_fractions", {"in (0, 1]", [](double x) { return x > 0.0 && x <= 1.0; }}, 1
        ),
        alpha,
        number("sides", from_to(1.0, 2.0)).or_else(2.0)
    ));
}

}  // namespace

std::vector<stats_function> sequence_functions() {
    std::vector<stats_function> all;
    add_normal(all);
    add_scaled<stats::gamma_exponential_mixture>(all, "gamma_exponential", "sub-exponential");
    add_scaled<stats::gamma_poisson_mixture>(all, "gamma_poisson", "sub-Poisson");
    add_beta_binomial(all);
    add_stitched(all);
    add_samples(all);
    return all;
}

}  // namespace millrace::app
