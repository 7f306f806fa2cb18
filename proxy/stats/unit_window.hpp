#pragma once

#include <cstdint>

namespace millrace::stats {

/// What stands for a unit that sent several requests in its window.
enum class unit_outcome : std::uint8_t {
    fraction,  ///< bad / all, a score: for contrast_bet
    one,       ///< a uniformly drawn request: for rae_*
    any        ///< bad if one was; only where the number of requests cannot depend on the version
};

/// The requests of one unit from its first contact in a weight epoch to the end of its window,
/// which the change of weights cuts in both arms. A value.
struct unit_window {
    std::uint32_t requests = 0;
    std::uint32_t bad = 0;
    bool drawn_bad = false;  ///< whether the drawn request was bad

    /// @param bits  64 uniform bits, for the draw among the requests so far
    void add(bool request_bad, std::uint64_t bits) noexcept;

    /// 0 (all good) to 1 (all bad); for `one` and `any` one of the two. A window without requests
    /// counts as bad: the unit was assigned, and nothing good came of it.
    [[nodiscard]] double badness(unit_outcome chosen) const noexcept;

    friend bool operator==(const unit_window&, const unit_window&) = default;
};

}  // namespace millrace::stats
