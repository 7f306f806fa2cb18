// Functions of `millrace stats`: closed forms of the rollout tests.
#include "proxy/app/stats_functions.hpp"
#include "proxy/stats/closed_forms.hpp"
#include "proxy/stats/sample_ratio.hpp"

#include <variant>

namespace millrace::app {

namespace json = boost::json;

template <>
struct from_json<stats::event_segment> {
    static constexpr std::string_view kind = "object";

    static std::optional<stats::event_segment> read(const json::value& value) {
        auto const found = members_of(value, {"eA", "eB", "pi"});
        if (!found) {
            return std::nullopt;
        }
        stats::event_segment const segment{(*found)[0], (*found)[1], (*found)[2]};
        bool const valid =
            segment.in_a >= 0.0 && segment.in_b >= 0.0 && segment.pi > 0.0 && segment.pi < 1.0;
        return valid ? std::optional{segment} : std::nullopt;
    }
};

namespace {

/// Weights of a mixture; empty: all equal.
struct mixture_weights {
    std::vector<double> values;
};

}  // namespace

template <>
struct from_json<mixture_weights> {
    static constexpr std::string_view kind = "\"uniform\" or list";

    static std::optional<mixture_weights> read(const json::value& value) {
        if (value.is_string() && value.get_string() == "uniform") {
            return mixture_weights{};
        }
        auto given = from_json<std::vector<double>>::read(value);
        return given ? std::optional{mixture_weights{std::move(*given)}} : std::nullopt;
    }
};

namespace {

auto const rate = between(0.0, 1.0);
auto const rates_grid = numbers("grid", rate, 1);

const stats_parameter<mixture_weights> weights = {
    "weights",
    "of numbers at least 0, one per value of the grid",
    [](const mixture_weights& given) {
        bool const none_below = std::all_of(
            given.values.begin(), given.values.end(), [](double weight) { return weight >= 0.0; }
        );
        bool const some_above = std::any_of(
            given.values.begin(), given.values.end(), [](double weight) { return weight > 0.0; }
        );
        return given.values.empty() || (none_below && some_above);
    },
    mixture_weights{}};

const stats_parameter<std::optional<std::vector<stats::event_segment>>> segments = {
    "segments",
    "of {eA, eB, pi}: counts at least 0, pi in (0, 1); in place of the three before",
    [](const auto&) { return true; },
    std::optional<std::vector<stats::event_segment>>{}};

using optional_count = std::optional<double>;

// The segments that either form of the arguments describes; none when they describe neither.
std::vector<stats::event_segment> segments_of(
    optional_count in_a,
    optional_count in_b,
    optional_count pi,
    const std::optional<std::vector<stats::event_segment>>& listed
) {
    bool const any_given = in_a || in_b || pi;
    if (listed && !any_given) {
        return *listed;
    }
    if (!listed && in_a && in_b && pi) {
        return {{*in_a, *in_b, *pi}};
    }
    return {};
}

stats_answer event_log_e(
    optional_count in_a,
    optional_count in_b,
    optional_count pi,
    const std::optional<std::vector<stats::event_segment>>& listed,
    double null_ratio,
    const std::vector<double>& grid,
    const mixture_weights& given_weights
) {
    auto const seen = segments_of(in_a, in_b, pi, listed);
    if (seen.empty()) {
        return stats_answer::wrong(
            "either 'events_baseline', 'events_candidate' and 'pi_candidate' are needed, or "
            "'segments' with at least one"
        );
    }
    auto laid =
        given_weights.values.empty() ? std::vector<double>(grid.size(), 1.0) : given_weights.values;
    if (laid.size() != grid.size()) {
        return stats_answer::wrong("argument 'weights' must be as long as 'grid'");
    }
    return stats::rae_event_log_e(seen, {null_ratio, grid, std::move(laid)});
}

const stats_parameter<std::string> bit_text = {"bits", "of 0 and 1", [](const std::string& given) {
                                                   return given.find_first_not_of("01") ==
                                                          std::string::npos;
                                               }};

stats_function event_function() {
    return define(
        "rae_event_log_e",
        "RAE on bad outcomes, plain mixture: ln E that B is worse than rho0 x A",
        event_log_e,
        optional_number("events_baseline", at_least(0.0)),
        optional_number("events_candidate", at_least(0.0)),
        optional_number("pi_candidate", rate),
        segments,
        number("rho0", above(0.0)).or_else(1.0),
        numbers("grid", above(0.0), 1).or_else(stats::default_event_mixture().ratios),
        weights
    );
}

stats_function sample_ratio_function() {
    return define(
        "srm_beta_log_e",
        "ln E that assignments do not follow a constant pi",
        [](double candidate, double total, double pi, double concentration) {
            if (candidate > total) {
                return stats_answer::wrong("argument 'n_candidate' must not exceed 'n_total'");
            }
            return stats_answer{stats::sample_ratio_log_e({candidate, total, pi, concentration})};
        },
        number("n_candidate", at_least(0.0)),
        number("n_total", at_least(0.0)),
        number("pi", rate),
        number("concentration", above(0.0)).or_else(500.0)
    );
}

stats_function exceedance_function() {
    return define(
        "slo_exceedance_log_e",
        "ln E that the rate of one arm is above p0",
        [](double exceedances, double n, double p0, const std::vector<double>& grid) {
            if (exceedances > n) {
                return stats_answer::wrong("argument 'exceedances' must not exceed 'n'");
            }
            return stats_answer{stats::slo_exceedance_log_e({exceedances, n, p0}, grid)};
        },
        number("exceedances", at_least(0.0)),
        number("n", at_least(0.0)),
        number("p0", rate),
        rates_grid
    );
}

stats_function detector_function() {
    return define(
        "bernoulli_sr_edetector",
        "e-detector of a rate above p0, after each bit",
        [](double p0, const std::vector<double>& grid, const std::string& bits) {
            return stats::bernoulli_sr_edetector(p0, grid, bits);
        },
        number("p0", rate),
        rates_grid,
        bit_text
    );
}

}  // namespace

std::vector<stats_function> evidence_functions() {
    return {event_function(), sample_ratio_function(), exceedance_function(), detector_function()};
}

}  // namespace millrace::app
