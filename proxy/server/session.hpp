#pragma once

#include "proxy/net/connection.hpp"
#include "proxy/net/task.hpp"
#include "proxy/server/worker_context.hpp"

#include <cstddef>
#include <functional>
#include <utility>

namespace millrace::server {

/// The connections of one worker, so that a drain can end the idle ones and wait for the others.
/// Lifetime: the worker's. Worker-local.
class session_list {
 public:
    /// Membership of one connection.
    class entry {
     public:
        entry(session_list& in, net::connection& of) noexcept;
        ~entry();
        entry(const entry&) = delete;
        entry& operator=(const entry&) = delete;

        void set_idle(bool idle) noexcept { idle_ = idle; }

     private:
        friend class session_list;

        session_list& list_;
        net::connection& connection_;
        entry* previous_ = nullptr;
        entry* next_ = nullptr;
        bool idle_ = false;
    };

    /// @param on_left  called after a connection has left the list
    explicit session_list(std::function<void()> on_left) : on_left_{std::move(on_left)} {}

    [[nodiscard]] std::size_t count() const noexcept { return count_; }

    /// Ends connections that serve no request now.
    void end_idle() noexcept;
    /// Ends all connections, in the middle of whatever they do.
    void end_all() noexcept;

 private:
    entry* first_ = nullptr;
    std::size_t count_ = 0;
    std::function<void()> on_left_;
};

/// Serves a client's HTTP/1 connection to its end: one exchange after the other. Catches
/// everything; frees itself. Worker-local.
net::detached serve_connection(
    worker_context& context, session_list& sessions, net::connection_ptr peer, client_info from
);

}  // namespace millrace::server
