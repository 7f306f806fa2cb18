#include "tests/unit/app/recorded_rollout.hpp"

#include "proxy/journal/connection.hpp"
#include "proxy/journal/input_rows.hpp"
#include "proxy/journal/state_store.hpp"
#include "proxy/rollout/archive.hpp"
#include "proxy/rollout/marked.hpp"

#include <catch2/catch.hpp>

#include <utility>

namespace millrace::app {

namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t half = 1U << 15U;

std::unique_ptr<rollout::experiment> begin() {
    return std::make_unique<rollout::experiment>(
        recorded_params(), 1s, rollout::experiment::commitment::when_recorded
    );
}

}  // namespace

struct recorded_rollout::open_parts {
    std::unique_ptr<journal::state_store> store;
    std::unique_ptr<commit_renderer> renderer;
};

rollout::params recorded_params() {
    rollout::params params;
    params.primary = "primary";
    params.candidates = {"candidate"};
    params.steps = {10, 50, 100};
    params.guardrails = {rollout::guardrail_params{.floor = 0.1}};
    params.attempt = 2;
    return params;
}

recorded_rollout::recorded_rollout(const std::string& directory, journal::params chosen)
    : directory_{directory}, chosen_{chosen}, running_{begin()} {
    open();
    next_.route = "risk";
    next_.rollout = {1};
    next_.config_hash = "one";
    next_.total_timeout = 1s;
    next_.artifacts = "candidate@1";
    next_.params = recorded_params();
    next_.start = {.resumed = false, .missing = {}, .memory = running_->remembered()};
}

recorded_rollout::~recorded_rollout() = default;

void recorded_rollout::open() {
    std::string error;
    parts_ = std::make_unique<open_parts>();
    parts_->store = journal::state_store::open(directory_, error);
    INFO(error);
    REQUIRE(parts_->store);
    commit_renderer::known known;
    known.next_inputs[1] = parts_->store->next_sequence({1}, error);
    parts_->renderer = std::make_unique<commit_renderer>(chosen_, std::move(known));
}

rollout::input recorded_rollout::next_input(std::uint64_t failures) {
    rollout::input told;
    told.now = next_.at + 250ms;
    told.epoch = std::exchange(epoch_, std::nullopt);
    told.committed = std::exchange(committed_, std::nullopt);
    for (std::uint16_t outcome = 0; outcome < 2; ++outcome) {
        told.ticks.push_back(
            {.outcome = outcome,
             .epoch = epoch_in_force_,
             .tick = tick_,
             .masses = {half, half},
             .counts = {{100, 1}, {100, failures}}}
        );
    }
    ++tick_;
    return told;
}

void recorded_rollout::play(int periods, std::uint64_t failures) {
    for (int i = 0; i < periods; ++i) {
        tick(failures);
    }
}

void recorded_rollout::tick(std::uint64_t failures) {
    auto told = next_input(failures);
    next_.at = told.now;
    auto const came = running_->advance(told);
    next_.inputs.push_back(std::move(told));
    auto const after = came.proposed ? running_->proposal()->state : running_->now();
    for (auto const& each : came.decisions) {
        next_.decisions.push_back(
            {.route = "risk",
             .rollout = {1},
             .time = "2026-01-01T00:00:00.000Z",
             .at = next_.at,
             .decision = each,
             .who = {},
             .why = {},
             .evidence = came.evidence,
             .before = came.before,
             .after = after}
        );
    }
    if (came.proposed) {
        committed_ = commit(*running_->proposal(), true);
    } else {
        if (came.shares_changed) {
            epoch_ = ++epoch_in_force_;
        }
        (void)commit(running_->remembered(), false);
    }
}

bool recorded_rollout::commit(const rollout::experiment::memory& memory, bool proposal) {
    next_.memory = memory;
    next_.proposal = proposal;
    auto batch = parts_->renderer->render(next_);
    bool const refused = proposal && std::exchange(refuses_, false);
    if (refused) {
        parts_->renderer->keep_unwritten({1}, true, std::move(batch));
    } else {
        auto const error = parts_->store->write(batch);
        INFO(error);
        REQUIRE(error.empty());
    }
    next_.start.reset();
    next_.inputs.clear();
    next_.decisions.clear();
    next_.inputs_lost = 0;
    return !refused;
}

void recorded_rollout::kill_and_resume(bool marked) {
    auto memory = running_->proposal().value_or(running_->remembered());
    if (marked) {
        rollout::take_out_marked(memory.state, {"candidate"}, {"candidate"});
    }
    parts_.reset();
    open();
    running_ = begin();
    running_->restore(memory);
    committed_.reset();
    next_.start = {.resumed = true, .missing = 700ms, .memory = std::move(memory)};
}

void recorded_rollout::lose_inputs(std::uint64_t count) {
    next_.inputs_lost = count;
}

const rollout::state& recorded_rollout::state() const {
    return running_->now();
}

void recorded_rollout::tamper(const std::string& sql) {
    parts_.reset();
    std::string error;
    auto const opened = journal::open_connection(
        directory_ + "/millrace.db", journal::file_access::read_write, error
    );
    REQUIRE(opened);
    REQUIRE(journal::run(opened.get(), sql.c_str()).empty());
}

}  // namespace millrace::app
