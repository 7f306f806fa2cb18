// Iter8's Experiment, v2alpha2: api/v2alpha2/experiment_types.go of github.com/iter8-tools/etc3.
#include "proxy/config/iter8_documents.hpp"
#include "proxy/config/iter8_fields.hpp"
#include "proxy/config/wording.hpp"

#include <algorithm>

namespace millrace::config {

namespace {

using iter8::deployment_pattern;
using iter8::experiment;
using iter8::testing_pattern;

void read_version(reader& in, const node& from, experiment& to) {
    auto& version = to.versions.emplace_back();
    version.name = required_scalar_of(in, from, "name");
    for_items(in, from, "variables", [&](const node& each) {
        auto name = required_scalar_of(in, each, "name");
        version.variables.push_back({std::move(name), scalar_of(in, each, "value")});
    });
    auto const same = std::count_if(to.versions.begin(), to.versions.end(), [&](const auto& each) {
        return each.name == version.name;
    });
    if (same > 1) {
        in.fail(from, "expected versions with names of their own, got " + in_quotes(version.name));
    }
}

void read_versions(reader& in, const node& info, experiment& to) {
    for_key(in, info, "baseline", [&](const node& from) { read_version(in, from, to); });
    if (to.versions.empty()) {
        in.fail(info, "expected the key 'baseline', got none");
        return;
    }
    for_items(in, info, "candidates", [&](const node& from) { read_version(in, from, to); });
}

void read_strategy(reader& in, const node& strategy, experiment& to) {
    static const std::vector<std::string> testing{"Conformance", "Canary", "A/B", "A/B/N"};
    static const std::vector<std::string> deployment{"Progressive", "FixedSplit", "BlueGreen"};
    if (auto const found = choice_of(in, strategy, "testingPattern", testing)) {
        to.testing = static_cast<testing_pattern>(*found);
    }
    if (auto const found = choice_of(in, strategy, "deploymentPattern", deployment)) {
        to.deployment = static_cast<deployment_pattern>(*found);
    }
    for_key(in, strategy, "weights", [&](const node& weights) {
        to.weights = iter8::weight_limits{
            number_of(in, weights, "maxCandidateWeight"),
            number_of(in, weights, "maxCandidateWeightIncrement")};
    });
    for_key(in, strategy, "actions", [&](const node&) { to.has_actions = true; });
}

void read_criteria(reader& in, const node& criteria, experiment& to) {
    to.request_count = scalar_of(in, criteria, "requestCount");
    for_items(in, criteria, "rewards", [&](const node& from) {
        auto& reward = to.rewards.emplace_back();
        reward.metric = required_scalar_of(in, from, "metric");
        if (choice_of(in, from, "preferredDirection", {"High", "Low"}) == 1) {
            reward.preferred = iter8::direction::low;
        }
    });
    for_items(in, criteria, "indicators", [&](const node& from) {
        to.indicators.push_back(from.text);
    });
    for_key(in, criteria, "objectives", [&](const node&) { to.has_objectives = true; });
    for_items(in, criteria, "objectives", [&](const node& from) {
        auto metric = required_scalar_of(in, from, "metric");
        auto const upper = number_of(in, from, "upperLimit");
        auto const lower = number_of(in, from, "lowerLimit");
        to.objectives.push_back(
            {std::move(metric), upper, lower, boolean_of(in, from, "rollback_on_failure")}
        );
    });
    for_key(in, criteria, "strength", [&](const node&) { to.has_strength = true; });
}

void read_duration(reader& in, const node& duration, experiment& to) {
    auto const read = [&](std::string_view key, std::uint32_t& into) {
        into = count_of(in, duration, key).value_or(into);
    };
    read("intervalSeconds", to.duration.interval_seconds);
    read("iterationsPerLoop", to.duration.iterations_per_loop);
    read("maxLoops", to.duration.loops_max);
}

/// How many candidates and rewards a testing pattern has.
void check_pattern(reader& in, const node& spec, const experiment& read) {
    auto const candidates = read.versions.empty() ? 0 : read.versions.size() - 1;
    bool const one =
        read.testing == testing_pattern::canary || read.testing == testing_pattern::a_b;
    if (read.testing == testing_pattern::conformance && candidates != 0) {
        in.fail(spec, "expected no candidate with Conformance");
    } else if (one && candidates != 1) {
        in.fail(spec, "expected one candidate with Canary and A/B");
    } else if (read.testing == testing_pattern::a_b_n && candidates == 0) {
        in.fail(spec, "expected at least one candidate with A/B/N");
    } else if (candidates > 8) {
        in.fail(spec, "expected at most 8 candidates");
    }
}

void read_spec(reader& in, const node& spec, experiment& to) {
    to.target = scalar_of(in, spec, "target");
    bool has_strategy = false;
    for_key(in, spec, "strategy", [&](const node& from) {
        has_strategy = true;
        static_cast<void>(required_scalar_of(in, from, "testingPattern"));
        read_strategy(in, from, to);
    });
    if (!has_strategy) {
        in.fail(spec, "expected the key 'strategy', got none");
    }
    for_key(in, spec, "versionInfo", [&](const node& from) { read_versions(in, from, to); });
    if (to.versions.empty()) {
        in.fail(spec, "expected the key 'versionInfo', got none: a start handler would fill it in");
    }
    for_key(in, spec, "criteria", [&](const node& from) { read_criteria(in, from, to); });
    for_key(in, spec, "duration", [&](const node& from) { read_duration(in, from, to); });
}

// Of the status: the newest values and the weights in force.

void read_values(reader& in, const node& aggregated, experiment& to) {
    for_members(in, aggregated, "data", [&](const member& metric) {
        to.metrics_known.push_back(metric.key);
        for_members(in, *metric.value, "data", [&](const member& version) {
            to.values.push_back({metric.key, version.key, number_of(in, *version.value, "value")});
        });
    });
}

void read_status(reader& in, const node& status, experiment& to) {
    for_items(in, status, "currentWeightDistribution", [&](const node& from) {
        to.current_weights.push_back(number_of(in, from, "value").value_or(0));
    });
    for_key(in, status, "analysis", [&](const node& analysis) {
        for_key(in, analysis, "aggregatedMetrics", [&](const node& from) {
            read_values(in, from, to);
        });
    });
}

}  // namespace

void read_iter8_experiment(reader& in, const node& from, iter8::experiment& to) {
    for_key(in, from, "metadata", [&](const node& metadata) {
        to.name = scalar_of(in, metadata, "name");
        to.space = scalar_of(in, metadata, "namespace");
    });
    auto const errors_before = in.error_count();
    bool has_spec = false;
    for_key(in, from, "spec", [&](const node& spec) {
        has_spec = true;
        read_spec(in, spec, to);
        if (in.error_count() == errors_before) {
            check_pattern(in, spec, to);
        }
    });
    if (!has_spec) {
        in.fail(from, "expected the key 'spec', got none");
    }
    for_key(in, from, "status", [&](const node& status) { read_status(in, status, to); });
}

}  // namespace millrace::config
