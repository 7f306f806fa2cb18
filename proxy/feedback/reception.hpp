#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace millrace::feedback {

/// What became of one label. The names are those of the answers and of
/// `millrace_feedback_labels_total`.
enum class reception : std::uint8_t {
    accepted,       ///< it counts, and is on disk where there is a data_dir
    duplicate,      ///< the exchange has its label; the first one counts
    late,           ///< the answer is too old: its tick has entered the evidence
    early,          ///< the exchange has not ended yet
    unknown,        ///< forged, of another gateway, or of weights that nobody judges any more
    malformed,      ///< cannot be understood
    no_prediction,  ///< a true value, but the prediction is not remembered, or is of another type
    failed          ///< not recorded: nothing of it counts, it may be sent again
};

inline constexpr std::size_t receptions = static_cast<std::size_t>(reception::failed) + 1;

[[nodiscard]] std::string_view name_of(reception of) noexcept;

}  // namespace millrace::feedback
