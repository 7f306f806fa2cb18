#pragma once

#include "proxy/control/ports.hpp"
#include "proxy/journal/records.hpp"
#include "proxy/rollout/experiment.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What the controller says, as the journal's rows. Pure, any thread. A replay makes the same rows
/// again and compares.
namespace millrace::app {

/// @param route_state  text of the weights in force
/// @param next_input   sequence of the input behind the commit
[[nodiscard]] journal::rollout_row rollout_row_of(
    const control::rollout_commit& what, std::string route_state, std::uint64_t next_input
);

/// @param input  sequence of the input that it came of; below 0: not known
[[nodiscard]] journal::decision_row decision_row_of(
    const control::decision_record& made,
    const rollout::params& params,
    std::string config_hash,
    std::int64_t input
);

/// That nothing comes behind a rollout that has not ended by itself.
[[nodiscard]] journal::decision_row closing_row_of(const journal::rollout_row& of, std::string why);

/// Inputs one behind the other: of each its length (four bytes, little-endian), then its bytes.
[[nodiscard]] std::string to_block(const std::vector<rollout::input>& inputs);

/// Nothing when the bytes are not whole, or not just so many inputs.
[[nodiscard]] std::optional<std::vector<rollout::input>> inputs_of(
    std::string_view block, std::uint32_t count
);

}  // namespace millrace::app
