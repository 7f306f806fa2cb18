#include "proxy/app/commit_renderer.hpp"

#include "proxy/app/build_identity.hpp"
#include "proxy/app/journal_rows.hpp"
#include "proxy/base/log.hpp"
#include "proxy/rollout/archive.hpp"
#include "proxy/routing/route_state_text.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace millrace::app {

namespace {

// Five minutes of ticks; a replay begins at one of these, and what is dropped ends at one.
constexpr std::uint64_t checkpoint_inputs = 1'200;
// Of what a rollout may keep: so many segments, the newest of which always stays.
constexpr std::uint64_t segments = 8;
// A quarter of an hour of a disk that takes nothing.
constexpr std::uint64_t unwritten_inputs_max = 3'600;

/// The sequence of the input that a decision came of: of the last one with its time.
std::int64_t input_of(
    const control::decision_record& made,
    const std::vector<rollout::input>& inputs,
    std::uint64_t first
) {
    auto const found = std::find_if(inputs.rbegin(), inputs.rend(), [&made](const auto& each) {
        return each.now == made.at;
    });
    if (found == inputs.rend()) {
        return -1;
    }
    auto const place = std::distance(inputs.begin(), found.base()) - 1;
    return static_cast<std::int64_t>(first) + place;
}

std::uint64_t inputs_in(const journal::batch& of) {
    std::uint64_t all = 0;
    for (auto const& each : of.inputs) {
        all += each.inputs;
    }
    return all;
}

template <class T>
void put_in_front(std::vector<T>& all, std::vector<T> earlier) {
    all.insert(
        all.begin(),
        std::make_move_iterator(earlier.begin()),
        std::make_move_iterator(earlier.end())
    );
}

}  // namespace

commit_renderer::commit_renderer(const journal::params& chosen, known from)
    : chosen_{chosen},
      weights_{std::move(from.weights)},
      open_rollouts_{std::move(from.open_rollouts)},
      build_{build_identity()},
      processor_{processor_identity()} {
    for (auto const& [rollout, next] : from.next_inputs) {
        progress_[rollout].next = next;
    }
}

journal::batch commit_renderer::render(const control::rollout_commit& what) {
    auto batch = std::exchange(unwritten_[what.rollout.value], {});
    if (what.weights) {
        weights_.insert_or_assign(what.route, routing::to_text(*what.weights));
    }
    auto const weights = weights_.find(what.route);
    if (weights != weights_.end()) {
        batch.states.insert_or_assign(weights->first, weights->second);
    }
    auto& at = progress_[what.rollout.value];
    auto const first = at.next + what.inputs_lost;
    bool const is_lost = at.lost || what.inputs_lost != 0;
    for (auto const& each : what.decisions) {
        auto const input = is_lost ? -1 : input_of(each, what.inputs, first);
        batch.decisions.push_back(decision_row_of(each, what.params, what.config_hash, input));
    }
    if (!what.label_progress.empty()) {
        batch.label_progress.push_back({what.rollout, what.label_progress});
    }
    for (auto const& changes : what.units) {
        batch.units.push_back({what.rollout, changes});
    }
    add_inputs(what, at, batch);
    auto row =
        rollout_row_of(what, weights == weights_.end() ? std::string{} : weights->second, at.next);
    add_checkpoint(what, row, at, batch);
    if (what.closed) {
        batch.decisions.push_back(closing_row_of(row, what.why_closed));
    }
    open_rollouts_.erase(what.rollout.value);
    batch.rollouts.push_back(std::move(row));
    return batch;
}

void commit_renderer::add_inputs(
    const control::rollout_commit& what, progress& at, journal::batch& to
) const {
    if (what.start) {
        to.checkpoints.push_back(
            {.rollout = what.rollout,
             .sequence = at.next,
             .kind = what.start->resumed ? checkpoint_kind::resumed : checkpoint_kind::begun,
             .time = what.inputs.empty() ? what.at : what.inputs.front().now,
             .wall_clock = log::wall_clock_text(),
             .missing = what.start->missing,
             .build = build_,
             .processor = processor_,
             .memory = rollout::to_bytes(what.start->memory)}
        );
    }
    at.lost = at.lost || what.inputs_lost != 0;
    if (!at.lost && !what.inputs.empty()) {
        auto const count = static_cast<std::uint32_t>(what.inputs.size());
        to.inputs.push_back({what.rollout, at.next, to_block(what.inputs), count});
        at.inputs += count;
        at.bytes += to.inputs.back().data.size();
    }
    at.next += what.inputs_lost + what.inputs.size();
}

void commit_renderer::add_checkpoint(
    const control::rollout_commit& what,
    const journal::rollout_row& row,
    progress& at,
    journal::batch& to
) const {
    bool const is_time =
        at.inputs >= checkpoint_inputs || at.bytes >= chosen_.rollout_bytes_max / segments;
    // What is proposed is not known to hold yet.
    if (what.proposal || (!at.lost && !is_time)) {
        return;
    }
    to.checkpoints.push_back(
        {.rollout = what.rollout,
         .sequence = at.next,
         .kind = at.lost ? checkpoint_kind::after_loss : checkpoint_kind::periodic,
         .time = what.at,
         .wall_clock = row.wall_clock,
         .missing = {},
         .build = build_,
         .processor = processor_,
         .memory = row.memory}
    );
    at = {.next = at.next};
}

journal::batch commit_renderer::render(const journal::route_states& set) {
    journal::batch batch;
    for (auto const& [route, text] : set) {
        weights_.insert_or_assign(route, text);
    }
    batch.states = set;
    return batch;
}

journal::batch commit_renderer::render_abandoned(journal::rollout_id rollout, std::string why) {
    journal::batch batch;
    auto const found = open_rollouts_.find(rollout.value);
    if (found != open_rollouts_.end()) {
        batch.decisions.push_back(closing_row_of(found->second, std::move(why)));
        batch.rollouts.push_back(std::move(found->second));
        batch.rollouts.back().ended = true;
        open_rollouts_.erase(found);
    }
    return batch;
}

void commit_renderer::keep_unwritten(
    journal::rollout_id rollout, bool proposal, journal::batch batch
) {
    if (proposal) {
        std::erase_if(batch.decisions, [&batch](const auto& each) {
            return each.time == batch.rollouts.back().time;
        });
    }
    batch.states.clear();
    batch.rollouts.clear();
    auto& kept = unwritten_[rollout.value];
    put_in_front(kept.inputs, std::move(batch.inputs));
    put_in_front(kept.decisions, std::move(batch.decisions));
    put_in_front(kept.units, std::move(batch.units));
    put_in_front(kept.checkpoints, std::move(batch.checkpoints));
    if (auto const held = inputs_in(kept); held > unwritten_inputs_max) {
        log::error("rollout {}: {} inputs are lost to the journal", rollout.value, held);
        kept.inputs.clear();
        kept.checkpoints.clear();
        for (auto& each : kept.decisions) {
            each.input = -1;
        }
        progress_[rollout.value].lost = true;
    }
}

}  // namespace millrace::app
