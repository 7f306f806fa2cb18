#pragma once

#include "proxy/control/rollout_runner.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace millrace::control {

/// A gateway with one route and two versions, without workers: tests play the traffic.
class fake_weights final : public weights_port {
 public:
    fake_weights();

    [[nodiscard]] std::optional<routing::route_state> state_of(std::string_view route) override;
    void publish(
        const routing::route_state& next,
        std::shared_ptr<metrics::route_evidence> evidence,
        std::function<void()> done
    ) override;
    [[nodiscard]] metrics::version_totals totals(std::string_view route, std::string_view backend)
        override;

    [[nodiscard]] unsigned workers() const override { return 1; }

    /// Weight of the candidate, of 10,000.
    [[nodiscard]] std::uint32_t candidate_weight() const;
    [[nodiscard]] std::size_t publications() const;
    [[nodiscard]] std::shared_ptr<metrics::route_evidence> evidence() const;

    /// Somebody else's weights.
    void set_by_hand(std::uint32_t primary, std::uint32_t candidate);

    /// `requests` in the version at that time, each answered after a millisecond.
    void serve(std::size_t version, std::uint64_t requests, std::uint64_t failures, time_point at);

    /// A good request of a unit, in the version that holds its point.
    void serve_unit(std::uint64_t unit, time_point at);

 private:
    mutable std::mutex mutex_;
    routing::route_state state_;
    std::shared_ptr<metrics::route_evidence> evidence_;
    std::size_t publications_ = 0;
};

/// Keeps what is committed; answers when the test says so.
class fake_journal final : public journal_port {
 public:
    [[nodiscard]] journal::rollout_id next_id() override { return {++last_id_}; }

    void commit(rollout_commit what, std::function<void(std::string)> done) override;

    void abandon(journal::rollout_id rollout, std::string /*why*/) override {
        abandoned.push_back(rollout);
    }

    void mark_rollback(journal::rollback_mark mark) override { marks.push_back(std::move(mark)); }

    std::vector<rollout_commit> commits;
    std::vector<journal::rollback_mark> marks;
    std::vector<journal::rollout_id> abandoned;
    std::string error;  ///< that commits answer with
    bool hangs = false;
    std::vector<std::function<void(std::string)>> unanswered;  ///< while it hangs, in order

 private:
    std::int64_t last_id_ = 0;
};

/// A rollout of `candidate` on route `risk`, judged by its errors.
[[nodiscard]] rollout_setup error_rate_setup();

}  // namespace millrace::control
