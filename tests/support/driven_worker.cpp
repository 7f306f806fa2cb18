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

struct outcome {
    bool ended = false;
    std::exception_ptr thrown;
};

net::detached finish(net::worker& loop, net::task<void> script, outcome& result) {
    try {
        co_await script;
    } catch (...) {
        result.thrown = std::current_exception();
    }
    result.ended = true;
    loop.stop();
}

}  // namespace

void run(net::worker& loop, net::task<void> script) {
    outcome result;
    watchdog guard;
    loop.timers().watch(guard, guard.end);
    finish(loop, std::move(script), result);
    loop.run();
    if (!result.ended) {
        std::fputs("a worker stopped before the script of its test ended\n", stderr);
        std::abort();
    }
    if (result.thrown) {
        std::rethrow_exception(result.thrown);
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
