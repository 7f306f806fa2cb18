// Functions of `millrace stats`: the running processes of the rollout controller, over a list of
// ticks. What the controller computed can be computed again.
#include "proxy/app/stats_functions.hpp"
#include "proxy/stats/exceedance_margin.hpp"
#include "proxy/stats/forecast.hpp"
#include "proxy/stats/rae_promotion.hpp"
#include "proxy/stats/rae_rollback.hpp"
#include "proxy/stats/sample_ratio.hpp"
#include "proxy/stats/slo_breach.hpp"
#include "proxy/stats/slo_kept.hpp"
#include "proxy/stats/tick.hpp"

#include <cmath>
#include <cstdint>

namespace millrace::app {

namespace json = boost::json;

template <>
struct from_json<stats::tick> {
    static constexpr std::string_view kind = "object";

    static std::optional<stats::tick> read(const json::value& value) {
        auto const found = members_of(value, {"pi", "nA", "nB", "eA", "eB"});
        if (!found || !std::all_of(found->begin() + 1, found->end(), is_count)) {
            return std::nullopt;
        }
        auto const count = [&](std::size_t index) {
            return static_cast<std::uint64_t>((*found)[index]);
        };
        stats::tick const seen{
            .pi = found->front(),
            .count_a = count(1),
            .count_b = count(2),
            .bad_a = count(3),
            .bad_b = count(4)};
        bool const valid = seen.pi > 0.0 && seen.pi < 1.0 && seen.bad_a <= seen.count_a &&
                           seen.bad_b <= seen.count_b;
        return valid ? std::optional{seen} : std::nullopt;
    }

 private:
    static bool is_count(double number) {
        return number >= 0.0 && number <= 9e15 && number == std::floor(number);
    }
};

namespace {

using ticks = std::vector<stats::tick>;

const stats_parameter<ticks> all_ticks = {
    "ticks",
    "of {pi, nA, nB, eA, eB}: probability of B, outcomes and bad ones per arm",
    [](const ticks&) { return true; }};

auto const tolerated =
    number(
        "tolerated", {"in (0, 0.9]", [](double x) { return x > 0.0 && x <= 0.9; }}
    ).or_else(0.01);

// ln E after all ticks; null when it is not finite.
template <class Process>
stats_answer log_e_after(const Process& process, const ticks& given) {
    auto state = process.start();
    for (auto const& each : given) {
        state = process.observe(state, each);
    }
    return log_e(state).value_or(std::nan(""));
}

// Arms against each other.
void add_comparisons(std::vector<stats_function>& to) {
    to.push_back(define(
        "rae_rollback_log_e",
        "RAE with fixed share: ln E that B is worse than rollback_ratio x A",
        [](const ticks& given, double ratio, double share) {
            return log_e_after(stats::rae_rollback{{ratio, share}}, given);
        },
        all_ticks,
        number("rollback_ratio", above(0.0)).or_else(1.0),
        number("share", from_to(0.0, 0.999)).or_else(1e-4)
    ));
    to.push_back(define(
        "rae_promotion_log_e",
        "ln E that B is below max(max_ratio x A, floor)",
        [](const ticks& given, double ratio, double floor) {
            return log_e_after(stats::rae_promotion{{ratio, floor}}, given);
        },
        all_ticks,
        number("max_ratio", above(0.25)).or_else(1.5),
        number("floor", between(0.0, 1.0)).or_else(0.005)
    ));
    to.push_back(define(
        "exceedance_margin_log_e",
        "ln E that B exceeds its threshold less often than A",
        [](const ticks& given) { return log_e_after(stats::exceedance_margin{}, given); },
        all_ticks
    ));
    to.push_back(define(
        "sample_ratio_log_e",
        "ln E that units do not follow the coin, under any course of pi",
        [](const ticks& given) { return log_e_after(stats::sample_ratio{}, given); },
        all_ticks
    ));
}

// Against an agreed rate.
void add_objectives(std::vector<stats_function>& to) {
    to.push_back(define(
        "slo_rollback_log_e",
        "ln E that B is above the tolerated rate and worse than A",
        [](const ticks& given, double rate) {
            return log_e_after(stats::slo_rollback{{rate}}, given);
        },
        all_ticks,
        tolerated
    ));
    to.push_back(define(
        "slo_kept_log_e",
        "ln E that B is below the tolerated rate",
        [](const ticks& given, double rate) { return log_e_after(stats::slo_kept{{rate}}, given); },
        all_ticks,
        tolerated
    ));
}

}  // namespace

std::vector<stats_function> process_functions() {
    std::vector<stats_function> all;
    add_comparisons(all);
    add_objectives(all);
    all.push_back(define(
        "remaining_units",
        "units until ln E reaches ln(1 / alpha) at a growth per unit",
        [](double log_e, double alpha, double growth) {
            return stats::remaining_units({log_e, alpha, growth});
        },
        number("log_e", any_number()).or_else(0.0),
        number("alpha", between(0.0, 1.0)).or_else(0.01),
        number("growth", any_number())
    ));
    return all;
}

}  // namespace millrace::app
