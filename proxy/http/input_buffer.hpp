#pragma once

#include "proxy/net/connection.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace millrace::http {

/// Bytes that a connection received and nobody has consumed yet. They stand in the worker's scratch
/// buffer as long as nobody suspends, and in memory of their own only when they must outlive that:
/// so an idle connection owns no buffer. Worker-local.
class input_buffer {
 public:
    explicit input_buffer(net::worker& owner) noexcept : worker_{owner} {}

    ~input_buffer() { release(); }

    input_buffer(const input_buffer&) = delete;
    input_buffer& operator=(const input_buffer&) = delete;

    [[nodiscard]] std::span<char> unread() const noexcept { return {begin_, size_}; }

    [[nodiscard]] std::string_view text() const noexcept { return {begin_, size_}; }

    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

    /// Takes bytes off the front. They stay where they are until the next receive() or suspension.
    void consume(std::size_t bytes) noexcept;

    /// Moves what is unread out of the scratch buffer: call it before anything suspends.
    void keep();

    /// Gives back memory that nothing unread is in: call it before a long rest.
    void rest() noexcept {
        if (size_ == 0) {
            release();
        }
    }

    /// One read, at most `bytes_max`, appended to what is unread.
    [[nodiscard]] net::io_result receive(net::connection& from, std::size_t bytes_max);

    /// How much a read may take now: little while the worker holds more than its budget.
    [[nodiscard]] std::size_t bytes_wanted() const noexcept;

 private:
    [[nodiscard]] bool is_owned() const noexcept { return owned_ != nullptr; }

    void make_room(std::size_t bytes);
    void release() noexcept;

    net::worker& worker_;
    char* begin_ = nullptr;
    std::size_t size_ = 0;
    std::unique_ptr<char[]> owned_;
    std::size_t owned_bytes_ = 0;
};

}  // namespace millrace::http
