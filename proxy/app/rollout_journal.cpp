#include "proxy/app/rollout_journal.hpp"

#include "proxy/admin/rollout_rendering.hpp"
#include "proxy/app/rollout_views.hpp"
#include "proxy/app/version.hpp"
#include "proxy/base/log.hpp"
#include "proxy/config/dump.hpp"
#include "proxy/journal/reader.hpp"
#include "proxy/rollout/archive.hpp"
#include "proxy/routing/route_state_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <future>
#include <utility>

namespace millrace::app {

namespace {

// A quarter of an hour of a disk that takes nothing.
constexpr std::size_t unwritten_inputs_max = 3'600;

std::string shares_text(const rollout::state& of, const rollout::params& params) {
    std::string text;
    for (std::size_t i = 0; i < of.candidates.size(); ++i) {
        text += fmt::format(
            "{}{}={:g}", text.empty() ? "" : " ", params.candidates[i], of.candidates[i].share
        );
    }
    return text;
}

std::string state_text(const rollout::state& of) {
    return fmt::format(
        "{}, {}, step {}", rollout::name_of(of.phase), rollout::name_of(of.verdict), of.step
    );
}

/// The newest rollout of each route that has weights, with what it remembers.
std::string read_rollouts(const std::string& directory, kept_state& found) {
    std::string error;
    auto const reader = journal::reader::open(directory, error);
    for (auto const& [route, text] : found.routes) {
        if (!reader || !error.empty()) {
            break;
        }
        auto const newest = reader->rollouts(route, 1, error);
        auto const row = newest.empty() ? std::nullopt : reader->rollout(newest[0].id, error);
        if (!row) {
            continue;
        }
        control::kept_rollout kept{
            .rollout = row->id,
            .config_hash = row->params_hash,
            .memory = row->memory,
            .at = row->time,
            .ended = row->ended,
            .marked = {}};
        for (auto const& mark : found.marks) {
            if (mark.rollout == row->id) {
                kept.marked.push_back(mark.candidate);
            }
        }
        found.rollouts.emplace(route, std::move(kept));
    }
    return error;
}

}  // namespace

std::unique_ptr<rollout_journal> rollout_journal::open(
    const std::string& directory, kept_state& found, std::string& error
) {
    auto store = journal::state_store::open(directory, error);
    if (!store) {
        return nullptr;
    }
    auto marks = journal::rollback_marks::open(directory, error);
    if (!marks) {
        return nullptr;
    }
    if (marks->found().torn != 0) {
        log::warning("data_dir: {} torn rollback marks were met", marks->found().torn);
    }
    found.marks = marks->found().marks;
    found.routes = store->load(error);
    if (error.empty()) {
        error = read_rollouts(directory, found);
    }
    auto const last = error.empty() ? store->last_rollout(error) : journal::rollout_id{};
    std::map<std::int64_t, std::uint64_t> sequences;
    for (auto const& [route, kept] : found.rollouts) {
        if (error.empty()) {
            sequences[kept.rollout.value] = store->next_sequence(kept.rollout, error);
        }
    }
    if (!error.empty()) {
        return nullptr;
    }
    // A mark may name a rollout whose first commit never came: its number is used all the same.
    auto last_id = last.value;
    for (auto const& mark : found.marks) {
        last_id = std::max(last_id, mark.rollout.value);
    }
    std::unique_ptr<rollout_journal> made{
        new rollout_journal{std::move(store), std::move(marks), last_id}};
    made->weights_ = found.routes;
    made->next_sequence_ = std::move(sequences);
    return made;
}

rollout_journal::rollout_journal(
    std::unique_ptr<journal::state_store> store,
    std::unique_ptr<journal::rollback_marks> marks,
    std::int64_t last_id
)
    : last_id_{last_id},
      marker_{std::move(marks), journal::params{}},
      writer_{std::move(store), journal::params{}} {}

void rollout_journal::settle(const kept_state& found) {
    for (auto const& mark : found.marks) {
        auto const kept = found.rollouts.find(mark.route);
        bool const goes_on = kept != found.rollouts.end() && kept->second.rollout == mark.rollout &&
                             !kept->second.ended;
        if (!goes_on && !marker_.clear(mark.rollout, mark.candidate, {})) {
            log::warning("a rollback mark of route '{}' stays for another start", mark.route);
        }
    }
}

std::string rollout_journal::save(journal::route_states states) {
    std::map<std::string, std::string, std::less<>> before;
    {
        std::lock_guard const lock{mutex_};
        before = weights_;
        for (auto const& [route, text] : states) {
            weights_.insert_or_assign(route, text);
        }
    }
    auto error = write_and_wait(std::move(states));
    if (!error.empty()) {
        std::lock_guard const lock{mutex_};
        weights_ = std::move(before);
    }
    return error;
}

std::string rollout_journal::write_and_wait(journal::route_states states) {
    auto written = std::make_shared<std::promise<std::string>>();
    auto answer = written->get_future();
    journal::batch batch;
    batch.states = std::move(states);
    if (!writer_.commit(std::move(batch), [written](std::string error) {
            written->set_value(std::move(error));
        })) {
        return "too many commits wait for the disk";
    }
    return answer.get();
}

journal::rollout_id rollout_journal::next_id() {
    std::lock_guard const lock{mutex_};
    return {++last_id_};
}

journal::batch rollout_journal::batch_of(const control::rollout_commit& what) {
    std::lock_guard const lock{mutex_};
    // What could not be written before goes out again, with the same numbers.
    auto batch = std::exchange(unwritten_[what.rollout.value], {});
    if (what.weights) {
        weights_.insert_or_assign(what.route, routing::to_text(*what.weights));
    }
    if (auto const known = weights_.find(what.route); known != weights_.end()) {
        batch.states.insert_or_assign(known->first, known->second);
    }
    batch.rollouts.push_back(
        {.id = what.rollout,
         .route = what.route,
         .params = config::dump_json(what.params),
         .params_hash = what.config_hash,
         .code_version = revision_text,
         .time = what.at,
         .wall_clock = log::wall_clock_text(),
         .state = state_text(what.memory.state),
         .memory = rollout::to_bytes(what.memory),
         .route_state = weights_[what.route],
         .ended = what.memory.state.ended()}
    );
    auto& sequence = next_sequence_[what.rollout.value];
    for (auto const& input : what.inputs) {
        batch.inputs.push_back({what.rollout, sequence++, rollout::to_bytes(input)});
    }
    for (auto const& each : what.decisions) {
        batch.decisions.push_back(
            {.id = 0,
             .rollout = what.rollout,
             .route = what.route,
             .wall_clock = each.time,
             .time = each.at,
             .reason = std::string{rollout::name_of(each.decision.why)},
             .summary = each.decision.detail,
             .evidence = admin::rendering::decision(decision_of(each), what.params),
             .shares_before = shares_text(each.before, what.params),
             .shares_after = shares_text(each.after, what.params),
             .config_hash = what.config_hash,
             .code_version = revision_text}
        );
    }
    return batch;
}

void rollout_journal::commit(control::rollout_commit what, std::function<void(std::string)> done) {
    std::vector<std::string> recorded;
    for (std::size_t i = 0; i < what.params.candidates.size(); ++i) {
        if (what.memory.state.candidates[i].out) {
            recorded.push_back(what.params.candidates[i]);
        }
    }
    auto const batch = batch_of(what);
    auto when_written =
        [this, done, recorded, batch, rollout = what.rollout](const std::string& error) {
            if (!error.empty()) {
                keep_unwritten(rollout, batch);
            }
            for (std::size_t i = 0; error.empty() && i < recorded.size(); ++i) {
                // A mark that stays says what the database says too.
                [[maybe_unused]] auto const queued = marker_.clear(rollout, recorded[i], {});
            }
            done(error);
        };
    if (!writer_.commit(batch, when_written)) {
        when_written("too many commits wait for the disk");
    }
}

void rollout_journal::keep_unwritten(journal::rollout_id rollout, journal::batch batch) {
    batch.states.clear();
    batch.rollouts.clear();
    std::lock_guard const lock{mutex_};
    auto& kept = unwritten_[rollout.value];
    // What was taken meanwhile is younger.
    batch.inputs.insert(batch.inputs.end(), kept.inputs.begin(), kept.inputs.end());
    batch.decisions.insert(batch.decisions.end(), kept.decisions.begin(), kept.decisions.end());
    if (batch.inputs.size() > unwritten_inputs_max) {
        auto const excess = batch.inputs.size() - unwritten_inputs_max;
        log::error("rollout {}: {} inputs are lost to the journal", rollout.value, excess);
        batch.inputs.erase(
            batch.inputs.begin(), batch.inputs.begin() + static_cast<std::ptrdiff_t>(excess)
        );
    }
    kept = std::move(batch);
}

void rollout_journal::mark_rollback(journal::rollback_mark mark) {
    auto const route = mark.route;
    auto const report = [route](const std::string& error) {
        if (!error.empty()) {
            log::error("the rollback on route '{}' cannot be marked: {}", route, error);
        }
    };
    if (!marker_.mark(std::move(mark), report)) {
        report("too many marks wait for the disk");
    }
}

}  // namespace millrace::app
