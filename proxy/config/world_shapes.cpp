#include "proxy/config/world_shapes.hpp"

#include "proxy/config/container_shapes.hpp"
#include "proxy/config/number_shape.hpp"
#include "proxy/config/object_shape.hpp"
#include "proxy/config/shapes.hpp"

namespace millrace::config {

namespace {

using simulation::behaviour;
using simulation::behaviour_change;
using simulation::course_point;
using simulation::incident;
using simulation::latency_law;
using simulation::target;
using simulation::version_params;
using simulation::world_case;
using simulation::world_params;
using std::chrono::milliseconds;

constexpr std::chrono::hours longest{24 * 365};
constexpr real_range rate{0, 1, false};
constexpr real_range factor{0, 1'000, false};
constexpr std::uint64_t requests_most = 1'000'000'000'000;

shape_ptr<milliseconds> moment() {
    return duration<milliseconds>({microseconds{0}, longest});
}

shape_ptr<latency_law> latency_shape() {
    return object<latency_law>()
        .field(
            "median",
            &latency_law::median,
            duration<microseconds>({microseconds{1}, std::chrono::hours{1}}),
            "Half of the answers take longer."
        )
        .field(
            "sigma",
            &latency_law::sigma,
            number({0, 5, true}),
            "Standard deviation of the latency's logarithm."
        )
        .build();
}

shape_ptr<behaviour_change> change_shape() {
    return object<behaviour_change>()
        .required("at", &behaviour_change::at, moment(), "Since the rollout began.")
        .field("error_rate", &behaviour_change::error_rate, optional(number(rate)), "From then on.")
        .field("hang_rate", &behaviour_change::hang_rate, optional(number(rate)), "From then on.")
        .field("accuracy", &behaviour_change::accuracy, optional(number(rate)), "From then on.")
        .field("reward", &behaviour_change::reward, optional(number(rate)), "From then on.")
        .field(
            "latency_median",
            &behaviour_change::latency_median,
            optional(duration<microseconds>({microseconds{1}, std::chrono::hours{1}})),
            "From then on."
        )
        .build();
}

/// Access to a member of the behaviour that a version starts with.
template <class Member>
auto at_start(Member member) {
    return [member](auto& version) -> auto& {
        return version.from_start.*member;
    };
}

shape_ptr<version_params> version_shape() {
    object<version_params> version;
    version
        .field(
            "error_rate",
            at_start(&behaviour::error_rate),
            number(rate),
            "Part of the answers that are failures."
        )
        .field(
            "hang_rate",
            at_start(&behaviour::hang_rate),
            number(rate),
            "Part of the requests that get no answer and fail at the route's time-out."
        )
        .field("latency", at_start(&behaviour::latency), latency_shape(), "Lognormal.")
        .field(
            "first_byte",
            at_start(&behaviour::first_byte),
            number({0, 1, true}),
            "When it comes, as a part of the latency."
        )
        .field(
            "accuracy",
            at_start(&behaviour::accuracy),
            number(rate),
            "Part of labels that are right."
        )
        .field(
            "labelled",
            at_start(&behaviour::labelled),
            number(rate),
            "Part of the good answers that get a label."
        )
        .field(
            "label_delay",
            at_start(&behaviour::label_delay_mean),
            moment(),
            "Mean time until the label comes."
        )
        .field(
            "reward",
            at_start(&behaviour::reward),
            number(rate),
            "Mean score of good answers, in [0, 1]."
        )
        .field(
            "reward_sd",
            at_start(&behaviour::reward_sd),
            number({0, 0.5, false}),
            "Its standard deviation, of a beta law; scores of 0 and 1 where it is as large as they "
            "allow."
        )
        .field(
            "scored",
            at_start(&behaviour::scored),
            number(rate),
            "Part of the good answers that get a score."
        )
        .field(
            "changes",
            &version_params::changes,
            list(change_shape(), {0, 1'000}),
            "What becomes different, and when; in the order of time."
        );
    return version.build();
}

shape_ptr<course_point> course_shape() {
    return object<course_point>()
        .required("at", &course_point::at, moment(), "Since the rollout began.")
        .field("traffic", &course_point::traffic_factor, number(factor), "Times the traffic.")
        .field("errors", &course_point::error_factor, number(factor), "Times the failures.")
        .field("latency", &course_point::latency_factor, number(factor), "Times the latency.")
        .build();
}

shape_ptr<incident> incident_shape() {
    return object<incident>()
        .required("at", &incident::at, moment(), "Since the rollout began.")
        .required("lasts", &incident::lasts, moment(), "How long.")
        .field("every", &incident::every, moment(), "It comes again after this; 0: once.")
        .field("errors", &incident::error_factor, number(factor), "Times the failures.")
        .field("latency", &incident::latency_factor, number(factor), "Times the latency.")
        .build();
}

shape_ptr<simulation::user_params> users_shape() {
    using simulation::user_params;
    return object<user_params>()
        .field(
            "count",
            &user_params::count,
            integer<std::uint32_t>({1, 10'000'000}),
            "How many there are."
        )
        .field(
            "icc",
            &user_params::icc,
            number({0, 0.99, false}),
            "Intraclass correlation of a user's failures."
        )
        .field(
            "window", &user_params::window, moment(), "Requests that are judged together, so long."
        )
        .build();
}

shape_ptr<simulation::mirror_params> mirror_shape() {
    using simulation::mirror_params;
    return object<mirror_params>()
        .field(
            "share", &mirror_params::share, number(rate), "Part of the requests that are copied."
        )
        .field(
            "shared",
            &mirror_params::shared,
            number(rate),
            "Part of the failures that come with the request, for both versions."
        )
        .build();
}

shape_ptr<target> target_shape() {
    auto const requests = optional(integer<std::uint64_t>({1, requests_most}));
    return object<target>()
        .field(
            "wrong",
            &target::wrong,
            optional(number(rate)),
            "Rate of wrong verdicts; its exact 99 % interval must reach below."
        )
        .field("requests", &target::requests, requests, "Median until a decision, of all versions.")
        .field(
            "candidate_requests",
            &target::candidate_requests,
            requests,
            "Median on the candidate, of runs that were rolled back."
        )
        .build();
}

text_rules case_name_rules() {
    text_rules rules;
    rules.type = "name";
    rules.expected = "a name of at most 64 characters";
    rules.pattern = "^.{1,64}$";
    return rules;
}

/// The keys that a file and a case share. `world` finds the world in a T.
template <class T, class World>
void add_world(object<T>& to, World world) {
    auto const in = [world](auto member) {
        return [ world, member ](auto& value) -> auto& {
            return world(value).*member;
        };
    };
    to.field(
          "versions",
          in(&world_params::versions),
          named(version_shape(), &version_params::name, name_rules("the name of a version")),
          "What each version is like; the names of the route's backends."
    )
        .field(
            "requests_per_minute",
            in(&world_params::requests_per_minute),
            number({0, 1e9, true}),
            "Of all versions together."
        )
        .field(
            "course",
            in(&world_params::course),
            list(course_shape(), {0, 1'000}),
            "What all versions go through, in straight lines between points."
        )
        .field(
            "incidents",
            in(&world_params::incidents),
            list(incident_shape(), {0, 100}),
            "What hits all versions for a while."
        )
        .field(
            "total_timeout",
            in(&world_params::total_timeout),
            duration<milliseconds>({milliseconds{1}, std::chrono::hours{24}}),
            "Of the route; -c replaces it by that of its route."
        )
        .field(
            "history",
            in(&world_params::history),
            integer<std::uint32_t>({0, 1'000'000'000}),
            "Requests of the primary before the rollout."
        )
        .field(
            "requests_max",
            in(&world_params::requests_max),
            integer<std::uint64_t>({1, requests_most}),
            "A run that is open then is over."
        )
        .field("time_max", in(&world_params::time_max), moment(), "So is one after this time.")
        .field(
            "tick",
            in(&world_params::tick),
            duration<milliseconds>({microseconds{0}, std::chrono::hours{1}}),
            "How often the controller looks; 0: after about 25 requests, at least 250ms."
        )
        .field(
            "users",
            in(&world_params::users),
            optional(users_shape()),
            "Clients that come back to their version, of a sticky route. None: each request is a "
            "unit."
        )
        .field("mirror", in(&world_params::mirror), mirror_shape(), "Of strategy mirror_first.")
        .field(
            "rollout",
            in(&world_params::rollout),
            optional(rollout_shape(mirroring::known)),
            "As in a route; -c replaces it."
        )
        .field("target", in(&world_params::target), target_shape(), "What runs should reach.");
}

/// Remembers where the cases stand: they are read on top of a world that is complete by then.
class cases_shape final : public shape<const node*> {
 public:
    void read(reader& in, const node& from, const node*& to) const override {
        if (check_list(in, from, {1, 1'000})) {
            to = &from;
        }
    }

    [[nodiscard]] json::value write(const node* const& /*from*/) const override { return nullptr; }

    [[nodiscard]] json::object schema() const override { return {{"type", "array"}}; }

    [[nodiscard]] shape_info info() const override { return {"list of mapping", ""}; }
};

shape_ptr<world_document> made_document_shape() {
    shape_ptr<const node*> const cases = std::make_shared<cases_shape>();
    object<world_document> made;
    add_world(
        made, [](auto& value) -> auto& { return value.shared; }
    );
    made.field(
        "cases", &world_document::cases, cases, "Several worlds, each with its differences."
    );
    return made.build();
}

shape_ptr<world_case> made_case_shape() {
    object<world_case> made;
    made.required("name", &world_case::name, text(case_name_rules()), "Its name.");
    add_world(
        made, [](auto& value) -> auto& { return value.world; }
    );
    return made.build();
}

}  // namespace

const shape<world_document>& world_document_shape() {
    static const shape_ptr<world_document> made = made_document_shape();
    return *made;
}

const shape<world_case>& world_case_shape() {
    static const shape_ptr<world_case> made = made_case_shape();
    return *made;
}

}  // namespace millrace::config
