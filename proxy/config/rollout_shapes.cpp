#include "proxy/config/choice_shape.hpp"
#include "proxy/config/container_shapes.hpp"
#include "proxy/config/number_shape.hpp"
#include "proxy/config/object_shape.hpp"
#include "proxy/config/rollout_rules.hpp"
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

void add_steps(object<params>& rollout) {
    using kinds = rollout::strategy;
    rollout
        .field(
            "strategy",
            &params::strategy,
            choice<kinds>(
                {{"progressive", kinds::progressive},
                 {"fixed_split", kinds::fixed_split},
                 {"blue_green", kinds::blue_green}},
                {"ab_test", "mirror_first", "bandit"}
            ),
            "Step by step; one share until the verdict; or that, and a person says go."
        )
        .field(
            "steps",
            &params::steps,
            list(number({1, 100, false}), {1, 100}),
            "Percent of the traffic of primary and candidates that each candidate gets: rising up "
            "to 100; of fixed_split and blue_green a single one."
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

void add_evidence(object<params>& rollout, label_metrics labels) {
    rollout
        .required(
            "guardrails",
            &params::guardrails,
            list(guardrail_shape(labels), {1, 8}),
            "What the candidate must not be worse in."
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

}  // namespace

shape_ptr<params> rollout_shape(label_metrics labels) {
    object<params> rollout;
    add_roles(rollout);
    add_steps(rollout);
    add_evidence(rollout, labels);
    return rollout.check(check_candidates)
        .check(check_steps)
        .check(check_soak)
        .check(check_guardrails)
        .build();
}

}  // namespace millrace::config
