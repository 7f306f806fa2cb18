#pragma once

#include "proxy/journal/connection.hpp"
#include "proxy/journal/label_rows.hpp"
#include "proxy/journal/write_turn.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace millrace::journal {

/// The labels in `millrace.db`, on a connection of their own beside that of the state_store of the
/// same directory, which has made the tables and holds the directory's lock.
/// Lifetime: within the state_store's. Thread: one at a time. Calls wait for the disk, and for the
/// others' turns.
///
///   auto labels = journal::label_store::open("/var/lib/millrace", store->turn(), error);
class label_store {
 public:
    /// Null with a text for people in `error` when the file cannot be opened.
    [[nodiscard]] static std::unique_ptr<label_store> open(
        const std::string& directory, std::shared_ptr<write_turn> turn, std::string& error
    );

    /// All of them in one transaction. Empty: on disk, and there to stay when the power goes. Else
    /// an error text: nothing of it is in force.
    [[nodiscard]] std::string write(const std::vector<label_row>& rows);

    /// Gives out the labels of answers from `assigned_since` on in the order in which they came. An
    /// error text, or empty.
    [[nodiscard]] std::string read(
        std::int64_t assigned_since, const std::function<void(const label_row&)>& take
    ) const;

    /// Takes away some of the labels that came before, a bounded part of the work at a time.
    /// @return  false: nothing is left to do, or an error, which is in `error`
    [[nodiscard]] bool prune(std::int64_t received_before, std::string& error);

    /// How far the evidence of a rollout has taken labels in; empty when nothing is known.
    [[nodiscard]] std::string progress_of(rollout_id rollout, std::string& error) const;

    /// Notes that this process has begun, and tells whose ids are ours: its own and those of the
    /// processes that ran since. An error text in `error`, or empty.
    [[nodiscard]] std::vector<std::uint32_t> begin_incarnation(
        std::uint32_t incarnation, std::int64_t now, std::int64_t since, std::string& error
    );

 private:
    label_store(connection opened, std::shared_ptr<write_turn> turn);

    /// Runs `work(database, error)` as one transaction, when it is our turn. An error text, or
    /// empty.
    [[nodiscard]] std::string in_transaction(
        const std::function<void(sqlite3* database, std::string& error)>& work
    );

    connection connection_;
    std::shared_ptr<write_turn> turn_;
};

}  // namespace millrace::journal
