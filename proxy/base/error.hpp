#pragma once

#include <boost/system/error_code.hpp>

#include <cstdint>
#include <string_view>
#include <type_traits>

namespace millrace {

using boost::system::error_code;

/// Everything that can go wrong on the way of a request, one name each. The names are the `reason`
/// of our own answers, of the access log, of `millrace_local_answers_total` and of
/// `millrace_aborted_exchanges_total`: one documented list.
/// What each one means, whose fault it is and how it is answered stands in the table in error.cpp.
enum class errc : std::uint8_t {
    ok = 0,

    // Transport, whichever side.
    would_block,
    end_of_stream,
    connection_reset,
    timed_out,
    cancelled,

    // What a downstream sent.
    bad_request_line,
    bad_field,
    bad_line_ending,
    bad_host,
    bad_target,
    bad_path,
    bad_framing,
    bad_content_length,
    bad_transfer_encoding,
    bad_chunk,
    bad_trailer,
    bad_expectation,
    bad_forwarding,
    unsupported_version,
    unsupported_method,
    request_line_too_long,
    header_too_large,
    too_many_fields,
    body_too_large,
    request_timed_out,
    downstream_gone,
    downstream_stalled,

    // What an upstream did.
    upstream_unresolved,
    upstream_connect_failed,
    upstream_connect_timed_out,
    upstream_bad_response,
    upstream_response_too_large,
    upstream_closed,
    upstream_first_byte_timed_out,
    upstream_stalled,
    upstream_cut,

    // What the gateway itself decided.
    no_route,
    no_backend,
    too_many_connections,
    upstream_connections_exhausted,
    no_descriptors,
    hops_used_up,
    total_timed_out,
    draining,
    internal,
};

/// Whose fault a failure is.
enum class origin : std::uint8_t { none, downstream, upstream, gateway };

/// Is sending the same request once more safe as far as the failure goes?
enum class retry_class : std::uint8_t {
    never,            ///< the request may have taken effect, or sending it again cannot help
    when_repeatable,  ///< it was sent; repeat only if its method is idempotent
    always,           ///< nothing of it reached the upstream
};

/// What is known about an error: constant data, any thread.
struct error_traits {
    errc code;
    std::string_view reason;  ///< snake_case name, stable, documented in docs/failures.md
    enum origin origin;
    retry_class retry;
    std::uint16_t status;  ///< the answer when none was sent yet; 0: no answer is possible
    std::string_view message;
};

[[nodiscard]] const error_traits& traits_of(errc code) noexcept;

/// The traits of any error code: ours by number, the system's as `connection_reset` or `internal`.
[[nodiscard]] const error_traits& traits_of(const error_code& error) noexcept;

/// The number of enumerators, for arrays indexed by errc.
inline constexpr std::size_t errc_count = static_cast<std::size_t>(errc::internal) + 1;

[[nodiscard]] const boost::system::error_category& category() noexcept;

[[nodiscard]] inline error_code make_error_code(errc code) noexcept {
    return {static_cast<int>(code), category()};
}

/// A failed system call, from errno.
[[nodiscard]] error_code system_error(int error_number) noexcept;

}  // namespace millrace

template <>
struct boost::system::is_error_code_enum<millrace::errc> : std::true_type {};
