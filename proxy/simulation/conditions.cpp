#include "proxy/simulation/conditions.hpp"

#include <algorithm>
#include <cmath>

namespace millrace::simulation {

namespace {

behaviour behaviour_at(const version_params& version, milliseconds when) {
    auto now = version.from_start;
    for (auto const& change : version.changes) {
        if (change.at > when) {
            break;
        }
        now.error_rate = change.error_rate.value_or(now.error_rate);
        now.hang_rate = change.hang_rate.value_or(now.hang_rate);
        now.accuracy = change.accuracy.value_or(now.accuracy);
        now.reward = change.reward.value_or(now.reward);
        now.latency.median = change.latency_median.value_or(now.latency.median);
    }
    return now;
}

double between(double from, double to, double part) {
    return from + part * (to - from);
}

course_point course_at(const std::vector<course_point>& course, milliseconds when) {
    if (course.empty()) {
        return {};
    }
    auto const next = std::find_if(course.begin(), course.end(), [when](const auto& point) {
        return point.at > when;
    });
    if (next == course.begin()) {
        return course.front();
    }
    auto const& before = *(next - 1);
    if (next == course.end()) {
        return before;
    }
    auto const part = static_cast<double>((when - before.at).count()) /
                      static_cast<double>((next->at - before.at).count());
    return {
        .at = when,
        .traffic_factor = between(before.traffic_factor, next->traffic_factor, part),
        .error_factor = between(before.error_factor, next->error_factor, part),
        .latency_factor = between(before.latency_factor, next->latency_factor, part)};
}

bool goes_on(const incident& each, milliseconds when) {
    if (when < each.at) {
        return false;
    }
    auto const since = when - each.at;
    return (each.every > milliseconds{0} ? since % each.every : since) < each.lasts;
}

void apply(behaviour& to, double error_factor, double latency_factor) {
    to.error_rate = std::min(to.error_rate * error_factor, 1.0);
    to.hang_rate = std::min(to.hang_rate * error_factor, 1.0);
    auto const median = static_cast<double>(to.latency.median.count()) * latency_factor;
    to.latency.median = microseconds{std::max(std::llround(median), 1LL)};
}

}  // namespace

conditions conditions_at(const world_params& world, milliseconds when) {
    auto const shared = course_at(world.course, when);
    double error_factor = shared.error_factor;
    double latency_factor = shared.latency_factor;
    for (auto const& each : world.incidents) {
        if (goes_on(each, when)) {
            error_factor *= each.error_factor;
            latency_factor *= each.latency_factor;
        }
    }
    conditions made;
    made.requests_per_minute = world.requests_per_minute * shared.traffic_factor;
    for (auto const& version : world.versions) {
        made.versions.push_back(behaviour_at(version, when));
        apply(made.versions.back(), error_factor, latency_factor);
    }
    return made;
}

bool is_constant(const world_params& world) noexcept {
    return world.course.empty() && world.incidents.empty() &&
           std::all_of(world.versions.begin(), world.versions.end(), [](const auto& each) {
               return each.changes.empty();
           });
}

std::vector<milliseconds> turning_points(const world_params& world, milliseconds until) {
    std::vector<milliseconds> points{milliseconds{0}};
    for (auto const& point : world.course) {
        points.push_back(point.at);
    }
    for (auto const& each : world.incidents) {
        points.push_back(each.at);
        points.push_back(each.at + each.lasts);
    }
    for (auto const& version : world.versions) {
        for (auto const& change : version.changes) {
            points.push_back(change.at);
        }
    }
    std::sort(points.begin(), points.end());
    points.erase(std::unique(points.begin(), points.end()), points.end());
    points.erase(
        std::find_if(points.begin(), points.end(), [until](milliseconds at) { return at > until; }),
        points.end()
    );
    return points;
}

double failure_rate(const behaviour& of) noexcept {
    return 1.0 - (1.0 - of.error_rate) * (1.0 - of.hang_rate);
}

}  // namespace millrace::simulation
