#pragma once

#include "proxy/routing/route_state.hpp"

#include <optional>
#include <string>
#include <string_view>

/// A route's state as text, for the journal. Pure, any thread.
namespace millrace::routing {

/// Lines: "epoch N", "file_refs HASH", "ref WEIGHT BACKEND" each, "piece BEGIN VERSION" each.
[[nodiscard]] std::string to_text(const route_state& state);

/// The state of `route` again, or nothing when the text is not one that to_text could have made.
[[nodiscard]] std::optional<route_state> route_state_from_text(
    std::string_view route, std::string_view text
);

}  // namespace millrace::routing
