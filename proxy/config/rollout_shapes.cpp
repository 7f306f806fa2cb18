#include "proxy/config/choice_shape.hpp"
#include "proxy/config/container_shapes.hpp"
#include "proxy/config/number_shape.hpp"
#include "proxy/config/object_shape.hpp"
#include "proxy/config/rollout_metric_shapes.hpp"
#include "proxy/config/rollout_rules.hpp"
#include "proxy/config/rollout_strategy_rules.hpp"
#include "proxy/config/shapes.hpp"

namespace millrace::config {

namespace {

using rollout::params;
using rollout::step_rule;
using std::chrono::hours;
using std::chrono::milliseconds;
using names = std::vector<std::string>;

constexpr hours longest{24 * 365};

shape_ptr<std::string> backend_name() {
    return text(name_rules("the name of a backend"));
}

/// `candidate`, the usual case, or `candidates`; each is written where it is the natural one.
class candidate_shape final : public shape<names> {
 public:
    void read(reader& in, const node& from, names& to) const override {
        to.assign(1, {});
        name_->read(in, from, to.front());
    }

    [[nodiscard]] json::value write(const names& from) const override {
        return from.size() == 1 ? name_->write(from.front()) : json::value(nullptr);
    }

    [[nodiscard]] json::object schema() const override { return name_->schema(); }

    [[nodiscard]] shape_info info() const override { return name_->info(); }

 private:
    shape_ptr<std::string> name_ = backend_name();
};

class candidates_shape final : public shape<names> {
 public:
    void read(reader& in, const node& from, names& to) const override {
        names_->read(in, from, to);
    }

    [[nodiscard]] json::value write(const names& from) const override {
        return from.size() > 1 ? names_->write(from) : json::value(nullptr);
    }

    [[nodiscard]] json::object schema() const override { return names_->schema(); }

    [[nodiscard]] shape_info info() const override { return names_->info(); }

 private:
    shape_ptr<names> names_ = list(backend_name(), {1, 8});
};

/// A key that is written only where it has an effect.
template <class T>
class effective_shape final : public shape<params> {
 public:
    using condition = bool (*)(const params&);

    effective_shape(condition holds, T params::*filled, shape_ptr<T> inner)
        : holds_{holds}, filled_{filled}, inner_{std::move(inner)} {}

    void read(reader& in, const node& from, params& to) const override {
        inner_->read(in, from, to.*filled_);
    }

    [[nodiscard]] json::value write(const params& from) const override {
        return holds_(from) ? inner_->write(from.*filled_) : json::value(nullptr);
    }

    [[nodiscard]] json::object schema() const override { return inner_->schema(); }

    [[nodiscard]] shape_info info() const override { return inner_->info(); }

    void list_keys(const std::string& prefix, std::vector<key_info>& keys) const override {
        inner_->list_keys(prefix, keys);
    }

