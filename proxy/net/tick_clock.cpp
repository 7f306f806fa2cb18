#include "proxy/net/tick_clock.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#include <x86intrin.h>
#endif

namespace millrace::net {

namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

// A shorter span would not tell the rate well enough, a longer one would follow it too slowly.
constexpr milliseconds span_min{20};
constexpr milliseconds span_max{2000};
constexpr milliseconds distance_max{100};

#if defined(__x86_64__)

std::uint64_t read_counter() noexcept {
    return __rdtsc();
}

/// Constant rate in every power state: CPUID 8000_0007h, EDX bit 8 (Intel SDM 3B, 18.17.1).
bool is_counter_invariant() noexcept {
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;
    return __get_cpuid(0x80000007, &a, &b, &c, &d) != 0 && (d & 1U << 8) != 0;
}

#else

std::uint64_t read_counter() noexcept {
    return 0;
}

bool is_counter_invariant() noexcept {
    return false;
}

#endif

}  // namespace

tick_clock::reading tick_clock::take() noexcept {
    return {clock::now(), read_counter()};
}

tick_clock::tick_clock() noexcept : base_{take()} {
    last_ = base_.time;
    last_ticks_ = base_.ticks;
}

time_point tick_clock::read() noexcept {
    static bool const invariant = is_counter_invariant();
    auto const at = take();
    last_ = at.time;
    last_ticks_ = at.ticks;
    auto const span = at.time - base_.time;
    if (!invariant || span < span_min) {
        return last_;
    }
    // Unsigned: a counter that went back looks like one that ran for centuries.
    auto const ticks = static_cast<double>(at.ticks - base_.ticks);
    nanoseconds_per_tick_ = static_cast<double>(nanoseconds{span}.count()) / ticks;
    ticks_max_ = static_cast<std::uint64_t>(
        static_cast<double>(nanoseconds{distance_max}.count()) / nanoseconds_per_tick_
    );
    if (span > span_max) {
        base_ = at;
    }
    return last_;
}

time_point tick_clock::now() const noexcept {
    auto const ticks = read_counter() - last_ticks_;
    if (ticks >= ticks_max_) {
        return clock::now();
    }
    auto const passed = static_cast<double>(ticks) * nanoseconds_per_tick_;
    return last_ + nanoseconds{static_cast<nanoseconds::rep>(passed)};
}

}  // namespace millrace::net
