#pragma once

#include "proxy/journal/records.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace millrace::journal {

/// That clients have seen a candidate of a rollout being rolled back.
struct rollback_mark {
    std::string route;
    rollout_id rollout;
    std::string candidate;    ///< the backend that got its traffic taken
    std::uint32_t epoch = 0;  ///< of the weights without it

    friend bool operator==(const rollback_mark&, const rollback_mark&) = default;
};

/// One mark as it lies in the file. A block of its own, so that a write of one never tears another:
///
///   bytes  0- 7  "MILLMARK"           24-31  rollout id
///          8-11  format version       32-35  epoch
///         12-15  zero                 36-39  length of the route's name
///         16-23  sequence             40-43  length of the candidate's name; then both names,
///         zeros
///   last 8       SipHash-2-4 of everything before them, under a fixed key
///
/// Numbers are little-endian. A slot of zeros is free.
inline constexpr std::size_t mark_slot_bytes = 4096;

using mark_slot = std::array<char, mark_slot_bytes>;

enum class slot_content : std::uint8_t {
    free,
    intact,
    torn,  ///< the write did not come to its end, or the disk lost it: nothing is known
    newer  ///< intact, but a newer millrace wrote it
};

struct slot_reading {
    slot_content content = slot_content::free;
    rollback_mark mark;          ///< of an intact one
    std::uint64_t sequence = 0;  ///< of an intact one
};

/// Nothing: the names are too long for a slot (4044 bytes together).
/// @param sequence  rises with each mark that is written
[[nodiscard]] std::optional<mark_slot> to_slot(const rollback_mark& mark, std::uint64_t sequence);

[[nodiscard]] slot_reading read_slot(const mark_slot& slot);

}  // namespace millrace::journal
