#include "bench/load/stub_request.hpp"

#include <algorithm>
#include <charconv>
#include <strings.h>

namespace load {
namespace {

bool same_ignoring_case(std::string_view left, std::string_view right) {
    return left.size() == right.size() &&
           ::strncasecmp(left.data(), right.data(), left.size()) == 0;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
        text.remove_prefix(1);
    }
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
        text.remove_suffix(1);
    }
    return text;
}

bool read_number(std::string_view text, std::uint64_t& value) {
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    return error == std::errc{} && stop == end;
}

/// Takes the fields that matter; false when a length is not a number.
bool read_field(std::string_view line, stub_request& request) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) {
        return false;
    }
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (same_ignoring_case(name, "content-length")) {
        return read_number(value, request.body_bytes);
    }
    if (same_ignoring_case(name, "connection")) {
        request.close = same_ignoring_case(value, "close");
    } else if (same_ignoring_case(name, "transfer-encoding")) {
        request.unframed = true;
    }
    return true;
}

}  // namespace

std::optional<stub_request> parse_head(std::string_view head) {
    stub_request request;
    const std::size_t line_end = head.find("\r\n");
    const std::string_view line = head.substr(0, line_end);
    const std::size_t first = line.find(' ');
    const std::size_t second = line.find(' ', first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos) {
        return std::nullopt;
    }
    request.method = line.substr(0, first);
    const std::string_view target = line.substr(first + 1, second - first - 1);
    request.path = target.substr(0, target.find('?'));
    request.query = target.substr(std::min(request.path.size() + 1, target.size()));
    request.close = line.substr(second + 1) == "HTTP/1.0";
    head.remove_prefix(line_end + 2);
    while (!head.starts_with("\r\n")) {
        const std::size_t end = head.find("\r\n");
        if (end == std::string_view::npos || !read_field(head.substr(0, end), request)) {
            return std::nullopt;
        }
        head.remove_prefix(end + 2);
    }
    return request;
}

std::uint64_t query_number(
    std::string_view query, std::string_view name, std::uint64_t fallback, std::uint64_t max
) {
    while (!query.empty()) {
        const std::string_view pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(pair.size() + 1, query.size()));
        const std::size_t equals = pair.find('=');
        std::uint64_t value = 0;
        if (equals != std::string_view::npos && pair.substr(0, equals) == name &&
            read_number(pair.substr(equals + 1), value)) {
            return std::clamp<std::uint64_t>(value, 1, max);
        }
    }
    return fallback;
}

}  // namespace load
