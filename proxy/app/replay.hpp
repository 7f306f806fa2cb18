#pragma once

#include "proxy/journal/reader.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace millrace::app {

/// What a replay of one rollout found.
struct replay_report {
    static constexpr std::size_t differences_max = 20;

    journal::rollout_id rollout;
    std::string route;
    std::string begins;  ///< kind and wall clock of the checkpoint that it began with
    std::uint64_t first_input = 0;
    std::uint64_t inputs = 0;                    ///< that were fed again
    std::uint64_t decisions = 0;                 ///< that came out as they were recorded
    std::uint64_t decisions_without_inputs = 0;  ///< whose inputs are not kept, or never were
    std::uint64_t memories = 0;                  ///< that came out bit for bit as recorded
    std::uint64_t resumes = 0;                   ///< by a process that went on
    std::chrono::milliseconds missing{0};        ///< of wall clock between processes: lost evidence
    std::uint64_t inputs_lost = 0;               ///< that never reached the disk
    bool exact = true;  ///< bits were compared, not values within the tolerance
    double tolerance = 0;
    std::vector<std::string> differences;  ///< the first ones, for people; none: all is as recorded
    std::string error;        ///< why it could not go on; empty: the rest of the report holds
    bool is_damaged = false;  ///< the error is that a record is not what was written
};

/// Feeds the recorded inputs of a rollout to the controller's own code, from the first checkpoint
/// that is kept, and compares every decision and every checkpoint with the record. What a build or
/// a processor other than this one recorded is compared by verdict and value.
/// @param tolerance  of values; nothing: 0 on the same build and processor, else 1e-9
/// Waits for the disk. Thread: the reader's.
[[nodiscard]] replay_report replay(
    const journal::reader& from, journal::rollout_id rollout, std::optional<double> tolerance
);

}  // namespace millrace::app
