#pragma once

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
        if (!text.empty()) {
            std::memcpy(data_.get() + size_, text.data(), text.size());
            size_ += text.size();
        }
    }

    void append_decimal(std::uint64_t number) noexcept {
        auto const end = std::to_chars(data_.get() + size_, data_.get() + capacity_, number).ptr;
        size_ = static_cast<std::size_t>(end - data_.get());
    }

    void append_hexadecimal(std::uint64_t number) noexcept {
        auto const end =
            std::to_chars(data_.get() + size_, data_.get() + capacity_, number, 16).ptr;
        size_ = static_cast<std::size_t>(end - data_.get());
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::string_view text() const noexcept { return {data_.get(), size_}; }

 private:
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
