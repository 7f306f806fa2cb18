// What the gateway keeps on disk, and what it finds there when it starts.
#include "proxy/app/gateway.hpp"
#include "proxy/base/log.hpp"
#include "proxy/journal/data_directory.hpp"
#include "proxy/routing/route_state_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace millrace::app {

namespace {

/// A candidate that clients saw being rolled back gets nothing, whatever was recorded of its
/// weight.
routing::route_state without_marked(
    routing::route_state state, const std::vector<journal::rollback_mark>& marks
) {
    std::vector<weight> weights;
    for (auto const& ref : state.refs) {
        bool const marked = std::any_of(marks.begin(), marks.end(), [&](const auto& mark) {
            return mark.route == state.route && mark.candidate == ref.backend;
        });
        weights.push_back(marked ? weight{0} : ref.weight);
    }
    return routing::with_weights(state, weights);
}

/// The weights of the file without any candidate: what is safe when nobody knows what was committed
/// last. When nothing is left the primary gets all.
routing::route_state without_candidates(
    const routing::route_params& file, const rollout::params& rollout
) {
    auto const state = routing::initial_state(file);
    std::vector<weight> weights;
    std::uint64_t sum = 0;
    for (auto const& ref : state.refs) {
        auto const& tried = rollout.candidates;
        bool const is_tried = std::find(tried.begin(), tried.end(), ref.backend) != tried.end();
        weights.push_back(is_tried ? weight{0} : ref.weight);
        sum += weights.back().value;
    }
    for (std::size_t i = 0; sum == 0 && i < weights.size(); ++i) {
        weights[i] = weight{state.refs[i].backend == rollout.primary ? 1U : 0U};
    }
    return routing::with_weights(state, weights);
}

}  // namespace

std::string gateway::open_journal() {
    auto const& directory = config_.data_dir;
    if (directory.empty()) {
        return {};
    }
    std::string error;
    journal_ = rollout_journal::open(directory, config_.journal, kept_, error);
    if (!journal_) {
        if (journal::data_directory::is_in_use(directory)) {
            return error;
        }
        go_on_without_journal(std::move(error));
    }
    restore_weights(kept_);
    return {};
}

/// A disk that fails is no reason to serve nobody: what was committed last goes on, or without
/// candidates what the file says, and no candidate gets more.
void gateway::go_on_without_journal(std::string why) {
    log::error("{}", why);
    std::string error;
    kept_ = read_what_is_left(config_.data_dir, error);
    stopped_journal_ =
        std::make_unique<stopped_journal>(config_.data_dir, config_.journal, std::move(why));
    stopped_journal_->count_from(kept_.last_rollout());
    if (error.empty()) {
        log::error(
            "data_dir: nothing can be recorded: serving with the weights of the last commit,"
            " no candidate gets more weight"
        );
        return;
    }
    log::error("{}", error);
    log::error(
        "data_dir: what was committed last is not known: serving with the weights of the"
        " file, candidates get nothing and no rollout goes on"
    );
    for (auto const& file : config_.table.routes) {
        auto const found = config_.rollouts.find(file.name);
        if (found != config_.rollouts.end()) {
            auto const safe = without_candidates(file, found->second);
            kept_.routes.emplace(file.name, routing::to_text(safe));
        }
    }
}

void gateway::restore_weights(const kept_state& found) {
    table_publisher::route_states states;
    for (auto const& [route, text] : found.routes) {
        if (auto state = routing::route_state_from_text(route, text)) {
            states.emplace(route, without_marked(std::move(*state), found.marks));
        } else {
            log::error(
                "data_dir: the state of route '{}' cannot be read; the file's weights hold", route
            );
        }
    }
    tables_->restore(std::move(states));
}

control::journal_port* gateway::journal_port() const noexcept {
    if (journal_) {
        return journal_.get();
    }
    return stopped_journal_.get();
}

std::string gateway::keep_states(
    const std::vector<routing::route_state>& changed, const table_publisher::route_states& kept
) {
    if (config_.data_dir.empty()) {
        return {};
    }
    journal::route_states texts;
    for (auto const& state : changed) {
        auto text = routing::to_text(state);
        auto const before = kept.find(state.route);
        if (before == kept.end() || routing::to_text(before->second) != text) {
            texts.emplace(state.route, std::move(text));
        }
    }
    // A disk that fails holds up nothing that need not be recorded.
    if (texts.empty()) {
        return {};
    }
    auto const error = journal_ ? journal_->save(std::move(texts)) : stopped_journal_->why();
    return error.empty() ? error
                         : fmt::format("data_dir: the weights cannot be recorded: {}", error);
}

}  // namespace millrace::app
