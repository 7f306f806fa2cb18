// Tells which cache lines of a running program are written by more than one of its workers.
//
// The program is compiled with -fsanitize=thread, which puts a call before every access to memory,
// and linked with this file in place of the sanitizer's own library. Threads whose name begins with
// "worker" are watched for a while; what they write is noted by cache line. Not seen: what the
// kernel writes (recv into a buffer) and what libraries write that are not compiled here.
//
// Environment: WRITTEN_LINES_AFTER and WRITTEN_LINES_FOR, seconds; WRITTEN_LINES_TO, a file that
// gets "lines N" and for each shared line "shared ADDRESS" and a "by WORKER PC" for every writer.

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <pthread.h>
#include <thread>

namespace {

constexpr std::uintptr_t line_bytes = 64;
constexpr std::size_t slots = std::size_t{1} << 22;
constexpr std::size_t workers_max = 8;

/// A cache line that some worker wrote: from where, by worker.
struct written_line {
    std::atomic<std::uintptr_t> line{0};
    std::array<std::atomic<std::uintptr_t>, workers_max> by{};
};

// Before main and without a constructor: instrumented code runs as soon as the program is loaded.
constinit std::array<written_line, slots> written{};
constinit std::atomic<bool> recording{false};

constexpr int unknown = -1;
constexpr int not_watched = -2;
thread_local int worker_number = unknown;

/// The number in this thread's name, "worker-3"; not_watched for other threads.
int number_of_this_worker() noexcept {
    std::array<char, 16> name{};
    if (::pthread_getname_np(::pthread_self(), name.data(), name.size()) != 0 ||
        std::strncmp(name.data(), "worker-", 7) != 0) {
        return not_watched;
    }
    auto const number = std::strtol(name.data() + 7, nullptr, 10);
    return number < static_cast<long>(workers_max) ? static_cast<int>(number) : not_watched;
}

/// The slot of the line; null when the table is full.
written_line* slot_of(std::uintptr_t line) noexcept {
    for (std::size_t i = 0; i < slots; ++i) {
        auto& slot = written[(line * 0x9e3779b97f4a7c15U + i) % slots];
        std::uintptr_t seen = slot.line.load(std::memory_order_relaxed);
        if (seen == line || (seen == 0 && slot.line.compare_exchange_strong(seen, line)) ||
            seen == line) {
            return &slot;
        }
    }
    return nullptr;
}

void note(const volatile void* address, std::size_t bytes, void* from) noexcept {
    if (!recording.load(std::memory_order_relaxed)) {
        return;
    }
    if (worker_number == unknown) {
        worker_number = number_of_this_worker();
    }
    if (worker_number == not_watched || bytes == 0) {
        return;
    }
    auto const begin = reinterpret_cast<std::uintptr_t>(address);
    for (auto line = begin / line_bytes; line <= (begin + bytes - 1) / line_bytes; ++line) {
        if (auto* const slot = slot_of(line); slot != nullptr) {
            slot->by[static_cast<std::size_t>(worker_number)].store(
                reinterpret_cast<std::uintptr_t>(from), std::memory_order_relaxed
            );
        }
    }
}

bool is_shared(const written_line& line) noexcept {
    return std::count_if(line.by.begin(), line.by.end(), [](const auto& from) {
               return from.load(std::memory_order_relaxed) != 0;
           }) > 1;
}

void report(std::FILE* out) {
    std::size_t lines = 0;
    for (auto const& each : written) {
        lines += each.line.load(std::memory_order_relaxed) != 0 ? 1 : 0;
    }
    std::fprintf(out, "lines %zu\n", lines);
    for (auto const& each : written) {
        if (!is_shared(each)) {
            continue;
        }
        std::fprintf(out, "shared %#zx\n", each.line.load() * line_bytes);
        for (std::size_t i = 0; i < workers_max; ++i) {
            if (auto const from = each.by[i].load(); from != 0) {
                std::fprintf(out, "by %zu %#zx\n", i, from);
            }
        }
    }
}

std::chrono::seconds seconds_of(const char* name) noexcept {
    auto const* const text = std::getenv(name);
    return std::chrono::seconds{text != nullptr ? std::strtol(text, nullptr, 10) : 1};
}

[[gnu::constructor]] void watch() {
    auto const* const path = std::getenv("WRITTEN_LINES_TO");
    if (path == nullptr) {
        return;
    }
    std::thread{[path] {
        std::this_thread::sleep_for(seconds_of("WRITTEN_LINES_AFTER"));
        recording = true;
        std::this_thread::sleep_for(seconds_of("WRITTEN_LINES_FOR"));
        recording = false;
        auto* const out = std::fopen(path, "w");
        if (out != nullptr) {
            report(out);
            std::fclose(out);
        }
    }}.detach();
}

}  // namespace

