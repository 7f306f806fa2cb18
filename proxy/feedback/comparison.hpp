#pragma once

#include "proxy/feedback/prediction_store.hpp"
#include "proxy/routing/params.hpp"

#include <boost/json/value.hpp>

#include <optional>
#include <string_view>

namespace millrace::feedback {

/// Whether a prediction is right, by the route's rule. Nothing: the two cannot be compared by it,
/// for one of them is no number, or no JSON.
///
///   equal      the same value: numbers by value, texts by character, lists element by element
///   tolerance  two numbers that are at most so far apart
///   set        the same elements, whatever their order and however often; a value that is no list
///              is a list of one, a header is a list by its commas
[[nodiscard]] std::optional<bool> is_right(
    const prediction_store::prediction& said,
    const boost::json::value& truth,
    const routing::label_params& by
);

/// What an answer itself says: right, wrong, true, false, 1 or 0, in any case and with or without
/// quotes.
[[nodiscard]] std::optional<bool> right_or_wrong(std::string_view text);

/// A finite number, with or without quotes.
[[nodiscard]] std::optional<double> number_in(std::string_view text);

}  // namespace millrace::feedback
