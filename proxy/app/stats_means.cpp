// Functions of `millrace stats`: the difference between the means of two arms.
#include "proxy/app/stats_functions.hpp"
#include "proxy/stats/mean_difference.hpp"

#include <cmath>

namespace millrace::app {

namespace json = boost::json;

template <>
struct from_json<stats::sample_summary> {
    static constexpr std::string_view kind = "object";

    static std::optional<stats::sample_summary> read(const json::value& value) {
        if (auto const sums = members_of(value, {"sum", "sum_squares", "n"})) {
            auto const& [sum, squares, n] = std::tie((*sums)[0], (*sums)[1], (*sums)[2]);
            return n >= 2.0 ? std::optional{stats::summary_of({n, sum, squares})} : std::nullopt;
        }
        if (auto const counts = members_of(value, {"sum", "n"})) {
            auto const& [sum, n] = std::tie((*counts)[0], (*counts)[1]);
            bool const valid = n >= 2.0 && sum >= 0.0 && sum <= n;
            return valid ? std::optional{stats::proportion_of(sum, n)} : std::nullopt;
        }
        return std::nullopt;
    }
};

namespace {

using stats::difference_scale;
using stats::mean_difference;

stats_parameter<stats::sample_summary> arm(std::string name) {
    return {
        std::move(name),
        "{sum, sum_squares, n}, or {sum, n} of values that are 0 or 1, n at least 2",
        [](const stats::sample_summary&) { return true; }};
}

auto const a = arm("a");
auto const b = arm("b");
auto const alpha = number("alpha", between(0.0, 1.0)).or_else(0.05);
auto const alpha_one_sided = number("alpha", between(0.0, 0.5)).or_else(0.05);
auto const tuning_n = number("tuning_n", above(0.0)).or_else(5000.0);

// The estimate under the name of its scale, and its standard error.
json::object described(const mean_difference& difference, difference_scale scale) {
    return {
        {scale == difference_scale::relative ? "rel_diff" : "diff", difference.estimate},
        {"stderr", difference.standard_error},
    };
}

void add_bounds(json::object& to, const stats::interval& bounds) {
    to["lower"] = bounds.lower;
    to["upper"] = bounds.upper;
}

json::array ends_of(const stats::interval& ends) {
    return {ends.lower, ends.upper};
}

// What `add` puts behind the estimate, if there is one.
template <class Add>
stats_answer described_with(
    const stats::sample_summary& of_a,
    const stats::sample_summary& of_b,
    difference_scale scale,
    const Add& add
) {
    if (scale == difference_scale::relative && of_a.mean == 0.0) {
        return stats_answer::wrong("argument 'a' has mean 0: there is no relative difference");
    }
    auto const difference = mean_difference::of(of_a, of_b, scale);
    if (!(difference.standard_error > 0.0)) {
        return stats_answer::wrong("arguments 'a' and 'b' have no variance to judge by");
    }
    auto result = described(difference, scale);
    add(difference, result);
    return result;
}

void add_t_tests(
    std::vector<stats_function>& to, difference_scale scale, const std::string& scale_name
) {
    to.push_back(define(
        "t_test_two_sided_" + scale_name,
        "Welch's t-test at one planned look, two-sided",
        [scale](const stats::sample_summary& x, const stats::sample_summary& y, double level) {
            return described_with(x, y, scale, [&](auto const& difference, json::object& result) {
                auto const test = stats::t_test(difference, level);
                result["ci"] = ends_of(test.two_sided);
                result["p"] = test.p_two_sided;
            });
        },
        a,
        b,
        alpha
    ));
    to.push_back(define(
        "t_test_one_sided_" + scale_name,
        "Welch's t-test at one planned look, both one-sided bounds",
        [scale](const stats::sample_summary& x, const stats::sample_summary& y, double level) {
            return described_with(x, y, scale, [&](auto const& difference, json::object& result) {
                auto const test = stats::t_test(difference, level);
                add_bounds(result, test.one_sided);
                result["p_greater"] = test.p_greater;
                result["p_lesser"] = test.p_lesser;
            });
        },
        a,
        b,
        alpha_one_sided
    ));
}

// A function of two arms, a level and a tuning that describes a confidence sequence.
template <class Describe>
auto sequence_of(difference_scale scale, Describe describe) {
    return [scale, describe](
               const stats::sample_summary& x,
               const stats::sample_summary& y,
               double level,
               double tuned
           ) {
        return described_with(x, y, scale, [&](auto const& difference, json::object& result) {
            describe(difference, stats::asymptotic_params{level, tuned}, result);
        });
    };
}

void add_sequences(
    std::vector<stats_function>& to, difference_scale scale, const std::string& scale_name
) {
    to.push_back(define(
        "asymp_cs_two_sided_" + scale_name,
        "asymptotic confidence sequence, two-sided",
        sequence_of(
            scale,
            [](auto const& difference, auto const& params, json::object& result) {
                auto const sequence = stats::asymptotic_two_sided(difference, params);
                result["ci"] = ends_of(sequence.covered);
                result["p"] = sequence.p;
            }
        ),
        a,
        b,
        alpha,
        tuning_n
    ));
    to.push_back(define(
        "asymp_cs_one_sided_" + scale_name,
        "asymptotic confidence sequence, both one-sided bounds",
        sequence_of(
            scale,
            [](auto const& difference, auto const& params, json::object& result) {
                add_bounds(result, stats::asymptotic_one_sided(difference, params).covered);
            }
        ),
        a,
        b,
        alpha_one_sided,
        tuning_n
    ));
}

}  // namespace

std::vector<stats_function> mean_functions() {
    std::vector<stats_function> all;
    for (auto const& [scale, name] :
         {std::pair{difference_scale::absolute, "absolute"},
          std::pair{difference_scale::relative, "relative"}}) {
        add_sequences(all, scale, name);
        add_t_tests(all, scale, name);
    }
    return all;
}

}  // namespace millrace::app
