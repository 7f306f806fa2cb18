// Any bytes as an answer's head, for every kind of request that it may answer. The first byte says
// which.
#include "proxy/base/assert.hpp"
#include "proxy/http/characters.hpp"
#include "proxy/http/h1_head_parser.hpp"
#include "proxy/http/h1_writer.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace {

using namespace millrace::http;  // NOLINT(google-build-using-namespace): every line here needs it
using state = enum parse_outcome::state;
using kind = enum body_length::kind;

void check_head(const h1_response& response, method asked) {
    auto const& head = response.head;
    MILLRACE_ASSERT(head.status >= 100 && head.status <= 599);
    bool const bodiless =
        asked == method::head || head.status < 200 || head.status == 204 || head.status == 304;
    MILLRACE_ASSERT((head.body.kind == kind::none) == bodiless);
    // What ends with the connection cannot keep it.
    MILLRACE_ASSERT(head.body.kind != kind::unknown || response.is_chunked || !response.keep_alive);
    for (auto const& field : head.fields) {
        MILLRACE_ASSERT(is_token(field.name));
        auto const* const end = field.value.data() + field.value.size();
        MILLRACE_ASSERT(find_control(field.value.data(), end) == end);
    }
}

body_framing framing_of(const response_head& head) {
    switch (head.body.kind) {
        case kind::none:
            return body_framing::none;
        case kind::known:
            return body_framing::length;
        case kind::unknown:
            break;
    }
    return body_framing::chunked;
}

void check_round_trip(const response_head& head, method asked) {
    byte_buffer out;
    append_response_head(out, head, {framing_of(head)});
    h1_response again;
    auto const outcome = parse_response_head(out.text(), {1 << 20, 1 << 20, 1 << 10}, asked, again);
    MILLRACE_ASSERT(outcome.state == state::complete);
    MILLRACE_ASSERT(outcome.consumed == out.size());
    MILLRACE_ASSERT(again.head.status == head.status);
    MILLRACE_ASSERT(again.head.body.kind == head.body.kind);
    MILLRACE_ASSERT(again.head.body.bytes == head.body.bytes);
    MILLRACE_ASSERT(again.head.fields.size() == head.fields.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    constexpr std::array methods{method::get, method::head, method::post, method::other};
    auto const asked = methods[bytes[0] % methods.size()];
    std::string const data(reinterpret_cast<const char*>(bytes) + 1, size - 1);
    h1_response response;
    auto const outcome = parse_response_head(data, {}, asked, response);
    if (outcome.state != state::complete) {
        MILLRACE_ASSERT((outcome.state == state::failed) == (outcome.error != millrace::errc::ok));
        return 0;
    }
    MILLRACE_ASSERT(outcome.consumed <= data.size());
    check_head(response, asked);
    check_round_trip(response.head, asked);
    return 0;
}
