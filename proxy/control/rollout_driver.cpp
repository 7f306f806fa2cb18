#include "proxy/control/rollout_driver.hpp"

#include "proxy/base/log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace millrace::control {

namespace {

/// The version with the largest weight; the first of equals.
std::string primary_of(const routing::route_state& state) {
    auto const largest =
        std::max_element(state.refs.begin(), state.refs.end(), [](const auto& a, const auto& b) {
            return a.weight < b.weight;
        });
    return largest == state.refs.end() ? std::string{} : largest->backend;
}

}  // namespace

rollout_driver::rollout_driver(
    weights_port& weights, journal_port* journal, duration pace, rollout_listeners others
)
    : weights_{weights}, journal_{journal}, pace_{pace}, others_{others} {}

rollout_driver::~rollout_driver() {
    stop();
}

void rollout_driver::restore(
    std::map<std::string, kept_rollout, std::less<>> kept, std::vector<past_rollout> past
) {
    post([this, kept = std::move(kept), past = std::move(past)] {
        kept_ = kept;
        for (auto const& each : past) {
            attempts_.add(each);
        }
    });
}

void rollout_driver::configure(std::vector<rollout_setup> setups) {
    post([this, setups = std::move(setups)] { configure_here(setups); });
}

void rollout_driver::start() {
    thread_ = std::thread{[this] { run(); }};
}

void rollout_driver::stop() {
    {
        std::lock_guard const lock{mutex_};
        stopping_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable()) {
        thread_.join();
        for (auto const& [route, runner] : runners_) {
            runner->finish();
        }
    }
}

void rollout_driver::post(std::function<void()> job) {
    {
        std::lock_guard const lock{mutex_};
        jobs_.push_back(std::move(job));
    }
    wake_.notify_one();
}

void rollout_driver::run() {
    auto next = clock::now();
    std::unique_lock lock{mutex_};
    while (!stopping_) {
        run_jobs(lock);
        auto const now = clock::now();
        bool const all = now >= next;
        lock.unlock();
        tick(now, all);
        lock.lock();
        if (all) {
            // After a machine that slept, no burst of ticks.
            next = std::max(next + pace_, clock::now());
        }
        wake_.wait_until(lock, next, [this] { return stopping_ || !jobs_.empty(); });
    }
}

void rollout_driver::tick(time_point now, bool all) {
    bool any = all;
    for (auto const& [route, runner] : runners_) {
        // What was just recorded takes effect at once, not at the next tick.
        if (all || runner->is_answered()) {
            runner->tick(now);
            any = true;
        }
    }
    if (any) {
        show_views();
    }
}

void rollout_driver::run_jobs(std::unique_lock<std::mutex>& lock) {
    auto const jobs = std::exchange(jobs_, {});
    lock.unlock();
    for (auto const& job : jobs) {
        job();
    }
    lock.lock();
}

void rollout_driver::configure_here(const std::vector<rollout_setup>& setups) {
    close_those_without(setups);
    for (auto const& setup : setups) {
        if (runners_.count(setup.route) != 0) {
            continue;
        }
        if (auto made = make_runner(setup)) {
            runners_.emplace(setup.route, std::move(made));
        }
    }
    // Of the process before: what the first file did not take up does not go on later either.
    for (auto const& [route, kept] : std::exchange(kept_, {})) {
        auto const running = runners_.find(route);
        bool const goes_on = running != runners_.end() && running->second->id() == kept.rollout;
        if (!goes_on && !kept.ended && journal_ != nullptr) {
            log::warning("rollout of route '{}' does not go on: the file has another one", route);
            journal_->abandon(kept.rollout, "the file changed while nothing ran");
        }
    }
    show_views();
}

void rollout_driver::close_those_without(const std::vector<rollout_setup>& setups) {
    for (auto running = runners_.begin(); running != runners_.end();) {
        auto const& [route, runner] = *running;
        auto const wanted = std::find_if(setups.begin(), setups.end(), [&](const auto& each) {
            return each.route == running->first;
        });
        if (wanted != setups.end() && wanted->config_hash == runner->setup().config_hash) {
            ++running;
            continue;
        }
        if (!runner->ended()) {
            runner->close(
                wanted == setups.end() ? "it is not in the file any more"
                                       : "the file has another one, which begins anew"
            );
        }
        attempts_.add(runner->as_past());
        running = runners_.erase(running);
    }
}

std::unique_ptr<rollout_runner> rollout_driver::make_runner(rollout_setup setup) {
    if (setup.params.primary.empty()) {
        auto const state = weights_.state_of(setup.route);
        setup.params.primary = state ? primary_of(*state) : std::string{};
    }
    auto const& candidates = setup.params.candidates;
    auto const found = kept_.find(setup.route);
    auto const kept = found != kept_.end() && found->second.config_hash == setup.config_hash
                          ? std::optional{found->second}
                          : std::nullopt;
    if (!kept && std::count(candidates.begin(), candidates.end(), setup.params.primary) != 0) {
        log::error(
            "rollout of route '{}': its candidate '{}' has the largest weight; name the primary",
            setup.route,
            setup.params.primary
        );
        return nullptr;
    }
    setup.params.attempt = kept ? kept->attempt : attempts_.next(setup.route, setup.artifacts);
    auto made = std::make_unique<rollout_runner>(
        setup,
        kept ? kept->rollout : new_id(),
        rollout_runner::parts{
            .weights = weights_,
            .journal = journal_,
            .on_driver = [this](std::function<void()> job) { post(std::move(job)); },
            .pace = pace_,
            .labels = others_.labels,
            .hooks = others_.hooks,
            .metrics = metrics_}
    );
    if (!kept || made->resume(*kept)) {
        return made;
    }
    log::error("rollout of route '{}': what was recorded of it cannot be read", setup.route);
    if (kept->ended) {
        return nullptr;
    }
    if (journal_ != nullptr) {
        journal_->abandon(kept->rollout, "what was recorded of it cannot be read");
    }
    kept_.erase(found);
    return make_runner(std::move(setup));
}

journal::rollout_id rollout_driver::new_id() {
    return journal_ != nullptr ? journal_->next_id() : journal::rollout_id{++last_id_};
}

void rollout_driver::show_views() {
    std::map<std::string, std::shared_ptr<const rollout_view>, std::less<>> views;
    for (auto const& [route, runner] : runners_) {
        views.emplace(route, runner->view());
    }
    std::lock_guard const lock{mutex_};
    views_ = std::move(views);
}

command_answer rollout_driver::command(std::string_view route, given_command command) {
    auto const shown = view(route);
    if (!shown) {
        return command_answer::no_rollout;
    }
    if (shown->state.ended()) {
        return command_answer::ended;
    }
    post([this, name = std::string{route}, command = std::move(command)] {
        if (auto const found = runners_.find(name); found != runners_.end()) {
            found->second->give(command);
        }
    });
    return command_answer::taken;
}

std::vector<std::shared_ptr<const rollout_view>> rollout_driver::views() const {
    std::vector<std::shared_ptr<const rollout_view>> all;
    std::lock_guard const lock{mutex_};
    for (auto const& [route, view] : views_) {
        all.push_back(view);
    }
    return all;
}

std::shared_ptr<const rollout_view> rollout_driver::view(std::string_view route) const {
    std::lock_guard const lock{mutex_};
    auto const found = views_.find(route);
    return found == views_.end() ? nullptr : found->second;
}

}  // namespace millrace::control
