#include "proxy/config/choice_shape.hpp"
#include "proxy/config/container_shapes.hpp"
#include "proxy/config/number_shape.hpp"
#include "proxy/config/object_shape.hpp"
#include "proxy/config/shapes.hpp"
#include "proxy/config/wording.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <array>

namespace millrace::config {

namespace {

using rollout::guardrail_params;
using rollout::metric_kind;
using std::chrono::milliseconds;

/// error_rate, or a quantile from p1 to p99.999.
constexpr const char* quantile_pattern = "(latency|first_byte)_p([1-9][0-9]?(?:\\.[0-9]{1,3})?)";

/// What kind, and which quantile; nothing when it is no metric.
std::optional<guardrail_params> metric_of(const std::string& text) {
    static const RE2 pattern{quantile_pattern};
    guardrail_params made;
    if (text == "error_rate") {
        return made;
    }
    if (text == "accuracy") {
        made.kind = metric_kind::accuracy;
        return made;
    }
    std::string of;
    double percent = 0;
    if (!RE2::FullMatch(text, pattern, &of, &percent)) {
        return std::nullopt;
    }
    made.kind = of == "latency" ? metric_kind::latency : metric_kind::first_byte;
    made.quantile = percent / 100;
    return made;
}

class metric_shape final : public shape<guardrail_params> {
 public:
    void read(reader& in, const node& from, guardrail_params& to) const override {
        auto const found = from.kind == node::kind::text ? metric_of(from.text) : std::nullopt;
        if (found) {
            to.kind = found->kind;
            to.quantile = found->quantile;
            return;
        }
        in.fail(
            from,
            fmt::format(
                "expected error_rate, accuracy, or a quantile such as latency_p99 or "
                "first_byte_p95, got {}",
                shown(from)
            ),
            from.kind == node::kind::text ? nearest(from.text, usual_) : ""
        );
    }

    [[nodiscard]] json::value write(const guardrail_params& from) const override {
        if (from.kind == metric_kind::error_rate) {
            return "error_rate";
        }
        if (from.kind == metric_kind::accuracy) {
            return "accuracy";
        }
        auto const* const of = from.kind == metric_kind::latency ? "latency" : "first_byte";
        return json::string(fmt::format("{}_p{:g}", of, from.quantile * 100));
    }

    [[nodiscard]] json::object schema() const override {
        return {
            {"type", "string"},
            {"pattern", fmt::format("^(error_rate|accuracy|{})$", quantile_pattern)}};
    }

    [[nodiscard]] shape_info info() const override {
        return {"error_rate | accuracy | latency_pNN | first_byte_pNN", ""};
    }

 private:
    std::vector<std::string> usual_{
        "error_rate",
        "accuracy",
        "latency_p50",
        "latency_p90",
        "latency_p95",
        "latency_p99",
        "latency_p99.9",
        "first_byte_p50",
        "first_byte_p90",
        "first_byte_p95",
        "first_byte_p99"};
};

bool is_error_rate(const guardrail_params& params) {
    return params.kind == metric_kind::error_rate;
}

bool is_quantile(const guardrail_params& params) {
    return params.kind == metric_kind::latency || params.kind == metric_kind::first_byte;
}

bool is_accuracy(const guardrail_params& params) {
    return params.kind == metric_kind::accuracy;
}

bool is_of_requests(const guardrail_params& params) {
    return !is_accuracy(params);
}

/// The candidate is compared with the primary, not only with an objective.
bool is_compared(const guardrail_params& params) {
    return !params.slo || params.max_ratio;
}

/// A key that only some guardrails can have.
struct condition {
    std::string_view key;
    bool (*holds)(const guardrail_params&) = nullptr;
    std::string_view needs;
};

constexpr condition floor_fits{"floor", is_error_rate, "the metric error_rate"};
constexpr condition slo_fits{"slo", is_quantile, "a quantile of latency or first_byte"};
constexpr condition max_drop_fits{"max_drop", is_accuracy, "the metric accuracy"};
constexpr condition age_fits{"age", is_of_requests, "a metric of requests, not of labels"};
constexpr condition label_age_fits{"label_age", is_accuracy, "the metric accuracy"};
constexpr condition rollback_ratio_fits{
    "rollback_ratio", is_compared, "max_ratio, since an slo alone compares nothing"};

/// What one of them fills; a dump shows it only where it fits.
template <class T>
class conditional_shape final : public shape<guardrail_params> {
 public:
    conditional_shape(condition fits, T guardrail_params::*filled, shape_ptr<T> inner)
        : fits_{fits}, filled_{filled}, inner_{std::move(inner)} {}

