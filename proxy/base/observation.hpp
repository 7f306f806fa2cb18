#pragma once

#include "proxy/base/clock.hpp"
#include "proxy/base/error.hpp"

#include <cstdint>

namespace millrace {

/// What is known when an exchange has ended, exactly one per exchange that was assigned to a
/// version, also when the client left. Recorded by the exchange's worker.
struct observation {
    /// A failure of the version: a 5xx, or a fault of the upstream's or ours. A client that left,
    /// or asked wrongly, is none.
    [[nodiscard]] bool is_error() const noexcept {
        auto const whose = traits_of(failure).origin;
        return status >= 500 || whose == origin::upstream || whose == origin::gateway;
    }

    /// A complete answer that is no error.
    [[nodiscard]] bool is_good() const noexcept { return failure == errc::ok && status < 500; }

    std::uint16_t status = 0;  ///< of the final answer that the client got; 0: none
    errc failure = errc::ok;   ///< why it failed; its traits tell the origin
    duration latency{};        ///< from the request's first byte to the answer's last
    duration first_byte{};     ///< from the request's first byte to the answer's first; 0: none
    std::uint64_t bytes_received = 0;  ///< of the request's body, from the client
    std::uint64_t bytes_sent = 0;      ///< of the answer's body, to the client
};

}  // namespace millrace
