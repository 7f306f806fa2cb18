#pragma once

#include "proxy/base/observation.hpp"
#include "proxy/http/head.hpp"

#include <cstdint>
#include <string>
#include <string_view>

/// The access log's lines: one JSON object per exchange. Pure but for the wall clock.
namespace millrace::server {

/// The part that is known when the head was read, while its views are valid.
[[nodiscard]] std::string begin_access_log_line(
    std::string_view client_ip, const http::request_head& request
);

/// What is known at the end.
struct exchange_summary {
    std::string_view route;     ///< empty: none matched
    std::string_view version;   ///< empty: none was assigned
    std::string_view endpoint;  ///< authority; empty: none was asked
    std::string_view request_id;
    std::uint32_t epoch = 0;
    const observation& observed;
};

void end_access_log_line(std::string& line, const exchange_summary& summary);

}  // namespace millrace::server
