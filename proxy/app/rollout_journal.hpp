#pragma once

#include "proxy/app/commit_renderer.hpp"
#include "proxy/app/journal_feed.hpp"
#include "proxy/app/kept_state.hpp"
#include "proxy/control/ports.hpp"
#include "proxy/journal/params.hpp"
#include "proxy/journal/rollback_marker.hpp"
#include "proxy/journal/writer.hpp"
#include "proxy/webhooks/dispatcher.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace millrace::app {

/// How the durable record is.
struct journal_health {
    bool writable = true;  ///< the last try went well
    std::string error;     ///< of the last try; empty: it went well
    journal::writer::counts commits;
    journal::rollback_marker::counts marks;
    duration oldest_waiting{};  ///< how long the oldest commit waits for the disk
};

/// The durable record of one gateway: weights, rollouts, decisions and rollbacks, rendered and
/// written on threads of their own. Lifetime: the gateway's. Thread: each member says.
class rollout_journal final : public control::journal_port {
 public:
    /// Null with a text for people in `error` when the directory cannot be used as it should.
    [[nodiscard]] static std::unique_ptr<rollout_journal> open(
        const std::string& directory,
        const journal::params& chosen,
        kept_state& found,
        std::string& error
    );

    /// Writes what people and webhooks wait with.
    ~rollout_journal() override;
    rollout_journal(const rollout_journal&) = delete;
    rollout_journal& operator=(const rollout_journal&) = delete;

    /// Where audit rows and deliveries go.
    [[nodiscard]] journal_feed& feed() noexcept { return feed_; }

    /// Takes away the marks that the weights in force agree with by now, once these are saved;
    /// those of a rollout that goes on leave with its next commit. Control thread.
    void settle(const kept_state& found);

    /// Writes routes' states and waits for the disk. An error text, or empty. Any thread but the
    /// controller's.
    [[nodiscard]] std::string save(journal::route_states states);

    /// Any thread.
    [[nodiscard]] journal_health health() const;

    /// Whose turn it is to write: for a label_store of the same directory.
    [[nodiscard]] std::shared_ptr<journal::write_turn> turn() const { return turn_; }

    [[nodiscard]] journal::rollout_id next_id() override;
    void commit(control::rollout_commit what, std::function<void(std::string)> done) override;
    void abandon(journal::rollout_id rollout, std::string why) override;
    void mark_rollback(journal::rollback_mark mark) override;

 private:
    rollout_journal(
        const journal::params& chosen,
        std::unique_ptr<journal::state_store> store,
        std::unique_ptr<journal::rollback_marks> marks,
        commit_renderer::known known,
        std::int64_t last_id
    );

    void settled(
        const control::rollout_commit& what, const std::string& error, journal::batch written
    );

    std::shared_ptr<journal::write_turn> turn_;
    std::int64_t last_id_;                                  // the controller's thread
    std::map<std::int64_t, control::rollout_commit> held_;  // likewise: found the queue full
    commit_renderer renderer_;                              // the writer's thread
    journal::rollback_marker marker_;
    journal_feed feed_;
    journal::writer writer_;  // ends first: what it calls back uses the others
};

/// Marks a rollback, or says in the log that it cannot be marked.
void mark_or_say(journal::rollback_marker& marker, journal::rollback_mark mark);

/// Both commits as one: what the earlier one held and could not be written stands in front.
/// @param inputs_max  beyond which all inputs are lost
[[nodiscard]] control::rollout_commit joined(
    control::rollout_commit earlier, control::rollout_commit later, std::size_t inputs_max
);

}  // namespace millrace::app
