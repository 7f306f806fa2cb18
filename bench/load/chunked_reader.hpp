#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace load {

/// Reads one chunked HTTP/1.1 answer after the other as its bytes come in, and collects the payload
/// regardless of how a proxy cut it into chunks. For answers of our own stub: no trailers.
class chunked_reader {
 public:
    enum class state : std::uint8_t { more, complete, broken };

    /// Takes bytes; the payload among them is appended to `payload()`.
    [[nodiscard]] state feed(std::string_view bytes);

    /// What came and was not consumed yet.
    [[nodiscard]] std::string& payload() { return payload_; }

    /// Ready for the next answer.
    void reset();

 private:
    enum class part : std::uint8_t { head, size_line, data, data_end, last_line, done, broken };

    void take_head(std::string_view& bytes);
    void take_size(std::string_view& bytes);
    void take_data(std::string_view& bytes);
    void take_empty_line(std::string_view& bytes, part next);
    /// Collects up to a line feed; true when the line is whole in `line_`.
    [[nodiscard]] bool take_line(std::string_view& bytes);

    part part_ = part::head;
    std::string line_;
    std::string payload_;
    std::size_t left_ = 0;
};

}  // namespace load
