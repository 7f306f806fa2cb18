#pragma once

#include <cstdint>
#include <string_view>

namespace millrace::rollout {

/// What somebody outside may have to confirm before it happens. A rollback is none of them.
enum class checkpoint : std::uint8_t {
    none,
    start,     ///< the first step
    step,      ///< a step with more weight
    promotion  ///< the candidate becomes the primary
};

[[nodiscard]] std::string_view name_of(checkpoint of) noexcept;

/// A set of checkpoints.
struct checkpoints {
    bool start = false;
    bool step = false;
    bool promotion = false;

    [[nodiscard]] bool contain(checkpoint one) const noexcept;

    friend bool operator==(const checkpoints&, const checkpoints&) = default;
};

}  // namespace millrace::rollout
