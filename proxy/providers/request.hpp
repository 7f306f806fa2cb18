#pragma once

#include "proxy/providers/params.hpp"
#include "proxy/providers/template_text.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace millrace::providers {

/// A request, ready to be sent.
struct request {
    bool tls = false;
    std::string host;  ///< without brackets
    std::uint16_t port = 80;
    std::string authority;  ///< as Host is sent
    std::string target;     ///< path and query
    bool post = false;
    std::vector<named_text> headers;
    std::string body;
    std::string ca_file;
};

/// About whom a metric is asked.
struct question {
    std::string version;
    std::vector<named_text> variables;  ///< of the version
    std::chrono::seconds elapsed{1};    ///< since the rollout began
};

/// A request, or what is wrong: a sentence without secrets.
struct prepared {
    std::optional<request> made;
    std::string problem;
};

/// Pure but for `secret`, which reads them.
/// @param secret  of the metric, by name
[[nodiscard]] prepared prepare(
    const metric_params& metric, const question& about, const placeholder_value& secret
);

}  // namespace millrace::providers
