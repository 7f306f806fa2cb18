#include "proxy/providers/jq_thread.hpp"

#include <catch2/catch.hpp>

#include <future>
#include <memory>

using namespace millrace::providers;
using namespace std::chrono_literals;

namespace {

struct asked {
    std::shared_ptr<std::promise<jq_answer>> promise = std::make_shared<std::promise<jq_answer>>();
    std::future<jq_answer> answer = promise->get_future();
    jq_thread::job_id job = 0;
};

asked ask(jq_thread& thread, const std::string& expression, const std::string& json) {
    asked made;
    made.job = thread.submit(expression, json, [promise = made.promise](const jq_answer& answer) {
        promise->set_value(answer);
    });
    return made;
}

}  // namespace

TEST_CASE("expressions run in order on a thread of their own", "[providers]") {
    jq_thread thread;
    auto first = ask(thread, ".a", R"({"a":1})");
    auto second = ask(thread, ".a", R"({"a":2})");
    auto broken = ask(thread, ".a |", "{}");

    CHECK(first.answer.get().value == 1);
    CHECK(second.answer.get().value == 2);
    CHECK(broken.answer.get().kind == jq_answer::kind::wrong);
}

TEST_CASE("an endless expression holds up others until it is halted", "[providers]") {
    jq_thread thread;
    auto endless = ask(thread, "def f: f; f", "1");
    auto next = ask(thread, ".", "5");
    auto unwanted = ask(thread, ".", "6");
    thread.halt(unwanted.job);

    while (endless.answer.wait_for(1ms) != std::future_status::ready) {
        thread.halt(endless.job);
    }

    CHECK(endless.answer.get().kind == jq_answer::kind::halted);
    CHECK(next.answer.get().value == 5);
    CHECK(unwanted.answer.get().kind == jq_answer::kind::halted);
}

TEST_CASE("the end halts what runs", "[providers]") {
    auto thread = std::make_unique<jq_thread>();
    auto const endless = ask(*thread, "def f: f; f", "1");
    auto const first = ask(*thread, ".", "1");

    thread.reset();

    CHECK(first.answer.wait_for(0ms) == std::future_status::timeout);
}
