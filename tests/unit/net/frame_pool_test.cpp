#include "proxy/net/frame_pool.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <cstring>
#include <set>
#include <thread>
#include <vector>

using millrace::net::allocate_frame;
using millrace::net::free_frame;

TEST_CASE("frames of all sizes are writable and aligned", "[net][frame_pool]") {
    for (std::size_t bytes = 1; bytes <= 4'200; bytes += 13) {
        auto* const frame = allocate_frame(bytes);
        std::memset(frame, 0xab, bytes);

        CHECK(reinterpret_cast<std::uintptr_t>(frame) % alignof(std::max_align_t) == 0);
        free_frame(frame, bytes);
    }
}

TEST_CASE("a freed frame is the next one of its size class", "[net][frame_pool]") {
    auto* const first = allocate_frame(100);
    free_frame(first, 100);

    // 65 to 128 bytes are one class.
    auto* const same = allocate_frame(128);
    CHECK(same == first);
    auto* const other = allocate_frame(129);
    CHECK(other != first);

    free_frame(same, 128);
    free_frame(other, 129);
}

TEST_CASE("frames in use are all different", "[net][frame_pool]") {
    constexpr std::size_t count = 2'000;
    std::vector<void*> frames;
    for (int round = 0; round < 3; ++round) {
        for (std::size_t i = 0; i < count; ++i) {
            frames.push_back(allocate_frame(200));
            std::memset(frames.back(), 1, 200);
        }
        CHECK(std::set<void*>(frames.begin(), frames.end()).size() == count);
        // More than the pool keeps: the rest goes back to the global allocator.
        for (auto* const frame : frames) {
            free_frame(frame, 200);
        }
        frames.clear();
    }
}

TEST_CASE("each thread has lists of its own and frees them when it ends", "[net][frame_pool]") {
    auto* const ours = allocate_frame(64);
    free_frame(ours, 64);
    void* theirs = nullptr;

    std::thread other{[&theirs] {
        theirs = allocate_frame(64);
        free_frame(theirs, 64);
    }};
    other.join();

    CHECK(theirs != nullptr);
    auto* const again = allocate_frame(64);
    CHECK(again == ours);
    free_frame(again, 64);
}