 private:
    condition holds_;
    T params::*filled_;
    shape_ptr<T> inner_;
};

template <class T>
shape_ptr<params> effective(bool (*holds)(const params&), T params::*filled, shape_ptr<T> inner) {
    return std::make_shared<effective_shape<T>>(holds, filled, std::move(inner));
}

bool has_steps(const params& of) {
    return !compares_rewards(of.strategy) || of.steps.size() == 1;
}

bool is_bandit(const params& of) {
    return of.strategy == rollout::strategy::bandit;
}

void add_roles(object<params>& rollout) {
    shape_ptr<names> const one = std::make_shared<candidate_shape>();
    shape_ptr<names> const several = std::make_shared<candidates_shape>();
    rollout.field("candidate", &params::candidates, one, "The backend that is tried.")
        .field("candidates", &params::candidates, several, "Several, each against the primary.")
        .exactly_one_of({"candidate", "candidates"})
        .field(
            "primary",
            &params::primary,
            backend_name(),
            "What they are compared with. None: the other backend with the largest weight."
        );
}

shape_ptr<rollout::strategy> strategy_shape(mirroring copies) {
    using kinds = rollout::strategy;
    std::vector<std::pair<std::string, kinds>> known{
        {"progressive", kinds::progressive},
        {"fixed_split", kinds::fixed_split},
        {"blue_green", kinds::blue_green},
        {"ab", kinds::ab},
        {"abn", kinds::abn},
        {"bandit", kinds::bandit}};
    if (copies == mirroring::later) {
        return choice<kinds>(std::move(known), {"mirror_first"});
    }
    known.emplace_back("mirror_first", kinds::mirror_first);
    return choice<kinds>(std::move(known));
}

void add_steps(object<params>& rollout, mirroring copies) {
    rollout
        .field(
            "strategy",
            &params::strategy,
            strategy_shape(copies),
            "Step by step; one share until the verdict; that, and a person says go; equal shares "
            "until a reward is proven better; or meanwhile more for the better one."
        )
        .field(
            "steps",
            whole,
            effective(has_steps, &params::steps, list(number({1, 100, false}), {1, 100})),
            "Percent of the traffic of primary and candidates that each candidate gets: rising up "
            "to 100; a single one for strategies without steps, where ab, abn and bandit need none."
        )
        .field(
            "advance",
            &params::advance,
            choice<step_rule>({{"evidence", step_rule::evidence}, {"soak", step_rule::soak}}),
            "A step opens when the evidence allows it, or also not before the soak time has passed."
        )
        .field(
            "soak",
            &params::soak,
            duration<milliseconds>({microseconds{0}, longest}),
            "The least time in a step; needs advance: soak."
        );
}

shape_ptr<params> approve_shape() {
    return object<params>()
        .field(
            "start", &params::approve_start, boolean(), "A person says go before the first step."
        )
        .field(
            "promotion",
            &params::approve_promotion,
            boolean(),
            "A person says go before the candidate becomes the primary."
        )
        .build();
}

shape_ptr<rollout::route_guard_params> route_guard_shape() {
    return object<rollout::route_guard_params>()
        .field(
            "max_error_rate",
            &rollout::route_guard_params::max_error_rate,
            number({0, 0.9, true}),
            "Of requests that fail or do not end."
        )
        .build();
}

void add_evidence(object<params>& rollout) {
    rollout
        .field(
            "guardrails",
            &params::guardrails,
            list(guardrail_shape(), {0, 8}),
            "What the candidate must not be worse in; ab, abn and bandit may do without."
        )
        .field(
            "rewards",
            &params::rewards,
            list(reward_shape(), {0, 4}),
            "What the candidate should be better in, scores of its answers: proven in one of them "
            "before it is promoted."
        )
        .field(
            "bandit",
            whole,
            effective(is_bandit, &params::bandit, bandit_shape()),
            "How a bandit plays; only with strategy: bandit."
        )
        .field(
            "route_guard",
            &params::route_guard,
            optional(route_guard_shape()),
            "All requests of the route together: while they break it no weight is given."
        )
        .field(
            "rollback_alpha",
            &params::rollback_alpha,
            number({0, 0.5, true}),
            "The chance that a candidate that is not worse is rolled back, over all guardrails."
        )
        .field(
            "promote_alpha",
            &params::promote_alpha,
            number({0, 0.5, true}),
            "The chance that one at its margin in some guardrail is promoted."
        )
        .field(
            "step_outcomes_min",
            &params::step_outcomes_min,
            integer<std::uint32_t>({1, 1'000'000'000}),
            "Requests of the candidate that a step needs before the next may open."
        )
        .field(
            "horizon",
            &params::horizon,
            duration<milliseconds>({microseconds{0}, longest}),
            "After this an open verdict is inconclusive; 0: never."
        )
        .field("approve", whole, approve_shape(), "What waits for a person; a rollback never does.")
        .field(
            "assignment_grace",
            &params::assignment_grace,
            duration<milliseconds>(),
            "How long candidates stay after requests turned out not to follow the weights."
        );
}

void add_units(object<params>& rollout) {
    using outcomes = stats::unit_outcome;
    auto const outcome = choice<outcomes>(
        {{"fraction", outcomes::fraction}, {"one", outcomes::one}, {"any", outcomes::any}}
    );
    rollout
        .field(
            "unit_outcome",
            &params::unit_outcome,
            optional(outcome),
            "With affinity: how a unit is judged, by the fraction of its requests, by one of them, "
            "or by any bad one. None: fraction."
        )
        .field(
            "unit_window",
            &params::unit_window,
            duration<milliseconds>({milliseconds{1}, longest}),
            "With affinity: how long a unit's requests count, from its first one in each step."
        )
        .field(
            "units_max",
            &params::units_max,
            integer<std::uint32_t>({1'000, 10'000'000}),
            "With affinity: units that are remembered; beyond, a random part is followed."
        );
}

}  // namespace

shape_ptr<params> rollout_shape(mirroring copies) {
    object<params> rollout;
    add_roles(rollout);
    add_steps(rollout, copies);
    add_evidence(rollout);
    add_units(rollout);
    add_metric_keys(rollout);
    return rollout.check(check_candidates)
        .check(check_steps)
        .check(check_soak)
        .check(check_guardrails)
        .check(check_variables)
        .check(check_strategy)
        .check(check_rewards)
        .check(check_unit_outcome)
        .build();
}

}  // namespace millrace::config
