#pragma once

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

    friend bool operator==(const rollout_row&, const rollout_row&) = default;
};

/// One input of a rollout: what a replay feeds.
struct input_row {
    rollout_id rollout;
    std::uint64_t sequence = 0;  ///< the caller's count, rising within the rollout
    std::string data;            ///< any bytes

    friend bool operator==(const input_row&, const input_row&) = default;
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

    friend bool operator==(const decision_row&, const decision_row&) = default;
};

/// What is written together: all of it, or nothing.
struct batch {
    route_states states;                ///< replace those of the same routes
    std::vector<rollout_row> rollouts;  ///< replace those of the same ids
    std::vector<input_row>
        inputs;  ///< replace those of the same sequence: a batch may be sent again
    std::vector<decision_row> decisions;  ///< are added

    friend bool operator==(const batch&, const batch&) = default;
};

}  // namespace millrace::journal
