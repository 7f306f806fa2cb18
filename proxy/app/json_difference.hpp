#pragma once

#include <boost/json/value.hpp>

#include <optional>
#include <string>

namespace millrace::app {

/// Where two documents differ first, for people: "evidence[0].log_e: recorded 4.5, recomputed 4.6".
/// Nothing when they do not.
/// @param tolerance  numbers a and b are equal when |a - b| <= tolerance * max(1, |a|, |b|); 0:
/// only
///                   the same numbers
[[nodiscard]] std::optional<std::string> first_difference(
    const boost::json::value& recorded, const boost::json::value& recomputed, double tolerance
);

}  // namespace millrace::app
