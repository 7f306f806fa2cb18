#include "proxy/config/label_rules.hpp"

#include "proxy/config/address.hpp"
#include "proxy/config/scalar_shapes.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::config {

namespace {

using rollout::metric_kind;

// As rollout::make_plan() has it for a guardrail that names none.
constexpr std::chrono::milliseconds label_age_default{600'000};

std::string text_of(std::chrono::milliseconds time) {
    auto const value = write_duration(time);
    return value.is_string() ? std::string{value.as_string().c_str()} : "0";
}

bool takes_feedback(const configuration& read) {
    return read.feedback.enabled && read.ids.millrace_id;
}

/// A metric of a rollout that labels or scores feed.
struct fed_metric {
    key_path path;
    std::string what;     ///< of the rollout, for people
    std::string source;   ///< the key of the route's labels that would feed it
    bool is_fed = false;  ///< by the answers; feedback feeds everything
    std::chrono::milliseconds age{};
};

void check_fed(
    reader& in,
    const node& root,
    const configuration& read,
    const routing::route_params& route,
    const fed_metric& metric
) {
    if (!metric.is_fed && !takes_feedback(read)) {
        in.fail_at(
            root,
            metric.path,
            fmt::format(
                "expected labels for {}: 'labels: {{{}: ...}}' on the route, or 'feedback' with "
                "ids.millrace_id",
                metric.what,
                metric.source
            )
        );
    }
    if (route.affinity.kind != routing::affinity_params::kind::none) {
        in.fail_at(
            root,
            metric.path,
            fmt::format(
                "expected a route without 'affinity' for {}: labels are judged by request",
                metric.what
            )
        );
    }
    if (read.feedback.enabled && metric.age > read.feedback.age_max) {
        in.fail_at(
            root,
            metric.path,
            fmt::format(
                "expected a label_age of at most feedback.age_max, {}, got {}",
                text_of(read.feedback.age_max),
                text_of(metric.age)
            )
        );
    }
}

void check_rollout(reader& in, const node& root, const configuration& read, std::size_t place) {
    auto const& route = read.table.routes[place];
    auto const found = read.rollouts.find(route.name);
    if (found == read.rollouts.end()) {
        return;
    }
    auto const& guardrails = found->second.guardrails;
    for (std::size_t i = 0; i < guardrails.size(); ++i) {
        if (guardrails[i].kind == metric_kind::accuracy) {
            key_path const path{"routes", place, "rollout", "guardrails", i, "metric"};
            auto const age = guardrails[i].age.value_or(label_age_default);
            check_fed(
                in, root, read, route, {path, "accuracy", "label", !route.labels.label.empty(), age}
            );
        }
    }
    auto const& rewards = found->second.rewards;
    for (std::size_t i = 0; i < rewards.size(); ++i) {
        key_path const path{"routes", place, "rollout", "rewards", i, "name"};
        auto const age = rewards[i].age.value_or(label_age_default);
        check_fed(
            in, root, read, route, {path, "rewards", "score", !route.labels.score.empty(), age}
        );
    }
}

void check_rollouts(reader& in, const node& root, const configuration& read) {
    for (std::size_t i = 0; i < read.table.routes.size(); ++i) {
        check_rollout(in, root, read, i);
    }
}

void check_predictions(reader& in, const node& root, const configuration& read) {
    auto const& routes = read.table.routes;
    for (std::size_t i = 0; i < routes.size(); ++i) {
        if (!routes[i].labels.prediction.empty() && !read.feedback.enabled) {
            in.fail_at(
                root,
                key_path{"routes", i, "labels", "prediction"},
                "expected 'feedback' in the file: without it no true value comes"
            );
        }
    }
}

void check_feedback_address(reader& in, const node& root, const configuration& read) {
    if (!read.feedback.enabled) {
        return;
    }
    key_path const path{"feedback", "bind"};
    if (read.feedback.address.empty()) {
        if (!read.admin.enabled) {
            in.fail_at(
                root,
                key_path{"feedback"},
                "expected a 'bind' of its own, for the admin listener is off"
            );
        }
        return;
    }
    host_port const own{read.feedback.address, read.feedback.port};
    bool const is_admins = read.admin.enabled && read.admin.unix_path.empty() &&
                           reaches({read.admin.address, read.admin.port}, own);
    bool const is_listeners =
        std::any_of(read.listeners.begin(), read.listeners.end(), [&own](const auto& listener) {
            return reaches(own, {listener.address, listener.port});
        });
    if (own.port != 0 && (is_admins || is_listeners)) {
        in.fail_at(
            root,
            path,
            fmt::format(
                "expected another address than the {}, got '{}'",
                is_admins ? "admin's" : "listeners'",
                address_text(own)
            )
        );
    }
}

}  // namespace

void check_labels(reader& in, const node& root, const configuration& read) {
    check_rollouts(in, root, read);
    check_predictions(in, root, read);
    check_feedback_address(in, root, read);
}

}  // namespace millrace::config
