#pragma once

#include "proxy/journal/records.hpp"
#include "proxy/journal/state_store.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>

namespace millrace::journal {

/// Bytes that a text could not hold.
inline const std::string any_bytes{"\0\xff\x80'\n\0", 6};

inline rollout_row sample_rollout(std::int64_t id, const std::string& route) {
    rollout_row row;
    row.id = {id};
    row.route = route;
    row.params = "candidate: v2";
    row.params_hash = "5eed";
    row.code_version = "0.1.0";
    row.time = std::chrono::milliseconds{1500};
    row.wall_clock = "2026-01-01T00:00:00.000Z";
    row.state = "progressing";
    row.memory = any_bytes;
    row.route_state = "v1=90 v2=10";
    return row;
}

inline decision_row sample_decision(std::int64_t rollout, const std::string& summary) {
    decision_row row;
    row.rollout = {rollout};
    row.route = "risk";
    row.wall_clock = "2026-01-01T00:00:01.000Z";
    row.time = std::chrono::milliseconds{2500};
    row.reason = "step_opened";
    row.summary = summary;
    row.evidence = R"({"log_e": 4.5})";
    row.shares_before = "90 10";
    row.shares_after = "75 25";
    row.config_hash = "c0ffee";
    row.code_version = "0.1.0";
    return row;
}

inline checkpoint_row sample_checkpoint(std::int64_t rollout, std::uint64_t sequence) {
    checkpoint_row row;
    row.rollout = {rollout};
    row.sequence = sequence;
    row.kind = "periodic";
    row.time = std::chrono::milliseconds{1500};
    row.wall_clock = "2026-01-01T00:00:01.500Z";
    row.missing = std::chrono::milliseconds{20};
    row.build = "0.1.0 abc";
    row.processor = "x86-64";
    row.memory = any_bytes;
    return row;
}

/// A batch that has something of everything, each part of which tells its number.
inline batch numbered_batch(std::uint64_t number) {
    auto const text = std::to_string(number);
    batch made;
    made.states = {{"a", text}, {"b", text}};
    made.rollouts = {sample_rollout(1, "risk")};
    made.rollouts.front().state = text;
    made.inputs = {{{1}, number, text}};
    made.decisions = {sample_decision(1, text)};
    return made;
}

inline std::unique_ptr<state_store> open_store(const std::string& directory) {
    std::string error;
    auto store = state_store::open(directory, error);
    INFO(error);
    REQUIRE(error.empty());
    REQUIRE(store);
    return store;
}

}  // namespace millrace::journal
