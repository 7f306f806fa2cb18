#pragma once

#include <boost/json/value.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace millrace::feedback {

/// The truth itself, to be compared with what was predicted.
struct true_value {
    boost::json::value value;
};

/// The answer was right, or wrong.
struct right {
    bool value = false;
};

/// How good the answer was; finite.
struct score {
    double value = 0;
};

/// One label as it was sent. With an error nothing else counts.
struct feedback_item {
    std::string id;  ///< an x-millrace-id
    std::variant<right, score, true_value> says;
    std::string error;  ///< what is wrong with it, for people
};

/// What a body holds.
struct feedback_body {
    std::vector<feedback_item> items;
    std::string error;  ///< the body as a whole cannot be read; then there are no items
};

/// One object, a list of them, or (lines) one a line: newline-delimited JSON, where a line that
/// cannot be read is an item with an error. Each object has an `id` and one of
/// `label` (true, false, "right", "wrong"), `score` (a number) and `true_value` (no object, not
/// null). Unknown members are errors, so that none is lost by its spelling.
[[nodiscard]] feedback_body parse_feedback(std::string_view text, bool lines);

}  // namespace millrace::feedback
