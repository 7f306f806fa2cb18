#include "proxy/routing/path.hpp"

#include "proxy/base/ascii.hpp"
#include "proxy/routing/query.hpp"

#include <array>
#include <cstddef>

namespace millrace::routing {

namespace {

/// Which bytes need a closer look: the others stand for themselves to every reader. A table, as
/// each byte of each request is asked.
constexpr std::array<bool, 256> make_suspects() noexcept {
    std::array<bool, 256> found{};
    for (std::size_t byte = 0; byte <= 0x20; ++byte) {
        found[byte] = true;
    }
    for (char const c : {'\x7f', '.', '%', '\\'}) {
        found[static_cast<unsigned char>(c)] = true;
    }
    return found;
}

constexpr auto suspects = make_suspects();

/// Follows one segment at a time and tells whether it is a dot segment.
class dot_watch {
 public:
    /// Returns false at the end of a dot segment.
    bool next(char meant) noexcept {
        if (meant == '/' || meant == '\\') {
            return end();
        }
        if (meant == ';') {
            in_parameters_ = true;
        } else if (!in_parameters_ && meant == '.') {
            ++dots_;
        } else if (!in_parameters_) {
            other_ = true;
        }
        return true;
    }

    bool end() noexcept {
        bool const is_dots = !other_ && (dots_ == 1 || dots_ == 2);
        *this = dot_watch{};
        return !is_dots;
    }

 private:
    std::size_t dots_ = 0;
    bool other_ = false;
    bool in_parameters_ = false;
};

bool has_no_dot_segments(std::string_view path) noexcept {
    dot_watch watch;
    for (std::size_t i = 0; i < path.size(); ++i) {
        char meant = path[i];
        auto const byte = static_cast<unsigned char>(meant);
        if (byte <= 0x20 || byte == 0x7f || meant == '\\') {
            return false;
        }
        if (meant == '%') {
            if (path.size() - i < 3) {
                return false;
            }
            int const high = ascii::hex_value(path[i + 1]);
            int const low = ascii::hex_value(path[i + 2]);
            if (high < 0 || low < 0) {
                return false;
            }
            meant = static_cast<char>(high * 16 + low);
            i += 2;
        }
        if (!watch.next(meant)) {
            return false;
        }
    }
    return watch.end();
}

/// Puts the URL's path in front of what the prefix left over, with one slash between them.
void append_joined(std::string& out, std::string_view url_path, std::string_view rest) {
    if (url_path.ends_with('/') && rest.starts_with('/')) {
        url_path.remove_suffix(1);
    }
    out += url_path;
    if (!rest.empty() && !rest.starts_with('/') && !url_path.ends_with('/')) {
        out += '/';
    }
    out += rest;
}

void append_path(std::string& out, const target_parts& parts) {
    if (parts.match == match_params::path_kind::exact) {
        out += parts.url_path.empty() ? parts.path : parts.url_path;
        return;
    }
    if (parts.url_path.empty() || parts.url_path == "/") {
        out += parts.path;
        return;
    }
    std::string_view prefix;
    if (parts.match == match_params::path_kind::prefix) {
        prefix = parts.match_value;
    }
    // The slash that ends a prefix belongs to the rest: "/foo/" leaves "/x" of "/foo/x".
    if (prefix.ends_with('/')) {
        prefix.remove_suffix(1);
    }
    append_joined(out, parts.url_path, parts.path.substr(prefix.size()));
}

bool has_parameter(std::string_view rest, std::string_view name) noexcept {
    while (auto const parameter = query::next(rest)) {
        if (!parameter->text.empty() && query::same(parameter->name, name)) {
            return true;
        }
    }
    return false;
}

void append_query(std::string& out, const target_parts& parts) {
    if (parts.url_query.empty()) {
        if (parts.query) {
            out += '?';
            out += *parts.query;
        }
        return;
    }
    char separator = '?';
    std::string_view rest = parts.query.value_or(std::string_view{});
    if (rest.empty()) {
        rest = {};
    }
    while (auto const parameter = query::next(rest)) {
        bool const replaced =
            !parameter->text.empty() && has_parameter(parts.url_query, parameter->name);
        if (!replaced) {
            out += separator;
            out += parameter->text;
            separator = '&';
        }
    }
    out += separator;
    out += parts.url_query;
}

}  // namespace

bool is_unambiguous_path(std::string_view path) noexcept {
    if (!path.starts_with('/')) {
        return path == "*";
    }
    for (char const c : path) {
        if (suspects[static_cast<unsigned char>(c)]) {
            return has_no_dot_segments(path);
        }
    }
    return true;
}

void map_target(std::string& out, const target_parts& parts) {
    if (parts.path == "*") {
        out += '*';
        return;
    }
    append_path(out, parts);
    append_query(out, parts);
}

}  // namespace millrace::routing
