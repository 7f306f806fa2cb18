#include "proxy/config/url.hpp"

#include "proxy/base/ascii.hpp"
#include "proxy/config/address.hpp"

namespace millrace::config {

namespace {

/// The characters of RFC 3986 pchar without percent-encodings, and those of `more`.
bool is_path_character(char c, std::string_view more) {
    constexpr std::string_view marks = "-._~!$&'()*+,;=:@";
    return ascii::is_alpha(c) || ascii::is_digit(c) || marks.find(c) != std::string_view::npos ||
           more.find(c) != std::string_view::npos;
}

std::optional<std::string> character_problem(std::string_view text, std::string_view more) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%') {
            if (i + 2 >= text.size() || ascii::hex_value(text[i + 1]) < 0 ||
                ascii::hex_value(text[i + 2]) < 0) {
                return "a '%' without two hexadecimal digits behind it";
            }
            i += 2;
        } else if (!is_path_character(text[i], more)) {
            return "a character that must be percent-encoded";
        }
    }
    return std::nullopt;
}

bool is_dot_segment(std::string_view segment) {
    std::size_t dots = 0;
    while (!segment.empty()) {
        if (segment.front() == '.') {
            segment.remove_prefix(1);
        } else if (segment.size() >= 3 && ascii::iequals(segment.substr(0, 3), "%2e")) {
            segment.remove_prefix(3);
        } else {
            return false;
        }
        ++dots;
    }
    return dots == 1 || dots == 2;
}

parsed_url wrong(std::string problem) {
    return {std::nullopt, std::move(problem)};
}

bool is_name_or_ipv4(const std::string& host) {
    bool const all_numeric = host.find_first_not_of("0123456789.") == std::string::npos;
    return all_numeric ? is_ipv4(host) : is_host_name(host);
}

/// The number behind a ':', or nothing.
std::optional<std::uint16_t> read_port(std::string_view text) {
    if (!text.starts_with(':')) {
        return std::nullopt;
    }
    auto const port = ascii::parse_decimal(text.substr(1));
    if (!port || *port == 0 || *port > UINT16_MAX) {
        return std::nullopt;
    }
    return static_cast<std::uint16_t>(*port);
}

/// Splits "host[:port]" and fills host, port and authority.
std::optional<std::string> read_authority(std::string_view text, url_parts& parts) {
    if (text.empty()) {
        return "no host";
    }
    bool const bracketed = text.front() == '[';
    auto const host_end = bracketed ? text.find(']') : text.find(':');
    if (bracketed && host_end == std::string_view::npos) {
        return "an address without its closing bracket";
    }
    auto const after = bracketed ? host_end + 1 : host_end;
    auto const rest = after < text.size() ? text.substr(after) : std::string_view{};
    parts.host =
        ascii::lowered(bracketed ? text.substr(1, host_end - 1) : text.substr(0, host_end));
    if (bracketed ? !is_ipv6(parts.host) : !is_name_or_ipv4(parts.host)) {
        return "a host that is neither a name nor an address";
    }
    std::uint16_t const usual = parts.tls ? 443 : 80;
    parts.port = usual;
    if (!rest.empty()) {
        auto const port = read_port(rest);
        if (!port) {
            return "a port outside 1 to 65535";
        }
        parts.port = *port;
    }
    parts.authority = bracketed ? "[" + parts.host + "]" : parts.host;
    if (parts.port != usual) {
        parts.authority += ":" + std::to_string(parts.port);
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> path_problem(std::string_view path) {
    if (!path.starts_with('/')) {
        return "a path without '/' at its beginning";
    }
    if (auto problem = character_problem(path, "/")) {
        return problem;
    }
    for (auto rest = path.substr(1);;) {
        auto const slash = rest.find('/');
        if (is_dot_segment(rest.substr(0, slash))) {
            return "a path with a dot segment";
        }
        if (slash == std::string_view::npos) {
            return std::nullopt;
        }
        rest.remove_prefix(slash + 1);
    }
}

parsed_url parse_url(std::string_view text, url_schemes allowed) {
    auto const scheme_end = text.find("://");
    if (scheme_end == std::string_view::npos) {
        return wrong("something without 'http://'");
    }
    auto const scheme = ascii::lowered(text.substr(0, scheme_end));
    bool const tls = scheme == "https";
    if (tls && allowed == url_schemes::http) {
        return wrong("https: TLS to upstreams is not built yet");
    }
    if (!tls && scheme != "http") {
        return wrong("another scheme");
    }
    auto rest = text.substr(scheme_end + 3);
    if (rest.find('#') != std::string_view::npos) {
        return wrong("a URL with a fragment");
    }
    auto const authority = rest.substr(0, rest.find_first_of("/?"));
    rest.remove_prefix(authority.size());
    if (authority.find('@') != std::string_view::npos) {
        return wrong("a URL with a user name");
    }
    url_parts parts;
    parts.tls = tls;
    if (auto problem = read_authority(authority, parts)) {
        return wrong(std::move(*problem));
    }
    auto const question = rest.find('?');
    auto const path = rest.substr(0, question);
    if (auto problem = path.empty() ? std::nullopt : path_problem(path)) {
        return wrong(std::move(*problem));
    }
    auto const query = question == std::string_view::npos ? "" : rest.substr(question + 1);
    if (auto problem = character_problem(query, "/?")) {
        return wrong(std::move(*problem));
    }
    parts.path = path;
    parts.query = query;
    return {std::move(parts), ""};
}

}  // namespace millrace::config