// The calls that the compiler makes, with the names that it gives them.
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" {

void __tsan_init() {}

void __tsan_func_entry(void*) {}

void __tsan_func_exit() {}

void __tsan_vptr_update(void** at, void*) {
    note(at, sizeof *at, __builtin_return_address(0));
}

void __tsan_vptr_read(void**) {}

void __tsan_read_range(void*, std::size_t) {}

void __tsan_write_range(void* at, std::size_t bytes) {
    note(at, bytes, __builtin_return_address(0));
}

void __tsan_atomic_thread_fence(int) {
    std::atomic_thread_fence(std::memory_order_seq_cst);
}

void __tsan_atomic_signal_fence(int) {}

#define PLAIN_ACCESS(BYTES)                           \
    void __tsan_read##BYTES(void*) {}                 \
    void __tsan_unaligned_read##BYTES(void*) {}       \
    void __tsan_volatile_read##BYTES(void*) {}        \
    void __tsan_write##BYTES(void* at) {              \
        note(at, BYTES, __builtin_return_address(0)); \
    }                                                 \
    void __tsan_unaligned_write##BYTES(void* at) {    \
        note(at, BYTES, __builtin_return_address(0)); \
    }                                                 \
    void __tsan_volatile_write##BYTES(void* at) {     \
        note(at, BYTES, __builtin_return_address(0)); \
    }

PLAIN_ACCESS(1)
PLAIN_ACCESS(2)
PLAIN_ACCESS(4)
PLAIN_ACCESS(8)
PLAIN_ACCESS(16)

#define READ_MODIFY_WRITE(BITS, NAME, BUILTIN)                           \
    std::uint##BITS##_t __tsan_atomic##BITS##_##NAME(                    \
        volatile std::uint##BITS##_t* at, std::uint##BITS##_t value, int \
    ) {                                                                  \
        note(at, sizeof *at, __builtin_return_address(0));               \
        return BUILTIN(at, value, __ATOMIC_SEQ_CST);                     \
    }

#define ATOMIC_ACCESS(BITS)                                                                       \
    std::uint##BITS##_t __tsan_atomic##BITS##_load(const volatile std::uint##BITS##_t* at, int) { \
        return __atomic_load_n(at, __ATOMIC_SEQ_CST);                                             \
    }                                                                                             \
    void __tsan_atomic##BITS##_store(                                                             \
        volatile std::uint##BITS##_t* at, std::uint##BITS##_t value, int                          \
    ) {                                                                                           \
        note(at, sizeof *at, __builtin_return_address(0));                                        \
        __atomic_store_n(at, value, __ATOMIC_SEQ_CST);                                            \
    }                                                                                             \
    READ_MODIFY_WRITE(BITS, exchange, __atomic_exchange_n)                                        \
    READ_MODIFY_WRITE(BITS, fetch_add, __atomic_fetch_add)                                        \
    READ_MODIFY_WRITE(BITS, fetch_sub, __atomic_fetch_sub)                                        \
    READ_MODIFY_WRITE(BITS, fetch_and, __atomic_fetch_and)                                        \
    READ_MODIFY_WRITE(BITS, fetch_or, __atomic_fetch_or)                                          \
    READ_MODIFY_WRITE(BITS, fetch_xor, __atomic_fetch_xor)                                        \
    bool __tsan_atomic##BITS##_compare_exchange_strong(                                           \
        volatile std::uint##BITS##_t* at,                                                         \
        std::uint##BITS##_t* expected,                                                            \
        std::uint##BITS##_t value,                                                                \
        int,                                                                                      \
        int                                                                                       \
    ) {                                                                                           \
        note(at, sizeof *at, __builtin_return_address(0));                                        \
        return __atomic_compare_exchange_n(                                                       \
            at, expected, value, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST                        \
        );                                                                                        \
    }                                                                                             \
    bool __tsan_atomic##BITS##_compare_exchange_weak(                                             \
        volatile std::uint##BITS##_t* at,                                                         \
        std::uint##BITS##_t* expected,                                                            \
        std::uint##BITS##_t value,                                                                \
        int,                                                                                      \
        int                                                                                       \
    ) {                                                                                           \
        note(at, sizeof *at, __builtin_return_address(0));                                        \
        return __atomic_compare_exchange_n(                                                       \
            at, expected, value, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST                        \
        );                                                                                        \
    }

ATOMIC_ACCESS(8)
ATOMIC_ACCESS(16)
ATOMIC_ACCESS(32)
ATOMIC_ACCESS(64)

}  // extern "C"
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)
