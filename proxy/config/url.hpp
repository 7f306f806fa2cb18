#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::config {

/// Which schemes a URL may have.
enum class url_schemes : std::uint8_t { http, http_or_https };

/// The parts of a URL that are used.
struct url_parts {
    bool tls = false;  ///< https
    std::string host;  ///< lower case, without brackets
    std::uint16_t port = 80;
    std::string authority;  ///< as Host is sent: the host, and the port unless it is the scheme's
    std::string path;       ///< empty or begins with '/'
    std::string query;      ///< without '?'
};

/// Either the parts or what is wrong. A problem never shows the URL itself: it may hold a password.
struct parsed_url {
    std::optional<url_parts> parts;
    std::string problem;
};

/// A URL: host name, IPv4 or [IPv6], port 1 to 65535, path, query; no user, no fragment.
[[nodiscard]] parsed_url parse_url(std::string_view text, url_schemes allowed = url_schemes::http);

/// What is wrong with a path, or nothing: it begins with '/', holds only the characters of RFC 3986
/// 3.3 and whole percent-encodings, and no dot segment, encoded or not (the gateway refuses
/// requests with those).
[[nodiscard]] std::optional<std::string> path_problem(std::string_view path);

}  // namespace millrace::config
