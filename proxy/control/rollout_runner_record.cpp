// What a rollout tells and commits: rollout_runner's way to the record.
#include "proxy/base/log.hpp"
#include "proxy/control/rollout_runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace millrace::control {

namespace {

constexpr std::size_t decisions_shown = 50;
// Every third tick: what a kill takes is younger than a second, the disk's time included.
constexpr std::chrono::milliseconds commit_interval{700};

}  // namespace

std::vector<decision_record> rollout_runner::records_of(
    const rollout::output& came,
    const std::vector<given_command>& commands,
    const rollout::state& after
) const {
    std::vector<decision_record> made;
    std::size_t command = 0;
    for (auto const& each : came.decisions) {
        decision_record record{
            .route = setup_.route,
            .rollout = rollout_,
            .time = log::wall_clock_text(),
            .at = now_,
            .decision = each,
            .who = {},
            .why = {},
            .evidence = came.evidence,
            .before = came.before,
            .after = after};
        if (each.why == rollout::reason::commanded && command < commands.size()) {
            record.who = commands[command].who;
            record.why = commands[command].why;
            ++command;
        }
        made.push_back(std::move(record));
    }
    return made;
}

void rollout_runner::remember(std::vector<decision_record> made) {
    for (auto& each : made) {
        to_commit_.push_back(each);
        show(std::move(each));
    }
}

void rollout_runner::show(decision_record made) {
    log::info(
        "rollout of route '{}': {}{}{}",
        setup_.route,
        rollout::name_of(made.decision.why),
        made.decision.detail.empty() ? "" : ": ",
        made.decision.detail
    );
    recent_.push_back(std::move(made));
    if (recent_.size() > decisions_shown) {
        recent_.pop_front();
    }
}

rollout_commit rollout_runner::commit_of(rollout::experiment::memory memory) {
    return {
        .route = setup_.route,
        .rollout = rollout_,
        .at = now_,
        .config_hash = setup_.config_hash,
        .total_timeout = setup_.total_timeout,
        .artifacts = setup_.artifacts,
        .params = setup_.params,
        .start = std::exchange(start_, std::nullopt),
        .memory = std::move(memory),
        .inputs_lost = std::exchange(inputs_lost_, 0),
        .inputs = std::exchange(inputs_, {}),
        .units = take_unit_changes(),
        .decisions = std::exchange(to_commit_, {}),
        .weights = std::exchange(weights_to_commit_, std::nullopt),
        .label_progress =
            with_.labels == nullptr ? std::string{} : with_.labels->progress(setup_.route)};
}

std::vector<std::string> rollout_runner::take_unit_changes() {
    auto changes = units_ ? units_->take_changes() : std::string{};
    return changes.empty() ? std::vector<std::string>{}
                           : std::vector<std::string>{std::move(changes)};
}

void rollout_runner::commit(rollout_commit what, std::function<void(std::string)> done) {
    if (with_.journal == nullptr) {
        done({});
        return;
    }
    commit_pending_ = true;
    with_.journal->commit(std::move(what), later(std::move(done)));
}

void rollout_runner::finish() {
    if (with_.journal != nullptr && !inputs_.empty()) {
        with_.journal->commit(commit_of(experiment_.remembered()), [](const std::string&) {});
    }
}

void rollout_runner::close(std::string why) {
    log::warning("rollout of route '{}' ends where it is: {}", setup_.route, why);
    if (with_.journal == nullptr) {
        return;
    }
    auto what = commit_of(experiment_.remembered());
    what.closed = true;
    what.why_closed = std::move(why);
    with_.journal->commit(std::move(what), [route = setup_.route](const std::string& error) {
        if (!error.empty()) {
            log::error("the end of the rollout of route '{}' cannot be recorded: {}", route, error);
        }
    });
}

past_rollout rollout_runner::as_past() const {
    auto const& state = experiment_.now();
    return {
        .route = setup_.route,
        .rollout = rollout_,
        .artifacts = setup_.artifacts,
        .begun = state.phase != rollout::phase::initializing,
        .succeeded = state.phase == rollout::phase::succeeded};
}

std::function<void(std::string)> rollout_runner::later(std::function<void(std::string)> then) {
    return [this,
            post = with_.on_driver,
            alive = std::weak_ptr<bool>{alive_},
            then = std::move(then)](const std::string& error) {
        post([this, alive, then, error] {
            if (alive.lock()) {
                commit_pending_ = false;
                then(error);
            }
        });
    };
}

void rollout_runner::commit_sometimes(time_point now) {
    if (with_.journal == nullptr || commit_pending_ || now - last_commit_ < commit_interval ||
        experiment_.has_proposal() || inputs_.empty()) {
        return;
    }
    last_commit_ = now;
    commit(commit_of(experiment_.remembered()), [this](const std::string& error) {
        if (!error.empty() && trouble_ != error) {
            log::error(
                "rollout of route '{}': evidence cannot be recorded: {}", setup_.route, error
            );
        }
        trouble_ = error;
    });
}

}  // namespace millrace::control
