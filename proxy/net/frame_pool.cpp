#include "proxy/net/frame_pool.hpp"

#include <array>
#include <new>
#include <utility>

namespace millrace::net {

namespace {

constexpr std::size_t granule = 64;
constexpr std::size_t pooled_max = 2048;
// Frames kept per size: what a burst leaves beyond it goes back to the global allocator.
constexpr std::size_t kept_max = 512;

struct free_frame_link {
    free_frame_link* next;
};

struct size_class {
    free_frame_link* first = nullptr;
    std::size_t count = 0;
};

class free_lists {
 public:
    free_lists() = default;
    free_lists(const free_lists&) = delete;
    free_lists& operator=(const free_lists&) = delete;

    ~free_lists() {
        for (auto& list : lists_) {
            while (list.first != nullptr) {
                ::operator delete(std::exchange(list.first, list.first->next));
            }
        }
    }

    void* allocate(std::size_t index) {
        auto& list = lists_[index];
        if (list.first == nullptr) {
            return ::operator new((index + 1) * granule);
        }
        --list.count;
        return std::exchange(list.first, list.first->next);
    }

    void release(void* frame, std::size_t index) noexcept {
        auto& list = lists_[index];
        if (list.count == kept_max) {
            ::operator delete(frame);
            return;
        }
        ++list.count;
        list.first = new (frame) free_frame_link{list.first};
    }

 private:
    std::array<size_class, pooled_max / granule> lists_{};
};

free_lists& lists() noexcept {
    thread_local free_lists instance;
    return instance;
}

}  // namespace

void* allocate_frame(std::size_t bytes) {
    return bytes > pooled_max ? ::operator new(bytes) : lists().allocate((bytes - 1) / granule);
}

void free_frame(void* frame, std::size_t bytes) noexcept {
    if (bytes > pooled_max) {
        ::operator delete(frame);
    } else {
        lists().release(frame, (bytes - 1) / granule);
    }
}

}  // namespace millrace::net
