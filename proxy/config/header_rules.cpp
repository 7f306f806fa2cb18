#include "proxy/config/header_rules.hpp"

#include "proxy/base/ascii.hpp"

#include <algorithm>
#include <array>

namespace millrace::config {

namespace {

constexpr std::string_view token_pattern = "^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$";

/// Fields that frame a message or concern one hop only (RFC 9110 7.6.1, RFC 9112 6).
constexpr std::array<std::string_view, 13> framing_fields{
    "connection",
    "content-length",
    "expect",
    "http2-settings",
    "keep-alive",
    "max-forwards",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade"};

std::optional<std::string> edit_problem(std::string_view name) {
    auto const lower = ascii::lowered(name);
    if (std::find(framing_fields.begin(), framing_fields.end(), lower) != framing_fields.end()) {
        return "'" + lower + "', which belongs to one hop or frames the message";
    }
    if (lower == "host") {
        return "'host', which follows the backend's URL (see preserve_host)";
    }
    if (lower == "x-millrace-id" || lower == "x-millrace-version") {
        return "'" + lower + "', which the gateway itself sends (see ids)";
    }
    return std::nullopt;
}

}  // namespace

text_rules field_name_rules() {
    return token_rules("the name of a header field");
}

text_rules editable_name_rules() {
    auto rules = token_rules("a header field that may be edited");
    rules.check = edit_problem;
    return rules;
}

text_rules field_value_rules() {
    text_rules rules;
    rules.expected = "a header value without control characters and blanks around it";
    rules.pattern = "^[^\\x00-\\x20\\x7f]([^\\x00-\\x08\\x0a-\\x1f\\x7f]*[^\\x00-\\x20\\x7f])?$";
    rules.may_be_empty = true;
    rules.hidden = true;
    return rules;
}

text_rules token_rules(std::string what) {
    text_rules rules;
    rules.type = "token";
    rules.expected = std::move(what);
    rules.pattern = token_pattern;
    return rules;
}

bool is_sensitive_name(std::string_view name) {
    constexpr std::array<std::string_view, 9> signs{
        "authorization",
        "cookie",
        "secret",
        "token",
        "password",
        "passwd",
        "api-key",
        "apikey",
        "api_key"};
    auto const lower = ascii::lowered(name);
    return std::any_of(signs.begin(), signs.end(), [&lower](std::string_view sign) {
        return lower.find(sign) != std::string::npos;
    });
}

}  // namespace millrace::config
