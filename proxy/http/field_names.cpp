#include "proxy/http/field_names.hpp"

#include "proxy/base/ascii.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <span>

namespace millrace::http {

namespace {

struct known_name {
    std::string_view name;
    field_id id;
};

using enum field_id;

// By length, so that most names are told to be unknown by one or two comparisons.
constexpr std::array length_2{known_name{"te", te}};
constexpr std::array length_3{known_name{"via", via}};
constexpr std::array length_4{known_name{"host", host}, known_name{"date", date}};
constexpr std::array length_6{
    known_name{"expect", expect}, known_name{"cookie", cookie}, known_name{"server", server}};
constexpr std::array length_7{known_name{"upgrade", upgrade}, known_name{"trailer", trailer}};
constexpr std::array length_9{known_name{"forwarded", forwarded}};
constexpr std::array length_10{
    known_name{"connection", connection},
    known_name{"keep-alive", keep_alive},
    known_name{"tracestate", tracestate},
    known_name{"set-cookie", set_cookie}};
constexpr std::array length_11{known_name{"traceparent", traceparent}};
constexpr std::array length_12{
    known_name{"x-request-id", x_request_id}, known_name{"max-forwards", max_forwards}};
constexpr std::array length_13{
    known_name{"authorization", authorization}, known_name{"x-millrace-id", x_millrace_id}};
constexpr std::array length_14{
    known_name{"content-length", content_length}, known_name{"http2-settings", http2_settings}};
constexpr std::array length_15{known_name{"x-forwarded-for", x_forwarded_for}};
constexpr std::array length_16{
    known_name{"proxy-connection", proxy_connection},
    known_name{"x-forwarded-host", x_forwarded_host}};
constexpr std::array length_17{
    known_name{"transfer-encoding", transfer_encoding},
    known_name{"x-forwarded-proto", x_forwarded_proto}};
constexpr std::array length_18{known_name{"x-millrace-version", x_millrace_version}};
constexpr std::array length_19{known_name{"proxy-authorization", proxy_authorization}};

constexpr std::array<std::span<const known_name>, 20> by_length{{
    {},        {},        length_2,  length_3,  length_4,  {},        length_6,
    length_7,  {},        length_9,  length_10, length_11, length_12, length_13,
    length_14, length_15, length_16, length_17, length_18, length_19,
}};

/// Equal but for case, eight bytes at a time. Known names are lower-case letters, '-' and '2': a
/// token character that differs from one of those in bit 5 only is the same letter in upper case.
bool is_name(const char* name, std::string_view known) noexcept {
    constexpr std::uint64_t case_bits = 0x2020202020202020U;
    auto const word_at = [](const char* from) {
        std::uint64_t word = 0;
        std::memcpy(&word, from, sizeof word);
        return word | case_bits;
    };
    auto const size = known.size();
    if (size < sizeof(std::uint64_t)) {
        return ascii::iequals({name, size}, known);
    }
    // The last word overlaps the one before it.
    for (std::size_t at = 0; at + 8 < size; at += 8) {
        if (word_at(name + at) != word_at(known.data() + at)) {
            return false;
        }
    }
    return word_at(name + size - 8) == word_at(known.data() + size - 8);
}

}  // namespace

field_id field_id_of(std::string_view name) noexcept {
    if (name.size() >= by_length.size()) {
        return other;
    }
    for (auto const& known : by_length[name.size()]) {
        if (is_name(name.data(), known.name)) {
            return known.id;
        }
    }
    return other;
}

bool is_connection_specific(field_id id) noexcept {
    return id == connection || id == keep_alive || id == proxy_connection || id == te ||
           id == trailer || id == transfer_encoding || id == upgrade || id == http2_settings ||
           id == proxy_authorization;
}

bool is_forbidden_in_trailers(field_id id) noexcept {
    return is_connection_specific(id) || is_protected_from_connection(id) || id == expect ||
           id == max_forwards || id == forwarded || id == via || id == x_forwarded_for ||
           id == x_forwarded_host || id == x_forwarded_proto || id == x_millrace_id ||
           id == x_millrace_version || id == x_request_id || id == set_cookie;
}

bool is_forbidden_in_trailers(const field& trailer) noexcept {
    constexpr std::array<std::string_view, 24> names{
        "accept-ranges",
        "age",
        "allow",
        "cache-control",
        "content-encoding",
        "content-location",
        "content-range",
        "content-type",
        "expires",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-range",
        "if-unmodified-since",
        "location",
        "pragma",
        "proxy-authenticate",
        "proxy-authentication-info",
        "range",
        "retry-after",
        "vary",
        "warning",
        "www-authenticate",
        "date",
    };
    return is_forbidden_in_trailers(trailer.id) ||
           std::any_of(names.begin(), names.end(), [&trailer](std::string_view name) {
               return ascii::iequals(trailer.name, name);
           });
}

bool is_protected_from_connection(field_id id) noexcept {
    return id == host || id == content_length || id == transfer_encoding || id == authorization ||
           id == cookie;
}

}  // namespace millrace::http
