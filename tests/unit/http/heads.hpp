#pragma once

#include "proxy/http/h1_head_parser.hpp"

#include <ostream>
#include <string>
#include <string_view>

/// What the tests of the head parser have in common.
namespace millrace::http {

using head_state = enum parse_outcome::state;

inline std::ostream& operator<<(std::ostream& out, head_state state) {
    return out
           << (state == head_state::complete    ? "complete"
               : state == head_state::need_more ? "need_more"
                                                : "failed");
}

struct parsed_request : h1_request {
    std::string text;  ///< what the views point into
    parse_outcome outcome;
};

/// @param out  may be used again and again, as a worker does
inline void parse_into(parsed_request& out, std::string_view text, const head_limits& limits = {}) {
    out.text = text;
    out.outcome = parse_request_head(out.text, limits, out);
}

/// A GET with a Host and more field lines, each with its CR LF.
inline std::string get_with(std::string_view fields) {
    return "GET /path?query HTTP/1.1\r\nHost: example.com\r\n" + std::string{fields} + "\r\n";
}

/// A request with a given first line.
inline std::string line_with(std::string_view line) {
    return std::string{line} + "\r\nHost: example.com\r\n\r\n";
}

}  // namespace millrace::http
