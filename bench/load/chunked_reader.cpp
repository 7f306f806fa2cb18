#include "bench/load/chunked_reader.hpp"

#include <algorithm>
#include <charconv>

namespace load {

chunked_reader::state chunked_reader::feed(std::string_view bytes) {
    while (!bytes.empty()) {
        switch (part_) {
            case part::head:
                take_head(bytes);
                break;
            case part::size_line:
                take_size(bytes);
                break;
            case part::data:
                take_data(bytes);
                break;
            case part::data_end:
                take_empty_line(bytes, part::size_line);
                break;
            case part::last_line:
                take_empty_line(bytes, part::done);
                break;
            case part::done:
            case part::broken:
                return state::broken;  // more than one answer was asked for
        }
    }
    if (part_ == part::broken) {
        return state::broken;
    }
    return part_ == part::done ? state::complete : state::more;
}

void chunked_reader::reset() {
    part_ = part::head;
    line_.clear();
    payload_.clear();
    left_ = 0;
}

void chunked_reader::take_head(std::string_view& bytes) {
    const std::size_t before = line_.size();
    line_.append(bytes);
    const std::size_t end = line_.find("\r\n\r\n");
    if (end == std::string::npos) {
        bytes = {};
        return;
    }
    bytes.remove_prefix(end + 4 - before);
    part_ = line_.starts_with("HTTP/1.1 200") ? part::size_line : part::broken;
    line_.clear();
}

void chunked_reader::take_size(std::string_view& bytes) {
    if (!take_line(bytes)) {
        return;
    }
    const auto [stop, error] =
        std::from_chars(line_.data(), line_.data() + line_.size(), left_, 16);
    const bool valid = error == std::errc{} && *stop == '\r';
    part_ = !valid ? part::broken : left_ == 0 ? part::last_line : part::data;
    line_.clear();
}

void chunked_reader::take_data(std::string_view& bytes) {
    const std::size_t take = std::min(left_, bytes.size());
    payload_.append(bytes.substr(0, take));
    bytes.remove_prefix(take);
    left_ -= take;
    if (left_ == 0) {
        part_ = part::data_end;
    }
}

void chunked_reader::take_empty_line(std::string_view& bytes, part next) {
    if (take_line(bytes)) {
        part_ = line_ == "\r\n" ? next : part::broken;
        line_.clear();
    }
}

bool chunked_reader::take_line(std::string_view& bytes) {
    const std::size_t feed_at = bytes.find('\n');
    const std::size_t take = feed_at == std::string_view::npos ? bytes.size() : feed_at + 1;
    line_.append(bytes.substr(0, take));
    bytes.remove_prefix(take);
    return feed_at != std::string_view::npos;
}

}  // namespace load
