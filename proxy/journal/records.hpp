#pragma once

#include "proxy/journal/operation_records.hpp"

#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

/// What the journal holds: plain data. Texts and blobs are made and read by the callers.
namespace millrace::journal {

/// Names a rollout within one data directory: counted from 1 on, never used twice.
struct rollout_id {
    std::int64_t value = 0;

    friend constexpr auto operator<=>(const rollout_id&, const rollout_id&) = default;
};

/// What each route's traffic split is, by the route's name.
using route_states = std::map<std::string, std::string, std::less<>>;

/// A rollout as it stands: everything that it goes on from after a restart.
struct rollout_row {
    rollout_id id;
    std::string route;
    std::string params;  ///< that it was begun with
    std::string params_hash;
    std::string code_version;           ///< of the gateway that wrote this row
    std::chrono::milliseconds time{0};  ///< the rollout's own
    std::string wall_clock;             ///< RFC 3339, for people
    std::string state;
    std::string memory;       ///< the evidence; any bytes
    std::string route_state;  ///< of the weights that are in force
    bool ended = false;
    // What a replay needs besides.
    std::chrono::milliseconds total_timeout{0};
    std::uint32_t attempt = 1;
    std::string artifacts;         ///< what the candidates are, text of the caller
    std::string phase;             ///< of the state
    std::uint64_t next_input = 0;  ///< memory is what was known before this one
    bool proposed = false;         ///< what it decides was not in force yet

    friend bool operator==(const rollout_row&, const rollout_row&) = default;
};

/// Some inputs of a rollout, one behind the other: what a replay feeds.
struct input_row {
    rollout_id rollout;
    std::uint64_t sequence = 0;  ///< of the first: the caller's count, rising within the rollout
    std::string data;            ///< any bytes
    std::uint32_t inputs = 1;    ///< how many there are in data

    friend bool operator==(const input_row&, const input_row&) = default;
};

/// What changed among the units of a rollout on a sticky route. Gone when the rollout has ended, or
/// another one of its route began.
struct unit_row {
    rollout_id rollout;
    std::string data;  ///< any bytes

    friend bool operator==(const unit_row&, const unit_row&) = default;
};

/// What a rollout knew at a place in its inputs: where a replay may begin, and what it must have
/// found out when it comes there.
struct checkpoint_row {
    rollout_id rollout;
    std::uint64_t sequence = 0;            ///< of the input that comes next
    std::string kind;                      ///< text of the caller
    std::chrono::milliseconds time{0};     ///< the rollout's own
    std::string wall_clock;                ///< RFC 3339, for people
    std::chrono::milliseconds missing{0};  ///< whose evidence is lost before it
    std::string build;                     ///< that decides from here on
    std::string processor;                 ///< likewise
    std::string memory;                    ///< any bytes

    friend bool operator==(const checkpoint_row&, const checkpoint_row&) = default;
};

/// One decision, with everything that explains it.
struct decision_row {
    std::int64_t id = 0;  ///< given when it is written, rising; ignored when writing
    rollout_id rollout;
    std::string route;
    std::string wall_clock;             ///< RFC 3339, for people
    std::chrono::milliseconds time{0};  ///< the rollout's own
    std::string reason;
    std::string summary;        ///< one sentence for people
    std::string evidence;       ///< JSON
    std::string shares_before;  ///< text
    std::string shares_after;
    std::string config_hash;
    std::string code_version;
    std::int64_t input = -1;  ///< sequence of the input that it came of; below 0: of none

    friend bool operator==(const decision_row&, const decision_row&) = default;
};

/// How far the evidence of a rollout has taken labels in; written with that evidence.
struct label_progress_row {
    rollout_id rollout;
    std::string data;  ///< any bytes

    friend bool operator==(const label_progress_row&, const label_progress_row&) = default;
};

/// One label as it was accepted. Times are Unix seconds.
struct label_row {
    std::int64_t received = 0;
    std::uint32_t incarnation = 0;  ///< of the process that answered
    std::uint16_t worker = 0;
    std::uint64_t sequence = 0;  ///< of the worker
    std::uint32_t route = 0;     ///< name id
    std::uint32_t version = 0;   ///< name id of the assigned backend
    std::uint32_t epoch = 0;
    std::uint32_t assigned = 0;
    std::uint8_t kind = 0;  ///< as the writer means it
    double value = 0;

    friend bool operator==(const label_row&, const label_row&) = default;
};

/// What is written together: all of it, or nothing.
struct batch {
    route_states states;                ///< replace those of the same routes
    std::vector<rollout_row> rollouts;  ///< replace those of the same ids
    std::vector<input_row>
        inputs;  ///< replace those of the same sequence: a batch may be sent again
    std::vector<decision_row> decisions;        ///< are added
    std::vector<unit_row> units = {};           ///< are added; one that comes twice does no harm
    std::vector<checkpoint_row> checkpoints{};  ///< replace those of the same place
    std::vector<label_progress_row> label_progress{};  ///< replace those of the same rollouts
    std::vector<audit_row> audit{};                    ///< replace those of the same ids
    delivery_changes deliveries{};

    friend bool operator==(const batch&, const batch&) = default;
};

}  // namespace millrace::journal
