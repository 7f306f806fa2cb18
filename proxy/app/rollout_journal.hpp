#pragma once

#include "proxy/control/ports.hpp"
#include "proxy/control/rollout_runner.hpp"
#include "proxy/journal/rollback_marker.hpp"
#include "proxy/journal/writer.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace millrace::app {

/// What a data directory holds when a gateway starts.
struct kept_state {
    journal::route_states routes;                                        ///< texts of routing
    std::map<std::string, control::kept_rollout, std::less<>> rollouts;  ///< the newest, by route
    std::vector<journal::rollback_mark> marks;
};

/// The durable record of one gateway: weights, rollouts, decisions and rollbacks, written on
/// threads of their own. Lifetime: the gateway's. Thread: any.
class rollout_journal final : public control::journal_port {
 public:
    /// Null with a text for people in `error` when the directory cannot be used.
    [[nodiscard]] static std::unique_ptr<rollout_journal> open(
        const std::string& directory, kept_state& found, std::string& error
    );

    /// Takes away the marks that the weights in force agree with by now, once these are saved;
    /// those of a rollout that goes on leave with its next commit.
    void settle(const kept_state& found);

    /// Writes routes' states and waits for the disk. An error text, or empty. Not on the
    /// controller's thread.
    [[nodiscard]] std::string save(journal::route_states states);

    [[nodiscard]] journal::rollout_id next_id() override;
    void commit(control::rollout_commit what, std::function<void(std::string)> done) override;
    void mark_rollback(journal::rollback_mark mark) override;

 private:
    rollout_journal(
        std::unique_ptr<journal::state_store> store,
        std::unique_ptr<journal::rollback_marks> marks,
        std::int64_t last_id
    );

    [[nodiscard]] std::string write_and_wait(journal::route_states states);
    [[nodiscard]] journal::batch batch_of(const control::rollout_commit& what);
    void keep_unwritten(journal::rollout_id rollout, journal::batch batch);

    std::mutex mutex_;
    std::int64_t last_id_;
    std::map<std::int64_t, std::uint64_t> next_sequence_;      // by rollout
    std::map<std::int64_t, journal::batch> unwritten_;         // inputs and decisions, by rollout
    std::map<std::string, std::string, std::less<>> weights_;  // in force, by route
    journal::rollback_marker marker_;
    journal::writer writer_;  // ends first: what it calls back uses the others
};

}  // namespace millrace::app
