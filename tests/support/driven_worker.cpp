#include "tests/support/driven_worker.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <utility>

namespace millrace::support {

namespace {

constexpr auto patience = std::chrono::seconds{10};

class watchdog final : public net::timer_node {
 public:
    time_point on_timer(time_point now) override {
        if (now < end) {
            return end;
        }
        std::fputs("a script of a test did not end\n", stderr);
        std::abort();
    }

    time_point end = clock::now() + patience;
};

net::detached finish(net::worker& loop, net::task<void> script, std::exception_ptr& thrown) {
    try {
        co_await script;
    } catch (...) {
        thrown = std::current_exception();
    }
    loop.stop();
}

}  // namespace

void run(net::worker& loop, net::task<void> script) {
    std::exception_ptr thrown;
    watchdog guard;
    loop.timers().watch(guard, guard.end);
    finish(loop, std::move(script), thrown);
    loop.run();
    if (thrown) {
        std::rethrow_exception(thrown);
    }
}

void next_round::await_suspend(std::coroutine_handle<> waiting) {
    loop_.post([waiting] { waiting.resume(); });
}

net::task<void> pass_rounds(net::worker& loop, int rounds) {
    for (int i = 0; i < rounds; ++i) {
        next_round later{loop};
        co_await later;
    }
}

}  // namespace millrace::support
