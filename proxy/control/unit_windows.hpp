#pragma once

#include "proxy/control/evidence_collector.hpp"
#include "proxy/metrics/unit_ring.hpp"
#include "proxy/rollout/outcome.hpp"
#include "proxy/stats/unit_window.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

namespace millrace::control {

/// A unit that was assigned by a coin: what its outcome bets with.
struct unit_bet {
    std::uint64_t unit = 0;  ///< its hash
    time_point opened;       ///< when it was assigned
    std::uint16_t arm = 0;
    std::vector<std::uint32_t> masses;  ///< by arm, of its own coin; empty: the partition's
};

struct unit_windows_params {
    duration window{};       ///< from the assignment on; 0: one request is all there is
    duration tick_length{};  ///< > 0
    stats::unit_outcome judged_by = stats::unit_outcome::fraction;
    std::uint64_t salt = 0;          ///< of the hash by which units are ordered and thinned
    std::size_t tick_units_max = 0;  ///< of a tick, the others are left out at random; 0: no limit
};

/// What units did in one weight epoch, each from its assignment to the end of its window, and how
/// it enters the tests: by tick of assignment, whole, in order, when the window and the outcome's
/// age have passed. The change of weights cuts all windows. A failure that shows early is looked
/// for in a window of its own age only, so that it enters early.
/// Lifetime: of the epoch in a unit_collector. Thread: control.
class unit_windows {
 public:
    /// @param epoch  outlives this
    unit_windows(const evidence_epoch& epoch, const unit_windows_params& chosen);

    void open(unit_bet bet);

    /// A request was assigned or ended. False: its unit has no open window here.
    bool tell(const metrics::unit_event& of);

    /// The weights changed: what is assigned later belongs to no window.
    void cut(time_point when);

    [[nodiscard]] bool is_cut_before(time_point when) const { return cut_ && *cut_ < when; }

    /// Adds every tick of the outcome whose time has come since the last call.
    void read(std::size_t outcome, time_point now, std::vector<rollout::unit_tick>& out);

    /// True when nothing that was opened is to be read for the outcome.
    [[nodiscard]] bool is_read(std::size_t outcome) const;

    /// Units whose window is open, or waits for its age.
    [[nodiscard]] std::size_t size() const noexcept { return places_.size(); }

 private:
    /// Of one unit and one outcome.
    struct tally {
        std::uint32_t begun = 0;
        stats::unit_window ended;
    };

    struct tick_units {
        std::uint64_t threshold = ~std::uint64_t{0};  // who is kept, by second hash
        std::size_t kept = 0;
        std::vector<unit_bet> bets;
        std::vector<tally> tallies;  // by unit and outcome
    };

    struct place {
        tick_units* tick = nullptr;
        std::size_t index = 0;
    };

    [[nodiscard]] std::uint64_t second_hash_of(const unit_bet& bet) const;
    [[nodiscard]] duration window_of(std::size_t outcome) const;
    [[nodiscard]] bool covers(const unit_bet& bet, std::size_t outcome, time_point when) const;
    [[nodiscard]] time_point time_of(std::uint64_t tick, std::size_t outcome) const;
    [[nodiscard]] rollout::unit_tick tick_of(
        std::uint64_t number, const tick_units& units, std::size_t outcome
    ) const;
    [[nodiscard]] std::vector<std::size_t> order_of(const tick_units& units) const;
    [[nodiscard]] double badness(const tick_units& in, std::size_t unit, std::size_t outcome) const;
    void thin(tick_units& all) const;
    void forget_read_ticks();

    const evidence_epoch& epoch_;
    unit_windows_params params_;
    std::optional<time_point> cut_;
    std::map<std::uint64_t, tick_units> ticks_;        // by number
    std::unordered_map<std::uint64_t, place> places_;  // by unit
    std::vector<std::uint64_t> next_;                  // tick to be read, by outcome
};

}  // namespace millrace::control
