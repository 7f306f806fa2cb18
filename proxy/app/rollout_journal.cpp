#include "proxy/app/rollout_journal.hpp"

#include "proxy/app/audit_log.hpp"
#include "proxy/base/log.hpp"
#include "proxy/journal/reader.hpp"

#include <algorithm>
#include <cstddef>
#include <future>
#include <iterator>
#include <utility>

namespace millrace::app {

namespace {

// A quarter of an hour of a disk that does not answer.
constexpr std::size_t held_inputs_max = 3'600;
constexpr char queue_is_full[] = "too many commits wait for the disk";

template <class T>
std::vector<T> chained(std::vector<T> first, std::vector<T> second) {
    first.insert(
        first.end(), std::make_move_iterator(second.begin()), std::make_move_iterator(second.end())
    );
    return first;
}

/// What people did, and what webhooks did not get.
std::string read_operations(const journal::state_store& store, kept_state& found) {
    std::string error;
    found.audit = store.audit(audit_log::shown_max, error);
    if (error.empty()) {
        found.deliveries.outbox = store.outbox(error);
    }
    if (error.empty()) {
        found.deliveries.dead_letters =
            store.dead_letters(webhooks::dead_letter_box::shown_max, error);
    }
    return error;
}

std::vector<std::string> taken_out(const control::rollout_commit& what) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < what.params.candidates.size(); ++i) {
        if (what.memory.state.candidates[i].out) {
            out.push_back(what.params.candidates[i]);
        }
    }
    return out;
}

}  // namespace

control::rollout_commit joined(
    control::rollout_commit earlier, control::rollout_commit later, std::size_t inputs_max
) {
    // What was proposed and not recorded never held.
    if (earlier.proposal) {
        std::erase_if(earlier.decisions, [&earlier](const auto& each) {
            return each.at == earlier.at;
        });
    }
    later.decisions = chained(std::move(earlier.decisions), std::move(later.decisions));
    later.units = chained(std::move(earlier.units), std::move(later.units));
    if (earlier.start) {
        later.start = std::move(earlier.start);
    }
    if (!later.weights) {
        later.weights = std::move(earlier.weights);
    }
    // Inputs that are lost in the middle make those before them useless too.
    bool const broken = later.inputs_lost != 0;
    if (broken || earlier.inputs.size() + later.inputs.size() > inputs_max) {
        later.inputs_lost += earlier.inputs.size();
        later.inputs_lost += earlier.inputs_lost;
        return later;
    }
    later.inputs_lost = earlier.inputs_lost;
    later.inputs = chained(std::move(earlier.inputs), std::move(later.inputs));
    return later;
}

std::unique_ptr<rollout_journal> rollout_journal::open(
    const std::string& directory,
    const journal::params& chosen,
    kept_state& found,
    std::string& error
) {
    auto store = journal::state_store::open(directory, error);
    auto marks = store ? journal::rollback_marks::open(directory, error) : nullptr;
    auto const reader = marks ? journal::reader::open(directory, error) : nullptr;
    if (!reader) {
        return nullptr;
    }
    if (marks->found().torn != 0) {
        log::warning("data_dir: {} torn rollback marks were met", marks->found().torn);
    }
    found.marks = marks->found().marks;
    error = read_kept_state(*reader, found);
    commit_renderer::known known;
    known.weights = found.routes;
    for (auto const& row : found.open_rollouts) {
        known.open_rollouts.emplace(row.id.value, row);
    }
    if (error.empty()) {
        error = read_operations(*store, found);
    }
    for (auto const& [route, kept] : found.rollouts) {
        if (error.empty()) {
            known.next_inputs[kept.rollout.value] = store->next_sequence(kept.rollout, error);
        }
    }
    if (!error.empty()) {
        return nullptr;
    }
    auto turn = store->turn();
    std::unique_ptr<rollout_journal> made{new rollout_journal{
        chosen, std::move(store), std::move(marks), std::move(known), found.last_rollout()}};
    for (auto const& row : found.open_rollouts) {
        if (found.rollouts.at(row.route).rollout != row.id) {
            made->abandon(row.id, "a newer one took its place");
        }
    }
    made->turn_ = std::move(turn);
    return made;
}

