#pragma once

#include "proxy/http/byte_buffer.hpp"
#include "proxy/http/h1_head_parser.hpp"

namespace millrace::http {

/// A worker's memory for the heads that are being read and written. What is in it is valid until
/// the next suspension, so one of each is enough for all connections, and no head allocates.
struct workspace {
    h1_request request;
    h1_response response;
    byte_buffer head_out;
};

}  // namespace millrace::http
