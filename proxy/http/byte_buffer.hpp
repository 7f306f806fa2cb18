#pragma once

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

namespace millrace::http {

/// A growing buffer that messages are written into: room is made once, then bytes are only copied.
/// Worker-local.
class byte_buffer {
 public:
    void clear() noexcept { size_ = 0; }

    /// Makes sure that `bytes` more fit; the appends that follow do not check.
    void reserve_more(std::size_t bytes) {
        if (size_ + bytes > capacity_) {
            grow(size_ + bytes);
        }
    }

    void append(std::string_view text) noexcept {
        copy(data_.get() + size_, text.data(), text.size());
        size_ += text.size();
    }

    void append_decimal(std::uint64_t number) noexcept {
        auto const end = std::to_chars(data_.get() + size_, data_.get() + capacity_, number).ptr;
        size_ = static_cast<std::size_t>(end - data_.get());
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    [[nodiscard]] std::string_view text() const noexcept { return {data_.get(), size_}; }

 private:
    /// Most pieces are short, and a call costs more than two overlapping moves.
    static void copy(char* to, const char* from, std::size_t bytes) noexcept {
        if (bytes > 32) {
            std::memcpy(to, from, bytes);
        } else if (bytes >= 16) {
            copy_ends<16>(to, from, bytes);
        } else if (bytes >= 8) {
            copy_ends<8>(to, from, bytes);
        } else if (bytes >= 4) {
            copy_ends<4>(to, from, bytes);
        } else {
            for (std::size_t i = 0; i < bytes; ++i) {
                to[i] = from[i];
            }
        }
    }

    /// `width` to 2 * `width` bytes: the first and the last `width` of them.
    template <std::size_t width>
    static void copy_ends(char* to, const char* from, std::size_t bytes) noexcept {
        std::array<char, 2 * width> both{};  // read before anything is written
        std::memcpy(both.data(), from, width);
        std::memcpy(both.data() + width, from + bytes - width, width);
        std::memcpy(to, both.data(), width);
        std::memcpy(to + bytes - width, both.data() + width, width);
    }

    void grow(std::size_t bytes) {
        auto const larger_bytes = bytes * 2;
        auto larger = std::make_unique_for_overwrite<char[]>(larger_bytes);
        if (size_ != 0) {
            std::memcpy(larger.get(), data_.get(), size_);
        }
        data_ = std::move(larger);
        capacity_ = larger_bytes;
    }

    std::unique_ptr<char[]> data_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

}  // namespace millrace::http