rollout_journal::rollout_journal(
    const journal::params& chosen,
    std::unique_ptr<journal::state_store> store,
    std::unique_ptr<journal::rollback_marks> marks,
    commit_renderer::known known,
    std::int64_t last_id
)
    : last_id_{last_id},
      renderer_{chosen, std::move(known)},
      marker_{std::move(marks), chosen},
      feed_{[this](journal::batch what, std::function<void(std::string)> done) {
          return writer_.commit(std::move(what), std::move(done));
      }},
      writer_{std::move(store), chosen} {}

rollout_journal::~rollout_journal() {
    feed_.finish();
}

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
    auto written = std::make_shared<std::promise<std::string>>();
    auto const before = std::make_shared<journal::route_states>();
    auto answer = written->get_future();
    bool const taken = writer_.commit_made(
        [this, before, states = std::move(states)] {
            *before = renderer_.weights();
            return renderer_.render(states);
        },
        [this, before, written](std::string error, const journal::batch& /*batch*/) {
            if (!error.empty()) {
                renderer_.put_back(std::move(*before));
            }
            written->set_value(std::move(error));
        }
    );
    return taken ? answer.get() : queue_is_full;
}

journal_health rollout_journal::health() const {
    auto error = writer_.last_error();
    return {
        .writable = error.empty(),
        .error = std::move(error),
        .commits = writer_.counted(),
        .marks = marker_.counted(),
        .oldest_waiting = writer_.oldest_pending_age(clock::now())};
}

journal::rollout_id rollout_journal::next_id() {
    return {++last_id_};
}

void rollout_journal::commit(control::rollout_commit what, std::function<void(std::string)> done) {
    auto const id = what.rollout.value;
    if (auto const held = held_.find(id); held != held_.end()) {
        what = joined(std::move(held->second), std::move(what), held_inputs_max);
        held_.erase(held);
    }
    auto const shared = std::make_shared<control::rollout_commit>(std::move(what));
    bool const taken = writer_.commit_made(
        [this, shared] { return renderer_.render(*shared); },
        [this, shared, done](const std::string& error, journal::batch written) {
            settled(*shared, error, std::move(written));
            done(error);
        }
    );
    if (!taken) {
        held_.emplace(id, std::move(*shared));
        done(queue_is_full);
    }
}

void rollout_journal::settled(
    const control::rollout_commit& what, const std::string& error, journal::batch written
) {
    if (!error.empty()) {
        renderer_.keep_unwritten(what.rollout, what.proposal, std::move(written));
        return;
    }
    for (auto const& candidate : taken_out(what)) {
        // A mark that stays says what the database says too.
        [[maybe_unused]] auto const queued = marker_.clear(what.rollout, candidate, {});
    }
}

void rollout_journal::abandon(journal::rollout_id rollout, std::string why) {
    bool const taken = writer_.commit_made(
        [this, rollout, why = std::move(why)] { return renderer_.render_abandoned(rollout, why); },
        [rollout](const std::string& error, const journal::batch& /*batch*/) {
            if (!error.empty()) {
                log::warning("rollout {} stays open in the journal: {}", rollout.value, error);
            }
        }
    );
    if (!taken) {
        log::warning("rollout {} stays open in the journal: {}", rollout.value, queue_is_full);
    }
}

void rollout_journal::mark_rollback(journal::rollback_mark mark) {
    mark_or_say(marker_, std::move(mark));
}

void mark_or_say(journal::rollback_marker& marker, journal::rollback_mark mark) {
    auto const report = [route = mark.route](const std::string& error) {
        if (!error.empty()) {
            log::error("the rollback on route '{}' cannot be marked: {}", route, error);
        }
    };
    if (!marker.mark(std::move(mark), report)) {
        report("too many marks wait for the disk");
    }
}

}  // namespace millrace::app
