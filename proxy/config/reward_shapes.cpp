#include "proxy/config/choice_shape.hpp"
#include "proxy/config/container_shapes.hpp"
#include "proxy/config/number_shape.hpp"
#include "proxy/config/object_shape.hpp"
#include "proxy/config/shapes.hpp"

namespace millrace::config {

namespace {

using rollout::bandit_params;
using rollout::metric_role;
using rollout::reward_params;
using std::chrono::milliseconds;

void check_range(reader& in, const node& from, const reward_params& read) {
    if (!(read.min < read.max)) {
        in.fail(from, "expected a 'min' below 'max'");
    }
}

}  // namespace

shape_ptr<reward_params> reward_shape() {
    constexpr real_range any{-1e12, 1e12, false};
    return object<reward_params>()
        .required(
            "name", &reward_params::name, text(name_rules("the name of a reward")), "Its name."
        )
        .field("min", &reward_params::min, number(any), "A score below counts as this.")
        .field("max", &reward_params::max, number(any), "A score above counts as this.")
        .field(
            "better",
            &reward_params::larger_is_better,
            choice<bool>({{"higher", true}, {"lower", false}}),
            "Which scores are better."
        )
        .field(
            "role",
            &reward_params::role,
            choice<metric_role>(
                {{"reward", metric_role::deciding}, {"indicator", metric_role::indicator}}
            ),
            "Whether it decides, or is only reported."
        )
        .field(
            "age",
            &reward_params::age,
            optional(duration<milliseconds>({milliseconds{250}, std::chrono::hours{24 * 30}})),
            "How old an answer is when its score is counted. None: 10m."
        )
        .check(check_range)
        .build();
}

shape_ptr<bandit_params> bandit_shape() {
    using kinds = bandit_params::algorithm_kind;
    return object<bandit_params>()
        .field(
            "algorithm",
            &bandit_params::algorithm,
            choice<kinds>({{"thompson", kinds::thompson}, {"top_two", kinds::top_two}}),
            "By the chance to be the best, or the best and its nearest rival."
        )
        .field(
            "batch",
            &bandit_params::batch,
            duration<milliseconds>({std::chrono::seconds{1}, std::chrono::hours{24 * 30}}),
            "The least time between two changes of weights."
        )
        .field(
            "min_share",
            &bandit_params::min_share,
            number({0.02, 0.5, false}),
            "Of the traffic of primary and candidates, for each of them."
        )
        .field(
            "max_share", &bandit_params::max_share, number({0.5, 0.98, false}), "The most for one."
        )
        .build();
}

}  // namespace millrace::config
