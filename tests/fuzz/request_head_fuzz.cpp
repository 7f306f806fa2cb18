// Any bytes as a request's head: parsed without a fault, the same whatever the buffer's end, and
// what was accepted is accepted again when our own writer has written it.
#include "proxy/base/assert.hpp"
#include "proxy/http/characters.hpp"
#include "proxy/http/h1_head_parser.hpp"
#include "proxy/http/h1_writer.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace millrace::http;  // NOLINT(google-build-using-namespace): every line here needs it
using state = enum parse_outcome::state;

void check_target(const request_head& head) {
    MILLRACE_ASSERT(!head.target.empty());
    MILLRACE_ASSERT(head.target.front() == '/' || head.target == "*");
    for (char const c : head.target) {
        MILLRACE_ASSERT(is_in(c, target_character));
    }
    MILLRACE_ASSERT(
        head.path.size() + head.query.size() + (head.has_query ? 1 : 0) == head.target.size()
    );
    MILLRACE_ASSERT(head.authority.empty() ? head.is_http10 : is_valid_authority(head.authority));
}

void check_fields(const request_head& head) {
    for (auto const& field : head.fields) {
        MILLRACE_ASSERT(is_token(field.name));
        auto const* const end = field.value.data() + field.value.size();
        MILLRACE_ASSERT(find_control(field.value.data(), end) == end);
    }
}

/// What leaves the gateway is one request to every reader, so to ourselves as well.
void check_round_trip(const request_head& head) {
    byte_buffer out;
    append_request_head(out, head);
    h1_request again;
    auto const outcome = parse_request_head(out.text(), {1 << 20, 1 << 20, 1 << 10}, again);
    if (head.authority.empty()) {
        return;  // an exchange puts the endpoint's in
    }
    MILLRACE_ASSERT(outcome.state == state::complete);
    MILLRACE_ASSERT(outcome.consumed == out.size());
    MILLRACE_ASSERT(again.head.target == head.target);
    MILLRACE_ASSERT(again.head.fields.size() == head.fields.size());
    MILLRACE_ASSERT(again.head.body.kind == head.body.kind);
    MILLRACE_ASSERT(again.head.body.bytes == head.body.bytes);
}

void check_prefix(std::string_view data, std::size_t bytes) {
    h1_request prefix;
    auto const copy = std::string{data.substr(0, bytes)};
    MILLRACE_ASSERT(parse_request_head(copy, {}, prefix).state != state::complete);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    // A copy of its own size, so that a read past the end is seen.
    std::string const data(reinterpret_cast<const char*>(bytes), size);
    h1_request request;
    auto const outcome = parse_request_head(data, {}, request);
    if (outcome.state != state::complete) {
        MILLRACE_ASSERT((outcome.state == state::failed) == (outcome.error != millrace::errc::ok));
        return 0;
    }
    MILLRACE_ASSERT(outcome.error == millrace::errc::ok);
    MILLRACE_ASSERT(
        outcome.consumed <= size && data.substr(0, outcome.consumed).ends_with("\r\n\r\n")
    );
    check_target(request.head);
    check_fields(request.head);
    check_round_trip(request.head);
    check_prefix(data, outcome.consumed - 1);
    check_prefix(data, outcome.consumed / 2);
    return 0;
}
