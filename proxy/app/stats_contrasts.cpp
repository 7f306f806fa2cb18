// Functions of `millrace stats`: betting on the difference between the mean scores of two arms.
#include "proxy/app/stats_functions.hpp"
#include "proxy/stats/closed_forms.hpp"
#include "proxy/stats/contrast_bet.hpp"

#include <cmath>

namespace millrace::app {

namespace json = boost::json;

namespace {

/// One number for all outcomes, or one for each.
struct repeated_number {
    std::vector<double> values;

    [[nodiscard]] double at(std::size_t index) const {
        return values.size() == 1 ? values.front() : values[index];
    }

    [[nodiscard]] bool fits(std::size_t count) const {
        return values.size() == 1 || values.size() == count;
    }
};

}  // namespace

template <>
struct from_json<repeated_number> {
    static constexpr std::string_view kind = "number or list of numbers";

    static std::optional<repeated_number> read(const json::value& value) {
        if (auto const one = from_json<double>::read(value)) {
            return repeated_number{{*one}};
        }
        auto given = from_json<std::vector<double>>::read(value);
        return given ? std::optional{repeated_number{std::move(*given)}} : std::nullopt;
    }
};

namespace {

auto const rate = between(0.0, 1.0);

const stats_parameter<repeated_number> assignment_probability = {
    "pi", "in (0, 1): of the candidate", [](const repeated_number& given) {
        return !given.values.empty() &&
               std::all_of(given.values.begin(), given.values.end(), rate.contains);
    }};

number_domain zero_or_one() {
    return {"that are 0 or 1", [](double x) { return x == 0.0 || x == 1.0; }};
}

double betting_log_e(
    const std::vector<stats::contrast_outcome>& outcomes, const stats::contrast_hypothesis& null
) {
    return stats::ipw_betting_log_e(outcomes, null);
}

double contrast_log_e(
    const std::vector<stats::contrast_outcome>& outcomes, const stats::contrast_hypothesis& null
) {
    stats::contrast_bet const test{{.sign = null.sign, .delta0 = null.delta0}};
    auto state = test.start();
    for (auto const& each : outcomes) {
        stats::scored_outcome const outcome{.candidate = each.candidate, .score = each.y};
        state = test.observe(state, {.pi = each.pi, .outcomes = {&outcome, 1}});
    }
    return log_e(state).value_or(std::nan(""));
}

// A function of outcomes in the order of assignment, each a tick of its own.
template <class LogE>
stats_function over_outcomes(std::string name, std::string summary, LogE result) {
    auto const call = [result](
                          const std::vector<double>& y,
                          const std::vector<double>& w,
                          const repeated_number& pi,
                          double sign,
                          double delta0
                      ) {
        if (y.size() != w.size() || !pi.fits(y.size())) {
            return stats_answer::wrong(
                "arguments 'y', 'w' and, as a list, 'pi' must be equally long"
            );
        }
        if (sign != 1.0 && sign != -1.0) {
            return stats_answer::wrong("argument 'sign' must be 1 or -1");
        }
        std::vector<stats::contrast_outcome> outcomes;
        for (std::size_t i = 0; i < y.size(); ++i) {
            outcomes.push_back({.y = y[i], .candidate = w[i] == 1.0, .pi = pi.at(i)});
        }
        return stats_answer{result(outcomes, {.sign = sign, .delta0 = delta0})};
    };
    return define(
        std::move(name),
        std::move(summary),
        call,
        numbers("y", from_to(0.0, 1.0), 0),
        numbers("w", zero_or_one(), 0),
        assignment_probability,
        number("sign", from_to(-1.0, 1.0)).or_else(1.0),
        number("delta0", between(-1.0, 1.0)).or_else(0.0)
    );
}

}  // namespace

std::vector<stats_function> contrast_functions() {
    return {
        over_outcomes(
            "ipw_betting_log_e",
            "ln K that mean B - mean A is above (sign 1) or below delta0, by the moments of D",
            betting_log_e
        ),
        over_outcomes(
            "contrast_log_e",
            "the same with each arm's moments, as the controller bets",
            contrast_log_e
        ),
    };
}

}  // namespace millrace::app
