#pragma once

#include "proxy/base/siphash.hpp"

#include <chrono>
#include <cstdint>
#include <string>

/// What the configuration says about labels that come behind the answers: plain data.
namespace millrace::feedback {

struct params {
    bool enabled = false;             ///< the key `feedback` is there
    std::string address;              ///< of a listener of its own; empty: on the admin listener
    std::uint16_t port = 0;           ///< 0: any free one, the log says which
    bool insecure = false;            ///< allow an address beyond loopback without TLS
    siphash_key token;                ///< derived from the bearer token that every call needs
    std::uint32_t rate_max = 20'000;  ///< labels per second, 1 to 1,000,000; more get 429
    /// How old an answer may be when its label comes. 1 s to 30 d.
    std::chrono::milliseconds age_max{3'600'000};
    /// Predictions that wait for the true value; the oldest goes first. 1 to 10,000,000.
    std::uint32_t predictions_max = 100'000;
};

}  // namespace millrace::feedback
