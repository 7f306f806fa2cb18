#include "tests/unit/control/fake_ports.hpp"

namespace millrace::control {

namespace {

using namespace std::chrono_literals;

routing::route_params two_versions() {
    routing::route_params params;
    params.name = "risk";
    params.backend_refs = {{"primary", {100}}, {"candidate", {0}}};
    return params;
}

}  // namespace

fake_weights::fake_weights() : state_{routing::initial_state(two_versions())} {}

std::optional<routing::route_state> fake_weights::state_of(std::string_view route) {
    std::lock_guard const lock{mutex_};
    return route == state_.route ? std::optional{state_} : std::nullopt;
}

void fake_weights::publish(
    const routing::route_state& next,
    std::shared_ptr<metrics::route_evidence> evidence,
    std::function<void()> done
) {
    {
        std::lock_guard const lock{mutex_};
        state_ = next;
        evidence_ = std::move(evidence);
        ++publications_;
    }
    done();
}

metrics::version_totals fake_weights::totals(
    std::string_view /*route*/, std::string_view /*backend*/
) {
    return {};
}

std::uint32_t fake_weights::candidate_weight() const {
    std::lock_guard const lock{mutex_};
    return state_.refs[1].weight.value;
}

std::size_t fake_weights::publications() const {
    std::lock_guard const lock{mutex_};
    return publications_;
}

std::shared_ptr<metrics::route_evidence> fake_weights::evidence() const {
    std::lock_guard const lock{mutex_};
    return evidence_;
}

void fake_weights::set_by_hand(std::uint32_t primary, std::uint32_t candidate) {
    std::lock_guard const lock{mutex_};
    state_ = routing::with_weights(state_, std::vector<weight>{{primary}, {candidate}});
    evidence_ = nullptr;
}

void fake_weights::serve(
    std::size_t version, std::uint64_t requests, std::uint64_t failures, time_point at
) {
    auto* const shard = evidence()->shard(0, version);
    for (std::uint64_t i = 0; i < requests; ++i) {
        observation observed;
        observed.status = i < failures ? 500 : 200;
        shard->begin(at);
        shard->end(at, at + 1ms, observed);
    }
}

void fake_weights::serve_unit(std::uint64_t unit, time_point at) {
    auto const choice = state_of("risk")->split.pick(static_cast<std::uint16_t>(unit >> 48));
    auto* const shard = evidence()->shard(0, choice->version);
    observation observed;
    observed.status = 200;
    shard->begin(at);
    shard->end(at, at + 1ms, observed);
    if (shard->begin_of_unit(at, unit, false)) {
        shard->end_of_unit(unit, at, at + 1ms, observed);
    }
}

void fake_journal::commit(rollout_commit what, std::function<void(std::string)> done) {
    commits.push_back(std::move(what));
    if (hangs) {
        unanswered.push_back(std::move(done));
    } else {
        done(error);
    }
}

rollout_setup error_rate_setup() {
    rollout_setup setup;
    setup.route = "risk";
    setup.params.primary = "primary";
    setup.params.candidates = {"candidate"};
    setup.params.steps = {10, 50, 100};
    setup.params.guardrails = {rollout::guardrail_params{.floor = 0.1}};
    setup.total_timeout = 1s;
    setup.config_hash = "one";
    return setup;
}

}  // namespace millrace::control
