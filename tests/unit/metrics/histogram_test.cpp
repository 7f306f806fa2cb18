#include "proxy/metrics/histogram.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <memory>
#include <thread>

using namespace std::chrono_literals;
using millrace::metrics::histogram;
using millrace::stats::histogram_counts;
namespace layout = millrace::stats::histogram_layout;

TEST_CASE("a histogram counts each value in its bucket and its sum", "[metrics][histogram]") {
    auto recorded = std::make_unique<histogram>();

    recorded->record(1ms);
    recorded->record(1ms);
    recorded->record(30s);
    recorded->record(-1s);

    histogram_counts counts;
    recorded->add_to(counts);
    REQUIRE(counts.total() == 4);
    REQUIRE(counts.buckets[layout::index_of(1ms)] == 2);
    REQUIRE(counts.buckets[layout::index_of(30s)] == 1);
    REQUIRE(counts.buckets[0] == 1);
    REQUIRE(counts.sum == 30'002ms);
}

TEST_CASE("the sum rounds each value to the nearest microsecond", "[metrics][histogram]") {
    auto recorded = std::make_unique<histogram>();

    for (int i = 0; i < 1'000; ++i) {
        recorded->record(1'499ns);
        recorded->record(1'500ns);
    }

    histogram_counts counts;
    recorded->add_to(counts);
    REQUIRE(counts.sum == 3'000us);
}

TEST_CASE("a histogram takes little more than its buckets", "[metrics][histogram]") {
    STATIC_REQUIRE(sizeof(histogram) <= 8 * 1024);
}

TEST_CASE("a reader beside the writer never sees counts go back", "[metrics][histogram]") {
    auto recorded = std::make_unique<histogram>();
    std::atomic<bool> stop{false};
    std::thread writer{[&] {
        for (int i = 0; i < 200'000; ++i) {
            recorded->record(std::chrono::microseconds{i});
        }
        stop = true;
    }};

    std::uint64_t before = 0;
    bool never_back = true;
    while (!stop) {
        auto counts = std::make_unique<histogram_counts>();
        recorded->add_to(*counts);
        auto const now = counts->total();
        never_back = never_back && now >= before;
        before = now;
    }
    writer.join();

    histogram_counts counts;
    recorded->add_to(counts);
    REQUIRE(never_back);
    REQUIRE(counts.total() == 200'000);
}
