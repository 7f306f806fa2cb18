// What a rollout says about custom metrics.
#include "proxy/config/rollout_metric_shapes.hpp"

#include "proxy/config/container_shapes.hpp"
#include "proxy/config/number_shape.hpp"
#include "proxy/config/text_map_shape.hpp"
#include "proxy/config/wording.hpp"

#include <algorithm>

namespace millrace::config {

namespace {

using rollout::objective_params;
using rollout::params;
using rollout::version_variable;
using rollout::version_variables;

constexpr double any = 1e300;

shape_ptr<std::string> metric_name() {
    return text(name_rules("the name of a custom metric"));
}

shape_ptr<objective_params> objective_shape() {
    return object<objective_params>()
        .required("metric", &objective_params::metric, metric_name(), "A custom metric.")
        .field(
            "upper_limit",
            &objective_params::upper_limit,
            optional(number({-any, any, false})),
            "The candidate's value is at most this."
        )
        .field(
            "lower_limit",
            &objective_params::lower_limit,
            optional(number({-any, any, false})),
            "The candidate's value is at least this."
        )
        .field(
            "max_ratio",
            &objective_params::max_ratio,
            optional(number({0, 1'000'000, true})),
            "The candidate's value is at most this times the primary's."
        )
        .field(
            "sample_size_min",
            &objective_params::sample_size_min,
            number({0, any, false}),
            "Of the metric's sample size; 0: it is not looked at."
        )
        .check([](reader& in, const node& from, const objective_params& read) {
            if (!read.upper_limit && !read.lower_limit && !read.max_ratio) {
                in.fail(from, "expected upper_limit, lower_limit or max_ratio, got none");
            }
        })
        .build();
}

text_rules variable_rules() {
    text_rules rules;
    rules.type = "name";
    rules.expected = "a name of letters, digits and '_', at most 128";
    rules.pattern = "^[A-Za-z_][A-Za-z0-9_]{0,127}$";
    return rules;
}

/// The variables of one version: a mapping NAME: TEXT.
class variables_shape final : public shape<version_variables> {
 public:
    void read(reader& in, const node& from, version_variables& to) const override {
        inner_->read(in, from, to.values);
    }

    [[nodiscard]] json::value write(const version_variables& from) const override {
        return inner_->write(from.values);
    }

    [[nodiscard]] json::object schema() const override { return inner_->schema(); }

    [[nodiscard]] shape_info info() const override { return inner_->info(); }

 private:
    shape_ptr<std::vector<version_variable>> inner_ =
        text_map(&version_variable::name, &version_variable::value, variable_rules());
};

}  // namespace

void add_metric_keys(object<params>& rollout) {
    shape_ptr<version_variables> const variables = std::make_shared<variables_shape>();
    rollout
        .field(
            "objectives",
            &params::objectives,
            list(objective_shape(), {0, 16}),
            "What the newest values of custom metrics keep to before more weight and promotion."
        )
        .field(
            "indicators",
            &params::indicators,
            list(metric_name(), {0, 16}),
            "Custom metrics that are shown beside the evidence."
        )
        .field(
            "variables",
            &params::variables,
            named(variables, &version_variables::version, name_rules("the name of a backend")),
            "What placeholders in the queries of custom metrics stand for, by backend."
        );
}

void check_variables(reader& in, const node& from, const params& read) {
    for (auto const& each : read.variables) {
        auto const& all = read.candidates;
        bool const known = each.version == read.primary || read.primary.empty() ||
                           std::find(all.begin(), all.end(), each.version) != all.end();
        if (!known) {
            reader::scope const inside{in, "variables"};
            reader::scope const deeper{in, each.version};
            in.fail(
                *from.find("variables")->find(each.version),
                "expected a version of the rollout, got " + in_quotes(each.version)
            );
        }
    }
}

}  // namespace millrace::config
