#include "proxy/providers/poller.hpp"

#include "tests/unit/providers/small_server.hpp"

#include <catch2/catch.hpp>

#include <condition_variable>
#include <mutex>

using namespace millrace;
using namespace millrace::providers;
using namespace millrace::providers::testing;
using namespace std::chrono_literals;
using rollout::reading_state;

namespace {

constexpr duration patience = 20s;

metric_params metric_at(const std::string& url, const std::string& jq = ".") {
    metric_params made;
    made.name = "m";
    made.url = url;
    made.jq = jq;
    made.interval = 5ms;
    made.timeout = 10s;
    return made;
}

watch watch_both() {
    return {"risk", {"m"}, {{"v1", {}}, {"v2", {{"revision", "r2"}}}}};
}

/// Asks as a rollout does until a reading is in the state, or patience ends.
rollout::version_reading wait_for(
    metric_board& board, const metric_board::key& where, reading_state wanted
) {
    std::mutex mutex;
    std::condition_variable never;
    auto const deadline = clock::now() + patience;
    while (true) {
        auto const now = clock::now();
        board.want("risk", 1s, now);
        auto const seen = board.reading(where, now);
        if (seen.state == wanted || now > deadline) {
            return seen;
        }
        std::unique_lock lock{mutex};
        never.wait_for(lock, 2ms);
    }
}

const metric_board::key first{"risk", "m", "v1"};
const metric_board::key second{"risk", "m", "v2"};

}  // namespace

TEST_CASE("metrics of rollouts that ask are fetched for every version", "[providers]") {
    small_server const server{answer_of("12.5")};
    metric_board board;
    poller fetching{board};
    auto metric = metric_at(server.url());
    metric.params = {{"r", "$revision-$name"}};

    fetching.configure({metric}, {watch_both()});

    CHECK(wait_for(board, first, reading_state::fresh).value == 12.5);
    CHECK(wait_for(board, second, reading_state::fresh).value == 12.5);
    std::string all;
    for (auto const& head : server.heads()) {
        all += head;
    }
    CHECK(all.find("GET /?r=%24revision-v1 ") != std::string::npos);
    CHECK(all.find("GET /?r=r2-v2 ") != std::string::npos);
}

TEST_CASE("each failure is a state of its own, and passes", "[providers]") {
    small_server server{answer_of("{}")};
    metric_board board;
    poller fetching{board};

    fetching.configure({metric_at(server.url(), ".a | tonumber")}, {watch_both()});

    CHECK(wait_for(board, first, reading_state::no_value).state == reading_state::no_value);
    server.answer_with(answer_of("<html>"));
    CHECK(wait_for(board, first, reading_state::wrong).state == reading_state::wrong);
    server.answer_with(answer_of(R"({"a":"3"})"));
    CHECK(wait_for(board, first, reading_state::fresh).value == 3);
    server.answer_with(answer_of(R"({"a":"3"})", 500));
    CHECK(wait_for(board, first, reading_state::wrong).state == reading_state::wrong);
}

TEST_CASE("a slow server and an endless expression are slow", "[providers]") {
    small_server const silent{""};
    small_server const prompt{answer_of("1")};
    metric_board board;
    poller fetching{board};
    auto metric = metric_at(silent.url());
    metric.timeout = 30ms;
    fetching.configure({metric}, {watch_both()});
    CHECK(wait_for(board, first, reading_state::slow).state == reading_state::slow);

    metric_board other;
    poller computing{other};
    metric = metric_at(prompt.url(), "def f: f; f");
    metric.timeout = 100ms;
    computing.configure({metric}, {watch_both()});
    CHECK(wait_for(other, first, reading_state::slow).state == reading_state::slow);
}

TEST_CASE("a missing secret is told without asking", "[providers]") {
    small_server const server{answer_of("1")};
    metric_board board;
    poller fetching{board};
    auto metric = metric_at(server.url());
    metric.auth = auth_kind::bearer;

    fetching.configure({metric}, {watch_both()});

    CHECK(wait_for(board, first, reading_state::wrong).state == reading_state::wrong);
    CHECK(server.heads().empty());
}

TEST_CASE("a sample size is fetched though nobody names it", "[providers]") {
    small_server const server{answer_of("7")};
    metric_board board;
    poller fetching{board};
    auto metric = metric_at(server.url());
    metric.sample_size = "n";
    auto count = metric_at(server.url());
    count.name = "n";
    board.set_sample_sizes({{"m", "n"}});

    fetching.configure({metric, count}, {watch_both()});

    CHECK(wait_for(board, {"risk", "n", "v1"}, reading_state::fresh).value == 7);
    CHECK(wait_for(board, first, reading_state::fresh).sample_size == 7.0);
}

TEST_CASE("another configuration ends the fetches before", "[providers]") {
    small_server const server{answer_of("1")};
    metric_board board;
    poller fetching{board};
    fetching.configure({metric_at(server.url())}, {watch_both()});
    CHECK(wait_for(board, first, reading_state::fresh).value == 1);

    fetching.configure({}, {});
    small_server const next{answer_of("2")};
    fetching.configure({metric_at(next.url())}, {watch_both()});

    CHECK(wait_for(board, first, reading_state::fresh).value == 2);
}

TEST_CASE("expressions are checked before they are used", "[providers]") {
    auto bad = metric_at("http://x", ".a |");
    bad.name = "bad";

    auto const problems = expression_problems({metric_at("http://x"), bad});

    REQUIRE(problems.size() == 1);
    CHECK(problems.front().starts_with("custom metric 'bad': jq: "));
}