    void read(reader& in, const node& from, guardrail_params& to) const override {
        inner_->read(in, from, to.*filled_);
    }

    [[nodiscard]] json::value write(const guardrail_params& from) const override {
        return fits_.holds(from) ? inner_->write(from.*filled_) : json::value(nullptr);
    }

    [[nodiscard]] json::object schema() const override { return inner_->schema(); }

    [[nodiscard]] shape_info info() const override { return inner_->info(); }

 private:
    condition fits_;
    T guardrail_params::*filled_;
    shape_ptr<T> inner_;
};

template <class T>
shape_ptr<guardrail_params> conditional(
    condition fits, T guardrail_params::*filled, shape_ptr<T> inner
) {
    return std::make_shared<conditional_shape<T>>(fits, filled, std::move(inner));
}

/// Only here the metric is known, wherever it stands among the keys.
void check_keys_fit(reader& in, const node& from, const guardrail_params& read) {
    for (auto const& fits :
         {floor_fits, slo_fits, rollback_ratio_fits, max_drop_fits, age_fits, label_age_fits}) {
        for (auto const& entry : from.members) {
            if (entry.key == fits.key && !fits.holds(read)) {
                in.fail_key(entry, fmt::format("expected '{}' only with {}", fits.key, fits.needs));
            }
        }
    }
}

void add_label_keys(object<guardrail_params>& guardrail) {
    auto const ages = duration<milliseconds>({milliseconds{250}, std::chrono::hours{24 * 30}});
    guardrail
        .field(
            "max_drop",
            whole,
            conditional(max_drop_fits, &guardrail_params::max_drop, number({0, 1, true})),
            "accuracy: how much lower it may be."
        )
        .field(
            "label_age",
            whole,
            conditional(label_age_fits, &guardrail_params::age, optional(ages)),
            "accuracy: how old an answer is when its labels are counted. None: 10m."
        );
}

}  // namespace

shape_ptr<guardrail_params> guardrail_shape() {
    shape_ptr<guardrail_params> const metric = std::make_shared<metric_shape>();
    auto const outcome_age = duration<milliseconds>({milliseconds{250}, std::chrono::hours{1}});
    object<guardrail_params> guardrail;
    guardrail.required("metric", whole, metric, "What must not get worse.")
        .field(
            "max_ratio",
            &guardrail_params::max_ratio,
            optional(number({1, 10, true})),
            "Promoted only when proven to be below this times the primary's. None: 1.5 for "
            "error_rate, 1.2 for a quantile without an slo."
        )
        .field(
            "rollback_ratio",
            whole,
            conditional(
                rollback_ratio_fits, &guardrail_params::rollback_ratio, number({1, 20, false})
            ),
            "Rolled back when proven to be above this times the primary's; 1: any proven harm."
        )
        .field(
            "floor",
            whole,
            conditional(floor_fits, &guardrail_params::floor, number({0, 0.5, true})),
            "error_rate: a rate below which a difference does not matter."
        )
        .field(
            "slo",
            whole,
            conditional(
                slo_fits,
                &guardrail_params::slo,
                optional(duration<milliseconds>({milliseconds{1}, std::chrono::hours{24}}))
            ),
            "A quantile must be within this; without max_ratio it is not compared."
        )
        .field(
            "age",
            whole,
            conditional(age_fits, &guardrail_params::age, optional(outcome_age)),
            "How old a request is when it is counted; what still runs then counts as it is. None: "
            "1s."
        );
    add_label_keys(guardrail);
    using rollout::metric_role;
    guardrail.field(
        "role",
        &guardrail_params::role,
        choice<metric_role>(
            {{"guardrail", metric_role::deciding}, {"indicator", metric_role::indicator}}
        ),
        "Whether it decides, or is only reported."
    );
    return guardrail.check(check_keys_fit).build();
}

}  // namespace millrace::config
