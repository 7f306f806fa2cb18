#pragma once

#include "proxy/journal/connection.hpp"
#include "proxy/journal/data_directory.hpp"
#include "proxy/journal/params.hpp"
#include "proxy/journal/records.hpp"
#include "proxy/journal/write_turn.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace millrace::journal {

/// The durable state of a gateway, in the SQLite file `millrace.db` of its data directory: traffic
/// splits, rollouts with their evidence, their inputs, and every decision. This is what start-up
/// reads and the one way in which anything is written; a `writer` takes it over to a thread of its
/// own, so that nobody waits for the disk. A `reader` may read beside it.
/// Lifetime: the gateway's; holds the lock of the directory. Thread: one at a time. Calls wait for
/// the disk.
///
///   std::string error;  auto store = journal::state_store::open("/var/lib/millrace", error);
class state_store {
 public:
    using route_states = journal::route_states;

    /// Makes the directory (0700) and the file when they are not there, checks the whole file and
    /// brings its schema up to date. Null with a text for people in `error` when that fails: the
    /// directory is another gateway's, the file is damaged, or of a newer millrace, or the disk
    /// cannot be written. Such a file stays as it is.
    [[nodiscard]] static std::unique_ptr<state_store> open(
        const std::string& directory, std::string& error
    );

    /// Every route's state by name; an error text in `error` when the file cannot be read.
    [[nodiscard]] route_states load(std::string& error) const;

    /// The rollouts that have not ended, oldest first, as of the last batch that was written.
    [[nodiscard]] std::vector<rollout_row> open_rollouts(std::string& error) const;

    /// The largest id of any rollout that was written. A rollback mark may name a later one, whose
    /// batch never came: the next rollout gets a number above both.
    [[nodiscard]] rollout_id last_rollout(std::string& error) const;

    /// The sequence that the next input of a rollout gets; 0 when it has none yet.
    [[nodiscard]] std::uint64_t next_sequence(rollout_id rollout, std::string& error) const;

    /// The newest `rows_max`, in the order of their ids.
    [[nodiscard]] std::vector<audit_row> audit(std::size_t rows_max, std::string& error) const;
    [[nodiscard]] std::vector<dead_letter_row> dead_letters(
        std::size_t rows_max, std::string& error
    ) const;

    /// Everything that webhooks have not taken yet, oldest first.
    [[nodiscard]] std::vector<outbox_row> outbox(std::string& error) const;

    /// Writes a batch in one transaction. An error text, or empty.
    ///
    /// Empty: all of it is on disk, and stays there when the power goes. An error: nothing of it is
    /// in force and the next batch may go well; when the process dies before any other batch was
    /// written, it may turn up after all, but whole.
    [[nodiscard]] std::string write(const batch& written);

    /// Writes some routes' states, as write() does.
    [[nodiscard]] std::string save(const route_states& changed);

    /// Takes what the params do not keep for a replay (see prune_rows), a bounded part of the work
    /// at a time; the file reuses the room.
    /// @return  false: nothing is left to do, or an error, which is in `error`
    [[nodiscard]] bool prune(const params& kept, std::string& error);

    /// Whose turn it is to write: for who writes to the file on a connection beside this one.
    [[nodiscard]] std::shared_ptr<write_turn> turn() const { return turn_; }

 private:
    state_store(std::unique_ptr<data_directory> directory, connection opened);

    std::unique_ptr<data_directory> directory_;
    connection connection_;
    std::shared_ptr<write_turn> turn_ = std::make_shared<write_turn>();
};

}  // namespace millrace::journal
