#include "proxy/app/custom_metrics.hpp"

#include "proxy/base/clock.hpp"

#include <algorithm>
#include <utility>

namespace millrace::app {

namespace {

std::vector<std::string> versions_of(const rollout::params& params) {
    auto names = params.candidates;
    names.insert(names.begin(), params.primary);
    return names;
}

std::vector<providers::named_text> variables_of(
    const rollout::params& params, const std::string& version
) {
    std::vector<providers::named_text> found;
    for (auto const& each : params.variables) {
        if (each.version == version) {
            for (auto const& variable : each.values) {
                found.push_back({variable.name, variable.value});
            }
        }
    }
    return found;
}

}  // namespace

providers::watch watch_of(const std::string& route, const rollout::params& params) {
    providers::watch made{route, rollout::watched_metrics(params), {}};
    for (auto const& version : versions_of(params)) {
        made.versions.push_back({version, variables_of(params, version)});
    }
    return made;
}

void custom_metrics::configure(const config::configuration& from) {
    std::vector<providers::watch> watches;
    for (auto const& [route, params] : from.rollouts) {
        if (auto watch = watch_of(route, params); !watch.metrics.empty()) {
            watches.push_back(std::move(watch));
        }
    }
    if (watches.empty() && !poller_) {
        return;
    }
    auto metrics = config::all_metrics(from);
    std::map<std::string, std::string, std::less<>> samples;
    for (auto const& each : metrics) {
        samples.emplace(each.name, each.sample_size);
    }
    board_.set_sample_sizes(std::move(samples));
    if (!poller_) {
        poller_ = std::make_unique<providers::poller>(board_);
    }
    poller_->configure(std::move(metrics), std::move(watches));
}

std::vector<rollout::metric_reading> custom_metrics::readings(
    std::string_view route,
    const rollout::params& params,
    rollout::milliseconds running,
    time_point now
) {
    board_.want(route, running, now);
    std::vector<rollout::metric_reading> all;
    for (auto const& name : rollout::watched_metrics(params)) {
        auto& made = all.emplace_back();
        made.metric = static_cast<std::uint16_t>(all.size() - 1);
        for (auto const& version : versions_of(params)) {
            made.versions.push_back(board_.reading({std::string{route}, name, version}, now));
        }
    }
    return all;
}

void custom_metrics::report_to(metrics::registry& registry) const {
    metrics::custom_metric_report report;
    for (auto const& [name, totals] : board_.totals()) {
        for (std::size_t i = 0; i < totals.by_state.size(); ++i) {
            auto const state = static_cast<rollout::reading_state>(i);
            if (state != rollout::reading_state::stale) {
                report.fetches.push_back(
                    {name, std::string{rollout::name_of(state)}, totals.by_state[i]}
                );
            }
        }
        report.seconds.push_back({name, std::chrono::duration<double>(totals.time).count()});
    }
    for (auto const& each : board_.values(clock::now())) {
        report.values.push_back({each.route, each.metric, each.version, each.value});
    }
    registry.set_custom_metrics(std::move(report));
}

}  // namespace millrace::app
