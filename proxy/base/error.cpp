#include "proxy/base/error.hpp"

#include "proxy/base/assert.hpp"

#include <boost/system/system_category.hpp>

#include <array>
#include <string>

namespace millrace {

namespace {

using enum origin;
using enum retry_class;

// One row per enumerator, in its order: checked below.
// clang-format off
constexpr std::array<error_traits, errc_count> table{{
    {errc::ok, "ok", none, never, 0, "no error"},

    {errc::would_block, "would_block", none, never, 0, "the socket is not ready"},
    {errc::end_of_stream, "end_of_stream", none, never, 0, "the peer closed its side"},
    {errc::connection_reset, "connection_reset", none, never, 0, "the connection was reset"},
    {errc::timed_out, "timed_out", none, never, 0, "the deadline passed"},
    {errc::cancelled, "cancelled", gateway, never, 0, "the operation was cancelled"},

    {errc::bad_request_line, "bad_request_line", downstream, never, 400,
     "the request line is not 'METHOD target HTTP/1.1'"},
    {errc::bad_field, "bad_field", downstream, never, 400, "a header field is malformed"},
    {errc::bad_line_ending, "bad_line_ending", downstream, never, 400,
     "a line does not end with CR LF"},
    {errc::bad_host, "bad_host", downstream, never, 400,
     "exactly one Host field with a valid host and optional port is expected"},
    {errc::bad_target, "bad_target", downstream, never, 400, "the request target is malformed"},
    {errc::bad_path, "bad_path", downstream, never, 400,
     "the path holds dot segments or is not one path to every reader"},
    {errc::bad_framing, "bad_framing", downstream, never, 400,
     "the length of the body can be read in two ways"},
    {errc::bad_content_length, "bad_content_length", downstream, never, 400,
     "Content-Length is not one plain decimal number"},
    {errc::bad_transfer_encoding, "bad_transfer_encoding", downstream, never, 501,
     "the only transfer coding understood is one 'chunked'"},
    {errc::bad_chunk, "bad_chunk", downstream, never, 400, "the chunked body is malformed"},
    {errc::bad_trailer, "bad_trailer", downstream, never, 400, "the trailer section is malformed"},
    {errc::bad_expectation, "bad_expectation", downstream, never, 417,
     "the only expectation understood is 100-continue"},
    {errc::bad_forwarding, "bad_forwarding", downstream, never, 400,
     "Max-Forwards is not one decimal number"},
    {errc::unsupported_version, "unsupported_version", downstream, never, 505,
     "HTTP/1.0 or HTTP/1.1 is expected"},
    {errc::unsupported_method, "unsupported_method", downstream, never, 501,
     "CONNECT and TRACE are not served"},
    {errc::request_line_too_long, "request_line_too_long", downstream, never, 414,
     "the request line is longer than the limit"},
    {errc::header_too_large, "header_too_large", downstream, never, 431,
     "the header section is larger than the limit"},
    {errc::too_many_fields, "too_many_fields", downstream, never, 431,
     "the header section has more fields than the limit"},
    {errc::body_too_large, "body_too_large", downstream, never, 413,
     "the request body is larger than the limit"},
    {errc::request_timed_out, "request_timed_out", downstream, never, 408,
     "the request did not arrive in time"},
    {errc::downstream_gone, "downstream_gone", downstream, never, 0,
     "the client left before the answer was complete"},
    {errc::downstream_stalled, "downstream_stalled", downstream, never, 0,
     "the client stopped reading the answer"},

    {errc::upstream_unresolved, "upstream_unresolved", upstream, always, 503,
     "no address is known for the upstream's name"},
    {errc::upstream_connect_failed, "upstream_connect_failed", upstream, always, 502,
     "the upstream refused the connection"},
    {errc::upstream_connect_timed_out, "upstream_connect_timed_out", upstream, always, 504,
     "the upstream did not accept the connection in time"},
    {errc::upstream_bad_response, "upstream_bad_response", upstream, never, 502,
     "the upstream's answer cannot be read in one way"},
    {errc::upstream_response_too_large, "upstream_response_too_large", upstream, never, 502,
     "the upstream's header section is larger than the limit"},
    {errc::upstream_closed, "upstream_closed", upstream, when_repeatable, 502,
     "the upstream closed the connection before it answered"},
    {errc::upstream_first_byte_timed_out, "upstream_first_byte_timed_out", upstream, never, 504,
     "the upstream did not begin its answer in time"},
    {errc::upstream_stalled, "upstream_stalled", upstream, never, 504,
     "the upstream stopped in the middle of its answer"},
    {errc::upstream_cut, "upstream_cut", upstream, never, 502,
     "the upstream cut its answer in the middle"},

    {errc::no_route, "no_route", gateway, never, 404, "no route matches the request"},
    {errc::no_backend, "no_backend", gateway, never, 503,
     "no backend of the route has a weight above 0"},
    {errc::too_many_connections, "too_many_connections", gateway, never, 503,
     "the gateway serves as many connections as it may"},
    {errc::upstream_connections_exhausted, "upstream_connections_exhausted", gateway, always, 503,
     "the backend has as many connections as it may"},
    {errc::no_descriptors, "no_descriptors", gateway, always, 503,
     "the gateway has no free file descriptor"},
    {errc::hops_used_up, "hops_used_up", none, never, 200,
     "Max-Forwards is used up: the gateway itself answers this OPTIONS"},
    {errc::total_timed_out, "total_timed_out", upstream, never, 504,
     "the exchange took longer than the route allows"},
    {errc::draining, "draining", gateway, never, 503, "the gateway is shutting down"},
    {errc::internal, "internal", gateway, never, 500, "the gateway failed"},
}};

// clang-format on

constexpr bool rows_stand_in_order() {
    for (std::size_t i = 0; i < table.size(); ++i) {
        if (table[i].code != static_cast<errc>(i)) {
            return false;
        }
    }
    return true;
}

static_assert(rows_stand_in_order());

// Boost's categories are never destroyed through a base pointer, whatever the warning fears.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"

class millrace_category final : public boost::system::error_category {
 public:
    [[nodiscard]] const char* name() const noexcept override { return "millrace"; }

    [[nodiscard]] std::string message(int value) const override {
        return std::string{traits_of(static_cast<errc>(value)).message};
    }
};

#pragma GCC diagnostic pop

}  // namespace

const error_traits& traits_of(errc code) noexcept {
    auto const index = static_cast<std::size_t>(code);
    MILLRACE_ASSERT(index < table.size());
    return table[index];
}

const error_traits& traits_of(const error_code& error) noexcept {
    if (error.category() == category()) {
        return traits_of(static_cast<errc>(error.value()));
    }
    return traits_of(error ? errc::connection_reset : errc::ok);
}

const boost::system::error_category& category() noexcept {
    static const millrace_category instance;
    return instance;
}

error_code system_error(int error_number) noexcept {
    return {error_number, boost::system::system_category()};
}

}  // namespace millrace
