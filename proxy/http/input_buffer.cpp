#include "proxy/http/input_buffer.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace millrace::http {

namespace {

// A head that came in parts: most are complete with one more packet.
constexpr std::size_t first_room = 2048;

}  // namespace

void input_buffer::consume(std::size_t bytes) noexcept {
    begin_ += bytes;
    size_ -= bytes;
}

void input_buffer::keep() {
    if (size_ != 0 && !is_owned()) {
        make_room(size_);
    }
}

net::io_result input_buffer::receive(net::connection& from, std::size_t bytes_max) {
    if (size_ == 0) {
        release();
        auto const scratch = worker_.scratch();
        auto const got = from.read(scratch.first(std::min(bytes_max, scratch.size())));
        begin_ = scratch.data();
        size_ = got.bytes;
        return got;
    }
    auto const room = std::max(first_room, std::min(size_, bytes_max));
    make_room(size_ + room);
    auto const got = from.read({begin_ + size_, room});
    size_ += got.bytes;
    return got;
}

std::size_t input_buffer::bytes_wanted() const noexcept {
    return worker_.bytes_buffered > worker_.buffer_budget ? net::worker::small_read_bytes
                                                          : net::worker::scratch_bytes;
}

void input_buffer::make_room(std::size_t bytes) {
    if (is_owned() && begin_ + bytes <= owned_.get() + owned_bytes_) {
        return;
    }
    // Vector instructions may look past the end.
    auto larger = std::make_unique_for_overwrite<char[]>(bytes + 16);
    std::memcpy(larger.get(), begin_, size_);
    auto const kept = size_;
    release();
    owned_ = std::move(larger);
    owned_bytes_ = bytes;
    worker_.bytes_buffered += bytes;
    begin_ = owned_.get();
    size_ = kept;
}

void input_buffer::release() noexcept {
    worker_.bytes_buffered -= owned_bytes_;
    owned_.reset();
    owned_bytes_ = 0;
    begin_ = nullptr;
    size_ = 0;
}

}  // namespace millrace::http
