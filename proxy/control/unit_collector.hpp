#pragma once

#include "proxy/control/unit_archive.hpp"
#include "proxy/control/unit_windows.hpp"
#include "proxy/routing/traffic_split.hpp"
#include "proxy/stats/unit_table.hpp"

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <vector>

namespace millrace::control {

struct unit_collector_params {
    std::size_t units_max = 0;  ///< that are remembered, >= 1
    std::uint64_t salt = 0;     ///< another one for each rollout
    duration window{};          ///< of a unit's requests
    stats::unit_outcome judged_by = stats::unit_outcome::fraction;
    duration tick_length{};  ///< > 0
};

/// Reads what the workers tell of the units of a sticky route and turns it into outcomes, each with
/// the coin that really decided it: a unit enters once per weight epoch, and what was seen of it
/// before says how much of its coin was left (stats::toss_coin). Requests without the key are units
/// of their own.
///
/// Epochs go in order: the next one's events wait in their rings until no worker assigns by the
/// one before, so that what is known of a unit is never behind what it did.
///
/// Lifetime: the rollout's. Thread: control.
///
///   collector.begin(epoch, split);  for (auto& tick : collector.read(clock::now())) ...
class unit_collector {
 public:
    explicit unit_collector(const unit_collector_params& chosen);

    /// Whom the workers tell of: for the evidence_params of each epoch.
    [[nodiscard]] std::shared_ptr<metrics::unit_admission> admission() const { return admission_; }

    /// From now on this epoch is in force, or will be in a moment: it cuts the windows of the one
    /// before, which ends for good with finish_before().
    /// @param split  the route's partition
    void begin(evidence_epoch epoch, const routing::traffic_split& split);

    /// How many epochs have begun.
    [[nodiscard]] std::uint64_t begun() const noexcept { return begun_; }

    /// No worker assigns by the epochs before that one any more.
    /// @param number  the n-th that began is n
    void finish_before(std::uint64_t number);

    /// Nor by the newest since then: somebody else's weights are in force.
    void finish_all(time_point when);

    /// For weights under which nobody was told of: every unit counts as met under them, since those
    /// that came are not known.
    void assume_all_met(const routing::traffic_split& split);

    /// Every tick whose time has come since the last call.
    [[nodiscard]] std::vector<rollout::unit_tick> read(time_point now);

    /// What has to be stored since the last call, as bytes; empty: nothing.
    [[nodiscard]] std::string take_changes();

    /// Before the first epoch: what an earlier process gave, in order. False: it cannot be read,
    /// nothing changed.
    [[nodiscard]] bool restore(const std::vector<std::string>& stored);

    /// Units that are remembered.
    [[nodiscard]] std::size_t size() const noexcept { return table_.size(); }

    /// Units whose outcome the end of an earlier process took.
    [[nodiscard]] std::uint64_t lost() const noexcept { return lost_; }

 private:
    struct epoch_units {
        epoch_units(
            evidence_epoch of,
            std::vector<stats::coin_part> parts,
            const unit_windows_params& returning,
            const unit_windows_params& lone
        );

        [[nodiscard]] bool is_done(std::size_t outcome) const;
        [[nodiscard]] bool is_done() const;
        void cut(time_point when);

        std::uint64_t number = 0;
        evidence_epoch epoch;
        std::vector<stats::coin_part> partition;
        unit_windows units;  // that come back
        unit_windows alone;  // requests without the key
        bool ended = false;  // no worker assigns by it, and what they told was taken
        bool ending = false;
    };

    void drain();
    void take(epoch_units& by, const metrics::unit_event& event);
    void meet(epoch_units& by, const metrics::unit_event& first);
    void open_alone(epoch_units& by, const metrics::unit_event& only);

    unit_collector_params params_;
    stats::unit_table table_;
    std::shared_ptr<metrics::unit_admission> admission_;
    std::list<epoch_units> epochs_;  // what they hold points to itself
    std::uint64_t begun_ = 0;
    std::vector<metrics::unit_event> events_;
    std::vector<stats::unit_record> changed_;
    bool has_changed_ = false;
    std::uint64_t lost_ = 0;
};

}  // namespace millrace::control
