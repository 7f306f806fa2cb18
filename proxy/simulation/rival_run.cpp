#include "proxy/simulation/rival_run.hpp"

#include "proxy/simulation/conditions.hpp"
#include "proxy/simulation/draws.hpp"
#include "proxy/simulation/rival_rules.hpp"

#include <chrono>
#include <optional>

namespace millrace::simulation {

namespace {

constexpr std::chrono::minutes period{1};
constexpr double argo_share = 0.2;
constexpr double kayenta_share = 0.1;

double share_of(const flagger_rule& rule) {
    return rule.weight() / 100.0;
}

double share_of(const argo_rule& /*rule*/) {
    return argo_share;
}

double share_of(const kayenta_rule& /*rule*/) {
    return kayenta_share;
}

std::optional<double> measured(draws& chance, std::uint64_t requests, double failures) {
    if (requests == 0) {
        return std::nullopt;
    }
    return static_cast<double>(chance.binomial(requests, failures)) / static_cast<double>(requests);
}

template <class Rule>
run_result run_rule(
    Rule rule, const world_params& world, const rollout::params& policy, std::uint64_t seed
) {
    auto const primary = version_named(world, policy.primary);
    auto const candidate = version_named(world, policy.candidates.front());
    draws chance{seed};
    run_result made;
    while (rule.verdict() == rollout::verdict::running && made.time < world.time_max) {
        auto const now = conditions_at(world, made.time);
        auto const requests = chance.poisson(now.requests_per_minute);
        auto const share = share_of(rule);
        auto const canary = chance.binomial(requests, share);
        auto const baseline = chance.binomial(requests - canary, share / (1.0 - share));
        auto const failures_a = failure_rate(now.versions[primary]);
        auto const failures_b = failure_rate(now.versions[candidate]);
        rule.observe(
            {.canary_errors = measured(chance, canary, failures_b),
             .baseline_errors = measured(chance, baseline, failures_a)}
        );
        made.requests += requests;
        made.exposure += canary;
        made.excess_failures += static_cast<double>(canary) * (failures_b - failures_a);
        made.time += period;
    }
    made.verdict = rule.verdict();
    return made;
}

template <std::uint32_t Threshold>
run_result run_flagger(
    const world_params& world, const rollout::params& policy, std::uint64_t seed
) {
    return run_rule(flagger_rule{{.threshold = Threshold}}, world, policy, seed);
}

run_result run_argo(const world_params& world, const rollout::params& policy, std::uint64_t seed) {
    return run_rule(argo_rule{{}}, world, policy, seed);
}

run_result run_kayenta(
    const world_params& world, const rollout::params& policy, std::uint64_t seed
) {
    return run_rule(kayenta_rule{{}}, world, policy, seed);
}

}  // namespace

const std::vector<rival>& rivals() {
    static const std::vector<rival> all{
        {"Flagger, 10 failures", &run_flagger<10>},
        {"Flagger, 5 failures", &run_flagger<5>},
        {"Argo, 10 at 99 %", &run_argo},
        {"Kayenta, 60 min", &run_kayenta}};
    return all;
}

}  // namespace millrace::simulation
