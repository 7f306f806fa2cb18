#pragma once

#include <cstdint>
#include <string>

namespace millrace::admin {

struct params {
    bool enabled = true;
    std::string address = "127.0.0.1";  ///< or empty when unix_path is set
    std::uint16_t port = 9901;          ///< 0: any free one, the log says which
    std::string unix_path;
    /// File with the token that changes need; made (0600) when it does not exist. Default:
    /// $XDG_RUNTIME_DIR/millrace/admin-PORT.token, else /tmp/millrace-UID/admin-PORT.token.
    std::string token_file;
    bool insecure = false;  ///< allow an address beyond loopback without TLS
};

}  // namespace millrace::admin
