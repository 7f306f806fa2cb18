#pragma once

#include "proxy/server/ids.hpp"

#include <cstdint>

namespace millrace::feedback {

/// What is said about an answer. Each exchange can have one of each.
enum class label_kind : std::uint8_t {
    label,  ///< right or wrong
    score   ///< how good, in [0, 1]
};

inline constexpr std::size_t label_kinds = 2;

/// One label, verified.
struct label {
    server::exchange_id of;
    label_kind kind = label_kind::label;
    double value = 0;  ///< of a label: 1 right, 0 wrong

    friend bool operator==(const label&, const label&) = default;
};

}  // namespace millrace::feedback
