#include "proxy/app/kept_state.hpp"

#include "proxy/base/log.hpp"
#include "proxy/rollout/state.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <optional>
#include <utility>

namespace millrace::app {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t rollouts_read_max = 100'000;
constexpr std::size_t decisions_at_once = 256;
// As many as are shown of a process's own.
constexpr std::size_t decisions_kept = 50;

/// The newest decisions of a rollout, as they were told to people. Nothing is decided by them, so
/// one that cannot be read stops nothing.
std::vector<std::string> decisions_of(const journal::reader& from, journal::rollout_id rollout) {
    std::vector<std::string> told;
    std::string error;
    std::int64_t last = 0;
    for (;;) {
        auto page = from.decisions(rollout, last, decisions_at_once, error);
        for (auto& row : page) {
            last = row.id;
            told.push_back(std::move(row.evidence));
        }
        if (told.size() > decisions_kept) {
            told.erase(told.begin(), told.end() - static_cast<std::ptrdiff_t>(decisions_kept));
        }
        if (!error.empty()) {
            log::warning("data_dir: rollout {}: {}", rollout.value, error);
        }
        if (page.size() < decisions_at_once || !error.empty()) {
            return told;
        }
    }
}

std::optional<milliseconds> parse(const std::string& text) {
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    unsigned hour = 0;
    unsigned minute = 0;
    unsigned second = 0;
    unsigned thousandths = 0;
    // NOLINTNEXTLINE(cert-err34-c): a number that is none stops it, and too few is no time
    int const read = std::sscanf(
        text.c_str(),
        "%4d-%2u-%2uT%2u:%2u:%2u.%3uZ",
        &year,
        &month,
        &day,
        &hour,
        &minute,
        &second,
        &thousandths
    );
    std::chrono::year_month_day const date{
        std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}};
    if (read != 7 || !date.ok()) {
        return std::nullopt;
    }
    return std::chrono::sys_days{date}.time_since_epoch() + std::chrono::hours{hour} +
           std::chrono::minutes{minute} + std::chrono::seconds{second} + milliseconds{thousandths};
}

control::kept_rollout kept_of(const journal::rollout_row& row, const kept_state& found) {
    control::kept_rollout kept{
        .rollout = row.id,
        .config_hash = row.params_hash,
        .memory = row.memory,
        .at = row.time,
        .ended = row.ended,
        .marked = {},
        .units = {},
        .attempt = row.attempt,
        .proposed = row.proposed,
        .missing = time_between(row.wall_clock, log::wall_clock_text()),
        .decisions = {}};
    for (auto const& mark : found.marks) {
        if (mark.rollout == row.id) {
            kept.marked.push_back(mark.candidate);
        }
    }
    return kept;
}

}  // namespace

milliseconds time_between(const std::string& earlier, const std::string& later) {
    auto const from = parse(earlier);
    auto const to = parse(later);
    return from && to ? std::max(milliseconds{0}, *to - *from) : milliseconds{0};
}

std::int64_t kept_state::last_rollout() const {
    std::int64_t last = 0;
    for (auto const& each : past) {
        last = std::max(last, each.rollout.value);
    }
    for (auto const& mark : marks) {
        // It may name one whose first commit never came: its number is used all the same.
        last = std::max(last, mark.rollout.value);
    }
    return last;
}

std::string read_kept_state(const journal::reader& from, kept_state& found) {
    std::string error;
    found.routes = from.route_states(error);
    if (!error.empty()) {
        return error;
    }
    for (auto const& row : from.rollouts("", rollouts_read_max, error)) {
        found.past.push_back(
            {.route = row.route,
             .rollout = row.id,
             .artifacts = row.artifacts,
             .begun = row.phase != rollout::name_of(rollout::phase::initializing),
             .succeeded = row.phase == rollout::name_of(rollout::phase::succeeded)}
        );
        // The newest comes first.
        if (found.rollouts.count(row.route) == 0) {
            auto const whole = from.rollout(row.id, error);
            if (!error.empty()) {
                return error;
            }
            auto kept = kept_of(*whole, found);
            kept.units = from.units(row.id, error);
            if (!error.empty()) {
                return error;
            }
            kept.decisions = decisions_of(from, row.id);
            found.rollouts.emplace(row.route, std::move(kept));
        }
    }
    if (error.empty()) {
        found.open_rollouts = from.open_rollouts(error);
    }
    return error;
}

}  // namespace millrace::app
