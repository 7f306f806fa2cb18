#include "proxy/config/rollout_rules.hpp"

#include "proxy/config/rollout_strategy_rules.hpp"
#include "proxy/config/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_set>
#include <utility>

namespace millrace::config {

namespace {

using rollout::metric_kind;
using routing::backend_ref;

constexpr auto fraction = stats::unit_outcome::fraction;

/// Both arms of a comparison keep at least one percent, so that each request can be evidence.
constexpr double candidates_percent_max = 99;

/// What a worker counts of each exchange (metrics/evidence.hpp), but for the assignments
/// themselves.
constexpr std::size_t outcomes_max = 15;

/// Reports at an element of a list of `from`, or at `from` itself when the list is not there.
void fail_in_list(
    reader& in, const node& from, const char* key, std::size_t index, std::string message
) {
    auto const* list = from.find(key);
    if (list == nullptr) {
        in.fail(from, std::move(message));
        return;
    }
    reader::scope const inside{in, key};
    reader::scope const deeper{in, index};
    in.fail(*list->items[index], std::move(message));
}

void check_progressive(reader& in, const node& from, const std::vector<double>& steps) {
    for (std::size_t i = 1; i < steps.size(); ++i) {
        if (steps[i] <= steps[i - 1]) {
            fail_in_list(
                in,
                from,
                "steps",
                i,
                fmt::format("expected rising steps, got {} behind {}", steps[i], steps[i - 1])
            );
            return;
        }
    }
    if (steps.back() != 100 || steps.size() == 1) {
        fail_in_list(
            in,
            from,
            "steps",
            steps.size() - 1,
            fmt::format("expected smaller steps and 100 as the last one, got {}", steps.back())
        );
    }
}

bool climbs(rollout::strategy of) {
    return of == rollout::strategy::progressive || of == rollout::strategy::mirror_first;
}

void check_primary_is_left(reader& in, const node& from, const rollout::params& read) {
    auto const count = static_cast<double>(read.candidates.size());
    bool const all_in_the_end = climbs(read.strategy);
    auto const checked = read.steps.size() - (all_in_the_end ? 1 : 0);
    for (std::size_t i = 0; i < checked; ++i) {
        if (read.steps[i] * count > candidates_percent_max) {
            fail_in_list(
                in,
                from,
                "steps",
                i,
                fmt::format(
                    "expected at most {:.4g} for a candidate, so that the primary keeps enough to "
                    "be "
                    "compared with, got {}",
                    candidates_percent_max / count,
                    read.steps[i]
                )
            );
            return;
        }
    }
}

/// How many outcomes a guardrail is judged by: to roll back and to promote, and its objective.
std::size_t outcomes_of(const rollout::guardrail_params& guardrail) {
    if (guardrail.kind == metric_kind::error_rate) {
        return 2;
    }
    if (guardrail.kind == metric_kind::accuracy) {
        return 1;
    }
    bool const compared = guardrail.max_ratio || !guardrail.slo;
    return (compared ? 2 : 0) + (guardrail.slo ? 1 : 0);
}

bool is_in(const std::vector<backend_ref>& refs, const std::string& backend) {
    return std::any_of(refs.begin(), refs.end(), [&backend](const backend_ref& ref) {
        return ref.backend == backend;
    });
}

bool is_candidate(const rollout::params& params, const std::string& backend) {
    auto const& all = params.candidates;
    return std::find(all.begin(), all.end(), backend) != all.end();
}

/// One name of the rollout that is not among the route's backends.
void check_name(reader& in, const node& at, const route_entry& read, const std::string& name) {
    std::vector<std::string> known;
    for (auto const& ref : read.backend_refs) {
        known.push_back(ref.backend);
    }
    if (!is_in(read.backend_refs, name)) {
        in.fail(
            at,
            fmt::format("expected a backend of the route's backend_refs, got {}", in_quotes(name)),
            nearest(name, known)
        );
    }
}

void check_candidate_names(reader& in, const node& from, const route_entry& read) {
    auto const& names = read.rollout->candidates;
    if (auto const* one = from.find("candidate")) {
        reader::scope const inside{in, "candidate"};
        check_name(in, *one, read, names.front());
        return;
    }
    reader::scope const inside{in, "candidates"};
    auto const& items = from.find("candidates")->items;
    for (std::size_t i = 0; i < items.size(); ++i) {
        reader::scope const deeper{in, i};
        check_name(in, *items[i], read, names[i]);
    }
}

void check_primary(reader& in, const node& from, const route_entry& read) {
    auto const* given = from.find("primary");
    if (given == nullptr) {
        if (default_primary(read.backend_refs, *read.rollout).empty()) {
            in.fail(
                from,
                "expected the key 'primary', got none, and no other backend has the largest weight "
                "alone"
            );
        }
        return;
    }
    reader::scope const inside{in, "primary"};
    check_name(in, *given, read, read.rollout->primary);
    if (is_candidate(*read.rollout, read.rollout->primary)) {
        in.fail(
            *given,
            fmt::format(
                "expected another backend than a candidate, got {}",
                in_quotes(read.rollout->primary)
            )
        );
    }
}

bool is_sticky(const routing::affinity_params& affinity) {
    return affinity.kind != routing::affinity_params::kind::none;
}

/// What is said about units has an effect, and a unit that is judged by a fraction can keep no
/// objective about single requests.
void check_units(reader& in, const node& from, const route_entry& read) {
    if (!is_sticky(read.affinity)) {
        rollout::params const usual;
        auto const& chosen = *read.rollout;
        auto const refuse = [&in, &from](const char* key, bool has_effect) {
            if (auto const* const given = has_effect ? from.find(key) : nullptr) {
                reader::scope const inside{in, key};
                in.fail(*given, "expected 'affinity' on the route beside what concerns its units");
            }
        };
        refuse("unit_outcome", chosen.unit_outcome.has_value());
        refuse("unit_window", chosen.unit_window != usual.unit_window);
        refuse("units_max", chosen.units_max != usual.units_max);
        return;
    }
    if (read.rollout->unit_outcome.value_or(fraction) != fraction) {
        return;
    }
    auto const& guardrails = read.rollout->guardrails;
    for (std::size_t i = 0; i < guardrails.size(); ++i) {
        if (guardrails[i].slo) {
            fail_in_list(
                in,
                from,
                "guardrails",
                i,
                "expected no 'slo' on a route with affinity, or unit_outcome: one or any: the "
                "fraction of a unit's requests meets none"
            );
        }
    }
}

}  // namespace

void set_unit_outcome(const routing::affinity_params& affinity, rollout::params& of) {
    if (is_sticky(affinity)) {
        of.unit_outcome = of.unit_outcome.value_or(fraction);
    }
}

void check_candidates(reader& in, const node& from, const rollout::params& read) {
    std::unordered_set<std::string_view> seen;
    for (std::size_t i = 0; i < read.candidates.size(); ++i) {
        auto const& name = read.candidates[i];
        if (!seen.insert(name).second) {
            fail_in_list(
                in,
                from,
                "candidates",
                i,
                fmt::format("expected each backend once, got {} again", in_quotes(name))
            );
        }
    }
}

void check_steps(reader& in, const node& from, const rollout::params& read) {
    if (climbs(read.strategy)) {
        check_progressive(in, from, read.steps);
    } else if (compares_rewards(read.strategy) && from.find("steps") == nullptr) {
        return;
    } else if (read.steps.size() != 1) {
        in.fail(from, "expected one share, such as 'steps: [50]', for a strategy without steps");
        return;
    }
    check_primary_is_left(in, from, read);
}

void check_soak(reader& in, const node& from, const rollout::params& read) {
    bool const soaks = read.advance == rollout::step_rule::soak;
    bool const has_time = read.soak.count() > 0;
    if (soaks && !has_time) {
        in.fail(from, "expected a 'soak' time with advance: soak, got none");
    } else if (!soaks && has_time) {
        reader::scope const inside{in, "soak"};
        in.fail(*from.find("soak"), "expected advance: soak beside a soak time, got evidence");
    }
}

void check_guardrails(reader& in, const node& from, const rollout::params& read) {
    auto const* const given = from.find("guardrails");
    if (given == nullptr) {
        return;
    }
    auto const& list = *given;
    reader::scope const inside{in, "guardrails"};
    std::set<std::pair<metric_kind, double>> seen;
    std::size_t outcomes = 0;
    for (std::size_t i = 0; i < read.guardrails.size(); ++i) {
        auto const& guardrail = read.guardrails[i];
        outcomes += outcomes_of(guardrail);
        bool const is_quantile = guardrail.kind != metric_kind::error_rate;
        if (!seen.emplace(guardrail.kind, is_quantile ? guardrail.quantile : 0).second) {
            auto const& metric = *list.items[i]->find("metric");
            reader::scope const deeper{in, i};
            reader::scope const deepest{in, "metric"};
            in.fail(metric, "expected each metric once, got " + shown(metric) + " again");
        }
    }
    if (outcomes > outcomes_max) {
        in.fail(
            list,
            fmt::format(
                "expected guardrails that count at most {} outcomes (error_rate and a compared "
                "quantile 2 each, an slo 1), got {}",
                outcomes_max,
                outcomes
            )
        );
    }
}

std::string default_primary(const std::vector<backend_ref>& refs, const rollout::params& rollout) {
    const backend_ref* best = nullptr;
    bool alone = false;
    for (auto const& ref : refs) {
        if (is_candidate(rollout, ref.backend)) {
            continue;
        }
        if (best == nullptr || ref.weight.value > best->weight.value) {
            best = &ref;
            alone = true;
        } else if (ref.weight.value == best->weight.value) {
            alone = false;
        }
    }
    return alone ? best->backend : std::string{};
}

void check_rollout_of(reader& in, const node& from, const route_entry& read) {
    if (!read.rollout) {
        return;
    }
    auto const& rollout = *from.find("rollout");
    reader::scope const inside{in, "rollout"};
    check_units(in, rollout, read);
    check_candidate_names(in, rollout, read);
    check_primary(in, rollout, read);
}

}  // namespace millrace::config
