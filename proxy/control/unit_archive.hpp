#pragma once

#include "proxy/stats/unit_table.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::control {

/// What changed in a table of units since the last commit.
struct unit_changes {
    std::uint64_t threshold = ~std::uint64_t{0};  ///< as it is now
    std::vector<std::uint32_t> assumed;           ///< unit_table::assumed(), all of it
    std::uint64_t open = 0;  ///< units whose outcome was not known yet: a restart loses it
    std::vector<stats::unit_record> records;  ///< the later of two of one unit holds

    friend bool operator==(const unit_changes&, const unit_changes&) = default;
};

/// Bytes, 20 for a unit. Pure, any thread.
[[nodiscard]] std::string to_bytes(const unit_changes& from);

/// Nothing when the bytes are not whole, or of another layout.
[[nodiscard]] std::optional<unit_changes> unit_changes_from_bytes(std::string_view bytes);

}  // namespace millrace::control
