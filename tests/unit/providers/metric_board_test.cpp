#include "proxy/providers/metric_board.hpp"

#include <catch2/catch.hpp>

using namespace millrace;
using namespace millrace::providers;
using namespace std::chrono_literals;
using rollout::reading_state;

namespace {

const metric_board::key latency{"risk", "latency", "v1"};
const metric_board::key samples{"risk", "samples", "v1"};
constexpr time_point start{1h};

metric_board::outcome value(double number) {
    return {.state = reading_state::fresh, .value = number, .detail = {}, .took = 2ms};
}

metric_board::outcome failure(reading_state state) {
    return {.state = state, .value = 0, .detail = "why", .took = 1ms};
}

}  // namespace

TEST_CASE("nothing is known before the first fetch", "[providers]") {
    metric_board const board;

    CHECK(board.reading(latency, start).state == reading_state::no_value);
}

TEST_CASE("a value is fresh for its age, then stale", "[providers]") {
    metric_board board;

    CHECK(board.put(latency, value(12), start, 30s));
    CHECK_FALSE(board.put(latency, value(13), start, 30s));

    CHECK(board.reading(latency, start + 30s).state == reading_state::fresh);
    CHECK(board.reading(latency, start + 30s).value == 13);
    CHECK(board.reading(latency, start + 31s).state == reading_state::stale);
    CHECK(board.reading(latency, start + 31s).value == 13);
    CHECK(board.reading({"risk", "latency", "v2"}, start).state == reading_state::no_value);
}

TEST_CASE("a failed fetch names its state and takes the value away", "[providers]") {
    metric_board board;
    board.put(latency, value(12), start, 30s);

    CHECK(board.put(latency, failure(reading_state::provider_down), start, 30s));

    CHECK(board.reading(latency, start).state == reading_state::provider_down);
    CHECK(board.reading(latency, start).value == 0);
    CHECK(board.values(start).empty());
}

TEST_CASE("a sample size belongs to a reading while it is fresh", "[providers]") {
    metric_board board;
    board.set_sample_sizes({{"latency", "samples"}, {"samples", ""}});
    board.put(latency, value(12), start, 30s);
    CHECK_FALSE(board.reading(latency, start).sample_size);

    board.put(samples, value(500), start, 10s);

    CHECK(board.reading(latency, start).sample_size == 500.0);
    CHECK_FALSE(board.reading(latency, start + 11s).sample_size);
}

TEST_CASE("only rollouts that ask need values", "[providers]") {
    metric_board board;
    CHECK_FALSE(board.wanted_since("risk", start));

    board.want("risk", 90s, start);

    CHECK(board.wanted_since("risk", start + 4s) == start - 90s);
    CHECK_FALSE(board.wanted_since("risk", start + 6s));
}

TEST_CASE("what is of no rollout any more is forgotten, totals are not", "[providers]") {
    metric_board board;
    board.put(latency, value(12), start, 30s);
    board.put(latency, failure(reading_state::wrong), start, 30s);
    board.want("risk", 1s, start);

    board.keep_routes({"other"});

    CHECK(board.reading(latency, start).state == reading_state::no_value);
    CHECK_FALSE(board.wanted_since("risk", start));
    auto const totals = board.totals().at("latency");
    CHECK(totals.by_state[static_cast<std::size_t>(reading_state::fresh)] == 1);
    CHECK(totals.by_state[static_cast<std::size_t>(reading_state::wrong)] == 1);
    CHECK(totals.time == 3ms);
}
