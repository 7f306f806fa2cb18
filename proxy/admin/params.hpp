#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace millrace::admin {

/// What a token allows.
enum class role : std::uint8_t {
    read,    ///< what needs a token and changes nothing
    operate  ///< everything
};

/// A token beside that of `token_file`.
struct token_params {
    std::string name{};  ///< in the audit record
    admin::role role = admin::role::read;
    std::string token_file{};  ///< read again when it changes; or
    std::string secret{};      ///< the token itself, from the environment

    friend bool operator==(const token_params&, const token_params&) = default;
};

/// The name of the token of `token_file` in the audit record.
inline constexpr const char* own_token_name = "admin";

struct params {
    bool enabled = true;
    std::string address = "127.0.0.1";  ///< or empty when unix_path is set
    std::uint16_t port = 9901;          ///< 0: any free one, the log says which
    std::string unix_path;
    /// File with the token that changes need; made (0600) when it does not exist. Default:
    /// $XDG_RUNTIME_DIR/millrace/admin-PORT.token, else /tmp/millrace-UID/admin-PORT.token.
    std::string token_file;
    std::vector<token_params> tokens;  ///< others
    bool insecure = false;             ///< allow an address beyond loopback without TLS
};

}  // namespace millrace::admin
