#include "proxy/http/h1_head_parser.hpp"

#include "proxy/base/ascii.hpp"
#include "proxy/http/characters.hpp"
#include "proxy/http/field_names.hpp"
#include "proxy/http/h1_fields.hpp"

#include <algorithm>

namespace millrace::http {

namespace {

using detail::cursor;
using detail::line_state;
using detail::message_facts;
using state = enum parse_outcome::state;

constexpr std::string_view version_prefix = "HTTP/1.";

parse_outcome failed(errc error) noexcept {
    return {state::failed, error, 0};
}

/// "HTTP/1.0" or "HTTP/1.1" at `from`, and the line's end.
parse_outcome parse_version(cursor& from, bool& is_http10) noexcept {
    auto const have = std::min(from.left(), version_prefix.size() + 1);
    std::string_view const text{from.at, have};
    if (!version_prefix.starts_with(text.substr(0, version_prefix.size()))) {
        return failed(
            text.starts_with("HTTP/") && text.size() > 5 && ascii::is_digit(text[5])
                ? errc::unsupported_version
                : errc::bad_request_line
        );
    }
    if (have <= version_prefix.size()) {
        return {};
    }
    char const minor = text.back();
    if (minor != '0' && minor != '1') {
        return failed(ascii::is_digit(minor) ? errc::unsupported_version : errc::bad_request_line);
    }
    is_http10 = minor == '0';
    from.at += have;
    switch (detail::skip_line_end(from)) {
        case line_state::complete:
            return {state::complete};
        case line_state::need_more:
            return {};
        case line_state::failed:
            return failed(*from.at == '\n' ? errc::bad_line_ending : errc::bad_request_line);
    }
    return {};
}

/// The request line: METHOD SP target SP version CR LF.
parse_outcome parse_request_line(cursor& from, request_head& out) noexcept {
    auto const* at = find_not_token(from.at, from.end);
    if (at == from.end) {
        return {};
    }
    if (*at != ' ' || at == from.at) {
        return failed(*at == '\n' ? errc::bad_line_ending : errc::bad_request_line);
    }
    out.method_name = {from.at, at};
    auto const* const target = ++at;
    at = find_not_target(at, from.end);
    if (at == from.end) {
        return {};
    }
    if (*at != ' ' || at == target) {
        return failed(*at == '\r' || *at == ' ' ? errc::bad_request_line : errc::bad_target);
    }
    out.target = {target, at};
    from.at = at + 1;
    return parse_version(from, out.is_http10);
}

/// Splits an origin-form target into path and query.
void split_target(request_head& head) noexcept {
    auto const mark = head.target.find('?');
    head.path = head.target.substr(0, mark);
    head.has_query = mark != std::string_view::npos;
    head.query = head.has_query ? head.target.substr(mark + 1) : std::string_view{};
}

/// Absolute form: its authority replaces Host, the rest becomes the target (RFC 9112 3.2.2).
errc take_absolute_form(request_head& head) noexcept {
    auto const scheme_end = head.target.find("://");
    auto const scheme = head.target.substr(0, scheme_end);
    if (scheme_end == std::string_view::npos ||
        (!ascii::iequals(scheme, "http") && !ascii::iequals(scheme, "https"))) {
        return errc::bad_target;
    }
    auto const rest = head.target.substr(scheme_end + 3);
    auto const authority_end = std::min(rest.find_first_of("/?"), rest.size());
    head.authority = rest.substr(0, authority_end);
    if (!is_valid_authority(head.authority)) {
        return errc::bad_target;
    }
    head.target = rest.substr(authority_end);
    if (head.target.empty()) {
        head.target = head.method == method::options ? "*" : "/";  // RFC 9112 3.2.4
        return errc::ok;
    }
    return head.target.front() == '/' ? errc::ok : errc::bad_target;
}

errc interpret_target(request_head& head, const message_facts& facts) noexcept {
    if (facts.host_count > 1 || (facts.host_count == 0 && !head.is_http10) ||
        (facts.host_count == 1 && !is_valid_authority(facts.host))) {
        return errc::bad_host;
    }
    head.authority = facts.host;
    if (head.target.front() != '/' && head.target != "*") {
        if (auto const error = take_absolute_form(head); error != errc::ok) {
            return error;
        }
    }
    if (head.target == "*" && head.method != method::options) {
        return errc::bad_target;
    }
    split_target(head);
    return errc::ok;
}

/// One framing decision per message (RFC 9112 6): anything unclear is refused.
errc decide_framing(request_head& head, const message_facts& facts) noexcept {
    if (facts.transfer_encoding_count != 0) {
        if (facts.content_length_count != 0 || head.is_http10) {
            return errc::bad_framing;
        }
        if (!detail::is_plain_chunked(facts)) {
            return errc::bad_transfer_encoding;
        }
        head.body = {body_length::kind::unknown};
    } else if (facts.content_length_count != 0) {
        auto const bytes = detail::plain_length(facts);
        if (!bytes) {
            return errc::bad_content_length;
        }
        head.body = {body_length::kind::known, *bytes};
    }
    return errc::ok;
}

/// Everything that is decided once all fields are known.
errc interpret_request(h1_request& out, const message_facts& facts) noexcept {
    auto& head = out.head;
    head.method = method_of(head.method_name);
    if (head.method == method::connect || head.method == method::trace) {
        return errc::unsupported_method;
    }
    if (auto const error = interpret_target(head, facts); error != errc::ok) {
        return error;
    }
    if (auto const error = decide_framing(head, facts); error != errc::ok) {
        return error;
    }
    if (!head.is_http10) {
        if (facts.expects_other) {
            return errc::bad_expectation;
        }
        // Without a body there is nothing to continue with.
        head.expects_continue = facts.expects_continue && !head.body.empty();
        // An upgrade on a request with a body is ignored: who reads the body first is unclear.
        if (facts.says_upgrade && head.body.empty()) {
            head.upgrade = facts.upgrade;
        }
    }
    head.accepts_trailers = facts.accepts_trailers;
    out.keep_alive = !facts.says_close && (!head.is_http10 || facts.says_keep_alive);
    return errc::ok;
}

/// The error of a head that is not complete within its limits.
errc over_limit(std::string_view data, const head_limits& limits) noexcept {
    auto const line = data.substr(data.starts_with("\r\n") ? 2 : 0);
    auto const line_bytes_max = limits.start_line_bytes_max + 2;
    if (line.size() >= line_bytes_max &&
        line.substr(0, line_bytes_max).find('\n') == std::string_view::npos) {
        return errc::request_line_too_long;
    }
    return data.size() >= limits.bytes_max ? errc::header_too_large : errc::ok;
}

parse_outcome parse_request_strictly(
    std::string_view data, const head_limits& limits, h1_request& out
) {
    cursor from{data.data(), data.data() + data.size()};
    if (data.starts_with('\r')) {
        switch (detail::skip_line_end(from)) {
            case line_state::complete:
                break;
            case line_state::need_more:
                return {};
            case line_state::failed:
                return failed(errc::bad_request_line);
        }
    }
    auto const* const line = from.at;
    if (auto const parsed = parse_request_line(from, out.head); parsed.state != state::complete) {
        return parsed;
    }
    if (static_cast<std::size_t>(from.at - line) > limits.start_line_bytes_max + 2) {
        return failed(errc::request_line_too_long);
    }
    message_facts facts;
    auto const fields = detail::parse_fields(from, limits.fields_max, out.head.fields, facts);
    if (fields.state != line_state::complete) {
        return {
            fields.state == line_state::failed ? state::failed : state::need_more, fields.error};
    }
    auto const consumed = static_cast<std::size_t>(from.at - data.data());
    if (consumed > limits.bytes_max) {
        return failed(errc::header_too_large);
    }
    auto const error = interpret_request(out, facts);
    return {error == errc::ok ? state::complete : state::failed, error, consumed};
}

/// "HTTP/1.x NNN [reason] CR LF".
parse_outcome parse_status_line(cursor& from, response_head& out, bool& is_http10) noexcept {
    constexpr std::size_t shortest = 12;  // HTTP/1.1 200
    if (from.left() < shortest + 2) {
        return {};
    }
    std::string_view const text{from.at, shortest};
    auto const minor = text[version_prefix.size()];
    auto const status = ascii::parse_decimal(text.substr(9));
    if (!text.starts_with(version_prefix) || (minor != '0' && minor != '1') || text[8] != ' ' ||
        !status || *status < 100 || *status > 599) {
        return failed(errc::upstream_bad_response);
    }
    is_http10 = minor == '0';
    out.status = static_cast<std::uint16_t>(*status);
    from.at += shortest;
    if (*from.at == ' ') {
        ++from.at;
        auto const* const end = find_control(from.at, from.end);
        out.reason = {from.at, end};
        from.at = end;
    }
    switch (detail::skip_line_end(from)) {
        case line_state::complete:
            return {state::complete};
        case line_state::need_more:
            return {};
        case line_state::failed:
            return failed(errc::upstream_bad_response);
    }
    return {};
}

/// Framing that two parsers could read in two ways (RFC 9112 6.1, 6.3).
/// @param length  what plain_length() says
bool is_ambiguous(
    const message_facts& facts, std::optional<std::uint64_t> length, bool is_http10
) noexcept {
    bool const has_length = facts.content_length_count != 0;
    if (facts.transfer_encoding_count != 0) {
        return has_length || is_http10 || !detail::is_plain_chunked(facts);
    }
    return has_length && !length;
}

/// An answer without a body by its status (RFC 9110 15.2, 15.3.5) that announces one all the same.
errc interpret_bodiless(std::uint16_t status, bool has_coding, std::uint64_t length) noexcept {
    bool const announces_body = has_coding || (length != 0 && status != 204);
    return announces_body ? errc::upstream_bad_response : errc::ok;
}

/// One framing decision (RFC 9112 6.3), for the answer to a request with `request_method`.
errc interpret_response(
    h1_response& out, const message_facts& facts, method request_method, bool is_http10
) noexcept {
    auto& head = out.head;
    bool const has_coding = facts.transfer_encoding_count != 0;
    auto const length = detail::plain_length(facts);
    if (is_ambiguous(facts, length, is_http10)) {
        return errc::upstream_bad_response;
    }
    out.keep_alive = !facts.says_close && (!is_http10 || facts.says_keep_alive);
    out.idle_timeout = facts.idle_timeout;
    if (head.status == 101) {
        head.upgrade = facts.says_upgrade ? facts.upgrade : std::string_view{};
        return errc::ok;
    }
    if (head.status < 200 || head.status == 204) {
        return interpret_bodiless(head.status, has_coding, length.value_or(0));
    }
    if (request_method == method::head || head.status == 304) {
        head.announced_length = length;
        return errc::ok;
    }
    out.is_chunked = has_coding;
    if (length) {
        head.body = {body_length::kind::known, *length};
    } else {
        head.body = {body_length::kind::unknown};
        out.keep_alive = out.keep_alive && has_coding;
    }
    return errc::ok;
}

parse_outcome parse_response_strictly(
    std::string_view data, const head_limits& limits, method request_method, h1_response& out
) {
    cursor from{data.data(), data.data() + data.size()};
    bool is_http10 = false;
    if (auto const parsed = parse_status_line(from, out.head, is_http10);
        parsed.state != state::complete) {
        return parsed;
    }
    message_facts facts;
    auto const fields = detail::parse_fields(from, limits.fields_max, out.head.fields, facts);
    if (fields.state == line_state::need_more) {
        return {};
    }
    if (fields.state == line_state::failed) {
        return failed(
            fields.error == errc::too_many_fields ? errc::upstream_response_too_large
                                                  : errc::upstream_bad_response
        );
    }
    auto const error = interpret_response(out, facts, request_method, is_http10);
    return {
        error == errc::ok ? state::complete : state::failed,
        error,
        static_cast<std::size_t>(from.at - data.data())};
}

/// As new, but with the memory that the fields have grown.
template <class Message>
void clear_but_capacity(Message& message) {
    auto fields = std::move(message.head.fields);
    fields.clear();
    message = {};
    message.head.fields = std::move(fields);
}

}  // namespace

parse_outcome parse_request_head(
    std::string_view data, const head_limits& limits, h1_request& out
) {
    clear_but_capacity(out);
    auto outcome = parse_request_strictly(data, limits, out);
    if (outcome.state == state::need_more) {
        if (auto const error = over_limit(data, limits); error != errc::ok) {
            return failed(error);
        }
    }
    return outcome;
}

parse_outcome parse_response_head(
    std::string_view data, const head_limits& limits, method request_method, h1_response& out
) {
    clear_but_capacity(out);
    auto const outcome = parse_response_strictly(data, limits, request_method, out);
    bool const too_large = outcome.state == state::need_more ? data.size() >= limits.bytes_max
                                                             : outcome.consumed > limits.bytes_max;
    return too_large ? failed(errc::upstream_response_too_large) : outcome;
}

errc parse_trailers(std::string_view data, std::vector<field>& out) {
    constexpr std::size_t trailer_fields_max = 128;
    out.clear();
    message_facts facts;
    cursor from{data.data(), data.data() + data.size()};
    auto const parsed = detail::parse_fields(from, trailer_fields_max, out, facts);
    if (parsed.state != line_state::complete || from.left() != 0) {
        return errc::bad_trailer;
    }
    std::erase_if(out, [](const field& trailer) { return is_forbidden_in_trailers(trailer); });
    return errc::ok;
}

}  // namespace millrace::http
