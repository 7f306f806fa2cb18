#include "proxy/config/metric_rules.hpp"

#include "proxy/config/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace millrace::config {

namespace {

using names = std::vector<std::string>;

bool contains(const names& all, const std::string& name) {
    return std::find(all.begin(), all.end(), name) != all.end();
}

/// Where a metric stands: by its name, or in a file of documents.
key_path path_of(const configuration& read, const std::string& name) {
    auto const& own = read.custom_metrics;
    bool const is_own = std::any_of(own.begin(), own.end(), [&name](const auto& each) {
        return each.name == name;
    });
    return is_own ? key_path{"custom_metrics", name} : key_path{"metric_files"};
}

void check_names(reader& in, const node& root, const configuration& read, names& known) {
    for (auto const& metric : all_metrics(read)) {
        if (contains(known, metric.name)) {
            in.fail_at(
                root,
                key_path{"metric_files"},
                fmt::format(
                    "expected metrics with names of their own, got {} again", in_quotes(metric.name)
                )
            );
        }
        known.push_back(metric.name);
    }
}

void check_reference(
    reader& in, const node& root, const key_path& path, const std::string& name, const names& known
) {
    if (!contains(known, name)) {
        in.fail_at(
            root,
            path,
            fmt::format("expected the name of a custom metric, got {}", in_quotes(name)),
            nearest(name, known)
        );
    }
}

void check_rollouts(reader& in, const node& root, const configuration& read, const names& known) {
    auto const& routes = read.table.routes;
    for (std::size_t i = 0; i < routes.size() && !in.full(); ++i) {
        auto const found = read.rollouts.find(routes[i].name);
        if (found == read.rollouts.end()) {
            continue;
        }
        auto const& rollout = found->second;
        for (std::size_t j = 0; j < rollout.objectives.size(); ++j) {
            key_path const path{"routes", i, "rollout", "objectives", j, "metric"};
            check_reference(in, root, path, rollout.objectives[j].metric, known);
        }
        for (std::size_t j = 0; j < rollout.indicators.size(); ++j) {
            key_path const path{"routes", i, "rollout", "indicators", j};
            check_reference(in, root, path, rollout.indicators[j], known);
        }
    }
}

}  // namespace

std::vector<providers::metric_params> all_metrics(const configuration& of) {
    auto all = of.custom_metrics;
    for (auto metric : of.metrics_of_files) {
        if (!metric.secret_dir.empty()) {
            metric.secret_dir = of.metric_secrets_dir + "/" + metric.secret_dir;
        }
        all.push_back(std::move(metric));
    }
    return all;
}

void check_custom_metrics(reader& in, const node& root, const configuration& read) {
    names known;
    check_names(in, root, read, known);
    for (auto const& metric : all_metrics(read)) {
        if (metric.sample_size.empty()) {
            continue;
        }
        auto const path = path_of(read, metric.name);
        check_reference(in, root, path, metric.sample_size, known);
        if (metric.sample_size == metric.name) {
            in.fail_at(root, path, "expected another metric as the sample size, got itself");
        }
    }
    check_rollouts(in, root, read, known);
}

}  // namespace millrace::config
