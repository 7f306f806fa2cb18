#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;

namespace millrace::journal {

/// The durable state of a gateway: one SQLite file, `millrace.db`, in the data directory. Today it
/// holds what each route's traffic split is; a text per route, written and read by routing.
/// Lifetime: the gateway's; holds a lock, so that two gateways never share a directory.
/// Thread: control. Calls wait for the disk.
///
///   std::string error;  auto store = journal::state_store::open("/var/lib/millrace", error);
class state_store {
 public:
    using route_states = std::map<std::string, std::string, std::less<>>;

    /// Makes the directory (0700) and the file when they are not there, checks the file and brings its
    /// schema up to date. Null with a text for people in `error` when that fails.
    [[nodiscard]] static std::unique_ptr<state_store> open(
        const std::string& directory, std::string& error
    );

    ~state_store();
    state_store(const state_store&) = delete;
    state_store& operator=(const state_store&) = delete;

    /// Every route's state by name; an error text in `error` when the file cannot be read.
    [[nodiscard]] route_states load(std::string& error) const;

    /// Writes some routes' states in one transaction, on disk when it returns. An error text, or
    /// empty; on an error nothing of it was written.
    [[nodiscard]] std::string save(const route_states& changed);

 private:
    struct closer {
        void operator()(sqlite3* database) const noexcept;
    };

    explicit state_store(std::unique_ptr<sqlite3, closer> database);

    std::unique_ptr<sqlite3, closer> database_;
};

}  // namespace millrace::journal
