// Any text as an authority, and as path and query that meet a backend's URL. Lines are, in this
// order: the target, the route's prefix, the URL's path, the URL's query, an authority.
#include "proxy/base/assert.hpp"
#include "proxy/http/characters.hpp"
#include "proxy/routing/path.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace {

namespace http = millrace::http;
namespace routing = millrace::routing;
using path_kind = enum routing::match_params::path_kind;

std::string_view cut_line(std::string_view& text) {
    auto const end = std::min(text.find('\n'), text.size());
    auto const line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

bool is_target(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return http::is_in(c, http::target_character);
    });
}

void check_authority(std::string_view text) {
    // Neither a target nor a field's value can hold a zero byte, where inet_pton stops reading.
    if (text.find('\0') != std::string_view::npos || !http::is_valid_authority(text)) {
        return;
    }
    MILLRACE_ASSERT(!text.empty());
    MILLRACE_ASSERT(text.find_first_of("@,/?#\\ \t\r\n\"<>") == std::string_view::npos);
}

struct url {
    std::string_view path;
    std::string_view query;
};

void check_mapping(std::string_view target, std::string_view prefix, url of) {
    auto const mark = target.find('?');
    auto const path = target.substr(0, mark);
    auto const query =
        mark == std::string_view::npos ? std::nullopt : std::optional{target.substr(mark + 1)};
    for (auto const match : {path_kind::any, path_kind::prefix, path_kind::exact}) {
        if ((match == path_kind::prefix && !path.starts_with(prefix)) ||
            (match == path_kind::exact && path != prefix)) {
            continue;
        }
        std::string out;
        routing::map_target(
            out,
            {.match = match,
             .match_value = prefix,
             .path = path,
             .query = query,
             .url_path = of.path,
             .url_query = of.query}
        );
        MILLRACE_ASSERT(is_target(out));
        MILLRACE_ASSERT(out.front() == '/' || out == "*");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    std::string const copy(reinterpret_cast<const char*>(bytes), size);
    std::string_view text{copy};
    auto const target = cut_line(text);
    auto const prefix = cut_line(text);
    auto const url_path = cut_line(text);
    auto const url_query = cut_line(text);
    check_authority(cut_line(text));
    check_authority(target);

    auto const path = target.substr(0, target.find('?'));
    auto const fits = [](std::string_view of) { return of.empty() || of.front() == '/'; };
    // What the head parser and the configuration let through.
    if (!routing::is_unambiguous_path(path) || !is_target(target) || !fits(prefix) ||
        !fits(url_path) || !is_target(url_path) || !is_target(url_query)) {
        return 0;
    }
    check_mapping(target, prefix, {url_path, url_query});
    return 0;
}
