#pragma once

#include "proxy/net/task.hpp"
#include "proxy/net/worker.hpp"

#include <coroutine>

/// A worker's loop, run by a test in its own thread for as long as one script takes.
namespace millrace::support {

/// Runs `script` to its end. What it throws comes out here, so REQUIRE works inside. A script that
/// does not end within ten seconds ends the process. Once per worker.
///
///   net::task<void> echoes(fixture& with) { … co_await … }
///   run(with.loop, echoes(with));
void run(net::worker& loop, net::task<void> script);

/// Awaited: goes on in a later round of events.
class next_round {
 public:
    explicit next_round(net::worker& loop) noexcept : loop_{loop} {}

    [[nodiscard]] bool await_ready() const noexcept { return false; }

    void await_suspend(std::coroutine_handle<> waiting);

    void await_resume() const noexcept {}

 private:
    net::worker& loop_;
};

/// The script of a test that only lets `rounds` rounds of events pass.
[[nodiscard]] net::task<void> pass_rounds(net::worker& loop, int rounds);

}  // namespace millrace::support
