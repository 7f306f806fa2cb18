#pragma once

#include "proxy/app/kept_state.hpp"
#include "proxy/control/ports.hpp"
#include "proxy/journal/data_directory.hpp"
#include "proxy/journal/rollback_marker.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace millrace::app {

/// The record of a gateway whose data directory cannot be written, or whose database is damaged: it
/// records nothing, so that no candidate gets more; rollbacks take effect all the same, and are
/// marked where the file of marks can still be written. Lifetime: the gateway's. Thread: the
/// controller's.
class stopped_journal final : public control::journal_port {
 public:
    /// Takes what can be had of the directory: its lock, and the file of marks. Waits for the disk.
    /// @param why  for people: what is wrong with the directory
    stopped_journal(const std::string& directory, const journal::params& chosen, std::string why);

    [[nodiscard]] const std::string& why() const noexcept { return why_; }

    /// Numbers above those that were met.
    void count_from(std::int64_t last_id) { last_id_ = last_id; }

    [[nodiscard]] journal::rollout_id next_id() override { return {++last_id_}; }

    /// Fails at once.
    void commit(control::rollout_commit what, std::function<void(std::string)> done) override;
    void abandon(journal::rollout_id rollout, std::string why) override;
    void mark_rollback(journal::rollback_mark mark) override;

 private:
    std::string why_;
    std::int64_t last_id_ = 0;
    std::unique_ptr<journal::data_directory> directory_;  // null: it cannot be locked
    std::unique_ptr<journal::rollback_marker> marker_;    // null: it cannot be written
};

/// What can still be read of a directory that a gateway cannot use as it should: its marks, and
/// what was committed last when the database is sound. Waits for the disk.
/// @param error  why the database tells nothing; empty: `found` is what was committed last
[[nodiscard]] kept_state read_what_is_left(const std::string& directory, std::string& error);

}  // namespace millrace::app
