#pragma once

#include "proxy/base/clock.hpp"
#include "proxy/base/observation.hpp"
#include "proxy/metrics/counter.hpp"
#include "proxy/metrics/unit_ring.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace millrace::metrics {

/// What is counted of an exchange for an outcome of a rollout.
enum class outcome_event : std::uint8_t {
    failed,             ///< it failed, within the limit
    ended_well,         ///< it ended within the limit without a failure of the version
    answered_well,      ///< a complete good answer came within the limit
    first_byte_in_time  ///< a good answer's first byte came within the limit
};

/// One thing to count, of one version. The limit runs from the assignment.
struct outcome_rule {
    outcome_event event = outcome_event::failed;
    duration limit{};
};

/// What a version is counted by in one epoch: rules by place, each in a ring of ticks that is as
/// coarse as its age allows.
struct evidence_params {
    static constexpr std::size_t rules_max = 16;

    struct version {
        std::vector<outcome_rule> rules;  ///< at most rules_max, the same number for all versions
    };

    time_point origin;                   ///< when the epoch's first tick begins
    std::vector<duration> tick_lengths;  ///< by rule
    std::vector<version> versions;       ///< by backend ref; without rules: takes no part
    /// Of a sticky route: whom to tell the reader of. Null: every request is drawn by itself.
    std::shared_ptr<unit_admission> units = nullptr;
    std::size_t unit_events_max = unit_ring::events_default;  ///< of each worker
};

/// The length of a tick for outcomes of this age: a 32nd of it, at least `shortest`, so that the
/// ticks that are open fill half of a ring and a reader has the other half's time.
[[nodiscard]] duration tick_length_for(duration age, duration shortest) noexcept;

/// What came of one rule in one tick.
struct rule_counts {
    std::uint64_t assigned = 0;
    std::uint64_t events = 0;
};

/// One worker's counts of one version in one epoch, for every rule a ring of 64 ticks by time of
/// assignment. Lifetime: route_evidence's. Thread: one writer, its worker; any reader. No lock, no
/// allocation; an exchange costs about 5 ns a rule.
class evidence_shard {
 public:
    static constexpr std::size_t ticks_kept = 64;

    /// @param units  the worker's ring on a sticky route, which lives as long; or null
    evidence_shard(const evidence_params& params, std::size_t version, unit_ring* units = nullptr);

    /// An exchange was assigned to the version.
    /// @param when  on the worker's clock
    void begin(time_point when) noexcept;

    /// It ended; exactly once per begin(). What it was counts for the tick of its assignment, as
    /// far as it was known within the rules' limits.
    void end(time_point assigned_at, time_point ended_at, const observation& observed) noexcept;

    /// True on a sticky route: what was assigned is told, too, unit by unit.
    [[nodiscard]] bool tells_units() const noexcept { return units_ != nullptr; }

    /// Of a request on a sticky route, besides begin(): which unit it is of. False: the unit is not
    /// followed, and end_of_unit() must not be called.
    /// @param alone  it came without the key, so that `unit` is a draw of its own
    [[nodiscard]] bool begin_of_unit(time_point when, std::uint64_t unit, bool alone) noexcept;

    /// Besides end(); exactly once per begin_of_unit() that was true.
    void end_of_unit(
        std::uint64_t unit, time_point assigned_at, time_point ended_at, const observation& observed
    ) noexcept;

    /// Adds what the tick holds. False when the ring has gone past it: nothing can be said then.
    [[nodiscard]] bool add_to(rule_counts& out, std::size_t rule, std::uint64_t tick)
        const noexcept;

 private:
    struct cell {
        std::atomic<std::uint64_t> tick{0};  ///< number of the tick + 1; 0: never used
        counter assigned;
        counter events;
    };

    struct ring {
        outcome_rule rule;
        duration length;
        std::array<cell, ticks_kept> cells;

        /// The cell of the tick, emptied if it was an older one's; null if it is a later one's
        /// already.
        [[nodiscard]] cell* at(std::uint64_t tick) noexcept;
    };

    [[nodiscard]] std::uint64_t tick_of(const ring& in, time_point when) const noexcept;

    time_point origin_;
    std::vector<std::unique_ptr<ring>> rings_;  // by rule
    unit_ring* units_;
};

/// The evidence of one route in one epoch of its weights, over all workers. Lifetime: shared by the
/// workers' tables and the reader; until the last exchange of the epoch has ended and its ticks are
/// read. Thread: made by control, shards written by their workers, read by control.
class route_evidence {
 public:
    route_evidence(evidence_params params, unsigned workers);

    /// Null when the version takes no part.
    [[nodiscard]] evidence_shard* shard(unsigned worker, std::size_t version) const noexcept;

    /// Over all workers; nothing when some worker's ring has gone past the tick.
    [[nodiscard]] std::optional<rule_counts> counts(
        std::size_t rule, std::uint64_t tick, std::size_t version
    ) const;

    /// Moves what the workers told of units to the end of `into`. One reader at a time.
    void drain_units(std::vector<unit_event>& into) const;

    /// When the tick ends.
    [[nodiscard]] time_point end_of(std::size_t rule, std::uint64_t tick) const noexcept;

    [[nodiscard]] const evidence_params& params() const noexcept { return params_; }

 private:
    evidence_params params_;
    std::vector<std::unique_ptr<unit_ring>> units_;  // by worker; none: not a sticky route
    std::vector<std::vector<std::unique_ptr<evidence_shard>>> shards_;  // by worker and version
};

/// Of the routes that have a rollout, by name.
using evidence_set = std::map<std::string, std::shared_ptr<route_evidence>, std::less<>>;

}  // namespace millrace::metrics
