#include "proxy/providers/metric_board.hpp"

#include <algorithm>
#include <utility>

namespace millrace::providers {

namespace {

// A rollout that runs asks four times a second.
constexpr std::chrono::seconds wish_age_max{5};

}  // namespace

bool metric_board::put(
    const key& where, outcome what, time_point at, std::chrono::milliseconds max_age
) {
    std::lock_guard const lock{mutex_};
    auto& total = totals_[where.metric];
    ++total.by_state[static_cast<std::size_t>(what.state)];
    total.time += what.took;
    auto const [found, is_new] = samples_.try_emplace(where);
    bool const changed = is_new || found->second.last.state != what.state;
    found->second = {std::move(what), at, max_age};
    return changed;
}

rollout::version_reading metric_board::reading_of(const sample& from, time_point now) {
    bool const has_value = from.last.state == rollout::reading_state::fresh;
    bool const old = now - from.at > from.max_age;
    return {
        .state = old ? rollout::reading_state::stale : from.last.state,
        .value = has_value ? from.last.value : 0,
        .sample_size = std::nullopt};
}

rollout::version_reading metric_board::find(const key& where, time_point now) const {
    auto const found = samples_.find(where);
    return found == samples_.end() ? rollout::version_reading{} : reading_of(found->second, now);
}

rollout::version_reading metric_board::reading(const key& where, time_point now) const {
    std::lock_guard const lock{mutex_};
    auto made = find(where, now);
    auto const found = sample_sizes_.find(where.metric);
    if (found != sample_sizes_.end() && !found->second.empty()) {
        auto const size = find({where.route, found->second, where.version}, now);
        if (size.state == rollout::reading_state::fresh) {
            made.sample_size = size.value;
        }
    }
    return made;
}

void metric_board::set_sample_sizes(std::map<std::string, std::string, std::less<>> names) {
    std::lock_guard const lock{mutex_};
    sample_sizes_ = std::move(names);
}

void metric_board::want(std::string_view route, std::chrono::milliseconds running, time_point now) {
    std::lock_guard const lock{mutex_};
    wishes_.insert_or_assign(std::string{route}, wish{now - running, now});
}

std::optional<time_point> metric_board::wanted_since(std::string_view route, time_point now) const {
    std::lock_guard const lock{mutex_};
    auto const found = wishes_.find(route);
    bool const wanted = found != wishes_.end() && now - found->second.asked <= wish_age_max;
    return wanted ? std::optional{found->second.began} : std::nullopt;
}

void metric_board::keep_routes(const std::vector<std::string>& routes) {
    std::lock_guard const lock{mutex_};
    auto const is_gone = [&routes](const std::string& route) {
        return std::find(routes.begin(), routes.end(), route) == routes.end();
    };
    std::erase_if(samples_, [&](const auto& each) { return is_gone(each.first.route); });
    std::erase_if(wishes_, [&](const auto& each) { return is_gone(each.first); });
}

std::map<std::string, fetch_totals> metric_board::totals() const {
    std::lock_guard const lock{mutex_};
    return totals_;
}

std::vector<shown_value> metric_board::values(time_point now) const {
    std::vector<shown_value> all;
    std::lock_guard const lock{mutex_};
    for (auto const& [where, newest] : samples_) {
        auto const reading = reading_of(newest, now);
        if (reading.state == rollout::reading_state::fresh) {
            all.push_back({where.route, where.metric, where.version, reading.value});
        }
    }
    return all;
}

}  // namespace millrace::providers
