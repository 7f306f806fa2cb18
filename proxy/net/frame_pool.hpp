#pragma once

#include <cstddef>

namespace millrace::net {

/// Memory of coroutine frames: a thread's own free lists, one per 64 bytes of size, so that a
/// request costs no call of the global allocator. Frames above 2 KiB go to the global allocator.
/// Thread: any, but a frame is freed on the thread that made it (a request never leaves its
/// worker).
[[nodiscard]] void* allocate_frame(std::size_t bytes);
void free_frame(void* frame, std::size_t bytes) noexcept;

}  // namespace millrace::net
